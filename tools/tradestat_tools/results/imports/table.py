"""Parquet files as rows of cells: the same that text files give, so that all is checked in the same way."""

import math
from collections.abc import Generator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tradestat_tools.codes.words import shown
from tradestat_tools.contract.kept import AT_ONCE, literal, opened, quoted
from tradestat_tools.model.file_layout import Layout
from tradestat_tools.results.imports.folder import file_refused
from tradestat_tools.results.imports.text import Form, header_form

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PARQUET = "parquet"
MARK = b"PAR1"


def is_parquet(stream: BinaryIO) -> bool:
    """By its first bytes."""
    stream.seek(0)
    return stream.read(len(MARK)) == MARK


def parquet_form(stream: BinaryIO, layouts: Sequence[type[Layout]], name: str) -> list[Form]:
    """The one way in which a Parquet file can be read.

    Raises:
        InvalidQuery: it is damaged, or its columns are not known.
    """
    try:
        heads = ParquetFile(stream).heads()
    except Exception as error:  # noqa: BLE001 - DuckDB's kinds, which are not loaded here
        raise file_refused(
            f"{shown(name)} is no sound Parquet file: {shown(str(error).partition(chr(10))[0][:200])}.",
            allowed="a Parquet file with UN Comtrade's columns",
            remedy="Download the file again.",
        ) from None
    return [header_form(heads, PARQUET, layouts, name)]


class ParquetFile:
    """An open file. Columns are cells of texts, as in CSV."""

    def __init__(self, stream: BinaryIO) -> None:
        self._path = path_of(stream)

    def heads(self) -> tuple[str, ...]:
        """The names of its columns."""
        with opened() as db:
            found = db.execute(f"SELECT * FROM read_parquet({literal(self._path)}) LIMIT 0").description or ()  # noqa: S608
        return tuple(str(column[0]) for column in found)

    def rows(self) -> Generator[tuple[int, list[str]]]:
        """Its rows, numbered as those of a text file with a header are."""
        number = 1
        with opened() as db:
            cursor = db.execute(f"SELECT * FROM read_parquet({literal(self._path)})")  # noqa: S608
            while some := cursor.fetchmany(AT_ONCE):
                for row in some:
                    number += 1
                    yield number, [_text(cell) for cell in row]


def path_of(stream: BinaryIO) -> str:
    """The very file that was looked at, whatever has been put in its place since."""
    opened_as = Path(f"/dev/fd/{stream.fileno()}")
    return str(opened_as if opened_as.exists() else stream.name)


def texts_of(stream: BinaryIO, db: "DuckDBPyConnection") -> str | None:
    """A SELECT of a file's rows as the texts `c0`, `c1` and so on; None where a column is of a kind that SQL may write
    otherwise than `_text`."""
    source = f"read_parquet({literal(path_of(stream))})"
    texts: list[str] = []
    for at, (name, kind, *_) in enumerate(db.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()):  # noqa: S608
        cell = quoted(name)
        if kind in ("FLOAT", "DOUBLE"):
            whole = f"isfinite({cell}) AND {cell} = floor({cell}) AND abs({cell}) < 1e15"
            as_whole, as_it_is = (f"CAST(CAST({cell} AS {kind}) AS VARCHAR)" for kind in ("BIGINT", "DOUBLE"))
            cell = f"CASE WHEN {whole} THEN {as_whole} ELSE {as_it_is} END"
        elif kind == "BOOLEAN":
            cell = f"CASE {cell} WHEN true THEN 'True' WHEN false THEN 'False' END"
        elif kind.endswith("INT") or kind in ("INTEGER", "UINTEGER"):
            cell = f"CAST({cell} AS VARCHAR)"
        elif kind != "VARCHAR":
            return None
        texts.append(f"{cell} AS c{at}")
    return f"SELECT {', '.join(texts)} FROM {source}"  # noqa: S608


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        if cell.is_integer():
            return str(int(cell))
        return format(Decimal(repr(cell)), "f") if math.isfinite(cell) else str(cell)
    return str(cell)
