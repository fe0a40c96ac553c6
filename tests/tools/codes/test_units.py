from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.units import (
    UNIT_NAMES,
    UNIT_WORDS,
    exact,
    format_number,
    quantity_unit,
    quantity_units,
    to_yuan,
    unit,
)
from tradestat_tools.codes.words import CodeError


def test_hundred_millions_and_millions_of_yuan_become_yuan_exactly() -> None:
    assert to_yuan(12.3, "yi_yuan") == Decimal(1230000000)
    assert to_yuan("12.3", "yi_yuan") == Decimal(1230000000)
    assert to_yuan(12.3, "million_yuan") == Decimal(12300000)
    assert to_yuan(7, "yuan") == Decimal(7)
    assert str(to_yuan("0.1", "yi_yuan")) == "10000000"
    assert str(to_yuan(1234567.891, "million_yuan")) == "1234567891000"


DECIMALS = st.decimals(min_value=-(10**18), max_value=10**18, allow_nan=False, allow_infinity=False, places=6)


@given(DECIMALS)
def test_conversion_never_rounds(value: Decimal) -> None:
    assert to_yuan(value, "yi_yuan") == value * 10**8
    assert to_yuan(value, "yi_yuan") == to_yuan(value * 100, "million_yuan")
    assert "E" not in str(to_yuan(abs(value) + 1, "yi_yuan"))


def test_a_zero_stays_zero() -> None:
    assert to_yuan(0, "yi_yuan") == 0
    assert to_yuan("0.0", "million_yuan") == 0


def test_what_is_no_figure_is_refused() -> None:
    for value in ["", "-", "n/a", "nan", "inf", "1e999", "9" * 5000, "1.2.3", float("nan"), float("inf"), True]:
        with pytest.raises(CodeError):
            to_yuan(value, "yuan")


def test_thousands_commas_and_blanks_are_read() -> None:
    assert exact(" 1,234,567.5 ") == Decimal("1234567.5")


def test_a_unit_is_known_by_the_services_spellings() -> None:
    for text, expected in [
        ("亿元", "yi_yuan"), ("百万元", "million_yuan"), ("元", "yuan"), ("人民币", "yuan"),
        ("US Dollar thousand", "thousand_usd"), ("USD", "usd"), ("美元", "usd"),
    ]:  # fmt: skip
        assert unit(text) == expected
        assert expected in UNIT_NAMES


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(CodeError, match="not a known unit"):
        unit("EUR")


def test_numbers_are_written_for_people() -> None:
    for value, text in [
        (None, "–"), (0, "0"), ("0.0", "0"), (1234567, "1,234,567"), ("1,234,567", "1,234,567"),
        (-1234567, "-1,234,567"), (1234567.89, "1,234,568"), (12.345, "12.3"), (1.5, "1.50"), (0.0342, "0.0342"),
        (-0.04, "-0.0400"), ("0.000001", "0.00000100"),
    ]:  # fmt: skip
        assert format_number(value) == text


def test_decimals_can_be_asked_for() -> None:
    assert format_number(2.5, decimals=0) == "3"
    assert format_number(12.345, decimals=2) == "12.35"
    assert format_number("-0.001", decimals=1) == "0.0"


@given(DECIMALS)
def test_a_written_number_never_turns_a_figure_into_zero(value: Decimal) -> None:
    text = format_number(value)
    assert (Decimal(text.replace(",", "")) == 0) == (value == 0)


@given(st.text(max_size=40) | st.floats() | st.integers() | st.none())
def test_no_value_breaks_the_writer(value: str | float | None) -> None:
    try:
        text = format_number(value)
    except CodeError:
        return
    assert text


def test_a_unit_of_quantity_is_read_by_number_abbreviation_or_name() -> None:
    for written, abbr in [
        ("8", "kg"), ("KG", "kg"), ("kilograms", "kg"), ("千克", "kg"), ("u", "u"), ("items", "u"), ("2u", "2u"),
        ("m3", "m³"), ("m²", "m²"), ("-1", "N/A"), ("34", "kg 90% sdt"), ("carats", "carat"), ("톤", "1000 KG"),
        ("1000 kWh", "1000 kWh"),
    ]:  # fmt: skip
        assert quantity_unit(written).abbr == abbr


def test_every_unit_of_quantity_reads_back_as_itself() -> None:
    for known in quantity_units():
        for word in (known.comtrade, *known.names):
            assert quantity_unit(word) is known, word


def test_the_numbers_of_units_are_those_of_recorded_answers() -> None:
    """Seen in answers of UN Comtrade, 2026."""
    seen = {"8": "kg", "12": "m³", "5": "u", "34": "kg 90% sdt", "4": "m", "2": "m²", "-1": "N/A"}
    assert {number: quantity_unit(number).abbr for number in seen} == seen
    assert len({known.comtrade for known in quantity_units()}) == len(quantity_units()) == 41


def test_an_unknown_unit_of_quantity_is_refused_with_the_nearest() -> None:
    with pytest.raises(CodeError) as caught:
        quantity_unit("kilogramz")
    assert caught.value.nearest == ("kg",)


def test_the_spellings_of_a_unit_of_value_are_read_as_it() -> None:
    for code in UNIT_NAMES:
        assert all(unit(word) == code for word in UNIT_WORDS[code])
