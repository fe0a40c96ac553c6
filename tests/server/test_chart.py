"""The tool `chart` through the protocol: its text, the figure beside it, and pictures where they are asked for."""

import base64
import json
import sys
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from mcp import Client
from mcp_types import (
    BlobResourceContents,
    CallToolResult,
    EmbeddedResource,
    ImageContent,
    TextContent,
    TextResourceContents,
)
from sandboxed import opened

from tradestat_sandbox import Sandbox
from tradestat_server.text.envelope import structured_content
from tradestat_server.text.render import SANDBOX_LABEL
from tradestat_tools.results.chart.drawing.picture import MOST_BYTES, without_glyph
from tradestat_tools.results.chart.figure import Figure

pytestmark = pytest.mark.anyio

FONTS = not without_glyph("<svg><text>A</text></svg>")
"""Whether this computer has any font; a bare container has none."""

CJK = FONTS and not without_glyph("<svg><text>锂电한국</text></svg>")

ASKED = {"reporter": "Korea", "product": "850760", "partner": "China", "flow": "M", "period": "2019-2023"}


async def asked(client: Client, tool: str, arguments: dict[str, Any]) -> CallToolResult:
    result = await client.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    return result


async def handle(client: Client, **unlike: Any) -> str:
    """The handle of an answer with figures."""
    answer = await asked(client, "trade_series", {**ASKED, **unlike})
    assert answer.structured_content is not None
    return answer.structured_content["result"]


def text_of(result: CallToolResult) -> str:
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text


async def test_a_chart_is_text_and_a_figure_and_no_picture_unless_asked_for(client: Client) -> None:
    result = await asked(client, "chart", {"result": await handle(client)})
    assert [type(one) for one in result.content] == [TextContent]
    text = text_of(result)
    assert text.startswith(SANDBOX_LABEL)
    assert "Change, 2019 to 2023: imports" in text
    assert result.structured_content is not None
    figure = Figure.model_validate(result.structured_content["figure"])
    assert figure.kind == "lines"
    assert figure.sandbox
    assert [table["columns"] for table in result.structured_content["tables"]] == [["what it shows"]]


async def test_the_figure_holds_the_exact_values_of_the_answer(client: Client) -> None:
    stored = await handle(client)
    rows = await asked(client, "query", {"result": stored, "columns": ["period", "value"]})
    chart = await asked(client, "chart", {"result": stored})
    assert rows.structured_content is not None
    assert chart.structured_content is not None
    figure = chart.structured_content["figure"]
    drawn = list(zip(figure["axis"]["labels"], figure["series"][0]["values"], strict=True))
    assert drawn == [tuple(row) for row in rows.structured_content["tables"][0]["rows"]]


async def test_an_svg_comes_as_a_resource_beside_the_text(client: Client) -> None:
    result = await asked(client, "chart", {"result": await handle(client), "format": "svg"})
    _, picture = result.content
    assert isinstance(picture, EmbeddedResource)
    assert isinstance(picture.resource, TextResourceContents)
    assert picture.resource.mime_type == "image/svg+xml"
    assert str(picture.resource.uri).startswith("tradestat://pictures/sandbox-lines-r")
    root = ET.fromstring(picture.resource.text)  # noqa: S314 - our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "SANDBOX" in picture.resource.text


async def test_a_drawing_asks_for_nothing_and_runs_nothing(client: Client) -> None:
    title = '<script>alert(1)</script> & "quoted" \' \u202e 中国'
    result = await asked(client, "chart", {"result": await handle(client), "format": "svg", "title": title})
    _, picture = result.content
    assert isinstance(picture, EmbeddedResource)
    assert isinstance(picture.resource, TextResourceContents)
    tags = {one.tag.rpartition("}")[2] for one in ET.fromstring(picture.resource.text).iter()}  # noqa: S314 - our own
    assert tags <= {"svg", "title", "desc", "g", "rect", "circle", "line", "path", "text"}
    assert "http" not in picture.resource.text.replace("http://www.w3.org/2000/svg", "")
    assert "中国" in picture.resource.text
    assert "\u202e" not in picture.resource.text


@pytest.mark.skipif(not FONTS, reason="no font on this computer")
async def test_a_png_comes_as_an_image_of_a_bounded_size(client: Client) -> None:
    result = await asked(client, "chart", {"result": await handle(client), "format": "png", "theme": "dark"})
    _, picture = result.content
    assert isinstance(picture, ImageContent)
    assert picture.mime_type == "image/png"
    body = base64.b64decode(picture.data)
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(body) <= MOST_BYTES
    again = await asked(client, "chart", {"result": await handle(client), "format": "png", "theme": "dark"})
    assert again.content == result.content


@pytest.mark.skipif(not CJK, reason="no font with Chinese and Korean on this computer")
async def test_a_png_shows_chinese_and_korean_where_a_font_has_them(client: Client) -> None:
    bodies: list[str] = []
    for title in ("锂离子电池 리튬이온", "电离子锂池 온이튬리"):
        result = await asked(client, "chart", {"result": await handle(client), "format": "png", "title": title})
        picture = result.content[1]
        assert isinstance(picture, ImageContent)
        bodies.append(picture.data)
    assert bodies[0] != bodies[1], "boxes would look alike"


