"""A map of equal tiles: one for each area, darker for more, empty where there is no figure. It has no borders."""

from tradestat_tools.codes.places import COLUMNS, ROWS
from tradestat_tools.results.chart.drawing.canvas import Canvas, exact, text_width
from tradestat_tools.results.chart.drawing.frame import EDGE, TINY, Room, across, foot, head, hint, mark_of
from tradestat_tools.results.chart.drawing.ranked import share_text, unit_of_total
from tradestat_tools.results.chart.drawing.theme import between, on
from tradestat_tools.results.chart.figure import Figure
from tradestat_tools.results.chart.numbers import in_power

GAP = 1.4
CODE = 9.0
EMPTY_SAID = "no figure here, which is not zero"
EMPTY = 0.45
"""How much of the grey the edges of tiles have that hold no figure."""

KEY = (0.01, 0.1, 0.25, 0.5, 1.0)
"""Parts of the largest value whose colours are named."""


def tile_map(canvas: Canvas, figure: Figure) -> float:
    """Draw the map; says how high the drawing is."""
    theme, column, axis = canvas.theme, figure.series[-1], figure.axis
    y = head(canvas, figure, unit=unit_of_total(figure)) + 6
    step = (canvas.width - 2 * EDGE) / COLUMNS
    room = Room(EDGE, y, canvas.width - EDGE, y + step * ROWS)

    def place(tile: list[int]) -> dict[str, float]:
        left, top = room.left + step * tile[0] + GAP / 2, room.top + step * tile[1] + GAP / 2
        return {"x": left, "y": top, "width": step - GAP, "height": step - GAP, "rx": 2}

    tiles, edge = axis.tiles or [], between(theme.ground, theme.rest, EMPTY)
    for tile in axis.ground or []:
        if tile not in tiles:
            canvas.shape("rect", **place(tile), fill="none", stroke=edge)
    largest = max((value or 0 for value in column.values), default=0)
    codes = axis.codes or axis.labels
    for at, (name, value, tile) in enumerate(zip(axis.labels, column.values, tiles, strict=True)):
        if tile is None or value is None:
            continue
        colour, mark, share = _shade(canvas, value, largest), mark_of(column, at), share_text(figure, value)
        canvas.shape(
            "rect",
            hint(name, column.name, value, figure.unit, mark) + (f", {share}" if share else ""),
            **place(tile),
            fill=colour,
            stroke=theme.ink if mark else None,
            stroke_dasharray="3 2" if mark else None,
            data_at=str(at),
            data_v=exact(value),
        )
        middle = (room.left + step * (tile[0] + 0.5), room.top + step * (tile[1] + 0.5) + CODE * 0.36)
        if text_width(codes[at][:3], CODE) <= step:
            canvas.text(middle, codes[at][:3], CODE, on(colour), anchor="middle")
    bottom = _key(canvas, figure, room.bottom + 16, largest)
    across(canvas, figure, room)
    return foot(canvas, figure, bottom)


def _shade(canvas: Canvas, value: float, largest: float) -> str:
    """The colour of a value: by its square root, so that smaller ones can still be told apart."""
    part = (value / largest) ** 0.5 if largest > 0 and value > 0 else 0
    return between(canvas.theme.low, canvas.theme.colours[0], part)


def _key(canvas: Canvas, figure: Figure, y: float, largest: float) -> float:
    """What the colours mean."""
    theme = canvas.theme
    x = float(EDGE)
    for part in KEY:
        text = in_power(largest * part, figure.power, 3)
        canvas.shape("rect", x=x, y=y - 10, width=14, height=12, rx=2, fill=_shade(canvas, part, 1))
        canvas.text((x + 19, y), text, TINY, theme.ink)
        x += 19 + text_width(text, TINY) + 16
    if x + 19 + text_width(EMPTY_SAID, TINY) > canvas.width - EDGE:
        x, y = EDGE, y + TINY * 1.5
    canvas.shape(
        "rect", x=x, y=y - 10, width=14, height=12, rx=2, fill="none", stroke=between(theme.ground, theme.rest, EMPTY)
    )
    canvas.text((x + 19, y), EMPTY_SAID, TINY, theme.ink)
    return y + 20
