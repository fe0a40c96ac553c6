"""Figures of one time: ranked bars, a treemap, bubbles, a map of tiles."""

from collections.abc import Sequence

from tradestat_tools.codes.places import COLUMNS, ROWS
from tradestat_tools.results.chart.drawing.canvas import Canvas, exact, fitted, text_width, wrapped
from tradestat_tools.results.chart.drawing.frame import (
    EDGE,
    SMALL,
    TINY,
    Room,
    across,
    foot,
    head,
    hint,
    mark_of,
    unit_text,
)
from tradestat_tools.results.chart.drawing.scales import straight, tick_text
from tradestat_tools.results.chart.drawing.theme import between, on
from tradestat_tools.results.chart.figure import Figure
from tradestat_tools.results.chart.numbers import in_power, percent

NAMES_PART = 0.38
ROW = 25
TILES_HIGH = 420
BUBBLES_HIGH = 380


def _of_total(figure: Figure, value: float) -> str:
    return percent(value / figure.total) if figure.total else ""


def bars(canvas: Canvas, figure: Figure) -> float:
    """Draw bars, the largest on top, with their figures behind them; says how high the drawing is."""
    theme, column, names = canvas.theme, figure.series[-1], figure.axis.labels
    y = head(canvas, figure, unit=_with_total(figure))
    values = [value or 0 for value in column.values]
    said = [_figure(figure, value) for value in values]
    most = (canvas.width - 2 * EDGE) * NAMES_PART
    lines = [wrapped(name, SMALL, most, 2) for name in names]
    left = EDGE + max(text_width(line, SMALL) for some in lines for line in some) + 8
    room = Room(
        left, y + 8, canvas.width - EDGE - max(text_width(text, SMALL) for text in said) - 8, y + 8 + ROW * len(names)
    )
    scale = straight(values, room.left, room.right)
    low = scale.at(min(0, *values)) if min(values) < 0 else room.left
    # The longest bar ends where its figure begins: an axis is not needed, as each has its figure.
    stretch = (room.right - room.left) / (scale.at(max(*values, 0)) - low) if max(values) > 0 or min(values) < 0 else 1
    zero = room.left + (scale.at(0) - low) * stretch
    for at, (value, text, some) in enumerate(zip(values, said, lines, strict=True)):
        middle = room.top + ROW * (at + 0.5)
        first = middle + 4 - (len(some) - 1) * SMALL * 0.55
        for number, line in enumerate(some):
            canvas.text(
                (room.left - 8, first + number * SMALL * 1.1),
                line,
                SMALL,
                theme.ink,
                "end",
                about=names[at] if line.endswith("…") else "",
            )
        end = room.left + (scale.at(value) - low) * stretch
        mark = mark_of(column, at)
        canvas.shape(
            "rect",
            hint(names[at], column.name, value, figure.unit, mark),
            x=min(zero, end),
            y=middle - ROW * 0.36,
            width=abs(end - zero),
            height=ROW * 0.72,
            fill=theme.colours[0],
            fill_opacity="0.5" if mark else None,
            stroke=theme.colours[0] if mark else None,
            stroke_dasharray="3 2" if mark else None,
            data_at=str(at),
            data_v=exact(column.values[at]),
        )
        canvas.text((max(zero, end) + 6, middle + 4), text, SMALL, theme.ink)
    canvas.line((zero, room.top), (zero, room.bottom), theme.axis)
    across(canvas, figure, room)
    return foot(canvas, figure, room.bottom + 22)


def _figure(figure: Figure, value: float) -> str:
    share = _of_total(figure, value)
    return f"{in_power(value, figure.power)}{f'  ({share})' if share else ''}"


def _with_total(figure: Figure) -> str:
    if not figure.total:
        return unit_text(figure)
    return f"{unit_text(figure)}; percent of {in_power(figure.total, figure.power)}"


def treemap(canvas: Canvas, figure: Figure) -> float:
    """Draw each part as an area, all others in grey; says how high the drawing is."""
    theme, column = canvas.theme, figure.series[-1]
    y = head(canvas, figure, unit=_with_total(figure))
    room = Room(EDGE, y + 6, canvas.width - EDGE, y + 6 + TILES_HIGH)
    items = [
        (at, name, value or 0) for at, (name, value) in enumerate(zip(figure.axis.labels, column.values, strict=True))
    ]
    if figure.rest:
        items.append((-1, "all others", figure.rest))
    ordered = sorted(items, key=lambda item: (item[0] < 0, -item[2], item[0]))
    boxes = squarified([value for _, _, value in ordered], (room.left, room.top, room.width, room.height))
    for rank, ((at, name, value), (x, top, wide, high)) in enumerate(zip(ordered, boxes, strict=True)):
        colour = theme.rest if at < 0 else between(theme.colours[0], theme.low, min(0.9, rank / 12))
        canvas.shape(
            "rect",
            f"{hint(name, column.name, value, figure.unit, mark_of(column, at))}{f', {_of_total(figure, value)}' if figure.total else ''}",
            x=x,
            y=top,
            width=wide,
            height=high,
            fill=colour,
            stroke=theme.ground,
            stroke_width=1.6,
            data_at=str(at),
            data_v=exact(value),
        )
        _inside(canvas, (x, top, wide, high), name, _figure(figure, value), on(colour))
    across(canvas, figure, room)
    return foot(canvas, figure, room.bottom + 22)


