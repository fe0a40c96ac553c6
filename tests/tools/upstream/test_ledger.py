"""The ledger, in SQLite and in Redis, against a plain model of what it promises."""

import sqlite3
import uuid
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tradestat_tools.upstream.plan import Budget, Plan, Window
from tradestat_tools.upstream.redis.ledger import RedisLedger
from tradestat_tools.upstream.sqlite import SqliteLedger
from tradestat_tools.upstream.store import Claim, Denial, Grant, Ledger, StoreUnavailable

NOON = 1_800_000_000.0
PLAN = Plan(windows=(Window(3, 10.0),), budget=Budget(8, "rolling"))


OpenLedger = Callable[[], Ledger]


@pytest.fixture(scope="module", params=["sqlite", "redis"])
def open_ledger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OpenLedger:
    """Opens a new, empty ledger of the kind under test."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("ledgers")
        return lambda: SqliteLedger(folder / f"{uuid.uuid4().hex}.sqlite3")
    url: str = request.getfixturevalue("redis_url")
    return lambda: RedisLedger(url, prefix=f"{uuid.uuid4().hex}:")


@pytest.fixture
def ledger(open_ledger: OpenLedger) -> Generator[Ledger]:
    made = open_ledger()
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


def test_a_caller_who_can_not_wait_learns_when_to_come_back_and_takes_no_place(ledger: Ledger) -> None:
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
    assert isinstance(denial, Denial)
    assert denial == Denial("budget", NOON + 30 * 86400)
    assert isinstance(reserve(ledger, now=denial.until, latest=NOON + 1e9), Grant)


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


def test_a_call_sent_after_its_reservation_lapsed_is_spent_if_nobody_took_its_place(ledger: Ledger) -> None:
    grant = granted(reserve(ledger))
    assert ledger.used("a", PLAN, NOON + 31) == 0
    ledger.mark_sent(grant)
    assert ledger.used("a", PLAN, NOON + 31) == 1


def test_a_settled_call_stays_spent_even_if_nobody_said_that_it_was_sent(ledger: Ledger) -> None:
    ledger.settle(granted(reserve(ledger)), 1)
    assert ledger.used("a", PLAN, NOON + 31) == 1


def test_calls_that_cost_nothing_do_not_hold_a_rolling_budget(ledger: Ledger) -> None:
    ledger.settle(granted(reserve(ledger)), 0)
    ledger.settle(granted(reserve(ledger, now=NOON + 100)), 8)
    assert reserve(ledger, now=NOON + 200) == Denial("budget", NOON + 100 + 30 * 86400)


def test_calls_older_than_any_period_are_forgotten(ledger: Ledger) -> None:
    ledger.mark_sent(granted(reserve(ledger)))
    assert ledger.used("a", Plan(), NOON + 61 * 86400) == 1
    assert ledger.used("a", Plan(), NOON + 63 * 86400) == 0


def test_nobody_sends_before_the_service_said(ledger: Ledger) -> None:
    ledger.stay_away("a", NOON + 60)
    ledger.stay_away("a", NOON + 20)
    assert reserve(ledger, latest=NOON + 30) == Denial("stay away", NOON + 60)
    assert granted(reserve(ledger)).at == NOON + 60
    assert isinstance(ledger.reserve("b", PLAN, 1, now=NOON, latest=NOON, lease=1), Grant)


def test_one_claim_at_a_time_and_a_lapsed_one_is_free(ledger: Ledger) -> None:
    assert ledger.claim("q", "first", now=NOON, lease=10).ours
    assert not ledger.claim("q", "second", now=NOON + 9, lease=10).ours
    assert ledger.look("q", NOON + 9) == Claim(ours=False, owner="first")
    assert ledger.look("q", NOON + 10) is None
    assert ledger.claim("q", "second", now=NOON + 10, lease=10).ours
    ledger.release("q", "first", now=NOON + 12)  # the first was too late: the claim is the second's
    assert not ledger.claim("q", "third", now=NOON + 12, lease=10).ours


def test_a_claim_that_is_renewed_holds_on_and_no_other_does(ledger: Ledger) -> None:
    ledger.claim("q", "first", now=NOON, lease=10)
    ledger.renew("q", "first", now=NOON + 9, lease=10)
    ledger.renew("q", "second", now=NOON + 9, lease=99)
    assert ledger.look("q", NOON + 18) == Claim(ours=False, owner="first")
    assert ledger.look("q", NOON + 19) is None


def test_a_claim_that_was_given_up_is_not_brought_back_by_renewing_it(ledger: Ledger) -> None:
    ledger.claim("q", "first", now=NOON, lease=10)
    ledger.release("q", "first", now=NOON + 1)
    ledger.renew("q", "first", now=NOON + 1, lease=99)
    assert ledger.look("q", NOON + 1) is None
    ledger.claim("q", "first", now=NOON + 1, lease=10)
    ledger.release("q", "first", now=NOON + 1, failure="{}")
    ledger.renew("q", "first", now=NOON + 1, lease=99)
    assert ledger.look("q", NOON + 60) is None, "a failure is shown for a moment only"


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


def test_a_failure_is_seen_by_who_read_the_clock_before_it_was_left_and_not_by_a_clock_that_is_wrong(
    ledger: Ledger,
) -> None:
    ledger.claim("q", "first", now=NOON, lease=30)
    ledger.release("q", "first", now=NOON + 2, failure="it broke")
    seen = ledger.look("q", NOON + 1)
    assert seen is not None
    assert seen.failure == "it broke"
    assert ledger.look("q", NOON - 60) is None


def test_an_operation_on_a_call_that_is_gone_changes_nothing(ledger: Ledger) -> None:
    gone = granted(reserve(ledger))
    ledger.refund(gone)
    ledger.mark_sent(gone)
    ledger.settle(gone, 5)
    assert ledger.used("a", PLAN, NOON) == 0


def test_accounts_do_not_share_a_budget(ledger: Ledger) -> None:
    for _ in range(8):
        reserve(ledger)
    assert isinstance(reserve(ledger), Denial)
    assert isinstance(ledger.reserve("b", PLAN, 1, now=NOON, latest=NOON, lease=1), Grant)


def test_a_day_of_more_than_a_thousand_calls_is_counted_to_the_last(ledger: Ledger) -> None:
    plan = Plan(budget=Budget(1200, "day", "Asia/Seoul"))  # Redis sums them by the thousand
    found = [reserve(ledger, plan=plan) for _ in range(1201)]
    assert [isinstance(one, Grant) for one in found] == [True] * 1200 + [False]
    assert ledger.used("a", plan, NOON) == 1200


def test_threads_that_race_get_what_the_plan_holds_and_no_more(ledger: Ledger) -> None:
    plan = Plan(windows=(Window(7, 60.0),), budget=Budget(20, "month"))
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(reserve, ledger, plan=plan) for _ in range(80)]
    found = [one.result() for one in asked]
    starts = sorted(grant.at for grant in found if isinstance(grant, Grant))
    assert len(starts) == 20
    assert all(eighth - first > 60 for first, eighth in zip(starts, starts[7:], strict=False))
    assert {denial.reason for denial in found if isinstance(denial, Denial)} == {"budget"}


Step = tuple[str, float, float, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "send", "settle", "refund", "stay away", "used"]),
        st.floats(0, 1e6),
        st.floats(0, 3).map(lambda credits: round(credits, 3)),
        st.integers(0, 9),
    ),
    max_size=25,
)
PACES = st.lists(st.builds(Window, st.integers(1, 4), st.floats(0.001, 1e5)), max_size=2).map(tuple)


def replay(ledger: Ledger, plan: Plan, steps: list[Step]) -> list[object]:
    """What a ledger answers to a sequence of calls, without the numbers it gives them."""
    said: list[object] = []
    grants: list[Grant] = []
    now = NOON
    for name, amount, credits, which in steps:
        if name == "reserve":
            now += amount / 10
            found = ledger.reserve("a", plan, credits, now=now, latest=now + amount, lease=amount / 3)
            if isinstance(found, Grant):
                grants.append(found)
            said.append(found.at if isinstance(found, Grant) else found)
        elif name == "stay away":
            ledger.stay_away("a", now + amount / 100)
        elif name == "used":
            said.append(ledger.used("a", plan, now + amount / 10))  # what others see later
        elif grants:
            grant = grants[which % len(grants)]
            if name == "settle":
                ledger.settle(grant, credits)
            else:
                (ledger.mark_sent if name == "send" else ledger.refund)(grant)
    return said


@given(PACES, st.sampled_from([None, Budget(4.5, "rolling"), Budget(3.3, "day", "Asia/Seoul")]), STEPS)
@settings(deadline=None, max_examples=50)
def test_every_ledger_answers_to_the_last_digit_as_the_one_in_memory_does(
    open_ledger: OpenLedger, windows: tuple[Window, ...], budget: Budget | None, steps: list[Step]
) -> None:
    ledger, reference = open_ledger(), SqliteLedger(None)
    plan = Plan(windows, budget)
    try:
        assert replay(ledger, plan, steps) == replay(reference, plan, steps)
    finally:
        ledger.close()
        reference.close()


class LedgerMachine(RuleBasedStateMachine):
    """Any sequence of calls keeps pace and budget, and counts exactly what is not lapsed or refunded."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self.ledger = ledger
        self.now = NOON
        self.open: dict[str, Grant] = {}
        self.sent: dict[str, Grant] = {}
        self.cost: dict[str, float] = {}

    def counted(self) -> dict[str, float]:
        lapsed = {name for name, grant in self.open.items() if grant.at + 30 <= self.now}
        opens = self.now - 30 * 86400
        grants = {**self.open, **self.sent}
        return {n: c for n, c in self.cost.items() if n not in lapsed and grants[n].at > opens}

    @rule(seconds=st.sampled_from([0.0, 0.5, 4.0, 11.0, 40.0, 86400.0, 30 * 86400.0]))
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
            oldest = found.until - 30 * 86400
            grants = {**self.open, **self.sent}
            assert any(grants[n].at == oldest for n, cost in self.counted().items() if cost), "until nothing changes"
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


