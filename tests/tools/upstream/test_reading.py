"""Numbers as services write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.units import exact
from tradestat_tools.codes.words import CodeError
from tradestat_tools.upstream.reading import number


@given(st.integers(-(10**30), 10**30))
def test_thousands_parted_by_commas_are_the_number_without_them(value: int) -> None:
    assert number(f"{value:,}") == number(str(value)) == number(value) == value
    assert exact(f"{value:,}") == value


def test_a_comma_is_never_taken_for_a_decimal_point_nor_left_out_where_it_may_be_one() -> None:
    for text in ("608499941,5", "9012,34", "1,5", "1,5000", "12,34,567", ",123", "1,", "1,234,56", "1234,567"):
        with pytest.raises(ValueError, match="is not a number"):
            number(text)
        with pytest.raises(CodeError):
            exact(text)


def test_what_only_python_reads_as_a_number_is_none_here() -> None:
    for text in ("1_000", "１２３", "١٢٣", "inf", "nan", "0x10", "1" * 400, "1e9999", "--1", "1 000"):
        with pytest.raises(ValueError, match="is not a number"):
            number(text)
        with pytest.raises(CodeError):
            exact(text)
    for value in (10**400, float("inf"), float("nan"), True, [1]):
        with pytest.raises(ValueError, match=r"not a (number|figure)"):
            number(value)


def test_no_value_is_none_and_zero_is_zero() -> None:
    assert [number(word) for word in ("", " - ", "N/A", "null")] == [None] * 4
    assert [number(zero) for zero in (0, "0", 0.0, "0.00")] == [0] * 4
    assert type(number("12.0")) is int
    assert number("12.5") == 12.5
