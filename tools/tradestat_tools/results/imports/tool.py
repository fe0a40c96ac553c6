"""The tool that reads a file which a person exported from a service's site."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, create_model

from tradestat_tools.codes.flows import flow
from tradestat_tools.codes.periods import period
from tradestat_tools.codes.units import unit
from tradestat_tools.codes.words import counted, fold
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Note, NoteCode, Provenance
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning
from tradestat_tools.model.file_layout import TOOL, CellFault, Layout, Said, month_or_year
from tradestat_tools.results.export.folder import SYNTHETIC
from tradestat_tools.results.imports.data import FileData, data_of, file_data, observe
from tradestat_tools.results.imports.folder import ImportFolder, OpenFile
from tradestat_tools.results.imports.reading import Imported, read_file
from tradestat_tools.upstream.runtime import in_thread

AUTO = "auto"

_ENCODINGS = {
    **dict.fromkeys(("utf8", "utf 8", "utf 8 sig", "utf8 bom"), "utf-8"),
    **dict.fromkeys(("gbk", "gb2312", "cp936", "gb 18030"), "gb18030"),
    **dict.fromkeys(("euc kr", "euckr", "ks c 5601", "ms949"), "cp949"),
    **dict.fromkeys(("windows 1252", "latin 1", "latin1", "iso 8859 1"), "cp1252"),
    **dict.fromkeys(("utf 16", "utf16", "unicode"), AUTO),
}


def _flow(value: Any) -> Any:
    """X or M; other flows are refused by name.

    Raises:
        CodeError: no flow at all.
    """
    return flow(value).code if isinstance(value, str) and value.strip() else value


def _unit(value: Any) -> Any:
    """A unit of value however it is written.

    Raises:
        CodeError: none.
    """
    return unit(value.replace("_", " ")) if isinstance(value, str) and value.strip() else value


def _encoding(value: Any) -> Any:
    return _ENCODINGS.get(fold(value), value.lower()) if isinstance(value, str) else value


def _period(value: Any) -> Any:
    """A month or a year as it is stored.

    Raises:
        ArgumentError: neither.
    """
    if not isinstance(value, str | int) or not str(value).strip():
        return value
    try:
        return str(month_or_year(str(value).strip()))
    except CellFault as fault:
        raise ArgumentError(f"{fault.message}.", allowed=fault.expected) from None


class ImportArguments(Arguments):
    """Which file, and what it does not say of itself."""

    file: str = Field(max_length=250, description="Name of a file in the import folder, or its path there.")
    flow: Annotated[Literal["X", "M"] | None, BeforeValidator(_flow), Meaning.FLOW] = Field(
        default=None,
        description="exports or imports. China Customs' files do not say it: ask the user; others do.",
    )
    layout: str = Field(default=AUTO, description="Whose file it is; auto reads it off the header.")
    encoding: Annotated[
        Literal["auto", "utf-8", "gb18030", "cp949", "cp1252", "utf-16-le", "utf-16-be"], BeforeValidator(_encoding)
    ] = Field(default=AUTO, description="auto finds it; name it where words come out garbled.")
    unit: Annotated[Literal["usd", "thousand_usd", "yuan"] | None, BeforeValidator(_unit)] = Field(
        default=None, description="Unit of value, where the header does not say it."
    )
    period: Annotated[str | None, BeforeValidator(_period), Meaning.PERIOD] = Field(
        default=None, description="Month or year of all rows, where the file has no column of periods: 202401."
    )


def _import(kind: type[FileData], context: Context, asked: ImportArguments) -> Answer[FileData]:
    """Read a file of the import folder whole; blocks.

    Raises:
        InvalidQuery: it is not there, or something in it is not understood; names the row and the column.
        NoData: it has no rows.
    """
    folder = ImportFolder(context.settings.import_dir)
    with folder.open(asked.file) as file:
        imported = read_file(
            file.stream,
            file.name,
            layouts=context.files,
            layout=None if asked.layout == AUTO else asked.layout,
            encoding=None if asked.encoding == AUTO else asked.encoding,
            said=Said(asked.flow, asked.unit, asked.period),
            into=context.results.tables,
        )
    layout = imported.layout
    span = _span(imported)
    return Answer(
        what=f"{imported.subject}, {span}: {counted(len(imported.rows), 'row')} of the file {file.name}",
        data=data_of(kind, imported, file.name, file.bytes),
        source=Provenance(
            service=layout.name,
            endpoint=TOOL,
            address=f"file:{file.name}",
            retrieved_at=file.saved_at,
            state="sandbox" if file.name.lower().startswith(SYNTHETIC) else "fresh",
            unit=layout.unit,
            currency=layout.currency,
            valuation=layout.valuation,
            coverage=span,
            calls=0,
        ),
        notes=list(_notes(imported, file)),
        more="Its handle is a source for trade_series (source) and compare_mirror (files).",
    )


def _span(imported: Imported) -> str:
    """The periods of the file: first to last."""
    if not imported.periods:
        return str(imported.layout.said.period)
    periods = sorted(map(period, imported.periods))
    return str(periods[0]) if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"


def _notes(imported: Imported, file: OpenFile) -> Iterator[Note]:
    yield from imported.notes
    if imported.off:
        first = ", ".join(map(str, imported.off[:5]))
        text = (
            f"{len(imported.off)} of the file's {imported.totals} rows of totals are not the sum of its rows (rows "
            f"{first}): rows may be missing, or one contains others."
        )
        yield Note(code=NoteCode.TOTAL_MISMATCH, text=text)
    elif imported.totals:
        many = imported.totals > 1
        text = (
            f"The file's {imported.totals} rows of totals are the sums of its rows, and are left out."
            if many
            else "The file's row of totals is the sum of its rows, and is left out."
        )
        yield Note(code=NoteCode.DOUBLE_COUNTING, text=text)
    text = (
        f"Retrieved stands for when the file was saved here, {file.saved_at:%Y-%m-%d}: the file does not say when it "
        "was exported, and figures revised since are not in it."
    )
    yield Note(code=NoteCode.REVISED, text=text)


DESCRIPTION = (
    "Reads a CSV or Parquet file that a person exported from China Customs (stats.customs.gov.cn, no API; how: "
    "tradestat://guide/china-customs, -zh, -ko; 收发货人注册地 is the province), UN Comtrade or Korea Customs "
    "(tradedata.go.kr), from the server's import folder. Its handle is a source for trade_series (source) and "
    "compare_mirror (files); query reads all its rows, millions too. China's files do not say whether they hold "
    "exports or imports: ask the user. A file is taken whole or not at all: the error names row and column. Nothing "
    "is uploaded; a wrong name lists the files there are."
)


def import_file_tool(layouts: Mapping[str, type[Layout]]) -> Tool[ImportArguments, FileData]:
    """The tool that reads files in these layouts, by name."""
    names: Any = Literal[(AUTO, *layouts)]
    arguments = create_model(
        "ImportArguments", __base__=ImportArguments, layout=(names, ImportArguments.model_fields["layout"])
    )
    data = file_data(layouts)

    async def import_file(context: Context, asked: ImportArguments) -> Answer[FileData]:
        return await in_thread(partial(_import, data, context, asked))

    return Tool(
        name=TOOL,
        title="Tradestat: import an exported file",
        description=DESCRIPTION,
        arguments=arguments,
        data=data,
        run=import_file,
        example={"file": "china-exports.csv", "flow": "exports"},
        local=True,
        kept=True,
        observe=observe,
    )
