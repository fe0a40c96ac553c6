"""What becomes of a key that a service repeats, through the real protocol; and of one that can be none."""

import gzip
import html
import json
import logging
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from commands import run
from mcp import Client

from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.transports import log_to_stderr
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import standing_at, utc_now
from tradestat_tools.open import in_memory
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.portable import export_answers
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.sqlite import SqliteCache
from tradestat_tools.upstream.store import Entry

pytestmark = pytest.mark.anyio

KEY = "aB+cD/eF0123456789ghIJklMNopQRstUVwxYZaB+cD/eF0123456789ghIJklMNopQRstUVwxYZaBcDeFgHiQ=="
LOGIN = "me:Pa55/w+rd-of-mine"
PIECE = 8
"""Characters of a key in a row that are too many to show."""

DRESSES: Mapping[str, Callable[[str], str]] = {
    "plain": lambda key: key,
    "lower case percent": lambda key: key.replace("+", "%2b").replace("/", "%2f").replace("=", "%3d"),
    "twice percent": lambda key: quote(quote(key, safe=""), safe=""),
    "slashes kept": lambda key: quote(key, safe="/"),
    "escaped slashes": lambda key: key.replace("/", "\\/"),
    "blanks": lambda key: key.replace("+", " "),
    "entities": lambda key: key.replace("+", "&#43;").replace("/", "&#x2F;").replace("=", "&equals;"),
    "entities of percent": lambda key: html.escape(quote(key, safe="")).replace("%", "&#37;"),
    "unicode escapes": lambda key: "".join(f"\\u{ord(char):04x}" for char in key),
    "cut off": lambda key: f"{key[:40]}...",
}

ASKED = {
    "get_countries": {},
    "getNitemtradeList": {"strtYymm": "202501", "endYymm": "202501", "hsSgn": "850760"},
    "comtrade_data": {"reporterCode": "156", "period": "2022", "cmdCode": "850760"},
    "dashboard": {"hsCode": "85076000"},
}


class Echo:
    """Every service in one: answers with what a test says."""

    def __init__(self, status: int, body: str, **headers: str) -> None:
        self.status, self.body = status, body.encode()
        self.headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.asked = 0

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        self.asked += 1
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


def pieces(key: str) -> set[str]:
    return {key[at : at + PIECE] for at in range(len(key) - PIECE + 1)}


async def everything(echo: Echo, tool: str, folder: Path, **settings: str) -> str:
    """All that is said and kept of one call: the result, what is stored and what `cache export` writes of it."""
    keys = {"PARSE_API_KEY": KEY, "DATA_GO_KR_SERVICE_KEY": KEY, "COMTRADE_API_KEY": KEY}
    chosen = catalogue().settings(_env_file=None, **{**keys, **settings})  # pyright: ignore[reportArgumentType]
    http = Http(app=echo)
    async with in_memory(http, chosen, standing_at(utc_now()), most_attempts=1) as context:
        async with Client(create_server(context)) as client:
            result = await client.call_tool(tool, ASKED[tool])
        export_answers(context.upstream.cache, folder / "answers.gz")
        lines = [json.loads(line) for line in gzip.decompress((folder / "answers.gz").read_bytes()).splitlines()]
        bodies = [b64decode(line["body"]).decode() for line in lines if "body" in line]
        stored = [repr(entry) for _, entry in context.upstream.cache.entries()]
    await http.aclose()
    return "\n".join([result.model_dump_json(), *map(json.dumps, lines), *bodies, *stored])


@pytest.mark.parametrize("dress", DRESSES)
async def test_no_piece_of_a_key_that_a_service_repeats_is_shown_or_stored(dress: str, tmp_path: Path) -> None:
    said = DRESSES[dress](KEY)
    xml = "<response><header><resultCode>{code}</resultCode><resultMsg>No data: {said}</resultMsg></header></response>"
    for tool, echo in [
        ("getNitemtradeList", Echo(200, xml.format(code="03", said=html.escape(said)), content_type=f"a/b; {said}")),
        ("getNitemtradeList", Echo(200, xml.format(code="99", said=html.escape(said)))),
        ("getNitemtradeList", Echo(200, json.dumps({"response": {"header": {"resultCode": "99", "resultMsg": said}}}))),
        ("get_countries", Echo(401, json.dumps({"error": {"message": f"bad key {said}", "url": f"?key={said}"}}))),
        ("get_countries", Echo(200, f"no JSON: {said}", content_type=f"text/plain; {said}", location=f"/?{said}")),
        ("comtrade_data", Echo(400, json.dumps({"error": f"{'x' * 150} key {said}"}))),
        ("comtrade_data", Echo(403, f"{'x' * 190}{said}")),
    ]:
        found = await everything(echo, tool, tmp_path)
        assert echo.asked
        shown = found.replace("\\\\", "").replace("\\/", "/")
        for decoded in (found, shown, html.unescape(shown), html.unescape(shown).replace(" ", "+")):
            assert not [piece for piece in pieces(KEY) if piece in decoded], found


