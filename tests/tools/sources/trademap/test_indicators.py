"""Indicators of the newest reference year."""

from typing import Any

import pytest

from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery, UpstreamRefused
from tradestat_tools.sources.trademap.arguments import GoodsTradeIndicatorsArguments

pytestmark = pytest.mark.anyio


def record(partner: str, **values: float | None) -> dict[str, Any]:
    cells = [{"indicatorCd": name, "value": value, "flag": None} for name, value in values.items()]
    return {"reporterCd": "784", "partnerCd": partner, "productCd": "020230", "data": cells}


ROWS = [record("076", VAL=463_753, GV5=12, GV2=-3.5, BAL=-463_000), record("699", VAL=161_224, GV5=None, GV2=0)]
TOTAL = record("000", VAL=713_748, BAL=-700_000, GV5=9, GV2=1)


async def ask(parsebot: Any, **more: Any) -> Any:
    return await parsebot.call(
        "goods_trade_indicators", **({"country": "784", "product": "020230", "trade_flow": "I"} | more)
    )


async def test_the_reference_year_is_the_services_own_and_is_said(parsebot: Any, payloads: Any):
    parsebot.gives(payloads.table(ROWS, [TOTAL], refYear=2024))
    parsebot.gives(payloads.table(ROWS, [TOTAL]))
    assert (await ask(parsebot)).what.endswith("indicators of 2024")
    silent = await ask(parsebot)
    assert silent.data.refYear is None
    assert silent.what.endswith("year not stated")


async def test_a_missing_indicator_is_absent_and_not_zero(parsebot: Any, payloads: Any, note: Any):
    parsebot.gives(payloads.table(ROWS, [TOTAL], refYear=2024))
    answer = await ask(parsebot)
    assert "no GV5W: missing, not zero" in note(answer, "absent")
    india = next(row for row in answer.data.records if row.partnerCd == "699")
    assert india.values == [161_224, None, None, 0]


async def test_an_undocumented_indicator_is_passed_on_without_a_unit(parsebot: Any, payloads: Any):
    parsebot.gives(payloads.table([record("076", VAL=1, RKP=4)], [], refYear=2024))
    answer = await ask(parsebot, indicators=["VAL", "RKP"])
    assert [(i.indicatorCd, i.unit, i.meaning) for i in answer.data.indicators][1] == ("RKP", None, None)
    assert answer.data.tables()[0].columns[-1] == "RKP"


async def test_values_are_compared_with_the_total_and_growth_is_not(parsebot: Any, payloads: Any, note: Any):
    rows = [record("076", VAL=400, GV5=50), record("699", VAL=313, GV5=60)]
    parsebot.gives(payloads.table(rows, [record("000", VAL=714, GV5=9)], refYear=2024))
    answer = await ask(parsebot, indicators=["VAL", "GV5"])
    assert "VAL: rows 713, total 714" in note(answer, "rounding")
    assert note(answer, "total_mismatch") == ""


@pytest.mark.parametrize(("written", "near"), [("VLA", "VAL"), ("VALU", "VAL"), ("5VG", ""), ("G5V", "GV5")])
def test_a_mistyped_indicator_is_answered_with_the_one_meant(written: str, near: str):
    with pytest.raises(InvalidQuery) as refused:
        parse_arguments(GoodsTradeIndicatorsArguments, {"country": "156", "indicators": [written]})
    assert refused.value.nearest == ((near,) if near else ())


@pytest.mark.parametrize("code", ["GV2W", "VALW", "GV10", "XX"])
def test_an_indicator_that_may_exist_is_not_taken_for_a_mistake(code: str):
    asked = parse_arguments(GoodsTradeIndicatorsArguments, {"country": "156", "indicators": [code]})
    assert asked.indicators == [code]


async def test_a_refusal_names_the_indicators_that_are_not_documented(parsebot: Any):
    parsebot.says({"error": {"status": "stale_input", "message": "indicators ['XX'] are not offered"}}, 422)
    with pytest.raises(UpstreamRefused) as unknown:
        await ask(parsebot, indicators=["VAL", "XX"])
    with pytest.raises(UpstreamRefused) as documented:
        await ask(parsebot, indicators=["VAL"])
    assert "XX is not among the documented indicators (VAL, BAL, GV5, GV2, GV5W)" in unknown.value.remedy
    assert "indicators" not in documented.value.remedy
