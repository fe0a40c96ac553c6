"""Drives an agent that is given as a command, against a server of its own in the sandbox.

The agent finds in its environment how to reach the server, as a program to start over stdio:

- TRADESTAT_EVALS_SERVER: the command, a JSON list;
- TRADESTAT_EVALS_MCP_CONFIG: a file with the same as `{"mcpServers": {"tradestat": {"command", "args"}}}`.

It reads the question from stdin, one line of JSON, and prints its answer as one: {"answer": ...}, with "unit" for a
number, or {"answer": null, "reason": ...}. The last such line counts; what else it prints does not.
"""

import contextlib
import json
import os
import queue
import shlex
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from evals import proxy
from evals.question import Question
from evals.truth import files
from tradestat_sandbox.world import World


class Call(NamedTuple):
    """One call of a tool, as the proxy saw it."""

    name: str
    characters: int  # of the text
    structured: int  # of the structured content
    error: bool


class Reply(NamedTuple):
    """What an agent gave, and what it took: None and a word where nothing could be read."""

    answer: Mapping[str, Any] | None
    calls: tuple[Call, ...]
    trouble: str = ""


def prepare(folder: Path, world: World) -> dict[str, str]:
    """Write what the proxy and the agent need into a folder, and give the agent's environment."""
    files.write(world, folder / "imports")
    clean = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("TRADESTAT_", "PARSE_", "DATA_GO_KR", "COMTRADE_"))
    }
    settings = {
        "TRADESTAT_SANDBOX_TODAY": world.today.isoformat(),
        "TRADESTAT_IMPORT_DIR": str(folder / "imports"),
    }
    server = {
        "command": [sys.executable, "-m", "tradestat_server", "serve", "--sandbox"],
        "environment": clean | settings,
    }
    (folder / "server.json").write_text(json.dumps(server), encoding="utf-8")
    command = [sys.executable, str(Path(proxy.__file__).resolve()), str(folder)]
    config = {"mcpServers": {"tradestat": {"command": command[0], "args": command[1:]}}}
    (folder / "mcp.json").write_text(json.dumps(config), encoding="utf-8")
    return os.environ | {
        "TRADESTAT_EVALS_SERVER": json.dumps(command),
        "TRADESTAT_EVALS_MCP_CONFIG": str(folder / "mcp.json"),
    }


def calls_in(folder: Path, after: int = 0) -> tuple[Call, ...]:
    """What the proxy counted, but for the first so many."""
    log = folder / "calls.jsonl"
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    seen = [json.loads(line) for line in lines[after:]]
    return tuple(Call(one["name"], one["characters"], one["structured"], one["error"]) for one in seen)


def answer_in(line: str) -> dict[str, Any] | None:
    """The answer in a line of an agent's, or None for a line that is something else."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "answer" in found else None  # pyright: ignore


def ask_once(command: str, question: Question, folder: Path, world: World, seconds: float) -> Reply:
    """Start the agent for one question, with a server of its own."""
    environment = prepare(folder, world)
    line = json.dumps(question.asked(), ensure_ascii=False) + "\n"
    try:
        ended = subprocess.run(  # noqa: S603 - the command is what the user wants to be driven
            shlex.split(command),
            input=line.encode(),
            stdout=subprocess.PIPE,
            env=environment,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Reply(None, calls_in(folder), f"no answer in {seconds:g} s")
    answers = [answer_in(one) for one in ended.stdout.decode("utf-8", "replace").splitlines()]
    found = next((one for one in reversed(answers) if one is not None), None)
    trouble = "" if found else f"no JSON with an answer on stdout; status {ended.returncode}"
    return Reply(found, calls_in(folder), trouble)


class Kept:
    """An agent that stays: one process and one server for all questions, a line in and a line out for each."""

    def __init__(self, command: str, folder: Path, world: World, seconds: float) -> None:
        self._folder, self._seconds = folder, seconds
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._process = subprocess.Popen(  # noqa: S603 - as above
            shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=prepare(folder, world)
        )
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()
        self._gone = False

    def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - as it was started
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line.decode("utf-8", "replace"))
        self._lines.put(None)

    def ask(self, question: Question) -> Reply:
        """The next question. An agent that has left, or did not answer in time, is not asked again."""
        before = len(calls_in(self._folder))
        found = None if self._gone else self._answer(json.dumps(question.asked(), ensure_ascii=False).encode() + b"\n")
        self._gone = found is None
        trouble = "the agent has left, or did not answer in time" if self._gone else ""
        return Reply(found, calls_in(self._folder, before), trouble)

    def _answer(self, line: bytes) -> dict[str, Any] | None:
        assert self._process.stdin is not None  # noqa: S101 - as it was started
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
            while (said := self._lines.get(timeout=self._seconds)) is not None:
                if (found := answer_in(said)) is not None:
                    return found
        except queue.Empty:
            self._process.kill()
        except BrokenPipeError:
            pass
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None  # noqa: S101 - as it was started
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listening.join(5)
