"""What the engine remembers: answers in a cache; calls, credits and who is asking what in a ledger.

Both are synchronous; the engine calls them in worker threads, which is the one way that works the same for SQLite and
Redis on every event loop. Every method is atomic across threads and processes and, on Redis, across machines.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from tradestat_tools.upstream.plan import Plan
from tradestat_tools.upstream.request import Response

FAILURE_SHOWN = 5.0
"""Seconds for which the failure of a call is left for those who waited for it."""

EPSILON = 1e-3
"""Seconds: keeps a call that takes the place of one exactly a window old out of that window."""


class StoreUnavailable(Exception):
    """Cache or ledger can not be reached; the engine decides what may go on without it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored answer. Times are wall time in seconds.

    Args:
        fresh_until: as good as new until then.
        renew_until: after that and until here it is given at once, and asked for again in the background.
        usable_until: after that and until here it is given only where the service fails.
    """

    source: str
    endpoint: str
    address: str
    response: Response
    stored_at: float
    fresh_until: float
    renew_until: float
    usable_until: float

    @property
    def times(self) -> tuple[float, float, float, float]:
        """When it was stored, and until when it is fresh, renewed and usable."""
        return self.stored_at, self.fresh_until, self.renew_until, self.usable_until


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What a cache holds; `warning` says what went wrong when it was opened or written."""

    kind: str
    place: str
    entries: int
    bytes: int
    warning: str | None = None


class Cache(Protocol):
    """Stored answers by key."""

    def get(self, key: str, now: float) -> Entry | None:
        """The answer under a key, unless it is past `usable_until`."""
        ...

    def put(self, key: str, entry: Entry) -> None:
        """Store an answer; the least recently used go where the size bound is passed."""
        ...

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Every stored answer, for export."""
        ...

    def clear(self, source: str | None = None) -> int:
        """Forget the answers of one source, or all; says how many."""
        ...

    def info(self) -> CacheInfo:
        """What is held."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to send one request at `at`, under the number `id` in the ledger."""

    id: str
    at: float


@dataclass(frozen=True, slots=True)
class Denial:
    """No leave to send.

    Args:
        reason: "budget" (used up), "pace" (the next free moment is too late for the caller) or "stay away"
            (the service itself said so).
        until: when to come back.
    """

    reason: Literal["budget", "pace", "stay away"]
    until: float


@dataclass(frozen=True, slots=True)
class Claim:
    """Who is asking a question right now.

    Args:
        ours: the claim is the caller's, who asks and then releases it.
        owner: who holds it, or held it last.
        failure: how the last holder's call ended, where it failed a moment ago.
    """

    ours: bool
    owner: str
    failure: str | None = None


class Ledger(Protocol):
    """Calls and credits by account, and claims by question."""

    @property
    def local(self) -> bool:
        """Whether it is this machine's alone. While it can not be used, free calls are paced in memory then."""
        ...

    @property
    def warning(self) -> str | None:
        """What is wrong with where it is kept, if anything."""
        ...

    def reserve(
        self, account: str, plan: Plan, credits: float, *, now: float, latest: float, lease: float
    ) -> Grant | Denial:
        """Leave to send one request that costs `credits`, at `latest` at the latest.

        A reservation whose holder dies before sending lapses `lease` seconds after its turn.
        """
        ...

    def mark_sent(self, grant: Grant) -> None:
        """From here on it counts as spent, even if nobody settles it."""
        ...

    def settle(self, grant: Grant, credits: float) -> None:
        """What it really cost."""
        ...

    def refund(self, grant: Grant) -> None:
        """It was never sent."""
        ...

    def stay_away(self, account: str, until: float) -> None:
        """The service said to come back later: nobody sends before."""
        ...

    def used(self, account: str, plan: Plan, now: float) -> float:
        """Credits used and reserved in the plan's period (in all that is remembered, where there is no budget)."""
        ...

    def claim(self, key: str, owner: str, *, now: float, lease: float) -> Claim:
        """Try to be the one who asks."""
        ...

    def renew(self, key: str, owner: str, *, now: float, lease: float) -> None:
        """The owner's call is still under way: its claim, unless it was released or taken over, holds on."""
        ...

    def look(self, key: str, now: float) -> Claim | None:
        """Who holds the claim, or how it just failed; nothing where it was released or has lapsed."""
        ...

    def release(self, key: str, owner: str, *, now: float, failure: str | None = None) -> None:
        """Done asking; a failure is left for a moment for those who waited."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
