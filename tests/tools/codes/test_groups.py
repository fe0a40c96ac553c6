import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.countries import area, areas
from tradestat_tools.codes.groups import Change, Group, expand, group, groups
from tradestat_tools.codes.words import CodeError, fold

ComtradeList = Callable[[str], list[dict[str, Any]]]

CONTINENTS = ("Africa", "Americas", "Asia", "Europe", "Oceania")
UNDATED = "list of signatories"


def test_a_group_has_as_many_members_as_its_source_counts() -> None:
    for text, members in [
        ("EU", 27), ("ASEAN", 11), ("BRICS", 10), ("OECD", 38), ("MERCOSUR", 5), ("GCC", 6), ("RCEP", 15),
        ("CPTPP", 12), ("USMCA", 3), ("LDC", 44), ("BRI", 152),
    ]:  # fmt: skip
        assert len(group(text).members) == members


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        # What each body counted itself at the end of a year.
        ("EU", {1957: 0, 1958: 6, 1973: 9, 1981: 10, 1986: 12, 1995: 15, 2004: 25, 2007: 27, 2013: 28, 2020: 27}),
        ("ASEAN", {1967: 5, 1984: 6, 1995: 7, 1997: 9, 1999: 10, 2024: 10, 2025: 11}),
        ("BRICS", {2009: 4, 2010: 5, 2023: 5, 2024: 9, 2025: 10}),
        ("OECD", {1962: 20, 1973: 24, 1994: 25, 2000: 30, 2010: 34, 2016: 35, 2018: 36, 2020: 37, 2021: 38}),
        ("MERCOSUR", {1991: 4, 2012: 5, 2015: 5, 2016: 4, 2023: 4, 2024: 5}),
        ("GCC", {1980: 0, 1981: 6, 2025: 6}),
        ("RCEP", {2021: 0, 2022: 13, 2023: 15}),
        ("CPTPP", {2017: 0, 2018: 6, 2019: 7, 2021: 8, 2022: 9, 2023: 11, 2024: 12}),
        ("USMCA", {1993: 0, 1994: 3, 2020: 3}),
        ("LDC", {2003: 50, 2007: 49, 2011: 48, 2012: 49, 2014: 48, 2017: 47, 2020: 46, 2023: 45, 2024: 44}),
        ("BRI", {1990: 152, 2025: 152}),
    ],
)
def test_a_group_has_the_members_of_the_year_asked(text: str, counts: dict[int, int]) -> None:
    found = group(text)
    assert {year: len(found.members_in(year)) for year in counts} == counts


def test_a_group_is_found_by_its_names_in_three_languages() -> None:
    assert group("European Union") == group("eu") == group("欧盟") == group("歐盟") == group("유럽연합")
    assert group("东盟").id == "ASEAN"
    assert group("asia").id == "M49-142"
    assert group("一带一路") == group("Belt and Road Initiative") == group("일대일로")
    assert group("동남아").members == group("Southeast Asia").members


def test_no_two_groups_share_a_name() -> None:
    names = Counter(name for one in groups() for name in {fold(n) for n in (one.id, one.name, *one.aliases)})
    assert [name for name, times in names.items() if times > 1] == []


def test_a_word_with_another_number_of_members_is_not_todays_group() -> None:
    for word in ("EU28", "EU-28", "EU15", "BRIC", "G20"):
        with pytest.raises(CodeError):
            group(word)


def test_only_two_groups_bear_the_name_of_an_area() -> None:
    """Both are reporters of UN Comtrade; a look-up of areas finds those, `expand` the groups."""
    shared: set[str] = set()
    for one in groups():
        for name in (one.id, one.name, *one.aliases):
            try:
                found = area(name)
            except CodeError as error:
                assert "several areas" not in error.message, name
            else:
                assert found.kind == "group", name
                shared.add(one.id)
    assert shared == {"EU", "ASEAN"}


def test_members_are_countries_of_the_table_named_once() -> None:
    countries = {a.iso3 for a in areas() if a.kind == "country"}
    for one in groups():
        named = [membership.iso3 for membership in one.memberships]
        assert len(set(named)) == len(named), one.id
        assert set(named) <= countries, one.id
        assert [a.iso3 for a in one.member_areas()] == list(one.members)


def test_dates_are_days_months_or_years_in_order() -> None:
    form = re.compile(r"\d{4}(-\d{2}){0,2}")
    for one in groups():
        for membership in one.memberships:
            assert not membership.start or form.fullmatch(membership.start), (one.id, membership)
            assert not membership.end or form.fullmatch(membership.end), (one.id, membership)
            assert not membership.end or membership.start < membership.end, (one.id, membership)
        assert one.dated or not any(membership.end for membership in one.memberships)


def test_the_date_of_a_group_is_that_of_its_newest_change() -> None:
    for one in groups():
        if not one.dated or one.id == "USMCA":  # the date of the agreement: its members were NAFTA's before
            continue
        newest = max(change.date for change in one.changes(1950, 2100))
        days = (one.as_of.toordinal() - one.as_of.fromisoformat(newest).toordinal()) if len(newest) == 10 else 0
        assert days in (0, 1), one.id  # a member that left was one until the day before


def test_every_group_names_its_source_and_its_kind() -> None:
    assert all(one.source and one.kind and one.as_of.year >= 1981 for one in groups())
    assert {one.id for one in groups() if not one.dated} == {
        one.id for one in groups() if one.kind in {UNDATED, "geographic region"}
    }


