"""One page of a table, or all of them joined into one."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import UpstreamChanged
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.trademap.answers.rows import require_echo
from tradestat_tools.sources.trademap.api import ask_page, to_pay
from tradestat_tools.sources.trademap.arguments import MOST_CALLS, TableQuery
from tradestat_tools.sources.trademap.service import SOURCE_ID
from tradestat_tools.sources.trademap.wire.envelope import changed
from tradestat_tools.sources.trademap.wire.names import Wire
from tradestat_tools.sources.trademap.wire.payloads import Cell, Page, Record
from tradestat_tools.upstream.paging import Allowance, all_pages
from tradestat_tools.upstream.request import Fetched

LESS = "a larger page_size, fewer years, one product or one partner; or take single pages with page="

NAMED = 8
"""Rows that a note names."""


@dataclass(frozen=True, slots=True)
class Table:
    """A page with what it came from; `notes` say how pages were joined."""

    page: Page
    fetched: list[Fetched[Page]]
    wire: Wire
    notes: list[Note] = field(default_factory=list[Note])


async def ask_table(context: Context, query: TableQuery, max_calls: int | None = None) -> Table:
    """The page that is asked for; with `max_calls` all of them as one, the first being asked for.

    Raises:
        TooLarge: all pages would take more calls than `max_calls`; only the first was asked.
        UpstreamChanged: the first page answers another question, or a further one does not belong to it.
        TradestatError: what the service answered, or that it did not.
    """
    first = await ask_page(context, query)
    if max_calls is None:
        return Table(first.fetched.value, [first.fetched], first.wire)
    require_echo(first.fetched.value, query)  # before anything more is paid
    seen: set[Row] = set()

    async def ask_number(number: int) -> Fetched[Page]:
        one = first if number == 1 else await ask_page(context, replace(query, page=number))
        rows = {_row(record) for record in one.fetched.value.records}
        if number > 1 and rows and rows <= seen:
            raise changed(f"page {number} brings the rows of the pages before it; it may have renamed `page`")
        if one.fetched.value.refYear != first.fetched.value.refYear:
            raise _other_year(number)
        seen.update(rows)
        return one.fetched

    async def to_send(numbers: Sequence[int]) -> int:
        return (await to_pay(context, [replace(query, page=number) for number in numbers]))[0]

    allowance = Allowance(max_calls, MOST_CALLS, first.wire.price, LESS)
    fetched = await all_pages(ask_number, lambda page: page.nbPages, to_send, allowance, source=SOURCE_ID)
    if len(fetched) == 1:
        return Table(first.fetched.value, fetched, first.wire)
    page, notes = join_pages(fetched)
    cost = f"{len(fetched)} pages joined into one table: {took(fetched, first.wire.price)}."
    return Table(page, fetched, first.wire, [Note(code=NoteCode.COST, text=cost), *notes])


Row = tuple[str, str, str]


def _other_year(number: int) -> UpstreamChanged:
    return UpstreamChanged(
        f"Page {number} is of another reference year than the first: the table was renewed since that was stored.",
        remedy="Forget the stored pages with `tradestat-mcp cache clear --source trademap` and ask again.",
        source=SOURCE_ID,
    )


def _row(record: Record) -> Row:
    return record.reporterCd, record.partnerCd, record.productCd


def _named(rows: set[Row]) -> str:
    named = ["/".join(row) for row in sorted(rows)]
    return "; ".join(named[:NAMED]) + (f"; and {len(named) - NAMED} more" if len(named) > NAMED else "")


def _agreed(one: Record, other: Record) -> Record:
    """A row with what both pages say of it; a figure that they state unlike is none."""
    cells = {**one.cells, **other.cells}
    unlike = [name for name in one.cells.keys() & other.cells.keys() if one.cells[name] != other.cells[name]]
    return replace(other, cells=cells | {name: Cell(None, unread=True) for name in unlike})


def join_pages(fetched: Sequence[Fetched[Page]]) -> tuple[Page, list[Note]]:
    """The rows of all pages in order, each once; the total is that of the newest page, for every page has the same.

    Stored pages may be older than new ones. Where the table changed in between, that is noted.
    """
    newest = max(fetched, key=lambda one: one.retrieved_at).value
    rows, days = dict[Row, Record](), dict[Row, date]()
    revised, refused = set[Row](), set[Row]()
    for one in sorted(fetched, key=lambda one: one.retrieved_at):
        for record in one.value.records:
            row, day = _row(record), one.retrieved_at.date()
            before = rows.get(row, record)
            if before.cells != record.cells:
                # A page of another day may be a revision, and the newest is taken; else nothing tells which is right.
                (refused if days[row] == day else revised).add(row)
            rows[row] = record if row in revised else _agreed(before, record)
            days[row] = day
    order = dict.fromkeys(_row(record) for one in fetched for record in one.value.records)
    came = sum(len(one.value.records) for one in fetched)
    notes: list[Note] = []
    if came > len(order):
        text = f"Rows that came on two pages: {came - len(order)}. Their order changed in between: each is here once"
        text += f", with the newer figures where they differ ({_named(revised)})" if revised else ""
        notes.append(Note(code=NoteCode.REVISED, text=f"{text}, and others may be missing."))
    if refused:
        text = f"Rows that came on two pages of one day with figures that contradict each other: {_named(refused)}. "
        text += "Nothing tells which are right: no figure."
        notes.append(Note(code=NoteCode.ABSENT, text=text, reason=Reason.CONFLICTING))
    if any(one.value.aggregateRecords != newest.aggregateRecords for one in fetched):
        days = sorted({f"{one.retrieved_at:%Y-%m-%d}" for one in fetched})
        text = f"The total was not the same on every page ({', '.join(days)}): the table was revised in between. "
        notes.append(Note(code=NoteCode.REVISED, text=f"{text}The newest total is given; rows may be older."))
    page = replace(
        newest,
        page=1,
        nbPages=1,
        nbRecordPerPage=fetched[0].value.nbRecordPerPage,
        records=tuple(rows[row] for row in order),
        sources=tuple(dict.fromkeys(source for one in fetched for source in one.value.sources)),
        **what_joins([one.value for one in fetched]),
    )
    return page, notes


def what_joins(pages: Sequence[Page]) -> dict[str, Any]:
    """What is true of a table because it is of one of its pages: units that were converted, and what was not read."""
    return {
        "converted": tuple(dict.fromkeys(text for page in pages for text in page.converted)),
        "step": max((page.step for page in pages), default=1.0),
        "unread": tuple(dict.fromkeys(text for page in pages for text in page.unread)),
    }


def took(fetched: Sequence[Fetched[Page]], price: float) -> str:
    """What answers took, for a note. A service that does not say what it charged is taken at its price."""
    calls = sum(one.calls for one in fetched)
    asked = [one for one in fetched if one.calls]
    charged = sum(one.calls * price if one.credits_charged is None else one.credits_charged for one in asked)
    stored = len(fetched) - len(asked)
    cost = f"{calls} calls, {charged:g} credits" if calls else "no call"
    return f"{cost}; stored: {stored}" if stored else cost
