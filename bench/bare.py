"""A bare server of the SDK, to time ours beside: as many tools, the same schemas, one answer that is ready."""

import json
import sys
from pathlib import Path
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp_types import CallToolResult


class Ready(Tool):
    """A tool whose answer is ready."""

    async def run(self, *_: Any, **__: Any) -> CallToolResult:
        """The answer."""
        return ANSWER


def ready() -> CallToolResult:
    """Never called: `run` answers."""
    return ANSWER


known: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
ANSWER = CallToolResult.model_validate(known["answer"])

if __name__ == "__main__":
    tools: list[Tool] = [
        Ready(
            fn=ready,
            name=one["name"],
            title=one.get("title"),
            description=one["description"],
            parameters=one["inputSchema"],
            fn_metadata=FuncMetadata(arg_model=ArgModelBase, output_schema=one["outputSchema"]),
            is_async=False,
            context_kwarg=None,
            annotations=None,
        )
        for one in known["tools"]
    ]
    server = MCPServer("bare", tools=tools, log_level="WARNING")
    if sys.argv[2:]:
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[2]))
    else:
        server.run("stdio")
