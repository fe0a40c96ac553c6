"""The tool `comtrade_trade_matrix`: world trade with the gaps filled by the United Nations' own estimates."""

import re
from functools import partial
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.absence.empty import asked_periods
from tradestat_tools.sources.comtrade.answers import TradeData, as_series
from tradestat_tools.sources.comtrade.api import PERIODS_A_CALL, chunks, is_cut, read_answered
from tradestat_tools.sources.comtrade.arguments import (
    KEYED_ROWS,
    LISTS,
    USUAL_ROWS,
    Codes,
    Dated,
    check_partners,
    code_errors,
    word_to_code,
)
from tradestat_tools.sources.comtrade.calendar import due, wire_period
from tradestat_tools.sources.comtrade.codes import FREQ_WORDS, WORLD, FreqCode, read_cmd_code, read_places
from tradestat_tools.sources.comtrade.notes import check_calls, cut_note, listed, more, row_notes, spelling_note, what
from tradestat_tools.sources.comtrade.service import POLICY, SERVICE, SOURCE_ID
from tradestat_tools.sources.comtrade.wire.envelope import Page
from tradestat_tools.sources.comtrade.wire.tables import TRADE_MATRIX, table_request
from tradestat_tools.upstream import Fetched

CLASSIFICATION = "TM"

TELLING = frozenset({NoteCode.DOUBLE_COUNTING, NoteCode.NOT_SPECIFIED_AREAS, NoteCode.ZERO})
"""Notes on rows that mean something here: no row has a weight, and all are in SITC."""


class MatrixArguments(Dated, Arguments):
    """What `comtrade_trade_matrix` can be asked."""

    freqCode: Annotated[FreqCode, word_to_code(FREQ_WORDS)] = Field(
        default="A", description="A: the matrix is by year."
    )
    reporterCode: Annotated[Codes, code_errors(check_partners)] = Field(
        description=f"Whose trade: codes or names; 0 or World; all is every one. {LISTS}"
    )
    period: Annotated[Codes, Meaning.PERIOD] = Field(description=f"Years; ranges. {LISTS}")
    partnerCode: Annotated[Codes, code_errors(check_partners)] = Field(
        default=[WORLD], description="With whom: codes or names; 0 is World (default); all is every partner."
    )
    cmdCode: Annotated[Codes, Meaning.HS] = Field(
        default=["TOTAL"], description="SITC codes of 1 to 3 digits; TOTAL (default), AG1, AG2, AG3 for a whole level."
    )
    flowCode: Annotated[list[Literal["M", "X"]], Field(min_length=1), Meaning.FLOW] = Field(
        default=["M", "X"], description="M imports, X exports (default both)."
    )
    maxRecords: int = Field(default=USUAL_ROWS, ge=1, le=KEYED_ROWS, description="Rows a call may bring.")

    @field_validator("cmdCode")
    @classmethod
    def _sitc(cls, values: list[str]) -> list[str]:
        return list(dict.fromkeys(read_cmd_code(value, "S4") for value in values))

    @model_validator(mode="after")
    def _fit_together(self) -> "MatrixArguments":
        if self.freqCode != "A":
            raise ArgumentError("The trade matrix has years only.", argument="freqCode", allowed="A", nearest=("A",))
        for name in ("cmdCode", "period"):
            if not getattr(self, name):
                raise ArgumentError(f"`{name}` is empty.", argument=name, allowed="at least one code")
        self.check_periods()
        return self


async def comtrade_trade_matrix(context: Context, arguments: MatrixArguments) -> Answer[TradeData]:
    """Ask for cells of the matrix. Values in US dollars.

    Raises:
        MissingKey: it takes a key.
        TooLarge: it would take too many calls.
        NoData: there are no rows.
        TradestatError: what the service answers.
    """
    span, later = asked_periods(context, arguments)
    runs = chunks(span, PERIODS_A_CALL)
    check_calls(context, len(span), len(runs), arguments.freqCode)
    years = {"first_year": span[0].year, "last_year": span[-1].year}
    reporters = read_places(arguments.reporterCode, "partner", **years)
    partners = read_places(arguments.partnerCode, "partner", **years)
    codes = ",".join(arguments.cmdCode)
    fetched: list[Fetched[Page]] = []
    for run in runs:
        params = {
            "reporterCode": ",".join(reporters.codes),
            "period": ",".join(map(wire_period, run)),
            "partnerCode": ",".join(partners.codes),
            "cmdCode": ",".join(re.sub("^AG", "ag", code) for code in arguments.cmdCode),
            "flowCode": ",".join(arguments.flowCode),
            "maxRecords": str(arguments.maxRecords),
            "includeDesc": "true",
        }
        request = table_request(context, TRADE_MATRIX, params)
        read = partial(read_answered, asked={**request.params, "typeCode": "C", "freqCode": "A", "cmdCode": codes})
        fetched.append(await context.upstream.fetch(request, POLICY, read, within=context.settings.timeout))
    rows = [row for one in fetched for row in one.value.rows]
    if not rows:
        text = f"UN Comtrade's trade matrix has no such rows, {span[0]} to {span[-1]}"
        raise NoData(
            f"{text}.",
            remedy="Ask for an earlier year or a wider code; what was reported is in comtrade_data.",
            why=[Why(Reason.NOT_COVERED, f"{text}; its newest year comes late, and four digits are few.")],
            source=SOURCE_ID,
        )
    data = as_series(
        rows, periods=[wire_period(one) for one in span], typeCode="C", freqCode="A", clCode=CLASSIFICATION
    )
    text = (
        "Official figures complemented by estimates of the UN Statistics Division; the rows do not say which is which."
    )
    cut = [one for one in fetched if is_cut(one.value, arguments.maxRecords)]
    notes = [
        Note(code=NoteCode.FLAG, text=text),
        *([cut_note(cut, fetched, arguments.maxRecords)] if cut else []),
        *(note for note in row_notes(rows, CLASSIFICATION, (), span) if note.code in TELLING),
    ]
    if (spelled := spelling_note([*reporters.asked, *partners.asked])) is not None:
        notes.append(spelled)
    if later:
        text = f"{listed(map(str, later))} left out: {due(later[0])}"
        notes.append(Note(code=NoteCode.LAG, text=text, reason=Reason.NOT_YET_PUBLISHED))
    full = any(len(one.value.rows) >= arguments.maxRecords for one in cut)
    return Answer[TradeData](
        what=f"Trade matrix (partly estimated): {what(data)}",
        data=data,
        source=provenance(
            SERVICE,
            "comtrade_trade_matrix",
            fetched,
            unit="US dollars",
            currency="USD",
            valuation="imports CIF, exports FOB",
        ),
        notes=notes,
        more=more(context, arguments.maxRecords, full=full) if cut else None,
    )


COMTRADE_TRADE_MATRIX = Tool(
    name="comtrade_trade_matrix",
    title="UN Comtrade: trade matrix with estimates",
    description=(
        "World trade by reporter and partner with the gaps filled: official figures complemented by estimates of the "
        "UN Statistics Division, so that late and missing reporters and World itself have figures. Years only, by SITC "
        "of 1 to 3 digits, in US dollars. Needs a key. Use it for world totals and shares; for what a country itself "
        "reported use comtrade_data."
    ),
    arguments=MatrixArguments,
    data=TradeData,
    run=comtrade_trade_matrix,
    example={"reporterCode": ["Korea"], "flowCode": ["X"], "period": ["2022", "2023"]},
)
