"""What the engine is worth and what it costs, measured on this machine: `make bench`, or `python -m bench`."""
