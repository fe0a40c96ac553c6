"""From a response to typed data: which of the two documented forms it is in is seen in the answer itself."""

from collections.abc import Mapping
from typing import cast

from tradestat_tools.model.errors import NoData
from tradestat_tools.sources.doumaotong.answers import (
    ChapterData,
    DashboardData,
    GrowthData,
    HistoryData,
    MarketsData,
    PricebandData,
    Product,
    TrendData,
)
from tradestat_tools.sources.doumaotong.wire import current, older
from tradestat_tools.sources.doumaotong.wire.envelope import (
    BadQuestion,
    Fields,
    NoExports,
    NotOffered,
    Shaped,
    changed,
    fields,
    payload,
    rows,
)
from tradestat_tools.upstream import Response


def dashboard(response: Response, *, asked: str) -> Shaped[DashboardData]:
    """The dashboard of one product, in either form."""
    body = fields(payload(response, "/skill/dashboard"), "dashboard")
    metrics = body.sub("metrics")
    if body.has("metrics") and (metrics is None or metrics.has("amtYi")):
        return Shaped(current.dashboard(body, asked), "current")
    if body.has("recent12mGlobalTotal"):
        return Shaped(older.dashboard(body, asked), "older")
    raise changed("/skill/dashboard", "`metrics.amtYi` or `recent12mGlobalTotal`", sorted(body.raw))


def markets(response: Response, *, asked: str) -> Shaped[MarketsData]:
    """The destinations of one product, in either form."""
    body = payload(response, "/skill/markets")
    found = _object(body, "markets")
    if found is not None and found.has("countryTable", "top10"):
        return Shaped(current.markets(found, asked), "current")
    resolved = found.text("hsCode") if found else None
    return Shaped(older.markets(_rows(body, "markets"), resolved or asked), "older")


def trend(response: Response, *, asked: str, country: str) -> Shaped[TrendData] | None:
    """The monthly series, in either form; None where only the older form's need of a country stands in the way."""
    try:
        body = fields(payload(response, "/skill/trend"), "trend")
    except BadQuestion:
        if country:
            raise
        return None
    if body.has("monthlyData"):
        found = older.trend(body, asked)
        _check_country(country, found.countryCode, "/skill/trend")
        return Shaped(found, "older")
    if body.has("monthly"):
        return Shaped(current.trend(body, asked), "current")
    raise changed("/skill/trend", "`monthly` or `monthlyData`", sorted(body.raw))


def history(response: Response, *, asked: str, country: str) -> HistoryData | None:
    """24 months to one country; None where the service does not offer this (any more).

    Only the older form documents it, with one message for "no exports to this country"; any other 404 is taken to mean
    that the endpoint is gone (assumed).
    """
    try:
        body = fields(payload(response, "/skill/history"), "history")
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
    found = _rows(body, "topProducts")
    if found and found[0].has("hsCode"):
        return Shaped(older.products(found), "older")
    return Shaped(current.products(found), "current")


def growth(response: Response, *, asked: str) -> GrowthData | None:
    """The fastest-growing destinations; None where the service does not offer this (yet)."""
    body = _newer(response, "growth")
    return current.growth(body, asked) if body else None


def priceband(response: Response, *, asked: str) -> PricebandData | None:
    """Unit prices; None where the service does not offer this (yet)."""
    body = _newer(response, "priceband")
    return current.priceband(body, asked) if body else None


def chapter(response: Response, *, asked: str) -> ChapterData | None:
    """The chapter's headings; None where the service does not offer this (yet)."""
    body = _newer(response, "chapter")
    return current.chapter(body, asked) if body else None


def _newer(response: Response, name: str) -> Fields | None:
    try:
        return fields(payload(response, f"/skill/{name}"), name)
    except NotOffered:
        return None


def _rows(body: object, where: str) -> list[Fields]:
    """A list of rows, standing alone or in a member."""
    holder = _object(body, where)
    if holder is None:
        return rows(body, where)
    if not holder.has(*older.LISTS):
        raise changed(f"/skill/{where}", "a list of rows", sorted(holder.raw))
    return holder.rows(*older.LISTS) or []


def _object(body: object, where: str) -> Fields | None:
    return Fields(cast("Mapping[str, object]", body), where) if isinstance(body, Mapping) else None


def _check_country(asked: str, answered: str | None, path: str) -> None:
    """Figures of another country are worse than none."""
    if answered not in (None, asked):
        raise changed(path, f"country {asked}", f"country {answered}")
