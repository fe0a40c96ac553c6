"""Countries and areas: one table for every system of codes that the services use.

A bare number means M49 or UN Comtrade unless the caller says it is a China Customs code: 116 is Cambodia in the former
and Japan in the latter. Only exact codes, names and aliases resolve; a near miss is an error that names the nearest.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast, get_args

from tradestat_tools.codes.words import CodeError, bounded, fold, nearest, shown, table_rows

CodeSystem = Literal["comtrade", "trademap", "china_customs", "korea", "schedule_c", "geonom", "iso2", "iso3", "m49"]
System = Literal["any", CodeSystem]
Kind = Literal["world", "country", "area", "nes", "special", "group", "former"]

ALLOWED = "a country's name, ISO code (KR, KOR) or M49 / UN Comtrade number (410)"

SYSTEM_NAMES: dict[CodeSystem, str] = {
    "comtrade": "UN Comtrade",
    "trademap": "Trade Map",
    "china_customs": "China Customs",
    "korea": "Korea Customs",
    "schedule_c": "the US Census Bureau (Schedule C)",
    "geonom": "Eurostat (GEONOM)",
    "iso2": "ISO 3166 alpha-2",
    "iso3": "ISO 3166 alpha-3",
    "m49": "M49",
}


@dataclass(frozen=True, slots=True)
class Area:
    """A country or area. A code is "" where the system has none, or where none is known for certain.

    `comtrade` is written without leading zeros ("4", "842"), `trademap`, `m49` and `china_customs` with three digits;
    `schedule_c` has four, and Palestine has two of them.
    `kind`: world; country (an entry of ISO 3166, or Kosovo); area (another territory); nes (areas not elsewhere
    specified, which count in totals); special (bunkers, free zones, ...); group (the EU and ASEAN as UN Comtrade's
    reporters); former (ended in the year `until`, its territory today in `successors`, ISO alpha-3 codes).
    `former_names` are names given up, each with the year.
    """

    name_en: str
    iso2: str
    iso3: str
    m49: str
    comtrade: str
    trademap: str
    china_customs: str
    korea: str
    schedule_c: str
    geonom: str
    name_zh: str
    name_ko: str
    kind: Kind
    until: int | None
    successors: tuple[str, ...]
    aliases: tuple[str, ...]
    former_names: tuple[tuple[str, int], ...]
    note: str

    @property
    def nes(self) -> bool:
        """Whether this is a remainder, "not elsewhere specified"."""
        return self.kind == "nes"

    @property
    def former(self) -> bool:
        """Whether this area no longer exists."""
        return self.kind == "former"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, alias and former name, the English short name first."""
        former = (name for name, _ in self.former_names)
        return tuple(name for name in (self.name_en, self.name_zh, self.name_ko, *self.aliases, *former) if name)


@dataclass(frozen=True, slots=True)
class Resolved:
    """An area and how it was found.

    `how` is the system of the code, "name", "alias" or "convention". `note` is there when the reader should know what
    was chosen: an ambiguous word read by convention, an M49 number that Comtrade does not use, a former area, a name
    that was given up.
    """

    area: Area
    how: str
    note: str | None = None


_ABBREVIATIONS = {
    "is": "island",
    "isd": "island",
    "isds": "island",
    "islands": "island",
    "rep": "republic",
    "dem": "democratic",
    "st": "saint",
    "terr": "territory",
    "territories": "territory",
    "br": "british",
    "fr": "french",
    "fed": "federal",
}
_EMPTY_WORDS = frozenset({"the", "of", "and", "until"})


def _key(name: str) -> str:
    """A name as it is looked up: folded, abbreviations spelled out, word order and small words set aside.

    So `Dem. Rep. of the Congo` and `Congo, Democratic Republic` are one. Chinese and Korean keep their order and lose
    their blanks.
    """
    folded = fold(name)
    if not folded.isascii():
        return folded.replace(" ", "")
    words = folded.replace("not elsewhere specified", "nes").split()
    if all(len(word) == 1 for word in words):  # U.S.A.
        return "".join(words)
    words = [_ABBREVIATIONS.get(word, word) for word in words]
    return " ".join(sorted(word for word in words if word not in _EMPTY_WORDS))


