"""Which codes belong to which edition of the Harmonized System, and where goods moved from one edition to the next.

Known for HS 2012, HS 2017 and HS 2022. The tables (`data/hs_editions.txt`, `data/hs_links.csv`) are read on first use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from tradestat_tools.codes.words import table_rows, table_text

Relation = Literal["same", "split", "merge", "partial", "small"]

EDITION_YEARS = {"HS 2012": 2012, "HS 2017": 2017, "HS 2022": 2022}
"""The editions known here and the year from whose 1 January each applies; countries may adopt one later."""

OLDEST, *_, NEWEST = EDITION_YEARS
"""Of the editions known here."""

EARLIER = "before HS 2012"
"""Stands for every edition older than those known here."""


@dataclass(frozen=True, slots=True)
class Link:
    """Goods of `from_code` in one edition that are under `to_code` in the next.

    `relation` is same (all of one is all of the other), split (`to_code` is a part of `from_code` and holds nothing
    else), merge (`from_code` went into `to_code` whole, which holds goods of others too), partial (a part of
    `from_code` is a part of `to_code`) or small (a part too small to touch a series of `from_code`).
    """

    from_edition: str
    from_code: str
    to_edition: str
    to_code: str
    relation: Relation


@cache
def _lives() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    editions: tuple[str, ...] = ()
    for line in table_text("hs_editions.txt").splitlines():
        if line.startswith("["):
            editions = tuple(line.strip("[]").split(" and "))
        elif not line.startswith("#"):
            found.update(dict.fromkeys(line.split(), editions))
    return found


def partial_life(code: str) -> tuple[str, ...]:
    """The editions that have a code which is not in all of them; none for a code that is in all, or in no edition."""
    return _lives().get(code, ())


@cache
def links() -> tuple[Link, ...]:
    """Every known link between subheadings of two successive editions."""
    return tuple(
        Link(
            row["from_edition"],
            row["from_code"],
            row["to_edition"],
            row["to_code"],
            cast("Relation", row["relation"]),
        )
        for row in table_rows("hs_links.csv")
    )


@cache
def _index(level: int) -> tuple[dict[tuple[str, str], list[Link]], dict[tuple[str, str], list[Link]]]:
    """Links by what they come from and by what they lead to, at the level of chapters (2), headings or subheadings."""
    leaving: dict[tuple[str, str], list[Link]] = {}
    arriving: dict[tuple[str, str], list[Link]] = {}
    for link in links():
        if link.relation != "small":
            leaving.setdefault((link.from_edition, link.from_code[:level]), []).append(link)
        arriving.setdefault((link.to_edition, link.to_code[:level]), []).append(link)
    return leaving, arriving


def leaving(code: str, edition: str) -> list[Link]:
    """The known links from a code of an edition, or from what is below it, to the next, without small ones."""
    return _index(len(code))[0].get((edition, code), [])


def arriving(code: str, edition: str) -> list[Link]:
    """The known links from the edition before to a code of an edition, or to what is below it."""
    return _index(len(code))[1].get((edition, code), [])


def followed(code: str, edition: str) -> tuple[str, ...]:
    """The codes of HS 2022 that took the goods of a code which ended with `edition`, as far as links are known.

    A code that is kept on the way stands for itself, whatever moved out of it later.
    """
    found: list[str] = []
    for step in moved_to(code, edition):
        ends = next_edition(edition) != NEWEST and NEWEST not in (partial_life(step) or (NEWEST,))
        found += followed(step, next_edition(edition)) if ends else [step]
    return tuple(dict.fromkeys(found))


def moved_to(code: str, edition: str) -> tuple[str, ...]:
    """The codes of the next edition, of the same level, that have goods of this one."""
    return tuple(dict.fromkeys(link.to_code[: len(code)] for link in leaving(code, edition)))


def moved_from(code: str, edition: str) -> tuple[str, ...]:
    """The codes of the edition before, of the same level, that had goods of this one."""
    return tuple(dict.fromkeys(link.from_code[: len(code)] for link in arriving(code, edition)))


def listed(codes: Sequence[str], shown: int = 6) -> str:
    """`851713, 851714`, and from `shown` on only how many more."""
    rest = len(codes) - shown
    return ", ".join(codes[:shown]) + (f" and {rest} more" if rest > 0 else "")


def next_edition(edition: str) -> str:
    """HS 2017 after HS 2012, and so on."""
    names = list(EDITION_YEARS)
    return names[names.index(edition) + 1]
