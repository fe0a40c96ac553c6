"""The tools against the stand-in service, whose world knows what each flow really was."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from mcp import Client
from mcp_types import TextContent
from pydantic import SecretStr

from tradestat_sandbox import Sandbox
from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.context import sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import NoData, QuotaExhausted, RateLimited, TradestatError, Unauthorized
from tradestat_tools.open import in_memory
from tradestat_tools.sources.korea import SOURCE
from tradestat_tools.upstream.http import Http

pytestmark = pytest.mark.anyio

TOOLS = {endpoint.name: endpoint for endpoint in SOURCE.tools}
TOTAL_ROWS: tuple[Literal["first", "last", "absent"], ...] = ("first", "last", "absent")


@pytest.fixture(scope="module")
def built() -> Sandbox:
    return Sandbox()


@pytest.fixture
def sandbox(built: Sandbox) -> Sandbox:
    built.reset()
    return built


@asynccontextmanager
async def opened(sandbox: Sandbox, **settings: Any) -> AsyncGenerator[Context]:
    today = sandbox.today
    now = datetime(today.year, today.month, today.day, tzinfo=UTC)
    http = Http(app=sandbox.app)
    try:
        chosen = sandbox_settings(catalogue().settings()).model_copy(update=settings)
        async with in_memory(http, chosen, lambda: now, most_attempts=1) as context:
            yield context
    finally:
        await http.aclose()


async def ask(sandbox: Sandbox, tool: str, **arguments: Any) -> Answer[Any]:
    async with opened(sandbox) as context:
        return await context.call(TOOLS[tool], arguments)


@pytest.mark.parametrize("endpoint", SOURCE.tools, ids=lambda endpoint: endpoint.name)
async def test_every_example_is_answered_and_labelled(sandbox: Sandbox, endpoint: Any) -> None:
    answer = await ask(sandbox, endpoint.name, **endpoint.example)
    assert answer.source.state == "sandbox"
    assert len(answer.data.rows.year) > 0
    assert [note.text for note in answer.notes if note.code == "total_mismatch"] == []


@pytest.mark.parametrize("total_row", TOTAL_ROWS)
@pytest.mark.parametrize("code", ["85", "8507", "850760"])
async def test_the_sum_of_the_rows_is_what_the_reporter_recorded(
    sandbox: Sandbox, total_row: Literal["first", "last", "absent"], code: str
) -> None:
    sandbox.configure(korea_total_row=total_row)
    answer = await ask(sandbox, "getNitemtradeList", strtYymm="202401", endYymm="202412", hsSgn=code, cntyCd="CN")
    assert sum(answer.data.months.impDlr) == sandbox.world.truth("CN", "KR", code, "2024").importer_reported
    assert sum(answer.data.months.expDlr) == sandbox.world.truth("KR", "CN", code, "2024").exporter_reported
    assert (answer.data.grandTotal is None) is (total_row == "absent")
    assert [note.text for note in answer.notes if note.code == "total_mismatch"] == []


async def test_a_span_of_years_is_the_sum_of_its_years(sandbox: Sandbox) -> None:
    answer = await ask(sandbox, "getNitemtradeList", strtYymm="202201", endYymm="202412", hsSgn="8507", cntyCd="CN")
    world = sandbox.world
    yearly = [world.truth("CN", "KR", "8507", year).importer_reported for year in ("2022", "2023", "2024")]
    sums = [sum(answer.data.months.impDlr[start : start + 12]) for start in (0, 12, 24)]
    assert sums == yearly
    assert answer.source.calls == 3
    assert [(call.params["strtYymm"], call.params["endYymm"]) for call in sandbox.calls] == [
        ("202201", "202212"),
        ("202301", "202312"),
        ("202401", "202412"),
    ]


async def test_items_countries_and_totals_agree(sandbox: Sandbox) -> None:
    span = {"strtYymm": "202401", "endYymm": "202403"}
    whole = await ask(sandbox, "getNewtradeList", **span)
    by_country = await ask(sandbox, "getNationtradeList", **span)
    assert by_country.data.months.expDlr == whole.data.rows.expDlr
    assert by_country.data.months.impDlr == whole.data.rows.impDlr
    with_china = await ask(sandbox, "getNitemtradeList", **span, hsSgn="8507", cntyCd="CN")
    with_all = await ask(sandbox, "getNitemtradeList", **span, hsSgn="8507")
    by_item = await ask(sandbox, "getItemtradeList", **span, hsSgn="8507")
    assert by_item.data.months.expDlr == with_all.data.months.expDlr
    assert with_china.data.months.impDlr[0] < with_all.data.months.impDlr[0]


@pytest.mark.parametrize("form", ["korea", "korea_encoded"])
async def test_both_forms_of_the_key_are_accepted(sandbox: Sandbox, form: str) -> None:
    key = SecretStr(getattr(sandbox.keys, form))
    async with opened(sandbox, data_go_kr_service_key=key) as context:
        answer = await context.call(TOOLS["getNewtradeList"], {"strtYymm": "202401", "endYymm": "202401"})
    assert len(answer.data.rows.year) == 1


async def test_a_wrong_key_is_refused(sandbox: Sandbox) -> None:
    async with opened(sandbox, data_go_kr_service_key=SecretStr("another+key==")) as context:
        with pytest.raises(Unauthorized):
            await context.call(TOOLS["getNewtradeList"], {"strtYymm": "202401", "endYymm": "202401"})


async def test_a_product_without_trade_is_no_data(sandbox: Sandbox) -> None:
    with pytest.raises(NoData) as caught:
        await ask(sandbox, "getNitemtradeList", strtYymm="202401", endYymm="202403", hsSgn="850760", cntyCd="AQ")
    assert [(why.reason, why.sure) for why in caught.value.why] == [("zero", False)]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"strtYymm": "202302", "endYymm": "202302", "hsSgn": "851712", "cntyCd": "VA"}, "code_retired"),
        ({"strtYymm": "203001", "endYymm": "203001", "hsSgn": "8517"}, "not_yet_published"),
        ({"strtYymm": "201001", "endYymm": "201001", "hsSgn": "8517"}, "not_covered"),
    ],
)
async def test_each_reason_is_reached(sandbox: Sandbox, asked: dict[str, str], reason: str) -> None:
    with pytest.raises(NoData) as caught:
        await ask(sandbox, "getNitemtradeList", **asked)
    assert reason in [why.reason for why in caught.value.why]


async def test_no_trade_is_certain_once_all_countries_were_asked(sandbox: Sandbox) -> None:
    months = {"strtYymm": "202401", "endYymm": "202403", "hsSgn": "850760"}
    async with opened(sandbox) as context:
        await context.call(TOOLS["getNitemtradeList"], months)
        with pytest.raises(NoData) as caught:
            await context.call(TOOLS["getNitemtradeList"], {**months, "cntyCd": "AQ"})
    assert [(why.reason, why.sure) for why in caught.value.why] == [("zero", True)]
    assert caught.value.remedy.startswith("See which countries have rows: getNitemtradeList(")


@pytest.mark.parametrize(("tool", "asked"), [("getNitemtradeList", {"hsSgn": "8507"}), ("getNationtradeList", {})])
async def test_a_group_is_the_sum_of_its_members_asked_one_by_one(
    sandbox: Sandbox, tool: str, asked: dict[str, str]
) -> None:
    months = {"strtYymm": "202401", "endYymm": "202402"}
    group = await ask(sandbox, tool, **months, **asked, cntyCd="USMCA")
    alone = [await ask(sandbox, tool, **months, **asked, cntyCd=code) for code in ("US", "CA", "MX")]
    for measure in ("expDlr", "impDlr"):
        parts = zip(*(one.data.months.column(measure) for one in alone), strict=True)
        assert group.data.months.column(measure) == [sum(month) for month in parts]
    assert group.source.calls == 1


async def test_the_newest_month_is_what_the_stand_in_has(sandbox: Sandbox) -> None:
    answer = await ask(sandbox, "getNationtradeList", strtYymm="last 3 months", endYymm="latest", cntyCd="US")
    year, month = sandbox.world.korea_last
    assert answer.data.rows.year[-1] == f"{year}.{month:02d}"
    assert len(answer.data.rows.year) == 3


async def test_the_used_up_day_is_told(sandbox: Sandbox) -> None:
    sandbox.configure(limits={"korea": {"per_day": 1}})
    await ask(sandbox, "getNewtradeList", strtYymm="202401", endYymm="202401")
    with pytest.raises(QuotaExhausted) as caught:
        await ask(sandbox, "getNewtradeList", strtYymm="202401", endYymm="202401")
    assert caught.value.retry_after == 15 * 3600  # midnight UTC is nine in the morning in Seoul


async def test_too_many_at_once_is_told(sandbox: Sandbox) -> None:
    sandbox.configure(limits={"korea": {"per_minute": 1, "burst": 1}})
    with pytest.raises(RateLimited) as caught:
        await ask(sandbox, "getNewtradeList", strtYymm="202201", endYymm="202412")
    assert caught.value.retry_after is not None


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset", "UpstreamDown"),
        ("truncated", "UpstreamDown"),
        ("empty", "UpstreamDown"),
        ("html", "UpstreamDown"),
        ("wrong_schema", "UpstreamChanged"),
        ("wrong_type", "UpstreamChanged"),
        ("error_in_200", "Unauthorized"),
        ("xml_bomb", "UpstreamChanged"),
        ("gzip_bomb", "TooLarge"),
    ],
)
async def test_every_fault_has_its_error(sandbox: Sandbox, kind: str, error: str) -> None:
    sandbox.fail(source="korea", kind=kind, size=80_000_000)
    with pytest.raises(TradestatError) as caught:
        await ask(sandbox, "getNitemtradeList", strtYymm="202401", endYymm="202403", hsSgn="850760", cntyCd="CN")
    assert caught.value.kind == error


async def test_the_doctor_finds_the_stand_in_well(sandbox: Sandbox) -> None:
    async with opened(sandbox) as context:
        checks = [check async for check in SOURCE.checks(context)]
    assert [check.detail for check in checks if not check.ok] == []
    assert len(checks) == 4


@pytest.mark.parametrize(
    ("tool", "loose", "read"),
    [
        ("getNitemtradeList", {"hsSgn": 850760, "cntyCd": "ASEAN"}, {"hsSgn": "850760", "cntyCd": "ASEAN"}),
        ("getItemtradeList", {"hsSgn": "8507.60"}, {"hsSgn": "850760"}),
        ("getNationtradeList", {"cntyCd": 842}, {"cntyCd": "US"}),
        ("getNationtradeList", {"cntyCd": "null"}, {"cntyCd": ""}),
        ("getNewtradeList", {}, {}),
    ],
)
async def test_a_model_may_write_arguments_loosely(
    sandbox: Sandbox, tool: str, loose: dict[str, Any], read: dict[str, str]
) -> None:
    async with opened(sandbox) as context, Client(create_server(context)) as client:
        result = await client.call_tool(tool, {"strtYymm": 202401, "endYymm": "2024-02", **loose})
    assert not result.is_error
    assert result.structured_content is not None
    data: dict[str, Any] = result.structured_content["data"]
    assert {name: data[name] for name in read} == read
    assert (data["strtYymm"], data["endYymm"]) == ("202401", "202402")


async def test_a_model_reads_the_reason_and_the_next_call(sandbox: Sandbox) -> None:
    asked = {"strtYymm": "2023", "endYymm": "2023", "hsSgn": "851712", "cntyCd": "Vatican"}
    async with opened(sandbox) as context, Client(create_server(context)) as client:
        result = await client.call_tool("getNitemtradeList", asked)
    assert result.is_error
    (block,) = result.content
    assert isinstance(block, TextContent)
    assert "Why: code_retired: 851712 ended with HS 2022" in block.text
    assert 'getNitemtradeList(strtYymm="202301", endYymm="202312", hsSgn="851713", cntyCd="VA")' in block.text
