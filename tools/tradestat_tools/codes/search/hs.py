"""Goods by words: the codes of HS 2022 by description and by everyday words in English, Chinese and Korean."""

import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.hs import LEVEL_NAMES, HsEntry, hs_entries, hs_entry, hs_status, normalise_hs
from tradestat_tools.codes.search.goods import NOISE, WEIGHTS, Language, documents, is_parts, is_residual, simplified
from tradestat_tools.codes.search.index import Hit, Index, is_cjk
from tradestat_tools.codes.search.scores import BY_CHANCE, EXACT, WHOLE_NAME
from tradestat_tools.codes.words import bounded

_CANDIDATES = 300  # hits of the index that are ranked anew

# What an entry's place is worth: people ask for headings; what is left over, and parts, they name if they mean them.
_LEVEL = {2: 0.85, 4: 1.0, 6: 0.95}
_RESIDUAL = 0.8
_PARTS = 0.7
_PART_WORDS = ("part", "accessor", "component", "零件", "零部件", "配件", "부품", "부분품")

_building = threading.Lock()


@dataclass(frozen=True, slots=True)
class HsHit:
    """A code that was found. `score` compares the hits of one query (3 for the code that was asked for).

    `how` says what matched: `code`, `took goods of 851712`, `subheading of 8507600090`, `nearest to 85176`,
    `everyday word: phones`, `中文: 手机`, `한국어: 휴대폰`, `description`, `beginning: semicond…` or
    `typo: batery→battery`.
    """

    code: str
    score: float
    how: str


def search_hs(
    query: str, *, limit: int = 10, language: Language = "any", level: int | None = None
) -> tuple[HsHit, ...]:
    """Codes by any written form of a known code or by words, best first; none where nothing is alike.

    A code of an older edition or a country's own is found first, and after it those of HS 2022 that have its goods; all
    other hits are codes of HS 2022. The first search in a language builds its index: call it from a worker thread.

    Args:
        query: a code of any edition, or words, also mistyped.
        limit: hits at most.
        language: of the words that are searched; descriptions are English.
        level: only codes of so many digits; of a shorter code, those below it.
    """
    text = bounded(unicodedata.normalize("NFKC", bounded(query))).strip()
    try:
        found = list(_of_code(normalise_hs(text, levels=tuple(LEVEL_NAMES)), level))
    except CodeError as error:
        if any(c.isalpha() for c in text.upper().removeprefix("HS")):
            found = _by_words(query, language)
        else:
            found = [HsHit(near, 1.0, f"nearest to {text}") for near in error.nearest if hs_entry(near)]
    return tuple(hit for hit in found if level in (None, len(hit.code)))[: max(limit, 0)]


def _of_code(code: str, level: int | None) -> Iterator[HsHit]:
    code = code[:6] if not code[6:].strip("0") else code  # 8517.13.00 is all of 8517.13
    status = hs_status(code)
    if status.kind == "unknown":
        return
    yield HsHit(code, EXACT, "code")
    if len(code) > 6 and hs_entry(code[:6]):
        yield HsHit(code[:6], 1.0, f"subheading of {code}")
    yield from (HsHit(new, 1.0, f"took goods of {code[:6]}") for new in status.successors)
    if level is not None and level > len(code):
        yield from (HsHit(below.code, 1.0, f"below {code}") for below in hs_entries() if below.code.startswith(code))


def _by_words(query: str, language: Language) -> list[HsHit]:
    plain = query.translate(simplified())
    wants_parts = any(word in plain.casefold() for word in _PART_WORDS)
    hits: list[HsHit] = []
    for hit in _index(language).search(plain, limit=_CANDIDATES):
        entry = hs_entry(hit.key)
        if entry is not None and hit.score >= BY_CHANCE:
            least = WHOLE_NAME if hit.score >= WHOLE_NAME else 0.0  # a whole name stays one wherever it stands
            score = least + (hit.score - least) * _worth(entry, wants_parts=wants_parts)
            hits.append(HsHit(hit.key, round(score, 4), _how(hit)))
    return sorted(hits, key=lambda hit: (-hit.score, len(hit.code), hit.code))


def _worth(entry: HsEntry, *, wants_parts: bool) -> float:
    worth = _LEVEL[entry.level]
    if is_residual(entry):
        worth *= _RESIDUAL
    if is_parts(entry) and not wants_parts:
        worth *= _PARTS
    return worth


def _how(hit: Hit) -> str:
    kind, _, what = hit.how.partition(": ")
    if kind == "words":
        return "description"
    if kind != "name":
        return hit.how
    if not is_cjk(what[-1]):
        return f"everyday word: {what}"
    return f"{'한국어' if '가' <= what[-1] <= '힣' else '中文'}: {what}"


def _index(language: Language) -> Index:
    with _building:  # two threads that ask first wait for one index instead of building two
        return _built(language)


@cache
def _built(language: Language) -> Index:
    return Index(documents(language), weights=WEIGHTS, noise=NOISE, usual_first=True)
