"""Where a series is broken by a new edition of the Harmonized System, and how codes of every edition are explained."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.editions import EDITION_YEARS, LATE, breaks_text, hs_break, links, partial_life
from tradestat_tools.codes.hs import FIRST, explain_from_lists, hs_entries, hs_status

ComtradeList = Callable[[str], list[dict[str, Any]]]

LISTS = {"HS 2012": "H4", "HS 2017": "H5", "HS 2022": "H6"}
STEPS = (("HS 2012", "HS 2017"), ("HS 2017", "HS 2022"))

ORIGIN_UNKNOWN = {"160418", "853951", "854921", "854929", "854931", "854939", "854991", "854999"}
"""Codes that entered and of which the table does not say from where; see data/README.md."""


@pytest.fixture
def editions(comtrade_list: ComtradeList) -> dict[str, frozenset[str]]:
    """The codes of the three editions as UN Comtrade lists them."""
    return {
        name: frozenset(row["id"] for row in comtrade_list(short) if row["id"].isdigit() and row["id"] != "77")
        for name, short in LISTS.items()
    }


# --- the table of links ---


def test_every_link_is_between_codes_that_their_editions_have(editions: dict[str, frozenset[str]]) -> None:
    for link in links():
        assert (link.from_edition, link.to_edition) in STEPS
        assert link.from_code in editions[link.from_edition], link
        assert link.to_code in editions[link.to_edition], link


def test_no_link_is_given_twice() -> None:
    pairs = Counter((link.from_edition, link.from_code, link.to_code) for link in links())
    assert [pair for pair, count in pairs.items() if count > 1] == []


def test_relations_agree_with_the_links_around_them() -> None:
    out: dict[tuple[str, str], set[str]] = defaultdict(set)
    into: dict[tuple[str, str], set[str]] = defaultdict(set)
    for link in links():
        if link.relation != "small":
            out[link.from_edition, link.from_code].add(link.to_code)
        into[link.to_edition, link.to_code].add(link.from_code)
    relations = {(False, False): "same", (True, False): "split", (False, True): "merge", (True, True): "partial"}
    odd = [
        link.to_code
        for link in links()
        if link.relation != "small"
        and link.relation
        != relations[len(out[link.from_edition, link.from_code]) > 1, len(into[link.to_edition, link.to_code]) > 1]
    ]
    assert odd == ["854151", "854159"]  # transducers gained goods from codes that the table leaves out


def test_a_code_that_goes_on_with_changed_scope_is_linked_to_itself(editions: dict[str, frozenset[str]]) -> None:
    found = {(link.from_edition, link.from_code, link.to_code) for link in links()}
    missing = {
        link.from_code
        for link in links()
        if link.relation != "small"
        and link.from_code in editions[link.to_edition]
        and (link.from_edition, link.from_code, link.from_code) not in found
    }
    assert missing == {"701919"}  # slivers and yarn until HS 2022, which gave the number to glass fibre mats


@pytest.mark.parametrize(("before", "after", "left", "entered"), [(*STEPS[0], 84, 264), (*STEPS[1], 147, 378)])
def test_every_code_that_left_or_entered_is_explained(
    editions: dict[str, frozenset[str]], before: str, after: str, left: int, entered: int
) -> None:
    gone, new = editions[before] - editions[after], editions[after] - editions[before]
    assert (len(gone), len(new)) == (left, entered)
    year = EDITION_YEARS[after]
    for code in gone:
        found = hs_break(code, year - 1, year)
        assert found is not None, code
        assert f"{code} ended with {after} (from {year}); since then" in found.text
        assert found.years == (year,)
    for code in new:
        found = hs_break(code, year - 1, year)
        assert found is not None, code
        assert f"{code} exists since {after} (from {year}); before, " in found.text
        assert ("not in our table" in found.text) is (code in ORIGIN_UNKNOWN), code


def test_every_code_of_the_newest_edition_says_since_when_it_is(editions: dict[str, frozenset[str]]) -> None:
    for code in editions["HS 2022"]:
        status = hs_status(code)
        names = [name for name in LISTS if code in editions[name]]
        assert list(status.editions) == names, code
        assert status.since == (FIRST if names[0] == "HS 2012" else names[0]), code
        assert bool(status.predecessors) is (status.since != FIRST and code not in ORIGIN_UNKNOWN), code


def test_every_code_that_left_since_2012_leads_to_codes_of_the_newest_edition(
    editions: dict[str, frozenset[str]],
) -> None:
    for name in ("HS 2012", "HS 2017"):
        for code in editions[name] - editions["HS 2022"]:
            successors = hs_status(code).successors
            assert successors, code
            assert set(successors) <= editions["HS 2022"], code


# --- breaks ---


def test_a_split_is_told_from_both_sides() -> None:
    new = hs_break("851713", 2018, 2024)
    assert new is not None
    assert new.text == (
        "851713 exists since HS 2022 (from 2022); before, these goods were part of 851712, with others: "
        f"figures before 2022 are not comparable. {LATE}"
    )
    old = hs_break("851712", 2018, 2024)
    assert old is not None
    assert "851712 ended with HS 2022 (from 2022); since then its goods are under 851713, 851714." in old.text


def test_a_renumbered_code_names_the_other_number() -> None:
    assert "the same goods were 300220: ask for that code in the years before 2022" in text_of("300241", 2020, 2023)
    assert "since then the same goods are 8807: ask for that code" in text_of("8803", 2020, 2023)


def test_a_code_that_was_only_narrowed_says_where_its_goods_went() -> None:
    assert "870390 changed its scope with HS 2017 (from 2017): goods went to 870340, 870350" in text_of(
        "870390", 2015, 2020
    )


def test_each_edition_that_a_series_crosses_is_told() -> None:
    found = hs_break("854370", 2015, 2023)
    assert found is not None
    assert found.years == (2017, 2022)
    assert found.text.count(LATE) == 1


def test_a_number_given_to_other_goods_is_a_break() -> None:
    assert "goods went to 701913, goods came from 701931" in text_of("701919", 2020, 2023)


def test_a_series_within_an_edition_or_of_an_untouched_code_has_no_break() -> None:
    for code, first, last in [
        ("850760", 2010, 2025), ("851713", 2022, 2025), ("851712", 2015, 2021), ("870390", 2017, 2023),
        ("870390", 2010, 2016), ("8517", 2010, 2025), ("62", 2010, 2025), ("999999", 2010, 2025),
        ("123456", 2010, 2025),
    ]:  # fmt: skip
        assert hs_break(code, first, last) is None


def test_years_outside_a_codes_life_are_told_although_no_change_is_crossed() -> None:
    assert "851712 ended" in text_of("851712", 2023, 2024)
    assert "851713 exists since" in text_of("851713", 2015, 2016)
    assert "010110 ended before HS 2012; where its goods went is not in our table" in text_of("010110", 2010, 2015)
    assert hs_break("010110", 2005, 2008) is None


def test_a_heading_is_touched_where_goods_cross_headings() -> None:
    assert "3002 changed its scope with HS 2022 (from 2022): goods went to 3822" in text_of("3002", 2020, 2023)
    assert "these goods were under 8525, 8802, with others" in text_of("8806", 2020, 2023)
    assert hs_break("8703", 2015, 2023) is None  # electric cars stayed in the heading


def test_a_national_code_goes_by_its_first_six_digits() -> None:
    assert hs_break("85171300", 2020, 2023) == hs_break("851713", 2020, 2023)
    assert hs_break("8507600090", 2010, 2025) is None


def test_slivers_explain_a_new_code_and_do_not_touch_the_old_one() -> None:
    assert "small parts of codes such as 170490" in text_of("300693", 2020, 2023)
    assert hs_break("300490", 2020, 2023) is None


def test_several_codes_share_one_text_and_the_rest_is_named() -> None:
    text = breaks_text(["851713", "851714", "850760", "854142", "870121", "870122"], 2020, 2023)
    assert text is not None
    assert text.count("exists since HS 2022") == 3
    assert "Changed as well: 870121, 870122." in text
    assert text.count(LATE) == 1
    assert breaks_text(["850760", "8517"], 2010, 2025) is None


@given(st.text(alphabet="0123456789", min_size=2, max_size=10), st.integers(1962, 2030), st.integers(0, 60))
def test_any_code_and_years_are_answered(code: str, first: int, span: int) -> None:
    found = hs_break(code, first, first + span)
    assert found is None or (found.years and found.text.endswith(LATE))
    within = found is not None and any(first < year <= first + span for year in found.years)
    assert found is None or within or partial_life(code[:6])


def test_most_subheadings_are_untouched() -> None:
    codes = [entry.code for entry in hs_entries() if entry.level == 6]
    touched = sum(hs_break(code, 2016, 2022) is not None for code in codes)
    assert 633 <= touched <= 0.2 * len(codes)  # those that entered, and those whose scope changed


def text_of(code: str, first: int, last: int) -> str:
    found = hs_break(code, first, last)
    assert found is not None, code
    return found.text


# --- any edition, from its list ---

OLD = {
    "HS 1988/1992": {"0101", "010111", "010119", "850760"},
    "HS 1996": {"0101", "010111", "010119", "850760"},
    "HS 2002": {"0101", "010110", "010190", "850760"},
}


def test_lists_tell_which_of_the_older_editions_had_a_code() -> None:
    status = explain_from_lists("010111", OLD)
    assert (status.kind, status.editions, status.since) == (
        "older_edition",
        ("HS 1988/1992", "HS 1996"),
        "HS 1988/1992",
    )
    assert status.text == (
        "010111 is not in HS 2022; it belongs to an older edition (HS 1988/1992, HS 1996) and is not in HS 2002 any "
        "more. New under its heading in HS 2002: 010110, 010190."
    )


def test_where_the_edition_before_is_not_at_hand_the_first_one_is_not_claimed() -> None:
    partly = {"HS 2002": OLD["HS 2002"]}
    assert explain_from_lists("010110", partly).since == "HS 2002 or before"
    assert explain_from_lists("010110", OLD).since == "HS 2002"
    assert "any more" not in explain_from_lists("010110", partly).text


def test_lists_date_a_current_code_and_leave_its_text() -> None:
    status = explain_from_lists("850760", OLD)
    assert status.since == "HS 1988/1992"
    assert status.editions == ("HS 1988/1992", "HS 1996", "HS 2002", *EDITION_YEARS)
    assert status.text == hs_status("850760").text


def test_a_national_code_is_explained_by_its_subheading() -> None:
    status = explain_from_lists("0101110000", OLD)
    assert (status.code, status.kind) == ("0101110000", "national")
    assert "a country's own subdivision of 010111" in status.text
    assert "not in HS 2002 any more" in status.text


def test_without_a_list_that_has_the_code_nothing_changes() -> None:
    for code in ["851712", "851713", "851799", "77", "9801"]:
        assert explain_from_lists(code, OLD) == hs_status(code)
        assert explain_from_lists(code, {}) == hs_status(code)


def test_every_text_of_a_change_reads_as_sentences(editions: dict[str, frozenset[str]]) -> None:
    for code in frozenset[str]().union(*editions.values()):
        found = hs_break(code, 2010, 2025)
        assert found is None or re.fullmatch(r"(?:\d{2,6} [^.]+\. )+" + re.escape(LATE), found.text), code
