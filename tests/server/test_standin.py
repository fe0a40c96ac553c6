"""The stand-in services as a server of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import run

from tradestat_sandbox import environment

TRADESTAT = [sys.executable, "-m", "tradestat_server"]
KOREA = ["getNitemtradeList", "strtYymm=202501", "endYymm=202502", "hsSgn=850760", "cntyCd=CN"]


@pytest.fixture(scope="module")
def standin() -> Iterator[dict[str, str]]:
    """A running stand-in: the settings that it printed. Stopped as a person would, with Ctrl-C."""
    command = [*TRADESTAT, "sandbox", "--port", "0", "--today", "2026-03-20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            lines = [process.stdout.readline().strip() for _ in environment("")]
            assert lines[0].startswith("#")
            assert "not statistics" in lines[0]
            yield dict(line.split("=", 1) for line in lines if not line.startswith("#"))
        finally:
            process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
            process.wait(timeout=10)
        if os.name == "posix":
            assert process.returncode == 0
        assert process.stderr.read() == ""


def test_the_printed_settings_name_every_service_and_key(standin: dict[str, str]) -> None:
    services = ("TRADEMAP", "DOUMAOTONG", "KOREA", "COMTRADE", "CENSUS", "EUROSTAT")
    (address,) = {standin[f"TRADESTAT_{service}_URL"] for service in services}
    assert address.startswith("http://127.0.0.1:")
    assert {"PARSE_API_KEY", "DATA_GO_KR_SERVICE_KEY", "COMTRADE_API_KEY", "CENSUS_API_KEY"} <= standin.keys()


def test_a_server_pointed_at_it_gets_answers_that_say_what_they_are(standin: dict[str, str], tmp_path: Path) -> None:
    for words in (
        ["get_countries"],
        ["dashboard", "hsCode=850760"],
        KOREA,
        ["comtrade_data", "reporterCode=KOR", "partnerCode=CHN", "cmdCode=850760", "flowCode=M", "period=2024"],
    ):
        asked = run("call", *words, "--json", TRADESTAT_CACHE_DIR=str(tmp_path), **standin)
        assert asked.exit_code == 0, asked.stdout + asked.stderr
        assert json.loads(asked.stdout)["source"]["state"] == "sandbox"


def test_its_answers_stay_labelled_when_they_come_from_the_store(standin: dict[str, str], tmp_path: Path) -> None:
    stored = {**standin, "TRADESTAT_CACHE_DIR": str(tmp_path)}
    first = json.loads(run("call", *KOREA, "--json", **stored).stdout)
    offline = json.loads(run("call", *KOREA, "--offline", "--json", **stored).stdout)
    assert offline["data"] == first["data"]
    assert offline["source"]["state"] == "sandbox", "synthetic before all else"
    assert any("Working offline." in note["text"] for note in offline["notes"])
    text = run("call", *KOREA, "--offline", **stored).stdout
    assert text.startswith("SANDBOX DATA (synthetic, not statistics)")
    key = standin["DATA_GO_KR_SERVICE_KEY"].encode()
    assert not [file for file in tmp_path.iterdir() if key in file.read_bytes()]


def test_a_taken_port_is_said_and_nothing_is_announced() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("sandbox", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "Can not listen on 127.0.0.1" in result.stderr
    assert result.stdout == ""


def test_a_day_before_the_synthetic_world_is_refused() -> None:
    result = run("sandbox", "--port", "0", "--today", "2001-01-01")
    assert result.exit_code == 2
    assert "2013-01-01" in result.stderr
