"""A SQLite file that several processes share, whatever state it is found in."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, TypeVar

from tradestat_tools.upstream.sqlite.versions import (
    ForeignFile,
    NewerFile,
    Schema,
    SpoiledFile,
    alone,
    discard,
    identity,
    is_busy,
    is_corrupt,
    known,
    merged,
    read_only,
    renamed,
    taken_over,
)
from tradestat_tools.upstream.store import StoreUnavailable

T = TypeVar("T")

log = logging.getLogger(__name__)

PATIENCE = 20.0
"""Seconds for which a writer waits for another process; every transaction here takes milliseconds."""


class UnreadableFile(StoreUnavailable):
    """What a file says can not be known any more: it is damaged, or not ours.

    Args:
        path: which file.
        found: what tells it from another one that is put in its place.
    """

    def __init__(self, why: str, path: Path) -> None:
        super().__init__(why)
        self.path = path
        self.found = identity(path)


class SqliteFile:
    """One database file, one connection, every use under one lock and in one transaction.

    A disk that takes no writes, because it is full or read-only, is read on all the same, and every write tries it
    again. A file that is corrupt or foreign is set aside under another name, unless `exact`. What is wrong is said in
    `warning` and the log.

    Args:
        path: the file's name without the number of a version (see `Schema.place`), or None for a database in memory.
        schema: what is in it.
        exact: nothing that was written may be forgotten, nor anything be done that could not be written. A file that
            can not be read is never replaced, and versions of this program never keep apart files at a time.
        patience: seconds to wait for another process.
    """

    def __init__(self, path: Path | None, schema: Schema, *, exact: bool = False, patience: float = PATIENCE) -> None:
        self.base = path
        self.path = path and schema.place(path)
        self.read_only = False
        self._schema = schema
        self._exact = exact
        self._patience = patience
        self._noted: str | None = None
        self._trouble: str | None = None
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None
        self._found: object = None
        self._looking = threading.Lock()
        self._looks: sqlite3.Connection | None = None
        with suppress(StoreUnavailable):
            self.rows("SELECT 1")  # opened now if possible, so that a warning shows early

    @property
    def warning(self) -> str | None:
        """What went wrong when the file was opened or written, if anything."""
        if self._opened or self.base is None or self._trouble:
            return self._trouble or self._noted
        return f"other processes hold the {self.base.stem}"

    @property
    def usable(self) -> bool:
        """Whether it is open, if only to be read."""
        return self._opened is not None

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The result of a transaction that is alone among all processes from its first statement on.

        Raises:
            StoreUnavailable: other processes hold the file, or the disk does not take it.
            UnreadableFile: of an `exact` file, what is in it can not be known.
        """
        return self._use(lambda connection: _in_transaction(connection, work), writing=True)

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What one statement reads, without waiting for a writer. Raises as `write`."""
        return self._use(lambda connection: connection.execute(statement, values).fetchall(), writing=False)

    def row(self, statement: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first of the rows that a statement reads, None where it reads none. Raises as `write`."""
        return next(iter(self.rows(statement, values)), None)

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """How many rows one statement changed, in a transaction of its own. Raises as `write`."""
        return self.write(lambda connection: connection.execute(statement, values).rowcount)

    def version(self) -> object:
        """As `Cache.version`: what other processes wrote shows in memory that SQLite shares with them.

        A file that was deleted or replaced by hand is not noticed here, but by the next use.
        """
        if not self._looking.acquire(blocking=False):
            return None
        try:
            if self.base is None:
                return self._opened and self._opened.total_changes
            row = self._looks.execute("PRAGMA data_version").fetchone() if self._looks else None
            return (self._looks, row[0]) if row else None
        except sqlite3.Error:  # just being recovered by another process, say
            return None
        finally:
            self._looking.release()

    def set_aside(self, path: Path, found: object, why: str) -> str | None:
        """Give a file another name, unless somebody did that since it was `found`; says which, None where it did not.

        Raises:
            StoreUnavailable: the folder can not be written, or other processes are just opening the file.
        """
        with self._lock:
            if self.base is None or found is None:
                return None
            try:
                with alone(self.base, self._patience):
                    aside = self._rename(path, why) if identity(path) == found else None
            except (OSError, sqlite3.Error) as error:
                raise self._refusal(error) from error
            self._let_go()
            return aside

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._look_no_more()
            if self._opened is not None:
                self._opened.close()

    def _use(self, use: Callable[[sqlite3.Connection], T], *, writing: bool) -> T:
        """The result of some work; of a cache once more on a new file where this one turns out to be corrupt."""
        with self._lock:
            try:
                connection = self._connection(writing)
                try:
                    result = use(connection)
                except sqlite3.Error as error:
                    if "no such table" in str(error) and self.base is not None:
                        self._let_go()  # a newer version has taken over; the next use finds that and says so
                    if self._exact or self.base is None or not is_corrupt(error):
                        raise
                    result = use(self._begun_anew(error, writing))
            except (sqlite3.Error, OSError, ForeignFile, NewerFile, SpoiledFile) as error:
                raise self._refusal(error) from error
            if writing:
                self._trouble = None
            return result

    def _refusal(self, error: Exception) -> StoreUnavailable:
        if self.path is None or is_busy(error):
            return StoreUnavailable(str(error))
        self._say(error)
        if self._exact and (isinstance(error, ForeignFile | SpoiledFile) or is_corrupt(error)):
            return UnreadableFile(str(error), error.path if isinstance(error, SpoiledFile) else self.path)
        return StoreUnavailable(str(error))

    def _connection(self, writing: bool) -> sqlite3.Connection:
        # What was deleted or set aside by hand must not be written on, where nobody else looks.
        if self._opened is not None and (self._found != self._places() or (writing and self.read_only)):
            self._let_go()
        if self._opened is None:
            self._opened = self._open(writing)
            self._found = self._places()
            self._begin_to_look()
        return self._opened

    def _begin_to_look(self) -> None:
        """A connection that only ever looks whether something changed: to it, all others' writes are changes."""
        if self.path is None or self.read_only:
            return
        with suppress(sqlite3.Error):
            looks = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
            if looks.execute("PRAGMA journal_mode").fetchone() != ("wal",):  # where that shows on the disk alone
                looks.close()
                return
            with self._looking:
                self._looks = looks

    def _look_no_more(self) -> None:
        with self._looking:
            if self._looks is not None:
                self._looks.close()
            self._looks = None

    def _places(self) -> object:
        return self.base and self.path and (identity(self.path), identity(self.base))

    def _let_go(self) -> None:
        self._look_no_more()
        if self._opened is not None:
            self._opened.close()
        self._opened, self.read_only = None, False

    def _open(self, writing: bool) -> sqlite3.Connection:
        if self.base is None or self.path is None:
            return self._connect(None)
        try:
            self.base.parent.mkdir(parents=True, exist_ok=True)
            with alone(self.base, self._patience):
                try:
                    opened = self._connect(self.base)
                except (ForeignFile, sqlite3.DatabaseError) as error:
                    if self._exact or not (isinstance(error, ForeignFile) or is_corrupt(error)):
                        raise
                    self._rename(self.path, str(error))
                    opened = self._connect(self.base)
        except (OSError, sqlite3.Error) as error:
            # A folder that takes no writes: what is there can be read.
            if writing or is_busy(error) or is_corrupt(error):
                raise
            found = self._read_only(self.base)
            if found is None:
                raise
            self._say(error)
            self.read_only = True
            return found
        self._trouble = None
        return opened

    def _read_only(self, base: Path) -> sqlite3.Connection | None:
        """This version's file for reading; of a cache an older version's, where nothing could be taken over from it."""
        places = [(self._schema.version, self._schema.place(base)), *([] if self._exact else self._schema.older(base))]
        for version, path in places:
            found = read_only(path)
            if found is None:
                continue
            with suppress(ForeignFile, sqlite3.Error):
                if known(found, version):
                    return found
            found.close()
        return None

    def _connect(self, base: Path | None) -> sqlite3.Connection:
        path = base and self._schema.place(base)
        if base and self._exact and (newer := self._schema.newer(base)):
            raise NewerFile(
                f"{newer[-1].name} there is a newer version's of this program, which counts calls now: use that "
                "version, or another folder"
            )
        if path and path.is_dir():
            raise ForeignFile("it is a folder")
        connection = sqlite3.connect(
            path or ":memory:", timeout=self._patience, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")  # what is taken over must be here before it is gone there
            with ExitStack() as after:
                connection.execute("BEGIN IMMEDIATE")
                self._schema.check(connection)
                if base:
                    self._take_over(base, connection, after)
                connection.execute("COMMIT")
            connection.execute("PRAGMA synchronous=NORMAL")
        except BaseException:
            connection.close()
            raise
        for _, old in self._schema.older(base) if base and not self._exact else ():
            discard(old)
        return connection

    def _take_over(self, base: Path, connection: sqlite3.Connection, after: ExitStack) -> None:
        for version, _ in self._schema.older(base):
            if self._exact:
                after.enter_context(taken_over(self._schema, base, version, connection, self._patience))
                continue
            try:
                merged(self._schema, base, version, connection, self._patience)
            except SpoiledFile as error:
                self._rename(error.path, str(error))

    def _begun_anew(self, error: sqlite3.Error, writing: bool) -> sqlite3.Connection:
        """A new file in place of one that is corrupt."""
        before = self._found
        self._let_go()
        if self.base is not None and self.path is not None:
            with alone(self.base, self._patience):
                # Another process that met the same damage may have begun a new file here, with paid answers in it.
                if self._places() == before:
                    self._rename(self.path, str(error))
        return self._connection(writing)

    def _rename(self, path: Path, why: str) -> str:
        aside = renamed(path).name
        self._noted = f"{path.name} was unusable ({why}) and is now {aside}; a new one is begun."
        log.warning(self._noted)
        return aside

    def _say(self, error: Exception) -> None:
        more = "" if self._exact else " What is stored is still read, and new answers are kept in memory until it can."
        text = f"{self.path} can not be {'used' if self._exact else 'written'} ({error}).{more}"
        if text != self._trouble:
            log.warning(text)
        self._trouble = text


def _in_transaction(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite itself rolls back after some failures
            connection.execute("ROLLBACK")
        raise
    return result
