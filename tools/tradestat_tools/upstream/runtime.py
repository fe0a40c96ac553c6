"""Time as the engine sees it, so that tests can hold it in their hands."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio


@dataclass(frozen=True, slots=True)
class Clock:
    """Wall time in seconds since 1970, and a way to wait.

    Wall time and not a monotonic one, because ledger and cache are shared between processes and outlive them.
    """

    time: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep

    def utc(self) -> datetime:
        """Now as a UTC datetime, to the second."""
        return as_utc(self.time())


def as_utc(seconds: float) -> datetime:
    """A point of wall time as a UTC datetime, to the second."""
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=0)
