"""A sandbox per test, and ways to ask it that know nothing of the project's own client."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest

from tradestat_sandbox import SANDBOX_KEYS, Sandbox


@pytest.hookimpl(tryfirst=True)  # before slow ones are left out
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """The stand-ins change when the facts do, which is seldom."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
async def http(sandbox: Sandbox, anyio_backend: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(sandbox.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        client.headers["X-API-Key"] = SANDBOX_KEYS.trademap
        client.headers["Ocp-Apim-Subscription-Key"] = SANDBOX_KEYS.comtrade
        yield client
