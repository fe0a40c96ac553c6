"""What people do with the page: read figures off, choose, sort, look deeper, take along; by keyboard too."""

import base64
import csv
import io
import json
import re
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest
from in_browser.figures import KINDS, answered, figure_of
from in_browser.shown import Ask, Show, Shown
from playwright.sync_api import expect

from tradestat_tools.results.chart.figure import Axis, Figure, Series

pytestmark = pytest.mark.browser

YEARS = [str(year) for year in range(2018, 2025)]
EXPORTS: dict[str, list[int | float | None]] = {
    "China": [7708910343, 8332765170, None, None, 24021329005, 22555970306, 30108287624],
    "United States": [369959864, 594380762, 619559551, 746153451, 1203583724, 1161838027, 1235276324],
    "Germany": [204993300, 226028368, 238288294, 0, 627957036, 626467203, 767859509],
}


def figure(**changed: Any) -> Figure:
    """Three lines, of which one has a gap, and another a zero where it has none."""
    series = [Series(name=name, values=list(values), code=name[:3].upper()) for name, values in EXPORTS.items()]
    marked = series[1].model_copy(update={"marks": {"provisional": [6]}})
    whole: list[int | float | None] = [
        sum(values[at] or 0 for values in EXPORTS.values()) * 2 for at in range(len(YEARS))
    ]
    given: dict[str, Any] = {
        "kind": "lines",
        "title": "South Korea's exports of 850760, by partner, 2018 to 2024",
        "finding": ["Largest in 2024: China 30.11 billion US dollars."],
        "unit": "US dollars",
        "power": 2,
        "valuation": "FOB",
        "axis": Axis(kind="periods", name="year", labels=YEARS, frequency="year"),
        "series": [series[0], marked, series[2], Series(name="World", role="total", values=whole)],
        "source": "Korea Customs Service (data.go.kr), retrieved 2026-11-29",
        "sandbox": True,
        "results": ["raaaaaaaaaa"],
        "arguments": {"result": ["raaaaaaaaaa"]},
    }
    return Figure(**{**given, **changed})


def press(shown: Shown, name: str) -> None:
    """Press the button of that name."""
    shown.app.get_by_role("button", name=name, exact=True).click()


def values_of(shown: Shown, name: str) -> list[float | None]:
    """What is drawn of a series."""
    said = shown.app.locator(f'g[data-name="{name}"]').get_attribute("data-values")
    assert said is not None
    return json.loads(said)


def test_a_gap_is_a_gap_and_a_zero_a_zero(show: Show) -> None:
    shown = show(results=[answered(figure())])
    assert values_of(shown, "China") == EXPORTS["China"]
    assert values_of(shown, "Germany") == EXPORTS["Germany"]
    path = shown.app.locator('g[data-name="China"] path').get_attribute("d")
    assert path is not None
    assert path.count("M") == 2
    press(shown, "Table")
    row = shown.app.get_by_role("row", name="2021")
    expect(row.locator("td").nth(0)).to_have_text("–")
    expect(row.locator("td").nth(2)).to_have_text("0")


def test_every_drawing_names_unit_valuation_and_source_and_says_that_it_is_synthetic(show: Show) -> None:
    shown = show(results=[answered(figure())])
    expect(shown.app.locator("footer")).to_have_text(
        "US dollars · FOB · Korea Customs Service (data.go.kr), retrieved 2026-11-29"
    )
    expect(shown.app.get_by_text("SANDBOX: synthetic, not statistics")).to_be_visible()
    expect(shown.app.locator("[data-watermark=sandbox]")).to_have_text("SANDBOX")
    expect(shown.app.locator("[data-axis=value] text").first).to_have_text("million US dollars")


def test_series_are_turned_off_and_on_but_never_the_last(show: Show) -> None:
    shown = show(results=[answered(figure())])
    for name in ("China", "Germany"):
        press(shown, name)
        expect(shown.app.locator(f'g[data-name="{name}"]')).to_have_count(0)
    press(shown, "United States")
    expect(shown.app.locator('g[data-name="United States"]')).to_have_count(1)
    press(shown, "China")
    expect(shown.app.locator('g[data-name="China"]')).to_have_count(1)


def test_a_span_is_chosen_and_an_index_begins_with_it(show: Show) -> None:
    shown = show(results=[answered(figure())])
    shown.app.get_by_label("From", exact=True).select_option("2019")
    shown.app.get_by_label("To", exact=True).select_option("2023")
    assert values_of(shown, "United States") == EXPORTS["United States"][1:6]
    shown.app.get_by_label("Show", exact=True).select_option("Index")
    base = EXPORTS["United States"][1]
    assert base is not None
    assert values_of(shown, "United States") == pytest.approx(
        [(value or 0) / base * 100 for value in EXPORTS["United States"][1:6]]
    )
    assert values_of(shown, "China")[1:3] == [None, None]


