"""What `doctor` finds: names, shapes, and whether parameters take effect."""

from typing import Any

import pytest

from tradestat_tools.contract.source import Check
from tradestat_tools.sources.trademap.wire.names import ASSUMED

pytestmark = pytest.mark.anyio


def by_name(found: list[Check]) -> dict[str, Check]:
    return {check.name: check for check in found}


def published(**changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: {"input_params": {p: {"type": "string"} for p in params}} | changes.get(name, {})
        for name, params in ASSUMED.items()
    }


@pytest.fixture
def answers(parsebot: Any, payloads: Any) -> Any:
    """The four calls answered as assumed, in the order in which they are made."""

    def queue(*, year: int = 2023, beside: tuple[int, ...] = ()) -> Any:
        rows = [payloads.record("842", "484", "85", {year: 7} | dict.fromkeys(beside, 1))]
        indicators = [{"indicatorCd": c, "value": 1} for c in ("VAL", "BAL", "GV5", "GV2", "GV5W")]
        parsebot.gives({"coverage": [{"dataType": "Y", "nbCountries": 9, "latestPeriod": 2025}]})
        parsebot.gives(payloads.table(rows, [payloads.record("842", "000", "85", {year: 9})]))
        parsebot.gives(payloads.table([], [payloads.record("842", "000", "S03", {year: 9})]))
        parsebot.gives(payloads.table([], [payloads.record("842", "000", "85", {}, data=indicators)], refYear=2024))
        return parsebot

    return queue


async def test_a_service_as_assumed_passes_every_check(parsebot: Any, answers: Any):
    parsebot.describes_endpoints(**published())
    answers()
    found = await parsebot.checks()
    assert [check for check in found if not check.ok] == []
    assert len(found) == len(ASSUMED) + 4
    assert len(parsebot.sent) == 4, "no more than four credits, below the smallest limit of five a minute"


async def test_renamed_missing_and_unused_parameters_are_shown(parsebot: Any, answers: Any):
    params: dict[str, Any] = {p: {} for p in ASSUMED["goods_time_series"] if p not in ("trade_flow", "page_size")}
    parsebot.describes_endpoints(
        **published(goods_time_series={"input_params": params | {"flow": {}, "colour": {}}, "price": 2})
    )
    answers()
    check = by_name(await parsebot.checks())["names of goods_time_series"]
    assert not check.ok
    assert "2 credits" in check.detail
    assert "trade_flow as flow" in check.detail
    assert "not listed: page_size" in check.detail
    assert "not used: colour" in check.detail


async def test_a_catalogue_that_cannot_be_had_is_a_finding_and_the_calls_go_on(parsebot: Any, answers: Any):
    parsebot.describes("<html>", 503)
    answers()
    found = by_name(await parsebot.checks())
    assert not found["catalogue"].ok
    assert "assumed names are in force" in found["catalogue"].detail
    assert found["goods_time_series"].ok


async def test_an_endpoint_that_the_catalogue_does_not_describe_is_a_finding(parsebot: Any, answers: Any):
    described = published()
    del described["get_coverage"]
    parsebot.describes_endpoints(**described)
    answers()
    assert not by_name(await parsebot.checks())["names of get_coverage"].ok


async def test_a_period_that_takes_no_effect_is_a_finding(parsebot: Any, answers: Any):
    answers(year=2019)
    check = by_name(await parsebot.checks())["goods_time_series"]
    assert not check.ok
    assert "asked for is 2023, the years answered are 2019" in check.detail


@pytest.mark.parametrize("catalogue", [200, 503])
async def test_a_period_that_takes_effect_only_in_part_is_a_finding(parsebot: Any, answers: Any, catalogue: int):
    parsebot.describes_endpoints(**published())
    parsebot.catalogue.status = catalogue
    answers(beside=(2022, 2024))
    found = by_name(await parsebot.checks())
    assert not found["goods_time_series"].ok
    assert "The service also gave 2022, 2024" in found["goods_time_series"].detail
    assert "assumed" not in found["goods_time_series"].detail, "names are a finding of their own"
    assert found["services_time_series"].ok


async def test_without_a_key_only_the_catalogue_is_asked(parsebot: Any):
    parsebot.key = None
    parsebot.describes_endpoints(**published())
    found = by_name(await parsebot.checks())
    assert not found["calls"].ok
    assert "not set: PARSE_API_KEY" in found["calls"].detail
    assert found["names of goods_time_series"].ok
    assert parsebot.sent == []


async def test_each_failing_call_is_a_finding_of_its_own(parsebot: Any):
    parsebot.says({"error": {"status": None, "message": "no"}, "status_code": 401}, 401)
    found = by_name(await parsebot.checks())
    for name in ("get_coverage", "goods_time_series", "services_time_series", "goods_trade_indicators"):
        assert not found[name].ok
        assert found[name].detail.startswith("Unauthorized")
