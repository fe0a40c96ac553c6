"""What a reader must know about a table: totals, rounding, overlaps, gaps, flags, pages."""

from collections import Counter
from collections.abc import Sequence

from tradestat_tools.codes.editions import breaks_text
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.trademap.absence import CONFIDENTIAL
from tradestat_tools.sources.trademap.answers.rows import row_name
from tradestat_tools.sources.trademap.arguments import MAX_PAGE_SIZE, TableQuery
from tradestat_tools.sources.trademap.calendar import Reach
from tradestat_tools.sources.trademap.codes import ALL, TOTAL_CODES, WORLD, area_label, area_of, service_item
from tradestat_tools.sources.trademap.wire.names import UNCONFIRMED, Wire
from tradestat_tools.sources.trademap.wire.payloads import Page, Record

RECENT_YEARS = 2
"""A gap this close to today is a late report; an older one is a gap."""

EQUAL = 1e-6
"""Sums of figures with decimals differ in the last binary digit."""


def table_notes(page: Page, query: TableQuery, wire: Wire, total: Record | None) -> list[Note]:
    """Notes on any table: what is left out, what may not be added up, which areas and flags there are."""
    found = (
        names_note(wire),
        unread_note(page.unread) if page.unread else None,
        _other_page(page, query),
        *unit_notes(page),
        Note(code=NoteCode.ABSENT, text="The service gave the total and no rows.") if not page.records else None,
        _subset(page, query),
        _no_total(page, query, total),
        _overlap(page, query),
        _nes(page, query),
        _flags(page),
        _zeros(total, query, page.step),
        _confidential(page, query),
        Note(code=NoteCode.VALUATION, text="The balance sets exports, mostly FOB, against imports, mostly CIF.")
        if query.trade_flow == "TB" and not query.services
        else None,
    )
    return [note for note in found if note is not None]


def unread_note(unread: Sequence[str]) -> Note:
    """What of an answer could not be read, and is therefore not in it."""
    return Note(
        code=NoteCode.SHAPE, text=f"Left out, as it can not be read or was not asked for: {some(unread, '; ')}."
    )


def unit_notes(page: Page) -> list[Note]:
    """That figures were brought to thousand dollars."""
    if not page.converted:
        return []
    text = f"The service states {', '.join(page.converted)}; the figures are given in thousand USD here."
    return [Note(code=NoteCode.UNIT, text=text)]


def more_rows(page: Page, query: TableQuery) -> str | None:
    """How to get the rows that are left out."""
    at = max(page.page, query.page)
    if page.nbPages <= at:
        return None
    honoured = (page.nbRecordPerPage or 0) >= query.page_size
    fits = page.nbRecords is not None and query.page_size < page.nbRecords <= MAX_PAGE_SIZE
    all_at_once = f", page_size={page.nbRecords} all rows at once" if honoured and fits else ""
    joined = f", all_pages=true the whole table ({page.nbPages} pages)" if at == 1 else ""
    return f"page={at + 1} gives the next rows{all_at_once}{joined}; each page is one call."


def coverage_text(query: TableQuery, reach: Reach | None) -> str | None:
    """The reporter's own coverage, where it is known."""
    if reach is None or reach.first is None:
        return None
    return f"{area_label(query.country) or query.country} reports {reach.first} to {reach.last}"


def _other_page(page: Page, query: TableQuery) -> Note | None:
    if page.page == query.page:
        return None
    text = f"page {query.page} was asked for and page {page.page} came: the service may have renamed `page`."
    return Note(code=NoteCode.SHAPE, text=text)


def _subset(page: Page, query: TableQuery) -> Note | None:
    rows = len(page.records)
    counted = page.nbRecords if page.nbRecords is not None else rows
    if page.nbPages <= 1 and counted <= rows:
        return None
    text = f"Page {page.page} of {page.nbPages}: {rows} of {counted} rows. The total is that of all rows."
    if page.nbRecordPerPage is not None and page.nbRecordPerPage < query.page_size and page.nbPages > 1:
        text += f" The service gives {page.nbRecordPerPage} rows a page, not the {query.page_size} asked for."
    return Note(code=NoteCode.SUBSET, text=text, reason=Reason.FILTERED_OUT)


def _no_total(page: Page, query: TableQuery, total: Record | None) -> Note | None:
    asked = (query.country, query.partner)
    if total is not None or any(
        (r.reporterCd, r.partnerCd) == asked and r.productCd in query.answer_codes for r in page.records
    ):
        return None
    codes = sorted({record.productCd for record in page.aggregateRecords})
    there = f" It gives aggregates of {some(codes)}." if codes else ""
    return Note(
        code=NoteCode.ABSENT,
        text=f"The service gave no total of {query.product} here; do not replace it by the sum of the rows.{there}",
    )


