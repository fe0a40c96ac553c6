"""The shorter lists by words: countries, items of services, flows, groups and units.

Each is searched in two steps: what the list's own reader makes of the query, and after it what the index finds.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from tradestat_tools.codes.countries import SYSTEM_NAMES, Area, CodeSystem, areas, meanings, resolve_area
from tradestat_tools.codes.ebops import EbopsItem, ebops_entry, ebops_items
from tradestat_tools.codes.flows import FLOWS, Flow, flow
from tradestat_tools.codes.groups import Group, group, groups
from tradestat_tools.codes.search.index import BY_CHANCE, EXACT, WHOLE_NAME, Document, Hit, Index
from tradestat_tools.codes.units import UNIT_NAMES, UNIT_WORDS, QuantityUnit, quantity_unit, quantity_units, unit
from tradestat_tools.codes.words import CodeError, fold

T = TypeVar("T")

CHOICE = "one of several that the word means"
"""How an area was found whose name was ambiguous."""

CONVENTION = "convention"
"""How the one of several areas was found that the word is taken for; `note` says so."""

_READINGS: tuple[CodeSystem, ...] = ("m49", "comtrade", "china_customs")

_SERVICES_NOISE = ("export", "exporting", "import", "importing", "statistics", "出口", "进口", "수출", "수입")
"""Words that say which way services go, not which."""


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit of either kind: of value, known by `code`, or of a `quantity`, whose abbreviation `code` is."""

    code: str
    label: str
    quantity: QuantityUnit | None = None


def search_countries(query: str, *, limit: int = 10) -> tuple[Hit[Area], ...]:
    """Areas by any code or name, best first; none where nothing is alike.

    A number is read in every system: 116 is Cambodia in M49 and Japan at China Customs. Of an ambiguous word all areas
    are found, the one that is meant by convention first; a name or code of one area finds that alone.
    """
    exact = _exact_areas(query)
    if exact and all(hit.how != CONVENTION for hit in exact):
        return tuple(exact[:limit])
    return _joined(exact, _area_index().search(query, limit=50), limit)


def search_ebops(query: str, *, limit: int = 10) -> tuple[Hit[EbopsItem], ...]:
    """Items by a code in any form or by words in English, Chinese or Korean, best first; none where nothing is alike.

    Of those that the whole query names, the items that add up stand before alternative breakdowns and groupings that
    cut across, and broader before narrower: "tourism" is 4 Travel before 4.0, which counts passenger fares as well.
    """
    if exact := _exact(ebops_entry, query, "code"):
        return tuple(exact)
    hits = _ebops_index().search(query, limit=len(ebops_items()))
    telling = [hit for hit in hits if hit.score >= (WHOLE_NAME if hit.entry.level == 0 else BY_CHANCE)]
    named, how = _ebops_labels().get(fold(query)), "label"
    if named is None:
        named, how = _leading_code(query, hits), "code"
    first = [Hit(named, EXACT, how)] if named else []
    return _joined(first, sorted(telling or hits, key=_ebops_rank), limit, least=0)


def search_flows(query: str, *, limit: int = 10) -> tuple[Hit[Flow], ...]:
    """Flows by a code of any service or by words, best first; none where nothing is alike."""
    return _joined(_exact(flow, query, "code or name"), _flow_index().search(query, limit=limit), limit)


def search_groups(query: str, *, limit: int = 10) -> tuple[Hit[Group], ...]:
    """Groups by id or name, best first; none where nothing is alike."""
    return _joined(_exact(group, query, "name"), _group_index().search(query, limit=limit), limit)


def search_units(query: str, *, limit: int = 10) -> tuple[Hit[KnownUnit], ...]:
    """Units by number, abbreviation or name, best first; none where nothing is alike."""
    exact = _exact(lambda text: _units()[unit(text)], query, "name")
    exact += _exact(lambda text: _units()[quantity_unit(text).abbr], query, "code or name")
    least = WHOLE_NAME if exact else BY_CHANCE  # who writes "kg" does not want the kilograms of nitrogen
    return _joined(exact, _unit_index().search(query, limit=limit), limit, least=least)


