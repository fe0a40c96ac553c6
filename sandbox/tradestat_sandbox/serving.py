"""What every service needs to answer a call: its limits, and a worker thread to compute the answer in."""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar, cast

from anyio import to_thread

from tradestat_sandbox.settings import Limits
from tradestat_sandbox.state import State

_T = TypeVar("_T")
# The world and what is cached of it are shared by all sandboxes of a process and know no threads.
_one_at_a_time = Lock()
DAY = 86_400.0
MONTH = 30 * DAY


class Gate:
    """Counts the calls of one source against its limits, by an injected clock."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._tokens = float(limits.burst)
        self._at = now
        self._windows: dict[float, tuple[float, int]] = {DAY: (now, 0), MONTH: (now, 0)}

    def refuse(self, now: float) -> tuple[str, float] | None:
        """("rate" | "day" | "month", seconds to wait) when a call is one too many, else None and the call counts."""
        limits = self._limits
        if limits.per_minute is not None:
            refilled = self._tokens + (now - self._at) * limits.per_minute / 60
            self._tokens = min(float(max(1, limits.burst)), refilled)
            self._at = now
            if self._tokens < 1:
                return "rate", (1 - self._tokens) * 60 / limits.per_minute
        for name, window, limit in (("day", DAY, limits.per_day), ("month", MONTH, limits.per_month)):
            start, count = self._windows[window]
            if now - start >= window:
                start, count = now, 0
            if limit is not None and count >= limit:
                return name, window - (now - start)
            self._windows[window] = (start, count)
        for window, (start, count) in self._windows.items():
            self._windows[window] = (start, count + 1)
        self._tokens -= 1
        return None


def admit(sandbox: State, source: str) -> tuple[str, float] | None:
    """Counts a call of a source; which limit refuses it and for how many seconds, or None."""
    now = sandbox.clock()
    gate = sandbox.counters.get(source)
    if gate is None:
        gate = sandbox.counters[source] = Gate(sandbox.settings.limits[source], now)
    return cast("Gate", gate).refuse(now)


async def in_thread(work: Callable[[], _T]) -> _T:
    """The result of `work`, done in a worker thread, one piece of work at a time.

    Whoever shares the event loop stays responsive while a large answer is made.
    """

    def alone() -> _T:
        with _one_at_a_time:
            return work()

    return await to_thread.run_sync(alone)
