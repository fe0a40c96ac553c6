"""Names of goods in Chinese and Korean."""

import re
from typing import TYPE_CHECKING

import pytest

from tradestat_tools.codes.hs import hs_entries
from tradestat_tools.codes.names import hs_name

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
