"""A figure in the making, and what the kinds of charts have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tradestat_tools.codes.editions import hs_break
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.words import clean, counted
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.model.observation import Status
from tradestat_tools.results.chart.arguments import ChartArguments
from tradestat_tools.results.chart.figure import MOST_POINTS, Axis, Break, Kind, Mark, Role, Series
from tradestat_tools.results.chart.lines import Line, Lines

MARKS: Mapping[Status, Mark] = {
    Status.PROVISIONAL: "provisional",
    Status.ESTIMATED: "estimated",
    Status.SUPPRESSED: "suppressed",
    Status.CONFLICTING: "conflicting",
}

TOLERANCE = 0.005
"""By how much parts may exceed their whole, which services round."""

BREAK_TEXT = 200


@dataclass(slots=True)
class Plan:
    """A figure in the making.

    Args:
        shown: the lines that it draws.
        at: the one period that it is of.
    """

    kind: Kind
    axis: Axis
    series: list[Series]
    unit: str
    shown: list[Line]
    at: Period | None = None
    total: int | float | None = None
    rest: int | float | None = None
    breaks: list[Break] = field(default_factory=list[Break])
    notes: list[Note] = field(default_factory=list[Note])


def unfit(kind: str, why: str, allowed: str, remedy: str | None = None) -> InvalidQuery:
    return InvalidQuery(f"No {kind} of these: {why}.", argument="kind", allowed=allowed, remedy=remedy)


def additive(lines: Lines, kind: Kind) -> None:
    """Refuse what must not be added up.

    Raises:
        InvalidQuery: exports and imports, several sources, or FOB and CIF.
    """
    more = {"flow": "exports and imports", "source": "several sources"}
    for name, what in more.items():
        if name in lines.by:
            remedy = "Choose flow=X or flow=M." if name == "flow" else "Give the answers of one source."
            raise unfit(kind, f"{what} do not add up to a whole", "one flow from one source", remedy)
    if len(lines.valuations) > 1:
        raise unfit(
            kind, "FOB and CIF values do not add up to a whole", "values of one valuation", "Draw lines or bars."
        )
    if len(lines.lines) < 1 + (lines.whole is None):
        raise unfit(kind, "there is one line, which is no part of anything", "several partners or products")


def periods_of(lines: Lines, kind: Kind, least: int = 2) -> list[Period]:
    if len(lines.periods) < least:
        raise unfit(kind, "there is one period" if lines.periods else "there are no periods", "bars, treemap, map")
    if len(lines.periods) > MOST_POINTS:
        raise InvalidQuery(
            f"{lines.periods[0]} to {lines.periods[-1]} are {len(lines.periods)} periods.",
            argument="period",
            allowed=f"at most {MOST_POINTS}",
        )
    return lines.periods


def one_period(lines: Lines) -> tuple[Period | None, list[Note]]:
    """The newest period that at least half of the lines have a figure of."""
    if not lines.periods:
        return None, []
    count = {at: sum(line.value(at) is not None for line in lines.lines) for at in lines.periods}
    at = max(at for at in lines.periods if 2 * count[at] >= max(count.values()))
    text = f"Of {lines.periods[0]} to {lines.periods[-1]} the period {at} is drawn."
    return at, [Note(code=NoteCode.SUBSET, text=text)] if len(lines.periods) > 1 else []


def having(lines: Lines, at: Period | None, top: int, notes: list[Note], *, positive: bool = False) -> list[Line]:
    """The largest that have a figure; how many are left out is said."""
    having = [line for line in lines.lines if line.value(at) is not None]
    if len(having) < len(lines.lines):
        text = f"{counted(len(lines.lines) - len(having), 'line')} without a figure, which is not zero, left out."
        notes.append(Note(code=NoteCode.ABSENT, text=text))
    if positive:
        drawn = [line for line in having if (line.value(at) or 0) > 0]
        if len(drawn) < len(having):
            text = f"{len(having) - len(drawn)} of zero or less left out, which have no size."
            notes.append(Note(code=NoteCode.ZERO, text=text))
        having = drawn
    if not having:
        raise InvalidQuery("Nothing is left to draw.", argument="period", remedy="Choose another period.")
    ranked = sorted(having, key=lambda line: (-(line.value(at) or 0), line.name))
    if len(ranked) > top:
        notes.append(Note(code=NoteCode.SUBSET, text=f"The {top} largest of {len(ranked)}."))
    return ranked[:top]


def largest(lines: Lines, asked: ChartArguments, usual: int, most: int) -> tuple[list[Line], list[Note]]:
    """As many of the largest as are asked for, or as usual."""
    top = min(asked.top or usual, most)
    text = f"The {top} largest of {len(lines.lines)}, by the newest figure."
    return lines.lines[:top], [Note(code=NoteCode.SUBSET, text=text)] if len(lines.lines) > top else []


def total_at(lines: Lines, at: Period | None, notes: list[Note]) -> int | float | None:
    """The whole of a ranking, where there is one and what is ranked are its parts."""
    if {"flow", "source"} & set(lines.by) or len(lines.valuations) > 1 or lines.whole is None:
        return None
    total = lines.whole.value(at)
    parts = sum(line.value(at) or 0 for line in lines.lines)
    if total is None or total <= 0 or parts > total * (1 + TOLERANCE):
        if total is not None:
            notes.append(
                Note(
                    code=NoteCode.TOTAL_MISMATCH, text="The lines add up to more than their whole; no shares are given."
                )
            )
        return None
    return total


def rest_of(total: int | float | None, values: Sequence[int | float | None]) -> int | float | None:
    if total is None:
        return None
    rest = total - sum(one for one in values if one is not None)
    return rest if rest > 0 else None


def series_of(line: Line, periods: Sequence[Period], lines: Lines, role: Role = "value") -> Series:
    points = [line.points.get(at) for at in periods]
    own = line.valuations
    return Series(
        name=line.name,
        role=role,
        values=[None if one is None else one.value for one in points],
        marks=marks_of([None if one is None else one.status for one in points]),
        code=line.code,
        valuation=" and ".join(sorted(own)) if own and len(lines.valuations) > 1 else None,
    )


def column_of(shown: Sequence[Line], at: Period | None, values: Sequence[int | float | None]) -> Series:
    statuses = [point.status if (point := line.points.get(at)) else None for line in shown]
    return Series(name=str(at) if at else "value", values=list(values), marks=marks_of(statuses))


def marks_of(statuses: Sequence[Status | None]) -> dict[Mark, list[int]] | None:
    found: dict[Mark, list[int]] = {}
    for at, status in enumerate(statuses):
        if status is not None and status in MARKS:
            found.setdefault(MARKS[status], []).append(at)
    return found or None


def over_time(periods: Sequence[Period]) -> Axis:
    frequency = periods[0].frequency
    return Axis(kind="periods", name=frequency, labels=[str(at) for at in periods], frequency=frequency)


def categories(lines: Lines, shown: Sequence[Line]) -> Axis:
    codes = [line.code or "" for line in shown]
    return Axis(
        kind="categories",
        name=" and ".join(lines.by) or "value",
        labels=[line.name for line in shown],
        codes=codes if any(codes) else None,
    )


def breaks_of(lines: Lines, shown: Sequence[Line], periods: Sequence[Period]) -> list[Break]:
    """Where the goods of an HS code are other ones from a year on."""
    if not lines.common:
        return []
    first, last = periods[0].year, periods[-1].year
    touched: dict[int, list[tuple[int, str, str]]] = {}
    for at, line in enumerate(shown):
        code = line.key[lines.by.index("product")] if "product" in lines.by else lines.fixed["product"][0]
        if not code.isdecimal() or len(code) < 2:
            continue
        found = hs_break(code, first, last)
        for year in found.years if found else ():
            if first < year <= last and found is not None:
                touched.setdefault(year, []).append((at, found.code, found.text))
    breaks: list[Break] = []
    for year, of in sorted(touched.items()):
        codes = list(dict.fromkeys(code for _, code, _ in of))
        text = of[0][2] if len(codes) == 1 else f"HS {year}: {', '.join(codes[:6])} hold other goods from here on."
        label = next(str(at) for at in periods if at.year == year)
        breaks.append(
            Break(at=label, text=clean(text)[:BREAK_TEXT], series=of[0][0] if len(of) == 1 < len(shown) else None)
        )
    return breaks


def whole_of(
    kind: Kind, lines: Lines, shown: Sequence[Line], at: Period | None, notes: list[Note]
) -> tuple[int | float | None, int | float | None]:
    """What the parts are of in a period, and the rest of it; None where it can not be known."""
    values = [line.value(at) for line in lines.lines]
    drawn = [line.value(at) for line in shown]
    known = [one for one in values if one is not None]
    if any(one < 0 for one in known):
        raise unfit(kind, "there are negative values", "lines, bars")
    parts = sum(known)
    summed = parts if len(known) == len(values) else None
    total = lines.whole.value(at) if lines.whole is not None else summed
    if total is None:
        return None, None
    if parts > total * (1 + TOLERANCE):
        raise unfit(
            kind,
            f"the parts add up to more than the whole in {at or 'them'}, so that they overlap",
            "parts that do not overlap",
            "Choose them with `only`.",
        )
    if parts > total:
        rounded = Note(
            code=NoteCode.ROUNDING, text="Parts and whole are rounded by the source, and may differ by as much."
        )
        if rounded not in notes:
            notes.append(rounded)
    here = [one for one in drawn if one is not None]
    rest = total - sum(here) if len(here) == len(drawn) else None
    return total, None if rest is not None and rest < 0 else rest
