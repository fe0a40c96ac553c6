"""Trade flows by codes and words."""

from dataclasses import dataclass
from functools import cache

from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.flows import FLOWS, Flow, flow
from tradestat_tools.codes.search.index import Document, Index
from tradestat_tools.codes.search.scores import BY_CHANCE, EXACT


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
    for hit in _index().search(query, limit=limit):
        if hit.score >= BY_CHANCE:
            hits.setdefault(hit.key, FlowHit(FLOWS[hit.key], hit.score, hit.how))
    return tuple(hits.values())[:limit]


@cache
def _index() -> Index:
    return Index(
        Document(known.code, (known.label, known.name_zh, known.name_ko, *known.words)) for known in FLOWS.values()
    )
