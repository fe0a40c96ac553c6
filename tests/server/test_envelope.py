"""The structured content as a host shows it to a model: bounded, and what it leaves out can be had."""

import json
import re
from typing import Any

import pytest
from mcp import Client
from mcp_types import TextContent

from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import open_context
from tradestat_server.text.render import MAX_CHARS
from tradestat_tools.catalogue import catalogue
from tradestat_tools.model.settings import Settings

pytestmark = pytest.mark.anyio

LARGE: list[tuple[str, dict[str, Any]]] = [
    ("getNitemtradeList", {"strtYymm": "202401", "endYymm": "202401", "hsSgn": "85"}),
    ("goods_time_series", {"country": "156", "product": "85", "trade_flow": "E", "page_size": 500}),
    ("comtrade_data", {"reporterCode": "CHN", "cmdCode": "AG2", "partnerCode": "KOR,USA,JPN", "period": "2020-2024"}),
    ("comtrade_reference", {"category": "HS", "limit": 500}),
    ("get_countries", {}),
    ("topProducts", {"limit": 50}),
    ("search_codes", {"kind": "hs", "query": "machines", "limit": 50}),
]

MANY = "USA,JPN,CHN,DEU,GBR,FRA,ITA,NLD,ESP,BEL,IND,VNM,THA,MYS,SGP,IDN,PHL,AUS,CAN,MEX,BRA"
KOREA = {"reporterCode": "KOR", "partnerCode": MANY}

LARGER: list[tuple[str, dict[str, Any]]] = [
    ("goods_trade_indicators", {"country": "156", "by": "byProduct", "hs_level": 6, "page_size": 500}),
    ("comtrade_trade_balance", {**KOREA, "period": "2018-2024"}),
    ("comtrade_bilateral", {**KOREA, "cmdCode": "85", "period": "2018-2024"}),
    ("comtrade_tariffline", {**KOREA, "cmdCode": "850760", "period": "2020-2024"}),
    ("getNationtradeList", {"strtYymm": "202001", "endYymm": "202412"}),
    ("getNitemtradeList", {"strtYymm": "202001", "endYymm": "202412", "hsSgn": "8507"}),
    ("compare_mirror", {"exporter": "CHN", "importer": "KOR", "product": "850760", "period": "2018-2024"}),
]


def settings(**given: Any) -> Settings:
    return catalogue().settings(_env_file=None, TRADESTAT_SANDBOX=True, **given)


def length(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


@pytest.mark.parametrize("questions", [LARGE, pytest.param(LARGER, marks=pytest.mark.slow)], ids=["large", "larger"])
async def test_large_answers_keep_to_the_bound_in_both_channels_and_count_what_they_leave_out(
    questions: list[tuple[str, dict[str, Any]]],
) -> None:
    left_out = 0
    async with open_context(settings()) as context, Client(create_server(context)) as client:
        for tool, question in questions:
            result = await client.call_tool(tool, question)
            assert not result.is_error, result.content
            (block, *_) = result.content
            assert isinstance(block, TextContent)
            assert len(block.text) <= MAX_CHARS
            structured = result.structured_content
            assert length(structured) <= MAX_CHARS, tool
            whole = (await context.call(tool, question)).data.tables()
            for table, wanted in zip(structured["tables"], whole, strict=False):
                assert table["columns"] == list(wanted.columns)
                assert table["rows"] == [list(row) for row in wanted.rows[: len(table["rows"])]]
                assert len(table["rows"]) + table.get("left_out", 0) == len(wanted.rows), tool
                left_out += table.get("left_out", 0)
    assert left_out > 500


async def test_what_structured_content_leaves_out_is_had_by_the_call_it_names() -> None:
    question = {"country": "156", "product": "85", "trade_flow": "E", "page_size": 50}
    async with (
        open_context(settings(TRADESTAT_MAX_CHARS=4_000)) as context,
        Client(create_server(context)) as client,
    ):
        wanted = (await context.call("goods_time_series", question)).data.tables()[-1]
        structured = (await client.call_tool("goods_time_series", question)).structured_content
        rows, asked, table = [], {}, structured["tables"][-1]
        while "rest" in table:
            rows += table["rows"]
            call = re.fullmatch(r"query\((.+)\)", table["rest"])
            assert call is not None
            asked = dict(re.findall(r'(\w+)=("[^"]*"|\d+)', call[1]))
            page = await client.call_tool("query", {name: json.loads(value) for name, value in asked.items()})
            assert length(page.structured_content) <= 4_000
            (table,) = page.structured_content["tables"]
        rows += table["rows"]
        while len(rows) < len(wanted.rows):  # `rows` itself gives a hundred at a time
            asked |= {"offset": str(len(rows))}
            page = await client.call_tool("query", {name: json.loads(value) for name, value in asked.items()})
            rows += page.structured_content["tables"][0]["rows"]
    assert rows == [list(row) for row in wanted.rows]


async def test_a_program_that_asks_for_all_gets_every_row_and_the_services_own_fields() -> None:
    tool, question = LARGE[0]
    async with (
        open_context(settings(TRADESTAT_STRUCTURED="full")) as context,
        Client(create_server(context)) as client,
    ):
        structured = (await client.call_tool(tool, question)).structured_content
        answer = await context.call(tool, question)
    assert length(structured) > 2 * MAX_CHARS
    assert structured["data"] == answer.structured()["data"]
    assert [table["rows"] for table in structured["tables"]] == [
        [list(row) for row in table.rows] for table in answer.data.tables()
    ]


async def test_five_years_of_months_are_told_by_their_sums_and_every_row_is_had_by_the_handle() -> None:
    question = {"strtYymm": "202001", "endYymm": "202412", "hsSgn": "850760", "cntyCd": "CN"}
    async with open_context(settings()) as context, Client(create_server(context)) as client:
        result = await client.call_tool("getNitemtradeList", question)
        (block, *_) = result.content
        years, months, products, every = result.structured_content["tables"]
        page = await client.call_tool("query", {"result": result.structured_content["result"], "table": "4"})
    assert isinstance(block, TextContent)
    assert [row[0] for row in years["rows"]] == ["2020", "2021", "2022", "2023", "2024"]
    assert (len(months["rows"]), len(products["rows"])) == (60, 2)
    assert (every["rows"], every["left_out"]) == ([], 120)
    assert f"120 rows: {every['rest']}" in block.text
    assert len(block.text) < 8_000
    (table,) = page.structured_content["tables"]
    assert len(table["rows"]) + table.get("left_out", 0) == 100, "a page of the hundred and twenty"
    assert table["units"] == every["units"]