def _exact(read: Callable[[str], T], query: str, how: str) -> list[Hit[T]]:
    """What the list's own reader makes of a query, if anything."""
    try:
        return [Hit(read(query), EXACT, how)]
    except CodeError:
        return []


def _joined(
    first: Iterable[Hit[T]], others: Iterable[Hit[T]], limit: int, *, least: float = BY_CHANCE
) -> tuple[Hit[T], ...]:
    """Each entry once, at its first place; of the others those with the least score or more."""
    hits: dict[T, Hit[T]] = {}
    for hit in (*first, *(hit for hit in others if hit.score >= least)):
        hits.setdefault(hit.entry, hit)
    return tuple(hits.values())[:limit]


# Countries


def _exact_areas(query: str) -> list[Hit[Area]]:
    if re.fullmatch(r"\s*[0-9]{1,3}\s*", query):
        return _areas_by_number(query.strip())
    choices = meanings(query)
    if len(choices) > 1:
        return [Hit(area, EXACT, CHOICE) for area in choices]
    try:
        found = resolve_area(query)
    except CodeError:
        return []
    how = SYSTEM_NAMES[found.how] if found.how in ("iso2", "iso3") else found.how
    return [Hit(found.area, EXACT, how, found.note)]


def _areas_by_number(number: str) -> list[Hit[Area]]:
    found: dict[Area, str] = {}
    for system in _READINGS:
        for area in areas():
            code = getattr(area, system)
            if code and int(code) == int(number):
                found.setdefault(area, f"{SYSTEM_NAMES[system]} {code}")
    return [Hit(area, EXACT, how, area.note or None) for area, how in found.items()]


@cache
def _area_index() -> Index[Area]:
    return Index(Document(area, _area_names(area)) for area in areas())


def _area_names(area: Area) -> tuple[str, ...]:
    """What an area is called, without the name of the service that has it."""
    return tuple(name.removesuffix(" (China Customs)") for name in (*area.names, area.iso2, area.iso3))


# Services


def _leading_code(query: str, hits: Sequence[Hit[EbopsItem]]) -> EbopsItem | None:
    """The item of a line as lists have it, "4 Travel"; none of "5 star hotels", whose words are not those of item 5."""
    item = next((hit.entry for hit in _exact(ebops_entry, (query.split() or [""])[0], "code")), None)
    return item if any(hit.entry is item for hit in hits) else None


def _ebops_rank(hit: Hit[EbopsItem]) -> tuple[float, ...]:
    if hit.score < WHOLE_NAME:
        return (2, -hit.score)
    return (hit.how.startswith("typo"), hit.entry.role not in ("total", "item"), hit.entry.level, -hit.score)


@cache
def _ebops_labels() -> dict[str, EbopsItem]:
    return {fold(name): item for item in ebops_items() for name in (item.label, item.name_zh, item.name_ko)}


@cache
def _ebops_index() -> Index[EbopsItem]:
    documents = (Document(item, (item.label, item.name_zh, item.name_ko, *item.words)) for item in ebops_items())
    return Index(documents, noise=_SERVICES_NOISE)


# Flows, groups, units


@cache
def _flow_index() -> Index[Flow]:
    return Index(Document(one, (one.label, one.name_zh, one.name_ko, *one.words)) for one in FLOWS.values())


@cache
def _group_index() -> Index[Group]:
    return Index(Document(one, (one.id, one.name, *one.aliases)) for one in groups())


@cache
def _units() -> dict[str, KnownUnit]:
    """Every unit by its code, those of value first."""
    values = {str(code): KnownUnit(code, name) for code, name in UNIT_NAMES.items()}
    return values | {known.abbr: KnownUnit(known.abbr, known.name_en, known) for known in quantity_units()}


@cache
def _unit_index() -> Index[KnownUnit]:
    values = [Document(_units()[code], (name, *UNIT_WORDS[code])) for code, name in UNIT_NAMES.items()]
    return Index([*values, *(Document(_units()[known.abbr], known.names) for known in quantity_units())])
