"""Services by words: the items of EBOPS 2010 by their labels and by what people call them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tradestat_tools.codes.ebops import EbopsItem, ebops_entry, ebops_items
from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.search.index import Document, Index
from tradestat_tools.codes.search.scores import BY_CHANCE, EXACT, WHOLE_NAME
from tradestat_tools.codes.words import fold

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
    hits = [EbopsHit(items[hit.key], hit.score, hit.how) for hit in _index().search(query, limit=len(items))]
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
def _index() -> Index:
    return Index((_document(item) for item in ebops_items()), noise=NOISE)


def _document(item: EbopsItem) -> Document:
    names = (item.label, item.name_zh, item.name_ko, *item.words)
    return Document(item.code, names)
