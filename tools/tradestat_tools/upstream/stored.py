"""What is stored in answer to questions, and what is left of a budget. Nothing is sent here."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Literal, TypeVar

from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import NoData, TradestatError, UpstreamRefused, said_before
from tradestat_tools.upstream.plan import Plan
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.remembered import Remembered
from tradestat_tools.upstream.report import Report, current_report
from tradestat_tools.upstream.request import SANDBOX_HEADER, AskedCall, Fetched, Reader, Request
from tradestat_tools.upstream.runtime import Clock, as_utc, in_thread
from tradestat_tools.upstream.store import Cache, Entry, Ledger, StoreUnavailable
from tradestat_tools.upstream.watch import Watch, current_watch
from tradestat_tools.upstream.wider import Part, part_of_stored

T = TypeVar("T")

WARN_AT = 0.8
"""Share of the budget from which answers carry a note."""

LOOKED_AT_AGAIN = 1.0
"""Seconds after which stores are looked through for changes in any case: what is left of a budget changes with time."""

StoredState = Literal["cached", "stale", "offline"]


class Stored:
    """The stores of answers and of calls, as the engine looks at them.

    Args:
        cache: stored answers.
        ledger: calls and credits.
        clock: wall time and waiting.
        plans: pace and budget by source, as the user's settings have them; a source's own where not given.
        offline: whether what is stored has to do, however old.
        reuses: whether an answer is taken out of a stored one to a wider question (`wider`).
    """

    def __init__(
        self,
        cache: Cache,
        ledger: Ledger,
        clock: Clock,
        plans: Mapping[str, Plan],
        *,
        offline: bool,
        reuses: bool,
    ) -> None:
        self.cache = cache
        self.ledger = ledger
        self.offline = offline
        self._clock = clock
        self._plans = plans
        self._reuses = reuses
        self._remembered = Remembered()

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
        versions = (self.cache.version(), version, self.ledger.version() if watch.left else 0)
        before, at = watch.found or (None, now)
        if versions == before and 0 <= now - at < LOOKED_AT_AGAIN:
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
        left = None
        with suppress(StoreUnavailable):
            left = plan.budget.credits - self.ledger.used(policy.source, plan, now)
        current_watch().left[policy.source] = (policy, left)
        return left

    def time(self) -> float:
        """Now by the engine's clock, wall time in seconds."""
        return self._clock.time()

    def to_send(self, requests: Sequence[Request]) -> list[Request]:
        """Those that would go over the wire, because no stored answer is good enough. Blocks."""
        now = self._clock.time()
        found = [(request, self._entry(request)) for request in requests]
        missing = [request for request, entry in found if entry is None or now >= entry.renew_until]
        return [request for request in missing if self._part(request, paid=False) is None]

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
                raise said_before(error, said_when(entry, self._clock.time())) from None
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
                report.stored = said_when(part.entry, self._clock.time())
        return stored

    @staticmethod
    def _note_budget(report: Report, policy: Policy, left: float | None) -> None:
        budget = policy.plan.budget
        if budget is None or left is None or budget.credits - left < budget.credits * WARN_AT:
            return
        per = {"day": "day", "month": "month", "rolling": "30 days"}[budget.period]
        report.note(
            NoteCode.COST, f"{left:g} of {budget.credits:g} credits or calls a {per} are left for {policy.service}."
        )


def said_when(entry: Entry, now: float) -> str:
    """That nothing was sent, because of an answer of when, kept until when."""
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
