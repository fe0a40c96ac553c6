"""The tool `comtrade_tariffline`: trade by national product codes, as reporters gave it to UN Comtrade."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool, call_text
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.arguments import ArgumentError, Meaning
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why, each_once, offered
from tradestat_tools.sources.comtrade.absence.evidence import no_dataset
from tradestat_tools.sources.comtrade.answers import TradeData, area_text, as_series, listed
from tradestat_tools.sources.comtrade.api import DataCall, fetch
from tradestat_tools.sources.comtrade.arguments import (
    KEYED_ROWS,
    USUAL_ROWS,
    Dated,
    Flows,
    Partners,
    Read,
    Spans,
    YearsOrMonths,
    named_reporters,
    row_limit,
    usual,
)
from tradestat_tools.sources.comtrade.calendar import asked_periods, due, is_recent, wire_period
from tradestat_tools.sources.comtrade.codes import ALL, Named, Places, members_instead
from tradestat_tools.sources.comtrade.notes import cut_notes, later_notes, reading_notes, row_notes, valuation
from tradestat_tools.sources.comtrade.service import SERVICE, SOURCE_ID
from tradestat_tools.sources.comtrade.tools.availability import listed_periods
from tradestat_tools.sources.comtrade.tools.shared import calls_for, trade_answer

LineClCode = Literal["HS", "H0", "H1", "H2", "H3", "H4", "H5", "H6"]


def _line_codes(values: list[str], _: Mapping[str, Any]) -> tuple[str, ...]:
    codes = [re.sub(r"[\s.]", "", value) for value in values]
    for code in codes:
        if not re.fullmatch(r"\d{2,12}", code):
            raise ArgumentError(
                f"{code[:40]!r} is not the beginning of a national code.",
                allowed="2 to 12 digits: a chapter, heading, subheading or a national code of the reporter",
            )
    return tuple(dict.fromkeys(codes))


class TarifflineArguments(Dated):
    """What `comtrade_tariffline` can be asked."""

    freqCode: YearsOrMonths = "A"
    clCode: LineClCode = Field(default="HS", description="HS (each year as reported; default) or one edition H0 to H6.")
    reporterCode: Annotated[
        tuple[Named, ...], named_reporters("National codes mean something else in every country.")
    ] = Field(description="Who reports: codes or names, as in comtrade_data.")
    period: Spans = Field(description="Years, or months with freqCode=M; ranges.")
    cmdCode: Annotated[tuple[str, ...], Read(_line_codes), Meaning.HS] = Field(
        description="Beginnings of national codes: every code that begins with one of them (850760 or 85076000)."
    )
    partnerCode: Partners = Field(
        default=usual(ALL), description="Trade with whom: codes or names; all (default) is every partner that is given."
    )
    flowCode: Flows = Field(
        default=usual("M", "X"), description="M imports, X exports (default both); RX, RM, DX, FM as in comtrade_data."
    )
    maxRecords: int = Field(
        default=USUAL_ROWS, ge=1, le=KEYED_ROWS, description="Rows a call may bring; without a key at most 500."
    )


async def comtrade_tariffline(context: Context, arguments: TarifflineArguments) -> Answer[TradeData]:
    """Ask for tariff lines and join them into series. Values in US dollars, weights in kg.

    Raises:
        TooLarge: it would take too many calls.
        NoData: there are no rows, or the period is not out.
        TradestatError: what the service answers.
    """
    span, later = asked_periods(arguments.period, arguments.frequency, context.today)
    reporters, partners = Places.of(arguments.reporterCode, span), Places.of(arguments.partnerCode, span)
    limit = row_limit(context, arguments.maxRecords)
    fetched = [
        await fetch(
            context,
            DataCall(
                typeCode="C",
                freqCode=arguments.freqCode,
                clCode=arguments.clCode,
                reporters=reporters.codes,
                partners=partners.codes,
                commodities=arguments.cmdCode,
                flows=arguments.flowCode,
                periods=run,
                maxRecords=limit,
                tariff_line=True,
            ),
        )
        for run in calls_for(context, span, arguments.freqCode)
    ]
    rows = [row for one in fetched for row in one.value.rows]
    if not rows:
        who = listed(area_text(one.code) for one in reporters.asked)
        text = f"{SERVICE} has no tariff lines of {who} that begin with {listed(arguments.cmdCode)}"
        whose = {"reporterCode": ",".join(reporters.codes), "freqCode": arguments.freqCode}
        held = call_text("comtrade_availability", tariffline=True, **whose)
        whys = await _whys(context, arguments, reporters.codes, span, text)
        raise NoData(
            f"{text}, {span[0]} to {span[-1]}. No rows is not zero trade.",
            remedy=f"{members_instead(reporters.codes)}Few reporters are held in tariff lines: {held}. "
            "The six-digit figures: comtrade_data.",
            why=whys,
            source=SOURCE_ID,
        )
    cut = cut_notes(fetched, limit)
    missing = [] if cut else [str(one) for one in span if wire_period(one) not in {row.period for row in rows}]
    notes = [
        *cut,
        *row_notes(rows, arguments.clCode, (), span),
        Note(
            code=NoteCode.FLAG,
            text="Beyond six digits the codes are the reporter's own. Rows are as given: there may be several of one "
            "code and partner (by second partner, procedure, transport), and nothing is added up.",
        ),
        *reading_notes([*reporters.asked, *partners.asked]),
        *([Note(code=NoteCode.ABSENT, text=f"No tariff lines for {listed(missing)}.")] if missing else []),
        *later_notes(later),
    ]
    data = as_series(rows, span, typeCode="C", freqCode=arguments.freqCode, clCode=arguments.clCode)
    return trade_answer(
        context,
        "comtrade_tariffline",
        data,
        fetched,
        limit=limit,
        notes=notes,
        valuation=valuation(rows),
        kind="Tariff lines: ",
    )


async def _whys(
    context: Context, arguments: TarifflineArguments, reporters: Sequence[str], span: Sequence[Period], text: str
) -> Sequence[Why]:
    """Why there are no lines at all, by the list of what is held of a few reporters in tariff lines."""
    kind = (arguments.freqCode, arguments.clCode, reporters)
    held = await listed_periods(context, "C", *kind, tariffline=True)
    unlisted = no_dataset(reporters, span, held, f"{arguments.clCode} (tariff lines)", context.today)
    if len(unlisted) == len(reporters):
        return each_once(unlisted.values())
    if len(held) == len(reporters):
        who = listed(area_text(code) for code in reporters if code not in unlisted)
        none = Why(Reason.ZERO, f"UN Comtrade lists tariff lines of {who} for then: there may have been none of this.")
        return (none, Why(Reason.SUPPRESSED, "It may be kept back: lines that begin with 99 hold such goods."))
    late = [Why(Reason.NOT_YET_PUBLISHED, due(span[-1]))] if is_recent(span[-1], context.today) else []
    return offered([Why(Reason.NOT_REPORTED, f"{text}; it may hold none of this reporter."), *late])


COMTRADE_TARIFFLINE = Tool(
    name="comtrade_tariffline",
    title="UN Comtrade: tariff lines",
    description=(
        "Trade by national product codes (8 to 12 digits) as a reporter gave it to UN Comtrade, before it was summed "
        "to the six digits of comtrade_data: imports and exports by partner, yearly or monthly, in US dollars and kg; "
        "no duties. Use it for goods that HS does not tell apart. A code stands for all that begin with it. Few are "
        "held so (comtrade_availability, tariffline=true); for Korea and China their own tools are newer. Without a "
        "key 500 rows and one period a call."
    ),
    arguments=TarifflineArguments,
    data=TradeData,
    run=comtrade_tariffline,
    example={
        "reporterCode": ["Korea"],
        "partnerCode": ["China"],
        "cmdCode": ["850760"],
        "flowCode": ["M"],
        "period": ["2024"],
    },
)
