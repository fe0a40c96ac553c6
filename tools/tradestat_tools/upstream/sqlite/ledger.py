"""Calls, credits and claims in a SQLite file."""

import sqlite3
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tradestat_tools.upstream.plan import MILLI, REMEMBERED, UNLIMITED, Plan, milli
from tradestat_tools.upstream.sqlite.file import PATIENCE, SqliteFile, UnreadableFile
from tradestat_tools.upstream.sqlite.lost import Lost
from tradestat_tools.upstream.sqlite.versions import Schema, identity
from tradestat_tools.upstream.store import (
    AHEAD,
    EPSILON,
    FAILURE_SHOWN,
    FAILURE_UNTIL,
    KEPT,
    LONGEST_ABSENCE,
    Claim,
    Denial,
    Grant,
    StoreUnavailable,
)

# `told` holds until when a service said to stay away; `clocks` when the last reservation was made, the furthest date
# from before the clock was set back, and when that was; `dates` what calls count by besides `at`.
CALLS = """
CREATE TABLE calls (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, at REAL NOT NULL, credits INTEGER NOT NULL,
    sent INTEGER NOT NULL, lapses REAL NOT NULL
);
CREATE INDEX calls_at ON calls (account, at, credits);
CREATE INDEX calls_unsent ON calls (lapses) WHERE sent = 0;
CREATE TABLE dates (call TEXT NOT NULL, account TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX dates_at ON dates (account, at);
CREATE TABLE clocks (account TEXT PRIMARY KEY, seen REAL NOT NULL, furthest REAL NOT NULL, back REAL NOT NULL);
CREATE TABLE told (account TEXT PRIMARY KEY, until REAL NOT NULL);
CREATE TABLE claims (key TEXT PRIMARY KEY, owner TEXT NOT NULL, lapses REAL NOT NULL, failure TEXT)
"""


def _carry_2(new: sqlite3.Connection, old: sqlite3.Connection) -> None:
    calls = old.execute("SELECT id, account, at, credits, sent, lapses FROM calls").fetchall()
    new.executemany("INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?, ?, ?)", calls)
    seen = old.execute("SELECT account, max(at), max(at), max(at) FROM calls GROUP BY account").fetchall()
    new.executemany("INSERT OR IGNORE INTO clocks VALUES (?, ?, ?, ?)", seen)
    new.executemany("INSERT OR REPLACE INTO told VALUES (?, ?)", old.execute("SELECT account, until FROM told"))
    claims = old.execute("SELECT key, owner, lapses, failure FROM claims").fetchall()
    new.executemany("INSERT OR IGNORE INTO claims VALUES (?, ?, ?, ?)", claims)


SCHEMA = Schema(3, CALLS, unnumbered=2, carry={2: _carry_2})

SPENT = "SELECT coalesce(sum(credits), 0) FROM calls WHERE account = ? AND at >= ?"

# Those that are out of the period by `at`, and in it by another of their dates.
REDATED = """
SELECT coalesce(sum(credits), 0) FROM calls WHERE account = ?1 AND at < ?2 AND (sent = 1 OR lapses > ?4)
AND id IN (SELECT call FROM dates WHERE account = ?1 AND at BETWEEN ?2 AND ?3)
"""
OLDEST = """
SELECT min(at) FROM (
    SELECT min(at) AS at FROM calls WHERE account = ?1 AND at >= ?2 AND credits > 0
    UNION ALL SELECT min(at) FROM dates WHERE account = ?1 AND at BETWEEN ?2 AND ?3
)
"""

# All but the reservations that have lapsed and that nobody has removed yet.
USED = f"""
SELECT ({SPENT})
     - (SELECT coalesce(sum(credits), 0) FROM calls INDEXED BY calls_unsent
        WHERE sent = 0 AND lapses <= ? AND account = ? AND at >= ?)
"""  # noqa: S608 - a constant


