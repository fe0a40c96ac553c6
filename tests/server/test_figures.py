"""Figures as text: legible, and never another figure."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_server.text.cells import (
    MONEY_POWER,
    POWERS,
    WEIGHT_POWER,
    common_power,
    exact,
    in_powers,
    unit_in_powers,
)

figures = st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15, allow_nan=False)
powers = st.integers(1, len(POWERS) - 1)


def read(text: str) -> float:
    return float(text.replace(",", ""))


@given(figures, powers)
def test_a_figure_read_back_is_the_figure_within_its_rounding(value: float, power: int) -> None:
    back = Decimal(in_powers(value, power).replace(",", "")).scaleb(3 * power)
    assert abs(back - Decimal(value)) <= abs(Decimal(value)) * Decimal("0.0005")
    assert (back == 0) == (value == 0), "a figure never looks like zero, nor zero like a figure"


@given(figures, powers)
def test_a_figure_has_four_significant_digits_or_all_before_the_point(value: float, power: int) -> None:
    digits = in_powers(value, power).partition("e")[0].replace(",", "").lstrip("-0.")
    before = digits.partition(".")[0] if abs(value) >= 1000**power else ""
    assert len(digits.replace(".", "")) <= max(5, len(before)), "five where rounding carried: 999.96 is 1,000.0"


def test_figures_in_powers_of_a_thousand() -> None:
    for value, power, text in [
        (70_626_601, 1, "70,627"), (1_234_567, 2, "1.235"), (123_460_000, 2, "123.5"), (1_000_000, 2, "1.000"),
        (999_960_000, 2, "1,000.0"), (-45_600, 2, "-0.04560"), (1, 3, "1e-9"), (0, 3, "0"), (0.0, 1, "0"),
        (float("nan"), 2, "nan"),
    ]:  # fmt: skip
        assert in_powers(value, power) == text


@given(st.lists(figures, max_size=30), st.integers(0, 1))
def test_money_is_in_millions_or_as_it_is_whatever_is_usual_among_the_figures(values: list[float], begins: int) -> None:
    unit, power = [("USD", 2), ("thousand USD", 1)][begins]
    found = common_power(unit, values, MONEY_POWER)
    assert found == (power if max(map(abs, values), default=0) >= 10 * 1000**power else 0)
    assert unit_in_powers(unit, found) in ("million USD", unit)
    assert common_power(unit, [*values, *[1.0] * 99, 10**14], MONEY_POWER) == power, "small ones beside a large one"


def test_units_are_composed_in_words() -> None:
    for unit, power, words in [
        ("USD", 1, "thousand USD"), ("thousand USD", 1, "million USD"),
        ("thousand USD (VAL, BAL), % (growth)", 2, "billion USD"),
        ("US dollars; weight in kg net", 2, "million US dollars"), ("RMB yuan", 3, "billion RMB yuan"),
        ("million kg", 0, "million kg"),
    ]:  # fmt: skip
        assert unit_in_powers(unit, power) == words


@pytest.mark.parametrize("unit", ["%", "USD thousand", "Thousand USD", "USD 000", "万元"])
def test_a_unit_written_in_another_way_is_left_alone(unit: str) -> None:
    assert common_power(unit, [10**12], MONEY_POWER) == 0


def test_figures_that_are_larger_to_begin_with_stay_as_they_are() -> None:
    for unit in ("million USD", "billion USD"):
        assert common_power(unit, [1e30], MONEY_POWER) == 0
    assert common_power("kg", [9_999.0], WEIGHT_POWER) == 0
    assert common_power("kg", [10_000.0], WEIGHT_POWER) == 1


@given(figures)
def test_an_exact_figure_has_all_its_digits(value: float) -> None:
    assert read(exact(value)) == value
