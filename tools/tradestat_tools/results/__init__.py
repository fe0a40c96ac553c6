"""What becomes of answers: rows, citations, exports; and files that come in as answers."""
