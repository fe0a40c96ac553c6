"""The answer of `import_file`: what a file holds in short, its first rows, and where all of them are."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, create_model

from tradestat_tools.codes.units import UNIT_NAMES
from tradestat_tools.contract.kept import literal, opened
from tradestat_tools.model.answers import Data, Kept, Provenance, Table
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.file_layout import FlowSide, Layout
from tradestat_tools.model.observation import Observation
from tradestat_tools.results.imports.reading import Imported

FIRST_ROWS = 100
"""Rows of a file that its answer holds."""


class FileSum(BaseModel):
    """What figures of one flow and unit there are."""

    model_config = ConfigDict(extra="forbid")

    flow: str
    unit: str
    figures: int
    partners: int
    products: int
    periods: int
    sum: float | None = Field(
        default=None, description="In whole units; null where totals stand beside parts, or a value is missing."
    )


UNIT_WORDS: Mapping[str, str] = {**UNIT_NAMES}
AS_IN_FILE = "as the file has it"
"""Where neither the file nor the caller names the unit of a column."""


class FileData(Data):
    """The first rows of a file under its own columns; figures are numbers, null is a cell that holds nothing."""

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
    rows: list[list[str | int | float | None]] = Field(description="The first of them; `query` reads all.")
    totals: int = Field(description="Rows of the file's own totals, which are left out.")
    measures: list[str] = Field(default=[], description="The columns of money.")
    units: dict[str, str] = Field(default={}, description="Units of columns of figures.")
    sums: list[FileSum] = Field(default=[], description="What the rows hold, by flow and unit.")
    kept: Kept | None = Field(default=None, description="Absent in answers of versions that held all rows.")
    _figures: Sequence[Observation] | None = PrivateAttr(default=None)

    def tables(self) -> list[Table]:
        rows = [tuple(row) for row in self.rows]
        title, money = f"Rows of {self.file}", frozenset(self.measures)
        tables = [Table(tuple(self.columns), rows, title, measures=money, kept=self.kept, units=self.units)]
        if tables[0].beyond:
            sums = [tuple(one.model_dump().values()) for one in self.sums]
            counts = dict.fromkeys(("figures", "partners", "products", "periods"), "count")
            units = {**counts, "sum": "the unit of its row"}
            tables.append(Table(tuple(FileSum.model_fields), sums, "What the file holds", units=units))
        if self.common:
            tables.append(Table(("column", "in every row"), list(self.common.items()), "The same in every row"))
        return tables

    def figures(self) -> Sequence[Observation]:
        """The figures as common rows.

        Raises:
            NoData: it was stored by a version that kept them otherwise.
        """
        if self._figures is None:
            raise NoData(
                "This file was imported by an older version, whose rows are not read as figures any more.",
                remedy="Call import_file again with the same arguments, and use the handle it gives.",
            )
        return self._figures

    def with_figures(self, figures: Sequence[Observation]) -> Self:
        """Remember where the figures are."""
        self._figures = figures
        return self


def file_data(layouts: Mapping[str, type[Layout]]) -> type[FileData]:
    """The data of files in these layouts."""
    names: Any = Literal[tuple(layouts)]
    return create_model("ImportData", __base__=FileData, layout=(names, FileData.model_fields["layout"]))


def data_of(kind: type[FileData], imported: Imported, name: str, size: int) -> FileData:
    """An imported file as data."""
    form, layout, same = imported.form, imported.layout, imported.same
    shown = [at for at in range(len(form.heads)) if at not in same]
    whole = imported.rows.kept
    kept = whole.model_copy(update={"at": [whole.at[at] for at in shown], "kinds": [whole.kinds[at] for at in shown]})
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
        columns=[form.heads[at] for at in shown],
        rows=[[row[at] for at in shown] for row in imported.rows[:FIRST_ROWS]],
        totals=imported.totals,
        measures=[form.heads[at] for at in shown if form.columns[at].field in layout.money],
        units={
            form.heads[at]: UNIT_WORDS.get(form.columns[at].unit, form.columns[at].unit) or AS_IN_FILE
            for at in shown
            if form.columns[at].field in layout.measures
        },
        sums=list(_sums(imported)),
        kept=kept,
    ).with_figures(imported.figures)


def _sums(imported: Imported) -> Iterator[FileSum]:
    source = f"read_parquet({literal(str(imported.figures.path))})"
    asked = f"""
        WITH cells AS (
            SELECT flow, unit, count(*) AS cells FROM (
                SELECT DISTINCT flow, unit, hash(reporter_code, partner_code, classification, product, period)
                FROM {source}
            ) GROUP BY flow, unit
        )
        SELECT flow, unit, count(*), count(DISTINCT partner_code), count(DISTINCT product), count(DISTINCT period),
            CASE WHEN count(value) = count(*) AND any_value(cells) = count(*) AND count(DISTINCT classification) = 1
                AND min(length(product)) = max(length(product)) AND min(length(period)) = max(length(period))
                AND count(DISTINCT CASE WHEN product = 'TOTAL' THEN 'TOTAL' ELSE '' END) = 1
                AND count(DISTINCT CASE WHEN partner_code = '0' THEN '0' ELSE '' END) = 1
                AND count(DISTINCT CASE WHEN reporter_code = '0' THEN '0' ELSE '' END) = 1
                THEN sum(value) END
        FROM {source} JOIN cells USING (flow, unit) GROUP BY flow, unit ORDER BY flow, unit
    """  # noqa: S608 - our own path
    with TemporaryDirectory() as scratch, opened(Path(scratch)) as db:
        for row in db.execute(asked).fetchall():
            yield FileSum(**dict(zip(FileSum.model_fields, row, strict=True)))


def observe(data: FileData, _: Provenance) -> Sequence[Observation]:
    """The figures of an imported file as common rows, in whole units of the currency."""
    return data.figures()
