"""Countries, groups, flows and units found by words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.codes.countries import areas
from tradestat_tools.codes.flows import FLOWS
from tradestat_tools.codes.groups import groups
from tradestat_tools.codes.search.lists import (
    CHOICE,
    CONVENTION,
    search_countries,
    search_flows,
    search_groups,
    search_units,
)
from tradestat_tools.codes.units import UNIT_NAMES, quantity_units


def names(query: str) -> list[str]:
    return [hit.entry.name_en for hit in search_countries(query, limit=6)]


def test_a_country_is_found_by_any_of_its_codes_and_names() -> None:
    for word in ["KR", "kor", "410", "133", "South Korea", "Korea, Rep.", "韩国", "한국", "대한민국"]:
        assert "South Korea" in names(word)


def test_every_area_is_found_by_its_name_and_by_every_code() -> None:
    for area in areas():
        codes = (area.iso3, area.m49, area.comtrade, area.china_customs)
        for word in (area.name_en, *(code for code in codes if code)):
            assert area in [hit.entry for hit in search_countries(word, limit=50)], word


def test_a_number_is_read_in_every_system() -> None:
    assert [(hit.entry.name_en, hit.how) for hit in search_countries("116")] == [
        ("Cambodia", "M49 116"),
        ("Japan", "China Customs 116"),
    ]


def test_an_ambiguous_word_gives_all_that_it_may_mean() -> None:
    hits = search_countries("Congo")
    assert [(hit.entry.iso3, hit.how) for hit in hits] == [("COG", CHOICE), ("COD", CHOICE)]


def test_what_is_meant_by_convention_comes_first_with_a_note_and_the_others_after_it() -> None:
    for word, meant, others in [
        ("Korea", "KOR", {"PRK"}), ("China", "CHN", {"HKG", "MAC", "TWN"}),
        ("Guinea", "GIN", {"GNB", "GNQ", "PNG"}),
    ]:  # fmt: skip
        first, *rest = search_countries(word)
        assert (first.entry.iso3, first.how) == (meant, CONVENTION)
        assert first.note
        assert others <= {hit.entry.iso3 for hit in rest}


def test_a_mistyped_country_is_found() -> None:
    for typed, meant in [
        ("Germny", "Germany"), ("Brasil", "Brazil"), ("Phillipines", "Philippines"),
        ("Untied States", "United States"), ("Untied Kingdom", "United Kingdom"),
    ]:  # fmt: skip
        assert names(typed)[0] == meant


def test_every_group_is_found_by_its_id_names_and_aliases() -> None:
    for group in groups():
        for word in (group.id, group.name, *group.aliases):
            assert search_groups(word)[0].entry is group, word


def test_a_group_is_found_by_part_of_its_name_and_mistyped() -> None:
    for typed, id_ in [("asaen", "ASEAN"), ("south east asian nations", "ASEAN"), ("金砖国家", "BRICS")]:
        assert id_ in [hit.entry.id for hit in search_groups(typed)]


def test_every_flow_is_found_first_by_every_name() -> None:
    for flow in FLOWS.values():
        for word in (flow.code, flow.label, flow.name_zh, flow.name_ko, *flow.words):
            assert search_flows(word)[0].entry is flow, word
    assert {hit.entry.code for hit in search_flows("inward processing", limit=2)} == {"MIP", "XIP"}


def test_every_unit_is_found_first_by_every_name() -> None:
    for unit in quantity_units():
        for word in (unit.comtrade, *unit.names):
            assert search_units(word)[0].entry.quantity is unit, word
    for code, name in UNIT_NAMES.items():
        assert search_units(code)[0].entry.code == search_units(name)[0].entry.code == code


def test_one_unit_asked_for_by_name_comes_alone() -> None:
    assert [hit.entry.code for hit in search_units("kg")] == ["kg"]
    assert [hit.entry.code for hit in search_units("cubic")] == ["m³", "1000 m³"]
    assert search_units("kilogrms")[0].entry.code == "kg"


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=300), st.integers(min_value=1, max_value=20))
def test_no_text_breaks_a_search(query: str, limit: int) -> None:
    for hits in (
        [hit.entry.name_en for hit in search_countries(query, limit=limit)],
        [hit.entry.id for hit in search_groups(query, limit=limit)],
        [hit.entry.code for hit in search_flows(query, limit=limit)],
        [hit.entry.code for hit in search_units(query, limit=limit)],
    ):
        assert len(hits) == len(set(hits)) <= limit
