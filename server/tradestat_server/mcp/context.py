"""What the tools of a server work with: the live services, or the stand-ins in this process."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from tradestat_tools import open as tools_open
from tradestat_tools.catalogue import Catalogue
from tradestat_tools.contract.context import Context, standing_at
from tradestat_tools.model.settings import SANDBOX_URL, Settings


@asynccontextmanager
async def open_context(
    settings: Settings, *, offered: Catalogue | None = None, renews: bool = True
) -> AsyncGenerator[Context]:
    """As `tradestat_tools.open.open_context`; with `settings.sandbox`, on the stand-ins in this process."""
    if not settings.sandbox:
        async with tools_open.open_context(settings, offered=offered, renews=renews) as context:
            yield context
        return
    from tradestat_sandbox import DEFAULT_TODAY, Sandbox  # noqa: PLC0415 - costs start-up time
    from tradestat_tools.upstream.http import Http  # noqa: PLC0415

    today = settings.sandbox_today or DEFAULT_TODAY
    noon = standing_at(datetime(today.year, today.month, today.day, 12, tzinfo=UTC))
    http = Http(app=Sandbox(today=today).app)
    try:
        async with tools_open.in_memory(http, sandbox_settings(settings), noon, offered=offered) as context:
            yield context
    finally:
        await http.aclose()


def sandbox_settings(settings: Settings) -> Settings:
    """The same settings, pointed at the stand-in services, with the keys and the ids that those know."""
    from tradestat_sandbox import environment  # noqa: PLC0415 - costs start-up time

    return settings.pointed(environment(SANDBOX_URL))
