import threading
from concurrent.futures import ThreadPoolExecutor

from hypothesis import example, given
from hypothesis import strategies as st

from tradestat_tools.codes.search.index import Document, Index

FRUIT = [
    Document("apple", names=("apples", "苹果", "사과"), texts={"text": "pome fruit, fresh"}),
    Document("juice", names=("juice",), texts={"text": "juice of apples or of other fruit, not fermented"}),
    Document("banana", names=("bananas", "香蕉", "바나나"), texts={"text": "fruit, fresh or dried; plantains"}),
    Document("battery", names=("batteries",), texts={"text": "electric accumulators, lithium-ion 锂离子蓄电池"}),
    Document("batter", names=("batter",), texts={"text": "flour, eggs and milk"}),
    Document("case", names=("phone case",), texts={"text": "case for a telephone"}),
    Document("phone", names=("phone", "手机"), texts={"text": "telephone"}),
]
INDEX = Index(FRUIT, noise=["exports", "出口"])


def found(query: str, index: Index[str] = INDEX) -> list[str]:
    return [hit.entry for hit in index.search(query)]


def how(query: str) -> str:
    return INDEX.search(query)[0].how


def test_a_name_is_found_before_texts_that_hold_it() -> None:
    assert found("apple") == ["apple", "juice"]
    assert how("Apples") == "name: apples"
    assert INDEX.search("apple")[0].score >= 2 > INDEX.search("apple")[1].score


def test_words_are_found_by_their_stems_and_rank_by_how_many_stand_in_a_text() -> None:
    assert found("fermenting apples juices")[0] == "juice"
    assert found("dried fruit")[0] == "banana"
    assert how("dried fruit") == "words"


def test_chinese_and_korean_are_found_whole_and_in_part() -> None:
    for query, key in [("苹果", "apple"), ("사과", "apple"), ("手机", "phone"), ("锂", "battery")]:
        assert found(query)[0] == key


def test_chinese_texts_are_found_by_pairs_of_characters() -> None:
    assert found("锂离子电池") == ["battery"]
    assert found("蓄电池用锂") == ["battery"]


def test_a_name_within_a_query_is_found_and_what_ends_it_comes_first() -> None:
    assert found("phone case")[:2] == ["case", "phone"]
    assert found("leather phone case")[0] == "case"
    assert found("苹果手机")[:2] == ["phone", "apple"]


def test_words_that_say_nothing_are_left_out_unless_there_is_nothing_else() -> None:
    assert found("exports of bananas") == found("bananas")
    assert found("香蕉出口") == found("香蕉")
    assert found("exports") == []


def test_a_mistyped_word_is_found_and_the_hit_says_so() -> None:
    assert found("batery")[0] == "battery"
    assert how("batery").startswith("typo: batery→battery")
    assert found("bannana") == ["banana"]
    assert how("bannana") == "typo: bannana→banana"


def test_only_hits_that_have_the_word_that_was_guessed_are_called_guessed() -> None:
    hits = {hit.entry: hit.how for hit in INDEX.search("bannana juice")}
    assert hits == {"banana": "typo: bannana→banana", "juice": "name: juice"}


def test_a_known_word_is_never_taken_for_a_misspelling() -> None:
    assert found("batter") == ["batter"]
    assert found("juice") == ["juice"]


def test_the_beginning_of_a_word_is_enough() -> None:
    assert found("accumul") == ["battery"]
    assert how("lithi") == "beginning: lithi…"


def test_the_stem_of_a_mistyped_word_is_no_beginning() -> None:
    """FTS5 cuts "untied" to "unti", with which "until" begins."""
    index = Index([Document("former", ("Zone until 1977",)), Document("kingdom", ("United Kingdom",))])
    assert [(hit.entry, hit.how) for hit in index.search("untied")] == [("kingdom", "typo: untied→united")]


def test_what_is_in_no_list_is_not_found() -> None:
    for query in ["", " ", "\x00", "的", '"', "NEAR", "^$", "zzzzqqqq", "\ud800", "🍌", "*", "q" * 5000]:
        assert INDEX.search(query) == ()


@given(st.text(max_size=300), st.integers(min_value=-1, max_value=5))
@example('apple" OR texts MATCH "', 3)
@example("names : apple NEAR(fruit) NOT juice + * ^ {t0} -", 3)
@example("苹果 AND 香蕉" * 40, 5)
def test_any_query_is_answered_within_its_limit_and_alike_each_time(query: str, limit: int) -> None:
    hits = INDEX.search(query, limit=limit)
    assert hits == INDEX.search(query, limit=limit)
    assert len(hits) <= max(limit, 0)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.entry for hit in hits}) == len(hits)


@given(st.lists(st.text(max_size=20), max_size=6), st.text(max_size=20))
def test_an_entry_is_found_by_each_name_that_has_a_letter_or_digit(names: list[str], text: str) -> None:
    index = Index([Document("other"), Document("key", names=tuple(names), texts={"text": text})])
    for name in names:
        hits = index.search(name)
        assert not hits or hits[0].entry == "key"
        assert hits or not any(c.isascii() and c.isalnum() for c in name)


def test_fields_weigh_as_much_as_is_said() -> None:
    rows = [Document("a", texts={"x": "steel", "y": "iron"}), Document("b", texts={"x": "iron", "y": "steel"})]
    assert found("steel", Index(rows, weights={"x": 5, "y": 1})) == ["a", "b"]
    assert found("steel", Index(rows, weights={"x": 1, "y": 5})) == ["b", "a"]


def test_of_two_entries_with_one_name_the_one_usually_called_so_may_come_first() -> None:
    rows = [
        Document("spice", names=("chilli", "paprika", "cumin", "cloves", "pepper")),
        Document("pepper", names=("pepper", "whole or crushed or ground corns")),
    ]
    assert found("pepper", Index(rows)) == ["spice", "pepper"]
    assert found("pepper", Index(rows, usual_first=True)) == ["pepper", "spice"]
    assert all(2 <= hit.score < 3 for hit in Index(rows, usual_first=True).search("pepper"))


def test_an_empty_list_has_no_hits() -> None:
    assert Index([]).search("apple") == ()


def test_threads_may_share_an_index() -> None:
    queries = ["apple", "batery", "锂离子电池", "fruit"] * 20
    start = threading.Barrier(4)

    def ask(n: int) -> list[list[str]]:
        start.wait(timeout=10)
        return [found(query) for query in queries[n:] + queries[:n]][: len(queries) - n]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert answers[0] == [found(query) for query in queries]
    assert all(answer == answers[0][n:] for n, answer in enumerate(answers))
