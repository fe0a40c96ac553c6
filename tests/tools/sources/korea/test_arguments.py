"""Questions that are refused before anything is sent, and spellings that are read."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.periods import format_yyyymm, month
from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery, NoData, TooLarge
from tradestat_tools.sources.korea import SOURCE
from tradestat_tools.sources.korea.arguments import NitemtradeArguments
from tradestat_tools.sources.korea.calendar import months_asked

if TYPE_CHECKING:
    from conftest import Customs

YEAR: dict[str, Any] = {"strtYymm": "202401", "endYymm": "202412"}


async def refused(customs: "Customs", tool: str, kind: type[Any] = InvalidQuery, **arguments: Any) -> Any:
    with pytest.raises(kind) as caught:
        await customs.call(tool, **arguments)
    assert customs.sent == []
    return caught.value


@pytest.mark.anyio
async def test_one_of_code_and_country_is_needed(customs: "Customs") -> None:
    error = await refused(customs, "getNitemtradeList", **YEAR)
    assert error.argument == "hsSgn"
    assert "cntyCd" in error.message


@pytest.mark.anyio
async def test_the_world_is_no_country_to_ask_for_all_goods_of(customs: "Customs") -> None:
    assert "cntyCd" in (await refused(customs, "getNitemtradeList", **YEAR, cntyCd="World")).message


@pytest.mark.anyio
@pytest.mark.parametrize("code", ["85076010", "85076000", "8507.60.00", 85076010])
async def test_eight_digits_are_refused_and_the_six_digit_head_is_named(customs: "Customs", code: str | int) -> None:
    error = await refused(customs, "getNitemtradeList", **YEAR, hsSgn=code)
    assert error.argument == "hsSgn"
    assert error.nearest == ("850760",)


@pytest.mark.anyio
@pytest.mark.parametrize("code", ["8", "850", "85076", "850760100", "85076000001", "ABCD", "85; DROP TABLE", "../85"])
async def test_codes_of_other_lengths_and_other_text_are_refused(customs: "Customs", code: str) -> None:
    error = await refused(customs, "getItemtradeList", **YEAR, hsSgn=code)
    assert error.argument == "hsSgn"
    assert "2, 4, 6 or 10 digits" in error.allowed


@pytest.mark.anyio
async def test_a_code_that_does_not_exist_is_refused_with_the_nearest(customs: "Customs") -> None:
    error = await refused(customs, "getNitemtradeList", **YEAR, hsSgn="850769")
    assert error.argument == "hsSgn"
    assert "850760" in error.nearest


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("country", "nearest"),
    [("Chnia", "China"), ("Kosovo", ""), ("QQ", ""), ("Republic of China", "China"), ("Congo", "Congo")],
)
async def test_countries_that_are_unknown_or_not_reported_are_refused(
    customs: "Customs", country: str, nearest: str
) -> None:
    error = await refused(customs, "getNationtradeList", **YEAR, cntyCd=country)
    assert error.argument == "cntyCd"
    assert nearest in " ".join(error.nearest)


@pytest.mark.anyio
async def test_an_end_before_the_start_is_refused(customs: "Customs") -> None:
    error = await refused(customs, "getNewtradeList", strtYymm="202412", endYymm="202401")
    assert error.argument == "endYymm"


@pytest.mark.anyio
@pytest.mark.parametrize("month", ["202413", "202400", "20240101", "yesterday", "2024-1-1", True, ["202401"]])
async def test_what_is_no_month_is_refused(customs: "Customs", month: Any) -> None:
    error = await refused(customs, "getNewtradeList", strtYymm=month, endYymm="202412")
    assert error.argument == "strtYymm"


@pytest.mark.anyio
async def test_the_total_of_a_month_can_be_had_before_the_fifteenth(customs: "Customs") -> None:
    customs.now = customs.now.replace(month=10, day=2)
    counts = {"expCnt": 1, "expDlr": 10, "impCnt": 1, "impDlr": 5}
    customs.gives(customs.item(year="2026.09", **counts))
    answer = await customs.call("getNewtradeList", strtYymm="202609", endYymm="202609")
    assert answer.data.rows.expDlr == [10]
    assert [note.code for note in answer.notes if note.code == "lag"] == ["lag"]
    customs.sent.clear()
    error = await refused(customs, "getNationtradeList", NoData, strtYymm="202609", endYymm="202609")
    assert 'strtYymm="202608", endYymm="202608"' in error.remedy
    assert 'getNewtradeList(strtYymm="202609", endYymm="202609")' in error.remedy


@pytest.mark.anyio
async def test_more_than_ten_years_are_too_much_and_the_error_names_the_calls(customs: "Customs") -> None:
    error = await refused(
        customs, "getNitemtradeList", TooLarge, strtYymm="201001", endYymm="202001", hsSgn="8507", cntyCd="CN"
    )
    assert "11 calls" in error.message
    assert "120 months" in error.remedy


@pytest.mark.anyio
@pytest.mark.parametrize("asked", [{"hsSgn": "85"}, {"cntyCd": "CN"}])
async def test_a_question_with_thousands_of_rows_a_month_may_take_one_call(
    customs: "Customs", asked: dict[str, str]
) -> None:
    error = await refused(customs, "getNitemtradeList", TooLarge, strtYymm="202401", endYymm="202501", **asked)
    assert "2 calls" in error.message
    assert "12 months" in error.remedy


@pytest.mark.anyio
async def test_unknown_arguments_are_refused_by_name(customs: "Customs") -> None:
    error = await refused(customs, "getNitemtradeList", **YEAR, hsCode="8507")
    assert error.argument == "hsCode"


@pytest.mark.parametrize(
    ("first", "last", "read"),
    [
        ("2024-03", "2024-05", ("202403", "202405")),
        (202403, 202405, ("202403", "202405")),
        ("2024.3", "May 2024", ("202403", "202405")),
        ("2024年3月", "2024년 5월", ("202403", "202405")),
        ("2024", "2024", ("202401", "202412")),
        ("2024Q1", "2024Q2", ("202401", "202406")),
    ],
)
def test_months_are_read_in_every_usual_spelling(first: Any, last: Any, read: tuple[str, str]) -> None:
    arguments = parse_arguments(NitemtradeArguments, {"strtYymm": first, "endYymm": last, "hsSgn": "85"})
    asked = months_asked(arguments.strtYymm, arguments.endYymm, month("202609"))
    assert (format_yyyymm(asked.start), format_yyyymm(asked.end)) == read


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("spelled", "code"),
    [
        ("CN", "CN"),
        ("cn", "CN"),
        ("CHN", "CN"),
        ("156", "CN"),
        (156, "CN"),
        ("Japan", "JP"),
        ("日本", "JP"),
        ("zz", "ZZ"),
    ],
)
async def test_countries_are_read_in_every_usual_spelling_and_sent_as_the_service_writes_them(
    customs: "Customs", spelled: str | int, code: str
) -> None:
    customs.gives(customs.traded("2024.01", "8507", code, 10, 20))
    answer = await customs.call("getNitemtradeList", strtYymm="202401", endYymm="202401", hsSgn="85.07", cntyCd=spelled)
    assert customs.sent[0].params["cntyCd"] == code
    assert customs.sent[0].params["hsSgn"] == "8507"
    assert answer.data.cntyCd == code


@pytest.mark.anyio
async def test_a_name_read_as_a_code_is_told(customs: "Customs") -> None:
    customs.gives(customs.traded("2024.01", "850760", "CN", 10, 20))
    answer = await customs.call("getNitemtradeList", strtYymm="202401", endYymm="202401", hsSgn="8507", cntyCd="China")
    (note,) = [note for note in answer.notes if note.code == "resolved_code"]
    assert "China (CN)" in note.text
    assert "mainland" in note.text


@pytest.mark.anyio
async def test_an_old_code_is_passed_on_for_years_whose_editions_are_not_known(customs: "Customs") -> None:
    customs.gives(customs.traded("2005.01", "8507990000", "CN", 10, 20))
    await customs.call("getNitemtradeList", strtYymm="200501", endYymm="200512", hsSgn="850799")
    assert customs.sent[0].params["hsSgn"] == "850799"


@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=400), st.text(max_size=400))
def test_any_text_is_read_or_refused_and_nothing_else(first: str, last: str, code: str, country: str) -> None:
    asked = {"strtYymm": first, "endYymm": last, "hsSgn": code, "cntyCd": country}
    try:
        read = parse_arguments(NitemtradeArguments, asked)
    except InvalidQuery as error:
        assert error.argument in asked
    else:
        assert read.strtYymm.first or read.strtYymm.count
        assert read.hs.isdecimal() or not read.hs


@pytest.mark.parametrize("endpoint", SOURCE.tools, ids=lambda endpoint: endpoint.name)
def test_schemas_are_flat_and_descriptions_short(endpoint: Any) -> None:
    schema = endpoint.arguments.model_json_schema()
    assert not {"anyOf", "oneOf", "allOf", "$defs"} & set(schema)
    for field in schema["properties"].values():
        assert field["type"] == "string"
        assert field["maxLength"] <= 80
        assert field["description"]
    for name in ("strtYymm", "endYymm"):
        assert re.search(schema["properties"][name]["pattern"], "2024-01")
    assert len(endpoint.description) < 600
