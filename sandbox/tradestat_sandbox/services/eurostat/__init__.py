"""Eurostat Comext as the facts describe it."""
