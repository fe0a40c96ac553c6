"""A tiny source for tests of the server itself, and services whose wire is watched."""

from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import pytest
from jsonschema import Draft202012Validator
from mcp import Client
from pydantic import Field

from tradestat_server.mcp.app import create_server
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Data, Note, NoteCode, Provenance, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import RateLimited
from tradestat_tools.model.settings import Settings
from tradestat_tools.open import in_memory
from tradestat_tools.upstream.http import Http

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)


class Flow(Data):
    """One row of the test source."""

    partner: str
    value: int | None = None

    def tables(self) -> list[Table]:
        return [Table(("partner", "value"), [(self.partner, self.value)])]


class Flows(Data):
    """The answer of the test source: a list of rows and a series that may hold gaps."""

    rows: list[Flow]
    series: list[float | None] = Field(default_factory=list[float | None])
    total: int | None

    def tables(self) -> list[Table]:
        return [Table(("partner", "value"), [(row.partner, row.value) for row in self.rows])]


class Wanted(Arguments):
    """The arguments of the test source."""

    code: Annotated[str, Field(pattern=r"^\d{2,6}$", description="HS code of 2 to 6 digits.")]
    flow: Annotated[Literal["import", "export"], Field(description="Which way the goods go.")] = "export"
    years: Annotated[list[str] | None, Field(description="Years, all if left out.")] = None
    limit: Annotated[int, Field(ge=1, le=500, description="Rows.")] = 10


async def _flows(_: Context, wanted: Wanted) -> Answer[Flows]:
    if wanted.code == "99":
        raise RateLimited("Too many calls.", remedy="Wait.", source="test", retry_after=12.2)
    if wanted.code == "98":
        raise RuntimeError("https://service.example/?serviceKey=topsecret")
    return Answer[Flows](
        what=f"China's {wanted.flow}s of HS {wanted.code}",
        data=Flows(
            rows=[Flow(partner="Japan", value=1234567), Flow(partner="中国", value=0), Flow(partner="Chad")],
            series=[1.5, None],
            total=None,
        ),
        source=Provenance(
            service="Test Service",
            endpoint="flows",
            address="https://service.example/flows",
            retrieved_at=NOON,
            state="fresh",
            unit="USD",
            valuation="FOB",
        ),
        notes=[Note(code=NoteCode.SUBSET, text="Top 3 of 200 partners.")],
        more="Ask for the next page.",
    )


FLOWS = Tool(
    name="flows",
    title="Flows (test)",
    description="Answers with three rows.",
    arguments=Wanted,
    data=Flows,
    run=_flows,
    example={"code": "8517"},
)


@pytest.fixture
def flows() -> Tool[Wanted, Flows]:
    """A tool that needs no service: code 99 is rate limited, code 98 crashes with a secret in its words."""
    return FLOWS


class Wire:
    """A stand-in for every service, as an ASGI application: notes what was sent and fails each request."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        self.sent.append(f"{scope['path']}?{scope['query_string'].decode()}")
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"down"})


@pytest.fixture
def wire() -> Wire:
    """What was sent upstream."""
    return Wire()


def no_environment(**given: Any) -> Settings:
    """Settings without this machine's environment file."""
    return catalogue().settings(_env_file=None, **given)


@asynccontextmanager
async def on_wire(wire: Wire, **given: Any) -> AsyncGenerator[Context]:
    """Services with every key set, on a watched wire."""
    keys = {"PARSE_API_KEY": "key-one", "DATA_GO_KR_SERVICE_KEY": "key-two", "COMTRADE_API_KEY": "key-three"}
    keys |= {"CENSUS_API_KEY": "key-four"}
    http = Http(app=wire)
    async with in_memory(http, no_environment(**{**keys, **given}), lambda: NOON, most_attempts=1) as context:
        yield context
    await http.aclose()


@pytest.fixture
async def watched(wire: Wire) -> AsyncGenerator[Context]:
    """Services with every key set, on the watched wire."""
    async with on_wire(wire) as context:
        yield context


@pytest.fixture(scope="module")
async def lists() -> AsyncGenerator[Client]:
    """A client for resources, prompts and completions: its server offers no tools, and every service fails."""
    async with on_wire(Wire()) as context, Client(create_server(context, offered=[])) as client:
        yield client


@pytest.fixture(params=["legacy", "auto"])
def mode(request: pytest.FixtureRequest) -> str:
    """Both ways in which clients start a session: the older handshake, and the current one."""
    return str(request.param)


def _schema_faults(schema: dict[str, Any], content: Any) -> list[str]:
    validator: Any = Draft202012Validator(schema)
    return [
        f"{'/'.join(str(step) for step in fault.path)}: {fault.message}" for fault in validator.iter_errors(content)
    ]


@pytest.fixture
def schema_faults() -> Callable[[dict[str, Any], Any], list[str]]:
    """What a client's validator finds wrong with structured content, each fault as `path: message`."""
    return _schema_faults
