"""What an answer from the cache costs, through the whole server, beside one that needs no looking up."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mcp import Client
from mcp_types import CallToolResult

from bench.measure import Timed, in_turns, micros, table
from bench.rig import sandbox_services
from tradestat_sandbox import Sandbox
from tradestat_server.mcp.app import create_server
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import source_of
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.upstream.request import Request, Response
from tradestat_tools.upstream.sqlite import SqliteCache
from tradestat_tools.upstream.store import Cache


@dataclass(frozen=True, slots=True)
class Question:
    """A call whose answer has about one size."""

    size: str
    tool: str
    arguments: Mapping[str, Any]
    rounds: int
    calls: int


QUESTIONS = (
    Question(
        "small",
        "goods_time_series",
        {"country": "KOR", "product": "850760", "by": "byCountry", "trade_flow": "I", "period_from": 2022},
        rounds=25,
        calls=10,
    ),
    Question(
        "large",
        "comtrade_data",
        {"reporterCode": "CHN", "partnerCode": "all", "cmdCode": "AG2", "flowCode": "X", "period": "2024"},
        rounds=7,
        calls=1,
    ),
)


async def run(sandbox: Sandbox, folder: Path) -> None:
    """Measure and print."""
    rows: list[list[str]] = []
    for question in QUESTIONS:
        sandbox.reset()
        cache = SqliteCache(folder / f"cached-{question.size}.sqlite3")
        try:
            async with sandbox_services(sandbox, cache, folder, planned=True) as context:
                rows += await _compare(sandbox, context, cache, question)
        finally:
            cache.close()
    table(
        "A cached call, through an MCP client in this process (stores on disk; characters). The same tool renders a\n"
        "constant answer; the bare tool's result is ready to send and has no schema. The client checks a structured\n"
        "result against its tool's schema, and the engine finds the stored answer and what is left of the budget: the\n"
        "last columns are these parts of a cached call. The rest is the source's reading, rendering and the protocol.",
        [
            "answer",
            "structured",
            "text",
            "cached call",
            "same tool, constant",
            "ratio",
            "bare constant",
            "ratio",
            "schema check",
            "engine alone",
        ],
        rows,
    )


async def _compare(sandbox: Sandbox, context: Context, cache: Cache, question: Question) -> list[list[str]]:
    tool = catalogue().tools[question.tool]
    source = source_of(catalogue().sources.values(), question.tool)
    if source is None:
        raise ValueError(f"{question.tool} is no tool of a source")
    answer: Answer[Any] = await context.call(tool, question.arguments)
    asked = len(sandbox.calls)
    largest = max((entry for _, entry in cache.entries()), key=lambda entry: len(entry.response.body))
    stored = Request(source.id, tool.name, "http://stored.invalid/")
    cache.put(stored.key, largest)  # the same answer, for the engine without the source

    async def constant(_: Context, __: Arguments) -> Answer[Any]:
        return answer

    server = create_server(context, offered=[tool, replace(tool, name="constant", run=constant)])
    async with Client(server) as client:
        await client.list_tools()
        whole = await _ask(client, question.tool, question.arguments)

        async def bare() -> CallToolResult:
            return whole

        server.add_tool(bare, structured_output=False)
        await client.list_tools()
        took = await in_turns(
            {
                "cached": lambda: _ask(client, question.tool, question.arguments),
                "constant": lambda: _ask(client, "constant", question.arguments),
                "bare": lambda: _ask(client, "bare", {}),
                "engine": lambda: context.upstream.fetch(stored, source.policy, _as_it_is, within=1),
                "check": lambda: client.session.validate_tool_result(question.tool, whole),
            },
            rounds=question.rounds,
            calls=question.calls,
        )
    if len(sandbox.calls) != asked:
        raise RuntimeError("what was to come from the cache was asked of the service")
    return [[question.size, *_sizes(whole), *_columns(took)]]


async def _ask(client: Client, tool: str, arguments: Mapping[str, Any]) -> CallToolResult:
    result = await client.call_tool(tool, dict(arguments))
    if result.is_error:
        raise RuntimeError(f"{tool}: {result.content}")
    return result


def _sizes(result: CallToolResult) -> list[str]:
    """Characters of the structured content and of the text."""
    text = sum(len(getattr(block, "text", "")) for block in result.content)
    return [f"{len(json.dumps(result.structured_content)):,}", f"{text:,}"]


def _columns(took: dict[str, Timed]) -> list[str]:
    cached, constant, bare = took["cached"], took["constant"], took["bare"]
    return [
        micros(cached.seconds),
        micros(constant.seconds),
        f"{cached.times(constant):.2f}",
        micros(bare.seconds),
        f"{cached.times(bare):.2f}",
        micros(took["check"].seconds),
        micros(took["engine"].seconds),
    ]


def _as_it_is(response: Response) -> Response:
    return response
