"""Answers as people and programs see them: tables, structured content, provenance, notes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.codes.periods import Period
from tradestat_tools.model.answers import Answer, NoteCode, Table
from tradestat_tools.sources.doumaotong.answers.rankings import Market, MarketsData, TopProductsData
from tradestat_tools.sources.doumaotong.answers.totals import DashboardData, HistoryData, MonthAmount, TrendData

if TYPE_CHECKING:
    from conftest import FakeService

pytestmark = pytest.mark.anyio

Notes = Callable[[Answer[Any], NoteCode], str]


def check_tables(tables: list[Table]) -> None:
    for table in tables:
        assert table.columns
        for row in table.rows:
            assert len(row) == len(table.columns)


async def test_months_that_were_not_sent_are_missing_and_months_outside_the_span_are_blank(
    service: "FakeService", note: Notes
) -> None:
    sent = [
        {"ym": "2023-11", "v": 1},
        {"ym": "2025-01", "v": 2},
        {"ym": "2025-02", "v": None},
        {"ym": "2025-04", "v": 4},
    ]
    service.says("trend", {"hsCode": "85076000", "monthly": sent})
    answer = await service.ask("trend", hsCode="85076000")
    (table,) = answer.data.tables()
    assert table.rows == [
        ("2023", *[""] * 10, 1_000_000, None),
        ("2024", *[None] * 12),
        ("2025", 2_000_000, None, None, 4_000_000, *[""] * 8),
    ]
    gaps = note(answer, NoteCode.ABSENT)
    assert gaps.startswith("No figure was given for 202312, 202401, ")
    assert gaps.endswith(" and 9 more.")


async def test_months_that_were_not_sent_to_one_country_are_said(
    service: "FakeService", older: dict[str, Any], note: Notes
) -> None:
    del older["trend"]["monthlyData"][2]
    del older["history"]["monthlyDetail"][3]
    for tool, month in (("trend", "202406"), ("history", "202412")):
        service.says(tool, older[tool])
        answer = await service.ask(tool, hsCode="85171200", countryCode="502")
        assert f"No figure was given for {month}." in note(answer, NoteCode.ABSENT)


async def test_months_without_a_price_are_said(service: "FakeService", current: dict[str, Any], note: Notes) -> None:
    del current["priceband"]["priceTrend1"]["data"][1]
    service.says("priceband", current["priceband"])
    gaps = note(await service.ask("priceband", hsCode="85076000"), NoteCode.ABSENT)
    assert "of priceTrend1 was given for 202508." in gaps
    assert "of priceTrend2 was given for 202509." in gaps


async def test_prices_bands_and_median_as_a_table(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("priceband", current["priceband"])
    band, first, second = (await service.ask("priceband", hsCode="85076000")).data.tables()
    assert band.columns == ("Destination", "Code", "Yuan per 个 (piece)", "Band", "12 months, yuan")
    assert [row[3] for row in band.rows] == ["premium", "mid", "mid", "value", None]
    assert band.rows[-1] == ("Median", None, "68.40", None, None)
    assert first.title == "Yuan per 个 (piece), by month"
    assert second.rows == [("2025", *[""] * 6, "104.30", "102.88", None, "", "", "")]


async def test_prices_have_two_decimals_and_small_ones_never_read_as_zero(
    service: "FakeService", current: dict[str, Any]
) -> None:
    prices = {"2025-01": 170.7, "2025-02": 175, "2025-03": 1234.567, "2025-04": 0.00345, "2025-05": 0.5}
    current["priceband"]["priceTrend1"]["data"] = [{"ym": month, "v": price} for month, price in prices.items()]
    service.says("priceband", current["priceband"])
    answer = await service.ask("priceband", hsCode="85076000")
    assert answer.data.tables()[1].rows[0][1:6] == ("170.70", "175.00", "1,234.57", "0.00345", "0.500")
    assert answer.data.priceTrend1.values == [170.7, 175, 1234.567, 0.00345, 0.5]


@pytest.mark.parametrize(
    ("written", "shown"), [("高端", "premium"), ("高", "premium"), ("中", "mid"), ("低", "value"), ("特", "特")]
)
async def test_price_bands_are_shown_in_english_and_kept_as_given(
    service: "FakeService", current: dict[str, Any], written: str, shown: str
) -> None:
    current["priceband"]["priceBand"]["list"][0]["band"] = written
    service.says("priceband", current["priceband"])
    data = (await service.ask("priceband", hsCode="85076000")).data
    assert data.tables()[0].rows[0][3] == shown
    assert data.priceBand.markets[0].band == written


@pytest.mark.parametrize(("written", "shown"), [("元/千克", "千克 (kg)"), ("台", "台 (unit)"), ("罗", "罗")])
async def test_units_of_quantity_have_their_english_name_where_it_is_known(
    service: "FakeService", current: dict[str, Any], written: str, shown: str
) -> None:
    current["priceband"]["priceTrend2"]["unit"] = written
    service.says("priceband", current["priceband"])
    data = (await service.ask("priceband", hsCode="85076000")).data
    assert data.tables()[2].title == f"Yuan per {shown}, by month"
    assert data.priceTrend2.unit == written


async def test_a_null_figure_of_the_dashboard_keeps_its_line_and_is_named(
    service: "FakeService", current: dict[str, Any], older: dict[str, Any], note: Notes
) -> None:
    current["dashboard"]["metrics"]["yoy"] = None
    older["dashboard"]["yoyGrowthRate"] = None
    for form in (current["dashboard"], older["dashboard"]):
        service.replies.clear()
        service.says("dashboard", form)
        answer = await service.ask("dashboard", hsCode=form["hsCode"])
        assert ("Year on year", None, "percent") in answer.data.tables()[0].rows
        assert note(answer, NoteCode.ABSENT) == "Not given, which is not zero: yoyGrowthRate."


async def test_a_quantity_with_a_unit_and_no_figure_keeps_its_line(
    service: "FakeService", older: dict[str, Any]
) -> None:
    older["dashboard"]["firstQuantity"] = None
    service.says("dashboard", older["dashboard"])
    main = (await service.ask("dashboard", hsCode="85171200")).data.tables()[0]
    assert ("Quantity, first unit", None, "台 (unit)") in main.rows


def test_data_with_next_to_nothing_makes_tables_all_the_same() -> None:
    nearly_empty = [
        DashboardData(hsCode="85076000"),
        MarketsData(hsCode="85076000", markets=[Market(countryName="某地")]),
        TrendData(hsCode="85076000", monthlyData=[MonthAmount(month=Period(2025, "month", 1))]),
        HistoryData(hsCode="85076000", countryCode="116", monthlyDetail=[MonthAmount(month=Period(2025, "month", 1))]),
        TopProductsData(sortBy="growth", products=[]),
    ]
    for data in nearly_empty:
        check_tables(data.tables())
    assert nearly_empty[1].tables()[0].rows == [("某地",)]
