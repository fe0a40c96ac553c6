"""A small full-text index in memory, one for each code list: SQLite's FTS5 and a table of names.

A query is found in three ways, best first: a part of it is one of an entry's names ("mobile phone cases" has "phone"
and "phone case"); its words stand in an entry's texts (ranked by BM25 over stems); and where a word is in no entry at
all, words that begin with it or look like it stand in for it. A word that is known is never replaced.

Chinese, Japanese and Korean text has no reliable blanks: names are compared character by character, and texts are cut
into pairs of characters.
"""

import re
import sqlite3
import threading
import weakref
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

from tradestat_tools.codes.words import fold, nearest

EXACT = 3.0
"""A code, or a name that the list's own look-up reads."""

WHOLE_NAME = 2.0
"""The least score of a hit that the whole query names."""

BY_CHANCE = 0.1
"""Below: found by a word so common in the list that it says nothing."""

MAX_TOKENS = 24
"""Words, or characters of Chinese and Korean, that are read of a query; nothing in the lists is named with more."""

MAX_KNOWN = 512
"""Words of which an index keeps how it reads them, and which rows have them."""

_MOST_FOUND = 200  # entries and words considered at each step: what bounds the work of a query
_LONGEST_NAME = 12  # in tokens
_CUTOFF = 0.75  # how much alike (difflib's ratio) a word must look to stand in for an unknown one
_SLIPS = 2  # letters by which it may be longer or shorter: "cricket" is no misspelt "rice"

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")

