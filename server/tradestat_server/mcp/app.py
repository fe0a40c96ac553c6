"""The MCP server: tools, resources, prompts and completions on one object, for any transport."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from importlib.metadata import metadata
from typing import Any

from mcp.server.mcpserver import Context as CallContext
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, GetPromptResult, InputRequiredResult

from tradestat_server.mcp.completions import add_completions
from tradestat_server.mcp.finished import Finished
from tradestat_server.mcp.page import CHARTED, announced, apps
from tradestat_server.mcp.prompts import add_prompts
from tradestat_server.mcp.prompts import check as check_prompt
from tradestat_server.mcp.resources import add_resources
from tradestat_server.mcp.stdio import claimed
from tradestat_server.mcp.tooling import failed, served_tool
from tradestat_tools.call import no_such_tool
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Source
from tradestat_tools.contract.tool import Tool

NAME = "tradestat"
DISTRIBUTION = "tradestat-mcp"

INSTRUCTIONS = """\
Official trade statistics. Across sources:
- trade_series: flows over time, with sums, shares and the balance. compare_mirror: both sides' reports of a flow, and
  why they differ. trade_indicators: growth, shares, ranks, concentration, balance. exchange_rate.
- Free: search_codes finds HS, EBOPS, country codes by words. query: parts of earlier answers by handle (r…), or SQL
  over them. chart: draws them. usage: what is left of plans. import_file: files exported by hand (the prompt
  query_china_customs_by_hand says how). export_data: files. cite: references, scripts that repeat the calls.
One service's own figures:
{sources}
Countries and codes are read in any usual spelling. Units differ by source: the first line of an answer names them.
Imports are mostly CIF, exports FOB, so the two sides of a flow differ. A dash is a missing figure, 0 a reported zero.
Never add up rows that a note says overlap. Not here: firms, tariff rates, forecasts."""

SANDBOX_INSTRUCTIONS = """
This server runs on a SANDBOX: every figure is synthetic. Say so whenever you pass one on."""


class TradestatServer(MCPServer[Context]):
    """Answers a wrong name of a prompt or tool with the nearest right one; the SDK would call it an internal error."""

    async def run_stdio_async(self) -> None:
        """Serve whoever started the process, over its pipes, until one of them is closed."""
        async with claimed().messages() as (received, sending):
            await self._lowlevel_server.run(received, sending, self._lowlevel_server.create_initialization_options())

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: CallContext[Context, Any] | None = None
    ) -> GetPromptResult | InputRequiredResult:
        check_prompt(name, arguments or {})
        return await super().get_prompt(name, arguments, context)

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: CallContext[Context, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError:  # of a tool that is not there: those that are never raise
            return failed(no_such_tool(name, [tool.name for tool in await self.list_tools()]))


def instructions(sources: Iterable[Source], *, sandbox: bool) -> str:
    """What a model reads first of the server: when to choose which source's tools, the free sources on top."""
    ordered = sorted(sources, key=lambda source: source.policy.paid)
    text = INSTRUCTIONS.replace("{sources}", "\n".join(source.instructions for source in ordered))
    return text + (SANDBOX_INSTRUCTIONS if sandbox else "")


def create_server(context: Context, *, offered: Iterable[Tool[Any, Any]] | None = None) -> MCPServer[Context]:
    """A server with every tool, resource and prompt.

    Args:
        context: what the tools work with, opened and closed by the caller.
        offered: the tools to offer in place of all that the context has.
    """

    @asynccontextmanager
    async def lifespan(_: MCPServer[Context]) -> AsyncGenerator[Context]:
        yield context

    finished = Finished()
    tools = list(context.tools.values() if offered is None else offered)
    charts = any(tool.name == CHARTED for tool in tools)
    about = metadata(DISTRIBUTION)
    server = TradestatServer(
        NAME,
        title="Tradestat",
        description=f"Official trade statistics: {about['Summary'].partition(': ')[2]}",
        instructions=instructions(context.sources.values(), sandbox=context.settings.sandbox),
        version=about["Version"],
        tools=[served_tool(tool, finished) for tool in tools],
        extensions=[apps()] if charts else [],
        middleware=[announced] if charts else [],
        lifespan=lifespan,
        log_level="WARNING",
    )
    add_resources(server, context)
    add_prompts(server)
    add_completions(server, context)
    return server
