"""Time as the engine sees it, so that tests can hold it in their hands."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import anyio
import anyio.to_thread

from tradestat_tools.upstream.request import Reader, Response


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


T = TypeVar("T")

LARGE = 128 * 1024
"""Bytes above which a body is read in a worker thread."""


async def in_thread(work: Callable[[], T]) -> T:
    """Run blocking work in a worker thread; it is brought to its end even if the caller is cancelled."""
    return await anyio.to_thread.run_sync(work)


async def read_response(read: Reader[T], response: Response) -> T:
    """The source's reading of a response, in a thread where the body is large."""
    if len(response.body) > LARGE:
        return await in_thread(lambda: read(response))
    return read(response)
