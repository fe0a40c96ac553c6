"""Compact tables: empty columns left out, months beside each other."""

from collections.abc import Sequence

from tradestat_tools.answers import Cell, Table

YEAR_COLUMNS = ("Year", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def lean_table(columns: tuple[str, ...], rows: Sequence[tuple[Cell, ...]], title: str = "") -> Table:
    """A table without the columns in which no row has a value."""
    kept = [at for at in range(len(columns)) if any(row[at] is not None for row in rows)] or list(range(len(columns)))
    return Table(tuple(columns[at] for at in kept), [tuple(row[at] for at in kept) for row in rows], title=title)


def by_year(periods: Sequence[str], values: Sequence[Cell]) -> list[tuple[Cell, ...]]:
    """Rows for `YEAR_COLUMNS` from months (YYYYMM): one a year, oldest first, None where a month is not given."""
    given = dict(zip(periods, values, strict=True))
    years = sorted({month[:4] for month in given})
    return [(year, *(given.get(f"{year}{month:02d}") for month in range(1, 13))) for year in years]
