"""Rows of trade data as columns in which each value stands once.

A real row has 47 fields and takes about 1 KB, so that the 100,000 rows of the largest answer are 89 MB (seen October
2026); nearly all of it is the same names and texts again and again. As columns they are about 10 MB.
"""

import codecs
import json
import re
from array import array
from collections.abc import Generator, Mapping, Sequence
from operator import itemgetter
from typing import Any

COLUMNS, ROWS, FAULT = "condensed columns", "condensed rows", "condensed fault"
"""Members in place of `data`: the columns, how many rows they have, and what was wrong with the body."""

CONDENSED_FROM = 1024 * 1024
"""Bytes from which on a body is taken apart; shorter ones stay as they came."""

BATCH = 500
"""Rows that are joined to the columns at a time."""

LONGEST = 1024 * 1024
"""Characters within which one row, or one member beside the rows, must end."""

ABSENT = "\ue000 absent"
"""Stands for a field that a row leaves out, which is not the same as null. A character of no language, that is kept
where foreign text is cleaned."""

_TEXT = {str, type(None)}
_NUMBERS, _FLAGS = _TEXT | {int}, _TEXT | {bool}

_decode = json.JSONDecoder().raw_decode
BLANKS = " \t\r\n"
_blanks = re.compile(r"[ \t\r\n]*").match


class _Numbering(dict[Any, int]):
    """Gives every value that it is asked for a number, in their order."""

    def __missing__(self, value: Any) -> int:
        number = self[value] = len(self)
        return number


class Column:
    """The values of one field, one a row.

    Values that recur are kept once, with a number for each row; figures, and what is of several types, as they are:
    to Python `0`, `0.0` and `false` are the same value, and they must stay apart.
    """

    def __init__(self) -> None:
        self._numbers = _Numbering()
        self._at = array("I")  # empty while there is one value only
        self._count = 0
        self._kinds: set[type] = set()
        self._plain: list[Any] | None = None

    def extend(self, values: Sequence[Any]) -> None:
        """Add the values of further rows."""
        if self._plain is None:
            self._kinds |= set(map(type, values))
            if self._kinds <= _TEXT or self._kinds <= _NUMBERS or self._kinds <= _FLAGS:
                at = array("I", map(self._numbers.__getitem__, values))
                if self._at or len(self._numbers) > 1:
                    self._at = self._at or array("I", [0]) * self._count
                    self._at += at
                self._count += len(values)
                return
            distinct = list(self._numbers)
            self._plain = [distinct[at] for at in self._at] or distinct * self._count
            self._numbers, self._at = _Numbering(), array("I")
        self._plain.extend(values)

    def written(self) -> str:
        """The column as JSON: a list of its values; or those that recur, with the number of each row's."""
        if self._plain is not None:
            return _json(self._plain)
        if len(self._numbers) == 1:
            return _json({"values": list(self._numbers)})
        return _json({"values": list(self._numbers), "at": self._at.tolist()})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _Rows:
    """Rows as they come, kept as columns of the fields that are wanted."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.count = 0
        self._fields = tuple(fields)
        self._all = itemgetter(*fields)
        self._columns = [Column() for _ in fields]
        self._waiting: list[tuple[Any, ...]] = []

    def add(self, row: Mapping[str, Any]) -> None:
        """Take one row more."""
        try:
            self._waiting.append(self._all(row))
        except KeyError:
            self._waiting.append(tuple(row.get(name, ABSENT) for name in self._fields))
        self.count += 1
        if len(self._waiting) >= BATCH:
            self._join()

    def _join(self) -> None:
        for column, values in zip(self._columns, zip(*self._waiting, strict=True), strict=False):
            column.extend(values)
        self._waiting.clear()

    def written(self) -> str:
        """The columns as JSON."""
        self._join()
        parts = (f"{_json(name)}:{one.written()}" for name, one in zip(self._fields, self._columns, strict=True))
        return "{" + ",".join(parts) + "}"


class Condenser:
    """Takes an answer apart while it arrives, so that it is never in memory as a whole.

    Args:
        fields: those of a row that are wanted.
        at_least: bytes from which on a body is taken apart; a shorter one, and one that does not begin like an answer
            with rows, stays as it came.
    """

    def __init__(self, fields: Sequence[str], at_least: int = CONDENSED_FROM) -> None:
        self._fields = fields
        self._at_least = at_least
        self._raw = bytearray()
        self._is_short = True
        self._answer: _Answer | None = None

    @property
    def held(self) -> int:
        """Bytes that are kept as they came."""
        return len(self._raw)

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the body."""
        if self._answer is not None:
            self._answer.feed(piece)
            return
        self._raw += piece
        if self._is_short and len(self._raw) >= self._at_least:
            self._is_short = False
            answer = _Answer(self._fields)
            answer.feed(bytes(self._raw))
            if answer.has_rows:
                self._answer = answer
                self._raw.clear()

    def finish(self) -> bytes:
        """The body as it is to be kept."""
        return bytes(self._raw) if self._answer is None else self._answer.finish()


