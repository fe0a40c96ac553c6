"""Answers in Redis, shared by all machines that use the same server, with this machine's own copy behind them."""

import json
import math
import re
import zlib
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Literal, NamedTuple

from tradestat_tools.upstream.redis.server import RedisServer
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.store import AHEAD, LISTED, Cache, CacheInfo, Entry, StoreUnavailable

WhenDown = Literal["cache", "closed"]

VERSION = 1
"""Raised whenever what is stored under a key changes; other versions' answers are left to expire."""

LIST_LIVES = 400 * 86_400
"""Seconds after which the list of what was asked of an endpoint goes, if nothing more is asked: longer than any answer
lives. It may name answers that are gone."""

FORGET = """
-- Not an answer that somebody stored since this one was read.
if redis.call('HGET', KEYS[1], 'meta') == ARGV[1] then
    return redis.call('DEL', KEYS[1])
end
return 0
"""


class _Listed(NamedTuple):
    key: str
    source: str
    stored_at: float
    size: int


class RedisCache:
    """Packed answers, one hash each. See `Cache`; every method raises `StoreUnavailable`.

    An answer expires by itself at `usable_until`. There is no bound of our own: Redis's `maxmemory` is it, with the
    policy `volatile-lru` (least recently used answers first); the ledger's keys never expire, so they stay.

    Args:
        url: of the server; see `RedisServer`.
        prefix: begins every key.
    """

    def __init__(self, url: str, *, prefix: str = "tradestat:") -> None:
        self._server = RedisServer(url, text=False)
        self._prefix = f"{prefix}answers:{VERSION}:"
        self._listed = f"{prefix}asked:{VERSION}:"
        self._forget = self._server.script(FORGET)

    def get(self, key: str, now: float) -> Entry | None:
        meta, body = self._server.command("HMGET", self._prefix + key, "meta", "body")
        if meta is None:
            return None
        entry = _entry(meta, body)
        if entry is None or entry.usable_until <= now:
            self._forget([self._prefix + key], [meta])
            return None
        if entry.stored_at > now + AHEAD:  # as old as the server's clock says
            left = self._server.command("PTTL", self._prefix + key) / 1000
            entry = entry.dated(now - (entry.usable_until - entry.stored_at - left))
        return entry

    def stored_at(self, keys: Collection[str]) -> dict[str, float]:
        found = self._server.commands([("HGET", self._prefix + key, "stored_at") for key in keys])
        return {key: float(at) for key, at in zip(keys, found, strict=True) if at is not None}

    def version(self) -> object:
        return None

    def asked(self, source: str, endpoint: str) -> list[tuple[str, str]]:
        listed = self._server.command("ZREVRANGE", self._list_of(source, endpoint), 0, LISTED - 1)
        return [(key, address) for key, address in map(json.loads, listed)]

    def _list_of(self, source: str, endpoint: str) -> str:
        return f"{self._listed}{source}:{endpoint}"

    def put(self, key: str, entry: Entry) -> None:
        response = entry.response
        facts = (entry.source, entry.endpoint, entry.address, response.status, dict(response.headers), *entry.times)
        meta = json.dumps(facts).encode()
        body = zlib.compress(response.body, level=6)
        name = self._prefix + key
        # From when it was stored, not by the server's clock: the caller's is the one that decides.
        lives = max(1, math.ceil((entry.usable_until - entry.stored_at) * 1000))
        listed = ("source", entry.source, "stored_at", entry.stored_at, "size", len(meta) + len(body))
        asked = self._list_of(entry.source, entry.endpoint)
        self._server.commands(
            [
                ("HSET", name, "meta", meta, "body", body, *listed),
                ("PEXPIRE", name, lives),
                ("ZADD", asked, entry.stored_at, json.dumps([key, entry.address])),
                ("ZREMRANGEBYRANK", asked, 0, -LISTED - 1),
                ("EXPIRE", asked, LIST_LIVES),
            ]
        )

    def entries(self) -> Iterator[tuple[str, Entry]]:
        for listed in sorted(self._list(), key=lambda one: one.stored_at):
            meta, body = self._server.command("HMGET", self._prefix + listed.key, "meta", "body")
            entry = _entry(meta, body) if meta is not None else None
            if entry is not None:
                yield listed.key, entry

    def clear(self, source: str | None = None) -> int:
        gone = [self._prefix + one.key for one in self._list() if source in (None, one.source)]
        return sum(self._server.commands([("DEL", name) for name in gone]))

    def info(self) -> CacheInfo:
        listed = self._list()
        return CacheInfo("redis", self._server.place, len(listed), sum(one.size for one in listed))

    def close(self) -> None:
        self._server.close()

    def _list(self) -> list[_Listed]:
        """What is stored, without the answers themselves."""
        pattern = re.sub(r"([*?\[\]\\])", r"\\\1", self._prefix) + "*"
        names = list(dict.fromkeys(self._server.scan(pattern)))
        rows = self._server.commands([("HMGET", name, "source", "stored_at", "size") for name in names])
        return [
            _Listed(name.decode()[len(self._prefix) :], row[0].decode(), float(row[1]), int(row[2]))
            for name, row in zip(names, rows, strict=True)
            if row[0] is not None  # expired meanwhile
        ]


