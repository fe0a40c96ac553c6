"""Prompts: how to answer the usual prompts with few calls, right units and the caveats that belong to them.

The texts are in `texts/`, one file a prompt, and end with the common rules. Calls are written in them as
`tool(argument=value)`, so that a test can hold each one against the tool's own schema.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from string import Template
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.prompts import Prompt
from mcp.server.mcpserver.prompts.base import PromptArgument
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS

from tradestat_server.mcp.texts import index, text
from tradestat_tools.codes.words import nearest, shown

MAX_ARGUMENT = 120
"""Characters; no name, code or period is longer."""


@dataclass(frozen=True, slots=True)
class Written:
    """A prompt as it is written down: its name is also its text's, and its arguments are all required."""

    name: str
    title: str
    description: str
    arguments: tuple[str, ...]


ARGUMENTS: Mapping[str, str] = index()["arguments"]
"""What the arguments mean; one name means the same in every prompt."""

PROMPTS = tuple(
    Written(one["name"], one["title"], one["description"], tuple(one["arguments"])) for one in index()["prompts"]
)


def add_prompts(server: MCPServer[Any]) -> None:
    """Register every prompt."""
    for prompt in PROMPTS:
        server.add_prompt(
            Prompt(
                name=prompt.name,
                title=prompt.title,
                description=prompt.description,
                arguments=[PromptArgument(name=n, description=ARGUMENTS[n], required=True) for n in prompt.arguments],
                fn=partial(write, prompt),
                context_kwarg=None,
            )
        )


def check(name: str, given: Iterable[str]) -> None:
    """Refuse a prompt that does not exist, and one without all its arguments.

    Raises:
        MCPError: naming the nearest prompt, or what is missing.
    """
    known = {prompt.name: prompt for prompt in PROMPTS}
    if name not in known:
        near = nearest(name, known) or tuple(known)
        raise _invalid(f"There is no prompt {shown(name)}. Use {' or '.join(near)}.")
    missing = [argument for argument in known[name].arguments if argument not in given]
    if missing:
        raise _invalid(f"{name} needs {', '.join(f'`{argument}`' for argument in missing)}.")


def write(prompt: Written, **given: str) -> str:
    """The text of a prompt, with its arguments filled in.

    Raises:
        MCPError: an argument is unknown, empty, too long, or not one printable line.
    """
    for name, value in given.items():
        if name not in prompt.arguments:
            hint = " or ".join(f"`{near}`" for near in nearest(name, prompt.arguments))
            raise _invalid(f"There is no argument {shown(name)}.{f' Use {hint}.' if hint else ''}")
        if not value.strip() or len(value) > MAX_ARGUMENT or not value.isprintable():
            raise _invalid(f"`{name}` must be one printable line of 1 to {MAX_ARGUMENT} characters.")
    filled = Template(text(prompt.name)).substitute({name: value.strip() for name, value in given.items()})
    return f"{filled}\n{text('rules')}"


def _invalid(message: str) -> MCPError:
    return MCPError(code=INVALID_PARAMS, message=message)
