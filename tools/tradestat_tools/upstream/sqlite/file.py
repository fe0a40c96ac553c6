"""A SQLite file that several processes share, whatever state it is found in."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from tradestat_tools.upstream.store import StoreUnavailable

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
