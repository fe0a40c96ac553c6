"""From a request to a classified answer: the cache, else one call for all who ask, by the rules of its source."""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

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
    said_before,
)
from tradestat_tools.upstream.calling import Caller, read_response
from tradestat_tools.upstream.flight import LEASE, Flights
from tradestat_tools.upstream.plan import Plan
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.remembered import Remembered
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
from tradestat_tools.upstream.store import Cache, Entry, Ledger, StoreUnavailable
from tradestat_tools.upstream.watch import Watch, current_watch
from tradestat_tools.upstream.wider import Part, part_of_stored, taken_from

if TYPE_CHECKING:
    from tradestat_tools.upstream.http import Http

T = TypeVar("T")

WARN_AT = 0.8
"""Share of the budget from which answers carry a note."""

PROGRESS_EVERY = 5.0
"""Seconds between two reports of progress."""

FINISH_WITHIN = 30.0
"""Seconds for which an engine that is closed waits for the calls that are paid for."""

RENEWAL_REST = 3600.0
"""Seconds for which a question that is paid for is not renewed again: a renewal that failed may have been charged."""

LOOKED_AT_AGAIN = 1.0
"""Seconds after which stores are looked through for changes in any case: what is left of a budget changes with time."""

StoredState = Literal["cached", "stale", "offline"]


@dataclass(frozen=True, slots=True)
class _Left:
    """Credits that were left of a plan in a version of the ledger, at a time."""

    left: float | None
    plan: Plan
    version: object
    at: float

    def holds(self, plan: Plan, version: object, now: float) -> bool:
        """Whether they still are."""
        same = version is not None and (plan, version) == (self.plan, self.version)
        return same and 0 <= now - self.at < LOOKED_AT_AGAIN


