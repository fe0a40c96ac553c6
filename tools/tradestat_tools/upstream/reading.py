"""Reading what services send: their words and their numbers."""

import math

from tradestat_tools.codes.words import clean

MISSING_WORDS = frozenset({"", "-", "--", "—", "–", "/", "null", "none", "n/a"})
"""Spellings of "no value" in one service or another."""


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
        ValueError: no finite number.
    """
    if isinstance(value, str):
        text = value.replace(",", "").strip()
        if text.lower() in MISSING_WORDS:
            return None
        value = int(text) if text.isdecimal() and text.isascii() else float(text)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")  # noqa: TRY004 - readers catch one kind
    if isinstance(value, int):  # of any length; JSON sets none
        return value
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
