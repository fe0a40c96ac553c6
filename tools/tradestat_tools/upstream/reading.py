"""Reading what services send: JSON and XML, their words and their numbers.

Every source reads by these, so that what can not be seen is taken out of foreign text in one place, where it enters.
"""

import json
import math
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast
from xml.parsers.expat import ParserCreate

import xmltodict

from tradestat_tools.codes.units import MAX_MAGNITUDE, written
from tradestat_tools.codes.words import UNSEEN, clean, visible

MISSING_WORDS = frozenset({"", "-", "--", "—", "–", "/", "null", "none", "n/a"})
"""Spellings of "no value" in one service or another."""


LARGEST = 10**MAX_MAGNITUDE
"""No figure of trade is as large; JSON sets no bound."""


_RAW = re.compile(f"[{UNSEEN}]")
_ESCAPED = re.compile(r"\\(?:[bf]|u(?:00(?:[0189]|7[fF]|[aA][dD])|034[fF]|061|180|20[0-6]|[dD][89a-fA-F]|[fF][eEfF]))")
"""How JSON writes what can not be seen, and some more."""


def json_of(
    body: bytes | str,
    *,
    constant: Callable[[str], Any] | None = None,
    decimal: Callable[[str], Any] | None = None,
) -> Any:
    """What a body says in JSON, in any of its encodings, with or without a mark at its beginning.

    Args:
        constant: what is made of NaN, Infinity and -Infinity, which JSON does not have.
        decimal: what is made of numbers with a point; left out, they are floats.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested beyond reason.
    """
    text = body if isinstance(body, str) else body.decode(json.detect_encoding(body), "surrogatepass")
    found = json.loads(text, parse_constant=constant, parse_float=decimal)
    # Looking at the text costs a tenth of looking at all that was read from it.
    hides = (not text.isascii() and _RAW.search(text)) or "\x7f" in text or ("\\" in text and _ESCAPED.search(text))
    return _visible(found) if hides else found


class Rows:
    """Rows as columns: of each field the values of all rows, in their order.

    Attributes:
        count: how many rows.
        runs: how many runs of rows without another element between them.
    """

    def __init__(self) -> None:
        self.count = self.runs = 0
        self._columns: dict[str, list[Any]] = {}

    def add(self, row: Mapping[str, Any]) -> None:
        """Take one row more."""
        if row.keys() != self._columns.keys():
            for name in row.keys() - self._columns.keys():
                self._columns[name] = [ABSENT] * self.count
            row = {name: row.get(name, ABSENT) for name in self._columns}
        for name, value in row.items():
            self._columns[name].append(value)
        self.count += 1

    def column(self, name: str) -> list[Any]:
        """The values of a field; ABSENT where a row leaves it out."""
        return self._columns.get(name) or [ABSENT] * self.count

    def made_visible(self) -> "Rows":
        """The same, without what can not be seen; each text is looked at once."""
        self._columns = {visible(name): _made_visible(values) for name, values in self._columns.items()}
        return self


def _made_visible(values: list[Any]) -> list[Any]:
    try:
        together = "".join(values)
    except TypeError:  # one is no text
        return _visible(values)
    if together.isascii() and together.isprintable():
        return values
    seen = {text: visible(text) for text in set(values)}
    return [seen[text] for text in values]


ABSENT: Any = object()
"""Stands for a field that a row leaves out."""


def xml_of(body: bytes, *, row: str = "", encoding: str | None = None) -> tuple[Any, Rows]:
    """What a body says in XML: as nested mappings, and apart from them its rows.

    Entities are refused: a few lines could unfold to gigabytes.

    Args:
        row: elements that are rows; in the mappings each run of them is one None of a list.
        encoding: of the body; left out, what it says itself.

    Raises:
        ExpatError: it is not well-formed.
        ValueError, LookupError: it is not safe to read, or in an unknown encoding.
        RecursionError: it is nested beyond reason.
    """
    rows = Rows()
    parsers = _Parsers(row, rows)
    found = xmltodict.parse(body.lstrip(b" \t\r\n"), encoding=encoding, force_list=(row,), expat=parsers)
    return _visible(found), rows.made_visible()


class _Parsers:
    """In place of the module `expat`, from which xmltodict gets its parser."""

    def __init__(self, row: str, rows: Rows) -> None:
        self._row = row
        self._rows = rows

    def ParserCreate(self, *how: Any) -> "_Parser":  # noqa: N802 - as expat's own
        """A parser that keeps rows apart."""
        return _Parser(ParserCreate(*how), self._row, self._rows)


