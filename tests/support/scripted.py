"""An engine over a service that answers as a test says, with time in the hand."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import (
    NoData,
    QuotaExhausted,
    RateLimited,
    TradestatError,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.policy import Policy, Retry
from tradestat_tools.upstream.report import Report
from tradestat_tools.upstream.request import Fetched, Freshness, Request, Response
from tradestat_tools.upstream.runtime import Clock
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger

NOON = 1_800_000_000.0
FRESHNESS = Freshness(fresh=100, renew=0, usable=1000)


def charged(response: Response) -> float | None:
    header = response.headers.get("x-credits-charged")
    return None if header is None else float(header)


BILLED = frozenset({"x-credits-charged"})

POLICY = Policy("shop", "The Shop", headers=BILLED, charged=charged, retry=Retry(attempts=3, first=1.0))


def read(response: Response) -> dict[str, Any]:
    """A source's reader: everything a response can mean."""
    after = response.headers.get("retry-after")
    wait = float(after) if after else None
    match response.status:
        case 404:
            raise NoData("Nothing there.", remedy="-")
        case 400:
            raise UpstreamRefused("Bad request.", remedy="-")
        case 402:
            raise QuotaExhausted("Plan used up.", retry_after=wait, remedy="-")
        case 429:
            raise RateLimited("Too fast.", retry_after=wait, transient=True, remedy="-")
        case 502:
            raise UpstreamDown("Broken behind.", remedy="-")
        case 500 | 503:
            raise UpstreamDown("Broken.", retry_after=wait, transient=True, remedy="-")
        case _:
            pass
    try:
        value = json.loads(response.body)
    except ValueError:
        raise UpstreamChanged("Not JSON.", remedy="-") from None
    if value.get("error"):
        raise UpstreamRefused("An error that came with 200.", remedy="-")
    return value


@dataclass
class Rig:
    """An engine over a scripted service, with time in the hand."""

    script: list[tuple[int, Mapping[str, str], bytes]] = field(
        default_factory=list[tuple[int, Mapping[str, str], bytes]]
    )
    asked: list[str] = field(default_factory=list[str])
    now: float = NOON
    slept: list[float] = field(default_factory=list[float])
    gate: anyio.Event | None = None
    rested: anyio.Event = field(default_factory=anyio.Event)
    upstream: Upstream = field(init=False)

    def will(self, status: int = 200, body: bytes = b'{"v": 1}', **headers: str) -> "Rig":
        """The next answer of the service; the last one is repeated."""
        self.script.append((status, {k.replace("_", "-"): v for k, v in headers.items()}, body))
        return self

    async def app(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        self.asked.append(scope["path"])
        if self.gate is not None:
            await self.gate.wait()
        status, headers, body = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        raw = [(k.encode(), v.encode()) for k, v in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    async def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.slept.append(round(seconds, 2))
            self.rested.set()
        self.now += seconds
        await anyio.lowlevel.checkpoint()

    async def fetch(
        self, path: str = "/a", *, policy: Policy = POLICY, within: float = 60.0, **more: Any
    ) -> Fetched[dict[str, Any]]:
        more.setdefault("freshness", FRESHNESS)
        request = Request("shop", "a", f"http://shop.invalid{path}", **more)
        return await self.upstream.fetch(request, policy, read, within=within)

    async def failing(self, kind: type[TradestatError], path: str = "/a", **more: Any) -> TradestatError:
        with pytest.raises(kind) as caught:
            await self.fetch(path, **more)
        return caught.value


@asynccontextmanager
async def a_rig(**settings: Any) -> AsyncGenerator[Rig]:
    rig = Rig(asked=settings.pop("asked", []), now=settings.pop("now", NOON))
    http = Http(app=rig.app)
    cache, ledger = settings.pop("cache", None) or SqliteCache(None), settings.pop("ledger", None) or SqliteLedger(None)
    clock = Clock(lambda: rig.now, rig.sleep)
    settings = {"chance": lambda: 1.0, **settings}
    async with Upstream(http, cache=cache, ledger=ledger, clock=clock, **settings) as rig.upstream:
        yield rig
    await http.aclose()
    cache.close()
    ledger.close()


def notes(report: Report, code: NoteCode) -> list[str]:
    return [note.text for note in report.notes if note.code is code]
