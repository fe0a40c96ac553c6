"""Mistyped and hostile text: an area that bears just that name, or an error that names the nearest."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tradestat_tools.codes.countries import Area, area, areas, label, resolve_area
from tradestat_tools.codes.words import CodeError, fold


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    for typo, iso2 in [
        ("Germny", "DE"), ("Germnay", "DE"), ("Untied States", "US"), ("South Koria", "KR"), ("Holand", "NL"),
        ("Phillipines", "PH"), ("Columbia", "CO"), ("Nigera", "NG"), ("Untied Arab Emirates", "AE"),
        ("베트나", "VN"), ("印度尼西", "ID"),
    ]:  # fmt: skip
        with pytest.raises(CodeError) as caught:
            area(typo)
        assert caught.value.nearest[0] == label(area(iso2))
        assert len(caught.value.nearest) <= 3


NAMED = [(name, one) for one in areas() for name in one.names if len(name) >= 2]
LETTERS = string.ascii_lowercase + "".join(sorted({c for name, _ in NAMED for c in name if not c.isascii()}))
CODES = {code: one for one in areas() for code in (one.iso2, one.iso3) if code}


def plain(name: str) -> list[str]:
    """The words of a name in any order, without articles: `The Zambia` is Zambia, `R.S.A.` is RSA."""
    words = fold(name).split()
    if all(len(word) == 1 for word in words):
        return ["".join(words)]
    return sorted(word for word in words if word not in {"the", "of", "and"})


@st.composite
def one_letter_off(draw: st.DrawFn) -> tuple[str, Area]:
    """A name with one letter dropped, added, changed or swapped with the next, and whose name it was."""
    name, one = draw(st.sampled_from(NAMED))
    at = draw(st.integers(0, len(name) - 1))
    letter = draw(st.sampled_from(LETTERS))
    typo = draw(
        st.sampled_from(
            [
                name[:at] + name[at + 1 :],
                name[:at] + letter + name[at:],
                name[:at] + letter + name[at + 1 :],
                name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :],
            ]
        )
    )
    return typo, one


@given(one_letter_off())
@example(("Zambia", area("Gambia")))
@example(("The zambia", area("Gambia")))
@example(("r.S.A.", area("USA")))
@example(("Irann", area("Iran")))
@example(("Nigeri", area("Nigeria")))
@example(("几内亚比", area("几内亚比绍")))
@example(("도미니", area("Dominica")))
def test_a_mistyped_name_resolves_to_nothing_but_an_area_that_bears_it(typo_and_area: tuple[str, Area]) -> None:
    typo, meant = typo_and_area
    try:
        found = resolve_area(typo)
    except CodeError:
        return
    if found.area == meant or found.how == "convention":  # a dropped comma or article; a word whose note says all
        return
    written = plain(typo)
    assert CODES.get(typo.upper()) == found.area or any(written == plain(name) for name in found.area.names), typo


def test_hostile_text_is_refused() -> None:
    for text in ["Japan" + " " * 300 + "x", "A" * 10_000, "\x00JP", "'; DROP TABLE areas; --", "../../etc"]:
        with pytest.raises(CodeError) as caught:
            area(text)
        assert len(str(caught.value)) < 400
        assert str(caught.value).isprintable()
