"""Tools as MCP tools, through a client's eyes."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from mcp import Client
from mcp_types import CallToolResult, TextContent

from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.schemas import input_schema, output_schema
from tradestat_server.mcp.tooling import ERROR_META
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
    assert result.structured_content["data"] == {
        "rows": [{"partner": "Japan", "value": 1234567}, {"partner": "中国", "value": 0}, {"partner": "Chad"}],
        "series": [1.5, None],
    }
    assert result.structured_content["source"]["unit"] == "USD"


async def test_structured_content_fits_the_published_schema(
    flows: Tool[Any, Any], watched: Context, schema_faults: Faults
) -> None:
    async with Client(create_server(watched, offered=[flows])) as client:
        (tool,) = (await client.list_tools()).tools
        result = await client.call_tool("flows", {"code": "8517"})
    assert tool.output_schema is not None
    assert schema_faults(tool.output_schema, result.structured_content) == []


async def test_the_schema_is_not_so_loose_that_anything_fits(flows: Tool[Any, Any], schema_faults: Faults) -> None:
    answer = {"what": "x", "data": {"rows": [{"partner": 5}]}, "source": {}}
    faults = schema_faults(output_schema(flows.data), answer)
    assert "data/rows/0/partner: 5 is not of type 'string'" in faults
    assert "source: 'service' is a required property" in faults
    assert ": 'data' is a required property" in schema_faults(output_schema(flows.data), {"what": "x", "source": {}})


async def test_a_tool_tells_that_it_only_reads(flows: Tool[Any, Any], watched: Context) -> None:
    async with Client(create_server(watched, offered=[flows])) as client:
        (tool,) = (await client.list_tools()).tools
    assert tool.title == "Flows (test)"
    assert tool.description == "Answers with three rows."
    assert tool.annotations is not None
    assert tool.annotations.model_dump(exclude_none=True) == {
        "read_only_hint": True,
        "destructive_hint": False,
        "idempotent_hint": True,
        "open_world_hint": True,
    }


async def test_the_input_schema_is_flat(flows: Tool[Any, Any]) -> None:
    assert input_schema(flows.arguments) == {
        "type": "object",
        "properties": {
            "code": {"type": "string", "pattern": r"^\d{2,6}$", "description": "HS code of 2 to 6 digits."},
            "flow": {
                "type": "string",
                "enum": ["import", "export"],
                "default": "export",
                "description": "Which way the goods go.",
            },
            "years": {"type": "array", "items": {"type": "string"}, "description": "Years, all if left out."},
            "limit": {"type": "integer", "minimum": 1, "maximum": 500, "default": 10, "description": "Rows."},
        },
        "required": ["code"],
    }


async def test_the_output_schema_has_no_null_where_fields_are_left_out(flows: Tool[Any, Any]) -> None:
    definitions = output_schema(flows.data)["$defs"]
    assert definitions["Flow"] == {
        "type": "object",
        "properties": {"partner": {"type": "string"}, "value": {"type": "integer"}},
        "required": ["partner"],
    }
    assert definitions["Flows"]["properties"]["series"]["items"] == {"type": ["number", "null"]}
    assert definitions["Flows"]["required"] == ["rows"], "total may be missing"
    assert '"title"' not in json.dumps(output_schema(flows.data))


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


async def test_a_failure_says_when_to_come_back(flows: Tool[Any, Any], watched: Context) -> None:
    async with Client(create_server(watched, offered=[flows])) as client:
        result = await client.call_tool("flows", {"code": "99"})
    assert result.is_error
    assert text_of(result) == "RateLimited: Too many calls.\nDo: Wait.\nRetry after: 13 s"
    assert result.meta is not None
    assert result.meta[ERROR_META]["retry_after"] == 12.2


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


async def test_an_unknown_tool_is_an_error_the_model_can_read(
    flows: Tool[Any, Any], watched: Context, mode: str
) -> None:
    async with Client(create_server(watched, offered=[flows]), mode=mode) as client:
        result = await client.call_tool("flow", {})
    assert result.is_error
    assert "There is no tool" in text_of(result)
    assert "flows" in text_of(result).splitlines()[-1], "the nearest is named"


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
