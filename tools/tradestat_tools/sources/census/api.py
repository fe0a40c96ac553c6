"""Asking the service: what a question selects, the calls it takes, and a check that each answer is to it."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import SecretStr

from tradestat_tools.codes.hs import hs_status, nearest_hs
from tradestat_tools.codes.periods import Period, count_between, split_months
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import InvalidQuery, MissingKey, TooLarge, UpstreamDown
from tradestat_tools.sources.census.absence import known_code, no_rows, not_out, too_early
from tradestat_tools.sources.census.arguments import ExportArguments, Selection, TradeArguments, time_of
from tradestat_tools.sources.census.calendar import EASTERN, RELEASE_DAY, last_published
from tradestat_tools.sources.census.codes import is_country
from tradestat_tools.sources.census.service import (
    COUNTRY,
    FIRST_YEAR,
    GET_A_KEY,
    POLICY,
    SERVICE,
    SOURCE_ID,
    TIME,
    CensusSettings,
    Flow,
)
from tradestat_tools.sources.census.wire.page import Page, months_of, read_page
from tradestat_tools.sources.census.wire.rows import Read, read_rows
from tradestat_tools.upstream import Fetched, Request, Response
from tradestat_tools.upstream.failures import Unanswered, not_asked_for
from tradestat_tools.upstream.request import CLOSED, Freshness, until_published

ROWS_A_CALL = 60_000
"""Rows that one call may have, about; two years of all codes of ten digits were too many (HTTP 500, seen 2026)."""
MOST_ROWS = 150_000
"""Rows of one answer, about."""
MOST_CALLS = 12
MONTHS_A_CALL = 240

CLOSED_AFTER = 36
"""Months after which figures are taken as final."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one call.

    Args:
        months: those asked for.
        fetched: its rows, with how they were come by.
    """

    months: list[Period]
    fetched: Fetched[Read]

    @property
    def read(self) -> Read:
        """Its rows."""
        return self.fetched.value


def select(context: Context, flow: Flow, asked: TradeArguments) -> Selection:
    """The rows that arguments select, of the months that are out; nothing is sent.

    Raises:
        InvalidQuery: the code was in no edition of the HS, or the months can not be.
        NoData: none of the months is out, or all lie before the first.
    """
    newest = last_published(context.now())
    try:
        start, end = asked.period.between(lambda _: newest, frequency="month")
    except CodeError as error:
        raise InvalidQuery(error.message, argument="period", allowed=error.allowed, source=SOURCE_ID) from None
    hs = asked.product
    if hs and not known_code(hs):
        raise InvalidQuery(
            hs_status(hs).text,
            argument="product",
            allowed="codes of the HS, the HTS or Schedule B",
            nearest=nearest_hs(hs[:6]),
            source=SOURCE_ID,
        )
    first = Period(FIRST_YEAR, "month", 1)
    if end < first:
        raise too_early(end, flow.direction, asked.partner.id)
    note = None
    if asked.period.leans_on_newest:
        read = str(end) if start == end else f"{start} to {end}"
        note = f"The months were read as {read}; the newest that is out is {newest}."
    if start < first:
        note = f"The figures begin with {first}; earlier months are left out."
    begun, ended = min(max(start, first), newest), min(end, newest)
    selection = Selection(
        flow=flow,
        product=hs,
        level=asked.level,
        partner=asked.partner.in_years(begun.year, ended.year),
        start=begun,
        end=ended,
        wanted=end,
        ytd=asked.freq == "ytd",
        breakdown=asked.breakdown,
        transport=asked.transport,
        origin=asked.origin if isinstance(asked, ExportArguments) else "total",
        months_note=note,
    )
    if max(start, first) > newest:
        raise not_out(start, selection)
    return selection


async def ask(context: Context, selection: Selection) -> list[Reply]:
    """Ask for every run of months, one after the other.

    Raises:
        TradestatError: TooLarge and MissingKey before anything is sent; NoData if there is no row.
    """
    replies = [await _ask_once(context, selection, start, end) for start, end in _runs(selection)]
    if not any(reply.read.rows for reply in replies):
        raise no_rows(selection, context.now())
    return replies


def _runs(selection: Selection) -> list[tuple[Period, Period]]:
    """The months of each call.

    Raises:
        TooLarge: the rows or the calls are too many.
    """
    a_month, months = selection.rows_a_month, selection.months
    size = min(MONTHS_A_CALL, ROWS_A_CALL // a_month)
    runs = [(month, month) for month in months]
    if not selection.ytd and size:
        runs = split_months(selection.start, selection.end, size)
    if not size or len(runs) > MOST_CALLS or a_month * len(months) > MOST_ROWS:
        raise TooLarge(
            f"About {a_month * len(months):,} rows in {len(runs)} calls; one answer may have {MOST_ROWS:,} in "
            f"{MOST_CALLS}. Nothing was sent.",
            remedy=_narrower(selection, a_month),
            source=SOURCE_ID,
        )
    return runs


def _narrower(selection: Selection, a_month: int) -> str:
    fewer = MOST_ROWS // a_month
    ways = [f"at most {fewer} months at a time"] if 0 < fewer < len(selection.months) else []
    if selection.partner.is_picked:
        ways.append("one partner")
    if selection.by_code:
        ways.append("a longer `product` or a smaller `level`")
    if selection.ytd:
        ways.append(f"at most {MOST_CALLS} years")
    return f"Ask for {', or '.join(ways) or 'fewer months'}."


def request_to(
    context: Context,
    path: str,
    endpoint: str,
    params: Mapping[str, str],
    freshness: Freshness,
    *,
    needs_key: bool = True,
) -> Request:
    """A request with the user's key, which stands in nothing but what is sent."""
    settings = context.settings.of(CensusSettings)
    key = settings.census_api_key
    missing = MissingKey(f"{SERVICE} needs a key, and none is set.", remedy=GET_A_KEY, source=SOURCE_ID)
    return Request(
        source=SOURCE_ID,
        endpoint=endpoint,
        url=settings.census_url.rstrip("/") + path,
        params=params,
        secret_params={"key": SecretStr(key.get_secret_value())} if key else {},
        freshness=freshness,
        unless_stored=missing if needs_key and not key else None,
    )


