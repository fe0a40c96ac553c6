"""Running the server: over stdio, Streamable HTTP, or SSE for older clients.

With stdio, stdout belongs to the protocol. Whatever the transport, logs go to stderr. What one transport needs and the
other does not is imported in functions, and so is what the first call needs: a client waits for the start.
"""

import ipaddress
import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Literal

import anyio

from tradestat_server.leaving import run_until_told
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.door import Door, Standing, imported
from tradestat_tools.upstream.loggers import silence_client_loggers
from tradestat_tools.upstream.redaction import blanked, is_short

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from mcp.server.mcpserver import MCPServer
    from starlette.types import ASGIApp

    from tradestat_server.mcp.admission import Names
    from tradestat_server.mcp.web import Server
    from tradestat_tools.catalogue import Catalogue
    from tradestat_tools.contract.context import Context
    from tradestat_tools.model.settings import Settings

Transport = Literal["stdio", "streamable-http", "sse"]
Opened = Callable[[], "AbstractAsyncContextManager[Context]"]

PATHS: dict[Transport, str] = {"streamable-http": "/mcp", "sse": "/sse"}

TRIED_IN_USE = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables that the HTTP client reads when it is made."""


class UnsafeBinding(ValueError):
    """Listening beyond this machine without saying which names the server goes by."""


def run(
    transport: Transport,
    settings: "Settings",
    *,
    offered: "Catalogue | None" = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    allowed_hosts: Sequence[str] = (),
    allowed_origins: Sequence[str] = (),
) -> None:
    """Serve until the client goes (stdio) or the process is told to stop; what is paid for is finished first.

    Args:
        transport: stdio, streamable-http (at `/mcp`) or sse (at `/sse` and `/messages/`).
        settings: keys, addresses, stores.
        offered: the sources and tools; all of them if left out.
        host: address to listen on; one beyond this machine needs `allowed_hosts`.
        port: 0 takes a free one; the address is written to stderr.
        allowed_hosts: Host headers to accept besides loopback's; without a port, any port.
        allowed_origins: Origin headers to accept besides loopback's.

    Raises:
        UnsafeBinding: `host` is not loopback and no `allowed_hosts` are given.
        OSError: the address can not be listened on.
    """
    log_to_stderr(settings)
    if transport == "stdio":
        serve = partial(_serve_stdio, settings, offered)
    else:
        opened = partial(_open_context, settings, offered)
        hosts, origins = let_in(host, allowed_hosts, allowed_origins)
        serve = partial(_serve_http, opened, transport, host=host, port=port, hosts=hosts, origins=origins)
    run_until_told(serve)
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    if transport == "stdio" and any(not thread.daemon for thread in others):
        # One that waits for stdin or stdout can not be interrupted. All else is stored and closed by now.
        sys.stderr.flush()
        os._exit(0)


class _WithoutKeys(logging.Formatter):
    """Writes what is logged, by whomever, without the keys of the settings, in tracebacks too."""

    def __init__(self, settings: "Settings") -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._secrets = [secret for secret in settings.secrets if not is_short(secret)]

    def format(self, record: logging.LogRecord) -> str:
        return blanked(super().format(record), self._secrets)


def log_to_stderr(settings: "Settings") -> None:
    """Warnings and what is graver go to stderr, without keys."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_WithoutKeys(settings))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    silence_client_loggers()


def let_in(host: str, allowed_hosts: Sequence[str] = (), allowed_origins: Sequence[str] = ()) -> "tuple[Names, Names]":
    """Which Host and Origin headers are accepted: those of this machine, and those given.

    Raises:
        UnsafeBinding: `host` is not loopback and no `allowed_hosts` are given, or one of them is a wildcard.
    """
    if not allowed_hosts and not is_loopback(host):
        raise UnsafeBinding(
            f"Listening on {host} lets other machines in. Say which Host headers to accept, for example "
            "--allowed-host stats.example.org, or listen on 127.0.0.1."
        )
    if any("*" in allowed for allowed in allowed_hosts):
        raise UnsafeBinding("A wildcard would accept every Host header. Name the hosts.")
    from tradestat_server.mcp.admission import names

    return names(allowed_hosts, allowed_origins)