def test_changes_are_told_by_date_with_the_last_day_of_a_member_that_left() -> None:
    assert group("EU").changes(2013, 2024) == (
        Change("HRV", "joined", "2013-07-01"),
        Change("GBR", "left", "2020-01-31"),
    )
    assert group("EU").changes(2014, 2019) == ()
    assert group("Asia").changes(1950, 2100) == ()


def test_the_continents_share_out_every_country_once() -> None:
    continents = [group(name) for name in CONTINENTS]
    together = [code for one in continents for code in one.members]
    assert len(together) == len(set(together))
    assert {a.iso3 for a in areas() if a.kind == "country"} - set(together) == {"ATA", "XKX"}


def test_the_parts_of_a_region_make_it_up() -> None:
    for whole, parts in [
        ("Africa", ("Northern Africa", "Sub-Saharan Africa")),
        ("Sub-Saharan Africa", ("Eastern Africa", "Middle Africa", "Southern Africa", "Western Africa")),
        ("Americas", ("Northern America", "Latin America")),
        ("Latin America", ("Caribbean", "Central America", "South America")),
        ("Asia", ("Central Asia", "Eastern Asia", "South-eastern Asia", "Southern Asia", "Western Asia")),
        ("Europe", ("Eastern Europe", "Northern Europe", "Southern Europe", "Western Europe")),
        ("Oceania", ("Australia and New Zealand", "Melanesia", "Micronesia (region)", "Polynesia")),
    ]:  # fmt: skip
        assert sorted(code for part in parts for code in group(part).members) == list(group(whole).members)


def test_a_word_that_is_no_group_expands_to_nothing() -> None:
    assert expand("Japan") is None
    assert expand("Micronesia") is None  # the country
    assert expand("") is None


def test_a_group_expands_to_todays_members_with_their_date_and_source() -> None:
    found = expand("eu")
    assert found is not None
    assert found.group is group("EU")
    assert [a.iso3 for a in found.areas] == list(group("EU").members)
    assert found.note == "EU: 27 members as of 2020-02-01 (European Union: member countries)."


def test_a_group_expands_to_the_members_at_the_end_of_the_last_year_asked() -> None:
    found = expand("EU", last_year=2015)
    assert found is not None
    assert "GBR" in {a.iso3 for a in found.areas}
    assert found.note.startswith("EU: 28 members at the end of 2015")


def test_what_changed_within_the_years_asked_is_said() -> None:
    def note(text: str, first: int | None, last: int | None) -> str:
        found = expand(text, first_year=first, last_year=last)
        assert found is not None
        return found.note

    assert "A member until 2020-01-31: United Kingdom." in note("EU", 2018, 2024)
    assert "until" not in note("EU", 2021, 2024)
    assert "Joined 2013-07-01: Croatia." in note("EU", 2010, 2015)
    assert "Joined 2025-01-06: Indonesia." in note("BRICS", 2023, None)
    assert "NAFTA from 1994-01-01 to 2020-06-30" in note("USMCA", 2010, 2023)


def test_before_its_first_member_a_group_is_taken_as_it_is_today_and_that_is_said() -> None:
    found = expand("RCEP", first_year=2010, last_year=2015)
    assert found is not None
    assert len(found.areas) == 15
    assert "no members yet in 2015: today's are taken" in found.note


def test_it_is_said_that_doumaotongs_own_list_of_belt_and_road_is_not_known() -> None:
    found = expand("一带一路", first_year=2015, last_year=2020)
    assert found is not None
    assert found.group.kind == UNDATED
    assert "doumaotong" in found.note
    assert "may differ" in found.note


def test_an_unknown_group_is_answered_with_the_nearest() -> None:
    with pytest.raises(CodeError) as caught:
        group("ASEN")
    assert caught.value.nearest[0] == "ASEAN"


@given(st.sampled_from(groups()), st.integers(1950, 2030), st.integers(0, 40))
def test_members_at_the_end_of_a_span_are_those_before_it_and_its_changes(one: Group, first: int, years: int) -> None:
    members = set(one.members_in(first - 1))
    for change in one.changes(first, first + years):
        if change.kind == "joined":
            members.add(change.iso3)
        elif change.date[5:] != "12-31" or int(change.date[:4]) < first + years:
            members.discard(change.iso3)
    for change in one.changes(first - 1, first - 1):  # left with the last day of the year before
        if change.kind == "left" and change.date.endswith("12-31"):
            members.discard(change.iso3)
    assert members == set(one.members_in(first + years))


@given(st.text(max_size=60), st.integers(-1, 3000), st.integers(-1, 3000))
def test_no_text_breaks_the_lookup(text: str, first: int, last: int) -> None:
    expanded = expand(text, first_year=first, last_year=last)
    try:
        found = group(text)
    except CodeError:
        assert expanded is None
    else:
        assert expanded is not None
        assert expanded.group is found


@given(st.sampled_from(groups()), st.integers(-1, 3000), st.integers(-1, 3000))
def test_every_group_expands_for_any_years(one: Group, first: int, last: int) -> None:
    found = expand(one.id, first_year=first, last_year=last)
    assert found is not None
    assert found.areas
    assert found.note


def test_every_dated_member_is_a_partner_that_comtrade_lists(comtrade_list: ComtradeList) -> None:
    listed = {str(row["PartnerCode"]) for row in comtrade_list("partnerAreas")}
    for one in groups():
        if one.dated:
            assert {a.comtrade for a in one.member_areas()} <= listed, one.id
