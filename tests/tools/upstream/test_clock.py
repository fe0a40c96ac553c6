"""Nothing recorded counts beyond its own longest span, whatever the clock does; see `store.AHEAD`."""

import uuid
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from scripted import NOON, POLICY, a_rig

from tradestat_tools.model.errors import UpstreamDown
from tradestat_tools.upstream.flight import LEASE
from tradestat_tools.upstream.plan import UNLIMITED, Budget, Plan, Window
from tradestat_tools.upstream.redis.cache import RedisCache
from tradestat_tools.upstream.redis.ledger import RedisLedger
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.store import KEPT, LONGEST_ABSENCE, Cache, Denial, Entry, Grant, Ledger

DAY = 86_400.0
AHEAD = NOON + 400 * DAY
PLAN = Plan(budget=Budget(5, "rolling"))


@pytest.fixture(params=["sqlite", "redis"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Ledger]:
    if request.param == "sqlite":
        made: Ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    else:
        made = RedisLedger(request.getfixturevalue("redis_url"), prefix=f"{uuid.uuid4().hex}:")
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "redis"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Cache]:
    if request.param == "sqlite":
        made: Cache = SqliteCache(tmp_path / "answers.sqlite3")
    else:
        made = RedisCache(request.getfixturevalue("redis_url"), prefix=f"{uuid.uuid4().hex}:")
    yield made
    made.close()


def asked(ledger: Ledger, now: float, plan: Plan = PLAN) -> Grant | Denial:
    found = ledger.reserve("shop", plan, 1, now=now, latest=now + 10, lease=LEASE)
    if isinstance(found, Grant):
        assert ledger.mark_sent(found)
    return found


def spend(ledger: Ledger, most: int, now: float, plan: Plan = PLAN) -> int:
    return sum(isinstance(asked(ledger, now, plan), Grant) for _ in range(most))


def test_a_call_that_is_dated_ahead_leaves_its_window_as_if_it_were_made_when_it_was_met(ledger: Ledger) -> None:
    plan = Plan((Window(1, 60.0),))
    asked(ledger, AHEAD, plan)
    assert isinstance(asked(ledger, NOON, plan), Denial)
    assert isinstance(asked(ledger, NOON + 61, plan), Grant)


def test_a_call_that_is_dated_ahead_counts_in_the_period_in_which_it_was_met_and_leaves_with_it(ledger: Ledger) -> None:
    assert spend(ledger, 2, AHEAD) == 2
    assert spend(ledger, 9, NOON) == 3
    assert ledger.used("shop", PLAN, NOON) == 5
    assert spend(ledger, 9, NOON + 29 * DAY) == 0
    assert spend(ledger, 9, NOON + 31 * DAY) == 5
    assert spend(ledger, 9, NOON + 32 * DAY) == 0


def test_a_clock_that_is_far_ahead_for_a_while_has_no_call_forgotten(ledger: Ledger) -> None:
    assert spend(ledger, 4, NOON) == 4
    assert spend(ledger, 1, AHEAD) == 1
    assert spend(ledger, 9, NOON + 1) == 0


@pytest.mark.parametrize("behind", [2000 * DAY, 40 * DAY, 3600.0], ids=["years", "weeks", "an hour"])
def test_a_clock_that_is_behind_for_a_while_frees_nothing(ledger: Ledger, behind: float) -> None:
    """As of a machine whose battery is empty: it starts in another year, and is set right once it has a network."""
    assert spend(ledger, 3, NOON) == 3
    assert spend(ledger, 1, NOON - behind) == 1
    assert spend(ledger, 9, NOON + 60) == 1
    assert ledger.used("shop", PLAN, NOON + 60) == 5
    assert spend(ledger, 9, NOON + 29 * DAY) == 0
    assert spend(ledger, 9, NOON + 31 * DAY) == 5


def test_a_budget_by_the_month_holds_where_the_clock_falls_back_into_the_month_before(ledger: Ledger) -> None:
    plan = Plan(budget=Budget(5, "month"))
    month = plan.period(NOON)[0] + 3600
    assert spend(ledger, 3, month, plan) == 3
    assert spend(ledger, 9, month - DAY, plan) == 2
    assert spend(ledger, 9, month - 1800, plan) == 0
    assert spend(ledger, 9, month + 60, plan) == 0


def test_a_day_is_over_with_the_day_though_the_clock_was_a_year_ahead(ledger: Ledger) -> None:
    plan = Plan(budget=Budget(5, "day"))
    assert spend(ledger, 5, AHEAD, plan) == 5
    assert spend(ledger, 5, NOON, plan) == 0
    assert spend(ledger, 5, NOON + DAY, plan) == 5
    assert spend(ledger, 5, NOON + 2 * DAY, plan) == 5


def test_a_service_is_left_alone_for_no_longer_than_it_may_be(ledger: Ledger) -> None:
    ledger.stay_away("shop", AHEAD)
    assert asked(ledger, NOON) == Denial("stay away", NOON + LONGEST_ABSENCE)
    assert isinstance(asked(ledger, NOON + LONGEST_ABSENCE - 11), Denial)
    assert isinstance(asked(ledger, NOON + LONGEST_ABSENCE), Grant)


