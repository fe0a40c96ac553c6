"""Tools as MCP tools, through a client's eyes."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from mcp import Client
from mcp_types import CallToolResult, TextContent

from tradestat_server.mcp.answering import ERROR_META
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.listing import ENVELOPE_SCHEMA
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool

pytestmark = pytest.mark.anyio

Faults = Callable[[dict[str, Any], Any], list[str]]


def text_of(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


async def test_an_answer_is_text_for_models_and_data_for_code(
    flows: Tool[Any, Any], watched: Context, mode: str
) -> None:
    async with Client(create_server(watched, offered=[flows]), mode=mode) as client:
        result = await client.call_tool("flows", {"code": "8517"})
    assert not result.is_error
    handle = result.structured_content["result"]
    assert text_of(result).split("\n") == [
        f"China's exports of HS 8517 · USD, FOB · Test Service · retrieved 2026-10-05 · fresh · result {handle}",
        "partner      value",
        "Japan    1,234,567",
        "中国             0",
        "Chad             –",
        "Notes:",
        "- subset: Top 3 of 200 partners.",
        "More: Ask for the next page.",
        "Cite: Test Service, flows, 2026-10-05, https://service.example/flows",
    ]
    assert result.structured_content["tables"] == [
        {"columns": ["partner", "value"], "rows": [["Japan", 1234567], ["中国", 0], ["Chad", None]]}
    ]
    assert result.structured_content["source"]["unit"] == "USD"
    assert "data" not in result.structured_content


async def test_a_program_that_asks_for_everything_gets_the_fields_of_the_service_too(
    flows: Tool[Any, Any], watched: Context
) -> None:
    whole = replace(watched, settings=watched.settings.model_copy(update={"structured": "full"}))
    async with Client(create_server(whole, offered=[flows])) as client:
        result = await client.call_tool("flows", {"code": "8517"})
    assert result.structured_content["data"] == {
        "rows": [{"partner": "Japan", "value": 1234567}, {"partner": "中国", "value": 0}, {"partner": "Chad"}],
        "series": [1.5, None],
    }
    assert [table["rows"][0] for table in result.structured_content["tables"]] == [["Japan", 1234567]]


async def test_the_schema_of_an_answer_is_not_so_loose_that_anything_fits(schema_faults: Faults) -> None:
    answer = {"what": "x", "tables": [{"rows": [{"a": 5}]}]}
    faults = schema_faults(ENVELOPE_SCHEMA, answer)
    assert "tables/0: 'columns' is a required property" in faults
    assert ": 'source' is a required property" in faults


async def test_a_wrong_argument_is_explained_and_nothing_is_run(
    flows: Tool[Any, Any], watched: Context, mode: str
) -> None:
    async with Client(create_server(watched, offered=[flows]), mode=mode) as client:
        result = await client.call_tool("flows", {"code": "8517", "flow": "exprot"})
    assert result.is_error
    assert result.structured_content is None
    assert text_of(result).split("\n") == [
        "InvalidQuery: `flow` can not be 'exprot'.",
        "Allowed: one of import, export",
        "Do: Try export.",
    ]
    assert result.meta is not None
    assert result.meta[ERROR_META] == {
        "kind": "InvalidQuery",
        "message": "`flow` can not be 'exprot'.",
        "remedy": "Try export.",
        "argument": "flow",
        "allowed": "one of import, export",
        "nearest": ["export"],
    }


async def test_a_crash_shows_neither_traceback_nor_secret(
    flows: Tool[Any, Any], watched: Context, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async with Client(create_server(watched, offered=[flows])) as client:
        result = await client.call_tool("flows", {"code": "98"})
    assert result.is_error
    assert text_of(result).startswith("Internal error: flows failed")
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "RuntimeError" in record.getMessage()
    assert "conftest.py" in record.getMessage(), "the log says where"
    everything = text_of(result) + caplog.text + "".join(capfd.readouterr())
    assert "topsecret" not in everything
    assert "Traceback" not in everything


async def test_every_client_of_a_server_works_with_the_services_it_was_given(
    flows: Tool[Any, Any], watched: Context
) -> None:
    seen: list[Context] = []

    async def look(context: Context, _: Any) -> Any:
        seen.append(context)
        return await flows.run(context, flows.arguments(code="8517"))

    server = create_server(watched, offered=[replace(flows, run=look)])
    for mode in ("legacy", "auto"):
        async with Client(server, mode=mode) as client:
            await client.call_tool("flows", {"code": "8517"})
    assert len(seen) == 2
    assert all(services is watched for services in seen)
