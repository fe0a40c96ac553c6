"""How fast a question that is asked again is answered, and how soon a server is there, beside a bare one of the SDK."""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx

from bench.measure import say, table

Message = dict[str, Any]

QUESTION: Message = {
    "name": "getNitemtradeList",
    "arguments": {"strtYymm": "202401", "endYymm": "202406", "hsSgn": "850760", "cntyCd": "CN"},
}
VERSION = "2025-06-18"
ROUNDS = 3
CALLS = 1_000
OURS = ["-m", "tradestat_server", "serve", "--sandbox"]
PATIENCE = 60.0


def _initialize() -> Message:
    about = {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
    return {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": about}


def _call(number: int) -> Message:
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": QUESTION}


class Pipes:
    """A server over stdio, and a client that waits for nothing else."""

    def __init__(self, words: list[str], folder: Path) -> None:
        own = {"TRADESTAT_CACHE_DIR": str(folder / "cache"), "PYTHONUTF8": "1"}
        self.began = time.perf_counter()
        self._process = subprocess.Popen(  # noqa: S603 - our own words only
            [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **own}
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

    def rate(self, callers: int) -> float:
        """Answers a second to so many questions at a time."""
        began = time.perf_counter()
        sent = 0
        for done in range(CALLS):
            while sent < min(done + callers, CALLS):
                self.say(_call(10 + sent))
                sent += 1
            if "error" in (answer := self.hear()):
                raise RuntimeError(str(answer))
        return CALLS / (time.perf_counter() - began)

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
    process = subprocess.Popen([sys.executable, *words(port)], env=env)  # noqa: S603 - our own words only
    try:
        for _ in range(600):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.wait(PATIENCE)


async def _http_rate(address: str, callers: int) -> float:
    headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": VERSION}
    limits = httpx.Limits(max_connections=callers, max_keepalive_connections=callers)
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=PATIENCE) as client:
        first = await client.post(address, json=_initialize())
        client.headers["mcp-session-id"] = first.headers["mcp-session-id"]
        await client.post(address, json={"jsonrpc": "2.0", "method": "notifications/initialized"})
        left = CALLS

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
        return CALLS / (time.perf_counter() - began)


Pairs = dict[str, list[tuple[float, float]]]
"""By what is measured, ours and the bare server's in each round."""


def _over_stdio(bare: list[str], folder: Path) -> Pairs:
    found: Pairs = {}
    for _ in range(ROUNDS):
        taken: list[tuple[float, float, float]] = []
        for words in (OURS, bare):
            pipes = Pipes(words, folder)
            start, _ = pipes.listed()
            pipes.warm()
            taken.append((start, pipes.rate(1), pipes.rate(64)))
            pipes.close()
        names = ("start to tools/list, seconds", "stdio, 1 caller, answers a second", "stdio, 64 callers")
        for name, ours, theirs in zip(names, *taken, strict=True):
            found.setdefault(name, []).append((ours, theirs))
    return found


def _over_http(bare: list[str], folder: Path) -> Pairs:
    def ours_at(port: int) -> list[str]:
        return [*OURS, "--transport", "streamable-http", "--port", str(port)]

    def bare_at(port: int) -> list[str]:
        return [*bare, str(port)]

    found: Pairs = {}
    with _served(ours_at, folder) as ours, _served(bare_at, folder) as theirs:
        for _ in range(ROUNDS):
            for name, callers in (("HTTP, 1 caller, answers a second", 1), ("HTTP, 64 callers", 64)):
                pair = (anyio.run(_http_rate, ours, callers), anyio.run(_http_rate, theirs, callers))
                found.setdefault(name, []).append(pair)
    return found


def run(write_to: Path | None = None) -> None:
    """Measure in turns, print the table, and write it as JSON and Markdown if asked."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        pipes = Pipes(OURS, folder)
        _, tools = pipes.listed()
        answer = pipes.warm()
        pipes.close()
        known = folder / "known.json"
        known.write_text(json.dumps({"tools": tools, "answer": answer}), encoding="utf-8")
        bare = ["-m", "bench.bare", str(known)]
        found = {**_over_stdio(bare, folder), **_over_http(bare, folder)}
    ratios = {what: statistics.median(mine / theirs for mine, theirs in pairs) for what, pairs in found.items()}
    rows = [
        [what, *(f"{statistics.median(side):,.2f}" for side in zip(*pairs, strict=True)), f"{ratios[what]:.2f}"]
        for what, pairs in found.items()
    ]
    heads = ["a question that is asked again", "ours", "bare SDK", "ratio"]
    table("Beside a bare server of the SDK with the same tools and the very same answer", heads, rows)
    if write_to is not None:
        (write_to / "rates.json").write_text(json.dumps(ratios, indent=1), encoding="utf-8")
        lines = ["| " + " | ".join(line) + " |" for line in (heads, ["---"] * 4, *rows)]
        (write_to / "rates.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    say("Rates of one machine compare with nothing but each other.")
