"""The ledger against a plain model of what it promises."""

from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tradestat_tools.upstream.plan import Budget, Plan, Window
from tradestat_tools.upstream.sqlite_ledger import SqliteLedger
from tradestat_tools.upstream.store import Denial, Grant, Ledger

NOON = 1_800_000_000.0
PLAN = Plan(windows=(Window(3, 10.0),), budget=Budget(8, "rolling"))


@pytest.fixture
def ledger(tmp_path: Path) -> Generator[Ledger]:
    made = SqliteLedger(tmp_path / "ledger.sqlite3")
    yield made
    made.close()


def reserve(ledger: Ledger, *, now: float = NOON, latest: float = NOON + 1e6, plan: Plan = PLAN) -> Grant | Denial:
    return ledger.reserve("a", plan, 1.0, now=now, latest=latest, lease=30)


def granted(found: Grant | Denial) -> Grant:
    assert isinstance(found, Grant)
    return found


def test_the_pace_spreads_calls_over_windows(ledger: Ledger) -> None:
    starts = [granted(reserve(ledger)).at - NOON for _ in range(7)]
    assert [round(start) for start in starts] == [0, 0, 0, 10, 10, 10, 20]


def test_a_caller_who_can_not_wait_is_told_when_and_takes_no_place(ledger: Ledger) -> None:
    for _ in range(3):
        reserve(ledger)
    denial = reserve(ledger, latest=NOON + 5)
    assert isinstance(denial, Denial)
    assert (denial.reason, round(denial.until - NOON)) == ("pace", 10)
    assert ledger.used("a", PLAN, NOON) == 3


def test_a_used_up_budget_denies_until_the_oldest_call_is_30_days_old(ledger: Ledger) -> None:
    for day in range(8):
        ledger.mark_sent(granted(reserve(ledger, now=NOON + day * 86400)))
    denial = reserve(ledger, now=NOON + 8 * 86400, latest=NOON + 1e9)
    assert denial == Denial("budget", NOON + 30 * 86400)
    assert isinstance(reserve(ledger, now=NOON + 30 * 86400 + 1, latest=NOON + 1e9), Grant)


def test_a_calendar_budget_denies_until_its_period_ends(ledger: Ledger) -> None:
    plan = Plan(budget=Budget(1, "day"))
    reserve(ledger, plan=plan)
    denial = reserve(ledger, plan=plan, latest=NOON + 1e6)
    assert denial == Denial("budget", plan.budget.bounds(NOON)[1] if plan.budget else 0)


def test_what_was_really_charged_counts_in_the_end(ledger: Ledger) -> None:
    ledger.settle(granted(reserve(ledger)), 2.5)
    ledger.settle(granted(reserve(ledger)), 0)
    assert ledger.used("a", PLAN, NOON) == 2.5


def test_a_refund_leaves_no_trace(ledger: Ledger) -> None:
    ledger.refund(granted(reserve(ledger)))
    assert ledger.used("a", PLAN, NOON) == 0
    assert [round(granted(reserve(ledger)).at - NOON) for _ in range(3)] == [0, 0, 0]


def test_a_reservation_of_a_dead_process_lapses_but_a_call_it_sent_stays_spent(ledger: Ledger) -> None:
    reserve(ledger)
    ledger.mark_sent(granted(reserve(ledger)))
    assert ledger.used("a", PLAN, NOON + 29) == 2
    assert ledger.used("a", PLAN, NOON + 31) == 1


def test_nobody_sends_before_the_service_said(ledger: Ledger) -> None:
    ledger.stay_away("a", NOON + 60)
    ledger.stay_away("a", NOON + 20)
    assert reserve(ledger, latest=NOON + 30) == Denial("told", NOON + 60)
    assert granted(reserve(ledger)).at == NOON + 60
    assert isinstance(ledger.reserve("b", PLAN, 1, now=NOON, latest=NOON, lease=1), Grant)


