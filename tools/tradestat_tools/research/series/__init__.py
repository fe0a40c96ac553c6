"""One flow over time."""
