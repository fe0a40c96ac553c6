"""One host on loopback whose answers are written out byte for byte."""

import socket
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import anyio.abc

Behaviour = Callable[[anyio.abc.SocketStream], Awaitable[None]]
PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer.

    Args:
        padding: blanks that follow the body, for answers too large to write out.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    padding: int = 0

    @property
    def head(self) -> bytes:
        """Status line and headers."""
        named = {"content-length": str(len(self.body) + self.padding), "connection": "close", **self.headers}
        lines = [f"HTTP/1.1 {self.status} Scripted", *(f"{name}: {value}" for name, value in named.items())]
        return "\r\n".join([*lines, "", ""]).encode("ascii")

    async def __call__(self, stream: anyio.abc.SocketStream) -> None:
        await stream.send(self.head + self.body)
        for sent in range(0, self.padding, PIECE):
            await stream.send(b" " * min(PIECE, self.padding - sent))


async def reset(stream: anyio.abc.SocketStream) -> None:
    """Break the connection off so that the other side sees a reset, not an end."""
    linger = struct.pack("ii", 1, 0)
    stream.extra(anyio.abc.SocketAttribute.raw_socket).setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    await stream.aclose()


async def until_hung_up(stream: anyio.abc.SocketStream) -> None:
    """Say nothing until the client goes away."""
    await stream.receive()


@dataclass
class Wire:
    """The host of one service.

    Args:
        behave: what is done with a request to a path.
        asked: the heads of all requests that arrived.
    """

    tasks: anyio.abc.TaskGroup
    behave: Callable[[str], Behaviour]
    asked: list[str] = field(default_factory=list[str])
    port: int = 0
    _scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    _closed: anyio.Event | None = None

    @property
    def url(self) -> str:
        """The host's address."""
        return f"http://127.0.0.1:{self.port}"

    async def listen(self) -> None:
        """Take connections, on the same port as before if there was one."""
        if self._closed is not None:
            return
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=self.port)
        self.port = listener.extra(anyio.abc.SocketAttribute.local_port)
        self._scope, self._closed = anyio.CancelScope(), anyio.Event()
        self.tasks.start_soon(self._serve, listener, self._scope, self._closed)

    async def refuse(self) -> None:
        """Take no connections any more."""
        if self._closed is not None:
            closed, self._closed = self._closed, None
            self._scope.cancel()
            await closed.wait()

    def times(self, path: str) -> int:
        """How many requests for a path arrived."""
        return sum(path in head.partition("\r\n")[0] for head in self.asked)

    async def _serve(
        self, listener: anyio.abc.Listener[anyio.abc.SocketStream], scope: anyio.CancelScope, closed: anyio.Event
    ) -> None:
        with scope:
            try:
                await listener.serve(self._handle)
            finally:
                with anyio.CancelScope(shield=True):
                    await listener.aclose()
                closed.set()

    async def _handle(self, stream: anyio.abc.SocketStream) -> None:
        async with stream:
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += await stream.receive()
                self.asked.append(head.decode("ascii"))
                await self.behave(self.asked[-1].split(" ")[1])(stream)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream):
                return  # the client went away, as some faults make it do


@asynccontextmanager
async def serving(behave: Callable[[str], Behaviour]) -> AsyncGenerator[Wire]:
    """A host that takes connections until the end."""
    async with anyio.create_task_group() as tasks:
        wire = Wire(tasks, behave)
        await wire.listen()
        yield wire
        await wire.refuse()
