"""UN Comtrade: preview without a key, data and tariff lines with one, reference lists.

Assumed where the service's form is not known: a preview of several periods answers with no rows, as other wrong
parameters do; a question without `period` likewise; `cmdCode` also takes AG2, AG4, AG6 and TOTAL;
`breakdownMode=classic` asks for totals only; the descriptions are null without `includeDesc`; tariff lines are the
national codes of China and Korea and the subheadings of everyone else; the codes of `ModeOfSupply` but its total.
"""

import json
import math
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tradestat_tools.sandbox.aside import aside
from tradestat_tools.sandbox.control import admit
from tradestat_tools.sandbox.services.comtrade_lists import reference
from tradestat_tools.sandbox.services.comtrade_question import WrongParameter, question
from tradestat_tools.sandbox.services.comtrade_rows import rows

if TYPE_CHECKING:
    from tradestat_tools.sandbox import Sandbox

PREVIEW_ROWS = 500
FULL_ROWS = 100_000
_BOM = b"\xef\xbb\xbf"


def routes(sandbox: "Sandbox") -> list[Route]:
    """Preview, data, tariff lines and reference files."""

    async def preview(request: Request) -> Response:
        return _limited(sandbox) or await aside(lambda: _data(sandbox, request, PREVIEW_ROWS))

    async def full(request: Request) -> Response:
        key = request.headers.get("ocp-apim-subscription-key") or request.query_params.get("subscription-key")
        if not key:
            text = "Access denied due to missing subscription key. Make sure to include subscription key when making "
            return _error(401, text + "requests to an API.")
        if key != sandbox.keys.comtrade:
            text = "Access denied due to invalid subscription key. Make sure to provide a valid key for an active "
            return _error(401, text + "subscription.")
        return _limited(sandbox) or await aside(lambda: _data(sandbox, request, FULL_ROWS))

    async def file(request: Request) -> Response:
        content = await aside(lambda: reference(request.path_params["name"]))
        if content is None:
            return Response("The specified resource does not exist.", 404)
        return Response(_BOM + json.dumps(content, ensure_ascii=False).encode(), media_type="application/json")

    data = "{typeCode}/{freqCode}/{clCode}"
    return [
        Route(f"/public/v1/preview/{data}", preview),
        Route(f"/public/v1/previewTariffline/{data}", preview),
        Route(f"/data/v1/get/{data}", full),
        Route(f"/data/v1/getTariffline/{data}", full),
        Route("/files/v1/app/reference/{name}.json", file),
    ]


def _error(status: int, text: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"statusCode": status, "message": text}, status, headers)


def _limited(sandbox: "Sandbox") -> JSONResponse | None:
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


def _data(sandbox: "Sandbox", request: Request, most: int) -> JSONResponse:
    started = perf_counter()
    path, query = request.path_params, dict(request.query_params)
    tariff_line = "ariffline" in request.url.path
    text = query.get("maxRecords", "")
    limit = min(most, int(text)) if text.isdecimal() and int(text) else most
    try:
        asked = question(
            (path["typeCode"], path["freqCode"], path["clCode"]),
            query,
            tariff_line=tariff_line,
            one_period=most == PREVIEW_ROWS,
        )
        found = list(islice(rows(sandbox.world, asked), limit))
    except WrongParameter:
        found = []
    elapsed = f"{perf_counter() - started:.2f} secs"
    return JSONResponse({"elapsedTime": elapsed, "count": len(found), "data": found, "error": ""})
