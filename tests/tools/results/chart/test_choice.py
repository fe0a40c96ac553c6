"""Which figures are drawn, as what: one unit, one frequency, no total beside its parts, and what is refused."""

import re
from typing import Any

import pytest
from charted import charted, figure, kept, kept_mirror, kept_table, row

from tradestat_tools.contract.results import StoredResult
from tradestat_tools.model.answers import NoteCode, Table
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.results.chart.figure import Figure

KOREA, JAPAN, USA, GERMANY, EU = "410", "392", "842", "276", "97"


def years(partner: str, *values: float | None, **said: Any) -> list[dict[str, Any]]:
    """Figures from 2019 on."""
    return [row(value, partner=partner, period=str(2019 + at), **said) for at, value in enumerate(values)]


def names(of: Figure) -> list[str]:
    return [one.name for one in of.series]


def refused(*stored: StoredResult, **asked: Any) -> InvalidQuery:
    with pytest.raises(InvalidQuery) as caught:
        charted(*stored, **asked)
    return caught.value


def test_several_periods_are_lines_one_period_is_bars_and_both_flows_a_balance() -> None:
    both = [*years(KOREA, 1, 2), *years(KOREA, 3, 4, flow="M", valuation="CIF")]
    assert figure(kept(years(KOREA, 1, 2))).kind == "lines"
    assert figure(kept([*years(KOREA, 1), *years(JAPAN, 2)])).kind == "bars"
    assert figure(kept(both)).kind == "balance"


def test_the_world_is_never_drawn_beside_partners() -> None:
    of, notes = charted(kept([*years("0", 10, 20), *years(KOREA, 1, 2), *years(JAPAN, 3, 4)]))
    assert names(of) == ["Japan", "South Korea"]
    assert any(note.code is NoteCode.DOUBLE_COUNTING and "World" in note.text for note in notes)


def test_the_world_alone_is_drawn() -> None:
    assert figure(kept(years("0", 10, 20))).title == "China's exports of all goods to the World, 2019 to 2020"


def test_a_group_is_not_drawn_beside_its_members() -> None:
    of, notes = charted(kept([*years(EU, 10, 20), *years(GERMANY, 1, 2), *years(JAPAN, 3, 4)]))
    assert names(of) == ["Japan", "Germany"]
    assert any("overlap" in note.text for note in notes)


def test_a_group_is_drawn_beside_others_than_its_members() -> None:
    assert len(figure(kept([*years(EU, 10, 20), *years(JAPAN, 3, 4)])).series) == 2


def test_a_heading_is_not_drawn_beside_its_subheadings() -> None:
    rows = [row(value, product=code, partner=KOREA) for code, value in (("8507", 9), ("850760", 5), ("850710", 4))]
    of, notes = charted(kept(rows))
    assert of.axis.codes == ["850760", "850710"]
    assert any("8507" in note.text for note in notes if note.code is NoteCode.DOUBLE_COUNTING)


def test_services_that_are_parts_of_another_are_drawn_without_it() -> None:
    parts = {"S": 9, "SC": 4, "SC1": 4, "SD": 3}
    rows = [row(value, product=code, classification="EBOPS") for code, value in parts.items()]
    of = figure(kept(rows))
    assert [label.partition(" ")[0] for label in of.axis.labels] == ["3.1", "4"]
    assert of.total == 9


def test_reexports_are_not_drawn_beside_exports() -> None:
    of, notes = charted(kept([*years(KOREA, 5, 6), *years(KOREA, 1, 2, flow="RX")]))
    assert [one.values for one in of.series] == [[5, 6]]
    assert any("Re-exports" in note.text for note in notes)


def test_months_and_years_are_not_drawn_together() -> None:
    months = [row(1, partner=KOREA, period=f"2023-{month:02d}") for month in range(1, 13)]
    of, notes = charted(kept([*years(KOREA, 10, 20), *months]))
    assert of.axis.frequency == "month"
    assert "2 figures of years left out: months are drawn." in [note.text for note in notes]
    assert figure(kept([*years(KOREA, 10, 20), *months]), period="2019-2020").axis.labels == ["2019", "2020"]


def test_two_currencies_are_never_on_one_axis() -> None:
    other = kept(years(JAPAN, 7, 8, currency="CNY"), handle="rddddddddd3")
    error = refused(kept(years(KOREA, 1, 2)), other)
    assert "RMB yuan and US dollars" in error.message
    assert "exchange_rate" in error.remedy
    assert "measure=index" in error.remedy


