"""Calls, credits and claims in a SQLite file, exact across threads and processes."""

import sqlite3
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from tradestat_tools.upstream.plan import MILLI, ROLLING_DAYS, Plan, milli
from tradestat_tools.upstream.sqlite.file import PATIENCE, SqliteFile, is_busy
from tradestat_tools.upstream.store import Claim, Denial, Grant, StoreUnavailable

T = TypeVar("T")

VERSION = 2
SCHEMA = """
CREATE TABLE calls (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, at REAL NOT NULL, credits INTEGER NOT NULL,
    sent INTEGER NOT NULL, lapses REAL NOT NULL
);
CREATE INDEX calls_at ON calls (account, at, credits);
CREATE INDEX calls_unsent ON calls (lapses) WHERE sent = 0;
CREATE TABLE told (account TEXT PRIMARY KEY, until REAL NOT NULL);
CREATE TABLE claims (key TEXT PRIMARY KEY, owner TEXT NOT NULL, lapses REAL NOT NULL, failure TEXT)
"""

# All but the reservations that have lapsed and that nobody has removed yet.
USED = """
SELECT (SELECT coalesce(sum(credits), 0) FROM calls WHERE account = ? AND at >= ?)
     - (SELECT coalesce(sum(credits), 0) FROM calls INDEXED BY calls_unsent
        WHERE sent = 0 AND lapses <= ? AND account = ? AND at >= ?)
"""

REMEMBER = (ROLLING_DAYS + 32) * 86400.0
"""Seconds for which calls are remembered: longer than any budget period."""

FAILURE_SHOWN = 5.0
"""Seconds for which the failure of a call is left for those who waited for it."""

EPSILON = 1e-3
"""Seconds: keeps a call that takes the place of one exactly a window old out of that window."""


