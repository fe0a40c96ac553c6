"""Country codes as Korea Customs writes them: ISO 3166 alpha-2, and a few of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from tradestat_tools.codes.countries import Area, code_in, resolve_area
from tradestat_tools.codes.groups import Group, expansion, group_named
from tradestat_tools.codes.words import CodeError

REPORTER = "KR"

# From the service's list of codes (version 1.3, October 2026): what is in it and not in ISO 3166 today. EU is left out:
# whether it holds the trade of the members is not said, and who asks for it would take it for that.
OWN_CODES: dict[str, str] = {
    "AN": "Netherlands Antilles (former)",
    "CS": "Serbia and Montenegro (former)",
    "CT": "Canton Island (former)",
    "FX": "Metropolitan France (former)",
    "JT": "Johnston Island (former)",
    "MI": "Midway Islands (former)",
    "NQ": "Dronning Maud Land (former)",
    "NT": "Neutral Zone (former)",
    "PO": "Palestine (former code)",
    "PZ": "Panama Canal Zone (former)",
    "RA": "Koreans abroad",
    "RK": "Koreans living abroad",
    "TP": "East Timor (former code)",
    "WK": "Wake Island (former)",
    "YM": "Macedonia (former code)",
    "YU": "Yugoslavia (former)",
    "Z1": "International Monetary Fund",
    "ZR": "Zaire (former)",
    "ZZ": "Other countries, not specified",
}


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as it was asked for.

    Args:
        code: the service's code; "" for all countries together and for a group, whose rows are picked from theirs.
        name: in English.
        note: what the reader should know of how the word was read, if anything.
        group: where it is a group of countries.
        members: of a group those that Korea has a code for, their names by code; none before `in_years`.
    """

    code: str
    name: str
    note: str | None = None
    group: Group | None = None
    members: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def id(self) -> str:
        """The code, or the group's; "" for all countries together."""
        return self.group.id if self.group else self.code

    def in_years(self, first: int, last: int) -> "Partner":
        """A group with its members in these years; anything else as it is."""
        if not self.group:
            return self
        found = expansion(self.group, first_year=first, last_year=last)
        members = {one.korea: one.name_en for one in found.areas if one.korea and one.korea != REPORTER}
        note = found.note
        if any(one.korea == REPORTER for one in found.areas):
            note += " Korea, a member itself, is left out: these are the others."
        if without := [one.name_en for one in found.areas if not one.korea]:
            note += f" Korea Customs has no known code for {', '.join(without)}: not included."
        return replace(self, name=f"{self.group.name}, {len(members)} countries", note=note, members=members)


EVERYONE = Partner("", "all countries")


def partner(text: str) -> Partner:
    """The partner meant by a code, a number, a name or a group; `World`, `all` and "" mean every country.

    Raises:
        CodeError: unknown, ambiguous, or not an area that Korea Customs reports.
    """
    word = text.strip()
    if not word:
        return EVERYONE
    if word.upper() in OWN_CODES:
        return Partner(word.upper(), OWN_CODES[word.upper()])
    if group := group_named(word):
        return Partner("", group.name, group=group)
    found = resolve_area(word, system="korea")
    if found.area.kind == "world":
        return EVERYONE
    code = code_in(found.area, "korea")
    note = found.note
    if word != code:
        read = f"{word} was read as {found.area.name_en} ({code})."
        note = f"{read} {note}" if note else read
    return Partner(code, found.area.name_en, note)


@cache
def area_of(code: str) -> Area | None:
    """The area of a code in an answer; None for those that only this service has, such as Koreans abroad."""
    try:
        return resolve_area(code, system="korea").area
    except CodeError:
        return None


def english_name(code: str) -> str | None:
    """The English name of a code in an answer; None if the code is not known here."""
    found = area_of(code)
    return OWN_CODES.get(code) or (found.name_en if found and found.korea else None)
