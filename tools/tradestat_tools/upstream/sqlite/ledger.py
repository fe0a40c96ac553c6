"""Calls, credits and claims in a SQLite file."""

import sqlite3
import uuid
from pathlib import Path

from tradestat_tools.upstream.plan import MILLI, REMEMBERED, Plan, milli
from tradestat_tools.upstream.sqlite.file import PATIENCE, SqliteFile
from tradestat_tools.upstream.store import EPSILON, FAILURE_SHOWN, Claim, Denial, Grant

CALLS_VERSION = 2
CALLS = """
CREATE TABLE calls (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, at REAL NOT NULL, credits INTEGER NOT NULL,
    sent INTEGER NOT NULL, lapses REAL NOT NULL
);
CREATE INDEX calls_at ON calls (account, at, credits);
CREATE INDEX calls_unsent ON calls (lapses) WHERE sent = 0;
CREATE TABLE told (account TEXT PRIMARY KEY, until REAL NOT NULL);
CREATE TABLE claims (key TEXT PRIMARY KEY, owner TEXT NOT NULL, lapses REAL NOT NULL, failure TEXT)
"""

# The table `told` holds until when a service said to stay away.
SPENT = "SELECT coalesce(sum(credits), 0) FROM calls WHERE account = ? AND at >= ?"
OLDEST = "SELECT min(at) FROM calls WHERE account = ? AND at >= ? AND credits > 0"

# All but the reservations that have lapsed and that nobody has removed yet.
USED = f"""
SELECT ({SPENT})
     - (SELECT coalesce(sum(credits), 0) FROM calls INDEXED BY calls_unsent
        WHERE sent = 0 AND lapses <= ? AND account = ? AND at >= ?)
"""  # noqa: S608 - a constant


class SqliteLedger:
    """One row a call. See `Ledger`.

    Args:
        path: the file, or None for memory.
        patience: seconds to wait for another process that holds the file.
    """

    def __init__(self, path: Path | None, *, patience: float = PATIENCE) -> None:
        self._file = SqliteFile(path, CALLS, CALLS_VERSION, exact=True, patience=patience)

    local = True

    @property
    def warning(self) -> str | None:
        return self._file.warning

    def reserve(
        self, account: str, plan: Plan, credits: float, *, now: float, latest: float, lease: float
    ) -> Grant | Denial:
        def work(db: sqlite3.Connection) -> Grant | Denial:
            _forget(db, account, now)
            away = db.execute("SELECT until FROM told WHERE account = ? AND until > ?", (account, now)).fetchone()
            start: float = away[0] if away else now
            if start > latest:
                return Denial("stay away", start)
            if plan.budget is not None:
                since = (account, plan.counted_since(now))
                if db.execute(SPENT, since).fetchone()[0] + milli(credits) > milli(plan.budget.credits):
                    return Denial("budget", plan.budget.frees(now, db.execute(OLDEST, since).fetchone()[0]))
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

        return self._file.write(work)

    def mark_sent(self, grant: Grant) -> None:
        self._file.change("UPDATE calls SET sent = 1 WHERE id = ?", (grant.id,))

    def settle(self, grant: Grant, credits: float) -> None:
        self._file.change("UPDATE calls SET sent = 1, credits = ? WHERE id = ?", (milli(credits), grant.id))

    def refund(self, grant: Grant) -> None:
        self._file.change("DELETE FROM calls WHERE id = ?", (grant.id,))

    def stay_away(self, account: str, until: float) -> None:
        change = "INSERT INTO told VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET until = max(until, excluded.until)"
        self._file.change(change, (account, until))

    def used(self, account: str, plan: Plan, now: float) -> float:
        opens = plan.counted_since(now)
        # No write: every stored answer asks for this.
        [(used,)] = self._file.rows(USED, (account, opens, now, account, opens))
        return used / MILLI

    def claim(self, key: str, owner: str, *, now: float, lease: float) -> Claim:
        def work(db: sqlite3.Connection) -> Claim:
            db.execute("DELETE FROM claims WHERE lapses <= ?", (now,))
            row = db.execute("SELECT owner, failure FROM claims WHERE key = ?", (key,)).fetchone()
            if row is not None and row[1] is None:
                return Claim(ours=row[0] == owner, owner=row[0])
            db.execute("INSERT OR REPLACE INTO claims VALUES (?, ?, ?, NULL)", (key, owner, now + lease))
            return Claim(ours=True, owner=owner)

        return self._file.write(work)

    def renew(self, key: str, owner: str, *, now: float, lease: float) -> None:
        change = "UPDATE claims SET lapses = ? WHERE key = ? AND owner = ? AND failure IS NULL"
        self._file.change(change, (now + lease, key, owner))

    def look(self, key: str, now: float) -> Claim | None:
        find = "SELECT owner, failure FROM claims WHERE key = ? AND lapses > ?"
        row = self._file.write(lambda db: db.execute(find, (key, now)).fetchone())
        return Claim(ours=False, owner=row[0], failure=row[1]) if row else None

    def release(self, key: str, owner: str, *, now: float, failure: str | None = None) -> None:
        if failure is None:
            self._file.change("DELETE FROM claims WHERE key = ? AND owner = ?", (key, owner))
        else:
            change = "UPDATE claims SET failure = ?, lapses = ? WHERE key = ? AND owner = ?"
            self._file.change(change, (failure, now + FAILURE_SHOWN, key, owner))

    def close(self) -> None:
        self._file.close()


def _forget(db: sqlite3.Connection, account: str, now: float) -> None:
    """Reservations whose holder died before sending, and calls older than any period."""
    db.execute("DELETE FROM calls WHERE sent = 0 AND lapses <= ?", (now,))
    db.execute("DELETE FROM calls WHERE account = ? AND at < ?", (account, now - REMEMBERED))
