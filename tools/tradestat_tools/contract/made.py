"""What was made of stored answers, in memory, to be given again while all that it rests on is as it was."""

import json
import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tradestat_tools.upstream.watch import Watch, current_watch

if TYPE_CHECKING:
    from tradestat_tools.contract.context import Context

T = TypeVar("T")

LIFE = 600.0
"""Seconds after which it is made afresh in any case. Some words of an answer depend on the date: what is not yet out,
and from when on; so none is given in another hour than that in which it was made either."""

HOUR = 3600.0

SHARE = 4
"""What alone takes more than this part of the bound is not kept: it would push out all the others."""


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    value: T
    watch: Watch
    made_at: float
    size: int


class Made(Generic[T]):
    """By question what was made of the answer, which is shared: whoever gets it must not change it.

    Args:
        bound: of all sizes together; the least recently given go first.
    """

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._kept: OrderedDict[str, _Kept[T]] = OrderedDict()
        self.size = 0

    async def find(self, context: "Context", tool: str, arguments: Mapping[str, Any]) -> T | None:
        """What was made, if it would be no other now."""
        question = _question(tool, arguments)
        kept = self._kept.get(question)
        if kept is None:
            return None
        now = context.upstream.time()
        if 0 <= now - kept.made_at < LIFE and now // HOUR == kept.made_at // HOUR and await _holds(context, kept):
            if question in self._kept:
                self._kept.move_to_end(question)
            current_watch().include(kept.watch)
            return kept.value
        self._drop(question)
        return None

    def keep(
        self,
        context: "Context",
        tool: str,
        arguments: Mapping[str, Any],
        value: T,
        *,
        watch: Watch,
        size: int,
    ) -> None:
        """Keep what rests on stored answers alone.

        Args:
            watch: what was looked up for it.
            size: in the measure of the bound.
        """
        if not watch.sound or watch.good_until == math.inf:
            return
        question = _question(tool, arguments)
        self._drop(question)
        if size > self._bound // SHARE:
            return
        self._kept[question] = _Kept(value, watch, context.upstream.time(), size)
        self.size += size
        while self.size > self._bound:
            self._drop(next(iter(self._kept)))

    def _drop(self, question: str) -> None:
        kept = self._kept.pop(question, None)
        self.size -= kept.size if kept else 0


async def _holds(context: "Context", kept: _Kept[Any]) -> bool:
    watch, results = kept.watch, context.results
    return await context.upstream.unchanged(watch, kept=lambda: results.still(watch.kept), version=results.version())


def _question(tool: str, arguments: Mapping[str, Any]) -> str:
    return json.dumps([tool, arguments], ensure_ascii=False, sort_keys=True, default=str)
