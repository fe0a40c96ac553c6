"""Rows written down as they are read, and put into Parquet files by DuckDB: nothing grows with the file in memory."""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from tradestat_tools.codes.words import shown
from tradestat_tools.contract.kept import FIGURES, KeptFigures, KeptRows, Tables, literal, quoted
from tradestat_tools.model.answers import Cell, Kept
from tradestat_tools.model.file_layout import Layout, Record, area_name
from tradestat_tools.model.observation import Observation
from tradestat_tools.results.imports.folder import file_refused

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMAT = 1
"""Raised whenever what lies in the files changes."""

A_PART = 250_000
"""Rows that are written down as text before they are packed."""

SUMMED_AT_ONCE = 50_000
"""Rows that are in memory where several make one figure."""

KEYS_AT_ONCE = 500_000
"""Rows whose keys are compared at once."""

_SUMMED = ("value", "weight", "quantity")
_NAMING = tuple(name for name in FIGURES if name not in (*_SUMMED, "quantity_unit", "status"))


class Keeping:
    """A file that is being read.

    Args:
        folder: of its own; gone afterwards.
        heads: of its columns, for errors.
        db: that may spill into the folder.
    """

    def __init__(self, folder: Path, layout: Layout, heads: Sequence[str], db: "DuckDBPyConnection") -> None:
        self.folder = folder
        self._db = db
        self.layout = layout
        self._heads = heads
        self._names = [column.field for column in layout.columns]
        self._measures = [at for at, name in enumerate(self._names) if name in layout.measures]
        self._broken: set[int] = set()
        self._columns = ("row", "key", *(f"c{at}" for at in range(len(heads))))
        self._rows = _Parts(folder / "rows", db, {"row": "BIGINT", "key": "BIGINT"}, self._columns)
        self._figures = _Parts(folder / "figures", db, FIGURES, tuple(FIGURES))
        self.rows = 0

    def add(self, number: int, row: Sequence[Cell], record: Record) -> None:
        """Write a row down."""
        for at in self._measures:
            if isinstance(row[at], float):
                self._broken.add(at)
        self._rows.write((number, hash(self.layout.key(record)), *row))
        self.rows += 1

    def take(self, records: Iterator[Record]) -> None:
        """Read all rows, and write their figures down."""
        while True:
            before = self.rows
            for one in self.layout.observe(islice(records, SUMMED_AT_ONCE)):
                self._figures.write(_figure(one))
            if self.rows == before:
                break
        self._rows.close()
        self._figures.close()

    def finish(self) -> None:
        """Put the parts together.

        Raises:
            InvalidQuery: two rows are of the same thing.
        """
        self._refuse_twins()
        kinds = self._kinds()
        chosen = ", ".join(f"CAST(c{at} AS {kind}) AS c{at}" for at, kind in enumerate(kinds))
        self._db.execute(copied(f"SELECT {chosen} FROM {self._rows.source}", self.made("rows")))  # noqa: S608
        summed = _summed(self._figures.source) if self.layout.summed and self.rows > SUMMED_AT_ONCE else None
        self._db.execute(copied(summed or f"SELECT * FROM {self._figures.source}", self.made("figures")))  # noqa: S608

    def close(self) -> None:
        """Let go of the files."""
        self._rows.drop()
        self._figures.drop()

    def found(self) -> "Distinct":
        """What the rows hold."""
        return Distinct(self._db, self.made("rows"), self._names, self.rows)

    def same(self) -> dict[int, str]:
        """Columns that hold one text, or nothing, in all of several rows."""
        free = [at for at in range(len(self._heads)) if at not in self._measures]
        if self.rows < 2 or not free:
            return {}
        asked = ", ".join(f"min(c{at}), max(c{at}), count(c{at})" for at in free)
        found = self._db.execute(f"SELECT {asked} FROM {parquet(self.made('rows'))}").fetchone() or ()  # noqa: S608
        each = zip(found[::3], found[1::3], found[2::3], strict=True)
        return {
            at: least or ""
            for at, (least, most, count) in zip(free, each, strict=True)
            if least == most and count in (0, self.rows)
        }

    def sums(self, by: Sequence[str], money: Sequence[str]) -> dict[tuple[Cell, ...], tuple[float, ...]]:
        """By texts of columns: how many rows, and the sums of money."""
        keys = [f"c{self._names.index(name)}" for name in by]
        sums = [f"coalesce(sum(c{self._names.index(name)}), 0)" for name in money]
        source = parquet(self.made("rows"))
        asked = f"SELECT {', '.join([*keys, 'count(*)', *sums])} FROM {source} GROUP BY {', '.join(keys) or '()'}"  # noqa: S608
        return {tuple(row[: len(keys)]): tuple(row[len(keys) :]) for row in self._db.execute(asked).fetchall()}

    def keep(self, into: Tables, meant: str) -> tuple[KeptRows, KeptFigures]:
        """Take the files under names that stand for what they hold."""
        name = hashlib.sha256(f"{FORMAT} {meant}".encode()).hexdigest()[:32]
        counted = self._db.execute(f"SELECT count(*) FROM {parquet(self.made('figures'))}").fetchone() or (0,)  # noqa: S608
        kept = Kept(
            file=f"{name}.rows.parquet",
            rows=self.rows,
            at=list(self._columns[2:]),
            kinds=self._kinds(),
            figures_file=f"{name}.figures.parquet",
            figures=counted[0],
        )
        into.keep({kept.file: self.made("rows"), kept.figures_file: self.made("figures")})
        return KeptRows(into, kept, self._heads), KeptFigures(into, kept)

    def made(self, what: str) -> Path:
        """Where all rows lie, or all figures."""
        return self.folder / f"all-{what}.parquet"

    def took(self, rows: int, broken: set[int]) -> None:
        """Both files were made at once: so many rows, and these columns of figures are not all whole."""
        self.rows, self._broken = rows, broken

    def _kinds(self) -> list[str]:
        return [
            "VARCHAR" if at not in self._measures else "DOUBLE" if at in self._broken else "BIGINT"
            for at in range(len(self._heads))
        ]

    def _refuse_twins(self) -> None:
        """Keys are compared by their hashes, a part of them at a time; equal ones once more by themselves."""
        parts = self.rows // KEYS_AT_ONCE + 1
        found: list[tuple[int, ...]] = []
        for part in range(parts):
            here = f"FROM {self._rows.source} WHERE key % {parts} IN ({part}, {part - parts})"
            found += self._db.execute(
                f"SELECT row, key {here} AND key IN (SELECT key {here} GROUP BY key HAVING count(*) > 1) "
                "ORDER BY row LIMIT 1000"
            ).fetchall()
        first: dict[Any, int] = {}
        for number, _ in sorted(found):
            asked = f"SELECT * EXCLUDE (row, key) FROM {self._rows.source} WHERE row = {number}"  # noqa: S608
            row = self._db.execute(asked).fetchone() or ()
            before = first.setdefault(self.layout.key(dict(zip(self._names, row, strict=True))), number)
            if before != number:
                head = next(
                    head for head, name in zip(self._heads, self._names, strict=True) if name in self.layout.money
                )
                raise file_refused(
                    f"Rows {before} and {number} give two figures for the same thing (column {shown(head)}).",
                    allowed="one row for each period, product, partner and whatever else the columns tell apart",
                    remedy="Export the file again with the columns that tell the rows apart, or each part on its own.",
                )


