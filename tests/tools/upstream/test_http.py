"""The wire itself: what goes out, what comes in, and what goes wrong on real sockets."""

import gzip
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import anyio
import anyio.abc
import pytest
from pydantic import SecretStr

from tradestat_tools.model.errors import TooLarge, TradestatError, UpstreamDown
from tradestat_tools.upstream.failures import NotReached
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.request import Request, Response

Serve = Callable[[Callable[[anyio.abc.SocketStream], Awaitable[None]]], AbstractAsyncContextManager[str]]

POLICY = Policy("here", "A Service", max_body=1024 * 1024)
SECRET = "s3cret+/=="

pytestmark = pytest.mark.anyio


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


async def send(url: str, *, within: float = 10.0) -> Response:
    http = Http()
    try:
        return await http.send(a_request(url), POLICY, within=within)
    finally:
        await http.aclose()


async def failing(url: str, kind: type[TradestatError], *, within: float = 10.0) -> TradestatError:
    with pytest.raises(kind) as caught:
        await send(url, within=within)
    chain = f"{caught.value!r} {caught.value.as_dict()} {caught.value.__cause__!r}"
    assert "s3cret" not in chain
    return caught.value


async def test_a_whole_answer_arrives_whatever_its_status(serve: Serve) -> None:
    async with serve(answering("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nX-Thing: Yes", b"gone")) as url:
        answer = await send(url)
    assert (answer.status, answer.body, answer.headers["x-thing"]) == (404, b"gone", "Yes")


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


async def test_a_refused_connection_is_down(free_tcp_port: int) -> None:
    error = await failing(f"http://127.0.0.1:{free_tcp_port}", NotReached)
    assert error.transient
    assert error.kind == "UpstreamDown"
    assert "ConnectError" in error.message


async def test_a_body_cut_off_is_down_and_never_a_short_answer(serve: Serve) -> None:
    async with serve(answering("HTTP/1.1 200 OK\r\nContent-Length: 100", b"half")) as url:
        await failing(url, UpstreamDown)


async def test_silence_ends_at_the_bound(serve: Serve) -> None:
    async def say_nothing(stream: anyio.abc.SocketStream) -> None:
        await stream.receive()  # nothing comes: waits until the client hangs up

    async with serve(say_nothing) as url:
        error = await failing(url, UpstreamDown, within=0.2)
    assert "within 0.2 s" in error.message


async def test_a_dribbling_body_ends_at_the_same_bound(serve: Serve) -> None:
    async def dribble(stream: anyio.abc.SocketStream) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(1000):
            await stream.send(b".")
            await anyio.sleep(0.01)

    async with serve(dribble) as url:
        await failing(url, UpstreamDown, within=0.3)


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


async def test_a_compressed_bomb_is_stopped_at_the_bound(serve: Serve) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}"
    async with serve(answering(head, bomb)) as url:
        await failing(url, TooLarge)


async def test_broken_compression_is_down_not_a_crash(serve: Serve) -> None:
    async with serve(answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4", b"nope")) as url:
        await failing(url, UpstreamDown)


async def test_something_that_is_not_http_is_down(serve: Serve) -> None:
    async with serve(answering("SSH-2.0-OpenSSH")) as url:
        await failing(url, UpstreamDown)


async def test_a_key_that_the_service_repeats_is_blanked_out(serve: Serve) -> None:
    echo = b'{"plain": "s3cret+/==", "encoded": "s3cret%2B%2F%3D%3D", "rest": 1}'
    head = f"HTTP/1.1 400 Bad Request\r\nX-Echo: got {SECRET}\r\nContent-Length: {len(echo)}"
    async with serve(answering(head, echo)) as url:
        answer = await send(url)
    assert answer.headers["x-echo"] == "got ********"
    assert answer.body == b'{"plain": "********", "encoded": "********", "rest": 1}'


async def test_a_redirect_is_handed_over_not_followed(serve: Serve) -> None:
    async with serve(answering("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0")) as url:
        assert (await send(url)).status == 302


async def test_no_logger_prints_an_address_with_a_key(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serve(answering("HTTP/1.1 200 OK\r\nContent-Length: 2", b"{}")) as url:
        await send(url)
    assert "s3cret" not in caplog.text