async def fetch(context: Context, request: Request, read: Callable[[Response], T]) -> Fetched[T]:
    """Send it; a read that stalls is told from a service that is down.

    Raises:
        TradestatError: as the reader, and those of the engine.
    """
    try:
        return await context.upstream.fetch(request, POLICY, read, within=context.settings.timeout)
    except Unanswered as error:
        raise UpstreamDown(
            error.message,
            remedy="Ask for less, or wait some minutes: after several hundred calls the service lets reads stall and "
            "refuses none.",
            source=SOURCE_ID,
        ) from None


async def _ask_once(context: Context, selection: Selection, start: Period, end: Period) -> Reply:
    now = context.now()
    freshness = freshness_of(end, now)
    request = request_to(
        context, selection.path, selection.endpoint, selection.predicates | time_of(start, end), freshness
    )
    months = [start] if selection.ytd else [start.shifted(back) for back in range(count_between(start, end))]

    def read(response: Response) -> Read:
        page = read_page(response, now=now)
        _check_answered(page, selection, frozenset(months))
        return read_rows(page, selection.shape)

    return Reply(months, await fetch(context, request, read))


def freshness_of(end: Period, now: datetime.datetime) -> Freshness:
    """For how long figures up to a month are as good as new."""
    if end < last_published(now).shifted(-CLOSED_AFTER):
        return CLOSED
    return until_published(now.astimezone(EASTERN), RELEASE_DAY)


def _check_answered(page: Page, selection: Selection, months: frozenset[Period]) -> None:
    """Refuse rows that were not asked for: a parameter the service ignores would otherwise turn into wrong sums.

    Raises:
        UpstreamChanged: naming the parameter.
    """
    strangers: list[tuple[str, str, str]] = []
    if others := [month for month in months_of(page) if month not in months]:
        strangers.append((TIME, f"{min(months)} to {max(months)}", str(others[0])))
    for name, wanted in selection.predicates.items():
        if name not in page.columns:
            continue
        begins, is_open = wanted.removesuffix("*"), wanted.endswith("*")
        cells = page.column(name)
        if others := [cell for cell in cells if not (cell.startswith(begins) if is_open else cell == begins)]:
            strangers.append((name, wanted, others[0]))
    commodity = selection.flow.commodity
    codes = page.column(commodity) if selection.by_code and commodity in page.columns else ()
    if others := [cell for cell in codes if len(cell) != selection.level]:
        strangers.append((commodity, f"{selection.level} digits", others[0]))
    if selection.partner.is_picked and page.rows and not any(map(is_country, page.column(COUNTRY))):
        strangers.append((COUNTRY, "each country", next(iter(page.column(COUNTRY)))))
    if strangers:
        raise not_asked_for(selection.endpoint, SOURCE_ID, strangers)
