"""The engine as sources use it: what is asked, what is stored, what is spent, and what a caller learns."""

import json
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from pydantic import SecretStr

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Data, NoteCode, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import (
    MissingKey,
    NoData,
    QuotaExhausted,
    RateLimited,
    TradestatError,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.open import context_on
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.plan import Budget, Plan, Window
from tradestat_tools.upstream.policy import Policy, Retry
from tradestat_tools.upstream.report import Report, reporting
from tradestat_tools.upstream.request import Fetched, Freshness, Request, Response
from tradestat_tools.upstream.runtime import Clock
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger

pytestmark = pytest.mark.anyio

NOON = 1_800_000_000.0
FRESHNESS = Freshness(fresh=100, renew=0, usable=1000)


def charged(response: Response) -> float | None:
    header = response.headers.get("x-credits-charged")
    return None if header is None else float(header)


POLICY = Policy("shop", "The Shop", charged=charged, retry=Retry(attempts=3, first=1.0))


def read(response: Response) -> dict[str, Any]:
    """A source's reader: everything a response can mean."""
    after = response.headers.get("retry-after")
    wait = float(after) if after else None
    match response.status:
        case 404:
            raise NoData("Nothing there.", remedy="-")
        case 400:
            raise UpstreamRefused("Bad request.", remedy="-")
        case 402:
            raise QuotaExhausted("Plan used up.", retry_after=wait, remedy="-")
        case 429:
            raise RateLimited("Too fast.", retry_after=wait, transient=True, remedy="-")
        case 502:
            raise UpstreamDown("Broken behind.", remedy="-")
        case 500 | 503:
            raise UpstreamDown("Broken.", retry_after=wait, transient=True, remedy="-")
        case _:
            pass
    try:
        value = json.loads(response.body)
    except ValueError:
        raise UpstreamChanged("Not JSON.", remedy="-") from None
    if value.get("error"):
        raise UpstreamRefused("An error that came with 200.", remedy="-")
    return value


@dataclass
class Rig:
    """An engine over a scripted service, with time in the hand."""

    script: list[tuple[int, Mapping[str, str], bytes]] = field(
        default_factory=list[tuple[int, Mapping[str, str], bytes]]
    )
    asked: list[str] = field(default_factory=list[str])
    now: float = NOON
    slept: list[float] = field(default_factory=list[float])
    gate: anyio.Event | None = None
    rested: anyio.Event = field(default_factory=anyio.Event)
    upstream: Upstream = field(init=False)

    def will(self, status: int = 200, body: bytes = b'{"v": 1}', **headers: str) -> "Rig":
        """The next answer of the service; the last one is repeated."""
        self.script.append((status, {k.replace("_", "-"): v for k, v in headers.items()}, body))
        return self

    async def app(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        self.asked.append(scope["path"])
        if self.gate is not None:
            await self.gate.wait()
        status, headers, body = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        raw = [(k.encode(), v.encode()) for k, v in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    async def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.slept.append(round(seconds, 2))
            self.rested.set()
        self.now += seconds
        await anyio.lowlevel.checkpoint()

    async def fetch(
        self, path: str = "/a", *, policy: Policy = POLICY, within: float = 60.0, **more: Any
    ) -> Fetched[dict[str, Any]]:
        more.setdefault("freshness", FRESHNESS)
        request = Request("shop", "a", f"http://shop.invalid{path}", **more)
        return await self.upstream.fetch(request, policy, read, within=within)

    async def failing(self, kind: type[TradestatError], path: str = "/a", **more: Any) -> TradestatError:
        with pytest.raises(kind) as caught:
            await self.fetch(path, **more)
        return caught.value


@asynccontextmanager
async def a_rig(**settings: Any) -> AsyncGenerator[Rig]:
    rig = Rig()
    http = Http(app=rig.app)
    cache, ledger = SqliteCache(None), settings.pop("ledger", None) or SqliteLedger(None)
    clock = Clock(lambda: rig.now, rig.sleep)
    settings = {"chance": lambda: 1.0, **settings}
    async with Upstream(http, cache=cache, ledger=ledger, clock=clock, **settings) as rig.upstream:
        yield rig
    await http.aclose()
    cache.close()
    ledger.close()


@pytest.fixture
async def rig(anyio_backend: str) -> AsyncGenerator[Rig]:
    async with a_rig() as made:
        yield made


def notes(report: Report, code: NoteCode) -> list[str]:
    return [note.text for note in report.notes if note.code is code]


# Cache


async def test_an_equal_question_is_asked_once_while_its_answer_is_fresh(rig: Rig) -> None:
    rig.will(body=b'{"v": 1}').will(body=b'{"v": 2}')
    first = await rig.fetch(params={"b": "2", "a": "1"})
    rig.now += 99
    again = await rig.fetch(params={"a": "1", "b": "2"})
    rig.now += 2
    later = await rig.fetch(params={"a": "1", "b": "2"})
    assert [f.value["v"] for f in (first, again, later)] == [1, 1, 2]
    assert [f.state for f in (first, again, later)] == ["fresh", "cached", "fresh"]
    assert [f.calls for f in (first, again, later)] == [1, 0, 1]
    assert again.retrieved_at == first.retrieved_at < later.retrieved_at


async def test_a_different_key_is_the_same_question(rig: Rig) -> None:
    rig.will()
    await rig.fetch(secret_params={"key": SecretStr("mine")})
    again = await rig.fetch(secret_params={"key": SecretStr("yours")})
    assert again.state == "cached"


async def test_a_different_question_is_asked(rig: Rig) -> None:
    rig.will()
    await rig.fetch(params={"a": "1"})
    await rig.fetch(params={"a": "2"})
    await rig.fetch("/b", params={"a": "1"})
    await rig.fetch(method="POST", body={"a": "1"})
    assert len(rig.asked) == 4


async def test_freshness_is_decided_when_an_answer_is_stored(rig: Rig) -> None:
    # "Until the next publication" is 5 days for what is asked on the 10th and 29 for what is asked on the 16th.
    rig.will(body=b'{"v": 1}').will(body=b'{"v": 2}')
    await rig.fetch(freshness=Freshness(fresh=5))
    rig.now += 6
    assert (await rig.fetch(freshness=Freshness(fresh=29))).value["v"] == 2


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [(400, b"{}", UpstreamRefused), (200, b'{"error": "no"}', UpstreamRefused), (200, b"<html>", UpstreamChanged)],
)
async def test_an_error_is_never_stored_whatever_its_status(
    rig: Rig, status: int, body: bytes, kind: type[TradestatError]
) -> None:
    rig.will(status, body).will()
    await rig.failing(kind)
    assert (await rig.fetch()).value == {"v": 1}


async def test_no_data_is_remembered_for_a_while_only(rig: Rig) -> None:
    rig.will(404).will()
    await rig.failing(NoData)
    await rig.failing(NoData)
    assert len(rig.asked) == 1
    rig.now += 1000
    assert (await rig.fetch()).value == {"v": 1}


async def test_an_old_answer_is_given_at_once_and_renewed_behind_the_callers_back(rig: Rig) -> None:
    rig.will(body=b'{"v": 1}').will(body=b'{"v": 2}')
    await rig.fetch(freshness=Freshness(fresh=10, renew=100))
    rig.now += 50
    with reporting() as report:
        old = await rig.fetch(freshness=Freshness(fresh=10, renew=100))
    assert (old.value["v"], old.state, old.calls) == (1, "stale", 0)
    assert "Stored 50 seconds ago" in notes(report, NoteCode.STALE)[0]
    with anyio.fail_after(5):
        while (await rig.fetch(freshness=Freshness(fresh=10, renew=100))).value["v"] == 1:
            await anyio.lowlevel.checkpoint()
    assert len(rig.asked) == 2


async def test_where_the_service_fails_an_old_answer_is_given_and_called_stale(rig: Rig) -> None:
    rig.will(body=b'{"v": 1}').will(502)
    await rig.fetch()
    rig.now += 600
    with reporting() as report:
        old = await rig.fetch()
    assert (old.value["v"], old.state) == (1, "stale")
    assert "10 minutes ago" in notes(report, NoteCode.STALE)[0]
    assert "Broken behind." in notes(report, NoteCode.STALE)[0]
    rig.now += 600
    await rig.failing(UpstreamDown)  # past the bound an error is an error


async def test_an_old_answer_does_not_hide_that_the_question_is_wrong(rig: Rig) -> None:
    rig.will().will(400)
    await rig.fetch()
    rig.now += 600
    await rig.failing(UpstreamRefused)


async def test_offline_answers_from_the_store_only_and_says_how_old() -> None:
    async with a_rig(offline=True) as rig:
        rig.will()
        rig.upstream.offline = False
        await rig.fetch()
        rig.upstream.offline = True
        rig.now += 900
        with reporting() as report:
            assert (await rig.fetch()).state == "offline"
        assert "15 minutes ago" in notes(report, NoteCode.STALE)[0]
        assert "nothing" not in str((await rig.failing(UpstreamDown, "/other")).message)
    assert len(rig.asked) == 1


async def test_what_is_stored_can_be_looked_up_without_sending_anything(rig: Rig) -> None:
    rig.will()
    request = Request("shop", "a", "http://shop.invalid/a", freshness=FRESHNESS)
    assert await rig.upstream.stored(request, POLICY, read) is None
    assert rig.asked == []
    await rig.fetch()
    found = await rig.upstream.stored(request, POLICY, read)
    assert found is not None
    assert (found.value, found.state, found.calls) == ({"v": 1}, "cached", 0)
    rig.now += 101  # only usable from now on, no good answer
    assert await rig.upstream.stored(request, POLICY, read) is None
    assert len(rig.asked) == 1


async def test_a_stored_answer_that_there_is_nothing_is_nothing_to_look_up(rig: Rig) -> None:
    rig.will(404)
    await rig.failing(NoData)
    request = Request("shop", "a", "http://shop.invalid/a", freshness=FRESHNESS)
    assert await rig.upstream.stored(request, POLICY, read) is None
    assert len(rig.asked) == 1


async def test_a_stored_answer_needs_no_key(rig: Rig) -> None:
    rig.will()
    await rig.fetch()
    missing = MissingKey("No key.", remedy="Set one.")
    assert (await rig.fetch(unless_stored=missing)).state == "cached"
    await rig.failing(MissingKey, "/other", unless_stored=missing)
    assert len(rig.asked) == 1


async def test_an_answer_of_the_stand_in_is_known_as_such_stored_or_not(rig: Rig) -> None:
    rig.will(x_tradestat_sandbox="1").will()
    assert [(await rig.fetch()).sandbox for _ in range(2)] == [True, True]
    assert not (await rig.fetch("/other")).sandbox


# One flight


async def all_at_once(rig: Rig, callers: int, ask: Callable[[], Awaitable[None]]) -> None:
    """So many callers of one question, whose answer comes when the last of them says that it waits."""
    gate = rig.gate = anyio.Event()
    waiting: set[int] = set()

    async def call(number: int) -> None:
        async def report_progress(seconds: float, most: float, what: str) -> None:
            del seconds, most, what
            waiting.add(number)
            if len(waiting) == callers:
                gate.set()

        with reporting(report_progress):
            await ask()

    async with anyio.create_task_group() as tasks:
        for number in range(callers):
            tasks.start_soon(call, number)


async def test_equal_questions_under_way_share_one_call() -> None:
    async with a_rig(progress_every=0.005) as rig:
        rig.will()
        got: list[int] = []

        async def ask() -> None:
            got.append((await rig.fetch()).value["v"])

        await all_at_once(rig, 50, ask)
    assert got == [1] * 50
    assert len(rig.asked) == 1


async def test_they_share_a_failure_too() -> None:
    async with a_rig(progress_every=0.005) as rig:
        rig.will(502)
        failures: list[TradestatError] = []

        async def ask() -> None:
            failures.append(await rig.failing(UpstreamDown))

        await all_at_once(rig, 20, ask)
    assert len(failures) == 20
    assert len(rig.asked) == 1


async def test_a_caller_that_gives_up_does_not_end_a_call_that_others_wait_for(rig: Rig) -> None:
    rig.will()
    rig.gate = anyio.Event()
    got: list[int] = []

    async def ask() -> None:
        got.append((await rig.fetch()).value["v"])

    async with anyio.create_task_group() as tasks:
        with anyio.move_on_after(0.05) as impatient:
            tasks.start_soon(ask)
            await ask()
        assert impatient.cancelled_caught
        rig.gate.set()
    assert got == [1]
    assert len(rig.asked) == 1


async def test_a_call_that_nobody_waits_for_ends_and_leaves_no_lock_behind(rig: Rig) -> None:
    rig.will()
    rig.gate = anyio.Event()
    with anyio.move_on_after(0.05):
        await rig.fetch()
    rig.gate = None
    assert (await rig.fetch()).state == "fresh"  # neither a flight nor a claim is in the way
    assert len(rig.asked) == 2


async def test_a_call_that_was_paid_for_is_stored_though_its_caller_left(rig: Rig) -> None:
    rig.will()
    rig.gate = anyio.Event()
    paid = Policy("shop", "The Shop", paid=True)
    with anyio.move_on_after(0.05):
        await rig.fetch(policy=paid)
    rig.gate.set()
    with anyio.fail_after(5):
        assert (await rig.fetch(policy=paid)).state in ("fresh", "cached")
    assert len(rig.asked) == 1


# Pace and budget


BUDGET = Policy("shop", "The Shop", charged=charged, plan=Plan(budget=Budget(10, "month")))


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


PAID = Policy("shop", "The Shop", charged=charged, paid=True, retry=Retry(attempts=3, first=1.0))


async def test_what_was_charged_or_may_have_been_is_never_sent_again(rig: Rig) -> None:
    for headers in ({"x_credits_charged": "1"}, {}):
        for status in (500, 503):
            rig.asked.clear()
            rig.script.clear()
            rig.will(status, b"{}", **headers, retry_after="2").will()
            await rig.failing(UpstreamDown, f"/{status}/{len(headers)}", policy=PAID)
            assert len(rig.asked) == 1, (status, headers)


async def test_what_was_said_to_cost_nothing_is_sent_again(rig: Rig) -> None:
    rig.will(503, x_credits_charged="0").will(429, retry_after="3").will(x_credits_charged="1")
    fetched = await rig.fetch(policy=PAID)
    assert (fetched.calls, fetched.credits_charged) == (3, 1.0)


def _foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")


def _of_another_version(path: Path) -> None:
    SqliteLedger(path).close()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 99")


UNUSABLE: dict[str, Callable[[Path], object]] = {
    "a folder in its place": lambda path: path.mkdir(),
    "bytes that are no database": lambda path: path.write_bytes(bytes(range(256)) * 64),
    "another program's": _foreign,
    "a newer version's": _of_another_version,
}


async def test_no_paid_call_goes_without_a_ledger_and_free_ones_go_on(tmp_path: Path) -> None:
    for what, spoil in UNUSABLE.items():
        folder = tmp_path / what
        folder.mkdir()
        spoil(folder / "ledger.sqlite3")
        before = sorted(path.name for path in folder.iterdir() if path.suffix == ".sqlite3")
        ledger = SqliteLedger(folder / "ledger.sqlite3")
        assert "can not be used" in (ledger.warning or ""), f"{what}: said before anything is asked"
        async with a_rig(ledger=ledger) as rig:
            rig.will()
            error = await rig.failing(UpstreamDown, "/paid", policy=PAID)
            assert rig.asked == [], what
            assert "TRADESTAT_CACHE_DIR" in error.remedy
            assert (await rig.fetch("/free")).value == {"v": 1}, what
        kept = sorted(path.name for path in folder.iterdir() if path.suffix == ".sqlite3")
        assert kept == before, f"{what}: nothing is set aside, for it says what was spent"


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


# Progress


async def test_a_long_call_reports_progress() -> None:
    reports: list[tuple[float, float, str]] = []
    heard = anyio.Event()

    async def tell(done: float, total: float, text: str) -> None:
        reports.append((done, total, text))
        heard.set()

    async with a_rig(progress_every=0.02) as rig:
        rig.will()
        rig.gate = anyio.Event()
        with reporting(tell):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(rig.fetch)
                with anyio.fail_after(5):
                    await heard.wait()
                rig.gate.set()
    assert reports[0][1:] == (60.0, "waiting for The Shop")


# What a source thinks of an answer after it was stored


class Nothing(Arguments):
    """No arguments."""


class Value(Data):
    """One number."""

    v: int

    def tables(self) -> list[Table]:
        return []


def looking_closer(rig: Rig, verdict: TradestatError) -> Tool[Nothing, Value]:
    """A tool that fetches two answers, and then finds something about the second."""

    async def run(_: Context, __: Nothing) -> Answer[Value]:
        await rig.fetch("/first")
        await rig.fetch("/second")
        raise verdict

    return Tool("t", "T", "D", Nothing, Value, run, example={})


async def test_an_answer_to_another_question_is_not_kept_but_what_came_before_it_is(rig: Rig) -> None:
    rig.will()
    tool = looking_closer(rig, UpstreamChanged("Not what was asked.", remedy="-"))
    context = context_on(catalogue().settings(_env_file=None), rig.upstream)
    for _ in range(2):
        with pytest.raises(UpstreamChanged):
            await context.call(tool, {})
    assert rig.asked == ["/first", "/second", "/second"]


async def test_that_there_is_nothing_is_kept_for_a_quarter_of_an_hour_whoever_found_it(rig: Rig) -> None:
    long = Freshness(fresh=10_000)
    rig.will()

    async def run(_: Context, __: Nothing) -> Answer[Value]:
        await rig.fetch(freshness=long)
        raise NoData("No rows.", remedy="-")

    tool = Tool("t", "T", "D", Nothing, Value, run, example={})
    context = context_on(catalogue().settings(_env_file=None), rig.upstream)
    for _ in range(2):
        with pytest.raises(NoData):
            await context.call(tool, {})
    assert len(rig.asked) == 1
    rig.now += 901
    with pytest.raises(NoData):
        await context.call(tool, {})
    assert len(rig.asked) == 2


async def test_a_process_that_soon_ends_asks_anew_instead_of_renewing_behind_its_back() -> None:
    kept = Freshness(fresh=10, renew=100)
    async with a_rig(renews=False) as rig:
        rig.will(body=b'{"v": 1}').will(body=b'{"v": 2}')
        await rig.fetch(freshness=kept)
        rig.now += 50
        found = await rig.fetch(freshness=kept)
    assert (found.value["v"], found.state) == (2, "fresh")


async def test_without_a_key_an_old_answer_is_better_than_none_and_says_why(rig: Rig) -> None:
    rig.will()
    await rig.fetch()
    rig.now += 600
    with reporting() as report:
        old = await rig.fetch(unless_stored=MissingKey("No key is set.", remedy="Set one."))
    assert old.state == "stale"
    assert "No key is set." in notes(report, NoteCode.STALE)[0]


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
