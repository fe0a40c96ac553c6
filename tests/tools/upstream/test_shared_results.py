"""Handles that replicas share through Redis."""

from pathlib import Path

import pytest

from tradestat_tools.catalogue import catalogue
from tradestat_tools.open import open_cache, open_results
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.store import Entry

NOON = 1_800_000_000.0


@pytest.mark.parametrize("shared", [False, True], ids=["folders", "redis"])
def test_replicas_find_each_others_results_only_through_redis(
    *, shared: bool, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRADESTAT_REDIS_URL", redis_url if shared else "")
    ours, theirs = (open_results(catalogue().settings(TRADESTAT_CACHE_DIR=tmp_path / name)) for name in ("a", "b"))
    cache = open_cache(catalogue().settings(TRADESTAT_CACHE_DIR=tmp_path / "a"))
    try:
        before = cache.info().entries
        until = NOON + 1000
        ours.put("rshared2345", Entry("beef", "beef", "", Response(200, {}, b"{}"), NOON, until, until, until))
        assert (theirs.get("rshared2345", NOON) is not None) == shared
        assert cache.info().entries == before, "results are not among the stored answers"
        ours.clear()
    finally:
        for store in (ours, theirs, cache):
            store.close()
