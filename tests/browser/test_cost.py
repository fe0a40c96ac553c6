"""What the page costs, printed: its size, and how long it takes to draw a large figure. Times are not judged."""

import gzip
import statistics
import sys
from random import Random

import pytest
from in_browser.figures import answered
from in_browser.shown import Show
from playwright.sync_api import expect

from tradestat_server.mcp.page import page
from tradestat_tools.results.chart.figure import Axis, Figure, Series

pytestmark = pytest.mark.browser

LINES, POINTS = 20, 300
TIMES = 5
MOST_BYTES = 150_000


def test_the_page_is_small_and_draws_many_lines(show: Show) -> None:
    html = page().html.encode()
    assert len(html) < MOST_BYTES
    random = Random(LINES * POINTS)
    figure = Figure(
        kind="lines",
        title="Many lines",
        finding=[],
        unit="US dollars",
        power=2,
        axis=Axis(
            kind="periods",
            name="month",
            labels=[f"{2000 + at // 12}-{at % 12 + 1:02d}" for at in range(POINTS)],
            frequency="month",
        ),
        series=[
            Series(name=f"Partner {at}", values=[random.randrange(10**9) for _ in range(POINTS)]) for at in range(LINES)
        ],
        source="Nobody",
        results=[],
        arguments={},
    )
    drawing: list[float] = []
    all_in_all: list[float] = []
    for _ in range(TIMES):
        shown = show(width=700, results=[answered(figure)])
        expect(shown.app.locator("g[data-values]")).to_have_count(LINES)
        came, drawn = shown.frame.evaluate(
            "() => ['came', 'drawn'].map((name) => performance.getEntriesByName(name)[0].startTime)"
        )
        drawing.append(drawn - came)
        all_in_all.append(drawn)
    sys.stdout.write(
        f"\npage: {len(html):,} bytes, {len(gzip.compress(html, mtime=0)):,} gzipped; "
        f"{LINES} lines of {POINTS} points, "
        f"medians of {TIMES}: {statistics.median(drawing):.0f} ms from the result to the drawing, "
        f"{statistics.median(all_in_all):.0f} ms from the page's beginning\n"
    )
