"""Names of goods, services and areas in Chinese and Korean."""

import re
from typing import TYPE_CHECKING

import pytest

from tradestat_tools.codes.countries import area, areas
from tradestat_tools.codes.ebops import ebops_entry, ebops_items
from tradestat_tools.codes.hs import hs_entries
from tradestat_tools.codes.names import hs_name, name_in

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


def test_areas_and_items_of_services_are_named_in_each_language_and_in_english_where_there_is_no_other() -> None:
    assert [name_in(lang, area("KR")) for lang in ("en", "zh", "ko")] == ["South Korea", "韩国", "대한민국"]
    assert name_in("zh", ebops_entry("S")) == "服务贸易总额"
    for one in (*areas(), *ebops_items()):
        assert name_in("zh", one)
        assert name_in("ko", one)
