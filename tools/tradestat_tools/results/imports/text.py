"""From bytes to rows of cells: the encoding, what parts the cells, the header; a line at a time."""

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import BinaryIO

from tradestat_tools.codes.words import shown
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.model.file_layout import CellFault, Column, Layout, cleaned
from tradestat_tools.results.imports.folder import file_refused

MOST_LINE = 64_000
"""Characters. A row of the widest export has some 2,000."""

MOST_COLUMNS = 200
DELIMITERS = (",", "\t", ";")
ENCODINGS = ("utf-8", "gb18030", "cp949", "cp1252", "utf-16-le", "utf-16-be")

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEP = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
"""A first line by which a spreadsheet says what parts the cells."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written, and what its header says.

    Args:
        skipped: lines before the header.
        heads: as in the file, cleaned, without empty ones at the end.
    """

    layout: type[Layout]
    encoding: str
    delimiter: str
    skipped: int
    heads: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """The first line under one encoding and delimiter."""

    encoding: str
    delimiter: str
    skipped: int
    heads: tuple[str, ...]


class NotInEncoding(Exception):
    """Bytes that do not stand for text in the encoding tried."""


def forms(stream: BinaryIO, layouts: Sequence[type[Layout]], encoding: str | None, name: str) -> list[Form]:
    """The ways in which a file can be read so that its header is known, the best first.

    Args:
        encoding: the only one tried, where the caller names it.

    Raises:
        InvalidQuery: in no way; says which column is unknown or missing.
    """
    stream.seek(0)
    start = stream.read(4 * MOST_LINE)
    if not start.strip(b"\0\t\r\n \xff\xfe\xef\xbb\xbf"):
        raise file_refused(f"{shown(name)} is empty.", allowed="a file with a header and rows")
    tried = [encoding] if encoding else _likely(start)
    readings = [one for each in tried for one in _readings(start, each)]
    return _known(readings, layouts, name, encoding)


def header_form(heads: Sequence[str], encoding: str, layouts: Sequence[type[Layout]], name: str) -> Form:
    """The form of a file whose columns have names of their own, without text to be read.

    Raises:
        InvalidQuery: they are not known; says which.
    """
    return _known([_Reading(encoding, ",", 0, tuple(heads))], layouts, name, encoding)[0]


def _known(
    readings: Sequence[_Reading], layouts: Sequence[type[Layout]], name: str, encoding: str | None
) -> list[Form]:
    """Those whose header is one of a layout, the likeliest first.

    Raises:
        InvalidQuery: there is none.
    """
    found: list[tuple[int, Form]] = []
    near: list[tuple[int, _Reading, type[Layout]]] = []
    for reading, layout in product(readings, layouts):
        known = [layout.column(head) for head in reading.heads]
        fields = [column.field for column in known if column]
        score = len(fields)
        if not layout.missing(fields) and score == len(known) == len(set(fields)):
            if encoding or reading.encoding in layout.encodings or reading.encoding.startswith("utf"):
                columns = tuple(column for column in known if column)
                form = Form(layout, reading.encoding, reading.delimiter, reading.skipped, reading.heads, columns)
                found.append((layout.encodings.index(form.encoding) if form.encoding in layout.encodings else 9, form))
        else:
            near.append((score, reading, layout))
    if found:
        return [form for _, form in sorted(found, key=lambda one: one[0])]
    raise _unknown(near, layouts, name, encoding)


def _likely(start: bytes) -> list[str]:
    """By the mark at the beginning, else all; UTF-16 has a zero byte with every Latin letter, digit and comma."""
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return []
    marked = [encoding for mark, encoding in _MARKS if start.startswith(mark)]
    return marked or [one for one in ENCODINGS if one.startswith("utf-16") == (b"\0" in start[:64])]


def _readings(start: bytes, encoding: str) -> Iterator[_Reading]:
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(_first_lines(start, encoding)).lstrip("\ufeff")
    except UnicodeDecodeError:
        return
    lines = text.splitlines()
    skipped = 0
    given = _SEP.fullmatch(lines[0].strip()) if lines else None
    while skipped < len(lines) and (not lines[skipped].strip() or (skipped == 0 and given)):
        skipped += 1
    if skipped == len(lines) or len(lines[skipped]) >= MOST_LINE:
        return
    for delimiter in [given[1]] if given and given[1] in DELIMITERS else DELIMITERS:
        try:
            cells = next(csv.reader([without_tabs(lines[skipped], delimiter)], delimiter=delimiter, strict=True))
            heads = [cleaned(cell) for cell in cells]
        except (csv.Error, CellFault):
            continue
        while heads and not heads[-1]:
            heads.pop()
        if 1 < len(heads) <= MOST_COLUMNS:
            yield _Reading(encoding, delimiter, skipped, tuple(heads))


