"""Trying one cell (ask, break the service, ask again, mend it, ask once more), and a row of them as text."""

import tracemalloc
from collections.abc import AsyncGenerator, Sequence
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
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.store import Entry

START = 1_792_497_600.0
"""20 October 2026, noon UTC: after the months' publication, so that answers are kept for days."""

DAY = 86_400.0
STALE_AFTER = 26 * DAY
"""Longer than any of the answers is fresh, shorter than it is kept for when the service fails."""

LATER = 3600.0
"""Seconds after an answer at which the service is asked again."""

NEXT_DAY = 1.5 * DAY
"""Seconds after a failure: a refusal that was charged is kept for a day."""

BUDGET = 1000.0


@dataclass
class FakeClock:
    """A clock on which waiting moves the time on at once."""

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
class Setup:
    """A service with the engine before it."""

    service: Service
    wire: Wire
    clock: FakeClock
    ledger: SqliteLedger
    cache: SqliteCache
    context: Context
    behaviour: Behaviour

    async def ask(self, within: float | None = None) -> Answer[Any]:
        """A real call of the service's tool."""
        context = self.context
        if within is not None:
            short = context.settings.model_copy(update={"timeout": within, "trademap_timeout": within})
            context = replace(context, settings=short)
        return await context.call(self.service.tool, self.service.arguments)

    @property
    def spent(self) -> float:
        """Credits that the ledger counts."""
        source = self.service.source
        return self.ledger.used(source.id, self.context.upstream.plan(source.policy), self.clock.now)


@asynccontextmanager
async def set_up(service: Service, http: Http) -> AsyncGenerator[Setup]:
    """A service that works, with nothing asked of it yet."""
    clock = FakeClock()
    async with AsyncExitStack() as stack:
        setup: Setup

        def behave(path: str) -> Behaviour:
            others = (reply for start, reply in service.others.items() if path.startswith(start))
            return next(others, setup.behaviour)

        wire = await stack.enter_async_context(serving(behave))
        urls = {f"TRADESTAT_{one.source.id.upper()}_URL": wire.url for one in SERVICES}
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
                clock=Clock(lambda: clock.now, clock.sleep),
                plans={service.source.id: plan},
                chance=lambda: 1.0,
            )
        )
        context = context_on(settings, upstream, lambda: as_utc(clock.now))
        setup = Setup(service, wire, clock, ledger, cache, context, service.good)
        yield setup


async def try_cell(service: Service, fault: Fault, http: Http, *, stale: bool) -> Trial | None:
    """One cell of the matrix; nothing where the service has no such failure."""
    act = fault.act(service)
    if act is None:
        return None
    trial = Trial(service, fault, stale)
    async with set_up(service, http) as setup:
        if stale:
            trial.before = await setup.ask()
            setup.clock.now += STALE_AFTER
        asked, spent = setup.wire.times(service.path), setup.spent
        setup.clock.waits.clear()
        setup.behaviour = act
        if fault.refused:
            await setup.wire.refuse()
        if fault.large:
            tracemalloc.start()
        try:
            trial.answer = await setup.ask(fault.within)
        except TradestatError as error:
            trial.error = error
        finally:
            if fault.large:
                trial.peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
        trial.attempts = setup.wire.times(service.path) - asked
        trial.credits = setup.spent - spent
        trial.left = BUDGET - setup.spent
        trial.waits = [wait for wait in setup.clock.waits if wait > 0]
        trial.stored = [entry for _, entry in setup.cache.entries() if service.path in entry.address]
        setup.behaviour = service.good
        await setup.wire.listen()
        setup.clock.now += LATER if trial.error is None else NEXT_DAY
        asked = setup.wire.times(service.path)
        trial.after = await setup.ask()
        trial.attempts_after = setup.wire.times(service.path) - asked
        trial.heads = setup.wire.asked
    return trial


async def try_row(fault: Fault, http: Http) -> list[list[Trial]]:
    """A row of the matrix: for each service the trials with an empty cache and with a stale entry, if it fails so."""
    row: list[list[Trial]] = [[] for _ in SERVICES]

    async def fill(at: int) -> None:
        for stale in (False, True):
            trial = await try_cell(SERVICES[at], fault, http, stale=stale)
            if trial is not None:
                row[at].append(trial)

    async with anyio.create_task_group() as tasks:
        for at in range(len(SERVICES)):
            if fault.large:  # one after the other, so that each one's memory can be measured
                await fill(at)
            else:
                tasks.start_soon(fill, at)
    return row


FIRST = 24
REST = 21
SHORTER = {"QuotaExhausted": "Quota", "RateLimited": "Limited", "fresh": "answer"}

LEGEND = """\
A cell: what a caller gets with an empty cache > what one with a stale entry gets (once, if it is the same),
requests that reached the service / credits or calls that the ledger counts. Down, Changed and Refused are UpstreamDown,
UpstreamChanged and UpstreamRefused, Limited is RateLimited, Quota QuotaExhausted. A dash: no such failure is known."""

HEAD = "".join([f"{'':{FIRST}}", *(f"{service.name:{REST}}" for service in SERVICES)]).rstrip()


def cell(trials: Sequence[Trial]) -> str:
    """A cell."""
    if not trials:
        return "-"
    outcomes = dict.fromkeys(SHORTER.get(t.outcome, t.outcome.removeprefix("Upstream")) for t in trials)
    counts = dict.fromkeys(f"{t.attempts}/{t.credits:g}" for t in trials)
    return f"{' > '.join(outcomes)} {' > '.join(counts)}"


def line(name: str, row: Sequence[Sequence[Trial]]) -> str:
    """A row."""
    return "".join([f"{name:{FIRST}}", *(f"{cell(trials):{REST}}" for trials in row)]).rstrip()
