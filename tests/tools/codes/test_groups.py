import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.countries import areas
from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.groups import group, groups


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("EU", 27),
        ("ASEAN", 11),
        ("BRICS", 10),
        ("OECD", 38),
        ("MERCOSUR", 5),
        ("GCC", 6),
        ("RCEP", 15),
        ("CPTPP", 12),
        ("USMCA", 3),
        ("LDC", 44),
    ],
)
def test_a_group_has_as_many_members_as_its_source_counts(text: str, members: int) -> None:
    assert len(group(text).members) == members


def test_a_group_is_found_by_its_names_in_three_languages() -> None:
    assert group("European Union") == group("eu") == group("欧盟") == group("유럽연합")
    assert group("东盟").id == "ASEAN"
    assert group("asia").id == "M49-142"


def test_the_united_kingdom_is_in_the_oecd_and_not_in_the_eu() -> None:
    assert "GBR" in group("OECD").members
    assert "GBR" not in group("EU").members


def test_members_are_countries_of_the_table_named_once() -> None:
    countries = {a.iso3 for a in areas() if a.kind == "country"}
    for one in groups():
        assert len(set(one.members)) == len(one.members), one.id
        assert set(one.members) <= countries, one.id
        assert [a.iso3 for a in one.member_areas()] == list(one.members)


def test_the_continents_share_out_every_country_once() -> None:
    continents = [group(name) for name in ("Africa", "Americas", "Asia", "Europe", "Oceania")]
    together = [code for one in continents for code in one.members]
    assert len(together) == len(set(together))
    assert {a.iso3 for a in areas() if a.kind == "country"} - set(together) == {"ATA", "XKX"}
    halves = group("Northern America").members + group("Latin America").members
    assert sorted(halves) == sorted(group("Americas").members)


def test_every_group_names_its_source_and_date() -> None:
    assert all(one.source and one.as_of.year >= 1981 for one in groups())


def test_an_unknown_group_is_answered_with_the_nearest() -> None:
    with pytest.raises(CodeError) as caught:
        group("ASEN")
    assert caught.value.nearest[0] == "ASEAN"


@given(st.text(max_size=60))
def test_no_text_breaks_the_lookup(text: str) -> None:
    try:
        found = group(text)
    except CodeError:
        return
    assert found in groups()
