"""The service's clock: when a month's figures come out, and when the day's calls start anew. Both go by Seoul time."""

import datetime

from tradestat_tools.codes.periods import Period, month_of
from tradestat_tools.upstream.keep import SETTLING

SEOUL = datetime.timezone(datetime.timedelta(hours=9), "KST")
"""Korea has had no summer time since 1988, so no time zone database is needed."""

DETAIL_DAY = 15
"""The day of the month about which the statistics by item and country are brought up to the month before."""

REVISED_MONTHS = 3
"""The newest months, whose declarations are still being corrected and cancelled (seen August 2026)."""


def last_published(now: datetime.datetime, day: int = DETAIL_DAY) -> Period:
    """The newest month that is out at `now`, where a month comes out on `day` of the next one."""
    seoul = now.astimezone(SEOUL)
    return month_of(seoul.date()).shifted(-1 if seoul.day >= day else -2)


def due(month: Period, day: int = DETAIL_DAY) -> datetime.date:
    """The day in Seoul on which a month comes out, about, where that is on `day` of the next month."""
    return datetime.date(month.year + month.number // 12, month.number % 12 + 1, day)


def may_be_late(month: Period, now: datetime.datetime, day: int = DETAIL_DAY) -> bool:
    """Whether a month came out so few days ago, if at all, that the service may not have it yet."""
    return now.astimezone(SEOUL).date() < due(month, day) + SETTLING


def until_midnight(now: datetime.datetime) -> float:
    """Seconds until the day's calls are counted anew, at midnight in Seoul."""
    seoul = now.astimezone(SEOUL)
    midnight = datetime.datetime.combine(seoul.date() + datetime.timedelta(days=1), datetime.time(), SEOUL)
    return (midnight - seoul).total_seconds()
