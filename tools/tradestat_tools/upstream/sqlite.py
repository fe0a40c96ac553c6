"""Cache and ledger in SQLite files that several processes share, whatever state those are found in."""

import json
import logging
import sqlite3
import threading
import time
import uuid
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from tradestat_tools.upstream.plan import MILLI, REMEMBERED, Plan, milli
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.store import (
    EPSILON,
    FAILURE_SHOWN,
    CacheInfo,
    Claim,
    Denial,
    Entry,
    Grant,
    StoreUnavailable,
)

T = TypeVar("T")

log = logging.getLogger(__name__)

APPLICATION_ID = 0x74726164
"""Marks a file as ours ("trad"), so that a foreign database of the same name is not written into."""

PATIENCE = 20.0
"""Seconds for which a writer waits for another process; every transaction here takes milliseconds."""


class ForeignFile(Exception):
    """The file is not ours, or of another schema version."""


class SqliteFile:
    """One database file, one connection, every use under one lock and in one transaction.

    A file that is corrupt, foreign or of another version is set aside under another name; where the folder can not be
    written, the database lives in memory. Either is said in `warning` and the log, neither is fatal. A file of which
    `exact` is asked is neither set aside nor replaced.

    Args:
        path: the file, or None for a database in memory.
        schema: the statements that make it.
        version: raised whenever `schema` changes.
        exact: nothing that was written may be forgotten, nor anything be done that could not be written. A file that
            can not be opened, read or written is never replaced, by memory or by a new one, but tried again with the
            next use.
        patience: seconds to wait for another process.
    """

    def __init__(
        self, path: Path | None, schema: str, version: int, *, exact: bool = False, patience: float = PATIENCE
    ) -> None:
        self.path = path
        self._warning: str | None = None
        self._schema = schema
        self._version = version
        self._exact = exact
        self._patience = patience
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        with suppress(StoreUnavailable):
            self._use(lambda _: None)  # opened now if possible, so that a warning shows early

    @property
    def warning(self) -> str | None:
        """What went wrong when the file was opened or written, if anything."""
        if self._opened or self.path is None or self._warning:
            return self._warning
        return f"other processes hold the {self.path.stem}"

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The result of a transaction that is alone among all processes from its first statement on.

        Raises:
            StoreUnavailable: other processes hold the file, or neither disk nor memory will do.
        """
        return self._use(lambda connection: self._in_transaction(connection, work))

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What one statement reads, without waiting for a writer. Raises as `write`."""
        return self._use(lambda connection: connection.execute(statement, values).fetchall())

    def row(self, statement: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first of the rows that a statement reads, None where it reads none. Raises as `write`."""
        return next(iter(self.rows(statement, values)), None)

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """How many rows one statement changed, in a transaction of its own. Raises as `write`."""
        return self.write(lambda connection: connection.execute(statement, values).rowcount)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()

    @staticmethod
    def _in_transaction(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return result

    def _use(self, use: Callable[[sqlite3.Connection], T]) -> T:
        """The result of some work; once more on a new file or in memory where the file can not be used any more."""
        with self._lock:
            try:
                connection = self._connection()
                try:
                    result = use(connection)
                except sqlite3.Error as error:
                    # Where others hold the file, to go on in memory would be to forget or overspend what is shared.
                    if self._exact or is_busy(error):
                        raise
                    result = use(self._mended(connection, error))
            except (sqlite3.Error, OSError, ForeignFile) as error:
                if self._exact and self.path is not None and not is_busy(error):
                    self._warn(f"{self.path} can not be used ({error}).")
                raise StoreUnavailable(str(error)) from error
            if self._exact:
                self._warning = None
            return result

    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = self._open()
            self._identity = _identity(self.path) if self.path else None
        return self._opened

    def _mended(self, connection: sqlite3.Connection, error: sqlite3.Error) -> sqlite3.Connection:
        """What to go on with after a failure: a new file for a corrupt one, memory where the disk refuses a write."""
        if self.path is None:
            raise error
        if is_corrupt(error):
            connection.close()
            with _alone(self.path, self._patience):
                # Another process that met the same damage may have begun a new file here, with paid answers in it.
                if _identity(self.path) == self._identity:
                    self._set_aside(self.path, str(error))
            self._opened = None
            return self._connection()
        self._warn(f"{self.path.name} can not be written ({error}); kept in memory until the program ends.")
        memory = self._connect(None)
        connection.close()
        self._opened, self.path = memory, None
        return memory

    def _open(self) -> sqlite3.Connection:
        if self.path is None:
            return self._connect(None)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _alone(self.path, self._patience):
                try:
                    return self._connect(self.path)
                except (ForeignFile, sqlite3.DatabaseError) as error:
                    if self._exact or (isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error)):
                        raise  # the disk or the folder, not the file's content
                    self._set_aside(self.path, str(error))
                    return self._connect(self.path)
        except (OSError, sqlite3.Error) as error:
            if self._exact:
                raise
            self._warn(f"{self.path.name} can not be used ({error}); kept in memory until the program ends.")
            self.path = None
            return self._connect(None)

    def _connect(self, path: Path | None) -> sqlite3.Connection:
        connection = sqlite3.connect(
            path or ":memory:", timeout=self._patience, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            self._check(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection

    def _check(self, connection: sqlite3.Connection) -> None:
        """Make a new file ours; refuse any other that is not."""
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and application != APPLICATION_ID:
            raise ForeignFile("not a file of this program")
        if tables and version != self._version:
            raise ForeignFile(f"of schema version {version}, not {self._version}")
        if not tables:
            for statement in self._schema.split(";"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={self._version}")

    def _set_aside(self, path: Path, why: str) -> None:
        aside = _renamed(path)
        self._warn(f"{path.name} was unusable ({why}) and is now {aside.name}; a new one is begun.")

    def _warn(self, text: str) -> None:
        self._warning = text
        log.warning(text)


def set_aside(path: Path, *, patience: float = PATIENCE) -> Path | None:
    """Give a file another name, so that a new one is begun with the next use; None where there is none.

    Raises:
        OSError, sqlite3.Error: the folder can not be written, or other processes are just opening the file.
    """
    with _alone(path, patience):
        return _renamed(path) if path.exists() else None


def _renamed(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.aside-{time.time_ns()}")
    # The log first, which belongs to the file and must not be taken for the new one's.
    for suffix in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another one of the same name."""
    with suppress(OSError):
        found = path.stat()
        return found.st_dev, found.st_ino
    return None


def is_busy(error: BaseException) -> bool:
    """Whether other processes hold the file."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_corrupt(error: BaseException) -> bool:
    """Whether the file's content is damaged."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def _alone(path: Path, patience: float) -> Generator[None]:
    """One process at a time opens a file, so that none sets aside what another has just begun.

    Nor do two of them switch a new file to WAL at once, which SQLite refuses one of them without waiting. The lock is
    an empty database beside the file: that works on every system and ends with its process.
    """
    lock = sqlite3.connect(path.with_name(f"{path.name}.lock"), timeout=patience, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        lock.close()


ANSWERS_VERSION = 1
# `spare_until` is `Entry.usable_until`: its name on disk stays, as files of another schema are begun anew.
ANSWERS = """
CREATE TABLE answers (
    key TEXT PRIMARY KEY, source TEXT NOT NULL, endpoint TEXT NOT NULL, address TEXT NOT NULL,
    status INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, stored_at REAL NOT NULL,
    fresh_until REAL NOT NULL, renew_until REAL NOT NULL, spare_until REAL NOT NULL,
    used_at REAL NOT NULL, size INTEGER NOT NULL
);
CREATE INDEX answers_used ON answers (used_at, size)
"""
COLUMNS = (
    "source, endpoint, address, status, headers, body, stored_at, fresh_until, renew_until, spare_until, used_at, size"
)
FIND = f"SELECT {COLUMNS} FROM answers WHERE key = ?"  # noqa: S608 - a constant

DEFAULT_BOUND = 500 * 1024 * 1024
"""Bytes of packed answers; a large answer of any of the services is some hundred kB packed."""

TOUCH_EVERY = 3600.0
"""Seconds between two notes that an answer was used; finer would make every read a write."""


class SqliteCache:
    """Packed answers, least recently used out first.

    Args:
        path: the file, or None for memory.
        bound: bytes of packed answers to keep at most.
        patience: seconds to wait for another process that holds the file.
    """

    def __init__(self, path: Path | None, *, bound: int = DEFAULT_BOUND, patience: float = PATIENCE) -> None:
        self._file = SqliteFile(path, ANSWERS, ANSWERS_VERSION, patience=patience)
        self._bound = bound

    def get(self, key: str, now: float) -> Entry | None:
        row = self._file.row(FIND, (key,))
        if row is None:
            return None
        entry = _entry(row)
        if entry is None or entry.usable_until <= now:
            # Not an answer that another process stored since this one was read.
            self._note("DELETE FROM answers WHERE key = ? AND stored_at = ?", (key, row[6]))
            return None
        if now - row[10] > TOUCH_EVERY:
            self._note("UPDATE answers SET used_at = ? WHERE key = ?", (now, key))
        return entry

    def put(self, key: str, entry: Entry) -> None:
        packed = zlib.compress(entry.response.body, level=6)
        headers = json.dumps(dict(entry.response.headers), ensure_ascii=False)
        size = len(packed) + len(headers) + len(entry.address) + 200
        if size > self._bound:
            return
        about = (key, entry.source, entry.endpoint, entry.address, entry.response.status, headers, packed)
        times = (entry.stored_at, entry.fresh_until, entry.renew_until, entry.usable_until)
        self._file.write(partial(self._insert, row=(*about, *times, entry.stored_at, size)))

    def entries(self) -> Iterator[tuple[str, Entry]]:
        for (key,) in self._file.rows("SELECT key FROM answers ORDER BY stored_at"):
            row = self._file.row(FIND, (key,))
            entry = _entry(row) if row else None
            if entry is not None:
                yield key, entry

    def clear(self, source: str | None = None) -> int:
        where, values = ("WHERE source = ?", (source,)) if source else ("", ())
        return self._file.change(f"DELETE FROM answers {where}", values)  # noqa: S608

    def info(self) -> CacheInfo:
        [(entries, size)] = self._file.rows("SELECT count(*), coalesce(sum(size), 0) FROM answers")
        place = str(self._file.path) if self._file.path else "memory"
        return CacheInfo("sqlite" if self._file.path else "memory", place, entries, size, self._file.warning)

    def close(self) -> None:
        self._file.close()

    def _insert(self, db: sqlite3.Connection, row: tuple[Any, ...]) -> None:
        db.execute(f"INSERT OR REPLACE INTO answers (key, {COLUMNS}) VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
        self._evict(db, but=row[0])

    def _evict(self, db: sqlite3.Connection, but: str) -> None:
        (total,) = db.execute("SELECT coalesce(sum(size), 0) FROM answers").fetchone()
        if total <= self._bound:
            return
        oldest = db.execute("SELECT key, size FROM answers WHERE key != ? ORDER BY used_at", (but,)).fetchall()
        for key, size in oldest:
            db.execute("DELETE FROM answers WHERE key = ?", (key,))
            total -= size
            if total <= self._bound * 0.9:  # some room, so that not every answer evicts
                return

    def _note(self, statement: str, values: tuple[Any, ...]) -> None:
        """A write that may be lost: the read it goes with has its answer already."""
        with suppress(StoreUnavailable):
            self._file.change(statement, values)


def _entry(row: tuple[Any, ...]) -> Entry | None:
    """A stored row as an entry; nothing where its body can not be unpacked."""
    source, endpoint, address, status, headers, packed, *times = row[:10]
    try:
        response = Response(status, json.loads(headers), zlib.decompress(packed))
    except (zlib.error, ValueError):
        return None
    return Entry(source, endpoint, address, response, *times)


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
