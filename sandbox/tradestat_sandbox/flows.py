"""What really flows: the FOB value in USD of every exporter, importer, subheading and year, and its months.

Everything here is true by definition. What reporters make of it is in `observers`.
"""

import math
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from tradestat_sandbox.chance import PATTERNS, Shares, between, mix, month_patterns, whole_between
from tradestat_sandbox.economies import BY_ISO2, ECONOMIES
from tradestat_sandbox.products import HASHED, NES_INDEX, PRODUCTS

FIRST_YEAR = 2012  # with HS 2012, the oldest edition whose list was recorded
_BASE_YEAR = 2017  # the year that all others are reckoned from, forward and back
_N = len(ECONOMIES)
_CACHE_LIMIT = 250_000
_PRICE_LEVEL = [whole_between(780, 1300, 20, pair) for pair in range(_N * _N)]  # of a pair, per mille

# World trade in values against 2017; later years follow the products' own growth.
_CYCLE = {
    2011: 1.16,
    2012: 1.13,
    2013: 1.14,
    2014: 1.13,
    2015: 0.97,
    2016: 0.93,
    2017: 1.0,
    2018: 1.06,
    2019: 1.03,
    2020: 0.94,
    2021: 1.17,
    2022: 1.28,
    2023: 1.2,
    2024: 1.22,
    2025: 1.25,
    2026: 1.28,
}
_SCARCE = frozenset({"fuel", "coal", "coffee", "cocoa", "tea", "aircraft", "ship", "fertiliser", "sugar", "cotton"})


class YearFlow(NamedTuple):
    """A year of one flow: FOB value and weight, the parts of them routed through an entrepôt, month shares."""

    usd: int
    routed_usd: int
    kg: int
    routed_kg: int
    shares: Shares


class Route(NamedTuple):
    """Goods of some origins that reach some destinations through an entrepôt."""

    entrepot: int
    chapters: frozenset[str]
    low: int  # share routed, per mille
    high: int


def _pairs(origins: str, entrepot: str, targets: str, chapters: str, *, share: tuple[int, int]) -> dict[int, Route]:
    route = Route(BY_ISO2[entrepot].index, frozenset(chapters.split()), *share)
    return {
        BY_ISO2[origin].index * _N + BY_ISO2[target].index: route
        for origin in origins.split()
        for target in targets.split()
        if len({origin, target, entrepot}) == 3
    }


ROUTES: dict[int, Route] = {
    **_pairs("CN", "HK", "US DE GB FR NL JP KR IN TH PH AU CA MX BR AE", "42 61 62 64 71 85 90 91 95", share=(80, 260)),
    **_pairs("MY ID TH VN", "SG", "AU NZ IN BD LK PK GB ZA", "15 27 39 84 85", share=(90, 240)),
    **_pairs("IN CN DE", "AE", "AF IQ KE ET", "10 33 61 62 84 85 87", share=(150, 400)),
}


