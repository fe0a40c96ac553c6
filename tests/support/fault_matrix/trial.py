"""Trying one cell: ask, break the service, ask again, mend it, ask once more."""

import tracemalloc
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import anyio
import anyio.lowlevel

from fault_matrix.faults import Fault
from fault_matrix.services import SERVICES, Service
from fault_matrix.wire import Behaviour, Wire, serving
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.open import context_on
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.plan import Budget
from tradestat_tools.upstream.runtime import Clock, as_utc
from tradestat_tools.upstream.sqlite.cache import SqliteCache
from tradestat_tools.upstream.sqlite.ledger import SqliteLedger
from tradestat_tools.upstream.store import Entry

START = 1_792_497_600.0
"""20 October 2026, noon UTC: after the months' publication, so that answers are kept for days."""

DAY = 86_400.0
STALE_AFTER = 20 * DAY
"""Longer than any of the four answers is fresh, shorter than it is kept for when the service fails."""

LATER = 3600.0
"""Seconds after the fault at which the service is asked again."""

BUDGET = 1000.0


@dataclass
class Hand:
    """Time held in the hand: waiting moves it on at once."""

    now: float = START
    waits: list[float] = field(default_factory=list[float])

    async def sleep(self, seconds: float) -> None:
        """Wait without waiting."""
        self.waits.append(seconds)
        self.now += seconds
        await anyio.lowlevel.checkpoint()


@dataclass(slots=True)
class Trial:
    """What one cell showed.

    Args:
        stale: whether an old answer was stored.
        before: that answer.
        answer: what the caller got while the service failed, or `error`.
        attempts: requests that reached the service meanwhile.
        credits: what the ledger counts more than before.
        waits: seconds waited between attempts.
        left: what the ledger says is left after the fault.
        stored: what the cache holds of the question after the fault.
        peak: bytes of memory at most, where that is watched.
        after: the answer of the mended service, and `attempts_after` the requests it took.
        heads: of the requests that reached the service in all, with whatever key they carried.
    """

    service: Service
    fault: Fault
    stale: bool
    before: Answer[Any] | None = None
    answer: Answer[Any] | None = None
    error: TradestatError | None = None
    attempts: int = 0
    credits: float = 0.0
    left: float = 0.0
    waits: list[float] = field(default_factory=list[float])
    stored: list[Entry] = field(default_factory=list[Entry])
    peak: int = 0
    after: Answer[Any] | None = None
    attempts_after: int = 0
    heads: list[str] = field(default_factory=list[str])

    @property
    def outcome(self) -> str:
        """The error's kind, or the state of the answer."""
        if self.error is not None:
            return self.error.kind
        return self.answer.source.state if self.answer else "nothing"


@dataclass
class Bench:
    """A service with the engine before it."""

    service: Service
    wire: Wire
    hand: Hand
    ledger: SqliteLedger
    cache: SqliteCache
    services: Context
    behaviour: Behaviour

    async def ask(self, within: float | None = None) -> Answer[Any]:
        """A real call of the service's tool."""
        services = self.services
        if within is not None:
            short = services.settings.model_copy(update={"timeout": within, "trademap_timeout": within})
            services = replace(services, settings=short)
        return await services.call(self.service.endpoint, self.service.arguments)

    @property
    def spent(self) -> float:
        """Credits that the ledger counts."""
        source = self.service.source
        return self.ledger.used(source.id, self.services.upstream.plan(source.policy), self.hand.now)


@asynccontextmanager
async def a_bench(service: Service, http: Http) -> AsyncGenerator[Bench]:
    """A service that works, with nothing asked of it yet."""
    hand = Hand()
    async with AsyncExitStack() as stack:
        bench: Bench

        def behave(path: str) -> Behaviour:
            aside = (reply for start, reply in service.aside.items() if path.startswith(start))
            return next(aside, bench.behaviour)

        wire = await stack.enter_async_context(serving(behave))
        urls = {f"TRADESTAT_{name}_URL": wire.url for name in ("TRADEMAP", "DOUMAOTONG", "KOREA", "COMTRADE")}
        keys = {service.key_field: service.key} if service.key else {}
        settings = catalogue().settings(_env_file=None, **urls, **keys)  # pyright: ignore[reportCallIssue, reportArgumentType]
        # The plan in force is the source's own, but every source gets a budget, so that spending is counted.
        plan = replace(service.source.plan(settings), budget=Budget(BUDGET, "rolling"))
        cache, ledger = SqliteCache(None), SqliteLedger(None)
        stack.callback(cache.close)
        stack.callback(ledger.close)
        upstream = await stack.enter_async_context(
            Upstream(
                http,
                cache=cache,
                ledger=ledger,
                clock=Clock(lambda: hand.now, hand.sleep),
                plans={service.source.id: plan},
                chance=lambda: 1.0,
            )
        )
        context = context_on(settings, upstream, lambda: as_utc(hand.now))
        bench = Bench(service, wire, hand, ledger, cache, context, service.good)
        yield bench


async def try_cell(service: Service, fault: Fault, http: Http, *, stale: bool) -> Trial | None:
    """One cell of the matrix; nothing where the service has no such failure."""
    act = fault.act(service)
    if act is None:
        return None
    trial = Trial(service, fault, stale)
    async with a_bench(service, http) as bench:
        if stale:
            trial.before = await bench.ask()
            bench.hand.now += STALE_AFTER
        asked, spent = bench.wire.times(service.path), bench.spent
        bench.hand.waits.clear()
        bench.behaviour = act
        if fault.refused:
            await bench.wire.refuse()
        if fault.large:
            tracemalloc.start()
        try:
            trial.answer = await bench.ask(fault.within)
        except TradestatError as error:
            trial.error = error
        finally:
            if fault.large:
                trial.peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
        trial.attempts = bench.wire.times(service.path) - asked
        trial.credits = bench.spent - spent
        trial.left = BUDGET - bench.spent
        trial.waits = [wait for wait in bench.hand.waits if wait > 0]
        trial.stored = [entry for _, entry in bench.cache.entries() if service.path in entry.address]
        bench.behaviour = service.good
        await bench.wire.listen()
        bench.hand.now += LATER
        asked = bench.wire.times(service.path)
        trial.after = await bench.ask()
        trial.attempts_after = bench.wire.times(service.path) - asked
        trial.heads = bench.wire.asked
    return trial


async def try_row(fault: Fault) -> list[list[Trial]]:
    """A row of the matrix: for each service the trials with an empty cache and with a stale entry, if it fails so."""
    row: list[list[Trial | None]] = [[None, None] for _ in SERVICES]
    http = Http()

    async def fill(at: int, *, stale: bool) -> None:
        row[at][stale] = await try_cell(SERVICES[at], fault, http, stale=stale)

    try:
        async with anyio.create_task_group() as tasks:
            for at in range(len(SERVICES)):
                for stale in (False, True):
                    if fault.large:  # one after the other, so that their memory can be told apart
                        await fill(at, stale=stale)
                    else:
                        tasks.start_soon(lambda at=at, stale=stale: fill(at, stale=stale))
    finally:
        await http.aclose()
    return [[trial for trial in cell if trial is not None] for cell in row]
