"""Indicators of trade, worked out on the figures of stored answers."""
