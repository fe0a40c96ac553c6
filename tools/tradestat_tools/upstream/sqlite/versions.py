"""Which file holds which version of a schema, and how what an older program kept is taken over.

A file's name carries the version of its schema (`ledger-3.sqlite3`), so that no program touches the live file of
another version. Who opens a file takes over what older ones hold, under the lock by which all versions open files.

A cache file that was taken over is deleted as soon as no older program has it open. A ledger file is emptied instead,
and stays: an older program that has it open, or opens it, finds it to be none of its own and sends nothing that is
paid. A program that finds a newer version's ledger does the same. So two versions never count apart.
"""

import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

APPLICATION_ID = 0x74726164
"""Marks a file as ours ("trad"), so that a foreign database of the same name is not written into."""

LARGEST_COPY = 256 * 1024 * 1024
"""Bytes of a file and its log that are copied to be read where a disk takes nothing."""


class ForeignFile(Exception):
    """The file is not ours, or of another schema version."""


class NewerFile(Exception):
    """A newer version of this program counts here."""


class SpoiledFile(Exception):
    """An older version's file, which can not be read; `path` is where it is."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path.name}, which an older version left here, can not be read: {why}")
        self.path = path


@dataclass(frozen=True, slots=True)
class Schema:
    """What a file holds.

    Args:
        version: raised whenever `statements` change.
        unnumbered: the version whose files had no number in their names yet.
        carry: for each older version, what writes into a new file what one of that version holds. It may be called
            again for the same rows, where a program was killed in between.
    """

    version: int
    statements: str
    unnumbered: int
    carry: Mapping[int, Callable[[sqlite3.Connection, sqlite3.Connection], None]]

    def place(self, path: Path, version: int | None = None) -> Path:
        """The file of a version, by the name without a number."""
        version = version or self.version
        return path if version == self.unnumbered else path.with_name(f"{path.stem}-{version}{path.suffix}")

    def older(self, path: Path) -> list[tuple[int, Path]]:
        """The places of older versions' files, the newest first."""
        return [(version, self.place(path, version)) for version in sorted(self.carry, reverse=True)]

    def newer(self, path: Path) -> list[Path]:
        """The files of newer versions."""
        named = re.compile(rf"{re.escape(path.stem)}-([0-9]+){re.escape(path.suffix)}")
        found = ((named.fullmatch(other.name), other) for other in path.parent.iterdir())
        return [other for match, other in found if match and int(match[1]) > self.version]

    def check(self, connection: sqlite3.Connection) -> None:
        """Make a new file ours; refuse any other that is not."""
        if not known(connection, self.version):
            for statement in self.statements.split(";"):
                if statement.strip():
                    connection.execute(statement)
            _mark(connection, self.version)


def known(connection: sqlite3.Connection, version: int) -> bool:
    """Whether a database is of this version of ours; False where it is empty.

    Raises:
        ForeignFile: it is anything else.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != APPLICATION_ID:
        raise ForeignFile("not a file of this program")
    if tables and found != version:
        raise ForeignFile(f"of schema version {found}, not {version}")
    return bool(tables)


def _mark(connection: sqlite3.Connection, version: int) -> None:
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={version}")


@contextmanager
def taken_over(schema: Schema, path: Path, version: int, new: sqlite3.Connection, patience: float) -> Generator[None]:
    """Carry over what an older version's ledger holds; once the caller has committed that, the old file is emptied.

    Where there is no unnumbered file, an emptied one is made, for programs that look for no other.

    Raises:
        SpoiledFile: it can not be read, so that what it counted is not known.
    """
    old_path = schema.place(path, version)
    if not old_path.exists() and version != schema.unnumbered:
        yield
        return
    if old_path.is_dir():
        raise SpoiledFile(old_path, "it is a folder")
    with closing(sqlite3.connect(old_path, timeout=patience, isolation_level=None)) as old:
        try:
            old.execute("PRAGMA synchronous=FULL")
            moved = _moved(old)
            if not moved:
                old.execute("BEGIN IMMEDIATE")
                if known(old, version):
                    schema.carry[version](new, old)
        except ForeignFile as error:
            raise SpoiledFile(old_path, str(error)) from error
        except sqlite3.Error as error:
            raise (SpoiledFile(old_path, str(error)) if is_corrupt(error) else error) from error
        yield
        if not moved:
            _empty(old, schema.place(path), schema.version)
            old.execute("COMMIT")


def _moved(old: sqlite3.Connection) -> bool:
    """Whether a newer version has taken over what was here; it left a table that says so."""
    return bool(old.execute("SELECT count(*) FROM sqlite_master WHERE name = 'moved'").fetchone()[0])


def _empty(old: sqlite3.Connection, new_place: Path, version: int) -> None:
    tables = old.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall()
    for (name,) in tables:
        old.execute(f'DROP TABLE "{name}"')
    old.execute("CREATE TABLE moved (place TEXT NOT NULL)")
    old.execute("INSERT INTO moved VALUES (?)", (new_place.name,))
    _mark(old, version)


def merged(schema: Schema, path: Path, version: int, new: sqlite3.Connection, patience: float) -> None:
    """Carry over what an older version's cache holds. Raises SpoiledFile where it can not be read."""
    old_path = schema.place(path, version)
    if not old_path.exists():
        return
    if old_path.is_dir():
        raise SpoiledFile(old_path, "it is a folder")
    with closing(sqlite3.connect(old_path, timeout=patience, isolation_level=None)) as old:
        try:
            if known(old, version):
                schema.carry[version](new, old)
        except ForeignFile as error:
            raise SpoiledFile(old_path, str(error)) from error
        except sqlite3.Error as error:
            raise (SpoiledFile(old_path, str(error)) if is_corrupt(error) else error) from error


