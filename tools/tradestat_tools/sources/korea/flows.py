"""Figures of Korea Customs as common rows: months, exports FOB and imports CIF, in dollars."""

from collections.abc import Iterable, Iterator
from itertools import repeat
from math import ceil
from typing import Any

from tradestat_tools.codes.periods import format_yyyymm, months_between, split_months
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.view import Asking, Cost, Flows, Standing, View, never
from tradestat_tools.model.answers import Provenance
from tradestat_tools.model.flow import FlowQuestion, Role
from tradestat_tools.model.observation import FlowCode, Observation, Status
from tradestat_tools.sources.korea.answers import (
    CountedMonths,
    ItemtradeData,
    NationtradeData,
    NewtradeData,
    NitemtradeData,
    TradeData,
    WeighedMonths,
    Weights,
)
from tradestat_tools.sources.korea.calendar import REVISED_MONTHS, last_published, months_in, written
from tradestat_tools.sources.korea.codes import area_of
from tradestat_tools.sources.korea.service import ITEMTRADE, MONTHS_A_CALL, NATIONTRADE, NEWTRADE, NITEMTRADE, POLICY

KOREA = "410"
WORLD = "0"
TOTAL = "TOTAL"
_FLOWS: tuple[tuple[FlowCode, str, str], ...] = (("X", "expDlr", "expWgt"), ("M", "impDlr", "impWgt"))


def observe(data: TradeData, source: Provenance) -> list[Observation]:
    """The monthly sums of what was asked for, and every row that is not the same thing once more.

    Of all goods with one country there are the rows alone, which are no sums.
    """
    partner, product = WORLD, TOTAL
    partners: Iterable[str | None] = repeat(WORLD)
    products: Iterable[str] = repeat(TOTAL)
    country = ""
    if isinstance(data, NitemtradeData | NationtradeData):
        country = data.cntyCd
        partner = _partner(country) if country else WORLD
        partners = map(_partner, data.rows.statCd)
    if isinstance(data, NitemtradeData | ItemtradeData):
        product = data.hsSgn or TOTAL
        products = data.rows.hsCd
    found = list(_observe(data.rows, partners, products, source))
    if isinstance(data, NewtradeData) or (isinstance(data, NationtradeData) and country):
        return found
    sums = _observe(data.months, repeat(partner), repeat(product), source, summed=True)
    return [*sums, *(one for one in found if (one.partner, one.product) != (partner, product))]


def _observe(
    block: WeighedMonths | CountedMonths,
    partners: Iterable[str | None],
    products: Iterable[str],
    source: Provenance,
    *,
    summed: bool = False,
) -> Iterator[Observation]:
    settled = written(last_published(source.retrieved_at).shifted(-REVISED_MONTHS))
    months = months_in(block.year)
    weights = isinstance(block, WeighedMonths)
    columns: list[tuple[FlowCode, Weights, Weights | None]] = [
        (flow, block.column(money), block.column(weight) if weights else None) for flow, money, weight in _FLOWS
    ]
    for at, (text, partner, product) in enumerate(zip(block.year, partners, products, strict=False)):
        if partner is None:
            continue  # a code of the service's own, such as Koreans abroad, which no other source has
        for flow, values, kilograms in columns:
            value = values[at]
            yield Observation(
                flow=flow,
                reporter=KOREA,
                partner=partner,
                product=product,
                classification="HS",
                period=months[text],
                value=value,
                currency="USD",
                valuation="FOB" if flow == "X" else "CIF",
                status=_status(value, text, settled, summed=summed),
                source=POLICY.source,
                tool=source.endpoint,
                net_kg=kilograms[at] if kilograms else None,
                basis="destination" if flow == "X" else "origin",
            )


def _status(value: float | None, month: str, settled: str, *, summed: bool) -> Status:
    """The status of a figure; months as the service writes them, which sort like months."""
    if value is None:
        return Status.MISSING
    if month > settled:
        return Status.PROVISIONAL
    return Status.SUMMED if summed else Status.REPORTED


def _partner(code: str) -> str | None:
    """UN Comtrade's code of a partner; None for the codes that are only this service's."""
    found = area_of(code)
    return found.comtrade or None if found else None


MONTHS_A_QUESTION = 120
"""Months in one question to a tool, which makes a call of each year."""


_OPERATIONS = {
    (True, True): NEWTRADE,
    (True, False): NATIONTRADE,
    (False, True): ITEMTRADE,
    (False, False): NITEMTRADE,
}
"""By whether all goods are meant, and all countries."""


def view(question: FlowQuestion, role: Role) -> Asking | None:
    """What to ask for Korea's own report; None where another country reports."""
    reporter, partner, product = question.reporter(role), question.partner(role), question.product
    if reporter.comtrade != KOREA:
        return None
    world = partner.kind == "world"
    tool = _OPERATIONS[product.is_total, world].name
    if product.kind == "services":
        return Asking(tool, why=never("Korea Customs has goods only."))
    if partner.kind == "group" or not (world or partner.korea):
        return Asking(tool, why=never(f"Korea Customs has no code for {partner.name_en}."))
    if not product.is_total and len(product.code) == 8:
        return Asking(tool, why=never(f"{product.code} has 8 digits: no code of Korea's, which have 10."))
    common: dict[str, Any] = {} if world else {"cntyCd": partner.korea}
    if not product.is_total:
        common["hsSgn"] = product.code
    spans = split_months(*question.months, MONTHS_A_QUESTION)
    asked = ({"strtYymm": format_yyyymm(start), "endYymm": format_yyyymm(end)} for start, end in spans)
    return Asking(tool, tuple(common | months for months in asked))


async def cost(view: View, _: Context) -> Cost:
    """At most a call for each year of each question; what is stored is not looked up."""
    months = months_between(*view.question.months) if view.arguments else 0
    return Cost(ceil(months / MONTHS_A_CALL))


FLOWS = Flows(
    standing=Standing.NATIONAL,
    view=view,
    cost=cost,
    newest=last_published,
    reports="Korea's own exports and imports",
)
