"""The stand-in services as a server of their own."""

import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import date

import uvicorn

from tradestat_sandbox import DEFAULT_TODAY, Sandbox, environment


def serve_sandbox(host: str, port: int, today: date | None, *, announce: Callable[[str], object]) -> None:
    """Serve until interrupted.

    Args:
        host: address to listen on.
        port: 0 takes a free one.
        today: where the synthetic world's clock stands.
        announce: takes each line of what to set, in the form of a `.env` file, once the port is held.

    Raises:
        OSError: the address can not be listened on.
        ValueError: the synthetic world has not begun by that day.
    """
    sandbox = Sandbox(today=today or DEFAULT_TODAY)
    today = sandbox.world.today
    server = uvicorn.Server(uvicorn.Config(sandbox.app, log_level="warning", access_log=False))
    with listening(host, port) as listener:
        address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        announce(f"# Stand-in services on {address}, {today:%Y-%m-%d}. Synthetic figures, not statistics.")
        announce("# To point a server at them, set these, or put them into its .env file:")
        for line in environment_lines(address):
            announce(line)
        with suppress(KeyboardInterrupt):  # the usual way to stop it
            server.run(sockets=[listener])


def environment_lines(address: str) -> list[str]:
    """The settings that point a server at the stand-in services, one `NAME=value` a line."""
    return [f"{name}={value}" for name, value in environment(address).items()]


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there, so that a taken port is known before anything is announced."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=128)
