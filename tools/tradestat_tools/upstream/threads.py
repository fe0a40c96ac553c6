"""What would hold up the event loop goes to worker threads."""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread

from tradestat_tools.upstream.request import Reader, Response

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
