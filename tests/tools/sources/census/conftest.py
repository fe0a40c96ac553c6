"""A stand-in for the service that answers as a test says and keeps what was sent."""

import json
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer
from tradestat_tools.open import in_memory
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.runtime import Clock

Message = MutableMapping[str, Any]
KEY = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
RECORDINGS = Path(__file__).resolve().parents[5] / "shared" / "recordings" / "census"


@dataclass
class Census:
    """Answers with the queued replies, one after the other; the last one again and again."""

    now: datetime = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    key: str | None = KEY
    sent: list[tuple[str, dict[str, str]]] = field(default_factory=list[tuple[str, dict[str, str]]])
    replies: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list[tuple[int, dict[str, str], bytes]])

    def says(self, body: str | bytes = b"", status: int = 200, **headers: str) -> None:
        """Queue a reply as it goes over the wire."""
        raw = body.encode("utf-8") if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.append((status, {"content-type": "application/json;charset=utf-8", **named}, raw))

    def gives(self, head: str, *rows: Sequence[object]) -> None:
        """Queue rows under a header of names with blanks between them."""
        self.says(json.dumps([head.split(), *([str(cell) for cell in row] for row in rows)]))

    async def call(self, tool: str, **arguments: Any) -> Answer[Any]:
        """Call a tool as the server does, through the real HTTP client."""
        http = Http(app=self.app)
        try:
            async with self.context(http) as context:
                return await context.call(tool, arguments)
        finally:
            await http.aclose()

    def context(self, http: Http) -> AbstractAsyncContextManager[Context]:
        """What a tool works with."""
        key = SecretStr(self.key) if self.key is not None else None
        changed = {"census_api_key": key, "census_url": "http://census.test/"}
        settings = catalogue().settings(_env_file=None).model_copy(update=changed)
        clock = Clock(lambda: self.now.timestamp())
        return in_memory(http, settings, lambda: self.now, clock=clock, most_attempts=1)

    async def app(self, scope: Message, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """The service as an ASGI application."""
        assert scope["type"] == "http"
        query = parse_qs(bytes(scope["query_string"]).decode("ascii"))
        self.sent.append((scope["path"], {name: values[0] for name, values in query.items()}))
        status, headers, body = self.replies[0] if len(self.replies) == 1 else self.replies.pop(0)
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def census() -> Census:
    """The service; 20 November 2026, with a key: September is the newest month."""
    return Census()


@pytest.fixture(scope="session")
def recorded() -> Callable[[str], str]:
    """A recorded text, by its file's name."""

    def read(name: str) -> str:
        if not (RECORDINGS / name).is_file():
            pytest.skip("no recordings at hand")
        return (RECORDINGS / name).read_text(encoding="utf-8")

    return read
