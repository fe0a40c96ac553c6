"""What goes over the wire and comes back, on real sockets. What else can go wrong there is in the fault matrix."""

import base64
import gzip
import logging
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace

import anyio
import anyio.abc
import pytest
from pydantic import SecretStr

from tradestat_tools.model.errors import TooLarge, TradestatError, UpstreamDown
from tradestat_tools.upstream.failures import NotReached
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.request import AskedCall, Request, Response

Serve = Callable[[Callable[[anyio.abc.SocketStream], Awaitable[None]]], AbstractAsyncContextManager[str]]

POLICY = Policy("here", "A Service", max_body=1024 * 1024, headers=frozenset({"x-left"}), setting="THE_URL")
SECRET = "s3cret+/=="


def a_request(url: str) -> Request:
    return Request(
        "here",
        "thing",
        f"{url}/thing",
        params={"hs": "8507 60", "name": "한국"},
        secret_params={"serviceKey": SecretStr(SECRET)},
        secret_headers={"X-API-Key": SecretStr(SECRET)},
    )


def answering(head: str, body: bytes = b"") -> Callable[[anyio.abc.SocketStream], Awaitable[None]]:
    async def behave(stream: anyio.abc.SocketStream) -> None:
        await stream.send(head.encode("ascii") + b"\r\n\r\n" + body)

    return behave


async def send(url: str) -> Response:
    async with aclosing(Http()) as http:
        return await http.send(a_request(url), POLICY, within=10)


async def failing(url: str, kind: type[TradestatError]) -> TradestatError:
    with pytest.raises(kind) as caught:
        await send(url)
    chain = f"{caught.value!r} {caught.value.as_dict()} {caught.value.__cause__!r}"
    assert "s3cret" not in chain
    return caught.value


@pytest.mark.anyio
async def test_a_whole_answer_arrives_whatever_its_status(serve: Serve) -> None:
    head = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nContent-Type: text/plain\r\nX-Left: 7"
    async with serve(answering(head, b"gone")) as url:
        answer = await send(url)
    assert (answer.status, answer.body, answer.content_type) == (404, b"gone", "text/plain")
    assert answer.headers["x-left"] == "7"


@pytest.mark.anyio
async def test_headers_that_nothing_reads_are_not_kept(serve: Serve) -> None:
    head = (
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\nX-Left: 7\r\nX-Request-Uri: /thing?a=b\r\n"
        "Location: http://127.0.0.1/?serviceKey=s3cret%2B\r\nSet-Cookie: session=1\r\nLink: <http://127.0.0.1/next>"
    )
    async with serve(answering(head, b"{}")) as url:
        answer = await send(url)
    assert set(answer.headers) == {"content-type", "x-left"}


@pytest.mark.anyio
async def test_secrets_go_over_the_wire_once_encoded_and_nowhere_else() -> None:
    sent: list[dict[str, object]] = []

    async def app(scope: dict[str, object], receive: object, respond: Callable[[object], Awaitable[None]]) -> None:
        sent.append(scope)
        await respond({"type": "http.response.start", "status": 200, "headers": []})
        await respond({"type": "http.response.body", "body": b"{}"})

    http = Http(app=app)  # pyright: ignore[reportArgumentType] - a plain ASGI function with narrower types
    await http.send(a_request("http://service.invalid"), POLICY, within=5)
    await http.aclose()
    assert b"serviceKey=s3cret%2B%2F%3D%3D" in bytes(sent[0]["query_string"])  # pyright: ignore[reportArgumentType]
    request = a_request("http://service.invalid")
    assert "s3cret" not in f"{request!r} {request.address}"
    assert request.address == "http://service.invalid/thing?hs=8507+60&name=%ED%95%9C%EA%B5%AD"


@pytest.mark.anyio
async def test_a_refused_connection_is_down(free_tcp_port: int) -> None:
    error = await failing(f"http://127.0.0.1:{free_tcp_port}", NotReached)
    assert error.transient
    assert error.kind == "UpstreamDown"
    assert "refuses connections" in error.message


@pytest.mark.anyio
async def test_a_body_cut_off_is_down_and_never_a_short_answer(serve: Serve) -> None:
    async with serve(answering("HTTP/1.1 200 OK\r\nContent-Length: 100", b"half")) as url:
        await failing(url, UpstreamDown)


@pytest.mark.anyio
async def test_an_oversized_body_is_not_read_to_its_end(serve: Serve) -> None:
    sent = 0

    async def flood(stream: anyio.abc.SocketStream) -> None:
        nonlocal sent
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        for _ in range(1000):
            await stream.send(b"x" * 1_000_000)
            sent += 1

    async with serve(flood) as url:
        error = await failing(url, TooLarge)
    assert "1 MB" in error.message
    assert sent < 100


class Counted:
    """Keeps of a body how long it was, and what is kept as it came if it says so."""

    def __init__(self) -> None:
        self.length = self.held = 0

    def feed(self, piece: bytes) -> None:
        self.length += len(piece)
        self.held += len(piece) if piece.startswith(b"k") else 0

    def finish(self) -> bytes:
        return b"%d" % self.length


