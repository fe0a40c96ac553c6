"""Against the stand-in service, in both of its forms, compared with what its world holds."""

from collections.abc import Callable
from typing import Any

import pytest

from tradestat_sandbox import Sandbox
from tradestat_sandbox.services.doumaotong.data import Exports
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Check
from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.sources.doumaotong import SOURCE

pytestmark = pytest.mark.anyio

TOOLS = {tool.name: tool for tool in SOURCE.tools}
BOTH = pytest.mark.parametrize("form", ["current", "older"])


@pytest.fixture
def exports(sandbox: Sandbox) -> Exports:
    """China's exports as the stand-in holds them, in whole yuan."""
    return Exports(sandbox.world)


def as_set(sandbox: Sandbox, form: Any) -> None:
    sandbox.settings.doumaotong_shape = form


@BOTH
async def test_the_largest_destinations_hold_the_worlds_amounts(
    sandbox: Sandbox, context: Context, exports: Exports, form: str
) -> None:
    as_set(sandbox, form)
    data = (await context.call(TOOLS["markets"], {"hsCode": "851713", "limit": 5})).data
    largest = list(exports.by_country(data.hsCode, exports.months(12)).values())[:5]
    assert [m.recent12mTotal for m in data.markets] == [pytest.approx(yuan, rel=1e-6) for yuan in largest]
    assert all(m.countryCode and m.country for m in data.markets)


async def test_the_monthly_total_is_the_worlds_in_the_current_form(
    sandbox: Sandbox, context: Context, exports: Exports
) -> None:
    data = (await context.call(TOOLS["trend"], {"hsCode": "850760"})).data
    expected = exports.by_month(data.hsCode, exports.months(12))
    assert data.allDestinationsMonthly.values[-12:] == [pytest.approx(yuan, rel=1e-5) for yuan in expected.values()]


async def test_the_months_to_korea_are_the_worlds_in_the_older_form(
    sandbox: Sandbox, context: Context, exports: Exports
) -> None:
    as_set(sandbox, "older")
    trend = (await context.call(TOOLS["trend"], {"hsCode": "850760", "countryCode": "KR"})).data
    history = (await context.call(TOOLS["history"], {"hsCode": "850760", "countryCode": "133"})).data
    korea = exports.country({"countryCode": "133"}).index
    assert [m.amount for m in trend.monthlyData] == list(
        exports.by_month(trend.hsCode, exports.months(12), korea).values()
    )
    assert [m.amount for m in reversed(history.monthlyDetail)] == list(
        exports.by_month(history.hsCode, exports.months(24), korea).values()
    )


async def test_the_form_may_change_while_questions_are_asked(
    sandbox: Sandbox, context: Context, note: Callable[[Answer[Any], NoteCode], str]
) -> None:
    totals: list[float] = []
    for form in ("current", "older", "current", "older"):
        as_set(sandbox, form)
        context.upstream.cache.clear()
        totals.append((await context.call(TOOLS["dashboard"], {"hsCode": "850760"})).data.recent12mGlobalTotal)
        ranking = await context.call(TOOLS["topProducts"], {"sortBy": "amount", "limit": 3})
        amounts = [p.recent12mGlobalTotal for p in ranking.data.products]
        assert amounts == sorted(amounts, reverse=True)
        assert ranking.source.calls == (1 if form == "current" else 2)
        assert note(ranking, NoteCode.SUBSET)
    assert totals[0] == totals[2] == pytest.approx(totals[1], rel=1e-6)


async def test_a_month_asked_for_is_answered_in_the_older_form_and_set_apart_in_the_current(
    sandbox: Sandbox, context: Context, exports: Exports
) -> None:
    asked = {"hsCode": "850760", "currentMonth": "2025-06"}
    current = (await context.call(TOOLS["dashboard"], asked)).data
    assert current.recent12mGlobalTotal is None
    assert str(current.newestInstead.currentMonth) == "2026-09"
    as_set(sandbox, "older")
    context.upstream.cache.clear()
    older = (await context.call(TOOLS["dashboard"], asked)).data
    assert older.recent12mGlobalTotal == exports.total(older.hsCode, exports.months(12, (2025, 6)))
    assert older.newestInstead is None


async def found(context: Context) -> dict[str, Check]:
    return {check.name: check async for check in SOURCE.checks(context)}


@BOTH
async def test_all_checks_hold_in_either_form(sandbox: Sandbox, context: Context, form: str) -> None:
    as_set(sandbox, form)
    checks = await found(context)
    assert {name: check.detail for name, check in checks.items() if not check.ok} == {}
    assert form in checks["dashboard form"].detail
    assert ("units of trend and dashboard" in checks) == (form == "current")
    assert len(sandbox.calls) == 8


async def test_a_check_fails_where_a_unit_changed(sandbox: Sandbox, context: Context) -> None:
    sandbox.fail(
        source="doumaotong",
        endpoint="dashboard",
        times=-1,
        body={
            "code": 0,
            "data": {"hsCode": "85076010", "metrics": {"amtYi": 347481.09, "top3": 0.3356, "range": "newest"}},
        },
    )
    checks = await found(context)
    failed = {name for name, check in checks.items() if not check.ok}
    assert failed == {"percentages", "newest month", "units of trend and dashboard", "units of markets and dashboard"}
