"""The tools against the stand-in services, compared with the world behind them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from tradestat_sandbox import Sandbox
from tradestat_server.mcp.context import sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.open import in_memory
from tradestat_tools.sources.trademap import SOURCE
from tradestat_tools.upstream.http import Http

pytestmark = pytest.mark.anyio

TOOLS = {endpoint.name: endpoint for endpoint in SOURCE.tools}
KOREA_BATTERIES = {
    "country": "410", "product": "850760", "trade_flow": "I", "period_from": 2024, "period_to": 2024, "page_size": 500,
}  # fmt: skip


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@asynccontextmanager
async def opened(sandbox: Sandbox) -> AsyncGenerator[Context]:
    now = datetime(sandbox.today.year, sandbox.today.month, sandbox.today.day, tzinfo=UTC)
    http = Http(app=sandbox.app)
    try:
        async with in_memory(http, sandbox_settings(catalogue().settings()), lambda: now, most_attempts=1) as context:
            yield context
    finally:
        await http.aclose()


async def ask(sandbox: Sandbox, tool: str, **arguments: Any) -> Answer[Any]:
    async with opened(sandbox) as context:
        return await context.call(tool, arguments)


async def test_imports_from_china_are_what_korea_recorded_in_the_world(sandbox: Sandbox):
    answer = await ask(sandbox, "goods_time_series", **KOREA_BATTERIES)

    figures = {row.partnerCd: row.values[0] for row in answer.data.records}
    for exporter, figure in (("156", figures["156"]), ("World", answer.data.aggregateRecords[0].values[0])):
        recorded = sandbox.world.truth(exporter, "410", "850760", "2024").importer_reported
        assert recorded is not None
        assert figure == pytest.approx(recorded / 1000, abs=0.5), "thousand USD of what the importer recorded"


async def test_exports_and_imports_are_different_figures(sandbox: Sandbox):
    imports = await ask(sandbox, "goods_time_series", **KOREA_BATTERIES)
    exports = await ask(sandbox, "goods_time_series", **(KOREA_BATTERIES | {"trade_flow": "E"}))
    balance = await ask(sandbox, "goods_time_series", **(KOREA_BATTERIES | {"trade_flow": "TB"}))

    into, out, net = (a.data.aggregateRecords[0].values[0] for a in (imports, exports, balance))
    assert into != out
    assert net == pytest.approx(out - into, abs=2)
    assert any(n.code is NoteCode.VALUATION for n in balance.notes)


async def test_services_by_item_add_up_to_the_total_within_rounding(sandbox: Sandbox):
    answer = await ask(
        sandbox, "services_time_series", country="KR", by="byService", trade_flow="I", period_from=2024, period_to=2024
    )

    total = answer.data.aggregateRecords[0].values[0]
    assert sum(row.values[0] for row in answer.data.records) == pytest.approx(total, abs=12)
    assert not any(n.code is NoteCode.TOTAL_MISMATCH for n in answer.notes)


async def test_doctor_passes_on_the_stand_in(sandbox: Sandbox):
    async with opened(sandbox) as context:
        found = [check async for check in SOURCE.checks(context)]

    assert [check for check in found if not check.ok] == []
