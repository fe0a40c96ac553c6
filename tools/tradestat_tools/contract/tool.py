"""What a tool is: a typed question to one source, or to what this server has itself; and how a text names a call."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tradestat_tools.codes.words import clean
from tradestat_tools.model.answers import Answer, Data, Provenance
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.observation import Observation

if TYPE_CHECKING:
    from tradestat_tools.contract.context import Context

A = TypeVar("A", bound=Arguments)
D = TypeVar("D", bound=Data)

OWN_NAME = "Tradestat (this server)"
"""What stands where a source's tools have the name of their service."""


@dataclass(frozen=True, slots=True)
class Tool(Generic[A, D]):
    """One tool: a typed question to one source.

    Args:
        name: the tool's name; the upstream endpoint's own where it mirrors one.
        title: for people; says the source.
        description: for models, under 600 characters: what it answers, when to use it, when another is better.
        arguments: the schema of the question.
        data: the type of the answer's data.
        run: asks the question; raises only `TradestatError`.
        example: arguments that make a sensible call, for docs, demo and checks.
        cost: what one call costs the user ("1 credit", "free").
        local: answered by this server alone; no service is asked.
        kept: whether its answers get a handle; left out, those of every tool that is not local do.
        writes: whether a call leaves something behind that was not there, such as a file.
        observe: the figures of an answer as common rows; left out where it has none.
    """

    name: str
    title: str
    description: str
    arguments: type[A]
    data: type[D]
    run: "Callable[[Context, A], Awaitable[Answer[D]]]"
    example: Mapping[str, Any]
    cost: str = "free"
    local: bool = False
    kept: bool | None = None
    writes: bool = False
    observe: Callable[[D, Provenance], Sequence[Observation]] | None = None


def call_text(tool: str, /, **arguments: Any) -> str:
    """A call as texts name it, so that a model can copy it: `search_codes(kind="hs", query="lithium batteries")`.

    Values are written as JSON; an argument that is None is left out.
    """
    given = (
        f"{name}={clean(json.dumps(value, ensure_ascii=False))}"
        for name, value in arguments.items()
        if value is not None
    )
    return f"{tool}({', '.join(given)})"
