"""Why there is no figure: a closed set, so that "nothing" is never mistaken for zero."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why a question has no figure as its answer."""

    ZERO = "zero"
    """The reporter records all of its trade, and there was none of this."""
    NOT_REPORTED = "not_reported"
    """The reporter could have reported this and has not."""
    SUPPRESSED = "suppressed"
    """The reporter keeps the figure back; it is part of a wider total."""
    NOT_COVERED = "not_covered"
    """The source never has this country, period or kind of product; the text says which."""
    NOT_YET_PUBLISHED = "not_yet_published"
    """The period is not out; the text says when it will be, where that is known."""
    CODE_RETIRED = "code_retired"
    """The product code is not part of the edition used at that time; the text says what stands for it."""
    FILTERED_OUT = "filtered_out"
    """There are rows, and the question's own filter or page leaves them out."""
    BELOW_RANKING = "below_ranking"
    """The service lists only the largest, and this is not among them."""
    CONFLICTING = "conflicting_rows"
    """The source states the figure more than once, differently; the text names what it states."""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for an empty answer.

    Args:
        reason: of the closed set.
        text: a sentence with the evidence, or with what speaks for it.
        sure: shown by something known here; otherwise it is one of the possible reasons.
    """

    reason: Reason
    text: str
    sure: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The reason as plain data."""
        return {"reason": self.reason.value, "sure": self.sure, "text": self.text}

    @staticmethod
    def from_dict(known: Mapping[str, Any]) -> "Why":
        """The reason back from `as_dict`."""
        return Why(Reason(known["reason"]), known["text"], known["sure"])


def each_once(whys: Iterable[Why]) -> tuple[Why, ...]:
    """Reasons of several questions, each reason once with all its texts; sure where one of them is."""
    found: dict[Reason, Why] = {}
    for why in whys:
        known = found.get(why.reason)
        if known is None:
            found[why.reason] = why
        elif why.text not in known.text:
            found[why.reason] = Why(why.reason, f"{known.text} {why.text}", sure=known.sure or why.sure)
    return tuple(found.values())


def offered(whys: Iterable[Why]) -> tuple[Why, ...]:
    """The reasons to offer for one question: each once, what is sure alone, and none that another one rules out.

    What is not out yet was not due, so that nobody can have failed to report it.
    """
    found = each_once(whys)
    if sure := tuple(why for why in found if why.sure):
        return sure
    late = any(why.reason is Reason.NOT_YET_PUBLISHED for why in found)
    return tuple(why for why in found if not (late and why.reason is Reason.NOT_REPORTED))
