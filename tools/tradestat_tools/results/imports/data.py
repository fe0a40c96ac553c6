"""The answer of `import_file`: the rows of a file, and how they become common rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal, overload

from pydantic import Field, create_model

from tradestat_tools.codes.units import UNIT_NAMES
from tradestat_tools.model.answers import Cell, Data, Provenance, Table
from tradestat_tools.model.file_layout import FlowSide, Layout, Record, Said
from tradestat_tools.model.observation import Observation
from tradestat_tools.results.imports.reading import Imported


class Records(Sequence[Record]):
    """Rows by field, made one at a time: a dictionary for each would take several times the memory of the rows."""

    def __init__(self, fields: Sequence[str], rows: Sequence[Sequence[Cell]], common: Record) -> None:
        self._fields = tuple(fields)
        self._rows = rows
        self._common = common

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Record: ...
    @overload
    def __getitem__(self, at: slice) -> "Records": ...
    def __getitem__(self, at: int | slice) -> "Record | Records":
        if isinstance(at, slice):
            return Records(self._fields, self._rows[at], self._common)
        return {**self._common, **dict(zip(self._fields, self._rows[at], strict=True))}

    def __iter__(self) -> Iterator[Record]:
        return (self[at] for at in range(len(self._rows)))


UNIT_WORDS: Mapping[str, str] = {**UNIT_NAMES}
AS_IN_FILE = "as the file has it"
"""Where neither the file nor the caller names the unit of a column."""


class FileData(Data):
    """The rows of a file under its own columns; figures are numbers, null is a cell that holds nothing."""

    file: str
    sha256: str
    bytes: int
    encoding: str
    layout: str = Field(description="Whose file it is.")
    flow: FlowSide | None = Field(default=None, description="As the caller said it: X exports, M imports.")
    unit: str | None = Field(default=None, description="As the caller said it: usd, thousand_usd, yuan.")
    period: str | None = Field(default=None, description="As the caller said it, of every row.")
    header: list[str] = Field(description="All columns, in the order of the file.")
    common: dict[str, str] = Field(description="Columns that hold the same text in every row.")
    columns: list[str] = Field(description="The others; each row has a cell for each.")
    rows: list[list[str | int | float | None]]
    totals: int = Field(description="Rows of the file's own totals, which are left out.")
    layouts: ClassVar[Mapping[str, type[Layout]]] = {}
    """Every layout by its name, set by `file_data`."""

    def tables(self) -> list[Table]:
        layout = self._layout()
        money = {head for head, column in zip(self.header, layout.columns, strict=True) if column.field in layout.money}
        rows = [tuple(row) for row in self.rows]
        units = {
            head: UNIT_WORDS.get(column.unit, column.unit) or AS_IN_FILE
            for head, column in zip(self.header, layout.columns, strict=True)
            if column.field in layout.measures
        }
        tables = [Table(tuple(self.columns), rows, f"Rows of {self.file}", frozenset(money), units=units)]
        if self.common:
            tables.append(Table(("column", "in every row"), list(self.common.items()), "The same in every row"))
        return tables

    def figures(self) -> Iterator[Observation]:
        """The figures as common rows."""
        layout = self._layout()
        fields = dict(zip(self.header, (column.field for column in layout.columns), strict=True))
        common = {fields[head]: text for head, text in self.common.items()}
        return layout.observe(Records([fields[head] for head in self.columns], self.rows, common))

    def _layout(self) -> Layout:
        kind = self.layouts[self.layout]
        columns = [column for head in self.header if (column := kind.column(head))]
        return kind(columns, Said(self.flow, self.unit, self.period))


def file_data(layouts: Mapping[str, type[Layout]]) -> type[FileData]:
    """The data of files in these layouts."""
    names: Any = Literal[tuple(layouts)]
    kind = create_model("ImportData", __base__=FileData, layout=(names, FileData.model_fields["layout"]))
    kind.layouts = layouts
    return kind


def data_of(kind: type[FileData], imported: Imported, name: str, size: int) -> FileData:
    """An imported file as data."""
    form, layout = imported.form, imported.layout
    same = _same(imported)
    kept = [at for at in range(len(form.heads)) if at not in same]
    return kind(
        file=name,
        sha256=imported.sha256,
        bytes=size,
        encoding=form.encoding,
        layout=layout.id,
        flow=layout.said.flow,
        unit=layout.said.unit,
        period=layout.said.period,
        header=list(form.heads),
        common={form.heads[at]: text for at, text in same.items()},
        columns=[form.heads[at] for at in kept],
        rows=[[row[at] for at in kept] for row in imported.rows] if same else imported.rows,
        totals=imported.totals,
    )


def records_of(imported: Imported) -> Records:
    """The rows by field."""
    return Records([column.field for column in imported.form.columns], imported.rows, {})


def _same(imported: Imported) -> dict[int, str]:
    """Columns with one text in all of several rows; never one of figures."""
    rows = imported.rows
    if len(rows) < 2:
        return {}
    found: dict[int, str] = {}
    for at, column in enumerate(imported.form.columns):
        first = rows[0][at]
        if column.field not in imported.layout.measures and all(row[at] == first for row in rows):
            found[at] = str(first) if first is not None else ""
    return found


def observe(data: FileData, _: Provenance) -> list[Observation]:
    """The figures of an imported file as common rows, in whole units of the currency."""
    return list(data.figures())
