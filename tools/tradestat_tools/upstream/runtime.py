"""The engine's clock, which tests can set, and its worker threads."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio
import anyio.to_thread


@dataclass(frozen=True, slots=True)
class Clock:
    """Wall time in seconds since 1970, and a way to wait.

    Wall time and not a monotonic one, because ledger and cache are shared between processes and outlive them.
    """

    time: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep


def as_utc(seconds: float) -> datetime:
    """A point of wall time as a UTC datetime, to the second."""
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=0)


in_thread = anyio.to_thread.run_sync
"""Runs blocking work in a worker thread; it is brought to its end even if the caller is cancelled."""
