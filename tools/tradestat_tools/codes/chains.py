"""The goods of one HS code through the editions: which codes together hold them, and nothing else, in which years."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tradestat_tools.codes.editions import (
    EDITION_YEARS,
    NEWEST,
    OLDEST,
    UNKNOWN,
    arriving,
    listed,
    moved_to,
    partial_life,
)
from tradestat_tools.codes.hs import hs_status
from tradestat_tools.codes.words import CodeError

EDITIONS = tuple(EDITION_YEARS)
FIRST_YEAR = EDITION_YEARS[OLDEST]


@dataclass(frozen=True, slots=True)
class Part:
    """The codes that hold the goods in the years of one edition; `last_year` is None for the newest."""

    edition: str
    first_year: int
    last_year: int | None
    codes: tuple[str, ...]


def chain(code: str, first_year: int, last_year: int) -> tuple[Part, ...]:
    """The codes that hold the goods of `code` in each of these years, edition by edition.

    Only whole correlations are followed: every code of a part holds nothing but goods of the parts beside it, but for
    the slivers that the table calls small.

    Args:
        code: six digits, of HS 2012, 2017 or 2022.
        first_year: 2012 at the earliest.
        last_year: the same or later.

    Raises:
        CodeError: the code is none of these, or its goods were or came to be mixed with others; says with which.
    """
    status = hs_status(code)
    if len(code) != 6 or status.kind not in ("current", "older_edition"):
        raise CodeError(f"{code} is no HS subheading of six digits.", allowed="six digits, such as 851712")
    life = partial_life(code) or EDITIONS
    held = [edition for edition in EDITIONS if edition in life]
    if first_year < FIRST_YEAR or not held:
        raise CodeError(
            f"How codes before {OLDEST} correlate is {UNKNOWN}.", allowed=f"years from {FIRST_YEAR} on of newer codes"
        )
    asked = [one for one in EDITIONS if EDITION_YEARS[one] <= last_year and (_last(one) or last_year) >= first_year]
    faults: list[CodeError] = []
    for start in sorted(held, key=lambda one: one not in asked):  # those in the span first
        try:
            return _walked(code, start, asked)
        except CodeError as fault:
            faults.append(fault)
    raise faults[0]


def _walked(code: str, start: str, asked: Sequence[str]) -> tuple[Part, ...]:
    at = EDITIONS.index(start)
    held: dict[str, tuple[str, ...]] = {start: (code,)}
    for before, after in pairwise(EDITIONS[at:]):
        if EDITIONS.index(after) <= EDITIONS.index(asked[-1]):
            held[after] = _forward(held[before], before, after)
    for before, after in reversed(list(pairwise(EDITIONS[: at + 1]))):
        if EDITIONS.index(before) >= EDITIONS.index(asked[0]):
            held[before] = _backward(held[after], before, after)
    return tuple(Part(one, EDITION_YEARS[one], _last(one), held[one]) for one in asked)


def _forward(codes: tuple[str, ...], before: str, after: str) -> tuple[str, ...]:
    """The codes of the next edition that took the goods of these."""
    found: dict[str, None] = {}
    for code in codes:
        after_it = moved_to(code, before) or ((code,) if _in(code, after) else ())
        if not after_it:
            raise CodeError(f"Where the goods of {code} went with {after} is {UNKNOWN}.")
        found.update(dict.fromkeys(after_it))
    for code in found:
        others = [one for one in _came_from(code, after) if one not in codes]
        if others:
            raise CodeError(
                f"{listed(codes)} can not be followed into {after}: {code} took goods of {listed(others)} as well, "
                "which the sum would hold too.",
                allowed=f"years before {EDITION_YEARS[after]}",
            )
    return tuple(sorted(found))


def _backward(codes: tuple[str, ...], before: str, after: str) -> tuple[str, ...]:
    """The codes of the edition before that had the goods of these."""
    found: dict[str, None] = {}
    for code in codes:
        before_it = _came_from(code, after) or ([code] if _in(code, before) else [])
        if not before_it:
            raise CodeError(
                f"{code} can not be followed back to {before}: where its goods were is {UNKNOWN}, or they were small "
                "parts of several codes.",
                allowed=f"years from {EDITION_YEARS[after]} on",
            )
        found.update(dict.fromkeys(before_it))
    for code in found:
        others = [one for one in moved_to(code, before) if one not in codes]
        if others:
            raise CodeError(
                f"{listed(codes)} can not be followed back to {before}: the goods were part of {code}, which had those "
                f"of {listed(others)} too; a series of {code} with chain=true holds all of them.",
                allowed=f"years from {EDITION_YEARS[after]} on",
                nearest=(code,),
            )
    return tuple(sorted(found))


def _came_from(code: str, edition: str) -> list[str]:
    return list(dict.fromkeys(link.from_code for link in arriving(code, edition) if link.relation != "small"))


def _in(code: str, edition: str) -> bool:
    return hs_status(code).kind != "unknown" and edition in (partial_life(code) or EDITIONS)


def _last(edition: str) -> int | None:
    return None if edition == NEWEST else EDITION_YEARS[EDITIONS[EDITIONS.index(edition) + 1]] - 1