_CONFUSED = str.maketrans("ykz", "ics")
_FUNCTION_WORDS = frozenset(
    {"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Document(Generic[T]):
    """One entry of a list (which can be hashed): what it is called, and fields of text that describe it.

    A query that is one of the `names` finds the entry first. Names need not be repeated in `texts`.
    """

    entry: T
    names: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """An entry that was found. Scores, 0 to 3, compare the hits of one query only.

    A score of 2 or more means that the query, as far as it has words that count, is one of the entry's names, 3 that
    the list's own reader knows it. `how` says what matched: of an index `name: …` with the part of the query that is a
    name, `words`, `beginning: semicond…` or `typo: batery→battery`. `note` is there where the reader should know how
    the query was read. `lacks` are words of the query, of those written in letters, that the entry does not have.
    """

    entry: T
    score: float
    how: str
    note: str | None = None
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Term:
    """A word of the query and the word that is looked for in its place: itself, where it is known; "" for none."""

    word: str
    stands: str
    match: str
    how: str = ""


def tokens(text: str) -> list[str]:
    """The words of a text as they are compared, each character of Chinese, Japanese or Korean for itself."""
    return [singular(token) for token in _TOKEN.findall(fold(text))]


def singular(word: str) -> str:
    """An English word without the ending of a plural, roughly: enough to compare a query with a name."""
    if len(word) < 4 or not word.isascii() or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")) or (word.endswith("oes") and len(word) > 5):
        return word[:-2]
    return word[:-1]


class Index(Generic[T]):
    """Documents, searched by free text of any kind; safe to use from several threads.

    Args:
        documents: the entries; of two with one entry, both are kept and the better one is found.
        weights: how much a word counts in each field of the texts, 1 where nothing is said; in a name it counts 3.
        noise: words that say nothing in this list ("exports", 出口), left out of a query that has others.
        usual_first: the names of each entry begin with the most usual; of entries with the same name, those that are
            usually called so come first.
        least_shared: of the words of a query, that an entry must have: where half is wanted, one of three is chance.
    """

    def __init__(
        self,
        documents: Iterable[Document[T]],
        *,
        weights: Mapping[str, float] | None = None,
        noise: Iterable[str] = (),
        usual_first: bool = False,
        least_shared: float = 0.0,
    ) -> None:
        self._least_shared = least_shared
        self._by_place = 0.4 if usual_first else 0.0
        known = list(documents)
        fields = list(dict.fromkeys(name for document in known for name in document.texts))
        self._entries = [document.entry for document in known]
        numbers: dict[T, int] = {}
        self._numbers = [numbers.setdefault(entry, len(numbers)) for entry in self._entries]  # equal ones have one
        self._noise = _FUNCTION_WORDS | {singular(fold(word)) for word in noise if not is_cjk(word)}
        self._noise_within = [fold(word) for word in noise if is_cjk(word)]  # written without blanks around it
        self._names: dict[tuple[str, ...], dict[int, int]] = {}  # rows, and the name's place among theirs
        self._lock = threading.Lock()
        # Words recur from one query to the next.
        self._term = lru_cache(MAX_KNOWN)(self._term_of)
        self._rows = lru_cache(MAX_KNOWN)(self._rows_with)
        self._db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._db.close)
        rank = ", ".join(str(float(weight)) for weight in (3, *((weights or {}).get(name, 1) for name in fields)))
        self._ranked = f"SELECT rowid, -bm25(texts, {rank}) FROM texts WHERE texts MATCH ? ORDER BY 2 DESC, 1 LIMIT ?"  # noqa: S608  weights only
        self._fill(known, fields)

    def _fill(self, documents: list[Document[T]], fields: list[str]) -> None:
        text = _Text()
        columns = ", ".join(["names", *(f"t{n}" for n in range(len(fields)))])
        marks = ", ".join("?" * (len(fields) + 1))
        self._db.execute("BEGIN")
        self._db.execute(f"CREATE VIRTUAL TABLE texts USING fts5({columns}, content='', tokenize='porter unicode61')")
        self._db.execute("CREATE VIRTUAL TABLE alike USING fts5(sound, word UNINDEXED, tokenize='trigram')")
        insert = f"INSERT INTO texts (rowid, {columns}) VALUES (?, {marks})"  # noqa: S608  numbered columns, no text of users
        for row, document in enumerate(documents):
            for place, name in enumerate(document.names):
                self._names.setdefault(tuple(tokens(name)), {}).setdefault(row, place)
            fielded = (" ; ".join(document.names), *(document.texts.get(name, "") for name in fields))
            self._db.execute(insert, (row, *map(text.indexed, fielded)))
        self._words = sorted(text.words())
        self._db.executemany("INSERT INTO alike VALUES (?, ?)", ((f"^{_sound(word)}$", word) for word in self._words))
        self._db.execute("COMMIT")
        self._names.pop((), None)

    def search(self, query: str, *, limit: int = 10) -> tuple[Hit[T], ...]:
        """Up to `limit` hits, best first, the same for the same query; none where nothing is alike. Never an error."""
        runs = self._runs(query)
        if not runs or limit < 1:
            return ()
        with self._lock:
            terms = self._terms(runs)
            hits = self._by_text(terms)
            held = self._held(terms)
        last: set[int] = set()  # rows of which a name ends the query: "batteries" of "lithium-ion batteries"
        for row, (part, name) in self._by_name(runs, terms).items():
            text, how = hits.get(row, (0.0, ""))
            if " ".join(runs).endswith(name) and not how.startswith("typo"):
                last.add(row)
            hits[row] = (
                part + (text * (1 - self._by_place) if part >= WHOLE_NAME else text),
                how if how.startswith("typo") else f"name: {name}",
            )
        best: dict[int, Hit[T]] = {}
        for row, (score, how) in sorted(hits.items(), key=lambda item: (-item[1][0], item[0])):
            lacks = tuple(term.word for term, rows in held if row not in rows) if score < WHOLE_NAME else ()
            if row in last or self._near(row, held, lacks):
                number = self._numbers[row]
                if number not in best:
                    best[number] = Hit(self._entries[row], round(score, 4), how, lacks=lacks)
                    if len(best) == limit:
                        break
        return tuple(best.values())

    def _runs(self, query: str) -> list[str]:
        """The words of the query, those that say something if there are any."""
        text = fold(query)
        telling = text
        for word in self._noise_within:
            telling = telling.replace(word, " ")
        runs = [run for run in _RUN.findall(telling) if singular(run) not in self._noise] or _RUN.findall(text)
        return [run[:MAX_TOKENS] for run in runs[:MAX_TOKENS]]

    def _terms(self, runs: list[str]) -> list[_Term]:
        """What to look for in the texts: pairs of characters, words, and what stands in for unknown words."""
        terms: list[_Term] = []
        for run in dict.fromkeys(runs):
            terms += (
                [_Term(pair, pair, _pair_match(pair)) for pair in _pairs(run)] if is_cjk(run) else [self._term(run)]
            )
        return terms[:MAX_TOKENS]

    def _term_of(self, word: str) -> _Term:
        if self._any(_quoted(word)):
            return _Term(word, word, _quoted(word))
        if self._begins(word) and self._any(beginning := _quoted(word) + " *"):
            return _Term(word, word, beginning, how=f"beginning: {word}…")
        alike = self._alike(word)
        return _Term(word, alike, _quoted(alike), how=f"typo: {word}→{alike}") if alike else _Term(word, "", "")

    def _begins(self, word: str) -> bool:
        """Whether a known word begins so. FTS5 compares stems, to which "untied" (unti) is the beginning of "until"."""
        place = bisect_left(self._words, word)
        return len(word) >= 3 and any(known.startswith(word) for known in self._words[place : place + 1])

    def _rows_with(self, match: str) -> frozenset[int]:
        return frozenset(row for (row,) in self._db.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (match,)))

    def _any(self, match: str) -> bool:
        return self._db.execute("SELECT 1 FROM texts WHERE texts MATCH ? LIMIT 1", (match,)).fetchone() is not None

    def _alike(self, word: str) -> str:
        """The known word that looks most like `word`, by difflib, of those that share most groups of three letters."""
        if not _correctable(word):
            return ""
        marked = f"^{_sound(word)}$"
        groups = " OR ".join(_quoted(marked[n : n + 3]) for n in range(len(marked) - 2))
        found = self._db.execute(
            "SELECT sound, word FROM alike WHERE alike MATCH ? ORDER BY rank, rowid LIMIT ?", (groups, _MOST_FOUND)
        )
        by_sound: dict[str, list[str]] = {}
        for sound, known in found:
            by_sound.setdefault(sound.strip("^$"), []).append(known)
        words = [known for sound in nearest(_sound(word), by_sound, n=1, cutoff=_CUTOFF) for known in by_sound[sound]]
        alike = next(iter(nearest(word, words, n=1, cutoff=0)), "")
        return alike if abs(len(alike) - len(word)) <= _SLIPS else ""

    def _held(self, terms: list[_Term]) -> list[tuple[_Term, frozenset[int]]]:
        """The words of the query that are written in letters, each with the rows that have it."""
        return [
            (term, self._rows(term.match) if term.match else frozenset[int]())
            for term in terms
            if not is_cjk(term.word)
        ]

    def _near(self, row: int, held: list[tuple[_Term, frozenset[int]]], lacks: tuple[str, ...]) -> bool:
        """Whether an entry shares enough with a query of several words, and not only words that were bent.

        "cricket bats" are no boats: of its two words neither is known, and only one looks like a word of theirs.
        """
        if not self._least_shared or not lacks or len(held) < 2:
            return True
        shared = [term for term, rows in held if row in rows]
        known = not shared or any(not term.how.startswith("typo") for term in shared)  # none: Chinese or Korean
        return known and len(shared) >= self._least_shared * len(held)

    def _by_text(self, terms: list[_Term]) -> dict[int, tuple[float, str]]:
        """Rows whose texts have words of the query: BM25 against the best, and a bonus for having every word."""
        found = [term for term in terms if term.match]
        if not found:
            return {}
        any_of = " OR ".join(f"({term.match})" for term in found)
        hits = dict(self._db.execute(self._ranked, (any_of, _MOST_FOUND)).fetchall())
        whole = frozenset[int]()
        if len(found) == len(terms):
            whole = frozenset[int].intersection(*(self._rows(term.match) for term in found))
            if len(terms) > 1 and len(hits) == _MOST_FOUND:  # those with every word may be among those cut off
                all_of = " AND ".join(f"({term.match})" for term in found)
                hits |= dict(self._db.execute(self._ranked, (all_of, _MOST_FOUND)).fetchall())
        best = max(hits.values(), default=0) or 1
        hows = dict.fromkeys(hits, "")
        for term in (term for term in found if term.how):  # said of the rows that have the word that stands in
            for row in self._rows(term.match):
                if row in hows:
                    hows[row] += f"; {term.how}" if hows[row] else term.how
        return {row: (0.6 * score / best + 0.39 * (row in whole), hows[row] or "words") for row, score in hits.items()}

    def _by_name(self, runs: list[str], terms: list[_Term]) -> dict[int, tuple[float, str]]:
        """Rows of which a part of the query is a name, with 2 or more where it is the whole query, and that part.

        A thing is named last ("phone case" is a case) in English, Chinese and Korean, so the end counts a little more.
        """
        stands = {term.word: singular(term.stands) for term in terms if term.stands}
        wanted = [part for run in runs for part in (run if is_cjk(run) else [run])][:MAX_TOKENS]
        said = [stands.get(word, singular(word)) for word in wanted]
        hits: dict[int, tuple[float, str]] = {}
        for start in range(len(said)):
            for end in range(start + 1, min(len(said), start + _LONGEST_NAME) + 1):
                share = (end - start) / len(said)
                part = 0.75 * share + (0.15 if end == len(said) else 0)
                for row, place in self._names.get(tuple(said[start:end]), {}).items():
                    score = WHOLE_NAME + self._by_place / (1 + place / 8) if share == 1 else part
                    if score > hits.get(row, (0.0, ""))[0]:
                        hits[row] = (score, _joined(wanted[start:end]))
        return hits


