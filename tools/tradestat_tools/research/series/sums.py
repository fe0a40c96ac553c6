"""Arithmetic on series: sums that name what they lack, differences, shares, ranks, and periods put together.

A figure that is not there is never counted as zero: a sum says whose figures it lacks, and what can not be worked out
says why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tradestat_tools.codes.periods import Period, periods_between
from tradestat_tools.model.observation import Observation, Status, Valuation
from tradestat_tools.research.indicators.formulas import Figure, Indicator, compound_growth, growth, share, unit_value
from tradestat_tools.research.periods import added
from tradestat_tools.research.repeats import lack
from tradestat_tools.research.words import first_of

MOST_NAMED = 6

NO_ROW = "no row"
MIXED = "FOB and CIF figures are not added"
MIXED_SHARE = "one figure is FOB, the other CIF"


class Lack(NamedTuple):
    """What a sum is without.

    Args:
        name: of the member.
        why: it has no figure; of a member that is a sum itself and lacks some of its parts, which.
        in_part: whether the member is one of these.
    """

    name: str
    why: str
    in_part: bool = False

    def __str__(self) -> str:
        return f"{self.name} ({self.why})"


@dataclass(frozen=True, slots=True)
class Cell:
    """The figure of a series in one period.

    Args:
        value: None where there is none, and `why` says why.
        net_kg: net weight; of a sum only where every member with a value has one.
        lacking: members of a sum that have no figure, or not all of theirs, each with the reason.
    """

    value: Figure
    net_kg: Figure = None
    valuation: Valuation | None = None
    status: Status = Status.MISSING
    why: str = ""
    lacking: tuple[Lack, ...] = ()


Cells = Mapping[Period, Cell]

NOTHING = Cell(None, why=NO_ROW)


def cell_of(one: Observation) -> Cell:
    """A figure of a source."""
    return Cell(one.value, one.net_kg, one.valuation, one.status, "" if one.value is not None else lack(one))


def summed(members: Mapping[str, Cells], periods: Iterable[Period]) -> dict[Period, Cell]:
    """The sum of those members that have a figure, period by period, and who has none."""
    return {at: _summed({name: cells.get(at, NOTHING) for name, cells in members.items()}) for at in periods}


def _summed(members: Mapping[str, Cell]) -> Cell:
    there = [one for one in members.values() if one.value is not None]
    lacking = tuple(_lack(name, one) for name, one in members.items() if one.value is None or one.lacking)
    if not there:
        return Cell(None, why="no member has a figure", lacking=lacking)
    valuations: list[Valuation | None] = list({one.valuation for one in there})
    if len(valuations) > 1:
        return Cell(None, why=MIXED, lacking=lacking)
    return Cell(
        added(one.value for one in there),
        added(one.net_kg for one in there),
        valuations[0],
        Status.SUMMED,
        lacking=lacking,
    )


def _lack(name: str, one: Cell) -> Lack:
    if one.value is None:
        return Lack(name, one.why)
    return Lack(name, f"of {', '.join(part.name for part in one.lacking)}", in_part=True)


def less(first: Cells, second: Cells, periods: Iterable[Period], names: tuple[str, str]) -> dict[Period, Cell]:
    """The first less the second, where both are there in whole: a difference of parts would be neither's."""
    found: dict[Period, Cell] = {}
    for at in periods:
        one, other = first.get(at, NOTHING), second.get(at, NOTHING)
        lacking = tuple(dict.fromkeys((*one.lacking, *other.lacking)))
        gone = [f"{name}: {cell.why}" for name, cell in zip(names, (one, other), strict=True) if cell.value is None]
        if one.value is None or other.value is None:
            found[at] = Cell(None, why="; ".join(gone), lacking=lacking)
            continue
        same = one.valuation if one.valuation == other.valuation else None
        found[at] = Cell(one.value - other.value, None, same, Status.SUMMED, lacking=lacking)
    return found


def price(cell: Cell) -> Indicator:
    """Value for each kilogram, where both are there."""
    if cell.value is None:
        return Indicator.undefined(cell.why or NO_ROW)
    if not cell.net_kg:
        return Indicator.undefined("no weight")
    return unit_value(cell.value, cell.net_kg)


def part(cell: Cell, whole: Cell) -> Indicator:
    """A figure's share of a whole of the same valuation."""
    if cell.value is None:
        return Indicator.undefined(cell.why or NO_ROW)
    if whole.value is not None and None not in (cell.valuation, whole.valuation) and cell.valuation != whole.valuation:
        return Indicator.undefined(MIXED_SHARE)
    return share(cell.value, whole.value)


