"""Keyed tables that UN Comtrade works out: exports beside imports, and a flow beside its partner's report."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, model_validator

from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Cell, Data, Note, NoteCode, Table
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.absence.empty import asked_periods
from tradestat_tools.sources.comtrade.answers import area_label, area_text
from tradestat_tools.sources.comtrade.api import PERIODS_A_CALL, chunks
from tradestat_tools.sources.comtrade.arguments import (
    LISTS,
    Codes,
    Dated,
    YearsOrMonths,
    check_partners,
    check_reporters,
    code_errors,
    read_flows,
)
from tradestat_tools.sources.comtrade.calendar import wire_period
from tradestat_tools.sources.comtrade.codes import WORLD, Places, asks_for_all, read_cmd_code, read_places
from tradestat_tools.sources.comtrade.notes import check_calls, listed, spelling_note
from tradestat_tools.sources.comtrade.service import SERVICE, SOURCE_ID
from tradestat_tools.sources.comtrade.wire.envelope import Amount
from tradestat_tools.sources.comtrade.wire.tables import (
    BILATERAL,
    TRADE_BALANCE,
    Balance,
    Listed,
    Mirrored,
    R,
    fetch_table,
    table_request,
)
from tradestat_tools.upstream import Fetched

CENT = 0.01


class SidesArguments(Dated, Arguments):
    """What both tools can be asked."""

    freqCode: YearsOrMonths = "A"
    reporterCode: Annotated[Codes, code_errors(check_reporters)] = Field(
        description=f"Who reports: codes or names, as in comtrade_data. {LISTS}"
    )
    period: Annotated[Codes, Meaning.PERIOD] = Field(description=f"Years, or months with freqCode=M; ranges. {LISTS}")
    partnerCode: Annotated[Codes, code_errors(check_partners)] = Field(
        default=[WORLD], description="Trade with whom: codes or names; 0 is World (default), all is every partner."
    )
    cmdCode: Annotated[Codes, Meaning.HS] = Field(
        default=["TOTAL"], description="HS codes of 2, 4 or 6 digits; TOTAL (default), AG2, AG4, AG6."
    )

    @property
    def commodities(self) -> list[str]:
        """The product codes as the service writes them, each once."""
        return list(dict.fromkeys(read_cmd_code(code, "HS") for code in self.cmdCode))

    @model_validator(mode="after")
    def _fit_together(self) -> "SidesArguments":
        if asks_for_all(self.reporterCode):
            raise ArgumentError(
                "Ask for named reporters.", argument="reporterCode", allowed="one or more codes or names"
            )
        for name in ("cmdCode", "period"):
            if not getattr(self, name):
                raise ArgumentError(f"`{name}` is empty.", argument=name, allowed="at least one code")
        try:
            _ = self.commodities
        except ArgumentError as error:
            error.argument = "cmdCode"
            raise
        self.check_periods()
        return self


class BilateralArguments(SidesArguments):
    """What `comtrade_bilateral` can be asked."""

    partnerCode: Annotated[Codes, code_errors(check_partners)] = Field(
        description="Trade with whom: codes or names; all is every partner. World has no report of its own."
    )
    flowCode: Annotated[Codes, AfterValidator(read_flows), Meaning.FLOW] = Field(
        default=["M", "X"], description="M imports, X exports of the reporter (default both)."
    )


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


def _table(records: "list[BalanceRow] | list[MirrorRow]", areas: dict[str, str], measures: tuple[str, ...]) -> Table:
    """The rows, without the columns of codes that are the same in all of them."""
    heads = ("period", "reporterCode", "partnerCode", "flowCode", "cmdCode")
    columns: dict[str, list[Cell]] = {}
    for name in heads:
        cells: list[Cell] = [getattr(one, name, None) for one in records]
        if name == "period" or len(set(cells)) > 1:
            columns[name] = [areas.get(str(cell), cell) for cell in cells] if name in _AREAS else cells
    shown = [name for name in measures if any(getattr(one, name) is not None for one in records)]
    for name in shown:
        columns[f"{name}, kg" if name.endswith("Wgt") else name] = [getattr(one, name) for one in records]
    weights = frozenset(name for name in columns if name.endswith(", kg"))
    return Table(
        tuple(columns),
        list(zip(*columns.values(), strict=True)),
        measures=frozenset(shown) - frozenset(name for name in shown if name.endswith("Wgt")),
        weights=weights,
    )


_AREAS = frozenset({"reporterCode", "partnerCode"})


async def comtrade_trade_balance(context: Context, arguments: SidesArguments) -> Answer[BalanceData]:
    """Ask for exports and imports side by side.

    Raises:
        MissingKey: it takes a key.
        NoData: there are no rows.
        TradestatError: what the service answers.
    """
    reporters, partners, fetched = await _ask(context, arguments, TRADE_BALANCE, Balance, ())
    rows = [row for answer in fetched for row in answer.value.data]
    data = BalanceData(
        freqCode=arguments.freqCode,
        areas=_names(
            [(row.reporterCode, row.reporterDesc) for row in rows] + [(r.partnerCode, r.partnerDesc) for r in rows]
        ),
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
        what=f"Trade balance of {_who(reporters)} with {_who(partners)}; HS {listed(arguments.commodities)}",
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
    flows = tuple(arguments.flowCode)
    reporters, partners, fetched = await _ask(context, arguments, BILATERAL, Mirrored, flows)
    rows = [row for answer in fetched for row in answer.value.data]
    data = BilateralData(
        freqCode=arguments.freqCode,
        areas=_names(
            [(row.reporterCode, row.reporterDesc) for row in rows] + [(r.partnerCode, r.partnerDesc) for r in rows]
        ),
        records=[_mirror_row(row) for row in rows],
    )
    text = "As a rule primaryValue is CIF and mirrorPrimaryValue FOB of imports, and the other way round of exports."
    missing = sum(one.mirrorPrimaryValue is None for one in data.records)
    if missing:
        text += f" {missing} of {len(rows)} have no mirror figure: no report of the partner, or no trade in it."
    return Answer[BilateralData](
        what=f"Both reports: {_who(reporters)}, partner {_who(partners)}; HS {listed(arguments.commodities)}",
        data=data,
        source=provenance(SERVICE, "comtrade_bilateral", fetched, unit="US dollars", currency="USD"),
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
        netWgt=row.known("netWgt"),
        mirrorNetWgt=row.mirrorNetWgt or None,
    )


async def _ask(
    context: Context, arguments: SidesArguments, endpoint: str, row: type[R], flows: tuple[str, ...]
) -> tuple[Places, Places, list[Fetched[Listed[R]]]]:
    """Every call of the question, twelve periods each."""
    span, _ = asked_periods(context, arguments)
    runs = chunks(span, PERIODS_A_CALL)
    check_calls(context, len(span), len(runs), arguments.freqCode)
    years = {"first_year": span[0].year, "last_year": span[-1].year}
    reporters = read_places(arguments.reporterCode, "reporter", **years)
    partners = read_places(arguments.partnerCode, "partner", **years)
    path = f"{endpoint}/C/{arguments.freqCode}/HS"
    fetched: list[Fetched[Listed[R]]] = []
    for run in runs:
        params = {
            "reporterCode": ",".join(reporters.codes),
            "period": ",".join(map(wire_period, run)),
            "partnerCode": ",".join(partners.codes),
            "cmdCode": ",".join(arguments.commodities),
            "flowCode": ",".join(flows),
            "partner2Code": "0",
            "customsCode": "C00",
            "motCode": "0",
            "includeDesc": "true",
        }
        fetched.append(await fetch_table(context, table_request(context, path, params), row))
    if not any(answer.value.data for answer in fetched):
        text = f"{SERVICE} has no such rows of {_who(reporters)} with {_who(partners)}, {span[0]} to {span[-1]}"
        raise NoData(
            f"{text}. No rows is not zero trade.",
            remedy="See what is held with comtrade_availability, or ask comtrade_data, which says more of why.",
            why=[Why(Reason.NOT_REPORTED, f"{text}; it does not say why.")],
            source=SOURCE_ID,
        )
    return reporters, partners, fetched


def _names(named: list[tuple[str, str | None]]) -> dict[str, str]:
    return {code: desc or area_label(code) for code, desc in named}


def _who(places: Places) -> str:
    return listed((area_text(one.code) for one in places.asked), 3) or "all partners"


def _common_notes(reporters: Places, partners: Places, fetched: "list[Fetched[Listed[R]]]") -> list[Note]:
    notes = [spelling_note([*reporters.asked, *partners.asked])]
    if withheld := sum(answer.value.withheld for answer in fetched):
        notes.append(Note(code=NoteCode.SUBSET, text=f"{SERVICE} counts {withheld} rows more than it sent."))
    if not partners.codes:
        text = "World stands beside the partners it is the sum of."
        notes.append(Note(code=NoteCode.DOUBLE_COUNTING, text=text))
    return [note for note in notes if note is not None]


COMTRADE_TRADE_BALANCE = Tool(
    name="comtrade_trade_balance",
    title="UN Comtrade: trade balance",
    description=(
        "Exports, imports and balance of a reporter with its partners side by side, by HS code, yearly or monthly, in "
        "US dollars, as UN Comtrade lays them out. Needs a key. Without one ask comtrade_data for flowCode=M,X and "
        "take the balance with the indicators tool."
    ),
    arguments=SidesArguments,
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
