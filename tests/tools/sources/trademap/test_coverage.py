"""What is known of a reporter is used before a credit is spent, and only as long as it can be believed."""

from datetime import timedelta
from typing import Any

import pytest

from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.trademap.api import country_list

pytestmark = pytest.mark.anyio

TOOLS = ("goods_time_series", "services_time_series", "goods_trade_indicators")


@pytest.fixture
def countries(payloads: Any) -> dict[str, Any]:
    listed = [
        payloads.country("784", "United Arab Emirates", yearly246=(2001, 2024), yearlyServices=(2005, 2023)),
        payloads.country("004", "Afghanistan"),
    ]
    return {"total": len(listed), "countries": listed}


async def refused(parsebot: Any, countries: dict[str, Any], tool: str, **asked: Any) -> NoData:
    """How a question is refused after get_countries was asked, with nothing more sent."""
    parsebot.gives(countries)
    async with parsebot.context() as context:
        await context.call("get_countries", {"search": "784"})
        with pytest.raises(NoData) as caught:
            await context.call(tool, asked)
    assert [sent.endpoint for sent in parsebot.sent] == ["get_countries"]
    return caught.value


@pytest.mark.parametrize("tool", TOOLS)
async def test_a_country_without_figures_costs_nothing(parsebot: Any, countries: dict[str, Any], tool: str):
    error = await refused(parsebot, countries, tool, country="AF", partner="784", trade_flow="E")
    (why,) = error.why
    assert (why.reason, why.sure) == (Reason.NOT_COVERED, True)
    assert "Afghanistan (004) has no yearly" in why.text
    assert 'country="784", partner="004", trade_flow="I"' in error.remedy, "the partner's side"


async def test_a_country_that_is_not_in_the_list_costs_nothing(parsebot: Any, countries: dict[str, Any]):
    error = await refused(parsebot, countries, "goods_time_series", country="KR")
    assert error.why[0].reason is Reason.NOT_COVERED
    assert "Ask for a partner's report, one at a time" in error.remedy


async def test_a_kind_of_trade_that_is_not_reported_costs_nothing(parsebot: Any, countries: dict[str, Any]):
    error = await refused(parsebot, countries, "goods_time_series", country="784", trade_flow="RE", period_from=2020)
    assert "no yearly re-exports" in error.why[0].text
    assert 'goods_time_series(country="784", trade_flow="E", period_from=2020)' in error.remedy


@pytest.mark.parametrize(("tool", "first"), [("goods_time_series", 2001), ("services_time_series", 2005)])
async def test_years_before_the_first_cost_nothing(parsebot: Any, countries: dict[str, Any], tool: str, first: int):
    error = await refused(parsebot, countries, tool, country="784", period_from=1995, period_to=first - 1)
    assert (error.why[0].reason, error.why[0].sure) == (Reason.NOT_COVERED, True)
    assert f"from {first}" in error.why[0].text
    assert f"period_from={first}" in error.remedy


async def test_a_former_area_has_no_figures_after_its_end(parsebot: Any):
    with pytest.raises(NoData) as caught:
        await parsebot.call("goods_time_series", country="530", period_from=2015, period_to=2016)
    (why,) = caught.value.why
    assert (why.reason, why.sure) == (Reason.NOT_COVERED, True)
    assert "end with 2010" in why.text
    assert "period_from=2008, period_to=2010" in caught.value.remedy
    assert parsebot.sent == []


async def test_the_stored_list_is_found_after_the_process_has_forgotten_it(
    parsebot: Any, payloads: Any, countries: dict[str, Any]
):
    parsebot.gives(countries)
    async with parsebot.context() as context, parsebot.context() as other:
        await context.call("get_countries", {})
        other.upstream.cache = context.upstream.cache
        found = await country_list(other)
        with pytest.raises(NoData, match="Nothing was sent"):
            await other.call("goods_time_series", {"country": "784", "period_to": 1999})
    assert found is not None
    assert {country.countryCd for country in found.value} == {"784", "004"}
    assert [sent.endpoint for sent in parsebot.sent] == ["get_countries"]


async def test_a_list_of_two_weeks_ago_decides_nothing(parsebot: Any, payloads: Any, countries: dict[str, Any]):
    parsebot.gives(countries)
    async with parsebot.context() as context:
        await context.call("get_countries", {})
        parsebot.now += timedelta(days=14)
        parsebot.gives(payloads.table([], [payloads.record("004", "000", "TOTAL", {2024: 7})]))
        answer = await context.call("goods_time_series", {"country": "004"})
    assert answer.data.aggregateRecords[0].values == [7]
    assert answer.source.coverage is None


