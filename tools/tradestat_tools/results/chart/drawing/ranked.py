"""Ranked bars, the largest on top, each with its figure and its share behind it."""

from tradestat_tools.results.chart.drawing.canvas import Canvas, exact, text_width, wrapped
from tradestat_tools.results.chart.drawing.frame import (
    EDGE,
    SMALL,
    Room,
    across,
    foot,
    head,
    hint,
    mark_of,
    unit_text,
)
from tradestat_tools.results.chart.figure import Figure
from tradestat_tools.results.chart.numbers import in_power, percent

NAMES_PART = 0.38
ROW = 25
BEHIND = 8


def bars(canvas: Canvas, figure: Figure) -> float:
    """Draw bars; says how high the drawing is. There is no axis, as each bar has its figure."""
    theme, column, names = canvas.theme, figure.series[-1], figure.axis.labels
    y = head(canvas, figure, unit=unit_of_total(figure)) + 8
    values = [value or 0 for value in column.values]
    said = [value_text(figure, value) for value in values]
    most = (canvas.width - 2 * EDGE) * NAMES_PART
    lines = [wrapped(name, SMALL, most, 2) for name in names]
    left = EDGE + max(text_width(line, SMALL) for some in lines for line in some) + BEHIND
    right = canvas.width - EDGE - max(text_width(text, SMALL) for text in said) - BEHIND
    room = Room(left, y, right, y + ROW * len(names))
    low, high = min(0, *values), max(0, *values)
    pixels = room.width / ((high - low) or 1)
    zero = room.left - low * pixels
    for at, (value, text, some) in enumerate(zip(values, said, lines, strict=True)):
        middle = room.top + ROW * (at + 0.5)
        first = middle + 4 - (len(some) - 1) * SMALL * 0.55
        for number, line in enumerate(some):
            where = (room.left - BEHIND, first + number * SMALL * 1.1)
            about = names[at] if line.endswith("…") else ""
            canvas.text(where, line, SMALL, theme.ink, anchor="end", about=about)
        end, mark = zero + value * pixels, mark_of(column, at)
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


def value_text(figure: Figure, value: float) -> str:
    """A figure in the power of the drawing, and its share of the whole where that is known."""
    said = in_power(value, figure.power)
    return f"{said} ({share_text(figure, value)})" if figure.total else said


def share_text(figure: Figure, value: float) -> str:
    """The share of the whole; "" where that is not known."""
    return percent(value / figure.total) if figure.total else ""


def unit_of_total(figure: Figure) -> str:
    """The unit, and the whole that percentages are of."""
    said = unit_text(figure)
    return f"{said}; percent of {in_power(figure.total, figure.power)}" if figure.total else said
