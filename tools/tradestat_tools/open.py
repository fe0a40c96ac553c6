"""Putting the parts together: what tools work with, as the settings want it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager, closing
from datetime import datetime
from typing import TYPE_CHECKING

from tradestat_tools.call import call
from tradestat_tools.catalogue import Catalogue, catalogue
from tradestat_tools.contract.context import Context, utc_now
from tradestat_tools.contract.kept import Tables
from tradestat_tools.contract.results import Results
from tradestat_tools.model.settings import Settings
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.plan import UNLIMITED
from tradestat_tools.upstream.runtime import Clock
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.store import Cache, Ledger

if TYPE_CHECKING:
    from tradestat_tools.upstream.http import Http
    from tradestat_tools.upstream.redis.cache import WhenDown

ANSWERS_FILE = "answers.sqlite3"
LEDGER_FILE = "ledger.sqlite3"
RESULTS_FILE = "results.sqlite3"
TABLES_FOLDER = "tables"


@asynccontextmanager
async def open_context(
    settings: Settings, *, offered: Catalogue | None = None, renews: bool = True
) -> AsyncGenerator[Context]:
    """What tools work with, on the live services, with the stores and the plans that the settings name.

    Args:
        offered: the sources and tools; all of them if left out.
        renews: whether stored answers that are no longer fresh are asked for again in the background.

    Raises:
        WrongSetting: one that can only be found wrong in use.
    """
    from tradestat_tools.upstream.http import Http  # noqa: PLC0415 - the HTTP client costs start-up time

    offered = offered or catalogue()
    try:
        http = Http(connect_timeout=settings.connect_timeout)
    except ValueError as error:
        raise WrongSetting(f"{error}.") from None
    plans = {source.id: source.plan(settings) for source in offered.sources.values()}
    cache, ledger = open_stores(settings)
    engine = Upstream(
        http,
        cache=cache,
        ledger=ledger,
        plans=plans,
        offline=settings.offline,
        renews=renews,
        finish_within=settings.exit_timeout,
    )
    with closing(cache), closing(ledger), closing(open_results(settings)) as results:
        kept = Results(results, tables=open_tables(settings))
        async with aclosing(http), engine as upstream:
            yield context_on(settings, upstream, results=kept, offered=offered)


@asynccontextmanager
async def in_memory(
    http: "Http",
    settings: Settings,
    now: Callable[[], datetime],
    *,
    clock: Clock | None = None,
    most_attempts: int | None = None,
    offered: Catalogue | None = None,
) -> AsyncGenerator[Context]:
    """What tools work with, remembering only until it is closed and bound by no plan: for stand-ins and for tests."""
    offered = offered or catalogue()
    clock = clock or Clock()
    plans = dict.fromkeys(offered.sources, UNLIMITED)
    with closing(SqliteCache(None)) as cache, closing(SqliteLedger(None)) as ledger, closing(SqliteCache(None)) as kept:
        engine = Upstream(http, cache=cache, ledger=ledger, clock=clock, plans=plans, most_attempts=most_attempts)
        async with engine as upstream:
            results = Results(kept, now=clock.time)
            yield context_on(settings, upstream, now, results=results, offered=offered)


def context_on(
    settings: Settings,
    upstream: Upstream,
    now: Callable[[], datetime] = utc_now,
    *,
    results: Results | None = None,
    offered: Catalogue | None = None,
) -> Context:
    """What tools work with, on an engine that is open already.

    Args:
        results: where answers are kept; without it none has a handle.
        offered: the sources and tools; all of them if left out.
    """
    offered = offered or catalogue()
    return Context(
        settings, upstream, now, results or Results(), offered.sources, offered.tools, offered.files, caller=call
    )


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


def open_tables(settings: Settings) -> Tables:
    """Where the rows of large answers are: on this machine, also where the rest is on Redis."""
    return Tables(settings.cache_dir / TABLES_FOLDER, bound=settings.tables_mb * 1024 * 1024)


def _open(settings: Settings, file: str, megabytes: int, when_down: "WhenDown", *, prefix: str = "tradestat:") -> Cache:
    bound = megabytes * 1024 * 1024
    if settings.redis_url is None:
        return SqliteCache(settings.cache_dir / file, bound=bound)
    try:
        from tradestat_tools.upstream.redis.cache import RedisCache, TieredCache  # noqa: PLC0415 - an extra

        shared = RedisCache(settings.redis_url.get_secret_value(), prefix=prefix)
    except (ImportError, ValueError) as error:
        raise WrongSetting(f"TRADESTAT_REDIS_URL: {error}") from None
    return TieredCache(shared, SqliteCache(settings.cache_dir / file, bound=bound), when_down=when_down)
