"""Stored answers as files: CSV, XLSX, JSON, Parquet, Markdown and HTML, in one folder and nowhere else."""
