"""Tables as aligned text of a bounded length: whole rows, what all rows share said once, and how to get the rest."""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tradestat_server.text.cells import (
    MONEY_POWER,
    TONNES,
    WEIGHT_POWER,
    common_power,
    cut_text,
    cut_width,
    exact,
    figures_of,
    in_powers,
    left,
    number,
    right,
    unit_in_powers,
    width,
)
from tradestat_tools.codes.units import MISSING
from tradestat_tools.codes.words import clean
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.answers import Cell, Table

LABEL_WIDTH = 48
"""Terminal columns of a text cell, beyond which it is cut; more in tables of two or three columns."""

LABEL_IN_LONG = 40
"""The same in long tables; the whole label is under the handle."""

LABEL_IN_PART = 120
"""The same where rows are asked for as they are."""

TABLE_WIDTH = 200
"""Terminal columns that the text cells of one row may take together."""

SHOWN_TABLES = 8

LONG_TABLE = 20
"""Rows from which on a label longer than nine of ten others is cut to their width: a column as wide as the longest
label would cost blanks in every row. One that no longer differed from the others pushes the rest of its row instead."""

READABLE = 20
"""Terminal columns that no label is cut below for that."""

SHARED_ROWS = 3
"""Rows from which on it is worth saying once what all of them share, in answers that can be had whole by a handle."""

LISTED = 24
"""Rows up to which a listing is shown beside the tables that sum it up, where it can be had by a handle."""

FEW_FIGURES = 3
"""Figures of an answer up to which all their digits are shown."""

ASKED_CHARS = 400
"""Characters of the call that asks for more rows."""


_CODE_BEHIND = re.compile(r" \(([0-9A-Z]{2,8})[^()]*\)$")


@dataclass(frozen=True, slots=True)
class Manner:
    """How the tables of an answer are shown.

    One power of a thousand for all tables, so that they can be compared.

    Args:
        result: the handle under which all rows can be had.
        unit: of the measures.
        power: the power of a thousand in which they are shown.
        weight_power: the same of weights.
    """

    result: str | None = None
    unit: str = ""
    power: int = 0
    weight_power: int = 0

    @classmethod
    def of(cls, tables: Sequence[Table], unit: str | None, result: str) -> "Manner":
        """Powers of a thousand for the figures; none for a few, and for rows that are a part of a stored table."""
        whole = [table for table in tables if not table.part]
        money = list(figures_of(whole, "measures"))
        power = common_power(unit, money, MONEY_POWER) if unit else 0
        if len(money) <= FEW_FIGURES:
            return cls(result, unit or "")
        return cls(result, unit or "", power, common_power("kg", figures_of(whole, "weights"), WEIGHT_POWER))

    @property
    def rounds(self) -> bool:
        """Whether any figures are rounded."""
        return self.power + self.weight_power > 0


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
    how = call_text("query", result=manner.result, table=SHOWN_TABLES + 1) if manner.result else ""
    return [f"… {count} more table{'s' * (count != 1)}: {how or 'ask for less to see them'}"]


def rest_of(table: Table, place: int, of: int, result: str | None) -> Mapping[str, Any]:
    """The arguments of `query` that ask for a table's rows, but for the offset; none where there is no handle."""
    if not result:
        return {}
    return table.part.asked if table.part else {"result": result, "table": place if of > 1 else None}


def shown_rows(table: Table, result: str | None) -> Sequence[tuple[Cell, ...]]:
    """The rows that are shown without being asked for: of a long listing none, as the tables before it sum it up."""
    return () if table.listing and result and len(table.rows) > LISTED else table.rows


def query_call(asked: Mapping[str, Any], shown: int, table: Table) -> str:
    """The call that gives the rows of a table after so many."""
    before = table.part.first if table.part else 0
    return call_text("query", **{"result": None, "offset": before + shown, **asked})


