"""Charts that Excel draws itself, over a sheet of the figure's values, so that they can be changed there.

Excel has no treemap or map of tiles that XlsxWriter can write, and no bubbles: those become ranked bars and points.
"""

from collections.abc import Mapping
from typing import Any

from tradestat_tools.results.chart.drawing.theme import THEMES
from tradestat_tools.results.chart.figure import Figure, Kind, Role
from tradestat_tools.results.chart.numbers import unit_in
from tradestat_tools.results.citation import SANDBOX
from tradestat_tools.results.export.report import plain

DATA = "Chart data"
WIDTH, ROWS = 800, 20
"""Pixels, and rows of the usual height that a chart covers."""

_KINDS: Mapping[Kind, dict[str, str]] = {
    "lines": {"type": "line"},
    "seasonality": {"type": "line"},
    "bars": {"type": "bar"},
    "treemap": {"type": "bar"},
    "map": {"type": "bar"},
    "shares": {"type": "column", "subtype": "percent_stacked"},
    "balance": {"type": "column"},
    "mirror": {"type": "column"},
    "bubble": {"type": "scatter"},
}
_LINES: tuple[Role, ...] = ("balance", "best")
"""Drawn as lines over columns."""
_LEFT_OUT: tuple[Role, ...] = ("total", "margin", "unexplained")


class Exact(float):
    """A float that is written with all the digits that tell it from its neighbours; XlsxWriter rounds to 16."""

    def __format__(self, _: str, /) -> str:
        return float.__repr__(self)


class Charts:
    """The sheet of values of a workbook, and the charts over it."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._sheet: Any = None
        self._row = 0
        self._text = book.add_format({"num_format": "@"})

    @property
    def sheets(self) -> list[str]:
        """The sheet of values, if there are charts."""
        return [DATA] if self._sheet else []

    def insert(self, sheet: Any, row: int, figure: Figure) -> None:
        """Put the chart of a figure on a sheet, and its values on that of all charts. A gap stays a gap."""
        top = self._write(figure)
        chosen = _KINDS[figure.kind]
        chart = self._book.add_chart(chosen)
        if figure.kind == "bubble":
            self._points(chart, figure, top)
        else:
            lines = self._book.add_chart({"type": "line"})
            for at, one in enumerate(figure.series, start=1):
                if one.role in _LINES and chosen["type"] == "column":
                    lines.add_series(self._series(figure, at, top))
                elif one.role not in _LEFT_OUT:
                    chart.add_series(self._series(figure, at, top))
            if lines.series:
                chart.combine(lines)
            self._axes(chart, figure)
        title = f"{SANDBOX}: {figure.title}" if figure.sandbox else figure.title
        chart.set_title({"name": plain(title)[:200], "name_font": {"size": 12}, "overlay": False})
        chart.show_blanks_as("gap")
        chart.set_legend({"none": True} if len(figure.series) == 1 else {"position": "bottom"})
        chart.set_size({"width": WIDTH, "height": ROWS * 20 - 10})
        sheet.insert_chart(row, 0, chart, {"description": plain(" ".join(figure.finding))[:500]})

    def _write(self, figure: Figure) -> int:
        """The figure's values: heads, then a row for each place on the axis; the row of the heads."""
        if self._sheet is None:
            self._sheet = self._book.add_worksheet(DATA)
            self._sheet.set_column(0, 0, 30)
            self._sheet.set_column(1, 1 + len(figure.series), 16)
        sheet, top = self._sheet, self._row + 1
        sheet.write_string(self._row, 0, plain(f"{figure.title} ({figure.unit})"), self._text)
        for at, name in enumerate([figure.axis.name, *(one.name for one in figure.series)]):
            sheet.write_string(top, at, plain(name), self._text)
        for place, label in enumerate(figure.axis.labels):
            sheet.write_string(top + 1 + place, 0, plain(label), self._text)
            for at, one in enumerate(figure.series, start=1):
                value = one.values[place]
                if value is not None:
                    sheet.write_number(top + 1 + place, at, value if isinstance(value, int) else Exact(value))
        self._row = top + len(figure.axis.labels) + 2
        return top

    def _series(self, figure: Figure, at: int, top: int) -> dict[str, Any]:
        last, theme = top + len(figure.axis.labels), THEMES["light"]
        rest = figure.series[at - 1].role == "rest"
        colour = theme.rest if rest else theme.colours[(at - 1) % len(theme.colours)]
        return {
            "name": [DATA, top, at],
            "categories": [DATA, top + 1, 0, last, 0],
            "values": [DATA, top + 1, at, last, at],
            "line": {"color": colour, "width": 2},
            "fill": {"color": colour},
            "gap": 60,
        }

    def _points(self, chart: Any, figure: Figure, top: int) -> None:
        """Growth over share, each point with its name."""
        last = top + len(figure.axis.labels)
        places: dict[str, int] = {one.role: at for at, one in enumerate(figure.series, start=1)}
        share, growth = places["share"], places["growth"]
        names = [{"value": f"='{DATA}'!$A${top + 2 + at}"} for at in range(len(figure.axis.labels))]
        chart.add_series(
            {
                "categories": [DATA, top + 1, share, last, share],
                "values": [DATA, top + 1, growth, last, growth],
                "marker": {"type": "circle", "size": 8, "fill": {"color": THEMES["light"].colours[0]}},
                "data_labels": {"custom": names, "position": "right"},
            }
        )
        chart.set_x_axis({"name": plain(figure.series[share - 1].name) + ", %"})
        chart.set_y_axis({"name": plain(figure.series[growth - 1].name) + ", %"})

    def _axes(self, chart: Any, figure: Figure) -> None:
        values: dict[str, Any] = {
            "name": "percent" if figure.kind == "shares" else plain(unit_in(figure.unit, figure.power)),
            "num_format": "0%" if figure.kind == "shares" else f"#,##0.##{',' * figure.power}",
            "major_gridlines": {"visible": True, "line": {"color": THEMES["light"].grid}},
        }
        if figure.scale == "log":
            values["log_base"] = 10
        along: dict[str, Any] = {"name": plain(figure.axis.name), "label_position": "low"}
        if _KINDS[figure.kind]["type"] == "bar":
            along["reverse"] = True  # the largest on top
        # XlsxWriter calls the axis of names x, also of bars, where it stands upright.
        chart.set_x_axis(along)
        chart.set_y_axis(values)
