"""What every call of a tool goes through: read the arguments, ask, cite, keep."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

from tradestat_tools.codes.words import shown
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import A, D, Tool
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery, NoData, UpstreamChanged, said_before
from tradestat_tools.results.citation import citation_of
from tradestat_tools.upstream.report import Progress, is_part, reporting
from tradestat_tools.upstream.watch import watching


async def call(
    context: Context, tool: Tool[A, D], arguments: Mapping[str, Any], progress: Progress | None = None
) -> Answer[D]:
    """Check the raw arguments, then ask; `progress` is called now and then while the answer is waited for.

    A tool that asks another one gets the answer of lately again, if one made now would be no other. It must not change
    it.

    Raises:
        TradestatError: one of the closed set; InvalidQuery means nothing was sent.
    """
    if is_part():
        held = await context.parts.find(context, tool.name, arguments)
        if held is not None:
            return held
    with watching() as watch:
        answer = await _made(context, tool, arguments, progress)
    if answer.result:
        context.parts.keep(context, tool.name, arguments, answer, watch=watch, size=watch.size)
    return answer


async def _made(
    context: Context, tool: Tool[A, D], arguments: Mapping[str, Any], progress: Progress | None
) -> Answer[D]:
    asked, arguments, readings = await _parsed(tool, arguments)
    with reporting(progress) as report:
        try:
            answer = await tool.run(context, asked)
        except (UpstreamChanged, NoData) as error:
            if error is not report.failure:
                await _doubt(context, report.fetched, error)
                if isinstance(error, NoData) and report.stored is not None and not any(why.sure for why in error.why):
                    raise said_before(error, report.stored) from None
            raise
    answer.notes[:0] = [Note(code=NoteCode.RESOLVED_CODE, text=text) for text in readings]
    answer.notes.extend(note for note in report.notes if note not in answer.notes)
    answer.citation = answer.citation or await citation_of(context, tool.name, answer)
    if not tool.local if tool.kept is None else tool.kept:
        answer.result = await context.results.keep(tool.name, arguments, answer, report.asked)
    return answer


def no_such_tool(
    name: str, known: Collection[str], *, remedy: str = "Choose one of the tools listed.", argument: str | None = None
) -> InvalidQuery:
    """What is wrong with the name of a tool that does not exist.

    Args:
        name: as it was given.
        known: the names of the tools that do exist.
        remedy: what to do where none of them is near.
        argument: the argument that the name was given in.
    """
    by_lower = {one.lower(): one for one in known}
    near = [by_lower[match] for match in get_close_matches(name.lower(), list(by_lower), n=2, cutoff=0.5)]
    return InvalidQuery(
        f"There is no tool {shown(name)}.",
        argument=argument,
        allowed=", ".join(known),
        nearest=near,
        remedy=None if near else remedy,
    )


async def _parsed(tool: Tool[A, Any], arguments: Mapping[str, Any]) -> tuple[A, Mapping[str, Any], list[str]]:
    """The arguments, typed and as they were read, and how words were read as codes.

    A refusal says what the value at fault may have meant.
    """
    try:
        return parse_arguments(tool.arguments, arguments), arguments, []
    except InvalidQuery as error:
        from tradestat_tools.search.did_you_mean import did_you_mean, in_words  # noqa: PLC0415 - indexes for few

        read, said = await in_words(tool.arguments, error, arguments)
        if said:
            with suppress(InvalidQuery):  # what was wrong with the caller's own words says more
                return parse_arguments(tool.arguments, read), read, [said]
        raise await did_you_mean(tool.arguments, error, arguments) from None


async def _doubt(context: Context, fetched: Mapping[str, float], error: UpstreamChanged | NoData) -> None:
    """Take back what was stored before the source looked closer: the last answer, or that there is none."""
    if isinstance(error, NoData):
        await context.upstream.limit_freshness(fetched)
    else:
        await context.upstream.limit_freshness(dict.fromkeys(list(fetched)[-1:], 0.0))