class SqliteLedger:
    """One row a call. See `Ledger`.

    Args:
        path: the file, or None for memory.
        patience: seconds to wait for another process that holds the file.
    """

    def __init__(self, path: Path | None, *, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._opened: SqliteFile | None = None
        with suppress(StoreUnavailable):
            _ = self._file  # now if possible, so that a warning shows early; else with the first use

    @property
    def _file(self) -> SqliteFile:
        """The file. One that others hold is tried again with every use, never replaced by an empty count in memory."""
        if self._opened is None:
            try:
                self._opened = SqliteFile(self._path, SCHEMA, VERSION, strict=True, patience=self._patience)
            except sqlite3.Error as error:
                raise StoreUnavailable(str(error)) from error
        return self._opened

    @property
    def warning(self) -> str | None:
        """What went wrong when the file was opened or written, if anything."""
        return self._opened.warning if self._opened else "other processes hold the ledger"

    def reserve(
        self, account: str, plan: Plan, credits: float, *, now: float, latest: float, lease: float
    ) -> Grant | Denial:
        def work(db: sqlite3.Connection) -> Grant | Denial:
            _forget(db, account, now)
            told = db.execute("SELECT until FROM told WHERE account = ? AND until > ?", (account, now)).fetchone()
            start: float = told[0] if told else now
            if start > latest:
                return Denial("told", start)
            if plan.budget is not None:
                opens, ends = plan.budget.bounds(now)
                if _used(db, account, opens) + milli(credits) > milli(plan.budget.credits):
                    rolling = plan.budget.period == "rolling"
                    return Denial("budget", _frees(db, account, opens) if rolling else ends)
            for window in plan.windows:
                # The call that must have left the window before this one may go.
                row = db.execute(
                    "SELECT at FROM calls WHERE account = ? ORDER BY at DESC LIMIT 1 OFFSET ?",
                    (account, window.calls - 1),
                ).fetchone()
                if row is not None:
                    start = max(start, row[0] + window.seconds + EPSILON)
            if start > latest:
                return Denial("pace", start)
            grant = Grant(uuid.uuid4().hex, start)
            row = (grant.id, account, start, milli(credits), start + lease)
            db.execute("INSERT INTO calls VALUES (?, ?, ?, ?, 0, ?)", row)
            return grant

        return self._run(work)

    def mark_sent(self, grant: Grant) -> None:
        self._run(lambda db: db.execute("UPDATE calls SET sent = 1 WHERE id = ?", (grant.id,)))

    def settle(self, grant: Grant, credits: float) -> None:
        change = "UPDATE calls SET sent = 1, credits = ? WHERE id = ?"
        self._run(lambda db: db.execute(change, (milli(credits), grant.id)))

    def refund(self, grant: Grant) -> None:
        self._run(lambda db: db.execute("DELETE FROM calls WHERE id = ?", (grant.id,)))

    def stay_away(self, account: str, until: float) -> None:
        change = "INSERT INTO told VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET until = max(until, excluded.until)"
        self._run(lambda db: db.execute(change, (account, until)))

    def used(self, account: str, plan: Plan, now: float) -> float:
        opens = plan.budget.bounds(now)[0] if plan.budget else now - REMEMBER
        try:
            with self._file.reading() as db:  # no write: every stored answer asks for this
                return db.execute(USED, (account, opens, now, account, opens)).fetchone()[0] / MILLI
        except sqlite3.Error as error:
            raise StoreUnavailable(str(error)) from error

    def claim(self, key: str, owner: str, *, now: float, lease: float) -> Claim:
        def work(db: sqlite3.Connection) -> Claim:
            db.execute("DELETE FROM claims WHERE lapses <= ?", (now,))
            row = db.execute("SELECT owner, failure FROM claims WHERE key = ?", (key,)).fetchone()
            if row is not None and row[1] is None:
                return Claim(ours=row[0] == owner, owner=row[0])
            db.execute("INSERT OR REPLACE INTO claims VALUES (?, ?, ?, NULL)", (key, owner, now + lease))
            return Claim(ours=True, owner=owner)

        return self._run(work)

    def renew(self, key: str, owner: str, *, now: float, lease: float) -> None:
        change = "UPDATE claims SET lapses = ? WHERE key = ? AND owner = ? AND failure IS NULL"
        self._run(lambda db: db.execute(change, (now + lease, key, owner)))

    def look(self, key: str, now: float) -> Claim | None:
        find = "SELECT owner, failure FROM claims WHERE key = ? AND lapses > ?"
        row = self._run(lambda db: db.execute(find, (key, now)).fetchone())
        return Claim(ours=False, owner=row[0], failure=row[1]) if row else None

    def release(self, key: str, owner: str, *, now: float, failure: str | None = None) -> None:
        if failure is None:
            self._run(lambda db: db.execute("DELETE FROM claims WHERE key = ? AND owner = ?", (key, owner)))
        else:
            change = "UPDATE claims SET failure = ?, lapses = ? WHERE key = ? AND owner = ?"
            self._run(lambda db: db.execute(change, (failure, now + FAILURE_SHOWN, key, owner)))

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """One transaction; where the disk refuses it, once more in memory with what was counted so far."""
        try:
            with self._file.transaction() as db:
                return work(db)
        except sqlite3.Error as error:
            if is_busy(error):
                # Other processes hold it: counting on alone in memory would overspend what is shared with them.
                raise StoreUnavailable(str(error)) from error
            refused = error
        try:
            self._file.to_memory(str(refused), carry_over=True)
            with self._file.transaction() as db:
                return work(db)
        except sqlite3.Error as error:
            raise StoreUnavailable(str(error)) from error


def _forget(db: sqlite3.Connection, account: str, now: float) -> None:
    """Reservations whose holder died before sending, and calls older than any period."""
    db.execute("DELETE FROM calls WHERE sent = 0 AND lapses <= ?", (now,))
    db.execute("DELETE FROM calls WHERE account = ? AND at < ?", (account, now - REMEMBER))


def _used(db: sqlite3.Connection, account: str, opens: float) -> int:
    find = "SELECT coalesce(sum(credits), 0) FROM calls WHERE account = ? AND at >= ?"
    return db.execute(find, (account, opens)).fetchone()[0]


def _frees(db: sqlite3.Connection, account: str, opens: float) -> float:
    """When the oldest call that counts leaves a rolling period."""
    find = "SELECT min(at) FROM calls WHERE account = ? AND at >= ? AND credits > 0"
    oldest = db.execute(find, (account, opens)).fetchone()[0]
    return (opens if oldest is None else oldest) + ROLLING_DAYS * 86400.0
