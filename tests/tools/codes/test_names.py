"""Names of goods in Chinese and Korean."""

import re
from typing import TYPE_CHECKING

import pytest

from tradestat_tools.codes.countries import areas
from tradestat_tools.codes.groups import group, groups
from tradestat_tools.codes.hs import hs_entries
from tradestat_tools.codes.names import area_name, goods_name, group_name, hs_name

if TYPE_CHECKING:
    from tradestat_tools.codes.names import Lang

HANZI, HANGUL = re.compile("[\u4e00-\u9fff]"), re.compile("[\uac00-\ud7a3]")


@pytest.mark.parametrize(("lang", "own", "other"), [("zh", HANZI, HANGUL), ("ko", HANGUL, HANZI)])
def test_every_chapter_and_heading_has_a_name_of_its_own_in_each_language(
    lang: "Lang", own: re.Pattern[str], other: re.Pattern[str]
) -> None:
    for level in (2, 4):
        names = [hs_name(lang, entry.code) for entry in hs_entries() if entry.level == level]
        assert all(own.search(name) and not other.search(name) for name in names)
        assert len(set(names)) == len(names)


def test_a_subheading_is_called_by_its_everyday_word_or_not_at_all() -> None:
    assert (hs_name("zh", "8507"), hs_name("ko", "8507")) == ("蓄电池", "축전지")
    assert hs_name("zh", "850760").startswith("锂")
    assert hs_name("zh", "854149") == hs_name("ko", "123456") == hs_name("en", "8507") == ""


def test_a_subheading_without_a_name_stands_below_its_heading_and_a_national_code_is_called_as_its_subheading() -> None:
    assert goods_name("zh", "850730", "Electric accumulators; nickel-cadmium") == (
        "蓄电池 > Electric accumulators; nickel-cadmium"
    )
    assert goods_name("ko", "8507601000", "…") == goods_name("ko", "850760", "…") == "리튬이온 배터리"
    assert goods_name("en", "8507", "Electric accumulators") == "Electric accumulators"


def test_a_code_of_an_older_edition_keeps_its_english_text() -> None:
    assert goods_name("zh", "851712", "now 851713 and 851714") == "now 851713 and 851714"


@pytest.mark.parametrize("lang", ["en", "zh", "ko"])
def test_no_two_areas_or_groups_are_called_alike(lang: "Lang") -> None:
    for names in ([area_name(lang, one) for one in areas()], [group_name(lang, one) for one in groups()]):
        assert len(set(names)) == len(names)


def test_a_group_has_its_first_name_in_the_script_of_the_language_and_else_its_id() -> None:
    union, micronesia = group("EU"), group("Micronesia (region)")
    assert [group_name(lang, union) for lang in ("en", "zh", "ko")] == ["EU", "欧盟", "유럽연합"]
    assert group_name("ko", micronesia) == micronesia.id
