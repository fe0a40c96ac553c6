"""Rows that come twice: the service's total says whether they count; where it says nothing, none is doubled."""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tradestat_tools.model.observation import Status
from tradestat_tools.sources.korea.flows import observe
from tradestat_tools.sources.korea.service import NITEMTRADE
from tradestat_tools.sources.korea.wire.cells import added
from tradestat_tools.sources.korea.wire.page import read_page
from tradestat_tools.upstream import Response

if TYPE_CHECKING:
    from conftest import Customs

MONTH = {"strtYymm": "202401", "endYymm": "202401"}


def texts(answer: Any, code: str) -> list[str]:
    return [note.text for note in answer.notes if note.code == code]


def repeats(answer: Any) -> list[str]:
    return [text for text in texts(answer, "double_counting") if "repeat" in text or "twice" in text]


@pytest.mark.anyio
async def test_a_row_sent_twice_is_dropped_where_that_makes_the_total_agree(customs: "Customs") -> None:
    row, other = customs.traded("2024.01", "850760", "CN", 90, 40), customs.traded("2024.01", "850710", "CN", 10, 0)
    customs.gives(row, other, row, customs.total(100, 40))
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="8507")
    assert (answer.data.months.expDlr, answer.data.months.impDlr) == ([100], [40])
    assert answer.data.rows.expDlr == [90, 10]
    assert texts(answer, "total_mismatch") == []
    (said,) = repeats(answer)
    assert "1 row repeats another one in everything and was left out" in said
    assert "as the service's total has it" in said


@pytest.mark.anyio
async def test_a_row_sent_twice_counts_twice_where_the_total_counts_it_twice(customs: "Customs") -> None:
    row = customs.traded("2024.01", "850760", "CN", 90, 40)
    customs.gives(row, row, customs.total(180, 80))
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="8507")
    assert (answer.data.months.expDlr, answer.data.rows.expDlr) == ([180], [180])
    seen = [one.value for one in observe(answer.data, answer.source) if (one.flow, one.product) == ("X", "850760")]
    assert seen == [180]  # who takes the first of several would have half
    assert texts(answer, "total_mismatch") == []
    (said,) = repeats(answer)
    assert "1 row repeats the month, country and code of another one" in said
    assert "added up, as the service's total does" in said


@pytest.mark.anyio
async def test_where_the_total_agrees_with_neither_the_figure_and_the_difference_are_said(customs: "Customs") -> None:
    row = customs.traded("2024.01", "850760", "CN", 90, 40)
    customs.gives(row, row, customs.total(150, 40, expWgt=9, impWgt=4))
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="8507")
    assert answer.data.months.expDlr == [90]
    (off,) = [text for text in texts(answer, "total_mismatch") if "total row" in text]
    assert "expDlr: the service's total 150, the rows 90, 60 apart" in off
    assert "impDlr" not in off
    (said,) = repeats(answer)
    assert "as the service's total has it" not in said
    assert "the service's total is not the sum, with them or without" in said
    assert "expDlr 180 with them" in said


@pytest.mark.anyio
async def test_a_row_sent_twice_without_a_total_counts_once_and_that_is_said(customs: "Customs") -> None:
    row = customs.item(year="2024.01", statCd="US", statCdCntnKor1="미국", expCnt=3, expDlr=90, impCnt=2, impDlr=40)
    customs.gives(row, row)
    answer = await customs.call("getNationtradeList", **MONTH, cntyCd="US")
    assert (answer.data.months.expDlr, answer.data.rows.expDlr) == ([90], [90])
    (said,) = repeats(answer)
    assert "there is no total to hold that against" in said


@pytest.mark.anyio
async def test_a_total_of_blanks_proves_nothing(customs: "Customs") -> None:
    row = customs.traded("2024.01", "850760", "CN", 90, 40)
    blank = dict.fromkeys(("expWgt", "expDlr", "impWgt", "impDlr", "balPayments"), "")
    customs.gives(row, row, customs.total(0, 0, **blank))
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="8507")
    assert answer.data.months.expDlr == [90]
    assert "there is no total to hold that against" in repeats(answer)[0]


@pytest.mark.anyio
async def test_two_figures_for_the_same_thing_are_added_where_the_total_does(customs: "Customs") -> None:
    customs.gives(
        customs.traded("2024.01", "850760", "CN", 90, 40),
        customs.traded("2024.01", "850760", "CN", 10, 0),
        customs.total(100, 40),
    )
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="8507")
    assert answer.data.months.expDlr == [100]
    assert "added up, as the service's total does" in repeats(answer)[0]


