"""When a month comes out and when the day's calls start anew, by the clock in Seoul."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.sources.korea.calendar import SEOUL, last_published, until_midnight


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


def test_the_total_is_out_on_the_first_day_in_seoul() -> None:
    assert str(last_published(datetime(2026, 10, 31, 14, 59, tzinfo=UTC), 1)) == "2026-09"
    assert str(last_published(datetime(2026, 10, 31, 15, 0, tzinfo=UTC), 1)) == "2026-10"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)))
def test_the_count_starts_anew_at_the_next_midnight_in_seoul(naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC)
    wait = until_midnight(now)
    assert 0 < wait <= 24 * 3600
    then = (now + timedelta(seconds=wait)).astimezone(SEOUL)
    assert (then.hour, then.minute, then.second) == (0, 0, 0)
