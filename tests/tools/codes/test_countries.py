import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.countries import (
    CodeSystem,
    System,
    area,
    areas,
    code_in,
    codes_of,
    label,
    resolve_area,
)
from tradestat_tools.codes.groups import group
from tradestat_tools.codes.words import CodeError, fold

ComtradeList = Callable[[str], list[dict[str, Any]]]

# M49 numbers of countries that UN Comtrade keeps under another number.
M49_NOT_COMTRADE = {"840": "842", "250": "251", "356": "699", "756": "757", "578": "579", "158": "490"}


def test_a_number_with_more_than_brackets_or_quotes_around_it_is_no_code() -> None:
    for text in ("(410)", "[410]", "'410'", " 410 ", "410."):
        assert resolve_area(text).area.iso3 == "KOR"
    for text in ("410/../..", "410/", "../410", "410..", "#410", "410%00"):
        with pytest.raises(CodeError):
            resolve_area(text)


def test_an_area_is_found_by_any_of_its_codes_and_names() -> None:
    for text, iso3 in [
        ("KR", "KOR"), ("kor", "KOR"), ("410", "KOR"), (410, "KOR"), ("South Korea", "KOR"), ("Korea, Rep.", "KOR"),
        ("Rep. of Korea", "KOR"), ("韩国", "KOR"), ("한국", "KOR"), ("대한민국", "KOR"), ("4", "AFG"),
        ("004", "AFG"), ("cote d'ivoire", "CIV"), ("CÔTE D’IVOIRE", "CIV"), ("turkiye", "TUR"), ("Turkey", "TUR"),
        ("Bosnia & Herzegovina", "BIH"), ("St. Lucia", "LCA"), ("Congo, Dem. Rep. of the", "COD"),
        ("刚果(金)", "COD"), ("几内亚比绍", "GNB"), ("巴布亚新几内亚", "PNG"), ("赤道几内亚", "GNQ"), ("UK", "GBR"),
        ("U.S.A.", "USA"), ("Hong Kong", "HKG"), ("中国香港", "HKG"), ("臺灣", "TWN"), ("美國", "USA"),
        ("미국", "USA"), ("義大利", "ITA"), ("沙地阿拉伯", "SAU"), ("幾內亞比紹", "GNB"), ("기니비사우", "GNB"),
        ("파푸아뉴기니", "PNG"), ("刚果（布）", "COG"), ("콩고민주공화국", "COD"), ("朝鲜", "PRK"), ("북한", "PRK"),
        ("남한", "KOR"), ("PRC", "CHN"), ("ROK", "KOR"), ("DPRK", "PRK"), ("DRC", "COD"), ("UAE", "ARE"),
        ("S. Korea", "KOR"), ("Republic of Indonesia", "IDN"), ("Micronesia, Fed. Sts.", "FSM"), ("Niger", "NER"),
        ("Nigeria", "NGA"), ("Dominica", "DMA"), ("Dominican Republic", "DOM"), ("Other Asia, nes", "TWN"),
        ("아랍에미리트 연합", "ARE"), ("  Viet   Nam ", "VNM"),
    ]:  # fmt: skip
        assert area(text).iso3 == iso3


def test_a_bare_number_is_read_in_the_system_asked_for() -> None:
    assert area("116").iso3 == "KHM"
    assert area("116", system="comtrade").iso3 == "KHM"
    assert area("116", system="china_customs").iso3 == "JPN"


def test_a_number_of_another_system_is_refused_with_a_pointer_to_it() -> None:
    with pytest.raises(CodeError, match=r"In China Customs it is United States \(US, 842\)"):
        area("502")
    with pytest.raises(CodeError, match=r"In M49 it is Brazil \(BR, 76\)"):
        area("076", system="china_customs")


def test_documented_china_customs_codes_are_in_the_table() -> None:
    for code, name in [
        ("101", "Afghanistan"), ("116", "Japan"), ("133", "South Korea"), ("502", "United States"),
        ("110", "Hong Kong, China"), ("304", "Germany"), ("112", "Indonesia"), ("122", "Malaysia"),
        ("136", "Thailand"), ("141", "Viet Nam"),
    ]:  # fmt: skip
        assert area(code, system="china_customs").name_en == name


def test_the_first_digit_of_a_china_customs_code_is_the_continent() -> None:
    by_digit = {
        "1": "Asia", "2": "Africa", "3": "Europe", "4": "Latin America", "5": "Northern America", "6": "Oceania",
    }  # fmt: skip
    elsewhere = {
        one.name_en
        for one in areas()
        if one.kind == "country" and one.china_customs and one.iso3 not in group(by_digit[one.china_customs[0]]).members
    }
    # Customs counts the Caucasus to Europe and Saint Pierre to Latin America, M49 to Asia and Northern America.
    assert elsewhere == {"Armenia", "Azerbaijan", "Georgia", "Saint Pierre and Miquelon"}


