"""Figures as SVG, drawn without any library, and as PNG."""
