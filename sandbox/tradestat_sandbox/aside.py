"""Computes answers beside the event loop, so that whoever shares it stays responsive while a large one is made."""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from anyio import to_thread

_T = TypeVar("_T")
# The world and what is cached of it are shared by all sandboxes of a process and know no threads.
_one_at_a_time = Lock()


async def aside(work: Callable[[], _T]) -> _T:
    """The result of `work`, done in a worker thread, one piece of work at a time."""

    def alone() -> _T:
        with _one_at_a_time:
            return work()

    return await to_thread.run_sync(alone)
