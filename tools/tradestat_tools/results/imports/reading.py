"""A whole file, read row by row: every row is understood, or none is taken."""

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from tradestat_tools.codes.words import shown
from tradestat_tools.model.answers import Cell
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.model.file_layout import CellFault, HeaderFault, Layout, Said, cleaned
from tradestat_tools.results.imports.folder import file_refused
from tradestat_tools.results.imports.text import Form, NotInEncoding, forms, rows

MOST_ROWS = 300_000
"""UN Comtrade gives at most 250,000 records a call, China Customs 10,000 rows a file."""


@dataclass(slots=True)
class Imported:
    """What a file holds.

    Args:
        rows: typed cells in the order of the header's columns, without the file's own totals.
        totals: how many rows of totals were left out.
        off: numbers of those that are not the sum of their rows.
    """

    form: Form
    layout: Layout
    sha256: str = ""
    rows: list[list[Cell]] = field(default_factory=list[list[Cell]])
    totals: int = 0
    off: list[int] = field(default_factory=list[int])


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
    most: int = MOST_ROWS,
) -> Imported:
    """Read a file whole. Blocks.

    Args:
        name: of the file, for errors.
        layouts: the kinds that it may be, by name.
        layout: the only kind it may be, where the caller says it.
        encoding: the same of its encoding.
        said: what the caller says of it.
        most: rows it may have.

    Raises:
        InvalidQuery: something in it is not understood; names the row and the column.
        NoData: it has a header and no rows.
    """
    kinds = [layouts[layout]] if layout else list(layouts.values())
    found = forms(stream, kinds, encoding, name)
    for form in found:
        try:
            imported = _read(stream, form, said, most)
        except NotInEncoding as error:
            failed = str(error)
            continue
        if not imported.rows:
            raise NoData(f"{shown(name)} has a header and no rows of figures.", remedy="Export it again, with results.")
        imported.sha256 = _digest(stream)
        return imported
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


def _read(stream: BinaryIO, form: Form, said: Said, most: int) -> Imported:
    try:
        layout = form.layout(form.columns, said)
    except HeaderFault as fault:
        raise InvalidQuery(fault.message, argument=fault.argument, allowed=fault.allowed, remedy=fault.remedy) from None
    imported = Imported(form, layout)
    names = [column.field for column in form.columns]
    reader = _Cells(layout, form)
    totals: list[_Total] = []
    first: dict[Hashable, int] = {}
    for number, cells in rows(stream, form):
        if len(imported.rows) == most:
            raise file_refused(
                f"The file has more than {most:,} rows.",
                allowed=f"at most {most:,} rows",
                remedy="Export fewer periods, products or partners at a time.",
            )
        texts = reader.cleaned(number, cells)
        if layout.total_fields and layout.is_total(dict(zip(names, texts, strict=True))):
            totals.append(_total(layout, reader, number, dict(zip(names, texts, strict=True))))
            continue
        row = [reader.cell(number, at, text) for at, text in enumerate(texts)]
        record = dict(zip(names, row, strict=True))
        try:
            layout.check(record)
        except CellFault as fault:
            raise reader.fault(number, names.index(fault.field or names[0]), fault) from None
        before = first.setdefault(layout.key(record), number)
        if before != number:
            raise file_refused(
                f"Rows {before} and {number} give two figures for the same thing (column "
                f"{shown(form.heads[_main(layout, names)])}).",
                allowed="one row for each period, product, partner and whatever else the columns tell apart",
                remedy="Export the file again with the columns that tell the rows apart, or each part on its own.",
            )
        imported.rows.append(row)
    imported.totals = len(totals)
    imported.off = _off(layout, names, imported.rows, totals)
    return imported


def _main(layout: Layout, names: Sequence[str]) -> int:
    """The first column of money, whose figures are at stake where two rows are of one thing."""
    return next(at for at, name in enumerate(names) if name in layout.money)


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

    def cell(self, number: int, at: int, text: str) -> Cell:
        known = self._known[at]
        if known is not None and text in known:
            return known[text]
        try:
            read = self._layout.cell(self._names[at], text)
        except CellFault as fault:
            raise self.fault(number, at, fault) from None
        if known is not None:
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


def _off(layout: Layout, names: Sequence[str], found: Sequence[Sequence[Cell]], totals: Sequence[_Total]) -> list[int]:
    """The rows of totals that are not the sum of the rows they stand for."""
    money = [(at, name) for at, name in enumerate(names) if name in layout.money]
    off: list[int] = []
    for by in dict.fromkeys(tuple(name for name, _ in total.by) for total in totals):
        keyed = [names.index(name) for name in by]
        sums: dict[tuple[Cell, ...], list[float]] = defaultdict(lambda: [0.0] * (len(money) + 1))
        for row in found:
            held = sums[tuple(row[at] for at in keyed)]
            held[-1] += 1
            for index, (at, _) in enumerate(money):
                value = row[at]
                held[index] += value if isinstance(value, int | float) else 0
        for total in totals:
            if tuple(name for name, _ in total.by) != by:
                continue
            held = sums[tuple(text for _, text in total.by)]
            for index, (_, name) in enumerate(money):
                value = total.figures[name]
                if isinstance(value, int | float) and abs(value - held[index]) > layout.rounding * held[
                    -1
                ] + 1e-9 * abs(held[index]):
                    off.append(total.row)
                    break
    return sorted(off)
