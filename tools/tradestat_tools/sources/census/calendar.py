"""When a month comes out, and which months are final. Both go by the time in Washington."""

import datetime
from zoneinfo import ZoneInfo

from tradestat_tools.codes.periods import Period, month_of
from tradestat_tools.upstream.request import SETTLING

EASTERN = ZoneInfo("America/New_York")

AT = datetime.time(8, 30)

ANNOUNCED = {
    Period(2026, "month", 8): datetime.date(2026, 10, 6),
    Period(2026, "month", 9): datetime.date(2026, 11, 4),
    Period(2026, "month", 10): datetime.date(2026, 12, 8),
}
"""Days of publication that were announced (seen November 2026)."""

DAYS_AFTER = 35
"""From the end of a month to its publication, about."""

RELEASE_DAY = 4
"""The day of the month on which a publication comes at the soonest; figures are as good as new until then."""

REVISION_MONTH = 6
"""June, with whose publication the months of the year before are revised; until then with each new month."""


def due(month: Period) -> datetime.date:
    """The day on which a month comes out, about where it was not announced."""
    first_of_next = datetime.date(month.year + month.number // 12, month.number % 12 + 1, 1)
    return ANNOUNCED.get(month) or first_of_next + datetime.timedelta(days=DAYS_AFTER - 1)


def last_published(now: datetime.datetime) -> Period:
    """The newest month that is out at `now`."""
    eastern = now.astimezone(EASTERN)
    month = month_of(eastern.date()).shifted(-1)
    while datetime.datetime.combine(due(month), AT, EASTERN) > eastern:
        month = month.shifted(-1)
    return month


def may_be_late(month: Period, now: datetime.datetime) -> bool:
    """Whether a month came out so few days ago, if at all, that the service may not have it yet."""
    return now.astimezone(EASTERN).date() < due(month) + SETTLING


def when_out(month: Period) -> str:
    """When a month comes out: a part of a sentence."""
    return f"{month} comes out {'' if month in ANNOUNCED else 'about '}on {due(month)}, 8:30 Eastern time"


def last_final(now: datetime.datetime) -> Period:
    """The newest month that went through the yearly revision, as far as its day is known."""
    today = now.astimezone(EASTERN).date()
    return Period(today.year - (1 if today.month > REVISION_MONTH else 2), "month", 12)
