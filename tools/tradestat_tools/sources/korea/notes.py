"""What a reader must know of an answer, and the checks of the service's own arithmetic behind it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tradestat_tools.codes.breaks import breaks_text
from tradestat_tools.codes.hs import LEVEL_NAMES, hs_status
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.units import format_number
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.korea.absence import in_force, when_out
from tradestat_tools.sources.korea.answers import added
from tradestat_tools.sources.korea.arguments import Part, Question, rows_of
from tradestat_tools.sources.korea.calendar import DETAIL_DAY, REVISED_MONTHS, last_published
from tradestat_tools.sources.korea.service import Operation
from tradestat_tools.sources.korea.wire import TOTAL, Row

if TYPE_CHECKING:
    from tradestat_tools.sources.korea.arguments import Part


def mismatches(operation: Operation, parts: "Sequence[Part]") -> Iterator[str]:
    """Each total row against the sum of its rows, every figure; and each balance against exports less imports."""
    measures = operation.measures
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


def _span(months: Sequence[str]) -> str:
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"


NAMED = 12
"""Countries that a note names in full; more are named by their codes."""

CUSTOMS_LEVEL_NAMES = {**LEVEL_NAMES, 10: "Korean 10-digit code"}


def notes_on(question: Question, parts: Sequence[Part]) -> list[Note]:
    """The notes of an answer, what bears most on its figures first."""
    rows = rows_of(question, parts)
    notes = [Note(code=NoteCode.TOTAL_MISMATCH, text=text) for text in mismatches(question.operation, parts)]
    said = _others(question, parts, rows, whole=not notes)
    notes += [Note(code=code, text=text, reason=reason) for code, text, reason in said]
    return notes


Said = tuple[NoteCode, str, Reason | None]


def _others(question: Question, parts: Sequence[Part], rows: Sequence[Row], *, whole: bool) -> Iterator[Said]:
    if question.months_note:
        yield NoteCode.RESOLVED_CODE, question.months_note, None
    if question.partner.note:
        yield NoteCode.RESOLVED_CODE, question.partner.note, None
    yield from _on_group(question, rows, whole=whole)
    yield from _on_levels(question, parts, rows)
    yield from _on_months(question, parts, rows, whole=whole)
    yield (
        NoteCode.VALUATION,
        "Exports are FOB and imports CIF, so imports and the balance contain freight and insurance on one side only.",
        None,
    )
    figures = (figure for row in rows for figure in row.figures[:4])
    if any(figure == 0 for figure in figures):
        text = "A 0 stands in a row whose other flow has trade: nothing was recorded for this one."
        yield NoteCode.ZERO, text, Reason.ZERO
    if any(figure is None for row in rows for figure in row.figures):
        text = "The service left some figures of its rows empty; sums are of those that are there."
        yield NoteCode.ABSENT, text, Reason.NOT_REPORTED


def _on_group(question: Question, rows: Sequence[Row], *, whole: bool) -> Iterator[Said]:
    if not question.partner.group:
        return
    yield (
        NoteCode.DOUBLE_COUNTING,
        f"`months` is the sum over the members of {question.partner.group}, exports (FOB) and imports (CIF) apart; "
        "each member's rows are in `rows`. The service's own total, of all countries, was taken out.",
        None,
    )
    seen = {row.statCd for row in rows}
    members = question.partner.members
    if codes := [code for code in members if code not in seen]:
        none = codes if len(codes) > NAMED else [members[code] for code in codes]
        known = "nothing was recorded with them" if whole else "rows may be missing"
        text = f"No row for {', '.join(none)}: {known}, and the sums are without them."
        yield NoteCode.ABSENT, text, Reason.ZERO if whole else None


def _on_levels(question: Question, parts: Sequence[Part], rows: Sequence[Row]) -> Iterator[Said]:
    if question.operation.by_item:
        level = CUSTOMS_LEVEL_NAMES.get(len(rows[0].hsCd), f"{len(rows[0].hsCd)}-digit code")
        below = f"below HS {question.hs}" if question.hs and len(question.hs) < len(rows[0].hsCd) else "asked for"
        removed = "; the service's total row (총계) was taken out" if any(p.page.totals for p in parts) else ""
        yield (
            NoteCode.DOUBLE_COUNTING,
            f"Each row is a {level} {below}{removed}. `months` is the sum of the rows: add up one or the other.",
            None,
        )
        if question.hs and (status := hs_status(question.hs[:6])).kind == "unknown":
            yield NoteCode.EDITION_BREAK, status.text, None
        codes = sorted({code for code in (question.hs, *(row.hsCd[:6] for row in rows)) if code})
        if text := breaks_text(codes, question.start.year, question.end.year):
            yield NoteCode.EDITION_BREAK, text, None
    twice = sum(times - 1 for times in Counter(row[:3] for row in rows).values() if times > 1)
    if twice:
        yield (
            NoteCode.DOUBLE_COUNTING,
            f"{twice} rows repeat the month, country and code of another one. They were added up, as the service's "
            "total does; look at `rows` before using them one by one.",
            None,
        )


def _on_months(question: Question, parts: Sequence[Part], rows: Sequence[Row], *, whole: bool) -> Iterator[Said]:
    now = max(part.fetched.retrieved_at for part in parts)
    newest = last_published(now, question.operation.published_on)
    if question.wanted and question.wanted > question.end:
        first = question.end.shifted(1)
        out = f"{when_out(first, question.operation)}; the newest month is {question.end}."
        left_out = f"{first} to {question.wanted} are" if first < question.wanted else f"{first} is"
        yield NoteCode.LAG, f"{left_out} not out yet and left out here. {out}", Reason.NOT_YET_PUBLISHED
    yield from _on_empty(question, rows, newest, whole=whole)
    if question.end > last_published(now, DETAIL_DAY):
        yield NoteCode.LAG, "The newest month is a first total, out before the statistics by product and country.", None
    if question.end > newest.shifted(-REVISED_MONTHS):
        yield (
            NoteCode.REVISED,
            "The newest months are provisional: declarations are corrected and cancelled after they come out.",
            None,
        )


def _on_empty(question: Question, rows: Sequence[Row], newest: Period, *, whole: bool) -> Iterator[Said]:
    """The months without a row, by what is known of them.

    Args:
        whole: the service's totals are the sums of its rows, so that none can be missing.
    """
    seen = {row.year for row in rows}
    empty = [month for month in question.months if month not in seen]
    if empty and empty[-1] == _month(question) and question.end == newest:
        late = empty.pop()
        text = f"{late} has no row: it comes out about now, and may not be out yet. That is not zero."
        yield NoteCode.LAG, text, Reason.NOT_YET_PUBLISHED
    hs = question.hs
    if retired := [month for month in empty if hs and not in_force(hs, int(month[:4]))]:
        text = f"No row for {_named(retired)}: HS {hs[:6]} is not in the edition of that time."
        yield NoteCode.ABSENT, text, Reason.CODE_RETIRED
    covered = [month for month in empty if _is_covered(question, month, seen) and month not in retired]
    if whole and covered:
        yield NoteCode.ABSENT, f"No row for {_named(covered)}: nothing was recorded then.", Reason.ZERO
    settled = {*retired, *(covered if whole else ())}
    if unknown := [month for month in empty if month not in settled]:
        reasons = "nothing was recorded, or the service does not have these months" if whole else "rows may be missing"
        yield NoteCode.ABSENT, f"No row for {_named(unknown)}: {reasons}.", None


def _is_covered(question: Question, month: str, seen: set[str]) -> bool:
    """Whether a month without a row was surely in the service's reach: it lies after one with rows.

    Korea may have dropped a 10-digit code meanwhile, and its whole trade is never nothing.
    """
    if not question.hs and not question.partner.code:
        return False
    return min(seen) < month and (len(question.hs) < 10 or month < max(seen))


def _named(months: Sequence[str]) -> str:
    return ", ".join(months[:6]) + (f" and {len(months) - 6} more" if len(months) > 6 else "")


def _month(question: Question) -> str:
    return f"{question.end.year:04d}.{question.end.number:02d}"