def _first_lines(start: bytes, encoding: str) -> bytes:
    """Whole lines only: a character may be cut at the end of what was read, and what follows may be garbled."""
    if encoding.startswith("utf-16"):
        return start[: len(start) // 2 * 2 - 2] if len(start) >= 4 * MOST_LINE else start
    lines = start.splitlines(keepends=True)
    upto = next((at for at, line in enumerate(lines) if line.strip(b" \t\r\n\xef\xbb\xbf")), 0)
    return b"".join(lines[: upto + 2]) if b"sep=" in lines[upto].lower() else b"".join(lines[: upto + 1])


def without_tabs(line: str, delimiter: str) -> str:
    """Text without the tabs that China Customs' files have after some quotes, which CSV does not know."""
    return line.replace('"\t', '"') if delimiter != "\t" and '"\t' in line else line


def _unknown(
    near: Sequence[tuple[int, _Reading, type[Layout]]], layouts: Sequence[type[Layout]], name: str, encoding: str | None
) -> InvalidQuery:
    """What is wrong with the header that comes nearest to one known."""
    best = max(near, key=lambda one: one[0], default=None)
    if best is None:
        tried = encoding or "UTF-8, UTF-16, GB18030, CP949 or Windows-1252"
        return file_refused(
            f"{shown(name)} has no row of column names that can be read as {tried} text parted by comma, tab or ;.",
            allowed="a CSV file with its column names in the first row",
            remedy="Export the file again and import it as it is.",
        )
    score, reading, layout = best
    known = [layout.column(head) for head in reading.heads]
    strange = [head for head, column in zip(reading.heads, known, strict=True) if column is None]
    if score < 2:
        return file_refused(
            f"The first row of {shown(name)} is no header known here: {', '.join(map(shown, reading.heads[:6]))}.",
            allowed="; ".join(f"{one.name}: {one.expected}" for one in layouts),
            remedy="Import the file as the site exported it; if its words look garbled, name its encoding.",
        )
    fields = [column.field for column in known if column]
    if missing := layout.missing(fields):
        what = f"lacks a column for {', '.join(field.replace('_', ' ') for field in missing)}"
        what += f" and has {', '.join(shown(head) for head in strange[:4])}, which is not known" if strange else ""
    elif strange:
        what = f"has a column that is not known here: {', '.join(shown(head) for head in strange[:4])}"
    else:
        twice = [head for at, head in enumerate(reading.heads) if fields[at] in fields[:at]]
        what = f"has two columns for one thing: {', '.join(shown(head) for head in twice[:4])}"
    return file_refused(
        f"{shown(name)} looks like a file of {layout.name} but {what}.",
        allowed=layout.expected,
        remedy="Import the file as the site exported it, or take the column out.",
    )


def rows(stream: BinaryIO, form: Form) -> Generator[tuple[int, list[str]]]:
    """The rows below the header, each with its number in the file, as long as the header.

    Raises:
        NotInEncoding: bytes that are no text in the form's encoding.
        InvalidQuery: a row of another length, an open quote, a line that is too long.
    """
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=form.encoding, errors="strict", newline="")
    width = len(form.heads)
    lines = _lines(text, form.delimiter)
    number = 0
    try:
        for _ in range(form.skipped + 1):
            next(lines)
        number = form.skipped + 1
        reader = csv.reader(lines, delimiter=form.delimiter, strict=True)
        for cells in reader:
            number = form.skipped + 1 + reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) < width or any(cell.strip() for cell in cells[width:]):
                raise _wrong_length(number, len(cells), width, form.delimiter)
            yield number, cells[:width]
    except UnicodeDecodeError:
        raise NotInEncoding(f"somewhere after row {max(number, 1)}") from None
    except csv.Error as error:
        raise file_refused(
            f"Row {number + 1}, column {shown(form.heads[0])} or later: {_said(error)}.",
            allowed="cells whose quotes are closed, each on one line",
            remedy="Export the file again: it is damaged or was cut off.",
        ) from None
    finally:
        text.detach()


def _lines(text: io.TextIOWrapper, delimiter: str) -> Iterator[str]:
    number = 0
    while line := text.readline(MOST_LINE):
        number += 1
        if len(line) == MOST_LINE and not line.endswith(("\n", "\r")):
            raise file_refused(
                f"Row {number} is longer than {MOST_LINE:,} characters.",
                allowed="a CSV file with one row a line",
            )
        yield without_tabs(line, delimiter)


def _said(error: csv.Error) -> str:
    return "a quote is not closed" if "unexpected end" in str(error) else f"{error}"


def _wrong_length(number: int, cells: int, width: int, delimiter: str) -> InvalidQuery:
    hint = " A number with thousands commas must stand in quotes." if cells > width and delimiter == "," else ""
    return file_refused(
        f"Row {number} has {cells} cell{'s' * (cells != 1)}, the header {width} columns.{hint}",
        allowed="as many cells in every row as in the header",
        remedy="Export the file again: a row is damaged or was cut off.",
    )
