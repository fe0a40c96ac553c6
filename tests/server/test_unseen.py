"""Characters that show nothing or turn text round: no service and no file brings one to a client or into an export."""

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp_types import CallToolResult
from sandboxed import opened

from tradestat_sandbox import Sandbox
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.tool import Tool
from tradestat_tools.open import in_memory
from tradestat_tools.upstream.http import AsgiApp, Http

pytestmark = [pytest.mark.anyio, pytest.mark.slow]  # every tool of every source, and every export

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

NASTY = "\x1b[31m\u202eMARK\x00\u2066\u200b\x9b2J\U000e0041\ufe0f\ud800\x7f\u2028"
IN_XML = "&#x202e;MARK&#x2066;&#x200b;&#x9b;2J&#xE0041;\ufe0f&#x7f;\u2028"
LABEL = re.compile(r"[^\W\d_]{2}[^\n]* |[\u3400-\u9fff\uac00-\ud7a3]{2}")
"""A text of several words, or in Chinese or Korean: a name or a note, no code that must stay as it is."""


WITHOUT_NAMES = frozenset({"eurostat"})
"""Those that send codes and figures alone."""


class Soiled:
    """The stand-ins, with such characters in every name and note of their answers."""

    def __init__(self, sandbox: Sandbox, *, ascii_only: bool) -> None:
        self._app = sandbox.app
        self._ascii_only = ascii_only

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        start: MutableMapping[str, Any] = {}
        whole = b""

        async def collect(message: MutableMapping[str, Any]) -> None:
            nonlocal start, whole
            if message["type"] == "http.response.start":
                start = message
            else:
                whole += message.get("body", b"")

        await self._app(scope, receive, collect)
        body = self.soiled(whole)
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def soiled(self, body: bytes) -> bytes:
        if body.lstrip().startswith(b"<"):
            named = re.compile(r"(<(?:statKor|statCdCntnKor1|resultMsg)>)([^<]*)")
            return named.sub(rf"\1\2{IN_XML}", body.decode("utf-8")).encode()
        if body.startswith(b"DATAFLOW"):
            return body.replace(b"ESTAT:", f"ESTAT:{NASTY}".encode("utf-8", "ignore"))
        whole = self.value(json.loads(body))
        return json.dumps(whole, ensure_ascii=self._ascii_only).encode("utf-8", "surrogatepass")

    def value(self, one: Any) -> Any:
        if isinstance(one, dict):
            return {name: self.value(member) for name, member in one.items()}  # pyright: ignore
        if isinstance(one, list):
            return [self.value(member) for member in one]  # pyright: ignore
        nasty = NASTY if self._ascii_only else NASTY.replace("\ud800", "")
        return one + nasty if isinstance(one, str) and LABEL.search(one) else one


