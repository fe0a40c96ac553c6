"""Answers as people and programs see them: tables, structured content, provenance, notes."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.answers import Answer, NoteCode, Table
from tradestat_tools.sources.doumaotong import SOURCE
from tradestat_tools.sources.doumaotong.answers import (
    DashboardData,
    HistoryData,
    Market,
    MarketsData,
    MonthAmount,
    TopProductsData,
    TrendData,
)

if TYPE_CHECKING:
    from conftest import FakeService

pytestmark = pytest.mark.anyio

Notes = Callable[[Answer[Any], NoteCode], str]

TOOLS = ["dashboard", "markets", "trend", "topProducts", "history", "growth", "priceband", "chapter"]


def question(tool: str) -> dict[str, str]:
    return (
        {}
        if tool == "topProducts"
        else {"hsCode": "85171200"} | ({"countryCode": "502"} if tool in {"trend", "history"} else {})
    )


def check_tables(tables: list[Table]) -> None:
    for table in tables:
        assert table.columns
        for row in table.rows:
            assert len(row) == len(table.columns)


@pytest.mark.parametrize(
    ("form", "tool"),
    [("current", tool) for tool in TOOLS if tool != "history"]
    + [("older", tool) for tool in TOOLS if tool not in {"growth", "priceband", "chapter"}],
)
async def test_every_answer_says_source_unit_lag_and_what_it_is(
    service: "FakeService", forms: dict[str, dict[str, Any]], note: Notes, tool: str, form: str
) -> None:
    service.says(tool, forms[form][tool])
    answer = await service.ask(tool, **question(tool))
    source = answer.source
    assert (source.unit, source.currency, source.valuation) == ("RMB yuan", "RMB", "exports FOB")
    assert source.service.startswith("doumaotong.com")
    assert source.address.startswith(f"https://doumaotong.example/skill/{tool}")
    assert source.published_at is None  # the service does not say
    assert source.state == "fresh"
    assert "1 to 2 months behind" in note(answer, NoteCode.DISCLAIMER)
    assert "stats.customs.gov.cn" in note(answer, NoteCode.DISCLAIMER)
    assert "China's" in answer.what
    tables = answer.data.tables()
    assert tables
    check_tables(tables)
    json.dumps(answer.structured(), allow_nan=False)
    assert bool(note(answer, NoteCode.UNIT)) == (form == "current")


async def test_the_dashboard_as_tables(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("dashboard", current["dashboard"])
    main, continents, blocs = (await service.ask("dashboard", hsCode="85076000")).data.tables()
    assert ("Exports, recent 12 months", 47_126_000_000) in main.rows
    assert "Exports, previous 12 months" not in [row[0] for row in main.rows]
    assert continents.columns == ("Continent", "Share %")
    assert continents.rows[2] == ("Americas", 19.87)
    assert blocs.rows[0] == ("ASEAN", 5_823_000_000, 12.35)


async def test_the_older_dashboard_as_tables(service: "FakeService", older: dict[str, Any]) -> None:
    service.says("dashboard", older["dashboard"])
    main, continents, blocs = (await service.ask("dashboard", hsCode="85171200")).data.tables()
    assert ("Quantity, 台 (unit)", 101_234_567) in main.rows
    assert continents.rows[0] == ("Asia", 41_000_000_000, 50.47)
    assert blocs.rows[-1] == ("USMCA", 10_400_000_000, 12.8)


async def test_destinations_as_a_table_without_empty_columns(
    service: "FakeService", current: dict[str, Any], older: dict[str, Any]
) -> None:
    service.says("markets", current["markets"])
    service.says("markets", older["markets"])
    (table,) = (await service.ask("markets", hsCode="85076000")).data.tables()
    assert table.columns == ("Destination", "Code", "12 months", "Share %", "YoY %")
    (table,) = (await service.ask("markets", hsCode="85171200")).data.tables()
    assert table.columns == ("Destination", "Code", "Continent", "12 months", "3-year CAGR %")
    assert table.rows[2] == ("Viet Nam", "141", "Asia", 2_310_987_654, None)


async def test_a_long_series_is_one_row_a_year_and_months_to_come_are_blank(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("trend", current["trend"])
    (table,) = (await service.ask("trend", hsCode="85076000")).data.tables()
    assert table.title == "To ALL destinations together"
    assert [row[0] for row in table.rows] == ["2021", "2022", "2023", "2024", "2025"]
    assert table.rows[-1][9:] == (4_482_650_000, "", "", "")


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


async def test_ranked_products_have_an_english_label_beside_the_chinese_name(
    service: "FakeService", current: dict[str, Any], older: dict[str, Any]
) -> None:
    service.says("topProducts", current["topProducts"])
    (table,) = (await service.ask("topProducts")).data.tables()
    assert table.columns[2:4] == ("Product", "HS subheading")
    assert table.rows[0][2] == "锂离子蓄电池"
    assert "lithium-ion" in str(table.rows[0][3])
    assert all(len(str(row[3])) <= 40 for row in table.rows)
    assert str(table.rows[0][-1]).startswith("Australia ")
    service.replies.clear()
    service.says("topProducts", older["topProducts"])
    data = (await service.ask("topProducts")).data
    (table,) = data.tables()
    assert "Europe 34.15 %" in table.rows[0]
    assert data.products[0].bestRegion.regionName == "欧洲"


async def test_the_chapter_as_a_table_with_the_own_heading_marked(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("chapter", current["chapter"])
    (table,) = (await service.ask("chapter", hsCode="85076000")).data.tables()
    assert table.title == "Chapter 85, 47 headings; own heading 8507, rank 4"
    assert table.columns[:4] == ("Heading", "Name", "In English", "12 months")
    assert table.rows[3][:2] == ("8507", "蓄电池")
    assert str(table.rows[3][2]).startswith("Electric accumulators")
    assert table.rows[3][3:] == (399_018_000_000, 6.19, 8, "own")
    assert table.rows[-1][:2] == ("85", "Whole chapter")
    assert table.rows[-1][3] == 6_451_237_000_000


async def test_fixed_notes_are_short(service: "FakeService", current: dict[str, Any]) -> None:
    fixed = (NoteCode.SHAPE, NoteCode.UNIT, NoteCode.LAG, NoteCode.DISCLAIMER)
    for tool in ("dashboard", "markets", "trend", "topProducts"):
        service.says(tool, current[tool])
        answer = await service.ask(tool, **(question(tool) if tool == "topProducts" else {"hsCode": "85076000"}))
        assert sum(len(n.text) for n in answer.notes if n.code in fixed) < 480, tool


async def test_a_null_figure_of_the_dashboard_keeps_its_line_and_is_named(
    service: "FakeService", current: dict[str, Any], older: dict[str, Any], note: Notes
) -> None:
    current["dashboard"]["metrics"]["yoy"] = None
    older["dashboard"]["yoyGrowthRate"] = None
    for form in (current, older):
        service.replies.clear()
        service.says("dashboard", form["dashboard"])
        answer = await service.ask("dashboard", hsCode="85171200")
        assert ("Year on year %", None) in answer.data.tables()[0].rows
        assert note(answer, NoteCode.ABSENT) == "Not given, which is not zero: yoyGrowthRate."


async def test_a_quantity_with_a_unit_and_no_figure_keeps_its_line(
    service: "FakeService", older: dict[str, Any]
) -> None:
    older["dashboard"]["firstQuantity"] = None
    service.says("dashboard", older["dashboard"])
    main = (await service.ask("dashboard", hsCode="85171200")).data.tables()[0]
    assert ("Quantity, 台 (unit)", None) in main.rows


async def test_current_names_keep_their_own_spelling_in_the_structured_content(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("chapter", current["chapter"])
    service.says("priceband", current["priceband"])
    chapter = (await service.ask("chapter", hsCode="85076000")).structured()["data"]["chapter"]
    assert chapter["list"][3]["self"] is True
    band = (await service.ask("priceband", hsCode="85076000")).structured()["data"]["priceBand"]
    assert band["list"][0]["band"] == "高端"


def test_data_with_next_to_nothing_makes_tables_all_the_same() -> None:
    nearly_empty = [
        DashboardData(hsCode="85076000"),
        MarketsData(hsCode="85076000", markets=[Market(countryName="某地")]),
        TrendData(hsCode="85076000", monthlyData=[MonthAmount(month="202501")]),
        HistoryData(hsCode="85076000", countryCode="116", monthlyDetail=[MonthAmount(month="202501")]),
        TopProductsData(sortBy="growth", products=[]),
    ]
    for data in nearly_empty:
        check_tables(data.tables())
    assert nearly_empty[1].tables()[0].rows == [("某地",)]


async def test_a_long_series_is_lean(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("trend", current["trend"])
    answer = await service.ask("trend", hsCode="85076000")
    upstream = len(service.replies["/skill/trend"][0][1])
    structured = len(json.dumps(answer.structured()["data"]["allDestinationsMonthly"], separators=(",", ":")))
    assert structured < 0.75 * upstream


def test_the_terms_say_whom_the_questions_go_to_and_what_the_figures_are_for() -> None:
    terms = SOURCE.terms
    assert SOURCE.key is None
    assert "sent to" in terms.privacy
    assert "doumaotong.com" in terms.privacy
    assert "reference and research only" in terms.disclaimer
    assert "stats.customs.gov.cn" in terms.disclaimer
    assert [e.name for e in SOURCE.tools] == [
        "dashboard",
        "markets",
        "trend",
        "topProducts",
        "history",
        "growth",
        "priceband",
        "chapter",
    ]
