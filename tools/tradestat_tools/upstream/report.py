"""What the engine has to say about one tool call, gathered in a context variable: sources need not pass it on."""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import NoData
from tradestat_tools.upstream.request import AskedCall

Progress = Callable[[float, float, str], Awaitable[None]]
"""Called now and then while a call waits: seconds so far, seconds at most, what for."""


@dataclass(slots=True)
class Report:
    """Notes for the answer, each once; the progress callback, and which part of the call is under way.

    Args:
        fetched: what the services just gave, in order: its key, and for how many seconds it is good if it turns out
            that there is nothing.
        sent: whether a service was asked, or is being asked.
        stored: since when the last answer is stored, where it was paid for then and nothing was sent now.
        asked: what was asked of the services for the answer, stored answers included, in order and each once.
        failure: what a fetch ended with, to tell it from what a source made of an answer afterwards.
    """

    progress: Progress | None = None
    stage: str = ""
    notes: list[Note] = field(default_factory=list[Note])
    fetched: dict[str, float] = field(default_factory=dict[str, float])
    sent: bool = False
    stored: str | None = None
    asked: list[AskedCall] = field(default_factory=list[AskedCall])
    failure: BaseException | None = None

    def note(self, code: NoteCode, text: str) -> None:
        """Add a note unless it is there."""
        note = Note(code=code, text=text)
        if note not in self.notes:
            self.notes.append(note)

    def instead(self, call: AskedCall, params: dict[str, str]) -> None:
        """Put in place of a call the wider one whose answer holds its answer."""
        at = self.asked.index(call) if call in self.asked else len(self.asked)
        made = replace(call, params=params)
        self.asked[at : at + 1] = [] if made in self.asked else [made]

    @contextmanager
    def asking(self, call: AskedCall) -> Generator[None]:
        """Take down a call while it is made; one that failed is no part of the answer, but "there is none" is one."""
        known = call in self.asked
        if not known:
            self.asked.append(call)
        try:
            yield
        except NoData:
            raise
        except BaseException:
            if not known and call in self.asked:
                self.asked.remove(call)
            raise


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


def is_part() -> bool:
    """Whether what is called now is called by a tool that is running, for its own answer."""
    return _current.get() is not None
