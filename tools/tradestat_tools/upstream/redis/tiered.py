"""A shared cache with this machine's own copy behind it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from tradestat_tools.upstream.store import Cache, CacheInfo, Entry, StoreUnavailable

WhenDown = Literal["cache", "closed"]


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
