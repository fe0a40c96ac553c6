"""Tables as aligned text of a bounded length: whole rows, what all rows share said once, and how to get the rest."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tradestat_server.figures import exact, in_powers, number, unit_in_powers
from tradestat_server.lines import clean, cut_text, cut_width, left, right, width
from tradestat_tools.answers import Cell, Table
from tradestat_tools.codes.units import MISSING

LABEL_WIDTH = 48
"""Terminal columns of a text cell, beyond which it is cut; more in tables of two or three columns."""

TABLE_WIDTH = 200
"""Terminal columns that the text cells of one row may take together."""

SHOWN_TABLES = 8

SHARED_ROWS = 3
"""Rows from which on it is worth saying once what all of them share."""

ASKED_CHARS = 400
"""Characters of the arguments that ask for more rows."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the tables of an answer are shown.

    Args:
        unit: of the measures.
        power: the power of a thousand in which they are shown.
        result: the handle under which all rows can be had.
    """

    unit: str | None = None
    power: int = 0
    result: str | None = None


def cell_text(cell: Cell, limit: int = LABEL_WIDTH) -> str:
    """One cell as text: figures with thousands separators, missing as a dash, text cleaned and cut to `limit`."""
    return _cell(cell, limit, number)


def tables_text(tables: Sequence[Table], room: int, manner: Manner) -> str:
    """The tables one after another, each as far as the room goes, keeping a line for each of those that follow."""
    shown = [_Shown.of(table, at + 1, len(tables), manner) for at, table in enumerate(tables[:SHOWN_TABLES])]
    last = _more_tables(len(tables) - len(shown), manner)
    room -= sum(len(line) + 1 for line in last)
    blocks: list[str] = []
    for index, table in enumerate(shown):
        kept_for_later = sum(len(later.left_out(0)) + 1 for later in shown[index + 1 :])
        blocks.append(table.text(room - kept_for_later))
        room -= len(blocks[-1]) + 1
    return "\n".join([*blocks, *last])


def _more_tables(count: int, manner: Manner) -> list[str]:
    if not count:
        return []
    how = f"rows result={manner.result} table={SHOWN_TABLES + 1}" if manner.result else "in the structured content"
    return [f"… {count} more table{'s' * (count != 1)}: {how}"]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A table as it is shown.

    Args:
        heading: the line above it.
        formats: how the figures of each column are written.
        rest: what asks for its rows but for the offset; nothing where there is no handle.
    """

    table: Table
    heading: str
    formats: Sequence[Callable[[float], str]]
    rest: str

    @classmethod
    def of(cls, whole: Table, place: int, of: int, manner: Manner) -> "_Shown":
        """The table as it is shown, which is the `place`-th of so many."""
        table, shared = (whole, "") if whole.part else _without_shared(whole)
        in_power = manner.power > 0 and any(column in table.measures for column in table.columns)
        scale = f"in {unit_in_powers(manner.unit or '', manner.power)}, rounded" if in_power else ""
        parts = (cut_text(table.title, LABEL_WIDTH * 2), scale, shared)
        plain = exact if whole.part else number
        rounded = partial(in_powers, power=manner.power)
        asked = whole.part.asked if whole.part else f"result={manner.result}{f' table={place}' * (of > 1)}"
        return cls(
            table,
            " · ".join(part for part in parts if part),
            [rounded if in_power and column in table.measures else plain for column in table.columns],
            cut_text(asked, ASKED_CHARS) if manner.result else "",
        )

    def text(self, room: int) -> str:
        """At most `room` characters: whole rows, and how many were left out."""
        rows = self.table.rows
        if not rows:
            return f"{cut_text(self.heading, LABEL_WIDTH)}: no rows" if self.heading else "No rows."
        lines = [[cut_width(column, LABEL_WIDTH) for column in self.table.columns]]
        limit = max(LABEL_WIDTH, TABLE_WIDTH // len(self.table.columns))
        taken = 0
        for row in rows:
            lines.append([_cell(cell, limit, form) for cell, form in zip(row, self.formats, strict=True)])
            taken += sum(map(len, lines[-1]))
            if taken > room:
                break  # alignment only adds to it
        numeric = _numeric_columns(self.table)

        def text(shown: int) -> str:
            parts = [self.heading] if self.heading and shown else []
            parts += _aligned(lines[: shown + 1], numeric) if shown else []
            parts += [self.left_out(shown)] if shown < len(rows) else []
            return "\n".join(parts)

        if len(lines) > len(rows) and len(whole := text(len(rows))) <= room:
            return whole
        fits = bisect_right(range(1, len(lines)), room, key=lambda shown: len(text(shown)))
        return text(min(fits, len(rows) - 1))

    def left_out(self, shown: int) -> str:
        """The line that counts the rows which are not shown, and says how to get them."""
        left = len(self.table.rows) - shown
        rows = f"{left:,} {'more ' if shown else ''}row{'s' * (left != 1)}"
        where = "" if shown or not self.table.title else f"{cut_text(self.table.title, LABEL_WIDTH)}: "
        if not self.rest:
            return f"… {where}{rows} not shown: all are in the structured content; ask for less to see them here."
        before = self.table.part.first if self.table.part else 0
        return f"… {where}{rows}: rows {self.rest} offset={before + shown}"


def _without_shared(table: Table) -> tuple[Table, str]:
    """The table without the columns of text in which all rows agree, and what they agree in."""
    if len(table.rows) < SHARED_ROWS:
        return table, ""
    first = table.rows[0]
    same = [
        at
        for at, cell in enumerate(first)
        if isinstance(cell, str) and clean(cell) and all(row[at] == cell for row in table.rows)
    ]
    if not same or len(same) == len(table.columns):
        return table, ""
    kept = [at for at in range(len(table.columns)) if at not in same]
    columns = tuple(table.columns[at] for at in kept)
    agreed = ", ".join(f"{cut_width(table.columns[at], LABEL_WIDTH)} {cell_text(first[at])}" for at in same)
    return replace(table, columns=columns, rows=[tuple(row[at] for at in kept) for row in table.rows]), (
        f"all rows: {agreed}"
    )


def _numeric_columns(table: Table) -> list[bool]:
    """Which columns hold figures: no text in them (an empty cell is none), and at least one number."""
    return [
        not any(isinstance(row[i], str) and row[i] for row in table.rows)
        and any(isinstance(row[i], int | float) for row in table.rows)
        for i in range(len(table.columns))
    ]


def _aligned(lines: Sequence[Sequence[str]], numeric: Sequence[bool]) -> list[str]:
    widths = [max(width(line[i]) for line in lines) for i in range(len(numeric))]
    place: list[Callable[[str, int], str]] = [right if is_number else left for is_number in numeric]
    return ["  ".join(place[i](text, widths[i]) for i, text in enumerate(line)).rstrip() for line in lines]


def _cell(cell: Cell, limit: int, form: Callable[[float], str]) -> str:
    if cell is None:
        return MISSING
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cut_width(cell, limit) if isinstance(cell, str) else form(cell)
