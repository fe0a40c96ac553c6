"""The tool `comtrade_trade_matrix`: world trade with the gaps filled by the United Nations' own estimates."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.arguments import ArgumentError, Meaning
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.answers import TradeData, as_series
from tradestat_tools.sources.comtrade.api import fetch_matrix, table_request
from tradestat_tools.sources.comtrade.arguments import (
    KEYED_ROWS,
    USUAL_ROWS,
    Dated,
    Frequencies,
    Partners,
    Read,
    Spans,
    usual,
)
from tradestat_tools.sources.comtrade.calendar import asked_periods, wire_period
from tradestat_tools.sources.comtrade.codes import WORLD, FreqCode, Places, read_cmd_code
from tradestat_tools.sources.comtrade.notes import cut_notes, later_notes, reading_notes, row_notes
from tradestat_tools.sources.comtrade.service import SOURCE_ID
from tradestat_tools.sources.comtrade.tools.shared import calls_for, trade_answer
from tradestat_tools.sources.comtrade.wire.rows import Page
from tradestat_tools.sources.comtrade.wire.tables import TRADE_MATRIX
from tradestat_tools.upstream import Fetched

CLASSIFICATION = "TM"

TELLING = frozenset({NoteCode.DOUBLE_COUNTING, NoteCode.NOT_SPECIFIED_AREAS, NoteCode.ZERO})
"""Notes on rows that mean something here: no row has a weight, and all are in SITC."""


def _years_only(code: FreqCode) -> FreqCode:
    if code != "A":
        raise ArgumentError("The trade matrix has years only.", allowed="A", nearest=("A",))
    return code


def _sitc(values: list[str], _: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read_cmd_code(value, "S4") for value in values))


class MatrixArguments(Dated):
    """What `comtrade_trade_matrix` can be asked."""

    freqCode: Annotated[Frequencies, AfterValidator(_years_only)] = Field(
        default="A", description="A: the matrix is by year."
    )
    reporterCode: Partners = Field(description="Whose trade: codes or names; 0 or World; all is every one.")
    period: Spans = Field(description="Years; ranges.")
    partnerCode: Partners = Field(
        default=usual(WORLD), description="With whom: codes or names; 0 is World (default); all is every partner."
    )
    cmdCode: Annotated[tuple[str, ...], Read(_sitc)] = Field(
        default=usual("TOTAL"),
        description="SITC codes of 1 to 3 digits; TOTAL (default), AG1, AG2, AG3 for a whole level.",
    )
    flowCode: Annotated[list[Literal["M", "X"]], Field(min_length=1), Meaning.FLOW] = Field(
        default=["M", "X"], description="M imports, X exports (default both)."
    )
    maxRecords: int = Field(default=USUAL_ROWS, ge=1, le=KEYED_ROWS, description="Rows a call may bring.")


async def comtrade_trade_matrix(context: Context, arguments: MatrixArguments) -> Answer[TradeData]:
    """Ask for cells of the matrix. Values in US dollars.

    Raises:
        MissingKey: it takes a key.
        TooLarge: it would take too many calls.
        NoData: there are no rows.
        TradestatError: what the service answers.
    """
    span, later = asked_periods(arguments.period, arguments.frequency, context.today)
    reporters, partners = Places.of(arguments.reporterCode, span), Places.of(arguments.partnerCode, span)
    fetched: list[Fetched[Page]] = []
    for run in calls_for(context, span, arguments.freqCode):
        params = {
            "reporterCode": reporters.codes,
            "period": map(wire_period, run),
            "partnerCode": partners.codes,
            "cmdCode": (re.sub("^AG", "ag", code) for code in arguments.cmdCode),
            "flowCode": arguments.flowCode,
            "maxRecords": [str(arguments.maxRecords)],
            "includeDesc": ["true"],
        }
        request = table_request(context, TRADE_MATRIX, {name: ",".join(codes) for name, codes in params.items()})
        asked = {"typeCode": "C", "freqCode": "A", "cmdCode": ",".join(arguments.cmdCode)}
        fetched.append(await fetch_matrix(context, request, asked))
    rows = [row for one in fetched for row in one.value.rows]
    if not rows:
        text = f"UN Comtrade's trade matrix has no such rows, {span[0]} to {span[-1]}"
        raise NoData(
            f"{text}.",
            remedy="Ask for an earlier year or a wider code; what was reported is in comtrade_data.",
            why=[Why(Reason.NOT_COVERED, f"{text}; its newest year comes late, and four digits are few.")],
            source=SOURCE_ID,
        )
    text = (
        "Official figures complemented by estimates of the UN Statistics Division; the rows do not say which is which."
    )
    return trade_answer(
        context,
        "comtrade_trade_matrix",
        as_series(rows, span, typeCode="C", freqCode="A", clCode=CLASSIFICATION),
        fetched,
        limit=arguments.maxRecords,
        notes=[
            Note(code=NoteCode.FLAG, text=text),
            *cut_notes(fetched, arguments.maxRecords),
            *(note for note in row_notes(rows, CLASSIFICATION, (), span) if note.code in TELLING),
            *reading_notes([*reporters.asked, *partners.asked]),
            *later_notes(later),
        ],
        valuation="imports CIF, exports FOB",
        kind="Trade matrix (partly estimated): ",
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
