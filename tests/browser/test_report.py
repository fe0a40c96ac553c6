"""A report as a browser prints it: all of it on the paper, A4 and Letter, the finding before where it comes from."""

import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from in_browser.shown import Ask
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

MARGIN = 14 / 25.4 * 72
"""In points: what the report leaves free on the left and the right."""


@pytest.fixture(scope="module")
def report(ask: Ask) -> Path:
    """A report of a series with many columns, a comparison and a chart."""
    flow = {"product": "850760", "period": "2019-2024"}
    several = {"reporter": "Korea", "partner": ["China", "United States", "Germany", "ASEAN"], **flow}
    series = ask("trade_series", **several, also=["growth", "share", "cagr", "unit_value"])["result"]
    mirror = ask("compare_mirror", exporter="China", importer="Korea", **flow, detail="full")["result"]
    chart = ask("chart", result=[series])["result"]
    written = ask("export_data", result=[series, mirror, chart], format="html")
    return Path(written["text"].partition(" · ")[0])


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_report_is_printed_whole(browser: Browser, report: Path, paper: str) -> None:
    tab = browser.new_page()
    try:
        tab.goto(report.as_uri())
        cells = tab.locator("section :is(th, td)").all_inner_texts()
        printed: Any = pypdfium2.PdfDocument(tab.pdf(format=paper))
    finally:
        tab.close()
    words = ""
    for page in printed:
        text = page.get_textpage()
        words += text.get_text_range()
        edges = [text.get_charbox(at) for at in range(text.count_chars()) if not text.get_text_range(at, 1).isspace()]
        assert min(left for left, *_ in edges) >= MARGIN - 1
        assert max(right for _, _, right, _ in edges) <= page.get_width() - MARGIN + 1
    assert 3 <= len(printed) <= 12
    told = re.sub(r"\s+", "", words)
    assert [cell for cell in cells if re.sub(r"\s+", "", cell) not in told] == []
    assert told.index("SANDBOX") < told.index("Largestin2024") < told.index("Sources")
