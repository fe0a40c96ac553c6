"""The page among hosts: how its figures reach it, how large it is, what it may not do."""

import json
import re
from typing import Any

import pytest
from in_browser.figures import answered
from in_browser.shown import Ask, Show, Shown
from playwright.sync_api import expect

from tradestat_tools.results.chart.figure import Axis, Figure, Series

pytestmark = pytest.mark.browser

MOST_HIGH = 500

SERIES = {"reporter": "Korea", "product": ["850760"], "partner": ["China", "United States", "Germany"]}
MESSAGE = "[data-note=message]"


@pytest.fixture(scope="module")
def chart(ask: Ask) -> dict[str, list[str]]:
    """Arguments that draw three lines of exports."""
    return {"result": [ask("trade_series", **SERIES, period="2018-2024")["result"]]}


@pytest.fixture(scope="module")
def figure(ask: Ask, chart: dict[str, list[str]]) -> dict[str, Any]:
    """The figure that they draw."""
    return ask("chart", **chart)["figure"]


def drawn_values(shown: Shown) -> list[str | None]:
    """The values of every line that is drawn."""
    lines = shown.app.locator("g[data-values]")
    expect(lines.first).to_be_attached()
    return [one.get_attribute("data-values") for one in lines.all()]


def written(figure: dict[str, Any]) -> list[str]:
    """The same of the answer."""
    return [json.dumps(one["values"], separators=(",", ":")) for one in figure["series"]]


def test_a_result_that_arrives_whole_is_drawn_without_another_call(
    show: Show, chart: dict[str, list[str]], figure: dict[str, Any]
) -> None:
    shown = show(arguments=chart)
    expect(shown.app.get_by_role("heading", level=1)).to_have_text(str(figure["title"]))
    assert drawn_values(shown) == written(figure)
    assert shown.heard["calls"] == []


@pytest.mark.parametrize("announces", [True, False])
def test_a_result_without_its_structured_content_is_asked_for_again(
    show: Show, chart: dict[str, list[str]], figure: dict[str, Any], announces: bool
) -> None:
    shown = show(arguments=chart, deliver="text", announces=announces)
    assert drawn_values(shown) == written(figure)
    assert shown.heard["calls"] == [{"name": "chart", "arguments": chart}]


def test_a_result_that_never_comes_is_asked_for_by_the_arguments(
    show: Show, chart: dict[str, list[str]], figure: dict[str, Any]
) -> None:
    shown = show(arguments=chart, deliver="input")
    expect(shown.app.locator(MESSAGE)).to_contain_text("Waiting for the figures")
    assert drawn_values(shown) == written(figure)
    assert shown.heard["calls"] == [{"name": "chart", "arguments": chart}]


def test_words_alone_are_asked_for_by_the_handles_that_they_name(show: Show, chart: dict[str, list[str]]) -> None:
    handle = chart["result"][0]
    words = {"content": [{"type": "text", "text": f"Lines\nMade of: {handle}; cite(…) cites each"}]}
    shown = show(deliver="words", results=[words])
    assert len(drawn_values(shown)) == 3
    assert shown.heard["calls"] == [{"name": "chart", "arguments": {"result": [handle]}}]


def test_a_host_that_hands_nothing_on_is_told_of(show: Show) -> None:
    shown = show(deliver="nothing")
    expect(shown.app.locator(MESSAGE)).to_contain_text("Waiting for the figures")
    expect(shown.app.locator(MESSAGE)).to_contain_text("This host passed no figures on")
    assert shown.heard["calls"] == []


def test_words_alone_are_shown_where_no_tool_can_be_called(show: Show, chart: dict[str, list[str]]) -> None:
    shown = show(arguments=chart, deliver="text", capabilities={})
    expect(shown.app.locator(MESSAGE)).to_contain_text("Only the words of the answer arrived")
    expect(shown.app.locator(MESSAGE)).to_contain_text("SANDBOX DATA (synthetic, not statistics)")


def test_a_failure_is_shown_with_what_to_do(show: Show) -> None:
    shown = show(arguments={"result": ["raaaaaaaaaa"]})
    expect(shown.app.locator(MESSAGE)).to_contain_text("Do: ")


def test_the_host_is_answered_when_it_ends_the_page(show: Show, chart: dict[str, list[str]]) -> None:
    shown = show(arguments=chart)
    drawn_values(shown)
    assert shown.page.evaluate("() => bridge.teardownResource({})") == {}
    assert shown.page.evaluate("() => bridge.request({ method: 'ping' })") == {}


