"""What the engine remembers: answers in a cache; calls, credits and who is asking what in a ledger.

Both are synchronous; the engine calls them in worker threads, which is the one way that works the same for SQLite and
Redis on every event loop. Every method is atomic across threads and processes and, on Redis, across machines.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from tradestat_tools.upstream.plan import Plan
from tradestat_tools.upstream.request import Response

FAILURE_SHOWN = 5.0
"""Seconds for which the failure of a call is left for those who waited for it."""

FAILURE_UNTIL = 2 * FAILURE_SHOWN
"""Seconds ahead within which the end of such a failure may lie: whoever looks may have read the clock before whoever
left it, and have waited for a thread since. Later ones were left by a clock that was wrong."""

EPSILON = 1e-3
"""Seconds: keeps a call that takes the place of one exactly a window old out of that window."""


AHEAD = 60.0
"""Seconds by which a date may be ahead of the clock before the clock is taken to have been set back.

What is recorded holds for its own span and no longer, whatever the clock does. A date that is further ahead was written
by a clock that was wrong, or is read by one that is, and which of them nobody can tell. So:

- A claim, a failure that is shown and a service's word to stay away hold, from when they are first met, for the longest
  that one may hold.
- A call has to leave its window, and a reservation to lapse, as if it had been made when it was first met.
- In a budget a call counts by both dates: in the period in which it was first met, so that a clock that is right again
  frees nothing, and in that of its own date, should the clock have been right then. A call that is made while dates are
  ahead counts by the furthest of them too.
- A stored answer is as old as if it had been stored when it was first met.

A clock that is set ahead is time that passes: where it is set back after that, what was spent meanwhile counts, and
nothing that was spent before is forgotten.
"""

LONGEST_ABSENCE = 900.0
"""Seconds for which nobody asks after a service said to stay away: the user may raise the plan meanwhile."""


KEPT = 10_000
"""Calls of an account that are kept however old they are: a clock that is far ahead must not have them forgotten."""


LISTED = 200
"""Answers of one endpoint that are looked through for one that holds a narrower one."""


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

    def dated(self, stored_at: float) -> "Entry":
        """The same answer as if it had been stored at another time."""
        by = stored_at - self.stored_at
        return replace(
            self,
            stored_at=stored_at,
            fresh_until=self.fresh_until + by,
            renew_until=self.renew_until + by,
            usable_until=self.usable_until + by,
        )


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What a cache holds; `warning` says what went wrong when it was opened or written.

    Args:
        unsaved: answers, of those, that are only in memory because the disk does not take them.
    """

    kind: str
    place: str
    entries: int
    bytes: int
    warning: str | None = None
    unsaved: int = 0


class Cache(Protocol):
    """Stored answers by key."""

    def get(self, key: str, now: float) -> Entry | None:
        """The answer under a key, unless it is past `usable_until`."""
        ...

    def stored_at(self, keys: Collection[str]) -> dict[str, float]:
        """When the answers under these keys were stored, without reading them; those without one are left out."""
        ...

    def version(self) -> object:
        """Equal to what it was as long as nobody has changed what is stored; None where that can not be said at once.

        Alone among these it neither waits nor reads a disk, so that it may be asked on the event loop.
        """
        ...

    def asked(self, source: str, endpoint: str) -> list[tuple[str, str]]:
        """Key and address of what is stored of one endpoint, at least of the newest `LISTED`; the newest first.

        What is no longer good may be among them.
        """
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

    def mark_sent(self, grant: Grant) -> bool:
        """From here on it counts as spent, even if nobody settles it. False where its place lapsed and is gone."""
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

    def version(self) -> object:
        """As `Cache.version`."""
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
