"""Keyed tables that UN Comtrade works out: exports beside imports, and a flow beside its partner's report."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Field

from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Cell, Data, Note, NoteCode, Table
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.answers import area_label, area_text, goods_named, listed
from tradestat_tools.sources.comtrade.api import fetch_table, table_request
from tradestat_tools.sources.comtrade.arguments import (
    Dated,
    Flows,
    Partners,
    Products,
    Spans,
    YearsOrMonths,
    named_reporters,
    usual,
)
from tradestat_tools.sources.comtrade.calendar import asked_periods, wire_period
from tradestat_tools.sources.comtrade.codes import BREAKDOWNS, WORLD, Named, Places, members_instead
from tradestat_tools.sources.comtrade.notes import reading_notes, withheld_notes
from tradestat_tools.sources.comtrade.service import SERVICE, SOURCE_ID
from tradestat_tools.sources.comtrade.tools.shared import calls_for
from tradestat_tools.sources.comtrade.wire.envelope import Amount
from tradestat_tools.sources.comtrade.wire.tables import BILATERAL, TRADE_BALANCE, Balance, Listed, Mirrored, R
from tradestat_tools.upstream import Fetched

CENT = 0.01


class BalanceArguments(Dated):
    """What both tools can be asked."""

    freqCode: YearsOrMonths = "A"
    reporterCode: Annotated[tuple[Named, ...], named_reporters("Ask for named reporters.")] = Field(
        description="Who reports: codes or names, as in comtrade_data."
    )
    period: Spans = Field(description="Years, or months with freqCode=M; ranges.")
    partnerCode: Partners = Field(
        default=usual(WORLD), description="Trade with whom: codes or names; 0 is World (default), all is every partner."
    )
    cmdCode: Products = Field(
        default=usual("TOTAL"), description="HS codes of 2, 4 or 6 digits; TOTAL (default), AG2, AG4, AG6."
    )


class BilateralArguments(BalanceArguments):
    """What `comtrade_bilateral` can be asked."""

    partnerCode: Partners = Field(
        description="Trade with whom: codes or names; all is every partner. World has no report of its own."
    )
    flowCode: Flows = Field(default=usual("M", "X"), description="M imports, X exports of the reporter (default both).")


class BalanceRow(BaseModel):
    """Exports, imports and balance in US dollars; null is no figure."""

    period: str
    reporterCode: str
    partnerCode: str
    cmdCode: str
    primaryValueX: Amount | None = None
    primaryValueM: Amount | None = None
    primaryValueBal: Amount | None = None


class MirrorRow(BaseModel):
    """A reporter's figure beside its partner's, in US dollars and kg; null is no figure."""

    period: str
    reporterCode: str
    partnerCode: str
    flowCode: str
    cmdCode: str
    primaryValue: Amount | None = None
    mirrorPrimaryValue: Amount | None = None
    netWgt: Amount | None = None
    mirrorNetWgt: Amount | None = None


class BalanceData(Data):
    """Exports beside imports, in US dollars."""

    freqCode: str
    areas: dict[str, str]
    records: list[BalanceRow]

    def tables(self) -> list[Table]:
        """One row a reporter, partner, product and period."""
        measures = ("primaryValueX", "primaryValueM", "primaryValueBal")
        return [_table(self.records, self.areas, measures)]


class BilateralData(Data):
    """What a reporter says of a flow beside what its partner says of the same, in US dollars and kg."""

    freqCode: str
    areas: dict[str, str]
    records: list[MirrorRow]

    def tables(self) -> list[Table]:
        """One row a reporter, partner, flow, product and period."""
        return [_table(self.records, self.areas, ("primaryValue", "mirrorPrimaryValue", "netWgt", "mirrorNetWgt"))]


_AREAS = frozenset({"reporterCode", "partnerCode"})


def _table(records: Sequence[BaseModel], areas: dict[str, str], measures: tuple[str, ...]) -> Table:
    """The rows, without the columns of codes that are the same in all of them."""
    columns: dict[str, list[Cell]] = {}
    for name in ("period", "reporterCode", "partnerCode", "flowCode", "cmdCode"):
        cells: list[Cell] = [getattr(one, name, None) for one in records]
        if name == "period" or len(set(cells)) > 1:
            columns[name] = [areas.get(str(cell), cell) for cell in cells] if name in _AREAS else cells
    for name in measures:
        cells = [getattr(one, name) for one in records]
        if any(cell is not None for cell in cells):
            columns[f"{name}, kg" if name.endswith("Wgt") else name] = cells
    return Table(
        tuple(columns),
        list(zip(*columns.values(), strict=True)),
        measures=frozenset(columns) & frozenset(measures),
        weights=frozenset(name for name in columns if name.endswith(", kg")),
    )


async def comtrade_trade_balance(context: Context, arguments: BalanceArguments) -> Answer[BalanceData]:
    """Ask for exports and imports side by side.

    Raises:
        MissingKey: it takes a key.
        NoData: there are no rows.
        TradestatError: what the service answers.
    """
    reporters, partners, fetched = await _ask(context, arguments, TRADE_BALANCE, Balance)
    rows = [row for answer in fetched for row in answer.value.data]
    data = BalanceData(
        freqCode=arguments.freqCode,
        areas=_names(rows),
        records=[BalanceRow.model_validate(row.model_dump()) for row in rows],
    )
    text = "Exports are FOB and imports CIF as a rule: the balance takes in freight and insurance."
    notes = [Note(code=NoteCode.VALUATION, text=text)]
    wrong = sum(
        None not in (row.primaryValueX, row.primaryValueM, row.primaryValueBal)
        and abs((row.primaryValueX or 0) - (row.primaryValueM or 0) - (row.primaryValueBal or 0)) > CENT
        for row in rows
    )
    if wrong:
        text = f"In {wrong} of {len(rows)} rows the service's balance is not its exports less its imports."
        notes.append(Note(code=NoteCode.TOTAL_MISMATCH, text=text))
    notes += _common_notes(reporters, partners, fetched)
    return Answer[BalanceData](
        what=f"Trade balance of {_who(reporters)} with {_who(partners)}; {goods_named(arguments.cmdCode)}",
        data=data,
        source=provenance(
            SERVICE,
            "comtrade_trade_balance",
            fetched,
            unit="US dollars",
            currency="USD",
            valuation="imports CIF, exports FOB",
        ),
        notes=notes,
    )


async def comtrade_bilateral(context: Context, arguments: BilateralArguments) -> Answer[BilateralData]:
    """Ask for a flow as both of its ends report it.

    Raises:
        MissingKey: it takes a key.
        NoData: there are no rows.
        TradestatError: what the service answers.
    """
    reporters, partners, fetched = await _ask(context, arguments, BILATERAL, Mirrored, arguments.flowCode)
    rows = [row for answer in fetched for row in answer.value.data]
    data = BilateralData(freqCode=arguments.freqCode, areas=_names(rows), records=[_mirror_row(row) for row in rows])
    text = "As a rule primaryValue is CIF and mirrorPrimaryValue FOB of imports, and the other way round of exports."
    missing = sum(one.mirrorPrimaryValue is None for one in data.records)
    if missing:
        text += f" {missing} of {len(rows)} have no mirror figure: no report of the partner, or no trade in it."
    return Answer[BilateralData](
        what=f"Both reports: {_who(reporters)}, partner {_who(partners)}; {goods_named(arguments.cmdCode)}",
        data=data,
        source=provenance(
            SERVICE,
            "comtrade_bilateral",
            fetched,
            unit="US dollars",
            currency="USD",
            valuation="imports CIF, exports FOB",
        ),
        notes=[Note(code=NoteCode.VALUATION, text=text), *_common_notes(reporters, partners, fetched)],
    )


def _mirror_row(row: Mirrored) -> MirrorRow:
    mirror = row.mirrorPrimaryValue or None  # 0 may be no trade or no report, and the service does not say which
    return MirrorRow(
        period=row.period,
        reporterCode=row.reporterCode,
        partnerCode=row.partnerCode,
        flowCode=row.flowCode,
        cmdCode=row.cmdCode,
        primaryValue=row.primaryValue,
        mirrorPrimaryValue=mirror,
        netWgt=None if row.netWgt == 0 and row.primaryValue != 0 else row.netWgt,
        mirrorNetWgt=row.mirrorNetWgt or None,
    )


async def _ask(
    context: Context, arguments: BalanceArguments, endpoint: str, row: type[R], flows: tuple[str, ...] = ()
) -> tuple[Places, Places, list[Fetched[Listed[R]]]]:
    """Every call of the question."""
    span, _ = asked_periods(arguments.period, arguments.frequency, context.today)
    reporters, partners = Places.of(arguments.reporterCode, span), Places.of(arguments.partnerCode, span)
    fetched: list[Fetched[Listed[R]]] = []
    for run in calls_for(context, span, arguments.freqCode):
        params = {
            "reporterCode": reporters.codes,
            "period": map(wire_period, run),
            "partnerCode": partners.codes,
            "cmdCode": arguments.cmdCode,
            "flowCode": flows,
            **{name: [BREAKDOWNS[name]] for name in ("partner2Code", "customsCode", "motCode")},
            "includeDesc": ["true"],
        }
        sent = {name: ",".join(codes) for name, codes in params.items()}
        request = table_request(context, f"{endpoint}/C/{arguments.freqCode}/HS", sent)
        fetched.append(await fetch_table(context, request, row))
    if not any(answer.value.data for answer in fetched):
        text = f"{SERVICE} has no such rows of {_who(reporters)} with {_who(partners)}, {span[0]} to {span[-1]}"
        raise NoData(
            f"{text}. No rows is not zero trade.",
            remedy=f"{members_instead(reporters.codes)}See what is held with comtrade_availability, or ask "
            "comtrade_data, which says more of why.",
            why=[Why(Reason.NOT_REPORTED, f"{text}; it does not say why.")],
            source=SOURCE_ID,
        )
    return reporters, partners, fetched


def _names(rows: Sequence[Balance | Mirrored]) -> dict[str, str]:
    named = [(row.reporterCode, row.reporterDesc) for row in rows]
    named += [(row.partnerCode, row.partnerDesc) for row in rows]
    return {code: desc or area_label(code) for code, desc in named}


def _who(places: Places) -> str:
    return listed((area_text(one.code) for one in places.asked), 3) or "all partners"


def _common_notes(reporters: Places, partners: Places, fetched: Sequence[Fetched[Listed[R]]]) -> list[Note]:
    notes = [*reading_notes([*reporters.asked, *partners.asked]), *withheld_notes(fetched, "rows")]
    if not partners.codes:
        text = "World stands beside the partners it is the sum of."
        notes.append(Note(code=NoteCode.DOUBLE_COUNTING, text=text))
    return notes


COMTRADE_TRADE_BALANCE = Tool(
    name="comtrade_trade_balance",
    title="UN Comtrade: trade balance",
    description=(
        "Exports, imports and balance of a reporter with its partners side by side, by HS code, yearly or monthly, in "
        "US dollars, as UN Comtrade lays them out. Needs a key. Without one ask comtrade_data for flowCode=M,X and "
        "take the balance with the indicators tool."
    ),
    arguments=BalanceArguments,
    data=BalanceData,
    run=comtrade_trade_balance,
    example={"reporterCode": ["Korea"], "partnerCode": ["China", "World"], "period": ["2022-2024"]},
)

COMTRADE_BILATERAL = Tool(
    name="comtrade_bilateral",
    title="UN Comtrade: both reports of a flow",
    description=(
        "A flow as its reporter and its partner report it, side by side, by HS code, yearly or monthly, in US dollars "
        "and kg: UN Comtrade's own mirror table. Needs a key. It gives no reasons for the gap: compare_mirror does, "
        "without a key, and with the other sources beside it."
    ),
    arguments=BilateralArguments,
    data=BilateralData,
    run=comtrade_bilateral,
    example={
        "reporterCode": ["Korea"],
        "partnerCode": ["China"],
        "cmdCode": ["850760"],
        "flowCode": ["M"],
        "period": ["2022-2024"],
    },
)
