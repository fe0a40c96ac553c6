"""A stand-in for doumaotong.com that answers what a test tells it to, and payloads of both documented forms.

The payloads were written by hand after the service's documentation; the sandbox has no part in them.
"""

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tradestat_sandbox import Sandbox
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer, Data, NoteCode
from tradestat_tools.open import in_memory
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.runtime import Clock

NOW = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)

HERE = Path(__file__).parent

Reply = tuple[int, bytes, dict[str, str]]


class FakeService:
    """Answers each path with what was set for it, and keeps what was asked."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply]] = {}
        self.sent: list[tuple[str, dict[str, str]]] = []

    def says(self, name: str, data: Any, *, code: int = 0, msg: str = "ok") -> None:
        """The next answer of an endpoint: `data` in the envelope. The last one set is repeated."""
        body = {"code": code, "msg": msg, "data": data}
        self.raw(name, json.dumps(body, ensure_ascii=False).encode())

    def raw(
        self,
        name: str,
        body: bytes,
        status: int = 200,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """The next answer of an endpoint, byte by byte."""
        reply = (status, body, {"content-type": content_type, **(headers or {})})
        self.replies.setdefault(f"/skill/{name}", []).append(reply)

    async def ask(self, tool: str, **arguments: Any) -> Answer[Any]:
        """Call a tool by its name."""
        settings = catalogue().settings(doumaotong_url="https://doumaotong.example", _env_file=None)
        http = Http(app=self._app)
        clock = Clock(NOW.timestamp)
        async with in_memory(http, settings, lambda: NOW, clock=clock, most_attempts=1) as context:
            answer = await context.call(tool, arguments)
        await http.aclose()
        return answer

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        path = scope["path"]
        self.sent.append((path, dict(parse_qsl(scope["query_string"].decode()))))
        waiting = self.replies.get(path)
        status, body, headers = waiting[0] if waiting else (404, b"", {})
        if waiting and len(waiting) > 1:
            waiting.pop(0)
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def service() -> FakeService:
    """The stand-in, with nothing to say yet."""
    return FakeService()


@pytest.fixture(scope="session")
def built() -> Sandbox:
    """One world for all tests of this folder; building it takes a second."""
    return Sandbox()


@pytest.fixture
def sandbox(built: Sandbox) -> Sandbox:
    """The same, in its first state."""
    built.reset()
    return built


@pytest.fixture
async def context(sandbox: Sandbox) -> AsyncGenerator[Context]:
    """Everything open, with the stand-in as the service."""

    def now() -> datetime:
        return datetime(sandbox.today.year, sandbox.today.month, sandbox.today.day, tzinfo=UTC)

    http = Http(app=sandbox.app)
    settings = catalogue().settings(doumaotong_url="http://sandbox.example", _env_file=None)
    async with in_memory(http, settings, now, most_attempts=1) as opened:
        yield opened
    await http.aclose()


def _payloads(name: str) -> dict[str, Any]:
    return json.loads((HERE / "documented" / name).read_text(encoding="utf-8"))


@pytest.fixture
def current() -> dict[str, Any]:
    """`data` by endpoint in the current documented form."""
    return _payloads("current.json")


@pytest.fixture
def older() -> dict[str, Any]:
    """`data` by endpoint in the older documented form."""
    return _payloads("older.json")


@pytest.fixture
def forms(current: dict[str, Any], older: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Both, by the form's name."""
    return {"current": current, "older": older}


@pytest.fixture
def documented() -> dict[str, dict[str, list[str]]]:
    """The members that the documentation names, by form and endpoint."""
    return _payloads("members.json")


@pytest.fixture
def note() -> Callable[[Answer[Data], NoteCode], str]:
    """The texts of an answer's notes of one kind, joined; empty if there is none."""

    def texts(answer: Answer[Data], code: NoteCode) -> str:
        return " | ".join(n.text for n in answer.notes if n.code == code)

    return texts
