"""The one module that knows the HTTP client."""

import logging
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Literal
from urllib.parse import quote, quote_plus

import anyio
import httpx

from tradestat_tools.model.errors import TooLarge
from tradestat_tools.upstream.failures import NotReached, Unanswered
from tradestat_tools.upstream.policy import MAX_BODY, Condenser, Policy
from tradestat_tools.upstream.request import Request, Response

ENCODINGS = "gzip, deflate"
"""What may be asked for: the encodings unpacked here, in bounded steps."""

STEP = 1024 * 1024
"""Bytes that are unpacked at a time."""


class UnreadableBody(ValueError):
    """The body is not what its Content-Encoding says, or ends before its end."""


class Body:
    """Takes a body in pieces; once a fault is set, what follows is ignored.

    Args:
        encoding: the answer's Content-Encoding.
        bound: bytes, unpacked, that the body may have.
        condenser: what the body is given to instead of being kept.
    """

    def __init__(self, encoding: str, bound: int, condenser: Condenser | None = None) -> None:
        self.fault: Literal["too large", "unreadable", ""] = ""
        self._bound = bound
        self._length = 0
        self._data = bytearray()
        self._condenser = condenser
        encoding = encoding.strip().lower()
        # 32 more than the largest window: zlib tells gzip from deflate by itself.
        self._unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32) if encoding in ("gzip", "deflate") else None
        if self._unpack is None and encoding not in ("", "identity"):
            self.fault = "unreadable"

    def feed(self, piece: bytes) -> None:
        """Take the next piece as it came over the wire."""
        if self.fault:
            return
        if self._unpack is None:
            self._keep(piece)
            return
        try:
            # In steps: a small piece may unpack to a thousand times its size.
            while piece and not self.fault:
                self._keep(self._unpack.decompress(piece, STEP))
                piece = self._unpack.unconsumed_tail
        except zlib.error:
            self.fault = "unreadable"

    def _keep(self, piece: bytes) -> None:
        self._length += len(piece)
        if self._condenser is None:
            self._data += piece
        else:
            self._condenser.feed(piece)
        if self._length > self._bound or (self._condenser is not None and self._condenser.held > MAX_BODY):
            self.fault = "too large"

    def finish(self) -> bytes:
        """The whole body, unpacked.

        Raises:
            UnreadableBody: a packed body ended before its end.
        """
        if self._unpack is not None and self._length and not self._unpack.eof:
            raise UnreadableBody
        if self._condenser is None:
            return bytes(self._data)
        body = self._condenser.finish()
        if len(body) > MAX_BODY:
            self.fault = "too large"
        return body


USER_AGENT = "tradestat-mcp"

AsgiApp = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]


def silence_client_loggers() -> None:
    """The HTTP clients log whole addresses at INFO, keys in the query included."""
    for name in ("httpx", "httpcore", "httpx2", "httpcore2", "hpack"):
        logging.getLogger(name).setLevel(logging.WARNING)


class Http:
    """Sends requests and collects whole answers, bounded in time and size.

    Args:
        connect_timeout: seconds to reach the service.
        app: answer from this ASGI application instead of the network (the sandbox in process).
    """

    def __init__(self, *, connect_timeout: float = 10.0, app: AsgiApp | None = None) -> None:
        silence_client_loggers()
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False) if app else None,
            timeout=httpx.Timeout(None, connect=connect_timeout),
            follow_redirects=False,
            headers={"user-agent": USER_AGENT, "accept-encoding": ENCODINGS},
            trust_env=app is None,
        )

    async def send(self, request: Request, policy: Policy, *, within: float) -> Response:
        """Send one request and read the whole answer, whatever its status.

        Raises:
            UpstreamDown: not reached, cut off, or no complete answer within `within` seconds.
            TooLarge: the body passes the policy's bound.
        """
        sent = {**request.headers, **{k: v.get_secret_value() for k, v in request.secret_headers.items()}}
        params = {**request.params, **{k: v.get_secret_value() for k, v in request.secret_params.items()}}
        try:
            with anyio.fail_after(within) as scope:
                async with self._client.stream(
                    request.method, request.url, params=params or None, json=request.body, headers=sent
                ) as answer:
                    condenser = policy.condense() if policy.condense and answer.status_code == 200 else None
                    body = Body(answer.headers.get("content-encoding", ""), policy.max_body, condenser)
                    async for chunk in answer.aiter_raw():
                        body.feed(chunk)
                        if body.fault:
                            # Not `break`: on trio that leaves the client's inner generators unfinished.
                            scope.cancel()
                    whole = b"" if body.fault else body.finish()
                    if not body.fault:
                        headers = _without_keys(answer.headers, request)
                        return Response(answer.status_code, headers, without_secrets(whole, request))
        except TimeoutError:
            raise Unanswered(
                f"{policy.service} gave no complete answer within {within:.3g} s.",
                remedy="Ask for less (fewer periods, products or partners) or try again later.",
                source=policy.source,
                transient=True,
            ) from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise NotReached(
                f"{policy.service} could not be reached ({type(error).__name__}).",
                remedy="Check the network connection, then try again.",
                source=policy.source,
                transient=True,
            ) from None
        except (httpx.HTTPError, UnreadableBody) as error:
            # The client's own words may hold the address and with it the key: only the kind of failure is passed on.
            what = type(error).__name__
        else:
            if body.fault == "too large":
                raise TooLarge(
                    f"{policy.service} sent more than {policy.max_body // (1024 * 1024)} MB.",
                    remedy="Ask for less: a deeper product code, one partner or fewer periods.",
                    source=policy.source,
                )
            what = UnreadableBody.__name__
        raise Unanswered(
            f"The answer of {policy.service} did not arrive whole ({what}).",
            remedy="Try again.",
            source=policy.source,
            transient=True,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _without_keys(headers: httpx.Headers, request: Request) -> dict[str, str]:
    """Headers with names in lower case and without keys, but for cookies: a session is nobody else's business."""
    return {
        name.lower(): without_secrets(value.encode(), request).decode()
        for name, value in headers.items()
        if name.lower() != "set-cookie"
    }


def without_secrets(body: bytes, request: Request) -> bytes:
    """The body with any key of the request blanked out: some services repeat the request in an error."""
    for secret in (*request.secret_params.values(), *request.secret_headers.values()):
        plain = secret.get_secret_value()
        for form in {plain, quote(plain, safe=""), quote_plus(plain)}:
            if form:
                body = body.replace(form.encode(), b"*" * 8)
    return body
