"""Figures of Trade Map's time series as common rows, in dollars."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from tradestat_tools.codes.ebops import ebops_entry
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.view import Asking, Cost, Flows, Standing, View, never, no_reporter, too_deep
from tradestat_tools.model.answers import Provenance
from tradestat_tools.model.flow import FlowQuestion, Role
from tradestat_tools.model.observation import FlowCode, Observation, Status
from tradestat_tools.sources.trademap.answers.data import Row, SeriesData
from tradestat_tools.sources.trademap.api import to_pay
from tradestat_tools.sources.trademap.arguments import GoodsTimeSeriesArguments, ServicesTimeSeriesArguments, TableQuery
from tradestat_tools.sources.trademap.codes import ALL, area_of, service_item
from tradestat_tools.sources.trademap.service import SOURCE_ID
from tradestat_tools.sources.trademap.wire.payloads import THOUSAND_USD

GOODS, SERVICES = GoodsTimeSeriesArguments.tool, ServicesTimeSeriesArguments.tool
_FLOWS: dict[str, FlowCode] = {"E": "X", "I": "M", "RE": "RX"}
_THOUSAND = 1000


def observe(data: SeriesData, source: Provenance) -> list[Observation]:
    """Every figure of goods or services; trade balances are no flows. What is both total and row is taken once, as the
    total."""
    flow = _FLOWS.get(data.trade_flow)
    if flow is None or data.unit != THOUSAND_USD:
        return []
    totals = [one for row in data.aggregateRecords for one in _of_row(data, row, flow, source.endpoint)]
    known = {_cell(one) for one in totals}
    rows = (one for row in data.records for one in _of_row(data, row, flow, source.endpoint))
    return [*totals, *(one for one in rows if _cell(one) not in known)]


def _cell(one: Observation) -> tuple[str, str, str, Period]:
    return one.reporter, one.partner, one.product, one.period


def _of_row(data: SeriesData, row: Row, flow: FlowCode, tool: str) -> Iterator[Observation]:
    reporter = row.reporterCd or data.reporterCd
    partner = row.partnerCd or data.partnerCd
    code = row.productCd or data.productCd
    if not (reporter and partner and code and area_of(reporter) and area_of(partner)):
        return  # the aggregate of a group carries the group's own number, which is no area
    services = tool == SERVICES
    for year, value in zip(data.periods, row.values, strict=True):
        yield Observation(
            flow=flow,
            reporter=str(int(reporter)),
            partner=str(int(partner)),
            product=_product(code, services=services),
            classification="EBOPS" if services else "HS",
            period=Period(int(year), "year"),
            value=None if value is None else round(value * _THOUSAND),
            currency="USD",
            valuation=None if services else "CIF" if flow == "M" else "FOB",
            status=Status.MISSING if value is None else Status.REPORTED,
            source=SOURCE_ID,
            tool=tool,
            resolution=data.rounded_to or _THOUSAND,
            basis=None if services else "origin" if flow == "M" else "destination",
            flag=(row.flags or {}).get(year),
        )


def _product(code: str, *, services: bool) -> str:
    if not services:
        return "TOTAL" if code == "ALL" else code
    item = service_item(code)
    return item.code if item else code


def view(question: FlowQuestion, role: Role) -> Asking:
    """What to ask for a country's report as Trade Map has it."""
    query, product = _query(question, role), question.product
    why = no_reporter("Trade Map", question.reporter(role))
    for area in (question.reporter(role), question.partner(role)):
        if why is None and not area.trademap:
            why = never(f"Trade Map has no code for {area.name_en}.")
    if why is None and question.frequency != "year":
        why = never("Trade Map is asked by year only here.")
    if why is None and not query.product:
        why = never(f"Trade Map does not carry {product.code} {product.label}.")
    why = why or too_deep("Trade Map", question)
    if why is not None:
        return Asking(query.tool, why=why)
    asked = {
        "country": query.country,
        "partner": query.partner,
        "service" if query.services else "product": ALL if product.is_total else product.code,
        "by": query.by,
        "trade_flow": query.trade_flow,
        "period_from": query.period_from,
        "period_to": query.period_to,
    }
    return Asking(query.tool, (asked,))


def _query(question: FlowQuestion, role: Role) -> TableQuery:
    """The question in Trade Map's codes; a code is "" where it has none."""
    product, services = question.product, question.product.kind == "services"
    code = ebops_entry(product.code).trademap if services else product.code
    return TableQuery(
        tool=SERVICES if services else GOODS,
        country=question.reporter(role).trademap,
        partner=question.partner(role).trademap,
        product=ALL if product.is_total else code,
        by="byCountry" if question.partner(role).kind != "world" else "byService" if services else "byProduct",
        trade_flow="E" if role == "exporter" else "I",
        period_from=question.first.year,
        period_to=question.last.year,
    )


async def cost(view: View, context: Context) -> Cost:
    """Calls and credits for what is not stored; the service's free list of prices may be asked for it."""
    over = context.today.year - 1
    query = _query(view.question, view.role)
    if not view.arguments or query.period_from > over:
        return Cost()
    return Cost(*await to_pay(context, [replace(query, period_to=min(query.period_to, over))]))


def newest(now: datetime) -> Period:
    """December of last year: the source has years, and only an answer shows whether one is in."""
    return Period(now.year - 1, "month", 12)


FLOWS = Flows(standing=Standing.COMPILED, view=view, cost=cost, newest=newest)
