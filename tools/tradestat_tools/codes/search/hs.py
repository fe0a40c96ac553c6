"""Goods by words: the codes of HS 2022 by their English descriptions."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.hs import LEVEL_NAMES, hs_entries, hs_status, normalise_hs
from tradestat_tools.codes.search.index import Document, Index
from tradestat_tools.codes.search.scores import EXACT


@dataclass(frozen=True, slots=True)
class HsHit:
    """A code that was found. `score` compares the hits of one query (3 for a code); `how` says what matched."""

    code: str
    score: float
    how: str


def search_hs(
    query: str,
    *,
    limit: int = 10,
    language: Literal["any", "en", "zh", "ko"] = "any",
    level: int | None = None,
) -> tuple[HsHit, ...]:
    """Codes by any written form of a known code or by words, best first; none where nothing is alike.

    Args:
        query: a code of any edition, or words.
        limit: hits at most.
        language: of the words; there are only English ones yet.
        level: only codes of so many digits.
    """
    try:
        code = normalise_hs(query, levels=tuple(LEVEL_NAMES))
    except CodeError:
        pass
    else:
        return (HsHit(code, EXACT, "code"),) if hs_status(code).kind != "unknown" else ()
    if language not in ("any", "en"):
        return ()
    hits = _index().search(query, limit=limit if level is None else len(hs_entries()))
    return tuple(HsHit(h.key, h.score, h.how) for h in hits if level is None or len(h.key) == level)[:limit]


@cache
def _index() -> Index:
    return Index(Document(entry.code, texts={"description": entry.description}) for entry in hs_entries())
