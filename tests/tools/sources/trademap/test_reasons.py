"""Why there is no figure: each reason through a call to the stand-in service, as a client of MCP sees it."""

import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import pytest
from mcp import Client
from mcp_types import CallToolResult, TextContent

from tradestat_sandbox import Sandbox
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import sandbox_settings
from tradestat_server.mcp.tooling import ERROR_META
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.reasons import Reason
from tradestat_tools.open import in_memory
from tradestat_tools.upstream.http import Http

pytestmark = pytest.mark.anyio

GOODS, SERVICES = "goods_time_series", "services_time_series"


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
async def context(sandbox: Sandbox) -> AsyncGenerator[Context]:
    now = datetime(sandbox.today.year, sandbox.today.month, sandbox.today.day, tzinfo=UTC)
    http = Http(app=sandbox.app)
    async with in_memory(http, sandbox_settings(catalogue().settings()), lambda: now, most_attempts=1) as opened:
        yield opened
    await http.aclose()


async def ask(context: Context, tool: str, *, with_list: bool = False, **asked: Any) -> CallToolResult:
    """A call through the protocol; with the list of countries asked for before it, if so wanted."""
    async with Client(create_server(context)) as client:
        if with_list:
            await client.call_tool("get_countries", {"search": "410"})
        return await client.call_tool(tool, asked)


def text_of(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


def whys(result: CallToolResult) -> dict[str, bool]:
    """The reasons of a failed call, and whether each is sure."""
    assert result.is_error, text_of(result)
    assert result.meta is not None
    return {why["reason"]: why["sure"] for why in dict(result.meta[ERROR_META])["why"]}


def noted(result: CallToolResult) -> dict[str, str]:
    """The reasons that the notes of an answer give."""
    assert not result.is_error, text_of(result)
    assert result.structured_content is not None
    return {note["reason"]: note["text"] for note in result.structured_content["notes"] if "reason" in note}


async def test_a_zero_that_the_service_gives_is_a_zero(context: Context):
    result = await ask(context, GOODS, country="AF", partner="KH", period_from=2020, period_to=2021)

    assert "0 for 2020, 2021 is the service's own figure: none, or under 500 dollars." in noted(result)[Reason.ZERO]
    assert "- zero: 0 for 2020, 2021" in text_of(result)


async def test_a_zero_that_may_be_a_suppressed_figure_is_not_called_a_zero(sandbox: Sandbox, context: Context):
    truth = sandbox.world.truth("156", "036", "850760", "2021")
    assert any(effect.kind == "confidential" for effect in truth.effects), "Australia keeps this cell back"

    asked: dict[str, Any] = {
        "country": "AU",
        "partner": "CN",
        "trade_flow": "I",
        "period_from": 2021,
        "period_to": 2021,
    }
    result = await ask(context, GOODS, product="850760", **asked)
    confidential = await ask(context, GOODS, product="999999", **asked)

    assert Reason.ZERO not in noted(result)
    assert "suppresses would be under 999999 instead, and leave a 0 here as well" in text_of(result)
    assert confidential.structured_content is not None
    assert confidential.structured_content["data"]["aggregateRecords"][0]["values"][0] > 0


async def test_without_the_list_a_country_without_figures_is_perhaps_not_reported(context: Context):
    result = await ask(context, GOODS, country="IQ", product="850760", period_from=2020, period_to=2021)

    found = whys(result)
    assert list(found) == [Reason.NOT_REPORTED, Reason.ZERO, Reason.SUPPRESSED]
    assert not any(found.values())
    assert "Perhaps: not_reported: Iraq (368) may not report this" in text_of(result)
    assert 'get_countries(search="368")' in text_of(result)


async def test_a_year_that_a_late_reporter_has_not_reported_is_not_yet_published(sandbox: Sandbox, context: Context):
    asked: dict[str, Any] = {"country": "RU", "period_from": 2024, "period_to": 2024}
    guessed = await ask(context, GOODS, **asked)
    before = sandbox.credits_charged
    known = await ask(context, GOODS, with_list=True, **(asked | {"page_size": 40}))

    assert whys(guessed) == {Reason.NOT_YET_PUBLISHED: False}
    assert "period_from=2021, period_to=2024" in text_of(guessed), "earlier years show how far it has come"
    assert whys(known) == {Reason.NOT_YET_PUBLISHED: True}
    assert "has goods up to 2021" in text_of(known)
    assert "period_from=2021, period_to=2021" in text_of(known)
    assert sandbox.credits_charged == before + 1, "of the list of countries alone"


@pytest.mark.parametrize(
    ("asked", "reason", "said"),
    [
        ({"partner": "areas nes"}, Reason.NOT_COVERED, "only among the rows of all partners"),
        (
            {"partner": "Netherlands Antilles", "period_from": 2005, "period_to": 2012},
            Reason.NOT_COVERED,
            "(530) is a former area; Trade Map may not have it as a partner",
        ),
        ({"country": "BN"}, Reason.NOT_REPORTED, "Brunei Darussalam (096) is named in the refusal"),
    ],
)
async def test_a_refusal_says_what_may_be_the_reason_and_the_next_call(
    sandbox: Sandbox, context: Context, asked: dict[str, Any], reason: Reason, said: str
):
    question: dict[str, Any] = {"country": "CN"} | asked
    result = await ask(context, GOODS, **question)

    assert whys(result) == {reason: False}
    assert said in text_of(result)
    assert re.search(r"\(HTTP 422\)\. It says: .stale_input: ", text_of(result)), "the service's own words are kept"
    assert "goods_time_series(country=" in text_of(result)
    assert sandbox.credits_charged == 1


@pytest.mark.parametrize(
    ("tool", "country", "product"),
    [
        (GOODS, "US", "98"),
        (GOODS, "USMCA", "9801"),
        ("goods_trade_indicators", "US", "9801.00"),
        (GOODS, "US", "9801000000"),
    ],
)
async def test_a_chapter_of_national_use_is_not_covered_and_costs_nothing(
    sandbox: Sandbox, context: Context, tool: str, country: str, product: str
):
    result = await ask(context, tool, country=country, product=product)

    assert whys(result) == {Reason.NOT_COVERED: True}
    assert "Chapter 98 is left to national use" in text_of(result)
    assert "comtrade_tariffline takes national codes" in text_of(result)
    assert sandbox.credits_charged == 0


async def test_goods_not_specified_are_no_national_chapter(context: Context):
    result = await ask(context, GOODS, country="AU", product="99", period_from=2021, period_to=2021)

    assert not result.is_error, text_of(result)
