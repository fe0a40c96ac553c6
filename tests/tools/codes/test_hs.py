from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.hs import (
    chapters,
    describe,
    hs_children,
    hs_entries,
    hs_entry,
    hs_path,
    hs_status,
    nearest_hs,
    normalise_hs,
)
from tradestat_tools.codes.words import CodeError

ComtradeList = Callable[[str], list[dict[str, Any]]]


def test_a_subheading_is_read_however_it_is_written() -> None:
    for text in [
        "851712", 851712, "85.17.12", "8517.12", "8517 12", "HS 851712", "hs851712", " 8517-12 ", "8517.12.00",
        "8517120000", "８５１７.１２", "HS code: 851712", "HS编码：851712", "HS코드 8517.12", "subheading 8517.12",
    ]:  # fmt: skip
        assert normalise_hs(text) == "851712"


def test_a_form_that_is_no_hs_code_is_refused_with_the_lengths_allowed() -> None:
    for text in [
        "7", "851", "85171", "8517121", "85171290", "851712901234", "", "phones", "3.1.1", "85,17", "-85", "8.5E1",
    ]:  # fmt: skip
        with pytest.raises(CodeError, match="HS codes of 2, 4 or 6 digits"):
            normalise_hs(text)


def test_a_chapter_may_be_called_one() -> None:
    for text in ["chapter 85", "第85章", "제85류", "85류"]:
        assert normalise_hs(text) == "85"


def test_a_lost_leading_zero_is_pointed_out() -> None:
    with pytest.raises(CodeError, match="a leading zero may have been lost") as caught:
        normalise_hs(20230)
    assert caught.value.nearest == ("020230", "20")
    with pytest.raises(CodeError) as caught:
        normalise_hs("101")
    assert caught.value.nearest == ("0101", "10")


def test_a_longer_national_code_is_answered_with_its_subheading() -> None:
    with pytest.raises(CodeError) as caught:
        normalise_hs("85171290")
    assert caught.value.nearest == ("851712",)
    assert "a country's own subdivision" in caught.value.message
    with pytest.raises(CodeError) as caught:
        normalise_hs("85179912")  # 851799 is in no edition
    assert caught.value.nearest == ("8517",)


def test_the_lengths_a_service_takes_are_respected() -> None:
    assert normalise_hs("8517.12.00.00", levels=(2, 4, 6, 10)) == "8517120000"
    assert normalise_hs("85171200", levels=(4, 6, 8)) == "85171200"
    with pytest.raises(CodeError, match="HS codes of 2, 4, 6 or 10 digits"):
        normalise_hs("85171210", levels=(2, 4, 6, 10))
    with pytest.raises(CodeError, match="HS codes of 8 digits"):
        normalise_hs("8517", levels=(8,))


@given(
    st.sampled_from(hs_entries()),
    st.sampled_from(["{}", " {} ", "HS {}", "hs: {}"]),
    st.sampled_from([".", " ", "-", ""]),
)
def test_every_code_is_read_back_from_every_form(entry: Any, frame: str, separator: str) -> None:
    code = entry.code
    written = frame.format(separator.join(code[i : i + 2] for i in range(0, len(code), 2)))
    assert normalise_hs(written) == code
    assert normalise_hs(normalise_hs(written)) == code


@given(st.text(max_size=60) | st.text(alphabet="0123456789. -", max_size=14) | st.integers())
def test_reading_a_code_is_idempotent_and_nothing_breaks_it(text: str | int) -> None:
    try:
        code = normalise_hs(text)
    except CodeError:
        return
    assert code.isascii()
    assert code.isdigit()
    assert normalise_hs(code) == code
    assert hs_status(code).code == code


def test_long_text_is_refused_quickly() -> None:
    with pytest.raises(CodeError):
        normalise_hs(" " * 10_000 + "85")
    with pytest.raises(CodeError):
        normalise_hs("85" + " " * 300 + "17")


def test_the_nomenclature_has_its_shape() -> None:
    by_level = {level: sum(1 for entry in hs_entries() if entry.level == level) for level in (2, 4, 6)}
    assert by_level == {2: 97, 4: 1229, 6: 5613}
    codes = [chapter.code for chapter in chapters()]
    assert codes == [f"{n:02d}" for n in range(1, 98) if n != 77] + ["99"]
    sections = [chapter.section for chapter in chapters()]
    assert len(set(sections[:-1])) == 21
    assert (sections[0], sections[-2]) == ("I", "XXI")
    assert sections[-1] == ""  # 99 is UN Comtrade's, not the Harmonized System's
    assert hs_entry("99") is not None
    assert hs_entry("77") is hs_entry("98") is hs_entry("TOTAL") is None


def test_path_and_children_lead_through_the_levels() -> None:
    assert [entry.code for entry in hs_path("851713")] == ["85", "8517", "851713"]
    assert [entry.code for entry in hs_path("85171399")] == ["85", "8517", "851713"]
    assert [entry.code for entry in hs_path("851799")] == ["85", "8517"]
    assert [entry.code for entry in hs_children("8517")][:3] == ["851711", "851713", "851714"]
    assert hs_children("851713") == ()
    for entry in hs_entries():
        assert entry.parent is None or entry in hs_children(entry.parent)


