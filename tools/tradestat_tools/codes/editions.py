"""Which codes belong to which edition of the Harmonized System, where goods moved from one edition to the next, and
where the series of a code is broken thereby.

Known for HS 2012, HS 2017 and HS 2022. The tables (`data/hs_editions.txt`, `data/hs_links.csv`) are read on first use.
"""

from collections.abc import Iterable, Sequence
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

UNKNOWN = "not in our table"


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


LATE = "Countries adopt an edition when they are ready, some a year or more late."

EXPLAINED = 3
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
    explained = " ".join(one.text.removesuffix(LATE).strip() for one in touched[:EXPLAINED])
    rest = f" Changed as well: {listed([one.code for one in touched[EXPLAINED:]], 12)}." if touched[EXPLAINED:] else ""
    return f"{explained}{rest} {LATE}"


def _begins(code: str, edition: str) -> bool:
    return partial_life(code)[:1] == (edition,) and edition != OLDEST


def _change(code: str, previous: str, edition: str, year: int, *, crossed: bool) -> str | None:
    """What an edition did to a code; to one that it only widened or narrowed, if the series crosses it."""
    life = partial_life(code)
    if _begins(code, edition):
        return f"{code} exists since {edition} (from {year}); before, {_origin(code, edition, year)}."
    if life and life[-1] == previous:
        ended = (
            f"{code} ended with {edition} (from {year})" if previous != EARLIER else f"{code} ended before {edition}"
        )
        return f"{ended}; {_fate(code, previous)}."
    if not crossed or previous == EARLIER or not {previous, edition} <= set(life or (previous, edition)):
        return None
    out = [other for other in moved_to(code, previous) if other != code]
    into = [other for other in _moved_in(code, edition) if other != code]
    if not out and not into:
        return None
    moves = [f"goods went to {listed(out)}"] if out else []
    moves += [f"goods came from {listed(into)}"] if into else []
    return (
        f"{code} changed its scope with {edition} (from {year}): {', '.join(moves)}; "
        "figures before and after are not fully comparable."
    )


def _moved_in(code: str, edition: str) -> tuple[str, ...]:
    """What goods came from; to a heading or chapter that was there before, without small moves."""
    found = [link for link in arriving(code, edition) if len(code) == 6 or link.relation != "small"]
    return tuple(dict.fromkeys(link.from_code[: len(code)] for link in found))


def _origin(code: str, edition: str, year: int) -> str:
    """What the goods of a new code were before: `these goods were part of 851712, with others`, and what follows."""
    not_comparable = f"figures before {year} are not comparable"
    before, links = moved_from(code, edition), arriving(code, edition)
    relations = {link.relation for link in links}
    if not before:
        return f"where these goods were is {UNKNOWN}: {not_comparable}"
    if relations == {"same"}:
        return f"the same goods were {listed(before)}: ask for that code in the years before {year}"
    if relations == {"small"}:
        return f"these goods were small parts of codes such as {listed(before)}: {not_comparable}"
    part = "part of" if len(before) == 1 else "under"
    others = ", with others" if relations & {"split", "partial", "small"} else ""
    return f"these goods were {part} {listed(before)}{others}: {not_comparable}"


def _fate(code: str, previous: str) -> str:
    """Where the goods of an ended code are: `since then its goods are under 851713, 851714`."""
    after = moved_to(code, previous)
    if not after:
        return f"where its goods went is {UNKNOWN}"
    relations = {link.relation for link in leaving(code, previous)}
    if relations == {"same"}:
        return f"since then the same goods are {listed(after)}: ask for that code"
    return (
        f"since then its goods are under {listed(after)}{', with others' if relations & {'merge', 'partial'} else ''}"
    )
