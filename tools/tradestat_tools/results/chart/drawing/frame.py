"""What stands around every drawing: title, unit, legend, marks, notes, source, a word across synthetic figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tradestat_tools.results.chart.drawing.canvas import Canvas, fitted, text_width, wrapped
from tradestat_tools.results.chart.figure import Figure, Mark, Series
from tradestat_tools.results.chart.numbers import amount, is_pure, unit_in

EDGE = 20
TITLE, SMALL, TINY = 17, 12, 11
LINE = 1.32
"""Height of a line of text, in sizes of its font."""

SANDBOX = "SANDBOX: synthetic figures, not statistics"
MOST_NOTES = 4
MARKS: Mapping[Mark, tuple[str, str]] = {
    "provisional": ("○ provisional", "pale, dashed edge: provisional"),
    "estimated": ("□ estimated", "pale, dashed edge: estimated"),
    "suppressed": ("× kept back", "gap: kept back"),
    "conflicting": ("× stated in two ways", "gap: stated in two ways"),
}
"""How marks look on points, and on bars and areas."""


@dataclass(slots=True)
class Room:
    """What is left for the figures."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels down."""
        return self.bottom - self.top


def head(canvas: Canvas, figure: Figure, *, unit: str | None = None) -> float:
    """Draw title and unit; says where they end."""
    theme, room = canvas.theme, canvas.width - 2 * EDGE
    y = EDGE + 14.0
    for line in wrapped(figure.title, TITLE, room, 2, bold=True):
        canvas.text((EDGE, y), line, TITLE, theme.ink, bold=True)
        y += TITLE * LINE
    said = unit if unit is not None else unit_text(figure)
    for line in wrapped(said, SMALL, room, 2):
        canvas.text((EDGE, y), line, SMALL, theme.muted)
        y += SMALL * LINE
    if figure.sandbox:
        canvas.text((EDGE, y), SANDBOX, SMALL, theme.warning, bold=True)
        y += SMALL * LINE
    return y


def unit_text(figure: Figure) -> str:
    """The unit in words, what the axis is in, and the valuation."""
    unit = figure.unit if is_pure(figure.unit) else unit_in(figure.unit, figure.power)
    log = "logarithmic scale" if figure.scale == "log" else ""
    return ", ".join(part for part in (unit, figure.valuation or "", log) if part)


def legend(canvas: Canvas, y: float, names: Sequence[tuple[str, str]]) -> float:
    """Draw names with their colours, one beside the other; says where they end."""
    x, room = float(EDGE), canvas.width - EDGE
    y += 4
    for name, colour in names:
        shown = fitted(name, SMALL, room - EDGE - 20)
        wide = 18 + text_width(shown, SMALL) + 16
        if x > EDGE and x + wide - 16 > room:
            x, y = EDGE, y + SMALL * 1.5
        canvas.shape("rect", x=x, y=y - 10, width=11, height=11, rx=2, fill=colour)
        canvas.text((x + 16, y), shown, SMALL, canvas.theme.ink, about=name if shown != name else "")
        x += wide
    return y + SMALL


def foot(canvas: Canvas, figure: Figure, y: float) -> float:
    """Draw what marks mean, notes, breaks and the source; says how high the drawing is."""
    theme, room = canvas.theme, canvas.width - 2 * EDGE
    lines = [*_marks(figure), *figure.notes[:MOST_NOTES]]
    lines += [f"From {one.at}: {one.text}" for one in figure.breaks[:2]]
    lines.append(f"Source: {figure.source}. Results {', '.join(figure.results)}.")
    y += 4
    for text in lines:
        for line in wrapped(text, TINY, room, 2):
            canvas.text((EDGE, y), line, TINY, theme.muted)
            y += TINY * LINE
        y += 1
    return y + EDGE - TINY


def _marks(figure: Figure) -> list[str]:
    on_points = figure.kind in ("lines", "seasonality")
    found = dict.fromkeys(MARKS[mark][not on_points] for one in figure.series for mark in one.marks or {})
    gaps = any(value is None for one in drawn(figure) for value in one.values)
    said = [*found, *(["a gap is no figure, not zero"] if gaps else [])]
    return [" · ".join(said)] if said else []


def drawn(figure: Figure) -> list[Series]:
    """The series that a drawing shows: never the total of parts."""
    return [one for one in figure.series if one.role != "total"]


def across(canvas: Canvas, figure: Figure, room: Room) -> None:
    """Write across the figures that they are synthetic."""
    if not figure.sandbox:
        return
    x, y = (room.left + room.right) / 2, (room.top + room.bottom) / 2
    size = min(90.0, room.width / 6.2)
    canvas.opened(transform=f"rotate(-18 {x:.1f} {y:.1f})", opacity="0.13", pointer_events="none", aria_hidden="true")
    canvas.text((x, y + size / 3), "SANDBOX", size, canvas.theme.warning, anchor="middle", bold=True)
    canvas.closed()


def hint(name: str, label: str, value: float | None, unit: str, mark: str = "") -> str:
    """What a pointer over a mark shows: exact, with the figure in words."""
    if value is None:
        return f"{name}, {label}: no figure{f' ({mark})' if mark else ''}"
    exactly = f"{value:,} {unit}" if unit != "percent" else f"{value:,} %"
    words = amount(value, unit)
    said = exactly if words.replace(",", "") == exactly.replace(",", "") else f"{exactly} ({words})"
    return f"{name}, {label}: {said}{f', {mark}' if mark else ''}"


def mark_of(one: Series, at: int) -> str:
    """What kind of figure stands at a place, where it is not simply reported."""
    return next((mark for mark, places in (one.marks or {}).items() if at in places), "")
