"""Where a series of one HS code is broken by a new edition of the Harmonized System."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tradestat_tools.codes.editions import (
    EARLIER,
    EDITION_YEARS,
    Link,
    arriving,
    leaving,
    moved_from,
    moved_to,
    partial_life,
)
from tradestat_tools.codes.hs import UNKNOWN

LATE = "Countries adopt an edition when they are ready, some a year or more late."


TOLD = 3
"""Codes of which a note says what became of them, before it only names them."""


@dataclass(frozen=True, slots=True)
class EditionBreak:
    """Why figures of `code` before and after some years do not compare.

    `years` are those in which an edition that touches the code began to apply; `text` says what it did.
    """

    code: str
    years: tuple[int, ...]
    text: str


def hs_break(code: str, first_year: int, last_year: int) -> EditionBreak | None:
    """The changes of edition that touch a yearly series of a code; None where none is known to.

    A code is touched where it did not exist in all of these years, and where goods moved into or out of it between two
    of them. Known of HS 2012, 2017 and 2022, for chapters, headings and subheadings; of a national code the first six
    digits count. Small moves that the table leaves out (see data/README.md) are not known here.

    Args:
        code: digits only.
        first_year: of the series.
        last_year: of the series, the same or later.
    """
    code = code[:6]
    found: list[tuple[int, str]] = []
    previous = EARLIER
    for edition, year in EDITION_YEARS.items():
        text = _change(code, previous, edition, year, crossed=first_year < year <= last_year)
        if text and (first_year < year if _begins(code, edition) else last_year >= year):
            found.append((year, text))
        previous = edition
    if not found:
        return None
    text = " ".join(text for _, text in found)
    return EditionBreak(code, tuple(year for year, _ in found), f"{text} {LATE}")


def breaks_text(codes: Iterable[str], first_year: int, last_year: int) -> str | None:
    """What new editions did to several codes between these years, for a note; the first of them in full."""
    found = [hs_break(code, first_year, last_year) for code in dict.fromkeys(code[:6] for code in codes)]
    touched = [one for one in found if one is not None]
    if not touched:
        return None
    told = " ".join(one.text.removesuffix(LATE).strip() for one in touched[:TOLD])
    rest = f" Changed as well: {_listed([one.code for one in touched[TOLD:]], 12)}." if touched[TOLD:] else ""
    return f"{told}{rest} {LATE}"


def _begins(code: str, edition: str) -> bool:
    return partial_life(code)[:1] == (edition,) and edition != next(iter(EDITION_YEARS))


def _change(code: str, previous: str, edition: str, year: int, *, crossed: bool) -> str | None:
    """What an edition did to a code; to one that it only widened or narrowed, if the series crosses it."""
    life = partial_life(code)
    if _begins(code, edition):
        return (
            f"{code} exists since {edition} (from {year}); before, {_origin(code, edition)}: "
            f"figures before {year} are not comparable."
        )
    if life and life[-1] == previous:
        return f"{code} ended with {edition} (from {year}); since then, {_fate(code, previous)}."
    if not crossed or previous == EARLIER or (life and not {previous, edition} <= set(life)):
        return None
    out = [other for other in moved_to(code, previous) if other != code]
    into = [other for other in moved_from(code, edition) if other != code]
    if not out and not into:
        return None
    moves = [f"goods went to {_listed(out)}"] if out else []
    moves += [f"goods came from {_listed(into)}"] if into else []
    return (
        f"{code} changed its scope with {edition} (from {year}): {', '.join(moves)}; "
        "figures before and after are not fully comparable."
    )


def _origin(code: str, edition: str) -> str:
    """What the goods of a new code were before: `these goods were part of 851712, with others`."""
    before = moved_from(code, edition)
    if not before:
        return f"where these goods were is {UNKNOWN}"
    if len(before) > 1:
        return f"these goods were under {_listed(before)}{_with_others(arriving(code, edition))}"
    if _is_same(arriving(code, edition)):
        return f"the same goods were {_listed(before)}"
    return f"these goods were part of {_listed(before)}, with others"


def _fate(code: str, previous: str) -> str:
    """Where the goods of an ended code are: `its goods are under 851713, 851714`."""
    after = moved_to(code, previous)
    if not after:
        return f"where its goods are is {UNKNOWN}"
    if _is_same(leaving(code, previous)):
        return f"the same goods are {_listed(after)}"
    others = any(link.relation in ("merge", "partial") for link in leaving(code, previous))
    return f"its goods are under {_listed(after)}{', with others' if others else ''}"


def _with_others(links: list[Link]) -> str:
    return ", with others" if any(link.relation in ("split", "partial") for link in links) else ""


def _is_same(links: list[Link]) -> bool:
    return all(link.relation == "same" for link in links)


def _listed(codes: Sequence[str], shown: int = 6) -> str:
    rest = len(codes) - shown
    return ", ".join(codes[:shown]) + (f" and {rest} more" if rest > 0 else "")