def test_one_claim_at_a_time_and_a_lapsed_one_is_free(ledger: Ledger) -> None:
    assert ledger.claim("q", "first", now=NOON, lease=10).ours
    assert not ledger.claim("q", "second", now=NOON + 9, lease=10).ours
    assert ledger.claim("q", "second", now=NOON + 11, lease=10).ours
    ledger.release("q", "first", now=NOON + 12)  # the first was too late: the claim is the second's
    assert not ledger.claim("q", "third", now=NOON + 12, lease=10).ours


def test_a_failure_is_left_for_those_who_wait_and_not_for_those_who_come(ledger: Ledger) -> None:
    ledger.claim("q", "first", now=NOON, lease=10)
    ledger.release("q", "first", now=NOON + 1, failure='{"kind": "UpstreamDown"}')
    seen = ledger.look("q", NOON + 2)
    assert seen is not None
    assert seen.failure == '{"kind": "UpstreamDown"}'
    assert ledger.claim("q", "second", now=NOON + 2, lease=10).ours
    assert ledger.look("q", NOON + 2) is not None
    ledger.release("q", "second", now=NOON + 3)
    assert ledger.look("q", NOON + 3) is None


class LedgerMachine(RuleBasedStateMachine):
    """Any sequence of calls keeps pace and budget, and counts exactly what is not lapsed or refunded."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger: Ledger = SqliteLedger(None)
        self.now = NOON
        self.open: dict[str, Grant] = {}
        self.sent: dict[str, Grant] = {}
        self.cost: dict[str, float] = {}

    def counted(self) -> dict[str, float]:
        lapsed = {name for name, grant in self.open.items() if grant.at + 30 <= self.now}
        opens = self.now - 30 * 86400
        grants = {**self.open, **self.sent}
        return {n: c for n, c in self.cost.items() if n not in lapsed and grants[n].at >= opens}

    @rule(seconds=st.sampled_from([0.0, 0.5, 4.0, 11.0, 40.0, 86400.0, 31 * 86400.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(patience=st.sampled_from([0.0, 5.0, 100.0]), credits=st.sampled_from([1.0, 0.5, 2.0]))
    def somebody_asks(self, patience: float, credits: float) -> None:
        before = sum(self.counted().values())
        found = self.ledger.reserve("a", PLAN, credits, now=self.now, latest=self.now + patience, lease=30)
        if isinstance(found, Grant):
            assert before + credits <= 8
            assert self.now <= found.at <= self.now + patience
            self.open[found.id] = found
            self.cost[found.id] = credits
        elif found.reason == "budget":
            assert before + credits > 8
            assert found.until > self.now
        else:
            assert found.until > self.now + patience

    @precondition(lambda self: self.open)
    @rule(which=st.integers(0, 99))
    def one_is_sent(self, which: int) -> None:
        name = list(self.open)[which % len(self.open)]
        grant = self.open[name]
        if grant.at + 30 <= self.now:
            return  # lapsed: its holder is taken for dead
        self.ledger.mark_sent(grant)
        self.sent[name] = self.open.pop(name)

    @precondition(lambda self: self.open)
    @rule(which=st.integers(0, 99))
    def one_is_given_back(self, which: int) -> None:
        name = list(self.open)[which % len(self.open)]
        self.ledger.refund(self.open.pop(name))
        del self.cost[name]

    @precondition(lambda self: self.sent)
    @rule(which=st.integers(0, 99), credits=st.sampled_from([0.0, 1.0, 1.5]))
    def one_is_settled(self, which: int, credits: float) -> None:
        name = list(self.sent)[which % len(self.sent)]
        if self.sent[name].at < self.now - 60 * 86400:
            return  # long forgotten
        self.ledger.settle(self.sent[name], credits)
        self.cost[name] = credits

    @invariant()
    def the_sum_is_exact(self) -> None:
        assert self.ledger.used("a", PLAN, self.now) == pytest.approx(sum(self.counted().values()), abs=1e-9)

    @invariant()
    def no_window_holds_more_than_it_may(self) -> None:
        grants = {**self.open, **self.sent}
        starts = sorted(g.at for n, g in grants.items() if n in self.counted())
        for first, fourth in zip(starts, starts[3:], strict=False):
            assert fourth - first > 10.0

    def teardown(self) -> None:
        self.ledger.close()


LedgerMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestLedgerAgainstItsModel = LedgerMachine.TestCase
