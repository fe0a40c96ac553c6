"""The words UN Comtrade's questions are made of: classifications, flows, and which codes overlap."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from tradestat_tools.codes import flows
from tradestat_tools.codes.countries import Area, resolve_area
from tradestat_tools.codes.ebops import TOTAL as EBOPS_TOTAL
from tradestat_tools.codes.ebops import ebops_entry, ebops_items
from tradestat_tools.codes.editions import EDITION_YEARS
from tradestat_tools.codes.groups import Expansion, expand, group
from tradestat_tools.codes.hs import hs_status, nearest_hs, normalise_hs
from tradestat_tools.codes.words import CodeError, fold, shown
from tradestat_tools.model.arguments import ArgumentError

TypeCode = Literal["C", "S"]
FreqCode = Literal["A", "M"]
ClCode = Literal[
    "HS", "H0", "H1", "H2", "H3", "H4", "H5", "H6", "S1", "S2", "S3", "S4", "B4", "B5", "EB", "EB02", "EB10"
]

DEFAULT_CLASSIFICATION: dict[TypeCode, ClCode] = {"C": "HS", "S": "EB10"}
TOTAL_OF_SERVICES = "200"
"""All services in the EBOPS lists (EB10 list as recorded autumn 2026); goods have TOTAL."""

TYPE_WORDS = {"goods": "C", "commodities": "C", "services": "S"}
FREQ_WORDS = {"annual": "A", "yearly": "A", "year": "A", "monthly": "M", "month": "M"}

EDITION_NAMES = {
    "H0": "HS 1988/1992",
    "H1": "HS 1996",
    "H2": "HS 2002",
    "H3": "HS 2007",
    "H4": "HS 2012",
    "H5": "HS 2017",
    "H6": "HS 2022",
}

_FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "S": (re.compile(r"\d{1,5}"), "TOTAL, AG1 to AG5, or SITC codes of 1 to 5 digits"),
    "B": (re.compile(r"\d{1,6}"), "TOTAL, AG1 to AG5, or BEC codes of digits"),
    "E": (re.compile(r"[0-9A-Z][0-9A-Za-z.]{0,11}"), "200 for all services, or EBOPS codes such as 205"),
}
HS_ALLOWED = "TOTAL, AG2, AG4 or AG6 for every chapter, heading or subheading, or HS codes of 2, 4 or 6 digits"


def is_services(classification: str) -> bool:
    """Whether a classification is one of services (EBOPS) and not of goods."""
    return classification.startswith("EB")


def is_hs(classification: str) -> bool:
    """Whether a classification is the Harmonized System, in whatever edition."""
    return classification.startswith("H")


def read_cmd_code(text: str, classification: ClCode) -> str:
    """A product code as the classification writes it.

    Raises:
        ArgumentError: not a code of that classification; names the nearest ones.
    """
    word = text.strip().upper()
    if word in {"TOTAL", "ALL"}:
        return TOTAL_OF_SERVICES if is_services(classification) else "TOTAL"
    if is_hs(classification):
        return word if word in {"AG2", "AG4", "AG6"} else _read_hs(text, classification)
    if classification == "EB10":
        return _read_ebops(text)
    pattern, allowed = _FORMS[classification[0]]
    code = text.strip()
    if pattern.fullmatch(code) or (not is_services(classification) and re.fullmatch(r"AG[1-5]", word)):
        return code.upper() if word.startswith("AG") else code
    raise ArgumentError(
        f"{code[:40]!r} is not a code of {classification}.",
        allowed=allowed,
        # SITC and BEC are in the service's own lists only.
        remedy=None
        if is_services(classification)
        else f"Look for a code with comtrade_reference(category={classification}, search=...).",
    )


def _read_ebops(text: str) -> str:
    try:
        code = ebops_entry(text).code
    except CodeError as error:
        raise ArgumentError(error.message, allowed=error.allowed, nearest=error.nearest) from None
    return TOTAL_OF_SERVICES if code == EBOPS_TOTAL else code


def _read_hs(text: str, classification: ClCode) -> str:
    try:
        code = normalise_hs(text)
    except CodeError as error:
        raise ArgumentError(error.message, allowed=HS_ALLOWED, nearest=error.nearest) from None
    status = hs_status(code)
    if status.kind == "unknown":
        raise ArgumentError(status.text, allowed=HS_ALLOWED, nearest=nearest_hs(code))
    edition = EDITION_NAMES.get(classification)
    if edition in EDITION_YEARS and status.editions and edition not in status.editions:
        others = (*status.successors, *status.predecessors)
        raise ArgumentError(
            f"{status.text} clCode={classification} is {edition}.",
            allowed=f"a code of {edition}, or clCode=HS, which takes the codes of every edition",
            nearest=tuple(other for other in others if edition in hs_status(other).editions),
        )
    return code


FLOWS = {known.comtrade: known for known in flows.FLOWS.values() if known.comtrade}
"""The service's flows by their codes."""


