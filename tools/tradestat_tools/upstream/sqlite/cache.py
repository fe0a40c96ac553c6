"""Stored answers in a SQLite file, and in memory what the disk does not take."""

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.sqlite.file import PATIENCE, SqliteFile
from tradestat_tools.upstream.sqlite.versions import Schema
from tradestat_tools.upstream.store import AHEAD, LISTED, CacheInfo, Entry, StoreUnavailable

# The same in all versions, so that a file of any of them can be read where nothing can be written.
# `spare_until` is `Entry.usable_until`.
COLUMNS = (
    "source, endpoint, address, status, headers, body, stored_at, fresh_until, renew_until, spare_until, used_at, size"
)
INSERT = f"INSERT OR REPLACE INTO answers (key, {COLUMNS}) VALUES ({', '.join('?' * 13)})"  # noqa: S608 - a constant
FIND = f"SELECT {COLUMNS} FROM answers WHERE key = ?"  # noqa: S608 - a constant

# The table `met` holds when an answer that is dated ahead of the clock was first met.
ANSWERS = """
CREATE TABLE answers (
    key TEXT PRIMARY KEY, source TEXT NOT NULL, endpoint TEXT NOT NULL, address TEXT NOT NULL,
    status INTEGER NOT NULL, headers TEXT NOT NULL, stored_at REAL NOT NULL,
    fresh_until REAL NOT NULL, renew_until REAL NOT NULL, spare_until REAL NOT NULL,
    used_at REAL NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE INDEX answers_used ON answers (used_at, size);
CREATE TABLE met (key TEXT PRIMARY KEY, stored_at REAL NOT NULL, at REAL NOT NULL)
"""


def _carry_1(new: sqlite3.Connection, old: sqlite3.Connection) -> None:
    """Of two answers to a question the newer."""
    for row in old.execute(f"SELECT key, {COLUMNS} FROM answers"):  # noqa: S608 - a constant
        here = new.execute("SELECT stored_at FROM answers WHERE key = ?", row[:1]).fetchone()
        if here is None or here[0] < row[7]:
            new.execute(INSERT, row)


SCHEMA = Schema(2, ANSWERS, unnumbered=1, carry={1: _carry_1})

DEFAULT_BOUND = 500 * 1024 * 1024
"""Bytes of packed answers; a large answer of any of the services is some hundred kB packed."""

SPARE_BOUND = 64 * 1024 * 1024
"""Bytes of packed answers to keep in memory at most, while the disk takes none."""

TOUCH_EVERY = 3600.0
"""Seconds between two notes that an answer was used; finer would make every read a write."""


class SqliteCache:
    """Packed answers, least recently used out first.

    What the disk does not take, because it is full or read-only, is kept in memory, and moved to the disk with the next
    answer that it takes. What is on the disk is read meanwhile.

    Args:
        path: the file, or None for memory; its name gets the schema's version.
        bound: bytes of packed answers to keep at most.
        patience: seconds to wait for another process that holds the file.
    """

    def __init__(self, path: Path | None, *, bound: int = DEFAULT_BOUND, patience: float = PATIENCE) -> None:
        self._disk = _Answers(path, bound, patience)
        self._holds_spare = False
        self._spare = None if path is None else _Answers(None, min(bound, SPARE_BOUND), patience)

    def get(self, key: str, now: float) -> Entry | None:
        spare = self._spare.get(key, now) if self._spare and self._holds_spare else None
        try:
            found = self._disk.get(key, now)
        except StoreUnavailable:
            if spare is None:
                raise
            return spare
        return max((entry for entry in (spare, found) if entry), key=lambda entry: entry.stored_at, default=None)

    def stored_at(self, keys: Collection[str]) -> dict[str, float]:
        spare = self._spare.stored_at(keys) if self._spare and self._holds_spare else {}
        found = self._disk.stored_at(keys)
        return found | {key: max(at, found.get(key, at)) for key, at in spare.items()}

    def version(self) -> object:
        versions = self._disk.file.version(), self._spare.file.version() if self._spare else 0
        return None if None in versions else versions

    def asked(self, source: str, endpoint: str) -> list[tuple[str, str]]:
        spare = self._spare.asked(source, endpoint) if self._spare and self._holds_spare else []
        return [*spare, *self._disk.asked(source, endpoint)]

    def put(self, key: str, entry: Entry) -> None:
        packed = _packed(key, entry)
        if self._spare is None:
            self._disk.put(packed)
            return
        spare = self._spare.rows() if self._holds_spare else []
        try:
            self._disk.put(*spare, packed)
        except StoreUnavailable:
            # Busy or full: either way it was paid for, and is delivered from here.
            self._spare.put(packed)
            self._holds_spare = True
        else:
            self._spare.drop(spare)
            self._holds_spare = self._spare.total()[0] > 0 if spare else self._holds_spare

    def entries(self) -> Iterator[tuple[str, Entry]]:
        spare = {key for key, _ in self._spare.entries()} if self._spare else set[str]()
        if self._spare:
            yield from self._spare.entries()
        for key, entry in self._disk.entries():
            if key not in spare:
                yield key, entry

    def clear(self, source: str | None = None) -> int:
        spare = self._spare.clear(source) if self._spare else 0
        return spare + self._disk.clear(source)

    def info(self) -> CacheInfo:
        entries, size = self._spare.total() if self._spare else (0, 0)
        unsaved = entries
        with suppress(StoreUnavailable):
            entries, size = (mine + spare for mine, spare in zip(self._disk.total(), (entries, size), strict=True))
        file = self._disk.file
        on_disk = file.path is not None and file.usable
        place = str(file.path) if on_disk else "memory"
        return CacheInfo("sqlite" if on_disk else "memory", place, entries, size, file.warning, unsaved)

    def close(self) -> None:
        self._disk.file.close()
        if self._spare:
            self._spare.file.close()


