"""Prompts: how to answer the usual questions with few calls, right units and the caveats that belong to them.

The texts are in `texts/`, one file a prompt, and end with the common rules. Calls are written in them as
`tool(argument=value)`, so that a test can hold each one against the tool's own schema.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from importlib import resources as package_files
from string import Template
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.prompts import Prompt
from mcp.server.mcpserver.prompts.base import PromptArgument
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS

from tradestat_tools.codes.words import nearest, shown

MAX_ARGUMENT = 120
"""Characters; no name, code or period is longer."""

COUNTRY = "by name or code: Korea, KR, KOR, 410."

ARGUMENTS = {
    "country": f"The country, {COUNTRY}",
    "reporter": f"The country whose figures come first, {COUNTRY}",
    "partner": f"The partner country, {COUNTRY}",
    "exporter": f"The exporting country, {COUNTRY}",
    "importer": f"The importing country, {COUNTRY}",
    "market": f"The importing country to look at, {COUNTRY}",
    "product": "HS code of 2, 4 or 6 digits (8517, 85.17.13), or TOTAL for all goods.",
    "hs_code": "HS code of 2, 4 or 6 digits: 85, 8517, 85.17.13.",
    "year": "Year: 2024. Many countries report one to two years late.",
    "first_year": "First year: 2018.",
    "last_year": "Last year: 2024. Many countries report one to two years late.",
    "period": "Month or year: 202503, 2024.",
    "flow": "export or import, from China's side.",
}
"""What the arguments mean; one name means the same in every prompt."""


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt: its name is also its text's file name."""

    name: str
    title: str
    description: str
    arguments: tuple[str, ...]


QUESTIONS = (
    Question(
        "export_market_dashboard",
        "Export-market dashboard",
        "A country's export markets for a product in a year: ranking, shares, growth, concentration. 0 or 1 credit.",
        ("country", "product", "year"),
    ),
    Question(
        "bilateral_balance_over_time",
        "Bilateral balance over time",
        "The goods trade balance between two countries over years, seen from both sides. 0 or 1 credit.",
        ("reporter", "partner", "product", "first_year", "last_year"),
    ),
    Question(
        "product_opportunity_scan",
        "Product opportunity scan",
        "Which products under an HS code a market buys more and more of, and who supplies them. 2 credits, or none.",
        ("exporter", "market", "hs_code", "year"),
    ),
    Question(
        "services_profile",
        "Services profile",
        "A country's trade in services by main item: exports, imports, balance. Free; 2 credits for growth.",
        ("country", "year"),
    ),
    Question(
        "query_china_customs_by_hand",
        "Query China Customs by hand",
        "Guides a person through the China Customs statistics site, which no program may query. Free.",
        ("flow", "hs_code", "partner", "period"),
    ),
    Question(
        "mirror_check",
        "Mirror check",
        "One flow as the exporter and as the importer report it, with the gap and the reasons that apply. Free.",
        ("exporter", "importer", "product", "year"),
    ),
)


def add_prompts(server: MCPServer[Any]) -> None:
    """Register every prompt."""
    for question in QUESTIONS:
        server.add_prompt(
            Prompt(
                name=question.name,
                title=question.title,
                description=question.description,
                arguments=[PromptArgument(name=n, description=ARGUMENTS[n], required=True) for n in question.arguments],
                fn=partial(write, question),
                context_kwarg=None,
            )
        )


def check(name: str, given: Iterable[str]) -> None:
    """Refuse a prompt that does not exist, and one without all its arguments.

    Raises:
        MCPError: naming the nearest prompt, or what is missing.
    """
    known = {question.name: question for question in QUESTIONS}
    if name not in known:
        near = nearest(name, known) or tuple(known)
        raise _invalid(f"There is no prompt {shown(name)}. Use {' or '.join(near)}.")
    missing = [argument for argument in known[name].arguments if argument not in given]
    if missing:
        raise _invalid(f"{name} needs {', '.join(f'`{argument}`' for argument in missing)}.")


def write(question: Question, **given: str) -> str:
    """The text of a prompt, with its arguments filled in.

    Raises:
        MCPError: an argument is unknown, empty, too long, or not one printable line.
    """
    for name, value in given.items():
        if name not in question.arguments:
            hint = " or ".join(f"`{near}`" for near in nearest(name, question.arguments))
            raise _invalid(f"There is no argument {shown(name)}.{f' Use {hint}.' if hint else ''}")
        if not value.strip() or len(value) > MAX_ARGUMENT or not value.isprintable():
            raise _invalid(f"`{name}` must be one printable line of 1 to {MAX_ARGUMENT} characters.")
    filled = Template(_text(question.name)).substitute({name: value.strip() for name, value in given.items()})
    return f"{filled}\n{_text('rules')}"


def _text(name: str) -> str:
    return package_files.files("tradestat_server.mcp").joinpath("texts", f"{name}.md").read_text(encoding="utf-8")


def _invalid(message: str) -> MCPError:
    return MCPError(code=INVALID_PARAMS, message=message)
