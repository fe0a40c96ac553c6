"""Countries and groups in every usual spelling, arguments as models write them, and the reasons for empty answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.errors import NoData, TooLarge
from tradestat_tools.sources.korea.codes import partner

if TYPE_CHECKING:
    from conftest import Customs

pytestmark = pytest.mark.anyio

MONTH = {"strtYymm": "202401", "endYymm": "202401"}
COUNTRY_TOOLS = {"getNitemtradeList": {"hsSgn": "8507"}, "getNationtradeList": {}}
ASEAN = ("BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "VN")


def texts(answer: Any, code: str) -> list[str]:
    return [note.text for note in answer.notes if note.code == code]


def row(customs: "Customs", tool: str, country: str, exports: int, imports: int) -> str:
    """A row of January 2024 of either tool that has countries."""
    if tool == "getNitemtradeList":
        return customs.traded("2024.01", "850760", country, exports, imports)
    money = {"expCnt": 1, "expDlr": exports, "impCnt": 1, "impDlr": imports}
    return customs.item(year="2024.01", statCd=country, statCdCntnKor1=f"{country} 이름", **money)


# --- countries


@pytest.mark.parametrize("tool", COUNTRY_TOOLS)
@pytest.mark.parametrize("word", ["KR", "KOR", "410", "Korea", "South Korea", "Republic of Korea", "韩国", "한국"])
async def test_korea_is_known_by_every_code_and_name_and_the_code_is_echoed(
    customs: "Customs", tool: str, word: str
) -> None:
    customs.gives(row(customs, tool, "KR", 10, 5))
    answer = await customs.call(tool, **MONTH, **COUNTRY_TOOLS[tool], cntyCd=word)
    assert customs.sent[0].params["cntyCd"] == "KR"
    assert answer.data.cntyCd == "KR"
    assert any("South Korea (KR)" in text for text in texts(answer, "resolved_code")) is (word != "KR")


@pytest.mark.parametrize(
    ("word", "code"), [("US", "US"), ("USA", "US"), ("842", "US"), ("840", "US"), ("미국", "US"), ("美国", "US")]
)
async def test_a_number_may_be_m49_or_un_comtrades(customs: "Customs", word: str, code: str) -> None:
    customs.gives(row(customs, "getNationtradeList", code, 10, 5))
    assert (await customs.call("getNationtradeList", **MONTH, cntyCd=word)).data.cntyCd == code


# --- groups


@pytest.mark.parametrize("tool", COUNTRY_TOOLS)
@pytest.mark.parametrize("word", ["ASEAN", "asean", "东盟", "아세안"])
async def test_a_group_is_one_call_for_all_countries_of_which_its_members_are_kept(
    customs: "Customs", tool: str, word: str
) -> None:
    others = row(customs, tool, "CN", 1000, 500)
    customs.gives(row(customs, tool, "VN", 30, 20), others, row(customs, tool, "SG", 8, 4))
    answer = await customs.call(tool, **MONTH, **COUNTRY_TOOLS[tool], cntyCd=word)
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
    (missing,) = [note for note in answer.notes if note.code == "absent"]
    assert missing.text.startswith("No row for Brunei Darussalam, Indonesia, ")
    assert "Viet Nam" not in missing.text
    assert missing.reason == "zero"
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
    (missing,) = [note for note in answer.notes if note.code == "absent"]
    assert "rows may be missing" in missing.text
    assert missing.reason is None


async def test_korea_is_not_its_own_partner_in_a_group_it_belongs_to(customs: "Customs") -> None:
    rows = [row(customs, "getNationtradeList", code, 10, 5) for code in ("KR", "US", "JP", "CN")]
    customs.gives(*rows)
    answer = await customs.call("getNationtradeList", **MONTH, cntyCd="OECD")
    assert answer.data.rows.statCd == ["US", "JP"]
    assert "Korea, a member itself, is left out" in texts(answer, "resolved_code")[0]


def test_members_are_those_of_the_years_asked() -> None:
    assert "GB" in partner("EU").in_years(2018, 2018).members
    then = partner("EU").in_years(2019, 2021)
    assert "GB" not in then.members
    assert "2020-01-31: United Kingdom" in (then.note or "")


def test_no_code_of_the_service_is_taken_for_a_group() -> None:
    assert [partner(word).group is not None for word in ("ZZ", "US", "EU")] == [False, False, True]


async def test_all_goods_by_code_with_a_group_are_too_many_calls_and_the_error_says_how_many(
    customs: "Customs",
) -> None:
    with pytest.raises(TooLarge) as caught:
        await customs.call("getNitemtradeList", strtYymm="202401", endYymm="202412", cntyCd="ASEAN")
    assert "would take 10 calls, 1 for each country; nothing was sent" in caught.value.message
    assert 'getNationtradeList(strtYymm="202401", endYymm="202412", cntyCd="ASEAN")' in caught.value.remedy
    assert customs.sent == []


async def test_a_chapter_with_a_group_is_bounded_as_with_all_countries(customs: "Customs") -> None:
    with pytest.raises(TooLarge) as caught:
        await customs.call("getNitemtradeList", strtYymm="202401", endYymm="202501", hsSgn="85", cntyCd="EU")
    assert "2 calls" in caught.value.message
    assert customs.sent == []


# --- arguments as models write them


@pytest.mark.parametrize(
    ("tool", "loose", "sent"),
    [
        ("getNitemtradeList", {"hsSgn": 850760, "cntyCd": "null"}, {"hsSgn": "850760"}),
        ("getNitemtradeList", {"hsSgn": "null", "cntyCd": "us"}, {"cntyCd": "US"}),
        ("getNitemtradeList", {"hsSgn": "8507.60", "cntyCd": 156}, {"hsSgn": "850760", "cntyCd": "CN"}),
        ("getItemtradeList", {"hsSgn": "none"}, {}),
        ("getItemtradeList", {"hsSgn": 8507}, {"hsSgn": "8507"}),
        ("getNationtradeList", {"cntyCd": "undefined"}, {}),
        ("getNationtradeList", {"cntyCd": None}, {}),
        ("getNewtradeList", {}, {}),
    ],
)
async def test_numbers_for_text_and_null_for_nothing_are_understood(
    customs: "Customs", tool: str, loose: dict[str, Any], sent: dict[str, str]
) -> None:
    customs.gives()
    with pytest.raises(NoData):
        await customs.call(tool, strtYymm=202401, endYymm=" 2024-01 ", **loose)
    params = {name: value for name, value in customs.sent[0].params.items() if name != "serviceKey"}
    assert params == {"strtYymm": "202401", "endYymm": "202401", **sent}


# --- why an answer is empty


async def empty(customs: "Customs", tool: str = "getNitemtradeList", **asked: Any) -> NoData:
    with pytest.raises(NoData) as caught:
        await customs.call(tool, **asked)
    return caught.value


def reasons(error: NoData) -> list[tuple[str, bool]]:
    return [(why.reason.value, why.sure) for why in error.why]


@pytest.mark.parametrize(
    ("asked", "expected", "remedy"),
    [
        (
            {"strtYymm": "202401", "endYymm": "202412", "hsSgn": "850760", "cntyCd": "AQ"},
            [("zero", False)],
            'getNitemtradeList(strtYymm="202401", endYymm="202412", hsSgn="850760")',
        ),
        (
            {"strtYymm": "202301", "endYymm": "202312", "hsSgn": "851712"},
            [("code_retired", True)],
            'hsSgn="851713"',
        ),
        (
            {"strtYymm": "202001", "endYymm": "202012", "hsSgn": "851713", "cntyCd": "CN"},
            [("code_retired", True)],
            'hsSgn="851712", cntyCd="CN"',
        ),
        (
            {"strtYymm": "202101", "endYymm": "202212", "hsSgn": "851712", "cntyCd": "CN"},
            [("code_retired", False), ("zero", False)],
            'hsSgn="851713", cntyCd="CN"',
        ),
        (
            {"strtYymm": "202401", "endYymm": "202412", "hsSgn": "8507601000"},
            [("code_retired", False), ("zero", False)],
            'hsSgn="850760"',
        ),
        (
            {"strtYymm": "202609", "endYymm": "202609", "hsSgn": "850760"},
            [("zero", False)],  # 20 October in Seoul: five days after the day of publication
            'hsSgn="8507"',
        ),
        (
            {"strtYymm": "200501", "endYymm": "200512", "cntyCd": "CN"},
            [("zero", False), ("not_covered", False)],
            'strtYymm="last 12 months", endYymm="latest", cntyCd="CN"',
        ),
        (
            {"strtYymm": "202401", "endYymm": "202412", "hsSgn": "8507", "cntyCd": "KR"},
            [("not_covered", False), ("zero", False)],
            'hsSgn="8507")',
        ),
    ],
)
async def test_an_empty_answer_names_its_reasons_and_the_next_call(
    customs: "Customs", asked: dict[str, str], expected: list[tuple[str, bool]], remedy: str
) -> None:
    customs.gives()
    error = await empty(customs, **asked)
    assert reasons(error) == expected
    assert remedy in error.remedy


async def test_a_newest_month_that_may_be_late_is_told_first(customs: "Customs") -> None:
    customs.now = customs.now.replace(day=16)
    customs.gives()
    error = await empty(customs, strtYymm="202609", endYymm="202609", hsSgn="850760")
    assert reasons(error) == [("not_yet_published", False), ("zero", False)]
    assert "about 2026-10-15" in error.why[0].text


async def test_no_trade_is_certain_where_a_stored_answer_shows_the_code_with_other_countries(
    customs: "Customs", stored: Callable[..., Any]
) -> None:
    customs.gives(customs.traded("2024.01", "850760", "CN", 10, 5))
    customs.gives()
    error = await stored({**MONTH, "hsSgn": "8507"}, {**MONTH, "hsSgn": "8507", "cntyCd": "AQ"})
    assert reasons(error) == [("zero", True)]
    assert len(customs.sent) == 2


async def test_a_stored_answer_for_other_months_proves_nothing(customs: "Customs", stored: Callable[..., Any]) -> None:
    customs.gives(customs.traded("2024.01", "850760", "CN", 10, 5))
    customs.gives()
    later = {"strtYymm": "202402", "endYymm": "202402", "hsSgn": "8507", "cntyCd": "AQ"}
    assert reasons(await stored({**MONTH, "hsSgn": "8507"}, later)) == [("zero", False)]


async def test_a_group_without_rows_beside_other_countries_has_no_trade_for_certain(customs: "Customs") -> None:
    customs.gives(customs.traded("2024.01", "850760", "CN", 10, 5))
    error = await empty(customs, **MONTH, hsSgn="8507", cntyCd="ASEAN")
    assert reasons(error) == [("zero", True)]
    assert "(ASEAN)" in error.message


async def test_a_group_without_rows_is_not_certain_where_no_country_has_any_in_some_months(customs: "Customs") -> None:
    customs.gives(customs.traded("2024.01", "850760", "CN", 10, 5))
    error = await empty(customs, strtYymm="202401", endYymm="202402", hsSgn="8507", cntyCd="ASEAN")
    assert reasons(error) == [("zero", False)]


async def test_a_group_without_rows_in_an_answer_with_rows_missing_is_not_certain(customs: "Customs") -> None:
    customs.gives(customs.traded("2024.01", "850760", "CN", 10, 5), customs.total(999, 5))
    error = await empty(customs, **MONTH, hsSgn="8507", cntyCd="ASEAN")
    assert reasons(error) == [("zero", False)]


async def test_months_of_a_series_without_a_row_say_why(customs: "Customs") -> None:
    customs.gives(
        customs.traded("2021.03", "8517120000", "CN", 10, 5), customs.traded("2021.05", "8517120000", "CN", 1, 5)
    )
    customs.gives()
    answer = await customs.call("getNitemtradeList", strtYymm="202102", endYymm="202203", hsSgn="851712", cntyCd="CN")
    absent = [(note.reason, note.text) for note in answer.notes if note.code == "absent"]
    assert [reason for reason, _ in absent] == ["code_retired", "zero", None]
    assert "2022.01, 2022.02, 2022.03: HS 851712 is not in the edition of that time" in absent[0][1]
    assert "2021.04" in absent[1][1]
    assert "2021.02: nothing was recorded, or the service does not have these months" in absent[2][1]


async def test_a_ten_digit_code_that_stops_may_have_been_dropped(customs: "Customs") -> None:
    rows = [customs.traded(f"2024.{month}", "8507601000", "CN", 10, 5) for month in ("01", "03")]
    customs.gives(*rows)
    answer = await customs.call("getNitemtradeList", strtYymm="202401", endYymm="202404", hsSgn="8507601000")
    absent = [(note.reason, note.text) for note in answer.notes if note.code == "absent"]
    assert [(reason, "2024.02" in text, "2024.04" in text) for reason, text in absent] == [
        ("zero", True, False),
        (None, False, True),
    ]


async def test_a_zero_beside_the_other_flow_is_a_zero_of_the_reporter(customs: "Customs") -> None:
    customs.gives(customs.traded("2024.01", "850760", "CN", 10, 0))
    answer = await customs.call("getNitemtradeList", **MONTH, hsSgn="8507", cntyCd="CN")
    assert [note.reason for note in answer.notes if note.code == "zero"] == ["zero"]
