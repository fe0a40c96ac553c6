"""The tool `query`: any part of an answer that was given before, exactly, without asking again."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from mcp import Client

from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import open_context
from tradestat_server.text.render import SANDBOX_LABEL, render_answer
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Cell, Data, Note, NoteCode, Provenance, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.results.query.tool import QUERY, QueryData

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)

pytestmark = pytest.mark.anyio

TRADE: list[tuple[Cell, ...]] = [
    ("156", "China", 9007199254740993, 12.3456789),
    ("392", "Japan", 1_000_000, None),
    ("410", "Korea, Republic of", None, -3.5),
    ("384", "Côte d'Ivoire", 0, 0.0),
    ("842", "United States", 999_999, 7.25),
]


class Trade(Data):
    """Two tables, the second the longer."""

    def tables(self) -> list[Table]:
        total = Table(("partner", "2024"), [("World", 9007199256740992)], "Total", measures=frozenset({"2024"}))
        return [total, Table(("code", "partner", "2024", "growth %"), TRADE, "Partners", measures=frozenset({"2024"}))]


class Nothing(Arguments):
    """No arguments."""


async def _trade(context: Context, _: Nothing) -> Answer[Trade]:
    source = Provenance(
        service="Test Service",
        endpoint="trade",
        address="https://service.invalid/",
        retrieved_at=NOON,
        state="sandbox" if context.settings.sandbox else "fresh",
        unit="USD",
        credits_charged=1.0,
        remaining_quota=99.0,
    )
    notes = [Note(code=NoteCode.FLAG, text="Mirror data.")]
    return Answer[Trade](what="Imports of Chad, 2024", data=Trade(), source=source, notes=notes)


TRADE_TOOL = Tool(name="trade", title="Trade", description="", arguments=Nothing, data=Trade, run=_trade, example={})


def text_of(result: Any) -> str:
    return result.content[0].text


@pytest.fixture
async def handle(watched: Context) -> str:
    answer = await watched.call(TRADE_TOOL, {})
    assert answer.result is not None
    return answer.result


async def ask(context: Context, handle: str, **asked: Any) -> QueryData:
    return (await context.call(QUERY, {"result": handle, **asked})).data


def partners(data: QueryData) -> list[Any]:
    return [row[data.columns.index("partner")] for row in data.rows]


async def test_the_longest_table_is_given_exactly(watched: Context, handle: str) -> None:
    answer = await watched.call(QUERY, {"result": handle})
    assert answer.data.title == "Partners"
    assert answer.data.rows == [list(row) for row in TRADE]
    assert answer.data.tool == "trade"
    text = render_answer(answer)
    assert "9,007,199,254,740,993" in text
    assert "12.3456789" in text
    assert "rows 1 to 5 of 5" in text


async def test_where_it_comes_from_stays_said_and_nothing_is_counted_twice(watched: Context, handle: str) -> None:
    answer = await watched.call(QUERY, {"result": handle})
    assert (answer.source.service, answer.source.unit, answer.source.retrieved_at) == ("Test Service", "USD", NOON)
    assert (answer.source.calls, answer.source.credits_charged, answer.source.remaining_quota) == (0, None, None)
    assert [note.text for note in answer.notes] == ["Mirror data."]
    assert answer.result == handle


async def test_rows_of_a_sandbox_answer_are_labelled_too() -> None:
    async with open_context(catalogue().settings(TRADESTAT_SANDBOX=True)) as context:
        given = await context.call(TRADE_TOOL, {})
        answer = await context.call(QUERY, {"result": given.result})
    assert render_answer(answer).startswith(SANDBOX_LABEL)
    assert answer.source.state == "sandbox"


async def test_a_table_is_named_by_number_or_title(watched: Context, handle: str) -> None:
    for table, title in [("1", "Total"), (2, "Partners"), ("total", "Total"), ("part", "Partners")]:
        assert (await ask(watched, handle, table=table)).title == title


async def test_pages_cover_every_row_once_and_each_names_the_next(watched: Context, handle: str) -> None:
    seen: list[Any] = []
    offset = 0
    while True:
        answer = await watched.call(QUERY, {"result": handle, "limit": 2, "offset": offset, "sort": "partner"})
        seen += partners(answer.data)
        assert answer.data.total == 5
        if answer.more is None:
            break
        offset += 2
        assert f'query(result="{handle}", offset={offset}, limit=2, sort="partner", table=2)' in answer.more
    assert seen == sorted(row[1] for row in TRADE if isinstance(row[1], str))


async def test_rows_are_sorted_with_missing_values_last(watched: Context, handle: str) -> None:
    for sort, order in [
        ("2024", ["Côte d'Ivoire", "United States", "Japan", "China", "Korea, Republic of"]),
        ("-2024", ["China", "Japan", "United States", "Côte d'Ivoire", "Korea, Republic of"]),
        ("-growth %", ["China", "United States", "Côte d'Ivoire", "Korea, Republic of", "Japan"]),
        ("-Growth", None),
    ]:  # fmt: skip
        if order is None:
            with pytest.raises(InvalidQuery) as refused:
                await ask(watched, handle, sort=sort)
            assert refused.value.nearest == ("growth %",)
        else:
            assert partners(await ask(watched, handle, sort=sort)) == order


async def test_rows_are_filtered(watched: Context, handle: str) -> None:
    for conditions, left in [
        (["partner=china"], ["China"]), (["partner = COTE D’IVOIRE"], ["Côte d'Ivoire"]),
        (["partner!=China", "2024>0"], ["Japan", "United States"]), (["partner~st"], ["United States"]),
        (["partner=Korea, Republic of"], ["Korea, Republic of"]), (["2024>=1,000,000"], ["China", "Japan"]),
        (["2024<1e6"], ["Côte d'Ivoire", "United States"]), (["2024=9007199254740993"], ["China"]),
        (["2024=9007199254740992"], []), (["2024=0"], ["Côte d'Ivoire"]), (["2024="], ["Korea, Republic of"]),
        (["2024!="], ["China", "Japan", "Côte d'Ivoire", "United States"]),
        (["2024!=0"], ["China", "Japan", "Korea, Republic of", "United States"]),
        (["code>=400"], ["Korea, Republic of", "United States"]), (["growth %<0"], ["Korea, Republic of"]),
        ("partner~a,2024<=1000000", ["Japan", "United States"]),
    ]:  # fmt: skip
        data = await ask(watched, handle, filter=conditions)
        assert partners(data) == left
        assert data.total == len(left)


async def test_columns_are_chosen_in_the_order_asked(watched: Context, handle: str) -> None:
    data = await ask(watched, handle, columns=["2024", "Partner"], limit=1)
    assert (data.columns, data.rows) == (["2024", "partner"], [[9007199254740993, "China"]])


async def test_what_is_not_there_is_refused_with_what_is(watched: Context, handle: str) -> None:
    for asked, argument, near in [
        ({"columns": ["partnr"]}, "columns", ("partner",)), ({"sort": "2042"}, "sort", ("2024",)),
        ({"filter": ["partnr=China"]}, "filter", ("partner",)), ({"filter": ["China"]}, "filter", ()),
        ({"filter": ["2024>many"]}, "filter", ()), ({"filter": ["2024>"]}, "filter", ()),
        ({"filter": "partner=Korea, Republic of"}, "filter", ()), ({"table": "Totl"}, "table", ("Total",)),
        ({"table": "3"}, "table", ()), ({"table": "[[[]]]"}, "table", ()),
        ({"table": "t"}, "table", ("1", "2")), ({"limit": 1001}, "limit", ("1000",)),
    ]:  # fmt: skip
        with pytest.raises(InvalidQuery) as refused:
            await ask(watched, handle, **asked)
        assert refused.value.argument == argument
        assert refused.value.nearest == near
        assert refused.value.allowed


async def test_no_service_is_asked_and_rows_of_rows_are_not_kept_again(watched: Context, handle: str) -> None:
    before = watched.upstream.cache.info().entries
    await ask(watched, handle, filter=["partner=China"])
    assert (await ask(watched, handle)).total == 5
    assert watched.upstream.cache.info().entries == before


async def test_over_mcp_an_answer_carries_its_handle_in_text_and_data(watched: Context) -> None:
    async with Client(create_server(watched, offered=[TRADE_TOOL, QUERY])) as client:
        given = await client.call_tool("trade", {})
        assert given.structured_content is not None
        handle = given.structured_content["result"]
        assert f"result {handle}" in text_of(given).split("\n")[0]
        part = await client.call_tool("query", {"result": handle, "filter": json.dumps(["2024>=1000000"])})
    assert part.structured_content is not None
    assert part.structured_content["tables"][0]["rows"] == [list(row) for row in TRADE[:2]]


async def test_what_a_text_leaves_out_is_had_by_following_it() -> None:
    """50 partners and all years, read page by page in texts of 4,000 characters: nothing is lost, nothing twice."""
    async with (
        open_context(
            catalogue().settings(TRADESTAT_SANDBOX=True, TRADESTAT_MAX_CHARS=4_000, TRADESTAT_STRUCTURED="full")
        ) as context,
        Client(create_server(context)) as client,
    ):
        question = {"country": "156", "product": "85", "trade_flow": "E", "page_size": 50}
        given = await client.call_tool("goods_time_series", question)
        assert given.structured_content is not None
        records = given.structured_content["data"]["records"]
        seen, text = 0, text_of(given)
        while left := re.search(
            r'… [\d,]+ (?:more )?rows?: query\(result="(\w+)", offset=(\d+)(?:, table=(\d+))?\)', text
        ):
            result, offset, table = left.groups()
            assert int(offset) >= seen, "on and on"
            seen = int(offset)
            asked = {"result": result, "table": table, "offset": seen, "limit": 1000}
            page = await client.call_tool("query", asked)
            assert page.structured_content is not None
            text, rows = text_of(page), page.structured_content["data"]["rows"]
            assert [row[2:] for row in rows] == [record["values"] for record in records[seen:]]
            assert len(text) <= 4_000
    assert len(records) == 50
    assert 0 < seen < 50
    assert f"rows {seen + 1} to 50 of 50" in text


async def test_every_figure_of_a_text_is_the_exact_one_within_its_rounding() -> None:
    async with open_context(catalogue().settings(TRADESTAT_SANDBOX=True)) as context:
        question = {"reporterCode": "CHN", "partnerCode": "KOR,USA,CHL", "cmdCode": "85", "flowCode": "X"}
        answer = await context.call(catalogue().tools["comtrade_data"], {**question, "period": "2020-2024"})
    text = render_answer(answer)
    power = {"million": 10**6, "billion": 10**9}[re.search(r"in (\w+) US dollars, rounded", text)[1]]  # pyright: ignore
    (table,) = (table for table in answer.data.tables() if table.measures)
    for row in table.rows:
        (line,) = (line for line in text.splitlines() if line.startswith(f"{row[0]}  "))
        shown = [float(word.replace(",", "")) * power for word in line.split()[1:]]
        assert shown == [pytest.approx(cell, rel=0.0006) for cell in row[1:]]
