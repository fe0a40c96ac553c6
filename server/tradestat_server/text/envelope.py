"""The structured content of an answer: what its text says, as rows with exact figures, within the same bound.

Some hosts show a model this alone (PydanticAI, Claude Code, ADK; seen November 2026), so it names unit, source and
notes, is no longer than the text may be, and says what it left out and how to get it.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tradestat_server.text.cells import cut_text
from tradestat_server.text.render import HEADER_CHARS, MORE_CHARS, NOTE_CHARS, SHOWN_NOTES, short_citation
from tradestat_server.text.tables import ASKED_CHARS, SHOWN_TABLES, query_call, rest_of, shown_rows
from tradestat_tools.contract.source import Source
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.answers import Answer, Cell, Note, Provenance, Table

TITLE_CHARS = 96
ADDRESS_CHARS = 300
CITATION_CHARS = 300
"""Characters of addresses and citations; the tool `cite` gives them whole."""

NOTE_NAMES = 80
"""Characters for the names, code and reason of a note."""

OF_TABLES = 140
"""Characters for the names around the tables, and for how many were left out and how to get them."""


def structured_content(
    answer: Answer[Any], *, max_chars: int, full: bool = False, sources: Collection[Source] = ()
) -> dict[str, Any]:
    """The answer as plain data of at most `max_chars` characters of JSON.

    Rows are lists in the order of `columns`; None is a missing figure. `units` names the unit of each column of figures
    that has one. What is left out is counted, with the call that gets it.

    Args:
        full: everything, of any length, and in `data` the fields under the service's own names, for programs.
        sources: among which the answer's is looked up, to name its author.
    """
    if full:
        return _whole(answer)
    content = {
        "what": _cut_json(answer.what, min(HEADER_CHARS, max_chars // 12)),
        "result": answer.result,
        "source": _source(answer.source, max_chars),
    }
    more = {
        "more": _cut_json(answer.more or "", min(MORE_CHARS, max_chars // 12)),
        "citation": _cut_json(short_citation(answer, sources), min(CITATION_CHARS, max_chars // 12)),
    }
    notes = _notes(answer.notes, (max_chars - _length({**content, **more})) // 2)
    room = max_chars - _length({**content, **notes, **more}) - OF_TABLES
    text = _text(answer.data.verbatim(), room)
    if text:
        room -= _length(text) + 1
    beside = answer.data.beside()
    parts = {**content, **text, **_tables(answer, room), **beside, **notes, **more}
    return {name: value for name, value in parts.items() if value or name == "tables"}


def _whole(answer: Answer[Any]) -> dict[str, Any]:
    said = answer.structured()
    tables = [_whole_table(table, answer, place) for place, table in enumerate(answer.tables(), 1)]
    text = {"text": answer.data.verbatim()} if answer.data.verbatim() else {}
    return {"what": said.pop("what"), **text, "tables": tables, **said}


def _whole_table(table: Table, answer: Answer[Any], place: int) -> dict[str, Any]:
    asked = rest_of(table, place, 2, answer.result)
    return {
        **_head(table, answer),
        "rows": _rows(table),
        **(_left_out(table, asked, len(table.rows)) if table.beyond else {}),
    }


def _tables(answer: Answer[Any], room: int) -> dict[str, Any]:
    """The tables one after another, as far as the room goes, keeping a line for each of those that follow."""
    tables = answer.tables()
    if answer.data.beside():  # which has what they list
        tables = [table for table in tables if not table.listing]
    bare = [_table(table, answer, place, len(tables), 0) for place, table in enumerate(tables[:SHOWN_TABLES], 1)]
    room -= sum(_length(table) + 1 for table in bare)
    while bare and room < 0:
        room += _length(bare.pop()) + 1
    shown: list[dict[str, Any]] = []
    for place, (table, alone) in enumerate(zip(tables, bare, strict=False), 1):
        room += _length(alone) + 1
        shown.append(_table(table, answer, place, len(tables), room))
        room -= _length(shown[-1]) + 1
    if len(shown) == len(tables):
        return {"tables": shown}
    how = call_text("query", result=answer.result, table=len(shown) + 1) if answer.result else "ask for less"
    return {"tables": shown, "tables_left_out": len(tables) - len(shown), "tables_rest": how}


def _table(table: Table, answer: Answer[Any], place: int, of: int, room: int) -> dict[str, Any]:
    """One table with as many of its first rows as `room` characters hold."""
    head = _head(table, answer)
    asked = rest_of(table, place, of, answer.result)
    room -= _length({**head, "rows": [], **_left_out(table, asked, len(table.rows))})
    rows: list[list[Cell]] = []
    for row in shown_rows(table, answer.result):
        cells = [_cell(cell) for cell in row]
        room -= _length(cells) + 1
        if room < 0:
            break
        rows.append(cells)
    left = len(rows) < len(table.rows) or table.beyond
    return {**head, "rows": rows, **(_left_out(table, asked, len(rows)) if left else {})}


def _head(table: Table, answer: Answer[Any]) -> dict[str, Any]:
    parts = {
        "title": _cut_json(table.title, TITLE_CHARS),
        "columns": list(table.columns),
        "units": table.units_of(answer.source.unit),
    }
    return {name: value for name, value in parts.items() if value}


def _rows(table: Table) -> list[list[Cell]]:
    return [[_cell(cell) for cell in row] for row in table.rows]


def _left_out(table: Table, asked: Mapping[str, Any], shown: int) -> dict[str, Any]:
    how = cut_text(query_call(asked, shown, table), ASKED_CHARS) if asked else "ask for less to see them"
    return {"left_out": len(table.rows) + table.beyond - shown, "rest": how}


def _source(source: Provenance, max_chars: int) -> dict[str, Any]:
    """What is known of it. What an answer is made of is no handle to go on with, and said to be just that."""
    said = source.model_dump(mode="json", exclude_none=True, exclude={"addresses", "results"})
    if source.results:
        said.pop("address")  # those of all parts; the tool `cite` gives them
        said["made_of"] = source.results
    limit = min(ADDRESS_CHARS, max_chars // 24)
    return {name: _cut_json(text, limit) if isinstance(text, str) else text for name, text in said.items()}


def _notes(notes: Sequence[Note], room: int) -> dict[str, Any]:
    """Notes of at most `room` characters in all, each cut to its share."""
    shown = notes[:SHOWN_NOTES]
    share = min(NOTE_CHARS, room // max(1, len(shown)) - NOTE_NAMES)
    said = [
        note.model_dump(mode="json", exclude_none=True) | {"text": _cut_json(note.text, max(share, 20))}
        for note in shown
    ]
    left = len(notes) - len(shown)
    return {"notes": said, **({"notes_left_out": left} if left else {})}


def _text(text: str, room: int) -> dict[str, Any]:
    """What is shown as it is, cut to whole lines."""
    if not text:
        return {}
    lines = text.splitlines(keepends=True)
    kept = lines
    while kept and _length("".join(kept)) > room * 3 // 4:
        kept = kept[: len(kept) * 3 // 4]
    left = len(lines) - len(kept)
    return {"text": "".join(kept), **({"lines_left_out": left} if left else {})}


def _cut_json(text: str, limit: int) -> str:
    """Text of which at most `limit` characters stand in JSON, where a quotation mark takes two."""
    cut = cut_text(text, limit)
    while cut and _length(cut) - 2 > limit:
        cut = cut_text(cut, len(cut) * 3 // 4)
    return cut


def _cell(cell: Cell) -> Cell:
    """JSON knows no infinity."""
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def _length(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
