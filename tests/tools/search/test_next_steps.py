"""What is said to do next where a refused argument shows what was meant."""

from typing import Any

from tradestat_tools.model.arguments import Meaning
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.search.did_you_mean import GENERAL, with_help

MEANINGS = {
    **dict.fromkeys(("country", "partner", "countryCode"), Meaning.AREA),
    **dict.fromkeys(("period", "period_from", "strtYymm"), Meaning.PERIOD),
    **dict.fromkeys(("flow", "flowCode", "trade_flow"), Meaning.FLOW),
}


def step(argument: str, given: Any, *, message: str = "No.", nearest: tuple[str, ...] = ()) -> InvalidQuery:
    error = InvalidQuery(message, argument=argument, allowed="a country", nearest=nearest, source="korea")
    return with_help(MEANINGS[argument], error, given)


def test_several_countries_where_one_is_taken_are_asked_one_by_one_or_of_the_tool_that_takes_several() -> None:
    for given in ["CN,JP", "China; Japan", "China and Japan", "中国、日本", ["CN", "Japan"]]:
        error = step("country", given, nearest=("China (CN, 156)",))
        assert "2 were given" in error.message
        assert "China (CN, 156), Japan (JP, 392)" in error.remedy
        assert "comtrade_data" in error.remedy
        assert (error.nearest, error.allowed, error.source) == ((), "a country", "korea")


def test_what_is_no_list_of_countries_throughout_stays_as_it_is() -> None:
    for given in ["China", "China, nowhere", "nowhere, nothing", "", None, 7, ["CN"], {"a": 1}, "," * 400]:
        error = InvalidQuery("No.", argument="country", nearest=("x",))
        assert with_help(Meaning.AREA, error, given) is error


def test_many_countries_are_not_all_named() -> None:
    error = step("partner", ["CN", "JP", "KR", "DE", "FR", "IT", "ES"])
    assert "7 were given" in error.message
    assert "France (FR, 251) and others" in error.remedy


def test_a_former_area_is_told_where_its_figures_are_and_what_came_after_it() -> None:
    why = "USSR (until 1990) is a former area; its data end with 1990. Later: "
    later = "Armenia, Azerbaijan, Belarus, Estonia, Georgia, Kazakhstan, Kyrgyzstan, Lithuania, Latvia, Moldova, "
    later += "Russian Federation, Tajikistan, Turkmenistan, Ukraine, Uzbekistan."
    error = step("countryCode", "USSR", message=f"No code for USSR. {why}{later}")
    assert "UN Comtrade, where its code is 810" in error.remedy
    assert 'search_codes(kind="country"' in error.remedy


def test_a_country_refused_for_another_reason_is_not_told_that_it_has_no_code() -> None:
    assert step("partner", "China", message="Reporter and partner are the same.").remedy == GENERAL


def test_a_period_written_as_a_number_with_a_point_gets_the_number() -> None:
    for given, near in [("2023.0", "2023"), (" 202401.0 ", "202401")]:
        assert step("period_from", given).nearest == (near,)


def test_a_period_in_words_is_asked_for_in_digits() -> None:
    for given in ["last year", "去年", "작년"]:
        assert "in digits: 2024, 2024-03" in step("strtYymm", given).remedy


def test_a_period_in_digits_stays_as_it_is() -> None:
    for given in ["2023-13", "2024Q7", 20231, None]:
        assert step("period", given).remedy == GENERAL
