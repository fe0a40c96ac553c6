"""Rows of one cell: the same once, contradictions never, and nothing in an answer that rests on one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.codes.periods import Period, period
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.model.reasons import Reason
from tradestat_tools.research.indicators.rows import ALL, Line, Options, selected
from tradestat_tools.research.indicators.tool import INDICATORS, Name
from tradestat_tools.research.periods import summed_to
from tradestat_tools.research.repeats import NAMED, notes_on, once

WORLD, KOREA, JAPAN, GERMANY = "0", "410", "392", "276"

ROW = Observation(
    flow="X",
    reporter="156",
    partner=KOREA,
    product="850760",
    classification="HS",
    period=period("2023"),
    value=40.0,
    currency="USD",
    valuation="FOB",
    status=Status.REPORTED,
    source="comtrade",
    tool="comtrade_data",
)


def summed(value: float) -> Observation:
    return replace(ROW, value=value, status=Status.SUMMED)


def told(*rows: Observation) -> str:
    return " ".join(note.text for note in notes_on(once(rows)[1]))


# --- by hand --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [5.0, 608_499_941.0])
def test_two_figures_of_one_cell_are_none_whichever_comes_first_or_is_larger(other: float) -> None:
    rows = [ROW, replace(ROW, value=other)]
    for given_rows in (rows, rows[::-1]):
        ((one,), (repeated,)) = once(given_rows)
        assert (one.value, one.status, repeated.refused) == (None, Status.CONFLICTING, True)
        assert "40 USD (reported, FOB)" in repeated.told()
        assert f"{other:,.0f} USD (reported, FOB)" in repeated.told()
    (note,) = notes_on(once(rows)[1])
    assert note.reason is Reason.CONFLICTING
    assert "China's exports to South Korea of 850760 in 2023" in note.text


def test_what_was_reported_is_taken_before_what_was_added_up_with_both_named() -> None:
    for rows in ([ROW, summed(100)], [summed(100), ROW], [ROW, ROW, summed(100), summed(7)]):
        ((one,), (repeated,)) = once(rows)
        assert (one, repeated.refused) == (ROW, False)
        assert "40 USD (reported, FOB), not 100 USD (summed, FOB)" in told(*rows)


def test_a_settled_figure_is_taken_before_a_provisional_one_and_no_status_decides_between_others() -> None:
    provisional, estimated = (replace(ROW, value=7.0, status=one) for one in (Status.PROVISIONAL, Status.ESTIMATED))
    assert once([provisional, ROW])[0] == [ROW]
    assert once([provisional, summed(9)])[0] == [summed(9)]
    assert once([estimated, ROW])[0] == [ROW]
    assert once([estimated, summed(9)])[0][0].status is Status.CONFLICTING
    assert once([estimated, replace(provisional, value=8.0)])[0][0].status is Status.CONFLICTING


def test_two_reported_figures_are_not_settled_by_a_sum_that_agrees_with_one_of_them() -> None:
    ((one,), (repeated,)) = once([ROW, replace(ROW, value=5.0), summed(40)])
    assert (one.value, repeated.refused) == (None, True)


def test_rows_that_say_the_same_are_one_and_need_no_word() -> None:
    assert once([ROW, ROW, replace(ROW, value=None, status=Status.MISSING)]) == ([ROW], [])
    assert once([summed(40), ROW]) == ([ROW], [])


def test_a_figure_contradicts_that_it_is_kept_back_but_not_that_there_is_none() -> None:
    kept = replace(ROW, value=None, status=Status.SUPPRESSED)
    missing = replace(ROW, value=None, status=Status.MISSING)
    assert once([missing, kept])[0] == [kept]
    ((one,), (repeated,)) = once([kept, ROW])
    assert one.status is Status.CONFLICTING
    assert "no figure (suppressed, FOB) and 40 USD (reported, FOB)" in repeated.told()


def test_a_figure_in_thousands_agrees_with_the_one_that_it_was_rounded_from() -> None:
    fine = replace(ROW, value=40_499.0)
    coarse = replace(ROW, value=40_000.0, resolution=1000.0)
    assert once([coarse, fine]) == ([fine], [])
    assert once([replace(coarse, value=39_000.0), fine])[0][0].status is Status.CONFLICTING
    assert once([coarse, replace(coarse, value=41_000.0)])[0][0].status is Status.CONFLICTING


def test_cif_and_fob_of_one_cell_are_two_statements() -> None:
    ((one,), _) = once([ROW, replace(ROW, valuation="CIF")])
    assert one.value is None
    assert "40 USD (reported, FOB) and 40 USD (reported, CIF)" in told(ROW, replace(ROW, valuation="CIF"))


def test_what_stands_beside_the_value_is_taken_from_all_rows_and_dropped_where_they_contradict_each_other() -> None:
    light, counted = replace(ROW, net_kg=10.0), replace(ROW, quantity=3.0, quantity_unit="u")
    assert once([light, counted])[0] == [replace(ROW, net_kg=10.0, quantity=3.0, quantity_unit="u")]
    assert once([replace(light, net_kg=0.0), light])[0] == [light]
    ((one,), (repeated,)) = once([light, replace(light, net_kg=11.0)])
    assert (one.value, one.net_kg, repeated.refused) == (40.0, None, False)
    assert "net weight: 10 kg and 11 kg" in repeated.told()
    assert once([counted, replace(counted, quantity_unit="kg")])[0] == [ROW]


def test_other_cells_and_sources_are_no_repetitions() -> None:
    others = [replace(ROW, flow="M"), replace(ROW, partner=JAPAN), replace(ROW, period=period("2024"))]
    others += [replace(ROW, product="850650"), replace(ROW, source="trademap"), replace(ROW, reporter="842")]
    assert once([ROW, *others]) == ([ROW, *others], [])


def test_a_note_names_so_many_cells_and_counts_the_rest() -> None:
    cells = [replace(ROW, period=Period(2000 + at)) for at in range(NAMED + 3)]
    text = told(*cells, *(replace(one, value=5.0) for one in cells))
    assert text.count(" 5 USD (") == NAMED
    assert text.endswith("; and 3 more.")


def test_a_month_in_two_figures_leaves_its_quarter_without_one() -> None:
    months = [replace(ROW, period=Period(2024, "month", number)) for number in (1, 2, 3)]
    (whole,) = summed_to([*months, *months], "quarter")
    (unknown,) = summed_to([*months, replace(months[1], value=5.0)], "quarter")
    (own,) = summed_to([*months, replace(months[1], value=5.0, status=Status.SUMMED)], "quarter")
    assert (whole.value, own.value) == (120, 120)
    assert (unknown.value, unknown.status) == (None, Status.CONFLICTING)


# --- random tables ----------------------------------------------------------------------------------------------------

Table = dict[tuple[str, int], list[Observation]]
"""Rows by partner and year."""

YEARS = (2021, 2022, 2023)
stated = st.tuples(st.integers(0, 4), st.sampled_from([Status.REPORTED, Status.SUMMED]))
missing = st.just((None, Status.MISSING))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Three partners, perhaps the World, and three years; a cell has no row, or up to four."""
    found: Table = {}
    partners = [KOREA, JAPAN, GERMANY, *([WORLD] if draw(st.booleans()) else [])]
    for partner in partners:
        for year in YEARS:
            cell = draw(st.lists(st.one_of(stated, stated, missing), max_size=4))
            found[partner, year] = [
                replace(ROW, partner=partner, period=Period(year), value=value, status=status) for value, status in cell
            ]
    return found


