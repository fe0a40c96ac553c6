"""Reasons are named where the figures show them, with the amount that the figures give, and not otherwise."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.countries import area
from tradestat_tools.codes.periods import Period, period
from tradestat_tools.contract.view import View
from tradestat_tools.model.flow import FlowQuestion, Role, read_product
from tradestat_tools.model.observation import Observation, Status, Valuation
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.research.members import absent_members, members_in_sum
from tradestat_tools.research.mirror.causes import Cause, Kind, Rule, causes, estimate
from tradestat_tools.research.mirror.facts import Cell, Facts, Freight, Hidden, Route, Weighed, late_share

YEAR = Period(2023)
QUESTION = FlowQuestion(area("China"), area("Korea"), read_product("850760"), YEAR, YEAR)


def cell(
    role: Role,
    value: float,
    *,
    kg: float | None = None,
    fob: float | None = None,
    valuation: Valuation | None = "FOB",
    **changes: Any,
) -> Cell:
    """A figure in dollars; an importer's is CIF, and without its own FOB brought there by 6 percent."""
    view = View(f"comtrade:{role}", "comtrade", "comtrade_data", (), role, f"the {role}'s", QUESTION)
    valuation = "CIF" if role == "importer" and valuation else valuation
    how = "as reported" if valuation == "FOB" else "the importer's own FOB figure" if fob else "CIF / 1.06"
    made = Cell(
        view=view,
        period=YEAR,
        native=value,
        native_currency="USD",
        valuation=valuation,
        status=Status.REPORTED,
        value=value,
        fob=fob or (value if valuation == "FOB" else value / 1.06 if valuation else None),
        fob_how=how if valuation else "",
        quantity=None,
        quantity_unit=None,
        kg=kg,
        resolution=1.0,
        edition="HS 2022",
    )
    return replace(made, **changes)


def facts(exporter: Cell | None, importer: Cell | None, **known: Any) -> Facts:
    return Facts(YEAR, "850760", exporter, importer, 0.06, **known)


def amounts(found: list[Cause]) -> dict[str, float | None]:
    return {one.kind.value: one.amount if one.amount is None else round(one.amount, 2) for one in found}


def test_freight_is_what_a_kilogram_is_dearer_to_the_importer() -> None:
    known = facts(cell("exporter", 1000, kg=100), cell("importer", 1050, kg=100))
    assert amounts(causes(known)) == {"cif_fob": 50}
    assert estimate(known).value == 1000
    assert estimate(known).rule is Rule.EXPORTER


def test_a_difference_of_weight_is_no_freight_and_stays_unexplained() -> None:
    known = facts(cell("exporter", 1000, kg=100), cell("importer", 1260, kg=120))
    found = causes(known)
    assert amounts(found) == {"cif_fob": 60, "unexplained": 200}
    assert found[-1].evidence == {"sum, USD": "260 - 60 = 200", "importer's net weight over the exporter's": "+20.0%"}


def test_an_importer_that_gives_both_shows_its_freight_itself() -> None:
    known = facts(cell("exporter", 1000, kg=100), cell("importer", 1100, kg=100, fob=1010))
    assert amounts(causes(known)) == {"cif_fob": 90, "unexplained": 10}


def test_without_weights_the_assumed_margin_explains_at_most_the_gap() -> None:
    assert amounts(causes(facts(cell("exporter", 1000), cell("importer", 1030)))) == {"cif_fob": 30}
    assert amounts(causes(facts(cell("exporter", 1000), cell("importer", 1160)))) == {
        "cif_fob": 65.66,
        "unexplained": 94.34,
    }


@pytest.mark.parametrize(("imported", "how"), [(1030, "is less than the assumed"), (1100, "is that of the assumed")])
def test_the_whole_difference_is_not_said_to_be_the_assumed_margin(imported: float, how: str) -> None:
    freight = causes(facts(cell("exporter", 1000), cell("importer", imported)))[0]
    assert freight.kind is Kind.CIF_FOB
    assert how in freight.text


@pytest.mark.parametrize("imported", [900, 1400])
def test_a_difference_that_freight_can_not_make_is_not_called_freight(imported: float) -> None:
    found = causes(facts(cell("exporter", 1000), cell("importer", imported)))
    assert amounts(found) == {"unexplained": imported - 1000}


def test_services_have_no_freight() -> None:
    known = facts(cell("exporter", 1000, valuation=None), cell("importer", 1050, valuation=None), goods=False)
    assert amounts(causes(known)) == {"unexplained": 50}


