"""Programs that the tests run as processes of their own: `python workers.py race|found|crash|ask|buy PLACE NAME [...]`.

PLACE is the address of a Redis server, where NAME begins every key, or a folder for SQLite files.
"""

import hashlib
import itertools
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread

from tradestat_tools.model.errors import TradestatError, UpstreamDown
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.plan import UNLIMITED, Budget, Plan, Window
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.redis.cache import RedisCache
from tradestat_tools.upstream.redis.ledger import RedisLedger
from tradestat_tools.upstream.report import reporting
from tradestat_tools.upstream.request import Freshness, Request, Response
from tradestat_tools.upstream.runtime import Clock
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.store import Cache, Entry, Grant, Ledger

NOON = 1_800_000_000.0
LEASE = 30.0
PLAN = Plan(windows=(Window(7, 60.0),), budget=Budget(20, "month"))
SHOP = Policy("shop", "The Shop")


def open_stores(place: str, name: str) -> tuple[Cache, Ledger]:
    if place.startswith("redis://"):
        return RedisCache(place, prefix=name), RedisLedger(place, prefix=name)
    folder = Path(place)
    return SqliteCache(folder / "answers.sqlite3", bound=1_000_000), SqliteLedger(folder / "ledger.sqlite3")


def race(place: str, name: str) -> None:
    """For every account read: ask for one call, and write when it may go, or why not."""
    cache, ledger = open_stores(place, name)
    say("ready")
    for line in sys.stdin:
        found = ledger.reserve(line.strip(), PLAN, 1.0, now=NOON, latest=NOON + 1e6, lease=LEASE)
        say(found.at if isinstance(found, Grant) else found.reason)
    cache.close()
    ledger.close()


def found(place: str) -> None:
    """For every folder read: open what is in it, count one call there, and write whether a warning came of it."""
    say("ready")
    for line in sys.stdin:
        cache, ledger = open_stores(str(Path(place, line.strip())), "")
        ledger.mark_sent(granted(ledger))
        say(cache.info().warning is not None)
        cache.close()
        ledger.close()


def granted(ledger: Ledger) -> Grant:
    grant = ledger.reserve("a", UNLIMITED, 1.0, now=NOON, latest=NOON, lease=LEASE)
    if not isinstance(grant, Grant):
        raise TypeError(grant)
    return grant


async def ask(place: str, name: str, address: str, calls: int, lease: float) -> None:
    """Ask every path read so many times at once.

    Writes when all of them wait for one call ("joined"), when that waits for another process ("waits"), and what came.
    """
    cache, ledger = open_stores(place, name)
    http = Http()

    async def sleep(seconds: float) -> None:
        if seconds > 0:
            say({"waits": True})
        await anyio.sleep(seconds)

    async def ask_all(path: str) -> None:
        joined: set[int] = set()
        came: Counter[str] = Counter()

        async def ask_once(number: int) -> None:
            async def progress(*_: object) -> None:
                joined.add(number)
                if len(joined) == calls:
                    say({"joined": path})

            with reporting(progress):
                try:
                    came[(await upstream.fetch(Request("shop", "a", address + path), SHOP, read, within=20)).value] += 1
                except TradestatError as error:
                    came[f"{error.kind}: {error.message}"] += 1

        async with anyio.create_task_group() as askers:
            for number in range(calls):
                askers.start_soon(ask_once, number)
        say({"came": dict(came)})

    engine = Upstream(http, cache=cache, ledger=ledger, clock=Clock(sleep=sleep), progress_every=0.05, lease=lease)
    async with engine as upstream, anyio.create_task_group() as tasks:
        say({"ready": True})
        while line := await anyio.to_thread.run_sync(sys.stdin.readline):
            tasks.start_soon(ask_all, line.strip())
    await http.aclose()
    cache.close()
    ledger.close()


def read(response: Response) -> str:
    if response.status != 200:
        raise UpstreamDown("Broken behind.", remedy="-", source="shop")
    return response.body.decode()


