"""Which months are meant, when they come out, and when the day's calls are counted anew, by the clock in Seoul."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.periods import Period, month
from tradestat_tools.codes.spans import span
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.sources.korea.calendar import (
    SEOUL,
    due,
    last_published,
    months_asked,
    months_in,
    until_midnight,
    written,
)

NEWEST = month("202609")


@pytest.mark.parametrize(
    ("utc", "newest"),
    [
        ("2026-11-14T14:59", "2026-09"),
        ("2026-11-14T15:00", "2026-10"),  # midnight in Seoul: the 15th
        ("2026-11-20T00:00", "2026-10"),
        ("2026-01-10T00:00", "2025-11"),
        ("2026-01-31T23:59", "2025-12"),  # in Seoul already February, not yet the 15th
    ],
)
def test_a_month_is_out_on_the_fifteenth_of_the_next_in_seoul(utc: str, newest: str) -> None:
    assert str(last_published(datetime.fromisoformat(utc).replace(tzinfo=UTC))) == newest


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)))
def test_the_count_starts_anew_at_the_next_midnight_in_seoul(naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC)
    wait = until_midnight(now)
    assert 0 < wait <= 24 * 3600
    then = (now + timedelta(seconds=wait)).astimezone(SEOUL)
    assert (then.hour, then.minute, then.second) == (0, 0, 0)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)), st.sampled_from([1, 15]))
def test_the_newest_month_is_the_last_one_whose_day_has_come(naive: datetime, day: int) -> None:
    now = naive.replace(tzinfo=UTC)
    newest = last_published(now, day)
    in_seoul = datetime.fromtimestamp(now.timestamp() + 9 * 3600, UTC).date()
    assert due(newest, day) <= in_seoul < due(newest.shifted(1), day)


def test_a_december_is_due_in_the_next_year_and_the_last_known_month_has_a_day_too() -> None:
    assert due(Period(2026, "month", 12)) == date(2027, 1, 15)
    assert due(Period(2100, "month", 12)) == date(2101, 1, 15)


def test_a_month_is_read_as_it_is_written() -> None:
    assert written(month("202601")) == "2026.01"
    assert months_in(["2026.01"]) == {"2026.01": month("202601")}


@pytest.mark.parametrize(
    ("first", "last", "read"),
    [
        ("latest", "latest", ("2026-09", "2026-09")),
        ("last 12 months", "latest", ("2025-10", "2026-09")),
        ("last 12 months", "last 12 months", ("2025-10", "2026-09")),
        ("last 2 years", "latest", ("2024-10", "2026-09")),
        ("최근 3개월", "최신", ("2026-07", "2026-09")),
        ("近6个月", "最新", ("2026-04", "2026-09")),
        ("2025", "latest", ("2025-01", "2026-09")),
        ("since 2025-03", "latest", ("2025-03", "2026-09")),
        ("since 2025-03", "2025-06", ("2025-03", "2025-06")),
        ("2024-01 to 2024-06", "2024-06", ("2024-01", "2024-06")),
        ("2024-01..2024-06", "2024-01..2024-06", ("2024-01", "2024-06")),
        ("H1 2024", "H1 2024", ("2024-01", "2024-06")),
        ("2024Q1-Q3", "202409", ("2024-01", "2024-09")),
        ("2024", "2024", ("2024-01", "2024-12")),
        ("202610", "202612", ("2026-10", "2026-12")),  # not out, which is another matter
    ],
)
def test_ranges_and_words_for_the_newest_month_are_read(first: str, last: str, read: tuple[str, str]) -> None:
    asked = months_asked(span(first), span(last), NEWEST)
    assert (str(asked.start), str(asked.end)) == read


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("last 12 months", "202406"),
        ("2024-01 to 2024-06", "2024-12"),
        ("202401", "last 12 months"),
        ("latest", "202401"),
        ("202402", "202401"),
    ],
)
def test_two_arguments_that_contradict_each_other_are_refused(first: str, last: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        months_asked(span(first), span(last), NEWEST)
    assert caught.value.argument == "endYymm"


WORDS = (
    st.dates(date(1990, 1, 1), date(2035, 1, 1)).map(lambda day: day.isoformat()[:7])
    | st.integers(1, 600).map(lambda count: f"last {count} months")
    | st.integers(1990, 2035).map(str)
    | st.integers(1990, 2035).map(lambda year: f"since {year}")
    | st.integers(1990, 2035).map(lambda year: f"H1 {year}")
    | st.just("latest")
)


@given(WORDS, WORDS)
def test_any_two_words_for_months_are_months_in_order_or_refused(first: str, last: str) -> None:
    try:
        asked = months_asked(span(first), span(last), NEWEST)
    except InvalidQuery as error:
        assert error.argument in {"strtYymm", "endYymm"}
    else:
        assert asked.start <= asked.end
        assert {asked.start.frequency, asked.end.frequency} == {"month"}


def test_counting_back_beyond_all_statistics_is_refused() -> None:
    with pytest.raises(InvalidQuery) as caught:
        months_asked(span("last 600 months"), span("latest"), month("198001"))
    assert caught.value.argument == "strtYymm"