def is_loopback(host: str) -> bool:
    """Whether listening on `host` reaches this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def http_app(
    server: "MCPServer[Door]",
    transport: Literal["streamable-http", "sse"],
    hosts: "Names",
    origins: "Names",
    settings: "Settings",
) -> "ASGIApp":
    """The web application that serves `server`."""
    from mcp.server.transport_security import TransportSecuritySettings

    from tradestat_server.mcp.admission import Admission

    path = PATHS[transport]
    # Checked by ours already, which stands before it.
    unchecked = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    most_bytes = settings.http_body_mb * 1024 * 1024
    if transport == "sse":
        app = server.sse_app(
            sse_path=path,
            message_path="/messages/",
            max_request_body_size=most_bytes,
            transport_security=unchecked,
        )
        return Admission(app, hosts, origins, settings, streams=path)
    app = server.streamable_http_app(
        streamable_http_path=path,
        max_request_body_size=most_bytes,
        session_idle_timeout=settings.http_session_idle,
        max_sessions=settings.http_sessions,
        transport_security=unchecked,
    )
    return Admission(app, hosts, origins, settings)


async def _serve_stdio(settings: "Settings", offered: "Catalogue | None") -> None:
    from tradestat_tools.catalogue import catalogue

    opened = partial(_open_context, settings, offered)
    if _may_be_wrong(settings):
        async with opened() as context:
            await create_server(context).run_stdio_async()
        return
    door = Door(settings, offered or catalogue(), opened)
    async with anyio.create_task_group() as holding:
        holding.start_soon(door.hold)
        try:
            async with anyio.create_task_group() as loading:
                loading.start_soon(door.load)
                await create_server(door).run_stdio_async()
                loading.cancel_scope.cancel()
        finally:
            door.close()


def _may_be_wrong(settings: "Settings") -> bool:
    """Whether a setting is given that only shows to be wrong when it is used: that is to be said at the start."""
    names = (name for known in TRIED_IN_USE for name in (known, known.lower()))
    given = settings.redis_url is not None or any(os.environ.get(name) for name in names)
    return given and not settings.sandbox  # where neither is used


@asynccontextmanager
async def _open_context(settings: "Settings", offered: "Catalogue | None") -> "AsyncGenerator[Context]":
    """What tools work with; what that needs is loaded in a worker thread, since it takes a while."""
    await imported("tradestat_server.mcp.context")
    from tradestat_server.mcp.context import open_context

    async with open_context(settings, offered=offered) as context:
        yield context


async def _serve_http(
    opened: Opened,
    transport: Literal["streamable-http", "sse"],
    *,
    host: str,
    port: int,
    hosts: "Names",
    origins: "Names",
) -> None:
    from tradestat_server.listening import address, listen
    from tradestat_server.mcp.web import Config, Server

    # Opened out here, once: the SDK runs a server's lifespan for every SSE connection.
    async with opened() as context:
        door = Standing(context)
        door.shown.set()  # nobody waits for the list: the rest is loaded as soon as it listens
        app = http_app(create_server(door), transport, hosts, origins, context.settings)
        server = Server(Config(app, context.settings))
        with listen(host, port) as listener:
            sys.stderr.write(f"Tradestat listens on {address(host, listener)}{PATHS[transport]}\n")
            sys.stderr.flush()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_when_told, context, server)
                tasks.start_soon(door.load)
                with anyio.CancelScope(shield=True):  # answers go on being sent until what is paid for is finished
                    await server.serve(sockets=[listener])
                tasks.cancel_scope.cancel()


async def _when_told(context: "Context", server: "Server") -> None:
    try:
        await anyio.sleep_forever()
    finally:
        with anyio.CancelScope(shield=True):
            await context.upstream.finish()
        server.should_exit = True
