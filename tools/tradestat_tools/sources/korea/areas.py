"""Country codes as Korea Customs writes them: ISO 3166 alpha-2, and a few of its own."""

from dataclasses import dataclass
from functools import cache

from tradestat_tools.codes.countries import code_in, resolve_area
from tradestat_tools.codes.errors import CodeError

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
        code: the service's code; "" for all countries together.
        name: in English.
        note: what the reader should know of how the word was read, if anything.
    """

    code: str
    name: str
    note: str | None = None


EVERYONE = Partner("", "all countries")


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
