"""The key, the calls that a question takes, and the check that each reply is to what was asked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.model.errors import InvalidQuery, MissingKey, NoData, TooLarge, TradestatError, UpstreamChanged
from tradestat_tools.sources.korea.api import decoded_key

if TYPE_CHECKING:
    from conftest import Customs

DECODED = "aB+cD/eF0123456789ghIJklMNopQRstUVwxYZaB+cD/eF0123456789ghIJklMNopQRstUVwxYZaBcDeFgHiQ=="
ENCODED = "aB%2BcD%2FeF0123456789ghIJklMNopQRstUVwxYZaB%2BcD%2FeF0123456789ghIJklMNopQRstUVwxYZaBcDeFgHiQ%3D%3D"
HEXADECIMAL = "0123456789abcdef" * 4
JANUARY = {"strtYymm": "202501", "endYymm": "202501", "hsSgn": "850760", "cntyCd": "CN"}


# --- the key


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("pasted", "sent_as"),
    [
        *(
            (form, ENCODED)
            for form in (DECODED, ENCODED, ENCODED.replace("%2B", "%2b"), f" {ENCODED}\n", quote(ENCODED))
        ),
        (HEXADECIMAL, HEXADECIMAL),
    ],
)
async def test_either_form_of_the_key_goes_over_the_wire_encoded_once(
    customs: "Customs", pasted: str, sent_as: str
) -> None:
    customs.key = pasted
    customs.gives(customs.traded("2025.01", "8507600000", "CN", 10, 20))
    await customs.call("getNitemtradeList", **JANUARY)
    (sent,) = customs.sent
    assert sent.path == "/1220000/nitemtrade/getNitemtradeList"
    assert sent.query == b"strtYymm=202501&endYymm=202501&hsSgn=850760&cntyCd=CN&serviceKey=" + sent_as.encode("ascii")


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", min_size=1, max_size=100))
def test_both_forms_of_any_key_are_one(key: str) -> None:
    assert decoded_key(key) == decoded_key(quote(key, safe="")) == key


@pytest.mark.anyio
async def test_without_a_key_nothing_is_sent_and_the_error_says_where_to_get_one(customs: "Customs") -> None:
    customs.key = None
    with pytest.raises(MissingKey) as caught:
        await customs.call("getNewtradeList", strtYymm="202501", endYymm="202501")
    assert "DATA_GO_KR_SERVICE_KEY" in caught.value.remedy
    assert "data.go.kr/data/15102108" in caught.value.remedy
    assert customs.sent == []


# --- the calls that a question takes


def a_year_of_rows(customs: "Customs", year: int, months: Sequence[int], exports: int = 10) -> list[str]:
    rows = [customs.traded(f"{year}.{month:02d}", "8507600000", "CN", exports, 4) for month in months]
    return [customs.total(exports * len(rows), 4 * len(rows), expWgt=len(rows), impWgt=0), *rows]


@pytest.mark.anyio
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
    assert [note for note in answer.notes if note.code == "total_mismatch"] == []


@pytest.mark.anyio
@pytest.mark.parametrize(("end", "calls"), [("202406", 1), ("202407", 2), ("203306", 10)])
async def test_twelve_months_are_one_call_both_ends_included(customs: "Customs", end: str, calls: int) -> None:
    customs.now = customs.now.replace(year=2040)
    for n in range(calls):
        customs.gives(customs.traded(f"{2023 + n}.07", "8507600000", "CN", 10, 4))
    await customs.call("getNitemtradeList", strtYymm="202307", endYymm=end, hsSgn="850760", cntyCd="CN")
    assert len(customs.sent) == calls


@pytest.mark.anyio
async def test_a_year_without_rows_within_the_span_is_fine(customs: "Customs") -> None:
    customs.gives()
    customs.gives(*a_year_of_rows(customs, 2024, range(1, 13)))
    customs.says("<response><header><resultCode>03</resultCode><resultMsg>NODATA_ERROR</resultMsg></header></response>")
    answer = await customs.call("getNitemtradeList", strtYymm="202301", endYymm="202502", hsSgn="850760", cntyCd="CN")
    assert answer.source.calls == 3
    assert set(answer.data.rows.year) == {f"2024.{month:02d}" for month in range(1, 13)}
    assert answer.data.months.expDlr[:12] == [None] * 12
    earlier, later = (note.text for note in answer.notes if note.code == "absent")
    assert "2023.01, 2023.02, 2023.03, 2023.04, 2023.05, 2023.06 and 6 more" in earlier
    assert later == "No row for 2025.01, 2025.02: nothing was recorded, or rows are missing."
    assert answer.data.grandTotal.expDlr == 120


@pytest.mark.anyio
async def test_only_a_span_without_any_row_is_no_data(customs: "Customs") -> None:
    customs.gives()
    with pytest.raises(NoData):
        await customs.call("getNitemtradeList", strtYymm="202301", endYymm="202502", hsSgn="850760", cntyCd="CN")
    assert len(customs.sent) == 3


@pytest.mark.anyio
async def test_a_failure_in_one_part_is_not_passed_off_as_a_whole(customs: "Customs") -> None:
    customs.gives(*a_year_of_rows(customs, 2023, range(1, 13)))
    customs.says("", 503)
    with pytest.raises(TradestatError) as caught:
        await customs.call("getNitemtradeList", strtYymm="202301", endYymm="202502", hsSgn="850760", cntyCd="CN")
    assert caught.value.kind == "UpstreamDown"
    assert len(customs.sent) == 2


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("end", "asked", "calls"),
    [
        ("203401", {"hsSgn": "8507", "cntyCd": "CN"}, "11 calls"),
        ("202501", {"hsSgn": "85"}, "2 calls"),
        ("202501", {"cntyCd": "CN"}, "2 calls"),
        ("202501", {"hsSgn": "85", "cntyCd": "EU"}, "2 calls"),
    ],
)
async def test_a_question_of_too_many_calls_is_refused_and_says_how_many(
    customs: "Customs", end: str, asked: dict[str, str], calls: str
) -> None:
    customs.now = customs.now.replace(year=2040)
    with pytest.raises(TooLarge) as caught:
        await customs.call("getNitemtradeList", strtYymm="202401", endYymm=end, **asked)
    assert calls in caught.value.message
    assert "months at a time" in caught.value.remedy
    assert customs.sent == []


@pytest.mark.anyio
async def test_all_goods_by_code_with_a_group_are_too_many_calls_and_the_error_says_how_many(
    customs: "Customs",
) -> None:
    with pytest.raises(TooLarge) as caught:
        await customs.call("getNitemtradeList", strtYymm="202401", endYymm="202412", cntyCd="ASEAN")
    assert "would take 10 calls, 1 for each country; nothing was sent" in caught.value.message
    assert 'getNationtradeList(strtYymm="202401", endYymm="202412", cntyCd="ASEAN")' in caught.value.remedy
    assert customs.sent == []


@pytest.mark.anyio
async def test_an_old_code_is_passed_on_for_years_whose_editions_are_not_known(customs: "Customs") -> None:
    customs.gives(customs.traded("2005.01", "8507990000", "CN", 10, 20))
    await customs.call("getNitemtradeList", strtYymm="200501", endYymm="200512", hsSgn="850799")
    assert customs.sent[0].params["hsSgn"] == "850799"


@pytest.mark.anyio
async def test_a_code_that_does_not_exist_is_refused_with_the_nearest(customs: "Customs") -> None:
    with pytest.raises(InvalidQuery) as caught:
        await customs.call("getNitemtradeList", **JANUARY | {"hsSgn": "850769"})
    assert caught.value.argument == "hsSgn"
    assert "850760" in caught.value.nearest
    assert customs.sent == []


# --- what came is what was asked for


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("2025.01", "8507600000", "CN"), ("2025.02", "8507600000", "CN")], "strtYymm and endYymm (asked 2025-01 to"),
        ([("2025.01", "8507600000", "CN"), ("2025.01", "8507100000", "CN")], "hsSgn (asked 850760; got 8507100000)"),
        ([("2025.01", "8507600000", "CN"), ("2025.01", "8507600000", "US")], "cntyCd (asked CN; got US)"),
        ([("2025.01", "850760", "CN"), ("2025.01", "8507600000", "CN")], "6 and 10 digits"),
    ],
)
async def test_rows_that_were_not_asked_for_or_can_not_be_added_up_are_refused(
    customs: "Customs", rows: list[tuple[str, str, str]], says: str
) -> None:
    customs.gives(*(customs.traded(*row, 1, 2) for row in rows))
    with pytest.raises(UpstreamChanged) as caught:
        await customs.call("getNitemtradeList", **JANUARY)
    assert says in caught.value.message


@pytest.mark.anyio
async def test_a_total_without_rows_is_not_an_empty_answer(customs: "Customs") -> None:
    customs.gives(customs.total(10, 20))
    with pytest.raises(UpstreamChanged, match="total"):
        await customs.call("getNitemtradeList", **JANUARY)
