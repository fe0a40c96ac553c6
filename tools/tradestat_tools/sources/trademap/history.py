"""Areas whose earlier figures stand under another code of Trade Map's: Serbia until 2005 is in 891."""

from collections.abc import Sequence

from tradestat_tools.codes.countries import earlier_areas
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.trademap.labels import area_label, area_of, named
from tradestat_tools.sources.trademap.question import MOSTLY_FROM, Question
from tradestat_tools.sources.trademap.remedies import again


def earlier_codes(code: str, first_year: int) -> dict[str, int]:
    """Trade Map's codes of the areas that this one was part of in `first_year` or later, with the last year of each."""
    found = area_of(code)
    before = earlier_areas(found, first_year) if found is not None and first_year else ()
    return {one.trademap: one.until for one in before if one.trademap and one.until is not None}


def earlier_text(code: str, first_year: int) -> str | None:
    """Under what an area's figures since `first_year` stand; None where it was the same all along."""
    who = named(code, area_label(code))
    before = [
        f"Until {until} {who} was part of {named(one, area_label(one))}, and figures of that time are under {one}."
        for one, until in earlier_codes(code, first_year).items()
    ]
    return " ".join(before) or None


def since(question: Question) -> int:
    """The first year asked for; 0 where the service chooses, or where Trade Map mostly has nothing of those years."""
    if 0 < question.period_to < MOSTLY_FROM[question.coverage]:
        return 0
    return question.period_from or question.period_to


def earlier_whys(question: Question) -> list[Why]:
    """That figures of the reporter or the partner may be under an earlier area, of a question about its time."""
    texts = (earlier_text(code, since(question)) for code in (question.country, question.partner))
    return [Why(Reason.NOT_COVERED, text) for text in texts if text]


def earlier_notes(question: Question, first_year: int) -> list[Note]:
    """What to know of an answer whose years begin before the reporter or the partner as it is now."""
    texts = (earlier_text(code, first_year) for code in (question.country, question.partner))
    return [Note(code=NoteCode.ABSENT, text=text, reason=Reason.NOT_COVERED) for text in texts if text]


def earlier_call(question: Question, sides: Sequence[str] = ("country", "partner")) -> str | None:
    """The call that asks the earlier area instead of the reporter or the partner, up to its end; None without one."""
    first = since(question)
    for name in sides:
        for one, until in earlier_codes(getattr(question, name), first).items():
            last = min(question.period_to or until, until)
            return again(question, **{name: one}, period_from=min(first, last), period_to=last)
    return None
