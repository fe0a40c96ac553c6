"""A whole file, read row by row and kept as it is read: every row is understood, or none is taken."""

import hashlib
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from io import SEEK_END
from typing import Any, BinaryIO

from tradestat_tools.codes.words import shown
from tradestat_tools.contract.kept import KeptFigures, KeptRows, Tables, opened
from tradestat_tools.model.answers import Cell, Note
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.model.file_layout import CellFault, HeaderFault, Layout, Record, Said, cleaned
from tradestat_tools.results.imports.bulk import BULK_FROM, take_in_bulk
from tradestat_tools.results.imports.folder import file_refused
from tradestat_tools.results.imports.keeping import Keeping
from tradestat_tools.results.imports.table import PARQUET, ParquetFile, is_parquet, parquet_form
from tradestat_tools.results.imports.text import Form, NotInEncoding, forms, rows

MOST_ROWS = 20_000_000
"""UN Comtrade's bulk files of all reporters' subheadings of a year have some 10 million."""

MEGABYTES = 256
"""What DuckDB may hold while it reads a file; it spills the rest into the folder."""

MOST_KNOWN = 50_000
"""Texts of a column that are remembered."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds.

    Args:
        rows: typed cells in the order of the header's columns, without the file's own totals.
        figures: the same as common rows.
        same: columns, by number, that hold one text in all of several rows; never one of figures.
        notes: the layout's.
        totals: how many rows of totals were left out.
        off: numbers of those that are not the sum of their rows.
        in_bulk: whether it was read a column at a time.
    """

    form: Form
    layout: Layout
    sha256: str
    rows: KeptRows
    figures: KeptFigures
    subject: str
    periods: tuple[str, ...]
    same: Mapping[int, str] = field(default_factory=dict[int, str])
    notes: tuple[Note, ...] = ()
    totals: int = 0
    off: list[int] = field(default_factory=list[int])
    in_bulk: bool = False


MOST_TOTALS = 200_000


@dataclass(frozen=True, slots=True)
class _Total:
    row: int
    by: tuple[tuple[str, Cell], ...]
    figures: dict[str, Cell]


def read_file(
    stream: BinaryIO,
    name: str,
    *,
    layouts: Mapping[str, type[Layout]],
    layout: str | None,
    encoding: str | None,
    said: Said,
    into: Tables,
    most: int = MOST_ROWS,
    bulk_from: int = BULK_FROM,
) -> Imported:
    """Read a file whole, a row at a time or, if it is large, a column at a time. Blocks.

    Args:
        name: of the file, for errors.
        layouts: the kinds that it may be, by name.
        layout: the only kind it may be, where the caller says it.
        encoding: the same of its encoding.
        said: what the caller says of it.
        into: where its rows are kept.
        most: rows it may have.
        bulk_from: bytes from which on it is large.

    Raises:
        InvalidQuery: something in it is not understood; names the row and the column.
        NoData: it has a header and no rows.
    """
    kinds = [layouts[layout]] if layout else list(layouts.values())
    found = parquet_form(stream, kinds, name) if is_parquet(stream) else forms(stream, kinds, encoding, name)
    for form in found:
        try:
            return _read(stream, form, said=said, name=name, into=into, most=most, bulk_from=bulk_from)
        except NotInEncoding as error:
            failed = str(error)
    tried = ", ".join(dict.fromkeys(form.encoding for form in found))
    raise file_refused(
        f"{shown(name)} holds bytes that are no text in {tried} {failed}: its header and its rows are encoded "  # pyright: ignore[reportPossiblyUnboundVariable] - there is at least one form
        "differently, or it is damaged.",
        allowed="one encoding throughout",
        remedy="Export the file again and import it as it is, or name its encoding.",
    )


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    stream.seek(0)
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _read(stream: BinaryIO, form: Form, *, said: Said, name: str, into: Tables, most: int, bulk_from: int) -> Imported:
    try:
        layout = form.layout(form.columns, said)
    except HeaderFault as fault:
        raise InvalidQuery(fault.message, argument=fault.argument, allowed=fault.allowed, remedy=fault.remedy) from None
    totals: list[_Total] = []
    with (
        into.making() as folder,
        opened(folder, megabytes=MEGABYTES) as db,
        closing(Keeping(folder, layout, form.heads, db)) as keeping,
    ):
        in_bulk = stream.seek(0, SEEK_END) >= bulk_from and take_in_bulk(stream, form, keeping, db, most)
        if not in_bulk:
            with closing(_records(stream, form, keeping, totals, most)) as records:
                keeping.take(records)
            if not keeping.rows:
                text = f"{shown(name)} has a header and no rows of figures."
                raise NoData(text, remedy="Export it again, with results.")
            keeping.finish()
        found = keeping.found()
        periods = found.distinct("period") if "period" in layout.fields else []
        told: dict[str, Any] = {
            "subject": layout.subject(found),
            "periods": tuple(str(one["period"]) for one in periods),
            "same": keeping.same(),
            "notes": tuple(layout.notes(found)),
            "totals": len(totals),
            "off": _off(layout, keeping, totals),
            "in_bulk": in_bulk,
        }
        digest = _digest(stream)
        rows, figures = keeping.keep(into, f"{digest} {form.layout.id} {form.encoding} {said}")
        return Imported(form=form, layout=layout, sha256=digest, rows=rows, figures=figures, **told)