def test_two_currencies_can_be_drawn_as_an_index() -> None:
    other = kept(years(JAPAN, 8, 4, currency="CNY"), handle="rddddddddd3")
    of = figure(kept(years(KOREA, 1, 2)), other, measure="index")
    assert of.unit == "2019 = 100"
    assert {one.name: one.values for one in of.series} == {"South Korea": [100, 200], "Japan": [100, 50]}


def test_an_index_begins_where_all_lines_have_a_figure_other_than_zero() -> None:
    of = figure(kept([*years(KOREA, 1, 2, 4), *years(JAPAN, 0, 5, None)]), measure="index")
    assert of.unit == "2020 = 100"
    assert {one.name: one.values for one in of.series} == {"South Korea": [50, 100, 200], "Japan": [0, 100, None]}


def test_quantities_in_different_units_are_refused() -> None:
    rows = [
        row(1, product="8703", quantity=2, quantity_unit="u"),
        row(1, product="8507", quantity=3, quantity_unit="kg"),
    ]
    assert "measure=weight" in refused(kept(rows), measure="quantity").remedy


def test_weights_are_in_kilograms_and_have_no_valuation() -> None:
    of = figure(kept([row(1, partner=KOREA, net_kg=5), row(1, partner=JAPAN, net_kg=7)]), measure="weight")
    assert (of.unit, of.valuation, of.series[0].values) == ("kg", None, [7, 5])


def test_what_has_no_weight_says_so() -> None:
    with pytest.raises(NoData, match="None of the 2 figures has a weight"):
        charted(kept(years(KOREA, 1, 2)), measure="weight")


@pytest.mark.parametrize("kind", ["shares", "treemap", "bubble"])
def test_what_does_not_add_up_is_no_share(kind: str) -> None:
    flows = [*years(KOREA, 1, 2), *years(JAPAN, 3, 4, flow="M")]
    assert "flow=X" in refused(kept(flows), kind=kind).remedy
    sources = [*years(KOREA, 1, 2), *years(JAPAN, 3, 4, source="other")]
    assert "one source" in (refused(kept(sources), kind=kind).allowed or "")
    valuations = [*years(KOREA, 1, 2), *years(JAPAN, 3, 4, valuation="CIF")]
    assert "FOB and CIF" in refused(kept(valuations), kind=kind).message


def test_parts_of_more_than_their_whole_are_refused() -> None:
    rows = [*years("0", 10), *years(KOREA, 8), *years(JAPAN, 7)]
    assert "overlap" in refused(kept(rows), kind="treemap").message


def test_without_the_whole_shares_are_of_the_sum_where_all_parts_are_there() -> None:
    of = figure(kept([*years(KOREA, 1, 2), *years(JAPAN, 3, None)]), kind="shares")
    assert [one.values for one in of.of("total")] == [[4, None]]  # without Japan the sum is not known


def test_all_others_are_the_whole_less_what_is_shown() -> None:
    of = figure(kept([*years("0", 10, 20), *years(KOREA, 1, 2), *years(JAPAN, 3, None)]), kind="shares")
    assert [one.values for one in of.of("rest")] == [[6, None]]


def test_a_part_without_a_figure_is_left_out_of_a_ranking_and_said_not_to_be_zero() -> None:
    rows = [*years(KOREA, 0, 1), *years(JAPAN, None, 5), *years(USA, 7, 8)]
    of = figure(kept(rows), period="2019", kind="bars")
    assert of.axis.labels == ["United States", "South Korea"]
    assert of.series[0].values == [7, 0]
    of, notes = charted(kept([*years(KOREA, 0, 1), *years(JAPAN, 5, None), *years(USA, 7, 8)]), kind="bars")
    assert of.axis.labels == ["United States", "South Korea"]
    assert "1 line without a figure, which is not zero, left out." in [note.text for note in notes]


def test_figures_stated_in_two_ways_are_not_drawn() -> None:
    of, notes = charted(kept([*years(KOREA, 1, 2, 3), *years(KOREA, 1, 5)]))
    assert of.series[0].values == [1, None, 3]
    assert of.series[0].marks == {"conflicting": [1]}
    assert any("two ways" in note.text for note in notes)