def test_an_m49_number_that_comtrade_does_not_use_resolves_with_a_note() -> None:
    for m49, comtrade in M49_NOT_COMTRADE.items():
        for system in ("any", "comtrade", "trademap"):
            found = resolve_area(m49, system=system)
            assert found.area.comtrade == comtrade
            assert found.area.trademap == comtrade
            assert found.note is not None
            assert comtrade in found.note


def test_comtrades_own_exceptions_to_m49_are_in_the_table() -> None:
    codes = {a.iso3: a.comtrade for a in areas() if a.iso3 in {"USA", "FRA", "IND", "CHE", "NOR", "TWN"}}
    assert codes == {"USA": "842", "FRA": "251", "IND": "699", "CHE": "757", "NOR": "579", "TWN": "490"}


def test_monacos_m49_number_is_not_taken_for_comtrades_remainder_of_the_eu() -> None:
    with pytest.raises(CodeError) as caught:
        area("492")
    assert caught.value.nearest == ("Monaco (MC)", "Europe EU, nes (492)")
    assert area("492", system="comtrade").name_en == "Europe EU, nes"
    with pytest.raises(CodeError, match="counts Monaco with France"):
        code_in(area("Monaco"), "comtrade")


def test_taiwan_has_the_code_of_each_service() -> None:
    codes = codes_of(area("Taiwan"))
    assert codes == {
        "comtrade": "490", "trademap": "490", "china_customs": "143", "korea": "TW", "schedule_c": "5830",
        "geonom": "TW", "iso2": "TW", "iso3": "TWN", "m49": "158",
    }  # fmt: skip


def test_world_has_its_codes() -> None:
    for text in ("World", "0", "000", 0, "世界", "세계", "all"):
        world = area(text)
        assert (world.kind, world.comtrade, world.trademap) == ("world", "0", "000")


def test_a_former_area_without_a_code_is_explained_with_what_came_after_it() -> None:
    with pytest.raises(CodeError, match=r"its data end with 1992\. Later: Czechia, Slovakia"):
        code_in(area("Czechoslovakia"), "korea")


def test_a_missing_code_is_an_error_that_names_the_system() -> None:
    with pytest.raises(CodeError, match="no known code in China Customs"):
        code_in(area("Kosovo"), "china_customs")
    with pytest.raises(CodeError, match="no known code in Korea Customs"):
        code_in(area("USSR"), "korea")


SYSTEMS: dict[CodeSystem, str] = {
    "iso2": r"[A-Z]{2}", "iso3": r"[A-Z]{3}", "m49": r"\d{3}", "comtrade": r"0|[1-9]\d{0,2}", "trademap": r"\d{3}",
    "china_customs": r"[1-7]\d{2}", "korea": r"[A-Z]{2}",
}  # fmt: skip


def test_codes_are_well_formed_and_unique_within_a_system() -> None:
    for system, form in SYSTEMS.items():
        codes = [codes_of(a)[system] for a in areas() if system in codes_of(a)]
        assert codes
        assert [code for code in codes if not re.fullmatch(form, code)] == []
        assert [code for code, times in Counter(codes).items() if times > 1] == []


def test_trade_map_codes_are_comtrade_areas_in_three_digits() -> None:
    assert [a.name_en for a in areas() if a.trademap and a.trademap != a.comtrade.zfill(3)] == []


def test_every_area_round_trips_through_each_of_its_codes() -> None:
    lost: list[tuple[str, str, str]] = []
    for one in areas():
        for system, code in codes_of(one).items():
            if system == "comtrade" and code == "356":
                continue  # India's M49 number; the India of before 1975 is found by name
            if system == "m49" and code == "492":
                continue  # Monaco's M49 number, which UN Comtrade uses for another area; tested above
            if area(code, system=system) != one:
                lost.append((one.name_en, system, code))
    assert lost == []


def test_palestine_is_found_by_both_of_its_codes_of_schedule_c() -> None:
    palestine = area("Palestine")
    assert [area(code, system="schedule_c") for code in ("5082", "5083", palestine.schedule_c)] == [palestine] * 3
    with pytest.raises(CodeError):
        area("5082")


def test_every_name_and_alias_leads_to_its_area() -> None:
    for one in areas():
        for name in one.names:
            assert area(name) == one, name


def test_no_name_leads_to_two_areas() -> None:
    bearers: dict[str, set[str]] = {}
    for one in areas():
        for name in one.names:
            bearers.setdefault(fold(name), set()).add(one.name_en)
    assert {name: who for name, who in bearers.items() if len(who) > 1} == {}


def test_the_table_has_areas_and_aliases_in_three_languages() -> None:
    aliases = [alias for one in areas() for alias in (*one.aliases, *(name for name, _ in one.former_names))]
    korean = [alias for alias in aliases if re.search("[가-힣]", alias)]
    chinese = [alias for alias in aliases if re.search("[一-鿿]", alias)]
    assert len(areas()) >= 250
    assert (len(aliases) >= 400, len(chinese) >= 200, len(korean) >= 60) == (True, True, True)
    assert len(aliases) - len(chinese) - len(korean) >= 200


