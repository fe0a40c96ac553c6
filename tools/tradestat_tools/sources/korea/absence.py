"""Why an answer of Korea Customs is empty, or a month of it, and what to ask instead."""

import datetime
from collections.abc import Sequence
from dataclasses import replace

from tradestat_tools.codes.countries import INTRA_KOREAN
from tradestat_tools.codes.editions import EDITION_YEARS, hs_break
from tradestat_tools.codes.hs import hs_status
from tradestat_tools.codes.periods import Period, format_yyyymm
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why, offered
from tradestat_tools.sources.korea.arguments import Selection
from tradestat_tools.sources.korea.calendar import due, last_published, may_be_late
from tradestat_tools.sources.korea.codes import REPORTER
from tradestat_tools.sources.korea.service import COUNTRY, END, HS, NEWTRADE, POLICY, START, Operation

NORTH = "KP"

SEEN_FROM = Period(2016, "month", 1)
"""The earliest month in a recorded answer. How far back the service goes is not documented."""


def when_out(month: Period, operation: Operation) -> str:
    """When a month comes out: a part of a sentence."""
    return f"{month} comes out about {due(month, operation.published_on)}, Seoul time"


def not_out(month: Period, newest: Selection, now: datetime.datetime) -> NoData:
    """The error where the first month asked for is not out; nothing was sent.

    Args:
        month: that month.
        newest: the same question for the newest month that is out.
    """
    operation = newest.operation
    remedy = f"Ask for the newest month: {call(newest)}."
    if operation is not NEWTRADE and month <= last_published(now, NEWTRADE.published_on):
        remedy += f" The total of {month} is out: {call(replace(newest, operation=NEWTRADE, start=month, end=month))}."
    text = f"{when_out(month, operation)}; the newest month is {newest.end}."
    return NoData(
        f"{month} is not out yet; nothing was sent.",
        remedy=remedy,
        why=[Why(Reason.NOT_YET_PUBLISHED, text, sure=True)],
        source=POLICY.source,
    )


def no_rows(selection: Selection, now: datetime.datetime, *, others_have: bool) -> NoData:
    """The error where no month has a row.

    Args:
        others_have: the same code has rows with other countries in these months.
    """
    of_what = f" for HS {selection.hs}" if selection.hs else ""
    partner = selection.partner
    with_whom = f" with {partner.name} ({partner.id})" if partner.id else ""
    return NoData(
        f"{selection.operation.name} has no rows{of_what}{with_whom}, {selection.start} to {selection.end}. "
        "No row is not a reported zero.",
        remedy=_next_call(selection),
        why=offered(_reasons(selection, now, others_have=others_have)),
        source=POLICY.source,
    )


def in_force(hs: str, year: int) -> bool:
    """Whether the edition of the Harmonized System of a year has a code's first six digits, as far as is known.

    Korea applied HS 2012, 2017 and 2022 from the first day of their years.
    """
    editions = [edition for edition, since in EDITION_YEARS.items() if since <= year]
    known = hs_status(hs[:6]).editions
    return not editions or not known or editions[-1] in known


def _reasons(selection: Selection, now: datetime.datetime, *, others_have: bool) -> list[Why]:
    """The reasons that may apply, the likeliest first; one that is certain stands alone."""
    if selection.partner.code == NORTH:
        return [Why(Reason.NOT_COVERED, INTRA_KOREAN, sure=True)]
    years = range(selection.start.year, selection.end.year + 1)
    if selection.hs and not any(in_force(selection.hs, year) for year in years):
        return [Why(Reason.CODE_RETIRED, _of_edition(selection.hs, years), sure=True)]
    if others_have:
        text = (
            "Other countries have rows of the same code and months; a row is given wherever a declaration is recorded."
        )
        return [Why(Reason.ZERO, text, sure=True)]
    found: list[Why] = []
    if selection.start == selection.end and _is_due(selection, now):
        text = f"{when_out(selection.end, selection.operation)}, and may be late."
        found.append(Why(Reason.NOT_YET_PUBLISHED, text))
    if selection.hs and not all(in_force(selection.hs, year) for year in years):
        found.append(Why(Reason.CODE_RETIRED, _of_edition(selection.hs, years)))
    if len(selection.hs) == 10:
        text = "Korea changes its 10-digit codes every year; whether this one was in use then is not known here."
        found.append(Why(Reason.CODE_RETIRED, text))
    if selection.partner.code == REPORTER:
        found.append(Why(Reason.NOT_COVERED, "Korea is the reporter itself, not one of its partners."))
    found.append(Why(Reason.ZERO, "A row is given wherever a declaration is recorded, and there is none."))
    if selection.end < SEEN_FROM:
        text = (
            f"How far back the service goes is not documented; the earliest month seen in its answers is {SEEN_FROM}."
        )
        found.append(Why(Reason.NOT_COVERED, text))
    return found


def _of_edition(hs: str, years: Sequence[int]) -> str:
    touched = hs_break(hs, years[0], years[-1])
    return touched.text if touched else hs_status(hs[:6]).text


def _is_due(selection: Selection, now: datetime.datetime) -> bool:
    day = selection.operation.published_on
    newest = last_published(now, day)
    return selection.end == newest and may_be_late(newest, now, day)


def _next_call(selection: Selection) -> str:
    """The next useful call with its arguments."""
    hs = selection.hs
    last = selection.end.year
    if hs and not in_force(hs, last) and (others := _same_goods(hs, last)):
        return f"Ask the codes of that time for its goods: {call(selection, hs=others[0])}; all: {', '.join(others)}."
    if len(hs) == 10:
        return f"See which 10-digit codes Korea uses: {call(selection, hs=hs[:6])}."
    if hs and selection.partner.id:
        return f"See which countries have rows: {call(selection, country='')}."
    if len(hs) in (4, 6):
        return f"Ask with a shorter code: {call(selection, hs=hs[:-2])}."
    return f"Ask for other months: {call(selection, last12=True)}."


def _same_goods(hs: str, year: int) -> tuple[str, ...]:
    """The codes that have the goods of a code which is not of the edition of that year: newer or older ones."""
    status = hs_status(hs[:6])
    newest = max(EDITION_YEARS.values())
    return status.successors if year >= newest else status.predecessors


def call(selection: Selection, *, hs: str | None = None, country: str | None = None, last12: bool = False) -> str:
    """A call that asks the same but for what is given, written so that it can be made as it stands."""
    operation = selection.operation
    months = ("last 12 months", "latest") if last12 else (format_yyyymm(selection.start), format_yyyymm(selection.end))
    arguments = {
        START: months[0],
        END: months[1],
        HS: (selection.hs if hs is None else hs) if operation.by_item else "",
        COUNTRY: (selection.partner.id if country is None else country) if operation.by_country else "",
    }
    return call_text(operation.name, **{name: value for name, value in arguments.items() if value})
