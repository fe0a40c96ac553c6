"""Charts as pictures."""

from typing import BinaryIO

from tradestat_tools.results.chart.drawing.draw import draw
from tradestat_tools.results.chart.drawing.picture import png
from tradestat_tools.results.export.report import Report


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
    assert answer.figure is not None  # noqa: S101 - the tool lets through only what can be drawn
    return draw(answer.figure)
