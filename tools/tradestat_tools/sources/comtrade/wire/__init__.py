"""What arrives from UN Comtrade."""
