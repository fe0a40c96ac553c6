"""`exchange_rate` as a client sees it."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mcp import Client
from mcp.types import CallToolResult, TextContent

from tradestat_tools.codes.periods import Period
from tradestat_tools.research.currency import average_rate, covered_to

pytestmark = pytest.mark.anyio


def text_of(result: CallToolResult) -> str:
    content = result.content[0]
    assert isinstance(content, TextContent)
    return content.text


async def rates(client: Client, **asked: Any) -> dict[str, Any]:
    result = await client.call_tool("exchange_rate", asked)
    assert not result.is_error, text_of(result)
    assert result.structured_content is not None
    return result.structured_content


async def test_each_period_has_the_average_the_other_tools_convert_with(client: Client) -> None:
    given = await rates(client, base="cny", period="2022-2024")
    assert given["data"]["periods"] == ["2022", "2023", "2024"]
    expected = [average_rate("CNY", "USD", Period(year)) for year in (2022, 2023, 2024)]
    assert given["data"]["rates"] == [one.value for one in expected]
    assert given["data"]["days"] == [one.days for one in expected]
    assert "European Central Bank" in given["source"]["service"]
    assert given["source"]["published_at"] == str(covered_to())


async def test_the_newest_twelve_months_are_those_that_are_covered_as_a_whole(client: Client) -> None:
    data = (await rates(client, base="KRW"))["data"]
    assert len(data["periods"]) == 12
    assert None not in data["rates"]
    assert data["periods"][-1] <= str(covered_to())[:7]


async def test_a_period_that_is_not_covered_has_none_and_the_reason(client: Client) -> None:
    data = (await rates(client, base="RUB", period="2021-2023"))["data"]
    assert data["rates"][1:] == [None, None]
    assert set(data["absent"]) == {"2022", "2023"}
    assert "covered from" in data["absent"]["2023"]
    nothing = text_of(await client.call_tool("exchange_rate", {"base": "RUB", "period": "2023"}))
    assert nothing.startswith("NoData")
    assert "not_covered" in nothing


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"base": "KRV"}, "KRW"),
        ({"base": "CNY", "period": "yesterday"}, "is not a period"),
        ({"base": "CNY", "period": "1999-01..2024-12"}, "too many months"),
        ({"base": "CNY", "period": "2024-03", "freq": "year"}, "is a month"),
    ],
    ids=["currency", "period", "months", "frequency"],
)
async def test_what_can_not_be_asked_is_refused(asked: dict[str, str], said: str, client: Client) -> None:
    text = text_of(await client.call_tool("exchange_rate", asked))
    assert text.startswith("InvalidQuery"), text
    assert said in text


async def test_its_structured_content_is_as_its_schema_says(client: Client) -> None:
    (tool,) = [tool for tool in (await client.list_tools()).tools if tool.name == "exchange_rate"]
    assert tool.output_schema is not None
    given = await rates(client, base="CNY", quote="KRW", period="2024", freq="quarterly")
    Draft202012Validator(tool.output_schema).validate(given)  # pyright: ignore[reportUnknownMemberType]
    assert given["data"]["periods"] == ["2024Q1", "2024Q2", "2024Q3", "2024Q4"]
