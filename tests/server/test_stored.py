"""Stored answers: asked once, then offline, in another process, and on another machine without a key."""

import gzip
import json
import os
import re
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
from click.testing import Result
from commands import OF_WHOEVER_RUNS_THIS
from commands import run as run_command
from mcp import Client
from mcp_types import TextContent

from tradestat_server.cli.common import read_pairs
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import open_context
from tradestat_tools.catalogue import catalogue

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


def run(folder: Path, *words: str, **env: str) -> Result:
    """A command that keeps what it stores in a folder."""
    folder.mkdir(exist_ok=True)
    return run_command(*words, TRADESTAT_CACHE_DIR=str(folder / "cache"), **env)


def run_apart(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own, in a folder without a `.env`."""
    kept = {name: value for name, value in os.environ.items() if not OF_WHOEVER_RUNS_THIS.match(name)}
    surroundings = kept | {"TRADESTAT_CACHE_DIR": str(folder / "cache")} | env
    command = [*TRADESTAT, *words]
    return subprocess.run(
        command, env=surroundings, cwd=folder, capture_output=True, encoding="utf-8", timeout=60, check=True
    )


def answered(ran: Result) -> dict[str, Any]:
    assert ran.exit_code == 0, ran.stdout + ran.stderr
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
        again = json.loads(run_apart(mine, *call, **address, PARSE_API_KEY=KEY).stdout)
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
    assert (export.exit_code, export.stdout.split()[0]) == (0, "1")
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


@pytest.mark.anyio
async def test_a_server_that_works_offline_answers_from_the_store(tmp_path: Path) -> None:
    tool, *pairs = QUESTION
    given: dict[str, Any] = {"PARSE_API_KEY": KEY, "TRADESTAT_CACHE_DIR": tmp_path}
    with parse_bot() as bot:
        given["TRADESTAT_TRADEMAP_URL"] = bot.address
        async with open_context(catalogue().settings(_env_file=None, **given)) as context:
            await context.call(tool, read_pairs(pairs))
    offline = catalogue().settings(_env_file=None, **given, TRADESTAT_OFFLINE=True)
    async with open_context(offline) as context, Client(create_server(context)) as client:
        result = await client.call_tool(tool, read_pairs(pairs))
    assert result.structured_content["source"]["state"] == "offline"
    (block,) = result.content
    assert isinstance(block, TextContent)
    assert "offline" in block.text.splitlines()[0]


def test_the_sandbox_in_process_leaves_stored_answers_alone(tmp_path: Path) -> None:
    assert run(tmp_path, "call", *KOREA, "--sandbox").exit_code == 0
    assert not (tmp_path / "cache").exists()


def test_cache_info_and_clear(tmp_path: Path) -> None:
    with parse_bot() as bot:
        ran = run(tmp_path, "call", *QUESTION, TRADESTAT_TRADEMAP_URL=bot.address, PARSE_API_KEY=KEY)
    assert ran.exit_code == 0

    def command(*words: str) -> str:
        result = run(tmp_path, "cache", *words)
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout

    info = json.loads(command("info", "--json"))
    assert (info["kind"], info["entries"]) == ("sqlite", 1)
    assert info["bytes"] > 200
    assert info["place"] == str(tmp_path / "cache" / "answers-2.sqlite3")
    assert (info["results"]["entries"], info["results"]["place"]) == (1, str(tmp_path / "cache" / "results-2.sqlite3"))
    assert [line.partition(",")[0] for line in command("info").splitlines()] == [
        "1 answer",
        "1 result",
        "0 files of imported rows",
    ]
    assert command("clear", "--source", "korea") == "0 answers and 0 results forgotten.\n"
    assert command("clear", "--source", "trademap") == "1 answer and 1 result forgotten.\n"
    info = json.loads(command("info", "--json"))
    assert (info["entries"], info["results"]["entries"]) == (0, 0)


def test_a_result_is_read_by_a_later_command_and_holds_no_key(tmp_path: Path) -> None:
    with parse_bot() as bot:
        ran = run(tmp_path, "call", *QUESTION, "--json", TRADESTAT_TRADEMAP_URL=bot.address, PARSE_API_KEY=KEY)
    handle = json.loads(ran.stdout)["result"]
    rows = run(tmp_path, "call", "query", f"result={handle}", "filter=2024>200000", "--json")
    assert [row[-1] for row in json.loads(rows.stdout)["data"]["rows"]] == [463_753]
    for file in (tmp_path / "cache").glob("results-2.sqlite3*"):
        assert KEY.encode() not in file.read_bytes()


def test_a_file_that_is_no_export_is_refused_on_one_line(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"something else")
    result = run(tmp_path, "cache", "import", str(tmp_path / "other"))
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert "not one that `cache export` wrote" in line
    assert line.endswith("Nothing was changed.")
    assert json.loads(run(tmp_path, "cache", "info", "--json").stdout)["entries"] == 0


def test_a_place_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    for place in (tmp_path / "missing" / "file", tmp_path):
        result = run(tmp_path, "cache", "export", str(place))
        assert result.exit_code != 0
        assert "Traceback" not in result.stderr
        assert isinstance(result.exception, SystemExit)


def test_nothing_is_said_to_be_taken_where_nothing_can_be_stored(tmp_path: Path) -> None:
    assert run(tmp_path, "cache", "export", str(tmp_path / "file")).exit_code == 0
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "cache").write_text("a file where a folder is wanted", encoding="utf-8")
    result = run(blocked, "cache", "import", str(tmp_path / "file"))
    assert result.exit_code == 1
    assert "Warning: " in result.stderr
    assert "Nothing was taken" in result.stderr
    assert result.stdout == ""
