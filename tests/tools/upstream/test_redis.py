"""What is special about Redis: a server can be away, full, forgetful or secret."""

import logging
import socket
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tradestat_tools.catalogue import catalogue
from tradestat_tools.open import open_cache, open_results
from tradestat_tools.upstream.plan import Budget, Plan
from tradestat_tools.upstream.redis.cache import RedisCache, TieredCache
from tradestat_tools.upstream.redis.ledger import RedisLedger
from tradestat_tools.upstream.redis.server import RedisServer
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.sqlite import SqliteCache
from tradestat_tools.upstream.store import Cache, Entry, Grant, Ledger, StoreUnavailable

RunRedis = Callable[..., AbstractContextManager[str]]

NOON = 1_800_000_000.0
PLAN = Plan(budget=Budget(20, "month"))
PASSWORD = "open-sesame-4711"


def an_entry(body: bytes = b"{}", *, usable: float = 1e6) -> Entry:
    return Entry(
        "korea", "list", "https://service.invalid/list", Response(200, {}, body), NOON, NOON, NOON, NOON + usable
    )


def reserve(ledger: Ledger) -> Grant:
    found = ledger.reserve("a", PLAN, 1.0, now=NOON, latest=NOON, lease=30)
    assert isinstance(found, Grant)
    return found


def every_use(cache: Cache, ledger: Ledger) -> Iterator[Callable[[], object]]:
    grant = Grant("1.a", NOON)
    yield lambda: cache.get("k", NOON)
    yield lambda: cache.put("k", an_entry())
    yield lambda: list(cache.entries())
    yield cache.clear
    yield cache.info
    yield lambda: reserve(ledger)
    yield lambda: ledger.mark_sent(grant)
    yield lambda: ledger.settle(grant, 1)
    yield lambda: ledger.refund(grant)
    yield lambda: ledger.stay_away("a", NOON)
    yield lambda: ledger.used("a", PLAN, NOON)
    yield lambda: ledger.claim("q", "me", now=NOON, lease=1)
    yield lambda: ledger.look("q", NOON)
    yield lambda: ledger.release("q", "me", now=NOON)


