"""Words for countries, and arguments as models write them, through the protocol."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import pytest
from mcp import Client

from tradestat_sandbox import Sandbox
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.open import in_memory
from tradestat_tools.sources.trademap import SOURCE
from tradestat_tools.upstream.http import Http

pytestmark = pytest.mark.anyio

KOREA = ("KR", "kor", "410", "Korea", "South Korea", "Korea, Rep. of", "韩国", "한국")
JAPAN = {"country": "JP", "period_from": 2024, "period_to": 2024}


@pytest.fixture
async def context() -> AsyncGenerator[Context]:
    sandbox = Sandbox()
    now = datetime(sandbox.today.year, sandbox.today.month, sandbox.today.day, tzinfo=UTC)
    http = Http(app=sandbox.app)
    async with in_memory(http, sandbox_settings(catalogue().settings()), lambda: now, most_attempts=1) as opened:
        yield opened
    await http.aclose()


async def answers(context: Context, tool: str, *questions: dict[str, Any]) -> list[dict[str, Any]]:
    """What a client gets for each question: the structured answer."""
    found: list[dict[str, Any]] = []
    async with Client(create_server(context)) as client:
        for asked in questions:
            result = await client.call_tool(tool, asked)
            assert not result.is_error, result.content
            assert result.structured_content is not None
            found.append(result.structured_content)
    return found


@pytest.mark.parametrize("tool", ["goods_time_series", "services_time_series", "goods_trade_indicators"])
@pytest.mark.parametrize("argument", ["country", "partner"])
async def test_a_country_may_be_said_in_any_way(context: Context, tool: str, argument: str):
    rest: dict[str, Any] = {"partner": "842"} if argument == "country" else {"country": "842"}
    rest |= {} if tool == "goods_trade_indicators" else {"period_from": 2024, "period_to": 2024}

    found = await answers(context, tool, *(rest | {argument: word} for word in KOREA))

    assert {str(answer["data"]) for answer in found} == {str(found[0]["data"])}
    assert all("South Korea (410)" in answer["what"] for answer in found), "the code is in the first line"


async def test_what_korea_is_read_as_by_convention_is_noted(context: Context):
    by_name, by_code = await answers(
        context, "goods_time_series", JAPAN | {"partner": "Korea"}, JAPAN | {"partner": "410"}
    )

    (note,) = (note["text"] for note in by_name["notes"] if note["code"] == "resolved_code")
    assert "'Korea' was read as South Korea (410)" in note
    assert not [note for note in by_code.get("notes", ()) if note["code"] == "resolved_code"]


async def test_the_list_of_countries_is_searched_by_any_code_or_name(context: Context):
    found = await answers(context, "get_countries", *({"search": word} for word in (*KOREA[:5], *KOREA[6:])))

    assert all("410" in answer["data"]["countryCd"] for answer in found)
    (india,) = await answers(context, "get_countries", {"search": "356"})
    assert "699" in india["data"]["countryCd"], "by its number in M49 too"


async def test_a_search_for_a_group_lists_its_members(context: Context):
    (found,) = await answers(context, "get_countries", {"search": "USMCA"})

    assert found["data"]["countryCd"] == ["124", "484", "842"]
    assert "its members are listed" in found["notes"][0]["text"]


LOOSE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "goods_time_series": (
        {
            "country": 410, "partner": "null", "product": 85, "by": "null", "hs_level": "null", "trade_flow": "import",
            "period_from": "2023", "period_to": "2024", "page": "1", "page_size": "5", "all_pages": "false",
            "max_calls": "3", "sort_by": "null", "sort_dir": "null",
        },
        {"country": "410", "product": "85", "trade_flow": "I", "period_from": 2023, "period_to": 2024, "page_size": 5},
    ),
    "services_time_series": (
        {
            "country": "KR", "partner": "0", "service": "null", "by": "byService", "trade_flow": "exports",
            "period_from": "2023", "period_to": "2023", "page": "1", "page_size": "10", "all_pages": "true",
            "max_calls": "2", "sort_by": "", "sort_dir": None,
        },
        {
            "country": "410", "by": "byService", "trade_flow": "E", "period_from": 2023, "period_to": 2023,
            "page_size": 10, "all_pages": True, "max_calls": 2,
        },
    ),
    "goods_trade_indicators": (
        {
            "country": "kor", "partner": "none", "product": "85", "by": "byProduct", "hs_level": "4",
            "trade_flow": "E", "indicators": '["VAL", "gv5"]', "page": "1", "page_size": "3", "all_pages": "false",
            "max_calls": "5", "sort_by": "null", "sort_dir": "desc",
        },
        {"country": "410", "product": "85", "by": "byProduct", "hs_level": 4, "page_size": 3}
        | {"indicators": ["VAL", "GV5"]},
    ),
    "get_countries": ({"search": "null", "limit": "3"}, {"limit": 3}),
    "get_country_groups": ({"search": "asean", "members": "true"}, {"search": "ASEAN", "members": True}),
    "get_products_hs": (
        {"search": "null", "prefix": 8507, "hs_level": "6", "limit": "2"}, {"prefix": "8507", "hs_level": 6, "limit": 2}
    ),
    "get_services_ebops": ({"search": "null", "prefix": "S03", "limit": "4"}, {"prefix": "S03", "limit": 4}),
    "get_coverage": ({"data_type": "null"}, {}),
}  # fmt: skip


@pytest.mark.parametrize("tool", sorted(LOOSE))
async def test_arguments_as_models_write_them_ask_the_same(context: Context, tool: str):
    loose, plain = LOOSE[tool]
    (endpoint,) = (one for one in SOURCE.tools if one.name == tool)
    assert set(loose) == set(endpoint.arguments.model_fields), "every argument of the tool is tried"

    by_model, by_hand = await answers(context, tool, loose, plain)

    assert by_model["what"] == by_hand["what"]
    assert by_model["data"] == by_hand["data"]


def test_every_tool_is_tried():
    assert set(LOOSE) == {endpoint.name for endpoint in SOURCE.tools}


async def test_a_list_may_be_sent_as_words(context: Context):
    asked = {"country": "KR", "product": "85", "page_size": 3}
    found = await answers(
        context,
        "goods_trade_indicators",
        *(asked | {"indicators": words} for words in ("VAL,GV5", '["VAL","GV5"]', ["VAL", "GV5"])),
    )

    assert [one["indicatorCd"] for one in found[0]["data"]["indicators"]] == ["VAL", "GV5"]
    assert found[0]["data"] == found[1]["data"] == found[2]["data"]
