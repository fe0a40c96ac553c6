"""Columns over time: shares stacked to a hundred percent, a balance up and down, and both reports of a flow."""

from collections.abc import Sequence

from tradestat_tools.results.chart.drawing.canvas import Canvas, exact, fitted, text_width
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
from tradestat_tools.results.chart.drawing.lines import HEIGHT, NAME_ROOM, below, breaks, grid, point
from tradestat_tools.results.chart.drawing.scales import Scale, apart, straight, tick_text
from tradestat_tools.results.chart.drawing.theme import between, on
from tradestat_tools.results.chart.figure import Figure, Series
from tradestat_tools.results.chart.numbers import percent

WIDEST = 64
PART = 0.72
"""Of the room of a period that its column takes."""


def _places(room: Room, count: int) -> tuple[list[float], float]:
    """The middle of each column, and how wide it is."""
    step = room.width / count
    return [room.left + step * (at + 0.5) for at in range(count)], min(WIDEST, max(1.0, step * PART))


def shares(canvas: Canvas, figure: Figure) -> float:
    """Draw each period as a column of a hundred percent; says how high the drawing is."""
    parts = drawn(figure)
    totals = next(one for one in figure.series if one.role == "total")
    theme = canvas.theme
    colours = [
        theme.rest if one.role == "rest" else theme.colours[at % len(theme.colours)] for at, one in enumerate(parts)
    ]
    of = f"percent of {totals.name}" if totals.name != "sum of the parts" else "percent of the sum of the parts"
    y = head(canvas, figure, unit=f"{of}; values in {unit_text(figure)}")
    names = [fitted(one.name, SMALL, NAME_ROOM) for one in parts]
    top, bottom = y + 10, y + 10 + HEIGHT
    scale = Scale(0, 100, bottom, top, (0, 25, 50, 75, 100))
    room = Room(
        EDGE + text_width("100", TINY) + 8,
        top,
        canvas.width - EDGE - max(text_width(name, SMALL) for name in names) - 18,
        bottom,
    )
    xs, wide = _places(room, len(figure.axis.labels))
    grid(canvas, room, scale, [f"{tick:g}" for tick in scale.ticks])
    below(canvas, room, figure, xs)
    ends = [100.0 * (at + 0.5) / len(parts) for at in range(len(parts))]
    for at, label in enumerate(figure.axis.labels):
        begun = 0.0
        total = totals.values[at]
        for number, (one, colour) in enumerate(zip(parts, colours, strict=True)):
            value = one.values[at]
            if value is None or not total:
                continue
            part = 100 * value / total
            low, high = scale.at(begun), scale.at(begun + part)
            mark = mark_of(one, at)
            said = f"{hint(one.name, label, value, figure.unit, mark)}, {percent(value / total)}"
            _block(
                canvas,
                (xs[at] - wide / 2, high),
                wide,
                low - high,
                colour,
                said,
                series=number,
                value=value,
                dim=bool(mark),
            )
            if low - high >= 15 and wide >= text_width(f"{part:.0f}%", TINY) + 4:
                canvas.text((xs[at], (low + high) / 2 + 4), f"{part:.0f}%", TINY, on(colour), "middle")
            ends[number] = begun + part / 2
            begun += part
    breaks(canvas, room, figure, xs)
    heights = apart([scale.at(end) for end in ends], 15, top + 4, bottom - 2)
    for name, one, height, colour in zip(names, parts, heights, colours, strict=True):
        canvas.shape("rect", x=room.right + 4, y=height - 5, width=10, height=10, rx=2, fill=colour)
        canvas.text((room.right + 18, height + 4), name, SMALL, theme.ink, about=one.name if one.name != name else "")
    across(canvas, figure, room)
    return foot(canvas, figure, bottom + 40)


def _block(
    canvas: Canvas,
    corner: tuple[float, float],
    wide: float,
    high: float,
    colour: str,
    said: str,
    *,
    series: int,
    value: float,
    dim: bool = False,
) -> None:
    canvas.shape(
        "rect",
        said,
        x=corner[0],
        y=corner[1],
        width=wide,
        height=max(high, 0),
        fill=colour,
        fill_opacity="0.55" if dim else None,
        stroke=colour if dim else canvas.theme.ground,
        stroke_width=1 if dim else 0.6,
        stroke_dasharray="3 2" if dim else None,
        data_s=str(series),
        data_v=exact(value),
    )


def balance(canvas: Canvas, figure: Figure) -> float:
    """Draw exports up, imports down, and the balance as a line; says how high the drawing is."""
    theme = canvas.theme
    exports, imports, line = (
        next(one for one in figure.series if one.role == role) for role in ("exports", "imports", "balance")
    )
    y = head(canvas, figure)
    y = legend(canvas, y, [("exports", theme.colours[0]), ("imports", theme.colours[1]), ("balance", theme.ink)])
    values = [value for one in (exports, line) for value in one.values if value is not None]
    values += [-value for value in imports.values if value is not None]
    top, bottom = y + 10, y + 10 + HEIGHT
    scale = straight(values, bottom, top)
    labels = [tick_text(abs(tick), figure.power) for tick in scale.ticks]
    room = Room(EDGE + max(text_width(label, TINY) for label in labels) + 8, top, canvas.width - EDGE, bottom)
    xs, wide = _places(room, len(figure.axis.labels))
    grid(canvas, room, scale, labels)
    below(canvas, room, figure, xs)
    zero = scale.at(0)
    for number, (one, sign, colour) in enumerate(((exports, 1, theme.colours[0]), (imports, -1, theme.colours[1]))):
        for at, value in enumerate(one.values):
            if value is None:
                continue
            mark = mark_of(one, at)
            end = scale.at(sign * value)
            said = hint(one.name, figure.axis.labels[at], value, figure.unit, mark)
            _block(
                canvas,
                (xs[at] - wide / 2, min(zero, end)),
                wide,
                abs(end - zero),
                colour,
                said,
                series=number,
                value=value,
                dim=bool(mark),
            )
    canvas.line((room.left, zero), (room.right, zero), theme.axis)
    _balance_line(canvas, figure, line, xs, scale)
    breaks(canvas, room, figure, xs)
    across(canvas, figure, room)
    return foot(canvas, figure, bottom + 40)


