"""`trade_indicators` on stored answers of the stand-in services, against what their world recorded."""

import math
from typing import Any

import pytest

from tradestat_sandbox.world import World
from tradestat_tools.contract.context import Context
from tradestat_tools.research.indicators.formulas import Indicator
from tradestat_tools.research.indicators.rows import Line
from tradestat_tools.research.indicators.tool import rounded

pytestmark = pytest.mark.anyio

BATTERIES = "850760"


async def asked(context: Context, tool: str, **arguments: Any) -> dict[str, Any]:
    return (await context.call(tool, arguments)).structured()


async def measured(context: Context, question: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    """An indicator of an answer of comtrade_data."""
    stored = await asked(context, "comtrade_data", **question)
    return await asked(context, "trade_indicators", result=stored["result"], **arguments)


def column(data: dict[str, Any], key: str, name: str) -> dict[str, float | None]:
    at, value = data["columns"].index(key), data["columns"].index(name)
    return {row[at]: row[value] for row in data["rows"]}


async def test_advantage_is_that_of_what_the_reporters_recorded(context: Context, world: World) -> None:
    three = {"China": "CN", "Germany": "DE", "South Korea": "KR"}
    question = {"reporterCode": "CHN,DEU,KOR", "partnerCode": "0", "cmdCode": "850760,TOTAL", "flowCode": "X"}
    data = (await measured(context, question | {"period": "2023"}, indicator="rca"))["data"]
    cells = {name: world.truth(code, "World", BATTERIES, "2023").exporter_reported or 0 for name, code in three.items()}
    totals = {name: world.truth(code, "World", "TOTAL", "2023").exporter_reported or 0 for name, code in three.items()}
    world_share = sum(cells.values()) / sum(totals.values())
    expected = {name: cells[name] / totals[name] / world_share for name in three}
    assert column(data, "reporter", "rca") == {name: float(f"{one:.6g}") for name, one in expected.items()}
    assert data["reference"] == "Balassa (1965)"


async def test_concentration_over_all_partners_is_that_of_the_figures(context: Context) -> None:
    question = {"reporterCode": "CHN", "partnerCode": "all", "cmdCode": BATTERIES, "flowCode": "X", "period": "2023"}
    stored = await asked(context, "comtrade_data", **question)
    figures = {one["partnerCode"]: one["primaryValue"][0] for one in stored["data"]["records"]}
    total = figures.pop("0")
    given = await asked(context, "trade_indicators", indicator="HHI", result=stored["result"])
    (found,) = column(given["data"], "hhi", "hhi").values()
    assert found == pytest.approx(math.fsum((value / total) ** 2 for value in figures.values()), rel=1e-6)
    assert given["source"]["state"] == "sandbox"
    assert given["source"]["calls"] == 0
    assert given["source"]["results"] == [stored["result"]]
    assert given["data"]["common"]["reporter"] == "China"


async def test_several_answers_are_put_together(context: Context) -> None:
    flow = {"reporterCode": "CHN", "partnerCode": "KOR", "cmdCode": BATTERIES, "period": "2023"}
    out, back = [(await asked(context, "comtrade_data", flowCode=code, **flow)) for code in ("X", "M")]
    given = await asked(context, "trade_indicators", indicator="balance", result=[out["result"], back["result"]])
    exports, imports = (one["data"]["records"][0]["primaryValue"][0] for one in (out, back))
    assert list(column(given["data"], "exports", "balance").values()) == [exports - imports]
    assert given["data"]["unit"] == "USD"
    assert any(note["code"] == "valuation" for note in given["notes"])


async def test_an_indicator_has_no_more_digits_than_its_figures_and_units_for_those_beside_it(context: Context) -> None:
    question = {"reporterCode": "CHN", "partnerCode": "KOR", "cmdCode": BATTERIES, "flowCode": "X,M", "period": "2023"}
    for indicator in ("normalised_balance", "grubel_lloyd"):
        data = (await measured(context, question, indicator=indicator))["data"]
        value = data["rows"][0][data["columns"].index(indicator)]
        assert value == float(f"{value:.6g}")
        assert data["more_units"] == {"exports": "USD", "imports": "USD"}


@pytest.mark.parametrize(("figure", "digits"), [(4_321, 1), (43_210_000, 5), (432_100_000_000, 6)])
async def test_small_figures_in_thousands_give_an_indicator_few_digits(figure: float, digits: int) -> None:
    line = Line({}, Indicator(math.sqrt(12)), {"figure": figure, "members": 3})
    assert rounded(line, 1000, is_money=False) == float(f"{math.sqrt(12):.{max(3, digits)}g}")
    assert rounded(line, 1000, is_money=True) == 3.46
