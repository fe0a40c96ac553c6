"""A stand-in for the service that answers as a test says and keeps what was sent."""

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.open import in_memory
from tradestat_tools.sources.comtrade import SOURCE
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.runtime import Clock

Message = MutableMapping[str, Any]
KEY = "0123456789abcdef0123456789abcdef"
TOOLS = {endpoint.name: endpoint for endpoint in SOURCE.tools}
RECORDED = {
    "excerpt": Path(__file__).parent / "recorded",
    "whole": Path(__file__).parents[5] / "shared" / "recordings" / "comtrade",
}
"""Real answers: short ones beside the tests, and all of them where they lie beside the checkout."""


@dataclass
class Sent:
    """One request as it arrived."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]


@dataclass
class Comtrade:
    """Answers with the queued replies, one after the other; the last one again and again."""

    key: str | None = None
    now: datetime = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
    sent: list[Sent] = field(default_factory=list[Sent])
    replies: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list[tuple[int, dict[str, str], bytes]])
    obliging: bool = False
    datasets: str | None = None
    lists_asked: list[Sent] = field(default_factory=list[Sent])

    def says(self, body: str | bytes, status: int = 200, **headers: str) -> None:
        """Queue a reply as it goes over the wire."""
        raw = body.encode("utf-8") if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.append((status, {"content-type": "application/json; charset=utf-8", **named}, raw))

    def gives(self, *rows: dict[str, Any]) -> None:
        """Queue a normal answer with these rows."""
        envelope = {"elapsedTime": "0.09 secs", "count": len(rows), "data": list(rows), "error": ""}
        self.says(json.dumps(envelope))

    def lists(self, *periods: int, reporter: int = 156) -> None:
        """What the list of datasets has of a reporter; without it, such a list can not be had beside a question."""
        rows = [{"reporterCode": reporter, "period": period, "classificationCode": "H6"} for period in periods]
        self.datasets = json.dumps({"elapsedTime": "0.1 secs", "count": len(rows), "data": rows, "error": ""})

    def gives_what_is_asked(self) -> None:
        """Answer each call with one row that fits its question; what two report of each other with one of each."""
        self.obliging = True

    def _fitting(self, sent: Sent) -> bytes:
        kind, frequency, classification = sent.path.split("/")[-3:]
        first = {name: codes.split(",")[0] for name, codes in sent.params.items()}
        fields = {name: code for name, code in first.items() if name not in ("cmdCode", "maxRecords", "includeDesc")}
        level = re.fullmatch(r"AG(\d)", first["cmdCode"])
        fields |= {
            "typeCode": kind,
            "freqCode": frequency,
            "classificationCode": "H6" if classification == "HS" else classification,
            "cmdCode": "850760"[: int(level[1])] if level else first["cmdCode"],
        }
        ends = sent.params.get("reporterCode", "").split(",")
        pairs = [dict(zip(("reporterCode", "partnerCode"), pair, strict=True)) for pair in permutations(ends, 2)]
        both = len(ends) == 2 and sent.params.get("partnerCode", "").split(",") == ends
        rows = [self.row(**fields | pair | {"flowCode": flow}) for pair in pairs for flow in "MX"] if both else []
        data = rows or [self.row(**fields)]
        return json.dumps({"elapsedTime": "0.09 secs", "count": len(data), "data": data, "error": ""}).encode()

    @staticmethod
    def row(**fields: Any) -> dict[str, Any]:
        """One row in the form that the service gives it: China's exports of lithium-ion batteries to Korea."""
        imports = str(fields.get("flowCode", "X")).startswith(("M", "RM", "FM"))
        value = fields.get("primaryValue", 1000.0)
        return {
            "typeCode": "C",
            "freqCode": "A",
            "refPeriodId": 20230101,
            "refYear": 2023,
            "refMonth": 52,
            "period": "2023",
            "reporterCode": 156,
            "reporterISO": "CHN",
            "reporterDesc": "China",
            "flowCode": "X",
            "flowDesc": "Export",
            "partnerCode": 410,
            "partnerISO": "KOR",
            "partnerDesc": "Rep. of Korea",
            "partner2Code": 0,
            "partner2ISO": "W00",
            "partner2Desc": "World",
            "classificationCode": "H6",
            "classificationSearchCode": "HS",
            "isOriginalClassification": True,
            "cmdCode": "850760",
            "cmdDesc": "Electric accumulators; lithium-ion, including separators",
            "aggrLevel": 6,
            "isLeaf": True,
            "customsCode": "C00",
            "customsDesc": "TOTAL CPC",
            "mosCode": "0",
            "motCode": 0,
            "motDesc": "TOTAL MOT",
            "qtyUnitCode": 5,
            "qtyUnitAbbr": "u",
            "qty": 50.0,
            "isQtyEstimated": False,
            "altQtyUnitCode": -1,
            "altQtyUnitAbbr": "N/A",
            "altQty": 0.0,
            "isAltQtyEstimated": False,
            "netWgt": 200.0,
            "isNetWgtEstimated": False,
            "grossWgt": 0.0,
            "isGrossWgtEstimated": False,
            "cifvalue": value if imports else None,
            "fobvalue": None if imports else value,
            "primaryValue": value,
            "legacyEstimationFlag": 0,
            "isReported": True,
            "isAggregate": False,
            **fields,
        }

    async def ask(self, **arguments: Any) -> Answer[Any]:
        """Ask `comtrade_data`, by default for China's exports of lithium-ion batteries to Korea in 2023."""
        usual = {"reporterCode": "156", "partnerCode": "410", "cmdCode": "850760", "flowCode": "X", "period": "2023"}
        return await self.call("comtrade_data", **(usual | arguments))

    async def call(self, tool: str, **arguments: Any) -> Answer[Any]:
        """Call a tool as the server does, through the real HTTP client."""
        http = Http(app=self._app)
        try:
            async with self.context(http) as context:
                return await context.call(TOOLS[tool], arguments)
        finally:
            await http.aclose()

    def context(self, http: Http) -> AbstractAsyncContextManager[Context]:
        """What a tool works with."""
        settings = (
            catalogue()
            .settings()
            .model_copy(
                update={
                    "comtrade_api_key": SecretStr(self.key) if self.key is not None else None,
                    "comtrade_url": "http://comtrade.test/",
                }
            )
        )
        clock = Clock(lambda: self.now.timestamp())
        return in_memory(http, settings, lambda: self.now, clock=clock, most_attempts=1)

    @property
    def app(self) -> Callable[..., Awaitable[None]]:
        """The service as an ASGI application."""
        return self._app

    async def _app(self, scope: Message, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        assert scope["type"] == "http"
        query = parse_qs(bytes(scope["query_string"]).decode("ascii"), keep_blank_values=True)
        sent = Sent(
            scope["path"],
            {name: ",".join(values) for name, values in query.items()},
            {name.decode(): value.decode() for name, value in scope["headers"]},
        )
        if "/getDA" in sent.path and any("/getDA" not in one.path for one in self.sent):
            self.lists_asked.append(sent)
            body = (self.datasets or "").encode()
            await send({"type": "http.response.start", "status": 200 if self.datasets else 503, "headers": []})
            await send({"type": "http.response.body", "body": body})
            return
        self.sent.append(sent)
        if self.obliging:
            self.replies = [(200, {"content-type": "application/json"}, self._fitting(self.sent[-1]))]
        status, headers, body = self.replies[0] if len(self.replies) == 1 else self.replies.pop(0)
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def comtrade() -> Comtrade:
    """The service on 20 October 2026, asked without a key."""
    return Comtrade()


@pytest.fixture
def keyed() -> Comtrade:
    """The same, asked with a key."""
    return Comtrade(key=KEY)


@pytest.fixture
def notes_of() -> Callable[[Answer[Any], NoteCode], str]:
    """Reads the notes of one kind off an answer."""
    return lambda answer, code: " ".join(note.text for note in answer.notes if note.code is code)


@pytest.fixture(params=RECORDED)
def recording(request: pytest.FixtureRequest) -> Callable[[str], bytes]:
    """Reads a real answer."""
    folder = RECORDED[request.param]
    if not folder.is_dir():
        pytest.skip("the whole recordings are not beside this checkout")
    return lambda name: (folder / name).read_bytes()
