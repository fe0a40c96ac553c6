"""The web server, with bounds on what clients may leave half done. Imports uvicorn, which stdio does not need."""

import asyncio
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tradestat_tools.model.settings import Settings

SHUTDOWN_SECONDS = 3
"""How long answers may take to be sent when the server is stopped."""
LAST_WORDS = 1.0
"""Seconds after which streams are closed that would stay open for ever."""


class Server(uvicorn.Server):
    """Leaves signals to whoever runs it: they are ours for every way of running."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Take none."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; streams that clients hold open are closed once what was still to be said there had its time."""
        asyncio.get_running_loop().call_later(LAST_WORDS, self._close_streams)
        await super().shutdown(sockets)

    def _close_streams(self) -> None:
        for connection in cast("set[Connection]", self.server_state.connections).copy():
            if connection.streams:
                connection.transport.close()


class Config(uvicorn.Config):
    """Of a server, with the bounds that its connections keep.

    Args:
        app: what is served.
        settings: the bounds.
    """

    def __init__(self, app: Callable[..., Any], settings: Settings) -> None:
        super().__init__(
            app,
            http=Connection,
            ws="none",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
        self.settings = settings
        self.half_sent: dict[Connection, None] = {}


class Connection(H11Protocol):
    """One connection. uvicorn waits for ever for the rest of a request, and takes any number of them."""

    _late: asyncio.TimerHandle | None = None

    @property
    def _bounds(self) -> Config:
        return cast("Config", self.config)

    @property
    def streams(self) -> bool:
        """Whether it is what a client listens at, and not the answer to a message."""
        under_way: Any = self.cycle  # None before the first request, whatever the annotation says
        return under_way is not None and bool(under_way.scope["method"] == "GET")

    def connection_made(self, transport: Any) -> None:
        """Take it, unless there are too many."""
        super().connection_made(transport)
        most = self._bounds.settings.http_connections
        if len(self.connections) > most:
            self.refuse(
                503,
                f"This server takes {most} connections at once. Close some or try later, or raise "
                "TRADESTAT_HTTP_CONNECTIONS where it runs.",
            )
        else:
            self._expect()

    def data_received(self, data: bytes) -> None:
        """Take the next part of a request, unless too many are still to come whole."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        state = self.conn.their_state
        if not (state is h11.SEND_BODY or (state is h11.IDLE and self.conn.trailing_data[0])):
            self._came()
            return
        self._expect()
        waiting, most = self._bounds.half_sent, self._bounds.settings.http_half_sent
        waiting[self] = None
        if len(waiting) > most:
            # The oldest, not the newest: many clients send head and body apart, and theirs is whole in a moment.
            next(iter(waiting)).refuse(
                503,
                f"This server waits for the rest of {most} requests at once, and this one waited longest. Send "
                "yours whole or try later, or raise TRADESTAT_HTTP_HALF_SENT where it runs.",
            )

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more comes."""
        self._came()
        super().connection_lost(exc)

    def _expect(self) -> None:
        """A request is on its way; it must be here in time."""
        if self._late is None:
            within = self._bounds.settings.http_request_timeout
            said = (
                f"The request did not arrive whole within {within:g} s. Send it faster, or raise "
                "TRADESTAT_HTTP_REQUEST_TIMEOUT where the server runs."
            )
            self._late = self.loop.call_later(within, self.refuse, 408, said)

    def _came(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
        self._bounds.half_sent.pop(self, None)

    def refuse(self, status: int, said: str) -> None:
        """Say why, unless an answer has begun, and close."""
        self._came()
        under_way: Any = self.cycle  # None before the first request, whatever the annotation says
        if under_way is None or under_way.response_complete or not under_way.response_started:
            body = said.encode()
            headers = [
                ("content-type", "text/plain; charset=utf-8"),
                ("content-length", str(len(body))),
                ("connection", "close"),
            ]
            response = h11.Response(status_code=status, headers=headers, reason=b"")
            for event in (response, h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        if under_way is not None:  # so that the application does not answer as well
            under_way.disconnected = True
            under_way.message_event.set()
        self.transport.close()
