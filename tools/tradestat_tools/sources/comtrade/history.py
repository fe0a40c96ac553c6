"""Areas whose earlier figures UN Comtrade keeps under another code: Serbia until 2005 is in 891."""

from collections.abc import Sequence

from tradestat_tools.codes.countries import Area, earlier_areas, history_note
from tradestat_tools.codes.periods import Period
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.answers import area_text
from tradestat_tools.sources.comtrade.areas import Asked


def earlier(asked: Asked, span: Sequence[Period]) -> tuple[Area, ...]:
    """The former areas with a code that have figures of a span for what is this area today, the newest first."""
    return tuple(one for one in earlier_areas(asked.area, span[0].year) if one.comtrade)


def earlier_whys(asked: Sequence[Asked], span: Sequence[Period]) -> list[Why]:
    """That figures stand under an earlier area; sure where all of the span lies in that area's time."""
    found: list[Why] = []
    for one in asked:
        before = earlier(one, span)
        if not before:
            continue
        under = " and ".join(area_text(area.comtrade) for area in before)
        text = f"Earlier figures of {area_text(one.code)} are under {under}."
        last = max(area.until or 0 for area in before)
        found.append(Why(Reason.NOT_COVERED, text, sure=span[-1].year <= last))
    return found


def earlier_notes(asked: Sequence[Asked], span: Sequence[Period]) -> list[Note]:
    """What to know of an answer that begins before an area as it is now."""
    texts = [(one, history_note(one.area, span[0].year)) for one in asked if earlier(one, span)]
    return [
        Note(code=NoteCode.ABSENT, text=f"{area_text(one.code)}: {text}", reason=Reason.NOT_COVERED)
        for one, text in texts
        if text
    ]
