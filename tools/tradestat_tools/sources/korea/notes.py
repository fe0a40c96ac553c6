"""What a reader must know of an answer, and the checks of the service's own arithmetic behind it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tradestat_tools.answers import Note, NoteCode
from tradestat_tools.codes.breaks import breaks_text
from tradestat_tools.codes.hs import LEVEL_NAMES, hs_status
from tradestat_tools.codes.units import format_number
from tradestat_tools.sources.korea.clock import DETAIL_DAY, REVISED_MONTHS, last_published
from tradestat_tools.sources.korea.data import added
from tradestat_tools.sources.korea.question import Part, Question
from tradestat_tools.sources.korea.wire import TOTAL, Row

CUSTOMS_LEVEL_NAMES = {**LEVEL_NAMES, 10: "Korean 10-digit code"}


def notes_on(question: Question, parts: Sequence[Part]) -> list[Note]:
    """The notes of an answer, what bears most on its figures first."""
    rows = [row for part in parts for row in part.page.rows]
    notes = [Note(code=NoteCode.TOTAL_MISMATCH, text=text) for text in _mismatches(question, parts)]
    notes += [Note(code=code, text=text) for code, text in _others(question, parts, rows)]
    return notes


def _mismatches(question: Question, parts: Sequence[Part]) -> Iterator[str]:
    """Each total row against the sum of its rows, every figure; and each balance against exports less imports."""
    measures = question.operation.measures
    for part in parts:
        for total in part.page.totals:
            rows = [row for row in part.page.rows if total.year in (TOTAL, row.year)]
            span = total.year if total.year != TOTAL else _span(part.months)
            sums = [added([row.figures[i] for row in rows]) for i in range(len(measures))]
            wrong = [
                f"{name}: the service's total {format_number(said)}, the rows {format_number(found)}"
                for name, said, found in zip(measures, total.figures, sums, strict=True)
                if said is not None and said != found
            ]
            if wrong:
                yield f"{span}: the service's total row is not the sum of its rows. {'; '.join(wrong)}."
    exports, imports, balance = (measures.index(name) for name in ("expDlr", "impDlr", "balPayments"))
    wrong_rows = [
        (year, figures)
        for part in parts
        for year, figures in [
            *((row.year, row.figures) for row in part.page.rows),
            *((total.year, total.figures) for total in part.page.totals),
        ]
        if _differs(figures[exports], figures[imports], figures[balance])
    ]
    if wrong_rows:
        year, figures = wrong_rows[0]
        yield (
            f"balPayments is not expDlr - impDlr in {len(wrong_rows)} of the service's rows, first in {year}: "
            f"{format_number(figures[balance])} against {format_number(figures[exports])} - "
            f"{format_number(figures[imports])}."
        )


def _differs(exports: int | None, imports: int | None, balance: int | None) -> bool:
    if exports is None or imports is None or balance is None:
        return False
    return balance != exports - imports


def _others(question: Question, parts: Sequence[Part], rows: Sequence[Row]) -> Iterator[tuple[NoteCode, str]]:
    if question.partner.note:
        yield NoteCode.RESOLVED_CODE, question.partner.note
    yield from _on_levels(question, parts, rows)
    yield from _on_months(question, parts, rows)
    yield (
        NoteCode.VALUATION,
        "Exports are FOB and imports CIF, so imports and the balance contain freight and insurance on one side only.",
    )
    figures = (figure for row in rows for figure in row.figures[:4])
    if any(figure == 0 for figure in figures):
        yield NoteCode.ZERO, "A 0 stands in a row whose other flow has trade: nothing was recorded for this one."
    if any(figure is None for row in rows for figure in row.figures):
        yield NoteCode.ABSENT, "The service left some figures of its rows empty; sums are of those that are there."


def _on_levels(question: Question, parts: Sequence[Part], rows: Sequence[Row]) -> Iterator[tuple[NoteCode, str]]:
    if question.operation.by_item:
        level = CUSTOMS_LEVEL_NAMES.get(len(rows[0].hsCd), f"{len(rows[0].hsCd)}-digit code")
        below = f"below HS {question.hs}" if question.hs and len(question.hs) < len(rows[0].hsCd) else "asked for"
        removed = "; the service's total row (총계) was taken out" if any(p.page.totals for p in parts) else ""
        yield (
            NoteCode.DOUBLE_COUNTING,
            f"Each row is a {level} {below}{removed}. `months` is the sum of the rows: add up one or the other.",
        )
        if question.hs and (status := hs_status(question.hs[:6])).kind == "unknown":
            yield NoteCode.EDITION_BREAK, status.text
        codes = sorted({code for code in (question.hs, *(row.hsCd[:6] for row in rows)) if code})
        if text := breaks_text(codes, question.start.year, question.end.year):
            yield NoteCode.EDITION_BREAK, text
    twice = sum(times - 1 for times in Counter(row[:3] for row in rows).values() if times > 1)
    if twice:
        yield (
            NoteCode.DOUBLE_COUNTING,
            f"{twice} rows repeat the month, country and code of another one. They were added up, as the service's "
            "total does; look at `rows` before using them one by one.",
        )


def _on_months(question: Question, parts: Sequence[Part], rows: Sequence[Row]) -> Iterator[tuple[NoteCode, str]]:
    now = max(part.fetched.retrieved_at for part in parts)
    newest = last_published(now, question.operation.published_on)
    seen = {row.year for row in rows}
    empty = [month for month in question.months if month not in seen]
    if empty and empty[-1] == _month(question) and question.end == newest:
        late = empty.pop()
        yield NoteCode.LAG, f"{late} has no row: it comes out about now, and may not be out yet. That is not zero."
    if empty:
        named = ", ".join(empty[:6]) + (f" and {len(empty) - 6} more" if len(empty) > 6 else "")
        yield NoteCode.ABSENT, f"No row for {named}: no trade was recorded, or the service does not go back so far."
    if question.end > last_published(now, DETAIL_DAY):
        yield NoteCode.LAG, "The newest month is a first total, out before the statistics by product and country."
    if question.end > newest.shifted(-REVISED_MONTHS):
        yield (
            NoteCode.REVISED,
            "The newest months are provisional: declarations are corrected and cancelled after they come out.",
        )


def _month(question: Question) -> str:
    return f"{question.end.year:04d}.{question.end.number:02d}"


def _span(months: Sequence[str]) -> str:
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
