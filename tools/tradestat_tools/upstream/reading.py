"""Reading what services send: their words and their numbers."""

import math

from tradestat_tools.codes.units import MAX_MAGNITUDE, written
from tradestat_tools.codes.words import clean

MISSING_WORDS = frozenset({"", "-", "--", "—", "–", "/", "null", "none", "n/a"})
"""Spellings of "no value" in one service or another."""


LARGEST = 10**MAX_MAGNITUDE
"""No figure of trade is as large; JSON sets no bound."""


def one_line(value: object, limit: int) -> str:
    """Foreign text as a message may quote it: printable, on one line, with single blanks, cut with a mark."""
    line = clean(str(value)[: 4 * limit])
    return line if len(line) <= limit else line[: limit - 1] + "…"


def sentence(text: str) -> str:
    """Foreign words with one full stop at their end, however many they came with."""
    return text.rstrip(". ") + "."


def number(value: object) -> int | float | None:
    """A figure as JSON or text, with commas for thousands or not; None for null and words for it.

    Whole numbers stay whole, also where they came with a point, as long as they are exact.

    Raises:
        ValueError: no finite number, or one that may mean another: a comma is never taken for a decimal point.
    """
    if isinstance(value, str):
        text = value.strip()
        if text.lower() in MISSING_WORDS:
            return None
        plain = written(text)
        value = int(plain) if plain.lstrip("+-").isdigit() else float(plain)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")  # noqa: TRY004 - readers catch one kind
    if not math.isfinite(value) if isinstance(value, float) else abs(value) >= LARGEST:
        raise ValueError("not a figure of trade")
    if isinstance(value, int):
        return value
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
