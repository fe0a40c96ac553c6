"""Numbers as services write them, and foreign text as it is let in."""

import json
import unicodedata
from typing import Any, cast
from xml.sax.saxutils import escape

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.units import exact
from tradestat_tools.codes.words import CodeError, visible
from tradestat_tools.upstream.reading import ABSENT, json_of, number, xml_of


@given(st.integers(-(10**30), 10**30))
def test_thousands_parted_by_commas_are_the_number_without_them(value: int) -> None:
    assert number(f"{value:,}") == number(str(value)) == number(value) == value
    assert exact(f"{value:,}") == value


def test_a_comma_is_never_taken_for_a_decimal_point_nor_left_out_where_it_may_be_one() -> None:
    for text in ("608499941,5", "9012,34", "1,5", "1,5000", "12,34,567", ",123", "1,", "1,234,56", "1234,567"):
        with pytest.raises(ValueError, match="is not a number"):
            number(text)
        with pytest.raises(CodeError):
            exact(text)


def test_what_only_python_reads_as_a_number_is_none_here() -> None:
    for text in ("1_000", "１２３", "١٢٣", "inf", "nan", "0x10", "1" * 400, "1e9999", "--1", "1 000"):
        with pytest.raises(ValueError, match="is not a number"):
            number(text)
        with pytest.raises(CodeError):
            exact(text)
    for value in (10**400, float("inf"), float("nan"), True, [1]):
        with pytest.raises(ValueError, match=r"not a (number|figure)"):
            number(value)


def test_no_value_is_none_and_zero_is_zero() -> None:
    assert [number(word) for word in ("", " - ", "N/A", "null")] == [None] * 4
    assert [number(zero) for zero in (0, "0", 0.0, "0.00")] == [0] * 4
    assert type(number("12.0")) is int
    assert number("12.5") == 12.5


UNSEEN = "\x00\x1b\x7f\x85\x9b\xad\u061c\u200b\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff\ufe0f\U000e0041\ud800"
FOREIGN = st.text(st.one_of(st.characters(), st.sampled_from(UNSEEN + "\\u")))
DATA = st.recursive(
    FOREIGN | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FOREIGN, inner, max_size=4),
    max_leaves=12,
)


def seen(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [seen(one) for one in value]  # pyright: ignore
    if isinstance(value, dict):
        return {visible(name): seen(one) for name, one in value.items()}  # pyright: ignore
    return value


@given(data=DATA, ascii_only=st.booleans())
def test_json_is_read_with_every_text_in_it_made_visible(data: Any, ascii_only: bool) -> None:
    text = json.dumps(data, ensure_ascii=ascii_only)
    assert json_of(text) == seen(data)
    for encoding in ("utf-8", "utf-16", "utf-32"):
        assert json_of(text.encode(encoding, "surrogatepass")) == seen(data)


@given(FOREIGN)
def test_visible_text_has_nothing_that_can_not_be_seen_and_all_the_rest(text: str) -> None:
    shown = visible(text)
    assert not set(shown) & set(UNSEEN)
    assert not [char for char in shown if unicodedata.category(char) in ("Cs", "Zl", "Zp")]
    assert not [char for char in shown if unicodedata.category(char) == "Cc" and char not in "\t\n\r"]
    assert visible(shown) == shown
    left = [char for char in text if unicodedata.category(char)[0] in "LNPS"]
    assert [char for char in shown if unicodedata.category(char)[0] in "LNPS" and char != "\ufffd"] == [
        char for char in left if char != "\ufffd"
    ]


def test_legitimate_text_stays_as_it_is() -> None:
    for text in (
        "锂离子蓄电池，包括隔板",
        "리튬이온 축전지",
        "Côte d'Ivoire",
        "ไทย",
        "a\tb\nc",
        "नेपाल",
        "電池（鋰）",
        "м³ ½ ‰ — …",
    ):
        assert visible(text) == text


def test_json_and_xml_nested_beyond_reason_are_read_or_refused_in_one_way() -> None:
    deep = "<a>" * 5_000 + "\u202e" + "</a>" * 5_000
    found, _ = xml_of(deep.encode())
    for _ in range(5_000):
        found = found["a"]
    assert found is None or "\u202e" not in found
    with pytest.raises((ValueError, RecursionError)):
        json_of("[" * 200_000)


LEAF = st.text(st.characters(codec="utf-8", categories=("L", "N", "Zs")) | st.sampled_from("\u200b\u202e&"), max_size=5)
INNER = LEAF | st.tuples(st.sampled_from("xy"), LEAF)
ROW = st.lists(st.tuples(st.sampled_from("abc"), INNER), max_size=4, unique_by=lambda field: field[0])


def element(name: str, inside: Any) -> str:
    within = element(*inside) if isinstance(inside, tuple) else escape(inside)  # pyright: ignore
    return f"<{name}>{within}</{name}>"


def plain(value: Any) -> Any:
    """A value as xmltodict has it, or as it lies in a column: text that can be seen, and nothing as empty text."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}  # pyright: ignore
    return visible(value or "").strip()


@given(rows=st.lists(ROW, max_size=5), between=st.sampled_from(["", "\n ", "<other/>", "</in><in>"]))
def test_rows_of_xml_are_what_xmltodict_reads_and_all_around_them_too(
    rows: list[list[tuple[str, Any]]], between: str
) -> None:
    items = between.join("<item>" + "".join(element(*field) for field in row) + "</item>" for row in rows)
    body = f"<all><before>1</before><in>{items}</in><after>2</after></all>"
    around, found = xml_of(body.encode(), row="item")
    whole: Any = xmltodict.parse(body, force_list=("item",))
    expected: list[Any] = [one or {} for place in places(whole) for one in place.get("item", [])]
    assert found.count == len(rows)
    for at, row in enumerate(expected):
        there = {name: column[at] for name in "abc" if (column := found.column(name))[at] is not ABSENT}
        assert plain(there) == plain(row)
    assert (around["all"]["before"], around["all"]["after"]) == ("1", "2")
    assert found.runs == sum(len(place.get("item", [])) for place in places(around))


def places(found: Any) -> list[dict[str, Any]]:
    """What holds rows, once or several times."""
    there = found["all"]["in"]
    several = cast("list[Any]", there) if isinstance(there, list) else [there]
    return [{} if one is None else cast("dict[str, Any]", one) for one in several]


def test_an_element_that_comes_twice_in_a_row_of_xml_is_no_text() -> None:
    _, found = xml_of(b"<all><item><a>1</a><a>2</a></item><item><a>3</a></item></all>", row="item")
    assert found.column("a") == [["1", "2"], "3"]