def texts(value: Any) -> Iterator[str]:
    """Every text in data, names of members too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():  # pyright: ignore
            yield from (*texts(name), *texts(member))
    elif isinstance(value, list | tuple):
        for member in value:  # pyright: ignore
            yield from texts(member)


def unseen(text: str) -> set[str]:
    """The characters of a text that can not be seen, but for blanks, tabs and line breaks."""
    held = {char for char in set(text) if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    selectors = {char for char in set(text) if "\ufe00" <= char <= "\ufe0f"}
    return {f"U+{ord(char):04X}" for char in (held | selectors) - set("\n\t\r")}


def plain(result: CallToolResult) -> str:
    return "\n".join(texts(result.model_dump(mode="python")))


@asynccontextmanager
async def server_on(app: AsgiApp, today: date, **folders: Any) -> AsyncGenerator[Client]:
    """A client of a server whose services are this application."""
    now = datetime(today.year, today.month, today.day, tzinfo=UTC)
    settings = sandbox_settings(catalogue().settings()).model_copy(update=folders)
    http = Http(app=app)
    async with (
        in_memory(http, settings, lambda: now, most_attempts=1) as context,
        Client(create_server(context)) as client,
    ):
        yield client
    await http.aclose()


@asynccontextmanager
async def soiled_server(tmp_path: Path, *, ascii_only: bool) -> AsyncGenerator[Client]:
    sandbox = Sandbox()
    folders: dict[str, Any] = {
        "export_dir": tmp_path / "exports",
        "import_dir": tmp_path / "imports",
        "structured": "full",
    }
    async with server_on(Soiled(sandbox, ascii_only=ascii_only), sandbox.today, **folders) as client:
        yield client


OF_SOURCES: dict[str, Tool[Any, Any]] = {
    tool.name: tool for source in catalogue().sources.values() for tool in source.tools
}


@pytest.mark.parametrize("source", catalogue().sources)
@pytest.mark.parametrize("ascii_only", [True, False])
async def test_no_answer_of_a_source_brings_what_can_not_be_seen(source: str, ascii_only: bool, tmp_path: Path) -> None:
    named: list[str] = []
    async with soiled_server(tmp_path, ascii_only=ascii_only) as client:
        for tool in catalogue().sources[source].tools:
            result = await client.call_tool(tool.name, dict(tool.example))
            assert not result.is_error, plain(result)
            said = plain(result)
            assert not unseen(said), (tool.name, unseen(said))
            named += [tool.name] * ("MARK" in said)
    assert named or source in WITHOUT_NAMES, "the stand-ins' names are soiled, so some must be shown"


@pytest.mark.parametrize("source", sorted(catalogue().sources.keys() - WITHOUT_NAMES))
async def test_no_export_of_a_sources_answer_holds_what_can_not_be_seen(source: str, tmp_path: Path) -> None:
    marked = 0
    async with soiled_server(tmp_path, ascii_only=True) as client:
        for tool in catalogue().sources[source].tools:
            asked = await client.call_tool(tool.name, dict(tool.example))
            said: dict[str, Any] = asked.structured_content or {}
            handle = said.get("result")
            if handle is None or "MARK" not in plain(asked):
                continue
            for kind in ("csv", "xlsx", "json", "markdown", "html"):
                assert not (await client.call_tool("export_data", {"result": handle, "format": kind})).is_error
            break
    for path in (tmp_path / "exports").iterdir():
        content = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                content = b"\n".join(parts.read(name) for name in parts.namelist())
        text = content.decode("utf-8-sig")
        assert not unseen(text), (path.name, unseen(text))
        assert not re.search(r"\\u(00[01]|20[026]|d8)|_x00(?!0[9AD])|&#(27|0|8238);|&#x(1b|0|202e);", text), path.name
        marked += "MARK" in text
    assert marked


@pytest.mark.parametrize("status", [200, 400, 429, 500])
@pytest.mark.parametrize(
    "body",
    [
        json.dumps(
            {"error": {"message": f"bad {NASTY}", "status": NASTY}, "message": NASTY, "msg": NASTY, "code": 400}
        ),
        json.dumps({"error": f"bad {NASTY}", "status": NASTY, "code": 503, "msg": f"Words {NASTY}"}),
        f"no JSON {NASTY}",
        f"<response><header><resultCode>99</resultCode><resultMsg>{IN_XML}</resultMsg></header></response>",
    ],
    ids=["object", "envelope", "text", "XML"],
)
async def test_no_error_brings_what_can_not_be_seen(status: int, body: str) -> None:
    async def app(scope: Any, receive: Any, send: Send) -> None:
        headers = [(b"content-type", b"text/\xc2\x9b31m\xe2\x80\xae"), (b"retry-after", b"\xc2\x9b7")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode("utf-8", "surrogatepass")})

    failed = 0
    async with server_on(app, date(2026, 10, 20)) as client:
        for tool in OF_SOURCES.values():
            result = await client.call_tool(tool.name, dict(tool.example))
            assert not unseen(plain(result)), (tool.name, unseen(plain(result)))
            failed += result.is_error
    assert failed > 20, "nearly all: a ranking may be told without its lists"


async def test_a_file_that_people_export_brings_nothing_unseen(tmp_path: Path) -> None:
    folder = tmp_path / "imports"
    folder.mkdir()
    head = "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,第一数量,第一计量单位,第二数量,第二计量单位,美元\r\n"
    row = "202401,85076000,锂离子蓄电池\u202eMARK\u2066\u200b\ufe0f\U000e0041,116,日本\u2028,100,个,50,千克,1234\r\n"
    (folder / "file.csv").write_text(head + row, encoding="utf-8-sig", newline="")
    async with soiled_server(tmp_path, ascii_only=True) as client:
        result = await client.call_tool("import_file", {"file": "file.csv", "flow": "export"})
        assert not result.is_error, plain(result)
        assert "MARK" in plain(result)
        assert not unseen(plain(result))
        rows = await client.call_tool("rows", {"result": (result.structured_content or {})["result"]})
        assert not unseen(plain(rows))


async def test_names_in_chinese_and_korean_stay_as_they_are(tmp_path: Path) -> None:
    async with opened(Sandbox()) as context, Client(create_server(context)) as client:
        for name in ("dashboard", "getNitemtradeList"):
            said = plain(await client.call_tool(name, dict(OF_SOURCES[name].example)))
            assert re.search(r"[\u3400-\u9fff\uac00-\ud7a3]{2}", said)
            assert "\N{REPLACEMENT CHARACTER}" not in said
