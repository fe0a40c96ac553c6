"""Figures of the United States as common rows: imports at the customs value with CIF beside it, exports FAS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tradestat_tools.codes.periods import Period, period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.view import Asking, Cost, Flows, Standing, View, never
from tradestat_tools.model.answers import Provenance
from tradestat_tools.model.flow import FlowQuestion, Role
from tradestat_tools.model.observation import FlowCode, Observation, Status
from tradestat_tools.sources.census.answers import UsTradeData
from tradestat_tools.sources.census.calendar import last_final, last_published
from tradestat_tools.sources.census.codes import UNITED_STATES, WITHIN, area_of
from tradestat_tools.sources.census.service import EXPORTS, FIRST_YEAR, IMPORTS, SERVICE, SOURCE_ID, VALUED

WORLD = "0"
TOTAL = "TOTAL"
FIRST = Period(FIRST_YEAR, "month", 1)

T = TypeVar("T")


def observe(data: UsTradeData, source: Provenance) -> list[Observation]:
    """Every flow that the rows are of, and the one asked for, each the sum of its rows.

    So districts, ports, states, industries and end uses are added up again, and so are domestic and foreign exports,
    of which the foreign ones are re-exports as well. A month without a row is a zero where another month of its year
    has one, but for the newest, which may be late. The year to date is no flow of a month.
    """
    if data.freq != "month" or data.origin == "domestic":
        return []
    asked = (_FLOWS[data.flow, data.origin], data.product or TOTAL, _asked(data))
    sums: dict[_Key, _Sum] = {}
    for at, text in enumerate(data.rows.time):
        for flow, product, partner in _flows_of(data, at, asked):
            if partner is not None:
                sums.setdefault((flow, product, partner, text), _Sum()).add(data, at)
    months, final = {text: period(text) for text in data.months.time}, last_final(source.retrieved_at)
    newest = str(last_published(source.retrieved_at))
    for (flow, product, partner, text), found in list(sums.items()):
        for other in months:
            if other[:4] == text[:4] and other != newest:
                sums.setdefault((flow, product, partner, other), _Sum(unit=found.unit))
    return [_observation(key, found, months[key[3]], final, source.endpoint) for key, found in sums.items()]


_Key = tuple[FlowCode, str, str, str]
"""Flow, product, partner and month."""

_FLOWS: dict[tuple[str, str], FlowCode] = {
    ("imports", "total"): "M",
    ("exports", "total"): "X",
    ("exports", "foreign"): "RX",
    ("exports", "split"): "X",
}
FOREIGN = "2"


@dataclass(slots=True)
class _Sum:
    """The sum of some rows; without a figure where one of them has none."""

    value: int | None = 0
    cif: int | None = 0
    quantity: int | None = 0
    unit: str | None = None

    def add(self, data: UsTradeData, at: int) -> None:
        """Add a row."""
        imports = data.flow == "imports"
        counted = "GEN_QY1_MO" if imports else "QTY_1_MO"
        unit = _cell(data.rows.units, counted, at) or data.months.units.get(counted)
        mixed = self.unit is not None and unit != self.unit
        self.unit = unit
        self.value = _plus(self.value, _cell(data.rows.figures, f"{(IMPORTS if imports else EXPORTS).value}_MO", at))
        self.cif = _plus(self.cif, _cell(data.rows.figures, "GEN_CIF_MO", at))
        self.quantity = None if mixed else _plus(self.quantity, _cell(data.rows.figures, counted, at))


def _cell(columns: Mapping[str, Sequence[T]] | None, name: str, at: int) -> T | None:
    column = columns.get(name) if columns else None
    return column[at] if column else None


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _flows_of(
    data: UsTradeData, at: int, asked: tuple[FlowCode, str, str | None]
) -> set[tuple[FlowCode, str, str | None]]:
    """The flows that a row is a part of, each once."""
    rows = data.rows
    product = rows.code[at] if rows.code else asked[1]
    partner = _partner(rows.CTY_CODE[at]) if rows.CTY_CODE else asked[2]
    flows: list[FlowCode] = [asked[0], "RX"] if rows.DF and rows.DF[at] == FOREIGN else [asked[0]]
    ends = ((asked[1], asked[2]), (product, partner))
    return {(flow, *one) for flow in flows for one in ends}


def _asked(data: UsTradeData) -> str | None:
    """UN Comtrade's code of the partner asked for; None of a group."""
    if data.partner in ("World", "all"):
        return WORLD
    found = {_partner(code) for code in data.codes}
    return found.pop() if len(found) == 1 else None


def _partner(code: str) -> str | None:
    found = area_of(code)
    return found.comtrade or None if found else None


def _observation(key: _Key, found: _Sum, month: Period, final: Period, tool: str) -> Observation:
    flow, product, partner, _ = key
    counted = found.quantity is not None and found.unit is not None
    status = Status.PROVISIONAL if month > final else Status.REPORTED
    return Observation(
        flow=flow,
        reporter=UNITED_STATES,
        partner=partner,
        product=product,
        classification="HS",
        period=month,
        value=found.value,
        currency="USD",
        valuation="FOB",
        status=Status.MISSING if found.value is None else status,
        source=SOURCE_ID,
        tool=tool,
        quantity=found.quantity if counted else None,
        quantity_unit=found.unit if counted else None,
        net_kg=found.quantity if counted and found.unit == "KG" else None,
        cif=found.cif if flow == "M" else None,
        basis="origin" if flow == "M" else "destination",
    )


def view(question: FlowQuestion, role: Role) -> Asking | None:
    """What to ask for the United States' own report; None where another country reports."""
    reporter, partner, product = question.reporter(role), question.partner(role), question.product
    if reporter.comtrade != UNITED_STATES:
        return None
    tool = "us_exports" if role == "exporter" else "us_imports"
    world = partner.kind == "world"
    if product.kind == "services":
        return Asking(tool, why=never(f"{SERVICE} has goods only here."))
    if partner.iso3 in WITHIN:
        return Asking(tool, why=never(f"{partner.name_en} is within the customs territory of the United States."))
    if partner.kind == "group" or not (world or partner.schedule_c):
        return Asking(tool, why=never(f"Schedule C has no code for {partner.name_en}."))
    if not product.is_total and len(product.code) == 8:
        return Asking(tool, why=never(f"{product.code} has 8 digits: no code of the HTS or Schedule B, which have 10."))
    first, last = question.months
    if last < FIRST:
        return Asking(tool, why=never(f"{SERVICE}'s data sets begin with {FIRST}."))
    asked = {
        "partner": "World" if world else partner.iso3 or partner.schedule_c,
        "period": f"{max(first, FIRST)}..{last}",
    }
    if not product.is_total:
        asked["product"] = product.code
    return Asking(tool, (asked,))


async def cost(view: View, _: Context) -> Cost:
    """One call; what is stored is not looked up."""
    return Cost(len(view.arguments))


FLOWS = Flows(
    standing=Standing.NATIONAL,
    view=view,
    cost=cost,
    newest=last_published,
    reports="the United States' own exports and imports",
    valued=VALUED,
)