class Flows:
    """True flows, computed on demand and kept while there is room."""

    def __init__(self) -> None:
        self._years: dict[int, YearFlow | None] = {}
        self._bases: dict[int, float] = {}
        self._markets: dict[int, tuple[list[float], list[float]]] = {}
        self._prices: dict[int, int] = {}
        self._trends: dict[tuple[int, int, int], float] = {}
        self._patterns = month_patterns()

    @cached_property
    def affinity(self) -> list[list[float]]:
        """How easily two economies trade: near and on one continent is easier; 0 with oneself."""
        table = [[0.0] * _N for _ in ECONOMIES]
        for one in ECONOMIES:
            for other in ECONOMIES:
                if one.index < other.index:
                    radians = math.radians(one.lon - other.lon)
                    phi, psi = math.radians(one.lat), math.radians(other.lat)
                    cosine = math.sin(phi) * math.sin(psi) + math.cos(phi) * math.cos(psi) * math.cos(radians)
                    km = max(300, round(6371 * math.acos(max(-1.0, min(1.0, cosine)))))
                    near = 1000 / (km + 700) * (1.4 if one.continent == other.continent else 1.0)
                    table[one.index][other.index] = table[other.index][one.index] = near
        return table

    def _supply(self, product: int, exporter: int) -> float:
        economy, goods = ECONOMIES[exporter], PRODUCTS[product]
        strength = economy.weight**0.8 * between(0.3, 1.7, 11, product, exporter)
        if goods.speciality in economy.specialities:
            return strength * 7
        if goods.speciality in _SCARCE:
            return strength * 0.02
        if economy.weight < 300 and mix(12, product, exporter) % 2:
            return 0.0
        return strength

    @staticmethod
    def _demand(product: int, importer: int) -> float:
        return ECONOMIES[importer].weight ** 0.85 * between(0.5, 1.5, 13, product, importer)

    def _market(self, product: int) -> tuple[list[float], list[float]]:
        """(supply by exporter, demand by importer) of a product, scaled so that they give its world size in USD."""
        market = self._markets.get(product)
        if market is None:
            demands = [self._demand(product, importer) for importer in range(_N)]
            supplies = [self._supply(product, exporter) for exporter in range(_N)]
            whole = math.fsum(
                supply * math.fsum(map(float.__mul__, self.affinity[exporter], demands))
                for exporter, supply in enumerate(supplies)
            )
            scale = PRODUCTS[product].size * 1e9 / whole
            market = self._markets[product] = ([supply * scale for supply in supplies], demands)
        return market

    def base(self, exporter: int, importer: int, product: int) -> float:
        """The level of one flow in 2017 in USD; 0 where there is truly no trade, ever."""
        key = (exporter * _N + importer) * NES_INDEX + product
        base = self._bases.get(key)
        if base is None:
            base = 0.0
            supplies, demands = self._market(product)
            if supplies[exporter] and exporter != importer:
                h = mix(14, (exporter * _N + importer) * HASHED + product)
                base = supplies[exporter] * demands[importer] * self.affinity[exporter][importer]
                base *= 0.3 + (h & 255) / 180
                if base < 40_000 or (base < 4_000_000 and (h >> 8) % 3 == 0):
                    base = 0.0
            if len(self._bases) > _CACHE_LIMIT:
                self._bases.clear()
            self._bases[key] = base
        return base

    def _trend(self, kind: int, index: int, year: int, growth: int) -> float:
        """Cumulated growth from 2017 to a year, or back to it, of an exporter (1), importer (2) or product (3)."""
        if year == _BASE_YEAR:
            return 1.0
        key = (kind, index, year)
        trend = self._trends.get(key)
        if trend is None:
            later = year + (year < _BASE_YEAR)  # a step leads up to the later of its two years
            step = 1 + (growth + whole_between(-45, 45, 15, kind, index, later)) / 1000
            nearer = self._trend(kind, index, year + (1 if year < _BASE_YEAR else -1), growth)
            trend = self._trends[key] = nearer / step if year < _BASE_YEAR else nearer * step
        return trend

    def _price_milli(self, exporter: int, product: int) -> int:
        """The exporter's price in thousandths of a dollar per kg, at the start."""
        key = exporter * NES_INDEX + product
        price = self._prices.get(key)
        if price is None:
            price = int(PRODUCTS[product].price * 1000 * between(0.75, 1.35, 17, exporter, product))
            self._prices[key] = price
        return price

    def year(self, exporter: int, importer: int, product: int, year: int) -> YearFlow | None:
        """One flow in one year, or None where there is truly none."""
        key = (((year - _BASE_YEAR) * _N + exporter) * _N + importer) * NES_INDEX + product
        try:
            return self._years[key]
        except KeyError:
            pass
        flow: YearFlow | None = None
        base = self.base(exporter, importer, product)
        if base:
            goods = PRODUCTS[product]
            h = mix(16, (((year - _BASE_YEAR) * _N + exporter) * _N + importer) * HASHED + product)
            value = base * _CYCLE.get(year, 1.28 if year > _BASE_YEAR else 1.16) * (0.82 + (h & 255) / 710)
            value *= self._trend(1, exporter, year, 0) * self._trend(2, importer, year, 0)
            usd = int(value * self._trend(3, product, year, goods.growth))
            sporadic = usd < 400_000
            shares = self._patterns[13 if sporadic else goods.peak][(h >> 8) % PATTERNS]
            inflation = 1000 + 18 * (year - _BASE_YEAR) + (h >> 16) % 61 - 30
            price = (
                self._price_milli(exporter, product) * inflation * _PRICE_LEVEL[exporter * _N + importer] // 1_000_000
            )
            kg = usd * 1000 // max(1, price)
            routed = exporter * _N + importer in ROUTES
            permille = self.routed_permille(exporter, importer, product) if routed else 0
            flow = YearFlow(usd, usd * permille // 1000, kg, kg * permille // 1000, shares)
        if len(self._years) > _CACHE_LIMIT:
            self._years.clear()
        self._years[key] = flow
        return flow

    def routed_permille(self, exporter: int, importer: int, product: int) -> int:
        """The share of a flow that goes through an entrepôt, per mille."""
        route = ROUTES.get(exporter * _N + importer)
        if route is None or PRODUCTS[product].code[:2] not in route.chapters:
            return 0
        return whole_between(route.low, route.high, 19, exporter, importer, product)

    @cached_property
    def routed_targets(self) -> dict[int, list[int]]:
        """origin * n + entrepôt to the destinations of the goods routed there."""
        return _grouped((key // _N * _N + route.entrepot, key % _N) for key, route in ROUTES.items())

    @cached_property
    def routed_origins(self) -> dict[int, list[int]]:
        """entrepôt * n + destination to the origins of the goods routed that way."""
        return _grouped((route.entrepot * _N + key % _N, key // _N) for key, route in ROUTES.items())


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = {}
    for key, member in pairs:
        groups.setdefault(key, []).append(member)
    return groups
