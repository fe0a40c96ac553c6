"""Putting the parts together: the services as the settings want them, live or in the sandbox."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from pydantic import SecretStr

from tradestat_tools.services import Services, utc_now
from tradestat_tools.settings import Settings
from tradestat_tools.upstream.engine import Upstream


@asynccontextmanager
async def open_services(
    settings: Settings | None = None, *, now: Callable[[], datetime] | None = None
) -> AsyncGenerator[Services]:
    """Open what endpoints work with; with `settings.sandbox`, on the stand-in services in this process."""
    from tradestat_tools.upstream.http import Http  # noqa: PLC0415 - the HTTP client costs start-up time

    settings = settings or Settings()
    if settings.sandbox:
        from tradestat_tools.sandbox import DEFAULT_TODAY, Sandbox  # noqa: PLC0415 - costs start-up time

        today = settings.sandbox_today or DEFAULT_TODAY
        http = Http(app=Sandbox(today=today).app)
        settings = sandbox_settings(settings)
        now = now or (lambda: datetime(today.year, today.month, today.day, tzinfo=UTC))
    else:
        http = Http(connect_timeout=settings.connect_timeout)
    clock = now or utc_now
    try:
        yield Services(settings, Upstream(http, now=clock), clock)
    finally:
        await http.aclose()


SANDBOX_URL = "http://sandbox.invalid"
"""Shown as the address of sandbox answers; the `.invalid` domain never resolves."""


def sandbox_settings(settings: Settings) -> Settings:
    """The same settings, pointed at the stand-in services, with the keys and the ids that those know."""
    from tradestat_tools.sandbox import CATALOGUE_ID, SANDBOX_KEYS, SCRAPER_ID  # noqa: PLC0415 - costs start-up time

    return settings.model_copy(
        update={
            "parse_api_key": SecretStr(SANDBOX_KEYS.trademap),
            "data_go_kr_service_key": SecretStr(SANDBOX_KEYS.korea),
            "comtrade_api_key": SecretStr(SANDBOX_KEYS.comtrade),
            "trademap_scraper_id": SCRAPER_ID,
            "trademap_catalogue_id": CATALOGUE_ID,
            "trademap_url": SANDBOX_URL,
            "doumaotong_url": SANDBOX_URL,
            "korea_url": SANDBOX_URL,
            "comtrade_url": SANDBOX_URL,
        }
    )
