"""Putting the parts together: the services as the settings want them, live or in the sandbox."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import SecretStr

from tradestat_tools.contract.context import Services, utc_now
from tradestat_tools.contract.results import Results
from tradestat_tools.model.settings import SANDBOX_URL, Settings
from tradestat_tools.sources import all_sources
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.plan import UNLIMITED
from tradestat_tools.upstream.runtime import Clock
from tradestat_tools.upstream.sqlite.cache import SqliteCache
from tradestat_tools.upstream.sqlite.ledger import SqliteLedger
from tradestat_tools.upstream.store import Cache, Ledger

if TYPE_CHECKING:
    from tradestat_tools.upstream.http import Http
    from tradestat_tools.upstream.redis.tiered import WhenDown

ANSWERS_FILE = "answers.sqlite3"
LEDGER_FILE = "ledger.sqlite3"
RESULTS_FILE = "results.sqlite3"


@asynccontextmanager
async def open_services(
    settings: Settings | None = None, *, now: Callable[[], datetime] | None = None, renews: bool = True
) -> AsyncGenerator[Services]:
    """Open what endpoints work with; with `settings.sandbox`, on the stand-in services in this process."""
    from tradestat_tools.upstream.http import Http  # noqa: PLC0415 - the HTTP client costs start-up time

    settings = settings or Settings()
    if settings.sandbox:
        from tradestat_sandbox import DEFAULT_TODAY, Sandbox  # noqa: PLC0415 - costs start-up time

        today = settings.sandbox_today or DEFAULT_TODAY
        noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
        http = Http(app=Sandbox(today=today).app)
        async with _closing(http), in_memory(http, sandbox_settings(settings), now or (lambda: noon)) as services:
            yield services
        return
    http = Http(connect_timeout=settings.connect_timeout)
    plans = {source.id: source.plan(settings) for source in all_sources()}
    cache, ledger = open_stores(settings)
    results = open_results(settings)
    try:
        async with (
            _closing(http),
            Upstream(
                http, cache=cache, ledger=ledger, plans=plans, offline=settings.offline, renews=renews
            ) as upstream,
        ):
            yield Services(settings, upstream, now or utc_now, Results(results, now=upstream.time))
    finally:
        results.close()
        cache.close()
        ledger.close()


@asynccontextmanager
async def in_memory(
    http: "Http",
    settings: Settings,
    now: Callable[[], datetime],
    *,
    clock: Clock | None = None,
    most_attempts: int | None = None,
) -> AsyncGenerator[Services]:
    """Services that remember only until they are closed, and that no plan binds: for the stand-ins and for tests."""
    cache, ledger, results = SqliteCache(None), SqliteLedger(None), SqliteCache(None)
    plans = {source.id: UNLIMITED for source in all_sources()}
    try:
        async with Upstream(
            http, cache=cache, ledger=ledger, clock=clock, plans=plans, most_attempts=most_attempts
        ) as upstream:
            yield Services(settings, upstream, now, Results(results, now=upstream.time))
    finally:
        results.close()
        cache.close()
        ledger.close()


@asynccontextmanager
async def _closing(http: "Http") -> AsyncGenerator[None]:
    try:
        yield
    finally:
        await http.aclose()


class WrongSetting(ValueError):
    """A setting can not be used; the message names it and says why."""


def open_stores(settings: Settings) -> tuple[Cache, Ledger]:
    """Where answers and calls are kept: in the cache folder, on Redis if one is set.

    Raises:
        WrongSetting: the address of Redis can not be read, or its client is not installed.
    """
    cache = open_cache(settings)
    if settings.redis_url is None:
        return cache, SqliteLedger(settings.cache_dir / LEDGER_FILE)
    from tradestat_tools.upstream.redis.ledger import RedisLedger  # noqa: PLC0415 - an extra

    return cache, RedisLedger(settings.redis_url.get_secret_value())


def open_cache(settings: Settings) -> Cache:
    """Where answers are kept.

    Raises:
        WrongSetting: the address of Redis can not be read, or its client is not installed.
    """
    return _open(settings, ANSWERS_FILE, settings.cache_mb, settings.redis_down)


def open_results(settings: Settings) -> Cache:
    """Where the answers of tools are kept under their handles; on Redis, where one is set, all replicas find them.

    Raises:
        WrongSetting: the address of Redis can not be read, or its client is not installed.
    """
    # Nothing is paid for a result, so that none has to be refused while Redis is down.
    return _open(settings, RESULTS_FILE, settings.results_mb, "cache", prefix="tradestat:results:")


def _open(settings: Settings, file: str, megabytes: int, when_down: "WhenDown", *, prefix: str = "tradestat:") -> Cache:
    bound = megabytes * 1024 * 1024
    if settings.redis_url is None:
        return SqliteCache(settings.cache_dir / file, bound=bound)
    try:
        from tradestat_tools.upstream.redis.cache import RedisCache  # noqa: PLC0415 - an extra

        shared = RedisCache(settings.redis_url.get_secret_value(), prefix=prefix)
    except (ImportError, ValueError) as error:
        raise WrongSetting(f"TRADESTAT_REDIS_URL: {error}") from None
    from tradestat_tools.upstream.redis.tiered import TieredCache  # noqa: PLC0415

    return TieredCache(shared, SqliteCache(settings.cache_dir / file, bound=bound), when_down=when_down)


def sandbox_settings(settings: Settings) -> Settings:
    """The same settings, pointed at the stand-in services, with the keys and the ids that those know."""
    from tradestat_sandbox import CATALOGUE_ID, SANDBOX_KEYS, SCRAPER_ID  # noqa: PLC0415 - costs start-up time

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
