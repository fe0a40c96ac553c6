"""Questions, as `evals/questions/*.toml` has them: what is asked, in which form it is answered, what is true."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent / "questions"
Kind = Literal["number", "absent", "list", "set", "choice", "code"]

REASONS: Mapping[str, str] = {
    "not_yet_published": "the source has not published that period yet",
    "not_reporter": "the country gives its statistics to no source here",
    "suppressed": "the reporter keeps the figure from sight (999999)",
    "no_trade": "there was no such trade",
    "counted_elsewhere": "trade that these statistics leave out by their rules",
    "no_code": "the classification has no code of its own for it",
    "not_here": "no statistics of trade: prices of firms, tariff rates, forecasts and the like",
}
"""Why there may be no figure: what an agent may give as `reason`."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Args:
        kind: number; absent, asked as a number and rightly answered with none; a list in order; a set; a choice;
            a code, or a year or month, written as digits.
        unit: of a number: USD, RMB, kg, %, USD/kg, RMB/kg, or nothing for a plain number.
        tolerance: how far a number may be off, relative; percentages of growth may be near 0, so `slack` adds to it.
        truth: which function of `evals.truth` works out the answer, with its arguments.
        accept: further reasons that are right too, where none of them can be told from the other.
    """

    id: str
    language: Literal["en", "zh", "ko"]
    point: str
    text: str
    kind: Kind
    truth: Mapping[str, Any]
    unit: str = ""
    tolerance: float = 0.005
    slack: float = 0.0
    choices: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    subject: str = field(default="", compare=False)

    def asked(self) -> dict[str, Any]:
        """What an agent is given: the question and the form of the answer, never the truth."""
        if self.kind in ("number", "absent"):
            form: dict[str, Any] = {"kind": "number", "unit": self.unit, "if there is none": {"reason": dict(REASONS)}}
        elif self.kind == "choice":
            form = {"kind": "choice", "choices": list(self.choices)}
        else:
            form = {"kind": self.kind}
        return {"id": self.id, "language": self.language, "question": self.text, "form": form}


def load(folder: Path = FOLDER) -> list[Question]:
    """Every question, in the order of the files.

    Raises:
        ValueError: two of one id, or a choice without choices.
    """
    found: list[Question] = []
    for path in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["question"]:
            entry["choices"] = tuple(entry.get("choices", ()))
            entry["accept"] = tuple(entry.get("accept", ()))
            found.append(Question(**entry, subject=path.stem))
    ids = [question.id for question in found]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise ValueError(f"two questions of one id: {', '.join(twice)}")
    if empty := [one.id for one in found if (one.kind == "choice") != bool(one.choices)]:
        raise ValueError(f"choices belong to questions of that kind: {', '.join(empty)}")
    return found