class SqliteLedger:
    """One row a call. See `Ledger`.

    Args:
        path: the file, or None for memory; its name gets the schema's version.
        patience: seconds to wait for another process that holds the file.
    """

    def __init__(self, path: Path | None, *, patience: float = PATIENCE) -> None:
        self._file = SqliteFile(path, SCHEMA, exact=True, patience=patience)
        self._lost = Lost(path) if path else None

    local = True

    @property
    def warning(self) -> str | None:
        said = [self._file.warning]
        with suppress(StoreUnavailable):
            said.append(self._lost.warning if self._lost else None)
        return " ".join(filter(None, said)) or None

    def reserve(
        self, account: str, plan: Plan, credits: float, *, now: float, latest: float, lease: float
    ) -> Grant | Denial:
        def work(db: sqlite3.Connection) -> Grant | Denial:
            furthest = _look_at_clock(db, account, now)
            _forget(db, account, now)
            start = max(now, _told(db, account, now))
            if start > latest:
                return Denial("stay away", start)
            if plan.budget is not None:
                opens, ends = plan.budget.bounds(now)
                spent = db.execute(SPENT, (account, opens)).fetchone()[0]
                spent += db.execute(REDATED, (account, opens, ends, now)).fetchone()[0]
                if spent + milli(credits) > milli(plan.budget.credits):
                    oldest = db.execute(OLDEST, (account, opens, ends)).fetchone()[0]
                    return Denial("budget", plan.budget.frees(now, oldest))
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
            if furthest is not None:
                db.execute("INSERT INTO dates VALUES (?, ?, ?)", (grant.id, account, furthest))
            return grant

        if self._lost is None:
            return self._file.write(work)
        self._check_lost(plan, now)
        try:
            found = self._file.write(work)
        except UnreadableFile as error:
            self._lost.found(error.path, now)
            self._lost.check(plan, now)
            self._file.set_aside(error.path, error.found, str(error))
            found = self._file.write(work)
        self._lost.forget_old(now)
        return found

    def reset(self, spent: Mapping[str, float], now: float) -> list[str]:
        """Begin anew, whatever is there, with what the accounts have spent; says what the files set aside are called.

        Raises:
            StoreUnavailable: the folder can not be written, or a newer version of this program counts there.
        """
        why = "reset by the user"
        with suppress(UnreadableFile):
            self._file.write(lambda _: None)  # where that fails otherwise, a reset would not help
        own = self._file.path
        aside = [own and self._file.set_aside(own, identity(own), why)]
        while True:
            try:
                self._file.write(lambda _: None)
                break
            except UnreadableFile as error:  # what an older version left
                aside.append(self._file.set_aside(error.path, error.found, why))
        if self._lost is not None:
            self._lost.forget()
        for account, credits in spent.items():
            grant = self.reserve(account, UNLIMITED, credits, now=now, latest=now, lease=0)
            if isinstance(grant, Grant):
                self.settle(grant, credits)
        return [name for name in aside if name]

    def _check_lost(self, plan: Plan, now: float) -> None:
        if self._lost is not None and plan.budget is not None:
            self._lost.check(plan, now)

    def mark_sent(self, grant: Grant) -> bool:
        return self._file.change("UPDATE calls SET sent = 1 WHERE id = ?", (grant.id,)) > 0

    def settle(self, grant: Grant, credits: float) -> None:
        self._file.change("UPDATE calls SET sent = 1, credits = ? WHERE id = ?", (milli(credits), grant.id))

    def refund(self, grant: Grant) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM calls WHERE id = ?", (grant.id,))
            db.execute("DELETE FROM dates WHERE call = ?", (grant.id,))

        self._file.write(work)

    def stay_away(self, account: str, until: float) -> None:
        change = "INSERT INTO told VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET until = max(until, excluded.until)"
        self._file.change(change, (account, until))

    def used(self, account: str, plan: Plan, now: float) -> float:
        self._check_lost(plan, now)
        opens, ends = plan.period(now)
        # No write: every stored answer asks for this.
        [(used,)] = self._file.rows(USED, (account, opens, now, account, opens))
        [(redated,)] = self._file.rows(REDATED, (account, opens, ends, now))
        return (used + redated) / MILLI

    def version(self) -> object:
        return self._file.version()

    def claim(self, key: str, owner: str, *, now: float, lease: float) -> Claim:
        def work(db: sqlite3.Connection) -> Claim:
            db.execute("DELETE FROM claims WHERE lapses <= ?", (now,))
            row = db.execute("SELECT owner, failure FROM claims WHERE key = ?", (key,)).fetchone()
            if row is not None and row[1] is None:
                db.execute("UPDATE claims SET lapses = min(lapses, ?) WHERE key = ?", (now + lease, key))
                return Claim(ours=row[0] == owner, owner=row[0])
            db.execute("INSERT OR REPLACE INTO claims VALUES (?, ?, ?, NULL)", (key, owner, now + lease))
            return Claim(ours=True, owner=owner)

        return self._file.write(work)

    def renew(self, key: str, owner: str, *, now: float, lease: float) -> None:
        change = "UPDATE claims SET lapses = ? WHERE key = ? AND owner = ? AND failure IS NULL"
        self._file.change(change, (now + lease, key, owner))

    def look(self, key: str, now: float) -> Claim | None:
        find = """
            SELECT owner, failure FROM claims WHERE key = ? AND lapses > ? AND (failure IS NULL OR lapses <= ?)
        """
        row = self._file.write(lambda db: db.execute(find, (key, now, now + FAILURE_UNTIL)).fetchone())
        return Claim(ours=False, owner=row[0], failure=row[1]) if row else None

    def release(self, key: str, owner: str, *, now: float, failure: str | None = None) -> None:
        if failure is None:
            self._file.change("DELETE FROM claims WHERE key = ? AND owner = ?", (key, owner))
        else:
            change = "UPDATE claims SET failure = ?, lapses = ? WHERE key = ? AND owner = ?"
            self._file.change(change, (failure, now + FAILURE_SHOWN, key, owner))

    def close(self) -> None:
        self._file.close()


