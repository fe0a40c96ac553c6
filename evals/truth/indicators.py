"""Indicators by their textbook formulas."""

from collections.abc import Callable, Mapping
from typing import Any

from evals.truth.figures import value
from evals.truth.records import Names, by_partner, recorded
from tradestat_sandbox.world import World


def _shares(world: World, what: Mapping[str, Any]) -> list[float]:
    amounts = [found.usd for found in by_partner(world, **what).values()]
    return [usd / sum(amounts) for usd in amounts]


def hhi(world: World, **what: Any) -> float:
    """Concentration over partners, from 1/n to 1: the sum of their squared shares."""
    return sum(share * share for share in _shares(world, what))


def top_share(world: World, *, n: int, **what: Any) -> float:
    """Percent that the n largest partners have together."""
    return sum(_shares(world, what)[:n]) * 100


def rca(world: World, *, reporter: str, among: list[str], product: str, period: str) -> float:
    """Balassa's revealed comparative advantage, with the exports of some reporters standing for the world's."""

    def part(who: Names) -> float:
        goods = recorded(world, who, "X", product, partner="World", period=period)
        return goods.usd / recorded(world, who, "X", "TOTAL", partner="World", period=period).usd

    return part(reporter) / part(among)


def reexport_share(world: World, *, reporter: str, product: Names, period: str, partner: str = "World") -> float:
    """Percent of exports that are re-exports."""
    part, whole = (recorded(world, reporter, flow, product, partner=partner, period=period).usd for flow in ("RX", "X"))
    return part / whole * 100


def domestic_exports(world: World, *, reporter: str, product: Names, period: str, partner: str = "World") -> float:
    """Exports less re-exports in US dollars."""
    whole, part = (recorded(world, reporter, flow, product, partner=partner, period=period).usd for flow in ("X", "RX"))
    return whole - part


def normalised_balance(world: World, **what: Any) -> float:
    """(X - M) / (X + M), from -1 to 1."""
    exports, imports = (value(world, flow=flow, **what) for flow in ("X", "M"))
    return (exports - imports) / (exports + imports)


TRUTHS: Mapping[str, Callable[..., Any]] = {
    "hhi": hhi,
    "top_share": top_share,
    "rca": rca,
    "reexport_share": reexport_share,
    "domestic_exports": domestic_exports,
    "normalised_balance": normalised_balance,
}
