"""Large files, read by DuckDB a column at a time: each text of a column and each set of texts that belong together is
read once, by the same layout as a small file's rows, and figures are checked and converted in SQL.

It takes a file only where all of it is as it should be. Whatever is not is left to the reading row by row, which says
what and where; so are rows of totals, quotes with blanks around them, and layouts that do not say how.
"""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tradestat_tools.contract.kept import AT_ONCE, FIGURES, literal, quoted
from tradestat_tools.model.answers import Cell
from tradestat_tools.model.file_layout import CellFault, InBulk, Layout, Trait, cleaned
from tradestat_tools.results.imports.keeping import Keeping, copied, own_text, parquet
from tradestat_tools.results.imports.table import PARQUET, path_of, texts_of
from tradestat_tools.results.imports.text import MOST_LINE, Form, without_tabs

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BULK_FROM = 8_000_000
"""Bytes from which a file is read so; below, reading row by row takes a few seconds at most."""

BLOCK = 1 << 19

KEYS_AT_ONCE = 1_000_000
"""Rows whose keys are compared at once."""

SUMMED_AT_ONCE = 1_000_000
"""Rows that are summed at once, where several make one figure."""

MOST_CHANGED = 200_000
"""Texts of a column that are stored otherwise than they came."""

_FIGURE = r"[-+]?(\d{1,3}(,\d{3}){1,4}|\d{1,15})(\.\d{1,20})?"
_UNSIGNED = r"\+?(\d{1,3}(,\d{3}){1,4}|\d{1,15})(\.\d{1,20})?"
_LOOSE_QUOTE = re.compile(r'[,;\t\r\n] +"|" +[,;\t\r\n]')
"""What Python's reader takes for a part of a cell or refuses, and DuckDB's reads over."""


def take_in_bulk(stream: BinaryIO, form: Form, keeping: Keeping, db: "DuckDBPyConnection", most: int) -> bool:
    """Read a file into the parts of its keeping; False where it must be read row by row."""
    how = keeping.layout.in_bulk()
    if how is None:
        return False
    source = _source(stream, form, keeping.folder, db)
    if source is None:
        return False
    from duckdb import Error  # noqa: PLC0415 - loaded with the connection

    try:
        return _Bulk(source, how, keeping, db).take(most)
    except Error as error:
        if type(error).__name__ in ("IOException", "OutOfMemoryException"):
            raise
        return False


def _source(stream: BinaryIO, form: Form, folder: Path, db: "DuckDBPyConnection") -> str | None:
    """A SELECT of the file's rows as texts `c0`, `c1` and so on; None where DuckDB can not read it as Python does."""
    try:
        stream.fileno()
    except OSError:
        return None  # in memory
    if form.encoding == PARQUET:
        return texts_of(stream, db)
    file = _in_utf8(stream, form, folder)
    if file is None:
        return None
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(form.heads)))
    read = (
        f"read_csv({literal(file)}, columns = {{{columns}}}, header = false, skip = {form.skipped + 1}, "
        f"auto_detect = false, delim = {literal(form.delimiter)}, quote = '\"', escape = '\"', strict_mode = true, "
        f"comment = '', max_line_size = {MOST_LINE}, buffer_size = 4000000)"
    )
    return f"SELECT * FROM {read}"  # noqa: S608 - the very file


def _in_utf8(stream: BinaryIO, form: Form, folder: Path) -> str | None:
    """Where the file's text is in UTF-8 and without tabs after quotes: in itself or in a copy. None where DuckDB may
    read it otherwise than Python, and where it is no text."""
    is_itself = form.encoding == "utf-8"
    try:
        for text in _texts(stream, form.encoding):
            if (' "' in text or '" ' in text) and _LOOSE_QUOTE.search(text):
                return None
            is_itself = is_itself and without_tabs(text, form.delimiter) is text
    except UnicodeDecodeError:
        return None
    if is_itself:
        return path_of(stream)
    copy = folder / "text.csv"
    with copy.open("w", encoding="utf-8", newline="") as file:
        for text in _texts(stream, form.encoding):
            file.write(without_tabs(text, form.delimiter))
    return str(copy)