def discard(path: Path) -> None:
    """Delete a cache file that was taken over, unless an older program has it open: then it is merged again later."""
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as old:
        try:
            alone = old.execute("PRAGMA journal_mode=DELETE").fetchone()[0] == "delete"
        except sqlite3.Error:
            return
    if alone:
        with suppress(OSError):
            path.unlink()


def read_only(path: Path) -> sqlite3.Connection | None:
    """A file opened for reading where nothing can be written; None where it can not be read so.

    A file whose log is still to be read needs SQLite's index of it beside it, or a folder where that can be made.
    Without a log the file alone is whole, and `immutable` asks for nothing beside it.
    """
    if not path.is_file():
        return None
    log = path.with_name(path.name + "-wal")
    logged = log.exists() and log.stat().st_size > 0
    for how in ("mode=ro", *([] if logged else ["immutable=1"])):
        connection: sqlite3.Connection | None = None
        with suppress(sqlite3.Error):
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None, check_same_thread=False
            )
            connection.execute("SELECT count(*) FROM sqlite_master")
            return connection
        if connection is not None:
            connection.close()
    return _copied(path, log) if logged else None


def _copied(path: Path, log: Path) -> sqlite3.Connection | None:
    """What a file and its log hold together, in memory: a folder that takes no index has the log read elsewhere."""
    if path.stat().st_size + log.stat().st_size > LARGEST_COPY:
        return None
    whole = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        with TemporaryDirectory(prefix="tradestat-") as folder:
            copy = Path(folder, path.name)
            for one, name in ((path, copy.name), (log, log.name)):
                shutil.copyfile(one, Path(folder, name))
            with closing(sqlite3.connect(copy)) as found:
                found.execute("SELECT count(*) FROM sqlite_master")
                found.backup(whole)
        whole.execute("PRAGMA query_only=ON")
    except (OSError, sqlite3.Error):
        whole.close()
        return None
    return whole


def renamed(path: Path) -> Path:
    """Give a file another name, with its log, and say which."""
    aside = path.with_name(f"{path.name}.aside-{time.time_ns()}")
    # The log first, which belongs to the file and must not be taken for the new one's.
    for suffix in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside


def identity(path: Path) -> tuple[int, int] | None:
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
    return (code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)) or (
        isinstance(error, sqlite3.OperationalError) and "malformed" in str(error)
    )


@contextmanager
def alone(path: Path, patience: float) -> Generator[None]:
    """One process at a time opens a file, of whatever version, so that none sets aside what another has just begun.

    Nor do two of them switch a new file to WAL at once, which SQLite refuses one of them without waiting. The lock is
    an empty database beside the file: that works on every system and ends with its process.
    """
    lock = sqlite3.connect(path.with_name(f"{path.name}.lock"), timeout=patience, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        lock.close()
