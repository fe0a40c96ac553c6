"""Which chart the lines make, and its figure but for what it shows in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tradestat_tools.codes.editions import hs_break
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.places import place_of
from tradestat_tools.codes.units import significant
from tradestat_tools.codes.words import clean, counted
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.model.observation import Status
from tradestat_tools.results.chart.arguments import ChartArguments
from tradestat_tools.results.chart.figure import (
    MOST_POINTS,
    MOST_SERIES,
    Axis,
    Break,
    Kind,
    Mark,
    Role,
    Series,
)
from tradestat_tools.results.chart.lines import Line, Lines
from tradestat_tools.results.chart.points import WORLD

MARKS: Mapping[Status, Mark] = {
    Status.PROVISIONAL: "provisional",
    Status.ESTIMATED: "estimated",
    Status.SUPPRESSED: "suppressed",
    Status.CONFLICTING: "conflicting",
}

LINES, PARTS, BARS, TILES, BUBBLES, PLACES = 8, 7, 15, 30, 30, 200
"""How many are drawn where `top` does not say."""

MOST_YEARS = 12
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
QUARTERS = ["Q1", "Q2", "Q3", "Q4"]
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
    notes: list[str] = field(default_factory=list[str])


def planned(lines: Lines, asked: ChartArguments) -> Plan:
    """The chart of the kind that was asked for, or that fits.

    Raises:
        InvalidQuery: it can not be drawn of these.
    """
    kind = fitting(lines) if asked.kind == "auto" else asked.kind
    if asked.measure == "index" and kind not in ("lines", "seasonality"):
        raise _unfit(kind, "an index is drawn as lines", "kind=lines")
    if asked.log and kind != "lines":
        raise _unfit(kind, "a logarithmic scale has no place for bars and areas, which begin at zero", "kind=lines")
    return _KINDS[kind](lines, asked)


def fitting(lines: Lines) -> Kind:
    """What these lines are best drawn as: a balance, lines, or bars where there is one period."""
    if len(lines.periods) > 1:
        return "balance" if lines.by == ("flow",) and {line.key[0] for line in lines.lines} == {"X", "M"} else "lines"
    return "bars"


def _unfit(kind: str, why: str, allowed: str, remedy: str | None = None) -> InvalidQuery:
    return InvalidQuery(f"No {kind} of these: {why}.", argument="kind", allowed=allowed, remedy=remedy)


# Over time.


def _lines(lines: Lines, asked: ChartArguments) -> Plan:
    periods = _periods(lines, "lines")
    shown, notes = _largest(lines, asked, LINES, MOST_SERIES)
    series = [_series(line, periods, lines) for line in shown]
    unit = lines.unit
    if asked.measure == "index":
        base = next((at for at in periods if all(line.value(at) for line in shown)), None)
        if base is None:
            raise InvalidQuery(
                "There is no period in which all lines have a figure other than zero, to be 100.",
                argument="measure",
                allowed="lines that share a period",
                remedy="Choose lines with `only`, or draw measure=value.",
            )
        series = [
            one.model_copy(update={"values": _index(line, periods, base)})
            for one, line in zip(series, shown, strict=True)
        ]
        unit = f"{base} = 100"
    if asked.log and any(value is not None and value <= 0 for one in series for value in one.values):
        notes.append("Zero and negative values have no place on a logarithmic scale and are not drawn.")
    return Plan("lines", _over_time(periods), series, unit, shown, breaks=_breaks(lines, shown, periods), notes=notes)


def _index(line: Line, periods: Sequence[Period], base: Period) -> list[int | float | None]:
    of = line.value(base) or 0.0
    return [None if (value := line.value(at)) is None else significant(100 * value / of) for at in periods]


def _shares(lines: Lines, asked: ChartArguments) -> Plan:
    _additive(lines, "shares")
    periods = _periods(lines, "shares", least=1)
    shown, notes = _largest(lines, asked, PARTS, MOST_SERIES - 2)
    totals: list[int | float | None] = []
    rests: list[int | float | None] = []
    for at in periods:
        total, rest = _whole(lines, shown, at, notes)
        totals.append(total)
        rests.append(rest)
    if all(one is None for one in totals):
        raise _unfit(
            "shares",
            "no period has a figure of all parts, nor is there their whole",
            "answers with the World as a partner, or TOTAL as a product",
            "Ask for the whole as well (partner World, or product TOTAL), and chart both answers.",
        )
    series = [_series(line, periods, lines) for line in shown]
    if any(rests):
        series.append(Series(name="all others", role="rest", values=rests))
    series.append(Series(name=lines.whole.name if lines.whole else "sum of the parts", role="total", values=totals))
    return Plan(
        "shares", _over_time(periods), series, lines.unit, shown, breaks=_breaks(lines, shown, periods), notes=notes
    )


def _whole(
    lines: Lines, shown: Sequence[Line], at: Period | None, notes: list[str]
) -> tuple[int | float | None, int | float | None]:
    """What the parts are of in a period, and the rest of it; None where it can not be known."""
    values = [line.value(at) for line in lines.lines]
    drawn = [line.value(at) for line in shown]
    known = [one for one in values if one is not None]
    if any(one < 0 for one in known):
        raise _unfit("shares", "there are negative values", "lines, bars")
    parts = sum(known)
    if lines.whole is not None:
        total = lines.whole.value(at)
    else:
        total = parts if len(known) == len(values) else None
    if total is None or total <= 0:
        return None, None
    if parts > total * (1 + TOLERANCE):
        raise _unfit(
            "shares",
            f"the parts add up to more than the whole in {at or 'them'}, so that they overlap",
            "parts that do not overlap",
            "Choose them with `only`.",
        )
    if parts > total:
        _once(notes, "Parts and whole are rounded by the source, and may differ by as much.")
    here = [one for one in drawn if one is not None]
    rest = total - sum(here) if len(here) == len(drawn) else None
    return total, None if rest is not None and rest < 0 else rest


def _balance(lines: Lines, asked: ChartArguments) -> Plan:
    del asked
    periods = _periods(lines, "balance", least=1)
    flows = {line.key[0]: line for line in lines.lines if lines.by == ("flow",)}
    if set(flows) != {"X", "M"}:
        others = ", ".join(name for name in lines.by if name != "flow")
        why = f"{others} differ{'s' * (len(lines.by) < 3)} as well" if others else "it takes exports and imports"
        raise _unfit(
            "balance",
            why,
            "exports and imports of one reporter, partner and product from one source",
            "Choose one with `only`, or give the answers of both flows.",
        )
    exports, imports = _series(flows["X"], periods, lines), _series(flows["M"], periods, lines)
    balance: list[int | float | None] = [
        None if out is None or into is None else out - into
        for out, into in zip(exports.values, imports.values, strict=True)
    ]
    series = [
        exports.model_copy(update={"name": "exports", "role": "exports"}),
        imports.model_copy(update={"name": "imports", "role": "imports"}),
        Series(name="balance", role="balance", values=balance),
    ]
    shown = [flows["X"], flows["M"]]
    notes = ["Exports FOB less imports CIF: freight and insurance make the balance lower."] * (
        flows["X"].valuations == {"FOB"} and flows["M"].valuations == {"CIF"}
    )
    return Plan(
        "balance", _over_time(periods), series, lines.unit, shown, breaks=_breaks(lines, shown, periods), notes=notes
    )


def _seasonality(lines: Lines, asked: ChartArguments) -> Plan:
    if len(lines.lines) != 1:
        raise _unfit(
            "seasonality",
            f"it is of one line, and there are {len(lines.lines)}",
            "one line",
            "Choose it with `only` and `flow`.",
        )
    if lines.frequency not in ("month", "quarter"):
        raise _unfit("seasonality", "there are no months", "answers by month or quarter")
    line, unit = lines.lines[0], lines.unit
    years = sorted({at.year for at in lines.periods})[-MOST_YEARS + 1 :]
    names = MONTHS if lines.frequency == "month" else QUARTERS
    rows = {
        year: [line.points.get(Period(year, lines.frequency, at + 1)) for at in range(len(names))] for year in years
    }
    series = [
        Series(
            name=str(year),
            values=[None if one is None else one.value for one in row],
            marks=_marks([None if one is None else one.status for one in row]),
        )
        for year, row in rows.items()
    ]
    if asked.measure == "index":
        raise _unfit("seasonality", "an index is drawn as lines", "measure=value")
    columns = [[one.values[at] for one in series] for at in range(len(names))]
    average = [_mean([one for one in column if one is not None]) for column in columns]
    if len(years) > 1:
        series.append(Series(name="average", role="average", values=average))
    axis = Axis(kind="months", name=lines.frequency, labels=names, frequency=lines.frequency)
    return Plan("seasonality", axis, series, unit, [line])


def _mean(values: Sequence[int | float]) -> float | None:
    return significant(sum(values) / len(values)) if len(values) > 1 else None


# At one time.


def _bars(lines: Lines, asked: ChartArguments) -> Plan:
    at, notes = _one_period(lines)
    shown = _having(lines, at, asked.top or BARS, notes)
    values = [line.value(at) for line in shown]
    total = _total_at(lines, at, notes)
    return Plan(
        "bars",
        _categories(lines, shown),
        [_column(shown, at, values)],
        lines.unit,
        shown,
        at,
        total,
        _rest(total, values),
        notes=notes,
    )


def _treemap(lines: Lines, asked: ChartArguments) -> Plan:
    _additive(lines, "treemap")
    at, notes = _one_period(lines)
    shown = _having(lines, at, asked.top or TILES, notes, positive=True)
    total, rest = _whole(lines, shown, at, notes)
    values = [line.value(at) for line in shown]
    if total is None:  # some part has no figure, and the whole is not there
        left = [value for line in lines.lines if line not in shown and (value := line.value(at)) is not None]
        rest = sum(left) or None
        notes.append("The whole is not known, so that areas stand beside each other and for no share of it.")
    return Plan(
        "treemap",
        _categories(lines, shown),
        [_column(shown, at, values)],
        lines.unit,
        shown,
        at,
        total,
        rest or None,
        notes=notes,
    )


def _bubble(lines: Lines, asked: ChartArguments) -> Plan:
    _additive(lines, "bubble")
    periods = _periods(lines, "bubble")
    first, last = periods[0], periods[-1]
    notes: list[str] = []
    able = [line for line in lines.lines if (line.value(first) or 0) > 0 and (line.value(last) or 0) > 0]
    if len(able) < len(lines.lines):
        notes.append(f"{len(lines.lines) - len(able)} without a figure of {first} and {last} both are not drawn.")
    shown = sorted(able, key=lambda line: -(line.value(last) or 0))[: asked.top or BUBBLES]
    if not shown:
        raise _unfit("bubble", f"none has a figure of {first} and {last} both", "lines that begin and end together")
    total, _ = _whole(lines, shown, last, notes)
    if total is None:
        raise _unfit(
            "bubble",
            f"the whole of {last}, of which shares are, is not known",
            "answers with the World as a partner, or TOTAL as a product",
            "Ask for the whole as well, and chart both answers.",
        )
    years = max(
        (last.last_month.year * 12 + last.last_month.number - first.last_month.year * 12 - first.last_month.number)
        / 12,
        1 / 12,
    )
    values = [line.value(last) for line in shown]
    shares: list[int | float | None] = [significant(100 * (value or 0) / total) for value in values]
    growth: list[int | float | None] = [
        significant(100 * (((line.value(last) or 0) / (line.value(first) or 1)) ** (1 / years) - 1)) for line in shown
    ]
    series = [
        Series(
            name=f"share of {lines.whole.name if lines.whole else 'all'} in {last}",
            role="share",
            values=shares,
            unit="percent",
        ),
        Series(name=f"growth a year, {first} to {last}", role="growth", values=growth, unit="percent"),
        _column(shown, last, values).model_copy(update={"name": f"{lines.unit} in {last}"}),
    ]
    return Plan("bubble", _categories(lines, shown), series, lines.unit, shown, last, total, notes=notes)


def _map(lines: Lines, asked: ChartArguments) -> Plan:
    where = [name for name in lines.by if name in ("partner", "reporter")]
    if not lines.common or lines.by != tuple(where[:1]):
        raise _unfit(
            "map",
            "it takes one figure for each partner (or reporter)",
            "answers of several partners",
            "Choose one product and flow.",
        )
    at, notes = _one_period(lines)
    shown = _having(lines, at, asked.top or PLACES, notes, positive=True)
    axis = _categories(lines, shown)
    places = [place_of(line.code or "") for line in shown]
    nowhere = [line.name for line, place in zip(shown, places, strict=True) if place is None]
    if nowhere:
        notes.append(
            f"Without a place on the map: {', '.join(nowhere[:5])}{f' and {len(nowhere) - 5} more' if len(nowhere) > 5 else ''}."
        )
    notes.append("Each area is a mark near its middle. No borders are drawn.")
    axis = axis.model_copy(
        update={
            "longitudes": [place[0] if place else None for place in places],
            "latitudes": [place[1] if place else None for place in places],
        }
    )
    values = [line.value(at) for line in shown]
    total = _total_at(lines, at, notes)
    return Plan(
        "map", axis, [_column(shown, at, values)], lines.unit, shown, at, total, _rest(total, values), notes=notes
    )


_KINDS: Mapping[Kind, Callable[[Lines, ChartArguments], Plan]] = {
    "lines": _lines,
    "shares": _shares,
    "balance": _balance,
    "seasonality": _seasonality,
    "bars": _bars,
    "treemap": _treemap,
    "bubble": _bubble,
    "map": _map,
}


# Parts of all of them.


def _additive(lines: Lines, kind: Kind) -> None:
    """Refuse what must not be added up.

    Raises:
        InvalidQuery: exports and imports, several sources, or FOB and CIF.
    """
    more = {"flow": "exports and imports", "source": "several sources"}
    for name, what in more.items():
        if name in lines.by:
            remedy = "Choose flow=X or flow=M." if name == "flow" else "Give the answers of one source."
            raise _unfit(kind, f"{what} do not add up to a whole", "one flow from one source", remedy)
    if len(lines.valuations) > 1:
        raise _unfit(
            kind, "FOB and CIF values do not add up to a whole", "values of one valuation", "Draw lines or bars."
        )
    if len(lines.lines) < 1 + (lines.whole is None):
        raise _unfit(kind, "there is one line, which is no part of anything", "several partners or products")


def _periods(lines: Lines, kind: Kind, least: int = 2) -> list[Period]:
    if len(lines.periods) < least:
        raise _unfit(kind, "there is one period" if lines.periods else "there are no periods", "bars, treemap, map")
    if len(lines.periods) > MOST_POINTS:
        raise InvalidQuery(
            f"{lines.periods[0]} to {lines.periods[-1]} are {len(lines.periods)} periods.",
            argument="period",
            allowed=f"at most {MOST_POINTS}",
        )
    return lines.periods


def _one_period(lines: Lines) -> tuple[Period | None, list[str]]:
    """The newest period that at least half of the lines have a figure of."""
    if not lines.periods:
        return None, []
    count = {at: sum(line.value(at) is not None for line in lines.lines) for at in lines.periods}
    at = max(at for at in lines.periods if 2 * count[at] >= max(count.values()))
    notes = (
        [f"Of {lines.periods[0]} to {lines.periods[-1]} the period {at} is drawn."] if len(lines.periods) > 1 else []
    )
    return at, notes


def _having(lines: Lines, at: Period | None, top: int, notes: list[str], *, positive: bool = False) -> list[Line]:
    """The largest that have a figure; how many are left out is said."""
    having = [line for line in lines.lines if line.value(at) is not None]
    if len(having) < len(lines.lines):
        notes.append(
            f"{counted(len(lines.lines) - len(having), 'line')} without a figure, which is not zero, left out."
        )
    if positive:
        drawn = [line for line in having if (line.value(at) or 0) > 0]
        if len(drawn) < len(having):
            notes.append(f"{len(having) - len(drawn)} of zero left out, which have no size.")
        having = drawn
    if not having:
        raise InvalidQuery("Nothing is left to draw.", argument="period", remedy="Choose another period.")
    ranked = sorted(having, key=lambda line: (-(line.value(at) or 0), line.name))
    if len(ranked) > top:
        notes.append(f"The {top} largest of {len(ranked)}.")
    return ranked[:top]


def _largest(lines: Lines, asked: ChartArguments, usual: int, most: int) -> tuple[list[Line], list[str]]:
    top = min(asked.top or usual, most)
    notes = [f"The {top} largest of {len(lines.lines)}, by the newest figure."] if len(lines.lines) > top else []
    return lines.lines[:top], notes


def _total_at(lines: Lines, at: Period | None, notes: list[str]) -> int | float | None:
    """The whole of a ranking, where there is one and what is ranked are its parts."""
    if {"flow", "source"} & set(lines.by) or len(lines.valuations) > 1 or lines.whole is None:
        return None
    total = lines.whole.value(at)
    parts = sum(line.value(at) or 0 for line in lines.lines)
    if total is None or total <= 0 or parts > total * (1 + TOLERANCE):
        if total is not None:
            notes.append("The lines add up to more than their whole; no shares are given.")
        return None
    return total


def _rest(total: int | float | None, values: Sequence[int | float | None]) -> int | float | None:
    if total is None:
        return None
    rest = total - sum(one for one in values if one is not None)
    return rest if rest > 0 else None


def _series(line: Line, periods: Sequence[Period], lines: Lines, role: Role = "value") -> Series:
    points = [line.points.get(at) for at in periods]
    own = line.valuations
    return Series(
        name=line.name,
        role=role,
        values=[None if one is None else one.value for one in points],
        marks=_marks([None if one is None else one.status for one in points]),
        code=line.code,
        valuation=" and ".join(sorted(own)) if own and len(lines.valuations) > 1 else None,
    )


def _column(shown: Sequence[Line], at: Period | None, values: Sequence[int | float | None]) -> Series:
    statuses = [point.status if (point := line.points.get(at)) else None for line in shown]
    return Series(name=str(at) if at else "value", values=list(values), marks=_marks(statuses))


def _marks(statuses: Sequence[Status | None]) -> dict[Mark, list[int]] | None:
    found: dict[Mark, list[int]] = {}
    for at, status in enumerate(statuses):
        if status in MARKS:
            found.setdefault(MARKS[status], []).append(at)
    return found or None


def _over_time(periods: Sequence[Period]) -> Axis:
    frequency = periods[0].frequency
    return Axis(kind="periods", name=frequency, labels=[str(at) for at in periods], frequency=frequency)


def _categories(lines: Lines, shown: Sequence[Line]) -> Axis:
    codes = [line.code or "" for line in shown]
    return Axis(
        kind="categories",
        name=" and ".join(lines.by) or "value",
        labels=[line.name for line in shown],
        codes=codes if any(codes) else None,
    )


def _breaks(lines: Lines, shown: Sequence[Line], periods: Sequence[Period]) -> list[Break]:
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


def _once(notes: list[str], text: str) -> None:
    if text not in notes:
        notes.append(text)


# Both reports of a flow.


def mirror_plan(data: Mapping[str, Any]) -> Plan:
    """The chart of a comparison of both reports, by the data of `compare_mirror`."""
    gaps = [one for one in data["gaps"] if one["period"] != "all"]
    side = data.get("importer_side")
    fob = {one["period"]: one.get("fob") for one in data["figures"] if one["side"] == side}
    status = {(one["period"], one["side"]): Status(one["status"]) for one in data["figures"]}

    def column(name: str) -> list[int | float | None]:
        return [one.get(name) for one in gaps]

    def marks(which: str) -> dict[Mark, list[int]] | None:
        return _marks([status.get((one["period"], data.get(which) or "")) for one in gaps])

    importer = column("importer")
    margin: list[int | float | None] = [
        None if value is None or (bare := fob.get(one["period"])) is None else value - bare
        for value, one in zip(importer, gaps, strict=True)
    ]
    series = [
        Series(
            name=f"{data['exporter']} reports",
            role="exporter",
            values=column("exporter"),
            marks=marks("exporter_side"),
            valuation="FOB",
        ),
        Series(
            name=f"{data['importer']} reports",
            role="importer",
            values=importer,
            marks=marks("importer_side"),
            valuation="CIF" if any(margin) else None,
        ),
        Series(name="of it freight and insurance", role="margin", values=margin),
        Series(name="best estimate, FOB", role="best", values=column("best_fob")),
        Series(name="importer more, FOB", role="unexplained", values=column("gap_fob")),
    ]
    labels = [one["period"] for one in gaps]
    axis = Axis(kind="periods", name="period", labels=labels)
    return Plan(
        "mirror", axis, [one for one in series if any(value is not None for value in one.values)], data["currency"], []
    )


def is_world(line: Line) -> bool:
    """Whether it is the line of all partners together."""
    return line.key == (WORLD,)
