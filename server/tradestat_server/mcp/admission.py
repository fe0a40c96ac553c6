"""Who and what is let in over HTTP: names and ports of Host and Origin, sizes, sessions, messages."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from mcp_types import INTERNAL_ERROR, INVALID_REQUEST, JSONRPCError
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tradestat_server.mcp.messages import Unreadable, error, read_message, written
from tradestat_tools.model.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

ADDRESS = re.compile(r"(?P<name>(?:[a-z][a-z0-9+.-]*://)?(?:\[[0-9a-f:.]+\]|[^\s:/@\[\]]+))(?::(?P<port>[0-9]{1,5}))?")
"""A host or an origin with its port, in lower case."""

HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Names:
    """Hosts or origins: those of any port, by name, and those of one port or none, whole."""

    of_any_port: frozenset[str]
    whole: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """From names as people write them; a port `*` is any, and none at all."""
        lower = {name.lower() for name in names}
        any_port = {name.removesuffix(":*") for name in lower if name.endswith(":*")}
        return cls(frozenset(any_port), frozenset(name for name in lower if not name.endswith(":*")))

    def __contains__(self, value: str) -> bool:
        """Whether a header's value is one of them. Case does not matter, and a port counts whole."""
        value = value.lower()
        if value in self.whole:
            return True
        found = ADDRESS.fullmatch(value)
        if found is None or found["name"] not in self.of_any_port:
            return False
        return found["port"] is None or int(found["port"]) <= HIGHEST_PORT


def has_port(name: str) -> bool:
    """Whether a host is given with its port."""
    found = ADDRESS.fullmatch(name.lower())
    return found is not None and found["port"] is not None


class Admission:
    """An application in front of the SDK's, which compares names by their beginning and case (mcp 2.3, November 2026).

    Args:
        app: what those who are let in get to.
        hosts: what the Host header may be.
        origins: what the Origin header may be; one that is absent is let in, for it is no browser's.
        settings: the bounds.
        streams: the path at which every GET is a session of its own, if there is one.
    """

    def __init__(
        self, app: ASGIApp, hosts: Names, origins: Names, settings: Settings, *, streams: str | None = None
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._origins = origins
        self._most_bytes = settings.http_body_mb * 1024 * 1024
        self._most_sessions = settings.http_sessions
        self._streams = streams
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._stranger(headers)
        if refused is not None:
            await refused(scope, receive, send)
        elif scope["method"] == "POST":
            await self._post(headers, scope, receive, send)
        elif scope["method"] == "GET" and scope["path"] == self._streams:
            await self._stream(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _stranger(self, headers: Headers) -> Response | None:
        """The answer to a request from elsewhere, such as a page that a browser shows."""
        if headers.get("host", "") not in self._hosts:
            return _text(
                421, "The Host header names no host of this server. Start it with --allowed-host and that name."
            )
        if any(origin not in self._origins for origin in headers.getlist("origin")):
            return _text(
                403, "The Origin header is not let in. Start the server with --allowed-origin and that origin."
            )
        return None

    async def _post(self, headers: Headers, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the message whole, and let it through if it is one."""
        declared = headers.get("content-length", "0")
        body = bytearray()
        more = True
        too_large = declared.isdecimal() and int(declared) > self._most_bytes
        while more and not too_large:
            part = await receive()
            if part["type"] != "http.request":
                return  # the client is gone
            body += part.get("body", b"")
            more = part.get("more_body", False)
            too_large = len(body) > self._most_bytes
        if too_large:
            most = self._most_bytes // (1024 * 1024)
            said = f"A message may have {most} MB. Send less, or raise TRADESTAT_HTTP_BODY_MB where the server runs."
            await _json(413, error(None, INVALID_REQUEST, said))(scope, receive, send)
            return
        try:
            read_message(bytes(body))
        except Unreadable as unreadable:
            await _json(400, unreadable.answer)(scope, receive, send)
            return
        await self._app(scope, _again(bytes(body), receive), self._worded(scope, receive, send))

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A session that lasts as long as its stream."""
        if self._open >= self._most_sessions:
            await self._too_many_sessions()(scope, receive, send)
            return
        self._open += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open -= 1

    def _worded(self, scope: Scope, receive: Receive, send: Send) -> Send:
        """Our words in place of the SDK's, which refuses sessions without saying how many there may be."""
        worded = False

        async def say(message: Message) -> None:
            nonlocal worded
            if message["type"] == "http.response.start" and message["status"] == 503:
                worded = True
                await self._too_many_sessions()(scope, receive, send)
            elif not worded:
                await send(message)

        return say

    def _too_many_sessions(self) -> Response:
        said = (
            f"This server keeps {self._most_sessions} sessions, and all are open. End one, try again later, or raise "
            "TRADESTAT_HTTP_SESSIONS where it runs."
        )
        return _json(503, error(None, INTERNAL_ERROR, said))


def names(hosts: Sequence[str], origins: Sequence[str]) -> tuple[Names, Names]:
    """The hosts and origins of this machine, and those given; a host that is given without a port has any."""
    all_hosts = [*LOOPBACK, *hosts]
    any_port = [f"{name}:*" for name in all_hosts if not has_port(name)]
    ours = [f"http://{name}{port}" for name in LOOPBACK for port in ("", ":*")]
    return Names.of([*all_hosts, *any_port]), Names.of([*ours, *origins])


def _again(body: bytes, receive: Receive) -> Receive:
    """What was received, to be received once more."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_part() -> Message:
        return first.pop() if first else await receive()

    return next_part


def _text(status: int, said: str) -> Response:
    return Response(said, status_code=status, media_type="text/plain")


def _json(status: int, answer: JSONRPCError) -> Response:
    return Response(written(answer), status_code=status, media_type="application/json")
