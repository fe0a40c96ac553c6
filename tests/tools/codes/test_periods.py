import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.periods import (
    FIRST_YEAR,
    LAST_YEAR,
    Period,
    check_order,
    count_between,
    format_yyyymm,
    from_yyyyqq,
    month,
    month_of,
    months_between,
    period,
    periods_between,
    split_months,
    year,
)
from tradestat_tools.codes.words import CodeError

MONTHS = st.builds(Period, st.integers(FIRST_YEAR, LAST_YEAR), st.just("month"), st.integers(1, 12))
QUARTERS = st.builds(Period, st.integers(FIRST_YEAR, LAST_YEAR), st.just("quarter"), st.integers(1, 4))
YEARS = st.builds(Period, st.integers(FIRST_YEAR, LAST_YEAR))


def test_a_month_is_read_in_every_usual_spelling() -> None:
    for text in [
        "202503", 202503, "2025-03", "2025.03", "2025/3", "2025.3", "2025M03", "2025m3", "Mar 2025", "march 2025",
        "Mar. 2025", "2025 March", "2025年3月", "2025년 3월", " 2025-03 ",
    ]:  # fmt: skip
        assert period(text) == Period(2025, "month", 3)


def test_a_year_is_read() -> None:
    for text in ["2025", 2025, "2025年", " 2025 "]:
        assert period(text) == Period(2025)


def test_a_quarter_needs_the_letter_q() -> None:
    for text in ["2025Q2", "2025-Q2", "2025 q2", "Q2 2025", "2025年2季度", "2025年第二季度", "2025년 2분기"]:
        assert period(text) == Period(2025, "quarter", 2)


def test_six_digits_are_a_month_and_a_quarter_only_by_the_function_for_it() -> None:
    assert period("202502") == Period(2025, "month", 2)
    assert from_yyyyqq("202502") == Period(2025, "quarter", 2)
    with pytest.raises(CodeError, match="There is no quarter 5"):
        from_yyyyqq("202505")


def test_what_is_no_period_is_refused_with_the_reason() -> None:
    for text, says in [
        ("202513", "There is no month 13"), ("202500", "There is no month 0"), ("2025-13", "There is no month 13"),
        ("2025Q5", "There is no quarter 5"), ("1961", "1961 is not a year of trade statistics"),
        ("2101", "2101 is not a year of trade statistics"), ("999912", "9999 is not a year"),
        ("", "is not a period"), ("Smarch 2025", "is not a period"), ("202503 " + "0" * 5000, "is not a period"),
        ("2025-03-01", "is not a period"), ("-2025", "is not a period"),
    ]:  # fmt: skip
        with pytest.raises(CodeError, match=says) as caught:
            period(text)
        assert "202503" in caught.value.allowed


def test_an_october_that_may_have_lost_its_zero_is_not_read_as_january() -> None:
    with pytest.raises(CodeError, match="can be January or October"):
        period("2025.1")
    assert period("2025.10") == Period(2025, "month", 10)
    assert period("2025-1") == Period(2025, "month", 1)


@given(st.one_of(MONTHS, QUARTERS, YEARS))
def test_a_period_is_read_back_from_how_it_is_written(one: Period) -> None:
    assert period(str(one)) == one


@given(MONTHS)
def test_a_month_round_trips_through_six_digits(one: Period) -> None:
    assert month(format_yyyymm(one)) == one
    assert month(int(format_yyyymm(one))) == one


@given(QUARTERS)
def test_a_quarter_round_trips_through_trade_maps_form(one: Period) -> None:
    assert from_yyyyqq(f"{one.year}{one.number:02d}") == one


@given(st.text(max_size=40) | st.text(alphabet="0123456789-/.QM年月 ", max_size=10) | st.integers())
def test_no_text_breaks_the_reader(text: str | int) -> None:
    try:
        found = period(text)
    except CodeError:
        return
    assert FIRST_YEAR <= found.year <= LAST_YEAR


