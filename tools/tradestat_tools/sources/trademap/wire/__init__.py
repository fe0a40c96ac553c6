"""What arrives from Trade Map through parse.bot."""
