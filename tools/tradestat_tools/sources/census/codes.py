"""Partners by Schedule C, and the service's own groups of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from tradestat_tools.codes.countries import Area, areas, code_in, resolve_area
from tradestat_tools.codes.groups import Group, expansion, group_named
from tradestat_tools.codes.words import CodeError

TOTAL = "-"
"""The code of the row of all countries, districts, or of both domestic and foreign exports."""

UNITED_STATES = "842"
WITHIN = frozenset({"USA", "PRI", "VIR"})
"""ISO alpha-3 codes of what the customs territory is made of, so that trade with them is no foreign trade."""

GROUPS: dict[str, str] = {
    "0003": "European Union",
    "0014": "Pacific Rim countries",
    "0017": "CAFTA-DR",
    "0020": "USMCA (NAFTA)",
    "0021": "Twenty Latin American republics",
    "0022": "OECD",
    "0023": "NATO",
    "0024": "LAFTA",
    "0025": "Euro area",
    "0026": "APEC",
    "0027": "ASEAN",
    "0028": "CACM",
    "1XXX": "North America",
    "2XXX": "Central America",
    "3XXX": "South America",
    "4XXX": "Europe",
    "5XXX": "Asia",
    "6XXX": "Australia and Oceania",
    "7XXX": "Africa",
}
"""The service's own groups (seen June 2026). Their numbers go to 0028; those that no answer showed are left out."""

_COUNTRY = re.compile(r"[1-9][0-9]{3}")
_OF_GROUP = re.compile(r"0[0-9]{3}|[1-9]XXX")

DOMESTIC = {"1": "domestic", "2": "foreign"}
"""Exports of what was made in the United States, and of what was not (re-exports)."""

EACH_WORDS = frozenset({"all", "each", "each country", "all countries", "all partners", "*"})


def is_country(code: str) -> bool:
    """Whether a code is a country's, not that of a group, a continent or the total."""
    return _COUNTRY.fullmatch(code) is not None


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as it was asked for.

    Args:
        codes: of Schedule C, or one of the service's own groups; none for the total of all, and for each country.
        name: in English.
        each: whether every country is wanted by itself.
        group: where it is one of our groups, whose members' rows are picked from those of all.
        members: of a group those that the service has, names by code; none before `in_years`.
        note: what the reader should know of how the word was read.
    """

    codes: tuple[str, ...]
    name: str
    each: bool = False
    group: Group | None = None
    members: Mapping[str, str] = field(default_factory=dict[str, str])
    note: str | None = None

    @property
    def id(self) -> str:
        """What the partner is called in a call: a code, a group, `all`, or World."""
        if self.each:
            return "all"
        return self.group.id if self.group else " ".join(self.codes) or "World"

    @property
    def is_picked(self) -> bool:
        """Whether its rows are picked from those of every country, which takes no more calls."""
        return self.each or self.group is not None or len(self.codes) > 1

    @property
    def wanted(self) -> frozenset[str] | None:
        """The codes of the rows that are picked; None for those of every country."""
        return None if self.each else frozenset(self.members) or frozenset(self.codes)

    def in_years(self, first: int, last: int) -> "Partner":
        """A group with its members in these years; anything else as it is."""
        if not self.group:
            return self
        found = expansion(self.group, first_year=first, last_year=last)
        members = {
            code: one.name_en for one in found.areas for code in one.schedule_c.split() if one.iso3 not in WITHIN
        }
        note = found.note
        if any(one.iso3 in WITHIN for one in found.areas):
            note += " The United States, a member itself, is left out: these are the others."
        if without := [one.name_en for one in found.areas if not one.schedule_c]:
            note += f" Schedule C has no code for {', '.join(without)}: not included."
        return replace(self, name=f"{self.group.name}, {len(members)} countries", note=note, members=members)


WORLD = Partner((), "all countries together")
EACH = Partner((), "each country", each=True)


def partner(text: str) -> Partner:
    """The partner meant by a code of Schedule C, one of the service's groups, a name, an ISO or M49 code, or a group.

    Raises:
        CodeError: unknown, ambiguous, or not an area that the United States reports trade with.
    """
    word = text.strip()
    if word.lower() in EACH_WORDS:
        return EACH
    if not word or word.lower() in ("total", TOTAL):
        return WORLD
    if word.upper() in GROUPS:
        name = f"{GROUPS[word.upper()]} ({word.upper()})"
        return Partner((word.upper(),), name, note=f"{name} is the service's own group, with its members of today.")
    if _OF_GROUP.fullmatch(word.upper()):
        raise CodeError(f"{word} is no known group of the service.", allowed=", ".join(GROUPS))
    if is_country(word):
        return _of_area(resolve_area(word, system="schedule_c").area, word, None)
    if group := group_named(word):
        return Partner((), group.name, group=group)
    found = resolve_area(word)
    if found.area.kind == "world":
        return WORLD
    return _of_area(found.area, word, found.note)


def _of_area(found: Area, word: str, note: str | None) -> Partner:
    if found.iso3 in WITHIN:
        raise CodeError(
            f"{found.name_en} is within the customs territory of the United States: trade with it is no foreign trade.",
            allowed="other countries",
        )
    code = word if is_country(word) else code_in(found, "schedule_c")
    return Partner(tuple(code.split()), found.name_en, note=note)


@cache
def area_of(code: str) -> Area | None:
    """The area of a code of Schedule C; None of a group's, or of one that is not known."""
    return next((one for one in areas() if code in one.schedule_c.split()), None) if is_country(code) else None


def english_name(code: str, said: str = "") -> str:
    """The name of a code; as the service says it (`KOREA, SOUTH`) where it is not known here."""
    found = area_of(code)
    return found.name_en if found and " " not in found.schedule_c else said or GROUPS.get(code, code)
