"""Single values: amounts without loss, missing kept apart from zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.model.errors import UpstreamChanged
from tradestat_tools.sources.doumaotong.wire.fields import Fields, last_month


def one(value: object) -> Fields:
    return Fields({"x": value}, "test")


AMOUNTS = st.decimals(min_value=0, max_value=Decimal(10) ** 7, places=4, allow_nan=False, allow_infinity=False)


@given(AMOUNTS)
def test_yi_yuan_is_exactly_a_hundred_million_yuan(amount: Decimal) -> None:
    assert one(str(amount)).yuan("x", "yi_yuan") == amount * 100_000_000


@given(AMOUNTS)
def test_million_yuan_is_exactly_a_million_yuan(amount: Decimal) -> None:
    assert one(float(amount)).yuan("x", "million_yuan") == Decimal(str(float(amount))) * 1_000_000


@pytest.mark.parametrize("value", [None, "", " ", "-", "--", "暂无", "NULL", "N/A"])
def test_missing_is_none_in_every_spelling(value: object) -> None:
    assert one(value).number("x") is None
    assert one(value).yuan("x", "yuan") is None
    assert one(value).percent("x") is None
    assert one(value).text("x") is None
    assert Fields({}, "test").number("x") is None


@pytest.mark.parametrize("value", [0, 0.0, "0", "0.00"])
def test_zero_is_zero(value: object) -> None:
    assert one(value).yuan("x", "yi_yuan") == 0
    assert one(value).percent("x") == 0


def test_whole_amounts_have_no_point() -> None:
    assert isinstance(one("12.34").yuan("x", "yi_yuan"), int)
    assert isinstance(one(12.345).yuan("x", "yuan"), float)


@pytest.mark.parametrize(("value", "read"), [("1,234.5", 1234.5), (" 7 ", 7), ("+3", 3), (-2.5, -2.5)])
def test_numbers_may_come_as_text(value: object, read: float) -> None:
    assert one(value).number("x") == read


@pytest.mark.parametrize("value", [True, [], {}, "12 apples", "1e999", "nan", "∞"])
def test_what_is_no_number_is_named(value: object) -> None:
    with pytest.raises(UpstreamChanged, match=r"test\.x"):
        one(value).number("x")


def test_the_last_month_of_a_coverage() -> None:
    for covered, month in [
        ("2021-01 ~ 2025-09", "2025-09"), ("202101-202509", "2025-09"), ("2021.1 - 2025.9", "2025-09"),
        ("2021-01-01/2025-09-30", "2025-09"), ("2021年1月至2025年12月", "2025-12"),
        ("2021-2025", None), ("202513", None), ("", None),
    ]:  # fmt: skip
        found = last_month(covered)
        assert (None if found is None else str(found)) == month


def test_texts_are_printable_and_bounded() -> None:
    text = one("手机\x1b[2J\n" + "长" * 1000).text("x") or ""
    assert text.isprintable()
    assert len(text) == 200
    assert one(["一带一路", None, "东盟"]).texts("x") == ["一带一路", "东盟"]
    assert one("东盟").texts("x") == ["东盟"]


def test_months_of_the_year_may_be_a_list_or_text() -> None:
    for value, months in [([1, "8", 11], [1, 8, 11]), ("1,8,11", [1, 8, 11]), ("1月、12月", [1, 12])]:
        assert one(value).months("x") == months
