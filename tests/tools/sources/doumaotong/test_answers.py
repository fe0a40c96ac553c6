"""Answers as people and programs see them: tables, structured content, provenance, notes."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.answers import Answer, NoteCode, Table
from tradestat_tools.sources.doumaotong import SOURCE
from tradestat_tools.sources.doumaotong.data import (
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
    assert "1 to 2 months" in note(answer, NoteCode.LAG)
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
    assert ("Quantity, 台", 101_234_567) in main.rows
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
    assert table.rows[2] == ("Viet Nam", "141", "亚洲", 2_310_987_654, None)


async def test_a_long_series_is_one_row_a_year_and_missing_months_stay_empty(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("trend", current["trend"])
    (table,) = (await service.ask("trend", hsCode="85076000")).data.tables()
    assert table.title == "To ALL destinations together"
    assert [row[0] for row in table.rows] == ["2021", "2022", "2023", "2024", "2025"]
    assert table.rows[-1][9:] == (4_482_650_000, None, None, None)


async def test_prices_bands_and_median_as_a_table(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("priceband", current["priceband"])
    band, first, second = (await service.ask("priceband", hsCode="85076000")).data.tables()
    assert band.columns == ("Destination", "Code", "Yuan per 个", "Band", "12 months, yuan")
    assert [row[3] for row in band.rows] == ["premium", "mid", "mid", "value", None]
    assert band.rows[-1] == ("Median", None, 68.4, None, None)
    assert first.title == "Yuan per 个, by month"
    assert second.rows == [("2025", *([None] * 6), 104.3, 102.88, None, None, None, None)]


async def test_the_chapter_as_a_table_with_the_own_heading_marked(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("chapter", current["chapter"])
    (table,) = (await service.ask("chapter", hsCode="85076000")).data.tables()
    assert table.title == "Chapter 85, 47 headings; own heading 8507, rank 4"
    assert table.rows[3] == ("8507", "蓄电池", 399_018_000_000, 6.19, 8, "own")
    assert table.rows[-1][:3] == ("85", "Whole chapter", 6_451_237_000_000)


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
    assert [e.name for e in SOURCE.endpoints] == [
        "dashboard",
        "markets",
        "trend",
        "topProducts",
        "history",
        "growth",
        "priceband",
        "chapter",
    ]
