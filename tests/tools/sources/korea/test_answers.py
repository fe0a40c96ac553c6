"""Answers whole: what they say of themselves, and their tables."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tradestat_tools.sources.korea.answers import NitemtradeData

if TYPE_CHECKING:
    from conftest import Customs

pytestmark = pytest.mark.anyio

JANUARY = {"strtYymm": "202501", "endYymm": "202501"}


RECORDED = Path(__file__).parent / "recorded" / "getNationtradeList.xml"


async def test_the_answer_says_what_is_left_of_the_day_and_holds_no_key(customs: "Customs") -> None:
    customs.gives(customs.traded("2025.01", "850760", "CN", 9, 4), x_ratelimit_remaining="9998")
    answer = await customs.call("getNitemtradeList", **JANUARY, hsSgn="8507", cntyCd="CN")
    assert answer.source.remaining_quota == 9998
    assert str(customs.key) not in json.dumps(answer.structured())
    assert "grandTotal" not in answer.structured()["data"]  # none came


async def test_a_recorded_answer_by_country_has_counts_and_no_total(customs: "Customs") -> None:
    customs.says(RECORDED.read_bytes())
    answer = await customs.call("getNationtradeList", strtYymm="202601", endYymm="202601", cntyCd="USA")
    assert (answer.data.rows.expCnt, answer.data.rows.expDlr, answer.data.grandTotal) == ([196748], [12006733027], None)
    assert answer.source.unit == "US dollars"
    (months,) = answer.data.tables()
    assert months.columns[-2:] == ("expCnt declarations", "impCnt declarations")


async def test_data_survives_the_way_out_and_back(customs: "Customs") -> None:
    customs.gives(customs.total(9, 4), customs.traded("2025.01", "8507", "US", 9, 4))
    answer = await customs.call("getNitemtradeList", **JANUARY, hsSgn="85", cntyCd="US")
    assert NitemtradeData.model_validate(answer.structured()["data"]) == answer.data


async def test_a_month_of_a_chapter_is_lean(customs: "Customs") -> None:
    countries = ["CN", "US", "JP", "DE", "VN", "TW", "HK", "SG", "MX", "IN", "MY", "TH", "ID", "PL", "HU", "CZ", "FR"]
    customs.gives(
        *(
            customs.traded(
                "2025.01", f"85{n:02d}", country, 1_000_000 * n + m, 3_000_000 + n * m, statKor="전기기기 " * 8
            )
            for n in range(1, 49)
            for m, country in enumerate(countries)
        )
    )
    answer = await customs.call("getNitemtradeList", **JANUARY, hsSgn="85")
    structured = json.dumps(answer.structured(), ensure_ascii=False, separators=(",", ":")).encode()
    assert len(answer.data.rows.year) == 48 * len(countries)
    assert len(structured) < 0.3 * len(customs.replies[0][2])


# --- tables


def a_year_of_rows(customs: "Customs", year: int, months: Sequence[int], exports: int = 10) -> list[str]:
    rows = [customs.traded(f"{year}.{month:02d}", "8507600000", "CN", exports, 4) for month in months]
    return [customs.total(exports * len(rows), 4 * len(rows), expWgt=len(rows), impWgt=0), *rows]


async def test_one_series_is_one_table(customs: "Customs") -> None:
    customs.gives(*a_year_of_rows(customs, 2024, [1, 2]))
    answer = await customs.call("getNitemtradeList", strtYymm="202401", endYymm="202402", hsSgn="850760", cntyCd="CN")
    (months,) = answer.data.tables()
    assert months.columns == ("year", "expDlr", "impDlr", "balPayments", "expWgt kg", "impWgt kg")
    assert list(months.rows) == [("2024.01", 10, 4, 6, 1, 0), ("2024.02", 10, 4, 6, 1, 0)]


async def test_the_only_ten_digit_code_stands_in_the_title_with_koreas_name(customs: "Customs") -> None:
    customs.gives(*(row.replace("8507600000 품목", "리튬이온") for row in a_year_of_rows(customs, 2024, [1, 2])))
    for tool, asked in (("getNitemtradeList", {"cntyCd": "CN"}), ("getItemtradeList", {})):
        answer = await customs.call(tool, strtYymm="202401", endYymm="202402", hsSgn="850760", **asked)
        (months,) = answer.data.tables()
        assert months.title == "By month, the sum of the rows, all of 8507600000 (리튬이온)"


async def test_a_code_or_country_that_all_rows_share_is_not_lost_from_the_tables(customs: "Customs") -> None:
    customs.gives(
        customs.traded("2025.01", "8507600000", "CN", 10, 0, statKor="리튬이온"),
        customs.traded("2025.01", "8507600000", "US", 5, 0, statKor="리튬이온"),
    )
    answer = await customs.call("getNitemtradeList", **JANUARY, hsSgn="850760")
    months, groups = answer.data.tables()
    assert "8507600000 (리튬이온)" in months.title
    assert groups.columns[:2] == ("statCd", "country")
    customs.replies.clear()
    customs.gives(customs.traded("2025.01", "850760", "CN", 10, 0), customs.traded("2025.01", "850710", "CN", 5, 0))
    months, groups = (await customs.call("getNitemtradeList", **JANUARY, hsSgn="8507")).data.tables()
    assert months.title.endswith("all of CN (China)")
    assert groups.columns[:2] == ("hsCd", "item")
    customs.replies.clear()
    customs.gives(customs.traded("2025.01", "8507600000", "CN", 10, 0, statKor="리튬이온"))
    (months,) = (await customs.call("getNitemtradeList", **JANUARY, hsSgn="850760")).data.tables()
    assert months.title.endswith("all of CN (China), 8507600000 (리튬이온)")


async def test_a_title_names_no_code_where_rows_differ_or_the_code_was_asked_for(customs: "Customs") -> None:
    customs.gives(customs.traded("2025.01", "850760", "CN", 10, 0), customs.traded("2025.01", "850710", "US", 5, 0))
    months, _ = (await customs.call("getNitemtradeList", **JANUARY, hsSgn="8507")).data.tables()
    assert months.title == "By month, the sum of the rows"
    customs.replies.clear()
    customs.gives(customs.traded("2025.01", "8507600000", "CN", 10, 0))
    (months,) = (await customs.call("getNitemtradeList", **JANUARY, hsSgn="8507600000", cntyCd="CN")).data.tables()
    assert months.title == "By month, the sum of the rows"


async def test_of_many_items_and_countries_each_is_summed_before_the_rows_of_both(customs: "Customs") -> None:
    countries = [f"{one}{other}" for one in "ABCDE" for other in "VWXYZ"]
    customs.gives(
        *(
            customs.traded("2025.01", code, country, 100 * (at + 1), 10 * at)
            for code in ("8507", "8542")
            for at, country in enumerate(countries)
        )
    )
    answer = await customs.call("getNitemtradeList", **JANUARY, hsSgn="85")
    months, items, places, both = answer.data.tables()
    whole = months.rows[0][1:3]
    for table in (items, places):
        assert tuple(sum(column) for column in list(zip(*table.rows, strict=True))[2:4]) == whole
        trade = [row[2] + row[3] for row in table.rows if row[0]]
        assert trade == sorted(trade, reverse=True)
    assert [row[1] for row in places.rows if row[0] is None] == ["all 5 others"]
    assert (len(items.rows), len(places.rows), len(both.rows)) == (2, 21, 50)
    assert both.listing


async def test_tables_go_from_months_to_ranked_groups_to_every_row(customs: "Customs") -> None:
    customs.gives(
        customs.traded("2025.01", "850760", "US", 10, 0),
        customs.traded("2025.01", "850760", "CN", 30, 200),
        customs.traded("2025.02", "850760", "US", 20, 0),
        customs.traded("2025.02", "850710", "ZZ", 100, 0),
    )
    answer = await customs.call("getNitemtradeList", strtYymm="202501", endYymm="202502", hsSgn="8507")
    months, groups, every = answer.data.tables()
    assert [row[:3] for row in months.rows] == [("2025.01", 40, 200), ("2025.02", 120, 0)]
    assert groups.title == "2025.01 to 2025.02 added up, largest trade (exports and imports) first"
    assert groups.columns[:4] == ("hsCd", "item", "statCd", "country")
    assert [(row[0], row[2], row[3], row[4], row[5]) for row in groups.rows] == [
        ("850760", "CN", "China", 30, 200),
        ("850710", "ZZ", "Other countries, not specified", 100, 0),
        ("850760", "US", "United States", 30, 0),
    ]
    assert "lithium-ion" in str(groups.rows[0][1])
    assert [(row[2], row[1]) for row in every.rows] == [
        ("2025.01", "CN"), ("2025.01", "US"), ("2025.02", "ZZ"), ("2025.02", "US"),
    ]  # fmt: skip
    assert every.listing
    for found in (months, groups, every):
        assert all(len(row) == len(found.columns) for row in found.rows)


async def test_many_months_are_summed_by_year_first_and_a_year_says_how_many_it_has(customs: "Customs") -> None:
    for year, of_year in ((2023, [1, 2, 3, 4, 5, *range(7, 13)]), (2024, range(1, 13)), (2025, range(1, 7))):
        customs.gives(*a_year_of_rows(customs, year, of_year))
    answer = await customs.call("getNitemtradeList", strtYymm="202301", endYymm="202506", hsSgn="850760", cntyCd="CN")
    years, months = answer.data.tables()
    assert years.columns[:4] == ("year", "months", "expDlr", "impDlr")
    assert [row[:4] for row in years.rows] == [("2023", 11, 110, 44), ("2024", 12, 120, 48), ("2025", 6, 60, 24)]
    assert len(months.rows) == 30
    assert years.units["months"] == "count"
