"""Equal questions of several processes share one call, whatever becomes of the process that makes it."""

import json
import queue
import subprocess
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tradestat_tools.upstream.engine import Upstream
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.plan import UNLIMITED
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.redis.ledger import RedisLedger
from tradestat_tools.upstream.request import Request, Response
from tradestat_tools.upstream.runtime import Clock
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.store import Ledger

WORKERS = str(Path(__file__).with_name("workers.py"))
PATIENCE = 30.0


class Service(ThreadingHTTPServer):
    """Counts what it is asked; what is asked under /held is answered once the gate is open, under /broken with 502."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[str] = []
        self.arrived: queue.Queue[str] = queue.Queue()
        self.gate = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def await_call(self) -> str:
        return self.arrived.get(timeout=PATIENCE)


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        service = self.server
        assert isinstance(service, Service)
        service.asked.append(self.path)
        number = len(service.asked)
        service.arrived.put(self.path)
        if "/held" in self.path:
            service.gate.wait(PATIENCE)
        body = f"answer {number} to {self.path}".encode()
        try:
            self.send_response(502 if "/broken" in self.path else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            return  # the caller was killed meanwhile

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Keep the test's output clean."""


@pytest.fixture
def service() -> Generator[Service]:
    with Service() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield running
        finally:
            running.gate.set()
            running.shutdown()
            thread.join(PATIENCE)


class Askers:
    """Processes that share stores and put the same question to a service, many times at once each."""

    def __init__(self, place: str, processes: list[subprocess.Popen[str]], name: str) -> None:
        self.place = place
        self.processes = processes
        self._name = name

    def ask(self, path: str, *numbers: int) -> None:
        for number in numbers or range(len(self.processes)):
            stdin = self.processes[number].stdin
            assert stdin is not None
            stdin.write(f"{path}\n")
            stdin.flush()

    def await_said(self, kinds: set[str], *numbers: int) -> list[dict[str, Any]]:
        """Read on until each of the processes has said something of each of these kinds, in any order."""
        heard: list[dict[str, Any]] = []
        for number in numbers or range(len(self.processes)):
            stdout = self.processes[number].stdout
            assert stdout is not None
            said: dict[str, Any] = {}
            while not kinds <= said.keys():
                said |= json.loads(stdout.readline())
                assert "came" not in said or "came" in kinds, f"an answer before {kinds}: {said}"
            heard.append(said)
        return heard

    def answers(self, *numbers: int) -> dict[str, int]:
        """What came of the question asked last, and how often in all."""
        said = self.await_said({"came"}, *numbers)
        return dict(sum((Counter[str](one["came"]) for one in said), Counter[str]()))

    def spent(self) -> float:
        ledger: Ledger = (
            RedisLedger(self.place, prefix=self._name)
            if self.place.startswith("redis:")
            else SqliteLedger(Path(self.place, "ledger.sqlite3"))
        )
        try:
            return ledger.used("shop", UNLIMITED, Clock().time())
        finally:
            ledger.close()


@contextmanager
def asking(
    place: str, service: Service, *, processes: int = 4, calls: int = 50, lease: float = 30.0
) -> Generator[Askers]:
    name = f"{uuid.uuid4().hex}:"
    with ExitStack() as stack:
        started: list[subprocess.Popen[str]] = []
        for number in range(processes):
            backend = ("asyncio", "trio")[number % 2]
            more = (place, name, backend, service.address, str(calls), str(lease))
            process = subprocess.Popen(
                [sys.executable, WORKERS, "ask", *more],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
            started.append(stack.enter_context(process))
        askers = Askers(place, started, name)
        askers.await_said({"ready"})
        yield askers


@pytest.mark.slow
def test_two_hundred_equal_questions_of_four_processes_are_one_call(place: str, service: Service) -> None:
    with asking(place, service) as askers:
        for run in range(1, 6):
            path = f"/held/{run}"
            service.gate.clear()
            askers.ask(path)
            askers.await_said({"joined"})
            service.gate.set()
            assert askers.answers() == {f"answer {run} to {path}": 200}
            assert service.asked[run - 1 :] == [path]
            assert askers.spent() == run


@pytest.mark.slow
def test_a_failure_is_shared_by_all_who_wait_for_the_call(place: str, service: Service) -> None:
    with asking(place, service) as askers:
        askers.ask("/held/broken", 0)
        service.await_call()
        askers.ask("/held/broken", 1, 2, 3)
        askers.await_said({"joined"}, 0)
        askers.await_said({"joined", "waits"}, 1, 2, 3)
        service.gate.set()
        assert askers.answers() == {"UpstreamDown: Broken behind.": 200}
        assert service.asked == ["/held/broken"]
        assert askers.spent() == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kills: POSIX only")
def test_where_the_asking_process_is_killed_another_asks_in_its_place(place: str, service: Service) -> None:
    with asking(place, service, lease=1.0) as askers:
        askers.ask("/held", 0)
        service.await_call()
        askers.ask("/held", 1, 2, 3)
        askers.await_said({"joined", "waits"}, 1, 2, 3)
        askers.processes[0].kill()
        service.await_call()
        service.gate.set()
        assert askers.answers(1, 2, 3) == {"answer 2 to /held": 150}
        assert service.asked == ["/held"] * 2
        assert askers.spent() == 2


@pytest.mark.slow
def test_different_questions_do_not_wait_for_one_another(place: str, service: Service) -> None:
    with asking(place, service, processes=2, calls=1) as askers:
        askers.ask("/held", 0)
        service.await_call()
        askers.ask("/mine", 0)
        askers.ask("/yours", 1)
        assert {answer.partition(" to ")[2]: count for answer, count in askers.answers().items()} == {
            "/mine": 1,
            "/yours": 1,
        }
        service.gate.set()
        assert askers.answers(0) == {"answer 1 to /held": 1}


@pytest.mark.anyio
async def test_a_call_that_takes_longer_than_the_lease_keeps_its_claim() -> None:
    now = 1_800_000_000.0
    asked: list[str] = []
    begun, gate = anyio.Event(), anyio.Event()

    async def app(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        asked.append(scope["path"])
        begun.set()
        await gate.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"late"})

    def read(response: Response) -> bytes:
        return response.body

    http, cache, ledger = Http(app=app), SqliteCache(None), SqliteLedger(None)
    request, policy = Request("shop", "a", "http://shop.invalid/"), Policy("shop", "The Shop")
    engine = Upstream(http, cache=cache, ledger=ledger, clock=Clock(lambda: now), lease=0.06)

    async def fetch() -> None:
        assert (await upstream.fetch(request, policy, read, within=60)).value == b"late"

    async with engine as upstream, anyio.create_task_group() as tasks:
        tasks.start_soon(fetch)
        await begun.wait()
        for _ in range(10):
            now += 0.04
            with anyio.fail_after(5):
                while ledger.look(request.key, now + 0.04) is None:
                    await anyio.lowlevel.checkpoint()
        gate.set()
    assert ledger.look(request.key, now) is None
    assert asked == ["/"]
    await http.aclose()
    cache.close()
    ledger.close()
