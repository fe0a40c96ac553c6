"""Tables too large for an answer: Parquet files on this machine, read a block at a time and never as a whole.

The rows of an imported file lie in two: its own columns (`c0`, `c1` and so on), and its figures as common rows.
"""

import shutil
import tempfile
import time
import weakref
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from tradestat_tools.codes.periods import period
from tradestat_tools.model.answers import Cell, Kept
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.model.observation import Observation, Status

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEGABYTES = 128
AT_ONCE = 2_000
MAKING = "making-"
LEFT_AFTER = 3600.0
"""Seconds after which what is still being made was left by a process that was killed."""

COMMON_COLUMNS = (
    *("reporter", "reporter_code", "partner", "partner_code", "product", "flow", "period", "year", "month", "value"),
    *("unit", "weight", "quantity", "quantity_unit", "valuation", "status", "source", "result"),
)
"""What SQL sees of a figure; the last is the handle of its answer and lies in no file."""

ALSO_KEPT = ("classification", "edition", "resolution", "fob", "basis", "flag", "tool")
FIGURES: Mapping[str, str] = {
    **dict.fromkeys((*COMMON_COLUMNS[:-1], *ALSO_KEPT), "VARCHAR"),
    **dict.fromkeys(("year", "month"), "BIGINT"),
    **dict.fromkeys(("value", "weight", "quantity", "resolution", "fob"), "DOUBLE"),
}
"""The columns of a file of figures."""

_period = lru_cache(maxsize=4096)(period)


class Tables:
    """A folder of large tables. Every method blocks.

    Args:
        folder: where they are; without it in one of this process's own, which goes with it.
        bound: bytes; the least recently used go first.
    """

    def __init__(self, folder: Path | None = None, *, bound: int = 2**31) -> None:
        self._folder = folder
        self._bound = bound

    @property
    def folder(self) -> Path:
        """Where they are; made where it is missing."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="tradestat-tables-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def path(self, name: str) -> Path:
        """A file that is there, and is now the most recently used.

        Raises:
            NoData: it is not there, or no longer.
        """
        path = self.folder / name
        if path.is_file():
            with suppress(OSError):  # a read-only disk
                path.touch()
            return path
        raise NoData(
            "The rows of this answer are kept in a file that is not on this machine, or no longer.",
            remedy="Call import_file again with the same arguments: it costs nothing and gives the same handle.",
        )

    @contextmanager
    def making(self) -> Generator[Path]:
        """A folder to make a table in, gone at the end; those that killed processes left go too.

        Raises:
            InvalidQuery: there is no room, or no leave to write.
        """
        try:
            for left in self.folder.glob(f"{MAKING}*"):
                with suppress(OSError):
                    newest = max(one.stat().st_mtime for one in (left, *left.iterdir()))
                    if time.time() - newest > LEFT_AFTER:
                        shutil.rmtree(left, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=MAKING, dir=self.folder, ignore_cleanup_errors=True) as folder:
                yield Path(folder)
        except OSError as error:
            raise _no_room(self._folder, error.strerror or str(error)) from None
        except Exception as error:
            if type(error).__name__ in ("IOException", "OutOfMemoryException"):  # DuckDB's, which is not loaded here
                raise _no_room(self._folder, str(error).partition("\n")[0]) from None
            raise

    def keep(self, made: Mapping[str, Path]) -> None:
        """Take files that were made, under their names, and make room for them."""
        for name, path in made.items():
            path.replace(self.folder / name)
        files = sorted((one for one in self._files() if one.name not in made), key=lambda one: one.stat().st_mtime)
        total = sum(one.stat().st_size for one in self._files())
        for one in files:
            if total <= self._bound:
                return
            total -= one.stat().st_size
            one.unlink()

    def clear(self) -> int:
        """Forget all of them, and what was left half made; says how many bytes."""
        _, size = self.info()
        if self._folder is not None and self._folder.is_dir():
            for one in self._files():
                one.unlink(missing_ok=True)
            for left in self._folder.glob(f"{MAKING}*"):
                shutil.rmtree(left, ignore_errors=True)
        return size

    def info(self) -> tuple[int, int]:
        """How many files, and their bytes."""
        sizes = [one.stat().st_size for one in self._files()]
        return len(sizes), sum(sizes)

    def _files(self) -> list[Path]:
        return list(self._folder.glob("*.parquet")) if self._folder is not None and self._folder.is_dir() else []


def _no_room(folder: Path | None, said: str) -> InvalidQuery:
    return InvalidQuery(
        f"The rows can not be kept in {folder}: {said}. Nothing was imported.",
        argument="file",
        remedy="Make room on that disk, or set TRADESTAT_CACHE_DIR to a folder on another, and call again.",
    )


@contextmanager
def opened(scratch: Path | None = None, *, megabytes: int = MEGABYTES) -> "Generator[DuckDBPyConnection]":
    """A database in memory that may spill into a folder; without one, a way to read files."""
    db = _database(str(scratch), megabytes) if scratch is not None else _for_reading().cursor()
    try:
        yield db
    finally:
        db.close()


@lru_cache(maxsize=1)
def _for_reading() -> "DuckDBPyConnection":
    """One database for all that only read: making one takes 10 ms, a cursor of it none."""
    return _database("", MEGABYTES)


def _database(spills_to: str, megabytes: int) -> "DuckDBPyConnection":
    import duckdb  # noqa: PLC0415 - 65 MB that only those who need it load

    return duckdb.connect(
        ":memory:", config={"memory_limit": f"{megabytes}MB", "threads": "1", "temp_directory": spills_to}
    )


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name as SQL writes it, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'


class KeptRows(Sequence[tuple[Cell, ...]]):
    """The rows of a table that lies in a file, read in blocks.

    Args:
        kept: which file, and which of its columns.
        columns: their heads.
    """

    def __init__(self, tables: Tables, kept: Kept, columns: Sequence[str]) -> None:
        self._tables = tables
        self.kept = kept
        self.columns = tuple(columns)

    @property
    def path(self) -> Path:
        """Raises NoData where the file is gone."""
        return self._tables.path(self.kept.file)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The SQL type of each column."""
        return tuple(self.kept.kinds)

    def __len__(self) -> int:
        return self.kept.rows

    @overload
    def __getitem__(self, at: int) -> tuple[Cell, ...]: ...
    @overload
    def __getitem__(self, at: slice) -> list[tuple[Cell, ...]]: ...
    def __getitem__(self, at: int | slice) -> "tuple[Cell, ...] | list[tuple[Cell, ...]]":
        if isinstance(at, slice):
            first, last, step = at.indices(len(self))
            return list(self.selected(f"LIMIT {max(0, last - first)} OFFSET {first}"))[::step]
        where = at + len(self) if at < 0 else at
        if not 0 <= where < len(self):
            raise IndexError(at)
        return next(self.selected(f"LIMIT 1 OFFSET {where}"))

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        return self.selected("")

    def selected(self, clauses: str) -> Iterator[tuple[Cell, ...]]:
        """The rows under clauses that follow FROM, of our own making; columns are called `c0` and so on."""
        with opened() as db:
            cursor = db.execute(f"SELECT {', '.join(self.kept.at)} {self.source} {clauses}")
            while some := cursor.fetchmany(AT_ONCE):
                yield from map(self.read, some)

    def read(self, row: Sequence[Any]) -> tuple[Cell, ...]:
        """A row as it comes out of the file, with its cells as they were."""
        return tuple(map(_whole, row)) if "DOUBLE" in self.kept.kinds else tuple(row)

    @property
    def source(self) -> str:
        """FROM, and the file."""
        return f"FROM read_parquet({literal(str(self.path))}, file_row_number = true)"

    def as_shown(self, names: Sequence[str]) -> str:
        """A SELECT of its columns under these names."""
        named = (f"{one} AS {quoted(name)}" for one, name in zip(self.kept.at, names, strict=True))
        return f"SELECT {', '.join(named)} FROM read_parquet({literal(str(self.path))})"  # noqa: S608 - our own


