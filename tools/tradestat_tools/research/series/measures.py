"""Growth, share and index of a series, period by period, and why some are not defined."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from tradestat_tools.codes.periods import Period
from tradestat_tools.model.observation import Observation
from tradestat_tools.research.indicators.formulas import MISSING, Figure, Indicator, growth, index, share
from tradestat_tools.research.series.answer import Undefined

OTHER_SOURCE = "the two figures are of different sources"
OTHER_VALUATION = "one figure is FOB, the other CIF"

Rows = Mapping[Period, Observation]


@dataclass(slots=True)
class Measured:
    """A measure in the order of the periods, and where it is not defined."""

    name: str
    values: list[float | None] = field(default_factory=list[float | None])
    why: list[tuple[Period, str]] = field(default_factory=list[tuple[Period, str]])

    def add(self, period: Period, found: Indicator) -> None:
        """Add the figure of the next period."""
        self.values.append(found.value)
        if found.value is None:
            self.why.append((period, found.why or ""))

    def undefined(self) -> list[Undefined]:
        """Where it is not defined, periods with the same reason together."""
        by_why = groupby(sorted(self.why, key=lambda one: one[1]), key=lambda one: one[1])
        return [
            Undefined(measure=self.name, periods=[str(period) for period, _ in group], text=why)
            for why, group in by_why
        ]


def growth_of(name: str, periods: Sequence[Period], rows: Rows, steps: int) -> Measured:
    """Growth of each period on the one so many steps before."""
    measured = Measured(name)
    for period in periods:
        before = rows.get(period.shifted(-steps))
        measured.add(period, _compared(before, rows.get(period), growth))
    return measured


def index_of(periods: Sequence[Period], rows: Rows, base: Period) -> Measured:
    """Each period against the base period, which is 100."""
    measured = Measured("index")
    start = rows.get(base)

    def against(first: Figure, value: Figure) -> Indicator:
        return index([first, value], 0)[1]

    for period in periods:
        measured.add(period, _compared(start, rows.get(period), against))
    return measured


def share_of(periods: Sequence[Period], parts: Rows, wholes: Rows) -> Measured:
    """Each figure's part of the whole of the same period, both as one source gave them."""
    measured = Measured("share")
    for period in periods:
        measured.add(period, _compared(parts.get(period), wholes.get(period), share))
    return measured


def _compared(
    first: Observation | None, second: Observation | None, ratio: Callable[[Figure, Figure], Indicator]
) -> Indicator:
    """A ratio of two figures, if they are of one source and valuation."""
    if first is None or second is None or first.value is None or second.value is None:
        return Indicator.undefined(MISSING)
    if first.source != second.source:
        return Indicator.undefined(OTHER_SOURCE)
    if first.valuation != second.valuation:
        return Indicator.undefined(OTHER_VALUATION)
    return ratio(first.value, second.value)
