"""Countries and areas by codes, names and parts of names."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from tradestat_tools.codes.countries import SYSTEM_NAMES, Area, CodeSystem, areas, meanings, resolve_area
from tradestat_tools.codes.ebops import EbopsItem, ebops_entry, ebops_items
from tradestat_tools.codes.flows import FLOWS, Flow, flow
from tradestat_tools.codes.groups import Group, group, groups
from tradestat_tools.codes.search.index import BY_CHANCE, EXACT, WHOLE_NAME, Document, Index
from tradestat_tools.codes.units import UNIT_NAMES, QuantityUnit, quantity_unit, quantity_units, unit, value_words
from tradestat_tools.codes.words import CodeError, fold

CHOICE = "one of several that the word means"
"""How an area was found whose name was ambiguous."""

CONVENTION = "convention"
"""How the one of several areas was found that the word is taken for; `note` says so."""

_READINGS: tuple[CodeSystem, ...] = ("m49", "comtrade", "china_customs")


@dataclass(frozen=True, slots=True)
class AreaHit:
    """An area that was found. `how` says what matched; `note` what the reader should know of how the word was read."""

    area: Area
    score: float
    how: str
    note: str | None = None


def search_countries(query: str, *, limit: int = 10) -> tuple[AreaHit, ...]:
    """Areas by any code or name, best first; none where nothing is alike.

    A number is read in every system: 116 is Cambodia in M49 and Japan at China Customs. Of an ambiguous word all areas
    are found, the one that is meant by convention first; a name or code of one area finds that alone.
    """
    exact = _exactly(query)
    if exact and all(hit.how != CONVENTION for hit in exact):
        return tuple(exact[:limit])
    hits: dict[Area, AreaHit] = {}
    for hit in (*exact, *_alike(query)):
        hits.setdefault(hit.area, hit)
    return tuple(hits.values())[:limit]


def _exactly(query: str) -> list[AreaHit]:
    if re.fullmatch(r"\s*[0-9]{1,3}\s*", query):
        return _by_number(query.strip())
    choices = meanings(query)
    if len(choices) > 1:
        return [AreaHit(area, EXACT, CHOICE) for area in choices]
    try:
        found = resolve_area(query)
    except CodeError:
        return []
    how = SYSTEM_NAMES[found.how] if found.how in ("iso2", "iso3") else found.how
    return [AreaHit(found.area, EXACT, how, found.note)]


def _by_number(number: str) -> list[AreaHit]:
    found: dict[Area, str] = {}
    for system in _READINGS:
        for area in areas():
            code = getattr(area, system)
            if code and int(code) == int(number):
                found.setdefault(area, f"{SYSTEM_NAMES[system]} {code}")
    return [AreaHit(area, EXACT, how, area.note or None) for area, how in found.items()]


def _alike(query: str) -> list[AreaHit]:
    hits = _index().search(query, limit=50)
    return [AreaHit(areas()[int(hit.key)], hit.score, hit.how) for hit in hits if hit.score >= BY_CHANCE]


@cache
def _index() -> Index:
    return Index(Document(str(n), _names(area)) for n, area in enumerate(areas()))


def _names(area: Area) -> tuple[str, ...]:
    """What an area is called, without the name of the service that has it."""
    return tuple(name.removesuffix(" (China Customs)") for name in (*area.names, area.iso2, area.iso3))


NOISE = ("export", "exporting", "import", "importing", "statistics", "出口", "进口", "수출", "수입")
"""Words that say which way services go, not which."""


@dataclass(frozen=True, slots=True)
class EbopsHit:
    """An item that was found. `score` compares the hits of one query (3 for a code); `how` says what matched."""

    item: EbopsItem
    score: float
    how: str


def search_ebops(query: str, *, limit: int = 10) -> tuple[EbopsHit, ...]:
    """Items by a code in any form or by words in English, Chinese or Korean, best first; none where nothing is alike.

    Of those that the whole query names, the items that add up stand before alternative breakdowns and groupings that
    cut across, and broader before narrower: "tourism" is 4 Travel before 4.0, which counts passenger fares as well.
    """
    try:
        item = ebops_entry(query)
    except CodeError:
        pass
    else:
        return (EbopsHit(item, EXACT, "code"),)
    items = {item.code: item for item in ebops_items()}
    hits = [EbopsHit(items[hit.key], hit.score, hit.how) for hit in _index_ebops().search(query, limit=len(items))]
    telling = [hit for hit in hits if hit.score >= (WHOLE_NAME if hit.item.level == 0 else BY_CHANCE)]
    found = sorted(telling or hits, key=_rank)
    named, how = _by_label().get(fold(query)), "label"
    if named is None:
        named, how = _leading_code(query, hits), "code"
    if named is not None:
        found = [EbopsHit(named, EXACT, how), *(hit for hit in found if hit.item is not named)]
    return tuple(found[:limit])


def _leading_code(query: str, hits: Sequence[EbopsHit]) -> EbopsItem | None:
    """The item of a line as lists have it, "4 Travel"; none of "5 star hotels", whose words are not those of item 5."""
    try:
        item = ebops_entry(query.split(maxsplit=1)[0])
    except (CodeError, IndexError):
        return None
    return item if any(hit.item is item for hit in hits) else None


def _rank(hit: EbopsHit) -> tuple[float, ...]:
    if hit.score < WHOLE_NAME:
        return (2, -hit.score)
    return (hit.how.startswith("typo"), hit.item.role not in ("total", "item"), hit.item.level, -hit.score)


@cache
def _by_label() -> dict[str, EbopsItem]:
    return {fold(name): item for item in ebops_items() for name in (item.label, item.name_zh, item.name_ko)}


@cache
def _index_ebops() -> Index:
    return Index((_document(item) for item in ebops_items()), noise=NOISE)


def _document(item: EbopsItem) -> Document:
    names = (item.label, item.name_zh, item.name_ko, *item.words)
    return Document(item.code, names)


@dataclass(frozen=True, slots=True)
class FlowHit:
    """A flow that was found; `how` says what matched."""

    flow: Flow
    score: float
    how: str


def search_flows(query: str, *, limit: int = 10) -> tuple[FlowHit, ...]:
    """Flows by a code of any service or by words, best first; none where nothing is alike."""
    hits: dict[str, FlowHit] = {}
    try:
        found = flow(query)
    except CodeError:
        pass
    else:
        hits[found.code] = FlowHit(found, EXACT, "code or name")
    for hit in _index_flows().search(query, limit=limit):
        if hit.score >= BY_CHANCE:
            hits.setdefault(hit.key, FlowHit(FLOWS[hit.key], hit.score, hit.how))
    return tuple(hits.values())[:limit]


@cache
def _index_flows() -> Index:
    return Index(
        Document(known.code, (known.label, known.name_zh, known.name_ko, *known.words)) for known in FLOWS.values()
    )


@dataclass(frozen=True, slots=True)
class GroupHit:
    """A group that was found; `how` says what matched."""

    group: Group
    score: float
    how: str


def search_groups(query: str, *, limit: int = 10) -> tuple[GroupHit, ...]:
    """Groups by id or name, best first; none where nothing is alike."""
    hits: dict[str, GroupHit] = {}
    try:
        found = group(query)
    except CodeError:
        pass
    else:
        hits[found.id] = GroupHit(found, EXACT, "name")
    known = {one.id: one for one in groups()}
    for hit in _index_groups().search(query, limit=limit):
        if hit.score >= BY_CHANCE:
            hits.setdefault(hit.key, GroupHit(known[hit.key], hit.score, hit.how))
    return tuple(hits.values())[:limit]


@cache
def _index_groups() -> Index:
    return Index(Document(known.id, (known.id, known.name, *known.aliases)) for known in groups())


@dataclass(frozen=True, slots=True)
class UnitHit:
    """A unit that was found. `quantity` is None for a unit of value, whose id is `code`; `how` says what matched."""

    code: str
    label: str
    quantity: QuantityUnit | None
    score: float
    how: str


def search_units(query: str, *, limit: int = 10) -> tuple[UnitHit, ...]:
    """Units by number, abbreviation or name, best first; none where nothing is alike."""
    hits = {hit.code: hit for hit in _exactly_units(query)}
    least = WHOLE_NAME if hits else BY_CHANCE  # who writes "kg" does not want the kilograms of nitrogen
    for hit in _index_units().search(query, limit=limit):
        if hit.score >= least:
            hits.setdefault(hit.key, _hit(hit.key, hit.score, hit.how))
    return tuple(hits.values())[:limit]


def _exactly_units(query: str) -> list[UnitHit]:
    hits: list[UnitHit] = []
    with suppress(CodeError):
        hits.append(_hit(unit(query), EXACT, "name"))
    with suppress(CodeError):
        hits.append(_hit(quantity_unit(query).abbr, EXACT, "code or name"))
    return hits


def _hit(code: str, score: float, how: str) -> UnitHit:
    if quantity := _quantities().get(code):
        return UnitHit(code, quantity.name_en, quantity, score, how)
    return UnitHit(code, _values()[code], None, score, how)


@cache
def _quantities() -> dict[str, QuantityUnit]:
    return {known.abbr: known for known in quantity_units()}


@cache
def _values() -> dict[str, str]:
    return {str(code): name for code, name in UNIT_NAMES.items()}


@cache
def _index_units() -> Index:
    values = [Document(code, (name, *value_words(code))) for code, name in _values().items()]
    return Index([*values, *(Document(known.abbr, known.names) for known in quantity_units())])
