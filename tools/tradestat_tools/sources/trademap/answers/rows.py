"""From a page of records to lean rows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.trademap.absence import Reach, next_call, reasons
from tradestat_tools.sources.trademap.answers.data import DIMENSIONS, Row, SourceOfData
from tradestat_tools.sources.trademap.arguments import Question
from tradestat_tools.sources.trademap.codes import ALL, WORLD, area_label, named, product_label
from tradestat_tools.sources.trademap.service import SOURCE_ID
from tradestat_tools.sources.trademap.wire.envelope import changed, excerpt
from tradestat_tools.sources.trademap.wire.payloads import Page, Record


def require_figures(page: Page, question: Question, reach: Reach | None, this_year: int) -> None:
    """Refuse an answer without a single figure.

    Raises:
        NoData: no rows and no total, a page after the last, or nothing but missing figures.
    """
    if question.page > 1 and not page.records and page.nbPages < question.page:
        raise NoData(
            f"There is no page {question.page}; the table has {page.nbPages}.",
            remedy=f"Ask for page 1 to {page.nbPages}." if page.nbPages else "Ask for page 1.",
            why=[Why(Reason.FILTERED_OUT, f"The table has {page.nbPages} pages.", sure=page.nbPages > 0)],
            source=SOURCE_ID,
        )
    if has_figures(page):
        return
    raise NoData(
        f"Trade Map holds no figure for {question.what(question.years or 'any year')}. That is not a reported zero.",
        remedy=next_call(question, reach, this_year),
        why=reasons(question, reach, this_year),
        source=SOURCE_ID,
    )


def has_figures(page: Page) -> bool:
    """Whether there is a single figure."""
    everything = (*page.records, *page.aggregateRecords)
    return any(cell.value is not None for record in everything for cell in record.cells.values())


def require_echo(page: Page, question: Question) -> None:
    """Refuse an answer to another question: a parameter whose name has changed is ignored without a word.

    Raises:
        UpstreamChanged: reporter, partner or product of the answer are not those asked for.
    """
    everything = (*page.records, *page.aggregateRecords)
    reporters = {record.reporterCd for record in everything}
    _require("reporterCd", reporters <= {question.country}, question.country, reporters)
    if question.partner != WORLD:
        partners = {record.partnerCd for record in everything}
        _require("partnerCd", question.partner in partners, question.partner, partners)
    if question.by == "byCountry":
        products = {record.productCd for record in page.records}
        _require("productCd", products <= question.answer_codes, question.product, products)
    if question.product != ALL:
        # Codes beside the one asked for may be among the rows, and so may the aggregate of all goods; but not alone.
        codes = {record.productCd for record in everything}
        _require("productCd", any(c.startswith(question.product) for c in codes), question.product, codes)


def within_years(page: Page, question: Question) -> tuple[Page, Note | None]:
    """The page without years that were not asked for, and a note on those that had figures.

    Years asked for are kept although others came with them: each figure carries its own year, and the service's own
    choice of years, which it makes where it ignores the period, is mostly the newest ones.

    Raises:
        UpstreamChanged: there are figures, and not one of the years asked for.
    """
    first, last = str(question.period_from or ""), str(question.period_to or "9999")
    everything = (*page.records, *page.aggregateRecords)
    outside = {name for record in everything for name in record.cells if not first <= name <= last}
    if not outside:
        return page, None
    given = sorted({n for r in everything for n, cell in r.cells.items() if n in outside and cell.value is not None})
    if given and not any(name not in outside for record in everything for name in record.cells):
        raise changed(
            f"the period asked for is {question.years}, the years answered are {', '.join(given[:5])}; "
            "it may have renamed period_from and period_to"
        )
    text = (
        f"The service also gave {', '.join(given[:5])}; the period asked for, {question.years}, may have been ignored. "
    )
    text += "Other years are left out; one that is missing here may have figures."
    kept = replace(
        page, records=_without(page.records, outside), aggregateRecords=_without(page.aggregateRecords, outside)
    )
    return kept, Note(code=NoteCode.SHAPE, text=text) if given else None


def _without(records: Sequence[Record], years: set[str]) -> tuple[Record, ...]:
    return tuple(replace(r, cells={n: cell for n, cell in r.cells.items() if n not in years}) for r in records)


def _require(name: str, answered: bool, asked: str, found: set[str]) -> None:
    if not answered:
        raise changed(
            f"asked for {name} {asked}, it answered for {excerpt(', '.join(sorted(found)[:5]))}; "
            "it may have renamed the parameter"
        )


def main_total(page: Page, question: Question) -> Record | None:
    """The aggregate of the product, reporter and partner that were asked for, if the service gives it."""
    for record in page.aggregateRecords:
        if (
            record.productCd in question.answer_codes
            and record.partnerCd == question.partner
            and record.reporterCd == question.country
        ):
            return record
    return None


def lean_rows(page: Page, question: Question, order: Sequence[str], *, own: str = "") -> dict[str, Any]:
    """Constants, records, totals and sources as `TableData` holds them; figures in the order of `order`.

    `own` is the dimension that tells the rows apart, where it is not the one that `by` says.
    """
    own = own or ("partner" if question.by == "byCountry" else "product")
    constants = [d for d in DIMENSIONS if d != own and len({getattr(record, f"{d}Cd") for record in page.records}) == 1]
    held: dict[str, Any] = {}
    for dimension in constants:
        held |= _coded(page.records[0], dimension)
    return {
        **held,
        "product": question.product,
        "partner": question.partner,
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


def row_name(record: Record, question: Question) -> str:
    """What a row stands for, in a note."""
    dimension = "partner" if question.by == "byCountry" else "product"
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