def test_goods_through_a_place_of_transit_are_counted_by_weight_where_both_report_it() -> None:
    route = Route("Hong Kong", Weighed(265.0, 25.0), second_partner=200.0)
    known = facts(cell("exporter", 1000, kg=100), cell("importer", 1312.5, kg=125), routes=[route])
    assert amounts(causes(known)) == {"consignment": 250, "cif_fob": 62.5}
    best = estimate(known)
    assert (best.value, best.rule) == (1250, Rule.BY_WEIGHT)
    assert "Hong Kong" in best.text


def test_a_place_of_transit_that_the_importer_does_not_name_is_no_reason() -> None:
    route = Route("Hong Kong", Weighed(265.0, 25.0))
    known = facts(cell("exporter", 1000, kg=100), cell("importer", 1312.5, kg=125), routes=[route])
    assert "consignment" not in amounts(causes(known))
    assert estimate(known).rule is Rule.EXPORTER


def test_what_went_through_is_never_more_than_was_re_exported() -> None:
    route = Route("Hong Kong", Weighed(100.0), second_partner=500.0)
    known = facts(cell("exporter", 1000), cell("importer", 1600), routes=[route])
    assert estimate(known).value == 1100
    assert amounts(causes(known))["consignment"] == 100


def test_an_exporters_re_exports_are_not_its_goods() -> None:
    known = facts(cell("exporter", 1000), cell("importer", 420), own_reexports=Weighed(600.0))
    assert amounts(causes(known)) == {"reexport": -600, "cif_fob": 20}
    assert (estimate(known).value, estimate(known).rule) == (400, Rule.WITHOUT_REEXPORTS)


def test_what_is_kept_back_is_named_only_where_the_unspecified_goods_can_hold_it() -> None:
    known = facts(None, cell("importer", 1060))
    enough = {"exporter": Hidden(unspecified=2000.0, total=1e6)}
    too_little = {"exporter": Hidden(unspecified=300.0, total=1e6)}
    assert amounts(causes(replace(known, hidden=enough))) == {"confidentiality": 1060}
    assert causes(replace(known, hidden=too_little)) == []
    assert causes(known) == []


def test_what_may_be_the_late_end_of_the_month_before_is_not_said_to_be_hidden() -> None:
    tail: dict[Role, Hidden] = {"exporter": Hidden(unspecified=2000.0, total=1e6, before=3000.0)}
    assert causes(facts(None, cell("importer", 1060), hidden=tail)) == []


def test_a_code_that_an_end_does_not_have_in_that_edition_is_not_said_to_be_hidden() -> None:
    hidden: dict[Role, Hidden] = {"exporter": Hidden(unspecified=2000.0, total=1e6)}
    known = facts(None, cell("importer", 1060), hidden=hidden)
    sure = {"exporter": [Why(Reason.CODE_RETIRED, "850760 is not in HS 1992.", sure=True)]}
    likely = {"exporter": [Why(Reason.CODE_RETIRED, "It may have another code.")]}
    assert amounts(causes(replace(known, missing=sure))) == {"edition": 1060}
    assert causes(replace(known, missing=likely)) == []


def test_an_end_that_has_reported_nothing_at_all_is_named_with_the_reason() -> None:
    whys = {"importer": [Why(Reason.NOT_YET_PUBLISHED, "It may still come.")]}
    known = facts(cell("exporter", 1000), None, missing=whys, hidden={"importer": Hidden(None, None)})
    assert amounts(causes(known)) == {"not_reported": -1000}
    reported = replace(known, hidden={"importer": Hidden(None, 1e9)})
    only_years = replace(known, hidden={"importer": Hidden(None, None, yearly=1e9)})
    assert causes(reported) == causes(only_years) == []


def test_an_importer_alone_is_brought_to_fob_by_the_best_margin_known() -> None:
    alone = facts(None, cell("importer", 1060))
    seen = replace(alone, freight=Freight(0.04, "seen before"))
    own = facts(None, cell("importer", 1060, fob=1020))
    assert [(e.value, e.rule) for e in map(estimate, (alone, seen, own, facts(None, None)))] == [
        (pytest.approx(1000), Rule.IMPORTER_ASSUMED),
        (pytest.approx(1060 / 1.04), Rule.IMPORTER_SEEN),
        (1020, Rule.IMPORTER_FOB),
        (None, Rule.NONE),
    ]


