"""Whether the live service still answers as assumed: forms, units, percentages."""

from collections.abc import AsyncIterator
from functools import partial
from typing import TypeVar

from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Check
from tradestat_tools.model.errors import NoData, TradestatError
from tradestat_tools.sources.doumaotong.answers.rankings import MarketsData
from tradestat_tools.sources.doumaotong.answers.totals import DashboardData
from tradestat_tools.sources.doumaotong.api import ask
from tradestat_tools.sources.doumaotong.arguments import TopProductsArguments
from tradestat_tools.sources.doumaotong.wire import current, read
from tradestat_tools.sources.doumaotong.wire.envelope import BadQuestion, Shaped
from tradestat_tools.upstream import Reader

T = TypeVar("T")

PRODUCT = "850760"
"""Lithium-ion accumulators, exported every month to most countries; read as the best-selling code below it."""
COUNTRY = "133"
"""South Korea."""

CLOSE = 0.02
"""Amounts that are rounded to 亿元 and 百万元 agree this closely; a wrong unit misses by a factor of 100."""


async def checks(context: Context) -> AsyncIterator[Check]:
    """Ask for one product through every endpoint, and compare the answers with each other."""
    product, country = {"hsCode": PRODUCT}, {"countryCode": COUNTRY}
    board, line = await _try(context, "dashboard", product, partial(read.dashboard, asked=PRODUCT))
    yield _form("dashboard", board, line)
    listed, line = await _try(context, "markets", product, partial(read.markets, asked=PRODUCT))
    yield _form("markets", listed, line)
    reader = partial(read.trend, asked=PRODUCT, country=COUNTRY)
    series, line = await _try(context, "trend", product | country, reader)
    yield _form("trend", series, line)
    yield await _rankings(context)
    for name, body in (("growth", current.growth), ("priceband", current.priceband), ("chapter", current.chapter)):
        newer, line = await _try(context, name, product, partial(read.newer, name=name, asked=PRODUCT, read=body))
        yield _offered(name, newer is not None, line)
    past, line = await _try(
        context, "history", product | country, partial(read.history, asked=PRODUCT, country=COUNTRY)
    )
    yield _offered("history", past is not None, line)
    if board is None:
        return
    yield _percentages(board.data)
    month = board.data.currentMonth
    yield Check("newest month", ok=month is not None, detail=str(month or f"not found in {board.data.range!r}"))
    total = board.data.recent12mGlobalTotal
    if series is not None and (months := series.data.allDestinationsMonthly) is not None:  # 百万元 against 亿元
        newest = [value for value in months.values[-12:] if value is not None]
        yield _agree("units of trend and dashboard", sum(newest), total)
    if listed is not None and listed.shape == "current":  # the same, by the share of the largest destination
        yield _agree("units of markets and dashboard", _whole_by_share(listed.data), total)


async def _try(context: Context, name: str, params: dict[str, str], reader: Reader[T]) -> tuple[T | None, str]:
    """What came, or what went wrong in a line."""
    try:
        return (await ask(context, name, params, reader)).value, ""
    except TradestatError as error:
        return None, f"{error.kind}: {error.message}"


def _form(name: str, found: Shaped[T] | None, problem: str) -> Check:
    if found is None:
        return Check(f"{name} form", ok=False, detail=problem or "refused")
    return Check(f"{name} form", ok=True, detail=f"the {found.shape} documented form")


async def _rankings(context: Context) -> Check:
    """Whether the current form knows its own name for the ranking by amount."""
    question = TopProductsArguments(sortBy="scale").question("current") or {}
    found, problem = await _try(context, "topProducts", question, read.top_products)
    if isinstance(found, BadQuestion):
        return Check(
            "topProducts sortBy", ok=True, detail="`scale` is refused: the older form, asked again in its words"
        )
    if found is None:
        return Check("topProducts form", ok=False, detail=problem)
    amounts = [p.recent12mGlobalTotal for p in found.data if p.recent12mGlobalTotal is not None]
    if found.shape == "older":
        return Check("topProducts form", ok=True, detail="the older documented form, asked again in its words")
    sorted_ = amounts == sorted(amounts, reverse=True) and len(amounts) > 1
    detail = f"{len(found.data)} products by `scale`, {'in' if sorted_ else 'NOT in'} order of their amounts"
    return Check("topProducts sortBy", ok=sorted_, detail=detail)


def _offered(name: str, offered: bool, problem: str) -> Check:
    """Endpoints that one of the two forms does not have: both are as documented, other failures are not."""
    if problem:
        no_exports = name == "history" and problem.startswith(NoData.kind)
        return Check(f"{name} form", ok=no_exports, detail=problem)
    return Check(f"{name} form", ok=True, detail="as documented" if offered else "not offered by the form that answers")


def _percentages(board: DashboardData) -> Check:
    """A top-3 share of a product sold in 100 countries is between 3 and 100; as a fraction it would be below 1."""
    share = board.top3ConcentrationPercent
    ok = share is not None and 3 <= share <= 100
    return Check("percentages", ok=ok, detail=f"the top-3 share is {share}, {'' if ok else 'not '}plausible in percent")


def _whole_by_share(listed: MarketsData) -> float | None:
    first = listed.markets[0] if listed.markets else None
    return first.recent12mTotal / first.share * 100 if first and first.share and first.recent12mTotal else None


def _agree(name: str, one: float | None, other: float | None) -> Check:
    if not one or not other:
        return Check(name, ok=False, detail="nothing to compare")
    return Check(name, ok=abs(one / other - 1) <= CLOSE, detail=f"{one:,.0f} and {other:,.0f} yuan over 12 months")
