"""What the HTTP clients log is not for everybody."""

import logging

CLIENT_LOGGERS = tuple(
    f"{client}{part}"
    for client in ("httpx", "httpcore", "httpx2", "httpcore2", "hpack")
    for part in ("", ".connection", ".http11", ".http2", ".proxy", ".socks")
)


def _grave(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def silence_client_loggers() -> None:
    """The HTTP clients log whole addresses at INFO and headers at DEBUG, keys included, so nobody can ask for that."""
    for name in CLIENT_LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        logger.addFilter(_grave)  # the level alone may be set again, by who wants to see everything
