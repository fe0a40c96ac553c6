"""Stored answers through real processes: asked once, then offline, then on another machine without a key."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tradestat_server.cli.main import cli

TRADESTAT = [sys.executable, "-m", "tradestat_server"]
KEY = "pb-3e7a1c9b5d2f4e6a8b0c"
QUESTION = ["goods_time_series", "country=784", "product=020230", "trade_flow=I", "period_from=2024"]
KOREA = ["getNitemtradeList", "strtYymm=202501", "endYymm=202502", "hsSgn=850760", "cntyCd=CN"]


def record(partner: str, value: int) -> dict[str, Any]:
    cell = {"period": 2024, "value": value, "unit": None, "flag": None}
    return {"reporterCd": "784", "partnerCd": partner, "productCd": "020230", "data": [cell]}


@dataclass
class ParseBot:
    """A service on a socket of its own, which says nothing of a sandbox: what it was asked, and with which key."""

    address: str
    asked: list[str] = field(default_factory=list[str])
    keys: list[str | None] = field(default_factory=list[str | None])


@contextmanager
def parse_bot() -> Generator[ParseBot]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            bot.asked.append(self.path)
            bot.keys.append(self.headers.get("X-API-Key"))
            catalogue = "/marketplace/" in self.path
            table = {
                "nbRecords": 2,
                "page": 1,
                "nbRecordPerPage": 50,
                "nbPages": 1,
                "records": [record("076", 463_753), record("699", 161_224)],
                "aggregateRecords": [record("000", 624_977)],
            }
            body = json.dumps({"status": "success", "data": table}).encode()
            self.send_response(404 if catalogue else 200)
            self.send_header("content-type", "application/json")
            self.send_header("set-cookie", "session=do-not-hand-on")
            self.send_header("x-credits-charged", "0" if catalogue else "1")
            self.end_headers()
            self.wfile.write(b"{}" if catalogue else body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has in the base class
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        bot = ParseBot(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield bot
        finally:
            server.shutdown()
            thread.join(10)


def run(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, with nothing set but what is given, in a folder without a `.env`."""
    kept = {name: value for name, value in os.environ.items() if not re.match(r"TRADESTAT_|\w+_KEY$", name)}
    folder.mkdir(exist_ok=True)
    surroundings = kept | {"TRADESTAT_CACHE_DIR": str(folder / "cache")} | env
    return subprocess.run(
        [*TRADESTAT, *words],
        env=surroundings,
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def answered(ran: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(ran.stdout)


def contents(folder: Path) -> bytes:
    """Every byte that is stored in a folder, packed answers unpacked."""
    held = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for path in folder.rglob("*.gz"):
        held += gzip.decompress(path.read_bytes())
    return held


def test_what_was_asked_once_is_answered_offline_and_elsewhere_without_a_key(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    call = ["call", *QUESTION, "--json"]
    with parse_bot() as bot:
        address = {"TRADESTAT_TRADEMAP_URL": bot.address}
        first = answered(run(mine, *call, **address, PARSE_API_KEY=KEY))
        again = answered(run(mine, *call, **address, PARSE_API_KEY=KEY))
        usage = answered(run(mine, "usage", "--json", **address, PARSE_API_KEY=KEY))
    assert (first["source"]["state"], again["source"]["state"]) == ("fresh", "cached")
    assert (first["source"]["calls"], again["source"]["calls"]) == (1, 0)
    assert len([path for path in bot.asked if "/scraper/" in path]) == 1, "another process asks no second time"
    assert KEY in bot.keys
    assert (usage["data"]["sources"][0]["used"], usage["data"]["sources"][0]["left"]) == (1, 99)

    offline = answered(run(mine, *call, "--offline", **address, PARSE_API_KEY=KEY))
    assert offline["source"]["state"] == "offline"
    assert offline["source"]["retrieved_at"] == first["source"]["retrieved_at"]
    (note,) = (note["text"] for note in offline["notes"] if note["code"] == "stale")
    assert re.fullmatch(r"Stored \d+ seconds ago \(.* UTC\)\. Working offline\.", note)
    assert offline["data"] == first["data"]

    export = run(mine, "cache", "export", str(mine / "team.gz"))
    assert (export.returncode, export.stdout.split()[0]) == (0, "1")
    missing = run(theirs, *call, "--offline", **address)
    assert json.loads(missing.stdout)["kind"] == "UpstreamDown"
    assert "import a cache" in json.loads(missing.stdout)["remedy"]
    taken = run(theirs, "cache", "import", str(mine / "team.gz"))
    assert taken.stdout.startswith("1 answer taken"), taken.stderr
    assert answered(run(theirs, *call, "--offline", **address))["data"] == first["data"]
    assert answered(run(theirs, *call, **address))["source"]["state"] == "cached", "no key is needed for it"

    for folder in (mine, theirs):
        held = contents(folder)
        assert b"scraper" in held
        assert KEY.encode() not in held
        assert b"do-not-hand-on" not in held


def test_a_server_that_works_offline_answers_from_the_store(tmp_path: Path) -> None:
    with parse_bot() as bot:
        address = {"TRADESTAT_TRADEMAP_URL": bot.address}
        answered(run(tmp_path, "call", *QUESTION, "--json", **address, PARSE_API_KEY=KEY))
    arguments = dict(pair.split("=") for pair in QUESTION[1:])
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": QUESTION[0], "arguments": arguments}},
    ]
    env = os.environ | address | {"TRADESTAT_CACHE_DIR": str(tmp_path / "cache")}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [*TRADESTAT, "serve", "--offline"]
    with subprocess.Popen(command, env=env, cwd=tmp_path, encoding="utf-8", **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for message in messages:
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
        replies = {reply["id"]: reply for reply in (json.loads(process.stdout.readline()) for _ in range(2))}
        process.stdin.close()
        process.wait(timeout=20)
    assert replies[2]["result"]["structuredContent"]["source"]["state"] == "offline"
    assert "offline" in replies[2]["result"]["content"][0]["text"].splitlines()[0]


@contextmanager
def standin() -> Generator[dict[str, str]]:
    """The stand-in services as a process; the settings that it prints."""
    command = [*TRADESTAT, "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            lines = [process.stdout.readline().strip() for _ in range(9)]
            yield dict(line.split("=", 1) for line in lines if not line.startswith("#"))
        finally:
            process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
            process.wait(timeout=10)


def test_answers_of_the_stand_in_stay_labelled_when_they_come_from_the_store(tmp_path: Path) -> None:
    call = ["call", *KOREA, "--json"]
    with standin() as settings:
        first = answered(run(tmp_path, *call, **settings))
    offline = answered(run(tmp_path, *call, "--offline", **settings))
    assert offline["data"] == first["data"]
    assert offline["source"]["state"] == "sandbox", "synthetic before all else"
    assert any("Working offline." in note["text"] for note in offline["notes"])
    text = run(tmp_path, "call", *KOREA, "--offline", **settings).stdout
    assert text.startswith("SANDBOX DATA (synthetic, not statistics)")
    assert settings["DATA_GO_KR_SERVICE_KEY"].encode() not in contents(tmp_path)


def test_the_sandbox_in_process_leaves_stored_answers_alone(tmp_path: Path) -> None:
    assert run(tmp_path, "call", *KOREA, "--sandbox").returncode == 0
    assert not (tmp_path / "cache").exists()


def test_cache_info_and_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADESTAT_CACHE_DIR", str(tmp_path / "cache"))
    with parse_bot() as bot:
        ran = run(tmp_path, "call", *QUESTION, TRADESTAT_TRADEMAP_URL=bot.address, PARSE_API_KEY=KEY)
    assert ran.returncode == 0

    def command(*words: str) -> str:
        result = CliRunner().invoke(cli, ["cache", *words])
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout

    info = json.loads(command("info", "--json"))
    assert (info["kind"], info["entries"]) == ("sqlite", 1)
    assert info["bytes"] > 200
    assert info["place"] == str(tmp_path / "cache" / "answers.sqlite3")
    assert (info["results"]["entries"], info["results"]["place"]) == (1, str(tmp_path / "cache" / "results.sqlite3"))
    assert [line.partition(",")[0] for line in command("info").splitlines()] == ["1 answer", "1 result"]
    assert command("clear", "--source", "korea") == "0 answers and 0 results forgotten.\n"
    assert command("clear", "--source", "trademap") == "1 answer and 1 result forgotten.\n"
    info = json.loads(command("info", "--json"))
    assert (info["entries"], info["results"]["entries"]) == (0, 0)


def test_a_result_is_read_by_another_process_and_holds_no_key(tmp_path: Path) -> None:
    with parse_bot() as bot:
        ran = run(tmp_path, "call", *QUESTION, "--json", TRADESTAT_TRADEMAP_URL=bot.address, PARSE_API_KEY=KEY)
    handle = json.loads(ran.stdout)["result"]
    rows = run(tmp_path, "call", "rows", f"result={handle}", "filter=2024>200000", "--json")
    assert [row[-1] for row in json.loads(rows.stdout)["data"]["rows"]] == [463_753]
    for file in (tmp_path / "cache").glob("results.sqlite3*"):
        assert KEY.encode() not in file.read_bytes()


def test_a_file_that_is_no_export_is_refused_on_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADESTAT_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "other").write_bytes(b"something else")
    result = CliRunner().invoke(cli, ["cache", "import", str(tmp_path / "other")])
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert "not one that `cache export` wrote" in line
    assert line.endswith("Nothing was changed.")
    assert json.loads(CliRunner().invoke(cli, ["cache", "info", "--json"]).stdout)["entries"] == 0


@pytest.mark.parametrize("words", [["export", "missing/file"], ["export", "."]])
def test_a_place_that_can_not_be_written_is_said(words: list[str], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["cache", *words])
    assert result.exit_code != 0
    assert "Traceback" not in result.stderr
    assert isinstance(result.exception, SystemExit)


def test_nothing_is_said_to_be_taken_where_nothing_can_be_stored(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("TRADESTAT_CACHE_DIR", str(tmp_path / "cache"))
    assert CliRunner().invoke(cli, ["cache", "export", str(tmp_path / "file")]).exit_code == 0
    (tmp_path / "blocked").write_text("a file where a folder is wanted", encoding="utf-8")
    monkeypatch.setenv("TRADESTAT_CACHE_DIR", str(tmp_path / "blocked"))
    result = CliRunner().invoke(cli, ["cache", "import", str(tmp_path / "file")])
    assert result.exit_code == 1
    assert "Warning: " in result.stderr
    assert "Nothing was taken" in result.stderr
    assert result.stdout == ""
