"""Trade Map as parse.bot serves it: catalogue entry, eight endpoints, credits.

Assumed where the service's form is not known: the lists of `get_country_groups`, `get_products_hs` and
`get_services_ebops` are called `groups`, `products` and `services`; `get_coverage` lists `coverage`; the catalogue
entry has its endpoints under `endpoints`; a period without a report has `value: null`; the indicators' reference
year is `period_to`; refusals before the target site is reached are free, failures after it cost the endpoint's price.
A `page_size` above the cap falls back to 25 records, which `nbRecordPerPage` and `nbPages` tell.
"""

import json
import math
from collections.abc import Callable
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tradestat_sandbox.services.trademap.lists import (
    countries,
    country_groups,
    coverage,
    products_hs,
    services_ebops,
)
from tradestat_sandbox.services.trademap.series import InvalidInput, indicators, series
from tradestat_sandbox.serving import admit, in_thread
from tradestat_sandbox.settings import CATALOGUE_ID
from tradestat_sandbox.state import State

_FALLBACK_PAGE = 25
_FREE = frozenset({400, 401, 404, 429})

_GOODS: dict[str, tuple[str, str]] = {
    "country": ("string", "3-digit reporter code; 000 is not supported"),
    "partner": ("string", "3-digit partner code, 000 for all partners, or a country group id"),
    "product": ("string", "HS code or ALL"),
    "by": ("string", "byProduct or byCountry"),
    "hs_level": ("integer", "2, 4 or 6"),
    "trade_flow": ("string", "I, E, RE or TB"),
}
_PAGES: dict[str, tuple[str, str]] = {
    "page": ("integer", "page number, from 1"),
    "page_size": ("integer", "records a page, at most 500"),
    "sort_by": ("string", "period or indicator to sort by"),
    "sort_dir": ("string", "desc or asc"),
}
_SPAN: dict[str, tuple[str, str]] = {"period_from": ("integer", "first year"), "period_to": ("integer", "last year")}
_SERVICES = {name: value for name, value in _GOODS.items() if name not in ("product", "hs_level")} | {
    "service": ("string", "EBOPS code or ALL"),
    "by": ("string", "byService or byCountry"),
}
ENDPOINTS: dict[str, dict[str, tuple[str, str]]] = {
    "get_countries": {},
    "get_country_groups": {},
    "get_products_hs": {},
    "get_services_ebops": {},
    "goods_time_series": _GOODS | _SPAN | _PAGES,
    "goods_trade_indicators": _GOODS
    | {"period_to": ("integer", "reference year"), "indicators": ("string", "comma-separated indicator codes")}
    | _PAGES,
    "services_time_series": _SERVICES | _SPAN | _PAGES,
    "get_coverage": {"data_type": ("string", "goods or services")},
}


def routes(sandbox: State) -> list[Route]:
    """The scraper's endpoints and its catalogue entry."""

    async def scraper(request: Request) -> JSONResponse:
        return await _call(sandbox, request)

    async def catalogue(request: Request) -> JSONResponse:
        if request.path_params["api_id"] != CATALOGUE_ID:
            return JSONResponse({"detail": "Not found"}, 404)
        return JSONResponse(_catalogue(sandbox))

    return [
        Route("/scraper/{scraper_id}/{endpoint}", scraper, methods=["GET", "POST"]),
        Route("/marketplace/apis/{api_id}", catalogue),
    ]


def charge(sandbox: State, status: int, endpoint: str, charged: int | None = None) -> dict[str, str]:
    """Books an answer's credits and returns its credit headers; the remaining figure is wrong, as the service's is."""
    if charged is None:
        charged = 0 if status in _FREE else sandbox.settings.trademap_prices.get(endpoint, 1)
    sandbox.credits_charged += charged
    left = sandbox.settings.trademap_credits - sandbox.credits_charged
    return {"x-credits-charged": str(charged), "x-credits-remaining": str(left + 3 + len(sandbox.calls) % 5)}


def _failure(
    status: int, kind: str | None, message: str, credit: dict[str, str], retry_after: float | None = None
) -> JSONResponse:
    wait = None if retry_after is None else math.ceil(retry_after)
    error: dict[str, Any] = {
        "status": kind,
        "message": message,
        "upstream_status_code": None,
        "snippet": None,
        "url": None,
        "retry_after": wait,
    }
    headers = credit | ({} if wait is None else {"retry-after": str(wait)})
    return JSONResponse({"error": error, "status_code": status}, status, headers)


