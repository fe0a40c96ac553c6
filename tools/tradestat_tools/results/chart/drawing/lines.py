"""Lines over time, and the years of a seasonality: names stand at the ends of lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from tradestat_tools.results.chart.drawing.canvas import Canvas, Place, exact, fitted, text_width
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
)
from tradestat_tools.results.chart.drawing.scales import Scale, apart, logarithmic, straight, thinned, tick_text
from tradestat_tools.results.chart.figure import Figure, Series

HEIGHT = 300
NAME_ROOM = 190
GAP = 15
DOTS_UP_TO = 40
"""Periods up to which every point of a line is marked."""

DASHES = (None, None, None, None, "7 3", "7 3", "2 3", "2 3")


@dataclass(frozen=True, slots=True)
class Look:
    """How a line is drawn."""

    colour: str
    width: float = 2.2
    dash: str | None = None


def lines(canvas: Canvas, figure: Figure) -> float:
    """Draw lines; says how high the drawing is."""
    series = drawn(figure)
    names = [one.name for one in series]
    short = _short(series)
    looks = _looks(canvas, figure, series)
    y = head(canvas, figure)
    if short != names:
        y = legend(canvas, y, [(name, look.colour) for name, look in zip(names, looks, strict=True)])
    values = [
        value
        for one in series
        for value in one.values
        if value is not None and not (figure.scale == "log" and value <= 0)
    ]
    top = y + 14
    bottom = top + HEIGHT
    log = figure.scale == "log"
    scale = logarithmic(values, bottom, top) if log else straight(values, bottom, top, zero=False)
    labels = [tick_text(tick, figure.power) for tick in scale.ticks]
    left = EDGE + max(text_width(label, TINY) for label in labels) + 8
    ends = max(text_width(name, SMALL) for name in short) + 14
    room = Room(left, top, canvas.width - EDGE - ends, bottom)
    xs = steps(room, len(figure.axis.labels))
    grid(canvas, room, scale, labels)
    if not log and scale.low > 0:
        canvas.text((left, top - 4), f"The axis begins at {labels[0]}.", TINY, canvas.theme.muted)
    below(canvas, room, figure, xs)
    breaks(canvas, room, figure, xs)
    for at, (one, look) in enumerate(zip(series, looks, strict=True)):
        _line(canvas, figure, one, at, xs, scale, look)
    _names(canvas, room, series, short, looks, xs, scale)
    across(canvas, figure, room)
    return foot(canvas, figure, bottom + 40)


def _looks(canvas: Canvas, figure: Figure, series: Sequence[Series]) -> list[Look]:
    theme = canvas.theme
    if figure.kind == "seasonality":
        years = [one for one in series if one.role == "value"]
        newest = len(years) - 1
        found: list[Look] = []
        for at, one in enumerate(series):
            if one.role == "average":
                found.append(Look(theme.ink, 1.6, "2 3"))
            elif at == newest:
                found.append(Look(theme.colours[0], 2.8))
            elif at == newest - 1:
                found.append(Look(theme.colours[1], 2))
            else:
                found.append(Look(theme.rest, 1.1))
        return found
    return [Look(theme.colours[at % len(theme.colours)], dash=DASHES[at % len(DASHES)]) for at in range(len(series))]


def _short(series: Sequence[Series]) -> list[str]:
    """Names as they stand at the ends of lines: whole where all fit, else codes, else cut."""
    names = [one.name for one in series]
    if all(text_width(name, SMALL) <= NAME_ROOM for name in names):
        return names
    codes = [one.code or "" for one in series]
    if (
        all(codes)
        and len(set(codes)) == len(codes)
        and all(name.startswith(code) for name, code in zip(names, codes, strict=True))
    ):
        return codes
    return [fitted(name, SMALL, NAME_ROOM) for name in names]


def steps(room: Room, count: int, inner: float = 6) -> list[float]:
    """The middle of each place on the axis."""
    if count == 1:
        return [room.left + room.width / 2]
    wide = (room.width - 2 * inner) / (count - 1)
    return [room.left + inner + at * wide for at in range(count)]


def grid(canvas: Canvas, room: Room, scale: Scale, labels: Sequence[str]) -> None:
    """Thin lines behind the figures, and their values at the left."""
    for tick, label in zip(scale.ticks, labels, strict=True):
        y = scale.at(tick)
        zero = tick == 0 and not scale.log
        canvas.line((room.left, y), (room.right, y), canvas.theme.axis if zero else canvas.theme.grid)
        canvas.text((room.left - 6, y + 4), label, TINY, canvas.theme.muted, "end")


def below(canvas: Canvas, room: Room, figure: Figure, xs: Sequence[float]) -> None:
    """The periods under the axis; of months and quarters each year where it begins."""
    labels = figure.axis.labels
    if figure.axis.kind == "periods" and figure.axis.frequency in ("month", "quarter") and len(labels) > 18:
        firsts = [at for at, label in enumerate(labels) if at == 0 or label[:4] != labels[at - 1][:4]]
        if len(firsts) > 1 and (firsts[1] < 4 or labels[0][4:] not in ("-01", "Q1")):
            firsts = firsts[1:]
        named = [(at, labels[at][:4]) for at in firsts]
    else:
        named = list(enumerate(labels))
    step = abs(xs[named[-1][0]] - xs[named[0][0]]) / max(1, len(named) - 1) if len(named) > 1 else room.width
    for place in thinned([name for _, name in named], step, lambda label: text_width(label, TINY)):
        at, name = named[place]
        canvas.line((xs[at], room.bottom), (xs[at], room.bottom + 4), canvas.theme.axis)
        canvas.text((xs[at], room.bottom + 17), name, TINY, canvas.theme.muted, "middle")


def breaks(canvas: Canvas, room: Room, figure: Figure, xs: Sequence[float]) -> None:
    """A dashed line before each period from which on a code has other goods."""
    for one in figure.breaks:
        at = figure.axis.labels.index(one.at)
        x = (xs[at] + xs[at - 1]) / 2 if at else xs[at]
        canvas.opened(data_break=one.at)
        canvas.line((x, room.top - 2), (x, room.bottom), canvas.theme.muted, 1, "4 3")
        text = f"HS {one.at[:4]}"
        anchor = "end" if x + text_width(text, TINY) + 4 > room.right else "start"
        canvas.text(
            (x - 4 if anchor == "end" else x + 4, room.top + 8), text, TINY, canvas.theme.muted, anchor, about=one.text
        )
        canvas.closed()


def _line(
    canvas: Canvas, figure: Figure, one: Series, number: int, xs: Sequence[float], scale: Scale, look: Look
) -> None:
    labels = figure.axis.labels
    places: list[Place | None] = [
        None if value is None or (scale.log and value <= 0) else (xs[at], scale.at(value))
        for at, value in enumerate(one.values)
    ]
    runs: list[list[Place]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(place)
    canvas.opened(data_series=str(number), data_name=one.name)
    drawn_runs = [run for run in runs if run]
    canvas.path(drawn_runs, look.colour, look.width, " ".join(exact(value) or "–" for value in one.values), look.dash)
    alone = {run[0] for run in drawn_runs if len(run) == 1}
    many = len(labels) > DOTS_UP_TO
    for at, (place, value) in enumerate(zip(places, one.values, strict=True)):
        mark = mark_of(one, at)
        said = hint(one.name, labels[at], value, figure.unit, mark)
        if place is None:
            if mark:
                canvas.text((xs[at], scale.begins - 3 - 11 * number), "×", SMALL, look.colour, "middle", about=said)
        elif not many or mark or place in alone:
            point(canvas, place, look.colour, mark, value, said, radius=2.6 if look.width >= 2 else 1.6)
    canvas.closed()


def point(
    canvas: Canvas, at: Place, colour: str, mark: str, value: float | None, said: str, radius: float = 2.6
) -> None:
    """One figure: filled as reported, hollow where it is provisional, a hollow square where it is estimated."""
    x, y = at
    if mark == "estimated":
        canvas.shape(
            "rect",
            said,
            x=x - 3.5,
            y=y - 3.5,
            width=7,
            height=7,
            fill=canvas.theme.ground,
            stroke=colour,
            stroke_width=1.6,
            data_v=exact(value),
        )
    elif mark == "provisional":
        canvas.shape(
            "circle",
            said,
            cx=x,
            cy=y,
            r=3.8,
            fill=canvas.theme.ground,
            stroke=colour,
            stroke_width=1.6,
            data_v=exact(value),
        )
    else:
        canvas.shape("circle", said, cx=x, cy=y, r=radius, fill=colour, data_v=exact(value))


def _names(
    canvas: Canvas,
    room: Room,
    series: Sequence[Series],
    short: Sequence[str],
    looks: Sequence[Look],
    xs: Sequence[float],
    scale: Scale,
) -> None:
    ends: list[tuple[float, float]] = []
    for one in series:
        known = [
            (xs[at], value)
            for at, value in enumerate(one.values)
            if value is not None and not (scale.log and value <= 0)
        ]
        x, value = known[-1] if known else (xs[-1], scale.low)
        ends.append((x, scale.at(value)))
    heights = apart([y for _, y in ends], GAP, room.top, room.bottom)
    for (x, y), height, name, one, look in zip(ends, heights, short, series, looks, strict=True):
        canvas.line((x + 4, y), (room.right + 8, height), look.colour, 0.8)
        colour = look.colour if look.colour != canvas.theme.rest else canvas.theme.muted
        bold = look.width > 2.5
        del colour
        canvas.text(
            (room.right + 11, height + 4),
            name,
            SMALL,
            canvas.theme.ink,
            bold=bold,
            about=one.name if one.name != name else "",
        )
