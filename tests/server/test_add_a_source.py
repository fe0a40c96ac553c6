"""Adding a source is adding a folder and one line of the catalogue: a toy appears wherever sources do."""

import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import toy
from mcp import Client
from mcp_types import ResourceTemplateReference, TextContent, TextResourceContents
from toy.standin import THE_KEY, app

from tradestat_server.cli.demo import questions
from tradestat_server.cli.doctor import examine
from tradestat_server.mcp.app import create_server
from tradestat_tools.catalogue import catalogue, of_sources
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import InvalidQuery, MissingKey
from tradestat_tools.open import context_on, in_memory
from tradestat_tools.upstream.http import Http

pytestmark = pytest.mark.anyio

OFFERED = of_sources((*catalogue().sources.values(), toy.SOURCE))
"""The one line."""

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
SALMON = {"reporter": "Norway", "partner": "China", "product": "030214"}


@pytest.fixture(scope="module")
async def context() -> AsyncGenerator[Context]:
    http = Http(app=app)
    settings = OFFERED.settings(
        _env_file=None,
        NORWAY_KEY=THE_KEY,
        TRADESTAT_NORWAY_URL="http://norway.invalid",
        TRADESTAT_STRUCTURED="full",
    )
    async with in_memory(http, settings, lambda: NOON, most_attempts=1, offered=OFFERED) as opened:
        yield opened
    await http.aclose()


@pytest.fixture(scope="module")
async def client(context: Context) -> AsyncGenerator[Client]:
    async with Client(create_server(context)) as connected:
        yield connected


async def ask(client: Client, tool: str, **arguments: Any) -> tuple[str, dict[str, Any]]:
    result = await client.call_tool(tool, arguments)
    (block, *_) = result.content
    assert isinstance(block, TextContent)
    assert not result.is_error, block.text
    return block.text, result.structured_content


def content(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


async def read(client: Client, uri: str) -> str:
    (content,) = (await client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    return content.text


async def test_a_client_sees_it_in_the_lists_the_instructions_and_the_resources(client: Client) -> None:
    assert "norway_months" in [tool.name for tool in (await client.list_tools()).tools]
    assert client.instructions is not None
    assert toy.SOURCE.instructions in client.instructions
    assert toy.SOURCE.terms.coverage in await read(client, "tradestat://sources")
    assert (await read(client, "tradestat://sources/norway")).startswith("# Norwegian Customs (invented)\n")
    assert "norway" in await read(client, "tradestat://usage")
    template = ResourceTemplateReference(uri="tradestat://sources/{source}")
    found = await client.complete(template, {"name": "source", "value": "no"})
    assert found.completion.values == ["norway"]


async def test_its_tool_is_asked_with_its_own_address_and_key(client: Client, context: Context) -> None:
    text, structured = await ask(client, "norway_months", **toy.SOURCE.example.arguments)
    assert text.startswith("Norway's exports of HS 030214, 2024 · USD, FOB · Norwegian Customs (invented)")
    assert structured["source"]["address"].startswith("http://norway.invalid/months?")
    assert structured["data"]["dollars"][:2] == [1_000_000, 1_001_000]
    keyless = context_on(OFFERED.settings(_env_file=None), context.upstream, lambda: NOON, offered=OFFERED)
    with pytest.raises(MissingKey, match="needs a key"):
        await keyless.call("norway_months", {"product": "030214", "year": 2023})


async def test_it_is_its_countrys_official_source_in_a_series(client: Client) -> None:
    _, structured = await ask(client, "trade_series", **SALMON, period="2023-2024")
    assert structured["data"]["source"] == "norway"
    assert structured["data"]["values"] == [12_066_000, 12_066_000]
    _, named = await ask(client, "trade_series", **SALMON, period="2024", source="norway")
    assert named["data"]["source"] == "norway"


async def test_a_source_mistyped_is_answered_with_its_name(context: Context) -> None:
    with pytest.raises(InvalidQuery) as caught:
        await context.call("trade_series", {**SALMON, "source": "norwey"})
    assert "norway" in f"{caught.value.allowed} {caught.value.nearest}"


async def test_its_view_of_a_flow_is_compared(client: Client) -> None:
    (tool,) = (tool for tool in (await client.list_tools()).tools if tool.name == "compare_mirror")
    assert "norway" in json.dumps(tool.input_schema["properties"]["sources"])
    flow = {"exporter": "Norway", "importer": "China", "product": "030214", "period": "2024"}
    text, _ = await ask(client, "compare_mirror", **flow, sources=["norway"], detail="full")
    assert "norway" in text
    assert "12.07" in text


async def test_its_answers_are_kept_cited_repeated_and_exported(client: Client, context: Context) -> None:
    _, structured = await ask(client, "norway_months", **toy.SOURCE.example.arguments)
    assert structured["citation"].startswith("Norwegian Customs (Tolletaten)")
    result = structured["result"]
    rows, _ = await ask(client, "query", result=result, limit=1)
    assert "202401" in rows
    cited, _ = await ask(client, "cite", result=result, replay="curl")
    assert "$NORWAY_KEY" in cited
    assert THE_KEY not in cited
    exported: Answer[Any] = await context.call("export_data", {"result": [result], "format": "json"})
    assert "Tolletaten" in content(exported.data.files[0].path)


async def test_doctor_usage_and_demo_know_it(context: Context) -> None:
    findings = {finding.source: finding for finding in await examine(context)}
    assert (findings["norway"].check.ok, findings["norway"].check.detail) == (True, "12 months")
    usage = await context.call("usage", {})
    assert usage.data.sources[-1].model_dump(include={"source", "key", "key_variable"}) == {
        "source": "norway",
        "key": "set",
        "key_variable": "NORWAY_KEY",
    }
    assert [question.tool for question in questions(OFFERED)][-2:] == ["norway_months", "compare_mirror"]
