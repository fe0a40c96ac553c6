"""The schemas of all tools: flat, in the words of JSON Schema, and as stored."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from mcp import Client
from mcp_types import Tool

from tradestat_server.mcp import listing
from tradestat_server.mcp.app import create_server
from tradestat_tools.catalogue import catalogue, of_sources
from tradestat_tools.contract.context import Context
from tradestat_tools.open import context_on

pytestmark = pytest.mark.anyio

LISTING = Path(listing.__file__).with_name(listing.FILE)
WRITE_SNAPSHOTS = "TRADESTAT_WRITE_SNAPSHOTS"
"""Set it to 1 and run this file to write the list of tools anew; then review the difference."""

VALUES = ("default", "examples", "enum", "const", "required")
"""Keywords whose content is data, not schema."""


async def listed(context: Context) -> list[Tool]:
    async with Client(create_server(context)) as client:
        return (await client.list_tools()).tools


def words(schema: Any) -> Iterator[str]:
    """Every keyword of a schema and of the schemas in it."""
    if isinstance(schema, list):
        for part in cast("list[Any]", schema):
            yield from words(part)
    if isinstance(schema, dict):
        for key, value in cast("dict[str, Any]", schema).items():
            yield key
            if key in ("properties", "$defs"):
                yield from words(list(value.values()))
            elif key not in VALUES:
                yield from words(value)


async def test_input_schemas_are_flat(watched: Context) -> None:
    for tool in await listed(watched):
        schema = tool.input_schema
        assert schema["type"] == "object"
        assert not {"anyOf", "oneOf", "allOf", "$defs", "title"} & schema.keys(), tool.name
        everything = json.dumps(schema)
        assert '"$ref"' not in everything, tool.name
        assert '"null"' not in everything, tool.name
        for name, argument in schema["properties"].items():
            assert "type" in argument, f"{tool.name}.{name} has no plain type"
            assert argument["type"] in ("string", "integer", "number", "boolean", "array"), f"{tool.name}.{name}"


async def test_schemas_use_only_the_words_of_json_schema(watched: Context) -> None:
    known = {
        *("type", "properties", "required", "additionalProperties", "items", "prefixItems", "enum", "const", "anyOf"),
        *("description", "default", "examples", "pattern", "format", "minimum", "maximum", "exclusiveMinimum"),
        *("exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "propertyNames"),
        *("$ref", "$defs"),
    }

    for tool in await listed(watched):
        assert set(words(tool.input_schema)) <= known, tool.name
        assert set(words(tool.output_schema)) <= known, tool.name


OF_EVERY_HOST = {
    *("type", "description", "properties", "required", "items", "enum", "default", "pattern", "minimum", "maximum"),
    *("minLength", "maxLength", "minItems", "maxItems"),
}
"""What both OpenAI's functions and Gemini's `Schema` know, by their documentation of autumn 2026."""


async def test_arguments_are_described_in_what_every_host_takes(watched: Context) -> None:
    def check(schema: dict[str, Any], where: str) -> None:
        assert schema.keys() <= OF_EVERY_HOST, where
        assert isinstance(schema["type"], str), where
        if "enum" in schema:
            assert schema["type"] == "string", where
            assert all(isinstance(choice, str) and choice for choice in schema["enum"]), where
            assert schema.get("default", schema["enum"][0]) in schema["enum"], where
        for name, part in schema.get("properties", {}).items():
            check(part, f"{where}.{name}")
        if schema["type"] == "array":
            check(schema["items"], f"{where}[]")

    for tool in await listed(watched):
        check(tool.input_schema, tool.name)


def test_the_list_that_servers_show_is_what_the_tools_give() -> None:
    current = listing.as_written(catalogue().tools)
    if os.environ.get(WRITE_SNAPSHOTS) == "1":
        LISTING.write_text(current, encoding="utf-8", newline="\n")
    assert LISTING.read_text(encoding="utf-8") == current, "python scripts/generated.py --write writes it anew"


async def test_another_catalogue_makes_its_list_of_the_tools_themselves(watched: Context) -> None:
    offered = of_sources(watched.sources.values(), files=watched.files.values)
    fresh = context_on(watched.settings, watched.upstream, watched.now, offered=offered)
    assert not any(map(offered.tools.is_loaded, offered.tools))
    made = await listed(fresh)
    assert all(map(offered.tools.is_loaded, offered.tools))
    assert await listed(watched) == made


def required_but_left_out(schema: dict[str, Any], where: str) -> list[str]:
    """Fields that an answer leaves out where they are null, and that its schema says are always there."""
    found: list[str] = []
    for name, part in schema.get("properties", {}).items():
        may_be_null = any(choice.get("type") == "null" for choice in part.get("anyOf", ()))
        if may_be_null and name in schema.get("required", ()):
            found.append(f"{where}.{name}")
    for name, part in schema.get("$defs", {}).items():
        found += required_but_left_out(part, name)
    return found


@pytest.mark.parametrize("tool", sorted(catalogue().tools))
def test_no_field_that_may_be_null_is_required_since_answers_leave_nulls_out(tool: str) -> None:
    schema = catalogue().tools[tool].data.model_json_schema()
    assert required_but_left_out(schema, tool) == []


async def test_the_list_of_tools_is_short_for_every_session_pays_for_it(watched: Context) -> None:
    shown = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in await listed(watched)]
    assert len(json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()) <= 72_000
