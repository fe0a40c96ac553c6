"""What to ask each source for one side of a flow, or why it can not see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tradestat_tools.codes.countries import Area, label
from tradestat_tools.codes.ebops import ebops_entry
from tradestat_tools.codes.periods import Frequency, Period, format_yyyymm, split_months
from tradestat_tools.model.flow import FlowQuestion
from tradestat_tools.model.reasons import Reason, Why

Role = Literal["exporter", "importer"]

SOURCES = ("korea", "comtrade", "doumaotong", "trademap")
"""In the order in which sides are listed: official national source, United Nations, compilations."""

KOREA, CHINA, WORLD = "410", "156", "0"

HS_DIGITS = (2, 4, 6)
COMTRADE_PERIODS = 24
"""Periods in one question to UN Comtrade: as many calls as it makes at most, without a key."""
KOREA_MONTHS = 120
"""Months in one question to Korea Customs."""


@dataclass(frozen=True, slots=True)
class Seeing:
    """How a source sees one side.

    Args:
        tool: the tool to ask; the one that would be asked where it can not see it.
        arguments: the tool's arguments, more than one set where one question can not hold all periods.
        why: why nothing can be asked.
    """

    tool: str
    arguments: tuple[dict[str, Any], ...] = ()
    why: Why | None = None


def seeing(source: str, question: FlowQuestion, role: Role) -> Seeing | None:
    """How a source sees a side; None where the side is none of its business: another country's own statistics."""
    return {"comtrade": _comtrade, "trademap": _trademap, "korea": _korea, "doumaotong": _doumaotong}[source](
        question, role
    )


def reporter_of(question: FlowQuestion, role: Role) -> Area:
    """Who reports a side."""
    return question.exporter if role == "exporter" else question.importer


def partner_of(question: FlowQuestion, role: Role) -> Area:
    """With whom, seen from that side."""
    return question.importer if role == "exporter" else question.exporter


def flow_of(role: Role) -> Literal["X", "M"]:
    """Which way the trade goes, seen from that side."""
    return "X" if role == "exporter" else "M"


def _comtrade(question: FlowQuestion, role: Role) -> Seeing | None:
    reporter, partner, product = reporter_of(question, role), partner_of(question, role), question.product
    tool, services = "comtrade_data", product.kind == "services"
    why = _no_reporter("UN Comtrade", reporter)
    for area in (reporter, partner):
        if why is None and not area.comtrade:
            why = _never(f"UN Comtrade has no code for {area.name_en}.")
    if why is None and partner.kind == "group":
        why = _never(f"{partner.name_en} is no partner in UN Comtrade; its members are.")
    if why is None and services and question.frequency != "year":
        why = _never("UN Comtrade has services by year only.")
    why = why or _too_deep("UN Comtrade", question)
    if why is not None:
        return Seeing(tool, why=why)
    frequency: Frequency = "year" if question.frequency == "year" else "month"
    first, last = (question.first, question.last) if frequency == "year" else question.months
    common: dict[str, Any] = {
        "typeCode": "S" if services else "C",
        "freqCode": "A" if frequency == "year" else "M",
        "reporterCode": [reporter.comtrade],
        "partnerCode": [partner.comtrade],
        "cmdCode": ["TOTAL" if product.is_total else product.code],
        "flowCode": [flow_of(role)],
    }
    runs = _runs(first, last, COMTRADE_PERIODS)
    return Seeing(tool, tuple(common | {"period": [f"{start}..{end}"]} for start, end in runs))


def _trademap(question: FlowQuestion, role: Role) -> Seeing | None:
    reporter, partner, product = reporter_of(question, role), partner_of(question, role), question.product
    services = product.kind == "services"
    tool = "services_time_series" if services else "goods_time_series"
    why = _no_reporter("Trade Map", reporter)
    for area in (reporter, partner):
        if why is None and not area.trademap:
            why = _never(f"Trade Map has no code for {area.name_en}.")
    if why is None and question.frequency != "year":
        why = _never("Trade Map is asked by year only here.")
    if why is None and services and not product.is_total and not ebops_entry(product.code).trademap:
        why = _never(f"Trade Map does not carry {product.code} {product.label}.")
    why = why or _too_deep("Trade Map", question)
    if why is not None:
        return Seeing(tool, why=why)
    asked = {
        "country": reporter.trademap,
        "partner": partner.trademap,
        "service" if services else "product": "ALL" if product.is_total else product.code,
        "by": "byCountry" if partner.kind != "world" else "byService" if services else "byProduct",
        "trade_flow": "E" if role == "exporter" else "I",
        "period_from": question.first.year,
        "period_to": question.last.year,
    }
    return Seeing(tool, (asked,))


def _korea(question: FlowQuestion, role: Role) -> Seeing | None:
    reporter, partner, product = reporter_of(question, role), partner_of(question, role), question.product
    if reporter.comtrade != KOREA:
        return None
    world = partner.kind == "world"
    tool = {
        (True, True): "getNewtradeList",
        (True, False): "getNationtradeList",
        (False, True): "getItemtradeList",
        (False, False): "getNitemtradeList",
    }[product.is_total, world]
    if product.kind == "services":
        return Seeing(tool, why=_never("Korea Customs has goods only."))
    if partner.kind == "group" or not (world or partner.korea):
        return Seeing(tool, why=_never(f"Korea Customs has no code for {partner.name_en}."))
    if not product.is_total and len(product.code) == 8:
        return Seeing(tool, why=_never(f"{product.code} has 8 digits: no code of Korea's, which have 10."))
    common: dict[str, Any] = {} if world else {"cntyCd": partner.korea}
    if not product.is_total:
        common["hsSgn"] = product.code
    runs = split_months(*question.months, KOREA_MONTHS)
    asked = ({"strtYymm": format_yyyymm(start), "endYymm": format_yyyymm(end)} for start, end in runs)
    return Seeing(tool, tuple(common | months for months in asked))


def _doumaotong(question: FlowQuestion, role: Role) -> Seeing | None:
    product, partner = question.product, question.importer
    if role != "exporter" or question.exporter.comtrade != CHINA:
        return None
    world = partner.kind == "world"
    tool = "trend" if world else "history"
    if product.kind == "services":
        return Seeing(tool, why=_never("doumaotong.com has goods only."))
    if product.is_total or len(product.code) not in (4, 6, 8):
        return Seeing(tool, why=_never("doumaotong.com has codes of 4, 6 and 8 digits, no chapters and no total."))
    if not (world or partner.china_customs):
        return Seeing(tool, why=_never(f"{partner.name_en} has no known China Customs code."))
    return Seeing(tool, ({"hsCode": product.code} | ({} if world else {"countryCode": partner.china_customs}),))


def _no_reporter(source: str, area: Area) -> Why | None:
    if area.kind == "world":
        return _never(f"{source} has no report of the World: ask the other side, or one country.")
    if area.kind in ("nes", "special"):
        return _never(f"{label(area)} is a partner only: nobody reports for it.")
    return None


def _too_deep(source: str, question: FlowQuestion) -> Why | None:
    product = question.product
    if product.kind == "services" or product.is_total or len(product.code) in HS_DIGITS:
        return None
    return _never(f"{product.code} is a national code; {source} has 2, 4 and 6 digits ({product.code[:6]}).")


def _never(text: str) -> Why:
    return Why(Reason.NOT_COVERED, text, sure=True)


def _runs(first: Period, last: Period, size: int) -> Iterator[tuple[Period, Period]]:
    while first <= last:
        end = min(last, first.shifted(size - 1))
        yield first, end
        first = end.shifted(1)
