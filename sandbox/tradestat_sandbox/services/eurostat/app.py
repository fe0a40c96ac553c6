"""Eurostat Comext: SDMX 2.1, answers as CSV, at once or from a queue, and faults as XML.

Assumed where the service's form is not known: the state of a queued answer comes in the envelope of the queue; a year
has figures once its December is out; a constraint lists codes that the world has; both data sets have the same
dimensions. What a reporter keeps confidential is under a secret partner (QY within the EU, QZ outside) and its own
product here; how the service parts it is not known. The world has 18 of the 27 members; the others report nothing.
"""

import gzip
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tradestat_sandbox.chance import mix
from tradestat_sandbox.economies import ECONOMIES
from tradestat_sandbox.flows import FIRST_YEAR
from tradestat_sandbox.observers import Flow, Month
from tradestat_sandbox.products import (
    NES_INDEX,
    all_hs,
    codes_of,
)
from tradestat_sandbox.services.eurostat.figures import MEMBERS, Sum, Wanted, cn_codes, figures
from tradestat_sandbox.serving import admit, in_thread
from tradestat_sandbox.state import State
from tradestat_sandbox.world import World

_NEIGHBOURS = ("CH", "NO", "TR", "UA")
_UNIONS = ("EU27_2020", "EU", "EA", "EA21")
_SUMS = ("WORLD", "EXT_EU27_2020", "INT_EU27_2020", "EXT_EU", "INT_EU", "EXT_EA", "INT_EA")
_OLDER_SUMS = {
    **{"EXT_EU27_2020": "EU27_2020_EXTRA", "INT_EU27_2020": "EU27_2020_INTRA", "EXT_EU": "EU_EXTRA"},
    **{"INT_EU": "EU_INTRA", "EXT_EA": "EUROZONE_EXTRA", "INT_EA": "EUROZONE_INTRA", "EA": "EUROZONE"},
}
_NOT_COUNTRIES = ("QP", "QQ", "QR", "QS", "QU", "QV", "QW", "QX", "QY", "QZ", "XC", "XL", "XI", "XU", "XS", "XK", "NU")


@dataclass(frozen=True, slots=True)
class _Dataset:
    reporters: tuple[str, ...]
    indicators: tuple[str, ...]
    deepest: int


_DATASETS = {
    "DS-045409": _Dataset(
        (*MEMBERS, "GB", *_UNIONS), ("QUANTITY_IN_100KG", "SUPPLEMENTARY_QUANTITY", "VALUE_IN_EUROS"), 8
    ),
    "DS-059341": _Dataset((*MEMBERS, *_NEIGHBOURS, "EU27_2020"), ("QUANTITY_KG", "VALUE_EUR", "VALUE_NAC"), 6),
}
_DIMENSIONS = ("freq", "reporter", "partner", "product", "flow", "indicators")
_HEADER = "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE\r\n"
_FLOWS: dict[str, Flow] = {"1": "M", "2": "X"}


class _Fault(Exception):
    """HTTP status, code and words of a fault."""


def routes(sandbox: State) -> list[Route]:
    """The data, the constraints and the queue."""

    async def data(request: Request) -> Response:
        return _refused(sandbox) or await in_thread(lambda: _guarded(lambda: _data(sandbox, request)))

    async def constraint(request: Request) -> Response:
        return _refused(sandbox) or await in_thread(lambda: _guarded(lambda: _constraint(sandbox, request)))

    async def status(request: Request) -> Response:
        return _guarded(lambda: _status(sandbox, request.path_params["number"]))

    async def prepared(request: Request) -> Response:
        number = request.path_params["number"]
        return await in_thread(lambda: _guarded(lambda: _prepared(sandbox, number)))

    return [
        Route("/sdmx/2.1/data/{dataset}/{key:path}", data),
        Route("/sdmx/2.1/contentconstraint/ESTAT/{dataset}", constraint),
        Route("/1.0/async/status/{number}", status),
        Route("/1.0/async/data/{number}", prepared),
    ]


def _refused(sandbox: State) -> Response | None:
    refused = admit(sandbox, "eurostat")
    return Response("Too many requests", 429, {"retry-after": f"{refused[1]:.0f}"}) if refused else None


def _guarded(answer: Callable[[], Response]) -> Response:
    try:
        return answer()
    except _Fault as fault:
        status, code, words = fault.args
        head = '<?xml version="1.0" encoding="UTF-8"?><S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">'
        text = f"{head}<faultcode>{code}</faultcode><faultstring>{escape(words, quote=False)}</faultstring></S:Fault>"
        return Response(text, status, media_type="application/xml")


# --- questions -------------------------------------------------------------------------------------


