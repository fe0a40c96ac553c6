"""What a reader must know of an answer, and the checks of the service's own arithmetic behind it."""

from collections.abc import Iterator, Sequence

from tradestat_tools.codes.editions import breaks_text
from tradestat_tools.codes.hs import LEVEL_NAMES, hs_status
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.units import format_number
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.korea.absence import in_force, when_out
from tradestat_tools.sources.korea.arguments import Reply, Selection
from tradestat_tools.sources.korea.calendar import DETAIL_DAY, REVISED_MONTHS, last_published
from tradestat_tools.sources.korea.service import Operation
from tradestat_tools.sources.korea.wire.cells import Amount
from tradestat_tools.sources.korea.wire.page import Page
from tradestat_tools.sources.korea.wire.rows import TOTAL, Row, agree, differences


def mismatches(operation: Operation, replies: Sequence[Reply]) -> Iterator[str]:
    """Each total row against the sum of its rows, every figure; and each balance against exports less imports."""
    measures = operation.measures
    for reply in replies:
        for total in reply.page.totals:
            wrong = [
                f"{name}: the service's total {format_number(said)}, the rows {format_number(found)}, "
                f"{format_number(abs(said - found))} apart"
                for name, said, found in differences(total, reply.page.rows, measures)
            ]
            if wrong:
                span = total.year if total.year != TOTAL else _span(reply.months)
                yield f"{span}: the service's total row is not the sum of its rows. {'; '.join(wrong)}."
    exports, imports, balance = (measures.index(name) for name in ("expDlr", "impDlr", "balPayments"))
    wrong_rows = [
        row
        for reply in replies
        for row in (*reply.page.rows, *reply.page.totals)
        if _differs(row.figures[exports], row.figures[imports], row.figures[balance])
    ]
    if wrong_rows:
        year, figures = wrong_rows[0].year, wrong_rows[0].figures
        yield (
            f"balPayments is not expDlr - impDlr in {len(wrong_rows)} of the service's rows, first in {year}: "
            f"{format_number(figures[balance])} against {format_number(figures[exports])} - "
            f"{format_number(figures[imports])}."
        )


def _differs(exports: Amount | None, imports: Amount | None, balance: Amount | None) -> bool:
    if exports is None or imports is None or balance is None:
        return False
    return balance != exports - imports


def _span(months: Sequence[str]) -> str:
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"


NAMED = 12
"""Countries that a note names in full; more are named by their codes."""

CUSTOMS_LEVEL_NAMES = {**LEVEL_NAMES, 10: "Korean 10-digit code"}


def vouched(operation: Operation, replies: Sequence[Reply]) -> bool | None:
    """Whether totals show that every row came; None where one of the answers has none that says so.

    An empty answer has no total (seen October 2026), so that nothing tells it from one that lost its rows.
    """
    found = {agree(reply.page.totals, reply.page.rows, operation.measures) for reply in replies}
    return False if False in found else None if None in found else True


def _note(code: NoteCode, text: str, reason: Reason | None = None) -> Note:
    return Note(code=code, text=text, reason=reason)


def notes_on(selection: Selection, replies: Sequence[Reply], rows: Sequence[Row]) -> Iterator[Note]:
    """The notes of an answer, what bears most on its figures first."""
    for text in mismatches(selection.operation, replies):
        yield _note(NoteCode.TOTAL_MISMATCH, text)
    for text in (selection.months_note, selection.partner.note):
        if text:
            yield _note(NoteCode.RESOLVED_CODE, text)
    yield from _on_group(selection, replies, rows)
    yield from _on_levels(selection, replies, rows)
    yield from _on_repeats(selection.operation, replies)
    yield from _on_months(selection, replies, rows)
    yield _note(
        NoteCode.VALUATION,
        "Exports are FOB and imports CIF, so imports and the balance contain freight and insurance on one side only.",
    )
    if any(figure == 0 for row in rows for figure in row.figures[:4]):
        text = (
            "A 0 stands in a row whose other flow has trade: nothing was recorded for this one under this code. What "
            "is kept confidential is recorded under others."
        )
        yield _note(NoteCode.ZERO, text, Reason.ZERO)
    yield from _on_cells(selection.operation, replies, rows)


