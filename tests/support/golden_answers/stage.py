"""Where a scene is played: a server on the stand-in services, whose clocks stand still."""

import os
from collections.abc import AsyncGenerator, Collection, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio.lowlevel
from mcp import Client

from tradestat_sandbox import DEFAULT_TODAY, Sandbox
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.model.settings import Settings
from tradestat_tools.open import in_memory
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.runtime import Clock

NOON = datetime(DEFAULT_TODAY.year, DEFAULT_TODAY.month, DEFAULT_TODAY.day, 12, tzinfo=UTC)
SAVED = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
"""When every file of the folder of imports was saved."""


@dataclass
class Hand:
    """Time held in the hand: it moves only where a scene says so, for the engine and the stand-ins alike."""

    seconds: float = NOON.timestamp()

    async def wait(self, _: float) -> None:
        """Wait without waiting; the time of several who wait at once must not depend on who comes first."""
        await anyio.lowlevel.checkpoint()

    def now(self) -> datetime:
        """The moment, UTC."""
        return datetime.fromtimestamp(self.seconds, UTC)


@dataclass
class Stage:
    """What the steps of a scene work on.

    Args:
        handles: of earlier answers, by the names that later steps call them by.
    """

    client: Client
    sandbox: Sandbox
    hand: Hand
    imports: Path
    exports: Path
    handles: dict[str, str] = field(default_factory=dict[str, str])

    def put(self, name: str, content: bytes) -> None:
        """A file in the folder of imports, saved at a known moment."""
        file = self.imports / name
        file.write_bytes(content)
        os.utime(file, (SAVED.timestamp(), SAVED.timestamp()))

    def portable(self, value: Any) -> Any:
        """The same value, in which no folder of this machine is named."""
        if isinstance(value, str):
            for folder, name in ((self.imports, "<imports>"), (self.exports, "<exports>")):
                value = value.replace(f"{folder}{os.sep}", f"{name}/").replace(str(folder), name)
            return value
        if isinstance(value, list):
            return [self.portable(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
        if isinstance(value, dict):
            return {name: self.portable(one) for name, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
        return value


@contextmanager
def _no_environment() -> Generator[None]:
    """What whoever runs this has set is not part of the circumstances; an empty text counts as unset."""
    names = {known.alias for known in Settings.model_fields.values() if known.alias}
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


@asynccontextmanager
async def a_stage(folder: Path, tools: Collection[str] | None = None, **unlike: Any) -> AsyncGenerator[Stage]:
    """A server in its first state.

    Args:
        folder: an empty one, for imports and exports.
        tools: the only ones that are offered, because the schemas of all take a while; left out, all.
        unlike: settings, by their names in Python, that are not as the stand-ins want them.
    """
    hand = Hand()
    sandbox = Sandbox(clock=lambda: hand.seconds)
    imports, exports = folder / "imports", folder / "exports"
    imports.mkdir()
    with _no_environment():
        first = catalogue().settings(
            _env_file=None,  # pyright: ignore[reportCallIssue]
            TRADESTAT_SANDBOX=True,
            TRADESTAT_CACHE_DIR=folder / "cache",
            TRADESTAT_EXPORT_DIR=exports,
            TRADESTAT_IMPORT_DIR=imports,
            TRADESTAT_STRUCTURED="full",
        )
    settings = sandbox_settings(first).model_copy(update=unlike)
    offered = [tool for name, tool in catalogue().tools.items() if tools is None or name in tools]
    http = Http(app=sandbox.app)
    try:
        async with (
            in_memory(
                http, settings, hand.now, clock=Clock(lambda: hand.seconds, hand.wait), most_attempts=1
            ) as services,
            Client(create_server(services, offered=offered)) as client,
        ):
            yield Stage(client, sandbox, hand, imports, exports)
    finally:
        await http.aclose()
