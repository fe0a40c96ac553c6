"""`trade_series`: the stand-in services' figures against what their world recorded."""

from dataclasses import replace
from typing import Any

import pytest

from tradestat_sandbox.world import World
from tradestat_tools.codes.periods import Period, periods_between
from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import NoData, TradestatError
from tradestat_tools.research.currency import average_rate

pytestmark = pytest.mark.anyio

BATTERIES = "850760"


async def answer(of: Context, tool: str = "trade_series", **asked: Any) -> dict[str, Any]:
    """The structured content of an answer."""
    return (await of.call(tool, asked)).structured()


async def series(of: Context, **asked: Any) -> dict[str, Any]:
    """The data of an answer."""
    return (await answer(of, **asked))["data"]


async def refused(of: Context, **asked: Any) -> TradestatError:
    with pytest.raises(TradestatError) as error:
        await of.call("trade_series", asked)
    return error.value


def by_period(data: dict[str, Any], name: str = "values") -> dict[str, Any]:
    return dict(zip(data["periods"], data[name], strict=True))


def years(first: int, last: int) -> list[str]:
    return [str(year) for year in range(first, last + 1)]


def months_of(year: int, first: int = 1, last: int = 12) -> list[Period]:
    return list(periods_between(Period(year, "month", first), Period(year, "month", last)))


# --- the rule ------------------------------------------------------------------------------------------------------


async def test_a_reporters_own_statistics_come_first_and_are_what_it_recorded(context: Context, world: World) -> None:
    given = await answer(context, reporter="Korea", partner="China", product=BATTERIES, period="2022-2024")
    data = given["data"]
    assert by_period(data) == {
        year: world.truth("KR", "CN", BATTERIES, year).exporter_reported for year in years(2022, 2024)
    }
    assert (data["source"], data["currency"], data["valuation"]) == ("korea", "USD", "FOB")
    assert data["choice"].endswith("the official national source of South Korea")
    assert "passed_over" not in data
    assert given["source"]["state"] == "sandbox"
    assert given["source"]["results"]


async def test_imports_are_the_importers_own_record_and_cif(context: Context, world: World) -> None:
    data = await series(context, reporter="KOR", partner="CHN", product=BATTERIES, flow="imports", period="2023")
    assert data["values"] == [world.truth("CN", "KR", BATTERIES, "2023").importer_reported]
    assert (data["flow"], data["valuation"], data["source"]) == ("M", "CIF", "korea")


async def test_where_no_national_source_is_connected_comtrade_answers(context: Context, world: World) -> None:
    data = await series(context, reporter="Japan", partner="China", product="8703", period="2021-2023")
    assert data["source"] == "comtrade"
    assert "no national source of Japan is connected" in data["choice"]
    assert by_period(data) == {
        year: world.truth("JP", "CN", "8703", year).exporter_reported for year in years(2021, 2023)
    }


async def test_trade_map_is_asked_only_if_its_credits_are_allowed_and_stored_figures_are_free(
    context: Context, world: World
) -> None:
    asked = {"reporter": "China", "partner": "Korea", "product": BATTERIES, "period": "2022-2024"}
    assert "would take 1 credits" in str(await refused(context, **asked, source="trademap"))
    given = await answer(context, **asked, source="trademap", max_credits=1)
    assert given["source"]["credits_charged"] == 1
    recorded = {year: world.truth("CN", "KR", BATTERIES, year).exporter_reported for year in years(2022, 2024)}
    assert by_period(given["data"]) == pytest.approx(recorded, abs=500)
    assert given["data"]["resolution"] == 1000
    again = await answer(context, **asked, source="trademap")
    assert again["data"] == given["data"]


# --- periods -------------------------------------------------------------------------------------------------------


