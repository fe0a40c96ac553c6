"""From a response to typed data: which of the two documented forms it is in is seen in the answer itself."""

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from tradestat_tools.model.errors import NoData
from tradestat_tools.sources.doumaotong.answers.rankings import MarketsData, Product
from tradestat_tools.sources.doumaotong.answers.totals import DashboardData, HistoryData, TrendData
from tradestat_tools.sources.doumaotong.wire import current, older
from tradestat_tools.sources.doumaotong.wire.envelope import (
    BadQuestion,
    NoExports,
    NotOffered,
    Shaped,
    changed,
    payload,
)
from tradestat_tools.sources.doumaotong.wire.fields import Fields, fields, once, rows
from tradestat_tools.upstream import Response

T = TypeVar("T")


def dashboard(response: Response, *, asked: str) -> Shaped[DashboardData]:
    """The dashboard of one product, in either form."""
    body = _object(response, "dashboard")
    metrics = body.sub("metrics")
    if body.has("metrics") and (metrics is None or metrics.has("amtYi")):
        return Shaped(current.dashboard(body, asked), "current")
    if body.has("recent12mGlobalTotal"):
        return Shaped(older.dashboard(body, asked), "older")
    raise changed("/skill/dashboard", "`metrics.amtYi` or `recent12mGlobalTotal`", sorted(body.raw))


def markets(response: Response, *, asked: str) -> Shaped[MarketsData]:
    """The destinations of one product, in either form."""
    body = payload(response, "/skill/markets")
    holder = fields(cast("object", body), "markets") if isinstance(body, Mapping) else Fields({}, "markets")
    if holder.has("countryTable", "top10"):
        light = current.ranking_of(holder)[0] == current.LIGHT
        return Shaped(current.markets(holder, asked), "current", light, current.lacking(holder))
    return Shaped(older.markets(holder, _rows(cast("object", body), "markets"), asked), "older")


def trend(response: Response, *, asked: str, country: str) -> Shaped[TrendData] | None:
    """The monthly series, in either form; None where only the older form's need of a country stands in the way."""
    try:
        body = _object(response, "trend")
    except BadQuestion:
        if country:
            raise
        return None
    if body.has("monthlyData"):
        found = older.trend(body, asked)
        _check_country(country, found.countryCode, "/skill/trend")
        return Shaped(found, "older")
    body.need("monthly", "monthlyData")
    return Shaped(current.trend(body, asked), "current")


def history(response: Response, *, asked: str, country: str) -> HistoryData | None:
    """24 months to one country; None where the service does not offer this (any more).

    Only the older form documents it, with one message for "no exports to this country"; any other 404 is taken to mean
    that the endpoint is gone (assumed).
    """
    try:
        body = _object(response, "history")
    except NoExports:
        raise
    except (NotOffered, NoData):
        return None
    found = older.history(body, asked, country)
    _check_country(country, found.countryCode, "/skill/history")
    return found


def top_products(response: Response) -> Shaped[list[Product]] | BadQuestion:
    """A ranking, in either form; a refusal is handed back, since the other form may know other words for the same."""
    try:
        body = payload(response, "/skill/topProducts")
    except BadQuestion as refused:
        return refused
    found = once(_rows(body, "topProducts"), "hsCode", "hs")
    if found and found[0].has("hsCode"):
        return Shaped([older.product(row, rank) for rank, row in enumerate(found, start=1)], "older")
    return Shaped([current.product(row, rank) for rank, row in enumerate(found, start=1)], "current")


def newer(response: Response, *, name: str, asked: str, read: Callable[[Fields, str], T]) -> T | None:
    """What only the current form has (growth, priceband, chapter); None where the service does not offer it (yet)."""
    try:
        body = _object(response, name)
    except NotOffered:
        return None
    return read(body, asked)


def _object(response: Response, name: str) -> Fields:
    return fields(payload(response, f"/skill/{name}"), name)


def _rows(body: object, where: str) -> list[Fields]:
    """A list of rows, standing alone or in a member."""
    if isinstance(body, list):
        return rows(cast("object", body), where)
    holder = fields(body, where)
    holder.need(*older.LISTS)
    return holder.rows(*older.LISTS) or []


def _check_country(asked: str, answered: str | None, path: str) -> None:
    """Figures of another country are worse than none."""
    if answered not in (None, asked):
        raise changed(path, f"country {asked}", f"country {answered}")