def _balance_line(canvas: Canvas, figure: Figure, line: Series, xs: Sequence[float], scale: Scale) -> None:
    runs: list[list[tuple[float, float]]] = [[]]
    for at, value in enumerate(line.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((xs[at], scale.at(value)))
    canvas.opened(data_series="2", data_name=line.name)
    canvas.path([run for run in runs if run], canvas.theme.ground, 4.5, "")
    canvas.path(
        [run for run in runs if run], canvas.theme.ink, 2, " ".join(exact(value) or "–" for value in line.values)
    )
    if len(xs) <= 60:
        for at, value in enumerate(line.values):
            if value is not None:
                said = hint(line.name, figure.axis.labels[at], value, figure.unit)
                point(canvas, (xs[at], scale.at(value)), canvas.theme.ink, "", value, said)
    canvas.closed()


def mirror(canvas: Canvas, figure: Figure) -> float:
    """Draw both reports of each period, what of the importer's is freight, what is left, and the best estimate."""
    theme = canvas.theme
    of = {one.role: one for one in figure.series}
    exporter, importer, margin, best, left_over = (
        of.get(role) for role in ("exporter", "importer", "margin", "best", "unexplained")
    )
    pale = between(theme.colours[1], theme.ground, 0.5)
    named = [
        (exporter, theme.colours[0], exporter and _with(exporter)),
        (importer, theme.colours[1], importer and _with(importer)),
        (margin, pale, margin and margin.name),
        (left_over, theme.colours[6], left_over and left_over.name),
        (best, theme.ink, best and _with(best)),
    ]
    y = head(canvas, figure)
    y = legend(canvas, y, [(name, colour) for one, colour, name in named if one is not None and name])
    values = [value for one in (exporter, importer, best) if one for value in one.values if value is not None]
    lows = (
        [
            base + step
            for base, step in zip(exporter.values, left_over.values, strict=True)
            if base is not None and step is not None
        ]
        if exporter and left_over
        else []
    )
    top, bottom = y + 10, y + 10 + HEIGHT
    scale = straight([*values, *lows], bottom, top)
    labels = [tick_text(tick, figure.power) for tick in scale.ticks]
    room = Room(EDGE + max(text_width(label, TINY) for label in labels) + 8, top, canvas.width - EDGE, bottom)
    xs, group = _places(room, len(figure.axis.labels))
    group = min(room.width / len(xs) * 0.8, 150)
    wide = group / 2.6
    grid(canvas, room, scale, labels)
    below(canvas, room, figure, xs)
    zero = scale.at(0)
    order = {role: at for at, role in enumerate(("exporter", "importer", "margin", "best", "unexplained"))}
    for at, label in enumerate(figure.axis.labels):
        begin = xs[at] - group / 2

        def bar(one: Series | None, x: float, base: float, end: float, thick: float, colour: str) -> None:
            value = one.values[at] if one else None  # noqa: B023 - called at once
            if one is None or value is None:
                return
            said = hint(one.name, label, value, figure.unit, mark_of(one, at))  # noqa: B023 - called at once
            y, high = min(base, end), abs(end - base)
            _block(
                canvas,
                (x, y),
                thick,
                high,
                colour,
                said,
                series=order[one.role],
                value=value,
                dim=bool(mark_of(one, at)),
            )  # noqa: B023

        out = exporter.values[at] if exporter else None
        into = importer.values[at] if importer else None
        freight = (margin.values[at] if margin else None) or 0
        step = left_over.values[at] if left_over else None
        if out is not None:
            bar(exporter, begin, zero, scale.at(out), wide, theme.colours[0])
        if into is not None:
            bar(importer, begin + wide, zero, scale.at(into), wide, theme.colours[1])
            bar(margin, begin + wide, scale.at(into - freight), scale.at(into), wide, pale)
        if out is not None and step is not None:
            bar(left_over, begin + 2 * wide, scale.at(out), scale.at(out + step), wide * 0.6, theme.colours[6])
        held = best.values[at] if best else None
        if best is not None and held is not None:
            y = scale.at(held)
            canvas.shape(
                "line",
                hint(best.name, label, held, figure.unit),
                x1=begin - 3,
                x2=begin + 2 * wide + 3,
                y1=y,
                y2=y,
                stroke=theme.ink,
                stroke_width=2.4,
                data_s=str(order["best"]),
                data_v=exact(held),
            )
    across(canvas, figure, room)
    return foot(canvas, figure, bottom + 40)


def _with(one: Series) -> str:
    return f"{one.name}, {one.valuation}" if one.valuation else one.name
