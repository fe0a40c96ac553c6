"""The tools against the stand-in service, whose world knows what each flow really was."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Literal

import pytest

from tradestat_sandbox import Sandbox
from tradestat_server.mcp.context import sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import NoData
from tradestat_tools.open import in_memory
from tradestat_tools.sources.korea import SOURCE
from tradestat_tools.upstream.http import Http

pytestmark = pytest.mark.anyio

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
        return await context.call(tool, arguments)


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


async def test_no_trade_is_certain_once_all_countries_were_asked(sandbox: Sandbox) -> None:
    months = {"strtYymm": "202401", "endYymm": "202403", "hsSgn": "850760"}
    async with opened(sandbox) as context:
        await context.call("getNitemtradeList", months)
        with pytest.raises(NoData) as caught:
            await context.call("getNitemtradeList", {**months, "cntyCd": "AQ"})
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


async def test_the_doctor_finds_the_stand_in_well(sandbox: Sandbox) -> None:
    async with opened(sandbox) as context:
        checks = [check async for check in SOURCE.checks(context)]
    assert [check.detail for check in checks if not check.ok] == []
    assert len(checks) == 4