@cache
def areas() -> tuple[Area, ...]:
    """The whole table: World, the countries, other areas, remainders, special categories, groups, former areas."""
    return tuple(_area_of(row) for row in table_rows("areas.csv"))


def _area_of(row: dict[str, str]) -> Area:
    return Area(
        **{column: row[column] for column in ("name_en", "name_zh", "name_ko", *SYSTEM_NAMES, "note")},
        kind=cast("Kind", row["kind"]),
        until=int(row["until"]) if row["until"] else None,
        successors=tuple(row["successors"].split()),
        aliases=_listed(row["aliases"]),
        former_names=tuple((name[:-5], int(name[-4:])) for name in _listed(row["former_names"])),
    )


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part)


@cache
def by_code(system: CodeSystem) -> Mapping[str, Area]:
    """Areas by a system's codes."""
    # An area may have two codes, with a blank between them: it is found by both and by either.
    known = ((found, getattr(found, system)) for found in areas())
    return {one: found for found, code in known if code for one in (code, *code.split())}


@cache
def _by_name() -> dict[str, tuple[Area, str, str | None]]:
    """By the key of each name: the area, how it was found, and what to note."""
    index: dict[str, tuple[Area, str, str | None]] = {}
    for found in areas():
        note = _former_note(found)
        for name in found.names:
            how = "alias" if name in found.aliases else "name"
            index.setdefault(_key(name), (found, how, note))
            if found.former:  # Comtrade writes "USSR (...1990)" and "Former USSR"
                index.setdefault(_key(f"{name} {found.until}"), (found, how, note))
                index.setdefault(_key(f"Former {name}"), (found, how, note))
        for name, year in found.former_names:
            index[_key(name)] = (found, "alias", f"{name} is an old name, in use until {year}; today {found.name_en}.")
    return index


@dataclass(frozen=True, slots=True)
class _Word:
    """A word that several areas answer to: ambiguous, or by convention (`note` says so) the one in `choices`."""

    choices: tuple[Area, ...]
    note: str


@cache
def _words() -> dict[str, _Word]:
    found: dict[str, _Word] = {}
    for row in table_rows("area_words.csv"):
        codes = row["areas"].split()
        choices = tuple(by_code("iso3").get(code) or by_code("comtrade")[code] for code in codes)
        found |= {_key(word): _Word(choices, row["note"]) for word in _listed(row["words"])}
    return found


def label(area: Area) -> str:
    """An area as an error or a list names it: `Japan (JP, 392)`."""
    codes = ", ".join(code for code in (area.iso2 or area.iso3, area.comtrade) if code)
    return f"{area.name_en} ({codes})" if codes else area.name_en


_PLAIN = re.compile(r"[0-9]{1,3}|[A-Za-z]{2,3}")
"""Codes as services write them, which need no folding."""


def resolve_area(text: str | int, *, system: System = "any") -> Resolved:
    """The area meant by a code or a name in English, Chinese or Korean, and how it was found.

    Letter case, accents, punctuation, common abbreviations and the order of the words do not matter.

    Args:
        text: `KR`, `KOR`, `410`, `Korea, Rep.`, `韩国`, `한국`, ...; leading zeros may be missing.
        system: how a bare number is to be read. "china_customs" reads it as a China Customs code, "comtrade" and
            "trademap" as a UN Comtrade area, all others as M49 or UN Comtrade; the four digits of Schedule C are read
            with "schedule_c" only. "geonom" reads letters as Eurostat's first.

    Raises:
        CodeError: unknown (with the nearest names), or ambiguous (with the choices).
    """
    word = "" if isinstance(text, bool) else str(text)
    if _PLAIN.fullmatch(word):
        folded = word.lower()
    else:
        word = bounded(word).strip()
        folded = fold(word)
    if re.fullmatch(r"_[A-Za-z]{2}", word):  # _CI is the Channel Islands in UN Comtrade's lists, CI is Côte d'Ivoire
        raise CodeError(f"{shown(word)} is a makeshift code of UN Comtrade's lists.", allowed=ALLOWED)
    if re.fullmatch(r"[0-9]{1,3}", folded) and _NUMBER.fullmatch(word):
        return _by_number(int(folded), system)
    if system == "schedule_c" and (hit := by_code(system).get(word)):
        return Resolved(hit, system)
    if system == "geonom" and (hit := by_code("geonom").get(folded.upper())):  # XS is Serbia there
        return Resolved(hit, "geonom", _former_note(hit))
    if re.fullmatch(r"[a-z]{2,3}", folded):
        code_system: CodeSystem = "iso2" if len(folded) == 2 else "iso3"
        if hit := by_code(code_system).get(folded.upper()):
            return Resolved(hit, code_system, _former_note(hit))
    key = _key(word)
    if meant := _words().get(key):
        if not meant.note:
            raise _choose(word, meant.choices)
        return Resolved(meant.choices[0], "convention", meant.note)
    if key and (found := _by_name().get(key)):
        return Resolved(*found)
    if labelled := _labelled(word):
        return labelled
    raise CodeError(f"{shown(word)} is not a known country or area.", allowed=ALLOWED, nearest=_nearest_areas(word))


