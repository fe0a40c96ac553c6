"""UN Comtrade: preview without a key, data and tariff lines with one, what is held, tables with a key, reference lists.

Assumed where the service's form is not known: a preview of several periods answers with no rows, as other wrong
parameters do; a question without `period` likewise; `cmdCode` also takes AG2, AG4, AG6 and TOTAL;
`breakdownMode=classic` asks for totals only; the descriptions are null without `includeDesc`; what is held and its
notes are cut by `reporterCode` and `period` and by nothing else; tariff lines are the national codes of China and Korea
and the subheadings of everyone else; the codes of `ModeOfSupply` but its total; the words of what is refused under
`details`, and that every unknown clCode is refused as BE5 is.
"""

import json
import math
from collections.abc import Mapping, Sequence
from itertools import islice
from time import perf_counter
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tradestat_sandbox.services.comtrade.fields import record
from tradestat_sandbox.services.comtrade.holdings import dataset, described, holdings, loaded_lately
from tradestat_sandbox.services.comtrade.lists import reference
from tradestat_sandbox.services.comtrade.question import Refused, WrongParameter, parameters, question
from tradestat_sandbox.services.comtrade.rows import rows
from tradestat_sandbox.services.comtrade.tables import balance, bilateral, matrix
from tradestat_sandbox.serving import admit, in_thread
from tradestat_sandbox.state import State

PREVIEW_ROWS = 500
FULL_ROWS = 100_000
_NO_FILE = (
    '<?xml version="1.0" encoding="utf-8"?><Error><Code>BlobNotFound</Code>'
    "<Message>The specified blob does not exist.</Message></Error>"
)
# What stands for the rows where they were only counted, as another client's authors recorded it on 2026-10-23.
_PLACEHOLDER = {
    name: type(value)() if isinstance(value, int | float) else None for name, value in record(describe=True).items()
}
_BOM = b"\xef\xbb\xbf"


def routes(sandbox: State) -> list[Route]:
    """Preview, data, tariff lines and reference files."""

    async def preview(request: Request) -> Response:
        return _limited(sandbox) or await in_thread(lambda: _data(sandbox, request, PREVIEW_ROWS))

    async def full(request: Request) -> Response:
        if refused := _refused(sandbox, request):
            return refused
        if request.path_params["clCode"] == "H6" and "/get/" in request.url.path:
            # Every try failed on 2026-10-23; HS gives the same rows, and the other editions are answered.
            return _error(500, "Internal server error")
        return await in_thread(lambda: _data(sandbox, request, FULL_ROWS))

    async def listing(request: Request) -> Response:
        keyed = request.url.path.startswith("/data/")
        refused = _refused(sandbox, request) if keyed else _limited(sandbox)
        return refused or await in_thread(lambda: _listing(sandbox, request))

    async def table(request: Request) -> Response:
        return _refused(sandbox, request) or await in_thread(lambda: _table(sandbox, request))

    async def file(request: Request) -> Response:
        content = await in_thread(lambda: reference(request.path_params["name"]))
        if content is None:
            return Response(_NO_FILE, 404, media_type="application/xml")
        return Response(_BOM + json.dumps(content, ensure_ascii=False).encode(), media_type="application/json")

    data = "{typeCode}/{freqCode}/{clCode}"
    return [
        Route(f"/public/v1/preview/{data}", preview),
        Route(f"/public/v1/previewTariffline/{data}", preview),
        Route(f"/data/v1/get/{data}", full),
        Route(f"/data/v1/getTariffline/{data}", full),
        *(
            Route(f"/{door}/v1/{name}/{data}", listing)
            for door in ("public", "data")
            # Clients in use write these both ways.
            for name in ("getDA", "getDa", "getDATariffline", "getDaTariffline", "getMetadata")
        ),
        Route("/data/v1/getLiveUpdate", listing),
        Route("/data/v1/getTradeMatrix/{typeCode}/{freqCode}/TM", table),
        Route(f"/tools/v1/getTradeBalance/{data}", table),
        Route(f"/tools/v1/getBilateralData/{data}", table),
        Route("/files/v1/app/reference/{name}.json", file),
    ]


def _error(status: int, text: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"statusCode": status, "message": text}, status, headers)


