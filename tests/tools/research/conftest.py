"""What the tests of research share: one opening of the services on the stand-ins for all tests of a module."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from tradestat_sandbox import Sandbox
from tradestat_sandbox.settings import DEFAULT_TODAY
from tradestat_sandbox.world import World, world_on
from tradestat_server.mcp.context import open_context, sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.open import in_memory
from tradestat_tools.upstream.http import Http

Served = Callable[..., AbstractAsyncContextManager[Context]]


@pytest.fixture(scope="session")
def world() -> World:
    """What the stand-in services tell of."""
    return world_on(DEFAULT_TODAY)


@pytest.fixture(scope="module")
async def context() -> AsyncGenerator[Context]:
    """Services on the stand-ins, whose answers are stored from one test to the next."""
    async with open_context(catalogue().settings(_env_file=None, TRADESTAT_SANDBOX=True)) as opened:
        yield opened


@pytest.fixture
def served(context: Context) -> Served:
    """Opens services on stand-ins that a test sets up or looks into, with settings that differ from the usual ones."""

    @asynccontextmanager
    async def opened(sandbox: Sandbox, **changed: Any) -> AsyncGenerator[Context]:
        http = Http(app=sandbox.app)
        settings = sandbox_settings(catalogue().settings(_env_file=None)).model_copy(update=changed)
        try:
            async with in_memory(http, settings, context.now) as other:
                yield other
        finally:
            await http.aclose()

    return opened
