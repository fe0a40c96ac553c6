"""Parquet, written by DuckDB."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING, BinaryIO

from tradestat_tools.contract.kept import KeptRows, literal, opened, quoted
from tradestat_tools.model.answers import Cell
from tradestat_tools.results.export.report import Report, cells, plain, unique
from tradestat_tools.results.query.sql import kind_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS_AT_ONCE = 5_000
METADATA = "tradestat"
"""Under this name the file's metadata hold a JSON list of labels and texts: where the figures come from."""

EXACT = range(-(2**53), 2**53 + 1)
"""Whole numbers that a float holds exactly."""


def write_parquet(report: Report, file: BinaryIO) -> None:
    """One table. A column is int64, float64 or, where it holds texts or what neither can hold exactly, string."""
    import duckdb  # noqa: PLC0415 - 65 MB that only those who need it load

    ((_, _, table),) = report.sheets()
    names = [quoted(name) for name in unique([plain(column) for column in table.columns])]
    if isinstance(table.rows, KeptRows):
        _copied(table.rows, names, report, file)
        return
    kinds = [_kind([row[at] for row in table.rows]) for at in range(len(table.columns))]
    mixed = [
        column
        for at, column in enumerate(table.columns)
        if kinds[at] == "VARCHAR" and any(isinstance(row[at], int | float) for row in table.rows)
    ]
    if mixed:
        report.remarks.append(f"Written as texts, because no one type of number holds them: {', '.join(mixed)}.")
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(f"{folder}/made.db", config={"threads": "1", "memory_limit": "64MB"}) as db,
    ):
        db.execute(f"CREATE TABLE written ({', '.join(f'{n} {k}' for n, k in zip(names, kinds, strict=True))})")
        lists = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
        for first in range(0, len(table.rows), ROWS_AT_ONCE):
            some = [cells(row) for row in table.rows[first : first + ROWS_AT_ONCE]]
            columns = [[_as(kind, row[at]) for row in some] for at, kind in enumerate(kinds)]
            db.execute(f"INSERT INTO written SELECT {lists}", columns)
        _copy(db, "written", report, Path(folder) / "made.parquet", file)


def _copied(rows: KeptRows, names: Sequence[str], report: Report, file: BinaryIO) -> None:
    """Rows that lie in such a file already, under the heads of their columns."""
    named = ", ".join(f"{at} AS {name}" for at, name in zip(rows.kept.at, names, strict=True))
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as db:
        _copy(db, f"(SELECT {named} {rows.source})", report, Path(folder) / "made.parquet", file)


def _copy(db: "DuckDBPyConnection", what: str, report: Report, made: Path, file: BinaryIO) -> None:
    about = json.dumps(report.about(), ensure_ascii=False)
    options = f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{METADATA}: {literal(about)}}}"
    db.execute(f"COPY {what} TO {literal(str(made))} ({options})")
    with made.open("rb") as written:
        copyfileobj(written, file)


def _kind(column: Sequence[Cell]) -> str:
    """The type that holds every cell of a column exactly."""
    kind = kind_of(column)
    whole = (cell for cell in column if isinstance(cell, int))
    return "VARCHAR" if kind == "DOUBLE" and any(cell not in EXACT for cell in whole) else kind


def _as(kind: str, cell: Cell) -> Cell:
    if cell is None:
        return None
    return str(cell) if kind == "VARCHAR" else float(cell) if kind == "DOUBLE" else cell