@pytest.mark.parametrize("width", [320, 700, 1200])
def test_the_page_is_as_high_as_it_says_and_never_scrolls(show: Show, chart: dict[str, list[str]], width: int) -> None:
    shown = show(arguments=chart, width=width)
    drawn_values(shown)
    for pane in ("Table", "Notes", "Use", "Chart"):
        shown.app.get_by_role("button", name=pane, exact=True).click()
        expect(shown.app.locator(f"[data-pane={pane.lower()}]")).to_be_visible()
        high, wide, room, said = shown.frame.evaluate(
            """() => {
              const root = document.documentElement;
              const page = document.getElementById("page").getBoundingClientRect();
              return [Math.ceil(page.height), root.scrollWidth, root.clientWidth, root.getBoundingClientRect().height];
            }"""
        )
        assert high <= MOST_HIGH
        assert said == high == shown.heard["sizes"][-1]
        assert wide == room == width
        expect(shown.page.locator("iframe")).to_have_css("height", f"{high}px")
        assert overflowing(shown) == []


def overflowing(shown: Shown) -> list[str]:
    """What of the page sticks out of it, or scrolls within it."""
    return shown.frame.evaluate(
        """() => [...document.querySelectorAll("#page *")].filter((one) => {
          const box = one.getBoundingClientRect();
          const way = getComputedStyle(one).overflowY;
          const scrolls = ["auto", "scroll"].includes(way) && one.scrollHeight > one.clientHeight;
          const inside = one.closest("svg") || one.tagName === "OPTION" || one.tagName === "CAPTION";
          return scrolls || (!inside && (box.right > innerWidth + 0.5 || box.left < -0.5));
        }).map((one) => one.outerHTML.slice(0, 100))"""
    )


def high(shown: Shown) -> int:
    """How high the page is."""
    return shown.frame.evaluate("() => Math.ceil(document.getElementById('page').getBoundingClientRect().height)")


def test_it_stays_within_its_height_however_much_there_is_to_say(show: Show) -> None:
    axis = Axis(kind="periods", name="year", labels=[str(year) for year in range(1990, 2025)], frequency="year")
    names = [f"Electric accumulators; lithium-ion, including separators, of partner {at}" for at in range(12)]
    figure = Figure(
        kind="lines",
        title="A long title of what is shown " * 5,
        finding=["What it shows, at some length, with figures of several partners " * 3] * 4,
        unit="US dollars",
        axis=axis,
        series=[Series(name=name, values=[float(at) for at in range(1, 36)]) for name in names],
        source="A source of a long name, retrieved 2026-11-29; another one, retrieved 2026-11-29; " * 2,
        sandbox=True,
        notes=["A note of two hundred characters and more, as they are where a lot was left out. " * 3] * 8,
        results=["raaaaaaaaaa"],
        arguments={"result": ["raaaaaaaaaa"]},
    )
    shown = show(results=[answered(figure)], width=320)
    for pane in ("table", "notes", "use", "chart"):
        shown.app.locator(f"[data-key={pane}]").click()
        expect(shown.app.locator(f"[data-pane={pane}]")).to_be_visible()
        assert high(shown) <= MOST_HIGH, pane
        assert overflowing(shown) == [], pane
    shown.app.get_by_role("application").focus()
    shown.page.keyboard.press("End")
    shown.page.keyboard.press("Enter")
    expect(shown.app.locator("[data-pane=deeper]")).to_be_visible()
    assert high(shown) <= MOST_HIGH
    assert overflowing(shown) == []


def test_long_words_alone_are_cut_to_the_height(show: Show) -> None:
    words = "\n".join(f"{year}  {year * 1000:,}" for year in range(1000, 2000))
    shown = show(results=[{"content": [{"type": "text", "text": words}]}], capabilities={})
    expect(shown.app.locator(MESSAGE)).to_contain_text("1,000,000")
    assert high(shown) <= MOST_HIGH


def test_the_safe_area_of_the_host_stays_free(show: Show, chart: dict[str, list[str]]) -> None:
    shown = show(arguments=chart, context={"safeAreaInsets": {"top": 20, "right": 30, "bottom": 40, "left": 50}})
    drawn_values(shown)
    expect(shown.app.locator("#page")).to_have_css("padding", "30px 42px 50px 62px")
    box = shown.app.locator(".chart svg").bounding_box()
    assert box is not None
    assert box["x"] == 62
    assert box["width"] == 700 - 62 - 42
    assert high(shown) <= MOST_HIGH


