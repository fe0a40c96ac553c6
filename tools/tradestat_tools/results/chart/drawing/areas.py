"""Figures as areas: a treemap, and bubbles of growth against share."""

from collections.abc import Sequence

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
from tradestat_tools.results.chart.drawing.ranked import share_text, unit_of_total, value_text
from tradestat_tools.results.chart.drawing.scales import straight, tick_text
from tradestat_tools.results.chart.drawing.theme import between, on
from tradestat_tools.results.chart.figure import Figure

TILES_HIGH = 420
BUBBLES_HIGH = 380
LARGEST, SMALLEST = 34.0, 3.0
"""Radius of bubbles, in pixels."""
MOST_PERCENT = 1_000_000
LEAST_SPAN = 0.2
"""Of the growth axis, in its largest value: so that values next to each other leave their marks apart."""

PALE_AT = 12
"""From this rank on tiles have the palest colour: colours tell neighbours apart and mean nothing else."""

NAME_ROOM = 150
LEAST_NAME = 5
"""Characters of a name below which it says nothing."""

Box = tuple[float, float, float, float]
"""Left, top, width, height."""


def treemap(canvas: Canvas, figure: Figure) -> float:
    """Draw each part as an area, all others in grey; says how high the drawing is."""
    theme, column = canvas.theme, figure.series[-1]
    y = head(canvas, figure, unit=unit_of_total(figure)) + 6
    room = Room(EDGE, y, canvas.width - EDGE, y + TILES_HIGH)
    items = [
        (at, name, value or 0) for at, (name, value) in enumerate(zip(figure.axis.labels, column.values, strict=True))
    ]
    if figure.rest:
        items.append((-1, "all others", figure.rest))
    ordered = sorted(items, key=lambda item: (item[0] < 0, -item[2], item[0]))
    boxes = squarified([value for _, _, value in ordered], (room.left, room.top, room.width, room.height))
    for rank, ((at, name, value), box) in enumerate(zip(ordered, boxes, strict=True)):
        colour = theme.rest if at < 0 else between(theme.colours[0], theme.low, min(0.9, rank / PALE_AT))
        mark = mark_of(column, at)
        share = share_text(figure, value)
        canvas.shape(
            "rect",
            hint(name, column.name, value, figure.unit, mark) + (f", {share}" if share else ""),
            x=box[0],
            y=box[1],
            width=box[2],
            height=box[3],
            fill=colour,
            fill_opacity="0.6" if mark else None,
            stroke=theme.ground,
            stroke_width=1.6,
            stroke_dasharray="3 2" if mark else None,
            data_at=str(at),
            data_v=exact(value),
        )
        text = on(colour if not mark else between(theme.ground, colour, 0.6))
        _inside(canvas, box, name, value_text(figure, value), text)
    across(canvas, figure, room)
    return foot(canvas, figure, room.bottom + 22)


