"""Indicators of trade against figures worked by hand, and against a second implementation in exact fractions.

The second implementation is written from the definitions in the literature, in numbers without rounding; what the two
have in common is only the definition.
"""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tradestat_tools.research.indicators.formulas import (
    MISSING,
    ZERO_BASE,
    Figure,
    Indicator,
    balance,
    compound_growth,
    contributions,
    growth,
    grubel_lloyd,
    grubel_lloyd_overall,
    herfindahl_hirschman,
    index_on,
    normalised_balance,
    normalised_herfindahl_hirschman,
    quantity_and_unit_value,
    revealed_comparative_advantage,
    share,
    shares,
    symmetric_advantage,
    top_share,
    trade_intensity,
    unit_value,
)

# --- the second implementation -------------------------------------------------------------------------------------


def exact_shares(values: Sequence[int]) -> list[Fraction]:
    """Parts of a whole."""
    return [Fraction(value, sum(values)) for value in values]


def exact_hhi(values: Sequence[int]) -> Fraction:
    """Herfindahl-Hirschman: the chance that two dollars drawn at random (with replacement) are of one member."""
    whole = sum(values)
    return Fraction(sum(value * value for value in values), whole * whole)


def exact_rca(world: Mapping[str, Mapping[str, int]], country: str, product: str) -> Fraction:
    """Balassa over a whole world of exports: cross products of the cell, its row, its column and the sum of all."""
    row = sum(world[country].values())
    column = sum(exports[product] for exports in world.values())
    everything = sum(sum(exports.values()) for exports in world.values())
    return Fraction(world[country][product] * everything, row * column)


def exact_grubel_lloyd(exports: int, imports: int) -> Fraction:
    """Trade that is matched by trade the other way: twice the smaller flow over both."""
    return Fraction(2 * min(exports, imports), exports + imports)


def exact_bennet(v0: int, q0: int, v1: int, q1: int) -> tuple[Fraction, Fraction]:
    """Bennet's two parts: changes at the mean of the other's levels."""
    p0, p1 = Fraction(v0, q0), Fraction(v1, q1)
    return (p0 + p1) * (q1 - q0) / 2, (p1 - p0) * (q0 + q1) / 2


def of(found: Indicator) -> float:
    """The value of an indicator that is defined."""
    assert found.value is not None, found.why
    assert found.why is None
    return found.value


def close(exact: Fraction | int) -> object:
    """Equal but for the rounding of floating numbers."""
    return pytest.approx(float(exact), rel=1e-12, abs=1e-12)


money = st.integers(1, 10**13)
"""Dollars: from one to more than all trade of the world in a year."""

amounts = st.lists(money, min_size=1, max_size=30)
some_or_none = st.lists(st.one_of(st.none(), money), min_size=1, max_size=12)

# --- by hand -------------------------------------------------------------------------------------------------------


def test_shares_by_hand() -> None:
    # 30 + 50 + 20 = 100
    assert [one.value for one in shares([30, 50, 20])] == [0.3, 0.5, 0.2]
    assert share(30, 120) == Indicator(0.25)


def test_growth_by_hand() -> None:
    # 80 -> 100: 20/80 = +25 %; 100 -> 80: -20 %; from something to nothing: -100 %
    assert of(growth(80, 100)) == pytest.approx(0.25)
    assert of(growth(100, 80)) == pytest.approx(-0.2)
    assert growth(100, 0) == Indicator(-1.0)


def test_compound_growth_by_hand() -> None:
    # 100 -> 110 -> 121 -> 133.1: 10 % a year over three years
    assert of(compound_growth(100, 133.1, 3)) == pytest.approx(0.1)
    # halved in two years: sqrt(0.5) - 1 = -29.289 %
    assert of(compound_growth(200, 100, 2)) == pytest.approx(-0.2928932188)


def test_index_by_hand() -> None:
    # base 40 is 100: 50/40 = 125, 30/40 = 75
    assert [of(index_on(40, value)) for value in (50, 40, 30)] == [125, 100, 75]


def test_concentration_by_hand() -> None:
    # shares .5 .3 .2: .25 + .09 + .04 = .38; n = 3: (.38 - 1/3) / (2/3) = .07; top two: .8
    assert of(herfindahl_hirschman([50, 30, 20])) == pytest.approx(0.38)
    assert of(normalised_herfindahl_hirschman([50, 30, 20])) == pytest.approx(0.07)
    assert of(top_share([20, 50, 30], 2)) == pytest.approx(0.8)
    # four equal ones: HHI 1/4, normalised 0; one has all: 1 and 1
    assert of(herfindahl_hirschman([7, 7, 7, 7])) == pytest.approx(0.25)
    assert of(normalised_herfindahl_hirschman([7, 7, 7, 7])) == pytest.approx(0, abs=1e-12)
    assert of(normalised_herfindahl_hirschman([9, 0, 0])) == pytest.approx(1)


