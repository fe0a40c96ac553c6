"""Which rows of a stored table are meant: one of its tables, conditions, an order, some columns."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tradestat_tools.codes.words import fold, nearest, shown
from tradestat_tools.contract.kept import AT_ONCE, KeptRows, opened
from tradestat_tools.contract.results import StoredResult
from tradestat_tools.model.answers import Cell, Table
from tradestat_tools.model.errors import InvalidQuery, NoData

Test = Callable[[Any, Any], bool]

COMPARISONS: Mapping[str, Test] = {
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
"""How two numbers, or two texts, are compared; the longer signs first. `~` is for texts alone."""

CONDITION = re.compile(r"^\s*(?P<column>.+?)\s*(?P<sign>!=|>=|<=|=|>|<|~)\s*(?P<value>.*?)\s*$", re.DOTALL)
ALLOWED = "column=text, column!=text, column~part of a text, column>number (>=, <, <=); column= for missing"


def page_of(
    table: Table, conditions: Sequence[str], sort: str | None, offset: int, limit: int
) -> tuple[int, list[tuple[Cell, ...]]]:
    """How many rows meet all conditions, and some of them, in order. Blocks.

    Raises:
        InvalidQuery: a condition or the column to sort by can not be read.
        NoData: the rows lie in a file that is gone.
    """
    if isinstance(table.rows, KeptRows):
        return _of_file(table, table.rows, conditions, sort, f"LIMIT {limit} OFFSET {offset}")
    found = selected(table, conditions, sort)
    return len(found), found[offset : offset + limit]


def _of_file(
    table: Table, rows: KeptRows, conditions: Sequence[str], sort: str | None, part: str
) -> tuple[int, list[tuple[Cell, ...]]]:
    """The same of rows in a file: each value of a column is held against its condition once, DuckDB does the rest."""
    read = [_condition(table, text) for text in conditions]
    order = "file_row_number"
    if sort:
        at, falling = _order(table, sort)
        order = f"{rows.kept.at[at]} {'DESC' if falling else 'ASC'} NULLS LAST, {order}"
    with TemporaryDirectory() as scratch, opened(Path(scratch)) as db:
        where: list[str] = []
        for number, one in enumerate(read):
            name = rows.kept.at[one.column]
            if one.number is not None and one.sign != "~" and rows.kinds[one.column] != "VARCHAR":
                or_missing = f" OR {name} IS NULL" if one.sign == "!=" else ""
                where.append(f"({name} {one.sign} {one.number!r}{or_missing})")
                continue
            db.execute(f"CREATE TABLE held_{number} (held {rows.kinds[one.column]})")
            missing = False
            for some in _distinct(rows, name):
                met = [cell for cell in some if one.holds_cell(cell)]
                missing = missing or None in met
                values = [[cell for cell in met if cell is not None]]
                db.execute(f"INSERT INTO held_{number} SELECT unnest(?::{rows.kinds[one.column]}[])", values)
            or_missing = f" OR {name} IS NULL" if missing else ""
            where.append(f"({name} IN (SELECT held FROM held_{number}){or_missing})")  # noqa: S608 - names of our own
        met_by = f"{rows.source} {'WHERE ' + ' AND '.join(where) if where else ''}"
        total = (db.execute(f"SELECT count(*) {met_by}").fetchone() or (0,))[0] if where else len(rows)
        chosen = ", ".join(rows.kept.at)
        asked = f"SELECT {chosen} {met_by} ORDER BY {order} {part}"
        return total, [rows.read(row) for row in db.execute(asked).fetchall()]


def _distinct(rows: KeptRows, name: str) -> Iterator[list[Any]]:
    """Each value of a column once, in blocks."""
    with opened() as db:
        cursor = db.execute(f"SELECT DISTINCT {name} {rows.source}")
        while some := cursor.fetchmany(AT_ONCE):
            yield [one for (one,) in some]


def selected(table: Table, conditions: Sequence[str], sort: str | None) -> list[tuple[Cell, ...]]:
    """The rows that meet all conditions, in order.

    Raises:
        InvalidQuery: a condition or the column to sort by can not be read.
    """
    read = [_condition(table, text) for text in conditions]
    found = [row for row in table.rows if all(condition.holds(row) for condition in read)]
    return _sorted(table, found, sort) if sort else found


@dataclass(frozen=True, slots=True)
class _Condition:
    """One condition on the cells of a column."""

    column: int
    sign: str
    value: str
    number: float | None

    def holds(self, row: Sequence[Cell]) -> bool:
        """Whether a row meets it; a missing value equals nothing and is neither more nor less than anything."""
        return self.holds_cell(row[self.column])

    def holds_cell(self, cell: Cell) -> bool:
        """The same of a cell of its column."""
        if not self.value and self.sign in ("=", "!="):
            return (cell is None or cell == "") == (self.sign == "=")
        if cell is None:
            return self.sign == "!="
        if self.sign == "~":
            return fold(self.value) in fold(str(cell))
        if isinstance(cell, str):
            return self._holds_for(cell)
        return self.number is not None and COMPARISONS[self.sign](cell, self.number)

    def _holds_for(self, cell: str) -> bool:
        """Texts are equal by `fold`, else in the order of their letters, which is that of years and months too."""
        if self.sign in ("=", "!="):
            return (fold(cell) == fold(self.value)) == (self.sign == "=")
        return COMPARISONS[self.sign](cell, self.value)


def table_number(stored: StoredResult, wanted: str | None) -> int:
    """The table meant, by number or title; the longest if none is named. Counted from 0.

    Raises:
        NoData: the answer has no tables.
        InvalidQuery: no table is meant, or more than one.
    """
    tables = stored.tables
    if not tables:
        raise NoData(
            f"The answer of {stored.tool} under {stored.handle} has no rows.",
            remedy="Read its text or structured content, or ask another question.",
        )
    if wanted is None:
        return max(range(len(tables)), key=lambda at: len(tables[at].rows))
    if wanted.isdecimal() and 1 <= int(wanted) <= len(tables):
        return int(wanted) - 1
    titles = [table.title for table in tables]
    word = fold(wanted)
    meant = [at for at, title in enumerate(titles) if word and word == fold(title)]
    meant = meant or [at for at, title in enumerate(titles) if word and word in fold(title)]
    if len(meant) == 1:
        return meant[0]
    named = [f"{at + 1} {table.title or ', '.join(table.columns[:6])}" for at, table in enumerate(tables)]
    fault = "fits several tables" if meant else "is no table of this answer"
    raise InvalidQuery(
        f"{shown(wanted)} {fault}.",
        argument="table",
        allowed="; ".join(named),
        nearest=[str(at + 1) for at in meant] or [title for title in nearest(wanted, titles) if title],
    )


def column_number(table: Table, name: str, argument: str) -> int:
    """The column of that name: exactly, or but for case, accents and punctuation."""
    columns = table.columns
    if name in columns:
        return columns.index(name)
    alike = [at for at, column in enumerate(columns) if fold(column) == fold(name)]
    if len(alike) == 1:
        return alike[0]
    raise InvalidQuery(
        f"There is no column {shown(name)} in this table.",
        argument=argument,
        allowed=", ".join(columns),
        nearest=[columns[at] for at in alike] or list(nearest(name, columns)),
    )


def _condition(table: Table, text: str) -> _Condition:
    read = CONDITION.match(text)
    if read is None:
        raise InvalidQuery(
            f"{shown(text)} is no condition.",
            argument="filter",
            allowed=ALLOWED,
            remedy="Write each condition as column, sign, value; send a list where a value holds a comma: "
            '["partner=Korea, Republic of"].',
        )
    column, sign, value = column_number(table, read["column"], "filter"), read["sign"], read["value"]
    number = _number(value)
    if isinstance(table.rows, KeptRows):
        texts = table.rows.kinds[column] == "VARCHAR"
        figures = not texts
    else:
        figures = any(isinstance(row[column], int | float) for row in table.rows)
        texts = any(isinstance(row[column], str) and row[column] for row in table.rows)
    if figures and not texts and number is None and value and sign != "~":
        raise InvalidQuery(
            f"The column {shown(table.columns[column])} holds figures, and {shown(value)} is none.",
            argument="filter",
            allowed="a number without unit, such as 1000000",
        )
    if not value and sign not in ("=", "!="):
        raise InvalidQuery(f"{shown(text)} compares with nothing.", argument="filter", allowed=ALLOWED)
    return _Condition(column, sign, value, number)


def _number(text: str) -> float | None:
    """A number as people write it: 1000000, 1,000,000, 2.5, 1e6. Whole ones stay whole and compare exactly."""
    plain = re.sub(r"(?<=\d),\s*(?=\d{3}(\D|$))", "", text)
    try:
        return int(plain)
    except ValueError:
        try:
            return float(plain)
        except ValueError:
            return None


def _order(table: Table, wanted: str) -> tuple[int, bool]:
    """The column to sort by, and whether the largest come first."""
    falling = wanted.startswith("-") and wanted not in table.columns
    return column_number(table, wanted.removeprefix("-") if falling else wanted, "sort"), falling


def _sorted(table: Table, found: Sequence[tuple[Cell, ...]], wanted: str) -> list[tuple[Cell, ...]]:
    """Numbers before texts, each in its order; missing ones last in either direction."""
    at, falling = _order(table, wanted)

    def key(row: tuple[Cell, ...]) -> tuple[bool, Any]:
        cell = row[at]
        return (True, cell) if isinstance(cell, str) else (False, cell)

    there = [row for row in found if row[at] is not None and row[at] != ""]
    missing = [row for row in found if row[at] is None or row[at] == ""]
    return sorted(there, key=key, reverse=falling) + missing