async def _call(sandbox: State, request: Request) -> JSONResponse:
    settings = sandbox.settings
    endpoint = request.path_params["endpoint"]
    free = charge(sandbox, 400, endpoint)
    if request.headers.get("x-api-key") != sandbox.keys.trademap:
        return _failure(401, None, "Missing or invalid API key", free)
    if request.path_params["scraper_id"] != settings.trademap_scraper_id or endpoint not in ENDPOINTS:
        return _failure(404, None, "Scraper or endpoint not found", free)
    if sandbox.credits_charged + settings.trademap_prices.get(endpoint, 1) > settings.trademap_credits:
        return _failure(429, None, "Monthly credit limit reached", free)
    if refused := admit(sandbox, "trademap"):
        return _failure(429, None, "Rate limit exceeded", free, refused[1])
    given: dict[str, str] = dict(request.query_params)
    if request.method == "POST":
        try:
            posted: object = json.loads(await request.body() or b"{}")
        except ValueError:
            posted = None
        if not isinstance(posted, dict):
            return _failure(400, None, "Request body is not a JSON object", free)
        given |= {name: str(value) for name, value in cast("dict[str, object]", posted).items()}
    # Parameters of other names are ignored, as the service does.
    arguments = {name: given[_wire(sandbox, name)] for name in ENDPOINTS[endpoint] if _wire(sandbox, name) in given}
    credit = charge(sandbox, 200, endpoint)  # before the work, lest two calls be let through for the last credit

    def answer() -> JSONResponse:
        try:
            data = _ANSWERS[endpoint](sandbox, arguments)
        except InvalidInput as problem:
            return _failure(422, "stale_input", str(problem), credit)
        body = data if settings.trademap_envelope == "bare" else {"status": "success", "data": data}
        return JSONResponse(body, headers=credit)

    return await in_thread(answer)


def _wire(sandbox: State, name: str) -> str:
    return sandbox.settings.trademap_names.get(name, name)


def _catalogue(sandbox: State) -> dict[str, Any]:
    return {
        "id": CATALOGUE_ID,
        "name": "beta.trademap.org API",
        "scraper_id": sandbox.settings.trademap_scraper_id,
        "endpoints": [
            {
                "endpoint_name": endpoint,
                "method": "GET",
                "input_params": {
                    _wire(sandbox, name): {"type": kind, "description": text}
                    for name, (kind, text) in parameters.items()
                },
                "price": sandbox.settings.trademap_prices.get(endpoint, 1),
            }
            for endpoint, parameters in ENDPOINTS.items()
        ],
    }


def _paged(sandbox: State, arguments: dict[str, str], records: list[dict[str, Any]]) -> dict[str, Any]:
    size = _whole(arguments, "page_size", _FALLBACK_PAGE)
    if not 1 <= size <= sandbox.settings.trademap_page_cap:
        size = _FALLBACK_PAGE
    page = max(1, _whole(arguments, "page", 1))
    return {
        "nbRecords": len(records),
        "page": page,
        "nbRecordPerPage": size,
        "nbPages": math.ceil(len(records) / size),
        "records": records[(page - 1) * size : page * size],
    }


def _whole(arguments: dict[str, str], name: str, default: int) -> int:
    try:
        return int(arguments.get(name, default))
    except ValueError:
        raise InvalidInput(f"{name} must be a whole number") from None


def _series(sandbox: State, arguments: dict[str, str], *, services: bool) -> dict[str, Any]:
    records, aggregates, sources = series(sandbox.world, arguments, services=services)
    return _paged(sandbox, arguments, records) | {"aggregateRecords": aggregates, "sources": sources}


def _indicators(sandbox: State, arguments: dict[str, str]) -> dict[str, Any]:
    year, records, aggregates, sources = indicators(sandbox.world, arguments)
    page = _paged(sandbox, arguments, records)
    return {"refYear": year, **page, "aggregateRecords": aggregates, "sources": sources}


def _coverage(sandbox: State, arguments: dict[str, str]) -> dict[str, Any]:
    kind = arguments.get("data_type", "goods")
    if kind not in ("goods", "services"):
        raise InvalidInput("data_type must be goods or services")
    return coverage(sandbox.world, services=kind == "services")


_ANSWERS: dict[str, Callable[[State, dict[str, str]], dict[str, Any]]] = {
    "get_countries": lambda sandbox, _: countries(sandbox.world),
    "get_country_groups": lambda _, __: country_groups(),
    "get_products_hs": lambda _, __: products_hs(),
    "get_services_ebops": lambda _, __: services_ebops(),
    "goods_time_series": lambda sandbox, arguments: _series(sandbox, arguments, services=False),
    "goods_trade_indicators": _indicators,
    "services_time_series": lambda sandbox, arguments: _series(sandbox, arguments, services=True),
    "get_coverage": _coverage,
}
