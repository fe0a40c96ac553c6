"""Files as answers."""
