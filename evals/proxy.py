"""Stands between an agent and the server, over stdio, and counts what passes: calls, characters, errors.

    python proxy.py FOLDER

FOLDER has `server.json`, with the server's command and environment, and gets `calls.jsonl`, a line for each call before
its answer is passed on. Nothing is changed on the way. Uses the standard library alone, so that any agent can start it.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, cast


class Counter:
    """What was called, and what came of it."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._open: dict[Any, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def asked(self, line: bytes) -> None:
        """A message of the agent's."""
        message = _message(line)
        if message.get("method") == "tools/call" and "id" in message:
            params: dict[str, Any] = message.get("params") or {}
            with self._lock:
                self._open[message["id"]] = {"name": params.get("name"), "arguments": params.get("arguments")}

    def answered(self, line: bytes) -> None:
        """A message of the server's."""
        message = _message(line)
        with self._lock:
            call = self._open.pop(message.get("id"), None) if "method" not in message else None
            if call is None:
                return
            result: dict[str, Any] = message.get("result") or {}
            parts: list[dict[str, Any]] = result.get("content") or []
            texts = [str(part.get("text", "")) for part in parts if part.get("type") == "text"]
            structured: Any = result.get("structuredContent")
            call["characters"] = sum(map(len, texts))
            call["structured"] = len(json.dumps(structured, ensure_ascii=False)) if structured else 0
            call["error"] = bool(result.get("isError")) or "error" in message
            with self._log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(call, ensure_ascii=False) + "\n")


def _message(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}


def _pass_on(source: BinaryIO, target: BinaryIO, seen: Callable[[bytes], None]) -> None:
    try:
        for line in source:
            seen(line)
            target.write(line)
            target.flush()
    except (BrokenPipeError, ValueError):
        pass  # the other end has left


def main(folder: Path) -> int:
    """Serve until the agent closes its end, or the server leaves."""
    server = json.loads((folder / "server.json").read_text(encoding="utf-8"))
    counter = Counter(folder / "calls.jsonl")
    with subprocess.Popen(  # noqa: S603 - the runner wrote the command
        server["command"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=server["environment"]
    ) as process:
        assert process.stdin is not None  # noqa: S101 - as it was started
        assert process.stdout is not None  # noqa: S101
        answers = (process.stdout, sys.stdout.buffer, counter.answered)
        back = threading.Thread(target=_pass_on, args=answers, daemon=True)
        back.start()
        forth = (sys.stdin.buffer, process.stdin, counter.asked)
        reading = threading.Thread(target=_pass_on, args=forth, daemon=True)
        reading.start()
        while reading.is_alive() and process.poll() is None:
            reading.join(0.2)
        process.stdin.close()
        code = process.wait()
        back.join(2)
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