_NUMBER = re.compile(r"""[(\["']?\s*\d{1,3}\s*[)\]"'.]?""")
"""A number by itself, which may be bracketed or quoted: 410/../.. is none."""

_LABELLED = re.compile(r"(.+)\(([^()]+)\)")


def _labelled(word: str) -> Resolved | None:
    """The area of a name with its codes, as `label` and the answers write it; None where the two do not agree."""
    if (parts := _LABELLED.fullmatch(word)) is None:
        return None
    name, codes = parts[1].strip(), [code.strip().upper() for code in parts[2].split(",")]
    for choice in meanings(name):
        if set(codes) <= set(codes_of(choice).values()):
            return Resolved(choice, "name", _former_note(choice))
    try:
        found = resolve_area(name)
    except CodeError:
        return None
    agree = set(codes) <= set(codes_of(found.area).values()) or _by_name().get(_key(parts[2]), (None,))[0] is found.area
    return found if agree else None


def meanings(text: str) -> tuple[Area, ...]:
    """The areas that an ambiguous word may mean ("Congo"); none of a word that means one area, or none."""
    meant = _words().get(_key(bounded(text)))
    return meant.choices if meant and not meant.note else ()


def area_named(text: str) -> Area | None:
    """The area with that very name, alias or former name. Codes are not read and nothing near is looked for: cheap."""
    found = _by_name().get(_key(text))
    return found[0] if found else None


def area(text: str | int, *, system: System = "any") -> Area:
    """As `resolve_area`, the area alone.

    Raises:
        CodeError: unknown or ambiguous.
    """
    return resolve_area(text, system=system).area


def code_in(area: Area, system: CodeSystem) -> str:
    """The area's code in a system, as that system writes it.

    Raises:
        CodeError: the area has no code there, or none is known for certain.
    """
    code: str = getattr(area, system)
    if not code:
        raise CodeError(
            f"{area.name_en} has no known code in {SYSTEM_NAMES[system]}. {why_no_code(area)}".rstrip(),
            allowed=f"areas that {SYSTEM_NAMES[system]} reports on their own",
        )
    return code


def why_no_code(area: Area) -> str:
    """Why a service may have no code for the area: it ended, and what came after it, or its note; "" if not known."""
    return area.note or _former_note(area) or ""


def counted_elsewhere(area: Area) -> str | None:
    """With whom an area that sends no report of its own, or no more, is counted, and since when; its note says it."""
    return area.note if area.note.startswith("Counted with ") or " counts " in area.note else None


INTRA_KOREAN = (
    "Trade between the two Koreas is in no country's foreign-trade statistics: it is kept apart, as intra-Korean trade."
)


def kept_apart(one: Area, other: Area) -> str | None:
    """Why trade between two areas is in nobody's statistics of foreign trade; None where it is."""
    return INTRA_KOREAN if {one.iso3, other.iso3} == {"KOR", "PRK"} else None


_SOURCES: tuple[CodeSystem, ...] = ("comtrade", "trademap", "china_customs", "korea", "schedule_c", "geonom")