def test_converted_and_rounded_figures_are_named_without_an_amount() -> None:
    known = facts(
        cell("exporter", 1_000_000, native_currency="CNY", native=7_100_000.0),
        cell("importer", 1_000_500, resolution=1000.0),
    )
    found = amounts(causes(known))
    assert {kind for kind, amount in found.items() if amount is None} == {"currency", "rounding"}


def test_a_revision_is_named_only_where_two_sources_show_it() -> None:
    young = cell("importer", 1050, status=Status.PROVISIONAL)
    known = facts(cell("exporter", 1000), young)
    same, other = [cell("importer", 1051)], [cell("importer", 1020)]
    assert "revision" not in amounts(causes(known))
    assert "revision" not in amounts(causes(replace(known, others={"importer": same})))
    assert "revision" in amounts(causes(replace(known, others={"importer": other})))


def test_an_edition_is_a_reason_only_where_the_two_differ_and_the_code_changed() -> None:
    exporter, importer = cell("exporter", 1000, edition="HS 2017"), cell("importer", 1000)
    changed = Facts(YEAR, "851762", exporter, importer, 0.06)
    assert Kind.EDITION not in {one.kind for one in causes(replace(changed, exporter=cell("exporter", 1000)))}
    assert Kind.EDITION in {one.kind for one in causes(replace(changed, product="851713"))}
    assert Kind.EDITION not in {one.kind for one in causes(replace(changed, product="020230"))}


MONTHS = [Period(2022, "month", 12), *(Period(2023, "month", number) for number in range(1, 13))]


@given(
    st.lists(st.integers(1_000, 1_000_000), min_size=13, max_size=13, unique=True),
    st.floats(0.05, 0.6),
    st.floats(0.9, 1.3),
)
def test_the_share_that_comes_late_is_found_again(values: list[int], share: float, scale: float) -> None:
    exported = dict(zip(MONTHS, map(float, values), strict=True))
    imported = {
        month: scale * ((1 - share) * exported[month] + share * exported[month.shifted(-1)]) for month in MONTHS[1:]
    }
    found = late_share(exported, imported)
    assert found is not None
    if found.share:
        assert (found.share, found.scale) == (pytest.approx(share, abs=1e-4), pytest.approx(scale, rel=1e-4))
        amount = sum(imported.values()) - scale * sum(exported[month] for month in MONTHS[1:])
        assert found.amount(exported, YEAR) == pytest.approx(amount, abs=1 + abs(amount) * 1e-3)


@given(st.lists(st.integers(1_000, 1_000_000), min_size=13, max_size=13), st.floats(0.9, 1.3))
def test_months_that_match_show_nothing_late(values: list[int], scale: float) -> None:
    exported = dict(zip(MONTHS, map(float, values), strict=True))
    found = late_share(exported, {month: scale * exported[month] for month in MONTHS[1:]})
    assert found is not None
    assert found.share == pytest.approx(0, abs=1e-6)


def test_too_few_months_show_nothing() -> None:
    assert late_share({period("2023-01"): 5.0, period("2023-02"): 6.0}, {period("2023-02"): 5.5}) is None
    quiet = dict.fromkeys(MONTHS, 0.0) | {MONTHS[3]: 7.0}
    assert late_share(quiet, {MONTHS[4]: 7.0} | dict.fromkeys(MONTHS[5:], 0.0)) is None


def test_late_recording_is_named_with_what_came_in_and_went_out() -> None:
    exported = {month: 100.0 + 10 * at for at, month in enumerate(MONTHS)}
    imported = {month: 0.7 * exported[month] + 0.3 * exported[month.shifted(-1)] for month in MONTHS[1:]}
    known = facts(
        cell("exporter", sum(exported[m] for m in MONTHS[1:])),
        cell("importer", sum(imported.values())),
        months=late_share(exported, imported),
        exported=exported,
    )
    found = causes(known)
    assert found[0].kind is Kind.LAG
    assert found[0].amount == pytest.approx(0.3 * (100 - 220))
    assert found[0].direction == "exporter higher"


def test_an_end_that_gives_the_product_in_months_beside_is_not_said_to_hide_it() -> None:
    hidden: dict[Role, Hidden] = {"exporter": Hidden(unspecified=2000.0, total=1e6)}
    known = facts(None, cell("importer", 1060), hidden=hidden, open=frozenset({"exporter"}))
    assert causes(known) == []


