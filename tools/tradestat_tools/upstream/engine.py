"""From a request to a classified answer."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import anyio.to_thread

from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.request import Fetched, Reader, Request, Response

T = TypeVar("T")

LARGE = 128 * 1024
"""Bytes above which reading a body would hold up the event loop and goes to a worker thread."""

SANDBOX_HEADER = "x-tradestat-sandbox"
"""The stand-in services put it on every answer, so that their figures are labelled wherever they run."""


class Upstream:
    """The one door to the services.

    Args:
        http: the client to send with.
        now: the clock, UTC.
    """

    def __init__(self, http: Http, *, now: Callable[[], datetime]) -> None:
        self._http = http
        self._now = now

    async def fetch(self, request: Request, policy: Policy, read: Reader[T], *, within: float) -> Fetched[T]:
        """Ask once, wait at most `within` seconds, and read what comes.

        Raises:
            TradestatError: what the reader raises, or UpstreamDown and TooLarge from the wire.
        """
        response = await self._http.send(request, policy, within=within)
        value = await self._read(response, read)
        return Fetched(
            value=value,
            address=request.address,
            retrieved_at=self._now(),
            state="fresh",
            sandbox=SANDBOX_HEADER in response.headers,
            calls=1,
        )

    @staticmethod
    async def _read(response: Response, read: Reader[T]) -> T:
        if len(response.body) > LARGE:
            return await anyio.to_thread.run_sync(read, response)
        return read(response)
