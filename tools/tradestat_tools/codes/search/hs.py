"""Goods by words: the codes of HS 2022 by description and by everyday words in English, Chinese and Korean."""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from tradestat_tools.codes.hs import LEVEL_NAMES, HsEntry, hs_entries, hs_entry, hs_path, hs_status, normalise_hs
from tradestat_tools.codes.search.index import BY_CHANCE, EXACT, WHOLE_NAME, Document, Hit, Index, is_cjk
from tradestat_tools.codes.words import CodeError, bounded, table_rows, table_text

Language = Literal["any", "en", "zh", "ko"]

WEIGHTS = {"own": 1.0, "above": 0.25}
"""How much a word counts in an entry's own description and in those of its heading and chapter; a name counts 3."""

NOISE = (
    *("export", "import", "exporter", "importer", "trade", "tariff", "hs", "code", "customs", "duty", "price"),
    *("出口", "进口", "海关", "编码", "关税", "贸易", "수출", "수입", "관세", "무역", "코드"),
)
"""Words of a question about trade that say nothing of the goods."""

_WHETHER = re.compile(r"\bwhether or not\b", re.IGNORECASE)
_EXCLUDED = re.compile(
    r"\b(?:other than|exclud\w+|except\w*|not including|without|nor|n\.e\.c\.|not elsewhere specified)"
    r"(?:[^;()]|\([^()]*\))*?"
    r"(?=[;)]|$|,\s*(?:for|of|with|in|having|containing|including|weighing|fresh|frozen)\b)",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\bnot [\w-]+(?: or [\w-]+)?", re.IGNORECASE)
_CODES = re.compile(r"\b(?:headings?|items?|subheadings?|chapters?)?(?:\s*no\.)?\s*\d[\d.,]*\b", re.IGNORECASE)
_OTHER = re.compile(r"\bn\.e\.c\.|\bother than\b|\bnot elsewhere specified\b|^other\b", re.IGNORECASE)


class EverydayWords(NamedTuple):
    """What the goods of a code are called in each language, the most usual first."""

    en: tuple[str, ...]
    zh: tuple[str, ...]
    ko: tuple[str, ...]


@cache
def everyday_words() -> dict[str, EverydayWords]:
    """Everyday words by code of HS 2022."""
    return {
        row["code"]: EverydayWords(
            *(tuple(row[name].split(";")) if row[name] else () for name in EverydayWords._fields)
        )
        for row in table_rows("hs_words.csv")
    }


@cache
def simplified() -> dict[int, int]:
    """Traditional Chinese characters and their simplified form, for `str.translate`; those that occur in goods."""
    lines = (line for line in table_text("traditional.txt").splitlines() if not line.startswith("#"))
    return {ord(pair[0]): ord(pair[1]) for line in lines for pair in line.split()}


def included(description: str) -> str:
    """A description without what it says is elsewhere, so that a telephone "other than smartphones" is none of them."""
    text = _EXCLUDED.sub(" ", _WHETHER.sub(" ", description))
    return _CODES.sub(" ", _DENIED.sub(" ", text))


def is_residual(entry: HsEntry) -> bool:
    """Whether an entry holds what its neighbours do not name."""
    return entry.level == 6 and _OTHER.search(entry.description) is not None


def is_parts(entry: HsEntry) -> bool:
    """Whether an entry holds parts as well as, or instead of, whole goods."""
    return entry.level > 2 and "parts" in entry.description.casefold().split(";")[-1]


def documents(language: Language) -> Iterator[Document[HsEntry]]:
    """Every entry with its names and descriptions; in Chinese or Korean only those that have names in it."""
    told: dict[str, str] = {}  # of a heading and a chapter, which stand above many entries
    for entry in hs_entries():
        names = _names(entry.code, language)
        if language in ("zh", "ko"):
            if names:
                yield Document(entry, names)
            continue
        path = hs_path(entry.code)[:-1]
        for step in path:
            if step.code not in told:
                told[step.code] = " ; ".join((included(step.description), *_names(step.code, language)))
        above = " ; ".join(told[step.code] for step in path)
        yield Document(entry, names, {"own": included(entry.description), "above": above})


def _names(code: str, language: Language) -> tuple[str, ...]:
    words = everyday_words().get(code)
    if words is None:
        return ()
    return words.en + words.zh + words.ko if language == "any" else getattr(words, language)


_CANDIDATES = 300  # hits of the index that are ranked anew

# What an entry's place is worth: people ask for headings; what is left over, and parts, they name if they mean them.
_LEVEL = {2: 0.85, 4: 1.0, 6: 0.95}
_RESIDUAL = 0.8
_PARTS = 0.7
_PART_WORDS = ("part", "accessor", "component", "零件", "零部件", "配件", "부품", "부분품")

_building = threading.Lock()


def search_hs(
    query: str, *, limit: int = 10, language: Language = "any", level: int | None = None
) -> tuple[Hit[str], ...]:
    """Codes by any written form of a known code or by words, best first; none where nothing is alike.

    A code of an older edition or a country's own is found first, and after it those of HS 2022 that have its goods; all
    other hits are codes of HS 2022. The first search in a language builds its index: call it from a worker thread.

    `how` says what matched: `code`, `took goods of 851712`, `subheading of 8507600090`, `nearest to 85176`,
    `everyday word: phones`, `中文: 手机`, `한국어: 휴대폰`, `description`, `beginning: semicond…` or
    `typo: batery→battery`.

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
            found = [Hit(near, 1.0, f"nearest to {text}") for near in error.nearest if hs_entry(near)]
    return tuple(hit for hit in found if level in (None, len(hit.entry)))[: max(limit, 0)]


def _of_code(code: str, level: int | None) -> Iterator[Hit[str]]:
    code = code[:6] if not code[6:].strip("0") else code  # 8517.13.00 is all of 8517.13
    status = hs_status(code)
    if status.kind == "unknown":
        return
    yield Hit(code, EXACT, "code")
    if len(code) > 6 and hs_entry(code[:6]):
        yield Hit(code[:6], 1.0, f"subheading of {code}")
    yield from (Hit(new, 1.0, f"took goods of {code[:6]}") for new in status.successors)
    if level is not None and level > len(code):
        yield from (Hit(below.code, 1.0, f"below {code}") for below in hs_entries() if below.code.startswith(code))


def _by_words(query: str, language: Language) -> list[Hit[str]]:
    plain = query.translate(simplified())
    wants_parts = any(word in plain.casefold() for word in _PART_WORDS)
    worths, hits = _worths(), list[Hit[str]]()
    for hit in _index(language).search(plain, limit=_CANDIDATES):
        if hit.score >= BY_CHANCE:
            least = WHOLE_NAME if hit.score >= WHOLE_NAME else 0.0  # a whole name stays one wherever it stands
            worth, holds_parts = worths[hit.entry.code]
            score = least + (hit.score - least) * (worth * _PARTS if holds_parts and not wants_parts else worth)
            hits.append(Hit(hit.entry.code, round(score, 4), _how(hit), lacks=hit.lacks))
    return sorted(hits, key=lambda hit: (-hit.score, len(hit.entry), hit.entry))


@cache
def _worths() -> dict[str, tuple[float, bool]]:
    """By code, what its place is worth, and whether it holds parts."""
    return {
        entry.code: (_LEVEL[entry.level] * (_RESIDUAL if is_residual(entry) else 1.0), is_parts(entry))
        for entry in hs_entries()
    }


def _how(hit: Hit[HsEntry]) -> str:
    kind, _, what = hit.how.partition(": ")
    if kind == "words":
        return "description"
    if kind != "name":
        return hit.how
    if not is_cjk(what[-1]):
        return f"everyday word: {what}"
    return f"{'한국어' if '가' <= what[-1] <= '힣' else '中文'}: {what}"


def _index(language: Language) -> Index[HsEntry]:
    with _building:  # two threads that ask first wait for one index instead of building two
        return _built(language)


@cache
def _built(language: Language) -> Index[HsEntry]:
    return Index(documents(language), weights=WEIGHTS, noise=NOISE, usual_first=True, least_shared=0.5)
