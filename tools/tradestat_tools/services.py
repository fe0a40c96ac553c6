"""What an endpoint works with: settings, the door to the services, the clock."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from pydantic import SecretStr

from tradestat_tools.answers import Provenance, State
from tradestat_tools.settings import Settings
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.request import Fetched


def utc_now() -> datetime:
    """The wall clock, UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Services:
    """Handed to every endpoint.

    Args:
        settings: keys and addresses.
        upstream: the one door to the services.
        now: the clock, UTC; in the sandbox it stands at the synthetic world's today.
    """

    settings: Settings
    upstream: Upstream
    now: Callable[[], datetime] = utc_now

    @property
    def today(self) -> date:
        """The date, UTC."""
        return self.now().date()


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


def provenance(
    service: str,
    endpoint: str,
    fetched: Sequence[Fetched[Any]],
    *,
    unit: str | None = None,
    currency: str | None = None,
    valuation: str | None = None,
    coverage: str | None = None,
    published_at: date | None = None,
) -> Provenance:
    """One provenance for an answer made of one or more upstream answers: the oldest time, the least fresh state."""
    charged = [f.credits_charged for f in fetched if f.credits_charged is not None]
    left = [f.remaining_quota for f in fetched if f.remaining_quota is not None]
    return Provenance(
        service=service,
        endpoint=endpoint,
        address=fetched[0].address,
        retrieved_at=min(f.retrieved_at for f in fetched),
        published_at=published_at,
        state=_state(fetched),
        unit=unit,
        currency=currency,
        valuation=valuation,
        coverage=coverage,
        calls=sum(f.calls for f in fetched),
        credits_charged=sum(charged) if charged else None,
        remaining_quota=min(left) if left else None,
    )


def _state(fetched: Sequence[Fetched[Any]]) -> State:
    if any(f.sandbox for f in fetched):
        return "sandbox"
    for state in ("stale", "offline", "cached"):
        if any(f.state == state for f in fetched):
            return state
    return "fresh"
