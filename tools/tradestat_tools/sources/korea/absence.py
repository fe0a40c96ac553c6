"""Why an answer of Korea Customs is empty, or a month of it, and what to ask instead."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tradestat_tools.codes.breaks import hs_break
from tradestat_tools.codes.editions import EDITION_YEARS
from tradestat_tools.codes.hs import hs_status
from tradestat_tools.codes.periods import Period, format_yyyymm
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.korea import service as operations
from tradestat_tools.sources.korea.calendar import due, last_published, may_be_late
from tradestat_tools.sources.korea.codes import REPORTER
from tradestat_tools.sources.korea.service import NEWTRADE, POLICY, Operation

if TYPE_CHECKING:
    from tradestat_tools.sources.korea.arguments import Question

SEEN_FROM = Period(2016, "month", 1)
"""The earliest month in a recorded answer. How far back the service goes is not documented."""


def when_out(month: Period, operation: Operation) -> str:
    """When a month comes out: a part of a sentence."""
    return f"{month} comes out about {due(month, operation.published_on)}, Seoul time"


def not_out(month: Period, newest: "Question", now: datetime.datetime) -> NoData:
    """What is said where the first month asked for is not out; nothing was sent.

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


def no_rows(question: "Question", now: datetime.datetime, *, others_have: bool) -> NoData:
    """What is said where no month has a row.

    Args:
        others_have: the same code has rows with other countries in these months.
    """
    of_what = f" for HS {question.hs}" if question.hs else ""
    code = question.partner.code or question.partner.group
    with_whom = f" with {question.partner.name} ({code})" if code else ""
    return NoData(
        f"{question.operation.name} has no rows{of_what}{with_whom}, {question.start} to {question.end}. "
        "No row is not a reported zero.",
        remedy=_next_call(question),
        why=_reasons(question, now, others_have=others_have),
        source=POLICY.source,
    )


def in_force(hs: str, year: int) -> bool:
    """Whether the edition of the Harmonized System of a year has a code's first six digits, as far as is known.

    Korea applied HS 2012, 2017 and 2022 from the first day of their years.
    """
    editions = [edition for edition, since in EDITION_YEARS.items() if since <= year]
    known = hs_status(hs[:6]).editions
    return not editions or not known or editions[-1] in known


def _reasons(question: "Question", now: datetime.datetime, *, others_have: bool) -> list[Why]:
    """The reasons that may apply, the likeliest first; one that is certain stands alone."""
    years = range(question.start.year, question.end.year + 1)
    if question.hs and not any(in_force(question.hs, year) for year in years):
        return [Why(Reason.CODE_RETIRED, _of_edition(question.hs, years), sure=True)]
    if others_have:
        text = (
            "Other countries have rows of the same code and months; a row is given wherever a declaration is recorded."
        )
        return [Why(Reason.ZERO, text, sure=True)]
    found: list[Why] = []
    if question.start == question.end and _is_due(question, now):
        text = f"{when_out(question.end, question.operation)}, and may be late."
        found.append(Why(Reason.NOT_YET_PUBLISHED, text))
    if question.hs and not all(in_force(question.hs, year) for year in years):
        found.append(Why(Reason.CODE_RETIRED, _of_edition(question.hs, years)))
    if len(question.hs) == 10:
        text = "Korea changes its 10-digit codes every year; whether this one was in use then is not known here."
        found.append(Why(Reason.CODE_RETIRED, text))
    if question.partner.code == REPORTER:
        found.append(Why(Reason.NOT_COVERED, "Korea is the reporter itself, not one of its partners."))
    found.append(Why(Reason.ZERO, "A row is given wherever a declaration is recorded, and there is none."))
    if question.end < SEEN_FROM:
        text = (
            f"How far back the service goes is not documented; the earliest month seen in its answers is {SEEN_FROM}."
        )
        found.append(Why(Reason.NOT_COVERED, text))
    return found


def _of_edition(hs: str, years: Sequence[int]) -> str:
    touched = hs_break(hs, years[0], years[-1])
    return touched.text if touched else hs_status(hs[:6]).text


def _is_due(question: "Question", now: datetime.datetime) -> bool:
    operation = question.operation
    newest = last_published(now, operation.published_on)
    return question.end == newest and may_be_late(newest, now, operation.published_on)


def _next_call(question: "Question") -> str:
    """The next useful call with its arguments."""
    hs, whom = question.hs, question.partner
    last = question.end.year
    if hs and not in_force(hs, last) and (others := _same_goods(hs, last)):
        return f"Ask the codes of that time for its goods: {call(question, hs=others[0])}; all: {', '.join(others)}."
    if len(hs) == 10:
        return f"See which 10-digit codes Korea uses: {call(question, hs=hs[:6])}."
    if hs and (whom.code or whom.group):
        return f"See which countries have rows: {call(question, country='')}."
    if len(hs) in (4, 6):
        return f"Ask with a shorter code: {call(question, hs=hs[:-2])}."
    return f"Ask for other months: {call(question, last12=True)}."


def _same_goods(hs: str, year: int) -> tuple[str, ...]:
    """The codes that have the goods of a code which is not of the edition of that year: newer or older ones."""
    status = hs_status(hs[:6])
    newest = max(EDITION_YEARS.values())
    return status.successors if year >= newest else status.predecessors


def call(question: "Question", *, hs: str | None = None, country: str | None = None, last12: bool = False) -> str:
    """A call that asks the same but for what is given, written so that it can be made as it stands."""
    words = ("last 12 months", "latest") if last12 else (format_yyyymm(question.start), format_yyyymm(question.end))
    arguments = {
        operations.START: words[0],
        operations.END: words[1],
        operations.HS: (question.hs if hs is None else hs) if question.operation.by_item else "",
        operations.COUNTRY: _partner(question, country) if question.operation.by_country else "",
    }
    written = ", ".join(f'{name}="{value}"' for name, value in arguments.items() if value)
    return f"{question.operation.name}({written})"


def _partner(question: "Question", country: str | None) -> str:
    return question.partner.code or question.partner.group if country is None else country
