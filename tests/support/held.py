"""A service that holds its answers until it is told, and the program, started as a process of its own beside it."""

import json
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PATIENCE = 30.0
TOO_LONG = 240.0
"""Seconds for which a process of a test may live."""

COUNTRIES = json.dumps({"status": "success", "data": [{"countryCd": "784", "label": "United Arab Emirates"}]})
PARAMS = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": PARAMS,
}


class Held(ThreadingHTTPServer):
    """Trade Map's service and doumaotong's. What they are asked arrives, and is answered once the gate is open."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.arrived: queue.Queue[str] = queue.Queue()
        self.gate = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def await_call(self) -> str:
        return self.arrived.get(timeout=PATIENCE)


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        service = self.server
        assert isinstance(service, Held)
        if self.path.startswith("/marketplace"):  # the free list of names: the program goes on with those it knows
            self._answer(404, "{}")
            return
        service.arrived.put(self.path)
        service.gate.wait(PATIENCE)
        self._answer(200, COUNTRIES)

    def _answer(self, status: int, body: str) -> None:
        try:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())
        except OSError:
            return  # whoever asked is gone

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Keep the test's output clean."""


@contextmanager
def held_service() -> Generator[Held]:
    """The service on a free port of this machine."""
    with Held() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield running
        finally:
            running.gate.set()
            running.shutdown()
            thread.join(PATIENCE)


@contextmanager
def program(folder: Path, *words: str, **env: str) -> Generator[subprocess.Popen[str]]:
    """The command line as a process with pipes, with nothing set but what is given; killed where it does not end."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TRADESTAT_") and not k.endswith("_KEY")}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "tradestat_server", *words]
    own = {"TRADESTAT_CACHE_DIR": str(folder / "cache"), "TRADESTAT_EXPORT_DIR": str(folder / "exports"), **env}
    with subprocess.Popen(command, encoding="utf-8", cwd=folder, env={**clean, **own}, **pipes) as process:
        watch = threading.Timer(TOO_LONG, process.kill)  # whoever waits to hear of it then hears that it ended
        watch.start()
        try:
            yield process
        finally:
            watch.cancel()
            if process.poll() is None:
                process.kill()


def listening(process: subprocess.Popen[str]) -> str:
    """The address of a server on a port, once it listens."""
    assert process.stderr is not None
    found = re.search(r"listens on (http://\S+)", process.stderr.readline())
    assert found
    return found[1]


def say(process: subprocess.Popen[str], *messages: Any) -> None:
    """Send JSON-RPC messages, each on a line; text is sent as it is."""
    assert process.stdin is not None
    for message in messages:
        process.stdin.write((message if isinstance(message, str) else json.dumps(message)) + "\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> Any:
    """The next message."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"it ended: {process.stderr.read() if process.stderr else ''}"
    return json.loads(line)


def greet(process: subprocess.Popen[str], version: str = "2025-06-18") -> Any:
    """Begin a session over stdio."""
    say(process, {**INITIALIZE, "params": {**PARAMS, "protocolVersion": version}})
    answer = hear(process)
    say(process, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    return answer


def call(number: int, tool: str, **arguments: Any) -> dict[str, Any]:
    """The message that calls a tool."""
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
