"""Why UN Comtrade has nothing, and the next call."""
