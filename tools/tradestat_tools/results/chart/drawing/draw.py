"""A figure as SVG: equal text for an equal figure, wherever and whenever it is drawn."""

from collections.abc import Callable, Mapping

from tradestat_tools.results.chart.drawing.areas import bubble, treemap
from tradestat_tools.results.chart.drawing.canvas import Canvas
from tradestat_tools.results.chart.drawing.columns import balance, mirror, shares
from tradestat_tools.results.chart.drawing.lines import lines
from tradestat_tools.results.chart.drawing.places import tile_map
from tradestat_tools.results.chart.drawing.ranked import bars
from tradestat_tools.results.chart.drawing.theme import THEMES, ThemeName
from tradestat_tools.results.chart.figure import Figure, Kind

WIDTH = 800
NARROWEST = 480

_KINDS: Mapping[Kind, Callable[[Canvas, Figure], float]] = {
    "lines": lines,
    "seasonality": lines,
    "bars": bars,
    "shares": shares,
    "treemap": treemap,
    "mirror": mirror,
    "balance": balance,
    "bubble": bubble,
    "map": tile_map,
}


def draw(figure: Figure, theme: ThemeName = "light", width: int = WIDTH) -> str:
    """The SVG of a figure.

    Every mark has its exact value as `data-v` and says it to a pointer; a line has all of them as `data-values`, with –
    for a gap.

    Args:
        width: pixels, at least 480; the height follows from the figure.
    """
    canvas = Canvas(max(width, NARROWEST), THEMES[theme])
    height = _KINDS[figure.kind](canvas, figure)
    return canvas.svg(height, figure.title, " ".join(figure.finding))
