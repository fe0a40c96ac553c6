"""What is left of every plan, as a tool, a resource and a command."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mcp import Client
from mcp_types import TextContent, TextResourceContents

from tradestat_server.cli.main import cli
from tradestat_server.mcp.app import create_server
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.model.settings import Settings
from tradestat_tools.open import context_on
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.plan import Plan
from tradestat_tools.upstream.redis.ledger import RedisLedger
from tradestat_tools.upstream.runtime import Clock
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.store import Ledger
from tradestat_tools.usage import USAGE

pytestmark = pytest.mark.anyio

Faults = Callable[[dict[str, Any], Any], list[str]]
NOW = 1_795_250_000.0
"""2026-11-21 09:13:20 UTC: 18:13 in Seoul."""


def settings(**given: Any) -> Settings:
    return catalogue().settings(_env_file=None, **given)


@dataclass
class Setup:
    """Services with the plans of the settings, on a wire and a clock in the hand."""

    settings: Settings
    ledger: Ledger = field(default_factory=lambda: SqliteLedger(None))
    cache: SqliteCache = field(default_factory=lambda: SqliteCache(None))
    offline: bool = False
    now: float = NOW

    @asynccontextmanager
    async def context(self, wire: Any) -> AsyncGenerator[Context]:
        plans: dict[str, Plan] = {source.id: source.plan(self.settings) for source in catalogue().sources.values()}
        http = Http(app=wire)

        async def sleep(seconds: float) -> None:
            self.now += seconds

        async with Upstream(
            http,
            cache=self.cache,
            ledger=self.ledger,
            clock=Clock(lambda: self.now, sleep),
            plans=plans,
            offline=self.offline,
        ) as upstream:
            yield context_on(self.settings, upstream)
        await http.aclose()
        self.cache.close()
        self.ledger.close()


async def seen(context: Context) -> dict[str, Any]:
    data = (await context.call(USAGE, {})).data
    return {one.source: one for one in data.sources}


async def ask(context: Context, tool: str) -> None:
    """Ask a tool its example; the watched wire fails every call."""
    endpoint = catalogue().tools[tool]
    with pytest.raises(TradestatError):
        await context.call(endpoint, endpoint.example)


async def test_it_shows_the_plan_of_the_settings_and_when_it_resets(wire: Any) -> None:
    plan = settings(
        TRADESTAT_TRADEMAP_PLAN="hobby", TRADESTAT_TRADEMAP_ZONE="America/New_York", PARSE_API_KEY="key-one"
    )
    async with Setup(plan).context(wire) as context:
        found = await seen(context)
    trademap, korea, doumaotong = found["trademap"], found["korea"], found["doumaotong"]
    assert (trademap.budget, trademap.used, trademap.left) == (1000, 0, 1000)
    assert (trademap.period, trademap.zone) == ("month", "America/New_York")
    assert trademap.resets_at.isoformat() == "2026-12-01T05:00:00+00:00"
    assert [(pace.calls, pace.seconds) for pace in trademap.pace] == [(20, 60.0)]
    assert korea.resets_at.isoformat() == "2026-11-21T15:00:00+00:00", "midnight in Seoul"
    assert (trademap.key, korea.key, doumaotong.key) == ("set", "not set", "not needed")
    assert (doumaotong.budget, doumaotong.left, doumaotong.resets_at) == (None, None, None)
    assert wire.sent == []


async def test_where_there_is_no_number_it_says_in_words_why(wire: Any) -> None:
    def rows_of(answer: Any) -> dict[str, dict[str, Any]]:
        table = answer.data.tables()[0]
        assert not [cell for row in table.rows for cell in row if cell in (None, "")]
        return {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}

    async with Setup(settings(TRADESTAT_SANDBOX=True)).context(wire) as context:
        in_sandbox = rows_of(await context.call(USAGE, {}))
    assert in_sandbox["doumaotong"]["plan"] == "no limit in the sandbox"
    async with Setup(settings(TRADESTAT_TRADEMAP_PERIOD="rolling")).context(wire) as context:
        alone = rows_of(await context.call(USAGE, {}))
    assert alone["trademap"] | {"pace": ""} == {
        **{"source": "trademap", "key": "not set", "plan": "100 in any 30 days", "used": 0, "left": 100},
        **{"resets": "each after 30 days", "pace": "", "service": "not asked yet"},
    }
    assert alone["korea"]["plan"] == "10,000 a day"
    assert alone["korea"]["resets"] == "2026-11-21 15:00 UTC"
    free = alone["doumaotong"]
    assert (free["plan"], free["used"], free["left"]) == ("no limit but the pace", "not counted", "no limit")


async def test_a_rolling_budget_has_no_reset_and_says_how_it_comes_back(wire: Any) -> None:
    async with Setup(settings(TRADESTAT_TRADEMAP_PERIOD="rolling")).context(wire) as context:
        answer = await context.call(USAGE, {})
    assert answer.data.sources[0].resets_at is None
    assert [note.code for note in answer.notes] == [NoteCode.COST]
    assert "30 days after" in answer.notes[0].text


async def test_it_shows_what_was_spent_and_which_service_is_left_alone(wire: Any) -> None:
    setup = Setup(settings(PARSE_API_KEY="key-one", DATA_GO_KR_SERVICE_KEY="key-two"))
    async with setup.context(wire) as context:
        assert (await seen(context))["korea"].breakers == {}
        for _ in range(3):
            setup.now += 60  # so that no failure is still shown to whoever asks the same
            await ask(context, "getNewtradeList")
        found = await seen(context)
        rows = {row[0]: row[-1] for row in (await context.call(USAGE, {})).data.tables()[0].rows}
    assert rows["korea"] == "apis.data.go.kr: left alone after failures"
    assert rows["comtrade"] == "not asked yet"
    sent = len(wire.sent)
    assert 3 <= sent <= 9
    assert found["korea"].used == sent, "retries count"
    assert found["korea"].left == 10_000 - sent
    assert found["korea"].breakers == {"apis.data.go.kr": "open"}
    assert found["trademap"].used == 0


async def test_it_says_that_it_works_offline_and_what_is_wrong_with_its_stores(wire: Any, tmp_path: Path) -> None:
    (tmp_path / "answers").write_bytes(b"not a database, and longer than the header of one" * 10)
    setup = Setup(settings(), cache=SqliteCache(tmp_path / "answers"), ledger=RedisLedger("redis://127.0.0.1:9/0"))
    setup.offline = True
    async with setup.context(wire) as context:
        answer = await context.call(USAGE, {})
    assert answer.data.offline
    assert [note.code for note in answer.notes] == [NoteCode.STORE, NoteCode.STORE, NoteCode.STALE]
    assert "answers.aside" in answer.notes[0].text
    assert "redis://127.0.0.1:9" in answer.notes[1].text
    assert answer.data.sources[0].budget == 100
    assert answer.data.sources[0].left is None, "unknown, not zero"


async def test_the_tool_the_resource_and_the_text_agree_and_nothing_is_sent(
    wire: Any, watched: Context, schema_faults: Faults, mode: str
) -> None:
    async with Client(create_server(watched), mode=mode) as client:
        tool = next(tool for tool in (await client.list_tools()).tools if tool.name == "usage")
        result = await client.call_tool("usage", {})
        (content,) = (await client.read_resource("tradestat://usage")).contents
    (block,) = result.content
    assert isinstance(block, TextContent)
    assert isinstance(content, TextResourceContents)
    assert content.text == block.text
    assert tool.annotations is not None
    assert tool.annotations.open_world_hint is False
    assert schema_faults(tool.output_schema or {}, result.structured_content) == []
    assert [table["columns"][0] for table in result.structured_content["tables"]] == ["source", "kind"]
    assert result.structured_content["source"]["service"] == "Tradestat (this server)"
    assert result.structured_content["source"]["calls"] == 0
    for key in ("key-one", "key-two", "key-three"):
        assert key not in result.model_dump_json()
    assert wire.sent == []


def test_the_command_prints_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRADESTAT_CACHE_DIR", str(tmp_path / "cache"))
    text, structured = CliRunner().invoke(cli, ["usage"]), CliRunner().invoke(cli, ["usage", "--json"])
    assert (text.exit_code, structured.exit_code) == (0, 0)
    data = json.loads(structured.stdout)["data"]
    assert [one["source"] for one in data["sources"]] == [source.id for source in catalogue().sources.values()]
    assert data["cache"]["place"].startswith(str(tmp_path))
    for one in data["sources"]:
        assert one["source"] in text.stdout