class Upstream:
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
        self.cache = cache
        self.ledger = ledger
        self.offline = offline
        self._clock = clock or Clock()
        self._plans = plans or {}
        self._caller = Caller(http, cache, ledger, self._clock, chance=chance, most_attempts=most_attempts)
        self._flights = Flights(cache, ledger, self._clock, lease=lease, progress_every=progress_every)
        self._remembered = Remembered()
        self._left: dict[str, _Left] = {}
        self._tasks: TaskGroup | None = None
        self._renews = renews
        self._reuses = reuses
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
        with report.asking(asked):
            return await self._fetch(request, policy, read, within, report)

    async def _fetch(
        self, request: Request, policy: Policy, read: Reader[T], within: float, report: Report
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
                    report.stored = _said_when(entry, now)
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
        joined = await self._from_joined(request, policy, read, within, report) if entry is None else None
        if joined is not None:
            return joined
        try:
            if request.unless_stored is not None:
                raise request.unless_stored
            stored_at = entry.stored_at if entry is not None else 0.0
            fetched = await self._fly(request, policy, read, within, report, newer_than=stored_at)
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

    async def stored(self, request: Request, policy: Policy, read: Reader[T]) -> Fetched[T] | None:
        """What is stored in answer to a request and still fresh; None where there is nothing.

        Nothing is sent, counted or renewed, so this may be asked beside another question.
        """
        entry, left = await self._look_up(request, replace(policy, plan=self.plan(policy)))
        if entry is None and request.joined is not None:
            entry = await in_thread(lambda: self._joined(request, paid=policy.paid))
        return await self._good(request, policy, read, entry, left=left)

    async def stored_each(self, asked: Sequence[tuple[Request, Reader[T]]], policy: Policy) -> list[T | None]:
        """The same of many requests at once, in their order; what is left of the budget is not looked at."""
        requests = [request for request, _ in asked]
        entries = await in_thread(lambda: self._entries(requests, paid=policy.paid)) if asked else []
        together = zip(asked, entries, strict=True)
        found = [await self._good(request, policy, read, entry) for (request, read), entry in together]
        return [None if one is None else one.value for one in found]

    async def _good(
        self, request: Request, policy: Policy, read: Reader[T], entry: Entry | None, *, left: float | None = None
    ) -> Fetched[T] | None:
        if entry is None or self._clock.time() >= entry.fresh_until:
            return None
        try:
            return await self._from_store(request.key, entry, policy, read, "cached", left=left)
        except (NoData, UpstreamRefused):
            return None

    async def unchanged(self, watch: Watch, *, kept: Callable[[], bool], version: object) -> bool:
        """Whether all that an answer rests on is as it was, so that one made now would be no other.

        The stores are looked through where they may have changed since they last were, or a second is gone.

        Args:
            kept: whether what is kept elsewhere is as it was; asked in a worker thread.
            version: of where that is kept, as `Cache.version`.
        """
        now = self._clock.time()
        if self.offline or now >= watch.good_until:
            return False
        versions = [self.cache.version(), version, self.ledger.version() if watch.left else 0]
        if watch.found is not None and watch.found[0] == versions and 0 <= now - watch.found[1] < LOOKED_AT_AGAIN:
            return True

        def same() -> bool:
            try:
                stored = {key: at for key, at in watch.stored.items() if at is not None}
                as_it_was = self.cache.stored_at(watch.stored) == stored and kept()
                return as_it_was and all(self.left(p) == left for p, left in watch.left.values())
            except StoreUnavailable:
                return False

        found = await in_thread(same)
        watch.found = (versions, now) if found and None not in versions else None
        return found

    async def limit_freshness(self, limits: Mapping[str, float]) -> None:
        """Forget stored answers, by key, after so many seconds at the latest: they turned out to be worth less."""
        now = self._clock.time()

        def shorten() -> None:
            for key, seconds in limits.items():
                entry = self.cache.get(key, now)
                if entry is not None:
                    until = min(now + seconds, entry.fresh_until)
                    self.cache.put(key, replace(entry, fresh_until=until, renew_until=until, usable_until=until))

        with suppress(StoreUnavailable):
            await in_thread(shorten)

    def plan(self, policy: Policy) -> Plan:
        """The plan in force for a source."""
        return self._plans.get(policy.source, policy.plan)

    def left(self, policy: Policy) -> float | None:
        """Credits left of the budget; nothing where there is none or the ledger can not be reached. Blocks."""
        plan, now = self.plan(policy), self._clock.time()
        if plan.budget is None:
            return None
        version = self.ledger.version()
        known = self._left.get(policy.source)
        if known is not None and known.holds(plan, version, now):
            left = known.left
        else:
            left = None
            with suppress(StoreUnavailable):
                left = plan.budget.credits - self.ledger.used(policy.source, plan, now)
            self._left[policy.source] = _Left(left, plan, version, now)
        current_watch().left[policy.source] = (policy, left)
        return left

    def time(self) -> float:
        """Now by the engine's clock, wall time in seconds."""
        return self._clock.time()

    async def pause(self, seconds: float) -> None:
        """Wait by the engine's clock, for a service that prepares an answer and wants to be asked again."""
        await self._clock.sleep(seconds)

    def to_send(self, requests: Sequence[Request]) -> list[Request]:
        """Those that would go over the wire, because no stored answer is good enough. Blocks."""
        now = self._clock.time()
        found = [(request, self._entry(request)) for request in requests]
        missing = [request for request, entry in found if entry is None or now >= entry.renew_until]
        return [request for request in missing if self._part(request, paid=False) is None]

    def breakers(self, source: str) -> dict[str, str]:
        """The state of a source's breakers by host."""
        return self._caller.breakers(source)

    # From the cache

    def _entry(self, request: Request) -> Entry | None:
        entry = None
        with suppress(StoreUnavailable):
            entry = self.cache.get(request.key, self._clock.time())
        current_watch().saw(request.key, entry)
        return entry

    def _entries(self, requests: Sequence[Request], *, paid: bool) -> list[Entry | None]:
        """The same of several: few of many are stored as a rule, so it is first asked which. Blocks."""
        there: Collection[str] = {request.key for request in requests}
        with suppress(StoreUnavailable):  # a disk that can not be read keeps what comes in memory
            there = self.cache.stored_at(there)
        for request in requests:
            if request.key not in there:
                current_watch().saw(request.key, None)
        return [self._entry(one) if one.key in there else self._joined(one, paid=paid) for one in requests]

    def _joined(self, request: Request, *, paid: bool) -> Entry | None:
        """What a stored answer to the question that is sent in its place holds of it. Blocks."""
        if request.joined is None:
            return None
        part = self._part(request, paid=paid, only_joined=True)
        return part.entry if part is not None else None

    def _part(self, request: Request, *, paid: bool, only_joined: bool = False) -> Part | None:
        """The answer to a request out of a stored one to a wider question. Blocks."""
        part, now = None, self._clock.time()
        with suppress(StoreUnavailable):
            if self._reuses:
                part = part_of_stored(self.cache, request, now, paid=paid, stale=self.offline, only_joined=only_joined)
        if part is not None:
            current_watch().saw(part.key, part.entry)
        return part

    async def _from_wider(
        self, request: Request, policy: Policy, read: Reader[T], left: float | None, report: Report
    ) -> Fetched[T] | None:
        """The same of a stored answer to a wider question, saying so; nothing where there is none.

        Raises:
            NoData, UpstreamRefused: as `_from_store`.
        """
        part = await in_thread(lambda: self._part(request, paid=policy.paid)) if request.within else None
        if part is None:
            return None
        try:
            stored = await self._from_store(
                request.key, part.entry, policy, read, "offline" if self.offline else "cached", left=left
            )
        except NoData:
            report.instead(AskedCall.of(request), part.params)
            raise
        if stored is not None:
            report.instead(AskedCall.of(request), part.params)
            report.note(NoteCode.COST, _taken_from(part))
            self._note_budget(report, policy, left)
            if policy.paid and not self.offline and not report.sent:
                report.stored = _said_when(part.entry, self._clock.time())
        return stored

    async def _from_joined(
        self, request: Request, policy: Policy, read: Reader[T], within: float, report: Report
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
            came = await self._fetch(joined.request, policy, partial(taken_from, joined, take), within, report)
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

    async def _look_up(self, request: Request, policy: Policy) -> tuple[Entry | None, float | None]:
        """What is stored in answer to a request, and what is left of the budget."""
        return await in_thread(lambda: (self._entry(request), self.left(policy)))

    async def _from_store(
        self,
        key: str,
        entry: Entry,
        policy: Policy,
        read: Reader[T],
        state: StoredState,
        *,
        left: float | None,
        why: TradestatError | None = None,
    ) -> Fetched[T] | None:
        """A stored answer as the source reads it today; nothing where it can not read it any more.

        Raises:
            NoData, UpstreamRefused: that is what was stored, and it is still good.
        """
        try:
            value = await self._remembered.read(key, entry.response, read)
        except TradestatError as error:
            if state != "stale" and policy.keeps(entry.response, error):
                raise said_before(error, _said_when(entry, self._clock.time())) from None
            if state != "stale" and isinstance(error, NoData):
                raise
            return None
        if state != "cached":
            current_watch().sound = False
            reason = why.message if why else "It is being renewed." if state == "stale" else "Working offline."
            age = _age(self._clock.time() - entry.stored_at)
            text = f"Stored {age} ago ({as_utc(entry.stored_at):%Y-%m-%d %H:%M} UTC). {reason}"
            current_report().note(NoteCode.STALE, text)
        labelled = SANDBOX_HEADER in entry.response.headers
        return Fetched(value, entry.address, as_utc(entry.stored_at), state, labelled, 0, remaining_quota=left)

    def _renew(self, request: Request, policy: Policy, read: Reader[Any], within: float, report: Report) -> None:
        """Ask again in the background; what goes wrong there concerns nobody but the breaker."""
        if self._tasks is None or request.unless_stored is not None or request.key in self._flights:
            return
        if self._clock.time() < self._not_renewed_until.get(request.key, 0.0):
            return

        async def renew() -> None:
            try:
                if self._tasks is not None:  # closed before it began
                    await self._fly(request, policy, read, within, report)
            except TradestatError:
                return

        if policy.paid:
            self._not_renewed_until[request.key] = self._clock.time() + RENEWAL_REST
        self._tasks.start_soon(renew)

    # From the service

    async def _fly(
        self,
        request: Request,
        policy: Policy,
        read: Reader[T],
        within: float,
        report: Report,
        *,
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

    @staticmethod
    def _note_budget(report: Report, policy: Policy, left: float | None) -> None:
        budget = policy.plan.budget
        if budget is None or left is None or budget.credits - left < budget.credits * WARN_AT:
            return
        per = {"day": "day", "month": "month", "rolling": "30 days"}[budget.period]
        report.note(
            NoteCode.COST, f"{left:g} of {budget.credits:g} credits or calls a {per} are left for {policy.service}."
        )


def _said_when(entry: Entry, now: float) -> str:
    stored, until = (f"{as_utc(moment):%Y-%m-%d %H:%M} UTC" for moment in (entry.stored_at, entry.fresh_until))
    age = _age(now - entry.stored_at)
    return f"By an answer stored {age} ago ({stored}) and kept until {until}, nothing was sent"


def _taken_from(part: Part) -> str:
    stored = f"{as_utc(part.entry.stored_at):%Y-%m-%d %H:%M} UTC"
    said = f"Nothing was sent: taken out of the answer to a wider question, stored {stored}; the address is that one's."
    return f"{said} {part.said}".strip()


def _age(seconds: float) -> str:
    """How long ago, in the largest unit that is at least two of them."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
