"""Arguments in every usual form, and those that are refused before anything is sent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.sources.korea.arguments import (
    ItemtradeArguments,
    NationtradeArguments,
    NitemtradeArguments,
    TradeArguments,
)
from tradestat_tools.sources.korea.codes import EVERYONE, partner

YEAR: dict[str, Any] = {"strtYymm": "202401", "endYymm": "202412"}


def read(**asked: Any) -> NitemtradeArguments:
    return parse_arguments(NitemtradeArguments, YEAR | asked)


def refused(**asked: Any) -> InvalidQuery:
    with pytest.raises(InvalidQuery) as caught:
        read(**asked)
    return caught.value


def test_one_of_code_and_country_is_needed_and_the_world_is_no_country() -> None:
    for country in ("", "World"):
        error = refused(cntyCd=country)
        assert error.argument == "hsSgn"
        assert "cntyCd" in error.message


def test_eight_digits_are_refused_and_the_six_digit_head_is_named() -> None:
    for code in ("85076010", "85076000", "8507.60.00", 85076010):
        error = refused(hsSgn=code)
        assert (error.argument, error.nearest) == ("hsSgn", ("850760",))


def test_codes_of_other_lengths_and_other_text_are_refused() -> None:
    for code in ("8", "850", "85076", "850760100", "85076000001", "ABCD", "85; DROP TABLE", "../85"):
        error = refused(hsSgn=code)
        assert error.argument == "hsSgn"
        assert "2, 4, 6 or 10 digits" in (error.allowed or "")


def test_countries_that_are_unknown_or_not_reported_are_refused() -> None:
    for country, near in (
        ("Chnia", "China"),
        ("Kosovo", ""),
        ("QQ", ""),
        ("Republic of China", "China"),
        ("Congo", "Congo"),
        ("x" * 81, ""),
    ):
        error = refused(hsSgn="85", cntyCd=country)
        assert error.argument == "cntyCd"
        assert near in " ".join(error.nearest)


def test_what_is_no_month_is_refused() -> None:
    for text in ("202413", "202400", "20240101", "yesterday", "2024-1-1", True, ["202401"]):
        assert refused(strtYymm=text, hsSgn="85").argument == "strtYymm"


def test_numbers_for_text_and_null_for_nothing_are_understood() -> None:
    for asked, hs, code in (
        ({"hsSgn": 850760, "cntyCd": "null"}, "850760", ""),
        ({"hsSgn": "null", "cntyCd": "us"}, "", "US"),
        ({"hsSgn": " 8507.60 ", "cntyCd": 156, "strtYymm": 202401, "endYymm": " 2024-01 "}, "850760", "CN"),
        ({"hsSgn": "85.07", "cntyCd": None}, "8507", ""),
    ):
        found = read(**asked)
        assert (found.hs, found.partner.id) == (hs, code)
    for model in (ItemtradeArguments, NationtradeArguments, TradeArguments):
        alone = parse_arguments(model, YEAR)
        assert (alone.hs, alone.partner) == ("", EVERYONE)


def test_countries_are_known_by_every_code_and_name() -> None:
    for code, words in (
        ("KR", "KR KOR 410 Korea 韩国 한국"),
        ("CN", "CN cn CHN 156"),
        ("US", "US USA 842 840 미국 美国"),
        ("JP", "Japan 日本"),
        ("ZZ", "zz"),
    ):
        for word in words.split():
            found = partner(word)
            assert found.code == code
            assert (found.note is None) is (code in (word, "ZZ"))
    assert partner("Republic of Korea").code == "KR"


def test_a_group_is_known_by_its_names_and_no_code_of_the_service_is_taken_for_one() -> None:
    for word in ("ASEAN", "asean", "东盟", "아세안"):
        assert partner(word).id == "ASEAN"
    assert [partner(word).group is not None for word in ("ZZ", "US", "EU")] == [False, False, True]


def test_members_are_those_of_the_years_asked_without_korea_itself() -> None:
    assert "GB" in partner("EU").in_years(2018, 2018).members
    then = partner("EU").in_years(2019, 2021)
    assert "GB" not in then.members
    assert "2020-01-31: United Kingdom" in (then.note or "")
    oecd = partner("OECD").in_years(2024, 2024)
    assert "KR" not in oecd.members
    assert "Korea, a member itself, is left out" in (oecd.note or "")


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
