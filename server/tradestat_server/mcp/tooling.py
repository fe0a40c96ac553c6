"""One MCP tool for each tool of ours, none of which is loaded before it is called."""

from typing import TYPE_CHECKING, Any, Self

from mcp.server.mcpserver import Context as CallContext
from mcp.server.mcpserver.tools import Tool as McpTool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import PrivateAttr

from tradestat_server.mcp.door import ANSWERING, Door, imported
from tradestat_server.mcp.listing import ENVELOPE_SCHEMA, Card
from tradestat_server.mcp.page import tool_meta
from tradestat_tools.contract.made import Made

if TYPE_CHECKING:
    from tradestat_tools.contract.tool import Tool


class ServedTool(McpTool):
    """A tool as the SDK lists it. Takes raw arguments, which are checked where every call goes through."""

    _tool: "str | Tool[Any, Any]" = PrivateAttr(default="")
    _finished: Made[CallToolResult] | None = PrivateAttr(default=None)

    def calling(self, tool: "str | Tool[Any, Any]", finished: Made[CallToolResult] | None) -> Self:
        """The same, with what it calls, and where its answers are kept to be given again."""
        self._tool, self._finished = tool, finished
        return self

    async def run(
        self,
        arguments: dict[str, Any],
        context: CallContext[Any, Any],
        convert_result: bool = False,  # noqa: ARG002 - the SDK's signature; the result is already what it sends
    ) -> CallToolResult:
        """Ask it. Never raises: a failure is a result that says so."""
        door: Door = context.request_context.lifespan_context
        door.calls += 1
        try:
            return await self._answered(door, arguments, context)
        finally:
            door.calls -= 1

    async def _answered(self, door: Door, arguments: dict[str, Any], context: CallContext[Any, Any]) -> CallToolResult:
        try:
            ours = await door.context()
        except Exception as error:  # noqa: BLE001 - as any other failure that is not of the call's making
            await imported(ANSWERING)
            from tradestat_server.mcp.answering import unexpected  # noqa: PLC0415

            return unexpected(self.name, error)
        given = await self._finished.find(ours, self.name, arguments) if self._finished else None
        if given is not None:
            return given
        await imported(ANSWERING)
        from tradestat_server.mcp.answering import answered  # noqa: PLC0415 - loaded now

        return await answered(ours, self._tool, arguments, context, name=self.name, finished=self._finished)


def served_tool(card: Card, tool: "str | Tool[Any, Any]", finished: Made[CallToolResult] | None = None) -> ServedTool:
    """A tool of ours as the SDK lists it.

    Args:
        card: what is shown of it.
        tool: what is called; by its name, it is loaded at its first call.
        finished: where its answers are kept to be given again; those of a tool that is not local are.
    """
    served = ServedTool(
        fn=_never,
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
            open_world_hint=False if card.local else None,  # true is what the protocol takes where nothing is said
        ),
        meta=tool_meta(card.name),
    )
    return served.calling(tool, None if card.local else finished)


def _never() -> None:
    """The SDK wants a function; `run` answers in its place."""
    raise NotImplementedError