class _Answers:
    """The answers of one file, or in memory."""

    def __init__(self, path: Path | None, bound: int, patience: float) -> None:
        self.file = SqliteFile(path, SCHEMA, patience=patience)
        self._bound = bound
        self._met: dict[tuple[str, float], float] = {}

    def get(self, key: str, now: float) -> Entry | None:
        row = self.file.row(FIND, (key,))
        if row is None:
            return None
        entry = _entry(row)
        if entry is not None and entry.stored_at > now + AHEAD:
            entry = self._dated_back(key, entry, now)
        if entry is None or entry.usable_until <= now:
            # Not an answer that another process stored since this one was read.
            self._note("DELETE FROM answers WHERE key = ? AND stored_at = ?", (key, row[6]))
            return None
        if not -AHEAD <= now - row[10] <= TOUCH_EVERY:
            self._note("UPDATE answers SET used_at = ? WHERE key = ?", (now, key))
        return entry

    def stored_at(self, keys: Collection[str]) -> dict[str, float]:
        places = ", ".join("?" * len(keys))
        return dict(self.file.rows(f"SELECT key, stored_at FROM answers WHERE key IN ({places})", tuple(keys)))  # noqa: S608 - question marks

    def asked(self, source: str, endpoint: str) -> list[tuple[str, str]]:
        return self.file.rows(
            "SELECT key, address FROM answers WHERE source = ? AND endpoint = ? ORDER BY stored_at DESC LIMIT ?",
            (source, endpoint, LISTED),
        )

    def put(self, *packed: tuple[Any, ...]) -> None:
        """Store answers that are packed already, all or none."""
        fitting = [row for row in packed if row[-1] <= self._bound]
        if fitting:
            self.file.write(partial(self._insert, rows=fitting))

    def rows(self) -> list[tuple[Any, ...]]:
        """All answers, packed."""
        return self.file.rows(f"SELECT key, {COLUMNS} FROM answers")  # noqa: S608 - a constant

    def entries(self) -> Iterator[tuple[str, Entry]]:
        for (key,) in self.file.rows("SELECT key FROM answers ORDER BY stored_at"):
            row = self.file.row(FIND, (key,))
            entry = _entry(row) if row else None
            if entry is not None:
                yield key, entry

    def clear(self, source: str | None = None) -> int:
        where, values = ("WHERE source = ?", (source,)) if source else ("", ())
        return self.file.change(f"DELETE FROM answers {where}", values)  # noqa: S608

    def drop(self, packed: list[tuple[Any, ...]]) -> None:
        """Forget these, unless newer ones took their place."""
        for row in packed:
            self.file.change("DELETE FROM answers WHERE key = ? AND stored_at = ?", (row[0], row[7]))

    def total(self) -> tuple[int, int]:
        """How many answers, and their bytes."""
        [(entries, size)] = self.file.rows("SELECT count(*), coalesce(sum(size), 0) FROM answers")
        return entries, size

    def _dated_back(self, key: str, entry: Entry, now: float) -> Entry:
        """An answer that is dated ahead of the clock, as of when it was first met: it lives no longer than it may."""
        this = (key, entry.stored_at)
        met = self._met.get(this)
        with suppress(StoreUnavailable):  # a file of an older version has no such table
            met = next(iter(self.file.row("SELECT at FROM met WHERE key = ? AND stored_at = ?", this) or ()), met)
        if met is None or met > now + AHEAD:
            met = self._met[this] = now
            self._note("INSERT OR REPLACE INTO met VALUES (?, ?, ?)", (*this, now))
        return entry.dated(met)

    def _insert(self, db: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> None:
        db.executemany(INSERT, rows)
        self._evict(db, but=rows[-1][0])

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
        if not self.file.read_only:
            with suppress(StoreUnavailable):
                self.file.change(statement, values)


def _packed(key: str, entry: Entry) -> tuple[Any, ...]:
    packed = zlib.compress(entry.response.body, level=6)
    headers = json.dumps(dict(entry.response.headers), ensure_ascii=False)
    size = len(packed) + len(headers) + len(entry.address) + 200
    about = (key, entry.source, entry.endpoint, entry.address, entry.response.status, headers, packed)
    return (*about, *entry.times, entry.stored_at, size)


def _entry(row: tuple[Any, ...]) -> Entry | None:
    """A stored row as an entry; nothing where its body can not be unpacked."""
    source, endpoint, address, status, headers, packed, *times = row[:10]
    try:
        response = Response(status, json.loads(headers), zlib.decompress(packed))
    except (zlib.error, ValueError):
        return None
    return Entry(source, endpoint, address, response, *times)
