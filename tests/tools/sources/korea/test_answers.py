"""Rows, totals, notes and tables of answers in the documented and the recorded shapes."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.answers import Answer, Table
from tradestat_tools.model.errors import NoData, TradestatError
from tradestat_tools.sources.korea.answers import NitemtradeData

if TYPE_CHECKING:
    from conftest import Customs

pytestmark = pytest.mark.anyio

JANUARY = {"strtYymm": "202501", "endYymm": "202501"}
RECORDING = Path(__file__).parents[5] / "shared/recordings/korea/getNewtradeList_2026_excerpt.xml"

# The documented example: Korea's trade in frozen beef with the United States, January 2016.
DOCUMENTED = (
    "<item><balPayments>-93603291</balPayments><expDlr>150822</expDlr><expWgt>18003</expWgt><hsCd>0202</hsCd>"
    "<impDlr>93754113</impDlr><impWgt>14809834</impWgt><statCd>US</statCd><statCdCntnKor1>미국</statCdCntnKor1>"
    "<statKor>쇠고기(냉동한 것으로 한정한다)</statKor><year>2016.01</year></item>"
)
DOCUMENTED_TOTAL = (
    "<item><balPayments>-93603291</balPayments><expDlr>150822</expDlr><expWgt>18003</expWgt><hsCd>-</hsCd>"
    "<impDlr>93754113</impDlr><impWgt>14809834</impWgt><statCd>-</statCd><statCdCntnKor1>-</statCdCntnKor1>"
    "<statKor>-</statKor><year>총계</year></item>"
)


def texts(answer: Answer[Any], code: str) -> list[str]:
    return [note.text for note in answer.notes if note.code == code]


def table(answer: Answer[Any], title: str) -> Table:
    (found,) = [table for table in answer.data.tables() if title in table.title]
    return found


async def frozen_beef(customs: "Customs", *items: str) -> Answer[Any]:
    customs.gives(*items)
    return await customs.call("getNitemtradeList", strtYymm="201601", endYymm="201601", hsSgn="02", cntyCd="US")


@pytest.mark.parametrize("items", [(DOCUMENTED_TOTAL, DOCUMENTED), (DOCUMENTED, DOCUMENTED_TOTAL)])
async def test_the_total_row_is_removed_and_checked_wherever_it_stands(
    customs: "Customs", items: tuple[str, str]
) -> None:
    answer = await frozen_beef(customs, *items)
    rows = answer.data.rows
    assert (rows.year, rows.statCd, rows.hsCd) == (["2016.01"], ["US"], ["0202"])
    assert (rows.expWgt, rows.expDlr, rows.impWgt, rows.impDlr) == ([18003], [150822], [14809834], [93754113])
    assert rows.balPayments == [-93603291]
    assert answer.data.statCdCntnKor1 == {"US": "미국"}
    assert answer.data.statKor == {"0202": "쇠고기(냉동한 것으로 한정한다)"}
    assert answer.data.months.impDlr == [93754113]
    assert answer.data.grandTotal.impDlr == 93754113
    assert texts(answer, "total_mismatch") == []
    assert "total row (총계) was taken out" in texts(answer, "double_counting")[0]


async def test_an_answer_without_a_total_row_has_none(customs: "Customs") -> None:
    answer = await frozen_beef(customs, DOCUMENTED)
    assert answer.data.grandTotal is None
    assert "grandTotal" not in answer.structured()["data"]
    assert "taken out" not in texts(answer, "double_counting")[0]


@pytest.mark.parametrize("name", ["expWgt", "expDlr", "impWgt", "impDlr", "balPayments"])
async def test_a_total_that_is_not_the_sum_is_told_for_every_figure_with_both_numbers(
    customs: "Customs", name: str
) -> None:
    figures = {"expWgt": 18003, "expDlr": 150822, "impWgt": 14809834, "impDlr": 93754113, "balPayments": -93603291}
    wrong = DOCUMENTED_TOTAL.replace(f"<{name}>{figures[name]}<", f"<{name}>{figures[name] + 1}<")
    answer = await frozen_beef(customs, wrong, DOCUMENTED)
    assert (
        f"{name}: the service's total {figures[name] + 1:,}, the rows {figures[name]:,}"
        in texts(answer, "total_mismatch")[0]
    )


async def test_a_balance_that_is_not_the_difference_is_told(customs: "Customs") -> None:
    wrong = DOCUMENTED.replace("<balPayments>-93603291<", "<balPayments>-93603290<")
    (text,) = texts(await frozen_beef(customs, wrong), "total_mismatch")
    assert "-93,603,290 against 150,822 - 93,754,113" in text


async def test_the_total_of_one_month_among_the_rows_is_removed_too(customs: "Customs") -> None:
    of_month = DOCUMENTED_TOTAL.replace("총계", "2016.01")
    answer = await frozen_beef(customs, DOCUMENTED, of_month)
    assert answer.data.rows.hsCd == ["0202"]
    assert answer.data.months.expDlr == [150822]
    assert texts(answer, "total_mismatch") == []


async def test_figures_with_commas_and_blanks_are_read(customs: "Customs") -> None:
    spaced = DOCUMENTED.replace("93754113", "  93,754,113 ").replace("-93603291", " -93,603,291")
    answer = await frozen_beef(customs, spaced)
    assert answer.data.rows.impDlr == [93754113]
    assert answer.data.rows.balPayments == [-93603291]


async def test_zero_empty_and_absent_stay_three_things(customs: "Customs") -> None:
    customs.gives(
        customs.traded("2025.01", "850760", "CN", 0, 50),
        customs.traded("2025.01", "850710", "CN", 70, 20, expWgt="", impWgt="-"),
    )
    answer = await customs.call("getNitemtradeList", strtYymm="202501", endYymm="202502", hsSgn="8507", cntyCd="CN")
    assert answer.data.rows.expDlr == [0, 70]
    assert answer.data.rows.expWgt == [0, None]
    assert answer.data.rows.impWgt == [5, None]
    assert answer.data.months.expDlr == [70, None]
    assert answer.structured()["data"]["rows"]["expWgt"] == [0, None]
    assert "2025.02" in texts(answer, "absent")[0]
    assert "empty" in texts(answer, "absent")[1]
    assert "nothing was recorded" in texts(answer, "zero")[0]


@pytest.mark.parametrize("before", ["", "\ufeff", "\r\n  "])
async def test_an_answer_is_known_by_its_body_whatever_it_is_labelled(customs: "Customs", before: str) -> None:
    customs.says(before + customs.xml(DOCUMENTED), content_type="text/html")
    answer = await customs.call("getNitemtradeList", strtYymm="201601", endYymm="201601", hsSgn="02", cntyCd="US")
    assert answer.data.rows.expDlr == [150822]


@pytest.mark.parametrize("items", ["<items/>", "<items></items>", "<items> </items>"])
async def test_no_item_is_no_data_and_not_zero(customs: "Customs", items: str) -> None:
    customs.says(customs.xml().replace("<items/>", items))
    with pytest.raises(NoData) as caught:
        await customs.call("getNitemtradeList", **JANUARY, hsSgn="8517120000", cntyCd="US")
    assert "not a reported zero" in caught.value.message
    assert [(why.reason, why.sure) for why in caught.value.why] == [("code_retired", True)]
    assert 'hsSgn="851713", cntyCd="US"' in caught.value.remedy


@pytest.mark.parametrize("count", [1, 2, 40])
async def test_one_item_and_many_are_read_alike(customs: "Customs", count: int) -> None:
    codes = [f"85076{n:05d}" for n in range(count)]
    customs.gives(*(customs.traded("2025.01", code, "CN", 3, 2) for code in codes))
    answer = await customs.call("getNitemtradeList", **JANUARY, hsSgn="850760", cntyCd="CN")
    assert answer.data.rows.hsCd == codes
    assert answer.data.months.expDlr == [3 * count]


async def test_items_by_itself_writes_the_code_field_differently(customs: "Customs") -> None:
    row = customs.traded("2025.01", "8507600000", "", 9, 4).replace("hsCd>", "hsCode>")
    total = customs.total(9, 4).replace("hsCd>", "hsCode>")
    customs.gives(row, total)
    answer = await customs.call("getItemtradeList", **JANUARY, hsSgn="850760")
    assert customs.sent[0].path == "/1220000/Itemtrade/getItemtradeList"
    assert set(customs.sent[0].params) == {"strtYymm", "endYymm", "hsSgn", "serviceKey"}
    assert answer.data.rows.hsCd == ["8507600000"]
    assert answer.data.grandTotal.expDlr == 9
    assert "Korean 10-digit code below HS 850760" in texts(answer, "double_counting")[0]


async def test_countries_come_with_counts_and_without_a_total(customs: "Customs") -> None:
    counts = {"expCnt": 196748, "expDlr": 12006733027, "impCnt": 1433422, "impDlr": 6762138027}
    customs.gives(customs.item(year="2025.01", statCd="US", statCdCntnKor1="미국", **counts, balPayments=5244595000))
    answer = await customs.call("getNationtradeList", **JANUARY, cntyCd="USA")
    assert customs.sent[0].path == "/1220000/nationtrade/getNationtradeList"
    assert customs.sent[0].params["cntyCd"] == "US"
    assert answer.data.rows.expCnt == [196748]
    assert answer.data.grandTotal is None
    assert answer.source.unit == "US dollars"
    assert table(answer, "By month").columns[-2:] == ("expCnt declarations", "impCnt declarations")


async def test_the_recorded_answer_is_read_and_its_cut_total_is_noticed(customs: "Customs") -> None:
    if not RECORDING.exists():
        pytest.skip("the recordings of the services are not beside this checkout")
    customs.says(RECORDING.read_bytes())
    answer = await customs.call("getNewtradeList", strtYymm="202601", endYymm="202607")
    assert customs.sent[0].path == "/1220000/Newtrade/getNewtradeList"
    assert set(customs.sent[0].params) == {"strtYymm", "endYymm", "serviceKey"}
    assert answer.data.rows.year == ["2026.01"]
    assert answer.data.rows.expDlr == [65843936782]
    assert answer.data.grandTotal.expDlr == 595062835447
    (text,) = texts(answer, "total_mismatch")
    assert "2026.01 to 2026.07" in text
    assert "expDlr: the service's total 595,062,835,447, the rows 65,843,936,782" in text
    assert "expCnt: the service's total 7,920,384, the rows 1,027,989" in text
    assert "balPayments: the service's total 167,759,691,097, the rows 8,700,467,993" in text
    assert "2026.02, 2026.03, 2026.04, 2026.05, 2026.06, 2026.07" in texts(answer, "absent")[0]


async def test_the_answer_says_units_valuation_and_what_it_is(customs: "Customs") -> None:
    customs.gives(customs.traded("2025.01", "850760", "CN", 9, 4), x_ratelimit_remaining="9998")
    answer = await customs.call("getNitemtradeList", **JANUARY, hsSgn="8507", cntyCd="CN")
    assert answer.what.startswith("Korea's trade in HS 8507 (Electric accumulators")
    assert "with China (CN), 2025-01, monthly" in answer.what
    source = answer.source
    assert (source.unit, source.currency) == ("US dollars; weight in kg net", "USD")
    assert source.valuation == "exports FOB, imports CIF"
    assert source.remaining_quota == 9998
    assert source.address == (
        "http://customs.test/1220000/nitemtrade/getNitemtradeList?strtYymm=202501&endYymm=202501&hsSgn=8507&cntyCd=CN"
    )
    assert "FOB" in texts(answer, "valuation")[0]
    assert "subheading below HS 8507" in texts(answer, "double_counting")[0]
    assert customs.key is not None
    assert customs.key not in json.dumps(answer.structured())


@pytest.mark.parametrize(("end", "provisional"), [("202606", False), ("202607", True), ("202609", True)])
async def test_the_newest_months_are_called_provisional(customs: "Customs", end: str, provisional: bool) -> None:
    customs.gives(customs.traded(f"{end[:4]}.{end[4:]}", "850760", "CN", 9, 4))
    answer = await customs.call("getNitemtradeList", strtYymm=end, endYymm=end, hsSgn="8507")
    assert bool(texts(answer, "revised")) is provisional


async def test_a_newest_month_without_rows_may_not_be_out_yet(customs: "Customs") -> None:
    customs.gives(customs.traded("2026.08", "850760", "CN", 9, 4))
    answer = await customs.call("getNitemtradeList", strtYymm="202608", endYymm="202609", hsSgn="8507")
    assert "2026.09" in texts(answer, "lag")[0]
    assert texts(answer, "absent") == []


async def test_a_code_of_an_older_edition_is_told(customs: "Customs") -> None:
    customs.gives(customs.traded("2023.01", "8517120000", "US", 9, 4))
    answer = await customs.call("getNitemtradeList", strtYymm="202301", endYymm="202301", hsSgn="851712")
    assert "851712 ended with HS 2022" in texts(answer, "edition_break")[0]


async def test_a_chapter_for_national_use_is_no_break(customs: "Customs") -> None:
    customs.gives(customs.traded("2025.01", "9801", "US", 9, 4))
    answer = await customs.call("getNitemtradeList", **JANUARY, hsSgn="98")
    assert texts(answer, "edition_break") == []


async def test_rows_that_repeat_each_other_are_told(customs: "Customs") -> None:
    row = customs.traded("2025.01", "850760", "CN", 9, 4)
    customs.gives(row, row, customs.total(18, 8, expWgt=0, impWgt=0))
    answer = await customs.call("getNitemtradeList", **JANUARY, hsSgn="8507")
    assert any("1 rows repeat" in text for text in texts(answer, "double_counting"))
    assert texts(answer, "total_mismatch") == []


# --- spans


def a_year_of_rows(customs: "Customs", year: int, months: Sequence[int], exports: int = 10) -> list[str]:
    rows = [customs.traded(f"{year}.{month:02d}", "8507600000", "CN", exports, 4) for month in months]
    return [customs.total(exports * len(rows), 4 * len(rows), expWgt=len(rows), impWgt=0), *rows]


async def test_longer_spans_are_split_and_joined_in_order(customs: "Customs") -> None:
    customs.gives(*a_year_of_rows(customs, 2023, range(12, 0, -1)))  # the service promises no order
    customs.gives(*a_year_of_rows(customs, 2024, range(1, 13)))
    customs.gives(*a_year_of_rows(customs, 2025, range(1, 3)))
    answer = await customs.call("getNitemtradeList", strtYymm="202301", endYymm="202502", hsSgn="850760", cntyCd="CN")
    asked = [(sent.params["strtYymm"], sent.params["endYymm"]) for sent in customs.sent]
    assert asked == [("202301", "202312"), ("202401", "202412"), ("202501", "202502")]
    assert answer.source.calls == 3
    assert len(answer.data.rows.year) == 26
    assert answer.data.rows.year == sorted(answer.data.rows.year) == answer.data.months.year
    assert answer.data.grandTotal.expDlr == sum(answer.data.rows.expDlr) == 260
    assert texts(answer, "total_mismatch") == []


@pytest.mark.parametrize(("end", "calls"), [("202406", 1), ("202407", 2), ("203306", 10)])
async def test_twelve_months_are_one_call_both_ends_included(customs: "Customs", end: str, calls: int) -> None:
    customs.now = customs.now.replace(year=2040)
    for n in range(calls):
        customs.gives(customs.traded(f"{2023 + n}.07", "8507600000", "CN", 10, 4))
    await customs.call("getNitemtradeList", strtYymm="202307", endYymm=end, hsSgn="850760", cntyCd="CN")
    assert len(customs.sent) == calls


async def test_a_year_without_rows_within_the_span_is_fine(customs: "Customs") -> None:
    customs.gives()
    customs.gives(*a_year_of_rows(customs, 2024, range(1, 13)))
    customs.says("<response><header><resultCode>03</resultCode><resultMsg>NODATA_ERROR</resultMsg></header></response>")
    answer = await customs.call("getNitemtradeList", strtYymm="202301", endYymm="202502", hsSgn="850760", cntyCd="CN")
    assert answer.source.calls == 3
    assert set(answer.data.rows.year) == {f"2024.{month:02d}" for month in range(1, 13)}
    assert answer.data.months.expDlr[:12] == [None] * 12
    later, earlier = texts(answer, "absent")
    assert later == "No row for 2025.01, 2025.02: nothing was recorded then."
    assert "2023.01, 2023.02, 2023.03, 2023.04, 2023.05, 2023.06 and 6 more" in earlier
    assert answer.data.grandTotal.expDlr == 120


async def test_only_a_span_without_any_row_is_no_data(customs: "Customs") -> None:
    customs.gives()
    with pytest.raises(NoData):
        await customs.call("getNitemtradeList", strtYymm="202301", endYymm="202502", hsSgn="850760", cntyCd="CN")
    assert len(customs.sent) == 3


async def test_a_failure_in_one_part_is_not_passed_off_as_a_whole(customs: "Customs") -> None:
    customs.gives(*a_year_of_rows(customs, 2023, range(1, 13)))
    customs.says("", 503)
    with pytest.raises(TradestatError) as caught:
        await customs.call("getNitemtradeList", strtYymm="202301", endYymm="202502", hsSgn="850760", cntyCd="CN")
    assert caught.value.kind == "UpstreamDown"
    assert len(customs.sent) == 2


async def test_a_wrong_total_in_one_part_names_that_part(customs: "Customs") -> None:
    customs.gives(*a_year_of_rows(customs, 2023, range(1, 13)))
    wrong = customs.total(999, 48, expWgt=12, impWgt=0)
    customs.gives(wrong, *a_year_of_rows(customs, 2024, range(1, 13))[1:])
    answer = await customs.call("getNitemtradeList", strtYymm="202301", endYymm="202412", hsSgn="850760", cntyCd="CN")
    (text,) = texts(answer, "total_mismatch")
    assert text.startswith("2024.01 to 2024.12:")
    assert "expDlr: the service's total 999, the rows 120" in text


# --- tables


async def test_one_series_is_one_table(customs: "Customs") -> None:
    customs.gives(*a_year_of_rows(customs, 2024, [1, 2]))
    answer = await customs.call("getNitemtradeList", strtYymm="202401", endYymm="202402", hsSgn="850760", cntyCd="CN")
    (months,) = answer.data.tables()
    assert months.columns == ("year", "expDlr", "impDlr", "balPayments", "expWgt kg", "impWgt kg")
    assert list(months.rows) == [("2024.01", 10, 4, 6, 1, 0), ("2024.02", 10, 4, 6, 1, 0)]


async def test_the_only_code_of_the_rows_stands_in_the_title(customs: "Customs") -> None:
    (months,) = (await frozen_beef(customs, DOCUMENTED_TOTAL, DOCUMENTED)).data.tables()
    assert months.title.startswith("By month, the sum of the rows, all of 0202 (Meat of bovine animals")
    assert "US" not in months.title  # it was asked for, and the header names it


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
    assert groups.title == "2025.01 to 2025.02 added up, largest trade first"
    assert groups.columns[:4] == ("hsCd", "item", "statCd", "country")
    assert [(row[0], row[2], row[3], row[4], row[5]) for row in groups.rows] == [
        ("850760", "CN", "China", 30, 200),
        ("850710", "ZZ", "Other countries, not specified", 100, 0),
        ("850760", "US", "United States", 30, 0),
    ]
    assert "lithium-ion" in str(groups.rows[0][1])
    assert len(every.rows) == 4
    for found in (months, groups, every):
        assert all(len(row) == len(found.columns) for row in found.rows)


async def test_a_ten_digit_code_is_named_as_korea_names_it(customs: "Customs") -> None:
    customs.gives(
        customs.traded("2025.01", "8507601000", "CN", 10, 0, statKor="전기자동차용"),
        customs.traded("2025.01", "8507609000", "CN", 5, 0, statKor="기타"),
    )
    answer = await customs.call("getNitemtradeList", **JANUARY, hsSgn="850760", cntyCd="CN")
    assert [row[1] for row in table(answer, "largest trade first").rows] == ["전기자동차용", "기타"]


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


async def test_data_survives_the_way_out_and_back(customs: "Customs") -> None:
    customs.gives(DOCUMENTED_TOTAL, DOCUMENTED)
    answer = await customs.call("getNitemtradeList", strtYymm="201601", endYymm="201601", hsSgn="02", cntyCd="US")
    assert NitemtradeData.model_validate(answer.structured()["data"]) == answer.data
