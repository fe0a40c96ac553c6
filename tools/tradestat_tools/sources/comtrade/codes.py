"""The words UN Comtrade's questions are made of: classifications, flows, areas, and which codes overlap."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from tradestat_tools.codes import flows
from tradestat_tools.codes.countries import Area, areas, resolve_area
from tradestat_tools.codes.ebops import TOTAL as EBOPS_TOTAL
from tradestat_tools.codes.ebops import ebops_entry, ebops_items
from tradestat_tools.codes.editions import EDITION_YEARS
from tradestat_tools.codes.groups import Expansion, Group, expansion, group, group_named
from tradestat_tools.codes.hs import hs_status, nearest_hs, normalise_hs
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.words import CodeError, fold, shown
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.arguments import ArgumentError

TypeCode = Literal["C", "S"]
FreqCode = Literal["A", "M"]
ClCode = Literal[
    "HS", "H0", "H1", "H2", "H3", "H4", "H5", "H6", "S1", "S2", "S3", "S4", "B4", "B5", "EB", "EB02", "EB10", "EB10S"
]

DEFAULT_CLASSIFICATION: dict[TypeCode, ClCode] = {"C": "HS", "S": "EB10"}

TOTALS = {"C": "TOTAL", "S": "200"}
"""The codes of all goods and of all services (EB10 list as recorded autumn 2026)."""

BREAKDOWNS = {"partner2Code": "0", "customsCode": "C00", "motCode": "0", "mosCode": "0"}
"""What may break a figure down, besides who, whom, what and which way; with the code of the whole."""

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
FIRST_YEARS = {code: int(name[3:7]) for code, name in EDITION_NAMES.items()}
"""The years in which the editions began to apply."""

_FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "S": (re.compile(r"\d{1,5}"), "TOTAL, AG1 to AG5, or SITC codes of 1 to 5 digits"),
    "B": (re.compile(r"\d{1,6}"), "TOTAL, AG1 to AG5, or BEC codes of digits"),
    "E": (re.compile(r"[0-9A-Z][0-9A-Za-z.]{0,11}"), "200 for all services, or EBOPS codes such as 205"),
}
_WILDCARDS = {"H": re.compile(r"(?=(..){1,3}$)\d+\?+"), "S": re.compile(r"(?=.{1,5}$)\d+\?+")}
"""`27??` stands for every heading of chapter 27 (seen October 2026)."""

HS_ALLOWED = "TOTAL, AG2, AG4 or AG6 for every chapter, heading or subheading, or HS codes of 2, 4 or 6 digits"


def is_services(classification: str) -> bool:
    """Whether a classification is one of services (EBOPS) and not of goods."""
    return classification.startswith("EB")


def is_hs(classification: str) -> bool:
    """Whether a classification is the Harmonized System, in whatever edition."""
    return classification.startswith("H")


def family(classification: str) -> str:
    """The system that a classification is an edition of: HS, SITC, BEC or EBOPS."""
    return {"S": "SITC", "B": "BEC", "E": "EBOPS"}.get(classification[0], "HS")


def total_of(classification: str) -> str:
    """The code of everything in a classification."""
    # EB10S has S, the others 200; where there TOTAL is asked for, 0 rows are counted (seen October 2026).
    return "S" if classification == "EB10S" else TOTALS["S" if is_services(classification) else "C"]


def read_cmd_code(text: str, classification: ClCode) -> str:
    """A product code as the classification writes it.

    Raises:
        ValueError: an ArgumentError or CodeError: not a code of that classification; names the nearest ones.
    """
    word = text.strip().upper()
    if word in {"TOTAL", "ALL"}:
        return total_of(classification)
    if (wild := _WILDCARDS.get(classification[0])) and wild.fullmatch(word):
        return word
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


def stands_for_many(code: str) -> bool:
    """Whether a code asked for is a whole level (`AG4`) or has wildcards (`27??`)."""
    return code.startswith("AG") or "?" in code


def _read_ebops(text: str) -> str:
    code = ebops_entry(text).code
    return TOTALS["S"] if code == EBOPS_TOTAL else code


def _read_hs(text: str, classification: ClCode) -> str:
    try:
        code = normalise_hs(text)
    except CodeError as error:
        raise CodeError(error.message, allowed=HS_ALLOWED, nearest=error.nearest) from None
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
        CodeError: neither, or the trade balance, which this service does not have.
    """
    return flows.flow_code(text, "comtrade")


IMPORTS = frozenset(code for code, known in FLOWS.items() if known.side == "M")
"""Those that come into the reporter's country; the others are exports."""


def overlapping_flows(codes: Collection[str]) -> list[str]:
    """Sentences for flows of which one contains the other."""
    found = [(FLOWS[code], FLOWS[FLOWS[code].whole]) for code in codes if code in FLOWS and FLOWS[code].whole in codes]
    return [f"{whole.label} ({whole.code}) contain {part.label} ({part.code})" for part, whole in found]


