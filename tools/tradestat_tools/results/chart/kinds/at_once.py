"""Charts of one period: bars, a treemap, bubbles, a map."""

from tradestat_tools.codes.places import tiles
from tradestat_tools.codes.units import significant
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.results.chart.arguments import ChartArguments
from tradestat_tools.results.chart.figure import Series
from tradestat_tools.results.chart.kinds.plan import (
    Plan,
    additive,
    categories,
    column_of,
    having,
    one_period,
    periods_of,
    rest_of,
    total_at,
    unfit,
    whole_of,
)
from tradestat_tools.results.chart.lines import Lines

BARS, TILES, BUBBLES, PLACES = 15, 30, 30, 200
"""How many are drawn where `top` does not say."""


def bars(lines: Lines, asked: ChartArguments) -> Plan:
    at, notes = one_period(lines)
    shown = having(lines, at, asked.top or BARS, notes)
    values = [line.value(at) for line in shown]
    total = total_at(lines, at, notes)
    return Plan(
        "bars",
        categories(lines, shown),
        [column_of(shown, at, values)],
        lines.unit,
        shown,
        at,
        total,
        rest_of(total, values),
        notes=notes,
    )


def treemap(lines: Lines, asked: ChartArguments) -> Plan:
    additive(lines, "treemap")
    at, notes = one_period(lines)
    shown = having(lines, at, asked.top or TILES, notes, positive=True)
    total, rest = whole_of("treemap", lines, shown, at, notes)
    values = [line.value(at) for line in shown]
    if total is None:  # some part has no figure, and the whole is not there
        left = [value for line in lines.lines if line not in shown and (value := line.value(at)) is not None]
        rest = sum(left) or None
        notes.append(
            Note(
                code=NoteCode.ABSENT,
                text="The whole is not known, so that areas stand beside each other and for no share of it.",
            )
        )
    return Plan(
        "treemap",
        categories(lines, shown),
        [column_of(shown, at, values)],
        lines.unit,
        shown,
        at,
        total,
        rest or None,
        notes=notes,
    )


def bubble(lines: Lines, asked: ChartArguments) -> Plan:
    additive(lines, "bubble")
    periods = periods_of(lines, "bubble")
    first, last = periods[0], periods[-1]
    notes: list[Note] = []
    able = [line for line in lines.lines if (line.value(first) or 0) > 0 and (line.value(last) or 0) > 0]
    if len(able) < len(lines.lines):
        notes.append(
            Note(
                code=NoteCode.ABSENT,
                text=f"{len(lines.lines) - len(able)} without a figure of {first} and {last} both are not drawn.",
            )
        )
    shown = sorted(able, key=lambda line: -(line.value(last) or 0))[: asked.top or BUBBLES]
    if not shown:
        raise unfit("bubble", f"none has a figure of {first} and {last} both", "lines that begin and end together")
    total, _ = whole_of("bubble", lines, shown, last, notes)
    if not total:
        raise unfit(
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
        column_of(shown, last, values).model_copy(update={"name": f"{lines.unit} in {last}"}),
    ]
    return Plan("bubble", categories(lines, shown), series, lines.unit, shown, last, total, notes=notes)


def map_chart(lines: Lines, asked: ChartArguments) -> Plan:
    if not lines.common or lines.by not in (("partner",), ("reporter",)):
        raise unfit(
            "map",
            "it takes one figure for each partner (or reporter)",
            "answers of several partners",
            "Choose one product and flow.",
        )
    at, notes = one_period(lines)
    shown = having(lines, at, asked.top or PLACES, notes, positive=True)
    where = [tiles().get(line.code or "") for line in shown]
    nowhere = [line.name for line, tile in zip(shown, where, strict=True) if tile is None]
    if nowhere:
        more = f" and {len(nowhere) - 5} more" if len(nowhere) > 5 else ""
        notes.append(Note(code=NoteCode.ABSENT, text=f"Without a place on the map: {', '.join(nowhere[:5])}{more}."))
    notes.append(Note(code=NoteCode.SHAPE, text="Each area is one tile, near its place; no borders are drawn."))
    axis = categories(lines, shown).model_copy(
        update={
            "tiles": [list(tile) if tile else None for tile in where],
            "ground": [list(tile) for tile in tiles().values()],
        }
    )
    values = [line.value(at) for line in shown]
    total = total_at(lines, at, notes)
    return Plan(
        "map", axis, [column_of(shown, at, values)], lines.unit, shown, at, total, rest_of(total, values), notes=notes
    )
