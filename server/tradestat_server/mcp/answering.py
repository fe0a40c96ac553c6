"""From a call to the result that is sent: asked, rendered, and never an exception. Loaded with the first call."""

import base64
import json
import logging
import traceback
from collections.abc import Mapping
from typing import Any

from mcp.server.mcpserver import Context as CallContext
from mcp_types import (
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from tradestat_server.text.envelope import structured_content
from tradestat_server.text.render import render_answer, render_error
from tradestat_tools.call import no_such_tool
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.made import Made
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Picture
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.upstream.watch import watching

logger = logging.getLogger(__name__)

ERROR_META = "tradestat/error"
"""Where a failed result carries the error as data. Not in the structured content, which clients hold to the output
schema of the tool even when the call failed (seen in the TypeScript client, November 2026)."""

PICTURES = "tradestat://pictures/"
"""Where the pictures stand that an answer holds; they are in it whole, and nowhere else."""

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


async def answered(
    ours: Context,
    tool: str | Tool[Any, Any],
    arguments: Mapping[str, Any],
    context: CallContext[Any, Any],
    *,
    name: str,
    finished: Made[CallToolResult] | None,
) -> CallToolResult:
    """Ask a tool. Never raises: a failure is a result that says so.

    Args:
        tool: itself, or its name if it is the context's.
        context: of the call, as the SDK has it.
        name: as clients know it.
        finished: where its answer is kept to be given again: a question that is asked again costs no reading, no
            rendering and no storing.
    """
    try:
        with watching() as watch:
            answer = await ours.call(tool, arguments, progress=ReportedProgress(context))
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
        pictures = [_shown(picture) for picture in answer.data.pictures()]
        content: list[ContentBlock] = [TextContent(text=text), *pictures, *links]
        result = CallToolResult(content=content, structured_content=structured)
    except TradestatError as error:
        return failed(error)
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback reaches a client
        return unexpected(name, error)
    if finished and answer.result and not links:
        finished.keep(ours, name, arguments, result, watch=watch, size=len(text) + len(json.dumps(structured)))
    return result


def _shown(picture: Picture) -> ImageContent | EmbeddedResource:
    """A picture as the protocol has it: SVG is text, and not among the images that hosts can show."""
    if picture.mime_type == "image/svg+xml":
        text = picture.body.decode("utf-8")
        return EmbeddedResource(
            resource=TextResourceContents(uri=f"{PICTURES}{picture.name}", mime_type=picture.mime_type, text=text)
        )
    return ImageContent(data=base64.b64encode(picture.body).decode("ascii"), mime_type=picture.mime_type)


def failed(error: TradestatError) -> CallToolResult:
    """A failure as a result that a model can act on."""
    return CallToolResult(
        content=[TextContent(text=render_error(error))], is_error=True, _meta={ERROR_META: error.as_dict()}
    )


def unexpected(name: str, error: Exception) -> CallToolResult:
    """What is answered when a tool fails on something that it does not know; the log says where."""
    logger.error("%s failed unexpectedly: %s", name, _where(error))
    return CallToolResult(
        content=[
            TextContent(
                text=f"Internal error: {name} failed on something it does not know.\n"
                "Do: try other arguments or another tool, and report this with the server's log."
            )
        ],
        is_error=True,
    )


def no_tool(name: str, known: list[str]) -> CallToolResult:
    """What is answered to a name that no tool has."""
    return failed(no_such_tool(name, known))


def _where(error: BaseException) -> str:
    """The kind of an unexpected failure and the lines it came through. Its own words may hold a key or an address."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join([type(error).__name__, *(f"{f.name} ({f.filename}:{f.lineno})" for f in reversed(frames))])