def test_any_sequence_of_calls_is_counted_as_its_model_counts_it(open_ledger: OpenLedger) -> None:
    class Machine(LedgerMachine):
        def __init__(self) -> None:
            super().__init__(open_ledger())

    effort = settings(max_examples=30, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(Machine, settings=effort)  # pyright: ignore[reportUnknownMemberType]


def test_a_ledger_that_another_process_holds_grants_nothing_and_goes_on_later(tmp_path: Path) -> None:
    path, file = tmp_path / "ledger.sqlite3", tmp_path / "ledger-3.sqlite3"
    plan = Plan(budget=Budget(1, "month"))
    first = SqliteLedger(path)
    first.mark_sent(granted(reserve(first, plan=plan)))
    first.close()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ledger = SqliteLedger(path, patience=0.05)
    with pytest.raises(StoreUnavailable):
        reserve(ledger, plan=plan)
    other.execute("ROLLBACK")
    other.close()
    assert isinstance(reserve(ledger, plan=plan), Denial), "what was spent before still counts"
    ledger.close()


def test_a_ledger_that_turns_out_to_be_damaged_grants_nothing_and_is_not_begun_anew(tmp_path: Path) -> None:
    path, file = tmp_path / "ledger.sqlite3", tmp_path / "ledger-3.sqlite3"
    first = SqliteLedger(path)
    reserve(first)
    first.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    ledger = SqliteLedger(path)
    for use in (lambda: reserve(ledger), lambda: ledger.used("a", PLAN, NOON)):
        with pytest.raises(StoreUnavailable):
            use()
    ledger.close()
    assert [found.name for found in tmp_path.glob("*.aside-*")] == []
