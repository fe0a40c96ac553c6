"""An engine that is closed in the middle of calls: what is paid for is brought to its end and stored."""

from dataclasses import dataclass, field

import anyio
import anyio.from_thread
import pytest
from scripted import FRESHNESS, Rig, a_rig, read

from tradestat_tools.model.errors import UpstreamDown
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.policy import Policy, Retry
from tradestat_tools.upstream.request import Request
from tradestat_tools.upstream.runtime import Clock
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.store import Grant

pytestmark = pytest.mark.anyio

PAID, FREE = Policy("shop", "The Shop", paid=True), Policy("shop", "The Shop")


@dataclass
class Asked:
    """What became of a question."""

    failure: UpstreamDown | None = None
    answered: bool = False
    heard: anyio.Event = field(default_factory=anyio.Event)

    async def ask(self, rig: Rig, path: str, policy: Policy) -> None:
        try:
            await rig.fetch(path, policy=policy)
            self.answered = True
        except UpstreamDown as error:
            self.failure = error
        finally:
            self.heard.set()


async def until_asked(rig: Rig, *paths: str) -> None:
    for _ in range(10_000):
        if {*paths} <= {*rig.asked}:
            return
        await anyio.sleep(0.001)
    pytest.fail(f"only {rig.asked} were asked")


async def test_what_was_sent_and_costs_is_stored_though_all_around_it_is_cancelled() -> None:
    rig, cache, ledger = Rig().will(), SqliteCache(None), SqliteLedger(None)
    rig.gate = anyio.Event()
    http, asked = Http(app=rig.app), {path: Asked() for path in ("/paid", "/free")}
    async with anyio.create_task_group() as outside:

        async def serve() -> None:
            with anyio.CancelScope() as everything:
                async with (
                    Upstream(http, cache=cache, ledger=ledger) as rig.upstream,
                    anyio.create_task_group() as tasks,
                ):
                    tasks.start_soon(asked["/paid"].ask, rig, "/paid", PAID)
                    tasks.start_soon(asked["/free"].ask, rig, "/free", FREE)
                    await until_asked(rig, "/paid", "/free")
                    everything.cancel()

        outside.start_soon(serve)
        with anyio.fail_after(10):
            for one in asked.values():
                await one.heard.wait()
        rig.gate.set()
    async with Upstream(http, cache=cache, ledger=ledger) as rig.upstream:
        request = [Request("shop", "a", f"http://shop.invalid{path}", freshness=FRESHNESS) for path in asked]
        found = [await rig.upstream.stored(one, PAID, read) for one in request]
    assert [one is not None for one in found] == [True, False]
    assert len(rig.asked) == 2
    await http.aclose()
    cache.close()
    ledger.close()


async def test_told_to_finish_it_answers_those_who_wait_for_paid_calls_and_refuses_all_else() -> None:
    async with a_rig(finish_within=10.0) as rig, anyio.create_task_group() as tasks:
        rig.will().gate = gate = anyio.Event()
        asked = {path: Asked() for path in ("/paid", "/free")}
        tasks.start_soon(asked["/paid"].ask, rig, "/paid", PAID)
        tasks.start_soon(asked["/free"].ask, rig, "/free", FREE)
        await until_asked(rig, "/paid", "/free")
        tasks.start_soon(rig.upstream.finish)
        with anyio.fail_after(10):
            await asked["/free"].heard.wait()
        refused = await rig.failing(UpstreamDown, "/more", policy=PAID)
        gate.set()
        with anyio.fail_after(10):
            await asked["/paid"].heard.wait()
        assert asked["/paid"].answered
        for failure in (asked["/free"].failure, refused):
            assert failure is not None
            assert "being stopped" in failure.message
        assert {*rig.asked} == {"/paid", "/free"}
        assert (await rig.fetch("/paid", policy=PAID)).state == "cached", "what is stored is given all the same"


async def test_a_paid_call_that_could_be_asked_again_is_not_once_it_is_to_finish() -> None:
    free_of_charge = Policy("shop", "The Shop", paid=True, charged=lambda _: 0.0, retry=Retry(attempts=3))
    async with a_rig(finish_within=10.0) as rig, anyio.create_task_group() as tasks:
        rig.will(503).gate = gate = anyio.Event()
        asked = Asked()
        tasks.start_soon(asked.ask, rig, "/paid", free_of_charge)
        await until_asked(rig, "/paid")
        async with anyio.create_task_group() as finishing:
            finishing.start_soon(rig.upstream.finish)
            await anyio.wait_all_tasks_blocked()
            gate.set()
        assert asked.failure is not None
        assert rig.asked == ["/paid"]


async def test_it_waits_for_paid_calls_no_longer_than_it_may() -> None:
    async with a_rig(finish_within=0.05) as rig, anyio.create_task_group() as tasks:
        rig.will().gate = anyio.Event()  # never opened
        asked = Asked()
        tasks.start_soon(asked.ask, rig, "/paid", PAID)
        await until_asked(rig, "/paid")
        with anyio.fail_after(10):
            await rig.upstream.finish()
            await asked.heard.wait()
        assert asked.failure is not None
        assert rig.upstream.ledger.used("shop", PAID.plan, rig.now) == 1.0, "it may have been charged"


class GivenUp(SqliteLedger):
    """A ledger of whose callers one gives up while its call is being counted."""

    scope: anyio.CancelScope

    def mark_sent(self, grant: Grant) -> bool:
        held = super().mark_sent(grant)
        anyio.from_thread.run_sync(self.scope.cancel)
        return held


async def test_a_paid_call_that_is_given_up_before_it_is_sent_costs_nothing() -> None:
    rig, cache, ledger = Rig().will(), SqliteCache(None), GivenUp(None)
    http = Http(app=rig.app)
    async with Upstream(http, cache=cache, ledger=ledger) as rig.upstream:
        with anyio.CancelScope() as ledger.scope:
            await rig.fetch("/paid", policy=PAID)
    assert rig.asked == []
    assert ledger.used("shop", PAID.plan, Clock().time()) == 0.0
    await http.aclose()
    cache.close()
    ledger.close()
