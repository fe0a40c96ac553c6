"""A first look: one real question to each source, and one to all of them, through a real server, in the sandbox."""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import anyio
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import CallToolResult, TextContent
from rich.markup import escape
from rich.padding import Padding

from tradestat_server.cli.terminal import Terminal, draw
from tradestat_server.text.render import SANDBOX_LABEL
from tradestat_tools.catalogue import all_tools
from tradestat_tools.model.answers import Answer
from tradestat_tools.sources import all_sources

PATIENCE = 60.0
"""Seconds for the whole demo; it takes a few."""

ROWS = 6
"""Rows shown of a table."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person would ask, and the call that answers it."""

    text: str
    tool: str
    arguments: Mapping[str, Any]
    tables: int = 1
    """How many of the answer's tables to show."""


QUESTIONS = (
    Question(
        "From where does Korea import lithium-ion batteries (HS 8507.60)?",
        "goods_time_series",
        {"country": "KOR", "product": "850760", "by": "byCountry", "trade_flow": "I", "period_from": 2022},
        tables=2,  # the total, which the service gives apart, and the partners
    ),
    Question("Where does China sell them now?", "markets", {"hsCode": "850760"}),
    Question(
        "What does Korea's customs see of them from China, month by month?",
        "getNitemtradeList",
        {"strtYymm": "202501", "endYymm": "202506", "hsSgn": "850760", "cntyCd": "CN"},
    ),
    Question(
        "And what does China report to the United Nations of selling them to Korea?",
        "comtrade_data",
        {"reporterCode": "CHN", "partnerCode": "KOR", "cmdCode": "850760", "flowCode": "X", "period": "2022-2024"},
    ),
    Question(
        "Do the two of them agree, and why not?",
        "compare_mirror",
        {"exporter": "China", "importer": "Korea", "product": "850760", "period": "2022-2024"},
        tables=2,  # the gap by year, and the reasons
    ),
)
"""One story told by four sources: the same flow, each in its own units and from its own side, then side by side."""


def sandbox_server() -> StdioServerParameters:
    """How a client starts this very server, in the sandbox."""
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "tradestat_server", "serve", "--sandbox"],
        env={**os.environ, "PYTHONUTF8": "1"},
    )


async def run_demo() -> bool:
    """Start a server over stdio, ask, and draw what comes. Whether every question was answered."""
    terminal = Terminal()
    answered = False
    try:
        with anyio.fail_after(PATIENCE):
            answered = await _converse(terminal)
    except* (MCPError, OSError) as failures:  # a time-out is an OSError
        for failure in _leaves(failures):
            terminal.print(escape(f"{type(failure).__name__}: {failure}"), style="red")
    if not answered:
        terminal.print("The demo failed.", style="bold red")
    return answered


def _leaves(group: BaseExceptionGroup[Exception]) -> Iterator[Exception]:
    for failure in group.exceptions:
        if isinstance(failure, BaseExceptionGroup):
            yield from _leaves(failure)
        else:
            yield failure


async def _converse(terminal: Terminal) -> bool:
    terminal.print("Starting the server: tradestat-mcp serve --sandbox (stdio)")
    async with Client(sandbox_server()) as client:
        listed = (await client.list_tools()).tools
        terminal.print(f"Connected. {len(listed)} tools. Every figure below is {SANDBOX_LABEL}.")
        answered = [await _ask(client, question, terminal) for question in QUESTIONS]
    _print_next_steps(terminal)
    return all(answered)


async def _ask(client: Client, question: Question, terminal: Terminal) -> bool:
    terminal.rule(style="dim")
    terminal.print(f"Q: {question.text}", style="bold")
    arguments = " ".join(f"{name}={value}" for name, value in question.arguments.items())
    terminal.print(escape(f"   {question.tool} {arguments}"), style="dim")
    result = await client.call_tool(question.tool, dict(question.arguments))
    if result.is_error or result.structured_content is None:
        terminal.print(escape(_text(result)), style="red")
        return False
    return _show(question, result, terminal)


def _show(question: Question, result: CallToolResult, terminal: Terminal) -> bool:
    """Draw an answer from its structured content; refuse one that does not say that it is synthetic."""
    endpoint = all_tools()[question.tool]
    answer = Answer[endpoint.data].model_validate(result.structured_content)
    if answer.source.state != "sandbox":
        terminal.print("This answer is not labelled as sandbox data; not shown.", style="red")
        return False
    terminal.print(escape(_text(result).splitlines()[0]))
    for table in answer.data.tables()[: question.tables]:
        draw(terminal, table, most_rows=ROWS)
    for note in answer.notes:
        _print_indented(terminal, f"note ({note.code.value}): {note.text}", style="dim")
    return True


def _text(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def _print_next_steps(terminal: Terminal) -> None:
    """What to set for live figures, from the sources' own descriptions of their keys."""
    terminal.rule(style="dim")
    terminal.print("For live figures, run `tradestat-mcp serve` without --sandbox:", style="bold")
    for source in all_sources():
        if source.key is None:
            _print_indented(terminal, f"{source.name}: nothing to set, no key is needed.")
        else:
            need = "set" if source.key.required else "works without a key; for more, set"
            _print_indented(terminal, f"{source.name}: {need} {source.key.variable}. {source.key.get_it}")
    terminal.print("Then `tradestat-mcp doctor` says whether keys and services are in order.")


def _print_indented(terminal: Terminal, text: str, style: str = "none") -> None:
    terminal.print(Padding(escape(text), (0, 0, 0, 2)), style=style)