@pytest.fixture
def away() -> Generator[str]:
    """The address of a port that nobody listens on, kept free by a socket of ours."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"redis://:{PASSWORD}@127.0.0.1:{taken.getsockname()[1]}/0"


def test_where_the_server_is_away_every_use_says_so_and_shows_no_password(
    away: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    cache, ledger = RedisCache(away), RedisLedger(away)
    for use in every_use(cache, ledger):
        with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1.*no connection") as caught:
            use()
        assert PASSWORD not in str(caught.value)
        assert caught.value.__context__ is None, "the client's own error may hold what was sent"
    assert "no connection" in (ledger.warning or "")
    assert PASSWORD not in caplog.text + repr(cache) + repr(ledger) + repr(vars(cache)) + repr(vars(ledger))


def test_a_server_that_does_not_answer_is_given_up_in_time() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        url = f"redis://127.0.0.1:{mute.getsockname()[1]}/0?socket_timeout=0.05"
        for use in every_use(RedisCache(url), RedisLedger(url)):
            with pytest.raises(StoreUnavailable, match="in time"):
                use()
            mute.setblocking(False)
            mute.accept()[0].close()
            with pytest.raises(BlockingIOError):  # it was not tried again: a reservation could be made twice
                mute.accept()


def test_a_password_is_used_and_never_shown(run_redis: RunRedis, tmp_path: Path) -> None:
    with run_redis(tmp_path, password=PASSWORD) as url:
        cache = RedisCache(url)
        cache.put("k", an_entry())
        assert cache.get("k", NOON) == an_entry()
        place = cache.info().place
        cache.close()
        assert place.startswith("redis://127.0.0.1:")
        assert PASSWORD not in place
        for wrong in (url.replace(PASSWORD, "guessed-1234"), url.replace(f":{PASSWORD}@", "")):
            with pytest.raises(StoreUnavailable, match="another user name or password") as caught:
                RedisCache(wrong).get("k", NOON)
            assert "guessed" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "redis://:hun/ter2@127.0.0.1:6379/0",
        "redis://me:12/hunter2@127.0.0.1",
        "redis://:1?hunter2@127.0.0.1",
        "redis://:hun#ter2@127.0.0.1",
        "http://:hunter2@127.0.0.1",
        ":hunter2@127.0.0.1",
        "redis://:hunter2@[::1",
    ],
)
def test_an_address_that_can_not_be_read_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ValueError, match="form is redis://") as caught:
        RedisServer(url, text=True)
    assert "ter2" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_full_server_grants_nothing(run_redis: RunRedis, tmp_path: Path) -> None:
    with run_redis(tmp_path, "--maxmemory", "1", "--maxmemory-policy", "noeviction") as url:
        ledger = RedisLedger(url)
        with pytest.raises(StoreUnavailable, match="OutOfMemory"):
            reserve(ledger)
        ledger.close()


def test_after_a_restart_the_same_stores_go_on_and_nothing_is_forgotten(run_redis: RunRedis, tmp_path: Path) -> None:
    lasting = ("--appendonly", "yes")
    with run_redis(tmp_path, *lasting) as url:
        cache, ledger = RedisCache(url), RedisLedger(url)
        assert ledger.warning is None
        cache.put("k", an_entry())
        ledger.mark_sent(reserve(ledger))
    with pytest.raises(StoreUnavailable):
        ledger.used("a", PLAN, NOON)
    with run_redis(tmp_path, *lasting, port=int(url.rpartition(":")[2].partition("/")[0])):
        assert cache.get("k", NOON) == an_entry()
        assert ledger.used("a", PLAN, NOON) == 1
        reserve(ledger)
        assert ledger.used("a", PLAN, NOON) == 2
    cache.close()
    ledger.close()


def test_a_server_that_would_forget_what_was_spent_is_warned_of(run_redis: RunRedis, tmp_path: Path) -> None:
    with run_redis(tmp_path) as url:
        ledger = RedisLedger(url)
        assert "set appendonly to yes" in (ledger.warning or "")
        ledger.mark_sent(reserve(ledger))
    with run_redis(tmp_path, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru") as url:
        assert RedisLedger(url).used("a", PLAN, NOON) == 0, "this is what the warning is about"
        assert "maxmemory-policy" in (RedisLedger(url).warning or "")
    ledger.close()


def test_answers_expire_by_themselves_and_the_count_of_calls_never_does(redis_url: str) -> None:
    prefix = f"{uuid.uuid4().hex}:"
    cache, ledger = RedisCache(redis_url, prefix=prefix), RedisLedger(redis_url, prefix=prefix)
    cache.put("k", an_entry(usable=1000))
    reserve(ledger)
    ledger.stay_away("a", NOON)
    ledger.claim("q", "me", now=NOON, lease=100)
    server = RedisServer(redis_url, text=True)
    lives = {key.removeprefix(prefix): server.command("PTTL", key) for key in server.scan(f"{prefix}*")}
    for store in (cache, ledger, server):
        store.close()
    assert 900_000 < lives.pop("answers:1:k") <= 1_000_000
    assert 100_000 < lives.pop("ledger:1:claim:q") <= 160_000
    assert lives.pop("asked:1:korea:list") > 365 * 86_400_000
    assert lives == {f"ledger:1:{{a}}:{part}": -1 for part in ("at", "open", "credits", "told", "clock")}


def test_calls_that_were_given_back_or_lapsed_leave_nothing_in_redis(redis_url: str) -> None:
    prefix = f"{uuid.uuid4().hex}:"
    ledger, server = RedisLedger(redis_url, prefix=prefix), RedisServer(redis_url, text=True)
    given_back = reserve(ledger)
    ledger.refund(given_back)
    ledger.settle(given_back, 1)
    reserve(ledger)  # lapses
    ledger.mark_sent(reserve(ledger))
    ledger.settle(reserve(ledger), 2)
    assert server.command("HLEN", f"{prefix}ledger:1:{{a}}:credits") == 3
    later = ledger.reserve("a", PLAN, 1, now=NOON + 63 * 86400, latest=NOON + 1e9, lease=30)
    assert isinstance(later, Grant)
    ledger.refund(later)
    assert server.command("HLEN", f"{prefix}ledger:1:{{a}}:credits") == 2, "those that were sent"
    assert server.command("ZCARD", f"{prefix}ledger:1:{{a}}:at") == 2
    assert {key.removeprefix(prefix) for key in server.scan(f"{prefix}*")} == {
        f"ledger:1:{{a}}:{part}" for part in ("at", "credits", "clock")
    }
    ledger.close()
    server.close()


def test_an_answer_that_can_not_be_unpacked_is_no_answer(redis_url: str) -> None:
    prefix = f"{uuid.uuid4().hex}:"
    cache, server = RedisCache(redis_url, prefix=prefix), RedisServer(redis_url, text=False)
    cache.put("k", an_entry(b"x" * 1000))
    server.command("HSET", f"{prefix}answers:1:k", "body", b"torn")
    assert cache.get("k", NOON) is None
    assert cache.info().entries == 0
    cache.close()
    server.close()


# With a copy on this machine


@pytest.fixture
def local(tmp_path: Path) -> Generator[SqliteCache]:
    made = SqliteCache(tmp_path / "answers.sqlite3")
    yield made
    made.close()


def test_an_answer_of_another_machine_is_found_and_one_that_was_cleared_is_not(
    redis_url: str, local: SqliteCache
) -> None:
    prefix = f"{uuid.uuid4().hex}:"
    here = TieredCache(RedisCache(redis_url, prefix=prefix), local)
    there = RedisCache(redis_url, prefix=prefix)
    there.put("k", an_entry(b"[1]"))
    assert here.get("k", NOON) == an_entry(b"[1]")
    here.put("k", an_entry(b"[2]"))
    assert there.get("k", NOON) == an_entry(b"[2]")
    assert dict(here.entries()) == {"k": an_entry(b"[2]")}
    assert there.clear() == 1
    assert here.get("k", NOON) is None
    there.close()
    here.close()


def test_while_redis_is_down_this_machines_answers_go_on(
    run_redis: RunRedis, tmp_path: Path, local: SqliteCache
) -> None:
    with run_redis(tmp_path) as url:
        cache = TieredCache(RedisCache(url), local)
        cache.put("k", an_entry())
        assert (cache.info().kind, cache.info().warning) == ("redis", None)
    assert cache.get("k", NOON) == an_entry()
    cache.put("new", an_entry())
    assert [key for key, _ in cache.entries()] == ["k", "new"]
    assert cache.info().kind == "sqlite"
    assert "no connection" in (cache.info().warning or "")
    with pytest.raises(StoreUnavailable):
        cache.clear()
    assert local.info().entries == 0
    cache.close()


def test_where_that_is_not_wanted_a_store_that_is_down_answers_nothing(away: str, local: SqliteCache) -> None:
    cache = TieredCache(RedisCache(away), local, when_down="closed")
    with pytest.raises(StoreUnavailable):
        cache.put("k", an_entry())
    for use in (lambda: cache.get("k", NOON), lambda: list(cache.entries())):
        with pytest.raises(StoreUnavailable):
            use()
    assert local.get("k", NOON) == an_entry(), "it is kept for when it is wanted again"


# Handles that replicas share


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
