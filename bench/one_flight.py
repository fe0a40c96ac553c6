"""Many equal questions at once, shared and not."""

from collections.abc import Awaitable, Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any

import anyio

from bench.measure import in_turns, table
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.request import Request, Response
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger

CALLERS = 64
TAKES = 0.020
ROUNDS = 15
SHOP = Policy("shop", "the stand-in")


async def run(folder: Path) -> None:
    """Measure and print."""
    asked: list[str] = []
    fresh = count()

    async def service(scope: Any, _: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        asked.append(scope["path"])
        await anyio.sleep(TAKES)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    http = Http(app=service)
    cache, ledger = SqliteCache(folder / "flight.sqlite3"), SqliteLedger(folder / "flight-ledger.sqlite3")
    counts: dict[str, list[int]] = {"shared": [], "alone": []}

    async with Upstream(http, cache=cache, ledger=ledger) as upstream:

        async def shared(request: Request) -> None:
            await upstream.fetch(request, SHOP, _read, within=30)

        async def alone(request: Request) -> None:
            _read(await http.send(request, SHOP, within=30))

        async def all_at_once(name: str, ask: Callable[[Request], Coroutine[Any, Any, None]]) -> None:
            before = len(asked)
            request = Request("shop", "a", f"http://shop.invalid/{next(fresh)}")
            async with anyio.create_task_group() as callers:
                for _ in range(CALLERS):
                    callers.start_soon(ask, request)
            counts[name].append(len(asked) - before)

        took = await in_turns(
            {"alone": lambda: all_at_once("alone", alone), "shared": lambda: all_at_once("shared", shared)},
            rounds=ROUNDS,
            calls=1,
        )
    await http.aclose()
    cache.close()
    ledger.close()
    table(
        f"{CALLERS} equal questions at once, of a service that takes {TAKES * 1000:g} ms",
        ["", "upstream calls", "until all are answered"],
        [
            ["each for itself", _range(counts["alone"]), f"{took['alone'].seconds * 1000:.1f} ms"],
            ["one flight", _range(counts["shared"]), f"{took['shared'].seconds * 1000:.1f} ms"],
            [
                "ratio",
                f"{sum(counts['alone']) / sum(counts['shared']):g}",
                f"{took['alone'].times(took['shared']):.2f}",
            ],
        ],
    )


def _read(response: Response) -> bytes:
    return response.body


def _range(counts: list[int]) -> str:
    return f"{counts[0]}" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
