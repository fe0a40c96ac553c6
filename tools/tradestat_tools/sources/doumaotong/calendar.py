"""Which months the service can have, and which window of twelve months is meant."""

import datetime

from tradestat_tools.codes.periods import Period, month_of, months_between
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.model.arguments import ArgumentError
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.doumaotong.absence import comtrade, no_data

CHINA = datetime.timezone(datetime.timedelta(hours=8), "CST")

RELEASE_DAY = 20
"""About the day on which China Customs publishes a month by product and country (seen 2026); the service follows."""

FIRST = Period(2021, "month", 1)
"""The service's first month (documented 2026)."""

WINDOW = 12
"""Months that the dashboard adds up."""

NEWEST = {(1, None), (1, "month"), (1, "year"), (WINDOW, "month")}
"""How the newest window may be counted back: the latest, the latest month or year, the last 12 months."""


def due(month: Period) -> datetime.date:
    """The day in China on which China Customs publishes a month, about."""
    return datetime.date(month.year + month.number // 12, month.number % 12 + 1, RELEASE_DAY)


def newest_published(now: datetime.datetime) -> Period:
    """The newest month that China Customs has published; whether the service has it already is not known."""
    today = now.astimezone(CHINA).date()
    return month_of(today).shifted(-1 if today.day >= RELEASE_DAY else -2)


def when_out(month: Period) -> str:
    """When a month comes out, as a sentence."""
    return f"{month} comes out about {due(month)}, China time."


def last_of_twelve(text: str) -> Period | None:
    """The last of the twelve months meant: by it, by a year, by both ends; None for the newest.

    Raises:
        CodeError: no period.
        ArgumentError: one of another length.
    """
    meant = span(text) if text else Span(None, None)
    if meant.first is None:
        if (meant.count, meant.unit) in NEWEST:
            return None
    elif meant.last is not None and months_between(meant.first, meant.last) in {1, WINDOW}:
        return meant.last.last_month
    raise ArgumentError(
        f"The figures are of {WINDOW} months, not of {text}.",
        allowed="the last month of the twelve, such as 202503 or 2025-03; a year; latest",
    )


def check_month(wanted: Period, code: str, now: datetime.datetime) -> None:
    """Refuse a month that is not over, or lies before the service's first.

    A month that is over is asked for even before its day: the call is free, and the day is not exact.

    Args:
        wanted: the month.
        code: the product asked for, for the call that the error names.
        now: the time.

    Raises:
        NoData: with the reason; nothing was sent.
    """
    if wanted > month_of(now.astimezone(CHINA).date()).shifted(-1):
        text = (
            f"{when_out(wanted)} The newest month that China Customs has published is about {newest_published(now)}; "
            "the service is 1 to 2 months behind."
        )
        raise no_data(
            f"{wanted} is not over yet; nothing was sent.",
            "Leave currentMonth out for the newest twelve months.",
            Why(Reason.NOT_YET_PUBLISHED, text, sure=True),
        )
    if wanted < FIRST:
        raise no_data(
            f"The service's figures begin with {FIRST}; nothing was sent.",
            f"Earlier years: {comtrade(code, period=str(wanted.year))}.",
            Why(Reason.NOT_COVERED, f"{wanted} lies before {FIRST}, the service's first month.", sure=True),
        )
