"""Answers are made in a worker thread, so that the event loop runs on."""

from threading import Event

import anyio
import anyio.lowlevel
import httpx
import pytest

from tradestat_sandbox import SANDBOX_KEYS, SCRAPER_ID, Sandbox
from tradestat_sandbox.world import World

pytestmark = pytest.mark.anyio
KEY = SANDBOX_KEYS.korea_encoded


class Held(Sandbox):
    """A sandbox whose world is not given out until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let_go = Event(), Event()

    @property
    def world(self) -> World:
        self.asked.set()
        assert self.let_go.wait(10), "the event loop was held up"
        return super().world


@pytest.mark.parametrize(
    "path",
    [
        f"/scraper/{SCRAPER_ID}/get_coverage",
        "/skill/dashboard?hsCode=8507",
        f"/1220000/Itemtrade/getItemtradeList?strtYymm=202405&endYymm=202405&hsSgn=850760&serviceKey={KEY}",
        "/public/v1/preview/C/A/HS?reporterCode=156&partnerCode=410&cmdCode=8507&period=2024&flowCode=X",
        "/_sandbox/truth?exporter=CN&importer=KR&product=85&period=2024",
    ],
)
async def test_the_event_loop_runs_on_while_an_answer_is_made(path: str) -> None:
    sandbox = Held()
    transport = httpx.ASGITransport(sandbox.app)
    answers: list[httpx.Response] = []
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http:
        http.headers["X-API-Key"] = SANDBOX_KEYS.trademap

        async def ask() -> None:
            answers.append(await http.get(path))

        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            while not sandbox.asked.is_set():
                await anyio.lowlevel.checkpoint()
            assert (await http.get("/_sandbox/")).is_success
            assert answers == []
            sandbox.let_go.set()
    assert answers[0].is_success
