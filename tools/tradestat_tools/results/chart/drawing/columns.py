"""Columns over time: shares stacked to a hundred percent, a balance up and down, and both reports of a flow."""

from collections.abc import Sequence
from dataclasses import dataclass

from tradestat_tools.results.chart.drawing.canvas import Canvas, exact, fitted, runs_of, text_width
from tradestat_tools.results.chart.drawing.frame import (
    EDGE,
    SMALL,
    TINY,
    Room,
    across,
    drawn,
    foot,
    head,
    hint,
    legend,
    mark_of,
    unit_text,
)
from tradestat_tools.results.chart.drawing.lines import HEIGHT, NAME_ROOM, Look, below, breaks, grid, point
from tradestat_tools.results.chart.drawing.scales import Scale, apart, straight, tick_text
from tradestat_tools.results.chart.drawing.theme import between, on
from tradestat_tools.results.chart.figure import Figure, Role, Series
from tradestat_tools.results.chart.numbers import percent

WIDEST = 64
PART = 0.72
"""Of the room of a period that its column takes."""

GROUP_WIDEST = 150
DOTS_UP_TO = 60


@dataclass(frozen=True, slots=True)
class Ground:
    """Where columns stand.

    Args:
        xs: the middle of each period.
        wide: of one column.
    """

    room: Room
    scale: Scale
    xs: list[float]
    wide: float


