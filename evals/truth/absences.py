"""Why there is no figure: who has published what, and what is kept from sight, read off the world."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from evals.truth.records import economy, months, recorded, spans
from tradestat_sandbox.observers import Flow, Month
from tradestat_sandbox.products import indexes_under
from tradestat_sandbox.world import World


def _newest(world: World, reporter: str, source: str, *, monthly: bool) -> Month | None:
    if source == "korea":
        return world.korea_last
    if source == "doumaotong":
        return world.doumaotong_last
    if monthly:
        return world.monthly_last(economy(reporter))
    year = world.annual_last(economy(reporter))
    return None if year is None else (year, 12)


def why_absent(
    world: World,
    *,
    reporter: str,
    period: str,
    flow: str = "X",
    partner: str = "World",
    product: str = "TOTAL",
    source: str = "comtrade",
) -> str:
    """The reason: not_reporter, not_yet_published or suppressed; available where there is a figure, else no_trade."""
    span = spans(period)[-1]
    newest = _newest(world, reporter, source, monthly=span.first == span.last)
    if newest is None:
        return "not_reporter" if world.annual_last(economy(reporter)) is None else "not_monthly"
    if (span.year, span.last) > newest:
        return "not_yet_published"
    if partner != "World" and len(product) == 6:
        (place,) = indexes_under(product)
        hidden = world.observers.confidential(economy(reporter).index, cast(Flow, flow), economy(partner).index, place)
        own, _ = world.observers.record(economy(reporter).index, cast(Flow, flow), economy(partner).index, place, span)
        if hidden and own:
            return "suppressed"
    return "available" if recorded(world, reporter, flow, product, partner=partner, period=period).usd else "no_trade"


def is_published(world: World, **what: Any) -> str:
    """Yes or no: whether a source has the period."""
    return "no" if why_absent(world, **what) == "not_yet_published" else "yes"


def newest_month(world: World, *, reporter: str, source: str) -> str:
    """The newest month that a source has of a reporter, as YYYYMM."""
    year, month = _newest(world, reporter, source, monthly=True) or (0, 0)
    return f"{year}{month:02d}"


def newest_year(world: World, *, reporter: str) -> str:
    """The newest year that a reporter has given to UN Comtrade."""
    return str(world.annual_last(economy(reporter)))


def months_with_figure(world: World, *, reporter: str, year: str, source: str) -> float:
    """How many months of a year a source has of a reporter."""
    newest = _newest(world, reporter, source, monthly=True) or (0, 0)
    return sum((month.year, month.first) <= newest for span in spans(year) for month in months(span))


def unpublished(world: World, *, reporters: list[str], year: str) -> list[str]:
    """Those of some reporters that have not given a year to UN Comtrade."""
    found = [(one, world.annual_last(economy(one))) for one in reporters]
    return [one for one, last in found if last is None or last < int(year)]


TRUTHS: Mapping[str, Callable[..., Any]] = {
    "why_absent": why_absent,
    "is_published": is_published,
    "newest_month": newest_month,
    "newest_year": newest_year,
    "months_with_figure": months_with_figure,
    "unpublished": unpublished,
}
