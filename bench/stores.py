"""What looking up and counting cost when there is much to look through."""

import hashlib
import random
from collections.abc import Callable
from itertools import count
from pathlib import Path

from bench.measure import Work, in_turns, micros, table
from bench.rig import redis_server
from tradestat_tools.upstream.plan import UNLIMITED, Budget, Plan, Window
from tradestat_tools.upstream.redis.cache import RedisCache
from tradestat_tools.upstream.redis.ledger import RedisLedger
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.store import Cache, Entry, Grant, Ledger

FEW, MANY = 100, 10_000
NOW = 1_800_000_000.0
PLAN = Plan(windows=(Window(5, 60.0),), budget=Budget(1_000_000, "day"))
BODY = b'{"period": "2024-01", "value": 1234567, "flag": null}\n' * 40
ROUNDS = 9


async def run(folder: Path) -> None:
    """Measure and print, on SQLite and on Redis where that is installed."""
    rows = await _caches("SQLite", lambda n: SqliteCache(folder / f"{n}.sqlite3"))
    ledger_rows = await _ledgers("SQLite", lambda n: SqliteLedger(folder / f"ledger-{n}.sqlite3"))
    with redis_server(folder) as url:
        if url is not None:
            address = url
            rows += await _caches("Redis", lambda n: RedisCache(address, prefix=f"bench-{n}:"))
            ledger_rows += await _ledgers("Redis", lambda n: RedisLedger(address, prefix=f"bench-{n}:"))
        else:
            rows.append(["Redis: redis-server is not installed", "", "", ""])
    table("The cache, by how many answers it holds", ["", f"{FEW}", f"{MANY:,}", "ratio"], rows)
    table("The ledger, by how many calls are on record", ["", "0", f"{MANY:,}", "ratio"], ledger_rows)


async def _caches(kind: str, opened: Callable[[int], Cache]) -> list[list[str]]:
    caches = {size: opened(size) for size in (FEW, MANY)}
    for size, cache in caches.items():
        for number in range(size):
            cache.put(_key(number), _entry(number))
    chance = random.Random(1)
    new = count(MANY)

    def hit(size: int) -> Work:
        async def work() -> None:
            if caches[size].get(_key(chance.randrange(size)), NOW) is None:
                raise RuntimeError("an answer that was stored is not there")

        return work

    def miss(size: int) -> Work:
        async def work() -> None:
            caches[size].get(_key(next(new)), NOW)

        return work

    def store(size: int) -> Work:
        async def work() -> None:
            number = chance.randrange(size)
            caches[size].put(_key(number), _entry(number))

        return work

    rows = [
        await _row(f"{kind}: {name}", few(FEW), few(MANY), calls)
        for name, few, calls in (("found", hit, 200), ("not found", miss, 200), ("store", store, 20))
    ]
    for cache in caches.values():
        cache.close()
    return rows


async def _ledgers(kind: str, opened: Callable[[int], Ledger]) -> list[list[str]]:
    ledgers = {size: opened(size) for size in (0, MANY)}
    for size, ledger in ledgers.items():
        for number in range(size):
            # At distinct moments of one day, as they would be.
            moment = NOW - 1 + number / size
            ledger.settle(_granted(ledger, UNLIMITED, moment), 1)

    def call(size: int) -> Work:
        async def work() -> None:
            ledger = ledgers[size]
            grant = _granted(ledger, PLAN, NOW)
            ledger.mark_sent(grant)
            ledger.settle(grant, 1)
            ledger.refund(grant)  # so that as many stay on record

        return work

    def used(size: int) -> Work:
        async def work() -> None:
            ledgers[size].used("shop", PLAN, NOW)

        return work

    rows = [
        await _row(f"{kind}: reserve, mark sent, settle, refund", call(0), call(MANY), 20),
        await _row(f"{kind}: what is used", used(0), used(MANY), 50),
    ]
    for ledger in ledgers.values():
        ledger.close()
    return rows


async def _row(name: str, few: Work, many: Work, calls: int) -> list[str]:
    took = await in_turns({"few": few, "many": many}, rounds=ROUNDS, calls=calls)
    return [
        name,
        micros(took["few"].seconds),
        micros(took["many"].seconds),
        f"{took['many'].times(took['few']):.2f}",
    ]


def _granted(ledger: Ledger, plan: Plan, now: float) -> Grant:
    found = ledger.reserve("shop", plan, 1, now=now, latest=now + 1e6, lease=30)
    if not isinstance(found, Grant):
        raise TypeError(found)
    return found


def _key(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def _entry(number: int) -> Entry:
    response = Response(200, {"content-type": "application/json"}, BODY + str(number).encode())
    return Entry("shop", "a", f"http://shop.invalid/?q={number}", response, NOW, NOW + 1e6, NOW + 1e6, NOW + 2e6)
