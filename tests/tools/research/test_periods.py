"""Months summed into quarters and years."""

from dataclasses import replace

import pytest

from tradestat_tools.codes.periods import Period, period
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.research.periods import summed_to

MONTH = Observation(
    flow="X",
    reporter="410",
    partner="156",
    product="850760",
    classification="HS",
    period=period("2024-01"),
    value=1.0,
    currency="USD",
    valuation="FOB",
    status=Status.REPORTED,
    source="korea",
    tool="getNitemtradeList",
    net_kg=10.0,
    quantity=2.0,
    quantity_unit="u",
)


def year(months: int = 12) -> list[Observation]:
    return [
        replace(MONTH, period=Period(2024, "month", number), value=float(number)) for number in range(1, months + 1)
    ]


def test_twelve_months_make_a_year() -> None:
    (found,) = summed_to(year(), "year")
    assert (found.period, found.value, found.status) == (Period(2024), 78.0, Status.SUMMED)
    assert (found.net_kg, found.quantity, found.quantity_unit) == (120.0, 24.0, "u")


def test_eleven_months_make_no_year() -> None:
    (found,) = summed_to(year(11), "year")
    assert (found.value, found.status, found.net_kg, found.quantity) == (None, Status.MISSING, None, None)


def test_quarters_are_made_of_three_months_each_and_the_last_one_that_is_not_whole_is_missing() -> None:
    found = summed_to(year(8), "quarter")
    assert [(str(one.period), one.value) for one in found] == [("2024Q1", 6.0), ("2024Q2", 15.0), ("2024Q3", None)]


def test_four_quarters_make_a_year() -> None:
    (found,) = summed_to(summed_to(year(), "quarter"), "year")
    assert (found.period, found.value) == (Period(2024), 78.0)


@pytest.mark.parametrize("status", [Status.MISSING, Status.SUPPRESSED])
def test_a_year_with_a_month_without_a_figure_has_none_and_says_why(status: Status) -> None:
    months = year()
    months[3] = replace(months[3], value=None, status=status)
    (found,) = summed_to(months, "year")
    assert (found.value, found.status) == (None, status)


def test_a_year_with_a_provisional_month_is_provisional() -> None:
    months = year()
    months[11] = replace(months[11], status=Status.PROVISIONAL)
    (found,) = summed_to(months, "year")
    assert (found.value, found.status) == (78.0, Status.PROVISIONAL)


def test_zero_is_summed_as_zero() -> None:
    (found,) = summed_to([replace(one, value=0.0) for one in year()], "year")
    assert (found.value, found.status) == (0.0, Status.SUMMED)


def test_currencies_and_valuations_are_not_summed_with_each_other() -> None:
    months = year()
    months[0] = replace(months[0], currency="CNY")
    assert summed_to(months, "year")[0].value is None
    months[0] = replace(months[0], currency="USD", valuation="CIF")
    assert summed_to(months, "year")[0].value is None


def test_pieces_and_pairs_are_not_summed_with_each_other_but_the_value_is() -> None:
    months = year()
    months[0] = replace(months[0], quantity_unit="2u")
    (found,) = summed_to(months, "year")
    assert (found.value, found.quantity) == (78.0, None)


def test_a_years_own_figure_is_not_replaced_by_the_sum_of_its_months() -> None:
    own = replace(MONTH, period=Period(2024), value=80.0)
    (found,) = summed_to([*year(), own], "year")
    assert (found.value, found.status) == (80.0, Status.REPORTED)


def test_two_flows_are_kept_apart() -> None:
    found = summed_to([*year(), *(replace(one, flow="M") for one in year())], "year")
    assert sorted((one.flow, one.value) for one in found) == [("M", 78.0), ("X", 78.0)]


def test_a_month_twice_is_counted_once() -> None:
    (found,) = summed_to([*year(), year()[0]], "year")
    assert found.value == 78.0
