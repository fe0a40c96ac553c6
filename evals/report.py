"""What came of a run, as a table, as JSON and as Markdown."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question's verdict and what it took, as the proxy counted."""

    id: str
    language: str
    point: str
    right: bool
    why: str
    answer: Any
    truth: Any
    calls: int
    characters: int
    structured: int
    errors: int
    tools: tuple[str, ...]


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of a run: how many are right, by language and point too, and what they took."""
    calls = [one.calls for one in outcomes]
    return {
        "questions": len(outcomes),
        "right": sum(one.right for one in outcomes),
        "calls": sum(calls),
        "calls_median": median(calls) if calls else 0,
        "calls_most": max(calls, default=0),
        "characters": sum(one.characters for one in outcomes),
        "characters_median": median(one.characters for one in outcomes) if outcomes else 0,
        "structured": sum(one.structured for one in outcomes),
        "errors": sum(one.errors for one in outcomes),
        "by_language": _by(outcomes, "language"),
        "by_point": _by(outcomes, "point"),
    }


def _by(outcomes: Iterable[Outcome], name: str) -> dict[str, str]:
    groups: dict[str, list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault(getattr(one, name), []).append(one)
    return {key: f"{sum(one.right for one in group)} of {len(group)}" for key, group in sorted(groups.items())}


def line(one: Outcome) -> str:
    """A question's row of the table that is printed as the run goes."""
    verdict = "right" if one.right else "WRONG"
    row = f"{verdict}  {one.id:<36} {one.calls:>5} {one.characters:>8,} {one.structured:>8,} {one.errors:>6}"
    return row if one.right else f"{row}  {one.why}"


HEAD = f"{'':<5}  {'question':<36} calls     text   struct errors"


def closing(outcomes: Sequence[Outcome]) -> str:
    """The last lines of the table."""
    all_in_all = summary(outcomes)
    languages = ", ".join(f"{name} {right}" for name, right in all_in_all["by_language"].items())
    return (
        f"{all_in_all['right']} of {all_in_all['questions']} right ({languages}); calls: median "
        f"{all_in_all['calls_median']:g}, at most {all_in_all['calls_most']}, {all_in_all['calls']} in all, "
        f"{all_in_all['errors']} of them errors; characters of text: median {all_in_all['characters_median']:,.0f}, "
        f"{all_in_all['characters']:,} in all; of structured content {all_in_all['structured']:,}"
    )


def as_json(agent: str, outcomes: Sequence[Outcome]) -> str:
    """All of it."""
    whole = {"agent": agent, "summary": summary(outcomes), "questions": [asdict(one) for one in outcomes]}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _verdict(one: Outcome) -> str:
    return "right" if one.right else "wrong: " + one.why.replace("|", "/")


def as_markdown(agent: str, outcomes: Sequence[Outcome]) -> str:
    """The table for people."""
    rows = [
        f"| {one.id} | {one.language} | {one.point} | {_verdict(one)} "
        f"| {one.calls} | {one.characters:,} | {one.structured:,} | {one.errors} |"
        for one in outcomes
    ]
    points = [f"| {point} | {right} |" for point, right in summary(outcomes)["by_point"].items()]
    return "\n".join(
        [
            f"# {agent}",
            "",
            f"{closing(outcomes)}.",
            "",
            "| point | right |",
            "|---|---|",
            *points,
            "",
            "| question | language | point | verdict | calls | text | structured | errors |",
            "|---|---|---|---|---:|---:|---:|---:|",
            *rows,
            "",
        ]
    )
