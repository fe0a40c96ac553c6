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
from tradestat_server.mcp.context import open_context
from tradestat_server.mcp.prompts import add_prompts
from tradestat_server.mcp.prompts import check as check_prompt
from tradestat_server.mcp.resources import add_resources
from tradestat_server.mcp.tooling import served_tool, unknown_tool
from tradestat_server.text.render import render_answer
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context, utc_now
from tradestat_tools.contract.source import Source
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.settings import Settings
from tradestat_tools.results.export.folder import ExportFolder

NAME = "tradestat"
DISTRIBUTION = "tradestat-mcp"

INSTRUCTIONS = """\
Official trade statistics. Choose the tool by the question:
{sources}
Countries and HS or EBOPS codes are read in any usual spelling. Where a code is not certain, search_codes finds it by
words, free; the resources tradestat://hs/{code}, tradestat://ebops/{code} and tradestat://countries/{code} show one.
usage says what is left of every plan, and costs nothing. rows gives any part of an earlier answer by its handle (result
r…): what its text left out, sorted, filtered, exact. It costs nothing either. export_data writes answers to files; cite
gives references in the usual styles, and scripts that repeat the calls.
Units differ by source: the first line of every answer names them. Imports are mostly CIF and exports FOB, so the two
sides of one flow differ. A dash is a missing figure, 0 a reported zero. Never add up rows that a note says overlap."""

SANDBOX_INSTRUCTIONS = """
This server runs on a SANDBOX: every figure is synthetic. Say so whenever you pass one on."""


class TradestatServer(MCPServer[Context]):
    """Answers a wrong name of a prompt or tool with the nearest right one; the SDK alone calls it an inner error."""

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
            return unknown_tool(name, [tool.name for tool in await self.list_tools()])


def instructions(sources: Iterable[Source], *, sandbox: bool) -> str:
    """What a model is told of the server: when to choose which source's tools, the free ones first."""
    ordered = sorted(sources, key=lambda source: source.policy.paid)
    said = INSTRUCTIONS.replace("{sources}", "\n".join(source.instructions for source in ordered))
    return said + (SANDBOX_INSTRUCTIONS if sandbox else "")


def create_server(
    context: Context | None = None,
    *,
    settings: Settings | None = None,
    offered: Iterable[Tool[Any, Any]] | None = None,
) -> MCPServer[Context]:
    """A server with every tool, resource and prompt.

    Args:
        context: what the tools work with, opened and closed by the caller; without it, the server opens its own for
            each run (with SSE: for each connection).
        settings: for what the server opens itself; from the environment if not given.
        offered: the tools to offer instead of all.
    """
    settings = context.settings if context else settings or catalogue().settings()
    sources = context.sources if context else catalogue().sources
    tools = context.tools if context else catalogue().tools
    opened = [context] if context else list[Context]()

    @asynccontextmanager
    async def lifespan(_: MCPServer[Context]) -> AsyncGenerator[Context]:
        if context is not None:
            yield context
        else:
            async with open_context(settings) as own:
                opened.append(own)
                try:
                    yield own
                finally:
                    opened.remove(own)

    async def usage() -> str:
        return render_answer(await opened[-1].call("usage", {}), sources=sources.values())

    about = metadata(DISTRIBUTION)
    server = TradestatServer(
        NAME,
        title="Tradestat",
        description=f"Official trade statistics: {about['Summary'].partition(': ')[2]}",
        instructions=instructions(sources.values(), sandbox=settings.sandbox),
        version=about["Version"],
        tools=[served_tool(tool) for tool in (tools.values() if offered is None else offered)],
        lifespan=lifespan,
        log_level="WARNING",
    )
    add_resources(server, sources, usage, ExportFolder(settings.export_dir))
    add_prompts(server)
    add_completions(server, sources, lambda: context.today if context else utc_now().date())
    return server
