"""Asking the service: wire names, key, price, time, and what is remembered between calls."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar
from urllib.parse import quote
from weakref import WeakKeyDictionary

from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import MissingKey, TradestatError, UpstreamDown
from tradestat_tools.sources.trademap.arguments import TableQuery
from tradestat_tools.sources.trademap.service import (
    CREDITS_HEADER,
    KEY,
    KEY_HEADER,
    POLICY,
    SERVICE,
    SOURCE_ID,
    TrademapSettings,
    credits_charged,
)
from tradestat_tools.sources.trademap.wire.envelope import excerpt, read_envelope
from tradestat_tools.sources.trademap.wire.lists import Country, Listed, parse_countries
from tradestat_tools.sources.trademap.wire.names import Catalogue, Wire, assumed, read_catalogue
from tradestat_tools.sources.trademap.wire.part import within
from tradestat_tools.sources.trademap.wire.payloads import Page, only_asked, parse_indicators, parse_series
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.failures import Unanswered
from tradestat_tools.upstream.policy import Policy, Retry
from tradestat_tools.upstream.report import current_report, reporting
from tradestat_tools.upstream.request import CLOSED, REFERENCE, Fetched, Freshness, Request, Response
from tradestat_tools.upstream.runtime import in_thread

T = TypeVar("T")

DAY = 86_400.0
SERIES = Freshness(fresh=7 * DAY)
"""Yearly figures; revisions come a few times a year, and every call costs a credit."""
CLOSED_AFTER = 3
"""Years after which a year is taken as reported and revised."""

CATALOGUE_FRESH = 3 * DAY
CATALOGUE_KEPT = 2 * 365 * DAY
"""Its names are part of every stored question: it is kept as long as any answer to them is."""
CATALOGUE_POLICY = Policy(
    source=f"{SOURCE_ID}.catalogue",
    service=f"{SERVICE}, its catalogue",
    setting=POLICY.setting,
    retry=Retry(attempts=1),
)
"""A free public page: it draws on no plan, and its failures say nothing of the paid service."""
CATALOGUE_RETRY = 900.0
"""Seconds before the catalogue is asked again after it could not be had."""
CATALOGUE_WITHIN = 5.0
"""Seconds. The catalogue only corrects assumptions, so no answer waits long for it."""


@dataclass(slots=True)
class _Remembered:
    """What one process knows about the service, beside stored answers."""

    catalogue: Catalogue = field(default_factory=assumed)
    catalogue_until: datetime | None = None
    catalogue_error: str | None = None
    countries: Fetched[Listed[Country]] | None = None


_REMEMBERED: WeakKeyDictionary[Upstream, _Remembered] = WeakKeyDictionary()
"""By the upstream it was learnt from, so that the stand-in's facts never mix with the live service's."""


def _remembered(context: Context) -> _Remembered:
    return _REMEMBERED.setdefault(context.upstream, _Remembered())


def remember_countries(context: Context, fetched: Fetched[Listed[Country]]) -> None:
    """Keep the coverage of countries at hand, so that questions that can have no answer cost nothing."""
    _remembered(context).countries = fetched


async def country_list(context: Context) -> Fetched[Listed[Country]] | None:
    """The list of countries, if it is remembered or stored and fresh; nothing is sent to learn it."""
    known = _remembered(context)
    held = known.countries
    if held is None or context.upstream.time() - held.retrieved_at.timestamp() >= REFERENCE.fresh:
        request = _request(context, await _names_at_hand(context), "get_countries", {}, REFERENCE)
        known.countries = await context.upstream.stored(request, POLICY, _reader(context, parse_countries))
    return known.countries


def _reader(context: Context, parse: Callable[[Any], T]) -> Callable[[Response], T]:
    def read(response: Response) -> T:
        value = parse(read_envelope(response, context.now()))
        if odd := _odd_charge(response):
            current_report().note(NoteCode.COST, odd)
        return value

    return read


def _odd_charge(response: Response) -> str | None:
    """What is to be said of a charge that can not be so; the call is counted at its price then."""
    said = response.headers.get(CREDITS_HEADER)
    if said is None or credits_charged(response) is not None:
        return None
    return f"The service states a charge that can not be so ({excerpt(said)}); the call is counted at its usual price."


async def _names_at_hand(context: Context) -> Catalogue:
    """The wire names in force, as far as they are known without asking."""
    held = _remembered(context)
    if held.catalogue_until is not None:
        return held.catalogue
    stored = await context.upstream.stored(_catalogue_request(context, None), CATALOGUE_POLICY, read_catalogue)
    return stored.value if stored is not None else held.catalogue


def _catalogue_request(context: Context, unless_stored: MissingKey | None) -> Request:
    return Request(
        source=SOURCE_ID,
        endpoint="catalogue",
        url=f"{_base(context)}/marketplace/apis/{quote(_settings(context).trademap_catalogue_id, safe='')}",
        credits=0.0,
        freshness=Freshness(fresh=CATALOGUE_FRESH, usable=CATALOGUE_KEPT),
        unless_stored=unless_stored,
    )


async def catalogue(context: Context, *, unless_stored: MissingKey | None = None) -> tuple[Catalogue, str | None]:
    """The wire names in force, and why they are only the assumed ones, if they are."""
    known = _remembered(context)
    now = context.now()
    if known.catalogue_until is None or now >= known.catalogue_until:
        request = _catalogue_request(context, unless_stored)
        within = min(CATALOGUE_WITHIN, _settings(context).trademap_timeout)
        try:
            # A report of its own: an old copy of the catalogue must not be taken for old figures.
            with reporting(current_report().progress):
                fetched = await context.upstream.fetch(request, CATALOGUE_POLICY, read_catalogue, within=within)
        except TradestatError as error:
            # A question must not fail because a free page could not be read; what was known before stays in force.
            known.catalogue_error = error.message
            known.catalogue_until = now + timedelta(seconds=CATALOGUE_RETRY)
        else:
            known.catalogue, known.catalogue_error = fetched.value, None
            known.catalogue_until = now + timedelta(seconds=CATALOGUE_FRESH)
    return known.catalogue, known.catalogue_error


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """An answer, and the names that the question was sent with."""

    fetched: Fetched[T]
    wire: Wire


async def ask_page(context: Context, query: TableQuery) -> Asked[Page]:
    """Ask for one page of a table; kept by its last year.

    Raises:
        MissingKey: no key is set; nothing was sent.
        TradestatError: what the service answered, or that it did not.
    """
    parse = parse_indicators if query.indicators else parse_series
    products = query.answer_codes if query.by == "byCountry" else None

    def read(content: Any) -> Page:
        page = only_asked(parse(content), query.country, products)
        return page if page.page else replace(page, page=query.page)

    return await ask(context, query.tool, query.sent(), read)


async def ask(
    context: Context,
    endpoint: str,
    arguments: Mapping[str, str | int],
    parse: Callable[[Any], T],
    *,
    freshness: Freshness | None = None,
) -> Asked[T]:
    """Ask an endpoint under the service's names, and parse what is inside the envelope.

    Args:
        arguments: by our names; one that is optional is sent only if the catalogue entry lists it.
        parse: content of the envelope -> typed data; raises UpstreamChanged.
        freshness: for how long the answer is good; by its last year, if not given.

    Raises:
        MissingKey: no key is set; nothing was sent.
        TradestatError: what the service answered, or that it did not.
    """
    names = await _names(context)
    request = _request(context, names, endpoint, arguments, freshness)
    try:
        fetched = await context.upstream.fetch(
            request, POLICY, _reader(context, parse), within=_settings(context).trademap_timeout
        )
    except Unanswered as error:
        raise _no_answer(context, error) from None
    return Asked(fetched, names[endpoint])


async def to_pay(context: Context, queries: Sequence[TableQuery]) -> tuple[int, float]:
    """How many of some pages would take a call, because no stored answer is good enough, and their credits."""
    names = await _names(context)
    requests = [_request(context, names, query.tool, query.sent(), None) for query in queries]
    sent = await in_thread(partial(context.upstream.to_send, requests))
    return len(sent), sum(request.credits for request in sent)


async def _names(context: Context) -> Catalogue:
    # Without a key nothing is sent; the names still matter, for they are part of the question that may be stored.
    missing = None if _settings(context).parse_api_key else no_key()
    return (await catalogue(context, unless_stored=missing))[0]


def _request(
    context: Context, names: Catalogue, endpoint: str, arguments: Mapping[str, str | int], freshness: Freshness | None
) -> Request:
    """A question under the service's own names."""
    key, wire = _settings(context).parse_api_key, names[endpoint]
    named = {wire.names[name]: value for name, value in arguments.items() if name in wire.names}
    params = {name: str(value) for name, value in named.items()}
    posted = {name: _typed(value, wire.types.get(name, "")) for name, value in named.items()}
    return Request(
        source=SOURCE_ID,
        endpoint=endpoint,
        url=f"{_base(context)}/scraper/{quote(_settings(context).trademap_scraper_id, safe='')}/{endpoint}",
        method=wire.method,
        params=params if wire.method == "GET" else {},
        body=posted if wire.method == "POST" else None,
        secret_headers={KEY_HEADER: key} if key else {},
        credits=wire.price,
        freshness=freshness or _freshness(context, arguments),
        unless_stored=None if key else no_key(),
        within=partial(within, params, names=wire.names) if "page" in arguments else None,
    )


