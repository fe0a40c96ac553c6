"""The tool `comtrade_tariffline`: trade by national product codes, as reporters gave it to UN Comtrade."""

import re
from math import ceil
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.absence.empty import asked_periods
from tradestat_tools.sources.comtrade.answers import TradeData, area_text, as_series
from tradestat_tools.sources.comtrade.api import Wanted, chunks, fetch, is_cut, periods_a_call
from tradestat_tools.sources.comtrade.arguments import (
    KEYED_ROWS,
    LISTS,
    PREVIEW_ROWS,
    USUAL_ROWS,
    Codes,
    Dated,
    YearsOrMonths,
    check_partners,
    check_reporters,
    code_errors,
    read_flows,
)
from tradestat_tools.sources.comtrade.calendar import due, is_recent, wire_period
from tradestat_tools.sources.comtrade.codes import ALL, asks_for_all, read_places
from tradestat_tools.sources.comtrade.notes import (
    check_calls,
    cut_note,
    listed,
    more,
    row_notes,
    spelling_note,
    valuation,
    what,
)
from tradestat_tools.sources.comtrade.service import SERVICE, SOURCE_ID, ComtradeSettings

LineClCode = Literal["HS", "H0", "H1", "H2", "H3", "H4", "H5", "H6"]


def _line_codes(values: list[str]) -> list[str]:
    codes = [re.sub(r"[\s.]", "", value) for value in values]
    for code in codes:
        if not re.fullmatch(r"\d{2,12}", code):
            raise ArgumentError(
                f"{code[:40]!r} is not the beginning of a national code.",
                allowed="2 to 12 digits: a chapter, heading, subheading or a national code of the reporter",
            )
    return list(dict.fromkeys(codes))


class TarifflineArguments(Dated, Arguments):
    """What `comtrade_tariffline` can be asked."""

    freqCode: YearsOrMonths = "A"
    clCode: LineClCode = Field(default="HS", description="HS (each year as reported; default) or one edition H0 to H6.")
    reporterCode: Annotated[Codes, code_errors(check_reporters)] = Field(
        description=f"Who reports: codes or names, as in comtrade_data. {LISTS}"
    )
    period: Annotated[Codes, Meaning.PERIOD] = Field(description=f"Years, or months with freqCode=M; ranges. {LISTS}")
    cmdCode: Annotated[Codes, AfterValidator(_line_codes), Meaning.HS] = Field(
        description="Beginnings of national codes: every code that begins with one of them (850760 or 85076000)."
    )
    partnerCode: Annotated[Codes, code_errors(check_partners)] = Field(
        default=[ALL], description="Trade with whom: codes or names; all (default) is every partner that is given."
    )
    flowCode: Annotated[Codes, AfterValidator(read_flows), Meaning.FLOW] = Field(
        default=["M", "X"], description="M imports, X exports (default both); RX, RM, DX, FM as in comtrade_data."
    )
    maxRecords: int = Field(
        default=USUAL_ROWS, ge=1, le=KEYED_ROWS, description="Rows a call may bring; without a key at most 500."
    )

    @model_validator(mode="after")
    def _fit_together(self) -> "TarifflineArguments":
        if asks_for_all(self.reporterCode):
            raise ArgumentError(
                "National codes mean something else in every country.",
                argument="reporterCode",
                allowed="one or more named reporters",
            )
        for name in ("cmdCode", "period", "flowCode"):
            if not getattr(self, name):
                raise ArgumentError(f"`{name}` is empty.", argument=name, allowed="at least one code")
        self.check_periods()
        return self


