"""Colours of drawings, light and dark.

Lines and areas stand out from the ground by 3 to 1 and more, texts by 4.5 to 1 (WCAG 2.2, AA). The eight colours are
told apart with the usual kinds of colour blindness too, and never by colour alone: each line has its name at its end or
its place in a legend in the same order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as #rrggbb.

    Args:
        ground: behind everything.
        ink: titles, names and figures.
        muted: units, axes, sources.
        grid: lines behind the figures.
        axis: the line at zero.
        colours: of series, in order.
        rest: all others, and what is of less weight.
        low: the paler end of a scale of one colour; the other is the first of `colours`.
        warning: the word that says figures are synthetic.
    """

    ground: str
    ink: str
    muted: str
    grid: str
    axis: str
    colours: tuple[str, ...]
    rest: str
    low: str
    warning: str


THEMES: Mapping[ThemeName, Theme] = {
    "light": Theme(
        ground="#ffffff",
        ink="#1b1d21",
        muted="#565b63",
        grid="#e4e6ea",
        axis="#7d838c",
        colours=("#0b57b5", "#c07d0a", "#17604a", "#8f2a8a", "#5d5608", "#4f90ea", "#dd5f55", "#858c9c"),
        rest="#8b9199",
        low="#d5e4f2",
        warning="#a4161a",
    ),
    "dark": Theme(
        ground="#15181d",
        ink="#eef0f3",
        muted="#b3b9c2",
        grid="#2c313a",
        axis="#7f8793",
        colours=("#4ba3e3", "#e0563a", "#4fd68a", "#a86ff5", "#f0a23c", "#5a7fd0", "#c07aa5", "#c3c9d1"),
        rest="#79818c",
        low="#27506f",
        warning="#ff8a8a",
    ),
}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def on(colour: str) -> str:
    """Black or white, whichever is read better on a colour."""
    return max(("#000000", "#ffffff"), key=lambda text: contrast(text, colour))


def between(low: str, high: str, part: float) -> str:
    """The colour so far (0 to 1) on the way from one to the other."""
    pairs = ((int(low[at : at + 2], 16), int(high[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(first + (last - first) * part):02x}" for first, last in pairs)
