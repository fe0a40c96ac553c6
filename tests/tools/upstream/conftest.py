"""Servers on real sockets: one that answers byte for byte as a test says, and Redis."""

import shutil
import socket
import subprocess
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path

import anyio
import anyio.abc
import pytest
import redis
from scripted import Rig, a_rig

Behaviour = Callable[[anyio.abc.SocketStream], Awaitable[None]]
Serve = Callable[[Behaviour], AbstractAsyncContextManager[str]]
RunRedis = Callable[..., AbstractContextManager[str]]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """The engine runs on both event loops."""
    return str(request.param)


@pytest.fixture
async def rig(anyio_backend: str) -> AsyncGenerator[Rig]:
    """An engine over a service that has yet to be told its answers."""
    async with a_rig() as made:
        yield made


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _await_redis(process: subprocess.Popen[bytes], port: int, password: str | None) -> None:
    """Wait until it answers PING."""
    deadline = time.monotonic() + 10
    with redis.Redis(port=port, password=password, socket_timeout=1) as client:
        while time.monotonic() < deadline:
            try:
                client.ping()  # pyright: ignore[reportUnknownMemberType]
            except redis.ConnectionError:
                try:
                    code = process.wait(0.01)
                except subprocess.TimeoutExpired:
                    continue
                pytest.fail(f"redis-server ended with status {code} before it was ready")
            else:
                return
    pytest.fail("redis-server was not ready within 10 s")


@contextmanager
def _running_redis(folder: Path, *options: str, port: int | None = None, password: str | None = None) -> Generator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    port = port or _free_port()
    secret = ["--requirepass", password] if password else []
    where = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", ""]
    command = [program, *where, "--appendonly", "no", *secret, *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await_redis(process, port, password)
        yield f"redis://:{password}@127.0.0.1:{port}/0" if password else f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def run_redis() -> RunRedis:
    """`with run_redis(folder, *options, port=..., password=...) as url:` runs a server of one's own."""
    return _running_redis


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A real Redis server that all tests share, each under a prefix of its own."""
    with _running_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=["sqlite", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where processes keep what they share: a folder, or a Redis server."""
    return str(tmp_path) if request.param == "sqlite" else request.getfixturevalue("redis_url")