@dataclass(frozen=True, slots=True)
class _Shown:
    """A table as it is shown.

    Args:
        heading: the line above it.
        formats: how the figures of each column are written.
        rest: the arguments of `query` that ask for its rows, but for the offset; none where there is no handle.
        on_request: whether no row is shown unless it is asked for.
    """

    table: Table
    heading: str
    formats: Sequence[Callable[[float], str]]
    rest: Mapping[str, Any]
    on_request: bool

    @classmethod
    def of(cls, whole: Table, place: int, of: int, manner: Manner) -> "_Shown":
        """The table as it is shown, which is the `place`-th of so many."""
        table, shared = _without_shared(whole) if manner.result and not whole.part else (whole, "")
        powers = [_power(table, column, manner) for column in table.columns]
        scaled = {column for column, power in zip(table.columns, powers, strict=True) if power}
        units = [f"in {unit_in_powers(manner.unit, manner.power)}"] if scaled & table.measures else []
        if scaled & table.weights:
            units.append(f"{TONNES[manner.weight_power]} ({unit_in_powers('kg', manner.weight_power)})")
        scale = f"{', '.join(units)}, rounded" if units else ""
        title = table.title.removesuffix(", kg") if scaled & table.weights else table.title
        parts = (cut_text(title, LABEL_WIDTH * 2), scale, shared)
        plain = exact if whole.part else number
        forms = [str if column.lower() == "year" else plain for column in table.columns]
        return cls(
            replace(table, columns=tuple(_head(table, column, manner) for column in table.columns)),
            " · ".join(part for part in parts if part),
            [partial(in_powers, power=power) if power else form for power, form in zip(powers, forms, strict=True)],
            rest_of(whole, place, of, manner.result),
            on_request=not shown_rows(whole, manner.result) and bool(whole.rows),
        )

    def text(self, room: int) -> str:
        """At most `room` characters: whole rows, and how many were left out."""
        rows = self.table.rows
        if not rows:
            return f"{cut_text(self.heading, LABEL_WIDTH)}: no rows" if self.heading else "No rows."
        if self.on_request:
            return self.left_out(0)
        lines = [[cut_width(column, LABEL_WIDTH) for column in self.table.columns]]
        limit = max(self._label_width(), TABLE_WIDTH // len(self.table.columns))
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
            parts += [self.left_out(shown)] if shown < len(rows) or self.table.beyond else []
            return "\n".join(parts)

        if len(lines) > len(rows) and len(whole := text(len(rows))) <= room:
            return whole
        fits = bisect_right(range(1, len(lines)), room, key=lambda shown: len(text(shown)))
        return text(min(fits, len(rows) - 1))

    def _label_width(self) -> int:
        if self.table.part:
            return LABEL_IN_PART
        return LABEL_IN_LONG if len(self.table.rows) >= LONG_TABLE else LABEL_WIDTH

    def left_out(self, shown: int) -> str:
        """The line that counts the rows which are not shown, and says how to get them."""
        left = len(self.table.rows) + self.table.beyond - shown
        rows = f"{left:,} {'more ' if shown else ''}row{'s' * (left != 1)}"
        where = "" if shown or not self.table.title else f"{cut_text(self.table.title, LABEL_WIDTH)}: "
        if not self.rest:
            return f"… {where}{rows} not shown: ask for less to see them."
        return f"… {where}{rows}: {cut_text(query_call(self.rest, shown, self.table), ASKED_CHARS)}"


def _power(table: Table, column: str, manner: Manner) -> int:
    if table.part:
        return 0
    if column in table.measures:
        return manner.power
    return manner.weight_power if column in table.weights else 0


def _head(table: Table, column: str, manner: Manner) -> str:
    """A column's head; that of weights with the power of a thousand in which they are shown."""
    if table.part or not manner.weight_power or column not in table.weights or not column.endswith("kg"):
        return column
    return column.removesuffix("kg") + TONNES[manner.weight_power]


def _without_shared(table: Table) -> tuple[Table, str]:
    """The table without the columns that say the same in every row, text or nothing at all, and what they say."""
    if len(table.rows) < SHARED_ROWS:
        return table, ""
    first = table.rows[0]
    same = [at for at, cell in enumerate(first) if _can_be_shared(cell) and all(row[at] == cell for row in table.rows)]
    kept = [at for at in range(len(first)) if at not in same]
    if not same or not any(row[at] is not None for row in table.rows for at in kept):
        return table, ""
    heads = [cut_width(column, LABEL_WIDTH) for column in table.columns]
    agreed = [f"{heads[at]} {cell_text(first[at])}" for at in same if first[at] is not None]
    missing = [heads[at] for at in same if first[at] is None]
    said = [f"all rows: {', '.join(agreed)}"] if agreed else []
    said += [f"{MISSING} in all rows: {', '.join(missing)}"] if missing else []
    columns = tuple(table.columns[at] for at in kept)
    rows = [tuple(row[at] for at in kept) for row in table.rows]
    return replace(table, columns=columns, rows=rows), " · ".join(said)


def _can_be_shared(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and bool(clean(cell)))


def _numeric_columns(table: Table) -> list[bool]:
    """Which columns hold figures: no text in them (an empty cell is none), and at least one number."""
    return [
        not any(isinstance(row[i], str) and row[i] for row in table.rows)
        and any(isinstance(row[i], int | float) for row in table.rows)
        for i in range(len(table.columns))
    ]


def _aligned(lines: Sequence[Sequence[str]], numeric: Sequence[bool]) -> list[str]:
    widths = [_room(lines, at, is_number=is_number) for at, is_number in enumerate(numeric)]
    place: list[Callable[[str, int], str]] = [right if is_number else left for is_number in numeric]
    columns = [_fitted([line[at] for line in lines], columns) for at, columns in enumerate(widths)]
    return [
        "  ".join(place[i](text, widths[i]) for i, text in enumerate(line)).rstrip()
        for line in zip(*columns, strict=True)
    ]


def _fitted(texts: Sequence[str], columns: int) -> Sequence[str]:
    """The cells of a column, those wider than it cut; as they are, those that would then be like another."""
    if all(width(text) <= columns for text in texts):
        return texts
    cut = [text if width(text) <= columns else _cut_label(text, columns) for text in texts]
    meant: dict[str, set[str]] = {}
    for short, text in zip(cut, texts, strict=True):
        meant.setdefault(short, set()).add(text)
    return [short if len(meant[short]) == 1 else text for short, text in zip(cut, texts, strict=True)]


def _cut_label(text: str, columns: int) -> str:
    """A label cut to so many terminal columns; a code in brackets behind a name stays: `Other Asia… (490)`."""
    code = _CODE_BEHIND.search(text)
    behind = f" ({code[1]})" if code else ""
    room = columns - width(behind)
    return (
        f"{cut_width(text[: code.start()], room - 1).rstrip('…')}…{behind}"
        if code and room > 1
        else cut_width(text, columns)
    )


def _room(lines: Sequence[Sequence[str]], at: int, *, is_number: bool) -> int:
    """Terminal columns of a column: of its widest cell, but in a long table of all but a few long labels."""
    if is_number or len(lines) <= LONG_TABLE:
        return max(width(line[at]) for line in lines)
    widths = sorted(width(line[at]) for line in lines)
    # A row with an empty cell would be read wrongly where its columns are not under their heads.
    must = (line for number_of, line in enumerate(lines) if number_of == 0 or "" in line[:-1])
    usual = max(widths[len(widths) * 9 // 10], min(widths[-1], READABLE))
    return max(usual, *(width(line[at]) for line in must))


def _cell(cell: Cell, limit: int, form: Callable[[float], str]) -> str:
    if cell is None:
        return MISSING
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cut_width(cell, limit) if isinstance(cell, str) else form(cell)
