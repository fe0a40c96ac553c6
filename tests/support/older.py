"""The program before files carried the version of their schema, as far as two versions on one folder need it.

Its statements are those it had. It looked for nothing but `ledger.sqlite3` and `answers.sqlite3`, refused what was not
of its own schema when it opened a file, and never looked again.
"""

import json
import sqlite3
import uuid
import zlib
from pathlib import Path

from tradestat_tools.upstream.plan import REMEMBERED, Plan, milli
from tradestat_tools.upstream.store import Denial, Entry, Grant, StoreUnavailable

APPLICATION_ID = 0x74726164

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
ANSWERS = """
CREATE TABLE answers (
    key TEXT PRIMARY KEY, source TEXT NOT NULL, endpoint TEXT NOT NULL, address TEXT NOT NULL,
    status INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, stored_at REAL NOT NULL,
    fresh_until REAL NOT NULL, renew_until REAL NOT NULL, spare_until REAL NOT NULL,
    used_at REAL NOT NULL, size INTEGER NOT NULL
);
CREATE INDEX answers_used ON answers (used_at, size)
"""


def _open(path: Path, schema: str, version: int) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("BEGIN IMMEDIATE")
        _check(connection, schema, version)
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, schema: str, version: int) -> None:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if tables and (application, found) != (APPLICATION_ID, version):
        raise StoreUnavailable(f"of schema version {found}, not {version}")
    if not tables:
        for statement in schema.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={version}")


class OlderLedger:
    """Reserving and sending, by a budget alone. Like that program it sends nothing paid where anything goes wrong."""

    def __init__(self, folder: Path) -> None:
        self.db = _open(folder / "ledger.sqlite3", CALLS, 2)

    def reserve(
        self, account: str, plan: Plan, credits: float, *, now: float, latest: float, lease: float
    ) -> Grant | Denial:
        """Leave to send, or not."""
        try:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                self.db.execute("DELETE FROM calls WHERE sent = 0 AND lapses <= ?", (now,))
                self.db.execute("DELETE FROM calls WHERE account = ? AND at < ?", (account, now - REMEMBERED))
                spent = "SELECT coalesce(sum(credits), 0) FROM calls WHERE account = ? AND at >= ?"
                (used,) = self.db.execute(spent, (account, plan.period(now)[0])).fetchone()
                if plan.budget is not None and used + milli(credits) > milli(plan.budget.credits):
                    return Denial("budget", latest)
                grant = Grant(uuid.uuid4().hex, now)
                row = (grant.id, account, now, milli(credits), now + lease)
                self.db.execute("INSERT INTO calls VALUES (?, ?, ?, ?, 0, ?)", row)
            finally:
                self.db.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreUnavailable(str(error)) from error
        return grant

    def close(self) -> None:
        """It ends."""
        self.db.close()

    def mark_sent(self, grant: Grant) -> None:
        """It is sent."""
        try:
            self.db.execute("UPDATE calls SET sent = 1 WHERE id = ?", (grant.id,))
        except sqlite3.Error as error:
            raise StoreUnavailable(str(error)) from error


class OlderCache:
    """Storing answers."""

    def __init__(self, folder: Path) -> None:
        self.db = _open(folder / "answers.sqlite3", ANSWERS, 1)

    def put(self, key: str, entry: Entry) -> None:
        """Store one."""
        body = zlib.compress(entry.response.body)
        headers = json.dumps(dict(entry.response.headers))
        about = (key, entry.source, entry.endpoint, entry.address, entry.response.status, headers, body)
        row = (*about, *entry.times, entry.stored_at, len(body))
        self.db.execute(f"INSERT OR REPLACE INTO answers VALUES ({', '.join('?' * 13)})", row)  # noqa: S608
