"""Whether an answer is right: numbers within their tolerance and in their unit, names in any spelling, reasons."""

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from evals.question import Question
from evals.truth import Truth
from tradestat_sandbox.economies import find_economy


class Score(NamedTuple):
    """A verdict and, where it is wrong, why."""

    right: bool
    why: str


_SCALES: Mapping[str, float] = {
    "": 1.0,
    "thousand": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
    "万": 1e4,
    "百万": 1e6,
    "亿": 1e8,
    "백만": 1e6,
    "억": 1e8,
}
_UNITS: Mapping[str, tuple[str, float]] = {
    **dict.fromkeys(("usd", "us dollars", "us dollar", "dollars", "$", "美元", "달러"), ("USD", 1.0)),
    **dict.fromkeys(("rmb", "rmb yuan", "cny", "yuan", "元", "人民币", "人民币元", "위안"), ("RMB", 1.0)),
    **dict.fromkeys(("kg", "kg net", "kilograms", "公斤", "千克"), ("kg", 1.0)),
    **dict.fromkeys(("t", "tonnes", "tons", "吨", "톤"), ("kg", 1e3)),
    **dict.fromkeys(("%", "percent", "per cent", "% a year"), ("%", 1.0)),
    **dict.fromkeys(("usd/kg", "us dollars/kg", "usd per kg"), ("USD/kg", 1.0)),
    **dict.fromkeys(("usd/t", "usd per tonne"), ("USD/kg", 1e-3)),
    **dict.fromkeys(("rmb/kg", "cny/kg", "rmb yuan/kg", "cny per kg"), ("RMB/kg", 1.0)),
    **dict.fromkeys(("fraction", "fraction a year"), ("%", 100.0)),
    **dict.fromkeys(("", "ratio", "index", "count", "months", "rank", "place", "place, largest first"), ("", 1.0)),
    **dict.fromkeys(("1/n to 1", "0 to 1", "-1 to 1"), ("", 1.0)),
}


# Names of areas that services and people use and the world does not have.
_OTHER_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("hong kong, china", "hong kong sar", "香港"), "HK"),
    **dict.fromkeys(("chinese taipei", "taiwan, china", "台湾"), "TW"),
    **dict.fromkeys(("korea, republic of", "korea, rep.", "rok"), "KR"),
    **dict.fromkeys(("united states of america", "u.s.", "us"), "US"),
    "great britain": "GB",
    "turkiye": "TR",
    "czech republic": "CZ",
}


def unit_of(text: str) -> tuple[str, float] | None:
    """A unit in words as its name and what one of it is; None for one that is not known."""
    words = " ".join(text.lower().split())
    for scale, factor in sorted(_SCALES.items(), key=lambda item: -len(item[0])):
        rest = words.removeprefix(scale).strip() if words.startswith(scale) else None
        if rest is not None and rest in _UNITS:
            name, one = _UNITS[rest]
            return name, one * factor
    return None


def number_of(given: object) -> float | None:
    """A number, or one written with thousands commas; None for anything else."""
    if isinstance(given, bool):
        return None
    if isinstance(given, str) and re.fullmatch(r"[-+]?[\d,]*\.?\d+(e[-+]?\d+)?%?", given.strip(), re.IGNORECASE):
        given = float(given.strip().replace(",", "").rstrip("%"))
    return float(given) if isinstance(given, int | float) and math.isfinite(given) else None


def name_of(given: object) -> str:
    """A country in any of its codes or names as its ISO code; other words in lower case, codes without dots."""
    text = str(given).strip()
    digits = re.sub(r"[.\-]", "", text)
    if re.fullmatch(r"\d{2}|\d{4,12}", digits):
        return digits
    plain = re.sub(r"\s*\(.*\)$", "", text).lower()
    try:
        found = find_economy(_OTHER_NAMES.get(plain, plain))
    except KeyError:
        return text.lower()
    return found.iso2 if found else "World"


def score(question: Question, truth: Truth, given: Mapping[str, Any] | None) -> Score:
    """The verdict on what an agent gave: {"answer": ..., "unit": ..., "reason": ...}, or None for nothing readable."""
    if given is None:
        return Score(right=False, why="no answer")
    answer = given.get("answer")
    if question.kind == "absent":
        return _absent(question, str(truth), given)
    if answer is None:
        return Score(right=False, why=f"none ({given.get('reason') or 'no reason'}), where there is one: {truth}")
    if question.kind == "number":
        return _number(question, truth, answer, str(given.get("unit") or question.unit))
    if question.kind == "code":
        right = re.sub(r"[.\-\s]", "", str(answer)) == str(truth)
    elif question.kind == "choice":
        right = str(answer).strip().lower() == str(truth).lower()
    else:
        wanted = [name_of(one) for one in (truth if isinstance(truth, list) else [truth])]
        named = [name_of(one) for one in (answer if isinstance(answer, list) else [answer])]  # pyright: ignore
        right = named == wanted if question.kind == "list" else sorted(set(named)) == sorted(set(wanted))
    return Score(right, "" if right else f"{answer!r} for {truth!r}")


def _absent(question: Question, truth: str, given: Mapping[str, Any]) -> Score:
    reason = str(given.get("reason") or "")
    if given.get("answer") is not None:
        return Score(right=False, why=f"{given['answer']!r}, where there is no figure: {truth}")
    right = reason in (truth, *question.accept)
    return Score(right, "" if right else f"reason {reason or 'none'!r} for {truth!r}")


def _number(question: Question, truth: Truth, answer: object, unit: str) -> Score:
    value, known = number_of(answer), unit_of(unit)
    if value is None:
        return Score(right=False, why=f"{answer!r} is no number")
    if known is None or known[0] != question.unit:
        return Score(right=False, why=f"unit {unit!r}, where {question.unit or 'a plain number'} was asked for")
    wanted = float(truth)  # type: ignore[arg-type]
    value *= known[1]
    right = abs(value - wanted) <= question.tolerance * abs(wanted) + question.slack
    return Score(right, "" if right else f"{value:,.6g} for {wanted:,.6g} {question.unit}".rstrip())
