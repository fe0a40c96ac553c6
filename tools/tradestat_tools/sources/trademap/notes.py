"""What a reader must know about a table: totals, rounding, overlaps, gaps, flags, pages."""

from collections import Counter
from collections.abc import Sequence

from tradestat_tools.answers import Note, NoteCode
from tradestat_tools.sources.trademap.arguments import ALL, MAX_PAGE_SIZE
from tradestat_tools.sources.trademap.catalogue import UNCONFIRMED, Wire
from tradestat_tools.sources.trademap.labels import TOTAL_CODES, is_nes, service_item
from tradestat_tools.sources.trademap.payloads import Page, Record
from tradestat_tools.sources.trademap.question import Question
from tradestat_tools.sources.trademap.rows import row_name

RECENT_YEARS = 2
"""A gap this close to today is a late report; an older one is a gap."""

EQUAL = 1e-6
"""Sums of figures with decimals differ in the last binary digit."""


def table_notes(page: Page, question: Question, wire: Wire, total: Record | None) -> list[Note]:
    """Notes on any table: what is left out, what may not be added up, which areas and flags there are."""
    found = (
        names_note(wire),
        Note(code=NoteCode.ABSENT, text="The service gave the total and no rows.") if not page.records else None,
        _subset(page, question),
        _no_total(page, question, total),
        _overlap(page, question),
        _nes(page, question),
        _flags(page),
        Note(code=NoteCode.VALUATION, text="The balance sets exports, mostly FOB, against imports, mostly CIF.")
        if question.trade_flow == "TB" and not question.services
        else None,
    )
    return [note for note in found if note is not None]


def more_rows(page: Page, question: Question) -> str | None:
    """How to get the rows that are left out."""
    at = max(page.page, question.page)
    if page.nbPages <= at:
        return None
    honoured = (page.nbRecordPerPage or 0) >= question.page_size
    fits = page.nbRecords is not None and question.page_size < page.nbRecords <= MAX_PAGE_SIZE
    all_at_once = f", page_size={page.nbRecords} all rows at once" if honoured and fits else ""
    joined = f", all_pages=true the whole table ({page.nbPages} pages)" if at == 1 else ""
    return f"page={at + 1} gives the next rows{all_at_once}{joined}; each page is one call."


def _subset(page: Page, question: Question) -> Note | None:
    rows = len(page.records)
    counted = page.nbRecords if page.nbRecords is not None else rows
    if page.nbPages <= 1 and counted <= rows:
        return None
    text = f"Page {page.page} of {page.nbPages}: {rows} of {counted} rows. The total is that of all rows."
    if page.nbRecordPerPage is not None and page.nbRecordPerPage < question.page_size and page.nbPages > 1:
        text += f" The service gives {page.nbRecordPerPage} rows a page, not the {question.page_size} asked for."
    return Note(code=NoteCode.SUBSET, text=text)


def _no_total(page: Page, question: Question, total: Record | None) -> Note | None:
    asked = (question.country, question.partner)
    if total is not None or any(
        (r.reporterCd, r.partnerCd) == asked and r.productCd in question.answer_codes for r in page.records
    ):
        return None
    codes = sorted({record.productCd for record in page.aggregateRecords})
    there = f" It gives aggregates of {_some(codes)}." if codes else ""
    return Note(
        code=NoteCode.ABSENT,
        text=f"The service gave no total of {question.product} here; do not replace it by the sum of the rows.{there}",
    )


def is_complete(page: Page) -> bool:
    """Whether all rows of the table are on this page."""
    return page.nbPages <= 1 and (page.nbRecords is None or page.nbRecords <= len(page.records))


def adds_up(page: Page, question: Question) -> bool:
    """Whether the rows are meant to make up the total: each once, none beside it, none inside another."""
    if question.by == "byCountry":
        partners = [record.partnerCd for record in page.records]
        return len(set(partners)) == len(partners) and question.partner not in partners
    codes = [record.productCd for record in page.records]
    below = "" if question.product == ALL else question.product
    inside = all(code.startswith(below) and code != below and code not in TOTAL_CODES for code in codes)
    items = (service_item(code) for code in codes) if question.services else ()
    additive = all(item is not None and item.role == "item" for item in items)
    return inside and additive and len({len(code) for code in codes}) == 1 and len(set(codes)) == len(codes)