def _on_cells(operation: Operation, replies: Sequence[Reply], rows: Sequence[Row]) -> Iterator[Note]:
    """Figures that rows do not have: those that came empty, and those that can not be read."""
    unread = {at: text for reply in replies for at, text in reply.page.unread.items()}
    unsettled = {at for reply in replies for at in reply.page.repeats.unsettled}
    keys = {row[:3] for row in rows}
    named = [
        f"{measure} {text!r} in {' '.join(part for part in (year, _of_row(country, code)) if part)}"
        for (year, country, code, measure), text in unread.items()
        if (year, country, code) in keys or TOTAL in (year, country, code)
    ]
    without = "the sums that they belong to are not given."
    if named:
        some = f"{'; '.join(named[:UNREAD_NAMED])}{' and more' if len(named) > UNREAD_NAMED else ''}"
        count = "1 cell" if len(named) == 1 else f"{len(named)} cells"
        text = f"{count} can not be read as a figure and stayed without one ({some}); {without}"
        yield _note(NoteCode.ABSENT, text, Reason.NOT_REPORTED)
    if any(
        figure is None and (*row[:3], name) not in unread and (*row[:3], name) not in unsettled
        for row in rows
        for name, figure in zip(operation.measures, row.figures, strict=True)
    ):
        text = f"The service left some figures of its rows empty; {without}"
        yield _note(NoteCode.ABSENT, text, Reason.NOT_REPORTED)


UNREAD_NAMED = 3


def _of_row(country: str, code: str) -> str:
    known = ", ".join(part for part in (country, code) if part)
    return f"({known})" if known else ""


def _on_group(selection: Selection, replies: Sequence[Reply], rows: Sequence[Row]) -> Iterator[Note]:
    if not selection.partner.group:
        return
    yield _note(
        NoteCode.DOUBLE_COUNTING,
        f"`months` is the sum over the members of {selection.partner.id}, exports (FOB) and imports (CIF) apart; "
        "each member's rows are in `rows`. The service's own total, of all countries, was taken out.",
    )
    seen = {row.statCd for row in rows}
    members = selection.partner.members
    if codes := [code for code in members if code not in seen]:
        none = codes if len(codes) > NAMED else [members[code] for code in codes]
        sure = vouched(selection.operation, replies)
        known = {True: "nothing was recorded with them", None: f"nothing was recorded with them, or {LACKING}"}
        text = f"No row for {', '.join(none)}: {known.get(sure, MAY_LACK)}, and the sums are without them."
        yield _note(NoteCode.ABSENT, text, Reason.ZERO if sure else None)


def _on_levels(selection: Selection, replies: Sequence[Reply], rows: Sequence[Row]) -> Iterator[Note]:
    if selection.operation.by_item:
        digits = len(rows[0].hsCd)
        level = CUSTOMS_LEVEL_NAMES.get(digits, f"{digits}-digit code")
        below = f"below HS {selection.hs}" if selection.hs and len(selection.hs) < digits else "asked for"
        totals = any(reply.page.totals for reply in replies)
        removed = "; the service's total row (총계) was taken out" if totals else ""
        yield _note(
            NoteCode.DOUBLE_COUNTING,
            f"Each row is a {level} {below}{removed}. `months` is the sum of the rows: add up one or the other.",
        )
        if selection.hs and (status := hs_status(selection.hs[:6])).kind == "unknown":
            yield _note(NoteCode.EDITION_BREAK, status.text)
        codes = sorted({code for code in (selection.hs, *(row.hsCd[:6] for row in rows)) if code})
        if text := breaks_text(codes, selection.start.year, selection.end.year):
            yield _note(NoteCode.EDITION_BREAK, text)


def _on_repeats(operation: Operation, replies: Sequence[Reply]) -> Iterator[Note]:
    for reply in replies:
        found = reply.page.repeats
        when = f"{_span(reply.months)}: " if len(replies) > 1 else ""
        if found.dropped:
            rows = "1 row repeats" if found.dropped == 1 else f"{found.dropped} rows repeat"
            were = "was" if found.dropped == 1 else "were"
            text = f"{when}{rows} another one in everything and {were} left out{_proof(operation, reply.page)}."
            yield _note(NoteCode.DOUBLE_COUNTING, text)
        if found.kept:
            rows = "1 row repeats" if found.kept == 1 else f"{found.kept} rows repeat"
            yield _note(
                NoteCode.DOUBLE_COUNTING,
                f"{when}{rows} the month, country and code of another one. They were added up, as the service's total "
                "does.",
            )
        if found.unsettled:
            named = [
                f"{year} {_of_row(country, code)} came with {measure} {text}".replace("  ", " ")
                for (year, country, code, measure), text in found.unsettled.items()
            ]
            more = f"; and {len(named) - UNREAD_NAMED} more" if len(named) > UNREAD_NAMED else ""
            yield _note(
                NoteCode.DOUBLE_COUNTING,
                f"{when}Rows repeat the month, country and code of another one with other figures, and no total says "
                f"which count, so these are left out: {'; '.join(named[:UNREAD_NAMED])}{more}.",
            )


