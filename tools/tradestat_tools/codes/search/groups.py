"""Groups of countries by ids, names and parts of names."""

from dataclasses import dataclass
from functools import cache

from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.groups import Group, group, groups
from tradestat_tools.codes.search.index import Document, Index
from tradestat_tools.codes.search.scores import BY_CHANCE, EXACT


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
    for hit in _index().search(query, limit=limit):
        if hit.score >= BY_CHANCE:
            hits.setdefault(hit.key, GroupHit(known[hit.key], hit.score, hit.how))
    return tuple(hits.values())[:limit]


@cache
def _index() -> Index:
    return Index(Document(known.id, (known.id, known.name, *known.aliases)) for known in groups())
