"""Trade Map's answers as typed data and tables."""