def _proof(operation: Operation, page: Page) -> str:
    """What the totals say of rows that were left out."""
    measures = operation.measures
    agreed = agree(page.totals, page.rows, measures)
    if agreed is None:
        return "; there is no total to hold that against"
    if agreed:
        return ", as the service's total has it"
    off = {one.measure for total in page.totals for one in differences(total, page.rows, measures)}
    sums = zip(measures, page.repeats.with_them, strict=True)
    with_them = ", ".join(f"{name} {format_number(found)} with them" for name, found in sums if name in off)
    return f"; the service's total is not the sum, with them or without ({with_them})"


def _on_months(selection: Selection, replies: Sequence[Reply], rows: Sequence[Row]) -> Iterator[Note]:
    now = max(reply.fetched.retrieved_at for reply in replies)
    day = selection.operation.published_on
    newest = last_published(now, day)
    detailed = newest if day == DETAIL_DAY else last_published(now, DETAIL_DAY)
    if selection.wanted > selection.end:
        first = selection.end.shifted(1)
        out = f"{when_out(first, selection.operation)}; the newest month is {selection.end}."
        left_out = f"{first} to {selection.wanted} are" if first < selection.wanted else f"{first} is"
        yield _note(NoteCode.LAG, f"{left_out} not out yet and left out here. {out}", Reason.NOT_YET_PUBLISHED)
    yield from _on_empty(selection, replies, rows, newest)
    if selection.end > detailed:
        yield _note(
            NoteCode.LAG, "The newest month is a first total, out before the statistics by product and country."
        )
    if selection.end > newest.shifted(-REVISED_MONTHS):
        yield _note(
            NoteCode.REVISED,
            "The newest months are provisional: declarations are corrected and cancelled after they come out.",
        )


def _on_empty(selection: Selection, replies: Sequence[Reply], rows: Sequence[Row], newest: Period) -> Iterator[Note]:
    """The months without a row, by what is known of them."""
    seen = {row.year for row in rows}
    months = selection.months
    empty = [month for month in months if month not in seen]
    if empty and months[empty[-1]] == selection.end == newest:
        late = empty.pop()
        text = f"{late} has no row: it comes out about now, and may not be out yet. That is not zero."
        yield _note(NoteCode.LAG, text, Reason.NOT_YET_PUBLISHED)
    hs = selection.hs
    if retired := [month for month in empty if hs and not in_force(hs, months[month].year)]:
        text = f"No row for {_named(retired)}: HS {hs[:6]} is not in the edition of that time."
        yield _note(NoteCode.ABSENT, text, Reason.CODE_RETIRED)
    sure: dict[str, bool | None] = {}
    for reply in replies if empty else ():
        sure |= dict.fromkeys(reply.months, vouched(selection.operation, [reply]))
    by_text: dict[str, list[str]] = {}
    for month in empty:
        if month not in retired:
            covered = _is_covered(selection, month, seen)
            by_text.setdefault(_why_empty(sure[month], covered=covered), []).append(month)
    for text, which in sorted(by_text.items(), key=lambda one: one[0] != NOTHING):
        reason = Reason.ZERO if text == NOTHING else None
        yield _note(NoteCode.ABSENT, f"No row for {_named(which)}: {text}.", reason)


LACKING = "rows are missing"
MAY_LACK = "rows may be missing"
NOTHING = "nothing was recorded then"


def _why_empty(sure: bool | None, *, covered: bool) -> str:
    """Why a month has no row.

    Args:
        sure: what the totals say of the rows beside it, as `vouched` has it.
        covered: whether it was surely in the service's reach.
    """
    if sure:
        return NOTHING if covered else "nothing was recorded, or the service does not have these months"
    if sure is None:
        return f"nothing was recorded, or {LACKING}" + (
            "" if covered else ", or the service does not have these months"
        )
    return MAY_LACK


def _is_covered(selection: Selection, month: str, seen: set[str]) -> bool:
    """Whether a month without a row was surely in the service's reach: it lies after one with rows.

    Korea may have dropped a 10-digit code meanwhile, and its whole trade is never nothing.
    """
    if not selection.hs and not selection.partner.code:
        return False
    return min(seen) < month and (len(selection.hs) < 10 or month < max(seen))


def _named(months: Sequence[str]) -> str:
    return ", ".join(months[:6]) + (f" and {len(months) - 6} more" if len(months) > 6 else "")
