"""Keep what is written down about the tools in step with the code: the list that servers show, and parts of
manifest.json and of README.md.

`--check` says what differs and fails; `--write` mends it.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anyio
from mcp import Client
from mcp_types import TextContent

from tradestat_server.cli.terminal import key_in_words
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import open_context
from tradestat_server.mcp.listing import FILE, as_written
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.tool import OWN_NAME, Tool

ROOT = Path(__file__).parent.parent
LISTING = f"server/tradestat_server/mcp/{FILE}"


def main() -> int:
    """Check or write, by the command line's choice; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--check", action="store_true")
    choice.add_argument("--write", action="store_true")
    wants_write = parser.parse_args().write

    stale = False
    # The list of tools first: the manifest is made of what a server shows.
    for name, generated in ((LISTING, listing), ("manifest.json", manifest), ("README.md", readme)):
        file = ROOT / name
        old = file.read_text(encoding="utf-8")
        new = generated(old)
        if old == new:
            continue
        stale = True
        if wants_write:
            file.write_text(new, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{name} {'written' if wants_write else 'is not in step with the code'}\n")
    if stale and not wants_write:
        sys.stdout.write("Mend it with: python scripts/generated.py --write\n")
        return 1
    return 0


def listing(_: str) -> str:
    """The list of tools, made of their models."""
    return as_written(catalogue().tools)


def manifest(text: str) -> str:
    """The manifest with the project's version and description, and the server's tools and prompts."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known: dict[str, Any] = {"version": project["version"], "description": project["description"]}
    whole = {**json.loads(text), **known, **anyio.run(_lists)}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


async def _lists() -> dict[str, list[dict[str, Any]]]:
    """`tools` and `prompts` as a manifest lists them; a prompt's text has `${arguments.name}` in it."""
    settings = catalogue().settings(_env_file=None, TRADESTAT_SANDBOX=True)
    async with open_context(settings) as context, Client(create_server(context)) as client:
        tools = (await client.list_tools()).tools
        prompts: list[dict[str, Any]] = []
        for prompt in (await client.list_prompts()).prompts:
            names = [argument.name for argument in prompt.arguments or []]
            filled = await client.get_prompt(prompt.name, {name: f"${{arguments.{name}}}" for name in names})
            text = "\n\n".join(m.content.text for m in filled.messages if isinstance(m.content, TextContent))
            entry = {"name": prompt.name, "description": prompt.description or "", "arguments": names, "text": text}
            prompts.append(entry)
    return {
        "tools": [{"name": tool.name, "description": tool.description or ""} for tool in tools],
        "prompts": prompts,
    }


def readme(text: str) -> str:
    """The README with its table of tools and its paragraphs on the sources, between their markers."""
    text = _between("tools", _tools(), text)
    return _between("sources", _sources(), text)


def _tools() -> Iterable[str]:
    yield "| tool | what it gives | cost of a call |"
    yield "|---|---|---|"
    for source in catalogue().sources.values():
        yield f"| **{source.name}** | {key_in_words(source.key)} | |"
        for tool in source.tools:
            yield _tool(tool)
    yield f"| **{OWN_NAME}** | no key | |"
    for tool in catalogue().own.values():
        yield _tool(tool)


def _tool(tool: Tool[Any, Any]) -> str:
    return f"| `{tool.name}` | {_capital(tool.title.partition(': ')[2])} | {tool.cost} |"


def _sources() -> Iterable[str]:
    for source in catalogue().sources.values():
        terms = source.terms
        yield f"- **{source.name}**"
        said = (("Covers", terms.coverage), ("Unit", terms.units), ("Valuation", terms.valuation), ("Lag", terms.lag))
        yield from (f"  - {name}: {_uncapital(text).rstrip('.')}." for name, text in said)


def _between(name: str, lines: Iterable[str], text: str) -> str:
    begin, end = f"<!-- {name}: written by scripts/generated.py -->\n", f"<!-- end of {name} -->"
    block = begin + "".join(f"{line}\n" for line in lines) + end
    found = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not found.search(text):
        raise SystemExit(f"README.md has lost its markers for {name}.")
    return found.sub(lambda _: block, text, count=1)


def _uncapital(text: str) -> str:
    """The text as the rest of a sentence; abbreviations and names stay as they are."""
    first = text.split(maxsplit=1)[0]
    is_word = first[1:].islower() and first not in _NAMES
    return text[:1].lower() + text[1:] if is_word else text


_NAMES = ("Korea's", "China's")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


if __name__ == "__main__":
    sys.exit(main())
