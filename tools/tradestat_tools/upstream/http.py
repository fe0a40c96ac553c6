"""The one module that knows the HTTP client."""

import zlib
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from functools import partial
from typing import Any, Literal

import anyio
import httpx

from tradestat_tools.codes.words import visible
from tradestat_tools.model.errors import TooLarge
from tradestat_tools.upstream.failures import Unanswered
from tradestat_tools.upstream.loggers import silence_client_loggers
from tradestat_tools.upstream.policy import MAX_BODY, Condenser, Policy
from tradestat_tools.upstream.reach import not_reached
from tradestat_tools.upstream.redaction import blanked, blanked_body
from tradestat_tools.upstream.request import SANDBOX_HEADER, Request, Response
from tradestat_tools.upstream.runtime import in_thread

KEPT = frozenset({"content-type", "retry-after", SANDBOX_HEADER})
"""The headers of every answer that something reads. What a source reads besides is in its policy; the others (cookies,
addresses with keys in them) are nobody's business."""

LARGE = 128 * 1024
"""Bytes above which a body is searched for keys in a worker thread."""

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


class Http:
    """Sends requests and collects whole answers, bounded in time and size.

    Args:
        connect_timeout: seconds to reach the service.
        app: answer from this ASGI application instead of the network (the sandbox in process).

    Raises:
        ValueError: a setting of the environment that the client heeds can not be used; names it.
    """

    def __init__(self, *, connect_timeout: float = 10.0, app: AsgiApp | None = None) -> None:
        silence_client_loggers()
        self._connect_timeout = connect_timeout
        try:
            self._client = _client(connect_timeout, app)
        except OSError:
            raise ValueError("SSL_CERT_FILE or SSL_CERT_DIR: no certificates can be read there") from None
        except (ValueError, httpx.InvalidURL):
            raise ValueError("HTTP_PROXY, HTTPS_PROXY or ALL_PROXY: no address of a proxy that can be used") from None

    async def send(self, request: Request, policy: Policy, *, within: float) -> Response:
        """Send one request and read the whole answer, whatever its status.

        Raises:
            NotReached: no connection came about; says why.
            UpstreamDown: not reached, cut off, or no complete answer within `within` seconds.
            TooLarge: the body passes the policy's bound.
        """
        sent = {**request.headers, **{k: v.get_secret_value() for k, v in request.secret_headers.items()}}
        if request.authorization is not None:
            sent["authorization"] = request.authorization
        params = {**request.params, **{k: v.get_secret_value() for k, v in request.secret_params.items()}}
        answered: tuple[int, httpx.Headers, bytes] | None = None
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
                        answered = answer.status_code, answer.headers, whole
        except TimeoutError:
            raise Unanswered(
                f"{policy.service} gave no complete answer within {within:.3g} s.",
                remedy="Ask for less (fewer periods, products or partners) or try again later.",
                source=policy.source,
                transient=True,
            ) from None
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.ProxyError,
            httpx.InvalidURL,
            httpx.UnsupportedProtocol,
        ) as error:
            raise not_reached(error, request.url, policy, self._connect_timeout) from None
        except (httpx.HTTPError, UnreadableBody) as error:
            # The client's own words may hold the address and with it the key: only the kind of failure is passed on.
            what = type(error).__name__
        else:
            if answered is not None:
                status, headers, whole = answered
                kept = _kept(headers, policy, request.secrets)
                return Response(status, kept, await _without_secrets(whole, request.secrets))
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


def _kept(headers: httpx.Headers, policy: Policy, secrets: Sequence[str]) -> dict[str, str]:
    """The headers that something reads, names in lower case, values without keys and without what can not be seen."""
    wanted = KEPT | policy.headers
    read = {name.lower(): value for name, value in headers.items()}
    return {name: visible(blanked(value, secrets)) for name, value in read.items() if name in wanted}


async def _without_secrets(body: bytes, secrets: Sequence[str]) -> bytes:
    """The body with the keys of the request blanked out: some services repeat the request in an error."""
    if len(body) > LARGE and secrets:
        return await in_thread(partial(blanked_body, body, secrets))
    return blanked_body(body, secrets)


def _client(connect_timeout: float, app: AsgiApp | None) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app, raise_app_exceptions=False) if app else None,
        timeout=httpx.Timeout(None, connect=connect_timeout),
        follow_redirects=False,
        headers={"user-agent": USER_AGENT, "accept-encoding": ENCODINGS},
        trust_env=app is None,
    )
