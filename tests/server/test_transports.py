"""Real processes, real sockets: stdio, Streamable HTTP and SSE."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.sse import sse_client
from mcp_types import CallToolResult, TextContent

from tradestat_server.mcp.transports import UnsafeBinding, is_loopback, let_in, run
from tradestat_server.text.render import SANDBOX_LABEL
from tradestat_tools.catalogue import catalogue

SERVE = ("-m", "tradestat_server", "serve", "--sandbox")
QUESTION = {"strtYymm": "202401", "endYymm": "202403", "hsSgn": "850760", "cntyCd": "CN"}
SETTINGS = catalogue().settings(_env_file=None, TRADESTAT_SANDBOX=True)


def clean_environment() -> dict[str, str]:
    """This process's environment without settings that a developer may have."""
    return {k: v for k, v in os.environ.items() if not k.startswith("TRADESTAT_") and not k.endswith("_KEY")}


@contextmanager
def http_server(transport: str, folder: Path, *options: str) -> Generator[str]:
    """A server process on a free port of this machine; gives its address and checks that it stops when told."""
    process = subprocess.Popen(
        [sys.executable, *SERVE, "--transport", transport, "--port", "0", *options],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=clean_environment(),
        cwd=folder,  # where no .env is
    )
    assert process.stderr is not None
    try:
        said: list[str] = []
        while not (found := re.search(r"listens on (http://\S+)", said[-1] if said else "")):
            said.append(process.stderr.readline())
            assert said[-1], f"the server ended: {said}"
        yield found[1]
    finally:
        process.terminate()
        out, _ = process.communicate(timeout=20)
        assert out == "", "nothing is written to stdout"