def overlapping_codes(codes: Collection[str], classification: str) -> str | None:
    """A sentence, if one of the codes contains another, so that adding them counts goods or services twice."""
    known = sorted(set(codes))
    total = total_of(classification)
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
class AskedArea:
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


@dataclass(frozen=True, slots=True)
class AskedMembers:
    """A group whose members were asked for; who they are depends on the years."""

    typed: str
    group: Group


Named = AskedArea | AskedMembers
"""What one text of an argument names."""


@dataclass(frozen=True)
class Places:
    """What one argument stands for: areas, each once, and the groups that were taken apart for them; empty for all."""

    asked: tuple[AskedArea, ...] = ()
    groups: tuple[Expansion, ...] = ()
    without_code: tuple[str, ...] = ()

    @staticmethod
    def of(named: Sequence[Named], span: Sequence[Period] = ()) -> "Places":
        """The areas named; a group is its members at the end of the last year of `span`, today's without one."""
        found: dict[str, AskedArea] = {}
        groups: list[Expansion] = []
        without: dict[str, None] = {}
        for one in named:
            if isinstance(one, AskedArea):
                found.setdefault(one.code, one)
                continue
            groups.append(
                expansion(
                    one.group,
                    first_year=span[0].year if span else None,
                    last_year=span[-1].year if span else None,
                )
            )
            for area in groups[-1].areas:
                if area.comtrade:
                    member = AskedArea(area.comtrade, one.typed, area, group=one.group.id)
                    found.setdefault(member.code, member)
                else:
                    without[area.name_en] = None
        return Places(tuple(found.values()), tuple(groups), tuple(without))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Their codes in UN Comtrade, in the order in which they were asked for."""
        return tuple(one.code for one in self.asked)


def asks_for_all(values: Sequence[str]) -> bool:
    """Whether a list of codes is the word for all of them."""
    return len(values) == 1 and values[0].strip().lower() in ALL_WORDS


def read_areas(values: Sequence[str], role: Role) -> tuple[Named, ...]:
    """Areas and groups by code or name, none for all; a name with a comma ("Other Asia, nes") may have come in two.

    The European Union and ASEAN are reporters of their own, so as `role` reporter their names mean those; "EU members"
    means the members in either role.

    Raises:
        CodeError: unknown, ambiguous, or without a code in UN Comtrade.
    """
    read = [] if asks_for_all(values) else [(text, _attempt(text, role)) for text in values]
    found: list[Named] = []
    while read:
        joined = _joined(read)
        one = joined or read[0][1]
        if isinstance(one, CodeError):
            raise one
        found.append(one)
        read = read[2 if joined else 1 :]
    return tuple(found)


def _attempt(text: str, role: Role) -> Named | CodeError:
    try:
        return _named(text, role)
    except CodeError as error:
        return error


def _named(text: str, role: Role) -> Named:
    if found := _MEMBERS.fullmatch(text.strip()):
        return AskedMembers(text, group(next(part for part in found.groups() if part)))
    try:
        resolved = resolve_area(text, system="comtrade")
    except CodeError:
        if (known := group_named(text)) is None:
            raise
        return AskedMembers(text, known)
    area, note = resolved.area, resolved.note
    if area.kind == "group" and role == "partner" and (known := group_named(area.name_en)):
        return AskedMembers(text, known)
    if not area.comtrade:
        raise CodeError(
            f"{area.name_en} has no code of its own in UN Comtrade. {area.note}".strip(),
            allowed="an area of UN Comtrade's lists: comtrade_reference(category=reporters) or partners",
        )
    if area.kind == "group" and text.strip().lstrip("0") != area.comtrade:
        note = (
            f"{shown(text)} as a reporter is UN Comtrade's own reporter {area.name_en} ({area.comtrade}); "
            f"for its members one by one ask reporterCode='{text.strip()} members'."
        )
    return AskedArea(area.comtrade, text, area, note)


def members_instead(codes: Iterable[str]) -> str:
    """How to have the members of those of these areas that are groups, with a blank behind it; "" where none is."""
    names = {one.comtrade: one.name_en for one in areas() if one.kind == "group"}
    return "".join(
        f"The members of {names[code]} one by one: reporterCode='{names[code]} members'; their sum: "
        f"{call_text('trade_series', reporter=names[code])}. "
        for code in codes
        if code in names
    )


def _joined(read: Sequence[tuple[str, Named | CodeError]]) -> AskedArea | None:
    """The first two texts as one name, if the second is no area of its own ("Korea", "Rep. of")."""
    if len(read) < 2 or read[1][0].strip().isdigit():
        return None
    (first, _), (second, alone) = read[:2]
    if fold(second) not in REMAINDER and not isinstance(alone, CodeError):
        return None
    found = _attempt(f"{first}, {second}", "reporter")
    return found if isinstance(found, AskedArea) else None
