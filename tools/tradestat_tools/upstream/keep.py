"""How long an answer is worth keeping."""

from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = 3600.0
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Keep:
    """Seconds, each counted on from the one before.

    Args:
        fresh: as good as a new answer.
        renew: given at once, while it is renewed behind the caller's back.
        spare: given only where the service fails, and then called stale.
    """

    fresh: float
    renew: float = 0.0
    spare: float = 30 * DAY


REFERENCE = Keep(fresh=14 * DAY, renew=14 * DAY, spare=365 * DAY)
"""Lists of countries and codes."""

CLOSED = Keep(fresh=60 * DAY, spare=365 * DAY)
"""Periods that are long past: revised seldom."""

RECENT = Keep(fresh=12 * HOUR)
"""Where the date of the next publication is not known."""

SETTLING = timedelta(days=5)
"""After the day of publication figures may be late or come in parts, so that nothing is kept for long then."""


def until_published(local: datetime, day: int) -> Keep:
    """Until a service's next monthly publication, about `day` of every month; `local` is now in the service's zone."""
    this = local.replace(day=day, hour=0, minute=0, second=0, microsecond=0)
    if this <= local < this + SETTLING:
        return Keep(fresh=6 * HOUR)
    coming = this if local < this else (this.replace(day=1) + timedelta(days=32)).replace(day=day)
    return Keep(fresh=(coming - local).total_seconds())


NO_DATA = Keep(fresh=15 * 60.0, spare=0.0)
""""There is nothing" may be untrue soon, and is cheap to hear again."""
