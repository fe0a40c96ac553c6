"""The pipes of a real process: lines that can not be processed, a client that is gone, clients of older versions."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from held import call, greet, hear, program, say
from hypothesis import given
from hypothesis import strategies as st
from mcp_types import JSONRPCError, JSONRPCResponse

from tradestat_server.mcp.messages import Unreadable, read_message, written

QUESTION = {"strtYymm": "202401", "endYymm": "202401", "hsSgn": "850760", "cntyCd": "CN"}
PATIENCE = 30.0
PING = '{"jsonrpc": "2.0", "id": %s, "method": "ping"%s}'

UNREADABLE = ("this is no JSON", "{", '{"jsonrpc": "2.0", "id": 5, "method": "ping"', "[" * 100_000, "\ufeff\x01")
"""Answered with -32700, and no id."""

REFUSED: list[tuple[str, int | str | None]] = [
    (PING % ("5", ', "params": [1]'), 5),
    (PING % ('"five"', ', "params": "none"'), "five"),
    ('{"jsonrpc": "2.0", "id": 5, "method": 6}', 5),
    ('{"jsonrpc": "2.0", "id": 5}', 5),
    ('{"id": 5, "method": "ping"}', 5),
    ('{"jsonrpc": "1.0", "id": 5, "method": "ping"}', 5),
    ('{"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": {"name": "\\ud800"}}', 5),
    (PING % ("null", ""), None),
    (PING % ("1.5", ""), None),
    (PING % ("true", ""), None),
    (PING % ("[5]", ""), None),
    (PING % ('"\\ud800"', ""), None),
    ('{"jsonrpc": "2.0", "method": 6}', None),
    ("[]", None),
    (f"[{PING % ('5', '')}]", None),
    ("5", None),
    ("null", None),
]
"""Answered with -32600, and the id where it can be one."""


def test_a_line_that_can_not_be_processed_gets_its_error_and_the_next_its_answer(tmp_path: Path) -> None:
    with program(tmp_path, "serve", "--sandbox") as process:
        say(process, UNREADABLE[0], REFUSED[0][0])  # before a session, too
        assert [hear(process)["error"]["code"] for _ in range(2)] == [-32700, -32600]
        greet(process)
        for line in UNREADABLE:
            say(process, line)
            answer = hear(process)
            assert (answer["id"], answer["error"]["code"]) == (None, -32700), line[:80]
        for line, number in REFUSED:
            say(process, line)
            answer = hear(process)
            assert (answer["id"], answer["error"]["code"]) == (number, -32600), line
        say(process, "", "  \r", PING % ("7", ""))
        assert hear(process) == {"jsonrpc": "2.0", "id": 7, "result": {}}
        assert process.stdin is not None
        process.stdin.write("no JSON, and no end of line")
        out, errors = process.communicate(timeout=PATIENCE)
        assert json.loads(out)["error"]["code"] == -32700
        assert process.returncode == 0
        assert errors == ""


KEYS = st.sampled_from(["jsonrpc", "id", "method", "params", "result", "error"])
SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.just("2.0")
FLAT = SCALARS | st.lists(SCALARS) | st.dictionaries(KEYS, SCALARS)
JSON = FLAT | st.lists(FLAT) | st.dictionaries(KEYS, FLAT)


@given(st.one_of(st.binary(), st.text().map(str.encode), JSON.map(lambda value: json.dumps(value).encode())))
def test_whatever_stands_on_a_line_is_a_message_or_gets_an_error_that_can_be_written(line: bytes) -> None:
    try:
        message = read_message(line)
    except Unreadable as unreadable:
        message = unreadable.answer
    assert json.loads(written(message))["jsonrpc"] == "2.0"


def test_an_answer_that_can_not_be_written_is_an_error_to_its_request() -> None:
    error = json.loads(written(JSONRPCResponse(jsonrpc="2.0", id=8, result={"text": "\ud800"})))
    assert (error["id"], error["error"]["code"]) == (8, -32603)


def test_an_answer_of_the_clients_own_is_not_taken_for_a_question() -> None:
    own = b'{"jsonrpc": "2.0", "id": 5, "error": {"code": 1, "message": "no"}}'
    assert isinstance(read_message(own), JSONRPCError)
    with pytest.raises(Unreadable) as caught:
        read_message(b'{"jsonrpc": "2.0", "id": 5, "result": 6}')
    assert caught.value.answer.id is None


@pytest.mark.skipif(os.name != "posix", reason="only POSIX tells that nobody reads a pipe before it is written to")
def test_a_client_that_closes_stdout_ends_it_though_stdin_stays_open(tmp_path: Path) -> None:
    for and_asks in (False, True):
        with program(tmp_path, "serve", "--sandbox") as process:
            greet(process)
            assert process.stdout is not None
            process.stdout.close()
            if and_asks:
                say(process, call(2, "getNitemtradeList", **QUESTION), PING % ("3", ""))
            assert process.wait(PATIENCE) == 0
            assert process.stderr is not None
            assert process.stderr.read() == ""


@pytest.mark.skipif(os.name != "posix", reason="closes descriptors in a POSIX shell")
def test_without_stdin_or_stdout_there_is_nobody_to_serve(tmp_path: Path) -> None:
    for closed in ("<&-", ">&-"):
        for command in ("", "serve"):
            shell = f'exec "{sys.executable}" -m tradestat_server {command} {closed}'
            ended = subprocess.run(["sh", "-c", shell], stderr=subprocess.PIPE, cwd=tmp_path, timeout=60, check=False)
            assert ended.returncode == 1
            assert ended.stderr.decode() == "Error: There is nobody to serve over stdio: stdin or stdout is closed.\n"


def test_a_client_that_closed_stdout_before_it_asked_ends_it(tmp_path: Path) -> None:
    with program(tmp_path, "serve", "--sandbox") as process:
        assert process.stdout is not None
        process.stdout.close()
        say(process, PING % ("1", ""))
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_links_to_files_are_left_out_for_clients_that_do_not_know_them(version: str, tmp_path: Path) -> None:
    with program(tmp_path, "serve", "--sandbox") as process:
        assert greet(process, version)["result"]["protocolVersion"] == version
        say(process, call(2, "getNitemtradeList", **QUESTION))
        handle = hear(process)["result"]["structuredContent"]["result"]
        say(process, call(3, "export_data", result=[handle], format="csv"))
        exported: dict[str, Any] = hear(process)["result"]
        kinds = [block["type"] for block in exported["content"]]
        assert kinds[0] == "text"
        assert ("resource_link" in kinds) == (version >= "2025-06-18")
        files = sorted((tmp_path / "exports").iterdir())
        assert files
        for file in files:
            assert file.name in exported["content"][0]["text"], "the text names it in any case"