@pytest.mark.anyio
@pytest.mark.parametrize("total", [(), ((90, 40),), ((77, 40),)])
async def test_two_figures_for_the_same_thing_are_none_where_no_total_says_which(
    customs: "Customs", total: tuple[tuple[int, int], ...]
) -> None:
    customs.gives(
        customs.traded("2024.01", "850760", "CN", 90, 40),
        customs.traded("2024.01", "850760", "CN", 70, 40),
        *(customs.total(*figures) for figures in total),
    )
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="8507", cntyCd="CN")
    assert (answer.data.months.expDlr, answer.data.months.impDlr) == ([None], [40])
    assert answer.data.rows.expDlr == [None]
    (said,) = repeats(answer)
    assert "2024.01 (CN, 850760) came with expDlr 90 and 70" in said
    (exports,) = [one for one in observe(answer.data, answer.source) if one.flow == "X" and one.product == "8507"]
    assert (exports.value, exports.status) == (None, Status.MISSING)


@pytest.mark.anyio
async def test_a_month_of_all_trade_with_two_figures_is_none(customs: "Customs") -> None:
    counts = {"expCnt": 1, "impCnt": 1, "impDlr": 40}
    customs.gives(*(customs.item(year="2024.01", expDlr=exports, **counts) for exports in (90, 95)))
    answer = await customs.call("getNewtradeList", **MONTH)
    assert (answer.data.rows.year, answer.data.rows.expDlr, answer.data.rows.impDlr) == (["2024.01"], [None], [40])


@pytest.mark.anyio
async def test_a_total_that_comes_twice_is_one_and_two_different_ones_are_none(customs: "Customs") -> None:
    row, total = customs.traded("2024.01", "850760", "CN", 90, 40), customs.total(90, 40)
    customs.gives(total, row, total)
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="8507")
    assert (answer.data.grandTotal.expDlr, texts(answer, "total_mismatch")) == (90, [])
    customs.replies.clear()
    customs.gives(customs.total(70, 40), row, total)
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="8507", cntyCd="CN")
    assert answer.data.grandTotal is None
    assert len(texts(answer, "total_mismatch")) == 1


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["2024.01", "2024.02"]),
        st.sampled_from(["CN", "US", "VN"]),
        st.sampled_from(["850710", "850760"]),
        st.integers(0, 1000),
        st.integers(0, 1000),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[:3],
)


@how(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, data=st.data(), total=st.sampled_from(["first", "last", "none"]))
def test_no_sum_is_doubled_where_the_total_tells_the_truth(
    customs: "Customs", rows: list[tuple[str, str, str, int, int]], data: st.DataObject, total: str
) -> None:
    sent = [row for row in rows for _ in range(data.draw(st.integers(1, 3)))]
    items = [
        customs.traded(year, code, country, exports, imports)
        for year, country, code, exports, imports in data.draw(st.permutations(sent))
    ]
    truth = [sum(row[3] for row in rows), sum(row[4] for row in rows)]
    weights = {"expWgt": sum(row[3] // 10 for row in rows), "impWgt": sum(row[4] // 10 for row in rows)}
    grand = customs.total(truth[0], truth[1], **weights)
    items = [*([grand] if total == "first" else []), *items, *([grand] if total == "last" else [])]
    page = read_page(Response(200, {}, customs.xml(*items).encode()), NITEMTRADE, customs.now)
    sums = added([row.figures for row in page.rows], 5)
    assert [sums[1], sums[3]] == truth
    assert page.repeats.dropped == len(sent) - len(rows)


@how(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, counts=st.lists(st.integers(1, 3), min_size=8, max_size=8))
def test_whatever_the_total_counts_is_what_the_rows_add_up_to(
    customs: "Customs", rows: list[tuple[str, str, str, int, int]], counts: list[int]
) -> None:
    sent = [row for row, count in zip(rows, counts, strict=False) for _ in range(count)]
    items = [customs.traded(year, code, country, out, back) for year, country, code, out, back in sent]
    truth = [sum(row[3] for row in sent), sum(row[4] for row in sent)]
    weights = {"expWgt": sum(row[3] // 10 for row in sent), "impWgt": sum(row[4] // 10 for row in sent)}
    page = read_page(
        Response(200, {}, customs.xml(customs.total(truth[0], truth[1], **weights), *items).encode()),
        NITEMTRADE,
        customs.now,
    )
    sums = added([row.figures for row in page.rows], 5)
    assert [sums[1], sums[3]] == truth
