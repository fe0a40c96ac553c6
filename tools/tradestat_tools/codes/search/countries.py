"""Countries and areas by codes, names and parts of names."""

import re
from dataclasses import dataclass
from functools import cache

from tradestat_tools.codes.countries import SYSTEM_NAMES, Area, CodeSystem, areas, meanings, resolve_area
from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.search.index import Document, Index
from tradestat_tools.codes.search.scores import BY_CHANCE, EXACT

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