def _inside(canvas: Canvas, box: tuple[float, float, float, float], name: str, said: str, colour: str) -> None:
    """The name and the figure of a tile, as far as they fit into it."""
    x, y, wide, high = box
    room = wide - 12
    if room < 34 or high < 20:
        return
    size = SMALL if wide > 90 else TINY
    lines = wrapped(name, size, room, max(1, min(3, int((high - 22) // (size * 1.25)))))
    if lines[0].endswith("…") and text_width(lines[0], size) < 30:
        return
    for number, line in enumerate(lines):
        canvas.text(
            (x + 6, y + 6 + size + number * size * 1.2),
            line,
            size,
            colour,
            bold=number == 0 and len(lines) == 1,
            about=name,
        )
    below = y + 6 + size + len(lines) * size * 1.2
    if below + 4 <= y + high and text_width(said, TINY) <= room:
        canvas.text((x + 6, below), said, TINY, colour)


def squarified(
    values: Sequence[float], box: tuple[float, float, float, float]
) -> list[tuple[float, float, float, float]]:
    """Boxes in the order of the values, each as large as its value, as near to squares as rows of them can be."""
    x, y, wide, high = box
    total = sum(values)
    scale = wide * high / total if total else 0
    boxes: list[tuple[float, float, float, float]] = []
    rest = [value * scale for value in values]
    while rest:
        side = min(wide, high)
        row = [rest[0]]
        while len(row) < len(rest) and _worst([*row, rest[len(row)]], side) <= _worst(row, side):
            row.append(rest[len(row)])
        thick = sum(row) / side if side else 0
        along = y if wide >= high else x
        for area in row:
            length = area / thick if thick else 0
            boxes.append((x, along, thick, length) if wide >= high else (along, y, length, thick))
            along += length
        if wide >= high:
            x, wide = x + thick, wide - thick
        else:
            y, high = y + thick, high - thick
        rest = rest[len(row) :]
    return boxes


def _worst(row: Sequence[float], side: float) -> float:
    whole, largest, least = sum(row), max(row), min(row)
    if not whole or not least or not side:
        return float("inf")
    return max(side**2 * largest / whole**2, whole**2 / (side**2 * least))


def bubble(canvas: Canvas, figure: Figure) -> float:
    """Draw growth against share, with areas as large as the values; says how high the drawing is."""
    theme = canvas.theme
    of = {one.role: one for one in figure.series}
    share, growth, size = of["share"], of["growth"], of["value"]
    y = head(
        canvas, figure, unit=f"across: {share.name}, percent; up: {growth.name}, percent; area: {unit_text(figure)}"
    )
    shares, steps = [value or 0 for value in share.values], [value or 0 for value in growth.values]
    room = Room(EDGE + 46, y + 14, canvas.width - EDGE - 30, y + 14 + BUBBLES_HIGH)
    span = max(steps) - min(steps) or 10
    along = straight([*shares, max(shares) * 1.05], room.left, room.right)
    up = straight([min(steps) - span * 0.08, max(steps) + span * 0.08], room.bottom, room.top, zero=False)
    for tick in up.ticks:
        at = up.at(tick)
        canvas.line((room.left, at), (room.right, at), theme.axis if tick == 0 else theme.grid)
        canvas.text((room.left - 6, at + 4), f"{tick_text(tick, 0)} %", TINY, theme.muted, "end")
    for tick in along.ticks:
        canvas.text((along.at(tick), room.bottom + 17), f"{tick_text(tick, 0)} %", TINY, theme.muted, "middle")
    largest = max(value or 0 for value in size.values)
    circles: list[tuple[float, float, float]] = []
    for at, name in enumerate(figure.axis.labels):
        value = size.values[at] or 0
        radius = max(3.0, 34 * (value / largest) ** 0.5)
        circles.append((along.at(shares[at]), up.at(steps[at]), radius))
        said = f"{hint(name, size.name, value, figure.unit, mark_of(size, at))}; {shares[at]:,} % of all, {steps[at]:+,} % a year"
        canvas.shape(
            "circle",
            said,
            cx=circles[-1][0],
            cy=circles[-1][1],
            r=radius,
            fill=theme.colours[0],
            fill_opacity="0.45",
            stroke=theme.colours[0],
            data_at=str(at),
            data_v=exact(size.values[at]),
            data_x=exact(share.values[at]),
            data_y=exact(growth.values[at]),
        )
    _beside(canvas, room, figure.axis.labels, circles)
    across(canvas, figure, room)
    return foot(canvas, figure, room.bottom + 40)


def _beside(canvas: Canvas, room: Room, names: Sequence[str], circles: Sequence[tuple[float, float, float]]) -> None:
    """Names beside their circles, the largest first, where they touch no other name."""
    taken: list[tuple[float, float, float, float]] = []
    for name, (x, y, radius) in zip(names, circles, strict=True):
        text = fitted(name, TINY, 150)
        wide = text_width(text, TINY)
        right, left = x + radius + 4, x - radius - 4 - wide
        options = [(right, y + 4), (left, y + 4), (x - wide / 2, y - radius - 5), (x - wide / 2, y + radius + 13)]
        for begin, base in options:
            box = (begin, base - TINY, begin + wide, base + 3)
            inside = (
                box[0] >= room.left and box[2] <= canvas.width - EDGE and box[1] >= room.top and box[3] <= room.bottom
            )
            if inside and not any(_touch(box, other) for other in taken):
                taken.append(box)
                canvas.text((begin, base), text, TINY, canvas.theme.ink, about=name if text != name else "")
                break


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def tile_map(canvas: Canvas, figure: Figure) -> float:
    """Draw a tile for every area, darker for more; those without a figure in the colour of the grid."""
    theme, column = canvas.theme, figure.series[-1]
    y = head(canvas, figure, unit=_with_total(figure))
    step = (canvas.width - 2 * EDGE) / COLUMNS
    room = Room(EDGE, y + 6, canvas.width - EDGE, y + 6 + step * ROWS)
    shown = {tuple(tile) for tile in figure.axis.tiles or [] if tile}
    for column_at, row_at in figure.axis.ground or []:
        if (column_at, row_at) not in shown:
            _tile(canvas, room, (column_at, row_at), step, theme.grid)
    largest = max((value or 0 for value in column.values), default=0)
    for at, (name, value, tile) in enumerate(
        zip(figure.axis.labels, column.values, figure.axis.tiles or [], strict=True)
    ):
        if tile is None or value is None:
            continue
        colour = shade(theme.low, theme.colours[0], value, largest)
        said = hint(name, column.name, value, figure.unit, mark_of(column, at))
        share = _of_total(figure, value)
        _tile(
            canvas, room, (tile[0], tile[1]), step, colour, f"{said}{f', {share}' if share else ''}", at=at, value=value
        )
        code = (figure.axis.codes or [])[at] if figure.axis.codes else name
        size = min(TINY, step / 2.3)
        canvas.text(
            (room.left + step * (tile[0] + 0.5), room.top + step * (tile[1] + 0.5) + size * 0.36),
            fitted(code, size, step),
            size,
            on(colour),
            "middle",
        )
    bottom = _key(canvas, figure, room.bottom + 16, largest)
    across(canvas, figure, room)
    return foot(canvas, figure, bottom)


def shade(low: str, high: str, value: float, largest: float) -> str:
    """The colour of a value: by its square root, so that smaller ones can still be told apart."""
    return between(low, high, (value / largest) ** 0.5 if largest > 0 else 0)


def _tile(
    canvas: Canvas,
    room: Room,
    tile: tuple[int, int],
    step: float,
    colour: str,
    said: str = "",
    *,
    at: int | None = None,
    value: float | None = None,
) -> None:
    canvas.shape(
        "rect",
        said,
        x=room.left + step * tile[0] + 0.7,
        y=room.top + step * tile[1] + 0.7,
        width=step - 1.4,
        height=step - 1.4,
        rx=2,
        fill=colour,
        data_at=None if at is None else str(at),
        data_v=None if value is None else exact(value),
    )


def _key(canvas: Canvas, figure: Figure, y: float, largest: float) -> float:
    """What the colours mean."""
    theme = canvas.theme
    x = float(EDGE)
    for part in (0.01, 0.1, 0.25, 0.5, 1.0):
        text = in_power(largest * part, figure.power, 3)
        canvas.shape("rect", x=x, y=y - 10, width=14, height=12, rx=2, fill=shade(theme.low, theme.colours[0], part, 1))
        canvas.text((x + 19, y), text, TINY, theme.ink)
        x += 19 + text_width(text, TINY) + 16
    canvas.shape("rect", x=x, y=y - 10, width=14, height=12, rx=2, fill=theme.grid)
    canvas.text((x + 19, y), "no figure here", TINY, theme.ink)
    return y + 20