def test_marks_say_which_figures_are_provisional_estimated_or_kept_back() -> None:
    rows = [
        *years(KOREA, 1),
        row(2, partner=KOREA, period="2020", status="estimated"),
        row(3, partner=KOREA, period="2021", status="provisional"),
        row(None, partner=KOREA, period="2022", status="suppressed"),
        row(5, partner=KOREA, period="2023"),
    ]
    (one,) = figure(kept(rows)).series
    assert one.marks == {"estimated": [1], "provisional": [2], "suppressed": [3]}


def test_periods_between_the_first_and_the_last_are_on_the_axis_without_figures_too() -> None:
    of = figure(kept([row(1, partner=KOREA, period="2015"), row(2, partner=KOREA, period="2018")]))
    assert of.axis.labels == ["2015", "2016", "2017", "2018"]
    assert of.series[0].values == [1, None, None, 2]


def test_an_edition_that_changes_a_code_is_drawn() -> None:
    of = figure(kept([row(1, product="851712", period=str(year)) for year in range(2019, 2024)]))
    assert [one.at for one in of.breaks] == ["2022"]
    assert "851713" in of.breaks[0].text
    assert figure(kept([row(1, product="850760", period=str(year)) for year in range(2019, 2024)])).breaks == []


@pytest.mark.parametrize("word", ["KOR", "Korea", "410", "South Korea", "韩国", "한국"])
def test_what_is_drawn_is_chosen_by_code_or_name(word: str) -> None:
    of = figure(kept([*years(KOREA, 1, 2), *years(JAPAN, 3, 4)]), only=[word])
    assert [one.values for one in of.series] == [[1, 2]]


def test_what_is_not_there_is_refused_by_name() -> None:
    error = refused(kept([*years(KOREA, 1, 2), *years(JAPAN, 3, 4)]), only=["Japann"])
    assert error.nearest == ("Japan",)


def test_as_many_as_asked_for_are_drawn_the_largest_at_the_end_first() -> None:
    of, notes = charted(kept([*years(KOREA, 9, 2), *years(JAPAN, 3, 4), *years(USA, 1, 5)]), top=2)
    assert names(of) == ["United States", "Japan"]
    assert "The 2 largest of 3, by the newest figure." in [note.text for note in notes]


def test_lines_on_a_logarithmic_scale_leave_out_zeros_and_say_so() -> None:
    of, notes = charted(kept(years(KOREA, 0, 10, 100)), log=True)
    assert of.scale == "log"
    assert any("logarithmic" in note.text for note in notes)
    assert "begin at zero" in refused(kept(years(KOREA, 1, 2)), log=True, kind="bars").message


def test_the_balance_says_that_fob_is_beside_cif() -> None:
    of, notes = charted(kept([*years(KOREA, 5, 6), *years(KOREA, 1, 9, flow="M", valuation="CIF")]))
    assert of.valuation == "exports FOB, imports CIF"
    assert [one.values for one in of.of("balance")] == [[4, -3]]
    assert any(note.code is NoteCode.VALUATION for note in notes)
    assert "changed its sign in 2020" in of.finding[2]


def test_the_arguments_of_a_figure_draw_it_again() -> None:
    stored = kept([*years(KOREA, 1, 2, 3), *years(JAPAN, 3, 4, 5)])
    for asked in ({"period": "last 2 years", "top": 1}, {"kind": "bars"}, {"only": ["Japan"], "measure": "index"}):
        first = figure(stored, **asked)
        again = dict(first.arguments)
        assert again.pop("result") == [stored.handle]
        assert figure(stored, **again) == first


def test_a_comparison_is_drawn_alone_and_only_as_both_reports() -> None:
    data = {
        **{"exporter": "China", "importer": "South Korea", "product": "TOTAL", "currency": "USD", "causes": []},
        **{"gaps": [{"period": "2023", "exporter": 5, "best_rule": "exporter"}], "figures": [], "causes_of": "2023"},
    }
    assert figure(kept_mirror(data)).kind == "mirror"
    assert "alone" in refused(kept_mirror(data), kept(years(KOREA, 1, 2))).message
    assert "compare_mirror" in refused(kept(years(KOREA, 1, 2)), kind="mirror").remedy


