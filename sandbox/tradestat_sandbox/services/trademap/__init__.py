"""Trade Map through parse.bot as the facts describe it."""
