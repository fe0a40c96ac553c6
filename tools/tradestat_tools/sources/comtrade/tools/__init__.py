"""The tools of UN Comtrade."""