async def test_a_png_without_the_extra_is_refused_with_its_name(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    result = await asked(client, "chart", {"result": await handle(client), "format": "png"})
    assert result.is_error
    assert "tradestat-mcp[png]" in text_of(result)
    assert "format=svg" in text_of(result)


async def test_a_png_with_characters_that_no_font_has_is_refused_with_them(client: Client) -> None:
    title = "\N{CUNEIFORM SIGN A}\N{LINEAR A SIGN AB001} batteries"
    result = await asked(client, "chart", {"result": await handle(client), "format": "png", "title": title})
    if not result.is_error:  # a computer with every script
        assert isinstance(result.content[1], ImageContent)
        return
    assert "No font on the server's computer has" in text_of(result)
    assert "format=svg" in text_of(result)


async def test_a_chart_is_kept_and_can_be_queried_cited_and_exported(client: Client) -> None:
    chart = await asked(client, "chart", {"result": [await handle(client), await handle(client, flow="X")]})
    assert chart.structured_content is not None
    kept = chart.structured_content["result"]
    rows = await asked(client, "query", {"result": kept, "sql": "SELECT max(balance) AS most FROM shown"})
    figure = chart.structured_content["figure"]
    assert rows.structured_content is not None
    (balance,) = (one["values"] for one in figure["series"] if one["role"] == "balance")
    assert rows.structured_content["tables"][0]["rows"] == [[max(balance)]]
    cited = await asked(client, "cite", {"result": kept})
    assert text_of(cited).count("Korea Customs") >= 1
    exported = await asked(client, "export_data", {"result": kept, "format": "svg"})
    assert not exported.is_error
    assert ".svg" in text_of(exported)


async def test_only_what_a_chart_can_be_chosen_for_is_exported_as_a_picture(client: Client) -> None:
    drawn = await asked(client, "export_data", {"result": await handle(client), "format": "svg"})
    assert not drawn.is_error
    countries = await asked(client, "get_countries", {})
    assert countries.structured_content is not None
    result = await asked(client, "export_data", {"result": countries.structured_content["result"], "format": "svg"})
    assert result.is_error
    assert "No chart could be chosen" in text_of(result)
    assert 'chart(result=["r' in text_of(result)


async def test_an_exported_page_holds_the_drawing(client: Client) -> None:
    chart = await asked(client, "chart", {"result": await handle(client)})
    assert chart.structured_content is not None
    exported = await asked(client, "export_data", {"result": chart.structured_content["result"], "format": "html"})
    assert exported.structured_content is not None
    uri = next(one.uri for one in exported.content if one.type == "resource_link")
    (page,) = (await client.read_resource(str(uri))).contents
    assert isinstance(page, BlobResourceContents)
    text = base64.b64decode(page.blob).decode("utf-8")
    assert '<div class="chart"><svg' in text
    assert 'data-values="' in text


async def test_what_is_sent_stays_under_what_hosts_let_pass(client: Client) -> None:
    """The largest figure there can be: a dozen lines over twenty years of months."""
    months = await handle(client, period="2016-09..2026-08", freq="M", partner=["CN", "US", "JP", "DE", "VN", "IN"])
    result = await asked(client, "chart", {"result": months})
    assert result.structured_content is not None
    assert len(json.dumps(result.structured_content)) + len(text_of(result)) < 130_000


async def test_programs_get_the_figure_once() -> None:
    async with opened(Sandbox()) as context:
        stored = await context.call("trade_series", ASKED)
        answer = await context.call("chart", {"result": [stored.result]})
    full = structured_content(answer, max_chars=25_000, full=True)
    assert full["data"]["figure"]["kind"] == "lines"
    assert "figure" not in full


@pytest.mark.parametrize(
    ("lang", "named", "title"), [("zh", ["中国", "美国"], "锂电池"), ("ko", ["중국", "미국"], "리튬")]
)
async def test_a_chart_has_its_names_in_the_language_of_the_answer(
    client: Client, lang: str, named: list[str], title: str
) -> None:
    of = await handle(client, partner=["China", "United States"], lang=lang)
    figure = await drawn(client, of)
    assert sorted(one["name"] for one in figure["series"] if one["role"] != "total") == sorted(named)
    assert title in figure["title"]
    both = await drawn(client, of, only=["United States", named[0]])
    assert len(both["series"]) == 2, "areas are found by their English names too"
    mixed = await drawn(client, [of, await handle(client, partner=["Japan"])])
    assert "China" in [one["name"] for one in mixed["series"]], "answers in two languages are drawn in English"


async def drawn(client: Client, result: Any, **asked_for: Any) -> dict[str, Any]:
    answer = await asked(client, "chart", {"result": result, **asked_for})
    assert answer.structured_content is not None, text_of(answer)
    return answer.structured_content["figure"]
