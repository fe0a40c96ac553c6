"""Making one call: leave from breaker, plan and pace; the wire; what it cost; what it means; and asking again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar
from urllib.parse import urlsplit

import anyio
import anyio.abc

from tradestat_tools.model.errors import NoData, QuotaExhausted, RateLimited, TradestatError, UpstreamDown
from tradestat_tools.upstream.http import NotReached, Unanswered
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.request import NO_DATA, Freshness, Reader, Request, Response
from tradestat_tools.upstream.runtime import Clock, as_utc, in_thread, read_response
from tradestat_tools.upstream.store import Cache, Denial, Entry, Grant, Ledger, StoreUnavailable

if TYPE_CHECKING:
    from tradestat_tools.upstream.http import Http


FAILURES = 5
FIRST_REST = 30.0
LONGEST_REST = 300.0

State = Literal["closed", "open", "half-open"]


@dataclass(slots=True)
class Breaker:
    """Opens after so many failures in a row; then one probe at a time may pass, and its end decides.

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
        """Seconds until a call may pass: 0 lets this one pass, and then it must be reported back."""
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


T = TypeVar("T")


@dataclass(slots=True)
class Flight(Generic[T]):
    """One call that one or more callers wait for.

    Args:
        must_finish: set by the call once it must be finished even if nobody waits any longer (money was spent on it).
    """

    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    done: anyio.Event = field(default_factory=anyio.Event)
    waiting: int = 0
    must_finish: bool = False
    value: T | None = None
    failure: Exception | None = None


class Flights(Generic[T]):
    """The calls under way, by question."""

    def __init__(self) -> None:
        self._flights: dict[str, Flight[T]] = {}

    def __len__(self) -> int:
        return len(self._flights)

    def __contains__(self, key: str) -> bool:
        return key in self._flights

    async def share(
        self,
        key: str,
        call: Callable[[Flight[T]], Awaitable[T]],
        tasks: anyio.abc.TaskGroup,
        wait: Callable[[anyio.Event], Awaitable[None]],
    ) -> T:
        """The result of the call under way for a question, or of one begun now.

        Args:
            key: equal questions have equal keys.
            call: makes the call.
            tasks: where the call runs, so that it does not end with this caller.
            wait: waits for its end, reporting progress.
        """
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = Flight[T]()
            begun = flight

            async def fly() -> None:
                try:
                    with begun.scope:
                        begun.value = await call(begun)
                except Exception as error:  # noqa: BLE001 - handed to every waiting caller as it is
                    begun.failure = error
                finally:
                    if self._flights.get(key) is begun:
                        del self._flights[key]
                    begun.done.set()

            tasks.start_soon(fly)
        flight.waiting += 1
        try:
            await wait(flight.done)
        finally:
            flight.waiting -= 1
            if flight.waiting == 0 and not flight.done.is_set() and not flight.must_finish:
                # Nobody is left to hear the answer, and nothing was paid for it. A new caller begins anew.
                if self._flights.get(key) is flight:
                    del self._flights[key]
                flight.scope.cancel()
        if flight.failure is not None:
            raise flight.failure
        if flight.value is None:
            raise RuntimeError("a call that somebody waited for was cancelled")
        return flight.value


LEASE = 30.0
"""Seconds for which a reservation or claim outlives its time before it counts as left behind by a dead process."""

