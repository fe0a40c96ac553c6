"""Rows of stored answers: selected, or computed by SQL."""
