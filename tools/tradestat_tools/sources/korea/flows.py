"""Figures of Korea Customs as common rows: months, exports FOB and imports CIF, in dollars."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from math import ceil
from typing import Any

from tradestat_tools.codes.countries import resolve_area
from tradestat_tools.codes.periods import Period, format_yyyymm, month, months_between, period, split_months
from tradestat_tools.codes.words import CodeError
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
    WeighedMonths,
)
from tradestat_tools.sources.korea.calendar import REVISED_MONTHS, last_published
from tradestat_tools.sources.korea.service import MONTHS_A_CALL, POLICY

KOREA = "410"
WORLD = "0"
TOTAL = "TOTAL"
_SIDES: tuple[tuple[FlowCode, str, str], ...] = (("X", "expDlr", "expWgt"), ("M", "impDlr", "impWgt"))


def observe_nitem(data: NitemtradeData, source: Provenance) -> list[Observation]:
    """The monthly sums of what was asked for, and every row that is not the same thing once more."""
    tool = "getNitemtradeList"
    partner = _area(data.cntyCd) if data.cntyCd else WORLD
    product = data.hsSgn or TOTAL
    found = list(_observe(data.months, repeat(partner), repeat(product), source, tool, summed=True))
    partners = [_area(code) for code in data.rows.statCd]
    rows = _observe(data.rows, partners, data.rows.hsCd, source, tool)
    return found + [one for one in rows if (one.partner, one.product) != (partner, product)]


def observe_item(data: ItemtradeData, source: Provenance) -> list[Observation]:
    """The monthly sums of what was asked for, and every row that is not the same thing once more."""
    tool = "getItemtradeList"
    product = data.hsSgn or TOTAL
    found = list(_observe(data.months, repeat(WORLD), repeat(product), source, tool, summed=True))
    rows = _observe(data.rows, repeat(WORLD), data.rows.hsCd, source, tool)
    return found + [one for one in rows if one.product != product]


def observe_nation(data: NationtradeData, source: Provenance) -> list[Observation]:
    """Every row; where all countries were asked for, their monthly sums too."""
    tool = "getNationtradeList"
    partners = [_area(code) for code in data.rows.statCd]
    found = list(_observe(data.rows, partners, repeat(TOTAL), source, tool))
    if not data.cntyCd:
        found += _observe(data.months, repeat(WORLD), repeat(TOTAL), source, tool, summed=True)
    return found


def observe_new(data: NewtradeData, source: Provenance) -> list[Observation]:
    """Korea's whole trade."""
    return list(_observe(data.rows, repeat(WORLD), repeat(TOTAL), source, "getNewtradeList"))


def _observe(
    block: WeighedMonths | CountedMonths,
    partners: "Sequence[str | None] | repeat[str] | repeat[str | None]",
    products: "Sequence[str] | repeat[str]",
    source: Provenance,
    tool: str,
    *,
    summed: bool = False,
) -> Iterator[Observation]:
    settled = last_published(source.retrieved_at).shifted(-REVISED_MONTHS)
    for at, (text, partner, product) in enumerate(zip(block.year, partners, products, strict=False)):
        if partner is None:
            continue  # a code of the service's own, such as Koreans abroad, which no other source has
        month = period(text)
        for flow, money, weight in _SIDES:
            value = block.column(money)[at]
            yield Observation(
                flow=flow,
                reporter=KOREA,
                partner=partner,
                product=product,
                classification="HS",
                period=month,
                value=value,
                currency="USD",
                valuation="FOB" if flow == "X" else "CIF",
                status=_status(value, month, settled, summed=summed),
                source=POLICY.source,
                tool=tool,
                net_kg=block.column(weight)[at] if isinstance(block, WeighedMonths) else None,
                basis="destination" if flow == "X" else "origin",
            )


def _status(value: int | None, month: Period, settled: Period, *, summed: bool) -> Status:
    if value is None:
        return Status.MISSING
    if month > settled:
        return Status.PROVISIONAL
    return Status.SUMMED if summed else Status.REPORTED


def _area(code: str) -> str | None:
    """UN Comtrade's code of a country; None for the codes that are only this service's."""
    try:
        return resolve_area(code, system="korea").area.comtrade or None
    except CodeError:
        return None


MONTHS_A_QUESTION = 120
"""Months in one question to a tool, which makes a call of each year."""


def view(question: FlowQuestion, role: Role) -> Asking | None:
    """What to ask for Korea's own report; None where another country reports."""
    reporter, partner, product = question.reporter(role), question.partner(role), question.product
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
    spans = (months_between(month(asked["strtYymm"]), month(asked["endYymm"])) for asked in view.arguments)
    return Cost(sum(ceil(months / MONTHS_A_CALL) for months in spans))


FLOWS = Flows(
    standing=Standing.NATIONAL,
    view=view,
    cost=cost,
    newest=last_published,
    reports="Korea's own exports and imports",
)
