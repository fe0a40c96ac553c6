"""A group of countries where one country is asked for: refused before anything is sent, with the tool that takes it."""

from typing import Any

import pytest

from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import InvalidQuery, NoData

pytestmark = pytest.mark.anyio

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("goods_trade_indicators", {"country": "ASEAN", "product": "85"}, "goods_time_series takes a group"),
    ("goods_trade_indicators", {"country": "ASEAN", "product": "85"}, 'trade_series(reporter="ASEAN")'),
    ("trend", {"hsCode": "850760", "countryCode": "ASEAN"}, 'partnerCode="ASEAN"'),
    ("trend", {"hsCode": "850760", "countryCode": "ASEAN"}, 'trade_series(reporter="CN", partner="ASEAN"'),
]

OF_ASEAN: dict[str, Any] = {"reporterCode": "ASEAN", "period": "2023"}
WITHOUT: list[tuple[str, dict[str, Any]]] = [
    ("comtrade_data", {**OF_ASEAN, "cmdCode": "850760", "flowCode": "X"}),
    ("comtrade_bilateral", {**OF_ASEAN, "partnerCode": "KOR", "cmdCode": "850760", "flowCode": "M"}),
    ("comtrade_trade_balance", {**OF_ASEAN, "partnerCode": "KOR"}),
    ("comtrade_tariffline", {**OF_ASEAN, "partnerCode": "KOR", "cmdCode": "850760", "flowCode": "M"}),
    ("comtrade_metadata", OF_ASEAN),
    ("comtrade_availability", OF_ASEAN),
]


@pytest.mark.parametrize(("tool", "question", "said"), REFUSED, ids=[f"{one[0]}: {one[2][:20]}" for one in REFUSED])
async def test_a_refused_group_names_the_tool_that_takes_it_as_what_to_do(
    context: Context, tool: str, question: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidQuery) as caught:
        await context.call(tool, question)
    assert said in caught.value.remedy


async def test_the_tool_that_a_refusal_names_takes_the_group(context: Context) -> None:
    question = {"reporterCode": "CHN", "partnerCode": "ASEAN", "cmdCode": "850760", "flowCode": "X", "period": "2023"}
    assert len((await context.call("comtrade_data", question)).data.records) > 3


@pytest.mark.parametrize(("tool", "question"), WITHOUT, ids=[tool for tool, _ in WITHOUT])
async def test_a_group_that_is_no_reporter_is_answered_with_how_its_members_are_asked(
    context: Context, tool: str, question: dict[str, Any]
) -> None:
    with pytest.raises(NoData) as caught:
        await context.call(tool, question)
    assert "one by one: reporterCode='ASEAN members'" in caught.value.remedy
    assert 'their sum: trade_series(reporter="ASEAN")' in caught.value.remedy
