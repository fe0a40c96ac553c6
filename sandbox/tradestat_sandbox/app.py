"""The ASGI application: the services, the control paths, and the faults that stand before them."""

import json
from collections import Counter
from collections.abc import Iterable, MutableMapping
from dataclasses import asdict
from importlib import import_module
from typing import Any, cast
from urllib.parse import parse_qsl

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tradestat_sandbox import services
from tradestat_sandbox.faults import Fault, split, take
from tradestat_sandbox.report import describe_truth
from tradestat_sandbox.services import STAND_INS
from tradestat_sandbox.services.trademap.app import charge
from tradestat_sandbox.serving import in_thread
from tradestat_sandbox.settings import Call
from tradestat_sandbox.state import State

LABEL = (b"x-tradestat-sandbox", b"1")
_SECRETS = frozenset({"key", "servicekey", "subscription-key", "x-api-key", "api_key", "apikey"})


def build_app(sandbox: State) -> ASGIApp:
    """The application of a sandbox."""
    serving = [import_module(f"{services.__name__}.{id_}.app").routes(sandbox) for id_ in STAND_INS]
    inner = Starlette(routes=[*(route for routes in serving for route in routes), *_control_routes(sandbox)])
    return _Front(sandbox, inner)


def _control_routes(sandbox: State) -> list[Route]:
    """Routes to look at and steer a running sandbox."""

    async def state(_: Request) -> JSONResponse:
        return JSONResponse(
            {
                "today": sandbox.today.isoformat(),
                "settings": asdict(sandbox.settings),
                "faults": len(sandbox.faults),
                "credits_charged": sandbox.credits_charged,
                "calls": Counter(f"{call.source}/{call.endpoint}" for call in sandbox.calls),
            }
        )

    async def calls(_: Request) -> JSONResponse:
        return JSONResponse([asdict(call) for call in sandbox.calls])

    async def truth(request: Request) -> JSONResponse:
        query = request.query_params
        try:
            flow = [query[name] for name in ("exporter", "importer", "product", "period")]
        except KeyError as missing:
            return JSONResponse({"error": f"parameter {missing} is missing"}, 400)
        try:
            return JSONResponse(await in_thread(lambda: describe_truth(sandbox.world, *flow)))
        except (KeyError, ValueError) as problem:
            return JSONResponse({"error": str(problem.args[0])}, 404)

    async def faults(request: Request) -> JSONResponse:
        try:
            sandbox.fail(**await request.json())
        except (TypeError, ValueError) as problem:
            return JSONResponse({"error": str(problem)}, 400)
        return JSONResponse({"faults": len(sandbox.faults)})

    async def settings(request: Request) -> JSONResponse:
        try:
            sandbox.configure(**await request.json())
        except (TypeError, ValueError) as problem:
            return JSONResponse({"error": str(problem)}, 400)
        return await state(request)

    async def reset(request: Request) -> JSONResponse:
        sandbox.reset()
        return await state(request)

    return [
        Route("/_sandbox/", state),
        Route("/_sandbox/calls", calls),
        Route("/_sandbox/truth", truth),
        Route("/_sandbox/faults", faults, methods=["POST"]),
        Route("/_sandbox/settings", settings, methods=["POST"]),
        Route("/_sandbox/reset", reset, methods=["POST"]),
    ]


def source_of(path: str) -> tuple[str, str] | None:
    """(source, endpoint) of a service's path, None for anything else."""
    named = ((one.id, one.endpoint_of(path)) for one in STAND_INS.values())
    return next(((id_, endpoint) for id_, endpoint in named if endpoint is not None), None)


class _Front:
    """Logs each call, labels each response, and delivers scripted faults."""

    def __init__(self, sandbox: State, inner: ASGIApp) -> None:
        self._sandbox = sandbox
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = source_of(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._inner(scope, receive, _labelled(send))
            return
        source, endpoint = found
        body = await _read(receive) if scope["method"] == "POST" else b""
        self._sandbox.calls.append(Call(source, endpoint, scope["method"], _parameters(scope, body)))
        replay = _replaying(body, receive)
        fault = take(self._sandbox.faults, source, endpoint)
        if fault is None:
            await self._inner(scope, replay, _labelled(send))
            return
        await self._deliver(fault, source, scope, replay, _labelled(send))

    async def _deliver(self, fault: Fault, source: str, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.delay:
            await anyio.sleep(fault.delay)
        if fault.kind == "reset":
            raise ConnectionResetError("scripted: connection reset before the response")
        pieces: Iterable[bytes]
        if fault.keeps_answer:
            status, headers, body = await _captured(self._inner, scope, receive)
            if fault.kind == "truncated":
                body = body[: len(body) // 2]
                headers["content-length"] = str(len(body))
            pieces = split(body)
            cut_after = len(body) // 2 if fault.kind == "cut" and fault.cut_after is None else fault.cut_after
        else:
            status, headers, pieces = fault.replacement(source)
            cut_after = fault.cut_after
            if source == "trademap":
                headers |= charge(self._sandbox, status, "", fault.credits_charged)
        headers |= {name.lower(): value for name, value in fault.headers.items()}
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        sent = 0
        for piece in pieces:
            if fault.dribble:
                await anyio.sleep(fault.dribble)
            if cut_after is not None and sent + len(piece) >= cut_after:
                await send({"type": "http.response.body", "body": piece[: cut_after - sent], "more_body": True})
                raise ConnectionResetError("scripted: connection cut in the middle of the body")
            sent += len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _labelled(send: Send) -> Send:
    async def labelled(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), LABEL]
        await send(message)

    return labelled


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _replaying(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}] if body else []

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


async def _captured(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[int, dict[str, str], bytes]:
    status, headers, body = 500, dict[str, str](), b""

    async def capture(message: MutableMapping[str, Any]) -> None:
        nonlocal status, headers, body
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
        else:
            body += message.get("body", b"")

    await app(scope, receive, capture)
    return status, headers, body


def _parameters(scope: Scope, body: bytes) -> dict[str, str]:
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if body:
        try:
            posted: object = json.loads(body)
        except ValueError:
            posted = None
        if isinstance(posted, dict):
            pairs += [(str(name), str(value)) for name, value in cast("dict[str, object]", posted).items()]
    return {name: value for name, value in pairs if name.lower() not in _SECRETS}
