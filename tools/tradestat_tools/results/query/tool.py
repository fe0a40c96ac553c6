"""The tool that gives rows of answers that were given before: selected, or computed from several by SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Self

from pydantic import Field, PrivateAttr

from tradestat_tools.codes.words import counted
from tradestat_tools.contract.context import Context, merged
from tradestat_tools.contract.results import Handle, StoredResult, found_in
from tradestat_tools.contract.tool import Tool, call_text
from tradestat_tools.model.answers import Answer, Data, Note, NoteCode, Part, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.results.query.overlap import overlaps
from tradestat_tools.results.query.selection import column_number, page_of, table_number
from tradestat_tools.results.query.sql import MOST_CHARS, MOST_ROWS, Computed, Database, Node, parts
from tradestat_tools.results.query.tables import COMMON, sql_tables
from tradestat_tools.upstream.runtime import in_thread

DEFAULT_LIMIT = 100
MOST = 1000
MOST_RESULTS = 8


class QueryArguments(Arguments):
    """Which rows of which stored answers, or what to compute from them."""

    result: Annotated[
        list[Handle],
        Field(min_length=1, max_length=MOST_RESULTS, description="Handles as answers' first lines give them."),
    ]
    sql: Annotated[
        str | None,
        Field(
            max_length=MOST_CHARS,
            description="One SELECT (DuckDB) over the tables common, shown and, by its handle, each answer.",
        ),
    ] = None
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


class QueryData(Data):
    """Rows with exact values; null is a missing value."""

    results: list[str] = Field(description="The answers that the rows are from.")
    tool: str | None = Field(default=None, description="The tool that gave the answer, of one.")
    arguments: dict[str, Any] | None = Field(default=None, description="What that tool was asked.")
    table: int | None = Field(default=None, description="Number of the table in the answer, from 1.")
    sql: str | None = None
    title: str = ""
    total: int = Field(description="Rows there are, after the filter.")
    offset: int = 0
    columns: list[str]
    rows: list[list[str | int | float | None]]
    _asked: Mapping[str, Any] = PrivateAttr(default_factory=dict[str, Any])
    _of: Table = PrivateAttr(default=Table((), ()))

    def asked_by(self, arguments: Mapping[str, Any], of: Table | None = None) -> Self:
        """Remember which arguments of the tool select and order the same rows, and of which table, for its units."""
        self._asked = arguments
        self._of = of or self._of
        return self

    def tables(self) -> list[Table]:
        rows = [tuple(row) for row in self.rows]
        if not self._asked:  # the whole, as it is kept
            return [Table(tuple(self.columns), rows, self.title)]
        last = self.offset + len(self.rows)
        span = f"rows {self.offset + 1:,} to {last:,} of {self.total:,}" if self.rows else f"no row of {self.total:,}"
        title = f"{self.title}: {span}" if self.title else span.capitalize()
        part = Part(self._asked, self.offset)
        return [replace(self._of, columns=tuple(self.columns), rows=rows, title=title, part=part, listing=False)]


async def query(context: Context, asked: QueryArguments) -> Answer[QueryData]:
    """Rows of stored answers. No service is asked."""
    stored = [await found_in(context.results, handle) for handle in dict.fromkeys(asked.result)]
    if asked.sql is not None:
        return await _computed(context, stored, asked)
    if len(stored) > 1:
        raise InvalidQuery(
            "Several answers are put together by SQL only.",
            argument="result",
            allowed="one handle, or several with sql",
            remedy=call_text("query", result=[one.handle for one in stored], sql="SELECT … FROM common"),
        )
    return await in_thread(partial(_selected, stored[0], asked))


def _selected(stored: StoredResult, asked: QueryArguments) -> Answer[QueryData]:
    index = table_number(stored, asked.table)
    table = stored.tables[index]
    total, found = page_of(table, asked.filter or (), asked.sort, asked.offset, asked.limit)
    kept = [column_number(table, name, "columns") for name in asked.columns or ()] or list(range(len(table.columns)))
    table_shown = index + 1 if len(stored.tables) > 1 else None
    selecting = {
        "result": stored.handle,
        **asked.model_dump(include={"columns", "sort", "filter"}),
        "table": table_shown,
    }
    data = QueryData(
        results=[stored.handle],
        tool=stored.tool,
        arguments=stored.arguments,
        table=index + 1,
        title=table.title,
        total=total,
        offset=asked.offset,
        columns=[table.columns[at] for at in kept],
        rows=[[row[at] for at in kept] for row in found],
    ).asked_by(selecting, table)
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


async def _computed(context: Context, stored: Sequence[StoredResult], asked: QueryArguments) -> Answer[QueryData]:
    """What SQL gives, kept under a handle of its own, and the page of it that was asked for."""
    given = [name for name in ("columns", "sort", "filter") if getattr(asked, name)]
    if given:
        raise InvalidQuery(
            f"`{given[0]}` is not used beside sql.",
            argument=given[0],
            remedy="Say it in the statement, or leave sql out.",
        )
    computed, notes, unit = await in_thread(partial(_run, context, stored, asked))
    if computed.more:
        notes = [Note(code=NoteCode.SUBSET, text=f"Only the first {MOST_ROWS:,} rows are given."), *notes]
    source = merged([one.source for one in stored], "query", [one.handle for one in stored])
    source = source.model_copy(update={"calls": 0, "credits_charged": None, "unit": unit})
    whole = Answer(
        what=f"Computed by SQL from {'; '.join(one.what for one in stored)}",
        data=QueryData(
            results=[one.handle for one in stored],
            sql=asked.sql,
            total=len(computed.rows),
            columns=list(computed.columns),
            rows=[list(row) for row in computed.rows],
        ),
        source=source,
        notes=notes,
    )
    handle = await context.results.keep("query", asked.model_dump(exclude_defaults=True), whole)
    selecting = {"result": handle} if handle else {}
    page = whole.data.model_copy(
        update={"offset": asked.offset, "rows": whole.data.rows[asked.offset : asked.offset + asked.limit]}
    ).asked_by(selecting)
    more = _more(page, selecting, asked.limit) if handle else None
    return whole.model_copy(update={"data": page, "result": handle, "more": more})


def _run(
    context: Context, stored: Sequence[StoredResult], asked: QueryArguments
) -> tuple[Computed, list[Note], str | None]:
    """What a statement gives, what is to be known of it, and the unit of money of what it read. Blocks."""
    chosen = [table_number(one, asked.table if one is stored[0] else None) if one.tables else 0 for one in stored]
    with Database(sql_tables(stored, chosen, context.tools)) as db:
        statement = db.read(asked.sql or "")
        notes = overlaps(db, statement)
        return db.run(db.text_of(statement)), notes, _unit(db, statement, stored)


def _unit(db: Database, statement: Node, stored: Sequence[StoredResult]) -> str | None:
    """The unit of money, where all that a statement reads is in one."""
    read = {str(node["table_name"]).lower() for node in parts(statement) if node.get("type") == "BASE_TABLE"}
    if COMMON in read:
        units = {str(unit) for (unit,) in db.lists(f"SELECT DISTINCT unit FROM {COMMON}")}  # noqa: S608 - a constant
        return f"{units.pop()}; weight in kg" if len(units) == 1 and read & {*db.tables} == {COMMON} else None
    return stored[0].source.unit if len(stored) == 1 else None


def _more(data: QueryData, selecting: Mapping[str, Any], limit: int) -> str | None:
    after = data.offset + len(data.rows)
    if not data.rows and data.total:
        return f"There {'is' if data.total == 1 else 'are'} {counted(data.total, 'row')}; ask with a smaller offset."
    if after >= data.total:
        return None
    more = call_text("query", **{"result": None, "offset": after, "limit": limit, **selecting})
    return f"{data.total - after:,} rows follow: {more}"


QUERY = Tool(
    name="query",
    title="Tradestat: rows of stored answers, and SQL over them",
    description=(
        "Rows of earlier answers by their handles (result r…), exact, sorted, filtered, paged: filter partner=China, "
        "2024>=1000000, product~battery; sort=-2024. Or sql: one SELECT over common(reporter, partner, product, flow, "
        "period, year, month, value, unit, weight, quantity, valuation, status, source, …), one row a figure, in whole "
        "units; and over shown, the table as it was shown (each answer's also by its handle). Its result gets a handle "
        "too. Says what must not be added up. Costs nothing, asks no service."
    ),
    arguments=QueryArguments,
    data=QueryData,
    run=query,
    example={"result": ["rk3v7q2m5xa"]},
    local=True,
)