def _texts(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """The text in blocks, none of which ends within what parts two cells.

    Raises:
        UnicodeDecodeError: it is no text in this encoding.
    """
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    left = ""
    while block := stream.read(BLOCK):
        text = left + decoder.decode(block)
        whole = text.rstrip('" ,;\t\r\n')
        left = text[len(whole) :]
        yield whole
    yield left + decoder.decode(b"", final=True)


class _Bulk:
    """One file on its way."""

    def __init__(self, source: str, how: InBulk, keeping: Keeping, db: "DuckDBPyConnection") -> None:
        self._source = source
        self._how = how
        self._keeping = keeping
        self._layout: Layout = keeping.layout
        self._db = db
        self._names = [column.field for column in keeping.layout.columns]
        self._measures = [at for at, name in enumerate(self._names) if name in keeping.layout.measures]
        self._texts = [at for at in range(len(self._names)) if at not in self._measures]

    def take(self, most: int) -> bool:
        """All steps; False as soon as something is not as it should be."""
        broken = self._checked(most)
        if broken is None:
            return False
        raw = self._keeping.folder / "raw-rows.parquet"
        self._db.execute(copied(self._typed(broken), raw))
        changed = self._changed(raw)
        if changed is None:
            return False
        made = self._keeping.made("rows")
        if any(changed.values()):
            self._db.execute(copied(self._mapped(raw, changed), made))
            raw.unlink()
        else:
            raw.replace(made)
        (rows,) = self._db.execute(f"SELECT count(*) FROM {parquet(made)}").fetchone() or (0,)  # noqa: S608
        if not self._read_traits(made) or not self._are_unique(rows):
            return False
        self._write_figures(rows)
        self._keeping.took(rows, broken)
        return True

    def _bare(self, at: int) -> str:
        nothing = ", ".join(map(literal, sorted(self._how.nothing)))
        return f"CASE WHEN c{at} IN ({nothing}) THEN NULL ELSE c{at} END"

    def _checked(self, most: int) -> set[int] | None:
        """The columns of figures that are not all whole; None where one is no figure, or there are too many rows."""
        asked = ["count(*)"]
        for at in self._measures:
            form = _FIGURE if self._names[at] in self._how.signed else _UNSIGNED
            asked.append(f"count(*) FILTER (WHERE NOT regexp_full_match({self._bare(at)}, {literal(form)}))")
            asked.append(f"count(*) FILTER (WHERE regexp_matches(c{at}, '\\.[0-9]*[1-9]'))")
        count, *each = self._db.execute(f"SELECT {', '.join(asked)} FROM ({self._source})").fetchone() or (0,)  # noqa: S608
        if not 0 < count <= most or any(each[::2]):
            return None
        return {at for at, parts in zip(self._measures, each[1::2], strict=True) if parts}

    def _typed(self, broken: set[int]) -> str:
        chosen = [
            f"nullif(c{at}, '') AS c{at}"
            if at not in self._measures
            else f"CAST(replace({self._bare(at)}, ',', '') AS {'DOUBLE' if at in broken else 'BIGINT'}) AS c{at}"
            for at in range(len(self._names))
        ]
        empty = " AND ".join(f"coalesce(c{at}, '') = ''" for at in range(len(self._names)))
        return f"SELECT {', '.join(chosen)} FROM ({self._source}) WHERE NOT ({empty})"  # noqa: S608

    def _changed(self, raw: Path) -> dict[int, dict[str, Cell]] | None:
        """By column, the texts that are stored otherwise than they came; None where one is not understood, or is a
        word for a total."""
        found: dict[int, dict[str, Cell]] = {}
        for at in self._texts:
            name, changed = self._names[at], found.setdefault(at, {})
            for (text,) in self._asked(f"SELECT DISTINCT c{at} FROM {parquet(raw)}"):  # noqa: S608
                try:
                    clean = cleaned(text or "")
                    if name in self._layout.total_fields and self._layout.is_total({name: clean}):
                        return None
                    cell = self._layout.cell(name, clean)
                except CellFault:
                    return None
                if cell != text:
                    if text is None:
                        return None
                    changed[text] = cell
                    if len(changed) > MOST_CHANGED:
                        return None
        return found

    def _mapped(self, raw: Path, changed: Mapping[int, Mapping[str, Cell]]) -> str:
        chosen: list[str] = []
        joined = [f"{parquet(raw)} AS r"]
        for at in range(len(self._names)):
            if not changed.get(at):
                chosen.append(f"r.c{at}")
                continue
            self._table(f"m{at}", ("came", "cell"), changed[at].items())
            chosen.append(f"CASE WHEN m{at}.came IS NULL THEN r.c{at} ELSE m{at}.cell END AS c{at}")
            joined.append(f"LEFT JOIN m{at} ON r.c{at} = m{at}.came")
        return f"SELECT {', '.join(chosen)} FROM {' '.join(joined)}"  # noqa: S608

    def _read_traits(self, made: Path) -> bool:
        """Read each set of values that belong together, and make the view `joined` of rows with what they say."""
        fields = [f"r.c{at} AS {quoted(name)}" for at, name in enumerate(self._names)]
        fields += [
            f"CAST(NULL AS DOUBLE) AS {quoted(name)}" for name in self._layout.measures if name not in self._names
        ]
        joined = [f"{parquet(made)} AS r"]
        for number, trait in enumerate(self._how.traits):
            there = [name for name in trait.fields if name in self._names]
            try:
                read = list(self._said(trait, there, made))
            except CellFault:
                return False
            told = tuple(read[0][1]) if read else ()
            keys = [f"k{at}" for at in range(len(there))]
            rows = ((*values, *(says[name] for name in told)) for values, says in read)
            self._table(f"t{number}", (*keys, *told), rows)
            meets = [
                f"t{number}.{key} IS NOT DISTINCT FROM r.c{self._names.index(name)}"
                for key, name in zip(keys, there, strict=True)
            ]
            joined.append(f"JOIN t{number} ON {' AND '.join(meets) or 'true'}")
            fields += [f"t{number}.{name}" for name in told]
        self._db.execute(f"CREATE TEMP VIEW joined AS SELECT {', '.join(fields)} FROM {' '.join(joined)}")  # noqa: S608
        return True

    def _said(
        self, trait: Trait, there: Sequence[str], made: Path
    ) -> Iterator[tuple[tuple[Cell, ...], Mapping[str, Cell]]]:
        columns = ", ".join(f"c{self._names.index(name)}" for name in there)
        found = self._asked(f"SELECT DISTINCT {columns} FROM {parquet(made)}") if there else iter([()])  # noqa: S608
        for values in found:
            yield values, trait.read(dict(zip(there, values, strict=True)))

    def _are_unique(self, rows: int) -> bool:
        keys, parts = self._keeping.folder / "keys.parquet", rows // KEYS_AT_ONCE + 1
        self._db.execute(copied(f"SELECT hash({', '.join(self._how.key)}) AS key FROM joined", keys))  # noqa: S608
        return all(
            self._db.execute(
                f"SELECT key FROM {parquet(keys)} WHERE key % {parts} = {part} GROUP BY key HAVING count(*) > 1 LIMIT 1"  # noqa: S608
            ).fetchone()
            is None
            for part in range(parts)
        )

    def _write_figures(self, rows: int) -> None:
        """Figures of which several rows are one are summed a part of them at a time."""
        chosen = ", ".join(
            f"CAST({self._how.figures.get(name, 'NULL')} AS {kind}) AS {name}" for name, kind in FIGURES.items()
        )
        select, made = f"SELECT {chosen} FROM joined WHERE {self._how.where}", self._keeping.made("figures")  # noqa: S608
        if not self._how.grouped:
            self._db.execute(copied(select, made))
            return
        grouped, parts = ", ".join(self._how.grouped), rows // SUMMED_AT_ONCE + 1
        for part in range(parts):
            summed = f"{select} AND hash({grouped}) % {parts} = {part} GROUP BY {grouped}"
            self._db.execute(copied(summed, self._keeping.folder / f"summed-{part:04}.parquet"))
        together = parquet(self._keeping.folder / "summed-*.parquet")
        self._db.execute(copied(f"SELECT * FROM {together}", made))  # noqa: S608

    def _asked(self, select: str) -> Iterator[tuple[Any, ...]]:
        with self._db.cursor() as cursor:
            cursor.execute(select)
            while some := cursor.fetchmany(AT_ONCE):
                yield from some

    def _table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """A table of texts."""
        path = self._keeping.folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([*row, "."] for row in rows)  # so that no line is empty
        source = own_text(path, dict.fromkeys((*columns, "end_of_row"), "VARCHAR"))
        self._db.execute(f"CREATE TEMP TABLE {name} AS SELECT * EXCLUDE (end_of_row) FROM {source}")  # noqa: S608
