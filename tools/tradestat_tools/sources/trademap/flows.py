"""Figures of Trade Map's time series as common rows, in dollars."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from tradestat_tools.codes.ebops import ebops_entry
from tradestat_tools.codes.periods import Period, period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.view import Asking, Cost, Flows, Standing, View, never, no_reporter, too_deep
from tradestat_tools.model.answers import Provenance
from tradestat_tools.model.flow import FlowQuestion, Role
from tradestat_tools.model.observation import FlowCode, Observation, Status
from tradestat_tools.sources.trademap import arguments as trademap
from tradestat_tools.sources.trademap.answers.data import THOUSAND_USD, Row, SeriesData
from tradestat_tools.sources.trademap.api import to_pay
from tradestat_tools.sources.trademap.codes import area_label, service_item
from tradestat_tools.sources.trademap.service import SOURCE_ID

_FLOWS: dict[str, FlowCode] = {"E": "X", "I": "M", "RE": "RX"}
_THOUSAND = 1000


def observe_goods(data: SeriesData, _: Provenance) -> list[Observation]:
    """Every figure of goods; trade balances are no flows. What is both total and row is taken once, as the total."""
    return _observe(data, "goods_time_series")


def observe_services(data: SeriesData, _: Provenance) -> list[Observation]:
    """Every figure of services."""
    return _observe(data, "services_time_series")


def _observe(data: SeriesData, tool: str) -> list[Observation]:
    flow = _FLOWS.get(data.trade_flow)
    if flow is None or data.unit != THOUSAND_USD:
        return []
    found: dict[tuple[str, str, str, Period], Observation] = {}
    for row in (*data.aggregateRecords, *data.records):
        for one in _of_row(data, row, flow, tool):
            found.setdefault((one.reporter, one.partner, one.product, one.period), one)
    return list(found.values())


def _of_row(data: SeriesData, row: Row, flow: FlowCode, tool: str) -> Iterator[Observation]:
    reporter = row.reporterCd or data.reporterCd
    partner = row.partnerCd or data.partnerCd
    code = row.productCd or data.productCd
    if not (reporter and partner and code and _is_area(reporter) and _is_area(partner)):
        return  # the aggregate of a group carries the group's own number, which is no area
    services = tool == "services_time_series"
    for text, value in zip(data.periods, row.values, strict=True):
        yield Observation(
            flow=flow,
            reporter=str(int(reporter)),
            partner=str(int(partner)),
            product=_product(code, services=services),
            classification="EBOPS" if services else "HS",
            period=period(text),
            value=None if value is None else round(value * _THOUSAND),
            currency="USD",
            valuation=None if services else "CIF" if flow == "M" else "FOB",
            status=Status.MISSING if value is None else Status.REPORTED,
            source=SOURCE_ID,
            tool=tool,
            resolution=_THOUSAND,
            basis=None if services else "origin" if flow == "M" else "destination",
            flag=(row.flags or {}).get(text),
        )


def _is_area(code: str) -> bool:
    return area_label(code) is not None


def _product(code: str, *, services: bool) -> str:
    if not services:
        return "TOTAL" if code == "ALL" else code
    item = service_item(code)
    return item.code if item else code


def view(question: FlowQuestion, role: Role) -> Asking:
    """What to ask for a country's report as Trade Map has it."""
    reporter, partner, product = question.reporter(role), question.partner(role), question.product
    services = product.kind == "services"
    tool = "services_time_series" if services else "goods_time_series"
    why = no_reporter("Trade Map", reporter)
    for area in (reporter, partner):
        if why is None and not area.trademap:
            why = never(f"Trade Map has no code for {area.name_en}.")
    if why is None and question.frequency != "year":
        why = never("Trade Map is asked by year only here.")
    if why is None and services and not product.is_total and not ebops_entry(product.code).trademap:
        why = never(f"Trade Map does not carry {product.code} {product.label}.")
    why = why or too_deep("Trade Map", question)
    if why is not None:
        return Asking(tool, why=why)
    asked = {
        "country": reporter.trademap,
        "partner": partner.trademap,
        "service" if services else "product": "ALL" if product.is_total else product.code,
        "by": "byCountry" if partner.kind != "world" else "byService" if services else "byProduct",
        "trade_flow": "E" if role == "exporter" else "I",
        "period_from": question.first.year,
        "period_to": question.last.year,
    }
    return Asking(tool, (asked,))


async def cost(view: View, context: Context) -> Cost:
    """Calls and credits for what is not stored; the service's free list of prices may be asked for it."""
    whole, over = Cost(), context.today.year - 1
    for arguments in view.arguments:
        first, last = arguments["period_from"], min(arguments["period_to"], over)
        if first > over:
            continue
        if "service" in arguments:
            of_services = trademap.ServicesTimeSeriesArguments.model_validate(arguments)
            question = replace(trademap.services_question(of_services), period_from=first, period_to=last)
            spelled = {**trademap.common_arguments(question, "", "desc"), "service": question.product}
        else:
            of_goods = trademap.GoodsTimeSeriesArguments.model_validate(arguments)
            question = replace(trademap.goods_question(of_goods), period_from=first, period_to=last)
            spelled = {**trademap.common_arguments(question, "", "desc"), **trademap.product_arguments(question)}
        whole += Cost(*await to_pay(context, view.tool, [spelled]))
    return whole


def newest(now: datetime) -> Period:
    """December of last year: it has years, and whether one is in, its answer tells."""
    return Period(now.year - 1, "month", 12)


FLOWS = Flows(standing=Standing.COMPILED, view=view, cost=cost, newest=newest)