def test_a_table_of_sql_is_drawn_by_its_columns() -> None:
    table = Table(("partner", "year", "share"), [("Korea", 2020, 1.5), ("Korea", 2021, 2.5), ("Japan", 2020, 3.5)])
    of = figure(kept_table(table), unit="percent")
    assert (of.kind, of.unit, of.axis.labels) == ("lines", "percent", ["2020", "2021"])
    assert {one.name: one.values for one in of.series} == {"Korea": [1.5, 2.5], "Japan": [3.5, None]}


def test_columns_of_a_table_in_different_units_are_refused_with_what_to_choose() -> None:
    table = Table(
        ("partner", "2023", "kg", "share %"),
        [("Korea", 5, 7, 1.0), ("Japan", 6, 8, 2.0)],
        measures=frozenset({"2023"}),
        weights=frozenset({"kg"}),
    )
    error = refused(kept_table(table, unit="US dollars"), columns=["partner", "kg", "share %"])
    assert "kg in kg; share % in percent" in error.message
    assert re.search(r'columns=\["partner", "kg"\]', error.remedy)
    of = figure(kept_table(table, unit="US dollars"))
    assert (of.unit, of.series[0].values) == ("US dollars", [6, 5])


def test_a_table_with_a_column_for_each_year_is_lines() -> None:
    table = Table(
        ("partner", "2022", "2023"), [("Korea", 5, None), ("World", 9, 10)], measures=frozenset({"2022", "2023"})
    )
    of, notes = charted(kept_table(table, unit="thousand US dollars"))
    assert of.unit == "thousand US dollars"
    assert {one.name: one.values for one in of.series} == {"Korea": [5, None]}
    assert any(note.code is NoteCode.DOUBLE_COUNTING for note in notes)


def test_codes_of_a_table_have_the_name_beside_them() -> None:
    table = Table(
        ("HS code", "product", "12 months"), [("85076000", "锂离子蓄电池", 5), ("87038000", "纯电动乘用车", 9)]
    )
    of = figure(kept_table(table), unit="RMB yuan")
    assert of.axis.labels == ["87038000 纯电动乘用车", "85076000 锂离子蓄电池"]


def test_a_single_period_is_no_line() -> None:
    assert "there is one period" in refused(kept([*years(KOREA, 1), *years(JAPAN, 2)]), kind="lines").message


def test_a_map_wants_one_figure_for_each_area() -> None:
    rows = [row(1, partner=KOREA, product="85"), row(2, partner=JAPAN, product="87")]
    assert "one figure for each partner" in refused(kept(rows), kind="map").message


def test_an_area_without_a_place_is_named() -> None:
    of, notes = charted(kept([*years(KOREA, 5), *years("899", 7)]), kind="map")
    assert any("Without a place" in note.text for note in notes)
    assert of.axis.tiles is not None
    assert of.axis.tiles[0] is None


def test_a_sum_in_a_table_is_drawn_without_its_members_where_others_stand_beside_it() -> None:
    rows = [("ASEAN", "2022", 9), ("Viet Nam", "2022", 5), ("Thailand", "2022", 4), ("Japan", "2022", 7)]
    table = Table(("partner", "period", "value"), rows, measures=frozenset({"value"}))
    assert figure(kept_table(table, unit="US dollars")).axis.labels == ["ASEAN", "Japan"]
    alone = Table(("partner", "period", "value"), rows[:3], measures=frozenset({"value"}))
    assert figure(kept_table(alone, unit="US dollars")).axis.labels == ["Viet Nam", "Thailand"]


def test_kinds_of_figures_in_a_table_do_not_tell_lines_apart() -> None:
    rows = [("exports", "Japan", "2022", 1, "reported"), ("exports", "Japan", "2023", 2, "estimated")]
    rows += [("imports", "Japan", "2022", 3, "reported"), ("exports", "China", "2023", 4, "reported")]
    table = Table(("flow", "partner", "period", "value", "status"), rows, measures=frozenset({"value"}))
    assert names(figure(kept_table(table, unit="US dollars"))) == ["exports, China", "exports, Japan", "imports, Japan"]


@pytest.mark.parametrize("word", ["exports", "出口", "X"])
def test_flows_are_read_by_their_words(word: str) -> None:
    both = [*years(KOREA, 1, 2), *years(KOREA, 3, 4, flow="M")]
    assert [one.values for one in figure(kept(both), flow=word).series] == [[1, 2]]
