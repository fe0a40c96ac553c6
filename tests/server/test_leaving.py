"""Leaving in the middle of a call: what is paid for is finished and stored, whichever way the server is stopped."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from commands import run
from held import INITIALIZE, PATIENCE, Held, call, greet, held_service, listening, program, say

Question = tuple[str, dict[str, str]]
PAID: Question = ("get_countries", {})
FREE: Question = ("dashboard", {"hsCode": "85076000"})
posix = pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")


@pytest.fixture
def service() -> Generator[Held]:
    with held_service() as running:
        yield running


def pointed(service: Held, **more: str) -> dict[str, str]:
    urls = {f"TRADESTAT_{name}_URL": service.address for name in ("TRADEMAP", "DOUMAOTONG")}
    return {**urls, "PARSE_API_KEY": "pm_test_key", **more}


@contextmanager
def asking(kind: str, question: Question, folder: Path, **env: str) -> Generator[subprocess.Popen[str]]:
    """A process that is asked, by one of the ways in, and waits for the service."""
    tool, arguments = question
    if kind == "call":
        with program(folder, "call", tool, *(f"{k}={v}" for k, v in arguments.items()), **env) as process:
            yield process
    elif kind == "stdio":
        with program(folder, "serve", **env) as process:
            greet(process)
            say(process, call(2, tool, **arguments))
            yield process
    else:
        with (
            program(folder, "serve", "--transport", "streamable-http", "--port", "0", **env) as process,
            asked_over_http(listening(process), tool, arguments),
        ):
            yield process


@contextmanager
def asked_over_http(address: str, tool: str, arguments: dict[str, str]) -> Generator[list[Any]]:
    """Ask from a thread; what came of it is put into the list."""
    came: list[Any] = []

    def ask() -> None:
        headers = {"accept": "application/json, text/event-stream"}
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            begun = client.post(address, json=INITIALIZE, headers=headers)
            headers["mcp-session-id"] = begun.headers["mcp-session-id"]
            client.post(address, json={"jsonrpc": "2.0", "method": "notifications/initialized"}, headers=headers)
            try:
                answer = client.post(address, json=call(2, tool, **arguments), headers=headers)
                (data,) = (line for line in answer.text.splitlines() if line.startswith("data: {"))
                came.append(json.loads(data.removeprefix("data: ")))
            except (httpx.HTTPError, ValueError) as error:
                came.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield came
    finally:
        thread.join(PATIENCE)


def stored(service: Held, folder: Path) -> bool:
    """Whether the answer is in the store: asked again, it comes without a call."""
    again = run("call", PAID[0], "--json", "--offline", TRADESTAT_CACHE_DIR=str(folder / "cache"), **pointed(service))
    return again.exit_code == 0 and json.loads(again.stdout)["data"]["countryCd"] == ["784"]


def end_of_input(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.stdin = None  # so that nobody flushes it again


def sends(number: int) -> Callable[[subprocess.Popen[str]], None]:
    return lambda process: process.send_signal(number)


WAYS = [
    pytest.param("stdio", end_of_input, 0, id="stdio-end"),
    pytest.param("stdio", sends(signal.SIGTERM), -signal.SIGTERM, id="stdio-SIGTERM", marks=posix),
    pytest.param("stdio", sends(signal.SIGINT), -signal.SIGINT, id="stdio-SIGINT", marks=posix),
    pytest.param("http", sends(signal.SIGTERM), -signal.SIGTERM, id="http-SIGTERM", marks=posix),
    pytest.param("http", sends(signal.SIGINT), -signal.SIGINT, id="http-SIGINT", marks=posix),
    pytest.param("call", sends(signal.SIGTERM), -signal.SIGTERM, id="call-SIGTERM", marks=posix),
    pytest.param("call", sends(signal.SIGINT), -signal.SIGINT, id="call-SIGINT", marks=posix),
]


def said_that_it_finishes(process: subprocess.Popen[str]) -> str:
    """The line that says so; it comes after the server has been told to stop."""
    assert process.stderr is not None
    line = process.stderr.readline()
    assert "paid" in line, line
    return line


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "stop", "status"), WAYS)
def test_a_paid_call_under_way_is_finished_and_stored_before_it_leaves(
    kind: str, stop: Callable[[Any], None], status: int, service: Held, tmp_path: Path
) -> None:
    with asking(kind, PAID, tmp_path, **pointed(service)) as process:
        assert "get_countries" in service.await_call()
        stop(process)
        assert "30 s" in said_that_it_finishes(process)
        service.gate.set()
        assert process.wait(PATIENCE) == status
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    assert stored(service, tmp_path)
    assert service.arrived.empty(), "nothing more was sent"


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "stop", "status"), WAYS)
def test_a_call_that_costs_nothing_is_not_waited_for(
    kind: str, stop: Callable[[Any], None], status: int, service: Held, tmp_path: Path
) -> None:
    with asking(kind, FREE, tmp_path, **pointed(service)) as process:
        assert "dashboard" in service.await_call()
        stop(process)
        assert process.wait(PATIENCE / 2) == status, "the service never answers here"
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "stop", "status"), WAYS)
def test_it_waits_no_longer_than_is_set(
    kind: str, stop: Callable[[Any], None], status: int, service: Held, tmp_path: Path
) -> None:
    with asking(kind, PAID, tmp_path, **pointed(service, TRADESTAT_EXIT_TIMEOUT="0.2")) as process:
        service.await_call()
        stop(process)
        assert "0.2 s" in said_that_it_finishes(process)
        assert process.wait(PATIENCE / 2) == status, "the service never answers here"
    assert not stored(service, tmp_path)


@posix
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["stdio", "http", "call"])
def test_a_second_signal_ends_it_at_once(kind: str, service: Held, tmp_path: Path) -> None:
    with asking(kind, PAID, tmp_path, **pointed(service)) as process:
        service.await_call()
        process.send_signal(signal.SIGTERM)
        said_that_it_finishes(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE / 2) == -signal.SIGINT
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert not stored(service, tmp_path)


@posix
@pytest.mark.slow
def test_whoever_waits_for_it_over_http_gets_the_answer_and_no_other_call_is_begun(
    service: Held, tmp_path: Path
) -> None:
    with program(tmp_path, "serve", "--transport", "streamable-http", "--port", "0", **pointed(service)) as process:
        address = listening(process)
        with asked_over_http(address, *PAID) as came:
            service.await_call()
            process.send_signal(signal.SIGTERM)
            said_that_it_finishes(process)
            with asked_over_http(address, "dashboard", {"hsCode": "85176200"}) as refused:
                pass
            assert "being stopped" in refused[0]["result"]["content"][0]["text"]
            service.gate.set()
        (table,) = came[0]["result"]["structuredContent"]["tables"]
        assert [row[table["columns"].index("countryCd")] for row in table["rows"]] == ["784"]
        assert process.wait(PATIENCE) == -signal.SIGTERM
    assert service.arrived.empty()