def _freshness(context: Context, arguments: Mapping[str, str | int]) -> Freshness:
    last = arguments.get("period_to")
    closed = isinstance(last, int) and last <= context.today.year - CLOSED_AFTER
    return CLOSED if closed else SERIES


def no_key() -> MissingKey:
    """What is said where an answer is not stored and no key is set."""
    return MissingKey(
        "Trade Map needs a parse.bot key and none is set; nothing was sent.",
        remedy=f"{KEY.get_it} Set {KEY.variable}.",
        source=SOURCE_ID,
    )


def _no_answer(context: Context, error: Unanswered) -> UpstreamDown:
    """A call without an answer. Large ones take up to 180 s (seen October 2026); one given up on may be charged."""
    return UpstreamDown(
        f"{error.message} Calls are given {_settings(context).trademap_timeout:g} s, because large tables take long; "
        "one that was sent may be charged although no answer came.",
        remedy="Ask for less: a smaller page_size, a single code instead of ALL, fewer years, sort_dir=desc. "
        "Check the network connection if every call fails.",
        source=SOURCE_ID,
        retry_after=error.retry_after,
    )


def _typed(value: str | int, json_type: str) -> str | int:
    """A body's value in the type that the catalogue gives; codes stay text, since 004 is not 4."""
    if isinstance(value, int) and json_type not in {"integer", "number", ""}:
        return str(value)
    return value


def _settings(context: Context) -> TrademapSettings:
    return context.settings.of(TrademapSettings)


def _base(context: Context) -> str:
    return _settings(context).trademap_url.rstrip("/")
