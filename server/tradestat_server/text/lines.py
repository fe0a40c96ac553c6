"""Foreign text on one line: clean, measured in terminal columns, cut at words."""

import unicodedata
from functools import lru_cache

from tradestat_tools.codes.words import clean


def width(text: str) -> int:
    """Terminal columns that `text` takes: Chinese, Japanese and Korean characters take two, combining marks none."""
    return len(text) if text.isascii() else _columns(text)


def cut_text(text: str, limit: int) -> str:
    """Clean text of at most `limit` characters, cut at a word where one is near."""
    text = clean(text)
    return text if len(text) <= limit else _at_word(text, limit - 1)


def cut_width(text: str, limit: int) -> str:
    """Clean text of at most `limit` terminal columns (and as many characters), cut at a word where one is near."""
    text = clean(text)
    if width(text) <= limit and len(text) <= limit:
        return text
    end, taken = 0, 0
    while (taken := taken + max(1, _char_width(text[end]))) < limit:
        end += 1
    return _at_word(text, end)


def left(text: str, columns: int) -> str:
    """`text` at the left of so many terminal columns."""
    return text + " " * (columns - width(text))


def right(text: str, columns: int) -> str:
    """`text` at the right of so many terminal columns."""
    return " " * (columns - width(text)) + text


def _at_word(text: str, end: int) -> str:
    """The first `end` characters, or up to the last blank among them if little is lost, and an ellipsis."""
    at_word = text[: end + 1].rpartition(" ")[0]
    kept = at_word if len(at_word) >= end * 2 // 3 else text[:end]
    return kept.rstrip(" ,;:(") + "…"


@lru_cache(maxsize=8192)
def _columns(text: str) -> int:
    # Remembered: the cells of a long table are measured again for every number of rows that is tried.
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