def test_revealed_comparative_advantage_by_hand() -> None:
    # 20 of 100 exports against 500 of 10,000 in the world: 0.20 / 0.05 = 4; symmetric (4 - 1) / (4 + 1) = 0.6
    found = revealed_comparative_advantage(20, 100, 500, 10_000)
    assert of(found) == pytest.approx(4)
    assert of(symmetric_advantage(found)) == pytest.approx(0.6)
    # none exported: 0, symmetric -1
    assert of(symmetric_advantage(revealed_comparative_advantage(0, 100, 500, 10_000))) == -1


def test_balances_by_hand() -> None:
    # 150 - 50 = 100; 100 / 200 = 0.5; intra-industry trade 1 - 100/200 = 0.5
    assert balance(150, 50) == Indicator(100)
    assert normalised_balance(150, 50) == Indicator(0.5)
    assert grubel_lloyd(150, 50) == Indicator(0.5)
    # over two products: |150-50| + |10-30| = 120 of 240: 1 - 0.5 = 0.5; the sums alone would say 1 - 80/240 = 0.667
    assert of(grubel_lloyd_overall([(150, 50), (10, 30)])) == pytest.approx(0.5)


def test_trade_intensity_by_hand() -> None:
    # 30 of 100 exports go to a partner that takes 1,000 of 10,000 world imports: 0.3 / 0.1 = 3
    assert of(trade_intensity(30, 100, 1_000, 10_000)) == pytest.approx(3)


def test_contributions_by_hand() -> None:
    # 60 + 40 = 100 -> 90 + 30 = 120: +30 and -10 of 100, together +20 %
    found = {part: of(points) for part, points in contributions({"A": 60, "B": 40}, {"A": 90, "B": 30}).items()}
    assert found == pytest.approx({"A": 0.3, "B": -0.1})


def test_quantity_and_unit_value_by_hand() -> None:
    # 100 for 10 (10 each) -> 180 for 15 (12 each): mean price 11 x 5 = 55, mean quantity 12.5 x 2 = 25; 55 + 25 = 80
    found = quantity_and_unit_value(100, 10, 180, 15)
    assert of(found.by_quantity) == pytest.approx(55)
    assert of(found.by_unit_value) == pytest.approx(25)
    assert of(unit_value(180, 15)) == pytest.approx(12)


# --- against the second implementation -----------------------------------------------------------------------------


@given(amounts)
def test_shares_are_those_of_the_definition_and_sum_to_one(values: list[int]) -> None:
    found = [of(one) for one in shares(values)]
    assert found == [close(exact) for exact in exact_shares(values)]
    assert math.fsum(found) == pytest.approx(1)


@given(amounts)
def test_concentration_is_that_of_the_definition_and_within_its_bounds(values: list[int]) -> None:
    found, n = of(herfindahl_hirschman(values)), len(values)
    assert found == close(exact_hhi(values))
    assert 1 / n - 1e-12 <= found <= 1 + 1e-12
    if n > 1:
        normalised = of(normalised_herfindahl_hirschman(values))
        assert normalised == close((exact_hhi(values) - Fraction(1, n)) / (1 - Fraction(1, n)))
        assert -1e-12 <= normalised <= 1 + 1e-12


@given(amounts, st.integers(1, 40))
def test_the_largest_have_never_less_than_their_number_and_all_have_all(values: list[int], n: int) -> None:
    found = of(top_share(values, n))
    assert found == close(Fraction(sum(sorted(values)[-n:]), sum(values)))
    assert found >= min(n, len(values)) / len(values) - 1e-12
    assert of(top_share(values, len(values))) == pytest.approx(1)


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, dict[str, int]]:
    """Exports of every country by product; each product is exported by somebody, each country exports something."""
    products = [f"p{n}" for n in range(draw(st.integers(1, 5)))]
    countries = [f"c{n}" for n in range(draw(st.integers(1, 5)))]
    cell = st.integers(0, 10**10)
    world = {country: {product: draw(cell) for product in products} for country in countries}
    assume(all(sum(exports.values()) for exports in world.values()))
    assume(all(sum(exports[product] for exports in world.values()) for product in products))
    return world


