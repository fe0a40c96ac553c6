"""Making one call: leave from breaker, plan and pace; sending; what it cost; what it means; and asking again."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar
from urllib.parse import urlsplit

import anyio
import anyio.lowlevel

from tradestat_tools.model.errors import (
    NoData,
    QuotaExhausted,
    RateLimited,
    TradestatError,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.upstream.failures import NotReached
from tradestat_tools.upstream.flight import LEASE, Exchange, Flight
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.request import NO_DATA, PAID_REFUSAL, PAID_UNREAD, Freshness, Reader, Request, Response
from tradestat_tools.upstream.runtime import Clock, as_utc, in_thread
from tradestat_tools.upstream.sqlite import SqliteLedger
from tradestat_tools.upstream.store import LONGEST_ABSENCE, Cache, Denial, Entry, Grant, Ledger, StoreUnavailable

if TYPE_CHECKING:
    from tradestat_tools.upstream.http import Http

T = TypeVar("T")

FAILURES = 5
FIRST_REST = 30.0
LONGEST_REST = 300.0

KEPT = (
    "It was charged, so it is kept for an hour, in which the same question sends nothing and costs nothing; "
    "`tradestat-mcp cache clear` forgets it."
)
"""Said of an answer that could not be read."""

State = Literal["closed", "open", "half-open"]


@dataclass(slots=True)
class Breaker:
    """Holds calls back from a host that keeps failing.

    It opens after so many failures in a row; then one probe at a time may pass, and its end decides.

    Args:
        time: the clock.
        failures: in a row, until it opens.
        rest: seconds until the first probe; doubled with each probe that fails, up to `LONGEST_REST`.
    """

    time: Callable[[], float]
    failures: int = FAILURES
    rest: float = FIRST_REST
    _in_a_row: int = 0
    _opened_until: float | None = None
    _rest_now: float = 0.0
    _probing: bool = False

    @property
    def state(self) -> State:
        """Closed (calls pass), open (none does), half-open (one probe may, or is under way)."""
        if self._opened_until is None:
            return "closed"
        return "half-open" if self.time() >= self._opened_until else "open"

    def wait(self) -> float:
        """Seconds until a call may pass; 0 lets this one pass, whose end must then be reported."""
        if self._opened_until is None:
            return 0.0
        left = self._opened_until - self.time()
        if left > 0:
            return left
        if self._probing:
            return self.rest  # somebody's probe is under way; its end decides
        self._probing = True
        return 0.0

    def succeeded(self) -> None:
        """The service answered, whatever it said."""
        self._in_a_row = 0
        self._opened_until = None
        self._rest_now = 0.0
        self._probing = False

    def failed(self) -> None:
        """The service could not be reached or failed on its side."""
        self._in_a_row += 1
        if self._probing or self._in_a_row >= self.failures:
            self._rest_now = min(self._rest_now * 2 or self.rest, LONGEST_REST)
            self._opened_until = self.time() + self._rest_now
        self._probing = False

    def abandoned(self) -> None:
        """The call was given up before its end: it proves nothing."""
        self._probing = False


LARGE = 128 * 1024
"""Bytes above which a body is read in a worker thread."""


class Leave(NamedTuple):
    """Leave to send one request, and the ledger that has it."""

    ledger: Ledger
    grant: Grant


class Caller:
    """Sends requests by the rules of their source's policy.

    Args:
        chance: spreads retries, between 0 and 1.
        most_attempts: bounds what the policies say.
    """

    def __init__(
        self,
        http: "Http",
        cache: Cache,
        ledger: Ledger,
        clock: Clock,
        *,
        chance: Callable[[], float],
        most_attempts: int | None,
    ) -> None:
        self._http = http
        self._cache = cache
        self._ledger = ledger
        self._clock = clock
        self._chance = chance
        self._most_attempts = most_attempts
        self._breakers: dict[tuple[str, str], Breaker] = {}
        self._highest: dict[tuple[str, str], float] = {}

    @cached_property
    def _in_memory(self) -> Ledger:
        """What paces free calls while the ledger of this machine can not be used."""
        return SqliteLedger(None)

    def breakers(self, source: str) -> dict[str, str]:
        """The state of a source's breakers by host."""
        return {host: breaker.state for (of, host), breaker in self._breakers.items() if of == source}

    async def call(self, request: Request, policy: Policy, read: Reader[Any], flight: Flight) -> Exchange:
        """Ask, and ask again where that may help and the plan pays for it.

        Raises:
            TradestatError: the last attempt's failure.
        """
        host = urlsplit(request.url).netloc
        breaker = self._breakers.setdefault((policy.source, host), Breaker(self._clock.time))
        calls = 0
        charged: float | None = None
        failed: TradestatError | None = None
        while True:
            try:
                leave = await self._leave(breaker, request, policy, flight.deadline)
            except TradestatError:
                if failed is not None:
                    raise failed from None  # no retry that the plan can not pay: the failure itself is the news
                raise
            calls += 1
            response: Response | None = None
            try:
                response, cost = await self._send(breaker, request, policy, leave, flight)
                charged = charged if cost is None else (charged or 0.0) + cost
                value = await self._classify(breaker, request, policy, read, response)
            except TradestatError as error:
                failed = error
                delay = None if _may_have_cost(policy, response, error) else self._delay(policy, error, calls)
                if delay is None or self._clock.time() + delay >= flight.deadline or not flight.waiting or flight.last:
                    raise
            else:
                return Exchange(response, self._clock.time(), calls, charged, read, value)
            flight.must_finish = False
            await self._clock.sleep(delay)

    async def _leave(self, breaker: Breaker, request: Request, policy: Policy, deadline: float) -> Leave:
        """Wait until breaker, plan and pace let the request go."""
        rest = breaker.wait()
        if rest > 0:
            raise UpstreamDown(
                f"{policy.service} failed several times in a row and is left alone for {rest:.0f} s.",
                remedy="Try again then; other sources are not affected.",
                source=policy.source,
                retry_after=rest,
            )
        try:
            leave = await self._reserve(request, policy, deadline)
            try:
                await self._clock.sleep(max(0.0, leave.grant.at - self._clock.time()))
                try:
                    if not await in_thread(partial(leave.ledger.mark_sent, leave.grant)):
                        raise _lapsed(policy)
                except StoreUnavailable as error:
                    if self._must_be_recorded(policy):
                        raise _no_ledger(policy, error) from None
                await anyio.lowlevel.checkpoint_if_cancelled()  # given up meanwhile: it is not sent, and costs nothing
            except BaseException:
                await self._settle(leave, None)
                raise
        except BaseException:
            breaker.abandoned()
            raise
        return leave

    async def _reserve(self, request: Request, policy: Policy, deadline: float) -> Leave:
        """A place in the ledger; of a free call in memory, while this machine's ledger can not be used."""
        now = self._clock.time()
        # Half of the time may go on waiting; a call that is paid for must have the other half to be answered in.
        latest = now + (deadline - now) / 2

        price = self._price(request, policy)

        def place_in(ledger: Ledger) -> Callable[[], Grant | Denial]:
            ask = partial(ledger.reserve, policy.source, policy.plan, price)
            return partial(ask, now=now, latest=latest, lease=LEASE)

        ledger = self._ledger
        try:
            granted = await in_thread(place_in(ledger))
        except StoreUnavailable as error:
            if self._must_be_recorded(policy):
                raise _no_ledger(policy, error) from None
            ledger = self._in_memory
            granted = await in_thread(place_in(ledger))
        if isinstance(granted, Denial):
            raise self._refusal(policy, granted)
        return Leave(ledger, granted)

    def _must_be_recorded(self, policy: Policy) -> bool:
        """Whether a call may only go if the ledger has it: what is paid for, and what machines share the pace of."""
        return policy.paid or not self._ledger.local

    def _refusal(self, policy: Policy, denial: Denial) -> TradestatError:
        wait = max(0.0, denial.until - self._clock.time())
        when = f"{as_utc(denial.until):%Y-%m-%d %H:%M:%S} UTC"
        if denial.reason == "budget":
            limit = f"{policy.plan.budget.credits:g} credits or calls" if policy.plan.budget else "calls"
            return QuotaExhausted(
                f"The budget of {limit} for {policy.service} is used up until {when}; nothing was sent.",
                remedy="Ask then, or what is stored already, or raise the budget in the settings to your plan.",
                source=policy.source,
                retry_after=wait,
            )
        said = "asked to be left alone" if denial.reason == "stay away" else "has had its calls for now"
        return RateLimited(
            f"{policy.service} {said}; the next call may go at {when}. Nothing was sent.",
            remedy=f"Call again in {wait:.0f} s.",
            source=policy.source,
            retry_after=wait,
        )

    async def _send(
        self, breaker: Breaker, request: Request, policy: Policy, leave: Leave, flight: Flight
    ) -> tuple[Response, float | None]:
        """What one request brings, with what the service says it charged; what it cost is settled whatever comes."""
        cost: float | None = self._price(request, policy)
        flight.must_finish = policy.paid
        try:
            response = await self._http.send(request, policy, within=max(0.001, flight.deadline - self._clock.time()))
            said = policy.charged(response) if policy.charged else None
            cost = cost if said is None else self._seen(request, said)
        except UpstreamDown as error:
            if isinstance(error, NotReached):
                cost = None
            breaker.failed()
            raise
        except BaseException:
            breaker.abandoned()
            raise
        finally:
            await self._settle(leave, cost)
        return response, said

    def _price(self, request: Request, policy: Policy) -> float:
        """Credits to reserve: what the service asks, at least 1 where calls are paid for, and no less than seen there.

        A price of 0 in a list of prices switched the budget off once (seen November 2026).
        """
        if not policy.paid:
            return request.credits
        return max(1.0, request.credits, self._highest.get((request.source, request.endpoint), 0.0))

    def _seen(self, request: Request, charged: float) -> float:
        """Remember the highest charge for an endpoint."""
        at = (request.source, request.endpoint)
        self._highest[at] = max(charged, self._highest.get(at, 0.0))
        return charged

    async def _settle(self, leave: Leave, cost: float | None) -> None:
        """Say what a call cost, None where it was never sent.

        Where the ledger can not be reached, it stays as last written: reserved lapses, sent counts as estimated.
        """
        with anyio.CancelScope(shield=True):
            refund = partial(leave.ledger.refund, leave.grant)
            with suppress(StoreUnavailable):
                await in_thread(refund if cost is None else partial(leave.ledger.settle, leave.grant, cost))

    async def _classify(
        self, breaker: Breaker, request: Request, policy: Policy, read: Reader[Any], response: Response
    ) -> Any:
        """Let the source say what the response means, store what is worth it, and report to the breaker."""
        try:
            value = await read_response(read, response)
        except UpstreamDown:
            breaker.failed()
            raise
        except (NoData, UpstreamRefused) as error:
            breaker.succeeded()
            if policy.keeps(response, error):
                await self._store(request, response, PAID_REFUSAL)
            elif isinstance(error, NoData):
                await self._store(request, response, NO_DATA)
            raise
        except UpstreamChanged as error:
            breaker.succeeded()
            # Never in place of an older answer, which is still worth more than this one.
            if policy.keeps(response, error) and not await self._holds(request):
                await self._store(request, response, PAID_UNREAD)
                error.remedy = f"{error.remedy} {KEPT}"
            raise
        except (RateLimited, QuotaExhausted) as error:
            breaker.succeeded()
            if error.retry_after:
                until = self._clock.time() + min(error.retry_after, LONGEST_ABSENCE)
                with suppress(StoreUnavailable):
                    await in_thread(partial(self._ledger.stay_away, policy.source, until))
            raise
        except BaseException:
            breaker.succeeded()  # it answered, whatever it said
            raise
        breaker.succeeded()
        await self._store(request, response, request.freshness)
        return value

    async def _holds(self, request: Request) -> bool:
        """Whether any answer to a request is stored, however old."""
        with suppress(StoreUnavailable):
            return await in_thread(partial(self._cache.get, request.key, self._clock.time())) is not None
        return False

    async def _store(self, request: Request, response: Response, freshness: Freshness) -> None:
        """Store an answer if possible; it is in the caller's hands in any case."""
        now = self._clock.time()
        fresh_until = now + freshness.fresh
        renew_until = fresh_until + freshness.renew
        times = (now, fresh_until, renew_until, renew_until + freshness.usable)
        entry = Entry(request.source, request.endpoint, request.address, response, *times)
        with suppress(StoreUnavailable):
            await in_thread(partial(self._cache.put, request.key, entry))

    def _delay(self, policy: Policy, error: TradestatError, calls: int) -> float | None:
        """Seconds until the next attempt; nothing where there is to be none."""
        if not error.transient or calls >= min(policy.retry.attempts, self._most_attempts or policy.retry.attempts):
            return None
        if policy.paid and isinstance(error, RateLimited) and error.retry_after is None:
            return None  # when to come back is not said, and a guess may cost
        if error.retry_after is not None:
            return error.retry_after if error.retry_after <= policy.retry.longest else None
        return policy.retry.first * 2 ** (calls - 1) * (0.5 + self._chance() / 2)