def test_a_claim_from_ahead_holds_for_one_lease_from_when_it_is_met(ledger: Ledger) -> None:
    assert ledger.claim("q", "dead", now=NOON + DAY, lease=LEASE).ours
    assert not ledger.claim("q", "us", now=NOON, lease=LEASE).ours
    assert ledger.look("q", NOON + LEASE) is None
    assert ledger.claim("q", "us", now=NOON + LEASE, lease=LEASE).ours


def test_a_failure_from_ahead_is_not_shown(ledger: Ledger) -> None:
    ledger.claim("q", "them", now=NOON + DAY, lease=LEASE)
    ledger.release("q", "them", now=NOON + DAY, failure="{}")
    assert ledger.look("q", NOON) is None
    assert ledger.claim("q", "us", now=NOON, lease=LEASE).ours


def test_a_reservation_from_ahead_lapses_as_one_that_is_made_when_it_is_met(ledger: Ledger) -> None:
    plan = Plan(budget=Budget(1, "rolling"))
    ledger.reserve("shop", plan, 1, now=AHEAD, latest=AHEAD, lease=LEASE)  # and its holder dies
    assert isinstance(asked(ledger, NOON, plan), Denial)
    assert isinstance(asked(ledger, NOON + LEASE, plan), Grant)


def test_a_place_that_lapsed_and_was_given_away_is_not_used(ledger: Ledger) -> None:
    plan = Plan(budget=Budget(1, "rolling"))
    slept = ledger.reserve("shop", plan, 1, now=NOON, latest=NOON, lease=LEASE)
    assert isinstance(slept, Grant)
    assert spend(ledger, 9, NOON + LEASE + 1, plan) == 1
    assert not ledger.mark_sent(slept)


class Sleeping(SqliteLedger):
    """Of a machine that sleeps for an hour before a call's turn, while another one goes on."""

    path: Path
    plan: Plan

    def mark_sent(self, grant: Grant) -> bool:
        assert spend(SqliteLedger(self.path), 9, NOON + 3600, self.plan) == 1
        return super().mark_sent(grant)


@pytest.mark.anyio
async def test_a_call_that_lost_its_turn_while_the_machine_slept_is_not_sent(tmp_path: Path) -> None:
    ledger = Sleeping(tmp_path / "ledger.sqlite3")
    ledger.path, ledger.plan = tmp_path / "ledger.sqlite3", Plan(budget=Budget(1, "rolling"))
    async with a_rig(ledger=ledger) as rig:
        error = await rig.will().failing(UpstreamDown, policy=replace(POLICY, plan=ledger.plan, paid=True))
        assert "slept" in error.message
        assert rig.asked == []
    ledger.close()


@pytest.mark.slow
def test_calls_older_than_any_period_are_forgotten_but_for_the_newest(ledger: Ledger) -> None:
    for i in range(KEPT + 5):
        found = ledger.reserve("shop", UNLIMITED, 1, now=NOON + i / 1000, latest=NOON + 60, lease=LEASE)
        assert isinstance(found, Grant)
        ledger.mark_sent(found)
    asked(ledger, NOON + 63 * DAY, UNLIMITED)
    assert ledger.used("shop", Plan(budget=Budget(1e9, "month")), NOON) == KEPT + 1


def an_entry(stored_at: float) -> Entry:
    return Entry(
        "shop", "a", "address", Response(200, {}, b"{}"), stored_at, stored_at + 1, stored_at + 2, stored_at + 3
    )


def test_a_stored_answer_that_is_dated_ahead_is_as_old_as_if_it_had_been_stored_when_it_was_met(
    tmp_path: Path,
) -> None:
    path = tmp_path / "answers.sqlite3"
    cache = SqliteCache(path)
    cache.put("k", an_entry(AHEAD))
    assert cache.get("k", NOON) == an_entry(NOON)
    cache.close()
    again = SqliteCache(path)
    assert again.get("k", NOON + 2) == an_entry(NOON), "stale by now, though the program was started anew"
    assert again.get("k", NOON + 3) is None
    again.close()


def test_a_stored_answer_is_as_good_as_before_once_the_clock_is_right_again(cache: Cache) -> None:
    cache.put("k", an_entry(NOON))
    assert cache.get("k", NOON - 2000 * DAY) is not None
    assert cache.get("k", NOON + 1) == an_entry(NOON)


def test_an_answer_in_redis_that_is_dated_ahead_is_as_old_as_the_server_says(redis_url: str) -> None:
    cache = RedisCache(redis_url, prefix=f"{uuid.uuid4().hex}:")
    cache.put("k", an_entry(AHEAD))
    found = cache.get("k", NOON)
    assert found is not None
    assert NOON - 3 <= found.stored_at <= NOON
    assert found.usable_until <= NOON + 3
    cache.close()
