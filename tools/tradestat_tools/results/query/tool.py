"""The tool that gives the rows of an answer that was given before: all of them, sorted, filtered, exact."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import Field, PrivateAttr

from tradestat_tools.codes.words import counted, fold, nearest, shown
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import Handle, StoredResult, found_in
from tradestat_tools.contract.tool import Tool, call_text
from tradestat_tools.model.answers import Answer, Cell, Data, Part, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import InvalidQuery, NoData

DEFAULT_LIMIT = 100
MOST = 1000

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


class RowsArguments(Arguments):
    """Which rows of which stored answer."""

    result: Annotated[Handle, Field(description="The handle in an answer's first line: rk3v7q2m5xa.")]
    table: Annotated[
        str | None, Field(description="Number (from 1) or title of the table; without it, the longest.")
    ] = None
    offset: Annotated[int, Field(ge=0, description="Rows to leave out at the beginning.")] = 0
    limit: Annotated[int, Field(ge=1, le=MOST, description="Rows to give.")] = DEFAULT_LIMIT
    columns: Annotated[list[str] | None, Field(description="Columns to give, by name; without it, all.")] = None
    sort: Annotated[
        str | None, Field(description="Column to sort by; with - before it, largest first. Missing values come last.")
    ] = None
    filter: Annotated[
        list[str] | None,
        Field(description='Conditions, all to be met: "partner=China", "2024>=1000000", "product~battery".'),
    ] = None


class RowsData(Data):
    """Rows of one table of a stored answer, after filter and sort, with exact values; null is a missing value."""

    result: str
    tool: str = Field(description="The tool that gave the answer.")
    arguments: dict[str, Any] = Field(description="What that tool was asked.")
    table: int = Field(description="Number of the table in the answer, from 1.")
    title: str
    total: int = Field(description="Rows that meet the filter.")
    offset: int
    columns: list[str]
    rows: list[list[str | int | float | None]]
    _asked: Mapping[str, Any] = PrivateAttr(default_factory=dict[str, Any])

    def asked_by(self, arguments: Mapping[str, Any]) -> Self:
        """Remember which arguments of the tool select and order the same rows."""
        self._asked = arguments
        return self

    def tables(self) -> list[Table]:
        last = self.offset + len(self.rows)
        span = f"rows {self.offset + 1:,} to {last:,} of {self.total:,}" if self.rows else f"no row of {self.total:,}"
        title = f"{self.title}: {span}" if self.title else span.capitalize()
        rows = [tuple(row) for row in self.rows]
        return [Table(tuple(self.columns), rows, title, part=Part(self._asked, self.offset))]


@dataclass(frozen=True, slots=True)
class _Condition:
    """One condition on the cells of a column."""

    column: int
    sign: str
    value: str
    number: float | None

    def holds(self, row: Sequence[Cell]) -> bool:
        """Whether a row meets it; a missing value equals nothing and is neither more nor less than anything."""
        cell = row[self.column]
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


async def rows(context: Context, asked: RowsArguments) -> Answer[RowsData]:
    """Rows of a stored answer. No service is asked."""
    stored = await found_in(context.results, asked.result)
    index = table_number(stored, asked.table)
    table = stored.tables[index]
    conditions = [_condition(table, text) for text in asked.filter or ()]
    found = [row for row in table.rows if all(condition.holds(row) for condition in conditions)]
    if asked.sort:
        found = _sorted(table, found, asked.sort)
    kept = [_column(table, name, "columns") for name in asked.columns or ()] or list(range(len(table.columns)))
    table_shown = index + 1 if len(stored.tables) > 1 else None
    selecting = asked.model_dump(include={"result", "columns", "sort", "filter"}) | {"table": table_shown}
    data = RowsData(
        result=stored.handle,
        tool=stored.tool,
        arguments=stored.arguments,
        table=index + 1,
        title=table.title,
        total=len(found),
        offset=asked.offset,
        columns=[table.columns[at] for at in kept],
        rows=[[row[at] for at in kept] for row in found[asked.offset : asked.offset + asked.limit]],
    ).asked_by(selecting)
    source = stored.source.model_copy(update={"calls": 0, "credits_charged": None, "remaining_quota": None})
    return Answer(
        what=f"{stored.what} (stored answer of {stored.tool})",
        data=data,
        source=source,
        notes=list(stored.notes),
        more=_more(data, selecting, asked.limit),
        result=stored.handle,
        citation=stored.structured.get("citation"),
    )


def _more(data: RowsData, selecting: Mapping[str, Any], limit: int) -> str | None:
    after = data.offset + len(data.rows)
    if not data.rows and data.total:
        return f"There {'is' if data.total == 1 else 'are'} {counted(data.total, 'row')}; ask with a smaller offset."
    if after >= data.total:
        return None
    more = call_text("rows", **{"result": data.result, "offset": after, "limit": limit, **selecting})
    return f"{data.total - after:,} rows follow: {more}"


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


def _column(table: Table, name: str, argument: str) -> int:
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
    column, sign, value = _column(table, read["column"], "filter"), read["sign"], read["value"]
    number = _number(value)
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


def _sorted(table: Table, found: Sequence[tuple[Cell, ...]], wanted: str) -> list[tuple[Cell, ...]]:
    """Numbers before texts, each in its order; missing ones last in either direction."""
    name = wanted.removeprefix("-")
    falling = wanted.startswith("-") and wanted not in table.columns
    at = _column(table, name if falling else wanted, "sort")

    def key(row: tuple[Cell, ...]) -> tuple[bool, Any]:
        cell = row[at]
        return (True, cell) if isinstance(cell, str) else (False, cell)

    there = [row for row in found if row[at] is not None and row[at] != ""]
    missing = [row for row in found if row[at] is None or row[at] == ""]
    return sorted(there, key=key, reverse=falling) + missing


ROWS = Tool(
    name="rows",
    title="Tradestat: rows of a stored answer",
    description=(
        "Rows of an answer that a tool gave before, by the handle (result r…) in its first line: those that the text "
        "left out, sorted, filtered, some columns only, with exact figures where the text rounds them. "
        "table is a number or title; filter takes conditions such as partner=China, 2024>=1000000, product~battery; "
        "sort=-2024 puts the largest first. Costs nothing and asks no service; answers are kept for up to 30 days. "
        "Use it instead of asking a service again for more of the same answer."
    ),
    arguments=RowsArguments,
    data=RowsData,
    run=rows,
    example={"result": "rk3v7q2m5xa"},
    local=True,
)
