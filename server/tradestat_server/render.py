"""Answers and errors as text for models and people. Knows no protocol.

One header line, compact tables, notes, how to get more. Foreign text can neither break a line nor reach the terminal.
"""

import math
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from tradestat_tools.answers import Answer, Cell, Note, Provenance, Table
from tradestat_tools.codes.units import MISSING
from tradestat_tools.errors import InvalidQuery, NoData, TradestatError

MAX_CHARS = 25_000
"""Characters of one text block, unless told otherwise."""

MIN_CHARS = 4_000
"""A smaller bound could not hold a header and its notes."""

SANDBOX_LABEL = "SANDBOX DATA (synthetic, not statistics)"

LABEL_WIDTH = 48
"""Terminal columns of a text cell, beyond which it is cut; more in tables of two or three columns."""

TABLE_WIDTH = 200
"""Terminal columns that the text cells of one row may take together."""

HEADER_CHARS = 400
NOTE_CHARS = 600
MORE_CHARS = 400
SHOWN_NOTES = 24
"""More than there are note codes; what is beyond is counted."""

SHOWN_TABLES = 8


def render_answer(answer: Answer[Any], *, max_chars: int = MAX_CHARS) -> str:
    """The answer as text of at most `max_chars` characters; whole rows are left out and counted where it would be more.

    The header, the notes and the way to get more are always there.

    Raises:
        ValueError: `max_chars` is below `MIN_CHARS`.
    """
    if max_chars < MIN_CHARS:
        raise ValueError(f"max_chars is at least {MIN_CHARS}")
    header = _header(answer.what, answer.source)
    tail = _tail(answer, room=max_chars // 2)
    body = _tables(answer.data.tables(), max_chars - len(header) - len(tail) - 2)
    return "\n".join(part for part in (header, body, tail) if part)


def render_error(error: TradestatError) -> str:
    """The failure as a few lines that a caller can act on."""
    lines = [f"{error.kind}: {_cut_text(error.message, NOTE_CHARS)}"]
    if isinstance(error, InvalidQuery):
        if error.allowed:
            lines.append(f"Allowed: {_cut_text(error.allowed, NOTE_CHARS)}")
        unsaid = [near for near in error.nearest if near not in error.remedy]
        if unsaid:
            lines.append(f"Nearest: {_cut_text(', '.join(unsaid), NOTE_CHARS)}")
    if isinstance(error, NoData):
        lines.extend(
            _cut_text(f"{'Why' if one.sure else 'Perhaps'}: {one.reason.value}: {one.text}", NOTE_CHARS)
            for one in error.why
        )
    lines.append(f"Do: {_cut_text(error.remedy, NOTE_CHARS)}")
    if error.retry_after is not None:
        lines.append(f"Retry after: {math.ceil(error.retry_after):,} s")
    return "\n".join(lines)


def clean(text: str) -> str:
    """Foreign text on one line: no control, bidi or invisible characters, single blanks."""
    if text.isprintable():
        return " ".join(text.split())
    kept: list[str] = []
    for char in text:
        if char.isspace():
            kept.append(" ")
        elif char.isprintable():
            kept.append(char)
        elif unicodedata.category(char) != "Cf":
            kept.append("\N{REPLACEMENT CHARACTER}")
    return " ".join("".join(kept).split())


def width(text: str) -> int:
    """Terminal columns that `text` takes: Chinese, Japanese and Korean characters take two, combining marks none."""
    return len(text) if text.isascii() else _columns(text)


def cell_text(cell: Cell, limit: int = LABEL_WIDTH) -> str:
    """One cell as text: figures with thousands separators, missing as a dash, text cleaned and cut to `limit`."""
    if cell is None:
        return MISSING
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str):
        return _cut_width(clean(cell), limit)
    return _number(cell)


def _header(what: str, source: Provenance) -> str:
    measure = ", ".join(part for part in (source.unit, source.valuation) if part)
    published = f"published {source.published_at:%Y-%m-%d}" if source.published_at else ""
    state = "" if source.state == "sandbox" else source.state
    parts = (what, measure, source.service, published, f"retrieved {source.retrieved_at:%Y-%m-%d}", state)
    label = f"{SANDBOX_LABEL} · " if source.state == "sandbox" else ""
    return _cut_text(label + " · ".join(cleaned for part in parts if (cleaned := clean(part))), HEADER_CHARS)


def _tail(answer: Answer[Any], *, room: int) -> str:
    lines: list[str] = []
    if answer.source.coverage:
        lines.append(f"Coverage: {_cut_text(answer.source.coverage, MORE_CHARS)}")
    if answer.more:
        lines.append(f"More: {_cut_text(answer.more, MORE_CHARS)}")
    room -= sum(len(line) + 1 for line in lines)
    notes = _notes(answer.notes, room)
    return "\n".join([*lines[:-1], *notes, lines[-1]] if answer.more else [*lines, *notes])


