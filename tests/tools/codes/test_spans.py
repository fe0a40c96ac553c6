"""Ranges of periods as people and models write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.periods import FIRST_YEAR, Frequency, Period, period
from tradestat_tools.codes.spans import MOST_COUNTED, Span, span
from tradestat_tools.codes.words import CodeError

NEWEST: dict[Frequency, Period] = {
    "year": Period(2025),
    "quarter": Period(2026, "quarter", 2),
    "month": Period(2026, "month", 9),
}


def between(text: str | int, frequency: Frequency | None = None) -> tuple[str, str]:
    first, last = span(text).between(NEWEST.__getitem__, frequency=frequency)
    return str(first), str(last)


def test_a_range_of_years_is_read_in_every_usual_spelling() -> None:
    for text in [
        *("2018-2022", "2018 - 2022", "2018–2022", "2018..2022", "2018:2022", "2018 to 2022", "from 2018 to 2022"),
        *("between 2018 and 2022", "2018 through 2022", "2018年至2022年", "2018~2022", "2018 until 2022", "2018/2022"),
        *("2018-2022年", "2018년부터 2022년까지", "2018년-2022년"),
    ]:  # fmt: skip
        assert between(text) == ("2018", "2022")


def test_a_range_of_months_is_read_in_every_usual_spelling() -> None:
    for text in [
        *("202401-202406", "2024-01..2024-06", "2024-01 to 2024-06", "Jan 2024 to Jun 2024", "Jan-Jun 2024", "H1 2024"),
        *("January - June 2024", "2024H1", "2024年1月至6月", "2024年1-6月", "2024-01 - 2024-06", "2024-01-2024-06"),
        *("Jan 2024-Jun 2024", "1/2024 - 6/2024"),
    ]:  # fmt: skip
        assert between(text) == ("2024-01", "2024-06")


def test_a_range_of_quarters_is_read() -> None:
    for text in ["2023Q1-2023Q4", "2023Q1-Q4", "Q1 2023 to Q4 2023", "2023Q1..2023Q4"]:
        assert between(text) == ("2023Q1", "2023Q4")


def test_latest_is_the_newest_that_the_source_has_published() -> None:
    for text in ["latest", "Latest", "the latest", "newest", "most recent", "最新", "최신"]:
        assert span(text).leans_on_newest
        assert between(text) == ("2025", "2025")
        assert between(text, "month") == ("2026-09", "2026-09")


def test_latest_month_says_its_own_frequency() -> None:
    assert between("latest month") == ("2026-09", "2026-09")
    assert between("latest quarter") == ("2026Q2", "2026Q2")


def test_the_last_five_years_are_counted_from_the_newest() -> None:
    for text in [
        *("last 5 years", "the last 5 years", "past 5 years", "最近5年", "최근 5년", "latest 5 years"),
        "last five years", "过去五年",
    ]:  # fmt: skip
        assert between(text) == ("2021", "2025")


def test_twelve_months_are_counted_from_the_newest_month_and_a_year_of_months_is_twelve() -> None:
    assert between("last 12 months") == ("2025-10", "2026-09")
    assert between("last 2 years", "month") == ("2024-10", "2026-09")
    assert between("last 4 quarters") == ("2025Q3", "2026Q2")
    assert between("last 24 months", "year") == ("2024", "2025")


def test_months_that_are_no_whole_years_are_refused_where_years_are_wanted() -> None:
    with pytest.raises(CodeError, match="no whole number of years"):
        between("last 10 months", "year")


def test_an_open_range_ends_with_the_newest() -> None:
    for text in [
        "since 2019", "from 2019", "2019-", "2019..", "2019 onwards", "2019-latest", "2019 to now", "2019+",
    ]:  # fmt: skip
        assert between(text) == ("2019", "2025")


def test_an_open_range_that_begins_after_the_newest_says_what_is_out() -> None:
    with pytest.raises(CodeError, match="2027 is not out yet; the newest is 2025"):
        between("since 2027")


def test_a_year_is_its_months_where_months_are_wanted() -> None:
    for text in ["2024", 2024, "2024年"]:
        assert between(text, "month") == ("2024-01", "2024-12")
        assert between(text, "quarter") == ("2024Q1", "2024Q4")


def test_a_month_is_refused_where_years_are_wanted_with_the_year_as_example() -> None:
    with pytest.raises(CodeError) as caught:
        between("2024-03", "year")
    assert "2024-03 is a month" in caught.value.message
    assert "2024" in caught.value.allowed


def test_two_digits_after_a_year_are_not_guessed_at() -> None:
    with pytest.raises(CodeError) as caught:
        span("2018-22")
    assert caught.value.allowed == "2018-2022"
    with pytest.raises(CodeError, match="no month 13"):  # 2024 to 2013 would be no range
        span("2024-13")
    assert between("2018-12") == ("2018-12", "2018-12")


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    for text in ["2022-2018", "2024-06..2024-01", "Jun-Jan 2024", "2023Q4-Q1"]:
        with pytest.raises(CodeError, match="lies before"):
            span(text)


def test_what_is_no_range_is_refused_with_what_is() -> None:
    for text in ["", "soon", "last few years", "2024-13", "last 0 years", "last 999 years", "1800-1900"]:
        with pytest.raises(CodeError) as caught:
            span(text)
        assert caught.value.allowed


@given(st.text(max_size=60))
def test_no_text_crashes(text: str) -> None:
    try:
        found = span(text)
    except CodeError:
        return
    assert found.first or found.last or 1 <= found.count <= MOST_COUNTED


YEARS = st.integers(FIRST_YEAR, 2025)


@given(YEARS, YEARS)
def test_what_a_range_is_written_as_is_what_is_read(one: int, other: int) -> None:
    first, last = sorted((one, other))
    assert span(f"{first}-{last}") == Span(Period(first), Period(last))
    assert span(f"{first}..{last}").between(NEWEST.__getitem__) == (period(first), period(last))