async def test_quarters_and_years_are_the_sums_of_their_months(context: Context) -> None:
    asked = {"reporter": "Korea", "partner": "China", "product": BATTERIES}
    months = by_period(await series(context, **asked, period="2024-01..2024-12"))
    quarters = by_period(await series(context, **asked, period="2024", freq="Q"))
    (year,) = (await series(context, **asked, period="2024"))["values"]
    assert list(quarters) == ["2024Q1", "2024Q2", "2024Q3", "2024Q4"]
    for at, value in enumerate(quarters.values()):
        assert value == sum(list(months.values())[3 * at : 3 * at + 3])
    assert year == sum(months.values())


async def test_months_another_source_has_are_not_mixed_in_unless_asked(context: Context) -> None:
    asked: dict[str, Any] = {"reporter": "China", "product": BATTERIES, "period": "2026-07..2026-09"}
    asked["also"] = ["growth", "index"]
    plain = await series(context, **asked)
    assert (plain["source"], plain["values"][2]) == ("comtrade", None)
    assert "sources" not in plain
    filled = await answer(context, **asked, fill=True)
    data = filled["data"]
    assert data["sources"] == ["comtrade", "comtrade", "doumaotong"]
    assert data["values"][:2] == plain["values"][:2]
    yuan = (await series(context, **(asked | {"period": "2026-09"}), source="doumaotong", currency="CNY"))["values"]
    rate = average_rate("CNY", "USD", Period(2026, "month", 9)).value
    assert data["values"][2] == round(yuan[0] * rate), "no digits that the yuan have not"
    assert data["rates"] == [1.0, 1.0, float(f"{rate:.6g}")]
    assert data["growth_period"][2] is None
    assert data["index"][2] is None
    undefined = {(one["measure"], *one["periods"]): one["text"] for one in data["undefined"]}
    assert undefined["growth_period", "2026-09"] == "the two figures are of different sources"
    assert "doumaotong.com" in filled["source"]["service"]
    assert "source=doumaotong" not in filled["more"]
    assert "UN Comtrade" in filled["source"]["service"]


# --- growth, share, index ------------------------------------------------------------------------------------------


async def test_growth_share_and_index_are_those_of_what_was_recorded(context: Context, world: World) -> None:
    data = await series(
        context,
        reporter="Japan",
        partner="China",
        product="8703",
        period="2021-2023",
        also=["growth", "share", "index"],
        base="2022",
    )
    own = {year: world.truth("JP", "CN", "8703", year).exporter_reported or 0 for year in years(2020, 2023)}
    whole = {year: world.truth("JP", "World", "8703", year).exporter_reported or 0 for year in years(2020, 2023)}
    span = years(2021, 2023)
    assert data["growth_year"] == pytest.approx([own[year] / own[str(int(year) - 1)] - 1 for year in span], rel=1e-5)
    assert data["share"] == pytest.approx([own[year] / whole[year] for year in span], rel=1e-5)
    assert data["index"] == pytest.approx([100 * own[year] / own["2022"] for year in span], rel=1e-5)
    assert data["share_of"] == "Japan's exports to World, 8703, same source and period"
    assert "growth_period" not in data
    assert data["periods"] == span


async def test_a_share_with_the_world_is_the_products_in_all_goods(context: Context, world: World) -> None:
    data = await series(context, reporter="Korea", product=BATTERIES, period="2023", also="share")
    part, whole = (world.truth("KR", "World", code, "2023").exporter_reported or 0 for code in (BATTERIES, "TOTAL"))
    assert data["share"] == [pytest.approx(part / whole, rel=1e-5)]


async def test_months_grow_on_the_year_and_on_the_month_before(context: Context, world: World) -> None:
    data = await series(context, reporter="Korea", product=BATTERIES, period="2024-06", also="growth")
    now, before, year = (
        world.truth("KR", "World", BATTERIES, month).exporter_reported or 0 for month in ("202406", "202405", "202306")
    )
    assert data["values"] == [now]
    assert data["growth_period"] == [pytest.approx(now / before - 1, rel=1e-5)]
    assert data["growth_year"] == [pytest.approx(now / year - 1, rel=1e-5)]


