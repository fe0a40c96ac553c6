"""An SVG in the making: shapes, and texts whose width is estimated so that none is longer than it is taken to be."""

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal

from tradestat_tools.codes.words import clean
from tradestat_tools.results.chart.drawing.theme import Theme

FONTS = "'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', 'DejaVu Sans', 'Noto Sans CJK SC', sans-serif"

Anchor = Literal["start", "middle", "end"]
Place = tuple[float, float]

_NARROW = frozenset("ijl|'!.,:;`")
_SLIM = frozenset('frtI()[]{}/\\-" ')
_BROAD = frozenset("mMwW@%—…")
_WIDTHS = {"narrow": 0.32, "slim": 0.42, "usual": 0.64, "capital": 0.74, "broad": 0.99, "wide": 1.02}
"""Parts of the size of the font: of its widest usual letters, as DejaVu Sans has them, which is wider than most."""


def char_width(char: str) -> float:
    """The width of a character in parts of the font's size, rather too much than too little."""
    if char in _NARROW:
        return _WIDTHS["narrow"]
    if char in _SLIM:
        return _WIDTHS["slim"]
    if char in _BROAD:
        return _WIDTHS["broad"]
    if char.isascii():
        return _WIDTHS["capital" if char.isupper() or char in "&#<>=+~" else "usual"]
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    if unicodedata.east_asian_width(char) in ("W", "F"):
        return _WIDTHS["wide"]
    return _WIDTHS["capital"]


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Pixels that a text takes at most, in the fonts named."""
    return sum(map(char_width, text)) * size * (1.1 if bold else 1)


def fitted(text: str, size: float, room: float) -> str:
    """The text, or as much of it as there is room for, with an ellipsis."""
    if text_width(text, size) <= room:
        return text
    kept = text
    while kept and text_width(f"{kept}…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip(' ,;:(')}…" if kept else ""


def wrapped(text: str, size: float, room: float, most: int, *, bold: bool = False) -> list[str]:
    """The text on lines of at most so many pixels; the last is cut where there would be more lines than allowed."""
    lines: list[str] = []
    line = ""
    for word in _words(text):
        if line and text_width(line + word.rstrip(), size, bold=bold) > room:
            lines.append(line.rstrip())
            line = word
        else:
            line += word
    lines.append(line.rstrip())
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    factor = 1.1 if bold else 1
    return [fitted(one, size * factor, room) for one in lines]


def _words(text: str) -> Iterable[str]:
    """Words with the blank behind them; characters that have none between them, one by one."""
    word = ""
    for char in text:
        word += char
        if char == " " or unicodedata.east_asian_width(char) in ("W", "F"):
            yield word
            word = ""
    if word:
        yield word


def number(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


def exact(value: float | None) -> str:
    """A value as it can be read back; a dash for none."""
    return "–" if value is None else repr(value)


def runs_of(places: Iterable[Place | None]) -> list[list[Place]]:
    """Stretches of places without a gap."""
    runs: list[list[Place]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return [run for run in runs if run]


class Canvas:
    """Shapes in the order in which they are drawn.

    Args:
        width: pixels.
    """

    def __init__(self, width: float, theme: Theme) -> None:
        self.width = width
        self.theme = theme
        self._parts: list[str] = []

    def shape(self, tag: str, about: str = "", /, **attributes: str | float | None) -> None:
        """Any shape; `about` is what a pointer over it shows. Attributes are written with - for _."""
        written = "".join(
            f' {name.rstrip("_").replace("_", "-")}="{escape(value if isinstance(value, str) else number(value))}"'
            for name, value in attributes.items()
            if value is not None
        )
        inner = f"><title>{escape(clean(about))}</title></{tag}>" if about else "/>"
        self._parts.append(f"<{tag}{written}{inner}")

    def line(self, one: Place, other: Place, colour: str, *, width: float = 1, dash: str | None = None) -> None:
        """A straight line."""
        ends = {"x1": one[0], "y1": one[1], "x2": other[0], "y2": other[1]}
        self.shape("line", **ends, stroke=colour, stroke_width=width, stroke_dasharray=dash)

    def path(self, runs: Iterable[Sequence[Place]], colour: str, *, width: float, dash: str | None = None) -> None:
        """Lines through points; a run for each stretch without a gap."""
        way = "".join("M" + "L".join(f"{number(x)} {number(y)}" for x, y in run) for run in runs)
        self.shape(
            "path",
            d=way,
            fill="none",
            stroke=colour,
            stroke_width=width,
            stroke_dasharray=dash,
            stroke_linejoin="round",
            stroke_linecap="round",
        )

    def text(
        self,
        at: Place,
        text: str,
        size: float,
        colour: str,
        *,
        anchor: Anchor = "start",
        bold: bool = False,
        about: str = "",
    ) -> None:
        """A text on one line, `at` being on its baseline."""
        weight = ' font-weight="600"' if bold else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        hint = f"<title>{escape(clean(about))}</title>" if about else ""
        self._parts.append(
            f'<text x="{number(at[0])}" y="{number(at[1])}" font-size="{number(size)}" fill="{colour}"{place}{weight}>'
            f"{escape(clean(text))}{hint}</text>"
        )

    def opened(self, **attributes: str | None) -> None:
        """Begin a group."""
        written = "".join(
            f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
            for name, value in attributes.items()
            if value is not None
        )
        self._parts.append(f"<g{written}>")

    def closed(self) -> None:
        """End a group."""
        self._parts.append("</g>")

    def svg(self, height: float, title: str, about: str) -> str:
        """The whole drawing."""
        wide, high = number(self.width), number(height)
        size = f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(clean(title))}" '
            f'font-family="{escape(FONTS)}">'
        )
        said = f"<title>{escape(clean(title))}</title>\n<desc>{escape(clean(about))}</desc>"
        ground = f'<rect width="100%" height="100%" fill="{self.theme.ground}"/>'
        return "\n".join([head, said, ground, *self._parts, "</svg>", ""])