CONDENSED = replace(POLICY, condense=Counted, max_body=100_000_000)


@pytest.mark.anyio
@pytest.mark.parametrize("packed", [False, True])
async def test_a_success_is_taken_apart_while_it_arrives_and_what_is_left_is_the_body(
    serve: Serve, packed: bool
) -> None:
    whole = b"x" * 30_000_000
    body = gzip.compress(whole) if packed else whole
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}" + ("\r\nContent-Encoding: gzip" if packed else "")
    async with serve(answering(head, body)) as url, aclosing(Http()) as http:
        answer = await http.send(a_request(url), CONDENSED, within=10)
    assert answer.body == b"30000000"


@pytest.mark.anyio
async def test_a_failure_is_not_taken_apart(serve: Serve) -> None:
    async with (
        serve(answering("HTTP/1.1 500 Oh\r\nContent-Length: 4", b"gone")) as url,
        aclosing(Http()) as http,
    ):
        answer = await http.send(a_request(url), CONDENSED, within=10)
    assert answer.body == b"gone"


@pytest.mark.anyio
@pytest.mark.parametrize(("piece", "bound"), [(b"k" * 1_000_000, 10**10), (b"x" * 1_000_000, 10**8)])
async def test_what_is_taken_apart_is_bounded_in_what_is_kept_and_in_what_arrives(
    serve: Serve, piece: bytes, bound: int
) -> None:
    sent = 0

    async def flood(stream: anyio.abc.SocketStream) -> None:
        nonlocal sent
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        for _ in range(1000):
            await stream.send(piece)
            sent += 1

    async with serve(flood) as url, aclosing(Http()) as http:
        with pytest.raises(TooLarge):
            await http.send(a_request(url), replace(CONDENSED, max_body=bound), within=20)
    assert sent < 250


@pytest.mark.anyio
async def test_a_compressed_bomb_is_stopped_at_the_bound(serve: Serve) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}"
    async with serve(answering(head, bomb)) as url:
        await failing(url, TooLarge)


@pytest.mark.anyio
async def test_a_key_that_the_service_repeats_is_blanked_out(serve: Serve) -> None:
    echo = b'{"plain": "s3cret+/==", "encoded": "s3cret%2B%2F%3D%3D", "rest": 1}'
    head = (
        f"HTTP/1.1 400 Bad Request\r\nX-Left: got {SECRET}\r\nContent-Type: a/b; of=s3cret%252b%252f%3d=\r\n"
        f"Content-Length: {len(echo)}"
    )
    async with serve(answering(head, echo)) as url:
        answer = await send(url)
    assert answer.headers["x-left"] == "got ********"
    assert answer.headers["content-type"] == "a/b; of=********"
    assert answer.body == b'{"plain": "********", "encoded": "********", "rest": 1}'


@pytest.mark.anyio
async def test_a_redirect_is_handed_over_not_followed(serve: Serve) -> None:
    async with serve(answering("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0")) as url:
        assert (await send(url)).status == 302


@pytest.mark.anyio
async def test_no_logger_prints_an_address_with_a_key(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
        caplog.set_level(logging.DEBUG, name)  # as who wants to see everything sets them
    async with serve(answering("HTTP/1.1 200 OK\r\nContent-Length: 2", b"{}")) as url, aclosing(Http()) as http:
        caplog.set_level(logging.DEBUG, "httpcore.http11")
        await http.send(a_request(url), POLICY, within=10)
    assert "s3cret" not in caplog.text


@pytest.mark.anyio
async def test_a_login_in_an_address_is_sent_and_shown_nowhere(serve: Serve) -> None:
    """As where the service is reached through a gateway of one's own."""
    login = "me:Pa%2Fss word"
    basic = base64.b64encode(b"me:Pa/ss word").decode("ascii")

    async def echo(stream: anyio.abc.SocketStream) -> None:
        body = f'{{"auth": "Basic {basic}", "login": "me:Pa%2fss%20word", "said": "Pa\\/ss word"}}'.encode()
        await stream.send(f"HTTP/1.1 401 No\r\nContent-Length: {len(body)}\r\nX-Left: {basic}\r\n\r\n".encode() + body)

    async with serve(echo) as url:
        request = replace(a_request(url.replace("//", f"//{login}@")), secret_params={}, secret_headers={})
        async with aclosing(Http()) as http:
            answer = await http.send(request, POLICY, within=10)
        assert request == replace(a_request(url), secret_params={}, secret_headers={}, login=request.login)
        assert request.key == a_request(url).key
        assert replace(request, secret_headers={}).authorization == f"Basic {basic}"
    assert answer.body == b'{"auth": "Basic ********", "login": "me:********", "said": "********"}'
    assert answer.headers["x-left"] == "********"
    assert "Pa" not in f"{request!r} {request.address} {AskedCall.of(request)!r}"


def test_the_tools_load_the_http_client_only_when_one_is_opened() -> None:
    code = "import sys, tradestat_tools.open as o; o.catalogue(); print('httpx' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert run.stdout.strip() == "False"
