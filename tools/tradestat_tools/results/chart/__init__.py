"""Stored answers as charts: which figure they make, what it shows in words, and its drawing."""
