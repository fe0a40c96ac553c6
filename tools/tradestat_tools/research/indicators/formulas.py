"""Indicators of trade on figures of one currency and valuation. Each says its formula and where it was defined.

An indicator that is not defined for its figures, because one is missing or a divisor is zero, stays undefined and says
why; nothing is filled in. Shares and rates are fractions (0.25), not percent.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Figure = float | None
"""A figure, or None where the source has none."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A value, or None with the reason why it is not defined."""

    value: float | None
    why: str | None = None

    @staticmethod
    def undefined(why: str) -> "Indicator":
        """No value, and why."""
        return Indicator(None, why)


MISSING = "a figure is missing"
ZERO_BASE = "the figure it is measured against is zero"


def _ratio(part: Figure, whole: Figure) -> Indicator:
    if part is None or whole is None:
        return Indicator.undefined(MISSING)
    if whole == 0:
        return Indicator.undefined(ZERO_BASE)
    return Indicator(part / whole)


def share(part: Figure, total: Figure) -> Indicator:
    """Part of a total: v / V."""
    return _ratio(part, total)


def shares(values: Sequence[Figure]) -> list[Indicator]:
    """Each figure's part of the sum of those that there are; undefined for one that is missing."""
    total = math.fsum(value for value in values if value is not None)
    return [_ratio(value, total) for value in values]


def growth(before: Figure, after: Figure) -> Indicator:
    """Rate of change from one period to the next: v1 / v0 - 1 (year on year, where the periods are a year apart)."""
    rate = _ratio(after, before)
    return rate if rate.value is None else Indicator(rate.value - 1)


def compound_growth(first: Figure, last: Figure, periods: int) -> Indicator:
    """Compound annual growth rate, CAGR: (v_n / v_0) ** (1 / n) - 1, with n periods from the first to the last."""
    if periods < 1:
        return Indicator.undefined("it needs two different periods")
    rate = _ratio(last, first)
    if rate.value is None:
        return rate
    if rate.value < 0:
        return Indicator.undefined("the figures have different signs")
    return Indicator(rate.value ** (1 / periods) - 1)


def index_on(base: Figure, value: Figure) -> Indicator:
    """A figure with that of the base period as 100: 100 v / v_base."""
    ratio = _ratio(value, base)
    return ratio if ratio.value is None else Indicator(100 * ratio.value)


def herfindahl_hirschman(values: Sequence[Figure]) -> Indicator:
    """Concentration, the sum of squared shares: HHI = Σ s². From 1/n (all equal) to 1 (one has all).

    Reference: Herfindahl (1950), Hirschman (1945); some write it with shares in percent, from 0 to 10,000.
    """
    parts = shares(values)
    if not parts:
        return Indicator.undefined("there are no figures")
    if any(value is not None and value < 0 for value in values):
        return Indicator.undefined("a figure is negative")
    if why := next((part.why for part in parts if part.value is None), None):
        return Indicator.undefined(why)
    return Indicator(math.fsum((part.value or 0.0) ** 2 for part in parts))


def normalised_herfindahl_hirschman(values: Sequence[Figure]) -> Indicator:
    """HHI between 0 (all equal) and 1 whatever the number n: (HHI - 1/n) / (1 - 1/n). Undefined for one figure."""
    plain = herfindahl_hirschman(values)
    if plain.value is None:
        return plain
    if len(values) < 2:
        return Indicator.undefined("it needs two figures or more")
    least = 1 / len(values)
    return Indicator((plain.value - least) / (1 - least))


def top_share(values: Sequence[Figure], n: int) -> Indicator:
    """Concentration ratio CR_n: the share of the n largest in the sum of all."""
    total = sum_of(values)
    if total is None:
        return Indicator.undefined(MISSING)
    if n < 1:
        return Indicator.undefined("it needs one figure or more")
    largest = sorted((value for value in values if value is not None), reverse=True)[:n]
    return _ratio(math.fsum(largest), total)


def revealed_comparative_advantage(
    product: Figure, all_goods: Figure, world_product: Figure, world_all_goods: Figure
) -> Indicator:
    """Balassa's index: (x_ij / X_i) / (x_wj / X_w).

    The product's share in a country's exports against its share in the world's. Above 1: the country exports more of it
    than its size would suggest. Reference: Balassa (1965).
    """
    own, world = _ratio(product, all_goods), _ratio(world_product, world_all_goods)
    if own.value is None:
        return own
    return world if world.value is None else _ratio(own.value, world.value)


