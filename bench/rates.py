"""How soon a server is there, and how fast it answers a question that is asked again.

It is put beside a bare one of the SDK and one of FastMCP, with the same tools and the very same answer. `--short` takes
a quick look, `--out FOLDER` writes the table.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, product
from pathlib import Path
from typing import Any

import anyio
import httpx

from bench.measure import say, table

Message = dict[str, Any]

ROOT = Path(__file__).parent.parent

QUESTION: Message = {
    "name": "getNitemtradeList",
    "arguments": {"strtYymm": "202401", "endYymm": "202406", "hsSgn": "850760", "cntyCd": "CN"},
}
MANY: list[Message] = [
    {
        "name": "getNitemtradeList",
        "arguments": {"strtYymm": f"2024{first:02d}", "endYymm": f"2024{first + 2:02d}", "hsSgn": code, "cntyCd": of},
    }
    for first, code, of in product(range(1, 9), ("850760", "854231", "870380", "8507", "85"), ("CN", "JP", "US", "VN"))
]
"""What is asked over and over while memory is watched."""
VERSION = "2025-06-18"
PATIENCE = 120.0
SETTLING = 2.0
"""Seconds that every server has for what it does by itself after its start."""

START, ONE, MANY_CALLERS = "start to tools/list, seconds", "stdio, 1 caller, answers a second", "stdio, 64 callers"
HTTP_ONE, HTTP_MANY = "HTTP, 1 caller, answers a second", "HTTP, 64 callers"
GOALS: Mapping[str, float] = {START: 1.15, ONE: 1.0, MANY_CALLERS: 1.5, HTTP_ONE: 0.9, HTTP_MANY: 0.9}
"""Ours as a multiple of the bare server: at most of the start, at least of the others."""


@dataclass(frozen=True, slots=True)
class Length:
    """How much is measured.

    Args:
        rounds: in each of which every server has its turn; short ones, since the load of a machine changes.
        starts: of each server.
        calls: of each server in each round, of one kind.
        watched: calls after which the memory is looked at.
    """

    rounds: int
    starts: int
    calls: int
    watched: int


WHOLE, SHORT = Length(7, 9, 500, 20_000), Length(5, 5, 100, 2_000)


@dataclass(frozen=True, slots=True)
class Server:
    """One of those that are compared.

    Args:
        stdio: the command that serves over stdio.
        http: the command that listens on a port.
    """

    name: str
    stdio: list[str]
    http: Callable[[int], list[str]]


OURS = [sys.executable, "-m", "tradestat_server", "serve", "--sandbox"]
FASTMCP = ROOT / ".venv" / "bench" / ("Scripts" if os.name == "nt" else "bin") / "python"
"""The environment that has FastMCP; `make bench` makes it."""


def _initialize() -> Message:
    about = {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
    return {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": about}


def _call(number: int, question: Message = QUESTION) -> Message:
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": question}


class Pipes:
    """A server over stdio, and a client that waits for nothing else."""

    def __init__(self, words: list[str], folder: Path) -> None:
        own = {"TRADESTAT_CACHE_DIR": str(folder / "cache"), "PYTHONUTF8": "1"}
        self.began = time.perf_counter()
        self._process = subprocess.Popen(  # noqa: S603 - our own words only
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **own}, cwd=ROOT
        )
        self.say(_initialize())
        self.hear()
        self.say({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def say(self, message: Message) -> None:
        """Send a line."""
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

    def hear(self) -> Message:
        """The next line."""
        return json.loads(self._process.stdout.readline()) if self._process.stdout else {}

    def listed(self) -> tuple[float, list[Message]]:
        """Seconds from the start to the list of tools, and the list."""
        self.say({"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
        tools = self.hear()["result"]["tools"]
        return time.perf_counter() - self.began, tools

    def warm(self) -> Message:
        """The answer from the service, from the store, and from memory, which is given."""
        answer: Message = {}
        for number in range(3):
            self.say(_call(number + 3))
            answer = self.hear()["result"]
        return answer

    def rate(self, callers: int, calls: int, questions: list[Message] | None = None) -> float:
        """Answers a second to so many questions at a time."""
        asked = cycle(questions or [QUESTION])
        began = time.perf_counter()
        sent = 0
        for done in range(calls):
            while sent < min(done + callers, calls):
                self.say(_call(10 + sent, next(asked)))
                sent += 1
            answer = self.hear()
            if "error" in answer or answer["result"].get("isError"):
                raise RuntimeError(str(answer))
        return calls / (time.perf_counter() - began)

    def megabytes(self) -> float:
        """The memory that the server has resident now; nothing where the system does not tell."""
        status = Path(f"/proc/{self._process.pid}/status")
        lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), float("nan"))

    def close(self) -> None:
        """End the server."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(PATIENCE)


