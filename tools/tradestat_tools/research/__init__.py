"""Across sources: one flow from all who see it, series, indicators, currencies, exports, citations.

Works on observations and stored answers; each source keeps its quirks to itself.
"""