def is_complete(page: Page) -> bool:
    """Whether all rows of the table are on this page, and could be read."""
    return not page.unread and page.nbPages <= 1 and (page.nbRecords is None or page.nbRecords <= len(page.records))


def adds_up(page: Page, query: TableQuery) -> bool:
    """Whether the rows are meant to make up the total: each once, none beside it, none inside another."""
    if query.by == "byCountry":
        partners = [record.partnerCd for record in page.records]
        return len(set(partners)) == len(partners) and query.partner not in partners
    codes = [record.productCd for record in page.records]
    below = "" if query.product == ALL else query.product
    inside = all(code.startswith(below) and code != below and code not in TOTAL_CODES for code in codes)
    items = (service_item(code) for code in codes) if query.services else ()
    additive = all(item is not None and item.role == "item" for item in items)
    return inside and additive and len({len(code) for code in codes}) == 1 and len(set(codes)) == len(codes)


def sum_notes(page: Page, query: TableQuery, total: Record | None, periods: Sequence[str]) -> list[Note]:
    """Whether the sum of all rows misses the total, and by how much; only where all rows are at hand and add up.

    Each row is rounded to thousands, so n rows may miss the total by n/2 (713,750 for 713,748 seen, September 2026).
    """
    if total is None or not page.records or not is_complete(page) or not adds_up(page, query):
        return []
    rounding: list[str] = []
    mismatch: list[str] = []
    for period in periods:
        figure = total.cells[period].value if period in total.cells else None
        parts = [r.cells[period].value for r in page.records if period in r.cells]
        summed = sum(part for part in parts if part is not None)
        if figure is None or abs(summed - figure) < EQUAL:
            continue
        within = abs(summed - figure) <= (len(page.records) + 1) / 2 * page.step
        (rounding if within else mismatch).append(f"{period}: rows {summed:,}, total {figure:,}")
    notes: list[Note] = []
    if rounding:
        text = f"Rows are rounded one by one; the total is the service's own figure. {some(rounding, '; ')}."
        notes.append(Note(code=NoteCode.ROUNDING, text=text))
    if mismatch:
        text = f"The rows do not make up the total, which is the service's own figure. {some(mismatch, '; ')}."
        notes.append(Note(code=NoteCode.TOTAL_MISMATCH, text=text))
    return notes


def edition_notes(query: TableQuery, page: Page, first_year: int, last_year: int) -> list[Note]:
    """What new editions of the Harmonized System did to the codes asked for and answered, in these years."""
    if query.services:
        return []
    codes = sorted({query.product, *(record.productCd for record in page.records)})
    text = breaks_text((code for code in codes if code.isdigit()), first_year, last_year)
    return [Note(code=NoteCode.EDITION_BREAK, text=text)] if text else []


def gap_notes(
    page: Page, query: TableQuery, total: Record | None, *, reach: Reach | None, this_year: int
) -> list[Note]:
    """Years without any figure: missing, not zero, and why as far as that is known."""
    periods = [int(name) for record in page.everything for name in record.cells]
    first, last = query.period_from or min(periods), query.period_to or max(periods)
    leading = (total,) if total is not None else page.records
    by_reason: dict[Reason | None, list[int]] = {}
    for year in range(first, last + 1):
        cells = [r.cells[str(year)] for r in leading if str(year) in r.cells]
        if not any(cell.value is not None or cell.unread for cell in cells):
            by_reason.setdefault(_gap(year, last, query, reach, this_year), []).append(year)
    return [_gap_note(reason, years, reach) for reason, years in by_reason.items()]


def _gap(year: int, last: int, query: TableQuery, reach: Reach | None, this_year: int) -> Reason | None:
    """Why a year has no figure; None where it can be any of several reasons."""
    if reach is not None and reach.first is not None and reach.last is not None:
        if year < reach.first:
            return Reason.NOT_COVERED
        if year > reach.last:
            return Reason.NOT_YET_PUBLISHED
        return Reason.NOT_REPORTED if query.product == ALL and query.partner == WORLD else None
    is_late = year > this_year - 1 - RECENT_YEARS and year > last - RECENT_YEARS
    return Reason.NOT_YET_PUBLISHED if is_late else None


