"""A server on a real socket that answers byte for byte as a test says."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio
import anyio.abc
import pytest

Behaviour = Callable[[anyio.abc.SocketStream], Awaitable[None]]
Serve = Callable[[Behaviour], AbstractAsyncContextManager[str]]


async def _read_head(stream: anyio.abc.SocketStream) -> None:
    """Take the request up to the blank line, so that closing does not reset the connection early."""
    seen = b""
    while b"\r\n\r\n" not in seen:
        seen += await stream.receive()


@asynccontextmanager
async def _serving(behaviour: Behaviour) -> AsyncGenerator[str]:
    async def handle(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            try:
                await _read_head(stream)
                await behaviour(stream)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream):
                return  # the client went away, which some tests are about

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(anyio.abc.SocketAttribute.local_port)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, handle)
        yield f"http://127.0.0.1:{port}"
        tasks.cancel_scope.cancel()


@pytest.fixture
def serve() -> Serve:
    """`async with serve(behaviour) as url:` answers every request by `behaviour(stream)`."""
    return _serving
