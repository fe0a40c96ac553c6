"""Words that mean several areas, names given up, and areas that ended."""

import pytest

from tradestat_tools.codes.countries import area, areas, earlier_areas, history_note, meanings, resolve_area
from tradestat_tools.codes.words import CodeError


def test_an_ambiguous_word_is_answered_with_the_choices() -> None:
    for word, choices in [
        ("Congo", ("Republic of the Congo (CG, 178)", "Democratic Republic of the Congo (CD, 180)")),
        ("the congo", ("Republic of the Congo (CG, 178)", "Democratic Republic of the Congo (CD, 180)")),
        ("刚果", ("Republic of the Congo (CG, 178)", "Democratic Republic of the Congo (CD, 180)")),
        ("Virgin Islands", ("British Virgin Islands (VG, 92)", "United States Virgin Islands (VI, 850)")),
        ("Republic of China", ("China (CN, 156)", "Taiwan (TW, 490)")),
        ("中華民國", ("China (CN, 156)", "Taiwan (TW, 490)")),
        ("ROC", ("Taiwan (TW, 490)", "Republic of the Congo (CG, 178)")),
        ("콩고", ("Republic of the Congo (CG, 178)", "Democratic Republic of the Congo (CD, 180)")),
        ("도미니카", ("Dominica (DM, 212)", "Dominican Republic (DO, 214)")),
        ("St. Martin", ("Saint Martin (French part) (MF, 663)", "Sint Maarten (Dutch part) (SX, 534)")),
        ("Guiana", ("French Guiana (GF, 254)", "Guyana (GY, 328)")),
        ("한반도", ("South Korea (KR, 410)", "North Korea (KP, 408)")),
        ("Greater China",
         ("China (CN, 156)", "Hong Kong, China (HK, 344)", "Macao, China (MO, 446)", "Taiwan (TW, 490)")),
        ("Antilles",
         ("Netherlands Antilles (until 2010) (AN, 530)", "Curaçao (CW, 531)",
          "Sint Maarten (Dutch part) (SX, 534)", "Bonaire, Sint Eustatius and Saba (BQ, 535)")),
    ]:  # fmt: skip
        with pytest.raises(CodeError, match="several areas") as caught:
            area(word)
        assert caught.value.nearest == choices


def test_only_an_ambiguous_word_has_several_meanings() -> None:
    assert [one.iso3 for one in meanings("the Congo")] == ["COG", "COD"]
    assert meanings("Korea") == meanings("Japan") == meanings("") == ()


def test_a_word_plain_by_convention_resolves_and_says_so() -> None:
    for word, iso3, says in [
        ("Korea", "KOR", "North Korea is KP"), ("China", "CHN", "Hong Kong, Macao and Taiwan"),
        ("中国", "CHN", "Hong Kong, Macao and Taiwan"), ("Guinea", "GIN", "Guinea-Bissau"),
        ("几内亚", "GIN", "Papua New Guinea"), ("기니", "GIN", "Papua New Guinea"),
        ("Samoa", "WSM", "American Samoa"), ("中國", "CHN", "Hong Kong, Macao and Taiwan"),
        ("조선", "PRK", "South Korea is KR"), ("수단", "SDN", "736"), ("多米尼加", "DOM", "多米尼克"),
        ("Micronesia", "FSM", "not the region"), ("Northern Ireland", "GBR", "no separate figures"),
        ("스코틀랜드", "GBR", "no separate figures"), ("America", "USA", "the United States"),
    ]:  # fmt: skip
        found = resolve_area(word)
        assert (found.area.iso3, found.how) == (iso3, "convention")
        assert found.note is not None
        assert says in found.note


def test_yugoslavia_is_the_federation_until_1991_and_the_later_one_is_named() -> None:
    for word in ("Yugoslavia", "南斯拉夫", "유고슬라비아"):
        found = resolve_area(word)
        assert (found.area.comtrade, found.how) == ("890", "convention")
        assert "891" in str(found.note)
    assert area("FR Yugoslavia").comtrade == "891"


def test_an_old_name_leads_to_todays_with_the_year_it_was_given_up() -> None:
    for word, iso3, year in [
        ("Swaziland", "SWZ", 2018), ("스와질란드", "SWZ", 2018), ("Burma", "MMR", 1989), ("Turkey", "TUR", 2022),
        ("Macedonia", "MKD", 2019), ("前南马其顿", "MKD", 2019), ("Cape Verde", "CPV", 2013),
        ("Zaire", "COD", 1997), ("Ceylon", "LKA", 1972), ("Upper Volta", "BFA", 1984),
    ]:  # fmt: skip
        found = resolve_area(word)
        assert found.area.iso3 == iso3
        assert f"until {year}" in str(found.note)
        assert found.area.name_en in str(found.note)
        assert resolve_area(found.area.name_en).note is None


def test_a_code_of_china_needs_no_note() -> None:
    assert resolve_area("CN").note is None
    assert resolve_area("156").note is None


def test_former_areas_resolve_and_say_when_they_ended() -> None:
    for text, until in [
        ("280", 1990), ("278", 1990), ("200", 1992), ("810", 1990), ("USSR", 1990), ("891", 2005), ("890", 1991),
        ("58", 1998), ("530", 2010), ("736", 2011), ("West Germany", 1990), ("India (until 1974)", 1974),
    ]:  # fmt: skip
        found = resolve_area(text)
        assert found.area.former
        assert found.area.until == until
        assert found.note is not None
        assert str(until) in found.note


def test_a_former_area_names_those_that_report_after_it() -> None:
    assert str(resolve_area("Czechoslovakia").note).endswith("Later: Czechia, Slovakia.")
    assert str(resolve_area("捷克斯洛伐克").note).endswith("Later: Czechia, Slovakia.")
    heirs = {code for one in areas() for code in one.successors}
    assert heirs <= {one.iso3 for one in areas() if one.iso3}
    assert all(one.successors for one in areas() if one.former)
    assert not any(one.successors for one in areas() if not one.former)


def test_earlier_figures_stand_under_the_areas_of_their_time() -> None:
    for text, first_year, codes in [
        ("Germany", 1990, ["280", "278"]), ("Germany", 1991, []), ("Russia", 1989, ["810"]),
        ("Serbia", 1992, ["891"]), ("Serbia", 1985, ["891", "890"]), ("Yemen", 1985, ["720", "886"]),
        ("Viet Nam", 1970, ["866", "868"]), ("South Sudan", 2005, ["736"]), ("Belgium", 1998, ["58"]),
        ("Aruba", 1980, ["532"]), ("Japan", 1962, []), ("World", 1962, []),
    ]:  # fmt: skip
        earlier = earlier_areas(area(text), first_year)
        assert sorted(one.comtrade for one in earlier) == sorted(codes)
        assert [one.until for one in earlier] == sorted((one.until or 0 for one in earlier), reverse=True)
        note = history_note(area(text), first_year)
        assert (note is None) == (not codes)
        assert all(code in str(note) for code in codes)


def test_todays_germany_and_sudan_are_not_their_predecessors() -> None:
    assert area("Germany").comtrade == "276"
    assert area("DEU").comtrade == "276"
    assert area("Sudan").comtrade == "729"