def to_know(area: Area) -> tuple[str, ...]:
    """What a reader of an area's figures should know of it beyond its note."""
    lacking = [SYSTEM_NAMES[system] for system in _SOURCES if not getattr(area, system)]
    texts = (
        f"No code of its own known in: {', '.join(lacking)}" if lacking and area.kind in ("country", "area") else None,
        history_note(area, 0),
        INTRA_KOREAN if area.iso3 in ("KOR", "PRK") else None,
    )
    return tuple(text for text in texts if text)


def codes_of(area: Area) -> dict[CodeSystem, str]:
    """Every code the area has, by system."""
    systems: tuple[CodeSystem, ...] = get_args(CodeSystem)
    return {system: code for system in systems if (code := getattr(area, system))}


def earlier_areas(area: Area, first_year: int) -> tuple[Area, ...]:
    """The former areas that have figures of `first_year` or later for what is this area today, the newest first.

    So Germany before 1991 is the Federal Republic (280) and the German Democratic Republic (278).
    """
    before = [one for one in areas() if one.until is not None and area.iso3 in one.successors and one is not area]
    further = [earlier for one in before if one.iso3 for earlier in earlier_areas(one, first_year)]
    found = dict.fromkeys(one for one in (*before, *further) if one.until is not None and one.until >= first_year)
    return tuple(sorted(found, key=lambda one: -(one.until or 0)))


def history_note(area: Area, first_year: int) -> str | None:
    """What to tell a reader who asks for figures since `first_year`; None where the area is the same all along."""
    if not (earlier := earlier_areas(area, first_year)):
        return None
    return f"UN Comtrade keeps earlier figures under {', '.join(label(one) for one in earlier)}."


def _by_number(number: int, system: System) -> Resolved:
    code = f"{number:03d}"
    if system == "china_customs":
        if hit := by_code("china_customs").get(code):
            return Resolved(hit, "china_customs", _former_note(hit))
        raise CodeError(f"{code} is not a China Customs country code.{_elsewhere(code)}", allowed=ALLOWED)
    m49, comtrade = by_code("m49").get(code), by_code("comtrade").get(str(number))
    if m49 is not None and comtrade is not None and m49 != comtrade and not comtrade.former:
        if system in {"comtrade", "trademap"}:
            note = f"{code} is {m49.name_en} in M49, but {comtrade.name_en} in UN Comtrade."
            return Resolved(comtrade, "comtrade", note)
        raise _choose(code, [m49, comtrade])
    if m49 is not None and m49 != comtrade:
        note = f"{code} is the M49 code of {m49.name_en}; UN Comtrade and Trade Map use {m49.comtrade or 'none'}."
        if comtrade is not None:
            note += f" In UN Comtrade {code} is {comtrade.name_en}."
        return Resolved(m49, "m49", note)
    if comtrade is not None:
        return Resolved(comtrade, "m49" if comtrade.m49 else "comtrade", _former_note(comtrade))
    raise CodeError(f"{code} is not an M49 or UN Comtrade area code.{_elsewhere(code)}", allowed=ALLOWED)


def _elsewhere(code: str) -> str:
    """A sentence for a number that was read in the wrong system."""
    for system in ("china_customs", "m49"):
        if hit := by_code(system).get(code):
            return f" In {SYSTEM_NAMES[system]} it is {label(hit)}."
    return ""


def _former_note(found: Area) -> str | None:
    if not found.former:
        return None
    note = f"{found.name_en} is a former area; its data end with {found.until}."
    if found.successors:
        note += f" Later: {', '.join(by_code('iso3')[code].name_en for code in found.successors)}."
    return note


def _choose(word: str, choices: Iterable[Area]) -> CodeError:
    return CodeError(
        f"{shown(word)} can mean several areas.",
        allowed="one of them by code",
        nearest=tuple(label(c) for c in choices),
    )


def _nearest_areas(word: str) -> tuple[str, ...]:
    names = {name: found for found in areas() for name in found.names}
    hits = (names[name] for name in nearest(word, names, 6))
    return tuple(dict.fromkeys(label(hit) for hit in hits))[:3]
