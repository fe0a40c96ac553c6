"""What sending costs: pace, budget, what is asked again, and when a service is left alone."""

import itertools
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from scripted import BILLED, NOON, Rig, a_rig, charged, notes, read

from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import (
    NoData,
    QuotaExhausted,
    RateLimited,
    TradestatError,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.plan import Budget, Plan, Window
from tradestat_tools.upstream.policy import Policy, Retry
from tradestat_tools.upstream.report import reporting
from tradestat_tools.upstream.request import Request
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger

pytestmark = pytest.mark.anyio

# Pace and budget


BUDGET = Policy("shop", "The Shop", headers=BILLED, charged=charged, plan=Plan(budget=Budget(10, "month")))


async def test_what_the_service_says_it_charged_is_what_counts(rig: Rig) -> None:
    rig.will(x_credits_charged="3").will(x_credits_charged="0").will()
    left = [(await rig.fetch(f"/{i}", policy=BUDGET)).remaining_quota for i in range(3)]
    charges = (await rig.fetch("/3", policy=BUDGET, credits=2.0)).remaining_quota
    assert left == [7, 7, 6]
    assert charges == 4


async def test_at_four_fifths_answers_carry_a_note_and_at_all_of_it_nothing_is_sent(rig: Rig) -> None:
    rig.will()
    said: list[bool] = []
    for i in range(10):
        with reporting() as report:
            await rig.fetch(f"/{i}", policy=BUDGET)
        said.append(bool(notes(report, NoteCode.COST)))
    assert said == [False] * 7 + [True] * 3
    error = await rig.failing(QuotaExhausted, "/more", policy=BUDGET)
    assert error.retry_after == BUDGET.plan.budget.bounds(NOON)[1] - NOON if BUDGET.plan.budget else False
    assert "2027-02-01" in error.message  # NOON is in January 2027
    assert (await rig.fetch("/3", policy=BUDGET)).state == "cached"
    rig.now += 200
    assert (await rig.fetch("/3", policy=BUDGET)).state == "stale"
    assert len(rig.asked) == 10


async def test_a_failed_call_counts_as_the_service_charges_it(rig: Rig) -> None:
    rig.will(502, x_credits_charged="2").will()
    await rig.failing(UpstreamDown, policy=BUDGET)
    assert (await rig.fetch(policy=BUDGET)).remaining_quota == 7


async def test_a_connection_that_never_came_about_costs_nothing(free_tcp_port: int) -> None:
    http = Http()
    cache, ledger = SqliteCache(None), SqliteLedger(None)
    async with Upstream(http, cache=cache, ledger=ledger) as upstream:
        request = Request("shop", "a", f"http://127.0.0.1:{free_tcp_port}/")
        policy = Policy("shop", "The Shop", plan=BUDGET.plan, retry=Retry(attempts=1))
        with pytest.raises(UpstreamDown):
            await upstream.fetch(request, policy, read, within=5)
        assert upstream.left(policy) == 10
    await http.aclose()
    cache.close()
    ledger.close()


async def test_a_short_wait_for_the_pace_is_waited_and_a_long_one_is_answered_at_once(rig: Rig) -> None:
    policy = Policy("shop", "The Shop", plan=Plan(windows=(Window(1, 20.0),)))
    rig.will()
    await rig.fetch("/1", policy=policy, within=60)
    await rig.fetch("/2", policy=policy, within=60)
    assert rig.slept == [20.0]
    error = await rig.failing(RateLimited, "/3", policy=policy, within=30)
    assert round(error.retry_after or 0) == 20
    assert len(rig.asked) == 2


# Retries


async def test_a_passing_fault_is_asked_again_with_growing_pauses(rig: Rig) -> None:
    rig.will(503).will(503).will()
    assert (await rig.fetch()).calls == 3
    assert rig.slept == [1.0, 2.0]


async def test_pauses_are_spread_by_chance() -> None:
    async with a_rig(chance=lambda: 0.0) as rig:
        rig.will(503).will()
        await rig.fetch()
        assert rig.slept == [0.5]


async def test_what_the_service_says_about_when_goes_before_our_own_pauses(rig: Rig) -> None:
    rig.will(429, retry_after="7").will()
    await rig.fetch()
    assert rig.slept == [7.0]


async def test_a_wait_that_is_too_long_is_the_callers(rig: Rig) -> None:
    rig.will(429, retry_after="3600").will()
    assert (await rig.failing(RateLimited)).retry_after == 3600
    later = await rig.failing(RateLimited, "/other")
    assert 0 < (later.retry_after or 0) <= 900
    assert len(rig.asked) == 1, "the service asked to be left alone, by any question"


@pytest.mark.parametrize(("status", "kind"), [(502, UpstreamDown), (400, UpstreamRefused), (404, NoData)])
async def test_what_asking_again_can_not_mend_is_asked_once(rig: Rig, status: int, kind: type[TradestatError]) -> None:
    rig.will(status)
    await rig.failing(kind)
    assert len(rig.asked) == 1


PAID = Policy("shop", "The Shop", headers=BILLED, charged=charged, paid=True, retry=Retry(attempts=3, first=1.0))


async def test_what_was_charged_or_may_have_been_is_never_sent_again(rig: Rig) -> None:
    for headers in ({"x_credits_charged": "1"}, {}):
        for status in (500, 503):
            rig.asked.clear()
            rig.script.clear()
            rig.will(status, b"{}", **headers, retry_after="2").will()
            await rig.failing(UpstreamDown, f"/{status}/{len(headers)}", policy=PAID)
            assert len(rig.asked) == 1, (status, headers)


async def test_what_was_said_to_cost_nothing_is_sent_again(rig: Rig) -> None:
    rig.will(503, x_credits_charged="0").will(429, x_credits_charged="0", retry_after="3").will(x_credits_charged="1")
    fetched = await rig.fetch(policy=PAID)
    assert (fetched.calls, fetched.credits_charged) == (3, 1.0)


def _foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")


def _of_another_version(path: Path) -> None:
    SqliteLedger(path.with_name("ledger.sqlite3")).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE IF EXISTS moved")
        other.execute("CREATE TABLE IF NOT EXISTS calls (x)")
        other.execute("PRAGMA user_version = 99")


UNUSABLE: dict[str, Callable[[Path], object]] = {
    "a folder in its place": lambda path: path.mkdir(),
    "bytes that are no database": lambda path: path.write_bytes(bytes(range(256)) * 64),
    "another program's": _foreign,
    "another version's": _of_another_version,
}


async def test_no_paid_call_goes_without_a_ledger_and_free_ones_go_on(tmp_path: Path) -> None:
    for what, name in itertools.product(UNUSABLE, ("ledger-3.sqlite3", "ledger.sqlite3")):
        folder = tmp_path / what / name
        folder.mkdir(parents=True)
        UNUSABLE[what](folder / name)
        ledger = SqliteLedger(folder / "ledger.sqlite3")
        assert "can not be used" in (ledger.warning or ""), f"{what}: said before anything is asked"
        async with a_rig(ledger=ledger) as rig:
            rig.will()
            error = await rig.failing(UpstreamDown, "/paid", policy=PAID)
            assert rig.asked == [], what
            assert "TRADESTAT_CACHE_DIR" in error.remedy
            assert (await rig.fetch("/free")).value == {"v": 1}, what
        assert list(folder.glob("*.aside-*")) == [], f"{what}: nothing is set aside, for it says what was spent"
        ledger.close()


async def test_a_listed_price_of_nothing_does_not_switch_the_budget_off(rig: Rig) -> None:
    policy = replace(PAID, plan=Plan(budget=Budget(3, "month")))
    for i in range(3):
        await rig.will().fetch(f"/{i}", policy=policy, credits=0.0)
    await rig.failing(QuotaExhausted, "/3", policy=policy, credits=0.0)
    assert len(rig.asked) == 3


async def test_no_less_is_reserved_than_what_calls_there_were_seen_to_cost(rig: Rig) -> None:
    policy = replace(PAID, plan=Plan(budget=Budget(5, "month")))
    rig.will(x_credits_charged="3")
    await rig.fetch("/0", policy=policy)
    await rig.failing(QuotaExhausted, "/1", policy=policy)
    assert len(rig.asked) == 1


async def test_no_retry_that_the_budget_can_not_pay(rig: Rig) -> None:
    policy = Policy("shop", "The Shop", plan=Plan(budget=Budget(2, "month")), retry=Retry(attempts=5))
    rig.will(503)
    assert "Broken." in (await rig.failing(UpstreamDown, policy=policy)).message
    assert len(rig.asked) == 2


async def test_no_retry_after_the_callers_time(rig: Rig) -> None:
    rig.will(503, retry_after="20")
    await rig.failing(UpstreamDown, within=30)
    assert len(rig.asked) == 2


async def test_a_paid_call_is_not_repeated_where_the_service_does_not_say_when(rig: Rig) -> None:
    paid = Policy("shop", "The Shop", paid=True)
    rig.will(429)
    await rig.failing(RateLimited, policy=paid)
    assert len(rig.asked) == 1
    rig.script[:] = [(429, {"retry-after": "7"}, b""), (200, {}, b"{}")]
    await rig.fetch("/other", policy=paid)
    assert len(rig.asked) == 3


async def test_a_paid_call_that_fails_after_its_caller_left_is_not_repeated(rig: Rig) -> None:
    paid = Policy("shop", "The Shop", paid=True)
    rig.will(500)
    rig.gate = anyio.Event()
    with anyio.move_on_after(0.05):
        await rig.fetch(policy=paid)
    rig.gate.set()
    with anyio.move_on_after(0.3) as patience:
        await rig.rested.wait()  # a second attempt would rest first
    assert patience.cancelled_caught
    assert len(rig.asked) == 1


# Breaker


async def test_a_failing_service_is_left_alone_and_tried_again_later(rig: Rig) -> None:
    policy = Policy("shop", "The Shop", retry=Retry(attempts=1))
    rig.will(502)
    for i in range(5):
        await rig.failing(UpstreamDown, f"/{i}", policy=policy)
    error = await rig.failing(UpstreamDown, "/5", policy=policy)
    assert error.retry_after == 30
    assert len(rig.asked) == 5
    assert rig.upstream.breakers("shop") == {"shop.invalid": "open"}
    rig.now += 31
    rig.script[:] = [(200, {}, b"{}")]
    await rig.fetch("/6", policy=policy)
    assert rig.upstream.breakers("shop") == {"shop.invalid": "closed"}


async def test_refusals_do_not_open_the_breaker(rig: Rig) -> None:
    rig.will(400)
    for i in range(20):
        await rig.failing(UpstreamRefused, f"/{i}")
    assert len(rig.asked) == 20
