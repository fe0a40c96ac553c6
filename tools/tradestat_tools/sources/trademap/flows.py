"""Figures of Trade Map's time series as common rows, in dollars."""

from collections.abc import Iterator

from tradestat_tools.codes.periods import Period, period
from tradestat_tools.model.answers import Provenance
from tradestat_tools.model.observation import FlowCode, Observation, Status
from tradestat_tools.sources.trademap.answers.data import THOUSAND_USD, Row, SeriesData
from tradestat_tools.sources.trademap.codes import area_label, service_item
from tradestat_tools.sources.trademap.wire.envelope import SOURCE_ID

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
