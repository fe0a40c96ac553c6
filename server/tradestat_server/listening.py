"""Listening on a port, for the server and for the stand-in services."""

import socket


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there, so that a taken port is known before anything is announced; port 0 takes a free one.

    Raises:
        OSError: the address can not be listened on.
    """
    host = host.strip("[]")
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def address(host: str, listener: socket.socket) -> str:
    """Where it is reached."""
    name = f"[{host.strip('[]')}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}"