def _records(stream: BinaryIO, form: Form, keeping: Keeping, totals: list[_Total], most: int) -> Generator[Record]:
    """Every row, understood and written down; those of totals go into a list."""
    layout = keeping.layout
    names = [column.field for column in form.columns]
    reader = _Cells(layout, form)
    with closing(ParquetFile(stream).rows() if form.encoding == PARQUET else rows(stream, form)) as lines:
        for number, cells in lines:
            if keeping.rows == most:
                raise file_refused(
                    f"The file has more than {most:,} rows.",
                    allowed=f"at most {most:,} rows",
                    remedy="Export fewer periods, products or partners at a time.",
                )
            texts = reader.cleaned(number, cells)
            if layout.total_fields and layout.is_total(dict(zip(names, texts, strict=True))):
                if len(totals) == MOST_TOTALS:
                    raise file_refused(
                        f"The file has more than {MOST_TOTALS:,} rows of totals.", allowed="rows of figures"
                    )
                totals.append(_total(layout, reader, number, dict(zip(names, texts, strict=True))))
                continue
            row = reader.row(number, texts)
            record = dict(zip(names, row, strict=True))
            try:
                layout.check(record)
            except CellFault as fault:
                raise reader.fault(number, names.index(fault.field or names[0]), fault) from None
            keeping.add(number, row, record)
            yield record


class _Cells:
    """Reads cells; texts that come again, such as codes and names, are read and stored once."""

    def __init__(self, layout: Layout, form: Form) -> None:
        self._layout = layout
        self._heads = form.heads
        self._names = [column.field for column in form.columns]
        self._known: list[dict[str, Cell] | None] = [None if name in layout.measures else {} for name in self._names]

    def cleaned(self, number: int, cells: Sequence[str]) -> list[str]:
        texts: list[str] = []
        for at, cell in enumerate(cells):
            try:
                texts.append(cleaned(cell))
            except CellFault as fault:
                raise self.fault(number, at, fault) from None
        return texts

    def row(self, number: int, texts: Sequence[str]) -> list[Cell]:
        return [self.cell(number, at, text) for at, text in enumerate(texts)]

    def cell(self, number: int, at: int, text: str) -> Cell:
        known = self._known[at]
        if known is not None and text in known:
            return known[text]
        try:
            read = self._layout.cell(self._names[at], text)
        except CellFault as fault:
            raise self.fault(number, at, fault) from None
        if known is not None:
            if len(known) == MOST_KNOWN:
                known.clear()
            known[text] = read
        return read

    def fault(self, number: int, at: int, fault: CellFault) -> InvalidQuery:
        return file_refused(
            f"Row {number}, column {shown(self._heads[at])}: {fault.message}. Nothing was imported.",
            allowed=fault.expected,
            remedy=fault.remedy or "Correct the file, or export it again, and call again.",
        )


def _total(layout: Layout, reader: _Cells, number: int, texts: dict[str, str]) -> _Total:
    """A row of totals: which rows it is the sum of, and what it says it is."""
    at = {column.field: index for index, column in enumerate(layout.columns)}
    by = tuple(
        (name, reader.cell(number, at[name], text))
        for name in layout.dimensions
        if (text := texts.get(name, "")) and text != "-" and not layout.is_total({name: text})
    )
    figures = {name: reader.cell(number, at[name], texts[name]) for name in layout.money if name in at}
    return _Total(number, by, figures)


def _off(layout: Layout, keeping: Keeping, totals: Sequence[_Total]) -> list[int]:
    """The rows of totals that are not the sum of the rows they stand for."""
    money = [name for name in layout.fields if name in layout.money]
    off: list[int] = []
    for by in dict.fromkeys(tuple(name for name, _ in total.by) for total in totals):
        mine = [total for total in totals if tuple(name for name, _ in total.by) == by]
        sums = keeping.sums(by, money)
        for total in mine:
            count, *held = sums.get(tuple(text for _, text in total.by), (0, *[0] * len(money)))
            for name, held_sum in zip(money, held, strict=True):
                value = total.figures[name]
                spare = layout.rounding * count + 1e-9 * abs(held_sum)
                if isinstance(value, int | float) and abs(value - held_sum) > spare:
                    off.append(total.row)
                    break
    return sorted(off)
