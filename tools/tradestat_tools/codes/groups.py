"""Groups of countries: who was a member from when until when, and whose list says so."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Literal

from tradestat_tools.codes.countries import Area, area
from tradestat_tools.codes.words import CodeError, fold, nearest, shown, table_rows


@dataclass(frozen=True, slots=True)
class Membership:
    """One member's time in a group.

    `start` is the first day and `end` the last, as exactly as known: `2013-07-01`, `2016-12` or `2006`. An empty
    `start` means that no date of joining is kept, an empty `end` a member today.
    """

    iso3: str
    start: str
    end: str
    note: str

    def holds_at_end_of(self, year: int) -> bool:
        """Whether this was a membership on 31 December of `year`; a month or year alone ends before that day."""
        last_day = f"{year:04d}-12-31"
        return self.start <= last_day and (not self.end or self.end >= last_day)


@dataclass(frozen=True, slots=True)
class Change:
    """A member that came or went. `date` is the first or the last day of membership, as exactly as known."""

    iso3: str
    kind: Literal["joined", "left"]
    date: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group of countries.

    `as_of` is the day the newest member joined or the first day without the one that left last; for lists whose
    memberships are not dated, the day of the list. `note` is what a reader of figures for the group should know.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    as_of: datetime.date
    source: str
    note: str
    memberships: tuple[Membership, ...]

    @property
    def members(self) -> tuple[str, ...]:
        """Today's members as ISO alpha-3 codes, in their order."""
        return tuple(sorted(one.iso3 for one in self.memberships if not one.end))

    @property
    def dated(self) -> bool:
        """Whether it is known since when the members are members."""
        return any(one.start for one in self.memberships)

    def since(self, iso3: str) -> tuple[str, ...]:
        """The first day of a member's membership of today, as exactly as known; nothing where no date is kept."""
        return tuple(one.start for one in self.memberships if one.iso3 == iso3 and one.start and not one.end)

    @property
    def left(self) -> tuple[Change, ...]:
        """Those that are members no more, by the last day of their membership."""
        found = [Change(one.iso3, "left", one.end) for one in self.memberships if one.end]
        return tuple(sorted((one for one in found if one.iso3 not in self.members), key=lambda one: one.date))

    def member_areas(self) -> tuple[Area, ...]:
        """Today's members with all their codes."""
        return _areas_of(self.members)

    def members_in(self, year: int) -> tuple[str, ...]:
        """The members at the end of `year`, as ISO alpha-3 codes; the list as it is where memberships are not dated."""
        return tuple(sorted(one.iso3 for one in self.memberships if one.holds_at_end_of(year)))

    def changes(self, first_year: int, last_year: int) -> tuple[Change, ...]:
        """Who joined or left from the beginning of the first to the end of the last year, by date."""
        found = [Change(one.iso3, "joined", one.start) for one in self.memberships if one.start]
        found += [Change(one.iso3, "left", one.end) for one in self.memberships if one.end]
        within = [change for change in found if first_year <= int(change.date[:4]) <= last_year]
        return tuple(sorted(within, key=lambda change: (change.date, change.kind, change.iso3)))


@dataclass(frozen=True, slots=True)
class Expansion:
    """A group taken as its members. `note` says how many, as of when, by whose list, and what changed meanwhile."""

    group: Group
    areas: tuple[Area, ...]
    note: str


def expand(text: str, *, first_year: int | None = None, last_year: int | None = None) -> Expansion | None:
    """The members of the group that `text` names, or None where it names no group; years as in `expansion`.

    A few words name an area as well: `EU` and `ASEAN` are reporters of UN Comtrade, and `resolve_area` finds those. Ask
    here first only where a group makes sense.
    """
    found = group_named(text)
    return None if found is None else expansion(found, first_year=first_year, last_year=last_year)


def group_named(text: str) -> Group | None:
    """The group meant by its id, name or alias, as `group` takes it; None where it is none."""
    return _index().get(fold(text))


def expansion(found: Group, *, first_year: int | None = None, last_year: int | None = None) -> Expansion:
    """The members of a group.

    Args:
        found: the group.
        first_year: first year of the figures asked for; what changed since then is noted.
        last_year: the members are those at the end of this year; today's where it is missing, or where the group had no
            member yet, and the note says so.
    """
    members, when = found.members, f"as of {found.as_of}"
    early = ""
    if found.dated and last_year is not None and last_year < found.as_of.year:
        if then := found.members_in(last_year):
            members, when = then, f"at the end of {last_year}"
        else:
            early = f" It had no members yet in {last_year}: today's are taken."
    title = found.name if found.kind == "geographic region" else found.id
    note = f"{title}: {len(members)} members {when} ({found.source}).{early}"
    if not early and (first_year is not None or last_year is not None):
        note += _changes_in_words(found, first_year, last_year)
    return Expansion(found, _areas_of(members), f"{note} {found.note}".strip())


def _changes_in_words(found: Group, first_year: int | None, last_year: int | None) -> str:
    """A sentence for each day of the years asked on which the members changed."""
    last = found.as_of.year if last_year is None else last_year
    first = last if first_year is None else first_year
    together: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for change in found.changes(first, last):
        together[change.date, change.kind].append(area(change.iso3).name_en)
    words = ""
    for (date, kind), names in together.items():
        named = ", ".join(names)
        words += f" Joined {date}: {named}." if kind == "joined" else f" A member until {date}: {named}."
    return words


def _areas_of(members: tuple[str, ...]) -> tuple[Area, ...]:
    return tuple(area(code, system="iso3") for code in members)


@cache
def groups() -> tuple[Group, ...]:
    """Every group: economic groupings and agreements, least developed countries, Belt and Road, regions of M49."""
    memberships: defaultdict[str, list[Membership]] = defaultdict(list)
    for row in table_rows("group_members.csv"):
        for iso3 in row["members"].split():
            memberships[row["group"]].append(Membership(iso3, row["from"], row["until"], row["note"]))
    return tuple(
        Group(
            id=row["id"],
            name=row["name"],
            aliases=tuple(alias for alias in row["aliases"].split(";") if alias),
            kind=row["kind"],
            as_of=datetime.date.fromisoformat(row["as_of"]),
            source=row["source"],
            note=row["note"],
            memberships=tuple(memberships[row["id"]]),
        )
        for row in table_rows("groups.csv")
    )


@cache
def _index() -> dict[str, Group]:
    return {fold(name): found for found in groups() for name in (found.id, found.name, *found.aliases)}


def group(text: str) -> Group:
    """The group meant by its id, name or alias in English, Chinese or Korean: `EU`, `东盟`, `M49-142`, `Asia`.

    Raises:
        CodeError: not a known group.
    """
    if found := group_named(text):
        return found
    raise CodeError(
        f"{shown(text)} is not a known group of countries.",
        allowed=", ".join(known.id for known in groups()),
        nearest=lambda: nearest(text, (name for known in groups() for name in (known.id, known.name, *known.aliases))),
    )
