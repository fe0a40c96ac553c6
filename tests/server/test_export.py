"""The tool `export_data` through the protocol: files in the folder of exports, read back as resources."""

import base64
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from mcp import Client, MCPError
from mcp_types import BlobResourceContents, CallToolResult, ResourceLink, TextContent

from tradestat_server.cli.main import cli
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import open_context
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import InvalidQuery

pytestmark = pytest.mark.anyio

KOREA = {"strtYymm": "202401", "endYymm": "202403", "hsSgn": "850760", "cntyCd": "CN"}


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncGenerator[Context]:
    settings = catalogue().settings(
        _env_file=None,
        TRADESTAT_SANDBOX=True,
        TRADESTAT_EXPORT_DIR=str(tmp_path / "exports"),
        TRADESTAT_STRUCTURED="full",
    )  # pyright: ignore
    async with open_context(settings) as context:
        yield context


async def exported(client: Any, **asked: Any) -> CallToolResult:
    result = await client.call_tool("export_data", asked)
    assert not result.is_error, result.content
    return result


def text_of(result: CallToolResult) -> str:
    block = result.content[0]
    assert isinstance(block, TextContent)
    return block.text


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def content(path: str | Path) -> bytes:
    return Path(path).read_bytes()


async def test_an_export_comes_back_as_text_data_and_a_resource_that_holds_the_file(
    sandbox: Context, tmp_path: Path, mode: str
) -> None:
    async with Client(create_server(sandbox), mode=mode) as client:
        answer = (await client.call_tool("getNitemtradeList", KOREA)).structured_content
        result = await exported(client, result=answer["result"], filename="리튬 2024")
        (file,) = result.structured_content["data"]["files"]
        assert file["path"] in result.structured_content["text"]
        assert file["name"] == "sandbox-리튬 2024.xlsx"
        assert file["path"] == str(tmp_path / "exports" / file["name"])
        body = content(file["path"])
        assert (file["bytes"], file["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
        assert f"{file['path']} · {file['rows']} rows · {len(body):,} bytes · sha256 {file['sha256']}" in text_of(
            result
        )
        assert text_of(result).startswith("SANDBOX DATA")
        (link,) = result.content[1:]
        assert isinstance(link, ResourceLink)
        assert (link.uri, link.size) == (file["uri"], len(body))
        (read,) = (await client.read_resource(link.uri)).contents
        assert isinstance(read, BlobResourceContents)
        assert base64.b64decode(read.blob) == body
        book: Any = openpyxl.load_workbook(io.BytesIO(body))
        assert book["Summary"]["A2"].value.startswith("SANDBOX")
        assert answer["citation"] in [row[1].value for row in book["Sources"].iter_rows()]


async def test_every_row_and_exact_figure_of_an_answer_is_in_the_file(sandbox: Context, tmp_path: Path) -> None:
    answer = await sandbox.call(catalogue().tools["getNitemtradeList"], KOREA)
    asked = {"result": [answer.result], "format": "csv"}
    files = (await sandbox.call(catalogue().tools["export_data"], asked)).data.files
    tables = answer.data.tables()
    assert len(files) == len(tables) + 1
    assert [file.rows for file in files] == [*(len(table.rows) for table in tables), 0]
    for file, table in zip(files, tables, strict=False):
        head, *rows = csv.reader(io.StringIO(content(file.path).decode("utf-8-sig"), newline=""))
        assert head == list(table.columns)
        assert rows == [["" if cell is None else str(cell) for cell in row] for row in table.rows]
    assert files[-1].name.endswith("-about.txt")
    assert (answer.citation or "x") in content(files[-1].path).decode()


async def test_several_results_make_one_file_and_one_table_can_be_picked(sandbox: Context) -> None:
    export = catalogue().tools["export_data"]
    first = await sandbox.call(catalogue().tools["trend"], {"hsCode": "850760"})
    second = await sandbox.call(catalogue().tools["getNitemtradeList"], KOREA)
    both = await sandbox.call(export, {"result": f"{first.result},{second.result}", "format": "json"})
    (file,) = both.data.files
    kept = json.loads(content(file.path))["results"]
    assert [one["result"] for one in kept] == [first.result, second.result]
    assert kept[1]["answer"]["data"] == second.structured()["data"]
    assert both.source.results == [first.result, second.result]
    assert both.citation == f"{first.citation}; {second.citation}"
    one = await sandbox.call(export, {"result": [second.result], "table": "Every row", "format": "csv"})
    assert len(one.data.files) == 2
    assert one.data.files[0].rows == len(second.data.tables()[-1].rows)
    with pytest.raises(InvalidQuery, match="several are given"):
        await sandbox.call(export, {"result": [first.result, second.result], "table": "1"})


async def test_a_name_that_leads_elsewhere_or_misleads_writes_nothing(sandbox: Context, tmp_path: Path) -> None:
    hostile = ["../x", "/etc/x", "a/b", "a\\b", "CON", "x.csv", "..", "C:x", "．．／x", "x" * 200, "a\u202eb"]
    answer = await sandbox.call("trend", {"hsCode": "850760"})
    for filename in hostile:
        with pytest.raises(InvalidQuery) as refused:
            await sandbox.call("export_data", {"result": answer.result, "filename": filename})
        assert refused.value.argument == "filename", filename
    assert not (tmp_path / "exports").exists()


async def test_a_resource_reads_nothing_but_files_of_the_folder(sandbox: Context, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "exports").mkdir()
    if os.name != "nt":
        (tmp_path / "exports" / "link").symlink_to(tmp_path / "secret.txt")
    names = ["missing.csv", "..%2Fsecret.txt", "%2Fetc%2Fpasswd", "..%5Csecret.txt", "secret.txt%00"]
    async with Client(create_server(sandbox)) as client:
        for name in [*names, "%2e%2e/secret.txt", "link"]:
            with pytest.raises(MCPError) as refused:
                await client.read_resource(f"tradestat://exports/{name}")
            assert str(tmp_path) not in str(refused.value)


async def test_a_file_too_large_for_one_message_is_refused_with_its_size(sandbox: Context, tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    with (tmp_path / "exports" / "large.csv").open("wb") as file:
        file.truncate(16 * 1024 * 1024 + 1)
    async with Client(create_server(sandbox)) as client:
        with pytest.raises(MCPError, match="16,777,217 bytes"):
            await client.read_resource("tradestat://exports/large.csv")


async def test_a_folder_that_can_not_be_made_is_an_error_that_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    settings = catalogue().settings(
        _env_file=None, TRADESTAT_SANDBOX=True, TRADESTAT_EXPORT_DIR=str(tmp_path / "file" / "x")
    )  # pyright: ignore
    async with open_context(settings) as context:
        answer = await context.call(catalogue().tools["trend"], {"hsCode": "850760"})
        with pytest.raises(InvalidQuery, match="can not be written to") as refused:
            await context.call(catalogue().tools["export_data"], {"result": [answer.result]})
    assert "TRADESTAT_EXPORT_DIR" in refused.value.remedy


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADESTAT_EXPORT_DIR", str(tmp_path / "exports"))
    return tmp_path / "exports"


def test_a_call_from_the_command_line_can_write_its_answer(home: Path) -> None:
    words = ["call", "trend", "hsCode=850760", "--sandbox", "--export", "html"]
    ran = CliRunner().invoke(cli, words)
    assert ran.exit_code == 0, ran.output
    (name,) = listing(home)
    assert re.search(rf"^{re.escape(str(home / name))} · \d+ rows", ran.stdout, re.MULTILINE)
    with_json = CliRunner().invoke(cli, [*words, "--json"])
    (file,) = json.loads(with_json.stdout)["exported"]
    assert content(file["path"]).startswith(b"<!DOCTYPE html>")


def test_the_command_export_takes_handles(home: Path) -> None:
    ran = CliRunner().invoke(cli, ["export", "raaaaaaaaaa", "--format", "csv"])
    assert ran.exit_code == 1
    assert ran.stderr.startswith("NoData: No answer is kept under raaaaaaaaaa")
    assert not home.exists()


def test_a_server_starts_without_loading_what_only_exports_need() -> None:
    script = (
        "import sys; import tradestat_server.mcp.transports; import tradestat_tools.catalogue as c; c.catalogue(); "
        "print(sorted({'xlsxwriter', 'duckdb', 'openpyxl'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.strip() == "[]"
