"""Sums, shares, years to date and balances over random tables with gaps, against plain Python."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.codes.periods import Period, periods_between
from tradestat_tools.model.observation import Status
from tradestat_tools.research.series import sums
from tradestat_tools.research.series.sums import NOTHING, Cell

YEARS = tuple(periods_between(Period(2019), Period(2023)))
MONTHS = tuple(periods_between(Period(2022, "month", 1), Period(2023, "month", 12)))


def cell(value: int | None, kg: int | None = None) -> Cell:
    if value is None:
        return NOTHING
    return Cell(value, kg, "FOB", Status.REPORTED)


FIGURE = st.one_of(st.none(), st.integers(0, 10**13))


def tables(periods: tuple[Period, ...]) -> st.SearchStrategy[dict[str, dict[Period, Cell]]]:
    row = st.fixed_dictionaries({at: FIGURE.map(cell) for at in periods})
    return st.dictionaries(st.sampled_from(["A", "B", "C", "D", "E"]), row, min_size=1)


@given(tables(YEARS))
@settings(deadline=None)
def test_a_sum_is_that_of_the_members_that_are_there_and_names_the_others(
    members: dict[str, dict[Period, Cell]],
) -> None:
    found = sums.summed(members, YEARS)
    for at in YEARS:
        there = [value for one in members.values() if (value := one[at].value) is not None]
        lacking = [name for name, one in members.items() if one[at].value is None]
        assert found[at].value == (sum(there) if there else None)
        assert [one.name for one in found[at].lacking] == lacking


@given(tables(YEARS))
@settings(deadline=None)
def test_shares_of_members_that_are_all_there_add_up_to_one(members: dict[str, dict[Period, Cell]]) -> None:
    found = sums.summed(members, YEARS)
    for at in YEARS:
        shares = [sums.part(one[at], found[at]).value for one in members.values()]
        if found[at].lacking or not found[at].value:
            assert None in shares
        else:
            assert abs(math.fsum(value for value in shares if value is not None) - 1) < 1e-9


@given(tables(MONTHS), st.integers(1, 12))
@settings(deadline=None)
def test_a_year_to_date_sets_the_same_months_side_by_side_or_nothing(
    members: dict[str, dict[Period, Cell]], last: int
) -> None:
    for cells in members.values():
        found = sums.to_date(cells, Period(2023, "month", last))
        by_year = {
            year: [cells[Period(year, "month", month)].value for month in range(1, last + 1)] for year in (2022, 2023)
        }
        whole = {year: None if None in values else sum(v or 0 for v in values) for year, values in by_year.items()}
        assert (found.before, found.now) == (whole[2022], whole[2023])
        if whole[2022] and whole[2023] is not None:
            assert found.growth.value == whole[2023] / whole[2022] - 1
        else:
            assert found.growth.value is None
            assert found.growth.why


@given(tables(YEARS), tables(YEARS))
@settings(deadline=None)
def test_a_balance_is_there_only_where_both_flows_are(
    exports: dict[str, dict[Period, Cell]], imports: dict[str, dict[Period, Cell]]
) -> None:
    one, other = next(iter(exports.values())), next(iter(imports.values()))
    found = sums.less(one, other, YEARS, ("exports", "imports"))
    for at in YEARS:
        x, m = one[at].value, other[at].value
        assert found[at].value == (None if x is None or m is None else x - m)
        assert (found[at].value is None) == bool(found[at].why)


@given(tables(YEARS))
@settings(deadline=None)
def test_periods_together_are_those_that_are_there_and_name_the_others(members: dict[str, dict[Period, Cell]]) -> None:
    for cells in members.values():
        found = sums.together(cells, YEARS)
        there = [one.value for one in cells.values() if one.value is not None]
        assert found.value == (sum(there) if there else None)
        assert found.lacking == tuple(at for at in YEARS if cells[at].value is None)


@given(tables(MONTHS))
@settings(deadline=None)
def test_the_average_of_a_calendar_month_is_over_the_years_that_have_it(members: dict[str, dict[Period, Cell]]) -> None:
    for cells in members.values():
        for number, (average, years) in enumerate(sums.by_calendar_month(cells, MONTHS), 1):
            there = [one.value for at, one in cells.items() if at.number == number and one.value is not None]
            assert years == len(there)
            assert average == (pytest.approx(math.fsum(there) / len(there)) if there else None)


@given(st.lists(FIGURE, max_size=8))
def test_ranks_start_with_the_largest_and_leave_out_what_is_not_there(values: list[int | None]) -> None:
    for value, rank in zip(values, sums.ranks(values), strict=True):
        assert rank == (None if value is None else 1 + len([one for one in values if one is not None and one > value]))


def test_exports_free_on_board_and_imports_with_freight_are_never_added() -> None:
    fob, cif = Cell(5, valuation="FOB"), Cell(7, valuation="CIF")
    at = YEARS[0]
    assert sums.summed({"A": {at: fob}, "B": {at: cif}}, [at])[at] == Cell(None, why=sums.MIXED)
    assert sums.together({YEARS[0]: fob, YEARS[1]: cif}, YEARS[:2]).value is None
    assert sums.part(fob, cif).why == sums.MIXED_SHARE


def test_a_growth_from_nothing_or_from_zero_is_undefined_and_says_why() -> None:
    first, last = YEARS[0], YEARS[-1]
    from_zero = sums.changed({first: cell(0), last: cell(5)}, first, last)
    assert (from_zero.absolute.value, from_zero.yearly.value) == (5, None)
    assert "zero" in (from_zero.yearly.why or "")
    from_nothing = sums.changed({last: cell(5)}, first, last)
    assert from_nothing.yearly.why == f"{first}: {sums.NO_ROW}"
    assert sums.changed({first: cell(100), last: cell(1600)}, first, last).yearly.value == 1.0


def test_sums_that_lack_different_members_are_not_set_against_each_other() -> None:
    first, last = YEARS[0], YEARS[-1]
    found = sums.summed({"A": {first: cell(1), last: cell(3)}, "B": {last: cell(9)}}, [first, last])
    assert "different members" in (sums.changed(found, first, last).rate.why or "")


def test_a_unit_value_needs_a_weight() -> None:
    assert sums.price(cell(10, 4)).value == 2.5
    assert sums.price(cell(10, 0)).why == "no weight"
    assert sums.price(cell(10)).why == "no weight"
    whole = sums.summed({"A": {YEARS[0]: cell(10, 4)}, "B": {YEARS[0]: cell(10)}}, YEARS[:1])[YEARS[0]]
    assert (whole.value, whole.net_kg) == (20, None)