def test_a_label_is_short_and_cut_at_a_word() -> None:
    assert describe("851713") == "Telephone sets; smartphones for cellular or other wireless networks"
    assert describe("85171399") == describe("851713")
    assert describe("851799") is None
    assert describe("77") is None
    for entry in hs_entries():
        label = describe(entry.code, 60)
        assert label is not None
        assert len(label) <= 60
        assert label == entry.description or label.endswith("…")


def test_a_code_of_an_older_edition_is_explained_with_its_successors() -> None:
    status = hs_status("851712")
    assert (status.kind, status.editions) == ("older_edition", ("HS 2012", "HS 2017"))
    assert status.successors == ("851713", "851714")
    assert "851713, 851714" in status.text


def test_a_national_code_says_what_it_subdivides() -> None:
    assert hs_status("85171300").kind == "national"
    status = hs_status("85171200")
    assert status.kind == "national"
    assert "older edition" in status.text
    assert hs_status("9801").kind == "national"


def test_reserved_and_invented_codes_are_told_apart() -> None:
    assert "reserved" in hs_status("77").text
    assert hs_status("851799").kind == "unknown"
    assert hs_status("85179900").kind == "unknown"


def test_a_mistyped_code_is_answered_with_neighbours_of_its_level() -> None:
    assert nearest_hs("851731")[0] == "851713"
    assert nearest_hs("8571")[0] == "8517"
    assert nearest_hs("85173199")[0] == "851713"
    assert nearest_hs("77") != ()
    for code in nearest_hs("851799", 9):
        assert hs_entry(code) is not None
        assert sum(a != b for a, b in zip(code, "851799", strict=True)) <= 2


@given(st.text(alphabet="0123456789", min_size=2, max_size=10))
def test_suggestions_exist_whatever_the_code(code: str) -> None:
    assert all(hs_entry(near) is not None for near in nearest_hs(code))


def test_successors_are_current_codes_of_the_same_level() -> None:
    for old in ("851712", "854140", "852851", "8803", "300220"):
        successors = hs_status(old).successors
        assert successors, old
        assert all(hs_status(code).kind == "current" and len(code) == len(old) for code in successors), old


def test_the_list_is_comtrades_hs_2022(comtrade_list: ComtradeList) -> None:
    theirs = {row["id"]: row["text"].split(" - ", 1)[1].strip() for row in comtrade_list("H6") if row["id"] != "TOTAL"}
    ours = {entry.code: entry.description for entry in hs_entries()}
    assert set(ours) == set(theirs)
    # Comtrade quotes 'split-system'; nothing else differs.
    assert [code for code in ours if ours[code] != theirs[code]] == ["841510"]


@pytest.mark.parametrize(("list_name", "edition", "gone"), [("H5", "HS 2017", 147), ("H4", "HS 2012", 217)])
def test_every_code_that_left_since_an_edition_is_known_to_be_from_it(
    comtrade_list: ComtradeList, list_name: str, edition: str, gone: int
) -> None:
    left = [
        row["id"] for row in comtrade_list(list_name) if row["id"] not in {"TOTAL", "77"} and not hs_entry(row["id"])
    ]
    assert len(left) == gone
    for code in left:
        status = hs_status(code)
        assert (status.kind, edition in status.editions) == ("older_edition", True), code


def test_every_code_of_any_edition_is_current_or_older(comtrade_list: ComtradeList) -> None:
    codes = [row["id"] for row in comtrade_list("HS") if row["id"] not in {"TOTAL", "77"}]
    assert {hs_status(code).kind for code in codes} == {"current", "older_edition"}


def test_codes_marked_for_an_edition_were_in_it(comtrade_list: ComtradeList) -> None:
    lists = {
        "HS 2017": {row["id"] for row in comtrade_list("H5")},
        "HS 2012": {row["id"] for row in comtrade_list("H4")},
    }
    for row in comtrade_list("HS"):
        status = hs_status(row["id"])
        if status.kind == "older_edition":
            assert {name for name, codes in lists.items() if row["id"] in codes} == set(status.editions) - {
                "before HS 2012"
            }


def test_a_number_that_lost_its_last_zero_is_offered_the_codes_that_begin_so() -> None:
    lost: list[tuple[Any, tuple[str, ...]]] = [
        ("8507.6", ("850760",)), (8507.6, ("850760",)), ("8517.1", ("851711", "851713", "851714", "851718")),
        ("85.1", ("8510", "8511", "8512", "8513", "8514", "8515")), ("8507.0", ("8507",)),
        ("851713.0", ("851713",)),
    ]  # fmt: skip
    for text, near in lost:
        with pytest.raises(CodeError, match="no whole HS code") as caught:
            normalise_hs(text)
        assert caught.value.nearest == near


def test_what_may_be_an_ebops_item_or_no_code_at_all_is_offered_no_goods() -> None:
    for text in ["3.1.1", "10.1", "12.3", "8517.1.2", "3.1"]:
        with pytest.raises(CodeError, match="EBOPS") as caught:
            normalise_hs(text)
        assert caught.value.nearest == ()


def test_what_is_offered_for_a_lost_zero_has_a_length_that_is_taken() -> None:
    with pytest.raises(CodeError) as caught:
        normalise_hs("8507.6", levels=(2, 4))
    assert caught.value.nearest == ()
