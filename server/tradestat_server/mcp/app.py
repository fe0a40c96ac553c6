"""The MCP server: tools, resources, prompts and completions on one object, for any transport."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, GetPromptResult, InputRequiredResult

from tradestat_server.mcp.completions import add_completions
from tradestat_server.mcp.prompts import add_prompts
from tradestat_server.mcp.prompts import check as check_prompt
from tradestat_server.mcp.resources import add_resources
from tradestat_server.mcp.tooling import endpoint_tool, unknown_tool
from tradestat_server.text.render import render_answer
from tradestat_tools.catalogue import all_tools
from tradestat_tools.contract.context import Services, utc_now
from tradestat_tools.contract.tool import Endpoint
from tradestat_tools.model.settings import Settings
from tradestat_tools.open import open_services
from tradestat_tools.results.export.folder import ExportFolder
from tradestat_tools.usage import USAGE

NAME = "tradestat"
DISTRIBUTION = "tradestat-mcp"

INSTRUCTIONS = """\
Official trade statistics. Choose the tool by the question:
- China's exports by product, newest months: dashboard, markets, trend, history, topProducts, growth, priceband, chapter
  (doumaotong; RMB yuan, FOB; free).
- Korea's trade by product and country, monthly: getNitemtradeList and its sisters
  (Korea Customs; USD, exports FOB, imports CIF; free with a key).
- Any country, goods or services, by year or month: comtrade_data (UN Comtrade; USD; works without a key).
- Rankings of partners or products, growth, services of any country: goods_time_series, goods_trade_indicators,
  services_time_series (Trade Map; thousand USD; a call costs a credit: prefer a free source that answers the question).
Countries and HS or EBOPS codes are read in any usual spelling. Where a code is not certain, search_codes finds it by
words, free; the resources tradestat://hs/{code}, tradestat://ebops/{code} and tradestat://countries/{code} show one.
usage says what is left of every plan, and costs nothing. rows gives any part of an earlier answer by its handle (result
r…): what its text left out, sorted, filtered, exact. It costs nothing either. export_data writes answers to files; cite
gives references in the usual styles, and scripts that repeat the calls.
Units differ by source: the first line of every answer names them. Imports are mostly CIF and exports FOB, so the two
sides of one flow differ. A dash is a missing figure, 0 a reported zero. Never add up rows that a note says overlap."""

SANDBOX_INSTRUCTIONS = """
This server runs on a SANDBOX: every figure is synthetic. Say so whenever you pass one on."""


class TradestatServer(MCPServer[Services]):
    """Answers a wrong name of a prompt or tool with the nearest right one; the SDK alone calls it an inner error."""

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Context[Services, Any] | None = None
    ) -> GetPromptResult | InputRequiredResult:
        check_prompt(name, arguments or {})
        return await super().get_prompt(name, arguments, context)

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Services, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError:  # of a tool that is not there: those that are never raise
            return unknown_tool(name, [tool.name for tool in await self.list_tools()])


def create_server(
    services: Services | None = None,
    *,
    settings: Settings | None = None,
    offered: Iterable[Endpoint[Any, Any]] | None = None,
) -> MCPServer[Services]:
    """A server with every tool, resource and prompt.

    Args:
        services: what the tools work with, opened and closed by the caller; without it, the server opens its own for
            each run (with SSE: for each connection).
        settings: for the services that the server opens itself; from the environment if not given.
        offered: the endpoints to offer instead of all.
    """
    settings = services.settings if services else settings or Settings()
    opened = [services] if services else list[Services]()

    @asynccontextmanager
    async def lifespan(_: MCPServer[Services]) -> AsyncGenerator[Services]:
        if services is not None:
            yield services
        else:
            async with open_services(settings) as own:
                opened.append(own)
                try:
                    yield own
                finally:
                    opened.remove(own)

    async def usage() -> str:
        return render_answer(await USAGE.call(opened[-1], {}))

    tools = all_tools().values() if offered is None else offered
    server = TradestatServer(
        NAME,
        title="Tradestat",
        description="Official trade statistics: Trade Map, China's exports, Korea Customs, UN Comtrade",
        instructions=INSTRUCTIONS + (SANDBOX_INSTRUCTIONS if settings.sandbox else ""),
        version=version(DISTRIBUTION),
        tools=[endpoint_tool(endpoint) for endpoint in tools],
        lifespan=lifespan,
        log_level="WARNING",
    )
    add_resources(server, usage, ExportFolder(settings.export_dir))
    add_prompts(server)
    add_completions(server, lambda: services.today if services else utc_now().date())
    return server
