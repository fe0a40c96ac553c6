"""The current documented form: amounts leave it in RMB yuan, by field, and under the documented names."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.codes.periods import Period
from tradestat_tools.model.answers import Answer, NoteCode

if TYPE_CHECKING:
    from conftest import FakeService

pytestmark = pytest.mark.anyio

Notes = Callable[[Answer[Any], NoteCode], str]


def at(data: Any, path: str) -> Any:
    """What stands at `growth.0.amt` of an answer's structured data."""
    for step in path.split("."):
        data = data[int(step)] if step.isdecimal() else data.get(step)
    return data


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        (
            "dashboard",
            {
                "hsCode": "85076000",
                "productName": "锂离子蓄电池",
                "currentMonth": 202509,
                "range": "2021-01 ~ 2025-09",
                "recent12mGlobalTotal": 47_126_000_000,
                "prev12mGlobalTotal": None,
                "yoyGrowthRate": 21.37,
                "momGrowthRate": -2.84,
                "top3ConcentrationPercent": 39.29,
                "activeCountriesCount": 198,
                "monthlyActivityCount": 12,
                "firstQuantity": None,
                "peakMonths": [8, 9, 10, 11],
                "tradeBlocBreakdown.aseanTotal": 5_823_000_000,
                "tradeBlocBreakdown.aseanPercent": 12.35,
                "tradeBlocBreakdown.euTotal": 13_240_000_000,
                "tradeBlocBreakdown.usmcaTotal": 10_107_000_000,
                "blocs.2": {"name": "中东", "total": 2_325_000_000, "percent": 4.93},
            },
        ),
        (
            "markets",
            {
                "markets.0.countryName": "美国",
                "markets.0.country": "United States",
                "markets.0.countryCode": "502",
                "markets.0.recent12mTotal": 8_826_630_000,
                "markets.0.monthlyAvg": 735_552_500,
                "markets.0.share": 18.73,
                "markets.0.yoy": -12.4,
            },
        ),
        (
            "growth",
            {
                "growth.0": {
                    "name": "澳大利亚",
                    "countryCode": "601",
                    "country": "Australia",
                    "yoy": 77.9,
                    "amt": 1_395_790_000,
                }
            },
        ),
        (
            "priceband",
            {
                "priceBand.unit": "个",
                "priceBand.median": 68.4,
                "priceBand.list.0.price": 97.25,
                "priceBand.list.0.amt": 5_729_110_000,
                "priceBand.list.0.band": "高端",
                "priceTrend2": {
                    "unit": "千克",
                    "periods": ["202507", "202508", "202509"],
                    "values": [104.3, 102.88, None],
                },
            },
        ),
        (
            "chapter",
            {
                "chapter.chapterTotal": 6_451_237_000_000,
                "chapter.list.3.total": 399_018_000_000,
                "chapter.list.3.self": True,
                "chapter.list.4.self": False,
            },
        ),
        (
            "topProducts",
            {
                "products.1.recent12mGlobalTotal": 802_144_000_000,
                "products.0.growth.name": "澳大利亚",
                "products.1.growth": None,
            },
        ),
    ],
)
async def test_each_field_leaves_in_yuan_and_under_its_documented_name(
    service: "FakeService", current: dict[str, Any], tool: str, expected: dict[str, Any]
) -> None:
    service.says(tool, current[tool])
    answer = await service.ask(tool, **({} if tool == "topProducts" else {"hsCode": "85076000"}))
    data = answer.structured()["data"]
    assert {path: at(data, path) for path in expected} == expected
    assert (answer.source.unit, answer.source.valuation) == ("RMB yuan", "exports FOB")


async def test_months_come_from_million_yuan(service: "FakeService", current: dict[str, Any]) -> None:
    service.says(
        "trend", {**current["trend"], "monthly": [{"ym": "2025-09", "v": 4482.65}, {"ym": "202508", "v": "1,000.5"}]}
    )
    data = (await service.ask("trend", hsCode="85076000")).structured()["data"]
    assert data["allDestinationsMonthly"] == {
        "periods": ["202508", "202509"],
        "values": [1_000_500_000, 4_482_650_000],
    }


async def test_the_light_top_10_comes_from_million_yuan_where_the_table_is_missing(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("markets", {"hsCode": "85076000", "countryTable": None, "top10": current["markets"]["top10"]})
    data = (await service.ask("markets", hsCode="85076000")).data
    assert len(data.markets) == 10
    assert data.markets[1].recent12mTotal == 5_725_770_000
    assert data.markets[1].share is None


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


@pytest.mark.parametrize(
    ("written", "newest"),
    [
        (["2021-01", "2025-09"], Period(2025, "month", 9)),
        ({"start": "2021-01", "end": "2025-12"}, Period(2025, "month", 12)),
        ("latest", None),
    ],
)
async def test_the_newest_month_is_read_from_the_coverage(
    service: "FakeService", current: dict[str, Any], written: object, newest: Period | None
) -> None:
    current["dashboard"]["metrics"]["range"] = written
    service.says("dashboard", current["dashboard"])
    assert (await service.ask("dashboard", hsCode="85076000")).data.currentMonth == newest


async def test_minimum_order_and_limit_are_applied_here_and_said(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    service.says("markets", current["markets"])
    answer = await service.ask("markets", hsCode="85076000", minAmount="1,000,000,000", order="asc", limit=3)
    assert [m.country for m in answer.data.markets] == ["Poland", "Australia", "United Kingdom"]
    assert all(m.recent12mTotal >= 1e9 for m in answer.data.markets)
    assert "the smallest destinations are not here" in note(answer, NoteCode.SUBSET)


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