def _codes(world: World, dataset: str) -> dict[str, tuple[str, ...]]:
    """Every code of every dimension, under the names of today."""
    known = _DATASETS[dataset]
    partners = (*_SUMS, *(economy.iso2 for economy in ECONOMIES), *MEMBERS, *_NOT_COUNTRIES)
    return {
        "freq": ("A", "M"),
        "reporter": known.reporters,
        "partner": tuple(dict.fromkeys(partners)),
        "product": ("TOTAL", *_products(known.deepest)),
        "flow": tuple(_FLOWS),
        "indicators": known.indicators,
        "TIME_PERIOD": tuple(_period(month) for month in _months(world)),
    }


@lru_cache(maxsize=2)
def _products(deepest: int) -> tuple[str, ...]:
    known = {code for code in all_hs() if code.isdecimal()}
    known |= {code for digits in (2, 4, 6) for code in codes_of(digits)}
    if deepest == 8:
        known |= {
            code for index in range(NES_INDEX) for year in range(FIRST_YEAR, 2100) for code in cn_codes(index, year)
        }
    return tuple(sorted(known))


def _named(sandbox: State, code: str) -> str:
    """A code as the service calls it at the time."""
    return _OLDER_SUMS.get(code, code) if sandbox.settings.eurostat_names == "older" else code


def _question(sandbox: State, dataset: str, key: str) -> dict[str, tuple[str, ...]]:
    """The codes wanted of each dimension, all of one that is left empty."""
    if dataset not in _DATASETS:
        raise _Fault(404, 100, f"ERR_NOT_FOUND_2: DATA_SET:{dataset} is not available for dissemination.")
    parts = key.split(".")
    if len(parts) != len(_DIMENSIONS):
        raise _Fault(400, 140, "INVALID_QUERY_NB_FILTERS: Incorrect number of filters")
    if not any(parts):
        raise _Fault(
            413,
            413,
            "EXTRACTION_TOO_BIG_COMEXT: The requested extraction is too big. Full extraction of COMEXT datasets is "
            "forbidden, please add filters to reduce the extraction size",
        )
    known = _codes(sandbox.world, dataset)
    wanted: dict[str, tuple[str, ...]] = {}
    for name, part in zip(_DIMENSIONS, parts, strict=True):
        today = {_named(sandbox, code): code for code in known[name]}
        asked = part.split("+") if part else [*today]
        if strange := [code for code in asked if code not in today]:
            raise _Fault(
                400,
                150,
                "INVALID_QUERY_DIMENSION_VALUE: Query is invalid as per its structure's definition. The following "
                f"values for dimension are not allowed: {name.upper()}={','.join(strange)}.",
            )
        wanted[name] = tuple(dict.fromkeys(today[code] for code in asked))
    return wanted


def _months(world: World) -> list[Month]:
    """Every month that is out."""
    last = world.eurostat_last
    return [(year, month) for year in range(FIRST_YEAR, last[0] + 1) for month in range(1, 13) if (year, month) <= last]


def _periods(world: World, query: dict[str, str], freqs: Sequence[str]) -> list[tuple[str, str, list[Month]]]:
    """(freq, period, its months), from startPeriod to endPeriod."""
    ends = [query.get(name, "") for name in ("startPeriod", "endPeriod")]
    if any(end and not re.fullmatch(r"\d{4}(-\d{2})?", end) for end in ends):
        raise _Fault(400, 150, f"INVALID_QUERY_TIME: {ends[0]} to {ends[1]}")
    start, end = ends[0] or "0", ends[1] or "9999"
    found: list[tuple[str, str, list[Month]]] = []
    months = _months(world)
    for year in sorted({month[0] for month in months}):
        mine = [month for month in months if month[0] == year]
        if "A" in freqs and len(mine) == 12 and start[:4] <= str(year) <= end[:4]:
            found.append(("A", str(year), mine))
        if "M" in freqs:
            for month in mine:
                if (
                    start[: 7 if "-" in start else 4] <= _period(month)[: len(start)]
                    and _period(month)[: len(end)] <= end
                ):
                    found.append(("M", _period(month), [month]))
    return sorted(found)


def _period(month: Month) -> str:
    return f"{month[0]}-{month[1]:02d}"


def _data(sandbox: State, request: Request) -> Response:
    dataset, key = request.path_params["dataset"], request.path_params["key"].strip("/")
    wanted = _question(sandbox, dataset, key)
    periods = _periods(sandbox.world, dict(request.query_params), wanted["freq"])
    cells = len(periods)
    for name in _DIMENSIONS[1:]:
        cells *= len(wanted[name])
    if cells > sandbox.settings.eurostat_most:
        raise _Fault(
            413,
            413,
            f"EXTRACTION_TOO_BIG: The requested extraction is too big, estimated {cells} rows, max authorised is "
            f"{sandbox.settings.eurostat_most}, please change your filters to reduce the extraction size",
        )
    if cells > sandbox.settings.eurostat_at_once:
        number = str(UUID(int=mix(*key.encode(), *str(request.url.query).encode()) << 64 | mix(cells)))
        queue = sandbox.counters.setdefault("eurostat queue", {})
        queue[number] = [0, (dataset, wanted, periods)]
        return _envelope(number, "SUBMITTED")
    return _csv(sandbox, dataset, wanted, periods)


