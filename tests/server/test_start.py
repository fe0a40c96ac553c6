"""A server's start: its tools are shown before one is loaded, and a call waits for no more than it needs."""

import json
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from mcp import Client

from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.door import Door
from tradestat_tools.catalogue import catalogue, of_sources
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Source
from tradestat_tools.contract.tool import Tool
from tradestat_tools.contract.tools import Tools

pytestmark = pytest.mark.anyio

HEAVY = ("duckdb", "xlsxwriter", "httpx", "redis", "sqlite3", "tradestat_sandbox", "tradestat_tools.upstream.engine")
"""What nobody needs who only looks at the list of tools."""

SHOWN = """
import sys
import anyio
from mcp import Client
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.door import Door
from tradestat_tools.catalogue import catalogue

async def main():
    offered = catalogue()
    door = Door(offered.settings(_env_file=None), offered, None)
    async with Client(create_server(door)) as client:
        assert client.instructions and (await client.list_tools()).tools
    print(*sys.modules)

anyio.run(main)
"""


def modules(*words: str) -> set[str]:
    """What a process of its own has loaded when it is through, as it says in the last line."""
    ran = subprocess.run([sys.executable, *words], capture_output=True, encoding="utf-8", check=True)
    return set(ran.stdout.splitlines()[-1].split())


def test_tools_are_shown_before_one_is_loaded() -> None:
    found = modules("-c", SHOWN)
    folders = {f"tradestat_tools.sources.{source}" for source in catalogue().sources}
    assert {name for name in found if name.startswith("tradestat_tools.sources.")} == folders | {
        f"{folder}.service" for folder in folders
    }
    assert not {name for name in found if name.startswith(("tradestat_tools.research", "tradestat_tools.results"))}
    assert not found & set(HEAVY)


def test_the_table_of_tools_is_drawn_without_loading_one() -> None:
    code = """
import sys
from tradestat_server.cli.main import cli
cli(["tools"], standalone_mode=False)
print(*sys.modules)
"""
    found = modules("-c", code)
    assert not found & {"mcp", "mcp_types", *HEAVY}
    assert not {name for name in found if name.startswith("tradestat_tools.research")}


@pytest.mark.parametrize("source", catalogue().sources.values(), ids=lambda source: source.id)
def test_a_source_offers_the_tools_that_it_has(source: Source) -> None:
    assert source.offers == tuple(tool.name for tool in source.tools)


def test_every_tool_is_loaded_under_the_name_that_it_is_listed_by() -> None:
    offered = of_sources(catalogue().sources.values())
    assert [tool.name for tool in offered.tools.values()] == list(offered.tools)


async def test_others_are_answered_while_a_tool_is_loaded(watched: Context) -> None:
    tool = catalogue().tools["usage"]
    answered = threading.Event()

    def load() -> Tool[Any, Any]:
        assert answered.wait(30), "nobody was answered while it was loaded"
        return tool

    context = replace(watched, tools=Tools({"usage": load, "search_codes": lambda: catalogue().tools["search_codes"]}))

    async def asked() -> None:
        await context.call("usage", {})

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(asked)
        await anyio.lowlevel.checkpoint()
        await context.call(catalogue().tools["search_codes"], {"kind": "flow", "query": "exports"})
        answered.set()


async def test_two_who_ask_for_a_tool_at_once_get_the_same_one() -> None:
    loads: list[str] = []
    both = threading.Barrier(2)

    def load() -> Tool[Any, Any]:
        loads.append("loaded")
        return catalogue().tools["usage"]

    tools = Tools({"usage": load})
    found: list[object] = []

    def ask() -> None:
        both.wait(30)
        found.append(tools["usage"])

    async with anyio.create_task_group() as tasks:
        for _ in range(2):
            tasks.start_soon(anyio.to_thread.run_sync, ask)
    assert found == [catalogue().tools["usage"]] * 2
    assert loads == ["loaded"]


class Opening:
    """Opens a context that is there, and takes down when."""

    def __init__(self, context: Context, failure: Exception | None = None) -> None:
        self.said: list[str] = []
        self._context, self._failure = context, failure

    @asynccontextmanager
    async def __call__(self) -> AsyncGenerator[Context]:
        if self._failure is not None:
            raise self._failure
        self.said.append("opened")
        yield self._context
        self.said.append("closed")


async def test_nothing_is_opened_before_the_first_call_and_it_stays_open_to_the_end(watched: Context) -> None:
    opening = Opening(watched)
    door = Door(watched.settings, catalogue(), opening)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(door.hold)
        async with Client(create_server(door)) as client:
            assert not door.shown.is_set()
            await client.list_tools()
            assert door.shown.is_set()
            assert opening.said == []
            for _ in range(2):
                result = await client.call_tool("usage", {})
                assert not result.is_error
            assert opening.said == ["opened"]
        door.close()
    assert opening.said == ["opened", "closed"]


async def test_a_server_that_nobody_asks_opens_nothing(watched: Context) -> None:
    opening = Opening(watched)
    door = Door(watched.settings, catalogue(), opening)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(door.hold)
        door.close()
    assert opening.said == []


async def test_what_can_not_be_opened_fails_the_call_and_not_the_server(watched: Context) -> None:
    door = Door(watched.settings, catalogue(), Opening(watched, OSError("the disk is gone")))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(door.hold)
        async with Client(create_server(door)) as client:
            for _ in range(2):
                result = await client.call_tool("usage", {})
                assert result.is_error
                assert "disk" not in json.dumps(result.model_dump(mode="json"))
            assert (await client.list_tools()).tools
        door.close()


async def test_the_rest_is_loaded_in_the_background_once_the_list_was_shown_and_no_call_is_under_way(
    watched: Context,
) -> None:
    offered = of_sources(watched.sources.values(), files=watched.files.values)
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        assert not any(map(offered.tools.is_loaded, offered.tools))
        waits.append(seconds)
        door.calls = 0 if len(waits) == 4 else 1
        await anyio.lowlevel.checkpoint()

    door = Door(watched.settings, offered, Opening(replace(watched, tools=offered.tools)), sleep=sleep)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(door.hold)
        door.shown.set()
        await door.load()
        assert all(map(offered.tools.is_loaded, offered.tools))
        assert len(waits) == 4
        door.close()
