"""Finished answers in memory: a question that is asked again costs no reading, no rendering and no storing."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mcp_types import CallToolResult, TextContent

if TYPE_CHECKING:
    from tradestat_tools.contract.context import Context
    from tradestat_tools.upstream.watch import Watch

BOUND = 32 * 1024 * 1024
"""Characters of answers that are kept; the least recently given go first."""

LIFE = 600.0
"""Seconds after which an answer is made afresh in any case. Some of its words depend on the date: what is not yet out,
and from when on; so none is given in another hour than that in which it was made either."""

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class _Kept:
    result: CallToolResult
    handle: str
    watch: "Watch"
    made_at: float
    size: int


class Finished:
    """Answers by question, each with what it rests on; it is given again only while all of that is as it was.

    Args:
        bound: characters of answers to keep.
    """

    def __init__(self, bound: int = BOUND) -> None:
        self._bound = bound
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def find(self, context: "Context", tool: str, arguments: Mapping[str, Any]) -> CallToolResult | None:
        """The answer to a question, if one made now would be no other."""
        question = _question(tool, arguments)
        kept = self._kept.get(question)
        if kept is None:
            return None
        now = context.upstream.time()
        if 0 <= now - kept.made_at < LIFE and now // HOUR == kept.made_at // HOUR and await _holds(context, kept):
            if question in self._kept:
                self._kept.move_to_end(question)
            return kept.result
        self._kept.pop(question, None)
        return None

    def keep(
        self, context: "Context", tool: str, arguments: Mapping[str, Any], result: CallToolResult, watch: "Watch"
    ) -> None:
        """Keep an answer that rests on stored answers alone."""
        content: dict[str, Any] = result.structured_content or {}
        handle = content.get("result")
        if not (watch.sound and watch.good_until < float("inf") and isinstance(handle, str)):
            return
        size = len(json.dumps(content)) + sum(len(one.text) for one in result.content if isinstance(one, TextContent))
        question = _question(tool, arguments)
        self._kept.pop(question, None)
        if size > self._bound // 4:  # one large answer would push out all the others
            return
        self._kept[question] = _Kept(result, handle, watch, context.upstream.time(), size)
        while self.size > self._bound:
            self._kept.popitem(last=False)

    @property
    def size(self) -> int:
        """Characters of the answers that are kept."""
        return sum(kept.size for kept in self._kept.values())


async def _holds(context: "Context", kept: _Kept) -> bool:
    held = {**kept.watch.kept, kept.handle: True}
    results = context.results
    return await context.upstream.unchanged(kept.watch, kept=lambda: results.still(held), version=results.version())


def _question(tool: str, arguments: Mapping[str, Any]) -> str:
    return json.dumps([tool, arguments], ensure_ascii=False, sort_keys=True, default=str)
