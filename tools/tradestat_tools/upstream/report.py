"""What the engine has to say about one tool call, gathered on the side: sources need not pass it through."""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from tradestat_tools.answers import Note, NoteCode

Progress = Callable[[float, float, str], Awaitable[None]]
"""Told now and then while a call waits: seconds so far, seconds at most, what for."""


@dataclass(slots=True)
class Report:
    """Notes for the answer, each once; whom to tell of progress, and which part of the call is under way.

    Args:
        fetched: the keys of what the services just gave, in order.
        failure: what a fetch ended with, to tell it from what a source made of an answer afterwards.
    """

    progress: Progress | None = None
    stage: str = ""
    notes: list[Note] = field(default_factory=list[Note])
    fetched: list[str] = field(default_factory=list[str])
    failure: BaseException | None = None

    def note(self, code: NoteCode, text: str) -> None:
        """Add a note unless it is there."""
        note = Note(code=code, text=text)
        if note not in self.notes:
            self.notes.append(note)


_current: ContextVar[Report | None] = ContextVar("report", default=None)


@contextmanager
def reporting(progress: Progress | None = None) -> Generator[Report]:
    """Gather what the engine says while one tool call runs."""
    report = Report(progress)
    token = _current.set(report)
    try:
        yield report
    finally:
        _current.reset(token)


def current_report() -> Report:
    """The report of the tool call that is running; one that nobody reads, outside of any."""
    return _current.get() or Report()
