"""Figures as text, and the power of a thousand in which large ones are shown."""

import math
import re
import statistics
from collections.abc import Iterable, Iterator
from typing import Literal

from tradestat_tools.answers import Table

DIGITS = 4
"""Significant digits that every rounded figure keeps."""

POWERS = ("", "thousand", "million", "billion", "trillion")
"""Words for powers of a thousand."""

TONNES = ("kg", "t", "kt", "Mt", "Gt")
"""Kilograms in powers of a thousand: their words would be wider than the figures below them."""

_UNIT = re.compile(rf"(?:({'|'.join(POWERS[1:])}) )?([^(,;]*)")
"""A power and what it is of; what follows in brackets or after a comma is about other columns."""


def number(value: float) -> str:
    """Whole numbers in full; fractions to two decimals, below one to four significant digits."""
    if not math.isfinite(value):
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
    if not math.isfinite(value) or value == 0:
        return number(value)
    divided = value / 1000**power
    digits = math.floor(math.log10(abs(divided))) + 1
    if digits < 0:
        return f"{divided:.{DIGITS}g}"
    return f"{divided:,.{max(0, DIGITS - digits)}f}"


def common_power(unit: str, figures: Iterable[float]) -> int:
    """The power of a thousand in which figures of a unit are shown, 0 for as they are.

    The largest that leaves the median of those that are not zero a digit before the point; with the four digits that
    each keeps, none is then less exact than to 0.05 %.
    """
    shown = [abs(figure) for figure in figures if figure and math.isfinite(figure)]
    if not shown:
        return 0
    middle, begins = statistics.median(shown), _read(unit)[0]
    return next((power for power in range(len(POWERS) - 1 - begins, 0, -1) if middle >= 1000**power), 0)


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


def _read(unit: str) -> tuple[int, str]:
    found = _UNIT.match(unit)
    return (POWERS.index(found[1] or ""), found[2].strip()) if found else (0, unit)
