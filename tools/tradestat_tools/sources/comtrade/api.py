"""What goes to the service for one call, and what is stored of earlier ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import UpstreamChanged
from tradestat_tools.sources.comtrade.calendar import wire_period
from tradestat_tools.sources.comtrade.codes import ClCode, FreqCode, TypeCode
from tradestat_tools.sources.comtrade.service import KEY_HEADER, POLICY, SERVICE, SOURCE_ID, ComtradeSettings
from tradestat_tools.sources.comtrade.wire.envelope import Page, Row, read_count, read_trade, said
from tradestat_tools.upstream import Fetched, Request, Response
from tradestat_tools.upstream.request import CLOSED, DAY, RECENT, Freshness
from tradestat_tools.upstream.runtime import in_thread

COMPARED = (
    "typeCode",
    "freqCode",
    "reporterCode",
    "period",
    "partnerCode",
    "cmdCode",
    "flowCode",
    "partner2Code",
    "customsCode",
    "motCode",
)
"""Parameters that a row repeats under the same name."""

_LEVEL = re.compile(r"AG([1-6])")
_NUMBER = re.compile(r"0*(\d+)")
_SHOWN = 3


def read_answered(response: Response, *, asked: Mapping[str, str], begins: bool = False) -> Page:
    """The rows of a data answer, refused where one of them was not asked for.

    Args:
        response: what came.
        asked: codes by parameter as they were sent, comma separated, with `typeCode`, `freqCode` and `clCode`. A
            parameter that is left out was left open.
        begins: whether a product code stands for all national codes that begin with it, as with tariff lines.

    Raises:
        TradestatError: as `read_trade`; UpstreamChanged naming the parameters that seem to be ignored.
    """
    page = read_trade(response)
    ignored = [
        f"{name} (asked {_shown(asked[name])}; got {said(stranger)[:20]})"
        for name in (*COMPARED, "clCode")
        if name in asked and (stranger := _stranger(page.rows, name, asked[name].split(","), begins=begins)) is not None
    ]
    if ignored:
        raise UpstreamChanged(
            f"{SERVICE} gave rows that were not asked for: it seems to ignore {', '.join(ignored)}.",
            remedy="Run `tradestat-mcp doctor`; the service may have changed, and a newer version may know it.",
            source=SOURCE_ID,
        )
    return page


def _shown(codes: str) -> str:
    first = codes.split(",")
    return ",".join(first[:_SHOWN]) + (",..." if len(first) > _SHOWN else "")


def _stranger(rows: Sequence[Row], name: str, codes: Sequence[str], *, begins: bool) -> str | None:
    """The first value of a field that was not asked for. A row that leaves the field out is not held against it."""
    if name == "cmdCode" and begins:
        return next((row.cmdCode for row in rows if not row.cmdCode.startswith(tuple(codes))), None)
    if name == "cmdCode":
        return _strange_product(rows, codes)
    if name == "clCode":
        return _strange_family(rows, codes[0])
    wanted = {_bare(code) for code in codes}
    values = (getattr(row, name) for row in rows)
    return next((value for value in values if value is not None and _bare(value) not in wanted), None)


def _bare(code: str) -> str:
    """A code without the zeros before a number: area 32 is also written 032."""
    number = _NUMBER.fullmatch(code)
    return number[1] if number else code.upper()


def _strange_product(rows: Sequence[Row], codes: Sequence[str]) -> str | None:
    """AG2, AG4 and so on stand for every code of a level: of so many digits in HS and SITC, by `aggrLevel` in BEC."""
    levels = {int(found[1]) for code in codes if (found := _LEVEL.fullmatch(code))}
    wanted = {code.upper() for code in codes}
    return next(
        (
            row.cmdCode
            for row in rows
            if row.cmdCode.upper() not in wanted and len(row.cmdCode) not in levels and row.aggrLevel not in levels
        ),
        None,
    )


def _strange_family(rows: Sequence[Row], classification: str) -> str | None:
    """HS, SITC, BEC or EBOPS. The edition is not compared: clCode=HS brings each row in the one it was reported in."""
    editions = (row.classificationCode for row in rows)
    return next((edition for edition in editions if edition and edition[0] != classification[0]), None)


PERIODS_A_CALL = 12
"""Periods that one keyed call takes (the service's documentation, autumn 2026); the preview takes one."""

KEYED, PREVIEW = "data/v1/get", "public/v1/preview"
"""Where trade data is asked for, with a key and without; tariff lines at the same with `Tariffline` behind (the
service's own Python client and documentation, autumn 2026)."""

OPEN = Freshness(fresh=3 * DAY)
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


def periods_a_call(context: Context) -> int:
    """How many periods one call takes: 12 with a key, 1 without."""
    return PERIODS_A_CALL if context.settings.of(ComtradeSettings).comtrade_api_key is not None else 1


def chunks(span: Sequence[Period], size: int) -> list[tuple[Period, ...]]:
    """The periods in runs of one call each."""
    return [tuple(span[at : at + size]) for at in range(0, len(span), size)]


def is_cut(page: Page, limit: int) -> bool:
    """Whether rows may be missing from an answer, because as many came as were allowed or the service counts more."""
    return len(page.rows) >= limit or page.withheld > 0


def request_for(context: Context, wanted: Wanted) -> Request:
    """The call that asks the question, with the key where one is set."""
    key = context.settings.of(ComtradeSettings).comtrade_api_key
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
        url=f"{context.settings.of(ComtradeSettings).comtrade_url.rstrip('/')}/{kind}/{path}",
        params={
            **{name: ",".join(codes) for name, codes in params.items() if codes},
            "maxRecords": str(wanted.maxRecords),
            "includeDesc": "true" if wanted.describe else "false",
        },
        secret_headers={KEY_HEADER: key} if key else {},
        freshness=CLOSED if wanted.periods[-1].year <= context.today.year - CLOSED_AFTER else OPEN,
    )


async def fetch(context: Context, wanted: Wanted) -> Fetched[Page]:
    """The rows of one call.

    Raises:
        TradestatError: what the service answers, and as `read_answered`.
    """
    request = request_for(context, wanted)
    return await context.upstream.fetch(request, POLICY, _reader(request, wanted), within=context.settings.timeout)


async def count(context: Context, wanted: Wanted) -> Fetched[int]:
    """How many rows the service has for one keyed call, without bringing them.

    Raises:
        TradestatError: what the service answers.
    """
    asked = request_for(context, wanted)
    request = replace(asked, params={**asked.params, "countOnly": "true"}, freshness=RECENT)
    return await context.upstream.fetch(request, POLICY, read_count, within=context.settings.timeout)


async def stored(context: Context, questions: Sequence[Wanted]) -> list[tuple[Wanted, Page]]:
    """Those of the questions that have a good stored answer, with it; nothing is sent."""
    requests = [(request_for(context, wanted), wanted) for wanted in questions]
    missing = await in_thread(partial(context.upstream.to_send, [request for request, _ in requests]))
    missing_keys = {request.key for request in missing}
    found: list[tuple[Wanted, Page]] = []
    for request, wanted in requests:
        if request.key not in missing_keys:
            kept = await context.upstream.stored(request, POLICY, _reader(request, wanted))
            if kept is not None:
                found.append((wanted, kept.value))
    return found


def _reader(request: Request, wanted: Wanted) -> "partial[Page]":
    path = {"typeCode": wanted.typeCode, "freqCode": wanted.freqCode, "clCode": wanted.clCode}
    return partial(read_answered, asked={**path, **request.params}, begins=wanted.tariff_line)
