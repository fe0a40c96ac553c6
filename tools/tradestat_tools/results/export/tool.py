"""The tool that writes stored answers to files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, BinaryIO, Literal
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tradestat_tools.codes.words import counted
from tradestat_tools.contract.context import Context, own_provenance
from tradestat_tools.contract.results import Handle, StoredResult, found_in
from tradestat_tools.contract.source import source_of
from tradestat_tools.contract.tool import Tool, call_text
from tradestat_tools.model.answers import Answer, Data, Link, Note, NoteCode, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import InvalidQuery, TradestatError
from tradestat_tools.results.chart.arguments import ChartArguments
from tradestat_tools.results.chart.figure import Figure
from tradestat_tools.results.chart.tool import CHART, figure_of
from tradestat_tools.results.citation import references_of
from tradestat_tools.results.export.folder import SYNTHETIC, ExportFolder, safe_name
from tradestat_tools.results.export.html_page import write_html
from tradestat_tools.results.export.parquet import write_parquet
from tradestat_tools.results.export.picture import write_png, write_svg
from tradestat_tools.results.export.plain_text import write_about, write_csv, write_json, write_markdown
from tradestat_tools.results.export.report import Exported, Report
from tradestat_tools.results.export.xlsx import write_xlsx
from tradestat_tools.results.query.selection import table_number
from tradestat_tools.upstream.runtime import in_thread

ADDRESS = "tradestat://exports/"
MOST_RESULTS = 20
FormatName = Literal["csv", "xlsx", "json", "parquet", "markdown", "html", "svg", "png"]


@dataclass(frozen=True, slots=True)
class Format:
    """How a file of a format is written.

    Args:
        one_table: whether a file holds one table, so that each needs its own.
        about: whether what is to be known goes into a file beside it.
        drawn: whether it shows a chart, or says what one shows.
        picture: whether a file holds the drawing of one chart.
    """

    suffix: str
    mime_type: str
    write: Callable[[Report, BinaryIO], None]
    one_table: bool = False
    about: bool = False
    drawn: bool = False
    picture: bool = False


FORMATS: Mapping[FormatName, Format] = {
    "csv": Format(".csv", "text/csv", write_csv, one_table=True, about=True),
    "xlsx": Format(
        ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx, drawn=True
    ),
    "json": Format(".json", "application/json", write_json),
    "parquet": Format(".parquet", "application/vnd.apache.parquet", write_parquet, one_table=True),
    "markdown": Format(".md", "text/markdown", write_markdown, drawn=True),
    "html": Format(".html", "text/html", write_html, drawn=True),
    "svg": Format(".svg", "image/svg+xml", write_svg, drawn=True, picture=True),
    "png": Format(".png", "image/png", write_png, drawn=True, picture=True),
}
ABOUT = Format(".txt", "text/plain", write_about)


class ExportArguments(Arguments):
    """Which stored answers, as what."""

    result: Annotated[
        list[Handle],
        Field(min_length=1, max_length=MOST_RESULTS, description="Handles of answers, as their first lines give them."),
    ]
    format: Annotated[FormatName, Field(description="Kind of file.")] = "xlsx"
    filename: Annotated[
        str | None, AfterValidator(safe_name), Field(description="Name without folder; without it, one is made.")
    ] = None
    table: Annotated[str | None, Field(description="Number (from 1) or title of one table; without it, all.")] = None


class ExportedFile(BaseModel):
    """One file."""

    model_config = ConfigDict(extra="forbid")

    name: str
    path: str = Field(description="On the computer that runs the server.")
    uri: str = Field(description="Resource by which a client reads the file.")
    mime_type: str
    rows: int
    bytes: int
    sha256: str


class ExportData(Data):
    """The files that were written."""

    format: FormatName
    files: list[ExportedFile]

    def links(self) -> list[Link]:
        return [Link(one.uri, one.name, one.mime_type, one.bytes) for one in self.files]

    def verbatim(self) -> str:
        return "\n".join(
            f"{one.path} · {counted(one.rows, 'row')} · {one.bytes:,} bytes · sha256 {one.sha256}" for one in self.files
        )

    def tables(self) -> list[Table]:
        return []


async def export_data(context: Context, asked: ExportArguments) -> Answer[ExportData]:
    """Write stored answers to files in the export folder. No service is asked."""
    handles = list(dict.fromkeys(asked.result))
    if asked.table and len(handles) > 1:
        raise InvalidQuery("`table` is of one result, and several are given.", argument="table", allowed="one result")
    stored = [await found_in(context.results, handle) for handle in handles]
    chosen = FORMATS[asked.format]
    report = Report(tuple([await _exported(context, one, asked.table, drawn=chosen.drawn) for one in stored]))
    if chosen.one_table and not any(report.sheets()):
        raise InvalidQuery(
            f"{handles[0]} holds no table, which is all that {asked.format} can hold.",
            argument="format",
            allowed="json, xlsx, markdown, html",
        )
    undrawn = [one.stored.handle for one in report.answers if one.figure is None]
    if chosen.picture and undrawn:
        raise InvalidQuery(
            f"No chart could be chosen for {undrawn[0]}, and a chart is all that {asked.format} can hold.",
            argument="format",
            allowed="results of the tool chart, and what it draws by itself; for others xlsx, csv, json, parquet, html",
            remedy=f"Draw it first, {call_text('chart', result=undrawn[:1])}, and export the result of that.",
        )
    name = asked.filename or (f"{stored[0].tool}-{handles[0]}" if len(stored) == 1 else f"tradestat-{handles[0]}")
    folder = ExportFolder(context.settings.export_dir)
    files = await in_thread(partial(_write, folder, _stem(name, chosen, synthetic=report.sandbox), chosen, report))
    many = "" if len(stored) == 1 else f" and {len(stored) - 1} more"
    return Answer(
        what=f"Exported as {asked.format}: {stored[0].what}{many}",
        data=ExportData(format=asked.format, files=files),
        source=own_provenance(context, "export_data", ADDRESS, synthetic=report.sandbox, results=handles),
        notes=[Note(code=NoteCode.SHAPE, text=text) for text in report.remarks],
        more=f"A client reads a file as the resource {ADDRESS}NAME; it lies on the server's computer.",
    )


async def _exported(context: Context, stored: StoredResult, table: str | None, *, drawn: bool) -> Exported:
    cited, parts, _ = await references_of(context, [stored.handle])
    # A chart's first table is what it shows in words, which the report says over the drawing.
    numbers = [table_number(stored, table)] if table else range(stored.tool == CHART.name, len(stored.tables))
    tables = tuple((at + 1, stored.tables[at]) for at in numbers)
    sources = (source_of(context.sources.values(), part.tool) for part in parts)
    terms = tuple(dict.fromkeys(one.terms for one in sources if one))
    figure = await in_thread(partial(_figure, context, stored)) if drawn and table is None else None
    return Exported(stored, tables, tuple(cited), terms, figure)


def _figure(context: Context, stored: StoredResult) -> Figure | None:
    """The chart that `chart` would choose for an answer, or that the answer is; None where none fits. Blocks."""
    if stored.tool == CHART.name:
        return Figure.model_validate(stored.structured["data"]["figure"])
    try:
        return figure_of([stored], ChartArguments(result=[stored.handle]), context.tools)[0]
    except TradestatError:
        return None


def _stem(name: str, chosen: Format, *, synthetic: bool) -> str:
    """The name without its ending, if it is that of the format.

    Raises:
        InvalidQuery: it has that of another format, which would mislead.
    """
    stem = name
    for known in (*FORMATS.values(), ABOUT):
        if name.lower().endswith(known.suffix):
            if known.suffix != chosen.suffix:
                raise InvalidQuery(
                    f"A name that ends in {known.suffix} does not fit the format.",
                    argument="filename",
                    allowed=f"a name that ends in {chosen.suffix} or in no known way",
                )
            stem = safe_name(name[: -len(known.suffix)])
    return stem if not synthetic or stem.lower().startswith(SYNTHETIC) else f"{SYNTHETIC}{stem}"


def _write(folder: ExportFolder, stem: str, chosen: Format, report: Report) -> list[ExportedFile]:
    """Write the file, or one for each table. Blocks."""
    parts = report.one_each() if chosen.one_table else report.answer_each() if chosen.picture else [report]
    files: list[ExportedFile] = []
    try:
        for number, part in enumerate(parts, start=1):
            part_stem = stem if len(parts) == 1 else f"{stem}-{'chart' if chosen.picture else 'table'}{number}"
            files.append(_write_one(folder, part_stem, chosen, part))
            if part is not report and not chosen.picture:
                report.add_part(files[-1].name, part)
        if chosen.about:
            files.append(_write_one(folder, f"{stem}-about", ABOUT, report).model_copy(update={"rows": 0}))
    except OSError as error:
        raise InvalidQuery(
            f"The folder of exports, {folder.path}, can not be written to: {error.strerror or error}.",
            remedy="Set TRADESTAT_EXPORT_DIR to a folder that can be, or make room in it, and call again.",
        ) from None
    return files


def _write_one(folder: ExportFolder, stem: str, chosen: Format, report: Report) -> ExportedFile:
    with folder.new_file(stem, chosen.suffix) as (name, file):
        chosen.write(report, file)
    written = folder.written(name)
    return ExportedFile(
        name=written.name,
        path=str(written.path),
        uri=f"{ADDRESS}{quote(written.name, safe='')}",
        mime_type=chosen.mime_type,
        rows=report.rows,
        bytes=written.bytes,
        sha256=written.sha256,
    )


EXPORT_DATA = Tool(
    name="export_data",
    title="Tradestat: write answers to a file",
    description=(
        "Writes earlier answers, by the handles (result r…) in their first lines, to a file: xlsx (default), csv, "
        "json, parquet, markdown, or html (one page, made to be printed to PDF); charts as svg or png. All rows, exact "
        "figures; service, address, date, unit, notes and citation go with them. table picks one table; several "
        "results make one workbook or page. csv and parquet hold one table a file, svg and png one chart. Files are "
        "made in the server's export folder, none is written over; each comes back as a link."
    ),
    arguments=ExportArguments,
    data=ExportData,
    run=export_data,
    example={"result": ["rk3v7q2m5xa"], "format": "csv"},
    local=True,
    writes=True,
)