def _refused(sandbox: State, request: Request) -> JSONResponse | None:
    key = request.headers.get("ocp-apim-subscription-key") or request.query_params.get("subscription-key")
    if not key:
        text = "Access denied due to missing subscription key. Make sure to include subscription key when making "
        return _error(401, text + "requests to an API.")
    if key != sandbox.keys.comtrade:
        text = "Access denied due to invalid subscription key. Make sure to provide a valid key for an active "
        return _error(401, text + "subscription.")
    return _limited(sandbox)


def _limited(sandbox: State) -> JSONResponse | None:
    if every := sandbox.settings.comtrade_refuses_every:
        calls = sandbox.counters["comtrade_calls"] = sandbox.counters.get("comtrade_calls", 0) + 1
        if calls % every == 0:
            return _error(429, "Rate limit is exceeded. Try again in 1 seconds.", {"retry-after": "1"})
    refused = admit(sandbox, "comtrade")
    if refused is None:
        return None
    kind, wait = refused
    seconds = math.ceil(wait)
    if kind == "rate":
        text = f"Rate limit is exceeded. Try again in {seconds} seconds."
        return _error(429, text, {"retry-after": str(seconds)})
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return _error(403, f"Out of call volume quota. Quota will be replenished in {clock}.")


def _data(sandbox: State, request: Request, most: int) -> JSONResponse:
    started = perf_counter()
    path, query = request.path_params, parameters(request.query_params.items())
    tariff_line = "ariffline" in request.url.path
    text = query.get("maxrecords", "")
    limit = min(most, int(text)) if text.isdecimal() and int(text) else most
    try:
        asked = question(
            (path["typeCode"], path["freqCode"], path["clCode"]),
            query,
            tariff_line=tariff_line,
            one_period=most == PREVIEW_ROWS,
        )
        if query.get("countonly", "").lower() == "true":
            return _answer(started, _PLACEHOLDER, sum(1 for _ in rows(sandbox.world, asked)))
        found = list(islice(rows(sandbox.world, asked), limit))
    except WrongParameter:
        found = []
    except Refused as refused:
        return _bad_request(refused)
    return _answer(started, found)


def _bad_request(refused: Refused) -> JSONResponse:
    error, detail = refused.args
    return JSONResponse({"error": error, "details": [{"errorMessage": detail}]}, 400)


def _listing(sandbox: State, request: Request) -> JSONResponse:
    """What is held, its notes, or what was loaded lately."""
    started = perf_counter()
    path, query = request.path_params, parameters(request.query_params.items())
    name = request.url.path.split("/")[3]
    if name == "getLiveUpdate":
        return _answer(started, *loaded_lately(sandbox.world))
    kind = (path["typeCode"], path["freqCode"], path["clCode"])
    reporters, periods = (set(filter(None, query.get(one, "").split(","))) for one in ("reportercode", "period"))
    held = [
        one
        for one in holdings(sandbox.world, kind)
        if (not reporters or str(one.reporter.comtrade) in reporters) and (not periods or one.period in periods)
    ]
    if name == "getMetadata":
        return _answer(started, [described(sandbox.world, one) for one in held])
    return _answer(started, [dataset(one, tariff_line=name.lower() == "getdatariffline") for one in held])


def _table(sandbox: State, request: Request) -> JSONResponse:
    """The matrix, or exports beside imports, or a flow beside its mirror."""
    started = perf_counter()
    path, query = request.path_params, parameters(request.query_params.items())
    try:
        if "getTradeMatrix" in request.url.path:
            return _answer(started, list(matrix(sandbox.world, query)))
        make = balance if "getTradeBalance" in request.url.path else bilateral
        kind = (path["typeCode"], path["freqCode"], path["clCode"])
        return _answer(started, list(make(sandbox.world, kind, query)))
    except WrongParameter:
        return _answer(started, [])
    except Refused as refused:
        return _bad_request(refused)


def _answer(
    started: float, found: Sequence[Mapping[str, Any]] | Mapping[str, Any], count: int | None = None
) -> JSONResponse:
    elapsed = f"{perf_counter() - started:.2f} secs"
    return JSONResponse(
        {"elapsedTime": elapsed, "count": len(found) if count is None else count, "data": found, "error": ""}
    )
