"""Parquet, by pyarrow: an extra, for it takes 170 MB."""

import json
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from typing import Any, BinaryIO

from tradestat_tools.model.answers import Cell, Table
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.results.export.report import Report, cells, plain, unique

ROWS_A_GROUP = 10_000
METADATA = b"tradestat"
"""Under this name the file's metadata hold a JSON list of labels and texts: where the figures come from."""

INT64 = range(-(2**63), 2**63)
EXACT = range(-(2**53), 2**53 + 1)
"""Whole numbers that a float holds exactly."""


def write_parquet(report: Report, file: BinaryIO) -> None:
    """One table. A column is int64, float64 or, where it holds texts or what neither can hold exactly, string.

    Raises:
        InvalidQuery: pyarrow is not installed.
    """
    try:
        # By name, because it has no types of its own.
        pa, pq = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise InvalidQuery(
            "Parquet needs the package pyarrow, which is not installed here.",
            argument="format",
            allowed="csv, xlsx, json, markdown, html",
            remedy='Install it with: pip install "tradestat-mcp[parquet]"; or export as csv.',
        ) from None
    ((_, _, table),) = report.sheets()
    kinds = [_kind(table, at) for at in range(len(table.columns))]
    types: dict[str, Any] = {"int": pa.int64(), "float": pa.float64(), "text": pa.string()}
    mixed = [
        column
        for at, column in enumerate(table.columns)
        if kinds[at] == "text" and any(isinstance(row[at], int | float) for row in table.rows)
    ]
    if mixed:
        report.remarks.append(f"Written as texts, because no one type of number holds them: {', '.join(mixed)}.")
    about = json.dumps(report.about(), ensure_ascii=False).encode()
    names = unique([plain(column) for column in table.columns])
    fields = [pa.field(name, types[kind]) for name, kind in zip(names, kinds, strict=True)]
    schema = pa.schema(fields, metadata={METADATA: about})
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for some in _groups(table):
            columns = [_as(kind, [row[at] for row in some]) for at, kind in enumerate(kinds)]
            arrays = [pa.array(column, type=one.type) for column, one in zip(columns, schema, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))


def _kind(table: Table, at: int) -> str:
    """The type that holds every cell of a column exactly."""
    found = {_kind_of(row[at]) for row in table.rows} - {None}
    if found <= {"int", "int64"}:
        return "int" if found else "text"
    return "float" if found <= {"int", "float"} else "text"


def _kind_of(cell: Cell) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, str):
        return "text"
    if isinstance(cell, float):
        return "float"
    return "int" if cell in EXACT else "int64" if cell in INT64 else "text"


def _groups(table: Table) -> Iterator[list[list[Cell]]]:
    rows = (cells(row) for row in table.rows)
    while some := list(islice(rows, ROWS_A_GROUP)):
        yield some


def _as(kind: str, column: list[Cell]) -> list[Any]:
    if kind == "text":
        return [None if cell is None else str(cell) for cell in column]
    return [float(cell) if isinstance(cell, int) and kind == "float" else cell for cell in column]
