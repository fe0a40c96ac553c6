"""A server of FastMCP, to time ours beside: as many tools, the same schemas, one answer that is ready.

It runs in an environment of its own, `.venv/bench`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from fastmcp import FastMCP
from fastmcp.tools import Tool
from fastmcp.tools.base import ToolResult
from mcp_types import CallToolResult


class Ready(Tool):
    """A tool whose answer is ready."""

    async def run(self, arguments: dict[str, Any]) -> ToolResult:  # noqa: ARG002 - FastMCP's signature
        """The answer."""
        return ANSWER


known: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
given = CallToolResult.model_validate(known["answer"])
ANSWER = ToolResult(content=given.content, structured_content=given.structured_content)

if __name__ == "__main__":
    server: Any = FastMCP("fast")
    for one in known["tools"]:
        server.add_tool(
            Ready(
                name=one["name"],
                title=one.get("title"),
                description=one["description"],
                parameters=one["inputSchema"],
                output_schema=one["outputSchema"],
            )
        )
    if sys.argv[2:]:
        server.run(transport="http", host="127.0.0.1", port=int(sys.argv[2]), show_banner=False, log_level="WARNING")
    else:
        server.run(transport="stdio", show_banner=False, log_level="WARNING")
