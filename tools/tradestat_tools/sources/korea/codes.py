"""Country codes as Korea Customs writes them: ISO 3166 alpha-2, and a few of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from tradestat_tools.codes.countries import code_in, resolve_area
from tradestat_tools.codes.groups import Expansion, expand
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


def _no_members() -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as it was asked for.

    Args:
        code: the service's code; "" for all countries together and for a group, whose rows are picked from theirs.
        name: in English.
        note: what the reader should know of how the word was read, if anything.
        group: the id of a group of countries, "" for anything else.
        members: the group's members that Korea has a code for: their names by code.
    """

    code: str
    name: str
    note: str | None = None
    group: str = ""
    members: Mapping[str, str] = field(default_factory=_no_members)


EVERYONE = Partner("", "all countries")


def partner_in(text: str, first_year: int, last_year: int) -> Partner:
    """As `partner`; where the word names a group of countries, its members in these years.

    Raises:
        CodeError: as `partner`.
    """
    if text.strip().upper() not in OWN_CODES and (found := expand(text, first_year=first_year, last_year=last_year)):
        return _members_of(found)
    return partner(text)


def is_group(text: str) -> bool:
    """Whether a word names a group of countries."""
    return text.strip().upper() not in OWN_CODES and expand(text) is not None


def _members_of(found: Expansion) -> Partner:
    members = {one.korea: one.name_en for one in found.areas if one.korea and one.korea != REPORTER}
    without = [one.name_en for one in found.areas if not one.korea]
    note = found.note
    if any(one.korea == REPORTER for one in found.areas):
        note += " Korea, a member itself, is left out: these are the others."
    if without:
        note += f" Korea Customs has no known code for {', '.join(without)}: not included."
    return Partner("", f"{found.group.name}, {len(members)} countries", note, found.group.id, members)


def partner(text: str) -> Partner:
    """The partner meant by a code, a number or a name; `World`, `all` and "" mean every country.

    Raises:
        CodeError: unknown, ambiguous, or not an area that Korea Customs reports.
    """
    word = text.strip()
    if not word:
        return EVERYONE
    if word.upper() in OWN_CODES:
        return Partner(word.upper(), OWN_CODES[word.upper()])
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
def english_name(code: str) -> str | None:
    """The English name of a code in an answer; None if the code is not known here."""
    try:
        return partner(code).name if code else None
    except CodeError:
        return None