def test_a_frame_too_low_to_be_read_in_can_be_scrolled(show: Show, chart: dict[str, list[str]]) -> None:
    shown = show(arguments=chart, obeys=False, height=120)
    drawn_values(shown)
    expect(shown.app.locator("html")).to_have_css("overflow-y", "auto")


def test_a_frame_that_stays_low_is_not_overrun(show: Show, chart: dict[str, list[str]]) -> None:
    shown = show(arguments=chart, obeys=False, height=400)
    drawn_values(shown)
    expect(shown.app.locator("html")).to_have_attribute("style", re.compile(r"height: (3\d\d|400)px"))
    assert high(shown) <= 400


def test_the_height_that_the_host_allows_is_kept(show: Show, chart: dict[str, list[str]]) -> None:
    shown = show(arguments=chart, context={"containerDimensions": {"maxHeight": 380, "width": 700}})
    drawn_values(shown)
    assert shown.heard["sizes"][-1] <= 380


def test_full_screen_is_asked_for_and_used(show: Show, chart: dict[str, list[str]]) -> None:
    shown = show(arguments=chart, context={"availableDisplayModes": ["inline", "fullscreen"]}, obeys=False, height=800)
    before = shown.app.locator(".chart svg").bounding_box()
    shown.app.get_by_role("button", name="Full screen").click()
    expect(shown.app.get_by_role("button", name="Back into the conversation")).to_be_visible()
    after = shown.app.locator(".chart svg").bounding_box()
    assert shown.heard["modes"] == ["fullscreen"]
    assert before is not None
    assert after is not None
    assert after["height"] > before["height"] + 200


def test_theme_and_colours_are_the_hosts_also_when_they_change(show: Show, chart: dict[str, list[str]]) -> None:
    variables = {"--color-background-primary": "#102030", "--color-text-primary": "#fefefe"}
    shown = show(arguments=chart, context={"theme": "dark", "styles": {"variables": variables}})
    body = shown.app.locator("body")
    expect(body).to_have_css("background-color", "rgb(16, 32, 48)")
    expect(body).to_have_css("color", "rgb(254, 254, 254)")
    expect(shown.app.locator("html")).to_have_css("color-scheme", "dark")
    before = shown.app.locator("g[data-values] path").first.get_attribute("stroke")
    shown.page.evaluate(
        "() => bridge.sendHostContextChange({ theme: 'light',"
        " styles: { variables: { '--color-background-primary': '#ffffff', '--color-text-primary': '#101010' } } })"
    )
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(shown.app.locator("html")).to_have_css("color-scheme", "light")
    assert shown.app.locator("g[data-values] path").first.get_attribute("stroke") != before


def test_the_page_asks_no_network_and_is_refused_it_and_eval(show: Show, chart: dict[str, list[str]]) -> None:
    shown = show(arguments=chart)
    asked: list[str] = []
    shown.page.on("requestfinished", lambda request: asked.append(request.url))
    drawn_values(shown)
    own = shown.page.url
    shown.app.get_by_role("button", name="Use", exact=True).click()
    shown.app.get_by_role("button", name="SVG picture").click()
    shown.app.get_by_role("button", name="PNG picture").click()
    expect(shown.app.locator("[data-note=done]")).to_be_visible()
    # From a script of the page's own, after it has run: what a test evaluates itself is let through.
    shown.frame.evaluate(
        """(url) => {
          const said = document.documentElement.dataset;
          addEventListener("securitypolicyviolation", (event) => {
            said.refused = `${said.refused ?? ""} ${event.effectiveDirective}`;
          });
          const script = document.createElement("script");
          script.textContent = `setTimeout(() => {
            fetch("${url}").catch(() => undefined);
            new Image().src = "${url}pixel.png";
            try { eval("1"); } catch (error) { document.documentElement.dataset.tried = error.name; }
          })`;
          document.head.append(script);
        }""",
        own,
    )
    expect(shown.app.locator("html")).to_have_attribute("data-tried", "EvalError")
    expect(shown.app.locator("html")).to_have_attribute("data-refused", re.compile("connect-src"))
    expect(shown.app.locator("html")).to_have_attribute("data-refused", re.compile("img-src"))
    assert [url for url in asked if not url.startswith((f"{own}mcp", "data:"))] == []
