"""What a source and a tool are, and what they work with."""
