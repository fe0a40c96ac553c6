"""Who reports to UN Comtrade, and since and until when: from our table of areas and the service's list, if stored."""

from collections.abc import Mapping, Sequence
from datetime import date

from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Services
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.answers import area_text
from tradestat_tools.sources.comtrade.areas import Asked
from tradestat_tools.sources.comtrade.calendar import is_recent, wire_period
from tradestat_tools.sources.comtrade.tools.lists import Entry, stored_reporters

NO_REPORTERS = frozenset({"nes", "special"})
"""Kinds of areas that stand for what cannot be named: partners only."""


def not_held(reporter: str, period: Period, held: Mapping[str, frozenset[str]], clCode: str, today: date) -> Why | None:
    """Why a reporter has no figures of a period, where UN Comtrade's stored list of its datasets shows it.

    Args:
        reporter: its code.
        period: a year or month.
        held: the periods that are listed by reporter, of those whose list is known.
        clCode: the classification of that list.
        today: by the services' clock.
    """
    listed = held.get(reporter)
    if listed is None or wire_period(period) in listed:
        return None
    text = f"UN Comtrade lists no dataset of {area_text(reporter)} for {period} in clCode={clCode}"
    if not listed:
        return Why(Reason.NOT_COVERED, f"{text}, nor for any other.", sure=True)
    first, last = min(listed), max(listed)
    if wire_period(period) < first:
        return Why(Reason.NOT_COVERED, f"{text}; the first is {first}.", sure=True)
    if wire_period(period) > last and is_recent(period, today):
        return Why(Reason.NOT_YET_PUBLISHED, f"{text} yet; the newest is {last}.", sure=True)
    return Why(Reason.NOT_REPORTED, f"{text}; it has {first} to {last}.", sure=True)


async def not_covered(services: Services, reporters: Sequence[Asked], span: Sequence[Period]) -> dict[str, Why]:
    """Those reporters, by code, of whom the service has nothing in any of the periods, with what shows it.

    Nothing is sent. Without a stored list of reporters only former areas and those that stand for no country are known.
    """
    listed = await stored_reporters(services) if reporters else None
    found: dict[str, Why] = {}
    for asked in reporters:
        text = _by_table(asked, span) or (None if listed is None else _by_list(asked, listed.get(asked.code), span))
        if text is not None:
            found[asked.code] = Why(Reason.NOT_COVERED, text, sure=True)
    return found


def _by_table(asked: Asked, span: Sequence[Period]) -> str | None:
    area, name = asked.area, area_text(asked.code)
    if area.kind in NO_REPORTERS:
        return f"{name} is a partner only: nobody reports for it."
    # Some ended in the middle of the year after the one in their name (Serbia and Montenegro: 2005, May 2006).
    if area.until is not None and span[0].year > area.until + 1:
        return f"{name} is a former area: its own reports end with {area.until}."
    return None


def _by_list(asked: Asked, entry: Entry | None, span: Sequence[Period]) -> str | None:
    name = area_text(asked.code)
    if entry is None:
        return f"{name} is not in UN Comtrade's list of reporters: it is a partner only."
    first, last = span[0].first_month, span[-1].last_month
    if entry.entryExpiredDate and entry.entryExpiredDate[:7] < str(first):
        return f"{name} reports until {entry.entryExpiredDate} by UN Comtrade's list."
    if entry.entryEffectiveDate and entry.entryEffectiveDate[:7] > str(last):
        return f"{name} reports since {entry.entryEffectiveDate} by UN Comtrade's list; before, see its predecessor."
    return None
