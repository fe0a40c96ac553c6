"""What to do while it is not known what was spent: nothing, until every period that it may belong to is over."""

import json
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tradestat_tools.upstream.plan import REMEMBERED, Plan
from tradestat_tools.upstream.runtime import as_utc
from tradestat_tools.upstream.store import AHEAD, StoreUnavailable


class _Note(NamedTuple):
    found: float
    met: float
    written: float


class Lost:
    """A note beside a ledger of when it was first found unreadable, which outlives the program.

    Calls that were lost were made before that moment. Like a call (see `store.AHEAD`) it counts by several dates: its
    own, when it was first met, should it be ahead of the clock, and when the file was last written, should the clock
    have been behind when it was found.

    Args:
        path: of the ledger, without the number of a version: versions share the note.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(f"{path.stem}-lost.json")

    def found(self, path: Path, now: float) -> None:
        """Note that a file can not be read, unless that is noted; where it can not be noted, it never ends."""
        if self._read() is None:
            written = [now]
            for file in (path, path.with_name(path.name + "-wal")):
                with suppress(OSError):
                    written.append(file.stat().st_mtime)
            self._write(_Note(now, now, max(written)))

    def forget(self) -> None:
        """The user has said what was spent."""
        self.path.unlink(missing_ok=True)

    def forget_old(self, now: float) -> None:
        """The ledger is in use again: after the longest period the note has no use."""
        note = self._read()
        oldest = now - REMEMBERED
        if note is not None and not any(oldest <= date <= now + AHEAD for date in note):
            with suppress(OSError):
                self.forget()

    def check(self, plan: Plan, now: float) -> None:
        """Let a plan go on whose period began after the ledger was found unreadable.

        Raises:
            StoreUnavailable: it is not over yet.
        """
        note = self._read()
        if note is None:
            return
        if note.met > now + AHEAD:
            note = note._replace(met=now)
            self._write(note)
        opens, ends = plan.period(now)
        if note.met >= opens or any(opens <= date <= ends for date in (note.found, note.written)):
            raise StoreUnavailable(
                f"what was spent until {as_utc(note.found):%Y-%m-%d %H:%M} UTC could not be read; until the budget's "
                "period is over nothing is sent, unless `tradestat-mcp ledger reset` says what was spent"
            )

    @property
    def warning(self) -> str | None:
        """That something is not known, if so."""
        note = self._read()
        if note is None:
            return None
        return (
            f"What was spent until {as_utc(note.found):%Y-%m-%d %H:%M} UTC could not be read from the ledger. Paid "
            "calls go on with the next period of their budget, or after `tradestat-mcp ledger reset`."
        )

    def _read(self) -> _Note | None:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreUnavailable(f"{self.path} can not be read: {error}") from error
        try:
            noted = json.loads(text)
            return _Note(float(noted["found"]), float(noted["met"]), float(noted["written"]))
        except (ValueError, KeyError, TypeError):
            raise StoreUnavailable(f"{self.path} is damaged; `tradestat-mcp ledger reset` removes it") from None

    def _write(self, note: _Note) -> None:
        part = self.path.with_name(f"{self.path.name}.part")
        try:
            part.write_text(json.dumps(note._asdict()) + "\n", encoding="utf-8")
            part.replace(self.path)
        except OSError as error:
            raise StoreUnavailable(f"{self.path} can not be written: {error}") from error
