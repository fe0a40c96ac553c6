"""What clients may leave half done over HTTP, on real sockets."""

import asyncio
import json
import select
import socket
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from held import INITIALIZE, PATIENCE, listening, program

from tradestat_server.listening import listen

pytestmark = pytest.mark.slow  # each waits for what is not sent

HEADERS = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
BEGUN = b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
FEW = {
    "TRADESTAT_HTTP_CONNECTIONS": "20",
    "TRADESTAT_HTTP_HALF_SENT": "5",
    "TRADESTAT_HTTP_SESSIONS": "3",
    "TRADESTAT_HTTP_BODY_MB": "1",
}
SHORT = {"TRADESTAT_HTTP_REQUEST_TIMEOUT": "0.3", "TRADESTAT_HTTP_SESSION_IDLE": "0.3", "TRADESTAT_HTTP_SESSIONS": "1"}


@contextmanager
def served(folder: Path, transport: str, **env: str) -> Generator[str]:
    with program(folder, "serve", "--sandbox", "--transport", transport, "--port", "0", **env) as process:
        yield listening(process)
        process.terminate()
        process.wait(PATIENCE)
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


@pytest.fixture(scope="module", params=["streamable-http", "sse"])
def either(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The address of a server that takes little at once."""
    with served(tmp_path_factory.mktemp("few"), request.param, **FEW) as address:
        yield address


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with served(tmp_path_factory.mktemp("few"), "streamable-http", **FEW) as address:
        yield address


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The address of a server that waits for nothing for long."""
    with served(tmp_path_factory.mktemp("short"), "streamable-http", **SHORT) as address:
        yield address


def connected(address: str, sent: bytes = b"") -> socket.socket:
    parts = urlsplit(address)
    assert parts.hostname
    assert parts.port
    connection = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)
    connection.sendall(sent)
    return connection


def said(connection: socket.socket) -> str:
    """All that comes until the server closes the connection."""
    text = b""
    while part := connection.recv(65536):
        text += part
    return text.decode()


def post(address: str, message: Any, **headers: str) -> httpx.Response:
    content = message if isinstance(message, bytes) else json.dumps(message).encode()
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        return client.post(address, content=content, headers={**HEADERS, **headers})


def messages_at(address: str) -> str:
    """Where messages are posted; with SSE to a session that need not be there, for what is refused before."""
    return address if address.endswith("/mcp") else address.removesuffix("/sse") + "/messages/?session_id=" + "0" * 32


def test_beyond_so_many_half_sent_requests_the_oldest_is_refused_and_whole_ones_pass(either: str) -> None:
    halves = (BEGUN, BEGUN + b"\r\n{", b"POST /mcp HT", BEGUN + b"\r\n{", b"G")
    with ExitStack() as stack:
        waiting = [stack.enter_context(connected(either, half)) for half in halves]
        newest = stack.enter_context(connected(either, BEGUN + b"\r\n{"))
        (oldest, *others), _, _ = select.select(waiting, [], [], PATIENCE)
        assert not others
        refused = said(oldest)
        assert refused.startswith("HTTP/1.1 503")
        assert "5 requests" in refused
        assert "TRADESTAT_HTTP_HALF_SENT" in refused
        for _ in range(3):
            assert post(messages_at(either), b"{}").status_code == 400, "head and body come apart, and it is served"
        newest.sendall(b" " * 99)
        assert "400" in newest.recv(65536).decode(), "so is what has not waited for long, once the rest has come"


def test_beyond_so_many_connections_one_more_is_refused(either: str) -> None:
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(connected(either))
        one_more = said(stack.enter_context(connected(either)))
        assert one_more.startswith("HTTP/1.1 503")
        assert "TRADESTAT_HTTP_CONNECTIONS" in one_more


def test_a_request_that_does_not_come_whole_in_time_is_told_so(short: str) -> None:
    for half in (b"", b"POST /mcp HT", BEGUN, BEGUN + b"\r\n{"):
        with connected(short, half) as connection:
            answer = said(connection)
        assert answer.startswith("HTTP/1.1 408"), half
        assert "TRADESTAT_HTTP_REQUEST_TIMEOUT" in answer
    with connected(short, BEGUN + b"\r\n" + b" " * 100) as connection:
        assert "400" in connection.recv(65536).decode()
        connection.sendall(BEGUN)  # the next on the same connection
        assert "408" in said(connection)


