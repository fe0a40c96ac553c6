"""What is measured stands on: the sandbox in this process, stores in a folder, and a Redis server if there is one."""

import shutil
import socket
import subprocess
import time
from collections.abc import AsyncGenerator, Collection, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

import redis

from tradestat_server.mcp.context import sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import Results
from tradestat_tools.open import context_on
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.http import AsgiApp, Http
from tradestat_tools.upstream.plan import UNLIMITED, Plan
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.store import Cache, CacheInfo, Entry


class Standin(Protocol):
    """What stands in for the services."""

    @property
    def app(self) -> AsgiApp:
        """The services as one application."""
        ...

    @property
    def today(self) -> date:
        """The day on which it stands."""
        ...


class NoCache:
    """A cache that keeps nothing: the engine without one."""

    def get(self, key: str, now: float) -> Entry | None:
        """Nothing."""

    def stored_at(self, keys: Collection[str]) -> dict[str, float]:  # noqa: ARG002 - as every cache
        """Never."""
        return {}

    def version(self) -> object:
        """Nothing ever changes."""
        return 0

    def asked(self, source: str, endpoint: str) -> list[tuple[str, str]]:  # noqa: ARG002 - as every cache
        """Nothing."""
        return []

    def put(self, key: str, entry: Entry) -> None:
        """Not kept."""

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """None."""
        return iter(())

    def clear(self, source: str | None = None) -> int:  # noqa: ARG002 - as every cache
        """There is nothing to clear."""
        return 0

    def info(self) -> CacheInfo:
        """Nothing is held."""
        return CacheInfo("none", "nowhere", 0, 0)

    def close(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def sandbox_services(
    sandbox: Standin, cache: Cache, folder: Path, *, planned: bool, kept: bool = False, reuses: bool = True
) -> AsyncGenerator[Context]:
    """Services over the sandbox in this process.

    Args:
        planned: with the limits of the plans that are the default.
        kept: answers are kept under handles.
        reuses: answers are taken out of stored ones to wider questions.
    """
    today = sandbox.today
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    settings = sandbox_settings(catalogue().settings(_env_file=None))
    plans: dict[str, Plan] = {
        source.id: source.plan(settings) if planned else UNLIMITED for source in catalogue().sources.values()
    }
    http, ledger = Http(app=sandbox.app), SqliteLedger(folder / "ledger.sqlite3")
    results = SqliteCache(folder / "results.sqlite3") if kept else None
    try:
        async with Upstream(http, cache=cache, ledger=ledger, plans=plans, reuses=reuses) as upstream:
            yield context_on(settings, upstream, lambda: noon, results=Results(results))
    finally:
        await http.aclose()
        ledger.close()
        if results:
            results.close()


@contextmanager
def redis_server(folder: Path) -> Generator[str | None]:
    """The address of a Redis server of one's own; None where the program is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        _await(process, port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 10
    with redis.Redis(port=port, socket_timeout=1) as client:
        while True:
            try:
                client.ping()  # pyright: ignore[reportUnknownMemberType]
            except redis.ConnectionError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return
