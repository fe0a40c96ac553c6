"""A sandbox per test, and ways to ask it that know nothing of the project's own client."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tradestat_sandbox import SANDBOX_KEYS, Sandbox


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
