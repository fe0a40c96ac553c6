"""What `doctor` asks of Trade Map: the free catalogue, then one cheap call of each kind."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Check
from tradestat_tools.contract.tool import A, D, Tool
from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.sources.trademap.answers.data import SeriesData
from tradestat_tools.sources.trademap.api import catalogue
from tradestat_tools.sources.trademap.arguments import DEFAULT_INDICATORS
from tradestat_tools.sources.trademap.notes import names_note
from tradestat_tools.sources.trademap.service import KEY, TrademapSettings
from tradestat_tools.sources.trademap.tools.indicators import GOODS_TRADE_INDICATORS
from tradestat_tools.sources.trademap.tools.lists import GET_COVERAGE
from tradestat_tools.sources.trademap.tools.yearly import GOODS_TIME_SERIES, SERVICES_TIME_SERIES
from tradestat_tools.sources.trademap.wire.names import Wire

FEW_ROWS: Mapping[str, Any] = {"country": "842", "page_size": 5}
BACK = 3
"""Years before this one for which every large reporter has data."""


async def checks(context: Context) -> AsyncIterator[Check]:
    """Compare the assumptions with the live service: about 4 credits with a key, nothing without one.

    The four calls stay below the smallest plan's limit of five a minute.
    """
    table, fault = await catalogue(context)
    if fault is not None:
        yield Check("catalogue", ok=False, detail=f"not read, assumed names are in force: {fault}")
    else:
        for wire in table.values():
            yield _names(wire)
    if context.settings.of(TrademapSettings).parse_api_key is None:
        yield Check("calls", ok=False, detail=f"not set: {KEY.variable}. {KEY.get_it}")
        return
    yield await _coverage(context)
    goods, services = table["goods_time_series"], table["services_time_series"]
    yield await _yearly(context, goods, GOODS_TIME_SERIES, product="85", by="byCountry", trade_flow="I")
    yield await _yearly(context, services, SERVICES_TIME_SERIES, service="S03", by="byService")
    yield await _indicators(context)


def _names(wire: Wire) -> Check:
    """One endpoint's spelling, and how it differs from what was assumed."""
    name = f"names of {wire.endpoint}"
    if not wire.published:
        return Check(name, ok=False, detail="the catalogue does not describe this endpoint; assumed names are in force")
    parts = [f"{wire.method}, {wire.price:g} credit{'s' * (wire.price != 1)}"]
    if wire.names:
        parts.append(
            ", ".join(ours if ours == theirs else f"{ours} as {theirs}" for ours, theirs in wire.names.items())
        )
    if wire.unlisted:
        parts.append(f"not listed: {', '.join(wire.unlisted)}")
    if wire.unused:
        parts.append(f"listed and not used: {', '.join(wire.unused)}")
    return Check(name, ok=not wire.unlisted, detail="; ".join(parts))


async def _coverage(context: Context) -> Check:
    answer = await _asked(context, GET_COVERAGE, {"data_type": "goods"})
    if isinstance(answer, Check):
        return answer
    kinds = [row.dataType for row in answer.data.coverage]
    return Check("get_coverage", ok="Y" in kinds, detail=f"answers as known, frequencies {', '.join(kinds)}")


async def _asked(context: Context, tool: Tool[A, D], arguments: Mapping[str, Any]) -> Answer[D] | Check:
    """The answer, or that there was none."""
    try:
        return await tool.run(context, tool.arguments.model_validate(dict(arguments)))
    except TradestatError as error:
        return Check(tool.name, ok=False, detail=f"{error.kind}: {error.message}")


async def _yearly(context: Context, wire: Wire, tool: Tool[A, SeriesData], **more: str) -> Check:
    """Whether the parameters took effect: only then does the answer hold the one year and a page of that size."""
    year = context.today.year - BACK
    answer = await _asked(context, tool, {**FEW_ROWS, "period_from": year, "period_to": year, **more})
    if isinstance(answer, Check):
        return answer
    names = names_note(wire)  # what the catalogue says is a finding of its own
    faults = [note.text for note in answer.notes if note.code is NoteCode.SHAPE and note != names]
    data = answer.data
    if len(data.records) > (size := FEW_ROWS["page_size"]):
        faults.append(f"asked for {size} rows, got {len(data.records)}: page_size is not honoured")
    if not data.aggregateRecords:
        faults.append("no aggregateRecords")
    return Check(wire.endpoint, ok=not faults, detail="; ".join(faults) or f"answers as known, {year}, {data.unit}")


async def _indicators(context: Context) -> Check:
    answer = await _asked(context, GOODS_TRADE_INDICATORS, {**FEW_ROWS, "product": "85", "trade_flow": "I"})
    if isinstance(answer, Check):
        return answer
    given = [i.indicatorCd for i in answer.data.indicators]
    absent = [code for code in DEFAULT_INDICATORS if code not in given]
    detail = f"reference year {answer.data.refYear}, {', '.join(given)}"
    return Check(
        "goods_trade_indicators",
        ok=not absent and answer.data.refYear is not None,
        detail=f"{detail}; not given: {', '.join(absent)}" if absent else detail,
    )