def test_shares_are_of_the_reported_whole_and_missing_where_there_is_none(show: Show) -> None:
    whole: list[int | float | None] = [100, 200, None, 0, 400, 500, 600]
    parts = [
        Series(name="China", values=[10, 20, 30, 0, 40, None, 60]),
        Series(name="World", role="total", values=whole),
    ]
    shown = show(results=[answered(figure(series=parts))])
    shown.app.get_by_label("Show", exact=True).select_option("Share")
    assert values_of(shown, "China") == [10, 10, None, None, 10, None, 10]
    shown.app.get_by_label("Show", exact=True).select_option("Values")
    expect(shown.app.locator('g[data-name="World"]')).to_have_count(0)


@pytest.mark.parametrize(("name", "offered"), [("China", 1), ("Germany", 0)])
def test_a_logarithm_is_offered_only_where_nothing_is_zero(show: Show, name: str, offered: int) -> None:
    series = [Series(name=name, values=list(EXPORTS[name]))]
    shown = show(results=[answered(figure(series=series))])
    expect(shown.app.get_by_label("Log scale")).to_have_count(offered)
    if offered:
        shown.app.get_by_label("Log scale").check()
        expect(shown.app.locator("[data-axis=value]")).to_have_attribute("data-scale", "log")


def test_pointing_reads_every_series_exactly(show: Show) -> None:
    shown = show(results=[answered(figure())], width=1200)
    box = shown.app.locator(".chart svg").bounding_box()
    circle = shown.app.locator('g[data-name="United States"] circle[data-at="6"]').bounding_box()
    assert box is not None
    assert circle is not None
    shown.page.mouse.move(circle["x"] + 2, box["y"] + 60)
    tip = shown.app.locator(".tip")
    expect(tip).to_contain_text("2024")
    expect(tip).to_contain_text("30,108,287,624 US dollars")
    expect(tip).to_contain_text("1,235,276,324 US dollars, provisional")
    expect(tip).to_contain_text("World")
    shown.page.mouse.move(0, 0)
    expect(tip).to_be_hidden()


def test_the_table_is_sorted_with_gaps_last_filtered_and_paged(show: Show) -> None:
    shown = show(results=[answered(figure())])
    press(shown, "Table")
    column = shown.app.locator("tbody tr td:nth-child(2)")
    heads = shown.app.get_by_role("columnheader")
    heads.filter(has_text="China").get_by_role("button").click()
    expect(heads.filter(has_text="China")).to_have_attribute("aria-sort", "descending")
    known = sorted((value for value in EXPORTS["China"] if value is not None), reverse=True)
    expect(column).to_have_text([*(f"{value:,}" for value in known), "–", "–"])
    heads.filter(has_text="China").get_by_role("button").click()
    expect(column).to_have_text([*(f"{value:,}" for value in reversed(known)), "–", "–"])
    shown.app.get_by_label("Filter rows").press_sequentially("202")
    expect(shown.app.get_by_role("rowheader")).to_have_count(5)
    shown.app.get_by_label("Filter rows").fill("1999")
    expect(shown.app.get_by_text("No row matches.")).to_be_visible()


def test_a_long_table_is_read_in_pages(show: Show) -> None:
    months = [f"{2010 + at // 12}-{at % 12 + 1:02d}" for at in range(60)]
    axis = Axis(kind="periods", name="month", labels=months, frequency="month")
    series = [Series(name="China", values=list(range(60)))]
    shown = show(results=[answered(figure(axis=axis, series=series))], width=320)
    press(shown, "Table")
    read: list[str] = []
    following = shown.app.get_by_role("button", name="Next rows")
    while True:
        read += shown.app.get_by_role("rowheader").all_inner_texts()
        if following.is_disabled():
            break
        following.click()
        expect(shown.app.get_by_text(f"{len(read) + 1}–")).to_be_visible()
    assert read == months


def test_all_series_can_be_reached_in_a_narrow_table(show: Show) -> None:
    shown = show(results=[answered(figure())], width=320)
    press(shown, "Table")
    seen: set[str] = set()
    following = shown.app.get_by_role("button", name="Series after")
    while True:
        seen |= set(shown.app.locator("thead th").all_inner_texts()[1:])
        if following.is_disabled():
            break
        before = shown.app.locator("thead th").nth(1).inner_text()
        following.click()
        expect(shown.app.locator("thead th").nth(1)).not_to_have_text(before)
    assert seen == {*EXPORTS, "World"}


