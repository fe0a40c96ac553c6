"""What the scores of hits mean, whatever the list."""

EXACT = 3.0
"""A code, or a name that the list's own look-up reads."""

WHOLE_NAME = 2.0
"""The least score of a hit that the whole query names."""

BY_CHANCE = 0.1
"""Below: found by a word so common in the list that it tells nothing."""
