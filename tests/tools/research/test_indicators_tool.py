"""`trade_indicators`: which figures go into an indicator, and what keeps others out of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tradestat_tools.codes.periods import period
from tradestat_tools.codes.spans import Span
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.model.observation import FlowCode, Observation, Status, Valuation
from tradestat_tools.research.indicators.rows import ALL, Line, Options, selected
from tradestat_tools.research.indicators.tool import INDICATORS, Name

BATTERIES = "850760"
CHINA, KOREA, JAPAN, GERMANY, WORLD, EU = "156", "410", "392", "276", "0", "97"


def row(
    value: float | None,
    *,
    flow: FlowCode = "X",
    reporter: str = CHINA,
    partner: str = WORLD,
    product: str = BATTERIES,
    when: str = "2023",
    source: str = "comtrade",
    currency: str = "USD",
    valuation: Valuation | None = "FOB",
    quantity: float | None = None,
    unit: str | None = None,
    net_kg: float | None = None,
) -> Observation:
    """A figure made up for a test."""
    return Observation(
        flow=flow,
        reporter=reporter,
        partner=partner,
        product=product,
        classification="HS",
        period=period(when),
        value=value,
        currency=currency,
        valuation=valuation,
        status=Status.MISSING if value is None else Status.REPORTED,
        source=source,
        tool="test",
        quantity=quantity,
        quantity_unit=unit,
        net_kg=net_kg,
    )


def lines(name: Name, rows: Sequence[Observation], **options: Any) -> list[Line]:
    """What an indicator makes of rows."""
    return INDICATORS[name].run(rows, Options(**options)).lines


def said(name: Name, rows: Sequence[Observation], **options: Any) -> str:
    return " ".join(INDICATORS[name].run(rows, Options(**options)).said)


def only(name: Name, rows: Sequence[Observation], **options: Any) -> Line:
    (line,) = lines(name, rows, **options)
    return line


def chosen(rows: Sequence[Observation], **options: Any) -> list[Observation]:
    """The figures that indicators are worked out of."""
    return selected(rows, **options)[0]


def values(found: Sequence[Line], by: str) -> dict[str, float | None]:
    return {line.of[by]: line.found.value for line in found}


TO_THREE = [row(50, partner=KOREA), row(30, partner=JAPAN), row(20, partner=GERMANY)]

# --- members -------------------------------------------------------------------------------------------------------


def test_the_world_and_groups_are_never_members() -> None:
    # .5² + .3² + .2² = .38, with or without the World's 100 and the EU's 20, which contain them
    assert only("hhi", TO_THREE).found.value == pytest.approx(0.38)
    beside = [*TO_THREE, row(100), row(20, partner=EU)]
    line = only("hhi", beside, by="partner")
    assert line.found.value == pytest.approx(0.38)
    assert (line.more["members"], line.of["partner"]) == (3, ALL)
    assert only("hhi_normalised", beside).found.value == pytest.approx(0.07)  # (.38 - 1/3) / (2/3)
    assert only("top_n", beside, n=2).found.value == pytest.approx(0.8)
    assert [line.of["partner"] for line in lines("share", beside)] == [KOREA, JAPAN, GERMANY]  # the largest first


def test_shares_are_of_the_reported_total_if_it_is_there() -> None:
    # 50 of a reported 200: 25 %; without the total 50 of the three's 100: 50 %
    found = values(lines("share", [*TO_THREE, row(200)]), "partner")
    assert found == {KOREA: 0.25, JAPAN: 0.15, GERMANY: 0.1}
    assert "reported total" in said("share", [*TO_THREE, row(200)])
    assert values(lines("share", TO_THREE), "partner")[KOREA] == 0.5
    assert "sum of the members" in said("share", TO_THREE)


def test_members_short_of_the_reported_total_are_not_all_and_said_so() -> None:
    # 100 of 200
    line = only("hhi", [*TO_THREE, row(200)])
    assert line.found.value is None
    assert line.found.why == "the members are 50.0% of the reported total"
    assert "missing=skip measures them alone" in said("hhi", [*TO_THREE, row(200)])
    assert only("hhi", [*TO_THREE, row(200)], skip=True).found.value == pytest.approx(0.38)
    assert "among them only" in said("hhi", [*TO_THREE, row(200)], skip=True)


def test_members_over_the_reported_total_contain_each_other_whatever_is_asked() -> None:
    line = only("hhi", [*TO_THREE, row(80)], skip=True)
    assert line.found.value is None
    assert line.found.why == "the members are 125.0% of the reported total"
    assert "contain each other" in said("hhi", [*TO_THREE, row(80)])


def test_a_member_without_a_figure_is_named_and_leaves_its_own_cell_undefined() -> None:
    rows = [row(60, partner=KOREA), row(40, partner=JAPAN), row(None, partner=GERMANY)]
    line = only("hhi", rows)
    assert line.found.value == pytest.approx(0.52)  # .36 + .16
    assert line.more == {"members": 2, "sum": 100, "largest": "South Korea, Japan", "lacking": 1}
    assert "concentration is among those that do. No figure in 2023: Germany (a figure is missing)." in said(
        "hhi", rows
    )
    found = lines("share", rows)
    assert values(found, "partner") == {KOREA: 0.6, JAPAN: 0.4, GERMANY: None}
    assert {line.found.why for line in found} == {None, "a figure is missing"}
    assert {line.more["lacking"] for line in found} == {1}
    assert "at most what they are of all. No figure in 2023: Germany" in said("share", rows)
    assert values(lines("share", rows, skip=True), "partner") == {KOREA: 0.6, JAPAN: 0.4}
    assert "No figure in 2023: Germany" in said("share", rows, skip=True)


def test_a_member_without_a_figure_takes_nothing_from_shares_of_a_reported_total() -> None:
    rows = [row(60, partner=KOREA), row(40, partner=JAPAN), row(None, partner=GERMANY), row(200)]
    assert values(lines("share", rows), "partner") == {KOREA: 0.3, JAPAN: 0.2, GERMANY: None}
    assert "at most" not in said("share", rows)
    unknown = [*rows[:3], row(None)]
    assert values(lines("share", unknown), "partner") == {KOREA: 0.6, JAPAN: 0.4, GERMANY: None}
    assert "where the total has no figure: 2023 (a figure is missing)." in said("share", unknown)


def test_members_that_some_periods_lack_leave_all_other_cells_defined_and_each_sum_says_what_it_lacks() -> None:
    # ten partners over three years, each year without another of them, and 2023 without nine
    partners = ["410", "392", "276", "251", "842", "826", "380", "724", "56", "528"]
    rows = [
        row(None if (at, year) in ((0, 2021), (1, 2022)) else 10.0, partner=partner, when=str(year))
        for at, partner in enumerate(partners)
        for year in (2021, 2022)
    ]
    rows += [row(5, partner=partners[0], when="2023")]  # of the others 2023 has no row at all
    found = lines("share", rows, by="partner")
    assert [line.found.value for line in found].count(None) == 1 + 1 + 9
    assert {line.found.value for line in found if line.of["period"] == "2021"} == {None, 10 / 90}
    text = said("share", rows, by="partner")
    assert (
        "No figure in 2021: South Korea (a figure is missing). No figure in 2022: Japan (a figure is missing)." in text
    )
    assert " and 1 more (a figure is missing)." in text.partition("No figure in 2023: ")[2]
    years = [row(1, when="2021"), row(3, when="2022"), row(None, when="2023")]
    assert values(lines("share", years, by="period"), "period") == {"2021": 0.25, "2022": 0.75, "2023": None}
    assert "No figure: 2023 (a figure is missing)." in said("share", years, by="period")
    assert [line.more.get("lacking") for line in lines("hhi", rows, by="partner")] == [1, 1, 9]


def test_what_is_kept_back_or_known_not_to_be_zero_is_named_as_such() -> None:
    kept = replace(row(None, partner=GERMANY), status=Status.SUPPRESSED)
    weighed = row(None, partner="251", net_kg=5)
    rows = [row(60, partner=KOREA), row(40, partner=JAPAN), kept, weighed, row(None, partner="842")]
    text = said("share", rows)
    assert "Germany (the reporter keeps it back)" in text
    assert "France (a quantity is reported without a value, so it is not zero)" in text
    assert "United States (a figure is missing)" in text
    whys = {line.of["partner"]: line.found.why for line in lines("share", [*rows, row(200)])}
    assert whys[GERMANY] == "the reporter keeps it back"
    assert "Germany (the reporter keeps it back)" in said("hhi", rows)


def test_products_of_several_levels_are_refused_with_the_choice() -> None:
    rows = [row(70, product="85"), row(30, product="84"), row(40, product="8507"), row(100, product="TOTAL")]
    with pytest.raises(InvalidQuery, match="levels 2, 4") as refused:
        lines("hhi", rows)
    assert (refused.value.argument, refused.value.nearest) == ("level", ("2", "4"))
    chapters = chosen(rows, level=2)
    assert only("hhi", chapters, by="product").found.value == pytest.approx(0.58)  # .49 + .09; TOTAL is no member
    assert values(lines("share", chapters), "product") == {"84": 0.3, "85": 0.7}


def test_what_the_members_are_is_asked_where_it_could_be_several_things() -> None:
    rows = [row(1, partner=partner, product=product) for partner in (KOREA, JAPAN) for product in ("84", "85")]
    with pytest.raises(InvalidQuery) as refused:
        lines("share", rows)
    assert refused.value.nearest == ("by=partner", "by=product")
    assert len(lines("hhi", rows, by="partner")) == 2
    with pytest.raises(InvalidQuery, match="vary along none"):
        lines("hhi", [row(1)])


def test_figures_valued_differently_are_not_put_together() -> None:
    rows = [row(50, partner=KOREA), row(50, partner=JAPAN, valuation="CIF")]
    assert only("hhi", rows).found.why == "FOB and CIF figures stand side by side"
    years = [row(50), row(60, when="2024", valuation="CIF")]
    assert lines("growth", years)[1].found.why == "FOB and CIF figures stand side by side"


def test_contributions_add_up_to_the_growth_of_all() -> None:
    # 60 + 40 = 100 -> 90 + 30 = 120: +30 % and -10 %
    rows = [
        row(60, partner=KOREA),
        row(40, partner=JAPAN),
        row(90, partner=KOREA, when="2024"),
        row(30, partner=JAPAN, when="2024"),
    ]
    found = lines("contributions", [*rows, row(100), row(120, when="2024")], by="partner")
    assert values(found, "partner") == pytest.approx({KOREA: 0.3, JAPAN: -0.1, ALL: 0.2})
    assert {line.of["period"] for line in found} == {"2023 to 2024"}
    assert "V is the sum of the members" in said("contributions", rows, by="partner")


def test_a_member_of_one_year_only_leaves_its_own_contribution_undefined_and_is_not_in_the_whole() -> None:
    rows = [row(60, partner=KOREA), row(90, partner=KOREA, when="2024"), row(5, partner=JAPAN, when="2024")]
    assert values(lines("contributions", rows), "partner") == {KOREA: 0.5, JAPAN: None, ALL: 0.5}
    assert "No figure in both 2023 and 2024, so not in V: Japan (a figure is missing)." in said("contributions", rows)
    assert values(lines("contributions", rows, skip=True), "partner") == {KOREA: 0.5, ALL: 0.5}


# --- over time -----------------------------------------------------------------------------------------------------


def test_growth_needs_the_year_before_among_the_rows() -> None:
    found = lines("growth", [row(80, when="2021"), row(100, when="2022"), row(120, when="2024")])
    assert [line.found.value for line in found] == [None, 0.25, None]
    assert found[2].found.why == "its base period is not among the rows"


def test_months_grow_on_the_year_and_on_the_month_before_across_the_new_year() -> None:
    found = lines("growth", [row(50, when="2023-01"), row(80, when="2023-12"), row(100, when="2024-01")])
    assert found[2].found.value == 1.0
    assert found[2].more["on_period_before"] == 0.25


def test_months_and_years_are_never_one_series() -> None:
    assert len(lines("index", [row(10), row(5, when="2023-01")])) == 2
    assert {line.found.value for line in lines("index", [row(10), row(5, when="2023-01")])} == {100}


def test_compound_growth_counts_years_not_rows() -> None:
    # 100 to 121 over two years: 10 % a year, though there are only two rows
    line = only("cagr", [row(100, when="2021"), row(121, when="2023")])
    assert line.found.value == pytest.approx(0.1)
    assert line.more["years"] == 2
    with pytest.raises(InvalidQuery, match="of years"):
        lines("cagr", [row(1, when="2023-01"), row(2, when="2023-02")])


def test_an_index_begins_with_the_first_figure_or_the_base_asked_for() -> None:
    rows = [row(None, when="2020"), row(40, when="2021"), row(50, when="2022")]
    assert [line.found.value for line in lines("index", rows)] == [None, 100, 125]
    assert [line.found.value for line in lines("index", rows, base=period("2022"))] == [None, 80, 100]
    assert {line.found.value for line in lines("index", rows, base=period("2019"))} == {None}


def test_unit_values_are_for_the_reported_unit_else_for_the_kilogram() -> None:
    pieces, weight, none = lines(
        "unit_value",
        [
            row(180, quantity=15, unit="u", net_kg=90, when="2021"),
            row(180, net_kg=90, when="2022"),
            row(180, when="2023"),
        ],
    )
    assert (pieces.found.value, pieces.more["unit"]) == (12, "u")
    assert (weight.found.value, weight.more["unit"]) == (2, "kg net")
    assert (none.found.value, none.found.why) == (None, "a figure is missing")


def test_quantity_and_unit_value_share_the_change_in_one_unit() -> None:
    # 100 for 10 -> 180 for 15: 55 by quantity, 25 by unit value
    line = only("quantity_unit_value", [row(100, net_kg=10), row(180, net_kg=15, when="2024")])
    assert line.found.value == pytest.approx(55)
    assert line.more["by_unit_value"] == pytest.approx(25)
    assert (line.more["change"], line.more["unit"]) == (80, "kg net")
    other = only(
        "quantity_unit_value", [row(100, quantity=10, unit="u"), row(180, quantity=15, unit="kg", when="2024")]
    )
    assert other.found.value is None


# --- exports and imports, and the world -----------------------------------------------------------------------------


def test_balances_pair_the_flows_of_one_period() -> None:
    rows = [row(150), row(50, flow="M", valuation="CIF"), row(70, when="2024")]
    found = lines("balance", rows)
    assert [line.found.value for line in found] == [100, None]
    assert values(lines("normalised_balance", rows), "period") == {"2023": 0.5, "2024": None}
    with pytest.raises(InvalidQuery, match="exports and imports"):
        lines("balance", [row(150)])


def test_grubel_lloyd_over_all_products_is_weighted_by_trade() -> None:
    # |150-50| + |10-30| = 120 of 240: 0.5
    rows = [
        row(150, product="84"),
        row(50, product="84", flow="M"),
        row(10, product="85"),
        row(30, product="85", flow="M"),
        row(160, product="TOTAL"),
        row(80, product="TOTAL", flow="M"),
    ]
    assert values(lines("grubel_lloyd", rows, by="product"), "product") == {
        "84": 0.5,
        "85": 0.5,
        "TOTAL": pytest.approx(2 / 3),
        ALL: 0.5,
    }


def test_a_partner_with_one_flow_leaves_only_its_own_grubel_lloyd_undefined() -> None:
    rows = [row(150), row(50, flow="M"), row(10, partner=JAPAN)]
    found = lines("grubel_lloyd", rows, by="product")
    of_all = {line.of["partner"]: line.found.value for line in found if line.of["product"] == ALL}
    assert of_all == {WORLD: 0.5, JAPAN: None}


def test_revealed_comparative_advantage_takes_the_reporters_in_the_rows_for_the_world() -> None:
    # China 20 of 100, Korea 5 of 300; world 25 of 400: (0.2) / (0.0625) = 3.2; (5/300) / 0.0625 = 0.2667
    rows = [
        row(20),
        row(100, product="TOTAL"),
        row(5, reporter=KOREA),
        row(300, product="TOTAL", reporter=KOREA),
        row(900, product="TOTAL", reporter=EU),
    ]
    assert values(lines("rca", rows), "reporter") == pytest.approx({CHINA: 3.2, KOREA: 4 / 15})
    assert values(lines("rsca", rows), "reporter") == pytest.approx({CHINA: 2.2 / 4.2, KOREA: -11 / 19})
    assert "The world is the 2 reporters among the rows" in said("rca", rows)


def test_a_reporter_without_the_product_counts_in_the_world_and_is_named() -> None:
    # Japan exports 400 in all and nothing of it: world 25 of 800, China 0.2 / 0.03125 = 6.4
    rows = [row(25), row(125, product="TOTAL"), row(675, product="TOTAL", reporter=JAPAN)]
    assert only("rca", rows).found.value == pytest.approx(6.4)
    assert "No row of 850760 in 2023, counted as no recorded exports: Japan." in said("rca", rows)


def test_a_reporter_without_a_figure_is_no_part_of_the_world_with_neither_product_nor_total() -> None:
    # the world is China and Japan: 25 of 500; China (20/100) / (25/500) = 4, Japan (5/400) / (25/500) = .25
    rows = [
        row(20),
        row(100, product="TOTAL"),
        row(5, reporter=JAPAN),
        row(400, product="TOTAL", reporter=JAPAN),
        row(None, reporter=KOREA),
        row(300, product="TOTAL", reporter=KOREA),
    ]
    found = pytest.approx({CHINA: 4, JAPAN: 0.25})
    assert values(lines("rca", rows), "reporter") | {KOREA: 0} == pytest.approx({CHINA: 4, JAPAN: 0.25, KOREA: 0})
    assert values(lines("rca", rows), "reporter")[KOREA] is None
    assert values(lines("rca", rows, skip=True), "reporter") == found
    assert "South Korea's exports to World of 850760 in 2023 (a figure is missing)" in said("rca", rows)
    assert "The world is the 2 reporters" in said("rca", rows)
    alone = [*rows[:2], *rows[4:]]
    assert set(values(lines("rca", alone), "reporter").values()) == {None}
    assert "fewer than two reporters have figures" in {line.found.why for line in lines("rca", alone)}


def test_without_the_world_the_call_that_gets_it_is_named() -> None:
    with pytest.raises(InvalidQuery) as refused:
        lines("rca", [row(20), row(100, product="TOTAL")])
    assert refused.value.nearest == (
        'comtrade_data(reporterCode="all", partnerCode="0", cmdCode="850760,TOTAL", flowCode="X", period="2023")',
    )


def test_intensity_sets_a_flow_against_the_partners_part_in_world_imports() -> None:
    # 30 of 100 exports; Korea imports 10, Japan 90: (0.3) / (0.1) = 3
    rows = [
        row(30, partner=KOREA),
        row(100),
        row(10, flow="M", reporter=KOREA, valuation="CIF"),
        row(90, flow="M", reporter=JAPAN, valuation="CIF"),
    ]
    line = only("intensity", rows)
    assert (line.of["partner"], line.found.value) == (KOREA, pytest.approx(3))
    with pytest.raises(InvalidQuery, match="imports from the World of every reporter"):
        lines("intensity", rows[:3])
    silent = row(None, flow="M", reporter=GERMANY, valuation="CIF")
    assert only("intensity", [*rows, silent]).found.value == pytest.approx(3)
    assert "Germany's imports from World of 850760 in 2023 (a figure is missing)" in said("intensity", [*rows, silent])


# --- one figure once -------------------------------------------------------------------------------------------------


def test_the_same_flow_of_two_sources_is_refused_with_the_choice() -> None:
    rows = [row(20), row(21, source="trademap")]
    with pytest.raises(InvalidQuery, match="never added or mixed") as refused:
        selected(rows)
    assert (refused.value.argument, refused.value.nearest) == ("source", ("comtrade", "trademap"))
    assert chosen(rows, source="trademap") == [rows[1]]


def test_the_same_figure_given_twice_is_one_and_two_figures_of_one_cell_are_none() -> None:
    assert chosen([row(20), row(20), row(None)]) == [row(20)]
    assert chosen([row(None), row(20)]) == [row(20)]
    (one,), (repeated,) = selected([row(20), row(21)])
    assert (one.value, one.status) == (None, Status.CONFLICTING)
    assert repeated.refused
    assert "20 USD (reported, FOB) and 21 USD (reported, FOB)" in repeated.told()


def test_a_cell_that_is_refused_leaves_the_others_defined() -> None:
    rows = chosen([*TO_THREE, row(99, partner=GERMANY)])
    found = lines("share", rows)
    assert values(found, "partner") == {KOREA: 0.625, JAPAN: 0.375, GERMANY: None}
    assert "Germany (its rows contradict each other)" in said("share", rows)
    assert only("hhi", rows).more == {"members": 2, "sum": 80, "largest": "South Korea, Japan", "lacking": 1}


def test_currencies_are_never_mixed_and_nothing_left_is_no_data() -> None:
    with pytest.raises(InvalidQuery, match="CNY and USD"):
        selected([row(20), row(140, partner=KOREA, currency="CNY")])
    with pytest.raises(NoData):
        selected([row(20)], flow="M")
    assert chosen([row(20), row(30, when="2024")], span=Span(period("2024"), period("2025"))) == [row(30, when="2024")]
