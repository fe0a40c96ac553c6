"""`compare_mirror` as a client sees it."""

import pytest
from jsonschema import Draft202012Validator
from mcp import Client
from mcp.types import CallToolResult, TextContent

pytestmark = pytest.mark.anyio
FLOW = {"exporter": "China", "importer": "Korea", "product": "850760"}


def text_of(result: CallToolResult) -> str:
    content = result.content[0]
    assert isinstance(content, TextContent)
    return content.text


async def test_the_verdict_stands_first_then_the_gap_the_reasons_and_the_sides(client: Client) -> None:
    result = await client.call_tool("compare_mirror", {**FLOW, "period": "2022-2024"})
    lines = text_of(result).splitlines()
    assert "China reports 17.90 bn FOB, South Korea 21.56 bn CIF: +20.4 %, +13.6 % after FOB adjustment" in lines[0]
    titles = ("Both ends", "Reasons for the difference in 2024", "Evidence", "Every side", "Sides without figures")
    places = [next(at for at, line in enumerate(lines) if line.startswith(title)) for title in titles]
    assert places == sorted(places)
    assert any(line.startswith("consignment: A part goes through Hong Kong") for line in lines)
    assert any("6 %" in line and "IMF" in line for line in lines)
    assert not result.is_error


async def test_its_structured_content_is_as_its_schema_says(client: Client) -> None:
    (tool,) = [tool for tool in (await client.list_tools()).tools if tool.name == "compare_mirror"]
    result = await client.call_tool("compare_mirror", {**FLOW, "period": "2024"})
    assert tool.output_schema is not None
    Draft202012Validator(tool.output_schema).validate(result.structured_content)  # pyright: ignore[reportUnknownMemberType]
    assert tool.description is not None
    assert len(tool.description) < 600


async def test_its_rows_are_had_by_the_handle(client: Client) -> None:
    given = await client.call_tool("compare_mirror", {**FLOW, "period": "2022-2024"})
    assert given.structured_content is not None
    handle = given.structured_content["result"]
    page = await client.call_tool("rows", {"result": handle, "table": "1", "columns": ["period", "gap"]})
    assert page.structured_content is not None
    gaps = {gap["period"]: gap["gap"] for gap in given.structured_content["data"]["gaps"]}
    assert dict(page.structured_content["data"]["rows"]) == gaps


async def test_what_it_would_cost_is_said_before_anything_is_sent(client: Client) -> None:
    result = await client.call_tool("compare_mirror", {**FLOW, "sources": ["trademap"], "period": "2023"})
    assert result.is_error
    text = text_of(result)
    assert "2 credits" in text
    assert "nothing was sent" in text
    assert "max_credits=2" in text


async def test_the_world_is_refused_with_what_to_ask_instead(client: Client) -> None:
    result = await client.call_tool("compare_mirror", {**FLOW, "importer": "World"})
    assert result.is_error
    assert "partnerCode=0" in text_of(result)
