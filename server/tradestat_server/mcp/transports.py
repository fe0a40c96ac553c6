"""Running the server: over stdio, Streamable HTTP, or SSE for older clients.

With stdio, stdout belongs to the protocol. Whatever the transport, logs go to stderr.
"""

import ipaddress
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from typing import Literal

import anyio
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette

from tradestat_server.listening import address, listen
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import open_context
from tradestat_tools.catalogue import Catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.settings import Settings
from tradestat_tools.upstream.http import silence_client_loggers
from tradestat_tools.upstream.redaction import blanked, is_short

Transport = Literal["stdio", "streamable-http", "sse"]
Opened = Callable[[], AbstractAsyncContextManager[Context]]

PATHS: dict[Transport, str] = {"streamable-http": "/mcp", "sse": "/sse"}
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
SHUTDOWN_SECONDS = 3
"""How long open streams may take to end when the server is stopped."""


class UnsafeBinding(ValueError):
    """Listening beyond this machine without saying which names the server goes by."""


def run(
    transport: Transport,
    settings: Settings,
    *,
    offered: Catalogue | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    allowed_hosts: Sequence[str] = (),
    allowed_origins: Sequence[str] = (),
) -> None:
    """Serve until the client goes (stdio) or the process is stopped.

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
    opened = partial(open_context, settings, offered=offered)
    if transport == "stdio":
        serve = partial(_serve_stdio, opened)
    else:
        security = transport_security(host, allowed_hosts, allowed_origins)
        serve = partial(_serve_http, opened, transport, host=host, port=port, security=security)
    with suppress(KeyboardInterrupt):
        anyio.run(serve)


class _WithoutKeys(logging.Formatter):
    """Writes what is logged, by whomever, without the keys of the settings, in tracebacks too."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._secrets = [secret for secret in settings.secrets if not is_short(secret)]

    def format(self, record: logging.LogRecord) -> str:
        return blanked(super().format(record), self._secrets)


def log_to_stderr(settings: Settings) -> None:
    """Warnings and what is graver go to stderr, without keys."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_WithoutKeys(settings))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    silence_client_loggers()


def transport_security(
    host: str, allowed_hosts: Sequence[str] = (), allowed_origins: Sequence[str] = ()
) -> TransportSecuritySettings:
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
    hosts = [*LOOPBACK, *allowed_hosts]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[*hosts, *(f"{name}:*" for name in hosts if not _has_port(name))],
        allowed_origins=[*(f"http://{name}{port}" for name in LOOPBACK for port in ("", ":*")), *allowed_origins],
    )


def is_loopback(host: str) -> bool:
    """Whether listening on `host` reaches this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def http_app(
    server: MCPServer[Context], transport: Literal["streamable-http", "sse"], security: TransportSecuritySettings
) -> Starlette:
    """The web application that serves `server`."""
    if transport == "sse":
        return server.sse_app(sse_path=PATHS["sse"], message_path="/messages/", transport_security=security)
    return server.streamable_http_app(streamable_http_path=PATHS["streamable-http"], transport_security=security)


async def _serve_stdio(opened: Opened) -> None:
    async with opened() as context:
        await create_server(context).run_stdio_async()


async def _serve_http(
    opened: Opened,
    transport: Literal["streamable-http", "sse"],
    *,
    host: str,
    port: int,
    security: TransportSecuritySettings,
) -> None:
    import uvicorn  # noqa: PLC0415 - stdio, the default, does not need it

    # Opened out here, once: the SDK runs a server's lifespan for every SSE connection.
    async with opened() as context:
        app = http_app(create_server(context), transport, security)
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=SHUTDOWN_SECONDS)
        with listen(host, port) as listener:
            sys.stderr.write(f"Tradestat listens on {address(host, listener)}{PATHS[transport]}\n")
            sys.stderr.flush()
            await uvicorn.Server(config).serve(sockets=[listener])


def _has_port(name: str) -> bool:
    return name.rpartition(":")[2].isdigit() and not name.endswith("]")