def _notes(notes: Sequence[Note], room: int) -> list[str]:
    if not notes:
        return []
    shown = notes[:SHOWN_NOTES]
    share = min(NOTE_CHARS, (room - 80) // len(shown) - 4)
    lines = ["Notes:", *(f"- {_cut_text(f'{note.code.value}: {note.text}', share)}" for note in shown)]
    if len(notes) > len(shown):
        lines.append(f"- {len(notes) - len(shown)} more notes in the structured content")
    return lines


def _tables(tables: Sequence[Table], room: int) -> str:
    """The tables one after another, each as far as the room goes, keeping a line for each of those that follow."""
    shown = tables[:SHOWN_TABLES]
    last = [f"… {len(tables) - len(shown)} more tables in the structured content."] if len(tables) > len(shown) else []
    room -= sum(len(line) + 1 for line in last)
    blocks: list[str] = []
    for index, table in enumerate(shown):
        kept_for_later = sum(len(_left_out(later, 0)) + 1 for later in shown[index + 1 :])
        blocks.append(_table(table, room - kept_for_later))
        room -= len(blocks[-1]) + 1
    return "\n".join([*blocks, *last])


def _table(table: Table, room: int) -> str:
    """A table of at most `room` characters: whole rows, and how many were left out."""
    if not table.rows:
        title = clean(table.title)
        return f"{_cut_text(title, LABEL_WIDTH)}: no rows" if title else "No rows."
    numeric = _numeric_columns(table)
    limit = max(LABEL_WIDTH, TABLE_WIDTH // len(table.columns))
    lines = [[_cut_width(clean(column), LABEL_WIDTH) for column in table.columns]]
    taken = 0
    for row in table.rows:
        lines.append([cell_text(cell, limit) for cell in row])
        taken += sum(map(len, lines[-1]))
        if taken > room:
            break  # alignment only adds to it

    def text(shown: int) -> str:
        parts = [_cut_text(table.title, LABEL_WIDTH * 2)] if table.title and shown else []
        parts += _aligned(lines[: shown + 1], numeric) if shown else []
        parts += [_left_out(table, shown)] if shown < len(table.rows) else []
        return "\n".join(parts)

    if len(lines) > len(table.rows) and len(whole := text(len(table.rows))) <= room:
        return whole
    fits = bisect_right(range(1, len(lines)), room, key=lambda shown: len(text(shown)))
    return text(min(fits, len(table.rows) - 1))


def _left_out(table: Table, shown: int) -> str:
    left = len(table.rows) - shown
    rows = f"{left:,} {'more ' if shown else ''}row{'s' * (left != 1)}"
    where = "" if shown or not table.title else f"{_cut_text(table.title, LABEL_WIDTH)}: "
    return f"… {where}{rows} not shown: all are in the structured content; ask for less to see them here."


def _numeric_columns(table: Table) -> list[bool]:
    """Which columns hold figures: no text in them (an empty cell is none), and at least one number."""
    return [
        not any(isinstance(row[i], str) and row[i] for row in table.rows)
        and any(isinstance(row[i], int | float) for row in table.rows)
        for i in range(len(table.columns))
    ]


def _aligned(lines: Sequence[Sequence[str]], numeric: Sequence[bool]) -> list[str]:
    widths = [max(width(line[i]) for line in lines) for i in range(len(numeric))]
    place: list[Callable[[str, int], str]] = [_right if is_number else _left for is_number in numeric]
    return ["  ".join(place[i](text, widths[i]) for i, text in enumerate(line)).rstrip() for line in lines]


def _left(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _right(text: str, columns: int) -> str:
    return " " * (columns - width(text)) + text


def _number(value: float) -> str:
    """Whole numbers in full; fractions to two decimals, below one to four significant digits."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if abs(value) >= 1e18:
        return f"{value:.6g}"
    if value == int(value):
        return f"{int(value):,}"
    if abs(value) >= 1:
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:.4g}"


def _cut_text(text: str, limit: int) -> str:
    """Clean text of at most `limit` characters, cut at a word where one is near."""
    text = clean(text)
    return text if len(text) <= limit else _at_word(text, limit - 1)


def _cut_width(text: str, limit: int) -> str:
    """Clean text of at most `limit` terminal columns (and as many characters), cut at a word where one is near."""
    if width(text) <= limit and len(text) <= limit:
        return text
    end, taken = 0, 0
    while (taken := taken + max(1, _char_width(text[end]))) < limit:
        end += 1
    return _at_word(text, end)


def _at_word(text: str, end: int) -> str:
    """The first `end` characters, or up to the last blank among them if little is lost, and an ellipsis."""
    at_word = text[: end + 1].rpartition(" ")[0]
    kept = at_word if len(at_word) >= end * 2 // 3 else text[:end]
    return kept.rstrip(" ,;:(") + "…"


@lru_cache(maxsize=8192)
def _columns(text: str) -> int:
    # Remembered: the cells of a long table are measured again for every number of rows that is tried.
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
