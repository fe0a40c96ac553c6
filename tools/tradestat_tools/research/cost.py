"""What asking the sides of a flow would cost now; what is stored costs nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from math import ceil

from tradestat_tools.codes.periods import LAST_YEAR, Period, month, months_between
from tradestat_tools.contract.context import Services
from tradestat_tools.research.views import Side
from tradestat_tools.sources.comtrade.api import chunks, periods_a_call, request_for
from tradestat_tools.sources.comtrade.arguments import TradeArguments, resolved
from tradestat_tools.sources.comtrade.calendar import has_ended, periods_of
from tradestat_tools.sources.korea.service import MONTHS_A_CALL
from tradestat_tools.sources.trademap import arguments as trademap
from tradestat_tools.sources.trademap.api import to_pay
from tradestat_tools.sources.trademap.arguments import (
    common_arguments,
    goods_question,
    product_arguments,
    services_question,
)
from tradestat_tools.upstream.runtime import in_thread


@dataclass(frozen=True, slots=True)
class Cost:
    """What would be sent.

    Args:
        calls: upstream calls, retries not counted; of Korea Customs and doumaotong.com at most so many.
        credits: what the paid ones of them cost.
    """

    calls: int = 0
    credits: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.calls + other.calls, self.credits + other.credits)


async def cost(sides: Iterable[Side], services: Services) -> Cost:
    """What asking these sides would cost now. At most Trade Map's free catalogue of prices is asked for it."""
    whole = Cost()
    for side in sides:
        if side.why is None and not side.handle:
            whole += await _of_side(side, services)
    return whole


async def _of_side(side: Side, services: Services) -> Cost:
    if side.source == "comtrade":
        return await _comtrade(side, services)
    if side.source == "trademap":
        return await _trademap(side, services)
    if side.source == "korea":
        runs = (months_between(month(a["strtYymm"]), month(a["endYymm"])) for a in side.arguments)
        return Cost(sum(ceil(months / MONTHS_A_CALL) for months in runs))
    return Cost(len(side.arguments))


async def _comtrade(side: Side, services: Services) -> Cost:
    calls = 0
    for arguments in side.arguments:
        asked = TradeArguments.model_validate(arguments)
        span = periods_of(asked.spans, asked.frequency, Period(LAST_YEAR, asked.frequency))
        out = tuple(period for period in span if has_ended(period, services.today))
        if not out:
            continue
        question = resolved(services, asked, out, ())
        requests = [request_for(services, question.wanted(run)) for run in chunks(out, periods_a_call(services))]
        calls += len(await in_thread(partial(services.upstream.to_send, requests)))
    return Cost(calls)


async def _trademap(side: Side, services: Services) -> Cost:
    whole, over = Cost(), services.today.year - 1
    for arguments in side.arguments:
        first, last = arguments["period_from"], min(arguments["period_to"], over)
        if first > over:
            continue
        if "service" in arguments:
            of_services = trademap.ServicesTimeSeriesArguments.model_validate(arguments)
            question = replace(services_question(of_services), period_from=first, period_to=last)
            spelled = {**common_arguments(question, "", "desc"), "service": question.product}
        else:
            of_goods = trademap.GoodsTimeSeriesArguments.model_validate(arguments)
            question = replace(goods_question(of_goods), period_from=first, period_to=last)
            spelled = {**common_arguments(question, "", "desc"), **product_arguments(question)}
        whole += Cost(*await to_pay(services, side.tool, [spelled]))
    return whole
