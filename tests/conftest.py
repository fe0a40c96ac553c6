"""What every test may use."""

import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tradestat_server.mcp.context import open_context
from tradestat_tools.catalogue import catalogue

if TYPE_CHECKING:
    from mcp import Client

# How long an example takes is the machine's affair. Where changes are let in, examples are the same at every run: a
# new one that fails is found by who runs the tests at a desk, and keeps nobody's change out.
settings.register_profile("any machine", deadline=None, derandomize="TRADESTAT_SAME_EXAMPLES" in os.environ)
settings.load_profile("any machine")


BROWSER = Path(__file__).parent / "browser"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Tests in a browser are read only where they are asked for: they import what not everybody has installed."""
    return True if collection_path == BROWSER and "browser" not in str(config.option.markexpr) else None


@pytest.fixture(scope="session", autouse=True)
def _folders_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """No test reads or writes the stored answers and files of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRADESTAT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("TRADESTAT_EXPORT_DIR", str(tmp_path_factory.mktemp("exports")))
        patch.setenv("TRADESTAT_IMPORT_DIR", str(tmp_path_factory.mktemp("imports")))
        yield


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The event loop of async tests. What runs on both, the engine and the transports, says so where it stands."""
    return "asyncio"


@pytest.fixture(scope="module")
async def client() -> "AsyncGenerator[Client]":
    """An MCP client of a server on the stand-in services; a file's tests share it, and so its stored answers."""
    from mcp import Client  # noqa: PLC0415 - most tests need no server, and it takes a second to load

    from tradestat_server.mcp.app import create_server  # noqa: PLC0415

    async with (
        open_context(catalogue().settings(_env_file=None, TRADESTAT_SANDBOX=True)) as context,
        Client(create_server(context)) as connected,
    ):
        yield connected
