"""What was read of stored answers, so that one that is looked up again is not read again."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from tradestat_tools.upstream.calling import read_response
from tradestat_tools.upstream.request import Reader, Response

T = TypeVar("T")

BOUND = 8 * 1024 * 1024
"""Bytes of bodies whose readings are held; a reading takes a few times as much."""

LONGEST = 256 * 1024
"""Bytes of a body above which its reading is not held."""


READINGS = 4
"""Readings of one response that are held."""


@dataclass(slots=True)
class _Held:
    response: Response
    readings: list[tuple[Reader[Any], Any]] = field(default_factory=list[tuple[Reader[Any], Any]])


class Remembered:
    """Readings of stored answers by their keys, the least recently used out first.

    A reading is given again only for the very same response, whoever stored it, and to the same reader. Readings are
    shared, so whoever gets one must not change it.
    """

    def __init__(self, bound: int = BOUND) -> None:
        self._bound = bound
        self._size = 0
        self._held: OrderedDict[str, _Held] = OrderedDict()

    async def read(self, key: str, response: Response, read: Reader[T]) -> T:
        """The source's reading of a response.

        Raises:
            TradestatError: what the reader raises; that is not remembered.
        """
        held = self._held.get(key)
        if held is not None and held.response == response:
            self._held.move_to_end(key)
            for reader, value in held.readings:
                if _same(reader, read):
                    return value
        else:
            held = None
        value = await read_response(read, response)
        if len(response.body) <= LONGEST:
            readings = self._remember(key, held or _Held(response))
            readings[:] = [*readings[1 - READINGS :], (read, value)]
        return value

    def _remember(self, key: str, held: _Held) -> list[tuple[Reader[Any], Any]]:
        before = self._held.pop(key, None)
        self._size += len(held.response.body) - (len(before.response.body) if before else 0)
        self._held[key] = held
        while self._size > self._bound:
            _, oldest = self._held.popitem(last=False)
            self._size -= len(oldest.response.body)
        return held.readings


def _same(one: Callable[..., Any], other: Callable[..., Any]) -> bool:
    """Whether two readers read alike: equal, or made of equal parts."""
    if isinstance(one, partial) and isinstance(other, partial):
        return (one.func, one.args, one.keywords) == (other.func, other.args, other.keywords)
    return one == other
