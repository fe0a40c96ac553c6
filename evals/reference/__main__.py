"""python -m evals.reference: reads questions from stdin, a line each, and answers each with a line."""

import json
import os
import sys
from typing import Any

import anyio
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import TextContent

from evals.reference.plan import NotThere, Plan, Result, filled, picked, plans


async def answer(client: Client, plan: Plan, instructions: str) -> dict[str, Any]:
    """Make a plan's calls, and pick the answer."""
    results: list[Result] = []
    for name, arguments in plan.calls:
        called = await client.call_tool(name, filled(arguments, results))
        texts = [block.text for block in called.content if isinstance(block, TextContent)]
        results.append(Result("\n".join(texts), called.structured_content or {}))
    return picked(plan.pick, results, instructions)


async def main() -> None:
    """Serve questions until there are no more."""
    command, *arguments = json.loads(os.environ["TRADESTAT_EVALS_SERVER"])
    known = plans()
    async with Client(StdioServerParameters(command=command, args=arguments)) as client:
        while line := await anyio.to_thread.run_sync(sys.stdin.readline):
            question = json.loads(line)
            try:
                found = await answer(client, known[question["id"]], client.instructions or "")
            except (NotThere, KeyError, IndexError) as problem:
                found = {"answer": None, "reason": "", "trouble": f"{type(problem).__name__}: {problem}"}
            sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    anyio.run(main)
