"""Why an answer is empty, and what to ask instead."""

import datetime

from tradestat_tools.codes.editions import EDITION_YEARS
from tradestat_tools.codes.hs import hs_status
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why, offered
from tradestat_tools.sources.census.arguments import Selection
from tradestat_tools.sources.census.calendar import last_published, may_be_late, when_out
from tradestat_tools.sources.census.service import FIRST_YEAR, SERVICE, SOURCE_ID

SPECIAL_CHAPTERS = frozenset({"98", "99"})
"""Of the HTS and Schedule B alone: goods under special provisions, which the HS does not have."""


def call(selection: Selection, **other: object) -> str:
    """A call that asks the same but for what is given, written so that it can be made as it stands."""
    return call_text(f"us_{selection.flow.direction}", **selection.as_call(**other))


def not_out(first: Period, newest: Selection) -> NoData:
    """The error where the first month asked for is not out; nothing was sent."""
    return NoData(
        f"{first} is not out yet; nothing was sent.",
        remedy=f"Ask for the newest month: {call(newest)}.",
        why=[Why(Reason.NOT_YET_PUBLISHED, f"{when_out(first)}; the newest month is {newest.end}.", sure=True)],
        source=SOURCE_ID,
    )


def too_early(last: Period, direction: str, partner: str) -> NoData:
    """The error where every month lies before the service's first; nothing was sent."""
    reporter = {"reporterCode": "USA", "partnerCode": "all" if partner == "all" else partner, "period": str(last.year)}
    asked = call_text("comtrade_data", **reporter, flowCode="M" if direction == "imports" else "X")
    return NoData(
        f"The figures begin with {FIRST_YEAR}-01; nothing was sent.",
        remedy=f"Earlier years: {asked}.",
        why=[Why(Reason.NOT_COVERED, f"{SERVICE}'s data sets begin with {FIRST_YEAR}-01.", sure=True)],
        source=SOURCE_ID,
    )


def in_force(hs: str, year: int) -> bool:
    """Whether the edition of the HS of a year has a code's first six digits, as far as is known."""
    editions = [edition for edition, since in EDITION_YEARS.items() if since <= year]
    known = hs_status(hs[:6]).editions
    return not editions or not known or editions[-1] in known


def no_rows(selection: Selection, now: datetime.datetime) -> NoData:
    """The error where there is no row (HTTP 204)."""
    goods = f" of HS {selection.product}" if selection.product else ""
    whom = f" with {selection.partner.name}" if selection.partner.id != "World" else ""
    return NoData(
        f"{SERVICE} has no rows of US {selection.flow.direction}{goods}{whom}, {selection.start} to {selection.end}. "
        "No row is not a reported zero.",
        remedy=_next_call(selection),
        why=offered(_reasons(selection, now)),
        source=SOURCE_ID,
    )


def _reasons(selection: Selection, now: datetime.datetime) -> list[Why]:
    hs, years = selection.product, range(selection.start.year, selection.end.year + 1)
    if hs and not any(in_force(hs, year) for year in years):
        return [Why(Reason.CODE_RETIRED, hs_status(hs[:6]).text, sure=True)]
    found: list[Why] = []
    if selection.start == selection.end == last_published(now) and may_be_late(selection.end, now):
        found.append(Why(Reason.NOT_YET_PUBLISHED, f"{when_out(selection.end)}, and may be late."))
    if len(hs) == 10:
        other = "Schedule B" if selection.flow.list == "HTS" else "the HTS"
        text = (
            f"US {selection.flow.direction} go by {selection.flow.list}, whose codes of ten digits are not those of "
            f"{other} and change at least every year; whether {hs} was in it then is not known here."
        )
        found.append(Why(Reason.CODE_RETIRED, text))
    text = (
        "The service has a row for whatever had trade in any month of a year, and none for what had none in all of it."
    )
    found.append(Why(Reason.ZERO, text))
    return found


def _next_call(selection: Selection) -> str:
    hs = selection.product
    if len(hs) == 10:
        return f"See which codes of ten digits there are: {call(selection, product=hs[:6], level=10)}."
    if hs and not in_force(hs, selection.end.year):
        status = hs_status(hs[:6])
        if others := status.successors or status.predecessors:
            return f"Ask the codes of that time for its goods: {call(selection, product=others[0])}."
    if selection.partner.id not in ("World", "all"):
        return f"See which countries have rows: {call(selection, partner='all')}."
    if len(hs) > 2:
        return f"Ask with a shorter code: {call(selection, product=hs[:-2])}."
    return f"Ask for other months: {call(selection, period='last 12 months')}."


def known_code(hs: str) -> bool:
    """Whether a code can be one: of the HS, of an older edition, or of the chapters that only the United States has."""
    return hs[:2] in SPECIAL_CHAPTERS or hs_status(hs[:6]).kind != "unknown"