def symmetric_advantage(advantage: Indicator) -> Indicator:
    """Balassa's index between -1 and 1: (RCA - 1) / (RCA + 1). Reference: Laursen (1998), Dalum et al. (1998)."""
    if advantage.value is None:
        return advantage
    return Indicator((advantage.value - 1) / (advantage.value + 1))


def balance(exports: Figure, imports: Figure) -> Indicator:
    """Trade balance: X - M. With exports FOB and imports CIF it contains freight and insurance on one side only."""
    if exports is None or imports is None:
        return Indicator.undefined(MISSING)
    return Indicator(exports - imports)


def normalised_balance(exports: Figure, imports: Figure) -> Indicator:
    """Trade balance against trade: (X - M) / (X + M), from -1 (imports only) to 1 (exports only)."""
    if exports is None or imports is None:
        return Indicator.undefined(MISSING)
    return _ratio(exports - imports, exports + imports)


def unit_value(value: Figure, quantity: Figure) -> Indicator:
    """Value for each unit of quantity, v / q. Not a price: the mix of goods within a code moves it too."""
    return _ratio(value, quantity)


def grubel_lloyd(exports: Figure, imports: Figure) -> Indicator:
    """Intra-industry trade: 1 - |X - M| / (X + M), from 0 (one way) to 1 (balanced).

    Reference: Grubel and Lloyd (1975).
    """
    one_way = normalised_balance(exports, imports)
    return one_way if one_way.value is None else Indicator(1 - abs(one_way.value))


def grubel_lloyd_overall(pairs: Sequence[tuple[Figure, Figure]]) -> Indicator:
    """Grubel and Lloyd's index over products, weighted by trade: 1 - Σ|X - M| / Σ(X + M) over (X, M) of each."""
    if not pairs:
        return Indicator.undefined("there are no figures")
    apart: list[float] = []
    together: list[float] = []
    for exports, imports in pairs:
        if exports is None or imports is None:
            return Indicator.undefined(MISSING)
        apart.append(abs(exports - imports))
        together.append(exports + imports)
    one_way = _ratio(math.fsum(apart), math.fsum(together))
    return one_way if one_way.value is None else Indicator(1 - one_way.value)


def trade_intensity(flow: Figure, exports: Figure, partner_imports: Figure, world_imports: Figure) -> Indicator:
    """Trade intensity: (x_ij / X_i) / (M_j / M_w).

    The partner's share in a country's exports against its share in world imports. Above 1: the two trade more than
    the partner's size would suggest. Reference: Brown (1949), Kojima (1964).
    """
    return revealed_comparative_advantage(flow, exports, partner_imports, world_imports)


def contributions(before: Mapping[str, Figure], after: Mapping[str, Figure]) -> dict[str, Indicator]:
    """What each part adds to the growth of the whole: (v1 - v0) / V0. They add up to its growth.

    The whole is the parts that have both figures; the others are undefined.
    """
    changes = {part: balance(after.get(part), before.get(part)).value for part in [*before, *after]}
    start = math.fsum(before[part] or 0.0 for part, change in changes.items() if change is not None)
    return {part: _ratio(change, start) for part, change in changes.items()}


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A change in value as what quantity and unit value each did; the two add up to the change."""

    by_quantity: Indicator
    by_unit_value: Indicator


def quantity_and_unit_value(
    value_before: Figure, quantity_before: Figure, value_after: Figure, quantity_after: Figure
) -> Decomposition:
    """Change in value decomposed: Δv = mean(p) Δq + mean(q) Δp, with p = v / q. Reference: Bennet (1920)."""
    before, after = unit_value(value_before, quantity_before), unit_value(value_after, quantity_after)
    if before.value is None or quantity_before is None:
        return Decomposition(before, before)
    if after.value is None or quantity_after is None:
        return Decomposition(after, after)
    by_quantity = (before.value + after.value) / 2 * (quantity_after - quantity_before)
    by_price = (quantity_before + quantity_after) / 2 * (after.value - before.value)
    return Decomposition(Indicator(by_quantity), Indicator(by_price))


def sum_of(figures: Iterable[Figure]) -> Figure:
    """The sum; None where a figure is missing. Whole figures stay whole."""
    values = list(figures)
    known = [value for value in values if value is not None]
    if len(known) == len(values) and all(isinstance(value, int) for value in known):
        return sum(known)
    return math.fsum(known) if len(known) == len(values) else None