def _ground(canvas: Canvas, figure: Figure, scale: Scale, labels: Sequence[str], names: float = 0) -> Ground:
    """Draw the axes.

    Args:
        labels: of the scale's ticks.
        names: pixels that are kept free at the right.
    """
    left = EDGE + max(text_width(label, TINY) for label in labels) + 8
    room = Room(left, scale.ends, canvas.width - EDGE - names, scale.begins)
    step = room.width / len(figure.axis.labels)
    xs = [room.left + step * (at + 0.5) for at in range(len(figure.axis.labels))]
    grid(canvas, room, scale, labels)
    below(canvas, room, figure, xs)
    return Ground(room, scale, xs, min(WIDEST, max(1.0, step * PART)))


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle that is as high as a value."""

    left: float
    wide: float
    low: float
    high: float
    colour: str


def _block(canvas: Canvas, figure: Figure, one: Series, at: int, block: Block, *, more: str = "") -> None:
    """Draw the value of a series at a place; pale with a dashed edge where it is provisional or estimated."""
    mark, value = mark_of(one, at), one.values[at]
    top, bottom = sorted((block.low, block.high))
    canvas.shape(
        "rect",
        hint(one.name, figure.axis.labels[at], value, figure.unit, mark) + more,
        x=block.left,
        y=top,
        width=block.wide,
        height=bottom - top,
        fill=block.colour,
        fill_opacity="0.55" if mark else None,
        stroke=block.colour if mark else canvas.theme.ground,
        stroke_width=1 if mark else 0.6,
        stroke_dasharray="3 2" if mark else None,
        data_role=one.role,
        data_name=one.name,
        data_at=str(at),
        data_v=exact(value),
    )


def shares(canvas: Canvas, figure: Figure) -> float:
    """Draw each period as a column of a hundred percent; says how high the drawing is."""
    theme, parts = canvas.theme, drawn(figure)
    totals = next(one for one in figure.series if one.role == "total")
    colours = [
        theme.rest if one.role == "rest" else theme.colours[at % len(theme.colours)] for at, one in enumerate(parts)
    ]
    y = head(canvas, figure, unit=f"percent of {totals.name}; values in {unit_text(figure)}") + 10
    names = [fitted(one.name, SMALL, NAME_ROOM) for one in parts]
    scale = Scale(0, 100, y + HEIGHT, y, (0, 25, 50, 75, 100))
    percents = [f"{tick:g}" for tick in scale.ticks]
    ground = _ground(canvas, figure, scale, percents, max(text_width(name, SMALL) for name in names) + 18)
    ends = [100.0 * (at + 0.5) / len(parts) for at in range(len(parts))]
    for at, total in enumerate(totals.values):
        begun = 0.0
        for number, (one, colour) in enumerate(zip(parts, colours, strict=True)):
            value = one.values[at]
            if value is None or not total:
                continue
            part = 100 * value / total
            low, high = scale.at(begun), scale.at(begun + part)
            block = Block(ground.xs[at] - ground.wide / 2, ground.wide, low, high, colour)
            _block(canvas, figure, one, at, block, more=f", {percent(value / total)}")
            text = f"{part:.0f}%"
            if low - high >= 15 and ground.wide >= text_width(text, TINY) + 4:
                canvas.text((ground.xs[at], (low + high) / 2 + 4), text, TINY, on(colour), anchor="middle")
            ends[number] = begun + part / 2
            begun += part
    room = ground.room
    breaks(canvas, room, figure, ground.xs)
    heights = apart([scale.at(end) for end in ends], 15, room.top + 4, room.bottom - 2)
    for name, one, height, colour in zip(names, parts, heights, colours, strict=True):
        canvas.shape("rect", x=room.right + 4, y=height - 5, width=10, height=10, rx=2, fill=colour)
        canvas.text((room.right + 18, height + 4), name, SMALL, theme.ink, about=one.name if one.name != name else "")
    across(canvas, figure, room)
    return foot(canvas, figure, room.bottom + 40)


def balance(canvas: Canvas, figure: Figure) -> float:
    """Draw exports up, imports down, and the balance as a line; says how high the drawing is."""
    theme, of = canvas.theme, {one.role: one for one in figure.series}
    exports, imports, line = of["exports"], of["imports"], of["balance"]
    y = head(canvas, figure)
    named = [("exports", theme.colours[0]), ("imports, down", theme.colours[1]), ("balance", theme.ink)]
    y = legend(canvas, y, named) + 10
    values = [value for one in (exports, line) for value in one.values if value is not None]
    values += [-value for value in imports.values if value is not None]
    scale = straight(values, y + HEIGHT, y)
    ground = _ground(canvas, figure, scale, [tick_text(abs(tick), figure.power) for tick in scale.ticks])
    zero = scale.at(0)
    for one, sign, colour in ((exports, 1, theme.colours[0]), (imports, -1, theme.colours[1])):
        for at, value in enumerate(one.values):
            if value is not None:
                left = ground.xs[at] - ground.wide / 2
                _block(canvas, figure, one, at, Block(left, ground.wide, zero, scale.at(sign * value), colour))
    canvas.line((ground.room.left, zero), (ground.room.right, zero), theme.axis)
    _balance_line(canvas, figure, line, ground)
    breaks(canvas, ground.room, figure, ground.xs)
    across(canvas, figure, ground.room)
    return foot(canvas, figure, ground.room.bottom + 40)


def _balance_line(canvas: Canvas, figure: Figure, line: Series, ground: Ground) -> None:
    places = [
        None if value is None else (x, ground.scale.at(value)) for x, value in zip(ground.xs, line.values, strict=True)
    ]
    runs = runs_of(places)
    canvas.opened(data_role="balance", data_values=" ".join(exact(value) for value in line.values))
    canvas.path(runs, canvas.theme.ground, width=4.5)
    canvas.path(runs, canvas.theme.ink, width=2)
    for at, (place, value) in enumerate(zip(places, line.values, strict=True)):
        if place is not None and (len(places) <= DOTS_UP_TO or [place] in runs):
            said = hint(line.name, figure.axis.labels[at], value, figure.unit)
            point(canvas, place, Look(canvas.theme.ink), value=value, mark="", said=said)
    canvas.closed()


def mirror(canvas: Canvas, figure: Figure) -> float:
    """Draw both reports of each period, what of the importer's is freight, what is left, and the best estimate."""
    theme, of = canvas.theme, {one.role: one for one in figure.series}
    colours: dict[Role, str] = {
        "exporter": theme.colours[0],
        "importer": theme.colours[1],
        "margin": between(theme.colours[1], theme.ground, 0.5),
        "unexplained": theme.colours[6],
        "best": theme.ink,
    }
    y = head(canvas, figure)
    named = [(_with_valuation(of[role]), colour) for role, colour in colours.items() if role in of]
    y = legend(canvas, y, named) + 10

    def value(role: Role, at: int) -> int | float | None:
        return of[role].values[at] if role in of else None

    count = len(figure.axis.labels)
    ends = [_sum(value("exporter", at), value("unexplained", at)) for at in range(count)]
    values = [value(role, at) for role in ("exporter", "importer", "best") for at in range(count)]
    scale = straight([one for one in (*values, *ends) if one is not None], y + HEIGHT, y)
    ground = _ground(canvas, figure, scale, [tick_text(tick, figure.power) for tick in scale.ticks])
    group = min(ground.room.width / count * 0.8, GROUP_WIDEST)
    wide, zero = group / 2.6, scale.at(0)
    for at in range(count):
        left = ground.xs[at] - group / 2
        out, into, freight = value("exporter", at), value("importer", at), value("margin", at)
        spans: list[tuple[Role, float, float, float]] = []
        if out is not None:
            spans.append(("exporter", left, zero, scale.at(out)))
        if into is not None:
            spans.append(("importer", left + wide, zero, scale.at(into)))
        if into is not None and freight is not None:
            spans.append(("margin", left + wide, scale.at(into - freight), scale.at(into)))
        if out is not None and (end := ends[at]) is not None:
            spans.append(("unexplained", left + 2 * wide, scale.at(out), scale.at(end)))
        for role, begin, low, high in spans:
            thick = wide * (0.6 if role == "unexplained" else 1)
            _block(canvas, figure, of[role], at, Block(begin, thick, low, high, colours[role]))
        if "best" in of:
            across_both = Block(left - 3, 2 * wide + 6, zero, scale.at(value("best", at) or 0), theme.ink)
            _best(canvas, figure, of["best"], at, across_both)
    across(canvas, figure, ground.room)
    return foot(canvas, figure, ground.room.bottom + 40)


def _best(canvas: Canvas, figure: Figure, best: Series, at: int, block: Block) -> None:
    """Draw the best estimate as a line across both reports, at the height of a block of it."""
    value = best.values[at]
    if value is None:
        return
    canvas.shape(
        "line",
        hint(best.name, figure.axis.labels[at], value, figure.unit),
        x1=block.left,
        x2=block.left + block.wide,
        y1=block.high,
        y2=block.high,
        stroke=block.colour,
        stroke_width=2.4,
        data_role=best.role,
        data_name=best.name,
        data_at=str(at),
        data_v=exact(value),
    )


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _with_valuation(one: Series) -> str:
    return f"{one.name}, {one.valuation}" if one.valuation else one.name