def read_flow_code(text: str) -> str:
    """A flow code, or a word for one (`imports`, `re-exports`; Trade Map's I, E, RE).

    Raises:
        ArgumentError: neither, or the trade balance, which this service does not have.
    """
    try:
        return flows.flow_code(text, "comtrade")
    except CodeError as error:
        raise ArgumentError(error.message, allowed=error.allowed, nearest=error.nearest) from None


def overlapping_flows(codes: Collection[str]) -> list[str]:
    """Sentences for flows of which one contains the other."""
    found = [(FLOWS[code], FLOWS[FLOWS[code].whole]) for code in codes if code in FLOWS and FLOWS[code].whole in codes]
    return [f"{whole.label} ({whole.code}) contain {part.label} ({part.code})" for part, whole in found]


def overlapping_codes(codes: Collection[str], classification: str) -> str | None:
    """A sentence, if one of the codes contains another, so that adding them counts goods or services twice."""
    known = sorted(set(codes))
    total = TOTAL_OF_SERVICES if is_services(classification) else "TOTAL"
    if total in known and len(known) > 1:
        return f"{total} contains every other code"
    if classification in {"EB", "EB02"} and len(known) > 1:
        return "EBOPS 2002 codes contain one another without their numbers showing it"
    if classification == "EB10":
        return _overlapping_ebops(known)
    pairs = ((part[:length], part) for part in known for length in range(1, len(part)) if part[:length] in known)
    whole, part = next(pairs, ("", ""))
    return f"{whole} contains {part}" if whole else None


def _overlapping_ebops(codes: list[str]) -> str | None:
    """EBOPS nests (3 contains 3.1), and some entries are second views that never add up with the items (3a, 4a, C)."""
    items = {item.code: item for item in ebops_items()}
    for code in codes:
        item = items.get(code)
        if item is None:
            continue
        above = item
        while above.parent is not None:
            above = items[above.parent]
            if above.code in codes:
                return f"{above.code} contains {code}"
        if item.role != "item" and len(codes) > 1:
            return f"{code} is an entry beside the items ({item.role.replace('_', ' ')}) and adds up with none of them"
    return None


ALL = "all"
ALL_WORDS = frozenset({"all", "*", "any", "every", "each"})
WORLD = "0"

Role = Literal["reporter", "partner"]

REMAINDER = frozenset({"nes", "not elsewhere specified"})
"""Ends of the names of areas that stand for the rest of a region; after another name they are no area of their own."""

_MEMBERS = re.compile(
    r"(?:the\s+)?(?:members|member\s+(?:states|countries))\s+of\s+(?:the\s+)?(?P<of>.+)"
    r"|(?P<en>.+?)\s+(?:members|member\s+(?:states|countries))"
    r"|(?P<zh>.+?)\s*(?:的?成员国?|的?成員國?)"
    r"|(?P<ko>.+?)\s*(?:회원국|가입국)",
    re.IGNORECASE,
)
"""`EU members`, `members of ASEAN`, `欧盟成员国`: a group's members where its name alone means a reporter."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An area as it was asked for.

    Args:
        code: its code in UN Comtrade.
        typed: what was typed: the area, or the group whose member it is.
        area: the area.
        note: what the reader should know of the reading.
        group: the group whose member it is, where a group was asked for.
    """

    code: str
    typed: str
    area: Area
    note: str | None = None
    group: str | None = None

    @property
    def spelled_as_code(self) -> bool:
        """Whether the caller typed the code itself."""
        return self.typed.lstrip("0") == self.code.lstrip("0")


