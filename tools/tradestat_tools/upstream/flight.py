"""One call for equal questions: of all callers in this process, and of all processes that share the ledger."""

import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import anyio
import anyio.abc

from tradestat_tools.model.errors import TradestatError, UpstreamDown, error_from_dict
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.report import Report
from tradestat_tools.upstream.request import Reader, Response
from tradestat_tools.upstream.runtime import Clock, in_thread
from tradestat_tools.upstream.store import Cache, Ledger, StoreUnavailable

T = TypeVar("T")

log = logging.getLogger(__name__)

LEASE = 30.0
"""Seconds for which a reservation or claim outlives its time before it counts as left behind by a dead process."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A classified response with what it took.

    Args:
        calls: requests that were sent; 0 where another process asked.
        charged: what the service says it charged for them.
        reader: who made `value` of the response, where this process read it.
        left: of the budget, afterwards.
    """

    response: Response
    stored_at: float
    calls: int = 0
    charged: float | None = None
    reader: Reader[Any] | None = None
    value: Any = None
    left: float | None = None


@dataclass(slots=True)
class Flight:
    """One call that one or more callers wait for.

    Args:
        key: of the question.
        policy: of its source.
        deadline: wall time by which it must have ended.
        newer_than: when the answer was stored that is of no use any more; one that another process stored is newer.
        waiting: how many wait for it.
        last: nothing more may be sent for it, as the process is to end.
    """

    key: str
    policy: Policy
    deadline: float
    newer_than: float = 0.0
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    done: anyio.Event = field(default_factory=anyio.Event)
    waiting: int = 0
    last: bool = False
    exchange: Exchange | None = None
    failure: Exception | None = None

    @property
    def must_finish(self) -> bool:
        """Set by the call once it must end even if nobody waits any longer: money was spent on it."""
        return self.scope.shield

    @must_finish.setter
    def must_finish(self, must: bool) -> None:
        self.scope.shield = must