LONGEST_TOLD = 900.0
"""Seconds for which nobody asks after a service said to stay away: the user may raise the plan meanwhile."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A classified response with what it took.

    Args:
        value: what `reader` made of it, where this process read it.
        calls: requests that went over the wire.
        left: of the budget, afterwards.
    """

    response: Response
    stored_at: float
    calls: int = 0
    charged: float | None = None
    reader: Reader[Any] | None = None
    value: Any = None
    left: float | None = None


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

    def breakers(self, source: str) -> dict[str, str]:
        """The state of a source's breakers by host."""
        return {host: breaker.state for (of, host), breaker in self._breakers.items() if of == source}

    async def call(
        self, request: Request, policy: Policy, read: Reader[Any], deadline: float, flight: Flight[Exchange]
    ) -> Exchange:
        """Ask, and ask again where that may help and the plan pays for it.

        Raises:
            TradestatError: the last attempt's failure.
        """
        calls = 0
        charged: float | None = None
        failed: TradestatError | None = None
        while True:
            try:
                grant = await self._leave(request, policy, deadline)
            except TradestatError:
                if failed is not None:
                    raise failed from None  # no retry that the plan can not pay: the failure itself is the news
                raise
            calls += 1
            try:
                response = await self._send(request, policy, grant, deadline, flight)
                cost = policy.charged(response)
                charged = charged if cost is None else (charged or 0.0) + cost
                value = await self._classify(request, policy, read, response)
            except TradestatError as error:
                failed = error
                delay = self._delay(policy, error, calls)
                if delay is None or self._clock.time() + delay >= deadline or flight.waiting == 0:
                    raise
            else:
                return Exchange(response, self._clock.time(), calls, charged, read, value)
            flight.must_finish = False
            await self._clock.sleep(delay)

    def _breaker(self, request: Request, policy: Policy) -> Breaker:
        return self._breakers.setdefault((policy.source, urlsplit(request.url).netloc), Breaker(self._clock.time))

    async def _leave(self, request: Request, policy: Policy, deadline: float) -> Grant:
        """Wait until breaker, plan and pace let the request go."""
        breaker = self._breaker(request, policy)
        rest = breaker.wait()
        if rest > 0:
            raise UpstreamDown(
                f"{policy.service} failed several times in a row and is left alone for {rest:.0f} s.",
                remedy="Try again then; other sources are not affected.",
                source=policy.source,
                retry_after=rest,
            )
        try:
            grant = await self._reserve(request, policy, deadline)
            try:
                await self._clock.sleep(max(0.0, grant.at - self._clock.time()))
                await self._mark_sent(policy, grant)
            except BaseException:
                with anyio.CancelScope(shield=True):
                    await in_thread(partial(self._settle, grant, None))
                raise
        except BaseException:
            breaker.abandoned()
            raise
        return grant

    async def _reserve(self, request: Request, policy: Policy, deadline: float) -> Grant:
        now = self._clock.time()
        # Half of the time may go on waiting; a call that is paid for must have the other half to be answered in.
        latest = now + (deadline - now) / 2
        ask = partial(self._ledger.reserve, policy.source, policy.plan, request.credits, now=now)
        try:
            granted = await in_thread(partial(ask, latest=latest, lease=LEASE))
        except StoreUnavailable:
            raise _no_ledger(policy) from None
        if isinstance(granted, Denial):
            raise self._refusal(policy, granted)
        return granted

    async def _mark_sent(self, policy: Policy, grant: Grant) -> None:
        try:
            await in_thread(partial(self._ledger.mark_sent, grant))
        except StoreUnavailable:
            raise _no_ledger(policy) from None

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
        said = "asked to be left alone" if denial.reason == "told" else "has had its calls for now"
        return RateLimited(
            f"{policy.service} {said}; the next call may go at {when}. Nothing was sent.",
            remedy=f"Call again in {wait:.0f} s.",
            source=policy.source,
            retry_after=wait,
        )

    async def _send(
        self, request: Request, policy: Policy, grant: Grant, deadline: float, flight: Flight[Exchange]
    ) -> Response:
        """Put one request on the wire, and settle what it cost whatever comes."""
        breaker = self._breaker(request, policy)
        cost: float | None = request.credits
        flight.must_finish = policy.paid
        try:
            response = await self._http.send(request, policy, within=max(0.001, deadline - self._clock.time()))
            said = policy.charged(response)
            cost = request.credits if said is None else said
        except UpstreamDown as error:
            if isinstance(error, NotReached):
                cost = None
            breaker.failed()
            raise
        except BaseException:
            breaker.abandoned()
            raise
        finally:
            with anyio.CancelScope(shield=True):
                await in_thread(partial(self._settle, grant, cost))
        return response

    async def _classify(self, request: Request, policy: Policy, read: Reader[Any], response: Response) -> Any:
        """Let the source say what the response means, store what is worth it, and keep the breaker informed."""
        breaker = self._breaker(request, policy)
        try:
            value = await read_response(read, response)
        except UpstreamDown:
            breaker.failed()
            raise
        except NoData:
            breaker.succeeded()
            await in_thread(partial(self._store, request, response, NO_DATA))
            raise
        except (RateLimited, QuotaExhausted) as error:
            breaker.succeeded()
            if error.retry_after:
                until = self._clock.time() + min(error.retry_after, LONGEST_TOLD)
                await in_thread(partial(self._stay_away, policy.source, until))
            raise
        except BaseException:
            breaker.succeeded()  # it answered, whatever it said
            raise
        breaker.succeeded()
        await in_thread(partial(self._store, request, response, request.freshness))
        return value

    def _delay(self, policy: Policy, error: TradestatError, calls: int) -> float | None:
        """Seconds until the next attempt; nothing where there is to be none."""
        if not error.transient or calls >= min(policy.retry.attempts, self._most_attempts or policy.retry.attempts):
            return None
        if policy.paid and isinstance(error, Unanswered):
            return None  # it may have been charged, and would be again
        if policy.paid and isinstance(error, RateLimited) and error.retry_after is None:
            return None  # when to come back is not said, and a guess may cost
        if error.retry_after is not None:
            return error.retry_after if error.retry_after <= policy.retry.longest else None
        return policy.retry.first * 2 ** (calls - 1) * (0.5 + self._chance() / 2)

    # In worker threads

    def _settle(self, grant: Grant, cost: float | None) -> None:
        try:
            if cost is None:
                self._ledger.refund(grant)
            else:
                self._ledger.settle(grant, cost)
        except StoreUnavailable:
            return  # it stays as it was last written: reserved lapses, sent counts as estimated

    def _store(self, request: Request, response: Response, freshness: Freshness) -> None:
        now = self._clock.time()
        fresh_until = now + freshness.fresh
        renew_until = fresh_until + freshness.renew
        entry = Entry(
            request.source,
            request.endpoint,
            request.address,
            response,
            now,
            fresh_until,
            renew_until,
            renew_until + freshness.usable,
        )
        try:
            self._cache.put(request.key, entry)
        except StoreUnavailable:
            return  # the answer is in the caller's hands; it is only not kept

    def _stay_away(self, source: str, until: float) -> None:
        try:
            self._ledger.stay_away(source, until)
        except StoreUnavailable:
            return


def _no_ledger(policy: Policy) -> UpstreamDown:
    return UpstreamDown(
        "The ledger of calls can not be reached, so nothing is sent: it could overspend the plan.",
        remedy="Bring back Redis (or the disk of the cache folder); stored answers go on meanwhile.",
        source=policy.source,
        retry_after=LEASE,
    )
