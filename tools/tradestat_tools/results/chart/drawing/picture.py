"""A figure as a picture: SVG, or PNG where the extra `png` is installed."""

import re
from importlib.util import find_spec
from typing import Any, Literal

from tradestat_tools.model.answers import Picture
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.results.chart.drawing.canvas import FONTS
from tradestat_tools.results.chart.drawing.draw import draw
from tradestat_tools.results.chart.drawing.theme import ThemeName
from tradestat_tools.results.chart.figure import Figure

Format = Literal["svg", "png"]

MOST_BYTES = 750_000
"""Of a picture as PNG; some hosts fail on more."""

ZOOMS = (2.0, 1.5, 1.0, 0.75, 0.5)


def picture_of(figure: Figure, form: Format, theme: ThemeName) -> Picture:
    """The picture. Blocks.

    Raises:
        InvalidQuery: PNG is not to be had here: the extra is not installed, or no font has some of the characters.
    """
    svg = draw(figure, theme)
    name = f"{'sandbox-' * figure.sandbox}{figure.kind}-{figure.results[0]}.{form}"
    if form == "svg":
        return Picture(name, "image/svg+xml", svg.encode("utf-8"))
    return Picture(name, "image/png", png(svg))


def png(svg: str) -> bytes:
    """A drawing as PNG of at most 750 kB, in the fonts of this computer. Blocks.

    Raises:
        InvalidQuery: the extra is not installed, or no font has some of the characters.
    """
    if find_spec("resvg_py") is None:
        raise InvalidQuery(
            "A PNG needs the extra `png`, which is not installed with this server.",
            argument="format",
            allowed="svg, data",
            remedy="Draw format=svg, or have the server installed with it: pip install 'tradestat-mcp[png]'.",
        )
    missing = without_glyph(svg)
    if missing:
        raise InvalidQuery(
            f"No font on the server's computer has {missing}, so that the PNG would show boxes in their place.",
            argument="format",
            allowed="svg, data",
            remedy="Draw format=svg, which keeps them for the reader's fonts, or have a font with them installed there "
            "(such as Noto Sans CJK).",
        )
    for zoom in ZOOMS:
        body = _rendered(svg, zoom)
        if len(body) <= MOST_BYTES:
            return body
    raise InvalidQuery(
        "The picture is too large as PNG.", argument="format", allowed="svg", remedy="Draw fewer with `top` or `only`."
    )


def without_glyph(svg: str) -> str:
    """Which characters of a drawing no font of this computer has, quoted; "" where there are none.

    Seen with resvg-py 0.5.0, November 2026: what no font has is drawn as a box, or not at all, without a word. So each
    character is drawn alone and held against one that no font has.
    """
    texts = re.sub(r"<[^>]*>", "", re.sub(r"<(title|desc)\b.*?</\1>", "", svg, flags=re.DOTALL))
    nothing = _rendered(_ALONE.format("&#xF8F5;"), 1.0)
    chars = sorted({char for char in texts if not char.isascii() and not char.isspace()})
    missing = [char for char in ("A", *chars) if _rendered(_ALONE.format(char), 1.0) == nothing]
    if not missing:
        return ""
    more = f" and {len(missing) - 12} more" if len(missing) > 12 else ""
    return f"“{''.join(missing[:12])}”{more}"


_ALONE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30">'
    f'<text x="2" y="24" font-size="20" font-family="{FONTS}">{{}}</text></svg>'
)


def _rendered(svg: str, zoom: float) -> bytes:
    import resvg_py  # noqa: PLC0415 - an extra

    drawn: Any = resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom)
    return bytes(drawn)