def ranks(values: Sequence[Figure]) -> list[int | None]:
    """The place of each among them, the largest first; equal ones share theirs, and who has no figure has none."""
    known = [value for value in values if value is not None]
    return [None if value is None else 1 + sum(other > value for other in known) for value in values]


@dataclass(frozen=True, slots=True)
class Together:
    """Periods of a series put together.

    Args:
        value: the sum of those that have a figure.
        lacking: the periods that have none, or lack members.
    """

    value: Figure
    lacking: tuple[Period, ...]


def together(cells: Cells, periods: Sequence[Period]) -> Together:
    """The sum over periods, FOB and CIF never added, and which periods it lacks."""
    there = [one for at in periods if (one := cells.get(at, NOTHING)).value is not None]
    lacking = tuple(at for at in periods if (one := cells.get(at, NOTHING)).value is None or one.lacking)
    if len({one.valuation for one in there}) > 1:
        return Together(None, tuple(periods))
    return Together(added(one.value for one in there), lacking)


@dataclass(frozen=True, slots=True)
class ToDate:
    """A year to date beside the same months of the year before; each None unless every one of its months is there."""

    now: Figure
    before: Figure
    growth: Indicator


def to_date(cells: Cells, last: Period) -> ToDate:
    """January to a month, and the same months of the year before."""
    months = periods_between(Period(last.year, "month", 1), last)
    earlier = [at.shifted(-12) for at in months]
    now, before = (_whole(cells, span) for span in (months, earlier))
    valuations = {cells[at].valuation for at in (*months, *earlier) if at in cells and cells[at].value is not None}
    gone = [str(at) for at in (*earlier, *months) if cells.get(at, NOTHING).value is None]
    lacking = sorted({str(one) for at in (*earlier, *months) for one in cells.get(at, NOTHING).lacking})
    if len(valuations) > 1:
        return ToDate(None, None, Indicator.undefined(MIXED))
    if gone:
        return ToDate(now, before, Indicator.undefined(f"no figure of {first_of(gone, MOST_NAMED)}"))
    if any(cells[at].lacking != cells[at.shifted(-12)].lacking for at in months):
        return ToDate(
            now, before, Indicator.undefined(f"the sums lack different members: {first_of(lacking, MOST_NAMED)}")
        )
    return ToDate(now, before, growth(before, now))


def _whole(cells: Cells, periods: Iterable[Period]) -> Figure:
    return added(cells.get(at, NOTHING).value for at in periods)


@dataclass(frozen=True, slots=True)
class Change:
    """From one period to another: the difference, the rate, and the rate a year."""

    absolute: Indicator
    rate: Indicator
    yearly: Indicator


def changed(cells: Cells, first: Period, last: Period) -> Change:
    """From the first to the last period, where both have figures that can be set against each other."""
    one, other = cells.get(first, NOTHING), cells.get(last, NOTHING)
    why = next((f"{at}: {cell.why}" for at, cell in ((first, one), (last, other)) if cell.value is None), "")
    if not why and first == last:
        why = "there is one period only"
    if not why and one.valuation != other.valuation:
        why = MIXED_SHARE
    if not why and one.lacking != other.lacking:
        why = (
            f"the sums lack different members: {first_of(sorted(map(str, {*one.lacking, *other.lacking})), MOST_NAMED)}"
        )
    if why or one.value is None or other.value is None:
        return Change(*[Indicator.undefined(why)] * 3)
    rate = growth(one.value, other.value)
    yearly = (
        compound_growth(one.value, other.value, last.year - first.year)
        if first.frequency == "year"
        else Indicator.undefined("it is of years")
    )
    return Change(Indicator(other.value - one.value), rate, yearly)


def by_calendar_month(cells: Cells, periods: Iterable[Period]) -> list[tuple[Figure, int]]:
    """The average of each calendar month over the years that have it in whole, January first; and how many have it."""
    found: list[tuple[Figure, int]] = []
    months = list(periods)
    for number in range(1, 13):
        there = [one for at in months if at.number == number and (one := cells.get(at, NOTHING)).value is not None]
        whole = [one for one in there if not one.lacking]
        total = added(one.value for one in whole) if len({one.valuation for one in whole}) == 1 else None
        found.append((None if total is None else total / len(whole), 0 if total is None else len(whole)))
    return found
