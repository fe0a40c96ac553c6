"""What the page costs, printed beside one of Vega-Lite that draws the same figure: size, and time to the drawing.

Times are not judged.
"""

import gzip
import json
import statistics
import sys
from pathlib import Path
from random import Random

import pytest
from in_browser.figures import answered
from in_browser.shown import Show
from playwright.sync_api import Browser, expect

from tradestat_server.mcp.page import page
from tradestat_tools.results.chart.figure import Axis, Figure, Series

pytestmark = pytest.mark.browser

LINES, POINTS = 20, 300
TIMES = 5
MOST_BYTES = 150_000


def many_lines() -> Figure:
    random = Random(LINES * POINTS)
    return Figure(
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


def by_vega_lite(figure: Figure, script: str) -> str:
    """A page that draws the lines with Vega-Lite, its script and figures in it."""
    values = [
        {"month": label, "name": one.name, "value": value}
        for one in figure.series
        for label, value in zip(figure.axis.labels, one.values, strict=True)
    ]
    spec = {
        "width": 600,
        "height": 300,
        "data": {"values": values},
        "mark": "line",
        "encoding": {
            "x": {"field": "month", "type": "temporal"},
            "y": {"field": "value", "type": "quantitative"},
            "color": {"field": "name", "type": "nominal"},
        },
    }
    inline = script.replace("</script", "<\\/script")
    return (
        f'<!doctype html><meta charset="utf-8"><div id="chart"></div><script>{inline}</script>'
        f"<script>done = drawn({json.dumps(spec)})</script>"
    )


def test_the_page_is_small_and_draws_many_lines(show: Show, browser: Browser, built: Path, tmp_path: Path) -> None:
    html = page().html.encode()
    assert len(html) < MOST_BYTES
    figure = many_lines()
    other = by_vega_lite(figure, (built / "vega.js").read_text(encoding="utf-8"))
    file = tmp_path / "vega.html"
    file.write_text(other, encoding="utf-8")
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    tab = browser.new_page()
    for _ in range(TIMES):  # in turns
        shown = show(width=700, results=[answered(figure)])
        expect(shown.app.locator("g[data-values]")).to_have_count(LINES)
        came, drawn = shown.frame.evaluate(
            "() => ['came', 'drawn'].map((name) => performance.getEntriesByName(name)[0].startTime)"
        )
        ours.append((drawn - came, drawn))
        tab.goto(file.as_uri())
        theirs.append(tuple(tab.evaluate("() => done")))
        assert tab.locator("#chart svg path[stroke]").count() >= LINES
    tab.close()
    empty = by_vega_lite(figure.model_copy(update={"series": []}), (built / "vega.js").read_text(encoding="utf-8"))
    for name, body, took in (("page", html, ours), ("Vega-Lite", empty.encode(), theirs)):
        sys.stdout.write(
            f"\n{name}: {len(body):,} bytes, {len(gzip.compress(body, mtime=0)):,} gzipped; {LINES} lines of {POINTS} "
            f"points, medians of {TIMES}: {statistics.median(one for one, _ in took):.0f} ms to draw, "
            f"{statistics.median(one for _, one in took):.0f} ms from the page's beginning"
        )
    sys.stdout.write("\n")