class TieredCache:
    """Answers come from the shared cache, and while that is unavailable from what this machine stored itself.

    The copy does not answer while the shared cache is there: what was cleared there stays cleared.

    Args:
        shared: of all machines.
        local: of this machine; gets every answer that this machine stores.
        when_down: "cache" goes on with the local copy while the shared cache is unavailable; "closed" raises
            `StoreUnavailable` then.
    """

    def __init__(self, shared: Cache, local: Cache, *, when_down: WhenDown = "cache") -> None:
        self._shared = shared
        self._local = local
        self._closed = when_down == "closed"

    def get(self, key: str, now: float) -> Entry | None:
        try:
            return self._shared.get(key, now)
        except StoreUnavailable:
            if self._closed:
                raise
            return self._local.get(key, now)

    def stored_at(self, keys: Collection[str]) -> dict[str, float]:
        try:
            return self._shared.stored_at(keys)
        except StoreUnavailable:
            if self._closed:
                raise
            return self._local.stored_at(keys)

    def version(self) -> object:
        return None

    def asked(self, source: str, endpoint: str) -> list[tuple[str, str]]:
        try:
            return self._shared.asked(source, endpoint)
        except StoreUnavailable:
            if self._closed:
                raise
            return self._local.asked(source, endpoint)

    def put(self, key: str, entry: Entry) -> None:
        self._local.put(key, entry)
        try:
            self._shared.put(key, entry)
        except StoreUnavailable:
            if self._closed:
                raise

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Of the shared cache; of the local copy where that is unavailable from the beginning."""
        try:
            self._shared.info()
        except StoreUnavailable:
            if self._closed:
                raise
            return self._local.entries()
        return self._shared.entries()

    def clear(self, source: str | None = None) -> int:
        """Forget in the shared cache and here; other machines' copies are theirs. Says how many were shared.

        Raises:
            StoreUnavailable: only the local copy was cleared.
        """
        self._local.clear(source)
        return self._shared.clear(source)

    def info(self) -> CacheInfo:
        """Of the shared cache; of the local copy, with a warning, where that is unavailable."""
        try:
            shared = self._shared.info()
        except StoreUnavailable as error:
            return replace(self._local.info(), warning=str(error))
        return replace(shared, warning=self._local.info().warning)

    def close(self) -> None:
        self._shared.close()
        self._local.close()


def _entry(meta: bytes, body: bytes) -> Entry | None:
    """A stored hash as an entry; nothing where it can not be unpacked."""
    try:
        source, endpoint, address, status, headers, *times = json.loads(meta)
        return Entry(source, endpoint, address, Response(status, headers, zlib.decompress(body)), *times)
    except (zlib.error, ValueError):
        return None