def _inside(canvas: Canvas, box: Box, name: str, said: str, colour: str) -> None:
    """The name and the figure of a tile, as far as they fit into it; of a product at least the code."""
    x, y, wide, high = box
    room = wide - 12
    size = SMALL if wide > 90 else TINY
    most = min(3, int((high - 22) // (size * 1.25)))
    lines = wrapped(name, size, room, most) if most > 0 else []
    if not lines or any(line.endswith("…") and len(line) <= LEAST_NAME for line in lines):
        code = name.partition(" ")[0]
        lines = [code] if code.isdecimal() and text_width(code, size) <= room and high >= size + 8 else []
    for number, line in enumerate(lines):
        canvas.text((x + 6, y + 6 + size + number * size * 1.2), line, size, colour, about=name)
    below = y + 6 + size + len(lines) * size * 1.2
    if lines and below + 4 <= y + high and text_width(said, TINY) <= room:
        canvas.text((x + 6, below), said, TINY, colour)


def squarified(values: Sequence[float], box: Box) -> list[Box]:
    """Boxes in the order of the values, each as large as its value, as near to squares as rows of them can be."""
    x, y, wide, high = box
    total = sum(values)
    scale = wide * high / total if total else 0
    boxes: list[Box] = []
    rest = [value * scale for value in values]
    while rest:
        side = min(wide, high)
        row = [rest[0]]
        while len(row) < len(rest) and _worst([*row, rest[len(row)]], side) <= _worst(row, side):
            row.append(rest[len(row)])
        thick = sum(row) / side if side > 0 else 0
        along = y if wide >= high else x
        for area in row:
            length = area / thick if thick > 0 else 0
            boxes.append((x, along, thick, length) if wide >= high else (along, y, length, thick))
            along += length
        if wide >= high:
            x, wide = x + thick, max(wide - thick, 0)
        else:
            y, high = y + thick, max(high - thick, 0)
        rest = rest[len(row) :]
    return boxes


def _worst(row: Sequence[float], side: float) -> float:
    """The longer side of the longest box of a row, in shorter ones."""
    whole, largest, least = sum(row), max(row), min(row)
    if whole <= 0 or least <= 0 or side <= 0:
        return float("inf")
    return max(side**2 * largest / whole**2, whole**2 / (side**2 * least))


def bubble(canvas: Canvas, figure: Figure) -> float:
    """Draw growth against share, with areas as large as the values; says how high the drawing is."""
    theme, of = canvas.theme, {one.role: one for one in figure.series}
    share, growth, size = of["share"], of["growth"], of["value"]
    said = f"across: {share.name}, percent; up: {growth.name}, percent; area: {unit_text(figure)}"
    y = head(canvas, figure, unit=said) + 14
    shares, steps = [value or 0 for value in share.values], [value or 0 for value in growth.values]
    room = Room(EDGE + 46, y, canvas.width - EDGE - 30, y + BUBBLES_HIGH)
    span = max(max(steps) - min(steps), LEAST_SPAN * max(map(abs, steps))) or 10
    along = straight([*shares, max(shares) * 1.05], room.left, room.right)
    up = straight([min(steps) - span * 0.08, max(steps) + span * 0.08], room.bottom, room.top, zero=False)
    for tick in up.ticks:
        at = up.at(tick)
        canvas.line((room.left, at), (room.right, at), theme.axis if tick == 0 else theme.grid)
        canvas.text((room.left - 6, at + 4), _percent(tick), TINY, theme.muted, anchor="end")
    for tick in along.ticks:
        where = (along.at(tick), room.bottom + 17)
        canvas.text(where, _percent(tick), TINY, theme.muted, anchor="middle")
    largest = max(value or 0 for value in size.values) or 1
    circles: list[tuple[float, float, float]] = []
    for at, name in enumerate(figure.axis.labels):
        value, mark = size.values[at], mark_of(size, at)
        x, height = along.at(shares[at]), up.at(steps[at])
        radius = max(SMALLEST, LARGEST * ((value or 0) / largest) ** 0.5)
        circles.append((x, height, radius))
        canvas.shape(
            "circle",
            f"{hint(name, size.name, value, figure.unit, mark)}; {shares[at]:,} % of all, {steps[at]:+,} % a year",
            cx=x,
            cy=height,
            r=radius,
            fill=theme.colours[0],
            fill_opacity="0.2" if mark else "0.45",
            stroke=theme.colours[0],
            stroke_dasharray="3 2" if mark else None,
            data_at=str(at),
            data_v=exact(value),
            data_x=exact(share.values[at]),
            data_y=exact(growth.values[at]),
        )
    _beside(canvas, room, figure.axis.labels, circles)
    across(canvas, figure, room)
    return foot(canvas, figure, room.bottom + 40)


def _percent(tick: float) -> str:
    """A percentage on an axis; from almost nothing growth is beyond every width, and stands as a power of ten."""
    return f"{tick_text(tick, 0)} %" if abs(tick) < MOST_PERCENT else f"{tick:.3g} %"


def _beside(canvas: Canvas, room: Room, names: Sequence[str], circles: Sequence[tuple[float, float, float]]) -> None:
    """Names beside their circles, the largest first, where they touch no other name, and better no other circle."""
    taken: list[Box] = []
    round_them = [(x - r, y - r, 2 * r, 2 * r) for x, y, r in circles]
    for at, (name, (x, y, radius)) in enumerate(zip(names, circles, strict=True)):
        text = fitted(name, TINY, NAME_ROOM)
        wide = text_width(text, TINY)
        left = x - wide / 2
        options = [
            (x + radius + 4, y + 4),
            (x - radius - 4 - wide, y + 4),
            (left, y - radius - 5),
            (left, y + radius + 13),
        ]
        free = [
            (begin, base)
            for begin, base in options
            if begin >= room.left
            and begin + wide <= canvas.width - EDGE
            and base - TINY >= room.top
            and base + 3 <= room.bottom
            and not any(_touch(_box(begin, base, wide), other) for other in taken)
        ]
        others = [one for number, one in enumerate(round_them) if number != at]
        clear = [one for one in free if not any(_touch(_box(*one, wide), other) for other in others)]
        if free:
            begin, base = (clear or free)[0]
            taken.append(_box(begin, base, wide))
            canvas.text((begin, base), text, TINY, canvas.theme.ink, about=name if text != name else "")


def _box(begin: float, base: float, wide: float) -> Box:
    """The box of a small text."""
    return begin, base - TINY, wide, TINY + 3


def _touch(one: Box, other: Box) -> bool:
    across_each = one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
    return across_each and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]