@pytest.mark.parametrize(
    "dress", ["plain", "lower case percent", "twice percent", "escaped slashes", "blanks", "entities"]
)
async def test_a_login_in_an_address_is_in_no_answer_and_no_store(dress: str, tmp_path: Path) -> None:
    password = LOGIN.partition(":")[2]
    address = f"https://me:{quote(password, safe='')}@stats.invalid/base"
    for tool, echo in [
        ("dashboard", Echo(400, json.dumps({"code": 400, "msg": f"unknown path {DRESSES[dress](password)}"}))),
        ("dashboard", Echo(200, json.dumps({"code": 0, "msg": "ok", "data": {"said": DRESSES[dress](password)}}))),
        ("getNitemtradeList", Echo(200, "<response><header><resultCode>03</resultCode></header></response>")),
    ]:
        urls = {"TRADESTAT_DOUMAOTONG_URL": address, "TRADESTAT_KOREA_URL": address}
        found = await everything(echo, tool, tmp_path, **urls)
        assert echo.asked
        for decoded in (found, html.unescape(found)):
            assert not [piece for piece in pieces(password) if piece in decoded], found
        assert "me:" not in found


def test_a_key_that_is_not_plain_text_is_a_wrong_setting_before_anything_is_sent() -> None:
    for name in ("PARSE_API_KEY", "DATA_GO_KR_SERVICE_KEY", "COMTRADE_API_KEY"):
        for value in ("“0123456789abcdef”", "0123456789\u200babcdef", "열쇠0123456789", "0123 456789", "0123\n456789"):
            result = run("call", "get_countries", **{name: value})
            assert result.exit_code == 1
            assert result.stderr.startswith(f"Error: A setting is wrong. {name}: ")
            assert "copy it again" in result.stderr
            assert "0123" not in result.output + result.stderr


def test_an_export_is_free_of_a_key_that_an_older_version_stored(tmp_path: Path) -> None:
    said = DRESSES["lower case percent"](KEY)
    response = Response(200, {"location": f"/?serviceKey={said}"}, f"<said>{said}</said>".encode())
    now = time.time()
    with closing(SqliteCache(tmp_path / "answers.sqlite3")) as cache:
        times = (now, now + 1000, now + 1000, now + 2000)
        cache.put("0" * 64, Entry("korea", "a", f"https://stats.invalid/?k={KEY}", response, *times))
    file = tmp_path / "answers.gz"
    folder = {"TRADESTAT_CACHE_DIR": str(tmp_path), "DATA_GO_KR_SERVICE_KEY": quote(KEY, safe="")}
    assert run("cache", "export", str(file), **folder).exit_code == 0
    written = gzip.decompress(file.read_bytes()).decode()
    written += b64decode(json.loads(written.splitlines()[1])["body"]).decode()
    assert "<said>********</said>" in written
    assert not [piece for piece in pieces(KEY) if piece in written]


def test_the_servers_log_holds_no_key(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    address = f"https://{LOGIN.replace('/', '%2F')}@stats.invalid"
    chosen = catalogue().settings(_env_file=None, DATA_GO_KR_SERVICE_KEY=KEY, TRADESTAT_KOREA_URL=address)  # pyright: ignore[reportCallIssue]
    log_to_stderr(chosen)

    def fail() -> None:
        raise RuntimeError(f"https://stats.invalid/?serviceKey={DRESSES['twice percent'](KEY)}")

    try:
        fail()
    except RuntimeError:
        logging.getLogger("mcp.server").exception("failed with %s at %s", quote(KEY), address)
    written = capsys.readouterr().err
    assert "RuntimeError" in written
    assert "stats.invalid" in written
    assert not [piece for piece in pieces(KEY) if piece in written]
    assert "w+rd-of-mine" not in written
