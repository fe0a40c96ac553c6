"""Reporters and partners as they are asked for: by code or name, or a group that is taken as its members."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tradestat_tools.codes.countries import Area, resolve_area
from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.groups import Expansion, expand, group
from tradestat_tools.codes.words import fold, shown

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
