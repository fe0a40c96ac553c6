"""A Redis server as the stores use it: short time limits, one kind of failure, no password in any message."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from tradestat_tools.upstream.store import StoreUnavailable

try:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry
except ImportError as missing:
    raise ImportError("A shared store needs the Redis client: pip install 'tradestat-mcp[redis]'.") from missing

TIMEOUT = 2.0
"""Seconds to connect, and to wait for each answer; the address may say otherwise (`?socket_timeout=5`)."""

_Redis: Any = redis.Redis  # its own annotations leave too much out for strict checking

Argument = str | bytes | int | float
"""Floats reach Redis and its scripts with all their digits: the client writes them with `repr`."""

Script = Callable[[Sequence[str], Sequence[Argument]], Any]


class RedisServer:
    """One Redis server. No command is repeated by itself, so that none is done twice.

    Args:
        url: `redis://`, `rediss://` (TLS) or `unix://`, with user name and password where needed.
        text: whether answers are text; bytes else.

    Raises:
        ValueError: the address can not be read.
    """

    def __init__(self, url: str, *, text: bool) -> None:
        try:
            self.place = _place(url)
            self._client = _Redis.from_url(
                url,
                decode_responses=text,
                protocol=2,
                retry=Retry(NoBackoff(), 0),
                socket_connect_timeout=TIMEOUT,
                socket_timeout=TIMEOUT,
            )
        except ValueError:
            # Without the cause, which quotes pieces of the address and with them of the password.
            raise ValueError(
                "The address of Redis can not be read. Its form is redis://[[user]:password@]host[:port][/number]; "
                "write / ? # @ within a password as %2F %3F %23 %40."
            ) from None

    def command(self, *parts: Argument) -> Any:
        """The answer to one command.

        Raises:
            StoreUnavailable: there is none.
        """
        return self._guarded(lambda: self._client.execute_command(*parts))

    def commands(self, many: Sequence[Sequence[Argument]]) -> list[Any]:
        """The answers to several commands, sent together and done as one."""

        def work() -> list[Any]:
            with self._client.pipeline(transaction=True) as pipeline:
                for parts in many:
                    pipeline.execute_command(*parts)
                return pipeline.execute()

        return self._guarded(work)

    def script(self, text: str) -> Script:
        """A Lua script as a function of keys and arguments; the server keeps it, and gets it anew after a restart."""
        registered = self._client.register_script(text)
        return lambda keys, arguments: self._guarded(lambda: registered(keys=keys, args=arguments))

    def scan(self, pattern: str) -> Iterator[Any]:
        """Keys by pattern, some of them perhaps twice."""
        cursor: Any = 0
        while True:
            cursor, keys = self.command("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)
            yield from keys
            if int(cursor) == 0:
                return

    def facts(self) -> dict[str, Any]:
        """What the server says about itself (INFO)."""
        return self.command("INFO")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _guarded(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except redis.RedisError as error:
            reason = _reason(error)
        # Outside of the handler, and without the error's own text: a server may quote what it was sent.
        raise StoreUnavailable(f"Redis at {self.place} can not be used: {reason}.")


def _place(url: str) -> str:
    """The address without user name, password and options."""
    parts = urlsplit(url)
    if "@" in parts.path + parts.query + parts.fragment:
        raise ValueError("a password with unescaped characters")
    if parts.scheme == "unix":
        return f"unix://{parts.path}"
    return f"{parts.scheme}://{parts.hostname or 'localhost'}:{parts.port or 6379}{parts.path.rstrip('/')}"


def _reason(error: redis.RedisError) -> str:
    match error:
        case redis.AuthenticationError():
            return "it wants another user name or password"
        case redis.TimeoutError():
            return "it does not answer in time"
        case redis.ConnectionError():
            return "there is no connection to it"
        case _:
            return f"it refused a command ({type(error).__name__})"
