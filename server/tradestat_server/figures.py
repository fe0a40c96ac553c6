"""Figures as text, and the power of a thousand in which large ones are shown."""

import math
import re
import statistics
from collections.abc import Iterable

from tradestat_tools.answers import Cell, Table

DIGITS = 4
"""Significant digits that every rounded figure keeps."""

POWERS = ("", "thousand", "million", "billion", "trillion")
"""Words for powers of a thousand."""

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
    return _plain(f"{divided:,.{max(0, DIGITS - digits)}f}")


def common_power(tables: Iterable[Table], unit: str | None) -> int:
    """The power of a thousand in which the measures of all tables are shown, 0 for figures as they are.

    The largest that leaves the median of what is not zero at least one digit before the point, so that with the four
    digits kept none is less exact than to 0.05 %; and one for all tables, so that they can be compared.
    """
    shown = [abs(value) for table in tables for value in _measures(table) if value and math.isfinite(value)]
    if unit is None or not shown:
        return 0
    middle, begins = statistics.median(shown), _read(unit)[0]
    return next((p for p in range(len(POWERS) - 1 - begins, 0, -1) if middle >= 1000**p), 0)


def unit_in_powers(unit: str, power: int) -> str:
    """A unit times a power of a thousand, in words: "thousand USD" times a thousand is "million USD"."""
    begins, bare = _read(unit)
    return f"{POWERS[begins + power]} {bare}".strip()


def _read(unit: str) -> tuple[int, str]:
    found = _UNIT.match(unit)
    return (POWERS.index(found[1] or ""), found[2].strip()) if found else (0, unit)


def _measures(table: Table) -> Iterable[float]:
    places = [at for at, column in enumerate(table.columns) if column in table.measures]
    cells: Iterable[Cell] = (row[at] for row in table.rows for at in places)
    return (cell for cell in cells if isinstance(cell, int | float))


def _plain(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