class KeptFigures(Sequence[Observation]):
    """The figures of a file as common rows, read in blocks."""

    def __init__(self, tables: Tables, kept: Kept) -> None:
        self._tables = tables
        self.kept = kept

    @property
    def path(self) -> Path:
        """Raises NoData where the file is gone."""
        return self._tables.path(self.kept.figures_file)

    def __len__(self) -> int:
        return self.kept.figures

    @overload
    def __getitem__(self, at: int) -> Observation: ...
    @overload
    def __getitem__(self, at: slice) -> list[Observation]: ...
    def __getitem__(self, at: int | slice) -> "Observation | list[Observation]":
        if isinstance(at, slice):
            first, last, step = at.indices(len(self))
            return list(self._selected(f"LIMIT {max(0, last - first)} OFFSET {first}", ()))[::step]
        where = at + len(self) if at < 0 else at
        if not 0 <= where < len(self):
            raise IndexError(at)
        return next(self._selected(f"LIMIT 1 OFFSET {where}", ()))

    def __iter__(self) -> Iterator[Observation]:
        return self._selected("", ())

    def where(self, **wanted: Sequence[str]) -> Iterator[Observation]:
        """Those whose columns hold one of the texts named; only these are read."""
        conditions = [f"{name} IN ({', '.join('?' * len(texts)) or 'NULL'})" for name, texts in wanted.items()]
        return self._selected(
            f"WHERE {' AND '.join(conditions)}" if conditions else "",
            [text for texts in wanted.values() for text in texts],
        )

    def as_common(self, handle: str) -> str:
        """A SELECT of what SQL sees of them."""
        columns = ", ".join(COMMON_COLUMNS[:-1])
        return f"SELECT {columns}, {literal(handle)} AS result FROM read_parquet({literal(str(self.path))})"  # noqa: S608

    def _selected(self, clauses: str, values: Sequence[str]) -> Iterator[Observation]:
        with opened() as db:
            source = f"FROM read_parquet({literal(str(self.path))})"
            cursor = db.execute(f"SELECT {', '.join(FIGURES)} {source} {clauses}", list(values))
            while some := cursor.fetchmany(AT_ONCE):
                for row in some:
                    yield _observation(dict(zip(FIGURES, row, strict=True)))


def _whole(cell: Any) -> Any:
    """A whole number as it was read: no cell of a file is a float that is whole."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53 else cell


def _observation(row: Mapping[str, Any]) -> Observation:
    same = ("product", "flow", "quantity_unit", "valuation", "source", *ALSO_KEPT)
    return Observation(
        **{name: row[name] for name in same if name != "fob"},
        reporter=row["reporter_code"],
        partner=row["partner_code"],
        period=_period(row["period"]),
        currency=row["unit"],
        value=_whole(row["value"]),
        net_kg=_whole(row["weight"]),
        quantity=_whole(row["quantity"]),
        fob=_whole(row["fob"]),
        status=Status(row["status"]),
    )
