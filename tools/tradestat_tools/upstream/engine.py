"""From a request to a classified answer: the cache, else one call for all who ask, by the rules of its source."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import anyio
from anyio.abc import TaskGroup

from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import (
    MissingKey,
    NoData,
    QuotaExhausted,
    RateLimited,
    TooLarge,
    TradestatError,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.upstream.calling import Caller, read_response
from tradestat_tools.upstream.flight import LEASE, Flights
from tradestat_tools.upstream.plan import Plan
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.report import Report, current_report
from tradestat_tools.upstream.request import (
    NO_DATA,
    PAID_REFUSAL,
    SANDBOX_HEADER,
    AskedCall,
    Fetched,
    Reader,
    Request,
)
from tradestat_tools.upstream.runtime import Clock, as_utc, in_thread
from tradestat_tools.upstream.store import Cache, Ledger
from tradestat_tools.upstream.stored import Stored, StoredState, said_when
from tradestat_tools.upstream.watch import current_watch
from tradestat_tools.upstream.wider import taken_from

if TYPE_CHECKING:
    from tradestat_tools.upstream.http import Http

T = TypeVar("T")

PROGRESS_EVERY = 5.0
"""Seconds between two reports of progress."""

FINISH_WITHIN = 30.0
"""Seconds for which an engine that is closed waits for the calls that are paid for."""

RENEWAL_REST = 3600.0
"""Seconds for which a question that is paid for is not renewed again: a renewal that failed may have been charged."""


class Upstream(Stored):
    """The only way to the services. An async context manager, which owns the calls under way.

    Args:
        http: the client to send with.
        cache: stored answers.
        ledger: calls, credits and claims.
        clock: wall time and waiting.
        plans: pace and budget by source, as the user's settings have them; a source's own where not given.
        offline: answer from the cache only.
        chance: spreads retries, between 0 and 1.
        most_attempts: of one question, whatever the policies say.
        renews: whether old answers are renewed in the background; a process that soon ends asks at once instead.
        reuses: whether an answer is taken out of a stored one to a wider question (`wider`).
        progress_every: seconds between two reports of progress.
        lease: seconds after which another process may ask what a process that died was asking.
        finish_within: seconds for which closing waits for calls that are paid for, so that their answers are stored.
    """

    def __init__(
        self,
        http: "Http",
        *,
        cache: Cache,
        ledger: Ledger,
        clock: Clock | None = None,
        plans: Mapping[str, Plan] | None = None,
        offline: bool = False,
        chance: Callable[[], float] = random.random,
        most_attempts: int | None = None,
        renews: bool = True,
        reuses: bool = True,
        progress_every: float = PROGRESS_EVERY,
        lease: float = LEASE,
        finish_within: float = FINISH_WITHIN,
    ) -> None:
        clock = clock or Clock()
        super().__init__(cache, ledger, clock, plans or {}, offline=offline, reuses=reuses)
        self._caller = Caller(http, cache, ledger, clock, chance=chance, most_attempts=most_attempts)
        self._flights = Flights(cache, ledger, clock, lease=lease, progress_every=progress_every)
        self._tasks: TaskGroup | None = None
        self._renews = renews
        self._finish_within = finish_within
        self._not_renewed_until: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        self._tasks = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.finish()
        tasks, self._tasks = self._tasks, None
        if tasks is not None:
            tasks.cancel_scope.cancel()
            # Without the error that ends the context, which would come out wrapped in a group.
            await tasks.__aexit__(None, None, None)

    async def finish(self) -> None:
        """Send nothing more: calls that cost nothing end now, those that are paid for are waited for, within bounds."""
        await self._flights.finish(self._finish_within)

    async def fetch(self, request: Request, policy: Policy, read: Reader[T], *, within: float) -> Fetched[T]:
        """The answer to a request: from the cache where that is good enough, else from the service.

        Raises:
            TradestatError: what the reader raises; MissingKey where a key is needed and not set; UpstreamDown and
                TooLarge from the wire; RateLimited and QuotaExhausted where the plan allows no call now.
        """
        asked = AskedCall.of(request)
        report = current_report()
        with report.asking(asked), self._flights.asking() as turn:
            return await self._fetch(request, policy, read, within, report, turn=turn)

    async def _fetch(
        self, request: Request, policy: Policy, read: Reader[T], within: float, report: Report, *, turn: int
    ) -> Fetched[T]:
        policy = replace(policy, plan=self.plan(policy))
        entry, left = await self._look_up(request, policy)
        now = self._clock.time()
        if entry is not None and (self.offline or now < (entry.renew_until if self._renews else entry.fresh_until)):
            state: StoredState = "offline" if self.offline else "cached" if now < entry.fresh_until else "stale"
            stored = await self._from_store(request.key, entry, policy, read, state, left=left)
            if stored is not None:
                self._note_budget(report, policy, left)
                if policy.paid and state == "cached" and not report.sent:
                    report.stored = said_when(entry, now)
                if state == "stale":
                    self._renew(request, policy, read, within, report)
                return stored
        stored = await self._from_wider(request, policy, read, left, report)
        if stored is not None:
            return stored
        if self.offline:
            raise UpstreamDown(
                f"Working offline, and no answer of {policy.service} to this question is stored.",
                remedy="Ask without --offline, or import a cache that holds it.",
                source=policy.source,
            )
        joined = await self._from_joined(request, policy, read, within, report, turn=turn) if entry is None else None
        if joined is not None:
            return joined
        try:
            if request.unless_stored is not None:
                raise request.unless_stored
            stored_at = entry.stored_at if entry is not None else 0.0
            fetched = await self._fly(request, policy, read, within, report, turn=turn, newer_than=stored_at)
        except (MissingKey, NoData, UpstreamDown, RateLimited, QuotaExhausted, UpstreamChanged, TooLarge) as error:
            stored = None
            if entry is not None and not isinstance(error, NoData):
                left = await in_thread(partial(self.left, policy))  # the call that failed may have cost something
                stored = await self._from_store(request.key, entry, policy, read, "stale", left=left, why=error)
            if stored is None:
                report.failure = error
                raise
            self._note_budget(report, policy, left)
            return stored
        paid = policy.paid and fetched.credits_charged != 0
        report.fetched[request.key] = (PAID_REFUSAL if paid else NO_DATA).fresh
        return fetched

    async def pause(self, seconds: float) -> None:
        """Wait by the engine's clock, for a service that prepares an answer and wants to be asked again."""
        await self._clock.sleep(seconds)

    def breakers(self, source: str) -> dict[str, str]:
        """The state of a source's breakers by host."""
        return self._caller.breakers(source)

    async def _from_joined(
        self, request: Request, policy: Policy, read: Reader[T], within: float, report: Report, *, turn: int
    ) -> Fetched[T] | None:
        """The answer out of that to the wider question which is sent in its place; nothing where it is not in there.

        Raises:
            TradestatError: what the reader raises, or why the service did not answer. That the wider question is
                refused, or its answer too large, says nothing of the narrower one.
        """
        joined = request.joined if self._reuses else None
        take = request.within(joined.request.params) if request.within and joined else None
        if joined is None or take is None:
            return None
        try:
            came = await self._fetch(
                joined.request, policy, partial(taken_from, joined, take), within, report, turn=turn
            )
        except (UpstreamRefused, TooLarge):
            return None
        # That there is nothing was either just said, or is by now to be asked for.
        if came.value is None or (came.value.empty and came.state != "fresh"):
            return None
        report.instead(AskedCall.of(request), dict(joined.request.params))
        report.note(NoteCode.COST, joined.said)
        value = await read_response(read, came.value.response)
        taken = (came.calls, came.credits_charged, came.remaining_quota)
        return Fetched(value, came.address, came.retrieved_at, came.state, came.sandbox, *taken)

    def _renew(self, request: Request, policy: Policy, read: Reader[Any], within: float, report: Report) -> None:
        """Ask again in the background; what goes wrong there concerns nobody but the breaker."""
        if self._tasks is None or request.unless_stored is not None or request.key in self._flights:
            return
        if self._clock.time() < self._not_renewed_until.get(request.key, 0.0):
            return

        async def renew() -> None:
            try:
                with self._flights.asking() as turn:
                    if self._tasks is not None:  # closed before it began
                        await self._fly(request, policy, read, within, report, turn=turn)
            except TradestatError:
                return

        if policy.paid:
            self._not_renewed_until[request.key] = self._clock.time() + RENEWAL_REST
        self._tasks.start_soon(renew)

    async def _fly(
        self,
        request: Request,
        policy: Policy,
        read: Reader[T],
        within: float,
        report: Report,
        *,
        turn: int,
        newer_than: float = 0.0,
    ) -> Fetched[T]:
        """Join the call under way for this question, or begin it."""
        if self._tasks is None:
            raise RuntimeError("Upstream is used outside of its context")
        report.sent, report.stored = True, None
        current_watch().sound = False
        call = partial(self._caller.call, request, policy, read)
        left = partial(self.left, policy)
        exchange = await self._flights.share(
            request.key,
            policy,
            call,
            left,
            turn=turn,
            within=within,
            newer_than=newer_than,
            tasks=self._tasks,
            report=report,
        )
        # Equal requests may be read differently by different callers: each filters for itself.
        value = exchange.value if exchange.reader is read else await read_response(read, exchange.response)
        self._note_budget(report, policy, exchange.left)
        labelled, stored_at = SANDBOX_HEADER in exchange.response.headers, as_utc(exchange.stored_at)
        taken = (exchange.calls, exchange.charged, exchange.left)
        return Fetched(value, request.address, stored_at, "fresh", labelled, *taken)
