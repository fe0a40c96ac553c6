"""The tools over the stand-ins, in memory: no server, no stored answers of other tests."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from tradestat_sandbox import Sandbox
from tradestat_server.mcp.context import sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.open import in_memory
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.runtime import Clock


@asynccontextmanager
async def opened(sandbox: Sandbox, *, clock: Clock | None = None, **settings: Any) -> AsyncGenerator[Context]:
    """What tools work with on the stand-ins' own day; `settings` take the place of the sandbox's."""
    now = datetime(sandbox.today.year, sandbox.today.month, sandbox.today.day, tzinfo=UTC)
    chosen = sandbox_settings(catalogue().settings()).model_copy(update=settings)
    http = Http(app=sandbox.app)
    try:
        async with in_memory(http, chosen, lambda: now, clock=clock, most_attempts=1) as context:
            yield context
    finally:
        await http.aclose()
