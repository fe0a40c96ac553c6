"""UN Comtrade as the facts describe it."""
