"""The tool `import_file` through the protocol: a file becomes an answer, and a side of a flow."""

import os
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import open_context
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context

pytestmark = pytest.mark.anyio

SAVED = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)

HEAD = (
    "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,贸易方式编码,贸易方式名称,"
    "第一数量,第一计量单位,第二数量,第二计量单位,美元,"
)
MODES = (("10", "一般贸易", 400_000_000), ("14", "来料加工装配贸易", 50_000_000))


def of_china(code: str = "85076000") -> bytes:
    """China's exports of lithium-ion accumulators to Korea in each month of 2024, split by trade mode."""
    rows = [
        f'"2024{month:02d}","{code}","锂离子蓄电池","133","韩国","{mode}","{name}","1,000","个","2,500","千克","{value:,}",'
        for month in range(1, 13)
        for mode, name, value in MODES
    ]
    return "\r\n".join([HEAD, *rows]).encode("gb18030")


def put(folder: Path, name: str, content: bytes) -> None:
    """A file in the folder of imports, saved at a known moment."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (SAVED.timestamp(), SAVED.timestamp()))


@pytest.fixture
async def context(tmp_path: Path) -> AsyncGenerator[Context]:
    put(tmp_path / "imports", "exports-2024.csv", of_china())
    settings = catalogue().settings(
        _env_file=None,
        TRADESTAT_SANDBOX=True,
        TRADESTAT_IMPORT_DIR=str(tmp_path / "imports"),
        TRADESTAT_STRUCTURED="full",
    )  # pyright: ignore
    async with open_context(settings) as context:
        yield context


async def called(client: Any, tool: str, **asked: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, asked)
    assert not result.is_error, result.content
    return result.structured_content


async def test_an_imported_file_is_a_source_of_a_series_and_a_side_of_a_comparison(context: Context) -> None:
    flow = {"product": "850760", "period": "2024"}
    async with Client(create_server(context)) as client:
        handle = (await called(client, "import_file", file="exports-2024.csv", flow="exports"))["result"]
        series = await called(client, "trade_series", reporter="China", partner="Korea", source=handle, **flow)
        assert series["data"]["values"] == [12 * 450_000_000]
        compared = await called(client, "compare_mirror", exporter="China", importer="Korea", files=[handle], **flow)
        (figure,) = [one for one in compared["data"]["figures"] if one["side"] == f"file:exporter:{handle}"]
        assert (figure["native"], figure["valuation"]) == (12 * 450_000_000, "FOB")
        assert compared["data"]["exporter_side"] == figure["side"]
        assert handle in compared["source"]["results"]
        for answer in (series, compared):  # a file holds what was chosen on the site, perhaps not all there is
            assert "subset" in {note["code"] for note in answer["notes"]}


async def test_arguments_are_read_as_a_model_writes_them(context: Context, tmp_path: Path) -> None:
    plain = "商品编码,贸易伙伴名称,金额\r\n85076000,日本,5\r\n".encode("gb18030")
    put(tmp_path / "imports", "plain.csv", plain)
    asked = {"file": "plain.csv", "flow": "出口", "encoding": "GBK", "unit": "US Dollars", "period": 202403}
    async with Client(create_server(context)) as client:
        data = (await called(client, "import_file", **asked))["data"]
    assert (data["flow"], data["encoding"], data["unit"], data["period"]) == ("X", "gb18030", "usd", "2024-03")
