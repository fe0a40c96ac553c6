"""Charts over time: lines, shares, a balance, seasonality."""

from collections.abc import Sequence

from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.units import significant
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.results.chart.arguments import ChartArguments
from tradestat_tools.results.chart.figure import MOST_SERIES, Axis, Series
from tradestat_tools.results.chart.kinds.plan import (
    Plan,
    additive,
    breaks_of,
    largest,
    marks_of,
    over_time,
    periods_of,
    series_of,
    unfit,
    whole_of,
)
from tradestat_tools.results.chart.lines import Line, Lines

LINES, PARTS = 8, 7
"""How many are drawn where `top` does not say."""

MOST_PARTS = 8
"""As many as there are colours: areas have no dashes to tell them apart by."""

MOST_YEARS = 12
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
QUARTERS = ["Q1", "Q2", "Q3", "Q4"]


def lines_chart(lines: Lines, asked: ChartArguments) -> Plan:
    periods = periods_of(lines, "lines")
    shown, notes = largest(lines, asked, LINES, MOST_SERIES)
    series = [series_of(line, periods, lines) for line in shown]
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
        notes.append(
            Note(
                code=NoteCode.ZERO,
                text="Zero and negative values have no place on a logarithmic scale and are not drawn.",
            )
        )
    return Plan("lines", over_time(periods), series, unit, shown, breaks=breaks_of(lines, shown, periods), notes=notes)


def _index(line: Line, periods: Sequence[Period], base: Period) -> list[int | float | None]:
    of = line.value(base) or 0.0
    return [None if (value := line.value(at)) is None else significant(100 * value / of) for at in periods]


def shares(lines: Lines, asked: ChartArguments) -> Plan:
    additive(lines, "shares")
    periods = periods_of(lines, "shares", least=1)
    shown, notes = largest(lines, asked, PARTS, MOST_PARTS)
    totals: list[int | float | None] = []
    rests: list[int | float | None] = []
    for at in periods:
        total, rest = whole_of("shares", lines, shown, at, notes)
        totals.append(total)
        rests.append(rest)
    if not any(totals):
        raise unfit(
            "shares",
            "no period has a figure of all parts, nor is there their whole",
            "answers with the World as a partner, or TOTAL as a product",
            "Ask for the whole as well (partner World, or product TOTAL), and chart both answers.",
        )
    series = [series_of(line, periods, lines) for line in shown]
    if any(rests):
        series.append(Series(name="all others", role="rest", values=rests))
    series.append(Series(name=lines.whole.name if lines.whole else "sum of the parts", role="total", values=totals))
    return Plan(
        "shares", over_time(periods), series, lines.unit, shown, breaks=breaks_of(lines, shown, periods), notes=notes
    )


def balance(lines: Lines, asked: ChartArguments) -> Plan:
    del asked
    periods = periods_of(lines, "balance", least=1)
    flows = {line.key[0]: line for line in lines.lines if lines.by == ("flow",)}
    if set(flows) != {"X", "M"}:
        others = ", ".join(name for name in lines.by if name != "flow")
        why = f"{others} differ{'s' * (len(lines.by) < 3)} as well" if others else "it takes exports and imports"
        raise unfit(
            "balance",
            why,
            "exports and imports of one reporter, partner and product from one source",
            "Choose one with `only`, or give the answers of both flows.",
        )
    exports, imports = series_of(flows["X"], periods, lines), series_of(flows["M"], periods, lines)
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
    text = "Exports FOB less imports CIF: freight and insurance make the balance lower."
    apart = flows["X"].valuations == {"FOB"} and flows["M"].valuations == {"CIF"}
    notes = [Note(code=NoteCode.VALUATION, text=text)] if apart else []
    return Plan(
        "balance", over_time(periods), series, lines.unit, shown, breaks=breaks_of(lines, shown, periods), notes=notes
    )


def seasonality(lines: Lines, asked: ChartArguments) -> Plan:
    if len(lines.lines) != 1:
        raise unfit(
            "seasonality",
            f"it is of one line, and there are {len(lines.lines)}",
            "one line",
            "Choose it with `only` and `flow`.",
        )
    if lines.frequency not in ("month", "quarter"):
        raise unfit("seasonality", "there are no months", "answers by month or quarter")
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
            marks=marks_of([None if one is None else one.status for one in row]),
        )
        for year, row in rows.items()
    ]
    if asked.measure == "index":
        raise unfit("seasonality", "an index is drawn as lines", "measure=value")
    columns = [[one.values[at] for one in series] for at in range(len(names))]
    average = [_mean([one for one in column if one is not None]) for column in columns]
    if len(years) > 1:
        series.append(Series(name="average", role="average", values=average))
    axis = Axis(kind="months", name=lines.frequency, labels=names, frequency=lines.frequency)
    return Plan("seasonality", axis, series, unit, [line])


def _mean(values: Sequence[int | float]) -> float | None:
    return significant(sum(values) / len(values)) if len(values) > 1 else None
