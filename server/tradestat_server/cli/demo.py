"""A first look: one real question to each source, and one to all of them, through a real server, in the sandbox."""

import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import anyio
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import CallToolResult, TextContent
from rich.markup import escape
from rich.padding import Padding

from tradestat_server.cli.terminal import Terminal, draw
from tradestat_server.text.render import SANDBOX_LABEL
from tradestat_tools.catalogue import Catalogue
from tradestat_tools.contract.source import Question
from tradestat_tools.model.answers import Table

PATIENCE = 60.0
"""Seconds for the whole demo; it takes a few."""

ROWS = 6
"""Rows shown of a table."""


BETWEEN_THEM = Question(
    "Do the two of them agree, and why not?",
    "compare_mirror",
    {"exporter": "China", "importer": "Korea", "product": "850760", "period": "2022-2024"},
    tables=2,  # the gap by year, and the reasons
)
"""Asked after each source's own example, which are about the same flow."""


def sandbox_server() -> StdioServerParameters:
    """How a client starts this very server, in the sandbox."""
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "tradestat_server", "serve", "--sandbox"],
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def questions(offered: Catalogue) -> list[Question]:
    """One story from every source, each in its own units and from its own end of the flow, then side by side."""
    return [*(source.example for source in offered.sources.values()), BETWEEN_THEM]


async def run_demo(offered: Catalogue) -> bool:
    """Start a server over stdio, ask, and draw what comes. Whether every question was answered."""
    terminal = Terminal()
    answered = False
    try:
        with anyio.fail_after(PATIENCE):
            answered = await _converse(terminal, offered)
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


async def _converse(terminal: Terminal, offered: Catalogue) -> bool:
    terminal.print("Starting the server: tradestat-mcp serve --sandbox (stdio)")
    async with Client(sandbox_server()) as client:
        listed = (await client.list_tools()).tools
        terminal.print(f"Connected. {len(listed)} tools. Every figure below is {SANDBOX_LABEL}.")
        answered = [await _ask(client, question, terminal) for question in questions(offered)]
    _print_next_steps(terminal, offered)
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
    # From the structured content, as a program would read it; what does not say that it is synthetic is refused.
    answer: Mapping[str, Any] = result.structured_content
    if answer["source"]["state"] != "sandbox":
        terminal.print("This answer is not labelled as sandbox data; not shown.", style="red")
        return False
    terminal.print(escape(_text(result).splitlines()[0]))
    for table in answer["tables"][: question.tables]:
        rows = [tuple(row) for row in table["rows"]]
        draw(terminal, Table(tuple(table["columns"]), rows, table.get("title", "")), most_rows=ROWS)
    for note in answer.get("notes", ()):
        _print_indented(terminal, f"note ({note['code']}): {note['text']}", style="dim")
    return True


def _text(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def _print_next_steps(terminal: Terminal, offered: Catalogue) -> None:
    """What to set for live figures, from the sources' own descriptions of their keys."""
    terminal.rule(style="dim")
    terminal.print("For live figures, run `tradestat-mcp serve` without --sandbox:", style="bold")
    for source in offered.sources.values():
        if source.key is None:
            _print_indented(terminal, f"{source.name}: nothing to set, no key is needed.")
        else:
            need = "set" if source.key.required else "works without a key; for more, set"
            _print_indented(terminal, f"{source.name}: {need} {source.key.variable}. {source.key.get_it}")
    terminal.print("Then `tradestat-mcp doctor` says whether keys and services are in order.")


def _print_indented(terminal: Terminal, text: str, style: str = "none") -> None:
    terminal.print(Padding(escape(text), (0, 0, 0, 2)), style=style)
