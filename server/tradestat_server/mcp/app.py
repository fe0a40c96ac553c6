"""The MCP server: tools, resources, prompts and completions on one object, for any transport."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import metadata
from typing import TYPE_CHECKING, Any

from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context as CallContext
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool as McpTool
from mcp_types import (
    CallToolResult,
    Completion,
    CompletionArgument,
    CompletionContext,
    GetPromptResult,
    InputRequiredResult,
    Prompt,
    PromptReference,
    Resource,
    ResourceTemplate,
    ResourceTemplateReference,
    Tool,
)

from tradestat_server.mcp.door import ANSWERING, Door, Standing, imported
from tradestat_server.mcp.listing import cards_of, made
from tradestat_server.mcp.page import CHARTED, announced, apps
from tradestat_server.mcp.stdio import claimed
from tradestat_server.mcp.tooling import served_tool
from tradestat_tools.contract.made import Made

if TYPE_CHECKING:
    from pydantic.networks import AnyUrl

    from tradestat_tools.contract.context import Context
    from tradestat_tools.contract.source import Source
    from tradestat_tools.contract.tool import Tool as OurTool

NAME = "tradestat"
DISTRIBUTION = "tradestat-mcp"

FINISHED_BOUND = 32 * 1024 * 1024
"""Characters of finished answers that are kept to be given again."""

RESOURCES, PROMPTS, COMPLETIONS = (f"tradestat_server.mcp.{room}" for room in ("resources", "prompts", "completions"))

INSTRUCTIONS = """\
Official trade statistics. Across sources:
- trade_series: flows over time, sums, shares, balance. compare_mirror: both sides' reports of a flow, why they
  differ. trade_indicators: growth, shares, ranks. exchange_rate.
- Free: search_codes finds codes by words. query: parts of earlier answers by handle (r…), or SQL over them; chart
  draws them, export_data writes files, cite references. usage: what is left of every plan. import_file: files
  exported by hand (prompt query_china_customs_by_hand).
One service's own figures:
{sources}
Any spelling of countries and codes is read. Units: an answer's first line.
Imports are mostly CIF, exports FOB. A dash is a missing figure, 0 a reported zero.
Never add up rows that a note says overlap. Not here: firms, tariff rates, forecasts."""

SANDBOX_INSTRUCTIONS = """
This server runs on a SANDBOX: every figure is synthetic. Say so with each."""


class TradestatServer(MCPServer[Door]):
    """Answers a wrong name of a prompt or tool with the nearest right one; the SDK would call it an internal error.

    Resources and prompts are loaded when a client first asks for one: most never do.
    """

    door: Door
    costs: Mapping[str, str]
    _furnished = False

    async def run_stdio_async(self) -> None:
        """Serve whoever started the process, over its pipes, until one of them is closed."""
        async with claimed().messages() as (received, sending):
            await self._lowlevel_server.run(received, sending, self._lowlevel_server.create_initialization_options())

    async def list_tools(self) -> list[Tool]:
        self.door.shown.set()
        return await super().list_tools()

    async def list_resources(self) -> list[Resource]:
        await self._furnish()
        return await super().list_resources()

    async def list_resource_templates(self) -> list[ResourceTemplate]:
        await self._furnish()
        return await super().list_resource_templates()

    async def read_resource(
        self, uri: "AnyUrl | str", context: CallContext[Door, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        await self._furnish()
        return await super().read_resource(uri, context)

    async def list_prompts(self) -> list[Prompt]:
        await self._furnish()
        return await super().list_prompts()

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: CallContext[Door, Any] | None = None
    ) -> GetPromptResult | InputRequiredResult:
        await self._furnish()
        from tradestat_server.mcp.prompts import check

        check(name, arguments or {})
        return await super().get_prompt(name, arguments, context)

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: CallContext[Door, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError:  # of a tool that is not there: those that are never raise
            await imported(ANSWERING)
            from tradestat_server.mcp.answering import no_tool

            return no_tool(name, [tool.name for tool in await super().list_tools()])

    async def _furnish(self) -> None:
        if self._furnished:
            return
        await imported(RESOURCES)
        await imported(PROMPTS)
        from tradestat_server.mcp.prompts import add_prompts
        from tradestat_server.mcp.resources import add_resources

        if not self._furnished:  # no other has meanwhile
            self._furnished = True
            add_resources(self, self.door, self.costs)
            add_prompts(self)


def instructions(sources: "Iterable[Source]", *, sandbox: bool) -> str:
    """What a model reads first of the server: when to choose which source's tools, the free sources on top."""
    ordered = sorted(sources, key=lambda source: source.policy.paid)
    text = INSTRUCTIONS.replace("{sources}", "\n".join(source.instructions for source in ordered))
    return text + (SANDBOX_INSTRUCTIONS if sandbox else "")


def create_server(behind: "Context | Door", *, offered: "Iterable[OurTool[Any, Any]] | None" = None) -> MCPServer[Door]:
    """A server with every tool, resource and prompt.

    Args:
        behind: what the tools work with, or the way to it; opened and closed by the caller.
        offered: the tools to offer in place of all that there are.
    """
    door = behind if isinstance(behind, Door) else Standing(behind)

    @asynccontextmanager
    async def lifespan(_: MCPServer[Door]) -> AsyncGenerator[Door]:
        yield door

    finished = Made[CallToolResult](FINISHED_BOUND)
    cards = cards_of(door.tools)
    if offered is None:
        tools: list[McpTool] = [served_tool(card, card.name, finished) for card in cards]
    else:
        tools = [served_tool(card, tool, finished) for tool in offered for card in made([tool])]
    charts = any(tool.name == CHARTED for tool in tools)
    about = metadata(DISTRIBUTION)
    server = TradestatServer(
        NAME,
        title="Tradestat",
        description=f"Official trade statistics: {about['Summary'].partition(': ')[2]}",
        instructions=instructions(door.sources.values(), sandbox=door.settings.sandbox),
        version=about["Version"],
        tools=tools,
        extensions=[apps()] if charts else [],
        middleware=[announced] if charts else [],
        lifespan=lifespan,
        log_level="WARNING",
    )
    server.door, server.costs = door, {card.name: card.cost for card in cards}

    @server.completion()
    async def complete(
        ref: PromptReference | ResourceTemplateReference, argument: CompletionArgument, _: CompletionContext | None
    ) -> Completion | None:
        await imported(COMPLETIONS)
        from tradestat_server.mcp.completions import completed

        return await completed(await door.context(), ref, argument)

    return server
