"""Late recording, told from months: does the importer's month hold a part of the exporter's month before it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum

from tradestat_tools.codes.periods import Period

LEAST_MONTHS = 8
"""Pairs of months below which two unknowns are not told apart."""
LEAST_TELLING = 3
"""Pairs of months in one of which something was exported, at least: one more than there are unknowns."""
CLEARLY = 0.5
"""How much of the squared difference must go once a share may come late, for the share to be believed."""


@dataclass(frozen=True, slots=True)
class Late:
    """The importer's months as `scale * ((1 - share) * month + share * month before)` of the exporter's.

    Args:
        scale: how much more the importer records, in all.
        share: of a month's flow that the importer records in the next one; 0 where none is shown.
        months: pairs of months that this rests on.
        fit: share of the squared difference from the scale alone that late recording takes away.
    """

    scale: float
    share: float
    months: int
    fit: float

    def amount(self, exported: Mapping[Period, float], period: Period) -> float | None:
        """What the importer has more (or less) of a period, because its beginning and its end come late."""
        before, last = exported.get(period.first_month.shifted(-1)), exported.get(period.last_month)
        if before is None or last is None:
            return None
        return self.scale * self.share * (before - last)


def late_share(exported: Mapping[Period, float], imported: Mapping[Period, float]) -> Late | None:
    """Least squares of the importer's months on the exporter's same and previous ones; None with too few months."""
    rows = [
        (exported[month], exported[month.shifted(-1)], value)
        for month, value in imported.items()
        if month in exported and month.shifted(-1) in exported
    ]
    if len(rows) < LEAST_MONTHS or sum(now > 0 or before > 0 for now, before, _ in rows) < LEAST_TELLING:
        return None
    same, before, cross, same_to, before_to = (
        fsum(values) for values in zip(*((a * a, b * b, a * b, a * m, b * m) for a, b, m in rows), strict=True)
    )
    if not same or not before:
        return None
    plain = same_to / same
    alone = _left(rows, plain, 0.0)
    determinant = same * before - cross * cross
    if determinant <= same * before * 1e-9:  # the months are all alike, so nothing can be seen coming late
        return Late(plain, 0.0, len(rows), 0.0)
    now = (same_to * before - before_to * cross) / determinant
    then = (before_to * same - same_to * cross) / determinant
    fit = 1 - _left(rows, now, then) / alone if alone else 0.0
    if not (then > 0 and now > 0 and fit >= CLEARLY):
        return Late(plain, 0.0, len(rows), fit)
    return Late(now + then, then / (now + then), len(rows), fit)


def _left(rows: list[tuple[float, float, float]], now: float, then: float) -> float:
    return fsum((m - now * a - then * b) ** 2 for a, b, m in rows)
