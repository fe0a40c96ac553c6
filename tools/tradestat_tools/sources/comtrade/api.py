"""What goes to the service for one call, and what is stored of earlier ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TypeVar

from tradestat_tools.codes.countries import areas
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import MissingKey, QuotaExhausted, TradestatError, Unauthorized
from tradestat_tools.sources.comtrade.calendar import wire_period
from tradestat_tools.sources.comtrade.codes import BREAKDOWNS, ClCode, FreqCode, TypeCode, is_hs, stands_for_many
from tradestat_tools.sources.comtrade.service import (
    GET_A_KEY,
    KEY_HEADER,
    KEY_VARIABLE,
    POLICY,
    SERVICE,
    SOURCE_ID,
    ComtradeSettings,
)
from tradestat_tools.sources.comtrade.wire.envelope import FAILURES, SAYS, check_answered, read_count
from tradestat_tools.sources.comtrade.wire.lists import FILES, Category, Entry, read_entries
from tradestat_tools.sources.comtrade.wire.part import within as within_wider
from tradestat_tools.sources.comtrade.wire.rows import Condense, Page, read_trade
from tradestat_tools.sources.comtrade.wire.tables import Listed, R, read_table
from tradestat_tools.upstream import Fetched, Policy, Reader, Request, Response
from tradestat_tools.upstream.request import CLOSED, DAY, RECENT, REFERENCE, Freshness, Joined, Within

T = TypeVar("T")

PERIODS_A_CALL = 12
"""Periods that one keyed call takes (the service's documentation, autumn 2026); the preview takes one."""

KEYED, PREVIEW = "data/v1/get", "public/v1/preview"
"""Where trade data is asked for, with a key and without; tariff lines at the same with `Tariffline` behind (the
service's own Python client and documentation, autumn 2026)."""

TABLES = {True: "data/v1", False: "public/v1"}
"""Where what is held and its notes are asked for, with a key and without (the same documentation)."""

ROWS = replace(POLICY, max_body=256 * 1024 * 1024, condense=Condense)
"""For answers with trade rows. The largest, of 100,000 rows, was 89 MB (seen October 2026), and texts may be longer."""

LISTS = "files/v1/app/reference"

OPEN = Freshness(fresh=3 * DAY)
"""Countries report when they are ready, any day."""
CLOSED_AFTER = 3
"""Years after which a year is taken as reported and revised."""


@dataclass(frozen=True, slots=True)
class DataCall:
    """One call for trade data, in the service's codes. An empty tuple leaves a parameter open: all of them."""

    typeCode: TypeCode
    freqCode: FreqCode
    clCode: ClCode
    reporters: tuple[str, ...]
    partners: tuple[str, ...]
    commodities: tuple[str, ...]
    flows: tuple[str, ...]
    periods: tuple[Period, ...]
    maxRecords: int
    second_partners: tuple[str, ...] = (BREAKDOWNS["partner2Code"],)
    customs: tuple[str, ...] = (BREAKDOWNS["customsCode"],)
    modes: tuple[str, ...] = (BREAKDOWNS["motCode"],)
    describe: bool = True
    tariff_line: bool = False

    @property
    def totals_only(self) -> bool:
        """Whether no row is a part of another by second partner, customs procedure or mode of transport."""
        return self == self.of_totals

    @property
    def of_totals(self) -> "DataCall":
        """The same, not broken down."""
        return replace(self, second_partners=("0",), customs=("C00",), modes=("0",))


def has_key(context: Context) -> bool:
    """Whether the user's key is set."""
    return context.settings.of(ComtradeSettings).comtrade_api_key is not None


def periods_a_call(context: Context) -> int:
    """How many periods one call takes: 12 with a key, 1 without."""
    return PERIODS_A_CALL if has_key(context) else 1


def chunks(span: Sequence[Period], size: int) -> list[tuple[Period, ...]]:
    """The periods in runs of one call each."""
    return [tuple(span[at : at + size]) for at in range(0, len(span), size)]


BOTH_ENDS = "Asked in one call with what the other end reports, which is stored too; the address is that call's."
BOTH_ENDS_ROWS = 250
"""Rows that such a call may bring: half of what comes without a key."""

_PAIR = ("M", "X")


def _of_both_ends(call: DataCall) -> DataCall | None:
    """What two countries report of each other, in place of what one reports of the other; None where that is no pair.

    It is the same question from either end. The few rows more cost nothing: a call counts, not what it brings.
    """
    ends = {*call.reporters, *call.partners}
    rows = len(ends) ** 2 * len(_PAIR) * len(call.commodities) * len(call.periods)
    if (
        (len(call.reporters), len(call.partners), len(ends)) != (1, 1, 2)
        or not ends <= _reporting()
        or not {*call.flows} <= {*_PAIR}
        or not call.totals_only
        or call.tariff_line
        or not 0 < rows < min(BOTH_ENDS_ROWS, call.maxRecords)
        or any(map(stands_for_many, call.commodities))
    ):
        return None
    codes = tuple(sorted(ends, key=int))
    return replace(call, reporters=codes, partners=codes, flows=_PAIR)


@cache
def _reporting() -> frozenset[str]:
    """Countries, which may report; other areas are mostly partners only."""
    return frozenset(area.comtrade for area in areas() if area.kind == "country" and area.comtrade)


def _request(
    settings: ComtradeSettings,
    path: str,
    params: Mapping[str, str],
    freshness: Freshness,
    *,
    within: Within | None = None,
    joined: Joined | None = None,
) -> Request:
    """A call to an address below the service's own, with the key where one is set; empty parameters are left out."""
    key = settings.comtrade_api_key
    return Request(
        source=SOURCE_ID,
        endpoint=path.partition("/v1/")[2],
        url=f"{settings.comtrade_url.rstrip('/')}/{path}",
        params={name: value for name, value in params.items() if value},
        secret_headers={KEY_HEADER: key} if key else {},
        freshness=freshness,
        within=within,
        joined=joined,
    )


NEWEST_EDITION = "H6"


def _sent_classification(call: DataCall, *, keyed: bool) -> ClCode:
    """HS in place of H6, for which data/v1/get failed with HTTP 500 five times out of five (seen October 2026).

    HS gives the same rows, each with its edition: nothing newer is there that could be converted to H6.
    """
    return "HS" if keyed and call.clCode == NEWEST_EDITION and not call.tariff_line else call.clCode


def data_requests(context: Context, calls: Iterable[DataCall]) -> list[Request]:
    """The requests for trade data."""
    settings, closed = context.settings.of(ComtradeSettings), context.today.year - CLOSED_AFTER
    return [_data_request(settings, call, CLOSED if call.periods[-1].year <= closed else OPEN) for call in calls]


def _data_request(settings: ComtradeSettings, call: DataCall, freshness: Freshness) -> Request:
    keyed = settings.comtrade_api_key is not None
    kind = (KEYED if keyed else PREVIEW) + ("Tariffline" if call.tariff_line else "")
    params = {
        "reporterCode": call.reporters,
        "period": map(wire_period, call.periods),
        "partnerCode": call.partners,
        "cmdCode": call.commodities,
        "flowCode": call.flows,
    }
    if call.typeCode == "C" and not call.tariff_line:
        # Left out, these three break every row down and sums double (documented, autumn 2026); services have none.
        params |= {"partner2Code": call.second_partners, "customsCode": call.customs, "motCode": call.modes}
    sent = {name: ",".join(codes) for name, codes in params.items()} | {
        "maxRecords": str(call.maxRecords),
        "includeDesc": "true" if call.describe else "false",
    }
    sent = {name: value for name, value in sent.items() if value}
    both, joined = _of_both_ends(call), None
    if both is not None:
        wider = _data_request(settings, both, freshness)
        joined = Joined(wider, _reader(wider, both), BOTH_ENDS)
    return _request(
        settings,
        f"{kind}/{call.typeCode}/{call.freqCode}/{_sent_classification(call, keyed=keyed)}",
        sent,
        freshness,
        # With tariff lines a code asked for stands for all national ones below it.
        within=None if call.tariff_line else partial(within_wider, sent, hs=is_hs(call.clCode)),
        joined=joined,
    )


def table_request(
    context: Context, endpoint: str, params: Mapping[str, str] | None = None, *, freshness: Freshness = RECENT
) -> Request:
    """The call to one of the endpoints beside trade data.

    An endpoint that begins with `get` is under data/v1 or public/v1, depending on whether a key is set.

    Raises:
        MissingKey: the endpoint takes a key and none is set.
    """
    settings = context.settings.of(ComtradeSettings)
    keyed = settings.comtrade_api_key is not None
    if endpoint.startswith("get"):
        return _request(settings, f"{TABLES[keyed]}/{endpoint}", params or {}, freshness)
    if not keyed:
        raise MissingKey(
            f"{SERVICE} answers this only with a key, and {KEY_VARIABLE} is not set.",
            remedy=f"{GET_A_KEY} Without one use comtrade_data, comtrade_tariffline, comtrade_availability and "
            "comtrade_metadata.",
            source=SOURCE_ID,
        )
    return _request(settings, endpoint, params or {}, freshness)


async def stored_list(context: Context, category: Category) -> list[Entry] | None:
    """One of the service's lists, if it is stored; nothing is sent."""
    (entries,) = await context.upstream.stored_each([whole_list(context, category)], POLICY)
    return entries


def whole_list(context: Context, category: Category) -> tuple[Request, Reader[list[Entry]]]:
    """The call for one of the service's lists, which takes no key, and how it is read."""
    file = FILES.get(category, category)
    request = _request(context.settings.of(ComtradeSettings), f"{LISTS}/{file}.json", {}, REFERENCE)
    return replace(request, endpoint=f"reference/{file}", secret_headers={}), read_entries


async def ask(context: Context, request: Request, read: Reader[T], *, policy: Policy = POLICY) -> Fetched[T]:
    """The answer to a request, as it is read.

    Raises:
        TradestatError: what the service answers; of one without a key, in words that blame none.
    """
    try:
        return await context.upstream.fetch(request, policy, read, within=context.settings.timeout)
    except (Unauthorized, QuotaExhausted) as error:
        if request.secret_headers:
            raise
        raise _denied_without_key(error) from None


def _denied_without_key(error: Unauthorized | QuotaExhausted) -> TradestatError:
    """The failure of a call that had no key, of which there is nothing to blame on one.

    The preview and the lists take none (seen autumn 2026), so why they deny access can only be guessed.
    """
    _, says, said = error.message.partition(SAYS)
    said = f" {says}{said}" if said else ""
    if isinstance(error, QuotaExhausted):
        text = f"{SERVICE}: the calls that it gives without a key are used up.{said}"
        remedy = f"Wait until they are replenished, or use a key: it has calls of its own. {GET_A_KEY}"
        return FAILURES.error(QuotaExhausted, text, remedy=remedy, wait=error.retry_after)
    return FAILURES.error(
        Unauthorized,
        f"{SERVICE} denies access; no key was sent.{said}",
        remedy=f"What was asked for may have come to need a key: {GET_A_KEY} Or this network, or a proxy in it, is "
        f"shut out: try another one, and check the address in {POLICY.setting}, if it is set.",
    )


async def fetch(context: Context, call: DataCall) -> Fetched[Page]:
    """The rows of one call, with how many there are if that was counted before.

    Raises:
        TradestatError: what the service answers; UpstreamChanged where it is an answer to another question.
    """
    (request,) = data_requests(context, [call])
    fetched = await ask(context, request, _reader(request, call), policy=ROWS)
    if not has_key(context) or call.tariff_line or not fetched.value.is_full(call.maxRecords):
        return fetched
    counted = await context.upstream.stored(_count_request(context, call), POLICY, read_count)
    return replace(fetched, value=replace(fetched.value, counted=counted.value)) if counted is not None else fetched


async def fetch_table(context: Context, request: Request, row: type[R]) -> Fetched[Listed[R]]:
    """The rows of one call to an endpoint beside trade data; raises as `fetch`."""
    read = partial(read_table, row, request.params)
    return await ask(context, request, read)


async def fetch_matrix(context: Context, request: Request, asked: Mapping[str, str]) -> Fetched[Page]:
    """The rows of one call for the trade matrix; raises as `fetch`. `asked` is held against the rows."""
    read = partial(_read_answered, {**request.params, **asked})
    return await ask(context, request, read, policy=ROWS)


async def count(context: Context, call: DataCall) -> Fetched[int]:
    """How many rows the service has for one keyed call, without bringing them.

    Raises:
        TradestatError: what the service answers.
    """
    return await ask(context, _count_request(context, call), read_count)


def _count_request(context: Context, call: DataCall) -> Request:
    """The call that counts; the same however many rows may be brought, so that raising them counts nothing again."""
    (asked,) = data_requests(context, [call])
    params = {name: value for name, value in asked.params.items() if name != "maxRecords"}
    return replace(asked, params={**params, "countOnly": "true"}, freshness=RECENT, within=None, joined=None)


async def stored(context: Context, calls: Sequence[DataCall]) -> list[tuple[DataCall, Page]]:
    """Those of the calls that have a good stored answer, with it; nothing is sent."""
    asked = [
        (request, _reader(request, call)) for request, call in zip(data_requests(context, calls), calls, strict=True)
    ]
    kept = await context.upstream.stored_each(asked, ROWS)
    return [(call, page) for call, page in zip(calls, kept, strict=True) if page is not None]


def _reader(request: Request, call: DataCall) -> "partial[Page]":
    path = {"typeCode": call.typeCode, "freqCode": call.freqCode, "clCode": call.clCode}
    only = call.clCode if request.url.rpartition("/")[2] != call.clCode else None
    return partial(_read_answered, {**path, **request.params}, begins=call.tariff_line, only=only)


def _read_answered(
    asked: Mapping[str, str], response: Response, *, begins: bool = False, only: str | None = None
) -> Page:
    """The rows, if they are to what was asked; `only` those of one edition, where more were asked for than wanted."""
    page = read_trade(response)
    check_answered(page.rows, asked, begins=begins)
    if only is None:
        return page
    rows = [row for row in page.rows if row.classificationCode == only]
    return replace(page, rows=rows, left_out=len(page.rows) - len(rows))
