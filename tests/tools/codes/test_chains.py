"""Which codes hold the goods of one through the editions of the HS."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.codes.chains import EDITIONS, chain
from tradestat_tools.codes.editions import links
from tradestat_tools.codes.hs import hs_entries
from tradestat_tools.codes.words import CodeError

CODES = sorted({one.from_code for one in links()} | {one.to_code for one in links()})


def _codes(code: str, first: int, last: int) -> list[tuple[str, ...]]:
    return [part.codes for part in chain(code, first, last)]


def test_a_code_that_was_split_is_followed_by_all_its_parts() -> None:
    assert _codes("851712", 2016, 2024) == [("851712",), ("851712",), ("851713", "851714")]
    assert _codes("851712", 2022, 2024) == [("851713", "851714")]
    assert _codes("851712", 2019, 2021) == [("851712",)]


def test_a_code_that_nothing_touched_stands_for_itself() -> None:
    assert _codes("850760", 2012, 2024) == [("850760",)] * 3


def test_a_part_of_an_older_code_names_the_code_that_can_be_followed() -> None:
    with pytest.raises(CodeError, match="part of 851712, which had those of 851714 too") as refused:
        chain("851713", 2019, 2024)
    assert refused.value.nearest == ("851712",)
    assert _codes("851713", 2022, 2024) == [("851713",)]


def test_a_code_into_which_others_went_is_refused_by_naming_them() -> None:
    with pytest.raises(CodeError, match="030193 took goods of 030199 as well"):
        chain("030193", 2014, 2018)


@pytest.mark.parametrize(("code", "first"), [("8517", 2019), ("85171200", 2019), ("123456", 2019), ("851712", 2011)])
def test_what_no_table_has_is_refused(code: str, first: int) -> None:
    with pytest.raises(CodeError):
        chain(code, first, 2024)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(CODES), st.integers(2012, 2024), st.integers(0, 12))
def test_a_chain_never_takes_in_nor_leaves_out_goods_of_others(code: str, first: int, more: int) -> None:
    try:
        parts = chain(code, first, min(first + more, 2026))
    except CodeError:
        return
    held = {part.edition: set(part.codes) for part in parts}
    assert list(held) == [edition for edition in EDITIONS if edition in held], "in order, and without a gap"
    for link in links():
        if link.relation != "small" and link.from_edition in held and link.to_edition in held:
            inside = (link.from_code in held[link.from_edition], link.to_code in held[link.to_edition])
            assert inside in ((True, True), (False, False)), link


def test_most_codes_of_today_can_be_followed_back_to_2012() -> None:
    codes = [entry.code for entry in hs_entries() if entry.level == 6]
    refused = 0
    for code in codes:
        try:
            chain(code, 2012, 2024)
        except CodeError:
            refused += 1
    assert 0.1 < refused / len(codes) < 0.3
