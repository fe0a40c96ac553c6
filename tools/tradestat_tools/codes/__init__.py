"""Codes and words of trade: HS, EBOPS, countries, groups, periods, units.

Knows no source. Every failure is a `CodeError`. Tables are read on first use, none at import.
"""