class _Parser:
    """Expat, and what reads by it: xmltodict, but within a row this itself.

    xmltodict takes four times as long for a row as expat does, and holds all of them at once; a month of a chapter has
    3,700 (seen October 2026). It still reads all that is around the rows, and sets what is refused.
    """

    _parser: Any
    _row: str
    _rows: Rows

    def __init__(self, parser: Any, row: str, rows: Rows) -> None:
        self.__dict__.update(_parser=parser, _row=row, _rows=rows)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._parser, name, value)

    def Parse(self, body: bytes, is_last: bool) -> None:  # noqa: N802 - as expat's own
        """Read the body.

        Raises:
            ExpatError: it is not well-formed.
        """
        row, rows, parser = self._row, self._rows, self._parser
        around = parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler
        above: list[dict[str, Any] | None] = []
        held: dict[str, Any] | None = None
        text: list[str] = []
        begins = True

        def start_around(name: str, attributes: list[str]) -> None:
            nonlocal begins
            begins = begins or name != row
            if begins:
                around[0](name, attributes)
            if name == row:
                parser.StartElementHandler, parser.EndElementHandler = start, end
                parser.CharacterDataHandler = text.append

        def start(_name: str, _attributes: list[str]) -> None:
            nonlocal held
            above.append(held)
            held = None
            text.clear()

        def end(name: str) -> None:
            nonlocal held, begins
            if above:
                value = "".join(text) if held is None else held
                held = above.pop()
                if held is None:
                    held = {name: value}
                else:
                    held[name] = [held[name], value] if name in held else value
                return
            rows.add(held or {})
            held = None
            parser.StartElementHandler, parser.EndElementHandler = start_around, around[1]
            parser.CharacterDataHandler = around[2]
            if begins:
                rows.runs += 1
                around[1](name)
            begins = False

        parser.StartElementHandler = start_around
        parser.Parse(body, is_last)


def named(found: Any, *names: str) -> Iterator[Any]:
    """What stands under elements or members of these names, whatever their prefix, at any depth."""
    waiting: list[Any] = [found]
    while waiting:
        held = waiting.pop(0)
        if isinstance(held, Mapping):
            for key, value in cast("Mapping[str, Any]", held).items():
                if key.rpartition(":")[2] in names:
                    yield value
                waiting.append(value)
        elif isinstance(held, list):
            waiting += cast("list[Any]", held)


def first_text(found: Any, name: str) -> str:
    """The text of the first element of a name; "" where there is none, or no text in it."""
    value = next(named(found, name), None)
    if isinstance(value, Mapping):
        value = cast("Mapping[str, Any]", value).get("#text")
    return value.strip() if isinstance(value, str) else "" if value is None or isinstance(value, list) else str(value)


def gunzipped(body: bytes, bound: int) -> bytes | None:
    """A body that came gzipped without a header that says so, others as they are; None of one that can not be unpacked.

    Args:
        bound: bytes of which at most one more is unpacked, so that a longer result tells a bomb.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        whole = unpack.decompress(body, bound + 1)
    except zlib.error:
        return None
    return whole if unpack.eof or len(whole) > bound else None


def _visible(value: Any) -> Any:
    """The same, with every text in it made visible, in place: answers may be nested deeper than calls can be."""
    whole: list[Any] = [value]
    left: list[list[Any] | dict[str, Any]] = [whole]
    while left:
        held = left.pop()
        if isinstance(held, dict):
            named = {visible(name): one for name, one in held.items()}
            held.clear()
            held.update(named)
        inside: Any = held
        for at, one in list(held.items() if isinstance(held, dict) else enumerate(held)):
            if isinstance(one, str):
                inside[at] = visible(one)
            elif isinstance(one, list | dict):
                left.append(cast("list[Any] | dict[str, Any]", one))
    return whole[0]


def one_line(value: object, limit: int) -> str:
    """Foreign text as a message may quote it: printable, on one line, with single blanks, cut with a mark."""
    line = clean(str(value)[: 4 * limit])
    return line if len(line) <= limit else line[: limit - 1] + "…"


def sentence(text: str) -> str:
    """Foreign words with one full stop at their end, however many they came with."""
    return text.rstrip(". ") + "."


def number(value: object) -> int | float | None:
    """A figure as JSON or text, with commas for thousands or not; None for null and words for it.

    Whole numbers stay whole, also where they came with a point, as long as they are exact.

    Raises:
        ValueError: no finite number, or one that may mean another: a comma is never taken for a decimal point.
    """
    if isinstance(value, str):
        text = value.strip()
        if text.lower() in MISSING_WORDS:
            return None
        plain = written(text)
        value = int(plain) if plain.lstrip("+-").isdigit() else float(plain)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")  # noqa: TRY004 - readers catch one kind
    if not math.isfinite(value) if isinstance(value, float) else abs(value) >= LARGEST:
        raise ValueError("not a figure of trade")
    if isinstance(value, int):
        return value
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
