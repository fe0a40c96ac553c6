"""The yardstick of HS search is itself sound: its codes exist and nobody chose which half a query is in."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

from tradestat_tools.codes.hs import hs_entry

QUERIES = Path(__file__).with_name("hs_queries.csv")


def rows() -> list[dict[str, str]]:
    with QUERIES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def test_every_expected_code_is_in_hs_2022_and_listed_once() -> None:
    for row in rows():
        expected = row["expected"].split()
        assert expected, row
        assert len(set(expected)) == len(expected), row
        assert [code for code in expected if hs_entry(code) is None] == [], row


def test_no_query_is_asked_twice() -> None:
    asked = Counter(row["query"].casefold().strip() for row in rows())
    assert [query for query, times in asked.items() if times > 1 or not query] == []


def test_the_half_of_a_query_follows_from_its_bytes() -> None:
    for row in rows():
        first_byte = hashlib.sha256(row["query"].encode("utf-8")).digest()[0]
        assert row["half"] == ("held" if first_byte % 2 else "tune"), row


def test_the_queries_cover_three_languages_and_most_chapters() -> None:
    languages = Counter(row["language"] for row in rows())
    chapters = {row["expected"][:2] for row in rows()}
    assert languages.keys() == {"en", "zh", "ko"}
    assert languages["en"] >= 150
    assert languages["zh"] >= 40
    assert languages["ko"] >= 30
    assert len(chapters) >= 60


def test_each_half_holds_enough_queries_of_every_language_to_measure() -> None:
    counts = Counter((row["language"], row["half"]) for row in rows())
    assert min(counts[language, half] for language in ("en", "zh", "ko") for half in ("tune", "held")) >= 15
