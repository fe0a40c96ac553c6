"""The engine's clock, which tests can set, and its worker threads."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import anyio
import anyio.to_thread

from tradestat_tools.upstream.request import Reader, Response
from tradestat_tools.upstream.store import StoreUnavailable

T = TypeVar("T")

LARGE = 128 * 1024
"""Bytes above which a body is read in a worker thread."""


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


async def best_effort(work: Callable[[], T]) -> T | None:
    """Run a store's work in a worker thread; None where the store can not be reached, which is no failure here."""
    try:
        return await in_thread(work)
    except StoreUnavailable:
        return None


async def read_response(read: Reader[T], response: Response) -> T:
    """The source's reading of a response, in a thread where the body is large."""
    if len(response.body) > LARGE:
        return await in_thread(lambda: read(response))
    return read(response)
