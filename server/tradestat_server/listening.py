"""Listening on a port, for the server and for the stand-in services."""

import os
import socket


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there, so that a taken port is known before anything is announced; port 0 takes a free one.

    Raises:
        OSError: the address can not be listened on.
    """
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named: only then does asyncio switch off Nagle's delay, which cost 44 ms a call (November 2026).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let others take the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


def address(host: str, listener: socket.socket) -> str:
    """Where it is reached."""
    name = f"[{host.strip('[]')}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}"
