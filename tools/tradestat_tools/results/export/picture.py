"""Charts as pictures."""

from typing import BinaryIO

from tradestat_tools.results.chart.drawing.draw import draw
from tradestat_tools.results.chart.drawing.picture import png
from tradestat_tools.results.chart.figure import Figure
from tradestat_tools.results.export.report import Exported, Report

CHART = "chart"
"""The tool whose answers are figures."""


def figure_in(answer: Exported) -> Figure | None:
    """The figure of an answer; None where it is no chart."""
    if answer.stored.tool != CHART:
        return None
    return Figure.model_validate(answer.stored.structured["data"]["figure"])


def write_svg(report: Report, file: BinaryIO) -> None:
    """The drawing of the report's one chart."""
    file.write(_drawn(report).encode("utf-8"))


def write_png(report: Report, file: BinaryIO) -> None:
    """The same as PNG.

    Raises:
        InvalidQuery: the extra is not installed, or no font has some of the characters.
    """
    file.write(png(_drawn(report)))


def _drawn(report: Report) -> str:
    (answer,) = report.answers
    figure = figure_in(answer)
    assert figure is not None  # noqa: S101 - the tool lets charts through only
    return draw(figure)