async def read_response(read: Reader[T], response: Response) -> T:
    """The source's reading of a response, in a thread where the body is large."""
    if len(response.body) > LARGE:
        return await in_thread(lambda: read(response))
    return read(response)


def _may_have_cost(policy: Policy, response: Response | None, error: TradestatError) -> bool:
    """Whether an attempt that failed was charged, or may have been; sent again, it would cost again.

    An answer that says nothing of a charge may have been charged where the service says it otherwise. Where it never
    does, a refusal for too many calls was not carried out.
    """
    if not policy.paid or isinstance(error, NotReached):
        return False
    if policy.charged is None:
        return not isinstance(error, RateLimited)
    cost = policy.charged(response) if response is not None else None
    return cost is None or cost > 0


def _lapsed(policy: Policy) -> UpstreamDown:
    return UpstreamDown(
        f"This machine slept, or its clock was set, while a call to {policy.service} waited for its turn; others may "
        "have had its place, so nothing was sent.",
        remedy="Ask again.",
        source=policy.source,
        retry_after=0.0,
    )


def _no_ledger(policy: Policy, error: StoreUnavailable) -> UpstreamDown:
    return UpstreamDown(
        f"The ledger of calls can not be used ({error}), so nothing is sent: it could overspend the plan.",
        remedy="Free space in the cache folder, make it writable, or set TRADESTAT_CACHE_DIR to one that is; where the "
        "file can not be read, `tradestat-mcp ledger reset` begins a new one (with TRADESTAT_REDIS_URL: bring back "
        "Redis). Stored answers and free sources of this machine go on meanwhile.",
        source=policy.source,
        retry_after=LEASE,
    )