_Step = Generator[None, None, int]
"""Reads on from a place in the text, waits for more where it ends, and returns the place after what it read."""


class _Answer:
    """The envelope and its rows, read from text that comes in pieces."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.has_rows = False
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._read: Any = None
        self._members: dict[str, Any] = {}
        self._rows = _Rows(fields)
        self._is_whole = self._is_broken = False
        self._steps = self._envelope()
        next(self._steps)

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Read on as far as the text goes."""
        if self._is_broken:
            return
        try:
            self._text += self._utf8.decode(piece, last)
            self._steps.send(None)
        except (ValueError, RecursionError):
            self._is_broken = True
            self._text = ""

    def finish(self) -> bytes:
        """The envelope with columns in place of the rows."""
        self.feed(b"", last=True)
        whole = self._is_whole and not self._is_broken
        members = {**self._members, ROWS: self._rows.count, FAULT: "" if whole else "the body is cut off or not JSON"}
        return f"{_json(members)[:-1]},{_json(COLUMNS)}:{self._rows.written()}}}".encode("utf-8", "surrogatepass")

    def _envelope(self) -> Generator[None, None, None]:
        yield
        at = yield from self._sign(0, "{")
        while not self._is_whole:
            at = yield from self._value(at)
            name = self._read
            at = yield from self._sign(at, ":")
            at = yield from self._something(at)
            if name == "data" and self._text[at] == "[":
                self.has_rows = True
                at = yield from self._all_rows(at + 1)
            else:
                at = yield from self._value(at)
                self._members[str(name)] = self._read
            at = yield from self._sign(at, ",}")
            self._is_whole = self._text[at - 1] == "}"
        while True:
            if self._text[at:].strip(BLANKS):
                raise ValueError("more after the end")
            self._text, at = "", 0
            yield

    def _all_rows(self, at: int) -> _Step:
        at = yield from self._something(at)
        if self._text[at] == "]":
            return at + 1
        while True:
            at = yield from self._something(at)
            if self._text[at] != "{":
                raise ValueError("not a row")
            at = yield from self._value(at)
            self._rows.add(self._read)
            at = yield from self._sign(at, ",]")
            if self._text[at - 1] == "]":
                return at

    def _value(self, at: int) -> _Step:
        """Read one value into `_read`."""
        while True:
            at = yield from self._something(at)
            try:
                self._read, end = _decode(self._text, at)
            except json.JSONDecodeError:
                end = len(self._text)
            if end < len(self._text):  # else it may go on: a number that is cut is a number, too
                return end
            at = yield from self._more(at)

    def _sign(self, at: int, allowed: str) -> _Step:
        at = yield from self._something(at)
        if self._text[at] not in allowed:
            raise ValueError("not JSON")
        return at + 1

    def _something(self, at: int) -> _Step:
        """The place of the next character that is no blank."""
        while (found := _blanks(self._text, at)) is None or found.end() == len(self._text):
            at = yield from self._more(at)
        return found.end()

    def _more(self, at: int) -> _Step:
        """Wait for more text, of which what was read is left out."""
        if len(self._text) - at > LONGEST:
            raise ValueError("without an end")
        self._text = self._text[at:]
        yield
        return 0
