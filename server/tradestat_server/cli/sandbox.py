"""The stand-in services as a server of their own."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import uvicorn

from tradestat_sandbox import DEFAULT_TODAY, Sandbox, environment
from tradestat_server.listening import address, listen


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
    server = uvicorn.Server(uvicorn.Config(sandbox.app, log_level="warning", access_log=False))
    with listen(host, port) as listener:
        url = address(host, listener)
        announce(f"# Stand-in services on {url}, {sandbox.world.today:%Y-%m-%d}. Synthetic figures, not statistics.")
        announce("# To point a server at them, set these, or put them into its .env file:")
        for name, value in environment(url).items():
            announce(f"{name}={value}")
        with suppress(KeyboardInterrupt):  # the usual way to stop it
            server.run(sockets=[listener])
