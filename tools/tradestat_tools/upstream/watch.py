"""What an answer rests on, so that a finished one can be given again for as long as nothing of that has changed."""

import math
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a start needs neither
    from tradestat_tools.upstream.policy import Policy
    from tradestat_tools.upstream.store import Entry


@dataclass(slots=True)
class Watch:
    """What was looked up while a tool ran.

    Args:
        stored: by the key of a question, when its answer was stored; None where there was none.
        kept: by handle, whether a kept answer was there.
        left: by source, its policy and what was left of its budget.
        size: bytes of the answers that were there.
        good_until: when the first of those answers is no longer fresh.
        sound: whether nothing else was looked at: no service asked, no answer that is not fresh.
        found: in which versions of the stores (`Cache.version`), and when, all of it was last found as it had been.
    """

    stored: dict[str, float | None] = field(default_factory=dict[str, float | None])
    kept: dict[str, bool] = field(default_factory=dict[str, bool])
    left: "dict[str, tuple[Policy, float | None]]" = field(default_factory=dict[str, tuple["Policy", float | None]])
    size: int = 0
    good_until: float = math.inf
    sound: bool = True
    found: tuple[tuple[object, ...], float] | None = None

    def saw(self, key: str, entry: "Entry | None") -> None:
        """An answer was looked up."""
        self.stored[key] = entry.stored_at if entry else None
        if entry:
            self.size += len(entry.response.body)
            self.good_until = min(self.good_until, entry.fresh_until)

    def include(self, other: "Watch") -> None:
        """What was looked up for a part of the answer."""
        self.stored |= other.stored
        self.kept |= other.kept
        self.left |= other.left
        self.size += other.size
        self.good_until = min(self.good_until, other.good_until)
        self.sound = self.sound and other.sound


_current: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watching() -> Generator[Watch]:
    """Take down what is looked up meanwhile, for whoever else is watching too."""
    watch = Watch()
    token = _current.set(watch)
    try:
        yield watch
    finally:
        _current.reset(token)
        current_watch().include(watch)


def current_watch() -> Watch:
    """The one of the call that is running; one that nobody reads, outside of any."""
    return _current.get() or Watch()