async def comtrade_tariffline(context: Context, arguments: TarifflineArguments) -> Answer[TradeData]:
    """Ask for tariff lines and join them into series. Values in US dollars, weights in kg.

    Raises:
        TooLarge: it would take too many calls.
        NoData: there are no rows, or the period is not out.
        TradestatError: what the service answers.
    """
    span, later = asked_periods(context, arguments)
    size = periods_a_call(context)
    check_calls(context, len(span), ceil(len(span) / size), arguments.freqCode)
    years = {"first_year": span[0].year, "last_year": span[-1].year}
    reporters = read_places(arguments.reporterCode, "reporter", **years)
    partners = read_places(arguments.partnerCode, "partner", **years)
    keyed = context.settings.of(ComtradeSettings).comtrade_api_key is not None
    limit = arguments.maxRecords if keyed else min(arguments.maxRecords, PREVIEW_ROWS)
    fetched = [
        await fetch(
            context,
            Wanted(
                typeCode="C",
                freqCode=arguments.freqCode,
                clCode=arguments.clCode,
                reporters=reporters.codes,
                partners=partners.codes,
                commodities=tuple(arguments.cmdCode),
                flows=tuple(arguments.flowCode),
                periods=run,
                maxRecords=limit,
                tariff_line=True,
            ),
        )
        for run in chunks(span, size)
    ]
    rows = [row for one in fetched for row in one.value.rows]
    who = listed(area_text(one.code) for one in reporters.asked)
    if not rows:
        text = f"{SERVICE} has no tariff lines of {who} that begin with {listed(arguments.cmdCode)}"
        late = [Why(Reason.NOT_YET_PUBLISHED, due(span[-1]))] if is_recent(span[-1], context.today) else []
        raise NoData(
            f"{text}, {span[0]} to {span[-1]}. No rows is not zero trade.",
            remedy=f"Few reporters are held in tariff lines: comtrade_availability(tariffline=true, reporterCode="
            f"{','.join(reporters.codes)}, freqCode={arguments.freqCode}). The six-digit figures: comtrade_data.",
            why=[Why(Reason.NOT_REPORTED, f"{text}; it may hold none of this reporter."), *late],
            source=SOURCE_ID,
        )
    data = as_series(
        rows,
        periods=[wire_period(period) for period in span],
        typeCode="C",
        freqCode=arguments.freqCode,
        clCode=arguments.clCode,
    )
    cut = [one for one in fetched if is_cut(one.value, limit)]
    notes = [
        *([cut_note(cut, fetched, limit)] if cut else []),
        *row_notes(rows, arguments.clCode, (), span),
        Note(
            code=NoteCode.FLAG,
            text="Beyond six digits the codes are the reporter's own. Rows are as given: there may be several of one "
            "code and partner (by second partner, procedure, transport), and nothing is added up.",
        ),
    ]
    if (spelled := spelling_note([*reporters.asked, *partners.asked])) is not None:
        notes.append(spelled)
    missing = [str(one) for one in span if wire_period(one) not in {row.period for row in rows}]
    if missing and not cut:
        notes.append(Note(code=NoteCode.ABSENT, text=f"No tariff lines for {listed(missing)}."))
    if later:
        text = f"{listed(map(str, later))} left out: {due(later[0])}"
        notes.append(Note(code=NoteCode.LAG, text=text, reason=Reason.NOT_YET_PUBLISHED))
    full = any(len(one.value.rows) >= limit for one in cut)
    return Answer[TradeData](
        what=f"Tariff lines: {what(data)}",
        data=data,
        source=provenance(
            SERVICE, "comtrade_tariffline", fetched, unit="US dollars", currency="USD", valuation=valuation(rows)
        ),
        notes=notes,
        more=more(context, limit, full=full) if cut else None,
    )


COMTRADE_TARIFFLINE = Tool(
    name="comtrade_tariffline",
    title="UN Comtrade: tariff lines",
    description=(
        "Trade by national product codes (8 to 12 digits) as a reporter gave it to UN Comtrade, before it was summed "
        "to the six digits of comtrade_data: imports and exports by partner, yearly or monthly, in US dollars and kg. "
        "Use it for goods that HS does not tell apart. A code stands for all that begin with it. Few reporters are "
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
