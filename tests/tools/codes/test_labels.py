"""Labels of HS codes that are shown together."""

import pytest

from tradestat_tools.codes.hs import describe, hs_children, hs_entries, hs_entry
from tradestat_tools.codes.labels import apart, labels


def test_subheadings_beside_each_other_keep_the_words_in_which_they_differ() -> None:
    assert labels(["854141", "854142", "854143", "854149"], 60) == {
        "854141": "…light emitting diodes (LED)",
        "854142": "…photovoltaic cells not assembled in modules or made up…",
        "854143": "…photovoltaic cells assembled in modules or made up into…",
        "854149": "…diodes other than light emitting diodes and photovoltaic…",
    }


@pytest.mark.parametrize(("limit", "most"), [(36, 200), (60, 10), (80, 0), (100, 0)])
def test_hardly_any_two_subheadings_of_a_heading_read_alike(limit: int, most: int) -> None:
    alike = 0
    for heading in (entry.code for entry in hs_entries() if entry.level == 4):
        codes = [entry.code for entry in hs_children(heading)]
        short = labels(codes, limit)
        assert all(len(text) <= limit for text in short.values())
        texts = {(text, entry.description) for code, text in short.items() if (entry := hs_entry(code))}
        alike += len(texts) - len({text for text, _ in texts})
    assert alike <= most


def test_what_fits_stays_whole_and_a_code_alone_is_cut_at_its_end() -> None:
    assert labels(["090111", "090112"]) == {
        "090111": "Coffee; not roasted or decaffeinated",
        "090112": "Coffee; decaffeinated, not roasted",
    }
    assert labels(["854142"], 60) == {"854142": describe("854142", 60)}
    assert labels(["854142", "850760"], 60)["854142"] == describe("854142", 60)


def test_a_code_that_is_not_known_has_no_label_and_a_national_one_its_subheadings() -> None:
    assert labels(["123456", "8517130000", "85171300"]) == dict.fromkeys(
        ("8517130000", "85171300"), "Telephone sets; smartphones for cellular or other wireless networks"
    )


def test_texts_of_a_service_are_told_apart_likewise() -> None:
    texts = {
        "010121": "Horses; live, pure-bred breeding animals",
        "010129": "Horses; live, other than pure-bred breeding",
    }
    assert apart(texts, 24) == {"010121": "…pure-bred breeding…", "010129": "…other than pure-bred…"}