def test_the_remainders_and_special_areas_of_china_customs_are_found_by_code_and_wording() -> None:
    wording = {
        "199": "亚洲其他国家（地区）",
        "299": "非洲其他国家（地区）",
        "701": "国（地）别不详",
        "702": "联合国及机构和国际组织",
    }
    for code, name in wording.items():
        found = area(code, system="china_customs")
        assert (found.name_zh, found) == (name, area(name))
        assert found.kind in {"nes", "special"}


def test_the_table_covers_the_world_and_its_remainders() -> None:
    kinds = Counter(a.kind for a in areas())
    assert kinds["country"] == 250  # ISO 3166-1 has 249 entries; and Kosovo
    assert kinds["nes"] >= 17
    assert kinds["former"] >= 28
    assert sum(1 for a in areas() if a.kind == "country" and a.name_zh and a.name_ko) == 250
    assert area("Areas, nes").nes
    assert area("Bunkers").kind == "special"


@pytest.mark.parametrize(("list_name", "code_field"), [("partnerAreas", "PartnerCode"), ("Reporters", "reporterCode")])
def test_every_area_that_comtrade_lists_resolves(comtrade_list: ComtradeList, list_name: str, code_field: str) -> None:
    rows = comtrade_list(list_name)
    assert len(rows) > 250
    for row in rows:
        code, name = str(row[code_field]), str(row["text"]).strip()
        found = resolve_area(code, system="comtrade")
        assert found.area.comtrade == M49_NOT_COMTRADE.get(code, code)
        if name == "Congo":  # ambiguous as a word; it is one of the choices
            with pytest.raises(CodeError) as caught:
                area(name)
            assert label(found.area) in caught.value.nearest
            continue
        if name == "India (...1974)":
            assert area(name).comtrade == "356"
            continue
        assert area(name) == found.area, name


def test_comtrades_iso_codes_agree_with_the_table(comtrade_list: ComtradeList) -> None:
    for row in comtrade_list("Reporters"):
        if row.get("entryExpiredDate") or row["isGroup"]:
            continue
        found = area(str(row["reporterCode"]), system="comtrade")
        if row["text"] == "Other Asia, nes" or found.iso3 in {"", "XKX"}:
            continue
        assert (found.iso2, found.iso3) == (row["reporterCodeIsoAlpha2"], row["reporterCodeIsoAlpha3"]), row["text"]


# Every number of three digits in every system: the area that has it there, or an error.
def test_a_bare_number_is_an_area_that_has_it_or_an_error() -> None:
    systems: tuple[System, ...] = ("any", *SYSTEMS)
    for system in systems:
        for number in range(1000):
            code = f"{number:03d}"
            try:
                found = resolve_area(code, system=system)
            except CodeError:
                continue
            codes = codes_of(found.area)
            if system == "china_customs":
                assert codes["china_customs"] == code
            else:
                assert code in {codes.get("m49"), codes.get("comtrade", "").zfill(3)}, (code, system)
                other = {one.name_en for one in areas() if one.m49 == code or one.comtrade == str(number)}
                assert found.note or other == {found.area.name_en}, (code, system)


@given(st.text(max_size=60) | st.text(alphabet="0123456789 .-", max_size=6), st.sampled_from(["any", *SYSTEMS]))
def test_no_text_breaks_the_resolver(text: str, system: CodeSystem) -> None:
    try:
        found = resolve_area(text, system=system)
    except CodeError as error:
        assert error.message
    else:
        assert found.area in areas()


def test_a_label_shows_the_codes_to_use() -> None:
    assert label(area("JP")) == "Japan (JP, 392)"
    assert label(area("World")) == "World (0)"


def test_a_name_with_its_codes_is_read_as_errors_and_answers_write_it() -> None:
    for text in ["Japan (JP, 392)", "Japan (JPN)", "日本 (392)", "JP (Japan)"]:
        assert area(text).iso3 == "JPN"


def test_every_label_that_is_offered_as_a_choice_can_be_given_back() -> None:
    assert [label(one) for one in areas() if one.comtrade and area(label(one)) is not one] == []
    assert area("Congo (180)").iso3 == "COD"


def test_the_name_tells_the_system_of_the_number_beside_it() -> None:
    assert (area("Japan (116)").iso3, area("Cambodia (116)").iso3) == ("JPN", "KHM")


def test_a_name_with_codes_of_another_area_is_refused() -> None:
    for text in ["Japan (KR)", "Japan (JP, 410)", "Congo (JP)", "Japan (nowhere)", "Atlantis (JP)"]:
        with pytest.raises(CodeError):
            area(text)


def test_comtrades_makeshift_codes_are_not_taken_for_iso_codes() -> None:
    for text in ["_CI", "_sk", "_SM"]:
        with pytest.raises(CodeError):
            area(text)
