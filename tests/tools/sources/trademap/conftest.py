"""A stand-in for parse.bot that answers as a test says and keeps what was sent."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import anyio
import pytest
from pydantic import SecretStr

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Check
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.open import in_memory
from tradestat_tools.sources.trademap import SOURCE
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.runtime import Clock

Message = MutableMapping[str, Any]
KEY = "test-key-4f1c9a77"


@dataclass
class Sent:
    """One request as it arrived."""

    method: str
    path: str
    params: dict[str, str]
    body: Any
    headers: dict[str, str]

    @property
    def endpoint(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class ParseBot:
    """Answers each call with the queued replies, the last one again and again; the catalogue is apart."""

    key: str | None = KEY
    now: datetime = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
    timeout: float = 20.0
    hangs: bool = False
    sent: list[Sent] = field(default_factory=list[Sent])
    catalogue_sent: list[Sent] = field(default_factory=list[Sent])
    replies: list[Reply] = field(default_factory=list[Reply])
    last: Reply | None = None
    catalogue: Reply = field(default_factory=lambda: Reply(404, {}, b'{"detail": "Not found"}'))

    def says(self, body: Any, status: int = 200, **headers: str) -> None:
        """Queue a reply: bytes and text as they are, anything else as JSON."""
        self.replies.append(_reply(body, status, headers))

    def gives(self, data: Any) -> None:
        """Queue a success in the envelope."""
        self.says({"status": "success", "data": data})

    def describes(self, body: Any, status: int = 200) -> None:
        """What the catalogue entry says from now on."""
        self.catalogue = _reply(body, status, {})

    def describes_endpoints(self, **tools: dict[str, Any]) -> None:
        """A catalogue entry with these endpoints."""
        entries = [{"endpoint_name": name, "method": "GET", "price": 1} | about for name, about in tools.items()]
        self.describes({"status": "success", "data": {"id": "x", "name": "Trade Map", "endpoints": entries}})

    @asynccontextmanager
    async def context(self) -> AsyncGenerator[Context]:
        """What the endpoints work with; the real HTTP client is in between."""
        http = Http(app=self._app)
        settings = (
            catalogue()
            .settings()
            .model_copy(
                update={
                    "parse_api_key": SecretStr(self.key) if self.key else None,
                    "trademap_url": "http://parse.test/",
                    "trademap_scraper_id": "scraper-1",
                    "trademap_catalogue_id": "entry-1",
                    "trademap_timeout": self.timeout,
                }
            )
        )
        try:
            clock = Clock(lambda: self.now.timestamp())
            async with in_memory(http, settings, lambda: self.now, clock=clock, most_attempts=1) as context:
                yield context
        finally:
            await http.aclose()

    tools = SOURCE.tools

    async def call(self, tool: str, **arguments: Any) -> Answer[Any]:
        """Call a tool as the server does."""
        async with self.context() as context:
            return await context.call(tool, arguments)

    async def beef(self, **arguments: Any) -> Answer[Any]:
        """Imports of frozen boneless beef by the United Arab Emirates in 2024."""
        usual = {"country": "784", "product": "020230", "trade_flow": "I", "period_from": 2024, "period_to": 2024}
        return await self.call("goods_time_series", **(usual | arguments))

    async def checks(self) -> list[Check]:
        """What `doctor` finds."""
        async with self.context() as context:
            return [check async for check in SOURCE.checks(context)]

    async def _app(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        body = await _whole(receive)
        sent = Sent(
            method=scope["method"],
            path=scope["path"],
            params=dict(parse_qsl(scope["query_string"].decode("ascii"), keep_blank_values=True)),
            body=json.loads(body) if body else None,
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        )
        if "/marketplace/" in sent.path:
            self.catalogue_sent.append(sent)
            reply = self.catalogue
        else:
            self.sent.append(sent)
            if self.hangs:
                await anyio.sleep_forever()
            if self.replies:
                self.last = self.replies.pop(0)
            assert self.last is not None, "the test queued no reply"
            reply = self.last
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})


async def _whole(receive: Callable[[], Awaitable[Message]]) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _reply(body: Any, status: int, headers: dict[str, str]) -> Reply:
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode("utf-8")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"content-type": "application/json", **named}, raw)


class Payloads:
    """Payloads in the service's form, with figures that it really gave."""

    @staticmethod
    def record(
        reporter: str, partner: str, product: str, values: dict[int, float | None], **more: Any
    ) -> dict[str, Any]:
        """One record of a series, with all the members that were seen."""
        return {
            "reporterCd": reporter,
            "partnerCd": partner,
            "productCd": product,
            "reporterLabel": None,
            "partnerLabel": None,
            "productLabel": None,
            "canNavigateProductBelow": False,
            "canNavigateCountry": False,
            "data": [{"period": year, "value": value, "unit": None, "flag": None} for year, value in values.items()],
            **more,
        }

    @staticmethod
    def table(
        records: list[dict[str, Any]],
        aggregates: list[dict[str, Any]],
        *,
        total: int | None = None,
        page: int = 1,
        pages: int = 1,
        per_page: int = 25,
        **more: Any,
    ) -> dict[str, Any]:
        """One page of a table."""
        return {
            "nbRecords": len(records) if total is None else total,
            "page": page,
            "nbRecordPerPage": per_page,
            "nbPages": pages,
            "records": records,
            "aggregateRecords": aggregates,
            "sources": [
                {
                    "id": 31,
                    "countryCd": "784",
                    "label": None,
                    "labelEn": "Federal Competitiveness and Statistics Centre",
                    "url": "https://fcsc.gov.ae",
                    "startingDate": "2017",
                }
            ],
            **more,
        }

    @classmethod
    def beef_partners(cls) -> list[dict[str, Any]]:
        """Partners of the Emirates' imports of 020230 in 2024: the three largest as seen; 24 more that make up the sum.

        The partners add up to 713,750, the service's own total is 713,748 (seen September 2026).
        """
        seen = {"076": 463_753, "699": 161_224, "842": 47_252}
        others = [code for code in OTHER_PARTNERS if code not in seen][:24]
        left = 713_750 - sum(seen.values())
        figures = seen | {code: left // 24 + (left % 24 if i == 0 else 0) for i, code in enumerate(others)}
        return [cls.record("784", code, "020230", {2024: value}) for code, value in figures.items()]

    @classmethod
    def beef_total(cls) -> dict[str, Any]:
        """The service's own total."""
        return cls.record("784", "000", "020230", {2024: 713_748})

    @staticmethod
    def country(code: str, label: str, **periods: tuple[int, int]) -> dict[str, Any]:
        """One country; a period object that is not given has no coverage."""
        names = (
            "yearly246",
            "yearly10D",
            "yearlyReexport",
            "yearlyServices",
            "quarterly",
            "quarterlyServices",
            "monthly",
        )
        return {
            "countryCd": code,
            "label": label,
            "nes": "nes" in label.lower(),
            "ti": "yearly246" in periods,
            **{
                name: dict(zip(("firstPeriod", "lastPeriod"), periods.get(name, (0, 0)), strict=True)) for name in names
            },
        }


OTHER_PARTNERS = (
    *("036", "554", "586", "032", "858", "600", "372", "826", "124", "710", "404", "834", "231", "682", "818", "792"),
    *("642", "616", "250", "251", "276", "528", "056", "724", "380", "208", "752", "040", "156", "490", "899"),
)


@pytest.fixture
def parsebot() -> ParseBot:
    return ParseBot()


@pytest.fixture
def payloads() -> type[Payloads]:
    return Payloads


NoteText = Callable[[Answer[Any], str], str]


@pytest.fixture
def note() -> NoteText:
    """The text of an answer's notes of one code, or nothing."""

    def text(answer: Answer[Any], code: str) -> str:
        notes: list[Note] = [n for n in answer.notes if n.code is NoteCode(code)]
        return " ".join(n.text for n in notes)

    return text
