"""Figures as text: legible, and never another figure."""

import math
import statistics
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_server.text.cells import POWERS, common_power, exact, in_powers, unit_in_powers

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


@given(st.lists(figures, max_size=30), st.sampled_from(["USD", "thousand USD", "RMB yuan"]))
def test_the_typical_figure_keeps_four_digits_before_the_point(values: list[float], unit: str) -> None:
    power = common_power(unit, values)
    there = [abs(value) for value in values if value]
    if power:
        assert statistics.median(there) >= 1000 ** (power + 1)
    elif there:
        assert statistics.median(there) < 1000**2 or not math.isfinite(statistics.median(there))


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
    assert common_power(unit, [10**12]) == 0


def test_no_power_goes_beyond_the_words() -> None:
    assert common_power("thousand USD", [1e30]) == 3
    assert unit_in_powers("thousand USD", 3) == "trillion USD"


@given(figures)
def test_an_exact_figure_has_all_its_digits(value: float) -> None:
    assert read(exact(value)) == value