# Taking along.


def test_csv_holds_every_digit_nothing_for_a_gap_and_no_formula(show: Show) -> None:
    series = [Series(name="=HYPERLINK(1)", values=list(EXPORTS["China"]))]
    shown = show(results=[answered(figure(series=series))])
    copied = take(shown, "Copy as CSV")
    rows = list(csv.reader(io.StringIO(copied)))
    assert rows[0] == ["year", "'=HYPERLINK(1)"]
    written = ["" if value is None else str(value) for value in EXPORTS["China"]]
    assert rows[1:8] == [[year, value] for year, value in zip(YEARS, written, strict=True)]
    about = [row[0] for row in rows[9:]]
    assert about[0].startswith("SANDBOX")
    assert about[-1] == "Korea Customs Service (data.go.kr), retrieved 2026-11-29"


def take(shown: Shown, name: str) -> str:
    """What a button puts on the clipboard."""
    shown.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(shown, "Use")
    press(shown, name)
    expect(shown.app.locator("[data-note=done]")).to_have_text("Copied.")
    shown.page.evaluate("() => window.focus()")
    return shown.page.evaluate("() => navigator.clipboard.readText()")


def test_the_citation_names_source_call_and_that_it_is_synthetic(show: Show) -> None:
    copied = take(show(results=[answered(figure())]), "Copy the citation")
    assert copied.startswith("South Korea's exports of 850760, by partner, 2018 to 2024. Korea Customs Service")
    assert 'chart({"result":["raaaaaaaaaa"]})' in copied
    assert "SANDBOX" in copied


def test_pictures_are_handed_to_the_host_and_stand_alone(show: Show) -> None:
    shown = show(results=[answered(figure())])
    press(shown, "Use")
    for name in ("SVG picture", "PNG picture"):
        press(shown, name)
        expect(shown.app.locator("[data-note=done]")).to_have_text("Handed to the host.")
        press(shown, "Use")
        expect(shown.app.locator("[data-note=done]")).to_have_count(0)
    svg, png = (one["contents"][0]["resource"] for one in shown.heard["files"])
    assert svg["mimeType"] == "image/svg+xml"
    root = ElementTree.fromstring(svg["text"])  # noqa: S314 - our own page wrote it
    said = " ".join(text.strip() for text in root.itertext())
    for part in ("by partner, 2018 to 2024", "China", "million US dollars", "retrieved 2026-11-29", "SANDBOX"):
        assert part in said
    assert "var(" not in svg["text"], "colours are written out"
    assert png["mimeType"] == "image/png"
    assert base64.b64decode(png["blob"]).startswith(b"\x89PNG")


def test_pictures_are_shown_where_the_host_saves_no_files(show: Show) -> None:
    shown = show(results=[answered(figure())], capabilities={})
    press(shown, "Use")
    press(shown, "PNG picture")
    image = shown.app.locator("[data-note=by-hand] img")
    expect(image).to_have_attribute("src", re.compile("^data:image/png"))
    expect(image).to_have_attribute("alt", figure().title)
    expect(image).not_to_have_js_property("naturalWidth", 0)
    assert shown.heard["sizes"][-1] <= 500


def test_the_model_is_told_what_is_looked_at(show: Show) -> None:
    shown = show(results=[answered(figure())])
    press(shown, "Germany")
    shown.app.get_by_label("From", exact=True).select_option("2022")
    press(shown, "Use")
    press(shown, "Tell the model what I see")
    expect(shown.app.locator("[data-note=done]")).to_be_visible()
    (told,) = shown.heard["contexts"]
    (block,) = told["content"]
    for part in ("SANDBOX", "2022 to 2024", "China: 2022 24021329005, 2024 30108287624", "Turned off: Germany"):
        assert part in block["text"]
    assert len(block["text"]) <= 2000


# Looking deeper.


@pytest.fixture(scope="module")
def ranked(ask: Ask) -> dict[str, list[str]]:
    """Arguments that draw partners as bars."""
    asked = {"reporter": "Korea", "product": ["8507"], "partner": ["China", "United States", "Germany"]}
    return {"result": [ask("trade_series", **asked, period="2023")["result"]]}


