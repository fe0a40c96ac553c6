"""What stands in a cell: foreign text on one line, and figures, large ones in a power of a thousand."""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from tradestat_tools.codes.words import clean
from tradestat_tools.model.answers import Table

DIGITS = 4
"""Significant digits that every rounded figure keeps."""

POWERS = ("", "thousand", "million", "billion", "trillion")
"""Words for powers of a thousand."""

TONNES = ("kg", "t", "kt", "Mt", "Gt")
"""Kilograms in powers of a thousand: their words would be wider than the figures below them."""

_UNIT = re.compile(rf"(?:({'|'.join(POWERS[1:])}) )?([^(,;]*)")
"""A power and what it is of; what follows in brackets or after a comma is about other columns."""

_UNSUITED = re.compile(rf"%|000|万|亿|{'|'.join(POWERS[1:])}", re.IGNORECASE)
"""In a unit written in another way, which "million" before it would make a riddle of."""


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


def number(value: float) -> str:
    """Whole numbers in full; fractions to two decimals, below one to four significant digits."""
    if not _finite(value):
        return str(value)
    if abs(value) >= 1e18:
        return f"{value:.6g}"
    if value == int(value):
        return f"{int(value):,}"
    if abs(value) >= 1:
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:.4g}"


def exact(value: float) -> str:
    """A number with all its digits."""
    return f"{value:,}" if isinstance(value, int) else repr(value)


def in_powers(value: float, power: int) -> str:
    """A figure divided by a power of a thousand: four significant digits, or as many as stand before the point.

    Zero alone is 0.
    """
    if value == 0 or not _finite(value):
        return number(value)
    divided = Decimal(value).scaleb(-3 * power)  # no float: it would make a zero of the least figures
    before = divided.adjusted() + 1
    if before < 0:
        return f"{divided:.{DIGITS}g}"
    return f"{divided:,.{max(0, DIGITS - before)}f}"


MONEY_POWER = 2
"""Money is shown in millions, whichever unit it came in: answers that are read together have one unit."""

WEIGHT_POWER = 1
"""Weight is shown in tonnes."""


def common_power(unit: str, figures: Iterable[float], wanted: int) -> int:
    """The power of a thousand in which figures of a unit are shown: up to the wanted one, or 0 for as they are.

    As they are where none reaches ten of the wanted power. It goes by the unit and the largest figure alone, not by
    what is usual among them, so that a whole and its parts, exports and imports, one source and another have one unit.
    Each figure keeps four digits, so none is less exact than to 0.05 %.
    """
    begins, bare = _read(unit)
    power = wanted - begins
    if power <= 0 or _UNSUITED.search(bare):
        return 0
    largest = max((abs(figure) for figure in figures if _finite(figure)), default=0)
    return power if largest >= 10 * 1000**power else 0


def figures_of(tables: Iterable[Table], kind: Literal["measures", "weights"]) -> Iterator[float]:
    """The figures in those columns of all tables."""
    for table in tables:
        places = [at for at, column in enumerate(table.columns) if column in getattr(table, kind)]
        for row in table.rows:
            cells = (row[at] for at in places)
            yield from (cell for cell in cells if isinstance(cell, int | float))


def unit_in_powers(unit: str, power: int) -> str:
    """A unit times a power of a thousand, in words: "thousand USD" times a thousand is "million USD"."""
    begins, bare = _read(unit)
    return f"{POWERS[begins + power]} {bare}".strip()


def _finite(value: float) -> bool:
    return isinstance(value, int) or math.isfinite(value)


def _read(unit: str) -> tuple[int, str]:
    found = _UNIT.match(unit)
    return (POWERS.index(found[1] or ""), found[2].strip()) if found else (0, unit)