class Flights:
    """The calls under way, by question.

    Args:
        lease: seconds after which another process may ask what a process that died was asking.
        progress_every: seconds between two reports of progress.
    """

    def __init__(self, cache: Cache, ledger: Ledger, clock: Clock, *, lease: float, progress_every: float) -> None:
        self._cache = cache
        self._ledger = ledger
        self._clock = clock
        self._lease = lease
        self._progress_every = progress_every
        self._flights: dict[str, Flight] = {}
        self._turn = 0
        self._asking: set[int] = set()
        self._failed: dict[str, tuple[int, Exception]] = {}
        self._closed = False

    def __contains__(self, key: str) -> bool:
        return key in self._flights

    @contextmanager
    def asking(self) -> Generator[int]:
        """The turn of one who begins to ask.

        Who began before a call ended in failure is told of it and does not send the same again: whether he is early
        enough to join it, or is still looking through the stores, depends on threads alone.
        """
        self._turn = turn = self._turn + 1
        self._asking.add(turn)
        try:
            yield turn
        finally:
            self._asking.remove(turn)
            if self._failed:
                oldest = min(self._asking, default=self._turn + 1)
                self._failed = {key: failed for key, failed in self._failed.items() if failed[0] >= oldest}

    async def share(
        self,
        key: str,
        policy: Policy,
        call: Callable[[Flight], Awaitable[Exchange]],
        left: Callable[[], float | None],
        *,
        turn: int,
        within: float,
        newer_than: float,
        tasks: anyio.abc.TaskGroup,
        report: Report,
    ) -> Exchange:
        """The result of the one call for a question, which is begun unless it is under way.

        Args:
            left: what is left of the budget; asked once after the call, not by each who waits. Blocks.
            turn: when the caller began (`asking`).
            within: seconds within which a call that is begun now must have ended.
            newer_than: as in `Flight`; 0 where nothing is stored.
            tasks: where the call runs, so that it does not end with this caller.
            report: whom to tell of the progress.

        Raises:
            TradestatError: how the call failed, here or in another process; UpstreamDown where that takes too long.
        """
        flight = self._flights.get(key)
        if flight is None:
            failed_at, failure = self._failed.get(key, (0, None))
            if failure is not None and turn <= failed_at:
                raise failure
            if self._closed:
                raise _stopping(policy)
            self._failed.pop(key, None)
            flight = self._flights[key] = Flight(key, policy, self._clock.time() + within, newer_than)
            tasks.start_soon(self._run, flight, call, left, tasks)
        flight.waiting += 1
        try:
            await self._wait(flight, within, report)
        finally:
            flight.waiting -= 1
            if flight.waiting == 0 and not flight.done.is_set() and not flight.must_finish:
                # Nobody is left to hear the answer, and nothing was paid for it. A new caller begins anew.
                self._remove(flight)
                flight.scope.cancel()
        if flight.failure is not None:
            raise flight.failure
        if flight.exchange is None:
            raise _stopping(policy)
        return flight.exchange

    async def finish(self, within: float) -> None:
        """Begin nothing more, end what costs nothing, and wait for what is paid for; so many seconds at most."""
        self._closed = True
        for flight in [*self._flights.values()]:
            flight.last = True
            if not flight.must_finish:
                flight.scope.cancel()
        paid = [flight for flight in self._flights.values() if flight.must_finish]
        if not paid:
            return
        log.warning(
            "Waiting %g s at most for %d call(s) that are paid for, to store the answers. A second signal ends it now.",
            within,
            len(paid),
        )
        with anyio.move_on_after(within, shield=True):
            for flight in paid:
                await flight.done.wait()
        for flight in paid:
            flight.scope.cancel()

    async def _wait(self, flight: Flight, within: float, report: Report) -> None:
        """Wait for the end of a call, and say now and then for how long."""
        began = self._clock.time()
        while not flight.done.is_set():
            with anyio.move_on_after(self._progress_every):
                await flight.done.wait()
            if report.progress is not None and not flight.done.is_set():
                what = ", ".join(filter(None, (report.stage, f"waiting for {flight.policy.service}")))
                await report.progress(self._clock.time() - began, within, what)

    async def _run(
        self,
        flight: Flight,
        call: Callable[[Flight], Awaitable[Exchange]],
        left: Callable[[], float | None],
        tasks: anyio.abc.TaskGroup,
    ) -> None:
        try:
            with flight.scope:
                exchange = await self._among_processes(flight, call, tasks)
                flight.exchange = replace(exchange, left=await in_thread(left))
        except Exception as error:  # noqa: BLE001 - handed to every waiting caller as it is
            flight.failure = error
            self._failed[flight.key] = self._turn, error
        finally:
            self._remove(flight)
            flight.done.set()

    def _remove(self, flight: Flight) -> None:
        if self._flights.get(flight.key) is flight:
            del self._flights[flight.key]

    async def _among_processes(
        self, flight: Flight, call: Callable[[Flight], Awaitable[Exchange]], tasks: anyio.abc.TaskGroup
    ) -> Exchange:
        """The result of a call that only one of the processes makes, the one that claims the question."""
        owner = uuid.uuid4().hex
        theirs = await self._claim_or_wait(flight, owner)
        if theirs is not None:
            return theirs
        failure: str | None = None
        holding = anyio.CancelScope(shield=True)  # it lasts as long as the call, which may outlast the server
        tasks.start_soon(self._hold, flight.key, owner, holding)
        try:
            # Somebody may have stored it between this caller's look into the cache and its claim.
            return await self._just_stored(flight) or await call(flight)
        except TradestatError as error:
            failure = json.dumps(error.as_dict(), ensure_ascii=False)
            raise
        finally:
            holding.cancel()
            with anyio.CancelScope(shield=True):  # where that fails, the claim lapses
                now = self._clock.time()
                await _best_effort(partial(self._ledger.release, flight.key, owner, now=now, failure=failure))

    async def _hold(self, key: str, owner: str, scope: anyio.CancelScope) -> None:
        """Renew a claim while its call is under way, however long, so that it need not outlive its process by much."""
        with scope:
            while True:
                await anyio.sleep(self._lease / 3)
                now = self._clock.time()
                await _best_effort(partial(self._ledger.renew, key, owner, now=now, lease=self._lease))

    async def _claim_or_wait(self, flight: Flight, owner: str) -> Exchange | None:
        """What another process gets; None where the question is this caller's to ask."""
        pause = 0.02
        while True:
            now = self._clock.time()
            claim = await _best_effort(partial(self._ledger.claim, flight.key, owner, now=now, lease=self._lease))
            if claim is None or claim.ours:  # without a ledger nothing is sent anyway, and the call says so
                return None
            while claim is not None and claim.failure is None:
                if self._clock.time() >= flight.deadline:
                    raise UpstreamDown(
                        f"{flight.policy.service} has not yet answered another process that asks the same.",
                        remedy="Try again in a moment.",
                        source=flight.policy.source,
                        retry_after=self._lease,
                    )
                await self._clock.sleep(pause)
                pause = min(pause * 1.5, 0.25)
                claim = await _best_effort(partial(self._ledger.look, flight.key, self._clock.time()))
            stored = await self._just_stored(flight)
            if stored is not None:
                return stored
            if claim is not None and claim.failure is not None:
                raise error_from_dict(json.loads(claim.failure))

    async def _just_stored(self, flight: Flight) -> Exchange | None:
        now = self._clock.time()
        entry = await _best_effort(partial(self._cache.get, flight.key, now))
        if entry is None or now >= entry.fresh_until or entry.stored_at <= flight.newer_than:
            return None
        return Exchange(entry.response, entry.stored_at)


def _stopping(policy: Policy) -> UpstreamDown:
    return UpstreamDown(
        f"Tradestat is being stopped: {policy.service} is not asked any more.",
        remedy="Ask again once it has been started again.",
        source=policy.source,
    )


async def _best_effort(work: Callable[[], T]) -> T | None:
    """A store's work in a worker thread; None where the store can not be reached, which is no failure here."""
    try:
        return await in_thread(work)
    except StoreUnavailable:
        return None