def test_a_partner_is_looked_at_over_time_and_back(show: Show, ranked: dict[str, list[str]], ask: Ask) -> None:
    shown = show(arguments=ranked)
    title = shown.app.get_by_role("heading", level=1)
    before = title.inner_text()
    shown.app.locator(".chart rect[data-at='0']").click()
    expect(shown.app.get_by_role("heading", level=2)).to_have_text("China")
    press(shown, "Over time")
    expect(title).not_to_have_text(before)
    asked, charted = shown.heard["calls"]
    assert asked["name"] == "trade_series"
    assert asked["arguments"] == {"reporter": "KOR", "partner": ["CHN"], "product": ["8507"], "flow": ["X"]}
    answer = ask("trade_series", **asked["arguments"])
    assert charted == {"name": "chart", "arguments": {"result": [answer["result"]]}}
    series = ask("chart", **charted["arguments"])["figure"]["series"]
    drawn = shown.app.locator("g[data-values]").first.get_attribute("data-values")
    assert drawn is not None
    assert json.loads(drawn) == series[0]["values"]
    shown.app.get_by_role("button", name="Back").click()
    expect(title).to_have_text(before)


def test_the_parts_of_a_heading_are_asked_for_by_their_codes(show: Show, ranked: dict[str, list[str]]) -> None:
    shown = show(arguments=ranked)
    shown.app.locator(".chart rect[data-at='0']").click()
    press(shown, "Parts of 8507")
    expect(shown.app.get_by_role("heading", level=1)).to_contain_text("by product")
    asked = shown.heard["calls"][0]["arguments"]
    assert "850760" in asked["product"]
    assert all(re.fullmatch(r"8507\d\d", code) for code in asked["product"])


def test_a_year_of_one_of_several_lines_is_looked_at_by_month(show: Show, ask: Ask) -> None:
    asked = {"reporter": "Korea", "product": ["850760"], "partner": ["China", "Germany"], "period": "2020-2023"}
    shown = show(arguments={"result": [ask("trade_series", **asked)["result"]]}, width=1200)
    shown.app.get_by_role("application").focus()
    shown.page.keyboard.press("End")
    shown.page.keyboard.press("Enter")
    expect(shown.app.get_by_role("heading", level=2)).to_have_text("2023")
    shown.app.get_by_role("term").get_by_role("button", name="Germany").click()
    press(shown, "Months of 2023")
    expect(shown.app.get_by_role("heading", level=1)).to_contain_text("2023-01 to 2023-12")
    assert shown.heard["calls"][0]["arguments"] == {
        "reporter": "KOR",
        "partner": ["DEU"],
        "product": ["850760"],
        "flow": ["X"],
        "period": "2023",
        "freq": "M",
    }


def test_both_ends_of_a_flow_are_set_beside_each_other(show: Show, ranked: dict[str, list[str]]) -> None:
    shown = show(arguments=ranked)
    shown.app.locator(".chart rect[data-at='0']").click()
    press(shown, "Both ends' reports")
    expect(shown.app.locator("svg[data-kind=mirror]")).to_be_visible()
    assert shown.heard["calls"][0]["arguments"] == {"exporter": "KOR", "importer": "CHN", "product": "8507"}


def refusal(text: str) -> dict[str, Any]:
    """What the first call of trade_series is answered with."""
    return {"tool": "trade_series", "result": {"content": [{"type": "text", "text": text}], "isError": True}}


def test_nothing_that_costs_is_asked_before_it_is_allowed(show: Show, ranked: dict[str, list[str]]) -> None:
    refusal = (
        "TooLarge: Trade Map would take 3 credits; 0 are allowed. It was not asked.\nDo: Allow them with max_credits=3."
    )
    refuse = {"tool": "trade_series", "result": {"content": [{"type": "text", "text": refusal}], "isError": True}}
    shown = show(arguments=ranked, refuse=refuse)
    shown.app.locator(".chart rect[data-at='0']").click()
    press(shown, "Over time")
    asks = shown.app.get_by_role("alertdialog")
    expect(asks).to_contain_text("3 credits")
    assert len(shown.heard["calls"]) == 1
    asks.get_by_role("button", name="Cancel").click()
    expect(asks).to_have_count(0)
    assert len(shown.heard["calls"]) == 1
    shown.page.evaluate("() => refuseAgain()")
    press(shown, "Over time")
    asks.get_by_role("button", name="Ask").click()
    expect(shown.app.locator("svg[data-kind=lines]")).to_be_visible()
    paid = shown.heard["calls"][2]
    assert paid["name"] == "trade_series"
    assert paid["arguments"]["max_credits"] == 3


def test_what_can_not_be_had_is_said_and_the_chart_stays(show: Show, ranked: dict[str, list[str]]) -> None:
    refuse = {
        "tool": "trade_series",
        "result": {"content": [{"type": "text", "text": "NoData: none."}], "isError": True},
    }
    shown = show(arguments=ranked, refuse=refuse)
    shown.app.locator(".chart rect[data-at='0']").click()
    press(shown, "Over time")
    expect(shown.app.locator("[data-note=failed]")).to_have_text("NoData: none.")
    press(shown, "Chart")
    expect(shown.app.locator("svg[data-kind=bars]")).to_be_visible()