class Distinct:
    """What the rows of a file hold, without the rows."""

    def __init__(self, db: "DuckDBPyConnection", path: Path, names: Sequence[str], rows: int) -> None:
        self._db = db
        self._path = path
        self._names = names
        self.rows = rows

    def distinct(self, *fields: str) -> list[Record]:
        """Each set of values of these fields once, in order, and under `rows` how many rows have it."""
        there = [name for name in fields if name in self._names]
        columns = ", ".join(f"c{self._names.index(name)}" for name in there)
        if not there:
            return [{"rows": self.rows}]
        asked = f"SELECT {columns}, count(*) FROM {parquet(self._path)} GROUP BY ALL ORDER BY ALL"  # noqa: S608
        return [dict(zip((*there, "rows"), row, strict=True)) for row in self._db.execute(asked).fetchall()]

    def counted(self, condition: str, fields: Mapping[str, str]) -> int:
        """How many rows meet a condition of our own over fields by the names given them."""
        named = ", ".join(f"c{self._names.index(field)} AS {quoted(name)}" for name, field in fields.items())
        asked = f"SELECT count(*) FROM (SELECT {named} FROM {parquet(self._path)}) WHERE {condition}"  # noqa: S608
        return (self._db.execute(asked).fetchone() or (0,))[0]