def test_beyond_so_many_sessions_one_more_is_refused_until_one_ends(few: str) -> None:
    opened = [post(few, INITIALIZE) for _ in range(3)]
    assert [answer.status_code for answer in opened] == [200] * 3
    one_more = post(few, INITIALIZE)
    assert one_more.status_code == 503
    assert "3 sessions" in one_more.json()["error"]["message"]
    assert "TRADESTAT_HTTP_SESSIONS" in one_more.json()["error"]["message"]
    session = {"mcp-session-id": opened[0].headers["mcp-session-id"]}
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        assert client.delete(few, headers={**HEADERS, **session}).status_code == 200
    assert post(few, INITIALIZE).status_code == 200


def test_an_idle_session_ends_and_makes_room(short: str) -> None:
    idle = {"mcp-session-id": post(short, INITIALIZE).headers["mcp-session-id"]}
    for _ in range(1000):
        answer = post(short, INITIALIZE).status_code
        if answer == 200:
            break
        assert answer == 503
    assert post(short, {"jsonrpc": "2.0", "method": "notifications/initialized"}, **idle).status_code == 404


def test_beyond_so_many_sse_sessions_one_more_is_refused(tmp_path: Path) -> None:
    with (
        served(tmp_path, "sse", **FEW) as address,
        ExitStack() as stack,
        httpx.Client(trust_env=False, timeout=PATIENCE) as client,
    ):
        for _ in range(3):
            assert stack.enter_context(client.stream("GET", address)).status_code == 200
        one_more = client.get(address)
        assert one_more.status_code == 503
        assert "TRADESTAT_HTTP_SESSIONS" in one_more.json()["error"]["message"]


@pytest.mark.parametrize("transport", ["streamable-http", "sse"])
def test_a_server_with_open_streams_leaves_without_complaint(transport: str, tmp_path: Path) -> None:
    options = ("serve", "--sandbox", "--transport", transport, "--port", "0")
    with (
        program(tmp_path, *options) as process,
        httpx.Client(trust_env=False, timeout=PATIENCE) as client,
    ):
        address = listening(process)
        session = post(address, INITIALIZE).headers.get("mcp-session-id", "")
        with client.stream("GET", address, headers={**HEADERS, "mcp-session-id": session}) as stream:
            assert stream.status_code == 200
            process.terminate()
            process.wait(PATIENCE)
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_a_message_that_is_too_large_is_refused_with_the_bound(either: str) -> None:
    large = b" " * (1024 * 1024 + 1)
    declared = post(messages_at(either), large)
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        in_parts = client.post(messages_at(either), content=iter([large[:-1], b" "]), headers=HEADERS)
    for answer in (declared, in_parts):
        assert answer.status_code == 413
        assert "1 MB" in answer.json()["error"]["message"]
        assert "TRADESTAT_HTTP_BODY_MB" in answer.json()["error"]["message"]


def test_what_is_no_message_gets_its_error_over_http_too(either: str) -> None:
    for body, number, code in (
        (b"this is no JSON", None, -32700),
        (b'{"jsonrpc": "2.0", "id": 5, "method": 6}', 5, -32600),
        (b'{"jsonrpc": "2.0", "id": 1.5, "method": "ping"}', None, -32600),
        (b"[]", None, -32600),
    ):
        answer = post(messages_at(either), body)
        assert answer.status_code == 400
        assert (answer.json()["id"], answer.json()["error"]["code"]) == (number, code)


@pytest.mark.anyio
async def test_what_is_written_is_sent_without_delay() -> None:
    taken: asyncio.Queue[int] = asyncio.Queue()

    async def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await taken.put(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with listen("127.0.0.1", 0) as listener:
        async with await asyncio.start_server(take, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            assert await asyncio.wait_for(taken.get(), PATIENCE) != 0
            writer.close()
            await writer.wait_closed()
