"""What goes to the service for one call, and what is stored of earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Services
from tradestat_tools.sources.comtrade.answered import read_answered
from tradestat_tools.sources.comtrade.calendar import wire_period
from tradestat_tools.sources.comtrade.codes import ClCode, FreqCode, TypeCode
from tradestat_tools.sources.comtrade.wire.envelope import KEY_HEADER, POLICY, SOURCE_ID, Page, read_count
from tradestat_tools.upstream import Fetched, Request
from tradestat_tools.upstream.keep import CLOSED, DAY, RECENT, Keep
from tradestat_tools.upstream.threads import in_thread

PERIODS_A_CALL = 12
"""Periods that one keyed call takes (the service's documentation, autumn 2026); the preview takes one."""

KEYED, PREVIEW = "data/v1/get", "public/v1/preview"
"""Where trade data is asked for, with a key and without; tariff lines at the same with `Tariffline` behind (the
service's own Python client and documentation, autumn 2026)."""

KEEP = Keep(fresh=3 * DAY)
"""Countries report when they are ready, any day."""
CLOSED_AFTER = 3
"""Years after which a year is taken as reported and revised."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The question of one call, in the service's codes. An empty tuple leaves a parameter open: all of them."""

    typeCode: TypeCode
    freqCode: FreqCode
    clCode: ClCode
    reporters: tuple[str, ...]
    partners: tuple[str, ...]
    commodities: tuple[str, ...]
    flows: tuple[str, ...]
    periods: tuple[Period, ...]
    maxRecords: int
    second_partners: tuple[str, ...] = ("0",)
    customs: tuple[str, ...] = ("C00",)
    modes: tuple[str, ...] = ("0",)
    describe: bool = True
    tariff_line: bool = False

    @property
    def totals_only(self) -> bool:
        """Whether no row is a part of another by second partner, customs procedure or mode of transport."""
        return (self.second_partners, self.customs, self.modes) == (("0",), ("C00",), ("0",))


def periods_a_call(services: Services) -> int:
    """How many periods one call takes: 12 with a key, 1 without."""
    return PERIODS_A_CALL if services.settings.comtrade_api_key is not None else 1


def chunks(span: Sequence[Period], size: int) -> list[tuple[Period, ...]]:
    """The periods in runs of one call each."""
    return [tuple(span[at : at + size]) for at in range(0, len(span), size)]


def is_cut(page: Page, limit: int) -> bool:
    """Whether rows may be missing from an answer, because as many came as were allowed or the service counts more."""
    return len(page.rows) >= limit or page.withheld > 0


def request_for(services: Services, wanted: Wanted) -> Request:
    """The call that asks the question, with the key where one is set."""
    key = services.settings.comtrade_api_key
    path = f"{wanted.typeCode}/{wanted.freqCode}/{wanted.clCode}"
    params = {
        "reporterCode": wanted.reporters,
        "period": tuple(wire_period(period) for period in wanted.periods),
        "partnerCode": wanted.partners,
        "cmdCode": wanted.commodities,
        "flowCode": wanted.flows,
    }
    if wanted.typeCode == "C" and not wanted.tariff_line:
        # Left out, these three break every row down and sums double (documented, autumn 2026); services have none.
        params |= {
            "partner2Code": wanted.second_partners,
            "customsCode": wanted.customs,
            "motCode": wanted.modes,
        }
    kind = (KEYED if key else PREVIEW) + ("Tariffline" if wanted.tariff_line else "")
    return Request(
        source=SOURCE_ID,
        endpoint=f"{kind.rpartition('/')[2]}/{path}",
        url=f"{services.settings.comtrade_url.rstrip('/')}/{kind}/{path}",
        params={
            **{name: ",".join(codes) for name, codes in params.items() if codes},
            "maxRecords": str(wanted.maxRecords),
            "includeDesc": "true" if wanted.describe else "false",
        },
        secret_headers={KEY_HEADER: key} if key else {},
        keep=CLOSED if wanted.periods[-1].year <= services.today.year - CLOSED_AFTER else KEEP,
    )


async def fetch(services: Services, wanted: Wanted) -> Fetched[Page]:
    """The rows of one call.

    Raises:
        TradestatError: what the service answers, and as `read_answered`.
    """
    request = request_for(services, wanted)
    return await services.upstream.fetch(request, POLICY, _reader(request, wanted), within=services.settings.timeout)


async def count(services: Services, wanted: Wanted) -> Fetched[int]:
    """How many rows the service has for one keyed call, without bringing them.

    Raises:
        TradestatError: what the service answers.
    """
    asked = request_for(services, wanted)
    request = replace(asked, params={**asked.params, "countOnly": "true"}, keep=RECENT)
    return await services.upstream.fetch(request, POLICY, read_count, within=services.settings.timeout)


async def stored(services: Services, questions: Sequence[Wanted]) -> list[tuple[Wanted, Page]]:
    """Those of the questions that have a good stored answer, with it; nothing is sent."""
    requests = [(request_for(services, wanted), wanted) for wanted in questions]
    missing = await in_thread(partial(services.upstream.to_send, [request for request, _ in requests]))
    missing_keys = {request.key for request in missing}
    found: list[tuple[Wanted, Page]] = []
    for request, wanted in requests:
        if request.key not in missing_keys:
            kept = await services.upstream.stored(request, POLICY, _reader(request, wanted))
            if kept is not None:
                found.append((wanted, kept.value))
    return found


def _reader(request: Request, wanted: Wanted) -> "partial[Page]":
    path = {"typeCode": wanted.typeCode, "freqCode": wanted.freqCode, "clCode": wanted.clCode}
    return partial(read_answered, asked={**path, **request.params}, begins=wanted.tariff_line)
