"""One tool call from the command line, without MCP in between."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from tradestat_server.mcp.context import open_context
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.model.settings import Settings


def read_pairs(pairs: Iterable[str]) -> dict[str, Any]:
    """Read `name=value` words into raw arguments.

    A name given twice makes a list. A value stays text, whatever it looks like: the tool's own schema reads it.

    Raises:
        InvalidQuery: a word without `=` or without a name.
    """
    arguments: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise InvalidQuery(
                f"{pair!r} is not an argument.",
                allowed="name=value, for example hsSgn=850760",
                remedy="Write every argument as name=value, quoted where the value holds blanks.",
            )
        name = name.strip()
        if name not in arguments:
            arguments[name] = value
        elif isinstance(arguments[name], list):
            arguments[name].append(value)
        else:
            arguments[name] = [arguments[name], value]
    return arguments


def find_tool(name: str) -> Tool[Any, Any]:
    """The tool of that name.

    Raises:
        InvalidQuery: there is none; names the nearest.
    """
    known = catalogue().tools
    if name in known:
        return known[name]
    by_lower = {tool.lower(): tool for tool in known}
    nearest = [by_lower[match] for match in get_close_matches(name.lower(), list(by_lower), n=2, cutoff=0.5)]
    raise InvalidQuery(
        f"There is no tool {name!r}.",
        argument="TOOL",
        allowed=", ".join(known),
        nearest=nearest,
        remedy=None if nearest else "List them with `tradestat-mcp tools`.",
    )


async def call_tool(
    name: str, arguments: Mapping[str, Any], settings: Settings, *, export: str | None = None
) -> tuple[Answer[Any], Answer[Any] | None]:
    """Ask one tool one question, and write the answer to a file where `export` names a format.

    Raises:
        TradestatError: one of the closed set; InvalidQuery means nothing was sent.
    """
    tool = find_tool(name)
    async with open_context(settings, renews=False) as context:
        answer = await context.call(tool, arguments)
        if export is None:
            return answer, None
        if answer.result is None:
            raise InvalidQuery(f"An answer of {name} has no handle, so it can not be exported.", argument="--export")
        return answer, await context.call("export_data", {"result": [answer.result], "format": export})