class _Parts:
    """Rows that become a Parquet file each quarter of a million."""

    def __init__(self, at: Path, db: "DuckDBPyConnection", kinds: Mapping[str, str], columns: Sequence[str]) -> None:
        self._at = at
        self._db = db
        self._kinds = {name: kinds.get(name, "VARCHAR") for name in columns}
        self._file: TextIO | None = None
        self._writer: Any = None
        self._written = 0
        self._parts = 0

    @property
    def source(self) -> str:
        """All parts as a table."""
        return parquet(self._at.with_name(f"{self._at.name}-*.parquet"))

    def write(self, row: Iterable[Any]) -> None:
        if self._file is None:
            self._file = self._at.with_suffix(".csv").open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._file)
        self._writer.writerow(row)
        self._written += 1
        if self._written == A_PART:
            self._pack()

    def close(self) -> None:
        """Pack what is left; there is a part even of nothing."""
        if self._file is None and not self._parts:
            self._file = self._at.with_suffix(".csv").open("w", encoding="utf-8", newline="")
        if self._file is not None:
            self._pack()

    def drop(self) -> None:
        """Let go of the file, whatever is in it."""
        if self._file is not None:
            with suppress(OSError):  # a full disk takes no more when it is closed
                self._file.close()

    def _pack(self) -> None:
        if self._file is None:
            return
        text = Path(self._file.name)
        self._file.close()
        self._file, self._written = None, 0
        self._parts += 1
        path = self._at.with_name(f"{self._at.name}-{self._parts:06d}.parquet")
        self._db.execute(copied(f"SELECT * FROM {own_text(text, self._kinds)}", path))  # noqa: S608
        text.unlink()


def own_text(path: Path, kinds: Mapping[str, str]) -> str:
    """A file that was written here by `csv`, as SQL reads it."""
    columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in kinds.items())
    return (
        f"read_csv({literal(str(path))}, columns = {{{columns}}}, header = false, auto_detect = false, "
        "delim = ',', quote = '\"', escape = '\"', max_line_size = 600000, buffer_size = 8000000)"
    )


def parquet(path: Path) -> str:
    """A Parquet file as SQL reads it; the name may hold a star."""
    return f"read_parquet({literal(str(path))})"


def copied(select: str, path: Path) -> str:
    """What writes a SELECT into a Parquet file."""
    return f"COPY ({select}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)"


def _summed(source: str) -> str:
    """Figures of which parts were summed, summed; one that is missing in a part is missing in the whole."""
    sums = {name: f"CASE WHEN count({name}) < count(*) THEN NULL ELSE fsum({name}) END AS {name}" for name in _SUMMED}
    one_unit = "count(DISTINCT quantity_unit) = 1 AND count(quantity_unit) = count(*)"
    sums["quantity"] = f"CASE WHEN {one_unit} AND count(quantity) = count(*) THEN fsum(quantity) END AS quantity"
    other = {
        "quantity_unit": f"CASE WHEN {one_unit} THEN any_value(quantity_unit) END AS quantity_unit",
        "status": "CASE WHEN count(value) < count(*) THEN 'missing' WHEN count(*) > 1 THEN 'summed' "
        "ELSE any_value(status) END AS status",
    }
    chosen = ", ".join(sums.get(name) or other.get(name) or name for name in FIGURES)
    return f"SELECT {chosen} FROM {source} GROUP BY {', '.join(_NAMING)}"  # noqa: S608


def _figure(one: Observation) -> tuple[Any, ...]:
    """An observation as a row of `FIGURES`."""
    period = one.period
    return (
        *(
            area_name(one.reporter),
            one.reporter,
            area_name(one.partner),
            one.partner,
            one.product,
            one.flow,
            str(period),
        ),
        *(period.year, period.number if period.frequency == "month" else None, one.value, one.currency, one.net_kg),
        *(one.quantity, one.quantity_unit, one.valuation, one.status.value, one.source),
        *(one.classification, one.edition, one.resolution, one.fob, one.basis, one.flag, one.tool),
    )
