"""Lines over time, and the years of a seasonality: names stand at the ends of lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from tradestat_tools.results.chart.drawing.canvas import Canvas, Place, exact, fitted, runs_of, text_width
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

YEARS_FROM = 18
"""Months or quarters from which on only their years are named."""

DASHES = (None, None, None, None, "7 3", "7 3", "2 3", "2 3")
ONCE_MORE = "9 3 2 3"
"""Of lines that have a colour for the second time."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a line is drawn."""

    colour: str
    width: float = 2.2
    dash: str | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line with what it is drawn as.

    Args:
        short: its name as it stands at its end.
        places: of its values; None where there is none, or none that the scale has.
    """

    series: Series
    short: str
    look: Look
    places: list[Place | None]

    @property
    def end(self) -> Place | None:
        """The last of its places."""
        return next((place for place in reversed(self.places) if place is not None), None)


def lines(canvas: Canvas, figure: Figure) -> float:
    """Draw lines; says how high the drawing is."""
    series = drawn(figure)
    short = _short(series)
    looks = _looks(canvas, figure, series)
    y = head(canvas, figure)
    if short != [one.name for one in series]:
        y = legend(canvas, y, [(one.name, look.colour) for one, look in zip(series, looks, strict=True)])
    log = figure.scale == "log"
    values = [value for one in series for value in one.values if value is not None and (value > 0 or not log)]
    top, bottom = y + 14, y + 14 + HEIGHT
    scale = logarithmic(values, bottom, top) if log else straight(values, bottom, top, zero=False)
    labels = [tick_text(tick, figure.power) for tick in scale.ticks]
    left = EDGE + max(text_width(label, TINY) for label in labels) + 8
    ends = max(text_width(name, SMALL, bold=True) for name in short) + 14 if len(series) > 1 else 0
    room = Room(left, top, canvas.width - EDGE - ends, bottom)
    xs = steps(room, len(figure.axis.labels))
    grid(canvas, room, scale, labels)
    if not log and scale.low > 0:
        canvas.text((left, top - 4), f"The axis begins at {labels[0]}.", TINY, canvas.theme.muted)
    below(canvas, room, figure, xs)
    breaks(canvas, room, figure, xs)
    found = [
        Drawn(one, name, look, _places(one, xs, scale)) for one, name, look in zip(series, short, looks, strict=True)
    ]
    for number, one in enumerate(found):
        _line(canvas, figure, one, number=number, xs=xs, base=bottom)
    if len(found) > 1:
        _names(canvas, room, found)
    across(canvas, figure, room)
    return foot(canvas, figure, bottom + 40)


def _looks(canvas: Canvas, figure: Figure, series: Sequence[Series]) -> list[Look]:
    """Colours in order; of a seasonality the newest years in colour, those before in grey."""
    theme = canvas.theme
    if figure.kind != "seasonality":
        return [
            Look(theme.colours[at % len(theme.colours)], dash=DASHES[at] if at < len(DASHES) else ONCE_MORE)
            for at in range(len(series))
        ]
    newest = sum(one.role == "value" for one in series) - 1
    usual = {newest: Look(theme.colours[0], 2.8), newest - 1: Look(theme.colours[1], 2)}
    return [
        Look(theme.ink, 1.6, "2 3") if one.role == "average" else usual.get(at, Look(theme.rest, 1.1))
        for at, one in enumerate(series)
    ]


def _short(series: Sequence[Series]) -> list[str]:
    """Names as they stand at the ends of lines: whole where all fit, else codes, else cut."""
    names = [one.name for one in series]
    if len(names) < 2 or all(text_width(name, SMALL) <= NAME_ROOM for name in names):
        return names
    codes = [one.code or "" for one in series]
    begin = all(code and name.startswith(code) for name, code in zip(names, codes, strict=True))
    if begin and len(set(codes)) == len(codes):
        return codes
    return [fitted(name, SMALL, NAME_ROOM) for name in names]


def _places(one: Series, xs: Sequence[float], scale: Scale) -> list[Place | None]:
    return [
        None if value is None or (scale.log and value <= 0) else (x, scale.at(value))
        for x, value in zip(xs, one.values, strict=True)
    ]


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
        canvas.text((room.left - 6, y + 4), label, TINY, canvas.theme.muted, anchor="end")


def below(canvas: Canvas, room: Room, figure: Figure, xs: Sequence[float]) -> None:
    """The periods under the axis; of many months and quarters each year where it begins."""
    labels = figure.axis.labels
    named = list(enumerate(labels))
    if figure.axis.kind == "periods" and figure.axis.frequency != "year" and len(labels) > YEARS_FROM:
        firsts = [at for at, label in named if at == 0 or label[:4] != labels[at - 1][:4]]
        if labels[0][4:] not in ("-01", "Q1"):
            firsts = firsts[1:]
        named = [(at, labels[at][:4]) for at in firsts]
    step = abs(xs[named[-1][0]] - xs[named[0][0]]) / (len(named) - 1) if len(named) > 1 else room.width
    for place in thinned([name for _, name in named], step, lambda label: text_width(label, TINY)):
        at, name = named[place]
        canvas.line((xs[at], room.bottom), (xs[at], room.bottom + 4), canvas.theme.axis)
        canvas.text((xs[at], room.bottom + 17), name, TINY, canvas.theme.muted, anchor="middle")


def breaks(canvas: Canvas, room: Room, figure: Figure, xs: Sequence[float]) -> None:
    """A dashed line before each period from which on a code has other goods."""
    for one in figure.breaks:
        at = figure.axis.labels.index(one.at)
        x = (xs[at] + xs[at - 1]) / 2 if at else xs[at]
        canvas.opened(data_break=one.at)
        canvas.line((x, room.top - 2), (x, room.bottom), canvas.theme.muted, dash="4 3")
        text = f"HS {one.at[:4]}"
        at_left = x + text_width(text, TINY) + 4 > room.right
        where = (x - 4 if at_left else x + 4, room.top + 8)
        canvas.text(where, text, TINY, canvas.theme.muted, anchor="end" if at_left else "start", about=one.text)
        canvas.closed()


def _line(canvas: Canvas, figure: Figure, one: Drawn, *, number: int, xs: Sequence[float], base: float) -> None:
    labels, series, look = figure.axis.labels, one.series, one.look
    runs = runs_of(one.places)
    canvas.opened(
        data_series=str(number), data_name=series.name, data_values=" ".join(exact(value) for value in series.values)
    )
    canvas.path(runs, look.colour, width=look.width, dash=look.dash)
    alone = {run[0] for run in runs if len(run) == 1}
    for at, (place, value) in enumerate(zip(one.places, series.values, strict=True)):
        mark = mark_of(series, at)
        said = hint(series.name, labels[at], value, figure.unit, mark)
        if place is None:
            if mark:
                where = (xs[at], base - 3 - 13 * number)
                canvas.text(where, "×", SMALL, look.colour, anchor="middle", about=said)
        elif len(labels) <= DOTS_UP_TO or mark or place in alone:
            point(canvas, place, look, value=value, mark=mark, said=said)
    canvas.closed()


def point(canvas: Canvas, at: Place, look: Look, *, value: float | None, mark: str, said: str) -> None:
    """One figure: filled as reported, hollow where it is provisional, a hollow square where it is estimated."""
    x, y = at
    hollow = {"fill": canvas.theme.ground, "stroke": look.colour, "stroke_width": 1.6, "data_v": exact(value)}
    if mark == "estimated":
        canvas.shape("rect", said, x=x - 3.5, y=y - 3.5, width=7, height=7, **hollow)
    elif mark == "provisional":
        canvas.shape("circle", said, cx=x, cy=y, r=3.8, **hollow)
    else:
        radius = 2.6 if look.width >= 2 else 1.6
        canvas.shape("circle", said, cx=x, cy=y, r=radius, fill=look.colour, data_v=exact(value))


def _names(canvas: Canvas, room: Room, found: Sequence[Drawn]) -> None:
    """Names at the right, each with a thread to the end of its line: a dotted one where the line ended before."""
    named = [(one, end) for one in found if (end := one.end) is not None]
    heights = apart([y for _, (_, y) in named], GAP, room.top, room.bottom)
    for (one, (x, y)), height in zip(named, heights, strict=True):
        if x < room.right - 12:
            canvas.line((x + 5, y), (room.right + 8, height), canvas.theme.muted, width=0.8, dash="1 5")
        else:
            canvas.line((x + 4, y), (room.right + 8, height), one.look.colour, width=0.8)
        about = one.series.name if one.series.name != one.short else ""
        where = (room.right + 11, height + 4)
        canvas.text(where, one.short, SMALL, canvas.theme.ink, bold=one.look.width > 2.5, about=about)
