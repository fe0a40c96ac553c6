"""What an indicator on rows is asked and answers with, whichever it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tradestat_tools.codes.periods import Period
from tradestat_tools.model.observation import Observation
from tradestat_tools.research.indicators.formulas import Indicator
from tradestat_tools.research.indicators.rows import (
    DIMENSIONS,
    Dimension,
    area_name,
    is_member,
    is_whole,
    one_level,
    told,
    values_of,
)

ALL = "all"
"""What stands in the place of a member for all of them together."""

NAMED = 8
"""Members that a note names."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked beside the indicator."""

    by: Dimension | None = None
    n: int = 3
    base: Period | None = None
    skip: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator of one thing: what it is of by dimension, and figures that belong to it."""

    of: Mapping[str, str]
    found: Indicator
    more: Mapping[str, str | float | None] = field(default_factory=dict[str, str | float | None])


@dataclass(slots=True)
class Outcome:
    """Lines in order, and what to say about them."""

    lines: list[Line] = field(default_factory=list[Line])
    said: dict[str, None] = field(default_factory=dict[str, None])

    def say(self, text: str) -> None:
        """Add a sentence, once."""
        self.said.setdefault(text)


def of_row(one: Observation, **other: str) -> dict[str, str]:
    """What a line is of: a row's own places, but for those given."""
    return dict(zip(DIMENSIONS, values_of(one, DIMENSIONS), strict=True)) | other


def parted(group: Sequence[Observation], by: Dimension) -> tuple[list[Observation], Observation | None]:
    """The members, and the row that is the whole of them if there is one."""
    members = [one for one in group if is_member(one, by)]
    if by == "product":
        one_level(members)
    wholes = [one for one in group if is_whole(one, by)]
    return members, wholes[0] if len(wholes) == 1 else None


def names_of(codes: Sequence[str], by: Dimension) -> str:
    """Members for people, the first of them."""
    names = [area_name(code) if by in ("partner", "reporter") else code for code in codes]
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def with_figures(members: Sequence[Observation], options: Options, out: Outcome) -> list[Observation]:
    """All members, or those with a figure where others are to be left out; the others are named either way."""
    lacking = [one for one in members if one.value is None]
    if not lacking:
        return list(members)
    names = "; ".join(told(one) for one in lacking[:NAMED])
    more = f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
    out.say(f"No figure: {names}{more}." + (" Left out." if options.skip else " missing=skip leaves them out."))
    return [one for one in members if one.value is not None] if options.skip else list(members)
