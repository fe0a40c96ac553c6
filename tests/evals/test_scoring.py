"""Scoring: what counts as the right answer, and what does not."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.question import Question
from evals.scoring import name_of, number_of, score, unit_of


def question(kind: Any, **more: Any) -> Question:
    return Question(id="q", language="en", point="p", text="?", kind=kind, truth={}, **more)


DOLLARS = question("number", unit="USD")


@pytest.mark.parametrize(
    "answer",
    [
        {"answer": 1_000_000, "unit": "USD"},
        {"answer": "1,004,000"},
        {"answer": 1000, "unit": "thousand USD"},
        {"answer": 1.0, "unit": "million US dollars"},
        {"answer": 100, "unit": "万美元"},
        {"answer": 1000, "unit": "Thousand US dollars"},
    ],
)
def test_a_number_is_right_in_any_scale_of_its_unit_and_within_its_tolerance(answer: dict[str, Any]) -> None:
    assert score(DOLLARS, 1_000_000, answer).right


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"answer": 1_010_000}, "for 1e+06"),
        ({"answer": 1_000_000, "unit": "RMB"}, "unit"),
        ({"answer": 1_000_000, "unit": "thousand USD"}, "for 1e+06"),
        ({"answer": "much"}, "no number"),
        ({"answer": True}, "no number"),
        ({"answer": float("nan")}, "no number"),
        ({"answer": None, "reason": "not_reporter"}, "where there is one"),
        (None, "no answer"),
    ],
)
def test_a_number_is_wrong_when_it_is_off_in_another_unit_or_not_there(answer: Any, why: str) -> None:
    found = score(DOLLARS, 1_000_000, answer)
    assert not found.right
    assert why in found.why


def test_without_tolerance_only_the_very_number_is_right() -> None:
    exact = question("number", tolerance=0.0)
    assert score(exact, 30, {"answer": 30}).right
    assert not score(exact, 30, {"answer": 30.1}).right


def test_slack_helps_where_a_percentage_is_near_nothing() -> None:
    assert score(question("number", unit="%", slack=0.05), 0.01, {"answer": 0.04}).right
    assert not score(question("number", unit="%"), 0.01, {"answer": 0.04}).right


def test_a_list_counts_in_its_order_and_a_set_in_any() -> None:
    names = {"answer": ["France", "GBR"]}
    assert score(question("list"), ["FR", "GB"], names).right
    assert not score(question("list"), ["GB", "FR"], names).right
    assert score(question("set"), ["GB", "FR"], names).right
    assert not score(question("set"), ["GB", "FR", "ES"], names).right
    assert not score(question("set"), ["GB"], names).right


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("South Korea", "KR"),
        ("Rep. of Korea", "KR"),
        ("410", "KR"),
        ("United States", "US"),
        ("Hong Kong, China", "HK"),
        ("Other Asia, nes (used for Taiwan)", "TW"),
        ("85.07", "8507"),
        ("Atlantis", "atlantis"),
    ],
)
def test_countries_are_read_in_any_of_their_names(text: str, name: str) -> None:
    assert name_of(text) == name


def test_a_code_is_its_digits_however_they_are_written_and_no_country() -> None:
    assert score(question("code"), "850760", {"answer": "8507.60"}).right
    assert score(question("code"), "202609", {"answer": "2026-09"}).right
    assert not score(question("code"), "251", {"answer": "250"}).right  # one's M49, the other's code at Trade Map


def test_where_there_is_no_figure_only_none_with_its_reason_is_right() -> None:
    absent = question("absent", unit="USD", accept=("no_trade",))
    assert score(absent, "not_reporter", {"answer": None, "reason": "not_reporter"}).right
    assert score(absent, "not_reporter", {"answer": None, "reason": "no_trade"}).right
    assert not score(absent, "not_reporter", {"answer": None, "reason": "suppressed"}).right
    assert not score(absent, "not_reporter", {"answer": None}).right
    assert not score(absent, "not_reporter", {"answer": 0, "reason": "not_reporter"}).right


def test_a_choice_is_right_by_its_word() -> None:
    fob = question("choice", choices=("FOB", "CIF"))
    assert score(fob, "FOB", {"answer": "fob"}).right
    assert not score(fob, "FOB", {"answer": "CIF"}).right


@settings(deadline=None)
@given(st.text() | st.integers() | st.floats() | st.none() | st.lists(st.text(), max_size=2))
def test_whatever_an_agent_answers_gets_a_verdict(answer: Any) -> None:
    for kind in ("number", "absent", "list", "set", "choice", "code"):
        truth = 12345.678 if kind == "number" else "not the answer at all"
        given_answer = {"answer": answer, "unit": answer, "reason": answer}
        assert not score(question(kind, choices=("a",)), truth, given_answer).right


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_number_is_read_back_from_how_python_writes_it(number: float) -> None:
    assert number_of(repr(number)) == number


@given(st.text(max_size=20))
def test_a_unit_is_known_or_none(text: str) -> None:
    found = unit_of(text)
    assert found is None or found[1] > 0
