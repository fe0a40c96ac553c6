"""Words: how they are compared, shown and refused; and the tables of this package."""

import csv
import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

MAX_INPUT = 200
"""Longest text, in characters, that any resolver looks at; no name or code is longer."""

UNSEEN = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ud800-\udfff\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
)
"""What shows nothing, or turns round what follows: controls but for tab and line break, marks of direction, of zero
width and of annotation, variation selectors and tags, halves of surrogates. Nothing of it is needed to read a name or a
note in Chinese, Korean or any language of the services; all of it can hide words from a person that a model reads."""

_UNSEEN = re.compile(f"[{UNSEEN}]")
_CUT = "\N{REPLACEMENT CHARACTER}"
_SEPARATORS = re.compile(r"[\s_\-–—/.,;:'’`\"()\[\]（），、·*&+]+")
_LETTERS = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"})


class CodeError(ValueError):
    """A word or code that cannot be read.

    `message` says what was wrong, `allowed` what is accepted, `nearest` the valid values closest to what was given
    (or, for an ambiguous word, all the choices), which may be given as what finds them: it is only asked where they
    are shown, since a search tries the words of many lists. `str(error)` joins the three.
    """

    def __init__(
        self, message: str, *, allowed: str = "", nearest: tuple[str, ...] | Callable[[], tuple[str, ...]] = ()
    ) -> None:
        self.message = message
        self.allowed = allowed
        self._nearest = nearest
        super().__init__(message)

    @property
    def nearest(self) -> tuple[str, ...]:
        if callable(self._nearest):
            self._nearest = self._nearest()
        return self._nearest

    def __str__(self) -> str:
        parts = [self.message]
        if self.allowed:
            parts.append(f"Allowed: {self.allowed}.")
        if self.nearest:
            parts.append(f"Nearest: {', '.join(self.nearest)}.")
        return " ".join(parts)


def bounded(text: str) -> str:
    """`text`, cut if it is longer than any code or name, with a mark that keeps the cut text from matching one."""
    return text if len(text) <= MAX_INPUT else text[:MAX_INPUT] + _CUT


def fold(text: str) -> str:
    """Text as it is compared: without case, accents, width variants, punctuation and doubled blanks."""
    return _folded(bounded(text))


@lru_cache(maxsize=8192)  # the names of the lists are compared with every word that is searched
def _folded(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFD", wide) if not unicodedata.combining(c))
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFC", plain)).strip()


def counted(number: int, noun: str) -> str:
    """So many of something: `1 row`, `2,000 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def clean(text: str) -> str:
    """Foreign text on one line for people and models: no control, bidi or invisible characters, single blanks."""
    seen = visible(text)
    if not seen.isprintable():
        seen = "".join(char if char.isprintable() or char.isspace() else _CUT for char in seen)
    return " ".join(seen.split())


def visible(text: str) -> str:
    """Foreign text without what can not be seen. Line breaks and tabs stay.

    A control character, which has no place in a text, leaves a mark; what parts words leaves a blank.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub(_instead, text)


def _instead(unseen: re.Match[str]) -> str:
    char = unseen[0]
    if char.isspace():
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) in ("Cc", "Cs") else ""


def shown(text: str, limit: int = 40) -> str:
    """What a caller wrote, as an error quotes it: in quotes, every character in its place, cut to `limit`.

    A character that shows nothing has a mark in its place, so that one sees what was wrong; `clean` takes it out.
    """
    marked = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:limit])
    return f"'{marked}…'" if len(text) > limit else f"'{marked}'"


def nearest(word: str, choices: Iterable[str], n: int = 3, *, cutoff: float = 0.6) -> tuple[str, ...]:
    """Up to `n` of `choices` that look like `word`, best first; none where nothing does.

    Compared by `fold`, returned as they were given.
    """
    folded: dict[str, str] = {}
    for choice in choices:
        folded.setdefault(fold(choice), choice)
    return tuple(folded[hit] for hit in difflib.get_close_matches(fold(word), folded, n=n, cutoff=cutoff))


def table_text(name: str) -> str:
    """The text of a file in `data/`."""
    from importlib import resources  # noqa: PLC0415  10 ms that a start without look-ups need not pay

    return resources.files("tradestat_tools.codes").joinpath("data", name).read_text(encoding="utf-8")


def table_rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file in `data/`, by its header; lines beginning with # are comments."""
    return csv.DictReader(line for line in table_text(name).splitlines() if not line.startswith("#"))
