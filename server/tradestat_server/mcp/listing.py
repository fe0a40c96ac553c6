"""The list of tools as it is shown, written down beforehand: a server shows it without loading a single tool.

To make the schemas of all tools takes longer than all else at a server's start. `tools.json` holds them as
`python scripts/generated.py --write` made them; a test holds it against the tools. Another catalogue than the one that
it was written of makes its own.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.tools import Tools

if TYPE_CHECKING:
    from tradestat_tools.contract.tool import Tool

FILE = "tools.json"

ENVELOPE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"tables": {"items": {"required": ["columns", "rows"]}}},
    "required": ["what", "source"],
}
"""The same for every tool, and short: the list of tools goes to every client, and from most of them to a model."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown of a tool before it is called.

    Args:
        name: and `title`, `description`, `cost`, `local`, `writes` as the tool has them.
        schema: of its arguments, as clients should see it.
    """

    name: str
    title: str
    description: str
    cost: str
    local: bool
    writes: bool
    schema: Mapping[str, Any]


def cards_of(tools: Tools) -> tuple[Card, ...]:
    """A card for each tool, in their order: as written down if they are those of this server's catalogue."""
    if tools is catalogue().tools:
        known = _written()
        if known.keys() == set(tools):  # else it was written before the last tool was added or taken away
            return tuple(known[name] for name in tools)
    return tuple(made(tools.values()))


def made(tools: "Iterable[Tool[Any, Any]]") -> Iterable[Card]:
    """The cards of tools, made of their models."""
    from tradestat_server.mcp.schemas import input_schema  # noqa: PLC0415 - only where none is written down

    for one in tools:
        schema = input_schema(one.arguments)
        yield Card(one.name, one.title, one.description, one.cost, one.local, one.writes, schema)


def as_written(tools: Tools) -> str:
    """What `tools.json` holds if it was written of these tools."""
    # Line by line: it is read in reviews too.
    return json.dumps([asdict(card) for card in made(tools.values())], ensure_ascii=False, indent=1) + "\n"


@cache
def _written() -> dict[str, Card]:
    text = resources.files(__package__ or __name__).joinpath(FILE).read_text(encoding="utf-8")
    return {one["name"]: Card(**one) for one in json.loads(text)}