def is_cjk(text: str) -> bool:
    """Whether a text begins with a Chinese, Japanese or Korean character."""
    return re.match(rf"[{_CJK}]", text) is not None


def _joined(parts: list[str]) -> str:
    """Words with blanks between them, characters without."""
    text = ""
    for part in parts:
        text += part if not text or (is_cjk(part) and is_cjk(text[-1])) else f" {part}"
    return text


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[n : n + 2] for n in range(len(run) - 1)]


def _pair_match(pair: str) -> str:
    """What finds a pair of characters; a single one is found where a pair begins with it."""
    return _quoted(pair) if len(pair) > 1 else _quoted(pair) + " *"


class _Text:
    """Texts as they are indexed: in words, Chinese, Japanese and Korean in pairs of characters.

    Lists say the same words over and over: each is folded once.
    """

    def __init__(self) -> None:
        self._parts: dict[str, list[str]] = {}
        self._texts: dict[str, str] = {}

    def indexed(self, text: str) -> str:
        found = self._texts.get(text)
        if found is None:
            found = self._texts[text] = " ".join(part for word in text.split() for part in self._cut(word))
        return found

    def words(self) -> Iterator[str]:
        """Every word of the texts that a mistyped one may have been meant for, also in the singular."""
        forms = dict.fromkeys(
            form for parts in self._parts.values() for part in parts for form in (part, singular(part))
        )
        return filter(_correctable, forms)

    def _cut(self, word: str) -> list[str]:
        found = self._parts.get(word)
        if found is None:
            runs = _RUN.findall(fold(word))
            found = self._parts[word] = [part for run in runs for part in (_pairs(run) if is_cjk(run) else [run])]
        return found


def _sound(word: str) -> str:
    """A word with what is often confused in English spelling written alike: foyl and foil, bycicle and bicicle."""
    return re.sub(r"(.)\1", r"\1", word.replace("ph", "f").translate(_CONFUSED))


def _correctable(word: str) -> bool:
    """Whether a word is long enough, and of letters, so that another one can be a misspelling of it."""
    return len(word) > 3 and word.isalpha() and not is_cjk(word)


def _quoted(word: str) -> str:
    """A word as FTS5 takes it for text, whatever it holds."""
    return '"' + word.replace('"', '""') + '"'
