"""What a reader must know of an answer."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tradestat_tools.codes.editions import breaks_text
from tradestat_tools.codes.hs import hs_status
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.units import format_number
from tradestat_tools.codes.words import counted
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.census.absence import SPECIAL_CHAPTERS
from tradestat_tools.sources.census.api import Reply
from tradestat_tools.sources.census.arguments import Selection
from tradestat_tools.sources.census.calendar import last_final, last_published, when_out
from tradestat_tools.sources.census.service import MUST_BE_SHOWN
from tradestat_tools.sources.census.wire.rows import Row

SUBHEADING = 6
"""Digits from which on goods are alike enough to be counted."""

NAMED = 12
"""Countries and months that a note names."""

VALUATION = {
    "imports": "GEN_VAL is the customs value of general imports, without freight, insurance and duty, as FOB; GEN_CIF "
    "is GEN_VAL plus GEN_CHA, these charges. CON_ is imports for consumption, CAL_DUT the calculated duty on them.",
    "exports": "ALL_VAL is the value FAS: free alongside ship, at the US port, so without loading, freight and "
    "insurance; next to FOB. It has domestic exports and foreign ones (re-exports) in it.",
}


def notes_on(selection: Selection, replies: Sequence[Reply], rows: Sequence[Row]) -> Iterator[Note]:
    """The notes of an answer, what bears most on its figures first."""
    for text in mismatches(selection, replies):
        yield Note(code=NoteCode.TOTAL_MISMATCH, text=text)
    for text in (selection.months_note, selection.partner.note):
        if text:
            yield Note(code=NoteCode.RESOLVED_CODE, text=text)
    yield Note(code=NoteCode.VALUATION, text=VALUATION[selection.flow.direction])
    yield from _on_group(selection, rows)
    yield from _on_rows(selection, replies)
    yield from _on_codes(selection, rows)
    yield from _on_quantities(selection, replies)
    yield from _on_zeros(rows)
    yield from _on_months(selection, replies, rows)
    yield Note(code=NoteCode.DISCLAIMER, text=MUST_BE_SHOWN)


def mismatches(selection: Selection, replies: Sequence[Reply]) -> Iterator[str]:
    """Each total row of the service against the sum of the rows that make it up, by value."""
    for reply in replies:
        sums: dict[tuple[Period, str], int] = defaultdict(int)
        for row in reply.read.rows:
            sums[row.month, row.code] += row.figures[0] or 0
        for total in reply.read.totals:
            said, found = total.figures[0] or 0, sums[total.month, total.code]
            if said != found:
                code = f", {total.code}" if total.code else ""
                yield (
                    f"{total.month}{code}: the service's total {selection.measures[0]} is {format_number(said)}, its "
                    f"rows add up to {format_number(found)}."
                )


def _on_group(selection: Selection, rows: Sequence[Row]) -> Iterator[Note]:
    members = selection.partner.members
    if not members:
        return
    text = f"`months` is the sum over the members of {selection.partner.id}; each one's rows are in `rows`."
    yield Note(code=NoteCode.DOUBLE_COUNTING, text=text)
    seen = {row.country for row in rows}
    if without := [name for code, name in members.items() if code not in seen]:
        named = ", ".join(without[:NAMED]) + (f" and {len(without) - NAMED} more" if len(without) > NAMED else "")
        yield Note(
            code=NoteCode.ABSENT, text=f"No row for {named}: no trade in all of these years.", reason=Reason.ZERO
        )


def _on_rows(selection: Selection, replies: Sequence[Reply]) -> Iterator[Note]:
    if selection.partner.is_picked:
        yield Note(
            code=NoteCode.DOUBLE_COUNTING,
            text="Rows of groups, continents and of the total, which come with those of countries, were taken out.",
        )
    if selection.origin == "split":
        text = "Domestic (DF 1) and foreign exports (DF 2) add up; the service's row of both was taken out."
        yield Note(code=NoteCode.DOUBLE_COUNTING, text=text)
    if repeated := sum(reply.read.repeated for reply in replies):
        text = f"{counted(repeated, 'row')} came twice and {'was' if repeated == 1 else 'were'} counted once."
        yield Note(code=NoteCode.DOUBLE_COUNTING, text=text)
    if selection.ytd:
        text = "Each row is January to its month, so rows of one year must not be added up."
        yield Note(code=NoteCode.DOUBLE_COUNTING, text=text)


def _on_codes(selection: Selection, rows: Sequence[Row]) -> Iterator[Note]:
    hs = selection.product
    if 10 in (len(hs), selection.level):
        other = "US exports go by Schedule B" if selection.flow.list == "HTS" else "US imports go by the HTS"
        text = (
            f"Codes of ten digits are those of {selection.flow.list}; {other}, another list, so that the flows meet "
            "at six digits only. Both lists change at least every January."
        )
        yield Note(code=NoteCode.EDITION_BREAK, text=text)
    if hs[:2] in SPECIAL_CHAPTERS:
        text = f"Chapter {hs[:2]} is the United States' own, for goods under special provisions; the HS has none."
        yield Note(code=NoteCode.EDITION_BREAK, text=text)
    elif hs and (status := hs_status(hs[:6])).kind == "unknown":
        yield Note(code=NoteCode.EDITION_BREAK, text=status.text)
    codes = sorted({code[:6] for code in (hs, *(row.code for row in rows)) if code})
    if text := breaks_text(codes, selection.start.year, selection.end.year):
        yield Note(code=NoteCode.EDITION_BREAK, text=text)


def _on_quantities(selection: Selection, replies: Sequence[Reply]) -> Iterator[Note]:
    if max(len(selection.product), selection.level) < SUBHEADING:
        return  # wider codes have no quantity of their own
    without = {name: sum(reply.read.without[name] for reply in replies) for name in selection.measures}
    named = ", ".join(f"{name} in {counted(count, 'row')}" for name, count in without.items() if count)
    if named:
        text = (
            f"No quantity is given for {named}: the service writes 0 there, with a flag or a unit that says it is none."
        )
        yield Note(code=NoteCode.FLAG, text=text, reason=Reason.NOT_REPORTED)


def _on_zeros(rows: Sequence[Row]) -> Iterator[Note]:
    if any(row.figures[0] == 0 for row in rows):
        text = (
            "A 0 is a true one: the service has a row for whatever had trade in another month of the same year. What "
            "had none in the whole year has no row."
        )
        yield Note(code=NoteCode.ZERO, text=text, reason=Reason.ZERO)


def _on_months(selection: Selection, replies: Sequence[Reply], rows: Sequence[Row]) -> Iterator[Note]:
    now = max(reply.fetched.retrieved_at for reply in replies)
    newest = last_published(now)
    if selection.wanted > selection.end:
        first = selection.end.shifted(1)
        text = f"{first} and later are not out yet and left out here: {when_out(first)}."
        yield Note(code=NoteCode.LAG, text=text, reason=Reason.NOT_YET_PUBLISHED)
    seen = {row.month for row in rows}
    empty = [month for month in selection.months if month not in seen]
    if empty and empty[-1] == newest:
        late = empty.pop()
        text = f"{late} has no row: it comes out about now, and may not be out yet. That is not zero."
        yield Note(code=NoteCode.LAG, text=text, reason=Reason.NOT_YET_PUBLISHED)
    if empty:
        named = ", ".join(map(str, empty[:NAMED])) + (f" and {len(empty) - NAMED} more" if len(empty) > NAMED else "")
        hs = selection.product
        text = f"No row for {named}: no trade is recorded there"
        text += f", or {hs} was not in {selection.flow.list} then." if len(hs) == 10 else "."
        yield Note(code=NoteCode.ABSENT, text=text, reason=None if len(hs) == 10 else Reason.ZERO)
    if selection.end > last_final(now):
        text = "Months of this year and, until June, of the last one are revised with later publications."
        yield Note(code=NoteCode.REVISED, text=text)