def test_an_end_that_shows_that_there_was_nothing_counts_as_nothing() -> None:
    exported = dict.fromkeys(MONTHS, 0.0) | {MONTHS[number]: 100.0 * number for number in (2, 5, 8, 11)}
    imported = {month: 0.7 * exported[month] + 0.3 * exported[month.shifted(-1)] for month in MONTHS[1:]}
    month = MONTHS[9]
    known = Facts(
        month,
        "850760",
        None,
        cell("importer", imported[month]),
        0.06,
        months=late_share(exported, imported),
        exported=exported,
        none=frozenset({"exporter"}),
    )
    assert (estimate(known).value, estimate(known).rule) == (0, Rule.NOTHING_EXPORTED)
    assert amounts(causes(known)) == {"lag": 240}


def test_each_amount_comes_with_the_sum_behind_it() -> None:
    heavy = causes(facts(cell("exporter", 1e9, kg=1e8), cell("importer", 1.05e9, kg=1e8)))[0]
    assert heavy.evidence["sum, USD"] == "1,050 m / 1.05 = 1,000 m; 1,050 m - 1,000 m = 50.00 m"
    assert heavy.evidence["net weight"] == "exporter 100,000.0 t, importer 100,000.0 t"
    both = causes(facts(cell("exporter", 1000), cell("importer", 1010), own_reexports=Weighed(40.0)))
    own = next(one for one in both if one.kind is Kind.REEXPORT)
    assert own.evidence["sum, USD"] == "1,000 - 40 = 960 of its own"


def test_an_importers_figure_brought_to_fob_shows_the_division() -> None:
    known = facts(None, cell("importer", 472.8e6))
    assert "(472.8 m / 1.06 = 446.0 m)" in estimate(known).text


def test_what_is_too_light_to_hold_the_goods_is_not_where_they_are_kept_back() -> None:
    known = facts(None, cell("importer", 1060, kg=100))
    light = {"exporter": Hidden(unspecified=2000.0, total=1e6, kg=10.0)}
    heavy = {"exporter": Hidden(unspecified=2000.0, total=1e6, kg=90.0)}
    assert amounts(causes(replace(known, hidden=light))) == {}
    (kept,) = causes(replace(known, hidden=heavy))
    assert kept.kind is Kind.CONFIDENTIALITY
    assert kept.evidence["net weight"] == "under 999999 90 kg, the other end's 100 kg"


LACKING: dict[Role, tuple[str, ...]] = {"exporter": ("France", "Malta")}


def test_a_sum_without_some_members_gives_way_to_the_importers_figure_where_it_falls_short() -> None:
    known = facts(cell("exporter", 800.0, kg=80.0), cell("importer", 1_060.0, kg=100.0), absent=LACKING)
    best = estimate(known)
    assert (best.rule, best.value) == (Rule.IMPORTER_ASSUMED, pytest.approx(1_000.0))
    assert best.text.endswith("; the exporter's sum has no row of France, Malta, and falls short of it")
    kinds = [one.kind for one in causes(known)]
    assert Kind.NOT_REPORTED in kinds
    assert Kind.CIF_FOB not in kinds, "the weights are of other goods, and more is left than freight can be"


def test_a_sum_without_some_members_stands_where_nothing_is_missed_in_it() -> None:
    known = facts(cell("exporter", 1_000.0, kg=100.0), cell("importer", 1_060.0, kg=100.0), absent=LACKING)
    assert estimate(known).rule is Rule.EXPORTER
    assert Kind.NOT_REPORTED not in [one.kind for one in causes(known)]


def test_members_without_a_row_are_named_for_ever_or_by_period() -> None:
    question = replace(QUESTION, importer=area("European Union"), first=Period(2022), last=Period(2023))
    members = (area("France").comtrade, area("Malta").comtrade, area("Spain").comtrade)
    view = View("comtrade:exporter", "comtrade", "", (), "exporter", "China's exports", question, members=members)
    rows = [
        observation(members[at], year, value)
        for at, year, value in [(0, 2022, None), (0, 2023, 5.0), (2, 2022, 1.0), (2, 2023, 2.0)]
    ]
    absent = absent_members(rows, view)
    assert absent == {Period(2022): ("France", "Malta"), Period(2023): ("Malta",)}
    assert members_in_sum(absent, view) == (
        "China's exports: the sum over 2 members of European Union. It has no row of Malta, nor in 2022 of France: "
        "nothing was reported, which is not surely zero."
    )
    assert members_in_sum({Period(2022): ()}, view) == "China's exports: the sum over 3 members of European Union."


def observation(partner: str, year: int, value: float | None) -> Observation:
    status = Status.MISSING if value is None else Status.REPORTED
    return Observation("X", "156", partner, "850760", "HS", Period(year), value, "USD", "FOB", status, "comtrade", "")
