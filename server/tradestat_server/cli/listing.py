"""The tools and prompts as a client is told of them."""

from typing import Any

from mcp import Client
from mcp_types import TextContent

from tradestat_server.mcp.app import create_server
from tradestat_tools.model.settings import Settings


async def tools_as_listed(settings: Settings | None = None) -> list[dict[str, Any]]:
    """The entries of `tools/list`."""
    async with Client(create_server(settings=settings)) as client:
        tools = (await client.list_tools()).tools
    return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]


async def manifest_lists(settings: Settings | None = None) -> dict[str, list[dict[str, Any]]]:
    """`tools` and `prompts` as an MCP Bundle's manifest lists them; a prompt's text has `${arguments.name}` in it."""
    async with Client(create_server(settings=settings)) as client:
        tools = (await client.list_tools()).tools
        prompts: list[dict[str, Any]] = []
        for prompt in (await client.list_prompts()).prompts:
            names = [argument.name for argument in prompt.arguments or []]
            filled = await client.get_prompt(prompt.name, {name: f"${{arguments.{name}}}" for name in names})
            text = "\n\n".join(m.content.text for m in filled.messages if isinstance(m.content, TextContent))
            entry = {"name": prompt.name, "description": prompt.description or "", "arguments": names, "text": text}
            prompts.append(entry)
    return {
        "tools": [{"name": tool.name, "description": tool.description or ""} for tool in tools],
        "prompts": prompts,
    }
