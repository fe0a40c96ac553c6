"""What a question's arguments mean, in every usual spelling, and what is refused before anything is sent."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.periods import Period
from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.sources.doumaotong.arguments import (
    DashboardArguments,
    HistoryArguments,
    ProductArguments,
    TrendArguments,
)
from tradestat_tools.sources.doumaotong.calendar import CHINA, due, newest_published
from tradestat_tools.sources.doumaotong.codes import Destination
from tradestat_tools.sources.doumaotong.notes import resolved

MONTHS = [Period(2024, "month", 12), Period(2025, "month", 9)]


def refused(model: Any, argument: str, **asked: object) -> InvalidQuery:
    with pytest.raises(InvalidQuery) as caught:
        parse_arguments(model, asked)
    assert caught.value.argument == argument
    return caught.value


def country(word: object) -> Destination | None:
    return parse_arguments(TrendArguments, {"hsCode": "8507", "countryCode": word}).countryCode


def test_a_product_code_is_read_in_every_usual_spelling() -> None:
    for written, code, cut_from in [
        ("85076000", "85076000", ""), (85076000, "85076000", ""), ("8507.60.00", "85076000", ""),
        ("85.07.60", "850760", ""), ("8507 60", "850760", ""), ("HS 8507", "8507", ""),
        ("8507600000", "85076000", "8507600000"), (" 8507.60.0000 ", "85076000", "8507.60.0000"),
        ("0106.19.10", "01061910", ""), ("85171200", "85171200", ""),
    ]:  # fmt: skip
        goods = parse_arguments(ProductArguments, {"hsCode": written}).hsCode
        assert (goods.code, goods.cut_from) == (code, cut_from)


def test_a_code_that_can_not_be_is_refused() -> None:
    for code, says in [
        ("85", "2 digits"), ("850", "3 digits"), ("8507601", "7 digits"), ("8507600010", "8 digits"),
        ("850799", "no edition"), ("battery", "not an HS code"), ("8507; DROP TABLE x", "not an HS code"),
        ("../../etc/passwd", "not an HS code"), ("8" * 10_000, "characters long"), ("8507\x0060", "control characters"),
        ("", "missing"), (None, "missing"), (True, "hsCode"), (["850760"], "hsCode"),
    ]:  # fmt: skip
        error = refused(ProductArguments, "hsCode", hsCode=code)
        assert says in error.message
        assert error.allowed


def test_a_code_that_is_refused_comes_with_what_can_be_asked() -> None:
    assert refused(ProductArguments, "hsCode", hsCode="850799").nearest[0].startswith("8507")
    assert refused(ProductArguments, "hsCode", hsCode="8507600010").nearest == ("85076000",)
    chapter = refused(ProductArguments, "hsCode", hsCode="85").remedy
    assert 'chapter(hsCode="8501")' in chapter
    assert 'cmdCode="85"' in chapter


def test_a_country_is_known_by_every_code_and_name_and_how_it_was_read_is_noted() -> None:
    for words, code in [
        (("116", 116, "Japan", "JP", "JPN", "日本"), "116"),
        (("133", "KR", "KOR", "Korea", "South Korea", "Korea, Rep.", "韩国", "한국"), "133"),
    ]:  # fmt: skip
        for word in words:
            found = country(word)
            assert found is not None
            assert found.area.china_customs == code
            assert (f"China Customs code {code}" in (found.note or "")) == (str(word) != code)


def test_a_number_is_the_services_own_code_and_any_other_meaning_is_noted() -> None:
    for number, name, says in [
        ("410", "Brazil", "in M49 or UN Comtrade 410 is South Korea (133)"),
        ("116", "Japan", "in M49 or UN Comtrade 116 is Cambodia (107)"), ("156", "China", "is no China Customs code"),
        ("392", "Japan", "392 is no China Customs code; it is Japan in M49"), ("502", "United States", ""),
    ]:  # fmt: skip
        found = country(number)
        assert found is not None
        assert found.area.name_en == name
        assert (says in (found.note or "")) if says else found.note is None


@pytest.mark.parametrize("word", ["", "null", "world", "All countries"])
def test_all_destinations_together_are_none_of_them_and_history_has_no_such_answer(word: str) -> None:
    assert country(word) is None
    error = refused(HistoryArguments, "countryCode", hsCode="8507", countryCode=word)
    assert "missing" in error.message or ("trend" in error.remedy and "markets" in error.remedy)


def test_what_is_no_one_country_is_refused() -> None:
    for word, says, nearest in [
        ("999", "", ()), ("010", "", ()), ("1234", "", ()), ("Jappan", "", ("Japan (116)",)),
        ("Antarctica", "no known China Customs code", ()), ("Congo", "", ("Republic of the Congo (213)", "")),
        ("EU", "one country at a time", ()), ("东盟", "one country at a time", ()),
        ("BRICS", "one country at a time", ()),
    ]:  # fmt: skip
        for model in (TrendArguments, HistoryArguments):
            error = refused(model, "countryCode", hsCode="8507", countryCode=word)
            assert says in error.message
            assert "116 Japan" in str(error.allowed)
            assert len(error.nearest) >= len(nearest)
            assert not nearest or error.nearest[0] == nearest[0]


def test_a_group_comes_with_the_calls_that_have_its_members() -> None:
    remedy = refused(TrendArguments, "countryCode", hsCode="8507", countryCode="Belt and Road").remedy
    assert 'partnerCode="BRI"' in remedy
    assert "`dashboard`" in remedy


def test_the_twelve_months_are_said_by_their_last_one_by_both_ends_or_as_the_newest() -> None:
    for written, month in [
        ("202509", MONTHS[1]), (202509, MONTHS[1]), ("2025年9月", MONTHS[1]), ("2024-10 to 2025-09", MONTHS[1]),
        ("2024", MONTHS[0]), ("latest", None), ("最新", None), ("last 12 months", None), ("null", None),
    ]:  # fmt: skip
        assert parse_arguments(DashboardArguments, {"hsCode": "8507", "currentMonth": written}).currentMonth == month


def test_what_is_no_month_and_no_twelve_months_is_refused() -> None:
    for month in ["2025Q3", "soon", "202513", "1949-10", "2024-01 to 2024-06", "since 2021", "last 5 years", "9" * 41]:
        refused(DashboardArguments, "currentMonth", hsCode="8507", currentMonth=month)


@given(st.text(max_size=80))
def test_no_text_does_anything_but_resolve_or_say_why(text: str) -> None:
    for model, argument in (
        (ProductArguments, "hsCode"),
        (TrendArguments, "countryCode"),
        (DashboardArguments, "currentMonth"),
    ):
        try:
            parse_arguments(model, {"hsCode": "8507", argument: text})
        except InvalidQuery as error:
            assert error.argument == argument


@given(st.datetimes(datetime(2021, 1, 1), datetime(2090, 1, 1)))
def test_the_newest_month_is_the_last_one_whose_day_has_come(naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC)
    newest, in_china = newest_published(now), now.astimezone(CHINA).date()
    assert due(newest) <= in_china < due(newest.shifted(1))


def test_a_december_is_due_in_the_next_year() -> None:
    assert due(Period(2025, "month", 12)) == date(2026, 1, 20)


def test_the_one_8_digit_code_below_a_subheading_is_all_of_it() -> None:
    assert "all of it" in resolved("850760", "85076000")
    assert "not all of 851712" in resolved("851712", "85171210")