def text_of(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


async def asks_a_question(client: Client) -> None:
    tools = {tool.name for tool in (await client.list_tools()).tools}
    assert "getNitemtradeList" in tools
    result = await client.call_tool("getNitemtradeList", QUESTION)
    assert not result.is_error, text_of(result)
    assert text_of(result).startswith(SANDBOX_LABEL)
    assert "2024.03" in text_of(result)
    refused = await client.call_tool("getNitemtradeList", {**QUESTION, "endYymm": "202399"})
    assert refused.is_error
    assert text_of(refused).startswith("InvalidQuery: ")


@asynccontextmanager
async def client_of(transport: str, address: str, mode: str) -> AsyncGenerator[Client]:
    if transport == "sse":
        async with Client(sse_client(address), mode="legacy") as client:
            yield client
    else:
        async with Client(address, mode=mode) as client:
            yield client


@pytest.mark.parametrize(("anyio_backend", "mode"), [("asyncio", "auto"), ("trio", "legacy")])
@pytest.mark.anyio
async def test_a_client_asks_over_stdio(mode: str, tmp_path: Path) -> None:
    server = StdioServerParameters(command=sys.executable, args=list(SERVE), env=clean_environment(), cwd=tmp_path)
    async with Client(server, mode=mode) as client:
        await asks_a_question(client)


def test_with_stdio_stdout_holds_protocol_messages_and_nothing_else(tmp_path: Path) -> None:
    messages: list[dict[str, Any]] = [
        {
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        },
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "getNitemtradeList", "arguments": QUESTION}},
        {"id": 3, "method": "tools/call", "params": {"name": "getNitemtradeList", "arguments": {"hsSgn": "\x00"}}},
        {"id": 4, "method": "tools/call", "params": {"name": "no_such_tool", "arguments": {}}},
        {"id": 5, "method": "resources/read", "params": {"uri": "tradestat://hs/851799"}},
        {"id": 6, "method": "no/such/method"},
    ]
    process = subprocess.Popen(
        [sys.executable, *SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=clean_environment(),
        cwd=tmp_path,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    answers: dict[int, Any] = {}
    for message in messages:
        process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        process.stdin.flush()
        if "id" in message:
            answer = json.loads(process.stdout.readline())
            assert answer["id"] == message["id"]
            answers[answer["id"]] = answer
    process.stdin.write("this is not JSON\n")
    rest, errors = process.communicate(timeout=20)
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in rest.splitlines())
    assert process.returncode == 0, "the end of input ends the server"
    assert answers[2]["result"]["structuredContent"]["source"]["state"] == "sandbox"
    assert answers[3]["result"]["isError"]
    assert answers[4]["result"]["isError"]
    assert answers[5]["error"]["code"] == -32602
    assert answers[6]["error"]["code"] == -32601
    assert "Traceback" not in errors
    assert "INFO" not in errors


@pytest.fixture(scope="module", params=["streamable-http", "sse"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[str, str]]:
    """The transport and the address of a running server, with one other name and origin that are let in."""
    named = ("--allowed-host", "stats.example.org", "--allowed-origin", "https://app.example.org")
    with http_server(request.param, tmp_path_factory.mktemp("served"), *named) as address:
        yield request.param, address


# On asyncio alone, the loop of all tests: the SDK's HTTP client leaves streams to the garbage collector, which trio
# reports (httpx2 2.16, seen November 2026).
@pytest.mark.anyio
async def test_a_client_asks_over_http(served: tuple[str, str], mode: str) -> None:
    transport, address = served
    async with client_of(transport, address, mode) as client:
        await asks_a_question(client)


@pytest.mark.anyio
async def test_clients_share_one_server(served: tuple[str, str]) -> None:
    transport, address = served
    async with client_of(transport, address, "auto") as one, client_of(transport, address, "auto") as other:
        await asks_a_question(one)
        await asks_a_question(other)


INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


def status(served: tuple[str, str], headers: dict[str, str]) -> int:
    """What a request with these headers gets; of an event stream, only the beginning is read."""
    transport, address = served
    headers = {"accept": "application/json, text/event-stream", "content-type": "application/json", **headers}
    method, body = ("GET", None) if transport == "sse" else ("POST", INITIALIZE)
    with (
        httpx.Client(trust_env=False, timeout=10) as client,
        client.stream(method, address, json=body, headers=headers) as response,
    ):
        return response.status_code


STATUS: list[tuple[dict[str, str], int]] = [
    ({}, 200),
    ({"host": "localhost:8000"}, 200),
    ({"host": "127.0.0.1"}, 200),
    ({"origin": "http://localhost:3000"}, 200),
    ({"host": "stats.example.org"}, 200),
    ({"host": "stats.example.org:8443"}, 200),
    ({"origin": "https://app.example.org"}, 200),
    ({"host": "LOCALHOST:8080"}, 200),
    ({"host": "Stats.Example.ORG:8443"}, 200),
    ({"origin": "HTTP://LocalHost:3000"}, 200),
    ({"origin": "https://APP.example.org"}, 200),
    ({"host": "localhost:"}, 421),
    ({"host": "localhost:*"}, 421),
    ({"host": "localhost:80801"}, 421),
    ({"host": "localhost:8080x"}, 421),
    ({"host": "localhost:8080.evil.example"}, 421),
    ({"host": "localhost:evil.example"}, 421),
    ({"host": "localhost:80@evil.example"}, 421),
    ({"origin": "http://localhost:80801"}, 403),
    ({"origin": "http://localhost:3000.evil.example"}, 403),
    ({"origin": "http://localhost:80@evil.example"}, 403),
    ({"origin": "https://app.example.org:8443"}, 403),
    ({"host": "evil.example"}, 421),
    ({"host": "evil.example:8000"}, 421),
    ({"host": "localhost.evil.example"}, 421),
    ({"host": "127.0.0.1.evil.example:80"}, 421),
    ({"host": "other.example.org"}, 421),
    ({"origin": "https://evil.example"}, 403),
    ({"origin": "http://localhost.evil.example"}, 403),
    ({"origin": "https://other.example.org"}, 403),
    ({"origin": "null"}, 403),
]
"""What a request with a header gets."""


def test_hosts_and_origins_that_are_named_are_let_in_and_foreign_ones_turned_away(served: tuple[str, str]) -> None:
    for headers, expected in STATUS:
        assert status(served, headers) == expected, headers


def test_listening_beyond_this_machine_needs_named_hosts() -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org", ""):
        for transport in ("streamable-http", "sse"):
            with pytest.raises(UnsafeBinding, match="--allowed-host"):
                run(transport, SETTINGS, host=host, port=0)


def test_a_wildcard_is_not_a_host() -> None:
    for hosts in (["*"], ["*.example.org"], ["stats.example.org", "*:*"]):
        with pytest.raises(UnsafeBinding, match="wildcard"):
            let_in("127.0.0.1", hosts)


def test_a_named_host_with_a_port_is_taken_as_it_is() -> None:
    hosts, _ = let_in("0.0.0.0", ["stats.example.org:8443", "[2001:db8::1]:8080"])
    assert "stats.example.org:8443" in hosts
    assert "STATS.example.org:8443" in hosts
    assert "[2001:DB8::1]:8080" in hosts
    assert "[::1]:9" in hosts
    for other in ("stats.example.org", "stats.example.org:84430", "stats.example.org:844", "[2001:db8::1]"):
        assert other not in hosts


def test_loopback_is_known() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "localhost.example.org")))


def test_a_taken_port_is_an_error_and_not_a_silent_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="use"):
        run("streamable-http", SETTINGS, port=taken.getsockname()[1])
