"""One MCP tool for each tool of ours."""

import logging
import traceback
from collections.abc import Mapping
from typing import Any, Self

from mcp.server.mcpserver import Context as CallContext
from mcp.server.mcpserver.tools import Tool as McpTool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp_types import CallToolResult, ResourceLink, TextContent, ToolAnnotations
from pydantic import PrivateAttr

from tradestat_server.mcp.finished import Finished
from tradestat_server.mcp.listing import Card
from tradestat_server.text.envelope import ENVELOPE_SCHEMA, structured_content
from tradestat_server.text.render import render_answer, render_error
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.upstream.report import Progress
from tradestat_tools.upstream.watch import watching

logger = logging.getLogger(__name__)

ERROR_META = "tradestat/error"
"""Where a failed result carries the error as data. Not in the structured content, which clients hold to the output
schema of the tool even when the call failed (seen in the TypeScript client, November 2026)."""


LINKS_SINCE = "2025-06-18"
"""The version of the protocol that brought links to resources; clients of older ones throw at them (November 2026)."""


class ReportedProgress:
    """Passes progress on to the client, if it asked for it. It never falls back, as the protocol demands.

    A tool that asks its service several times, one after another, begins to count anew with each.
    """

    def __init__(self, context: CallContext[Any, Any]) -> None:
        self._context = context
        self._before = 0.0
        self._last = 0.0

    async def __call__(self, seconds: float, most: float, what: str) -> None:
        """`seconds` of `most` have been waited for `what`."""
        if seconds <= self._last:
            self._before += self._last
        self._last = seconds
        await self._context.report_progress(self._before + seconds, self._before + most, what)


class ServedTool(McpTool):
    """A tool as the SDK lists it. Takes raw arguments, which are checked where every call goes through."""

    _finished: Finished | None = PrivateAttr(default=None)

    def remembering(self, finished: Finished) -> Self:
        """The same, giving finished answers again."""
        self._finished = finished
        return self

    async def run(
        self,
        arguments: dict[str, Any],
        context: CallContext[Any, Any],
        convert_result: bool = False,  # noqa: ARG002 - the SDK's signature; the result is already what it sends
    ) -> CallToolResult:
        """Ask it. Never raises: a failure is a result that says so."""
        ours: Context = context.request_context.lifespan_context
        given = await self._finished.find(ours, self.name, arguments) if self._finished else None
        if given is not None:
            return given
        try:
            with watching() as watch:
                answer: Answer[Any] = await self.fn(ours, arguments, progress=ReportedProgress(context))
            text = render_answer(answer, sources=ours.sources.values(), max_chars=ours.settings.max_chars)
            links = [
                ResourceLink(uri=link.uri, name=link.name, mime_type=link.mime_type, size=link.size)
                for link in (answer.data.links() if context.request_context.protocol_version >= LINKS_SINCE else ())
            ]
            structured = structured_content(
                answer,
                max_chars=ours.settings.max_chars,
                full=ours.settings.structured == "full",
                sources=ours.sources.values(),
            )
            result = CallToolResult(content=[TextContent(text=text), *links], structured_content=structured)
        except TradestatError as error:
            return failed(error)
        except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback reaches a client
            logger.error("%s failed unexpectedly: %s", self.name, _where(error))  # noqa: TRY400 - see _where
            return CallToolResult(
                content=[
                    TextContent(
                        text=f"Internal error: {self.name} failed on something it does not know.\n"
                        "Do: try other arguments or another tool, and report this with the server's log."
                    )
                ],
                is_error=True,
            )
        if self._finished and not links:
            self._finished.keep(ours, self.name, arguments, result, watch)
        return result


def failed(error: TradestatError) -> CallToolResult:
    """A failure as a result that a model can act on."""
    return CallToolResult(
        content=[TextContent(text=render_error(error))], is_error=True, _meta={ERROR_META: error.as_dict()}
    )


def served_tool(card: Card, tool: str | Tool[Any, Any], finished: Finished | None = None) -> ServedTool:
    """A tool of ours as the SDK lists it.

    Args:
        card: what is shown of it.
        tool: what is called; by its name, it is loaded at its first call.
        finished: where its answers are kept to be given again; those of a tool that is not local are.
    """

    async def ask(context: Context, arguments: Mapping[str, Any], *, progress: Progress | None = None) -> Answer[Any]:
        return await context.call(tool, arguments, progress=progress)

    served = ServedTool(
        fn=ask,
        name=card.name,
        title=card.title,
        description=card.description,
        parameters=dict(card.schema),
        fn_metadata=FuncMetadata(arg_model=ArgModelBase, output_schema=ENVELOPE_SCHEMA),
        is_async=True,
        context_kwarg=None,
        annotations=ToolAnnotations(
            read_only_hint=not card.writes,
            # Of a tool that only reads, the protocol asks neither.
            destructive_hint=False if card.writes else None,
            idempotent_hint=False if card.writes else None,
            open_world_hint=not card.local,
        ),
    )
    return served.remembering(finished) if finished and not card.local else served


def _where(error: BaseException) -> str:
    """The kind of an unexpected failure and the lines it came through. Its own words may hold a key or an address."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join([type(error).__name__, *(f"{f.name} ({f.filename}:{f.lineno})" for f in reversed(frames))])
