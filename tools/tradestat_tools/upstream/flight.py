"""Equal questions under way in this process share one call."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio
import anyio.abc

T = TypeVar("T")


@dataclass(slots=True)
class Flight(Generic[T]):
    """One call that one or more callers wait for.

    Args:
        keep: set by the call once it must be finished even if nobody waits any longer (money was spent on it).
    """

    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    done: anyio.Event = field(default_factory=anyio.Event)
    waiting: int = 0
    keep: bool = False
    value: T | None = None
    failure: Exception | None = None


class Flights(Generic[T]):
    """The calls under way, by question."""

    def __init__(self) -> None:
        self._flights: dict[str, Flight[T]] = {}

    def __len__(self) -> int:
        return len(self._flights)

    def __contains__(self, key: str) -> bool:
        return key in self._flights

    async def share(
        self,
        key: str,
        call: Callable[[Flight[T]], Awaitable[T]],
        tasks: anyio.abc.TaskGroup,
        wait: Callable[[anyio.Event], Awaitable[None]],
    ) -> T:
        """The result of the call under way for a question, or of one begun now.

        Args:
            key: equal questions have equal keys.
            call: makes the call.
            tasks: where the call runs, so that it does not end with this caller.
            wait: waits for its end, reporting progress.
        """
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = Flight[T]()
            begun = flight

            async def fly() -> None:
                try:
                    with begun.scope:
                        begun.value = await call(begun)
                except Exception as error:  # noqa: BLE001 - handed to every waiting caller as it is
                    begun.failure = error
                finally:
                    if self._flights.get(key) is begun:
                        del self._flights[key]
                    begun.done.set()

            tasks.start_soon(fly)
        flight.waiting += 1
        try:
            await wait(flight.done)
        finally:
            flight.waiting -= 1
            if flight.waiting == 0 and not flight.done.is_set() and not flight.keep:
                # Nobody is left to hear the answer, and nothing was paid for it. A new caller begins anew.
                if self._flights.get(key) is flight:
                    del self._flights[key]
                flight.scope.cancel()
        if flight.failure is not None:
            raise flight.failure
        if flight.value is None:
            raise RuntimeError("a call that somebody waited for was cancelled")
        return flight.value