def sum_notes(page: Page, question: Question, total: Record | None, periods: Sequence[str]) -> list[Note]:
    """Whether the sum of all rows misses the total, and by how much; only where all rows are at hand and add up.

    Each row is rounded to thousands, so n rows may miss the total by n/2 (713,750 for 713,748 seen, September 2026).
    """
    if total is None or not page.records or not is_complete(page) or not adds_up(page, question):
        return []
    rounding: list[str] = []
    mismatch: list[str] = []
    for period in periods:
        figure = total.cells[period].value if period in total.cells else None
        parts = [r.cells[period].value for r in page.records if period in r.cells]
        summed = sum(part for part in parts if part is not None)
        if figure is None or abs(summed - figure) < EQUAL:
            continue
        within = abs(summed - figure) <= (len(page.records) + 1) / 2
        (rounding if within else mismatch).append(f"{period}: rows {summed:,}, total {figure:,}")
    notes: list[Note] = []
    if rounding:
        text = f"Rows are rounded one by one; the total is the service's own figure. {_some(rounding, '; ')}."
        notes.append(Note(code=NoteCode.ROUNDING, text=text))
    if mismatch:
        text = f"The rows do not make up the total, which is the service's own figure. {_some(mismatch, '; ')}."
        notes.append(Note(code=NoteCode.TOTAL_MISMATCH, text=text))
    return notes


def gap_notes(
    page: Page, question: Question, total: Record | None, periods: Sequence[str], this_year: int
) -> list[Note]:
    """Years without any figure, and a newest year without the total: missing, not zero."""
    first = question.period_from or int(periods[0])
    last = question.period_to or int(periods[-1])
    leading = (total,) if total is not None else page.records
    empty = [
        year
        for year in range(first, last + 1)
        if not any(str(year) in r.cells and r.cells[str(year)].value is not None for r in leading)
    ]
    late = [year for year in empty if year > this_year - 1 - RECENT_YEARS and year > last - RECENT_YEARS]
    notes: list[Note] = []
    if late:
        text = f"No figure for {_some([str(y) for y in late])}: missing, not zero. Countries report late."
        notes.append(Note(code=NoteCode.LAG, text=text))
    if gaps := [str(year) for year in empty if year not in late]:
        notes.append(Note(code=NoteCode.ABSENT, text=f"No figure for {_some(gaps)}: missing, not zero."))
    return notes


def _overlap(page: Page, question: Question) -> Note | None:
    if question.by == "byCountry" or not page.records or adds_up(page, question):
        return None
    codes = [record.productCd for record in page.records]
    if codes == [question.product]:
        return None
    below = "" if question.product == ALL else question.product
    outside = [code for code in codes if not code.startswith(below)]
    if outside:
        text = f"{_some(outside)} lie beside {question.product}, not below it."
    elif question.services:
        text = "Some items contain others, or break the same total down another way."
    else:
        text = "Some codes contain others."
    return Note(code=NoteCode.DOUBLE_COUNTING, text=f"{text} Rows must not be added up; the total is aggregateRecords.")


def _nes(page: Page, question: Question) -> Note | None:
    areas = [row_name(record, question) for record in page.records if is_nes(record.partnerCd)]
    if question.by != "byCountry" or not areas:
        return None
    text = f"{_some(areas)}: areas not elsewhere specified are part of the total."
    return Note(code=NoteCode.NOT_SPECIFIED_AREAS, text=text)


def _flags(page: Page) -> Note | None:
    records = (*page.records, *page.aggregateRecords)
    marks = Counter(cell.flag for record in records for cell in record.cells.values() if cell.flag)
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


def _some(words: Sequence[str], between: str = ", ", limit: int = 4) -> str:
    shown = between.join(words[:limit])
    return shown if len(words) <= limit else f"{shown} and {len(words) - limit} more"
