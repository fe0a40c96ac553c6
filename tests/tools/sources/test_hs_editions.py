"""A series that crosses an edition of the Harmonized System carries the note, whichever source it comes from."""

from contextlib import suppress
from typing import Any

import pytest
from sandboxed import opened

from tradestat_sandbox import Sandbox
from tradestat_tools.catalogue import catalogue
from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import InvalidQuery, NoData

pytestmark = pytest.mark.anyio

TOOLS = {endpoint.name: endpoint for source in catalogue().sources.values() for endpoint in source.tools}

PHONES = "851713 exists since HS 2022 (from 2022); before, these goods were part of 851712"


@pytest.fixture(scope="module")
def built() -> Sandbox:
    return Sandbox()


@pytest.fixture
def sandbox(built: Sandbox) -> Sandbox:
    built.reset()
    return built


async def breaks(sandbox: Sandbox, tool: str, **arguments: Any) -> str:
    """What the answer says of editions."""
    async with opened(sandbox) as context:
        answer: Answer[Any] = await context.call(TOOLS[tool], arguments)
    return " ".join(note.text for note in answer.notes if note.code is NoteCode.EDITION_BREAK)


async def test_un_comtrade_tells_what_became_of_a_split_code(sandbox: Sandbox) -> None:
    asked = {"reporterCode": "CN", "partnerCode": "US", "flowCode": "X"}
    assert PHONES in await breaks(sandbox, "comtrade_data", **asked, cmdCode="851713", period="2020-2023")
    both = await breaks(sandbox, "comtrade_data", **asked, cmdCode="851712,851713", period="2020-2023")
    assert "HS 2017 (H5) from 2020, HS 2022 (H6) from 2022" in both
    assert "851712 ended with HS 2022" in both
    assert PHONES in both


async def test_un_comtrade_says_nothing_within_an_edition_nor_where_one_was_asked_for(sandbox: Sandbox) -> None:
    asked = {"reporterCode": "CN", "partnerCode": "US", "flowCode": "X", "cmdCode": "851713"}
    assert await breaks(sandbox, "comtrade_data", **asked, period="2022-2023") == ""
    assert await breaks(sandbox, "comtrade_data", **asked, clCode="H6", period="2022-2023") == ""


async def test_trade_map_tells_a_break_of_the_code_and_of_the_codes_below_a_heading(sandbox: Sandbox) -> None:
    asked = {"country": "156", "partner": "842", "trade_flow": "E", "period_to": 2024}
    series = {**asked, "product": "851713", "by": "byCountry", "period_from": 2020}
    assert PHONES in await breaks(sandbox, "goods_time_series", **series)
    below = {**asked, "product": "8517", "by": "byProduct", "period_from": 2020}
    assert PHONES in await breaks(sandbox, "goods_time_series", **below)
    assert await breaks(sandbox, "goods_time_series", **{**series, "period_from": 2022}) == ""


async def test_trade_map_tells_a_break_that_a_growth_rate_crosses(sandbox: Sandbox) -> None:
    asked = {"country": "156", "partner": "842", "trade_flow": "E", "product": "851713", "by": "byCountry"}
    assert PHONES in await breaks(sandbox, "goods_trade_indicators", **asked, indicators=["VAL", "GV5"])
    assert await breaks(sandbox, "goods_trade_indicators", **asked, indicators=["VAL"]) == ""


async def test_korea_customs_tells_a_break_between_months(sandbox: Sandbox) -> None:
    asked = {"hsSgn": "851713", "cntyCd": "US"}
    assert PHONES in await breaks(sandbox, "getNitemtradeList", **asked, strtYymm="202110", endYymm="202209")
    assert await breaks(sandbox, "getNitemtradeList", **asked, strtYymm="202201", endYymm="202212") == ""


async def test_the_chinese_service_tells_a_break_within_its_months(sandbox: Sandbox) -> None:
    assert PHONES in await breaks(sandbox, "trend", hsCode="85171300")
    assert await breaks(sandbox, "markets", hsCode="85171300") == ""
    assert await breaks(sandbox, "trend", hsCode="85076000") == ""


@pytest.mark.parametrize(
    ("edition", "code", "nearest"),
    [
        ("H6", "851712", ("851713", "851714")),
        ("H5", "851713", ("851712",)),
        ("H4", "851713", ("851712",)),
        ("H4", "690721", ("690790", "690890")),
        ("H5", "690790", ("690721", "690722", "690723", "690740")),
    ],
)
async def test_a_code_that_the_edition_asked_for_lacks_is_explained_with_those_it_has(
    sandbox: Sandbox, edition: str, code: str, nearest: tuple[str, ...]
) -> None:
    asked = {"reporterCode": "CN", "partnerCode": "US", "flowCode": "X", "period": "2020"}
    async with opened(sandbox) as context:
        with pytest.raises(InvalidQuery) as caught:
            await context.call(TOOLS["comtrade_data"], {**asked, "cmdCode": code, "clCode": edition})
    assert caught.value.nearest == nearest
    assert "clCode=HS, which takes the codes of every edition" in str(caught.value.allowed)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("comtrade_data", {"reporterCode": "CN", "partnerCode": "US", "flowCode": "X", "period": "2020"}),
        ("goods_time_series", {"country": "156", "partner": "842", "trade_flow": "E", "by": "byCountry"}),
        ("getNitemtradeList", {"cntyCd": "US", "strtYymm": "202001", "endYymm": "202012"}),
        ("trend", {}),
    ],
    ids=["un_comtrade", "trade_map", "korea", "china"],
)
async def test_a_code_of_an_older_edition_is_asked_for_and_one_of_none_is_refused_with_neighbours(
    sandbox: Sandbox, tool: str, arguments: dict[str, Any]
) -> None:
    name = {"comtrade_data": "cmdCode", "goods_time_series": "product", "trend": "hsCode"}.get(tool, "hsSgn")
    async with opened(sandbox) as context:
        before = len(sandbox.calls)
        with pytest.raises(InvalidQuery) as caught:
            await context.call(TOOLS[tool], {**arguments, name: "851799"})
        assert "851799 is in no edition of the Harmonized System known here" in caught.value.message
        assert set(caught.value.nearest or ()) & {"851769", "851771", "851779", "851762"}
        assert len(sandbox.calls) == before
        with suppress(NoData):  # the world may have no such trade; the question is put all the same
            await context.call(TOOLS[tool], {**arguments, name: "851712"})
        assert len(sandbox.calls) > before
