"""The current documented form: amounts leave it in RMB yuan, by field, and under the documented names."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.answers import Answer, NoteCode

if TYPE_CHECKING:
    from conftest import FakeService

pytestmark = pytest.mark.anyio

Notes = Callable[[Answer[Any], NoteCode], str]


async def test_the_dashboard_total_comes_from_yi_yuan(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("dashboard", current["dashboard"])
    answer = await service.ask("dashboard", hsCode="85076000")
    assert answer.data.recent12mGlobalTotal == 47_126_000_000
    assert answer.source.unit == "RMB yuan"
    assert answer.source.currency == "RMB"
    assert answer.source.valuation == "exports FOB"


async def test_amounts_of_trade_blocs_come_from_yi_yuan(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("dashboard", current["dashboard"])
    data = (await service.ask("dashboard", hsCode="85076000")).data
    assert data.tradeBlocBreakdown.aseanTotal == 5_823_000_000
    assert data.tradeBlocBreakdown.aseanPercent == 12.35
    assert data.tradeBlocBreakdown.euTotal == 13_240_000_000
    assert data.tradeBlocBreakdown.usmcaTotal == 10_107_000_000
    assert [(bloc.name, bloc.total) for bloc in data.blocs][2] == ("中东", 2_325_000_000)


async def test_months_come_from_million_yuan(service: "FakeService", current: dict[str, Any]) -> None:
    service.says(
        "trend", {**current["trend"], "monthly": [{"ym": "2025-09", "v": 4482.65}, {"ym": "202508", "v": "1,000.5"}]}
    )
    series = (await service.ask("trend", hsCode="85076000")).data.allDestinationsMonthly
    assert series.periods == ["202508", "202509"]
    assert series.values == [1_000_500_000, 4_482_650_000]


async def test_destinations_come_from_million_yuan(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("markets", current["markets"])
    first = (await service.ask("markets", hsCode="85076000")).data.markets[0]
    assert first.countryName == "美国"
    assert first.recent12mTotal == 8_826_630_000
    assert first.monthlyAvg == 735_552_500
    assert (first.share, first.yoy) == (18.73, -12.4)


async def test_the_light_top_10_comes_from_million_yuan_where_the_table_is_missing(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("markets", {"hsCode": "85076000", "countryTable": None, "top10": current["markets"]["top10"]})
    data = (await service.ask("markets", hsCode="85076000")).data
    assert len(data.markets) == 10
    assert data.markets[1].recent12mTotal == 5_725_770_000
    assert data.markets[1].share is None


async def test_growing_destinations_come_from_million_yuan(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("growth", current["growth"])
    first = (await service.ask("growth", hsCode="85076000")).data.growth[0]
    assert (first.name, first.country, first.countryCode) == ("澳大利亚", "Australia", "601")
    assert first.amt == 1_395_790_000
    assert first.yoy == 77.9


async def test_priced_destinations_come_from_million_yuan_and_prices_stay_yuan_per_unit(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("priceband", current["priceband"])
    band = (await service.ask("priceband", hsCode="85076000")).data.priceBand
    assert band.markets[0].amt == 5_729_110_000
    assert band.markets[0].price == 97.25
    assert (band.unit, band.median) == ("个", 68.4)


async def test_chapter_amounts_come_from_yi_yuan(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("chapter", current["chapter"])
    chapter = (await service.ask("chapter", hsCode="85076000")).data.chapter
    assert chapter.chapterTotal == 6_451_237_000_000
    assert chapter.largest[3].total == 399_018_000_000
    assert [h.isSelf for h in chapter.largest] == [False, False, False, True, False]


async def test_ranked_products_come_from_yi_yuan(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("topProducts", current["topProducts"])
    products = (await service.ask("topProducts")).data.products
    assert products[1].recent12mGlobalTotal == 802_144_000_000
    assert products[0].growth.name == "澳大利亚"
    assert products[1].growth is None


async def test_short_names_are_given_under_the_documented_ones(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("dashboard", current["dashboard"])
    data = (await service.ask("dashboard", hsCode="85076000")).data
    assert data.productName == "锂离子蓄电池"
    assert data.yoyGrowthRate == 21.37
    assert data.momGrowthRate == -2.84
    assert data.top3ConcentrationPercent == 39.29
    assert data.activeCountriesCount == 198
    assert data.monthlyActivityCount == 12
    assert data.peakMonths == [8, 9, 10, 11]
    assert data.range == "2021-01 ~ 2025-09"
    assert data.currentMonth == 202509


async def test_what_this_form_does_not_give_is_absent_and_said(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    service.says("dashboard", current["dashboard"])
    answer = await service.ask("dashboard", hsCode="85076000")
    left_out = {"prev12mGlobalTotal", "avgCountryActiveMonths", "firstUnit", "firstQuantity", "secondQuantity"}
    assert not left_out & set(answer.structured()["data"])
    assert "no total of the previous 12 months" in note(answer, NoteCode.SHAPE)


@pytest.mark.parametrize("written", [21.37, "21.37", "21.37%", " +21.37 % "])
async def test_percentages_are_percent_with_or_without_the_sign(
    service: "FakeService", current: dict[str, Any], written: object
) -> None:
    current["dashboard"]["metrics"]["yoy"] = written
    service.says("dashboard", current["dashboard"])
    assert (await service.ask("dashboard", hsCode="85076000")).data.yoyGrowthRate == 21.37


@pytest.mark.parametrize("written", [None, "--", "", "-%"])
async def test_a_growth_that_is_not_given_is_absent_not_zero(
    service: "FakeService", current: dict[str, Any], written: object
) -> None:
    current["markets"]["countryTable"][0]["yoy"] = written
    service.says("markets", current["markets"])
    assert (await service.ask("markets", hsCode="85076000")).data.markets[0].yoy is None


async def test_asia_beside_the_middle_east_is_not_passed_off_as_all_of_asia(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("dashboard", current["dashboard"])
    data = (await service.ask("dashboard", hsCode="85076000")).data
    assert data.regionBreakdown.asiaPercent is None
    assert data.regionBreakdown.europePercent == 34.15
    assert data.regionBreakdown.northAmericaPercent is None
    assert {part.name: part.percent for part in data.region}["亚洲"] == 36.42


async def test_asia_is_given_under_its_older_name_where_the_middle_east_is_part_of_it(
    service: "FakeService", current: dict[str, Any]
) -> None:
    current["dashboard"]["region"][0]["percent"] = 41.35
    service.says("dashboard", current["dashboard"])
    data = (await service.ask("dashboard", hsCode="85076000")).data
    assert data.regionBreakdown.asiaPercent == 41.35


@pytest.mark.parametrize(
    "region",
    [
        {"asia": 60.5, "europe": "39.5%"},
        {"asiaPercent": 60.5, "europePercent": 39.5},
        {"Asia": {"percent": 60.5}, "Europe": {"share": 39.5}},
        [{"region": "Asia", "share": 60.5}, {"name": "欧洲", "value": 39.5}],
    ],
)
async def test_regions_are_read_in_every_likely_spelling(
    service: "FakeService", current: dict[str, Any], region: object
) -> None:
    service.says("dashboard", {**current["dashboard"], "region": region})
    breakdown = (await service.ask("dashboard", hsCode="85076000")).data.regionBreakdown
    assert (breakdown.asiaPercent, breakdown.europePercent) == (60.5, 39.5)


async def test_blocs_without_a_name_are_kept_without_one(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("dashboard", {**current["dashboard"], "blocs": [{"total": 58.23, "percent": 12.35}]})
    data = (await service.ask("dashboard", hsCode="85076000")).data
    assert data.blocs[0].total == 5_823_000_000
    assert data.blocs[0].name is None
    assert data.tradeBlocBreakdown is None


@pytest.mark.parametrize(
    ("written", "newest"),
    [
        ("202410-202509", 202509),
        ("2024年10月至2025年9月", 202509),
        (["2021-01", "2025-09"], 202509),
        ({"start": "2021-01", "end": "2025-12"}, 202512),
        ("latest", None),
    ],
)
async def test_the_newest_month_is_read_from_the_coverage(
    service: "FakeService", current: dict[str, Any], written: object, newest: int | None
) -> None:
    current["dashboard"]["metrics"]["range"] = written
    service.says("dashboard", current["dashboard"])
    assert (await service.ask("dashboard", hsCode="85076000")).data.currentMonth == newest


async def test_destinations_say_how_much_of_the_whole_they_are(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    service.says("markets", current["markets"])
    answer = await service.ask("markets", hsCode="85076000")
    assert "15 largest destinations" in note(answer, NoteCode.SUBSET)
    assert "together 80.2 % of the total" in note(answer, NoteCode.SUBSET)


async def test_minimum_order_and_limit_are_applied_here_and_said(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    service.says("markets", current["markets"])
    answer = await service.ask("markets", hsCode="85076000", minAmount="1,000,000,000", order="asc", limit=3)
    assert [m.country for m in answer.data.markets] == ["Poland", "Australia", "United Kingdom"]
    assert all(m.recent12mTotal >= 1e9 for m in answer.data.markets)
    assert "the smallest destinations are not here" in note(answer, NoteCode.SUBSET)


async def test_destinations_are_sorted_by_name_here(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("markets", current["markets"])
    answer = await service.ask("markets", hsCode="85076000", sortBy="name", order="asc")
    names = [m.countryName for m in answer.data.markets]
    assert names == sorted(names)
    assert len(names) == 15


async def test_destinations_carry_china_customs_codes_and_english_names(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("markets", current["markets"])
    markets = (await service.ask("markets", hsCode="85076000")).data.markets
    codes = {m.country: m.countryCode for m in markets}
    assert codes["Japan"] == "116"
    assert codes["South Korea"] == "133"
    assert codes["United States"] == "502"


async def test_a_destination_with_an_unknown_name_keeps_it_and_gets_no_code(
    service: "FakeService", current: dict[str, Any]
) -> None:
    current["markets"]["countryTable"][0]["name"] = "某某群岛"
    service.says("markets", current["markets"])
    first = (await service.ask("markets", hsCode="85076000")).data.markets[0]
    assert (first.countryName, first.countryCode, first.country) == ("某某群岛", None, None)


async def test_no_unit_price_is_absent_and_never_zero(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    service.says("priceband", {"hsCode": "85076000", "priceBand": None, "priceTrend1": None, "priceTrend2": None})
    answer = await service.ask("priceband", hsCode="85076000")
    assert answer.structured()["data"] == {"hsCode": "85076000"}
    assert "priceBand, priceTrend1, priceTrend2: no unit price" in note(answer, NoteCode.ABSENT)
    assert answer.what.endswith(": not given")


async def test_a_month_without_price_is_null_and_others_stay(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("priceband", current["priceband"])
    trend = (await service.ask("priceband", hsCode="85076000")).data.priceTrend2
    assert (trend.unit, trend.periods, trend.values) == ("千克", ["202507", "202508", "202509"], [104.3, 102.88, None])


async def test_rankings_say_that_they_are_a_part(service: "FakeService", current: dict[str, Any], note: Notes) -> None:
    for name in ("growth", "priceband", "chapter", "topProducts"):
        service.says(name, current[name])
    for name in ("growth", "priceband", "chapter"):
        assert "not" in note(await service.ask(name, hsCode="85076000"), NoteCode.SUBSET)
    assert "not a complete list" in note(await service.ask("topProducts"), NoteCode.SUBSET)


async def test_a_chapter_given_whole_is_not_called_a_part(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    current["chapter"]["chapter"]["headings"] = 5
    service.says("chapter", current["chapter"])
    assert note(await service.ask("chapter", hsCode="85076000"), NoteCode.SUBSET) == ""