@contextmanager
def _served(words: Callable[[int], list[str]], folder: Path) -> Generator[str]:
    """A server over HTTP, by its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    env = {**os.environ, "TRADESTAT_CACHE_DIR": str(folder / "cache-http"), "PYTHONUTF8": "1"}
    process = subprocess.Popen(words(port), env=env, cwd=ROOT)  # noqa: S603 - our own words only
    try:
        for _ in range(600):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        time.sleep(SETTLING)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.wait(PATIENCE)


async def _http_rate(address: str, callers: int, calls: int) -> float:
    headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": VERSION}
    limits = httpx.Limits(max_connections=callers, max_keepalive_connections=callers)
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=PATIENCE) as client:
        first = await client.post(address, json=_initialize())
        if "mcp-session-id" in first.headers:
            client.headers["mcp-session-id"] = first.headers["mcp-session-id"]
        await client.post(address, json={"jsonrpc": "2.0", "method": "notifications/initialized"})
        left = calls

        async def ask() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                answer = await client.post(address, json=_call(10 + left))
                answer.raise_for_status()

        for number in range(3):  # what happens once only is not measured
            await client.post(address, json=_call(number + 2))
        began = time.perf_counter()
        async with anyio.create_task_group() as tasks:
            for _ in range(callers):
                tasks.start_soon(ask)
        return calls / (time.perf_counter() - began)


Found = dict[str, list[list[float]]]
"""By what is measured, for each round what each server had, ours first."""


def _starts(servers: list[Server], folder: Path, length: Length) -> Found:
    found: list[list[float]] = []
    for _ in range(length.starts):
        found.append([])
        for server in servers:
            pipes = Pipes(server.stdio, folder)
            seconds, _ = pipes.listed()
            pipes.close()
            found[-1].append(seconds)
    return {START: found}


def _over_stdio(servers: list[Server], folder: Path, length: Length) -> Found:
    found: Found = {ONE: [], MANY_CALLERS: []}
    with ExitStack() as stack:
        served = [Pipes(server.stdio, folder) for server in servers]
        for pipes in served:
            stack.callback(pipes.close)
            pipes.listed()
            pipes.warm()
        time.sleep(SETTLING)
        for _ in range(length.rounds):
            found[ONE].append([pipes.rate(1, length.calls) for pipes in served])
            found[MANY_CALLERS].append([pipes.rate(64, length.calls) for pipes in served])
    return found


def _over_http(servers: list[Server], folder: Path, length: Length) -> Found:
    found: Found = {HTTP_ONE: [], HTTP_MANY: []}
    with ExitStack() as stack:
        addresses = [stack.enter_context(_served(server.http, folder)) for server in servers]
        for _ in range(length.rounds):
            for name, callers in ((HTTP_ONE, 1), (HTTP_MANY, 64)):
                found[name].append([anyio.run(_http_rate, address, callers, length.calls) for address in addresses])
    return found


def memory(folder: Path, calls: int) -> tuple[float, float, float]:
    """Megabytes of our server when each of many questions was asked once, after so many calls, and after as many again.

    The sandbox remembers in memory what it was asked, which is in the first figure; what grows after it is a leak.
    """
    pipes = Pipes(OURS, folder)
    pipes.listed()
    pipes.rate(64, len(MANY), MANY)
    time.sleep(SETTLING)
    held = [pipes.megabytes()]
    for _ in range(2):
        pipes.rate(64, calls, MANY)
        held.append(pipes.megabytes())
    pipes.close()
    first, then, last = held
    return first, then, last


def _known(folder: Path) -> Path:
    """The list of our tools, and an answer, for the other servers to give."""
    pipes = Pipes(OURS, folder)
    _, tools = pipes.listed()
    answer = pipes.warm()
    pipes.close()
    known = folder / "known.json"
    known.write_text(json.dumps({"tools": tools, "answer": answer}), encoding="utf-8")
    return known


def _servers(known: Path) -> list[Server]:
    bare = [sys.executable, "-m", "bench.bare", str(known)]
    fast = [str(FASTMCP), "-m", "bench.fast", str(known)]
    servers = [
        Server("ours", OURS, lambda port: [*OURS, "--transport", "streamable-http", "--port", str(port)]),
        Server("bare SDK", bare, lambda port: [*bare, str(port)]),
    ]
    if FASTMCP.exists():
        servers.append(Server("FastMCP", fast, lambda port: [*fast, str(port)]))
    else:
        say("FastMCP is left out: it is not installed (`make .venv/bench.stamp`).")
    return servers


def run(out: Path | None = None, length: Length = WHOLE) -> bool:
    """Measure in turns, print the table, and write it as JSON and Markdown if asked.

    Returns:
        Whether no ratio is worse than half its goal.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        servers = _servers(_known(folder))
        found = {
            **_starts(servers, folder, length),
            **_over_stdio(servers, folder, length),
            **_over_http(servers, folder, length),
        }
        held = memory(folder, length.watched)
    ratios = {
        what: [statistics.median(mine / theirs for mine, theirs in zip(*pair, strict=True)) for pair in _pairs(rounds)]
        for what, rounds in found.items()
    }
    heads = ["", servers[0].name, *(head for one in servers[1:] for head in (one.name, "ratio")), "goal"]
    rows = [_row(what, found[what], ratios[what]) for what in found]
    title = f"Beside servers with the same tools and the very same answer (medians of {length.rounds} rounds, in turns)"
    table(title, heads, rows)
    said = f"Memory: {held[0]:.0f} MB, {held[1]:.0f} after {length.watched:,} calls, {held[2]:.0f} after twice as many."
    say(said)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        names = [one.name for one in servers[1:]]
        whole = {
            "ratios": {what: dict(zip(names, of, strict=True)) for what, of in ratios.items()},
            "goals": dict(GOALS),
            "memory": {"calls": length.watched, "megabytes": held},
        }
        (out / "rates.json").write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
        lines = ["| " + " | ".join(line) + " |" for line in (heads, ["---"] * len(heads), *rows)]
        (out / "rates.md").write_text("\n".join([*lines, "", said, ""]), encoding="utf-8")
    bad = [what for what, of in ratios.items() if not _is_near(what, of[0])]
    for what in bad:
        say(f"Worse than half its goal: {what}, {ratios[what][0]:.2f} times the bare server's, {_goal(what)}.")
    return not bad


