"""Answers of every source as common rows, held against what the sandbox's world recorded."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from tradestat_sandbox import truth_report
from tradestat_tools.catalogue import catalogue
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.research.periods import summed_to
from tradestat_tools.research.repeats import once

pytestmark = pytest.mark.anyio

YEAR = Period(2023)
TRUTH = truth_report("CHN", "KOR", "850760", "2023")
EXPORTER, IMPORTER = TRUTH["exporter_reported"], TRUTH["importer_reported"]


async def observed(context: Context, name: str, **arguments: Any) -> Sequence[Observation]:
    tool = context.tools[name]
    answer = await context.call(tool, arguments)
    assert tool.observe is not None
    return tool.observe(answer.data, answer.source)


def picked(found: Sequence[Observation], **wanted: object) -> Observation:
    (one,) = [one for one in found if all(getattr(one, name) == value for name, value in wanted.items())]
    return one


async def test_un_comtrades_exports_are_fob_dollars_in_the_edition_of_the_year(context: Context) -> None:
    asked = {"reporterCode": "CHN", "partnerCode": "KOR", "cmdCode": "850760", "flowCode": "X", "period": "2023"}
    (one,) = await observed(context, "comtrade_data", **asked)
    assert (one.flow, one.reporter, one.partner, one.product) == ("X", "156", "410", "850760")
    assert (one.value, one.currency, one.valuation, one.edition) == (EXPORTER, "USD", "FOB", "HS 2022")
    assert (one.period, one.status, one.resolution) == (YEAR, Status.REPORTED, 1.0)


async def test_un_comtrades_imports_are_cif_and_keep_the_fob_value_that_some_reporters_give(context: Context) -> None:
    asked = {"reporterCode": ["KOR", "USA"], "partnerCode": "CHN", "cmdCode": "850760", "flowCode": "M"}
    found = await observed(context, "comtrade_data", **asked, period="2023")
    korea, america = picked(found, reporter="410"), picked(found, reporter="842")
    assert (korea.value, korea.valuation, korea.fob, korea.basis) == (IMPORTER, "CIF", None, "origin")
    assert america.valuation == "CIF"
    assert america.value is not None
    assert america.fob is not None
    assert 0 < america.fob < america.value


async def test_breakdowns_are_not_taken_beside_their_total(context: Context) -> None:
    asked = {"reporterCode": "KOR", "partnerCode": "CHN", "cmdCode": "850760", "flowCode": "M", "period": "2023"}
    found = await observed(context, "comtrade_data", **asked, partner2Code="all", customsCode="all", motCode="all")
    assert [one.value for one in found] == [IMPORTER]


async def test_a_chapter_is_a_sum_of_its_subheadings_and_says_so(context: Context) -> None:
    asked = {"reporterCode": "CHN", "partnerCode": "KOR", "flowCode": "X", "period": "2023"}
    (one,) = await observed(context, "comtrade_data", **asked, cmdCode="85")
    assert one.status is Status.SUMMED


async def test_a_year_that_a_reporter_has_not_given_is_missing_and_not_zero(context: Context) -> None:
    asked = {"reporterCode": ["CHN", "KOR"], "partnerCode": "0", "cmdCode": "850760", "flowCode": "X"}
    found = await observed(context, "comtrade_data", **asked, period="2023-2025")
    for one in found:
        assert (one.value is None) == (one.status is Status.MISSING)


async def test_trade_maps_thousands_become_dollars_that_say_how_coarse_they_are(context: Context) -> None:
    asked = {"country": "KOR", "partner": "CHN", "product": "850760", "trade_flow": "I"}
    found = await observed(context, "goods_time_series", **asked, period_from=2023, period_to=2023)
    one = picked(found, partner="156")
    assert (one.flow, one.reporter, one.valuation, one.resolution) == ("M", "410", "CIF", 1000)
    assert one.value == round(IMPORTER / 1000) * 1000


async def test_a_row_of_trade_map_that_comes_again_is_kept_for_both_to_be_seen(context: Context) -> None:
    tool = context.tools["goods_time_series"]
    asked = {"country": "KOR", "product": "850760", "by": "byCountry", "trade_flow": "I"}
    answer = await context.call(tool, asked | {"period_from": 2023, "period_to": 2023})
    assert tool.observe
    data = answer.data
    other = data.records[0].model_copy(update={"values": [5]})
    again = data.model_copy(update={"records": [*data.records, other], "aggregateRecords": data.aggregateRecords})
    plain, more = (tool.observe(one, answer.source) for one in (data, again))
    assert [one.value for one in more] == [*(one.value for one in plain), 5000]
    assert [one.value for one in once(more)[0]].count(None) == 1
    total = data.aggregateRecords[0].model_copy(update={"values": [7]})
    assert tool.observe(data.model_copy(update={"records": [*data.records, total]}), answer.source) == plain


async def test_a_trade_balance_is_no_flow(context: Context) -> None:
    asked = {"country": "KOR", "partner": "CHN", "product": "850760", "trade_flow": "TB"}
    assert await observed(context, "goods_time_series", **asked, period_from=2023, period_to=2023) == []


async def test_services_have_their_published_number_and_no_valuation(context: Context) -> None:
    asked = {"country": "KOR", "partner": "CHN", "service": "3.1.1", "trade_flow": "I"}
    found = await observed(context, "services_time_series", **asked, period_from=2023, period_to=2023)
    one = picked(found, partner="156", product="3.1.1")
    assert (one.classification, one.valuation, one.flow) == ("EBOPS", None, "M")
    asked = {"typeCode": "S", "reporterCode": "KOR", "partnerCode": "CHN", "cmdCode": "3.1.1", "flowCode": "M"}
    (comtrade,) = await observed(context, "comtrade_data", **asked, period="2023")
    assert comtrade.value is not None
    assert one.value == round(comtrade.value / 1000) * 1000


async def test_koreas_months_are_both_flows_and_sum_to_its_year(context: Context) -> None:
    asked = {"strtYymm": "202301", "endYymm": "202312", "hsSgn": "850760", "cntyCd": "CN"}
    found = await observed(context, "getNitemtradeList", **asked)
    months = [one for one in found if one.product == "850760"]
    assert len(months) == 24
    year = picked(summed_to(months, "year"), flow="M")
    assert (year.value, year.valuation, year.partner, year.basis) == (IMPORTER, "CIF", "156", "origin")
    assert picked(summed_to(months, "year"), flow="X").valuation == "FOB"


async def test_koreas_own_codes_add_up_to_the_code_asked_for(context: Context) -> None:
    asked = {"strtYymm": "202303", "endYymm": "202303", "hsSgn": "850760", "cntyCd": "CN"}
    found = await observed(context, "getNitemtradeList", **asked)
    imports = [one for one in found if one.flow == "M"]
    whole = picked(imports, product="850760")
    assert sum(one.value or 0 for one in imports if len(one.product) == 10) == whole.value


async def test_koreas_newest_months_are_provisional_when_they_are_retrieved(context: Context) -> None:
    asked = {"strtYymm": "202604", "endYymm": "202609", "hsSgn": "850760", "cntyCd": "CN"}
    tool = context.tools["getNitemtradeList"]
    answer = await context.call(tool, asked)
    retrieved = answer.source.model_copy(update={"retrieved_at": datetime(2026, 11, 1, tzinfo=UTC)})
    assert tool.observe is not None
    found = tool.observe(answer.data, retrieved)
    provisional = {str(one.period) for one in found if one.status is Status.PROVISIONAL}
    assert provisional == {"2026-07", "2026-08", "2026-09"}


async def test_koreas_trade_with_everyone_is_with_the_world(context: Context) -> None:
    found = await observed(context, "getNewtradeList", strtYymm="202303", endYymm="202303")
    assert {(one.flow, one.partner, one.product) for one in found} == {("X", "0", "TOTAL"), ("M", "0", "TOTAL")}
    nations = await observed(context, "getNationtradeList", strtYymm="202303", endYymm="202303")
    assert picked(nations, flow="M", partner="156", product="TOTAL").value


async def test_chinas_months_are_yuan_to_all_destinations_in_the_current_form(context: Context) -> None:
    found = await observed(context, "trend", hsCode="85076000", countryCode="133")
    assert {(one.partner, one.currency, one.valuation, one.reporter) for one in found} == {("0", "CNY", "FOB", "156")}
    assert str(min(one.period for one in found)) == "2021-01"


def test_every_tool_that_gives_flows_gives_common_rows() -> None:
    with_rows = {name for name, tool in catalogue().tools.items() if tool.observe is not None}
    assert with_rows >= {
        *("comtrade_data", "goods_time_series", "services_time_series", "trend", "history"),
        *("getNitemtradeList", "getItemtradeList", "getNationtradeList", "getNewtradeList"),
    }