def test_another_frequency_than_asked_for_is_refused() -> None:
    with pytest.raises(CodeError, match="is a year, not a month"):
        month("2025")
    with pytest.raises(CodeError, match="is a month, not a year"):
        year("202503")
    with pytest.raises(CodeError, match="is a quarter, not a month"):
        format_yyyymm(Period(2025, "quarter", 1))


def test_periods_are_ordered_in_time() -> None:
    in_order = ["2024-12", "2025", "2025Q1", "2025-01", "2025-02", "2025Q2", "2025-04", "2026"]
    assert [str(p) for p in sorted(period(text) for text in reversed(in_order))] == in_order
    assert len({period("202503"), period("2025-03"), period("2025")}) == 2


@given(st.one_of(MONTHS, QUARTERS, YEARS), st.one_of(MONTHS, QUARTERS, YEARS))
def test_order_is_total_and_agrees_with_equality(a: Period, b: Period) -> None:
    assert (a < b) + (b < a) + (a == b) == 1


def test_first_and_last_months() -> None:
    quarter = Period(2025, "quarter", 2)
    assert (str(quarter.first_month), str(quarter.last_month)) == ("2025-04", "2025-06")
    assert (str(year("2025").first_month), str(year("2025").last_month)) == ("2025-01", "2025-12")


def test_months_are_counted_with_both_ends() -> None:
    assert months_between(month("202501"), month("202503")) == 3
    assert months_between(month("202503"), month("202503")) == 1
    assert months_between(month("202411"), month("202602")) == 16
    assert months_between(year("2024"), year("2025")) == 24


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(CodeError, match="lies before"):
        months_between(month("202503"), month("202502"))
    with pytest.raises(CodeError, match="lies before"):
        split_months(month("202503"), month("202502"), 12)
    with pytest.raises(CodeError, match="lies before"):
        check_order(year("2025"), month("202412"))
    check_order(year("2025"), month("202503"))


def test_a_long_span_is_split_in_runs_of_at_most_twelve_months() -> None:
    runs = split_months(month("202401"), month("202503"), 12)
    assert [(format_yyyymm(a), format_yyyymm(b)) for a, b in runs] == [("202401", "202412"), ("202501", "202503")]
    assert split_months(month("202401"), month("202412")) == [(month("202401"), month("202412"))]
    with pytest.raises(CodeError, match="Runs of 0 months"):
        split_months(month("202401"), month("202412"), 0)


@given(MONTHS, st.integers(0, 400), st.integers(1, 24))
def test_split_months_cover_the_span_once_and_in_order(start: Period, length: int, at_most: int) -> None:
    if start.year + (start.number + length) // 12 > LAST_YEAR - 1:
        return
    end = start.shifted(length)
    runs = split_months(start, end, at_most)
    covered = [one for first, last in runs for one in periods_between(first, last)]
    assert covered == list(periods_between(start, end))
    assert all(months_between(first, last) <= at_most for first, last in runs)
    assert months_between(start, end) == length + 1


def test_periods_between_stay_in_one_frequency() -> None:
    assert [str(p) for p in periods_between(year("2023"), year("2025"))] == ["2023", "2024", "2025"]
    assert [str(p) for p in periods_between(period("2024Q4"), period("2025Q2"))] == ["2024Q4", "2025Q1", "2025Q2"]
    with pytest.raises(CodeError, match="one frequency"):
        periods_between(year("2023"), month("202501"))


def test_the_month_of_a_day() -> None:
    assert month_of(datetime.date(2026, 11, 21)) == Period(2026, "month", 11)


@given(YEARS | QUARTERS | MONTHS, st.integers(0, 60))
def test_the_periods_of_a_range_are_counted_as_they_are_listed(start: Period, steps: int) -> None:
    try:
        end = start.shifted(steps)
    except CodeError:
        return
    assert count_between(start, end) == steps + 1 == len(list(periods_between(start, end)))


def test_the_periods_of_the_longest_range_are_counted() -> None:
    assert count_between(Period(FIRST_YEAR), Period(LAST_YEAR)) == LAST_YEAR - FIRST_YEAR + 1
