"""Questions that are asked again: what is given is what would be made now, and making it is spared."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from mcp import Client
from mcp_types import CallToolResult, TextContent

from tradestat_sandbox import DEFAULT_TODAY, Sandbox
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import sandbox_settings
from tradestat_server.text.envelope import structured_content
from tradestat_server.text.render import render_answer
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.made import Made
from tradestat_tools.contract.results import Results
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.open import context_on
from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.runtime import Clock
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.store import Entry
from tradestat_tools.upstream.stored import LOOKED_AT_AGAIN
from tradestat_tools.upstream.watch import Watch

NOON = datetime(DEFAULT_TODAY.year, DEFAULT_TODAY.month, DEFAULT_TODAY.day, 12, tzinfo=UTC)

HANDLE = "rk3v7q2m5xa"

QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("getNitemtradeList", {"strtYymm": "202401", "endYymm": "202403", "hsSgn": "850760", "cntyCd": "CN"}),
    ("goods_time_series", {"country": "KOR", "product": "850760", "by": "byCountry", "trade_flow": "I"}),
    ("goods_time_series", {"country": "KOR", "product": "850440", "by": "byCountry", "trade_flow": "I"}),
    ("comtrade_data", {"reporterCode": "CHN", "partnerCode": "KOR", "cmdCode": "850760", "period": "2023-2024"}),
    (
        "trade_series",
        {"reporter": "Korea", "partner": "China", "product": "850760", "flow": "M", "period": "2022-2024"},
    ),
    ("compare_mirror", {"exporter": "China", "importer": "Korea", "product": "850760", "period": "2024"}),
    ("markets", {"hsCode": "850760"}),
    ("usage", {}),
]


@dataclass
class Hand:
    """Time held in the hand."""

    seconds: float = NOON.timestamp()

    async def wait(self, seconds: float) -> None:
        self.seconds += seconds
        await anyio.lowlevel.checkpoint()


@dataclass
class Play:
    client: Client
    context: Context
    hand: Hand
    kept: SqliteCache
    made: list[str]
    sent: Callable[[], list[Any]]


@asynccontextmanager
async def a_play(folder: Path | None = None) -> AsyncGenerator[Play]:
    """A server on stores in files of a folder, or in memory."""
    hand = Hand()
    answers, calls, results = (folder and folder / f"{name}.sqlite3" for name in ("answers", "calls", "results"))
    sandbox = Sandbox(clock=lambda: hand.seconds)
    http = Http(app=sandbox.app)
    chosen = sandbox_settings(catalogue().settings(_env_file=None, TRADESTAT_SANDBOX=True))
    chosen = chosen.model_copy(update={"sandbox": False})  # with the limits of the plans
    made: list[str] = []

    def counted(tool: Tool[Any, Any]) -> Tool[Any, Any]:
        async def run(context: Context, asked: Any) -> Answer[Any]:
            made.append(tool.name)
            return await tool.run(context, asked)

        return replace(tool, run=run)

    wanted = {name for name, _ in QUESTIONS}
    offered = [counted(tool) for name, tool in catalogue().tools.items() if name in wanted]
    now = lambda: datetime.fromtimestamp(hand.seconds, UTC)  # noqa: E731
    plans = {source.id: source.plan(chosen) for source in catalogue().sources.values()}
    clock = Clock(lambda: hand.seconds, hand.wait)
    with (
        closing(SqliteCache(answers)) as cache,
        closing(SqliteLedger(calls)) as ledger,
        closing(SqliteCache(results)) as kept,
    ):
        async with Upstream(http, cache=cache, ledger=ledger, clock=clock, plans=plans, most_attempts=1) as upstream:
            context = context_on(chosen, upstream, now, results=Results(kept, now=clock.time))
            async with Client(create_server(context, offered=offered)) as client:
                yield Play(client, context, hand, kept, made, lambda: sandbox.calls)
    await http.aclose()


async def ask(play: Play, tool: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    result = await play.client.call_tool(tool, arguments)
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text, result.structured_content or {}


async def afresh(play: Play, tool: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    answer = await replace(play.context, parts=Made[Answer[Any]](0)).call(tool, arguments)
    most = play.context.settings.max_chars
    text = render_answer(answer, sources=play.context.sources.values(), max_chars=most)
    return text, structured_content(answer, max_chars=most, sources=play.context.sources.values())


@pytest.mark.anyio
async def test_a_question_that_is_asked_again_is_made_once_from_the_store_and_then_given() -> None:
    async with a_play() as play:
        for tool, arguments in QUESTIONS[:-1]:
            play.made.clear()
            said = [await ask(play, tool, arguments) for _ in range(5)]
            assert play.made == [tool, tool], "once from the service, once from the store"
            assert await ask(play, tool, dict(reversed(arguments.items()))) == said[-1]
            assert len(play.made) == 2
            assert said[1:] == [said[1]] * 4
            assert said[1] == await afresh(play, tool, arguments)
        await ask(play, "usage", {})
        play.made.clear()
        await ask(play, "usage", {})
        assert play.made == ["usage"], "what this server knows by itself is looked up each time"


@pytest.mark.anyio
async def test_what_an_answer_rests_on_ends_it() -> None:
    tool, arguments = QUESTIONS[1]
    async with a_play() as play:
        for change in ("quota", "cleared", "handle", "an hour", "expired", "offline"):
            for _ in range(3):
                await ask(play, tool, arguments)
            play.made.clear()
            await ask(play, tool, arguments)
            assert play.made == [], change
            if change == "quota":
                await play.context.call(*QUESTIONS[2])
            elif change == "cleared":
                play.context.upstream.cache.clear()
            elif change == "handle":
                play.kept.clear()
            elif change == "an hour":
                play.hand.seconds += 3_600
            elif change == "expired":
                play.hand.seconds += 30 * 86_400
            else:
                play.context.upstream.offline = True
            text, structured = await ask(play, tool, arguments)
            assert play.made == [tool], change
            if change == "offline":
                assert "Working offline" in text
            else:
                fresh = (await afresh(play, tool, arguments))[1]
                assert structured["source"]["remaining_quota"] == fresh["source"]["remaining_quota"] >= 0
                assert await play.context.results.find(structured["result"]) is not None


@pytest.mark.anyio
async def test_what_research_asks_again_is_not_made_again_and_changes_for_nobody() -> None:
    year = {"reporter": "Korea", "partner": "China", "product": "850760", "flow": "M", "period": "2024"}
    async with a_play() as play:
        for _ in range(2):  # from the services, and from the store
            await ask(play, "compare_mirror", {**QUESTIONS[5][1], "product": "850440"})
            await ask(play, *QUESTIONS[5])
        play.made.clear()
        _, first = await ask(play, "trade_series", year)
        assert play.made == ["trade_series"], "its parts are those of the comparison"
        _, second = await ask(play, "trade_series", {**year, "flow": ["M", "X"]})
        assert first == (await ask(play, "trade_series", year))[1] == (await afresh(play, "trade_series", year))[1]
        assert second == (await afresh(play, "trade_series", {**year, "flow": ["M", "X"]}))[1]


@pytest.mark.anyio
async def test_what_is_kept_is_bounded_by_all_of_an_answer_and_the_least_recent_goes_first() -> None:
    an_answer = CallToolResult(content=[TextContent(text="t")])
    async with a_play() as play:
        finished = Made[CallToolResult](4_000)
        sound = Watch(good_until=play.hand.seconds + 1_000, kept={HANDLE: True})
        for number in range(20):
            finished.keep(play.context, "flows", {"n": number}, an_answer, watch=sound, size=500)
            assert 0 < finished.size <= 4_000
        finished.keep(play.context, "flows", {"n": 19}, an_answer, watch=sound, size=500)
        assert finished.size == 4_000
        finished.keep(play.context, "flows", {"n": "large"}, an_answer, watch=sound, size=1_001)
        play.kept.put(HANDLE, next(iter(await kept_entries(play))))
        assert await finished.find(play.context, "flows", {"n": 19}) is not None
        for gone in (0, "large"):
            assert await finished.find(play.context, "flows", {"n": gone}) is None


async def kept_entries(play: Play) -> list[Entry]:
    """Some results, so that the store of them is not empty."""
    await play.context.call(*QUESTIONS[3])
    return [entry for _, entry in play.kept.entries()]


def delete(folder: Path, what: str) -> None:
    """As somebody would by hand."""
    for file in folder.glob(f"{what}*"):
        file.unlink()


ASKED = [QUESTIONS[1], QUESTIONS[3], QUESTIONS[4], QUESTIONS[5]]
STEPS = st.one_of(
    st.tuples(st.just("nothing"), st.none()),
    st.tuples(st.just("spend"), st.integers(1, 97).map(lambda chapter: f"{chapter:02d}")),
    st.tuples(
        st.just("later"), st.sampled_from([0.5, 1.0, 59.0, 601.0, 3_600.0, 86_400.0, 8 * 86_400.0, 40 * 86_400.0])
    ),
    st.tuples(st.just("earlier"), st.sampled_from([30.0, 86_400.0])),
    st.tuples(st.just("clear"), st.sampled_from([None, "trademap", "comtrade"])),
    st.tuples(st.just("clear results"), st.none()),
    st.tuples(st.just("clear from another process"), st.sampled_from(["answers", "results"])),
    st.tuples(st.just("delete by hand"), st.sampled_from(["answers", "results"])),
    st.tuples(st.just("offline"), st.booleans()),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(STEPS, st.sampled_from(ASKED)), min_size=1, max_size=12))
def test_no_answer_that_is_given_again_differs_from_one_made_afresh(
    steps: list[tuple[tuple[str, Any], tuple[str, dict[str, Any]]]],
) -> None:
    given_again: list[str] = []

    async def play_them() -> None:
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            await play_in(Path(folder))

    async def play_in(folder: Path) -> None:
        async with a_play(folder) as play:
            for question in ASKED * 2:
                await ask(play, *question)
            for (what, how), question in steps:
                match what:
                    case "spend":
                        with suppress(TradestatError):
                            await play.context.call("goods_time_series", {**QUESTIONS[1][1], "product": how})
                    case "later":
                        play.hand.seconds += how
                    case "earlier":
                        play.hand.seconds -= how
                    case "clear":
                        play.context.upstream.cache.clear(how)
                    case "clear results":
                        play.kept.clear()
                    case "clear from another process":
                        with closing(SqliteCache(folder / f"{how}.sqlite3")) as other:
                            other.clear()
                    case "delete by hand":
                        delete(folder, how)
                        play.hand.seconds += LOOKED_AT_AGAIN
                    case "offline":
                        play.context.upstream.offline = how
                    case _:
                        pass
                for _ in range(3):
                    made, calls = len(play.made), len(play.sent())
                    said = await ask(play, *question)
                    if len(play.sent()) == calls and said[1]:
                        given_again.extend([question[0]] if len(play.made) == made else [])
                        assert said == await afresh(play, *question)

    anyio.run(play_them)
    event(f"{min(len(given_again), 3)} answers or more were given again")
