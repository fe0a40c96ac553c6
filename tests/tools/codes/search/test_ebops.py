"""Services found by words. UN Comtrade's list EB10 is the yardstick; the phrases were written after the words table and
never used to change it."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.codes.ebops import ebops_entry, ebops_items
from tradestat_tools.codes.search.lists import search_ebops

ComtradeList = Callable[[str], list[dict[str, Any]]]

WORDS = {
    "freight": "3.1.2", "tourism": "4", "travel": "4", "shipping": "3.1", "software": "9.2.1", "royalties": "8",
    "licence fees": "8", "license fees": "8", "consulting": "10.2", "R&D": "10.1", "insurance": "6", "banking": "7",
    "telecom": "9.1", "cloud": "9.2.2", "advertising": "10.2.2", "construction abroad": "5.1", "education": "11.2.2",
    "health": "11.2.1", "courier": "3.4", "franchise": "8.1", "lawyers": "10.2.1.1", "audit": "10.2.1.2",
    "engineering": "10.3.1.2", "leasing": "10.3.3", "films": "11.1.1", "embassies": "12.1", "repair": "2",
    "reinsurance": "6.2", "pensions": "6.4.1", "call centres": "C.4", "processing trade": "1",
    "students abroad": "4.2.2",
    "旅游": "4", "运输": "3", "海运费": "3.1.2", "软件": "9.2.1", "知识产权使用费": "8", "金融": "7", "保险": "6",
    "广告": "10.2.2", "云计算": "9.2.2", "留学": "4.2.2", "建筑": "5", "来料加工": "1", "律师": "10.2.1.1",
    "여행": "4", "운송": "3", "소프트웨어": "9.2.1", "지식재산권 사용료": "8", "금융": "7", "보험": "6",
    "광고": "10.2.2", "클라우드": "9.2.2", "유학": "4.2.2", "건설": "5", "가공서비스": "1", "로열티": "8",
    "의료관광": "4.2.1",
}  # fmt: skip

PHRASES = {
    "cost of shipping containers by sea": "3.1.2", "money airlines earn from foreign passengers": "3.2.1",
    "foreign tourists spending on hotels": "4a.3", "fees paid for using a foreign patent": "8.2",
    "McDonald's franchise payments": "8.1", "hiring a foreign law firm": "10.2.1.1",
    "income from Netflix subscriptions": "11.1.1", "data center outsourcing": "9.2.2",
    "bank charges on foreign transfers": "7.1", "premiums for life insurance": "6.1.1",
    "foreign students tuition payments": "4.2.2", "spending by people travelling for work": "4.1",
    "railway cargo transit": "3.6.2", "gas pipeline transit fees": "3.9", "repair of aircraft engines": "2",
    "building a dam in another country": "5.1", "television broadcasting rights sales": "8.4.1",
    "online advertising revenue": "10.2.2", "outsourced scientific research": "10.1",
    "renting aircraft without crew": "10.3.3", "oil well drilling services": "10.3.2.3",
    "garbage disposal": "10.3.2.1", "temporary staff agency": "10.3.5.1",
    "concert tours of musicians abroad": "11.1.2", "hospital treatment of foreigners": "11.2.1",
    "visa application fees": "12.1", "mobile phone roaming charges": "9.1",
    "assembly of electronics from supplied parts": "1", "news wire subscriptions": "9.3.1",
    "satellite launching": "3.5", "中国软件外包": "9.2.1", "国际航班机票收入": "3.2.1", "快递费用": "3.4",
    "境外工程承包": "5.1", "游客住宿消费": "4a.3", "해외 건설 수주": "5.1", "항공 여객 운임": "3.2.1",
    "외국인 관광객 쇼핑": "4a.1", "특허 사용료 지급": "8.2", "선박 화물 운임": "3.1.2",
}  # fmt: skip


def found(query: str, among: int = 5) -> list[str]:
    return [hit.entry.code for hit in search_ebops(query, limit=among)]


def test_every_item_is_found_first_by_each_of_its_codes_and_names() -> None:
    for item in ebops_items():
        for code in filter(None, (item.code, item.sdmx, item.trademap)):
            assert found(code) == found(f" {code.lower()} ") == [item.code]
        for name in filter(None, (item.label, item.name_zh, item.name_ko)):
            assert found(name, 1) == [item.code], name


def test_every_item_has_a_name_in_chinese_and_korean() -> None:
    assert [item.code for item in ebops_items() if not (item.name_zh and item.name_ko)] == []
    for names in ([item.name_zh for item in ebops_items()], [item.name_ko for item in ebops_items()]):
        assert [name for name, times in Counter(names).items() if times > 1] == []


def test_everyday_words_find_the_item_that_is_meant_first() -> None:
    for word, code in WORDS.items():
        assert found(word, 1) == [code]


@pytest.mark.slow
def test_every_word_of_the_table_finds_its_item() -> None:
    missed = [(word, item.code) for item in ebops_items() for word in item.words if item.code not in found(word, 10)]
    assert missed == []


def test_phrases_that_nobody_tuned_for_mostly_find_the_item() -> None:
    hits = [phrase for phrase, code in PHRASES.items() if code in found(phrase)]
    assert len(hits) >= 38


def test_a_mistyped_word_finds_what_was_meant() -> None:
    for typed, code in [
        ("tourisim", "4"), ("advertizing", "10.2.2"), ("frieght", "3a.2"), ("telecomunications", "9.1"),
        ("royaltys", "8"),
    ]:  # fmt: skip
        assert code in found(typed)


def test_the_texts_of_comtrades_list_find_their_items(comtrade_list: ComtradeList) -> None:
    """By the text without its code; a text that stands with several items ("Other") goes with the text above it."""
    rows = comtrade_list("EB10")
    text_of = {row["id"]: re.sub(r"^[0-9C][0-9a.]*\s+", "", row["text"]).strip() for row in rows}
    times = Counter(text_of.values())
    parent_of = {row["id"]: row["parent"] for row in rows}

    def asked(code: str) -> str:
        text = text_of[code]
        return text if times[text] == 1 else f"{asked(parent_of[code])} {text}"

    missed = {code for code in text_of if ebops_entry(code).code not in found(asked(code))}
    assert missed <= {"3a.3", "3a.32", "10.1.1.2.4"}, "their texts, 'Other' below 'Other', are like those of many"
    assert [row["id"] for row in rows if found(row["text"], 1) != [ebops_entry(row["id"]).code]] == []


def test_a_number_before_other_words_is_no_code() -> None:
    assert found("5 star hotels", 1) == ["4a.3"]
    assert found("4 Travel", 1) == ["4"]


def test_a_code_of_goods_finds_no_service() -> None:
    for goods in ["85", "8517", "851713", "8517.13"]:
        assert search_ebops(goods) == ()


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=300), st.integers(min_value=1, max_value=20))
def test_no_text_breaks_the_search(query: str, limit: int) -> None:
    hits = search_ebops(query, limit=limit)
    assert len(hits) <= limit
    assert len({hit.entry.code for hit in hits}) == len(hits)