def _envelope(number: str, state: str) -> Response:
    text = (
        '<?xml version="1.0" encoding="UTF-8" ?>\n'
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Header/><env:Body>'
        '<ns0:syncResponse xmlns:ns0="http://estat.ec.europa.eu/disschain/soap/extraction"><processingTime>92'
        f"</processingTime><queued><id>{number}</id><status>{state}</status></queued></ns0:syncResponse></env:Body>"
        "</env:Envelope>"
    )
    return Response(text, media_type="application/xml")


def _status(sandbox: State, number: str) -> Response:
    waiting = sandbox.counters.get("eurostat queue", {}).get(number)
    if waiting is None:
        return _envelope(number, "EXPIRED")
    waiting[0] += 1
    return _envelope(number, "AVAILABLE" if waiting[0] > sandbox.settings.eurostat_polls else "PROCESSING")


def _prepared(sandbox: State, number: str) -> Response:
    waiting = sandbox.counters.get("eurostat queue", {}).get(number)
    if waiting is None or waiting[0] <= sandbox.settings.eurostat_polls:
        raise _Fault(404, 100, f"ERR_NOT_FOUND_4: {number} is not available for dissemination.")
    return _csv(sandbox, *waiting[1])


# --- answers ---------------------------------------------------------------------------------------


def _updated(world: World) -> date:
    """The day on which the newest month came out."""
    year, month = world.eurostat_last
    return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 15)


def _csv(
    sandbox: State, dataset: str, wanted: dict[str, tuple[str, ...]], periods: list[tuple[str, str, list[Month]]]
) -> Response:
    head = f"ESTAT:{dataset}(1.0),{_updated(sandbox.world):%d/%m/%y} 11:00:00"
    partners = frozenset(wanted["partner"])
    lines: list[tuple[str, ...]] = []
    for reporter in wanted["reporter"]:
        for product in wanted["product"]:
            for flow in wanted["flow"]:
                for freq, period, months in periods:
                    wanted_one = Wanted(reporter, _FLOWS[flow], product, months)
                    sums = figures(sandbox.world, wanted_one, partners, sandbox.settings.eurostat_kingdom)
                    for partner, held in sums.items():
                        at = (freq, _named(sandbox, reporter), _named(sandbox, partner), product, flow)
                        lines += [(*at, one, period, text) for one, text in _texts(held, wanted["indicators"])]
    body = (_HEADER + "".join(f"{head},{','.join(line)}\r\n" for line in sorted(lines))).encode()
    packed = len(body) > sandbox.settings.eurostat_gzip_from
    return Response(gzip.compress(body, mtime=0) if packed else body, media_type="application/vnd.sdmx.data+csv")


def _texts(held: Sum, indicators: Sequence[str]) -> Iterator[tuple[str, str]]:
    for one in indicators:
        if one in ("VALUE_IN_EUROS", "VALUE_EUR"):
            yield one, str(held.euros)
        elif one == "QUANTITY_IN_100KG":
            yield one, f"{held.kg // 100}.{held.kg % 100:02d}"
        elif one == "QUANTITY_KG":
            yield one, f"{held.kg}.00"
        elif one == "SUPPLEMENTARY_QUANTITY" and held.pieces is not None:
            yield one, f"{held.pieces}.00"


def _constraint(sandbox: State, request: Request) -> Response:
    dataset = request.path_params["dataset"]
    if dataset not in _DATASETS:
        raise _Fault(404, 100, f"ERR_NOT_FOUND_2: DATA_SET:{dataset} is not available for dissemination.")
    regions = "".join(
        f'<c:KeyValue id="{name}">'
        + "".join(f"<c:Value>{_named(sandbox, code)}</c:Value>" for code in codes)
        + "</c:KeyValue>"
        for name, codes in _codes(sandbox.world, dataset).items()
    )
    root = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
    text = (
        f"<?xml version='1.0' encoding='UTF-8'?><m:Structure xmlns:m=\"{root}/message\" xmlns:s=\"{root}/structure\" "
        f'xmlns:c="{root}/common"><m:Structures><s:Constraints><s:ContentConstraint agencyID="ESTAT" id="{dataset}" '
        f'type="Actual" version="1.0"><s:CubeRegion include="true">{regions}</s:CubeRegion></s:ContentConstraint>'
        "</s:Constraints></m:Structures></m:Structure>"
    )
    return Response(text, media_type="application/xml")