async def test_the_first_year_of_a_reporter_is_asked_for(parsebot: Any, payloads: Any, countries: dict[str, Any]):
    parsebot.gives(countries)
    parsebot.gives(payloads.table([], [payloads.record("784", "000", "TOTAL", {2001: 7})]))
    async with parsebot.context() as context:
        await context.call("get_countries", {})
        answer = await context.call("goods_time_series", {"country": "784", "period_to": 2001})
    assert answer.data.aggregateRecords[0].values == [7]
    assert answer.source.coverage == "United Arab Emirates reports 2001 to 2024"


async def test_an_empty_answer_is_explained_by_what_the_list_says(
    parsebot: Any, payloads: Any, countries: dict[str, Any]
):
    asked = {"country": "784", "product": "020230", "partner": "076", "trade_flow": "I"}
    parsebot.gives(countries)
    parsebot.gives(payloads.table([], []))
    async with parsebot.context() as context:
        await context.call("get_countries", {})
        with pytest.raises(NoData) as covered:
            await context.call("goods_time_series", asked | {"period_from": 2023, "period_to": 2024})
        parsebot.now += timedelta(days=2)
        with pytest.raises(NoData) as later:
            await context.call("goods_time_series", asked | {"period_from": 2025})
    reasons = [why.reason for why in covered.value.why]
    assert reasons == [Reason.NOT_REPORTED, Reason.ZERO, Reason.SUPPRESSED]
    assert "has United Arab Emirates (784) from 2001 to 2024, and the table is empty" in covered.value.why[0].text
    assert 'goods_time_series(country="076", partner="784", product="020230", trade_flow="E"' in covered.value.remedy
    (why,) = later.value.why
    assert (why.reason, why.sure) == (Reason.NOT_YET_PUBLISHED, False), "the list is two days old"
    assert "had come to 2024 by Trade Map's list of 2026-10-20" in why.text


SERBIA: dict[str, Any] = {"country": "RS", "product": "020230", "period_from": 2002, "period_to": 2004}


async def test_years_of_an_earlier_area_are_asked_of_it(parsebot: Any, payloads: Any, countries: dict[str, Any]):
    countries["countries"].append(payloads.country("688", "Serbia", yearly246=(2006, 2024)))
    error = await refused(parsebot, countries, "goods_time_series", **SERBIA)
    (why,) = error.why
    assert (why.reason, why.sure) == (Reason.NOT_COVERED, True)
    assert "Until 2005 Serbia (688) was part of Serbia and Montenegro (until 2005) (891)" in why.text
    assert 'country="891", product="020230", trade_flow="E", period_from=2002, period_to=2004' in error.remedy


async def test_without_the_list_an_empty_answer_names_the_earlier_area(parsebot: Any, payloads: Any):
    parsebot.gives(payloads.table([], []))
    with pytest.raises(NoData) as reporter:
        await parsebot.call("goods_time_series", **SERBIA)
    with pytest.raises(NoData) as partner:
        await parsebot.call("goods_time_series", **(SERBIA | {"country": "DE", "partner": "RS", "period_to": 2010}))
    assert (reporter.value.why[0].reason, reporter.value.why[0].sure) == (Reason.NOT_COVERED, False)
    assert "figures of that time are under 891" in reporter.value.why[0].text
    assert "figures of that time are under 891" in partner.value.why[0].text
    assert 'partner="891"' in partner.value.remedy
    assert "period_from=2002, period_to=2005" in partner.value.remedy, "up to its end"


async def test_an_answer_that_begins_before_its_area_says_where_the_rest_is(parsebot: Any, payloads: Any, note: Any):
    parsebot.gives(payloads.table([], [payloads.record("688", "000", "020230", {2005: None, 2006: 7})]))
    parsebot.gives(payloads.table([], [payloads.record("688", "000", "020230", {2006: 7})]))
    before = await parsebot.call("goods_time_series", **(SERBIA | {"period_from": 2005, "period_to": 2006}))
    after = await parsebot.call("goods_time_series", **(SERBIA | {"period_from": 2006, "period_to": 2006}))
    assert "Until 2005 Serbia (688) was part of" in note(before, "absent")
    assert "891" not in note(after, "absent")


async def test_years_before_all_series_are_not_sought_under_an_earlier_area(parsebot: Any, payloads: Any):
    parsebot.gives(payloads.table([], []))
    with pytest.raises(NoData) as caught:
        await parsebot.call("goods_time_series", **(SERBIA | {"period_from": 1995, "period_to": 1996}))
    assert not any("891" in why.text for why in caught.value.why)
    assert "891" not in caught.value.remedy