def _pairs(rounds: list[list[float]]) -> list[tuple[list[float], list[float]]]:
    """Our figures of all rounds with those of each other server."""
    ours, *others = ([one[at] for one in rounds] for at in range(len(rounds[0])))
    return [(ours, theirs) for theirs in others]


def _row(what: str, rounds: list[list[float]], ratios: list[float]) -> list[str]:
    ours, *others = (f"{statistics.median(side):,.2f}" for side in zip(*rounds, strict=True))
    cells = (cell for other, ratio in zip(others, ratios, strict=True) for cell in (other, f"{ratio:.2f}"))
    return [what, ours, *cells, _goal(what)]


def _goal(what: str) -> str:
    return f"at {'most' if what == START else 'least'} {GOALS[what]:g}"


def _is_near(what: str, ratio: float) -> bool:
    return ratio <= 2 * GOALS[what] if what == START else ratio >= GOALS[what] / 2


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer calls, under a minute")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write rates.json and rates.md there")
    given = parser.parse_args()
    length = SHORT if given.short else WHOLE
    good = run(given.out, length)
    if not good:
        say("Once more: what a machine did beside it makes a ratio worse at times, and hardly ever twice.")
        good = run(given.out, length)
    say("Rates of one machine compare with nothing but each other.")
    sys.exit(0 if good else 1)
