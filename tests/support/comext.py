"""The service as a test says it answers, and what was asked of it."""

from collections.abc import AsyncGenerator, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer
from tradestat_tools.open import in_memory
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.report import Progress
from tradestat_tools.upstream.runtime import Clock

TESTS = Path(__file__).parents[1]
RECORDED = TESTS / "tools" / "sources" / "eurostat" / "recorded"
WHOLE = TESTS.parents[1] / "shared" / "recordings" / "eurostat"
HEADER = "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE"
VALUE, WEIGHT, PIECES = "VALUE_IN_EUROS", "QUANTITY_IN_100KG", "SUPPLEMENTARY_QUANTITY"

Message = MutableMapping[str, Any]


def recorded(name: str) -> bytes:
    """A body as it came; those that are not kept here are beside the checkout."""
    path = RECORDED / name
    path = path if path.exists() else WHOLE / name
    if not path.exists():
        pytest.skip(f"no recorded {name} beside the checkout (../shared/recordings)")
    return path.read_bytes()


def line(*cells: str, updated: str = "14/08/26 11:00:00") -> str:
    """A row: freq, reporter, partner, product, flow, indicator, period, figure."""
    return ",".join(("ESTAT:DS-045409(1.0)", updated, *cells))


def rows(*lines: str, header: str = HEADER, end: str = "\r\n") -> bytes:
    """A body of rows, each ended."""
    return "".join(f"{one}{end}" for one in (header, *lines)).encode()


def cell(partner: str, value: str, *, when: str = "2024", reporter: str = "DE", **more: str) -> str:
    """A value in euros, of imports unless said otherwise."""
    freq = "M" if "-" in when else "A"
    at = {"product": "850760", "flow": "1", "indicator": VALUE, **more}
    return line(freq, reporter, partner, at["product"], at["flow"], at["indicator"], when, value)


@dataclass
class Comext:
    """Answers what is queued, one after the other; the last one again and again. Its clock stands until it waits."""

    now: datetime = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
    sent: list[str] = field(default_factory=list[str])
    replies: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list[tuple[int, dict[str, str], bytes]])
    waits: list[float] = field(default_factory=list[float])
    attempts: int = 1
    progress: Progress | None = None

    def says(self, body: bytes | str, status: int = 200, **headers: str) -> None:
        """Queue a reply as it goes over the wire."""
        raw = body.encode() if isinstance(body, str) else body
        self.replies.append((status, {name.replace("_", "-"): value for name, value in headers.items()}, raw))

    def gives(self, *lines: str) -> None:
        """Queue rows."""
        self.says(rows(*lines), content_type="application/vnd.sdmx.data+csv")

    async def call(self, tool: str, /, **arguments: Any) -> Answer[Any]:
        """Call a tool as the server does, through the real HTTP client."""
        async with self.context() as context:
            return await context.call(tool, arguments, progress=self.progress)

    @asynccontextmanager
    async def context(self) -> AsyncGenerator[Context]:
        """What a tool works with."""
        settings = catalogue().settings().model_copy(update={"eurostat_url": "http://comext.test/api"})
        clock = _clock(self.now.timestamp(), self.waits)
        http = Http(app=self.app)
        try:
            async with in_memory(http, settings, lambda: self.now, clock=clock, most_attempts=self.attempts) as context:
                yield context
        finally:
            await http.aclose()

    async def app(self, scope: Message, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """The service as an ASGI application."""
        query = bytes(scope["query_string"]).decode()
        self.sent.append(f"{scope['path']}?{query}" if query else scope["path"])
        status, headers, body = self.replies[0] if len(self.replies) == 1 else self.replies.pop(0)
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


def _clock(start: float, waits: list[float]) -> Clock:
    """Time that passes only where somebody waits; every wait is taken down."""
    at = [start]

    async def passes(seconds: float) -> None:
        if seconds > 0:
            at[0] += seconds
            waits.append(seconds)

    return Clock(lambda: at[0], passes)
