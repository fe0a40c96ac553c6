"""A stand-in for the service that answers as a test says and keeps what was sent, byte for byte."""

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import NoData
from tradestat_tools.open import in_memory
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.runtime import Clock

Message = MutableMapping[str, Any]
DECODED = "aB+cD/eF0123456789ghIJklMNopQRstUVwxYZaB+cD/eF0123456789ghIJklMNopQRstUVwxYZaBcDeFgHiQ=="


@dataclass
class Sent:
    """One request as it arrived."""

    path: str
    query: bytes

    @property
    def params(self) -> dict[str, str]:
        """The query, decoded once, as the service decodes it."""
        return {name: values[0] for name, values in parse_qs(self.query.decode("ascii")).items()}


@dataclass
class Customs:
    """Answers with the queued replies, one after the other; the last one again and again."""

    now: datetime = datetime(2026, 10, 20, 3, 0, tzinfo=UTC)
    key: str | None = DECODED
    sent: list[Sent] = field(default_factory=list[Sent])
    replies: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list[tuple[int, dict[str, str], bytes]])

    def says(self, body: str | bytes, status: int = 200, **headers: str) -> None:
        """Queue a reply as it goes over the wire."""
        raw = body.encode("utf-8") if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.append((status, {"content-type": "application/xml;charset=UTF-8", **named}, raw))

    def gives(self, *items: str, **headers: str) -> None:
        """Queue a normal answer made of these items."""
        self.says(self.xml(*items), 200, **headers)

    @staticmethod
    def xml(*items: str) -> str:
        """A normal answer."""
        within = f"<items>{''.join(items)}</items>" if items else "<items/>"
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><response><header><resultCode>00</resultCode>'
            f"<resultMsg>정상서비스.</resultMsg></header><body>{within}</body></response>"
        )

    @staticmethod
    def item(**fields: object) -> str:
        """One row; the balance is worked out where it is not given."""
        if "balPayments" not in fields:
            fields["balPayments"] = int(str(fields["expDlr"])) - int(str(fields["impDlr"]))
        return "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items()) + "</item>"

    def traded(self, year: str, hs: str, country: str, exports: int, imports: int, /, **more: object) -> str:
        """A row of getNitemtradeList; weights are a tenth of the values."""
        fields: dict[str, object] = {
            "year": year,
            "statCdCntnKor1": f"{country} 이름",
            "statCd": country,
            "statKor": f"{hs} 품목",
            "hsCd": hs,
            "expWgt": exports // 10,
            "expDlr": exports,
            "impWgt": imports // 10,
            "impDlr": imports,
        }
        return self.item(**{**fields, **more})

    def total(self, exports: int, imports: int, **more: object) -> str:
        """The total row of getNitemtradeList."""
        row = {"statCdCntnKor1": "-", "statKor": "-", "expWgt": exports // 10, "impWgt": imports // 10, **more}
        return self.traded("총계", "-", "-", exports, imports, **row)

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
        settings = (
            catalogue()
            .settings()
            .model_copy(
                update={
                    "data_go_kr_service_key": SecretStr(self.key) if self.key is not None else None,
                    "korea_url": "http://customs.test/",
                }
            )
        )
        clock = Clock(lambda: self.now.timestamp())
        return in_memory(http, settings, lambda: self.now, clock=clock, most_attempts=1)

    async def app(self, scope: Message, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """The service as an ASGI application."""
        assert scope["type"] == "http"
        self.sent.append(Sent(scope["path"], bytes(scope["query_string"])))
        status, headers, body = self.replies[0] if len(self.replies) == 1 else self.replies.pop(0)
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def customs() -> Customs:
    """The service; 20 October 2026, noon in Seoul, with a key."""
    return Customs()


@pytest.fixture
def stored(customs: Customs) -> Callable[..., Awaitable[NoData]]:
    """What getNitemtradeList says of a second question that has no rows, with the answer to the first one stored."""

    async def ask_both(first: dict[str, str], second: dict[str, str]) -> NoData:
        http = Http(app=customs.app)
        try:
            async with customs.context(http) as context:
                await context.call("getNitemtradeList", first)
                with pytest.raises(NoData) as caught:
                    await context.call("getNitemtradeList", second)
        finally:
            await http.aclose()
        return caught.value

    return ask_both
