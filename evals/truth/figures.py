"""Figures that are sums, ratios of sums, and ranks."""

from collections.abc import Callable, Mapping
from typing import Any

from evals.truth.records import Names, by_partner, economy, listed, months, partners_of, recorded, spans
from tradestat_sandbox import ebops
from tradestat_sandbox.observers import Month
from tradestat_sandbox.products import CODES2, CODES4, CODES6, NES
from tradestat_sandbox.world import World

_LEVELS = {2: CODES2, 4: CODES4, 6: CODES6}


def value(world: World, **what: Any) -> float:
    """US dollars."""
    return recorded(world, **_whole(what)).usd


def weight(world: World, **what: Any) -> float:
    """Kilograms, of the subheadings: what stands at a heading is their sum, whatever a service prints there."""
    return recorded(world, **_whole(what)).kg


def unit_value(world: World, **what: Any) -> float:
    """US dollars a kilogram."""
    found = recorded(world, **_whole(what))
    return found.usd / found.kg


def share(world: World, *, of_which: Mapping[str, Any], **what: Any) -> float:
    """Percent that the part named by `of_which` has in the whole."""
    return value(world, **{**what, **of_which}) / value(world, **what) * 100


def balance(world: World, **what: Any) -> float:
    """Exports FOB less imports CIF in US dollars, as a reporter recorded them."""
    return value(world, flow="X", **what) - value(world, flow="M", **what)


def growth(world: World, *, first: Names, last: Names, **what: Any) -> float:
    """Percent from the first period to the last."""
    return (value(world, period=last, **what) / value(world, period=first, **what) - 1) * 100


def change(world: World, *, first: Names, last: Names, **what: Any) -> float:
    """US dollars from the first period to the last."""
    return value(world, period=last, **what) - value(world, period=first, **what)


def difference(world: World, *, one: Mapping[str, Any], other: Mapping[str, Any], **what: Any) -> float:
    """One value less another, US dollars; `one` and `other` say in what they differ."""
    return value(world, **what, **one) - value(world, **what, **other)


def cagr(world: World, *, first: str, last: str, **what: Any) -> float:
    """Percent a year, compound, from the first year to the last."""
    ratio = value(world, period=last, **what) / value(world, period=first, **what)
    return (ratio ** (1 / (int(last) - int(first))) - 1) * 100


def index(world: World, *, base: str, period: str, **what: Any) -> float:
    """A period's value where the base period's is 100."""
    return value(world, period=period, **what) / value(world, period=base, **what) * 100


def mean(world: World, *, period: Names, **what: Any) -> float:
    """US dollars a period, averaged over the periods that were named: years or months, or spans of them."""
    parts = [part for span in spans(period) for part in ([span] if _is_year(period) else months(span))]
    return value(world, period=period, **what) / len(parts)


def _is_year(period: Names) -> bool:
    return len(listed(period)[0].partition("-")[0]) == 4


def largest_month(world: World, *, years: str, **what: Any) -> str:
    """The calendar month that is largest on average over some years, as a number."""
    sums = {
        month: sum(value(world, period=f"{span.year}{month:02d}", **what) for span in spans(years))
        for month in range(1, 13)
    }
    return str(max(sums, key=lambda month: sums[month]))


def largest_year(world: World, *, years: str, **what: Any) -> str:
    """The year with the largest value."""
    sums = {str(span.year): value(world, period=str(span.year), **what) for span in spans(years)}
    return max(sums, key=lambda year: sums[year])


def top_partners(world: World, *, n: int, reporter: str, flow: str, product: Names, period: Names) -> list[str]:
    """The n largest partners as ISO alpha-2 codes, largest first."""
    return list(by_partner(world, reporter, flow, product, period))[:n]


def partner_rank(world: World, *, partner: str, reporter: str, flow: str, product: Names, period: Names) -> float:
    """A partner's place among all of them, 1 for the largest."""
    return list(by_partner(world, reporter, flow, product, period)).index(economy(partner).iso2) + 1


def fastest_partner(
    world: World, *, among: list[str], first: str, last: str, reporter: str, flow: str, product: Names
) -> list[str]:
    """The partner, of those named, that grew most in percent."""
    then = by_partner(world, reporter, flow, product, first)
    now = by_partner(world, reporter, flow, product, last)
    return [max(among, key=lambda iso2: now[iso2].usd / then[iso2].usd)]


def top_products(
    world: World, *, n: int, digits: int, reporter: str, flow: str, partner: Names, period: str, under: str = ""
) -> list[str]:
    """The n largest codes of a level, largest first; what is hidden under 99 is none."""
    values = {
        code: recorded(world, reporter, flow, code, partner=partner, period=period).usd
        for code in _LEVELS[digits]
        if code.startswith(under) and not NES.startswith(code)
    }
    return sorted(values, key=lambda code: -values[code])[:n]


def _per_month(world: World, product: Names, partner: Names, period: Names) -> dict[Month, int]:
    return {
        (month.year, month.first): recorded(
            world, "CN", "X", product, partner=partner, period=f"{month.year}{month.first:02d}", now=True
        ).usd
        for span in spans(period)
        for month in months(span)
    }


def yuan(world: World, *, product: Names, period: Names, partner: Names = "World") -> float:
    """China's exports in RMB yuan as its customs record them: each month at the customs rate of that month."""
    return sum(world.yuan(usd, month) for month, usd in _per_month(world, product, partner, period).items())


def yuan_growth(world: World, *, product: Names, first: Names, last: Names, partner: Names = "World") -> float:
    """Growth of China's exports in yuan, percent."""
    then, now = (yuan(world, product=product, partner=partner, period=period) for period in (first, last))
    return (now / then - 1) * 100


def yuan_share(world: World, *, product: Names, partner: Names, period: Names) -> float:
    """Percent of China's exports in yuan that go to some partners."""
    part, whole = (yuan(world, product=product, partner=who, period=period) for who in (partner, "World"))
    return part / whole * 100


def services(world: World, *, reporter: str, flow: str, item: str, partner: Names, period: str) -> float:
    """Trade in services in US dollars; `item` is an EBOPS number (3.1) or S00."""
    found = ebops.BY_DISPLAY.get(item)
    leaves = ebops.leaves_under(found.code if found else item)
    own = economy(reporter)
    return sum(
        world.services.reported(own.index, flow, other, leaf.index, span.year)
        for span in spans(period)
        for other in partners_of(partner)
        for leaf in leaves
        if other != own.index
    )


def count_above(world: World, *, period: Names, threshold: float, **what: Any) -> float:
    """In how many months the value was above so many US dollars."""
    every = [f"{month.year}{month.first:02d}" for span in spans(period) for month in months(span)]
    return sum(value(world, period=month, **what) > threshold for month in every)


def _whole(what: Mapping[str, Any]) -> dict[str, Any]:
    """What is left out stands for the whole."""
    return {"product": "TOTAL", "partner": "World", **what}


TRUTHS: Mapping[str, Callable[..., Any]] = {
    "value": value,
    "weight": weight,
    "unit_value": unit_value,
    "share": share,
    "balance": balance,
    "growth": growth,
    "change": change,
    "difference": difference,
    "cagr": cagr,
    "index": index,
    "mean": mean,
    "largest_month": largest_month,
    "largest_year": largest_year,
    "top_partners": top_partners,
    "partner_rank": partner_rank,
    "fastest_partner": fastest_partner,
    "top_products": top_products,
    "yuan": yuan,
    "yuan_growth": yuan_growth,
    "yuan_share": yuan_share,
    "services": services,
    "count_above": count_above,
}
