"""From a page of records to lean rows."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.trademap.absence import no_figure
from tradestat_tools.sources.trademap.answers.data import DIMENSIONS, GroupOfRows, Row, SourceOfData
from tradestat_tools.sources.trademap.arguments import TableQuery
from tradestat_tools.sources.trademap.calendar import Reach
from tradestat_tools.sources.trademap.codes import ALL, WORLD, area_label, named, product_label
from tradestat_tools.sources.trademap.service import SOURCE_ID
from tradestat_tools.sources.trademap.wire.envelope import changed, excerpt
from tradestat_tools.sources.trademap.wire.payloads import Page, Record
from tradestat_tools.upstream.failures import not_asked_for


def require_figures(page: Page, query: TableQuery, reach: Reach | None, this_year: int) -> None:
    """Refuse an answer without a single figure.

    Raises:
        NoData: no rows and no total, a page after the last, or nothing but missing figures.
    """
    if query.page > 1 and not page.records and page.nbPages < query.page:
        raise NoData(
            f"There is no page {query.page}; the table has {page.nbPages}.",
            remedy=f"Ask for page 1 to {page.nbPages}." if page.nbPages else "Ask for page 1.",
            why=[Why(Reason.FILTERED_OUT, f"The table has {page.nbPages} pages.", sure=page.nbPages > 0)],
            source=SOURCE_ID,
        )
    if not has_figures(page.everything):
        raise no_figure(query, reach, this_year)


def has_figures(records: Iterable[Record]) -> bool:
    """Whether there is a single figure."""
    return any(cell.value is not None for record in records for cell in record.cells.values())


def require_echo(page: Page, query: TableQuery) -> None:
    """Refuse an answer to another query: a parameter whose name has changed is ignored without a word.

    Raises:
        UpstreamChanged: reporter, partner or product of the answer are not those asked for.
    """
    reporters = {record.reporterCd for record in page.everything}
    partners = {record.partnerCd for record in page.everything}
    codes = {record.productCd for record in page.everything}
    products = {record.productCd for record in page.records}
    checks = [
        ("reporterCd", query.country, reporters, reporters <= {query.country}),
        ("partnerCd", query.partner, partners, query.partner == WORLD or query.partner in partners),
        ("productCd", query.product, products, query.by != "byCountry" or products <= query.answer_codes),
        # Codes beside the one asked for may be among the rows, and so may the aggregate of all goods; but not alone.
        ("productCd", query.product, codes, query.product == ALL or any(c.startswith(query.product) for c in codes)),
    ]
    strangers = [(name, asked, excerpt(", ".join(sorted(got)[:5]))) for name, asked, got, fits in checks if not fits]
    if strangers:
        raise not_asked_for("Trade Map", SOURCE_ID, strangers[:1])


def within_years(page: Page, query: TableQuery) -> tuple[Page, Note | None]:
    """The page without years that were not asked for, and a note on those that had figures.

    Years asked for are kept although others came with them: each figure carries its own year, and the service's own
    choice of years, which it makes where it ignores the period, is mostly the newest ones.

    Raises:
        UpstreamChanged: there are figures, and not one of the years asked for.
    """
    first, last = str(query.period_from or ""), str(query.period_to or "9999")
    cells = [cell for record in page.everything for cell in record.cells.items()]
    outside = {name for name, _ in cells if not first <= name <= last}
    if not outside:
        return page, None
    given = sorted({name for name, cell in cells if name in outside and cell.value is not None})
    if given and all(name in outside for name, _ in cells):
        raise changed(
            f"the period asked for is {query.years}, the years answered are {', '.join(given[:5])}; "
            "it may have renamed period_from and period_to"
        )
    text = f"The service also gave {', '.join(given[:5])}; the period asked for, {query.years}, may have been ignored. "
    text += "Other years are left out; one that is missing here may have figures."
    kept = replace(
        page, records=_without(page.records, outside), aggregateRecords=_without(page.aggregateRecords, outside)
    )
    return kept, Note(code=NoteCode.SHAPE, text=text) if given else None


def _without(records: Sequence[Record], years: set[str]) -> tuple[Record, ...]:
    return tuple(replace(r, cells={n: cell for n, cell in r.cells.items() if n not in years}) for r in records)


def main_total(page: Page, query: TableQuery) -> Record | None:
    """The aggregate of the product, reporter and partner that were asked for, if the service gives it."""
    asked = (query.country, query.partner)
    found = (r for r in page.aggregateRecords if (r.reporterCd, r.partnerCd) == asked)
    return next((record for record in found if record.productCd in query.answer_codes), None)


def lean_rows(page: Page, query: TableQuery, order: Sequence[str], group: GroupOfRows | None = None) -> dict[str, Any]:
    """A page as `TableData` holds it: shared codes, records, totals and sources; figures in the order of `order`."""
    own = "partner" if query.by == "byCountry" else "product"
    if group and group.argument == "country":
        own = "reporter"
    constants = [d for d in DIMENSIONS if d != own and len({getattr(record, f"{d}Cd") for record in page.records}) == 1]
    held: dict[str, Any] = {}
    for dimension in constants:
        held |= _coded(page.records[0], dimension)
    return {
        **held,
        "trade_flow": query.trade_flow,
        "by": query.by,
        "product": query.product,
        "partner": group.id if group and group.argument == "partner" else query.partner,
        "group": group,
        "nbRecords": page.nbRecords,
        "page": page.page,
        "nbRecordPerPage": page.nbRecordPerPage,
        "nbPages": page.nbPages,
        "records": [_row(record, order, [d for d in DIMENSIONS if d not in constants]) for record in page.records],
        "aggregateRecords": [_row(record, order, DIMENSIONS) for record in page.aggregateRecords],
        "sources": [
            SourceOfData(countryCd=s.countryCd, label=s.label, url=s.url, startingDate=s.since) for s in page.sources
        ],
    }


def label_of(record: Record, dimension: str) -> str | None:
    """The service's label, or ours for its code."""
    own: str | None = getattr(record, f"{dimension}Label")
    code: str = getattr(record, f"{dimension}Cd")
    return own or (product_label(code) if dimension == "product" else area_label(code))


def row_name(record: Record, query: TableQuery) -> str:
    """What a row stands for, in a note."""
    dimension = "partner" if query.by == "byCountry" else "product"
    return named(getattr(record, f"{dimension}Cd"), label_of(record, dimension))


def _coded(record: Record, dimension: str) -> dict[str, str | None]:
    return {f"{dimension}Cd": getattr(record, f"{dimension}Cd"), f"{dimension}Label": label_of(record, dimension)}


def _row(record: Record, order: Sequence[str], dimensions: Sequence[str]) -> Row:
    codes: dict[str, Any] = {}
    for dimension in dimensions:
        codes |= _coded(record, dimension)
    cells = record.cells
    flags = {name: cell.flag for name, cell in cells.items() if cell.flag and name in order}
    values = [cells[name].value if name in cells else None for name in order]
    return Row(**codes, values=values, flags=flags or None)
