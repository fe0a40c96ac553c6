"""Reading the words of a call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_server.cli.calls import find_tool, read_pairs
from tradestat_tools.catalogue import catalogue
from tradestat_tools.model.errors import InvalidQuery

NAMES = st.text(st.characters(exclude_characters="=", exclude_categories=["Z", "C"]), min_size=1, max_size=20)


def test_a_value_may_hold_equals_signs_blanks_and_json() -> None:
    words = ["a=1=2", "b= x y ", 'c=["1", "2"]', "d="]
    assert read_pairs(words) == {"a": "1=2", "b": " x y ", "c": '["1", "2"]', "d": ""}


def test_a_name_given_twice_makes_a_list() -> None:
    assert read_pairs(["a=1", "b=2", "a=3", "a=4"]) == {"a": ["1", "3", "4"], "b": "2"}


@pytest.mark.parametrize("word", ["hsSgn", "=850760", " =850760", ""])
def test_a_word_that_is_no_argument_is_refused_with_the_form_to_use(word: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        read_pairs(["strtYymm=202501", word])
    assert "name=value" in caught.value.remedy


@given(st.dictionaries(NAMES, st.text(max_size=40)))
def test_every_name_and_value_comes_through_as_written(arguments: dict[str, str]) -> None:
    assert read_pairs(f"{name}={value}" for name, value in arguments.items()) == arguments


def test_every_tool_is_found_by_its_name() -> None:
    for name in catalogue().tools:
        assert find_tool(name).name == name


@pytest.mark.parametrize(
    ("written", "meant"),
    [("getnitemtradelist", "getNitemtradeList"), ("goods_timeseries", "goods_time_series"), ("dashbord", "dashboard")],
)
def test_an_unknown_tool_is_answered_with_the_nearest(written: str, meant: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        find_tool(written)
    assert caught.value.nearest[0] == meant


def test_a_tool_like_no_other_is_answered_with_where_to_look() -> None:
    with pytest.raises(InvalidQuery) as caught:
        find_tool("zzzzzzzzzz")
    assert caught.value.nearest == ()
    assert "tradestat-mcp tools" in caught.value.remedy
