"""When a month comes out: at 11:00 in Brussels, about 45 days after its end (seen 16 July, 14 August and 15 September
2026, for May, June and July)."""

import datetime
from zoneinfo import ZoneInfo

from tradestat_tools.codes.periods import Period, last_whole, month_of
from tradestat_tools.upstream.request import CLOSED, SETTLING, Freshness, until_published

BRUSSELS = ZoneInfo("Europe/Brussels")

DAY = 14
"""The earliest day of the second month after it on which a month was seen to come out."""

REVISED_MONTHS = 24
"""Figures are taken as open to revision for two years; how long they are is not documented."""


def last_published(now: datetime.datetime) -> Period:
    """The newest month that can be out."""
    local = now.astimezone(BRUSSELS)
    return month_of(local.date()).shifted(-2 if local.day >= DAY else -3)


def newest(now: datetime.datetime, freq: str) -> Period:
    """The newest month, or the newest year of which every month can be out."""
    return last_whole(last_published(now), "year" if freq == "A" else "month")


def due(when: Period) -> datetime.date:
    """The day about which a month, or the last month of a year, comes out."""
    after = when.last_month.shifted(2)
    return datetime.date(after.year, after.number, DAY)


def may_be_late(when: Period, now: datetime.datetime) -> bool:
    """Whether it is due so lately that it may not be out yet."""
    return now.astimezone(BRUSSELS).date() < due(when) + SETTLING


def is_revised(when: Period, now: datetime.datetime) -> bool:
    """Whether the figures may still change."""
    return when.last_month > last_published(now).shifted(-REVISED_MONTHS)


def freshness(last: Period, now: datetime.datetime) -> Freshness:
    """For how long an answer is good whose newest period is this."""
    return until_published(now.astimezone(BRUSSELS), DAY) if is_revised(last, now) else CLOSED
