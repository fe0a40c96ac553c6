"""Progress, as a client hears of it while a service takes its time."""

from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import anyio
import pytest
from mcp import Client

from tradestat_sandbox import DEFAULT_TODAY, Sandbox
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.open import context_on
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger

pytestmark = pytest.mark.anyio

NOON = datetime(DEFAULT_TODAY.year, DEFAULT_TODAY.month, DEFAULT_TODAY.day, 12, tzinfo=UTC)
Message = MutableMapping[str, Any]


class Slow:
    """The stand-in services, each answer of which waits until `enough` is heard of."""

    def __init__(self, enough: int) -> None:
        self._app = Sandbox(today=DEFAULT_TODAY).app
        self._enough = enough
        self._heard = 0
        self._told = anyio.Event()
        self.asked: list[str] = []

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        self.asked.append(scope["path"])
        until = self._heard + self._enough
        with anyio.fail_after(10):
            while self._heard < until:
                await self._told.wait()
        await self._app(scope, receive, send)

    def hear(self) -> None:
        self._heard += 1
        self._told.set()
        self._told = anyio.Event()


@asynccontextmanager
async def slow_services(app: Slow) -> AsyncGenerator[Context]:
    http, cache, ledger = Http(app=app), SqliteCache(None), SqliteLedger(None)
    settings = sandbox_settings(catalogue().settings(_env_file=None))
    async with Upstream(http, cache=cache, ledger=ledger, progress_every=0.005) as upstream:
        yield context_on(settings, upstream, lambda: NOON)
    await http.aclose()
    cache.close()
    ledger.close()


async def test_a_client_that_asks_for_progress_hears_of_every_wait_and_never_of_less_than_before(mode: str) -> None:
    app = Slow(enough=3)
    told: list[tuple[float, float | None, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))
        app.hear()

    arguments = {"country": "410", "product": "850760", "trade_flow": "I", "period_from": 2023}
    async with slow_services(app) as context, Client(create_server(context), mode=mode) as client:
        result = await client.call_tool("goods_time_series", arguments, progress_callback=hear)
    assert not result.is_error
    assert len(app.asked) == 2, "the catalogue, then the series"
    assert len(told) >= 6
    seconds = [progress for progress, _, _ in told]
    assert all(earlier < later for earlier, later in pairwise(seconds))
    assert told[-1][2] == "waiting for ITC Trade Map (through parse.bot)"
    assert all(total is not None and total >= progress for progress, total, _ in told)


async def test_a_client_that_does_not_ask_for_progress_gets_its_answer_all_the_same(mode: str) -> None:
    app = Slow(enough=0)
    async with slow_services(app) as context, Client(create_server(context), mode=mode) as client:
        result = await client.call_tool("dashboard", {"hsCode": "850760"})
    assert not result.is_error