@dataclass(frozen=True, slots=True)
class Places:
    """What one argument stands for: areas, each once, and the groups that were taken apart for them; empty for all."""

    asked: tuple[Asked, ...] = ()
    groups: tuple[Expansion, ...] = ()
    without_code: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Their codes in UN Comtrade, in the order in which they were asked for."""
        return tuple(one.code for one in self.asked)


def asks_for_all(values: Sequence[str]) -> bool:
    """Whether a list of codes is the word for all of them."""
    return len(values) == 1 and values[0].strip().lower() in ALL_WORDS


def read_places(
    values: Sequence[str], role: Role, *, first_year: int | None = None, last_year: int | None = None
) -> Places:
    """Areas by code or name; a name with a comma in it ("Other Asia, nes") may have come apart in two.

    A group is its members at the end of `last_year`. The European Union and ASEAN are reporters of their own, so as
    `role` reporter their names mean those; "EU members" means the members in either role.

    Raises:
        CodeError: unknown, ambiguous, or without a code in UN Comtrade.
    """
    if asks_for_all(values):
        return Places()
    found: dict[str, Asked] = {}
    expansions: list[Expansion] = []
    without: list[str] = []
    rest = list(values)
    while rest:
        members = _members(rest[0], role, first_year, last_year)
        if members is not None:
            expansions.append(members)
            without += [area.name_en for area in members.areas if not area.comtrade]
            for area in members.areas:
                if area.comtrade:
                    found.setdefault(area.comtrade, Asked(area.comtrade, rest[0], area, group=members.group.id))
            rest = rest[1:]
            continue
        asked, used = _joined(rest) or (_single(rest[0]), 1)
        found.setdefault(asked.code, asked)
        rest = rest[used:]
    return Places(tuple(found.values()), tuple(expansions), tuple(dict.fromkeys(without)))


def _members(text: str, role: Role, first_year: int | None, last_year: int | None) -> Expansion | None:
    """The members where a group is meant; None where an area is, or nothing that is known."""
    if found := _MEMBERS.fullmatch(text.strip()):
        name = next(part for part in found.groups() if part)
        if (members := expand(name, first_year=first_year, last_year=last_year)) is None:
            group(name)  # says which groups there are
        return members
    try:
        area = resolve_area(text, system="comtrade").area
    except CodeError:
        return expand(text, first_year=first_year, last_year=last_year)
    if area.kind != "group" or role == "reporter":
        return None
    return expand(area.name_en, first_year=first_year, last_year=last_year)


def _joined(values: list[str]) -> tuple[Asked, int] | None:
    """The first two parts as one name, if the second is no area of its own ("Korea", "Rep. of")."""
    if len(values) < 2 or values[1].strip().isdigit():
        return None
    if _is_known(values[1]) and fold(values[1]) not in REMAINDER:
        return None
    try:
        return _single(f"{values[0]}, {values[1]}"), 2
    except CodeError:
        return None


def _is_known(text: str) -> bool:
    try:
        resolve_area(text, system="comtrade")
    except CodeError:
        return expand(text) is not None
    return True


def _single(text: str) -> Asked:
    resolved = resolve_area(text, system="comtrade")
    code = resolved.area.comtrade
    if not code:
        raise CodeError(
            f"{resolved.area.name_en} has no code of its own in UN Comtrade. {resolved.area.note}".strip(),
            allowed="an area of UN Comtrade's lists: comtrade_reference(category=reporters) or partners",
        )
    note = resolved.note
    if resolved.area.kind == "group" and text.strip().lstrip("0") != code:
        note = (
            f"{shown(text)} as a reporter is UN Comtrade's own reporter {resolved.area.name_en} ({code}); "
            f"for its members one by one ask reporterCode='{text.strip()} members'."
        )
    return Asked(code, text, resolved.area, note)
