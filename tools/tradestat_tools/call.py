"""What every call of a tool goes through: read the arguments, ask, cite, keep."""

from collections.abc import Mapping, Sequence
from typing import Any

from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import made_of
from tradestat_tools.contract.tool import A, D, Tool
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery, NoData, UpstreamChanged
from tradestat_tools.results.citation import cited, one_line
from tradestat_tools.upstream.report import Progress, reporting
from tradestat_tools.upstream.request import NO_DATA


async def call(
    context: Context, tool: Tool[A, D], arguments: Mapping[str, Any], progress: Progress | None = None
) -> Answer[D]:
    """Check the raw arguments, then ask; `progress` is told now and then while the answer is waited for.

    Raises:
        TradestatError: one of the closed set; InvalidQuery means nothing was sent.
    """
    asked = await _parsed(tool, arguments)
    with reporting(progress) as report:
        try:
            answer = await tool.run(context, asked)
        except (UpstreamChanged, NoData) as error:
            if error is not report.failure:
                await _doubt(context, report.fetched, error)
            raise
    answer.notes.extend(note for note in report.notes if note not in answer.notes)
    answer.citation = answer.citation or await _citation(context, tool, answer)
    if not tool.local if tool.kept is None else tool.kept:
        answer.result = await context.results.keep(tool.name, arguments, answer, report.asked)
    return answer


async def _parsed(tool: Tool[A, Any], arguments: Mapping[str, Any]) -> A:
    """The question; where words stand in the place of a product code, the error offers the codes they may mean."""
    try:
        return parse_arguments(tool.arguments, arguments)
    except InvalidQuery as error:
        from tradestat_tools.search.did_you_mean import offer_codes  # noqa: PLC0415 - indexes for those who need them

        raise await offer_codes(tool.arguments, error, arguments) from None


async def _citation(context: Context, tool: Tool[Any, D], answer: Answer[D]) -> str | None:
    """How to cite the answer; of one made from others, how to cite each. What holds no statistics has none."""
    sources = context.sources.values()
    whole = [cited(sources, tool.name, answer.what, answer.source)]
    if answer.source.results:
        parts, _ = await made_of(context.results, answer.source.results)
        whole = [cited(sources, part.tool, part.what, part.source) for part in parts]
    return "; ".join(one_line(one) for one in whole if one) or None


async def _doubt(context: Context, fetched: Sequence[str], error: UpstreamChanged | NoData) -> None:
    """Take back what was stored before the source looked closer: the last answer, or that there is none."""
    if isinstance(error, NoData):
        await context.upstream.limit_freshness(fetched, NO_DATA.fresh)
    else:
        await context.upstream.limit_freshness(fetched[-1:], 0.0)
