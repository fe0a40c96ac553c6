"""Units of quantity and of value by codes, names and what people write."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.search.index import Document, Index
from tradestat_tools.codes.search.scores import BY_CHANCE, EXACT, WHOLE_NAME
from tradestat_tools.codes.units import UNIT_NAMES, QuantityUnit, quantity_unit, quantity_units, unit, value_words


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
    hits = {hit.code: hit for hit in _exactly(query)}
    least = WHOLE_NAME if hits else BY_CHANCE  # who writes "kg" does not want the kilograms of nitrogen
    for hit in _index().search(query, limit=limit):
        if hit.score >= least:
            hits.setdefault(hit.key, _hit(hit.key, hit.score, hit.how))
    return tuple(hits.values())[:limit]


def _exactly(query: str) -> list[UnitHit]:
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
def _index() -> Index:
    values = [Document(code, (name, *value_words(code))) for code, name in _values().items()]
    return Index([*values, *(Document(known.abbr, known.names) for known in quantity_units())])
