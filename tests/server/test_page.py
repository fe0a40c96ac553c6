"""The page that shows charts: where tools name it, how it is served, who hears of the extension."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from held import PARAMS, call, hear, program, say
from mcp import Client
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID
from mcp_types import TextResourceContents

from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.page import page
from tradestat_tools.contract.context import Context

MOST_BYTES = 150_000
APPS = {"extensions": {EXTENSION_ID: {"mimeTypes": [APP_MIME_TYPE]}}}


def initialize(version: str, capabilities: dict[str, Any]) -> str:
    """The first line of a client."""
    params = {**PARAMS, "protocolVersion": version, "capabilities": capabilities}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})


@pytest.mark.anyio
async def test_only_the_chart_names_a_page_in_both_forms_and_the_page_is_there(watched: Context, mode: str) -> None:
    async with Client(create_server(watched), mode=mode) as client:
        named = {tool.name: tool.meta for tool in (await client.list_tools()).tools if tool.meta}
        assert named.keys() == {"chart"}
        address = named["chart"]["ui"]["resourceUri"]
        assert named["chart"] == {"ui": {"resourceUri": address}, "ui/resourceUri": address}
        (listed,) = [one for one in (await client.list_resources()).resources if one.uri.startswith("ui://")]
        assert (str(listed.uri), listed.mime_type) == (address, APP_MIME_TYPE)
        (content,) = (await client.read_resource(address)).contents
        assert isinstance(content, TextResourceContents)
        assert content.mime_type == APP_MIME_TYPE
        assert content.meta == {"ui": {"permissions": {"clipboardWrite": {}}, "prefersBorder": True}}
        assert content.text == page().html


def test_the_address_is_another_one_for_every_content() -> None:
    digest = hashlib.sha256(page().html.encode()).hexdigest()
    assert re.fullmatch(r"ui://tradestat/chart-([0-9a-f]{12})\.html", page().address)
    assert page().address.removesuffix(".html").endswith(digest[:12])


def test_the_page_is_small_whole_and_asks_for_nothing() -> None:
    html = page().html
    assert len(html.encode()) < MOST_BYTES
    assert "ISC" in html.partition("<html")[0]
    assert not re.search(r"<(link|script|img|iframe)[^>]+(src|href)=", html), "nothing from elsewhere"
    assert not re.search(r"@import|url\(\s*['\"]?(?!data:)", html)
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}, "names of XML, not addresses"
    assert not re.search(r"\beval\(|new Function\(|100vh", html)


@pytest.mark.anyio
async def test_without_the_chart_there_is_no_page(watched: Context) -> None:
    async with Client(create_server(watched, offered=[])) as client:
        assert [one for one in (await client.list_resources()).resources if one.uri.startswith("ui://")] == []
        assert EXTENSION_ID not in (client.server_capabilities.extensions or {})


@pytest.mark.parametrize(
    ("version", "capabilities", "announced"),
    [
        ("2025-11-25", APPS, True),
        ("2025-11-25", {}, True),
        ("2025-06-18", APPS, False),
        ("2025-03-26", {}, False),
        ("2024-11-05", APPS, False),
    ],
)
def test_the_extension_is_announced_to_clients_whose_version_knows_such(
    version: str, capabilities: dict[str, Any], announced: bool, tmp_path: Path
) -> None:
    with program(tmp_path, "serve", "--sandbox") as process:
        say(process, initialize(version, capabilities))
        answer = hear(process)["result"]
        assert answer["protocolVersion"] == version
        assert answer["capabilities"].get("extensions") == ({EXTENSION_ID: {}} if announced else None)
        assert {"tools", "resources", "prompts"} <= answer["capabilities"].keys()


@pytest.mark.parametrize("capabilities", [{}, APPS])
def test_a_figure_is_whole_whatever_the_client_says_of_pages(capabilities: dict[str, Any], tmp_path: Path) -> None:
    with program(tmp_path, "serve", "--sandbox") as process:
        say(process, initialize("2025-11-25", capabilities))
        hear(process)
        say(process, '{"jsonrpc": "2.0", "method": "notifications/initialized"}')
        asked = {"reporter": "Korea", "product": ["850760"], "period": "2020-2023"}
        say(process, call(2, "trade_series", **asked))
        handle = hear(process)["result"]["structuredContent"]["result"]
        say(process, call(3, "chart", result=[handle]))
        figure = hear(process)["result"]["structuredContent"]["figure"]
        assert (figure["version"], figure["axis"]["labels"]) == (1, ["2020", "2021", "2022", "2023"])
        assert figure["fixed"] == {"flow": "X", "reporter": "KOR", "partner": "World", "product": "850760"}
        assert figure["arguments"]["result"] == [handle]