@given(worlds())
def test_the_mean_advantage_of_a_country_weighted_by_the_worlds_trade_is_one(world: dict[str, dict[str, int]]) -> None:
    everything = sum(sum(exports.values()) for exports in world.values())
    for country, exports in world.items():
        weighted: list[float] = []
        for product, value in exports.items():
            column = sum(each[product] for each in world.values())
            advantage = of(revealed_comparative_advantage(value, sum(exports.values()), column, everything))
            assert advantage == close(exact_rca(world, country, product))
            weighted.append(advantage * column / everything)
        assert math.fsum(weighted) == pytest.approx(1)


@given(st.fractions(min_value=Fraction(1, 10**6), max_value=10**6))
def test_the_symmetric_advantage_of_the_reverse_is_the_negative(ratio: Fraction) -> None:
    there, back = symmetric_advantage(Indicator(float(ratio))), symmetric_advantage(Indicator(float(1 / ratio)))
    assert of(there) == close((ratio - 1) / (ratio + 1))
    assert of(there) == pytest.approx(-of(back), abs=1e-12)
    assert -1 <= of(there) <= 1


@given(money, money)
def test_intra_industry_trade_is_the_same_from_both_ends_and_between_none_and_all(exports: int, imports: int) -> None:
    found = of(grubel_lloyd(exports, imports))
    assert found == close(exact_grubel_lloyd(exports, imports))
    assert found == of(grubel_lloyd(imports, exports))
    assert 0 <= found <= 1


@given(st.lists(st.tuples(money, money), min_size=1, max_size=10))
def test_intra_industry_trade_over_all_is_the_mean_weighted_by_trade(pairs: list[tuple[int, int]]) -> None:
    whole = sum(x + m for x, m in pairs)
    exact = sum((exact_grubel_lloyd(x, m) * (x + m) for x, m in pairs), Fraction()) / whole
    found = of(grubel_lloyd_overall(pairs))
    assert found == close(exact)
    if len(pairs) == 1:
        assert found == pytest.approx(of(grubel_lloyd(*pairs[0])), abs=1e-12)


@given(money, money)
def test_the_normalised_balance_turns_its_sign_with_the_flows(exports: int, imports: int) -> None:
    found = of(normalised_balance(exports, imports))
    assert found == close(Fraction(exports - imports, exports + imports))
    assert found == -of(normalised_balance(imports, exports))
    assert of(balance(exports, imports)) == exports - imports


@given(money, money)
def test_compound_growth_over_one_period_is_growth(first: int, last: int) -> None:
    assert of(compound_growth(first, last, 1)) == pytest.approx(of(growth(first, last)))
    assert of(growth(first, last)) == close(Fraction(last, first) - 1)


@given(money, money, st.integers(1, 40))
def test_compounding_leads_from_the_first_to_the_last(first: int, last: int, periods: int) -> None:
    rate = of(compound_growth(first, last, periods))
    assert first * (1 + rate) ** periods == pytest.approx(last, rel=1e-9, abs=1e-9 * first)  # 1 + rate rounds near 0


@given(amounts, st.integers(0, 29))
def test_the_base_of_an_index_is_100_and_its_ratios_are_those_of_the_values(values: list[int], base: int) -> None:
    assume(base < len(values))
    found = [of(index_on(values[base], value)) for value in values]
    assert found[base] == 100
    assert found == [close(Fraction(100 * value, values[base])) for value in values]


@given(st.dictionaries(st.sampled_from("ABCDEFG"), st.tuples(money, money), min_size=1))
def test_contributions_add_up_to_the_growth_of_the_whole(parts: dict[str, tuple[int, int]]) -> None:
    before = {name: pair[0] for name, pair in parts.items()}
    after = {name: pair[1] for name, pair in parts.items()}
    found = {part: of(points) for part, points in contributions(before, after).items()}
    start = sum(before.values())
    assert found == {name: close(Fraction(after[name] - before[name], start)) for name in parts}
    whole = of(growth(start, sum(after.values())))
    assert math.fsum(found.values()) == pytest.approx(whole, rel=1e-9, abs=1e-9)


@given(money, money, money, money)
def test_what_quantity_and_unit_value_did_adds_up_to_the_change(v0: int, q0: int, v1: int, q1: int) -> None:
    found = quantity_and_unit_value(v0, q0, v1, q1)
    by_quantity, by_price = exact_bennet(v0, q0, v1, q1)
    assert by_quantity + by_price == v1 - v0
    scale = max(1.0, float(abs(by_quantity)), float(v0 + v1))
    assert of(found.by_quantity) == pytest.approx(float(by_quantity), abs=1e-9 * scale)
    assert of(found.by_unit_value) == pytest.approx(float(by_price), abs=1e-9 * scale)