def crash(place: str, name: str, runs: int, seed: int) -> None:
    """Kill a writing process again and again, and write what is found after each time."""
    chance = random.Random(seed)
    for run in range(runs):
        mine = f"{name}{run}:"
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(reading)
                write_on(place, mine, run, writing)
            finally:
                os._exit(1)
        os.close(writing)
        done = 0
        for _ in range(chance.randint(1, 40)):
            done += len(os.read(reading, 1))
        until = time.perf_counter() + chance.random() * 0.002
        while time.perf_counter() < until:
            pass  # on, into the middle of what it does next
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        while rest := os.read(reading, 1000):
            done += len(rest)
        os.close(reading)
        say({"killed": os.WTERMSIG(status), "done": done, **found_after(place, mine, run, done)})


def write_on(place: str, name: str, run: int, report: int) -> None:
    """Store, reserve, send and settle for ever; a byte after each."""
    cache, ledger = open_stores(place, name)
    for i in itertools.count():
        body = body_of(run, i)
        stored_at = moment(run) + i / 1000
        entry = Entry("s", "e", "a", Response(200, {}, body), stored_at, stored_at, stored_at, stored_at + 1e6)
        cache.put(hashlib.sha256(body).hexdigest(), entry)
        os.write(report, b".")
        grant = ledger.reserve(str(run), UNLIMITED, 1.0, now=moment(run), latest=moment(run), lease=LEASE)
        if not isinstance(grant, Grant):
            raise TypeError(grant)
        os.write(report, b".")
        ledger.mark_sent(grant)
        os.write(report, b".")
        ledger.settle(grant, 2.0)
        os.write(report, b".")


def found_after(place: str, name: str, run: int, done: int) -> dict[str, object]:
    """What the stores hold, once the process that had done so many steps was killed."""
    cache, ledger = open_stores(place, name)
    held = {key: hashlib.sha256(entry.response.body).hexdigest() for key, entry in cache.entries()}
    last = hashlib.sha256(body_of(run, (done - 1) // 4)).hexdigest()
    found: dict[str, object] = {
        "kind": cache.info().kind,
        "warning": cache.info().warning,
        "listed": cache.info().entries,
        "whole": sum(key == body for key, body in held.items()),
        "last": last in held,
        "used": ledger.used(str(run), UNLIMITED, moment(run)),
        "used_later": ledger.used(str(run), UNLIMITED, moment(run) + LEASE),
    }
    cache.close()
    ledger.close()
    return found


def body_of(run: int, i: int) -> bytes:
    chance = random.Random(run * 1000 + i)
    return chance.randbytes(chance.choice([100, 5_000, 100_000]))


def moment(run: int) -> float:
    return NOON + run * 1000


async def buy(place: str, run: int, budget: int, paths: int) -> None:
    """Ask every path, paid and within a budget, writing what is sent to the service and what is had."""
    cache, ledger = open_stores(place, "")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        say(["sent", scope["path"]])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    paid = Policy("shop", "The Shop", paid=True, plan=Plan(budget=Budget(budget, "rolling")))
    http = Http(app=app)
    clock = Clock(lambda: NOON + run * 2 * LEASE)
    async with Upstream(http, cache=cache, ledger=ledger, clock=clock) as upstream:
        for number in range(paths):
            request = Request("shop", "a", f"http://shop.invalid/{number}", freshness=Freshness(fresh=1e6))
            try:
                await upstream.fetch(request, paid, read, within=20)
                say(["has", f"/{number}"])
            except TradestatError as error:
                say([error.kind, error.message])
    say(["end", ""])
    await http.aclose()


def say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    kind, place, name, *more = sys.argv[1:]
    match kind:
        case "race":
            race(place, name)
        case "found":
            found(place)
        case "ask":
            backend, address, calls, lease = more
            anyio.run(ask, place, name, address, int(calls), float(lease), backend=backend)
        case "buy":
            budget, paths = map(int, more)
            anyio.run(buy, place, int(name), budget, paths)
        case _:
            crash(place, name, *map(int, more))
