"""`exchange_rate`: the averages that the other tools convert with."""

from typing import Any

import pytest

from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.research.currency import average_rate, covered_to

pytestmark = pytest.mark.anyio


async def rates(context: Context, **asked: Any) -> dict[str, Any]:
    return (await context.call("exchange_rate", asked)).structured()


async def test_each_period_has_the_average_the_other_tools_convert_with(context: Context) -> None:
    given = await rates(context, base="cny", period="2022-2024")
    assert given["data"]["periods"] == ["2022", "2023", "2024"]
    expected = [average_rate("CNY", "USD", Period(year)) for year in (2022, 2023, 2024)]
    assert given["data"]["rates"] == [float(f"{one.value:.6g}") for one in expected], "as many as the bank publishes"
    assert given["data"]["days"] == [one.days for one in expected]
    assert "European Central Bank" in given["source"]["service"]
    assert given["source"]["published_at"] == str(covered_to())


async def test_the_newest_twelve_months_are_those_that_are_covered_as_a_whole(context: Context) -> None:
    data = (await rates(context, base="KRW"))["data"]
    assert len(data["periods"]) == 12
    assert None not in data["rates"]
    assert data["periods"][-1] <= str(covered_to())[:7]
