"""Months without a row: nothing recorded only where the service's own total vouches for what came with them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.errors import NoData

if TYPE_CHECKING:
    from conftest import Customs

pytestmark = pytest.mark.anyio

YEARS = {"strtYymm": "202301", "endYymm": "202412"}
PRODUCT = {"hsSgn": "8507", "cntyCd": "CN"}


def absent(answer: Any) -> list[tuple[str | None, str]]:
    return [(note.reason, note.text) for note in answer.notes if note.code == "absent"]


def a_year(customs: "Customs", year: int, months: range, *, total: bool = True) -> list[str]:
    rows = [customs.traded(f"{year}.{month:02d}", "850760", "CN", 10, 0) for month in months]
    return [*rows, customs.total(10 * len(rows), 0, expWgt=len(rows))] if total else rows


async def test_an_empty_part_without_a_total_is_not_called_zero(customs: "Customs") -> None:
    customs.gives(*a_year(customs, 2023, range(1, 13)))
    customs.gives()
    answer = await customs.call("getNitemtradeList", **YEARS, **PRODUCT)
    ((reason, text),) = absent(answer)
    assert reason is None
    assert text.startswith("No row for 2024.01, 2024.02, 2024.03, 2024.04, 2024.05, 2024.06 and 6 more: ")
    assert "nothing was recorded, or rows are missing" in text
    assert answer.data.months.expDlr[12:] == [None] * 12


async def test_an_empty_part_whose_total_is_zero_is_zero(customs: "Customs") -> None:
    customs.gives(*a_year(customs, 2023, range(1, 13)))
    customs.gives(customs.total(0, 0))
    answer = await customs.call("getNitemtradeList", **YEARS, **PRODUCT)
    ((reason, text),) = absent(answer)
    assert reason == "zero"
    assert text.endswith("nothing was recorded then.")
    assert [note.text for note in answer.notes if note.code == "total_mismatch"] == []


async def test_a_month_missing_in_a_part_whose_total_is_the_sum_of_its_rows_is_zero(customs: "Customs") -> None:
    customs.gives(*a_year(customs, 2023, range(1, 13)))
    customs.gives(*a_year(customs, 2024, range(1, 12)))
    answer = await customs.call("getNitemtradeList", **YEARS, **PRODUCT)
    assert absent(answer) == [("zero", "No row for 2024.12: nothing was recorded then.")]


async def test_each_part_is_vouched_for_by_its_own_total(customs: "Customs") -> None:
    customs.gives(*a_year(customs, 2023, range(1, 12)))
    customs.gives(*a_year(customs, 2024, range(1, 12), total=False))
    answer = await customs.call("getNitemtradeList", **YEARS, **PRODUCT)
    assert absent(answer) == [
        ("zero", "No row for 2023.12: nothing was recorded then."),
        (None, "No row for 2024.12: nothing was recorded, or rows are missing."),
    ]


async def test_a_wrong_total_of_one_part_leaves_the_others_as_they_are(customs: "Customs") -> None:
    customs.gives(*a_year(customs, 2023, range(1, 12)))
    customs.gives(*a_year(customs, 2024, range(1, 12), total=False), customs.total(999, 0))
    answer = await customs.call("getNitemtradeList", **YEARS, **PRODUCT)
    assert absent(answer) == [
        ("zero", "No row for 2023.12: nothing was recorded then."),
        (None, "No row for 2024.12: rows may be missing."),
    ]


async def test_a_month_of_a_country_without_a_row_is_not_called_zero_as_no_total_comes(customs: "Customs") -> None:
    counts = {"expCnt": 1, "expDlr": 10, "impCnt": 1, "impDlr": 5}
    customs.gives(
        *(
            customs.item(year=f"2024.{month:02d}", statCd="US", statCdCntnKor1="미국", **counts)
            for month in (1, 2, 4, 5)
        )
    )
    answer = await customs.call("getNationtradeList", strtYymm="202401", endYymm="202405", cntyCd="US")
    assert absent(answer) == [(None, "No row for 2024.03: nothing was recorded, or rows are missing.")]


async def test_members_of_a_group_without_a_row_are_not_called_zero_without_a_total(customs: "Customs") -> None:
    customs.gives(customs.traded("2024.01", "850760", "VN", 10, 5))
    answer = await customs.call("getNitemtradeList", strtYymm="202401", endYymm="202401", hsSgn="8507", cntyCd="ASEAN")
    ((reason, text),) = absent(answer)
    assert reason is None
    assert "nothing was recorded with them, or rows are missing, and the sums are without them" in text


async def test_a_group_without_rows_has_no_trade_for_certain_only_where_a_total_says_that_all_rows_came(
    customs: "Customs", stored: Callable[..., Any]
) -> None:
    month = {"strtYymm": "202401", "endYymm": "202401", "hsSgn": "8507"}
    row = customs.traded("2024.01", "850760", "CN", 10, 5)
    for total, sure in (((), False), ((customs.total(10, 5),), True)):
        customs.replies.clear()
        customs.gives(row, *total)
        with pytest.raises(NoData) as caught:
            await customs.call("getNitemtradeList", **month, cntyCd="ASEAN")
        assert [(why.reason, why.sure) for why in caught.value.why] == [("zero", sure)]
        customs.replies.clear()
        customs.gives(row, *total)
        customs.gives()
        error = await stored(month, {**month, "cntyCd": "AQ"})
        assert [(why.reason, why.sure) for why in error.why] == [("zero", sure)]


async def series(customs: "Customs") -> Any:
    span = {"period": "2023-01 to 2024-12", "freq": "M", "source": "korea"}
    return await customs.call("trade_series", reporter="Korea", partner="China", product="8507", **span)


async def test_a_series_does_not_call_an_empty_part_zero_for_a_zero_of_other_rows(customs: "Customs") -> None:
    customs.gives(*a_year(customs, 2023, range(1, 13)))  # without imports, of which a note says that they are zero
    customs.gives()
    answer = await series(customs)
    assert answer.data.values[:12] == [10] * 12
    assert answer.data.values[12:] == [None] * 12
    assert answer.data.absent
    assert not [one for one in answer.data.absent if one.reason == "zero"]


async def test_a_series_calls_zero_the_months_of_which_it_is_known_and_no_others(customs: "Customs") -> None:
    customs.gives(*a_year(customs, 2023, range(1, 12)))
    customs.gives(*a_year(customs, 2024, range(1, 12), total=False))
    absent = (await series(customs)).data.absent
    assert [(one.periods, one.reason) for one in absent] == [(["2023-12"], "zero"), (["2024-12"], None)]


async def test_a_series_passes_on_that_the_services_total_is_not_the_sum_of_its_rows(customs: "Customs") -> None:
    customs.gives(*a_year(customs, 2023, range(1, 13), total=False), customs.total(999, 0, expWgt=12))
    customs.gives(*a_year(customs, 2024, range(1, 13)))
    answer = await series(customs)
    (text,) = [note.text for note in answer.notes if note.code == "total_mismatch"]
    assert "expDlr: the service's total 999, the rows 120, 879 apart" in text