def _look_at_clock(db: sqlite3.Connection, account: str, now: float) -> float | None:
    """Date back what is ahead of the clock, where that was set back (see `store.AHEAD`).

    Returns the furthest date, where it is ahead: a call that is made now counts by it too.
    """
    row = db.execute("SELECT seen, furthest, back FROM clocks WHERE account = ?", (account,)).fetchone()
    seen, furthest, back = row or (now, now, now)
    if now < seen - AHEAD:
        db.execute("INSERT INTO dates SELECT id, account, at FROM calls WHERE account = ? AND at > ?", (account, now))
        change = "UPDATE calls SET lapses = lapses - at + ?, at = ? WHERE account = ? AND at > ?"
        db.execute(change, (now, now, account, now))
        furthest, back = max(furthest, seen), now
    if furthest <= now + AHEAD or now > back + REMEMBERED:
        furthest = back = now
    db.execute("INSERT OR REPLACE INTO clocks VALUES (?, ?, ?, ?)", (account, now, furthest, back))
    return furthest if furthest > now else None


def _told(db: sqlite3.Connection, account: str, now: float) -> float:
    """Until when the service said to stay away, which is never for longer than `LONGEST_ABSENCE` from now."""
    change = "UPDATE told SET until = min(until, ?) WHERE account = ? RETURNING until"
    found = db.execute(change, (now + LONGEST_ABSENCE, account)).fetchall()
    return found[0][0] if found else now


def _forget(db: sqlite3.Connection, account: str, now: float) -> None:
    """Reservations whose holder died before sending, and calls older than any period."""
    db.execute("DELETE FROM calls WHERE sent = 0 AND lapses <= ?", (now,))
    oldest = now - REMEMBERED
    if db.execute("SELECT 1 FROM calls WHERE account = ? AND at < ?", (account, oldest)).fetchone() is None:
        return
    # Those that were dated back count by their other dates, unless these are still ahead of the clock.
    dated = "SELECT call FROM dates WHERE account = ?1"
    db.execute(
        f"""
        DELETE FROM calls WHERE account = ?1 AND at < ?2 AND id NOT IN ({dated} AND at BETWEEN ?2 AND ?3)
        AND (id IN ({dated} AND at > ?3) OR at <= (
            SELECT at FROM calls WHERE account = ?1 ORDER BY at DESC LIMIT 1 OFFSET {KEPT}
        ))
        """,  # noqa: S608 - constants
        (account, oldest, now + AHEAD),
    )
    db.execute("DELETE FROM dates WHERE account = ? AND call NOT IN (SELECT id FROM calls)", (account,))
