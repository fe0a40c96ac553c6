"""Months summed into quarters and years, and only where every one of them is there."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tradestat_tools.codes.periods import PER_YEAR, Frequency, Period
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.research.repeats import once

_NO_VALUE = (Status.CONFLICTING, Status.SUPPRESSED, Status.MISSING)

_RANK = (*_NO_VALUE, Status.ESTIMATED, Status.PROVISIONAL)
"""What a sum inherits from its parts, the gravest first."""

Key = tuple[str, str, str, str, str, str, str]


def key(one: Observation) -> Key:
    """What two observations share that differ by period only."""
    return (one.source, one.tool, one.flow, one.reporter, one.partner, one.classification, one.product)


def summed_to(observations: Iterable[Observation], frequency: Frequency) -> list[Observation]:
    """Observations of a frequency, those of shorter periods summed into it; longer ones are left out.

    A sum over periods of which one is missing, suppressed or stated in different ways has no value, and the status that
    says so: a part is never passed off as the whole. Values in other currencies, valuations or units are never summed
    with each other, and what is stated twice is summed once.
    """
    same: list[Observation] = []
    parts: dict[tuple[Key, Period], dict[Period, Observation]] = defaultdict(dict)
    for one in once(observations)[0]:
        if one.period.frequency == frequency:
            same.append(one)
        elif PER_YEAR[one.period.frequency] > PER_YEAR[frequency]:
            parts[key(one), one.period.around(frequency)][one.period] = one
    have = {(key(one), one.period) for one in same}
    sums = [_sum(whole, list(held.values())) for (of, whole), held in parts.items() if (of, whole) not in have]
    return sorted([*same, *sums], key=lambda one: (key(one), one.period))


def by_period(observations: Iterable[Observation]) -> dict[Period, Observation]:
    """One a period: the figure of the code itself, before that of a national code which stands for it."""
    found: dict[Period, Observation] = {}
    for one in sorted(observations, key=lambda one: len(one.product)):
        found.setdefault(one.period, one)
    return found


def _sum(whole: Period, held: Sequence[Observation]) -> Observation:
    """The sum of different parts of a period."""
    first = held[0]
    wanted = PER_YEAR[first.period.frequency] // PER_YEAR[whole.frequency]
    alike = len({(one.currency, one.valuation, one.period.frequency) for one in held}) == 1
    status = next((rank for rank in _RANK if any(one.status is rank for one in held)), Status.SUMMED)
    if not (len(held) == wanted and alike) and status not in _NO_VALUE:
        status = Status.MISSING
    lacking = status in _NO_VALUE
    one_unit = len({one.quantity_unit for one in held}) == 1
    return replace(
        first,
        period=whole,
        value=None if lacking else added([one.value for one in held]),
        status=status,
        resolution=first.resolution * wanted**0.5,
        quantity=added([one.quantity for one in held]) if one_unit and not lacking else None,
        net_kg=None if lacking else added([one.net_kg for one in held]),
        fob=None if lacking else added([one.fob for one in held]),
        cif=None if lacking else added([one.cif for one in held]),
    )


def added(figures: Iterable[float | None]) -> float | None:
    """The sum; None where one is missing, or there are none. Whole figures stay whole."""
    values = list(figures)
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not known:
        return None
    return sum(known) if all(isinstance(value, int) for value in known) else math.fsum(known)
