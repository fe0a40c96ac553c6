"""What of the Harmonized System is searched: descriptions without what they exclude, and everyday words."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from tradestat_tools.codes.hs import HsEntry, hs_entries, hs_path
from tradestat_tools.codes.search.index import Document
from tradestat_tools.codes.tables import table_rows, table_text

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


def documents(language: Language) -> Iterator[Document]:
    """Every entry with its names and descriptions; in Chinese or Korean only those that have names in it."""
    for entry in hs_entries():
        names = _names(entry.code, language)
        if language in ("zh", "ko"):
            if names:
                yield Document(entry.code, names)
            continue
        path = hs_path(entry.code)[:-1]
        above = [text for step in path for text in (included(step.description), *_names(step.code, language))]
        yield Document(entry.code, names, {"own": included(entry.description), "above": " ; ".join(above)})


def _names(code: str, language: Language) -> tuple[str, ...]:
    words = everyday_words().get(code)
    if words is None:
        return ()
    return words.en + words.zh + words.ko if language == "any" else getattr(words, language)