def test_nothing_deeper_is_offered_where_no_tool_can_be_called(show: Show, ranked: dict[str, list[str]]) -> None:
    shown = show(arguments=ranked, capabilities={})
    shown.app.locator(".chart rect[data-at='0']").click()
    expect(shown.app.get_by_role("heading", level=2)).to_have_text("China")
    expect(shown.app.get_by_role("button", name="Over time")).to_have_count(0)


# For everybody.


def test_all_is_done_by_keyboard_and_what_is_read_is_said(show: Show, ranked: dict[str, list[str]]) -> None:
    shown = show(arguments=ranked)
    chart = shown.app.get_by_role("application")
    expect(chart).to_be_visible()
    keys = shown.page.keyboard
    reached: list[str] = []
    shown.app.locator("html").evaluate("(root) => root.querySelector('button').focus()")
    for _ in range(20):
        reached.append(shown.frame.evaluate("() => document.activeElement.dataset.key ?? ''"))
        if reached[-1] == "chart-box":
            break
        keys.press("Tab")
    assert reached[:4] == ["chart", "table", "notes", "use"]
    assert reached[-1] == "chart-box"
    keys.press("ArrowDown")
    said = shown.app.locator("#said")
    expect(said).to_contain_text("China; ")
    expect(said).to_contain_text("US dollars")
    keys.press("End")
    expect(said).to_contain_text("Germany; ")
    keys.press("Enter")
    expect(shown.app.get_by_role("heading", level=2)).to_have_text("Germany")
    expect(shown.app.get_by_role("button", name="Over time")).to_be_focused()
    keys.press("Enter")
    expect(shown.app.locator("svg[data-kind=lines]")).to_be_visible()
    expect(said).to_contain_text("Germany")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_kind_of_chart_or_pane(show: Show, theme: str) -> None:
    random = Random(theme)
    figures = [figure_of(kind, random).model_copy(update={"sandbox": True, "title": kind}) for kind in KINDS]
    shown = show(results=[answered(one) for one in figures], context={"theme": theme})
    axe = shown.page.request.get(f"{shown.page.url}axe.js").text()
    for at, kind in enumerate(KINDS):
        if at:
            shown.next()
        expect(shown.app.get_by_role("heading", level=1)).to_have_text(kind)
        if at == 0:
            shown.frame.add_script_tag(content=axe)
        for pane in ("chart", "table", "notes", "use") if kind in ("lines", "bars") else ("chart",):
            shown.app.locator(f"[data-key={pane}]").click()
            expect(shown.app.locator(f"[data-pane={pane}]")).to_be_visible()
            found = shown.frame.evaluate("() => axe.run(document, { iframes: false })")
            faults = [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in found["violations"]]
            assert faults == [], f"{kind}, {pane}"


@pytest.mark.parametrize(
    ("locale", "pane", "written"),
    [
        ("en-US", "Table", "30,108,287,624"),
        ("de-DE", "Table", "30.108.287.624"),
        ("hi-IN", "Table", "30,10,82,87,624"),
        ("zh-CN", "表格", "30,108,287,624"),
        ("ko", "표", "30,108,287,624"),
        ("no tag at all", "Table", "30,108,287,624"),
    ],
)
def test_words_and_numbers_are_the_locales(show: Show, locale: str, pane: str, written: str) -> None:
    shown = show(results=[answered(figure())], context={"locale": locale})
    press(shown, pane)
    expect(shown.app.get_by_role("row", name="2024").locator("td").first).to_have_text(written)


def test_motion_is_left_out_where_it_is_not_wanted(show: Show) -> None:
    for wanted, lasts in (("no-preference", "0.08s"), ("reduce", "0s")):
        shown = show(results=[answered(figure())], page={"reduced_motion": wanted})
        expect(shown.app.locator(".tip")).to_have_css("transition-duration", lasts)


def test_names_are_text_and_never_markup(show: Show) -> None:
    name = '<img src=x onerror="document.title=1">中国台湾省'
    series = [
        Series(name=name, values=list(EXPORTS["China"])),
        Series(name="대한민국", values=list(EXPORTS["Germany"])),
    ]
    shown = show(results=[answered(figure(series=series, title=name))], width=1200)
    expect(shown.app.get_by_role("heading", level=1)).to_have_text(name)
    expect(shown.app.get_by_role("button", name="대한민국")).to_be_visible()
    expect(shown.app.locator("img")).to_have_count(0)
