"""How charts look, light and dark: pictures in docs/page, to be looked at, and compared with what is drawn now."""

import base64
import json
import os
from typing import Any

import pytest
from gallery import FIGURES, ROOT
from in_browser.drawn import READ, check
from in_browser.figures import answered
from in_browser.png import packed
from in_browser.shown import Show
from playwright.sync_api import expect

from tradestat_tools.results.chart.figure import Figure

pytestmark = pytest.mark.browser

FOLDER = ROOT / "docs" / "page"
WRITE = "TRADESTAT_WRITE_SNAPSHOTS"
"""Set it to 1 to draw the pictures anew; then look at them."""

WIDTH = 480
MOST_BYTES = 60_000
TOLERANCE = 6.0
"""By how many of 255 shades tiles of 10 by 10 pixels may differ on average: letters differ between machines."""

COMPARE = """
async ([one, other]) => {
  const shades = async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [48, 50];
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, 48, 50);
    return [image.width, image.height, context.getImageData(0, 0, 48, 50).data];
  };
  const [wide, high, a] = await shades(one);
  const [width, height, b] = await shades(other);
  const apart = a.reduce((sum, shade, at) => sum + Math.abs(shade - b[at]), 0) / a.length;
  return [wide === width && Math.abs(high - height) <= 8, apart];
}
"""

NAMES = sorted(path.stem for path in FIGURES.glob("*.json"))
SHOWN = ("lines", "bars", "shares", "treemap", "mirror", "balance", "seasonality", "bubble", "map")


def result(name: str) -> tuple[Figure, dict[str, Any]]:
    """A figure of the gallery, which the tool has answered in the sandbox."""
    data = json.loads((FIGURES / f"{name}.json").read_text(encoding="utf-8"))
    figure = Figure.model_validate(data)
    return figure, answered(figure)


def address(png: bytes) -> str:
    """A picture as an address."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_chart_of_the_gallery_is_drawn_right_and_looks_as_it_was_seen(show: Show, theme: str) -> None:
    found = [result(name) for name in NAMES]
    shown = show(width=WIDTH, results=[answer for _, answer in found], context={"theme": theme, "locale": "en"})
    unlike: list[str] = []
    for at, (name, (figure, _)) in enumerate(zip(NAMES, found, strict=True)):
        if at:
            shown.next()
        expect(shown.app.get_by_role("heading", level=1)).to_have_text(figure.title)
        expect(shown.app.locator(f"svg[data-kind={figure.kind}]")).to_be_visible()
        expect(shown.page.locator("iframe")).to_have_css("height", f"{shown.heard['sizes'][-1]}px")
        if figure.kind != "lines" or figure.scale == "linear":
            check(shown.frame.evaluate(READ), figure, all_rows=False)
        if name not in SHOWN:
            continue
        now = shown.page.locator("iframe").screenshot()
        kept = FOLDER / f"{name}-{theme}.png"
        if os.environ.get(WRITE) == "1":
            FOLDER.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(packed(now))
        assert kept.stat().st_size < MOST_BYTES, name
        same_size, apart = shown.page.evaluate(COMPARE, [address(kept.read_bytes()), address(now)])
        if not same_size or apart > TOLERANCE:
            unlike.append(f"{name}: {apart:.1f} shades")
    assert unlike == [], f"{WRITE}=1 draws them anew: look at docs/page before you keep them"
