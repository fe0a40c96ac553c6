"""Ending when told to: the first signal lets what is paid for be finished, the second ends the process at once."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn, TypeVar

import anyio

T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run_until_told(function: Callable[[], Awaitable[T]]) -> T:
    """What comes of a coroutine function; SIGINT or SIGTERM cancels it.

    Once it has ended after a signal, the process ends as that signal would have ended it, so that whoever sent it
    sees by the status that it was obeyed.
    """
    told: list[int] = []

    async def run() -> T | None:
        with anyio.CancelScope() as scope, on_signal(scope.cancel, told):
            return await function()
        return None

    result = anyio.run(run)
    if told:
        _end(told[0])
    return result  # pyright: ignore[reportReturnType] - None only where a signal cancelled it


@contextmanager
def on_signal(stop: Callable[[], object], told: list[int]) -> Generator[None]:
    """Call `stop` in the event loop at the first signal, and take down which; the second ends the process at once."""
    loop = asyncio.get_running_loop()

    def hear(number: int, _: FrameType | None) -> None:
        if told:
            _end(number)
        told.append(number)
        with suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(stop)

    before = {number: signal.signal(number, hear) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int) -> NoReturn:
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)
    raise SystemExit(128 + number)  # where a signal does not end a process
