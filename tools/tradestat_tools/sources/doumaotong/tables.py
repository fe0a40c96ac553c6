"""Compact tables: empty columns left out, months beside each other."""

from collections.abc import Sequence

from tradestat_tools.codes.units import format_number
from tradestat_tools.model.answers import Cell, Table
from tradestat_tools.sources.doumaotong.fields import Num

YEAR_COLUMNS = ("Year", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

MONTHS = frozenset(YEAR_COLUMNS[1:])
EXPORTS = frozenset({"Exports"})

LABEL = 40
"""Characters of an English label beside a Chinese name."""


TWELVE_MONTHS = "12 months"
"""The head of exports over the last twelve months, in RMB yuan."""


def lean_table(columns: tuple[str, ...], rows: Sequence[tuple[Cell, ...]], title: str = "") -> Table:
    """A table without the columns in which no row has a value; `TWELVE_MONTHS` is in the unit of the answer."""
    kept = [at for at in range(len(columns)) if any(row[at] is not None for row in rows)] or list(range(len(columns)))
    shown = [tuple(row[at] for at in kept) for row in rows]
    return Table(tuple(columns[at] for at in kept), shown, title, frozenset({TWELVE_MONTHS}))


def by_year(periods: Sequence[str], values: Sequence[Cell]) -> list[tuple[Cell, ...]]:
    """Rows for `YEAR_COLUMNS` from months (YYYYMM): one a year, oldest first.

    Between the first month and the last, None where one is not given; "" outside, where nothing is missing.
    """
    if not periods:
        return []
    given = dict(zip(periods, values, strict=True))
    first, last = min(given), max(given)

    def cell(month: str) -> Cell:
        return given.get(month) if first <= month <= last else ""

    years = range(int(first[:4]), int(last[:4]) + 1)
    return [(f"{year:04d}", *(cell(f"{year:04d}{month:02d}") for month in range(1, 13))) for year in years]


def price(value: Num | None) -> str | None:
    """A price with two decimals; below 1 with three significant digits, so that it never reads as zero."""
    return None if value is None else format_number(value, decimals=2 if abs(value) >= 1 else None)