def _gap_note(reason: Reason | None, years: Sequence[int], reach: Reach | None) -> Note:
    text = f"No figure for {some([str(year) for year in years])}: missing, not zero."
    by_list = f" By Trade Map's list of {reach.listed} the reporter has {reach.first} to {reach.last}." if reach else ""
    match reason:
        case Reason.NOT_YET_PUBLISHED:
            text += by_list or " Countries report late; get_countries tells how far each has come."
            return Note(code=NoteCode.LAG, text=text, reason=reason)
        case None:
            text += " Not reported, none, or kept confidential: the service does not say which."
            return Note(code=NoteCode.ABSENT, text=text)
        case _:
            return Note(code=NoteCode.ABSENT, text=f"{text}{by_list}", reason=reason)


def _zeros(total: Record | None, query: TableQuery, step: float) -> Note | None:
    """A total of zero is a figure; but one below 500 dollars, and one that is kept back, look the same."""
    if total is None or query.trade_flow == "TB":
        return None
    years = [name for name, cell in total.cells.items() if cell.value == 0 and (name.isdigit() or name == "VAL")]
    if not years:
        return None
    text = f"0 for {some(years)} is the service's own figure: none, or under {500 * step:,.0f} dollars."
    if query.services or query.product == ALL:
        return Note(code=NoteCode.ZERO, text=text, reason=Reason.ZERO)
    text += f" Trade that the reporter suppresses would be under {CONFIDENTIAL} instead, and leave a 0 here as well."
    return Note(code=NoteCode.ZERO, text=text)


def _confidential(page: Page, query: TableQuery) -> Note | None:
    """Rows of goods that are not specified by kind: what reporters keep confidential is among them."""
    if query.services or query.by != "byProduct" or query.product.startswith(CONFIDENTIAL[:2]):
        return None
    hidden = [
        record
        for record in page.records
        if CONFIDENTIAL.startswith(record.productCd) and any(cell.value for cell in record.cells.values())
    ]
    if not hidden:
        return None
    text = f"{row_name(hidden[0], query)} holds trade that the reporter does not break down by product, confidential "
    text += "trade included: other codes may lack it."
    return Note(code=NoteCode.ABSENT, text=text, reason=Reason.SUPPRESSED)


def _overlap(page: Page, query: TableQuery) -> Note | None:
    if query.by == "byCountry" or not page.records or adds_up(page, query):
        return None
    codes = [record.productCd for record in page.records]
    if codes == [query.product]:
        return None
    below = "" if query.product == ALL else query.product
    outside = [code for code in codes if not code.startswith(below)]
    if outside:
        text = f"{some(outside)} lie beside {query.product}, not below it."
    elif query.services:
        text = "Some items contain others, or break the same total down another way."
    else:
        text = "Some codes contain others."
    return Note(code=NoteCode.DOUBLE_COUNTING, text=f"{text} Rows must not be added up; the total is aggregateRecords.")


def _nes(page: Page, query: TableQuery) -> Note | None:
    found = [record for record in page.records if (area := area_of(record.partnerCd)) is not None and area.nes]
    areas = [row_name(record, query) for record in found]
    if query.by != "byCountry" or not areas:
        return None
    text = f"{some(areas)}: areas not elsewhere specified are part of the total."
    return Note(code=NoteCode.NOT_SPECIFIED_AREAS, text=text)


def _flags(page: Page) -> Note | None:
    marks = Counter(cell.flag for record in page.everything for cell in record.cells.values() if cell.flag)
    if not marks:
        return None
    text = ", ".join(f"{flag!r} on {number} figure{'s' * (number != 1)}" for flag, number in marks.most_common(6))
    return Note(code=NoteCode.FLAG, text=f"The service marks {text}; which, is in `flags`. It documents no legend.")


def names_note(wire: Wire) -> Note | None:
    """Parameters that may have been ignored: the service's own list does not show them, or could not be read."""
    if wire.published:
        if not wire.unlisted:
            return None
        text = f"The service's catalogue lists no parameter for {', '.join(wire.unlisted)}; it may have ignored "
        text += "it." if len(wire.unlisted) == 1 else "them."
    else:
        guessed = [name for name in UNCONFIRMED if name in wire.names]
        names = "an assumed name" if len(guessed) == 1 else "assumed names"
        text = f"The service's catalogue could not be read for this endpoint: {', '.join(guessed)} went out under "
        text += f"{names}, and the answer does not repeat the flow. Run `tradestat-mcp doctor`."
    return Note(code=NoteCode.SHAPE, text=text)


def some(words: Sequence[str], between: str = ", ", limit: int = 4) -> str:
    """The first few of many, and how many more there are."""
    shown = between.join(words[:limit])
    return shown if len(words) <= limit else f"{shown} and {len(words) - limit} more"
