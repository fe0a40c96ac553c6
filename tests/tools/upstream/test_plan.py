"""Periods of budgets, by the calendar of the service's zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.upstream.plan import Budget, milli


def at(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def test_a_day_in_seoul_ends_at_korean_midnight() -> None:
    opens, ends = Budget(10_000, "day", "Asia/Seoul").bounds(at("2026-11-20T20:00"))  # 05:00 on the 21st in Seoul
    assert opens == at("2026-11-21T00:00", "Asia/Seoul")
    assert ends == at("2026-11-22T00:00", "Asia/Seoul")


@pytest.mark.parametrize(
    ("now", "opens", "ends"),
    [
        ("2026-11-30T23:59:59", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("2026-12-31T12:00", "2026-12-01T00:00", "2027-01-01T00:00"),
        ("2028-02-29T00:00", "2028-02-01T00:00", "2028-03-01T00:00"),
    ],
)
def test_a_month_is_a_calendar_month(now: str, opens: str, ends: str) -> None:
    assert Budget(100, "month").bounds(at(now)) == (at(opens), at(ends))


def test_a_day_with_a_clock_change_is_23_or_25_hours_long() -> None:
    budget = Budget(1, "day", "Europe/Berlin")
    spring = budget.bounds(at("2026-03-29T12:00", "Europe/Berlin"))
    autumn = budget.bounds(at("2026-10-25T12:00", "Europe/Berlin"))
    assert spring[1] - spring[0] == 23 * 3600
    assert autumn[1] - autumn[0] == 25 * 3600


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(["UTC", "Asia/Seoul", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"]),
    st.sampled_from(["day", "month"]),
)
def test_every_moment_is_in_its_period_and_periods_follow_each_other(moment: datetime, zone: str, period: str) -> None:
    budget = Budget(1, period, zone)  # pyright: ignore[reportArgumentType]
    now = moment.replace(tzinfo=UTC).timestamp()
    opens, ends = budget.bounds(now)
    assert opens <= now < ends
    assert budget.bounds(ends)[0] == ends
    assert budget.bounds(opens - 1)[1] == opens


def test_a_rolling_period_is_the_last_30_days_without_the_moment_30_days_ago() -> None:
    now = at("2026-11-21T10:00")
    opens, ends = Budget(1, "rolling").bounds(now)
    before = now - timedelta(days=30).total_seconds()
    assert before < opens < before + 1e-6
    assert ends == now


def test_fractional_prices_add_up_exactly() -> None:
    assert sum(milli(0.1) for _ in range(10)) == milli(1.0)
