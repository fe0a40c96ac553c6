"""Single figures: decimal weights, cells that can not be read, and sums that lack a part."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tradestat_tools.model.errors import UpstreamChanged
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.sources.korea.flows import observe
from tradestat_tools.sources.korea.service import NEWTRADE, NITEMTRADE
from tradestat_tools.sources.korea.wire.page import Page, read_page
from tradestat_tools.upstream import Response

if TYPE_CHECKING:
    from conftest import Customs

JANUARY = {"strtYymm": "202501", "endYymm": "202501", "hsSgn": "850760", "cntyCd": "CN"}


def read(customs: "Customs", *items: str) -> Page:
    return read_page(Response(200, {}, customs.xml(*items).encode()), NITEMTRADE, customs.now)


def texts(answer: Any, code: str) -> list[str]:
    return [note.text for note in answer.notes if note.code == code]


def observed(answer: Any) -> dict[tuple[str, str], Observation]:
    return {(one.flow, one.product): one for one in observe(answer.data, answer.source)}


# --- decimal weights


@pytest.mark.anyio
async def test_a_decimal_weight_is_a_weight_and_sums_of_them_are_exact(customs: "Customs") -> None:
    weights = ["0.1", "0.2", "1,200.70"]
    rows = [
        customs.traded("2025.01", f"85076010{at:02d}", "CN", 10, 4, expWgt=weight, impWgt=0)
        for at, weight in enumerate(weights)
    ]
    customs.gives(customs.total(30, 12, expWgt="1201.0", impWgt="0.000"), *rows)
    answer = await customs.call("getNitemtradeList", **JANUARY)
    assert answer.data.rows.expWgt == [0.1, 0.2, 1200.7]
    assert answer.data.months.expWgt == [1201]
    assert answer.data.grandTotal.expWgt == 1201
    assert (answer.data.months.impWgt, answer.data.grandTotal.impWgt) == ([0], 0)
    assert answer.structured()["data"]["rows"]["expWgt"] == [0.1, 0.2, 1200.7]
    assert texts(answer, "total_mismatch") == []
    assert observed(answer)["X", "850760"].net_kg == 1201


@pytest.mark.anyio
async def test_dollars_and_declarations_have_no_decimals(customs: "Customs") -> None:
    row = customs.traded("2025.01", "8507600000", "CN", 10, 4, expWgt="12.5", expDlr="10.5", balPayments="6.5")
    customs.gives(row)
    with pytest.raises(UpstreamChanged, match=r"expDlr '10\.5'"):
        await customs.call("getNitemtradeList", **JANUARY)
    whole = customs.traded("2025.01", "8507600000", "CN", 10, 4, expWgt="12.5", expDlr="10.00", balPayments="6.0")
    (found,) = read(customs, whole).rows
    assert [type(one) for one in found.figures[1:2]] == [int]
    assert found.figures[1] == 10


@pytest.mark.parametrize("written", ["12,5", "1,23", "1,2345", "12 5", "1,234,56", ",123", "1.2.3", "1.234,5", "12."])
def test_a_comma_or_blank_that_parts_no_thousands_is_never_left_out(customs: "Customs", written: str) -> None:
    with pytest.raises(UpstreamChanged, match="impDlr"):
        read(customs, customs.traded("2025.01", "8507600000", "CN", 1, 2, impDlr=written, balPayments=0))
    page = read(customs, customs.traded("2025.01", "8507600000", "CN", 1, 2, impWgt=written))
    assert page.rows[0].figures[2] is None
    assert page.unread


@pytest.mark.parametrize("written", ["93,754,113", "93 754 113", " 93,754,113\n", "93754113.0", "9.3754113E7"])
def test_thousands_may_be_parted(customs: "Customs", written: str) -> None:
    page = read(customs, customs.traded("2025.01", "8507600000", "CN", 1, 2, impDlr=written, balPayments=-93754112))
    assert page.rows[0].figures[3] == 93754113


# --- cells that can not be read


@pytest.mark.anyio
async def test_a_weight_that_can_not_be_read_costs_that_cell_and_is_said(customs: "Customs") -> None:
    customs.gives(
        customs.traded("2025.01", "8507601000", "CN", 10, 4, expWgt="soon"),
        customs.traded("2025.01", "8507602000", "CN", 70, 20, expWgt="30"),
    )
    answer = await customs.call("getNitemtradeList", **JANUARY)
    assert answer.data.rows.expWgt == [None, 30]
    assert answer.data.rows.expDlr == [10, 70]
    assert answer.data.months.expDlr == [80]
    assert answer.data.months.expWgt == [None]
    (said,) = [text for text in texts(answer, "absent") if "read" in text]
    assert "expWgt 'soon' in 2025.01 (CN, 8507601000)" in said
    assert not [text for text in texts(answer, "absent") if "left some figures of its rows empty" in text]


@pytest.mark.anyio
async def test_many_cells_that_can_not_be_read_are_counted_and_not_listed(customs: "Customs") -> None:
    customs.gives(*(customs.traded("2025.01", f"85076010{n:02d}", "CN", 10, 4, impWgt="x" * 200) for n in range(40)))
    answer = await customs.call("getNitemtradeList", **JANUARY)
    (said,) = [text for text in texts(answer, "absent") if "read" in text]
    assert said.startswith("40 cells")
    assert len(said) < 500


@pytest.mark.anyio
async def test_a_count_that_can_not_be_read_costs_that_cell_too(customs: "Customs") -> None:
    customs.gives(customs.item(year="2025.01", expCnt="1.5", expDlr=10, impCnt=3, impDlr=4))
    answer = await customs.call("getNewtradeList", strtYymm="202501", endYymm="202501")
    assert (answer.data.rows.expCnt, answer.data.rows.impCnt, answer.data.rows.expDlr) == ([None], [3], [10])
    assert any("expCnt '1.5' in 2025.01" in text for text in texts(answer, "absent"))


def test_dollars_that_can_not_be_read_refuse_the_answer(customs: "Customs") -> None:
    for written in ("soon", "12.5", "9" * 5000, "1e5x", "<b>1</b>"):
        with pytest.raises(UpstreamChanged, match="expDlr"):
            read(customs, customs.traded("2025.01", "8507600000", "CN", 1, 2, expDlr=written, balPayments=0))


def test_an_element_that_comes_twice_is_not_taken_for_an_empty_one(customs: "Customs") -> None:
    row = customs.traded("2025.01", "8507600000", "CN", 10, 4)
    with pytest.raises(UpstreamChanged, match="expDlr"):
        read(customs, row.replace("<expDlr>", "<expDlr>10</expDlr><expDlr>"))
    page = read(customs, row.replace("<expWgt>", "<expWgt>7</expWgt><expWgt>"))
    assert page.rows[0].figures[0] is None
    assert page.unread


def test_figures_of_json_are_read_like_those_of_xml() -> None:
    item = '{"year": "2025.01", "expCnt": 3, "expDlr": 10, "impCnt": 4.0, "impDlr": %s, "balPayments": 3}'
    body = '{"response": {"header": {"resultCode": "00"}, "body": {"items": {"item": [%s]}}}}'
    now = datetime(2026, 10, 20, 3, 0, tzinfo=UTC)

    def of(cell: str) -> Page:
        return read_page(Response(200, {}, (body % (item % cell)).encode()), NEWTRADE, now)

    assert of("7").rows[0].figures == (3, 10, 4, 7, 3)
    assert of("null").rows[0].figures[3] is None
    for wrong in ("7.5", "true", "[7]", '{"v": 7}'):
        with pytest.raises(UpstreamChanged, match="impDlr"):
            of(wrong)


# --- sums that lack a part


@pytest.mark.anyio
async def test_a_sum_of_which_a_part_has_no_figure_is_no_figure(customs: "Customs") -> None:
    customs.gives(
        customs.traded("2025.01", "8507601000", "CN", 10, 4, expWgt="", impDlr="", balPayments=""),
        customs.traded("2025.01", "8507602000", "CN", 70, 20, expWgt="30"),
    )
    answer = await customs.call("getNitemtradeList", **JANUARY)
    assert answer.data.months.expDlr == [80]
    assert (answer.data.months.impDlr, answer.data.months.balPayments) == ([None], [None])
    assert answer.data.months.expWgt == [None]
    seen = observed(answer)
    assert (seen["M", "850760"].value, seen["M", "850760"].status) == (None, Status.MISSING)
    assert (seen["X", "850760"].value, seen["X", "850760"].net_kg) == (80, None)
    assert any("the sums that they belong to are not given" in text for text in texts(answer, "absent"))
    months, groups = answer.data.tables()
    assert months.rows[0][2] is None
    assert groups.rows[0][:2] == ("8507602000", "8507602000 품목")


@pytest.mark.anyio
async def test_a_total_over_several_calls_of_which_one_lacks_a_figure_is_no_figure(customs: "Customs") -> None:
    for year, weight in ((2023, "50"), (2024, "")):
        row = customs.traded(f"{year}.01", "8507600000", "CN", 10, 4, expWgt=50)
        customs.gives(customs.total(10, 4, expWgt=weight), row)
    answer = await customs.call("getNitemtradeList", **JANUARY | {"strtYymm": "202301", "endYymm": "202412"})
    assert (answer.data.grandTotal.expDlr, answer.data.grandTotal.expWgt) == (20, None)


@how(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.one_of(
            st.integers(0, 10**12),
            st.decimals(0, 10**9, places=3).map(str),
            st.text("0123456789,. -x", max_size=12),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_a_weight_looks_like_it_is_read_as_written_or_not_at_all(
    customs: "Customs", cells: list[object]
) -> None:
    rows = [customs.traded("2025.01", f"85076010{at:02d}", "CN", 1, 2, expWgt=cell) for at, cell in enumerate(cells)]
    for cell, row in zip(cells, read(customs, *rows).rows, strict=True):
        found, text = row.figures[0], str(cell).strip()
        if found is not None:
            assert found == Decimal(text.replace(",", "").replace(" ", ""))
            groups = text.replace(" ", ",").partition(".")[0].split(",")
            assert all(len(group) == 3 for group in groups[1:])
