"""Stored answers in a SQLite file."""

import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.sqlite.file import PATIENCE, SqliteFile
from tradestat_tools.upstream.store import CacheInfo, Entry, StoreUnavailable

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
