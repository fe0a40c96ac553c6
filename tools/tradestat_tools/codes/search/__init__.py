"""Finding a code from words: full-text search over the code lists, in memory."""