@given(money, money, money, money, st.sampled_from([0.001, 1_000.0, 7.1]))
def test_units_cancel(a: int, b: int, c: int, d: int, unit: float) -> None:
    x, y, z, w = a * unit, b * unit, c * unit, d * unit
    values, scaled = [a, b, c, d], [x, y, z, w]
    pairs = [
        (shares(values)[0], shares(scaled)[0]),
        (growth(a, b), growth(x, y)),
        (compound_growth(a, b, 5), compound_growth(x, y, 5)),
        (index_on(c, a), index_on(z, x)),
        (herfindahl_hirschman(values), herfindahl_hirschman(scaled)),
        (normalised_herfindahl_hirschman(values), normalised_herfindahl_hirschman(scaled)),
        (top_share(values, 2), top_share(scaled, 2)),
        (revealed_comparative_advantage(a, b, c, d), revealed_comparative_advantage(x, y, z, w)),
        (normalised_balance(a, b), normalised_balance(x, y)),
        (grubel_lloyd(a, b), grubel_lloyd(x, y)),
        (contributions({"A": a}, {"A": b})["A"], contributions({"A": x}, {"A": y})["A"]),
    ]
    for plain, other in pairs:
        assert of(plain) == pytest.approx(of(other), rel=1e-9, abs=1e-9)
    assert of(unit_value(x, b)) == pytest.approx(of(unit_value(a, b)) * unit)


# --- undefined -----------------------------------------------------------------------------------------------------


@given(some_or_none)
def test_a_missing_member_is_undefined_itself_and_the_others_are_what_they_are_without_it(
    values: list[int | None],
) -> None:
    assume(None in values)
    gone = Indicator.undefined(MISSING)
    known = [value for value in values if value is not None]
    found = shares(values)
    assert [one for one, value in zip(found, values, strict=True) if value is None] == [gone] * values.count(None)
    assert [one for one, value in zip(found, values, strict=True) if value is not None] == shares(known)
    assert herfindahl_hirschman(values) == gone
    assert top_share(values, 1) == gone
    parts: dict[str, Figure] = {str(n): value for n, value in enumerate(values)}
    there: dict[str, Figure] = {part: value for part, value in parts.items() if value is not None}
    full: dict[str, Figure] = dict.fromkeys(parts, 1)
    missing = dict.fromkeys(parts.keys() - there.keys(), gone)
    assert contributions(parts, full) == contributions(there, dict.fromkeys(there, 1)) | missing
    assert contributions(full, parts) == contributions(dict.fromkeys(there, 1), there) | missing


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (growth(0, 5), ZERO_BASE),
        (growth(None, 5), MISSING),
        (growth(5, None), MISSING),
        (share(0, 0), ZERO_BASE),
        (shares([0, 0])[1], ZERO_BASE),
        (index_on(0, 5), ZERO_BASE),
        (index_on(5, None), MISSING),
        (compound_growth(5, 9, 0), "it needs two different periods"),
        (compound_growth(0, 9, 3), ZERO_BASE),
        (compound_growth(-5, 9, 3), "the figures have different signs"),
        (herfindahl_hirschman([]), "there are no figures"),
        (herfindahl_hirschman([0, 0]), ZERO_BASE),
        (herfindahl_hirschman([5, -1]), "a figure is negative"),
        (normalised_herfindahl_hirschman([5]), "it needs two figures or more"),
        (top_share([5, 3], 0), "it needs one figure or more"),
        (top_share([], 1), ZERO_BASE),
        (revealed_comparative_advantage(1, 0, 1, 1), ZERO_BASE),
        (revealed_comparative_advantage(1, 1, 0, 1), ZERO_BASE),
        (revealed_comparative_advantage(1, 1, None, 1), MISSING),
        (symmetric_advantage(revealed_comparative_advantage(1, 1, 0, 1)), ZERO_BASE),
        (balance(None, 1), MISSING),
        (normalised_balance(0, 0), ZERO_BASE),
        (grubel_lloyd(0, 0), ZERO_BASE),
        (grubel_lloyd_overall([]), "there are no figures"),
        (grubel_lloyd_overall([(1, 1), (None, 1)]), MISSING),
        (unit_value(5, 0), ZERO_BASE),
        (trade_intensity(1, 1, 1, 0), ZERO_BASE),
        (contributions({"A": 0}, {"A": 4})["A"], ZERO_BASE),
        (contributions({"A": 1}, {"B": 1})["A"], MISSING),
        (quantity_and_unit_value(1, 0, 1, 1).by_quantity, ZERO_BASE),
        (quantity_and_unit_value(1, 1, 1, None).by_unit_value, MISSING),
    ],
    ids=str,
)
def test_what_is_not_defined_says_why(found: Indicator, why: str) -> None:
    assert found == Indicator(None, why)
