"""Messages over stdin and stdout, one on each line. In the SDK's place, which has no answer to a line that it can not
read, and can not leave while a line is waited for (mcp 2.3, seen November 2026)."""

import os
import select
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import anyio
import anyio.to_thread
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage

from tradestat_server.mcp.messages import Unreadable, read_message, written

CHUNK = 64 * 1024
PIECE = 4096
"""Bytes that a pipe which can be written to takes without blocking: PIPE_BUF on Linux, and less than what POSIX systems
leave free in a socket before they say so."""
LOOK_EVERY = 0.5
"""Seconds between two looks at whether stdout is still read by somebody."""
LAST_WORDS = 1.0
"""Seconds for what is still to be written once the server has ended."""

Received = MemoryObjectReceiveStream[SessionMessage | Exception]
Sending = MemoryObjectSendStream[SessionMessage]


class Stdio:
    """The two pipes to a client.

    Args:
        stdin: descriptor to read from.
        stdout: descriptor to write to.
    """

    def __init__(self, stdin: int, stdout: int) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self._reads_in_loop = _tells_when_ready(stdin)
        self._writes_in_loop = _tells_when_ready(stdout)

    @asynccontextmanager
    async def messages(self) -> AsyncGenerator[tuple[Received, Sending]]:
        """What the client says, and a way to answer; what it says ends when either pipe is closed."""
        heard, received = anyio.create_memory_object_stream[SessionMessage | Exception]()
        sending, to_write = anyio.create_memory_object_stream[SessionMessage]()
        done = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._read, heard, sending.clone())
            tasks.start_soon(self._write, to_write, heard, done)
            tasks.start_soon(self._watch, heard, done)
            yield received, sending
            with anyio.move_on_after(LAST_WORDS):
                await done.wait()
            tasks.cancel_scope.cancel()

    async def _read(self, heard: MemoryObjectSendStream[SessionMessage | Exception], answers: Sending) -> None:
        """Hand on message after message."""
        rest = b""
        with heard, answers, suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            while chunk := await self._some():
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    await _take(line, heard, answers)
            await _take(rest, heard, answers)

    async def _some(self) -> bytes:
        """The next bytes that come. A thread that waits for them is left behind when the server ends."""
        if not self._reads_in_loop:
            return await anyio.to_thread.run_sync(_read, self._stdin, abandon_on_cancel=True)
        await anyio.wait_readable(self._stdin)
        return _read(self._stdin)

    async def _send(self, message: bytes) -> None:
        if not self._writes_in_loop:
            await anyio.to_thread.run_sync(_write, self._stdout, message, abandon_on_cancel=True)
            return
        left = memoryview(message)
        while left:
            if not select.select((), (self._stdout,), (), 0)[1]:
                await anyio.wait_writable(self._stdout)
            left = left[os.write(self._stdout, left[:PIECE]) :]

    async def _write(
        self,
        to_write: MemoryObjectReceiveStream[SessionMessage],
        heard: MemoryObjectSendStream[SessionMessage | Exception],
        done: anyio.Event,
    ) -> None:
        with to_write:
            async for outgoing in to_write:
                if done.is_set():
                    continue  # the client is gone; the server is on its way out
                line = written(outgoing.message)
                try:
                    await self._send(line + b"\n" if line else b"")
                except OSError:
                    done.set()
                    heard.close()
        done.set()

    async def _watch(self, heard: MemoryObjectSendStream[SessionMessage | Exception], done: anyio.Event) -> None:
        """Notice that nobody reads stdout any more, where the system tells."""
        if not hasattr(select, "poll"):
            return
        pipe = select.poll()
        pipe.register(self._stdout, 0)  # that the other end is closed is told unasked
        while True:
            if pipe.poll(0):
                done.set()
                heard.close()
                return
            await anyio.sleep(LOOK_EVERY)


def claimed() -> Stdio:
    """The pipes to whoever started the process, for messages alone: what else is printed goes to stderr."""
    stdin, stdout = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return Stdio(stdin, stdout)


async def _take(line: bytes, heard: MemoryObjectSendStream[SessionMessage | Exception], answers: Sending) -> None:
    if not line.strip():
        return
    try:
        message = read_message(line)
    except Unreadable as unreadable:
        await answers.send(SessionMessage(unreadable.answer))
    else:
        await heard.send(SessionMessage(message))


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, CHUNK)
    except OSError:
        return b""


def _tells_when_ready(descriptor: int) -> bool:
    """Whether the event loop can wait for it: pipes and sockets of POSIX systems. Files and terminals need a thread."""
    if os.name != "posix":
        return False
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _write(descriptor: int, message: bytes) -> None:
    left = memoryview(message)
    while left:
        left = left[os.write(descriptor, left) :]