def flat(table: Table) -> list[Observation]:
    return [one for cell in table.values() for one in cell]


def figure(cell: Sequence[Observation]) -> int | None:
    """What a cell may be taken to hold: the only value of those reported, else the only one of those added up."""
    for status in (Status.REPORTED, Status.SUMMED):
        values = {one.value for one in cell if one.status is status}
        if values:
            (value, *others) = values
            return None if others or value is None else int(value)
    return None


def figures(table: Table) -> dict[tuple[str, int], int | None]:
    return {at: figure(cell) for at, cell in table.items()}


def lines(name: Name, table: Table) -> list[Line]:
    rows, _ = selected(flat(table))
    return INDICATORS[name].run(rows, Options(by="partner")).lines


def by_year(known: Mapping[tuple[str, int], int | None]) -> dict[int, dict[str, int]]:
    """The members that have a figure."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for (partner, year), value in known.items():
        if value is not None and partner != WORLD:
            found[year][partner] = value
    return found


def same(found: float | None, expected: Fraction | None) -> bool:
    return found is None if expected is None else found == pytest.approx(float(expected))


def part(value: int | None, whole: int | None) -> Fraction | None:
    return Fraction(value, whole) if value is not None and whole else None


some_tables = tables().filter(flat)


@given(some_tables, st.randoms(use_true_random=False))
def test_each_cell_is_there_once_with_a_figure_that_nothing_contradicts_in_whatever_order_rows_come(
    table: Table, chance: Any
) -> None:
    rows = flat(table)
    chance.shuffle(rows)
    found, repeated = once(rows)
    held = {(one.partner, one.period.year): one.value for one in found}
    assert len(held) == len(found)
    assert held == {at: figure(cell) for at, cell in table.items() if cell}
    contradicted = {at for at, cell in table.items() if len({one.value for one in cell} - {None}) > 1}
    assert {(one.rows[0].partner, one.period.year) for one in repeated} == contradicted
    assert once(found) == (found, [])


@given(some_tables, st.data())
def test_rows_that_come_again_change_nothing(table: Table, data: st.DataObject) -> None:
    rows = flat(table)
    again = [*rows, *data.draw(st.lists(st.sampled_from(rows), max_size=20))]
    assert selected(again)[0] == selected(rows)[0]
    names: tuple[Name, ...] = ("share", "hhi", "top_n", "growth", "index", "contributions")
    for name in names:
        plain = [(line.of, line.found, line.more) for line in lines(name, table)]
        run = INDICATORS[name].run(selected(again)[0], Options(by="partner"))
        assert [(line.of, line.found, line.more) for line in run.lines] == plain


@given(some_tables)
def test_shares_rest_on_the_total_else_on_the_members_that_have_a_figure_and_only_those_without_have_none(
    table: Table,
) -> None:
    known = figures(table)
    sums = {year: sum(members.values()) for year, members in by_year(known).items()}
    for line in lines("share", table):
        partner, year = line.of["partner"], int(line.of["period"])
        total = known.get((WORLD, year))
        value = known[partner, year]
        assert same(line.found.value, part(value, sums.get(year) if total is None else total))
        assert line.more["figure"] == value
        assert (line.found.value is None) == (line.found.why is not None)


@given(some_tables)
def test_concentration_is_that_of_the_members_that_have_a_figure(table: Table) -> None:
    known = figures(table)
    members = by_year(known)
    for line in lines("hhi", table):
        year = int(line.of["period"])
        values, total = list(members[year].values()), known.get((WORLD, year))
        whole = sum(values)
        assert line.more["members"] == len(values)
        complete = not total or abs(Fraction(whole, total) - 1) <= Fraction(1, 200)
        expected = sum((Fraction(value, whole) ** 2 for value in values), Fraction(0)) if whole and complete else None
        assert same(line.found.value, expected)


@given(some_tables)
def test_growth_and_index_rest_on_the_figures_of_their_own_series(table: Table) -> None:
    known = figures(table)
    for line in lines("growth", table):
        partner, year = line.of["partner"], int(line.of["period"])
        rate = part(known[partner, year], known.get((partner, year - 1)))
        assert same(line.found.value, None if rate is None else rate - 1)
    for line in lines("index", table):
        partner, year = line.of["partner"], int(line.of["period"])
        base = next((known[partner, at] for at in YEARS if known[partner, at] is not None), None)
        rate = part(known[partner, year], base)
        assert same(line.found.value, None if rate is None else 100 * rate)


@given(some_tables)
def test_contributions_add_up_over_the_members_that_have_both_figures(table: Table) -> None:
    known = figures(table)
    found = lines("contributions", table)
    if not found:
        return
    first, last = (int(text) for text in found[0].of["period"].split(" to "))
    both = {
        partner: (before, after)
        for partner in (KOREA, JAPAN, GERMANY)
        if (before := known[partner, first]) is not None and (after := known[partner, last]) is not None
    }
    start = sum(before for before, _ in both.values())
    for line in found:
        partner = line.of["partner"]
        changes = both if partner == ALL else {partner: both[partner]} if partner in both else {}
        change = sum(after - before for before, after in changes.values()) if changes else None
        assert same(line.found.value, part(change, start))


@settings(max_examples=200)
@given(st.lists(st.lists(st.one_of(stated, stated, missing), max_size=3), min_size=3, max_size=3))
def test_a_quarter_is_the_sum_of_three_months_of_which_nothing_contradicts_any(
    cells: list[list[tuple[int | None, Status]]],
) -> None:
    months = [
        [replace(ROW, period=Period(2024, "month", at + 1), value=value, status=status) for value, status in cell]
        for at, cell in enumerate(cells)
    ]
    known = [figure(cell) for cell in months]
    found = summed_to([one for cell in months for one in cell], "quarter")
    expected = sum(value or 0 for value in known) if None not in known else None
    assert [one.value for one in found] == ([expected] if any(months) else [])