# --- currency ------------------------------------------------------------------------------------------------------


async def test_each_month_is_converted_at_its_own_average_before_it_is_summed(context: Context, world: World) -> None:
    data = await series(context, reporter="Korea", product=BATTERIES, period="2024", currency="eur")
    converted = [
        (world.truth("KR", "World", BATTERIES, f"2024{one.number:02d}").exporter_reported or 0)
        * average_rate("USD", "EUR", one).value
        for one in months_of(2024)
    ]
    assert data["currency"] == "EUR"
    assert data["values"] == [pytest.approx(sum(converted))]
    dollars = world.truth("KR", "World", BATTERIES, "2024").exporter_reported or 0
    assert data["rates"] == [pytest.approx(sum(converted) / dollars)]


# --- stored answers ------------------------------------------------------------------------------------------------


async def test_a_stored_answer_is_a_source_by_its_handle(context: Context) -> None:
    question = {
        "reporterCode": "CHN",
        "partnerCode": "KOR",
        "cmdCode": BATTERIES,
        "flowCode": "X",
        "period": "2020-2022",
    }
    stored = await answer(context, "comtrade_data", **question)
    given = await answer(context, reporter="China", partner="Korea", product=BATTERIES, source=stored["result"])
    assert given["data"]["periods"] == years(2018, 2022)
    assert given["data"]["values"][2:] == stored["data"]["records"][0]["primaryValue"]
    assert given["source"]["results"] == [stored["result"]]
    assert "as asked for" in given["data"]["choice"]


async def test_a_series_can_be_compared_and_measured_by_its_handle(context: Context) -> None:
    flow = {"product": BATTERIES, "period": "2022-2024"}
    own = await answer(context, reporter="China", partner="Korea", also="growth", **flow)
    mirror = await answer(context, "compare_mirror", exporter="China", importer="Korea", files=[own["result"]], **flow)
    assert own["result"] in str(mirror)
    growth = await answer(context, "trade_indicators", indicator="growth", result=own["result"])
    column = growth["data"]["columns"].index("growth")
    assert [row[column] for row in growth["data"]["rows"]] == [None, *own["data"]["growth_year"][1:]]


async def test_its_common_rows_are_those_of_the_source_it_chose(context: Context) -> None:
    tools = context.tools
    question = {"reporter": "China", "partner": "Korea", "product": BATTERIES, "period": "2020-2023"}
    own = await context.call(tools["trade_series"], question)
    assert own.source.results
    stored = await context.results.find(own.source.results[0])
    assert stored is not None
    comtrade = tools["comtrade_data"]
    assert comtrade.observe
    assert tools["trade_series"].observe
    given = comtrade.observe(comtrade.data.model_validate(stored.structured["data"]), stored.source)
    found = tools["trade_series"].observe(own.data, own.source)
    assert found == [replace(one, tool="trade_series") for one in given]
    assert [one.edition for one in found] == ["HS 2017", "HS 2017", "HS 2022", "HS 2022"]
    assert all(one.net_kg and one.quantity for one in found)


# --- what is refused -----------------------------------------------------------------------------------------------


async def test_an_area_that_reports_nothing_comes_with_the_call_for_the_other_end(context: Context) -> None:
    with pytest.raises(NoData) as caught:
        await context.call("trade_series", {"reporter": "Iraq", "partner": "China", "product": "27", "period": "2022"})
    assert 'compare_mirror(exporter="Iraq", importer="China", product="27")' in caught.value.remedy
    reasons = [why.reason for why in caught.value.why]
    assert len(set(reasons)) == len(reasons)
    with pytest.raises(NoData) as world:
        await context.call("trade_series", {"reporter": "Iraq", "product": "27", "flow": "M", "period": "2022"})
    call = 'comtrade_data(reporterCode="all", partnerCode="Iraq", flowCode="X", cmdCode="27", period="latest")'
    assert call in world.value.remedy
