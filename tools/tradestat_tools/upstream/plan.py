"""How much may be asked of a service: so many calls in a window, so many credits in a period."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

MILLI = 1000
"""Credits are counted in thousandths, so that sums of fractional prices are exact."""

ROLLING_DAYS = 30

REMEMBERED = (ROLLING_DAYS + 32) * 86400.0
"""Seconds for which calls are remembered: longer than any budget period."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most `calls` in any stretch of `seconds`."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `credits` in a period.

    Args:
        credits: what the plan allows; a source without prices counts calls.
        period: a calendar day or month in `zone`, or any 30 days in a row ("rolling").
        zone: where the day or month begins, an IANA name.
    """

    credits: float
    period: Literal["day", "month", "rolling"]
    zone: str = "UTC"

    def bounds(self, now: float) -> tuple[float, float]:
        """Start and end, in wall time, of the period that `now` is in; a rolling one ends at `now`.

        What is exactly 30 days old has left a rolling period, so that whoever comes back just then may go.
        """
        if self.period == "rolling":
            return math.nextafter(now - ROLLING_DAYS * 86400, math.inf), now
        local = datetime.fromtimestamp(now, ZoneInfo(self.zone))
        start = local.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.period == "day":
            # Through the calendar, not 24 hours on: a day with a clock change is 23 or 25 hours long.
            end = (start.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=start.tzinfo)
        else:
            start = start.replace(day=1)
            end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
        return start.timestamp(), end.timestamp()

    def frees(self, now: float, oldest: float | None) -> float:
        """When a used-up budget has credits again, by the oldest call that counts, which only a rolling one asks."""
        opens, ends = self.bounds(now)
        return (opens if oldest is None else oldest) + ROLLING_DAYS * 86400 if self.period == "rolling" else ends


@dataclass(frozen=True, slots=True)
class Plan:
    """What one account at one service may do.

    Args:
        windows: each must hold; none means no pace.
        budget: none means no limit per period.
    """

    windows: tuple[Window, ...] = ()
    budget: Budget | None = None

    def period(self, now: float) -> tuple[float, float]:
        """Start and end of what counts: the budget's period, or all that is remembered."""
        return self.budget.bounds(now) if self.budget else (now - REMEMBERED, now)


UNLIMITED = Plan()


def milli(credits: float) -> int:
    """Credits as whole thousandths."""
    return round(credits * MILLI)
