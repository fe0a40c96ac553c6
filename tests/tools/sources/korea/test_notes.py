"""What an answer says of its figures: totals, gaps, editions, groups."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Customs

pytestmark = pytest.mark.anyio

MONTH = {"strtYymm": "202401", "endYymm": "202401"}
EXCERPT = Path(__file__).parent / "recorded" / "getNewtradeList_excerpt.xml"


def texts(answer: Any, code: str) -> list[str]:
    return [note.text for note in answer.notes if note.code == code]


def absent(answer: Any) -> list[tuple[str | None, str]]:
    return [(note.reason, note.text) for note in answer.notes if note.code == "absent"]


# --- the service's own sums


async def test_the_total_is_held_against_the_rows_and_left_out_of_them(customs: "Customs") -> None:
    row, total = customs.traded("2024.01", "8507", "US", 100, 70), customs.total(100, 70)
    for items in ((row, total), (total, row)):
        customs.replies.clear()
        customs.gives(*items)
        answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="85", cntyCd="US")
        assert (answer.data.rows.expDlr, answer.data.months.impDlr, answer.data.grandTotal.impDlr) == ([100], [70], 70)
        assert texts(answer, "total_mismatch") == []
        assert "total row (총계) was taken out" in texts(answer, "double_counting")[0]


@pytest.mark.parametrize("name", ["expWgt", "expDlr", "impWgt", "impDlr", "balPayments"])
async def test_a_total_that_is_not_the_sum_is_noted_for_every_figure_with_both_numbers(
    customs: "Customs", name: str
) -> None:
    figures = {"expWgt": 18003, "expDlr": 150822, "impWgt": 14809834, "impDlr": 93754113, "balPayments": -93603291}
    row = customs.traded("2024.01", "0202", "US", 0, 0, **figures)
    customs.gives(row, customs.total(0, 0, **figures | {name: figures[name] + 1}))
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="02", cntyCd="US")
    said = f"{name}: the service's total {figures[name] + 1:,}, the rows {figures[name]:,}"
    assert said in texts(answer, "total_mismatch")[0]


async def test_a_balance_that_is_not_the_difference_is_noted(customs: "Customs") -> None:
    customs.gives(customs.traded("2024.01", "0202", "US", 150822, 93754113, balPayments=-93603290))
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="02", cntyCd="US")
    (text,) = texts(answer, "total_mismatch")
    assert "-93,603,290 against 150,822 - 93,754,113" in text


async def test_the_cut_total_of_the_recorded_answer_is_noticed(customs: "Customs") -> None:
    customs.says(EXCERPT.read_bytes())
    answer = await customs.call("getNewtradeList", strtYymm="202601", endYymm="202607")
    (text,) = texts(answer, "total_mismatch")
    assert text.startswith("2026.01 to 2026.07: ")
    assert "expDlr: the service's total 595,062,835,447, the rows 65,843,936,782" in text
    assert "expCnt: the service's total 7,920,384, the rows 1,027,989" in text
    assert "balPayments: the service's total 167,759,691,097, the rows 8,700,467,993" in text
    assert "2026.02, 2026.03, 2026.04, 2026.05, 2026.06, 2026.07" in texts(answer, "absent")[0]


async def test_a_wrong_total_in_one_part_names_that_part(customs: "Customs") -> None:
    years = {
        year: [customs.traded(f"{year}.{n:02d}", "8507600000", "CN", 10, 4) for n in (1, 2)] for year in (2023, 2024)
    }
    customs.gives(customs.total(20, 8, expWgt=2, impWgt=0), *years[2023])
    customs.gives(customs.total(999, 8, expWgt=2, impWgt=0), *years[2024])
    answer = await customs.call("getNitemtradeList", strtYymm="202301", endYymm="202412", hsSgn="850760", cntyCd="CN")
    (text,) = texts(answer, "total_mismatch")
    assert text.startswith("2024.01 to 2024.12:")
    assert "expDlr: the service's total 999, the rows 20" in text


async def test_rows_that_repeat_each_other_are_noted(customs: "Customs") -> None:
    row = customs.traded("2024.01", "850760", "CN", 9, 4)
    customs.gives(row, row, customs.total(18, 8, expWgt=0, impWgt=0))
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="8507")
    assert any("1 row repeats" in text for text in texts(answer, "double_counting"))
    assert texts(answer, "total_mismatch") == []


# --- what is not there


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


async def test_a_zero_beside_the_other_flow_is_a_zero_of_the_reporter(customs: "Customs") -> None:
    customs.gives(customs.traded("2024.01", "850760", "CN", 10, 0))
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="8507", cntyCd="CN")
    assert [note.reason for note in answer.notes if note.code == "zero"] == ["zero"]


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


async def test_months_of_a_series_without_a_row_say_why(customs: "Customs") -> None:
    customs.gives(
        customs.traded("2021.03", "8517120000", "CN", 10, 5),
        customs.traded("2021.05", "8517120000", "CN", 10, 5),
        customs.total(20, 10, impWgt=0),
    )
    customs.gives()
    answer = await customs.call("getNitemtradeList", strtYymm="202102", endYymm="202203", hsSgn="851712", cntyCd="CN")
    retired, zero, unknown = absent(answer)
    assert [reason for reason, _ in (retired, zero, unknown)] == ["code_retired", "zero", None]
    assert "2022.01, 2022.02, 2022.03: HS 851712 is not in the edition of that time" in retired[1]
    assert "2021.04" in zero[1]
    assert "2021.02: nothing was recorded, or the service does not have these months" in unknown[1]


async def test_a_ten_digit_code_that_stops_may_have_been_dropped(customs: "Customs") -> None:
    rows = [customs.traded(f"2024.{month}", "8507601000", "CN", 10, 5) for month in ("01", "03")]
    customs.gives(*rows, customs.total(20, 10, impWgt=0))
    answer = await customs.call("getNitemtradeList", strtYymm="202401", endYymm="202404", hsSgn="8507601000")
    found = [(reason, "2024.02" in text, "2024.04" in text) for reason, text in absent(answer)]
    assert found == [("zero", True, False), (None, False, True)]


@pytest.mark.parametrize(("tool", "asked"), [("getNationtradeList", {"cntyCd": "US"}), ("getNewtradeList", {})])
async def test_latest_is_the_newest_month_of_each_operation_and_is_echoed(
    customs: "Customs", tool: str, asked: dict[str, str]
) -> None:
    customs.now = datetime(2026, 10, 2, 3, 0, tzinfo=UTC)  # the total of September is out, the detail is not
    newest = "2026-09" if tool == "getNewtradeList" else "2026-08"
    counts = {"expCnt": 1, "expDlr": 10, "impCnt": 1, "impDlr": 5}
    where = {"statCd": "US", "statCdCntnKor1": "미국"} if asked else {}
    customs.gives(customs.item(year=newest.replace("-", "."), **where, **counts))
    answer = await customs.call(tool, strtYymm="latest", endYymm="latest", **asked)
    assert customs.sent[0].params["endYymm"] == newest.replace("-", "")
    assert texts(answer, "resolved_code") == [f"The months were read as {newest}; the newest that is out is {newest}."]


# --- editions


async def test_a_code_of_an_older_edition_is_noted_and_a_chapter_for_national_use_is_no_break(
    customs: "Customs",
) -> None:
    customs.gives(customs.traded("2024.01", "8517120000", "US", 9, 4))
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="851712")
    assert "851712 ended with HS 2022" in texts(answer, "edition_break")[0]
    customs.replies.clear()
    customs.gives(customs.traded("2024.01", "9801", "US", 9, 4))
    assert texts(await customs.call("getNitemtradeList", **MONTH, hsSgn="98"), "edition_break") == []


# --- groups


COUNTRY_TOOLS = {"getNitemtradeList": {"hsSgn": "8507"}, "getNationtradeList": {}}


def row(customs: "Customs", tool: str, country: str, exports: int, imports: int) -> str:
    """A row of January 2024 of either tool that has countries."""
    if tool == "getNitemtradeList":
        return customs.traded("2024.01", "850760", country, exports, imports)
    money = {"expCnt": 1, "expDlr": exports, "impCnt": 1, "impDlr": imports}
    return customs.item(year="2024.01", statCd=country, statCdCntnKor1=f"{country} 이름", **money)


@pytest.mark.parametrize("tool", COUNTRY_TOOLS)
async def test_a_group_is_one_call_for_all_countries_of_which_its_members_are_kept(
    customs: "Customs", tool: str
) -> None:
    others = row(customs, tool, "CN", 1000, 500)
    customs.gives(row(customs, tool, "VN", 30, 20), others, row(customs, tool, "SG", 8, 4))
    answer = await customs.call(tool, **MONTH, **COUNTRY_TOOLS[tool], cntyCd="ASEAN")
    assert len(customs.sent) == 1
    assert "cntyCd" not in customs.sent[0].params
    assert answer.data.rows.statCd == ["VN", "SG"]
    assert list(answer.data.statCdCntnKor1) == ["VN", "SG"]
    assert (answer.data.months.expDlr, answer.data.months.impDlr) == ([38], [24])
    assert answer.data.cntyCd == "ASEAN"
    assert "(ASEAN)" in answer.what


async def test_a_sum_over_a_group_says_that_it_is_one_and_who_is_not_in_it(customs: "Customs") -> None:
    customs.gives(
        row(customs, "getNitemtradeList", "VN", 30, 20),
        row(customs, "getNitemtradeList", "CN", 70, 80),
        customs.total(100, 100),
    )
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="8507", cntyCd="ASEAN")
    (membership,) = texts(answer, "resolved_code")
    assert "ASEAN: 10 members" in membership
    assert "sum over the members of ASEAN, exports (FOB) and imports (CIF) apart" in texts(answer, "double_counting")[0]
    ((reason, missing),) = absent(answer)
    assert reason == "zero"
    assert missing.startswith("No row for Brunei Darussalam, Indonesia, ")
    assert "Viet Nam" not in missing
    assert answer.data.grandTotal is None  # of all countries
    assert texts(answer, "total_mismatch") == []


async def test_many_members_without_a_row_are_named_by_their_codes(customs: "Customs") -> None:
    customs.gives(row(customs, "getNationtradeList", "DE", 30, 20))
    answer = await customs.call("getNationtradeList", **MONTH, cntyCd="EU")
    (missing,) = texts(answer, "absent")
    listed = missing.removeprefix("No row for ").partition(":")[0].split(", ")
    assert len(listed) == 26
    assert {"AT", "FR"} < set(listed)
    assert "DE" not in listed


async def test_members_without_a_row_are_no_zero_where_the_services_total_says_that_rows_are_missing(
    customs: "Customs",
) -> None:
    customs.gives(row(customs, "getNitemtradeList", "VN", 30, 20), customs.total(100, 100))
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="8507", cntyCd="ASEAN")
    assert "expDlr: the service's total 100, the rows 30" in texts(answer, "total_mismatch")[0]
    ((reason, missing),) = absent(answer)
    assert reason is None
    assert "rows may be missing" in missing
