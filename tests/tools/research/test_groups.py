"""A group of countries where one country is asked for: refused before anything is sent, with the tool that takes it."""

from typing import Any

import pytest

from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import InvalidQuery

pytestmark = pytest.mark.anyio

ONE = {"exporter": "CHN", "importer": "KOR", "product": "850760", "period": "2023"}
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "compare_mirror",
        {**ONE, "importer": "ASEAN"},
        'comtrade_data takes a group and gives each member: partnerCode="ASEAN"',
    ),
    ("goods_trade_indicators", {"country": "ASEAN", "product": "85"}, "goods_time_series takes a group"),
    ("trend", {"hsCode": "850760", "countryCode": "ASEAN"}, 'partnerCode="ASEAN"'),
]


@pytest.mark.parametrize(("tool", "question", "said"), REFUSED, ids=[tool for tool, *_ in REFUSED])
async def test_a_refused_group_names_the_tool_that_takes_it_as_what_to_do(
    context: Context, tool: str, question: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidQuery) as caught:
        await context.call(tool, question)
    assert said in caught.value.remedy


async def test_the_tool_that_a_refusal_names_takes_the_group(context: Context) -> None:
    question = {"reporterCode": "CHN", "partnerCode": "ASEAN", "cmdCode": "850760", "flowCode": "X", "period": "2023"}
    assert len((await context.call("comtrade_data", question)).data.records) > 3
