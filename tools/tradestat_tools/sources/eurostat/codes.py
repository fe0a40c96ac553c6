"""GEONOM, the codes of reporters and partners: ISO 3166 alpha-2 for most, sums, and what is no country.

Names and codes are those of the service's lists of January 2024. The sums were renamed since: then EU27_2020_EXTRA and
EU27_2020_INTRA, by 2026 EXT_EU27_2020 and INT_EU27_2020; both are read, and asked for if the other is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from tradestat_tools.codes.countries import Area, code_in, resolve_area
from tradestat_tools.codes.groups import expansion, group_named
from tradestat_tools.codes.words import CodeError, fold, nearest, shown

MEMBERS = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)

NEIGHBOURS = ("AL", "BA", "CH", "GB", "GE", "IS", "LI", "MD", "ME", "MK", "NO", "TR", "UA", "XK", "XS")
"""Reporters of DS-059341 besides the members: CH, NO, TR and UA are known, the others may or may not be there."""

EU = "EU27_2020"
WORLD = "WORLD"
EXTRA, INTRA = "EXT_EU27_2020", "INT_EU27_2020"

UNIONS = {
    EU: "European Union, today's 27 members",
    "EU": "European Union as composed at each time",
    "EA": "Euro area as composed at each time",
    "EA21": "Euro area, 21 members",
}
"""Reporters that are sums of members, whose own trade with each other they contain."""

SUMS = {
    WORLD: "World",
    EXTRA: "all outside the EU (27)",
    INTRA: "all within the EU (27)",
    "EXT_EU": "all outside the EU of each time",
    "INT_EU": "all within the EU of each time",
    "EXT_EA": "all outside the euro area",
    "INT_EA": "all within the euro area",
}
"""Partners that are sums: WORLD is INT and EXT together, INT the members with QV, QY and QR, EXT all others."""

STORES = {
    "QP": "high seas",
    "QQ": "stores and provisions",
    "QR": "stores and provisions, within the EU",
    "QS": "stores and provisions, outside the EU",
}
UNSPECIFIED = {
    "QU": "countries not specified",
    "QV": "countries not specified, within the EU",
    "QW": "countries not specified, outside the EU",
}
SECRET = {
    "QX": "secret countries",
    "QY": "secret countries, within the EU",
    "QZ": "secret countries, outside the EU",
}
"""Partners kept back for commercial or military reasons."""

PARTS = {"XU": "United Kingdom without Northern Ireland", "XI": "Northern Ireland"}
"""Of the United Kingdom (GB), from 2021 on."""

ENCLAVES = {"XC": "Ceuta", "XL": "Melilla"}

FORMER = {
    **{"CS": "Czechoslovakia (to 1992), Serbia and Montenegro (2004-2005)", "YU": "Yugoslavia (to 2003)"},
    **{"GF": "French Guiana (to 1996)", "GP": "Guadeloupe (to 1996)", "MQ": "Martinique (to 1996)"},
    **{
        "RE": "Reunion (to 1996)",
        "YT": "Mayotte (to 2013)",
        "SJ": "Svalbard (1995-1996)",
        "TP": "East Timor (to 2002)",
    },
    **{"XA": "American Oceania (to 2000)", "XO": "Australian Oceania (to 2000)", "XR": "polar regions (to 2000)"},
    **{"XZ": "New Zealand Oceania (to 2000)", "XP": "West Bank and Gaza Strip (1995-2000)"},
    **{"XB": "Canary Islands (to 1996)", "XM": "Montenegro (2005-2006)"},
}

OWN = {**FORMER, **SUMS, **STORES, **UNSPECIFIED, **SECRET, **PARTS, **ENCLAVES}

WITHIN = frozenset({*MEMBERS, "QR", "QV", "QY"})
"""The partners whose sum INT_EU27_2020 is: members and QV by a recorded answer, QY and QR by the list of 2024."""

RENAMED = {
    "EU27_2020_EXTRA": EXTRA,
    "EU27_2020_INTRA": INTRA,
    "EU_EXTRA": "EXT_EU",
    "EU_INTRA": "INT_EU",
    "EUROZONE_EXTRA": "EXT_EA",
    "EUROZONE_INTRA": "INT_EA",
    "EUROZONE": "EA",
}
"""The names of 2024, and those of 2026."""

OLDER = {new: old for old, new in RENAMED.items()}

_FOREIGN = {
    "EL": ("GR", "EL is the Commission's code of Greece, which is GR in Comext."),
    "KV": ("XK", "KV is a code of the US Census for Kosovo, which is XK in Comext."),
    "UK": ("GB", "UK was read as the United Kingdom, GB in Comext."),
}

_WORDS = {
    **dict.fromkeys(("eu", "european union", "eu27", "eu 27", "european union 27", "欧盟", "유럽연합"), EU),
    **dict.fromkeys(("european union as composed at each time", "eu of each time"), "EU"),
    **dict.fromkeys(("euro area", "eurozone", "euro zone"), "EA"),
    **dict.fromkeys(("extra eu", "outside the eu", "extra eu27"), EXTRA),
    **dict.fromkeys(("intra eu", "within the eu", "intra eu27"), INTRA),
}

EVERY = ""
"""Stands for every partner: the dimension is left empty."""

Kind = Literal["sum", "secret", "unspecified", "stores", "part", "area"]


@dataclass(frozen=True, slots=True)
class Party:
    """Reporters or partners as they were asked for.

    Args:
        codes: GEONOM's; of a group of countries those of its members.
        note: what the reader should know of how the word was read, if anything.
    """

    codes: tuple[str, ...]
    note: str | None = None


_KINDS: dict[str, Kind] = {
    **dict.fromkeys(SUMS, "sum"),
    **dict.fromkeys(SECRET, "secret"),
    **dict.fromkeys(UNSPECIFIED, "unspecified"),
    **dict.fromkeys(STORES, "stores"),
    **dict.fromkeys(PARTS, "part"),
}


def kind(code: str) -> Kind:
    """What a partner is."""
    return "sum" if code in UNIONS else _KINDS.get(code, "area")


def current(code: str) -> str:
    """The code as it is called today."""
    return RENAMED.get(code, code)


def name(code: str) -> str:
    """English name of a reporter or partner; the code itself where it is not known here."""
    if known := UNIONS.get(code) or OWN.get(code):
        return known
    found = area_of(code)
    return found.name_en if found else code


@cache
def area_of(code: str) -> Area | None:
    """The area of a code; None for sums, for what is no country, and for unknown ones."""
    if code in OWN and code != WORLD:
        return None
    try:
        found = resolve_area(code, system="geonom").area
    except CodeError:
        return None
    return found if found.geonom == code else None


def read_reporter(text: str) -> Party:
    """The reporters meant by a code or a name; the Union and the euro area are reporters of their own.

    Raises:
        CodeError: unknown, or nobody who reports to Eurostat.
    """
    code = current(text.strip().upper())
    if word := _WORDS.get(fold(text)):
        if word in UNIONS:
            return Party(
                (word,), " ".join(filter(None, (f"{shown(text)} was read as {word}, {UNIONS[word]}.", _apart(word))))
            )
    elif code in UNIONS:
        return Party((code,))
    found = _area(text)
    (code,) = found.codes
    if code in MEMBERS or code in NEIGHBOURS:
        return found
    allowed = f"the 27 members, {', '.join(UNIONS)}; of neighbours {', '.join(NEIGHBOURS)}"
    near = nearest(code, (*MEMBERS, *NEIGHBOURS, *UNIONS))
    raise CodeError(
        f"{name(code)} does not report to Eurostat; as a partner it is {code}.", allowed=allowed, nearest=near
    )


def read_partner(text: str) -> Party:
    """The partners meant by a code, a name or a group; `all` is every one.

    Raises:
        CodeError: unknown, ambiguous, or without a code of its own.
    """
    code = current(text.strip().upper())
    if fold(text) in ("all", "every", "each", "all partners", "all countries"):
        return Party((EVERY,))
    if code in OWN:
        return Party((code,))
    if word := _WORDS.get(fold(text)):
        word = {EU: INTRA, "EA": "INT_EA"}.get(word, word)
        return Party((word,), f"{shown(text)} as a partner was read as {word}, {SUMS[word]}.")
    if group := group_named(text):
        members = tuple(one.geonom for one in expansion(group).areas if one.geonom)
        return Party(members, f"{expansion(group).note} Each member is asked for; they are not added up here.")
    return _area(text)


def _area(text: str) -> Party:
    word = text.strip()
    code, note = _FOREIGN.get(word.upper(), (word, None))
    found = resolve_area(code, system="geonom")
    own = code_in(found.area, "geonom")
    note = note or (
        f"{shown(word)} was read as {found.area.name_en} ({own})."
        if fold(word) not in (fold(own), fold(found.area.name_en))
        else None
    )
    return Party((own,), " ".join(filter(None, (note, found.note))) or None)


def _apart(code: str) -> str | None:
    if code == EU:
        return 'As it was composed at each time it is "EU of each time".'
    return "Until January 2020 it holds the United Kingdom." if code == "EU" else None


def united(parties: Iterable[Party]) -> Party:
    """Several as one, each code once; every partner is all of them."""
    codes = dict.fromkeys(code for party in parties for code in party.codes)
    return Party(
        (EVERY,) if EVERY in codes else tuple(codes), " ".join(filter(None, (one.note for one in parties))) or None
    )


def with_parts(party: Party, last_year: int) -> Party:
    """The same; from 2021 on the United Kingdom's parts beside it, for it may be stated by them alone."""
    if "GB" not in party.codes or last_year < 2021:
        return party
    return replace(party, codes=tuple(dict.fromkeys((*party.codes, *PARTS))))
