"""Rows of one cell: the same once, contradictions never."""

from dataclasses import replace

import pytest

from tradestat_tools.codes.periods import Period, period
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.model.reasons import Reason
from tradestat_tools.research.periods import summed_to
from tradestat_tools.research.repeats import NAMED, notes_on, once

KOREA, JAPAN = "410", "392"

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
