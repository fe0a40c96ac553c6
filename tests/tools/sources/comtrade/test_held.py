"""Every classification and frequency, and every further endpoint, against the stand-in and its world."""

from contextlib import suppress
from typing import Any, get_args

import pytest
from sandboxed import opened

from tradestat_sandbox import Sandbox
from tradestat_sandbox.economies import ECONOMIES
from tradestat_tools.codes.countries import area
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.view import View
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import NoData, TooLarge
from tradestat_tools.model.flow import FlowQuestion, read_product
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.comtrade import SOURCE
from tradestat_tools.sources.comtrade.codes import ClCode, is_services

pytestmark = pytest.mark.anyio

TOOLS = {endpoint.name: endpoint for endpoint in SOURCE.tools}
CLASSIFICATIONS: tuple[str, ...] = get_args(ClCode)
HELD = {*((code, often) for code in ("HS", "H4", "H5", "H6") for often in "AM"), ("EB", "A"), ("EB10", "A")}
"""What this world has figures in; in the others the stand-in answers with nothing, as the service does."""


@pytest.fixture(scope="module")
def ever() -> Sandbox:
    return Sandbox()


@pytest.fixture
def built(ever: Sandbox) -> Sandbox:
    ever.reset()
    return ever


async def ask(sandbox: Sandbox, tool: str, *, keyed: bool = True, **arguments: Any) -> Answer[Any]:
    async with opened(sandbox, **({} if keyed else {"comtrade_api_key": None})) as context:
        return await context.call(TOOLS[tool], arguments)


@pytest.mark.parametrize("classification", CLASSIFICATIONS)
async def test_each_classification_is_answered_with_figures_or_with_certainty_that_it_is_not_held(
    built: Sandbox, classification: str
) -> None:
    for frequency, keyed in (("A", True), ("M", False)):
        await _answered_or_not_held(built, classification, frequency, keyed)


async def _answered_or_not_held(built: Sandbox, classification: str, frequency: str, keyed: bool) -> None:
    kind = {"typeCode": "S" if is_services(classification) else "C", "freqCode": frequency, "clCode": classification}
    question = kind | {
        "reporterCode": "US",
        "partnerCode": "DE",
        "flowCode": "X",
        "period": "202206" if frequency == "M" else "2022",
    }
    async with opened(built, **({} if keyed else {"comtrade_api_key": None})) as context:
        if (classification, frequency) in HELD:
            listed = await context.call(TOOLS["comtrade_availability"], kind | {"reporterCode": "US"})
            answer = await context.call(TOOLS["comtrade_data"], question)
            assert answer.data.periods[0] in listed.data.records[0].periods
            if frequency == "A":
                code = "S00" if is_services(classification) else "TOTAL"
                truth = built.world.truth("US", "DE", code, "2022").exporter_reported
                assert answer.data.records[0].primaryValue == [truth]
            else:
                assert answer.data.records[0].primaryValue[0] > 0
            return
        with pytest.raises(NoData) as asked:
            await context.call(TOOLS["comtrade_data"], question)
        assert [(why.reason, why.sure) for why in asked.value.why] == [(Reason.NOT_COVERED, True)]
        with pytest.raises(NoData) as unlisted:
            await context.call(TOOLS["comtrade_availability"], kind | {"reporterCode": "US"})
        assert unlisted.value.why[0].reason is Reason.NOT_COVERED
        with pytest.raises(NoData) as sure:
            await context.call(TOOLS["comtrade_data"], question)
        assert [(why.reason, why.sure) for why in sure.value.why] == [(Reason.NOT_COVERED, True)]


async def test_what_is_listed_is_what_is_there_for_early_late_and_silent_reporters(built: Sandbox) -> None:
    reporters = ["CN", "VN", "AF", "KH", "AE", "IQ"]
    codes = {str(one.comtrade): one for one in ECONOMIES if one.iso2 in reporters}
    assert len({one.lag_years for one in codes.values()}) == 4
    async with opened(built) as context:
        listed = await context.call(TOOLS["comtrade_availability"], {"period": "2022-2025"})
    async with opened(built) as context:
        asked = {"reporterCode": reporters, "cmdCode": "85", "flowCode": "X", "period": "2022-2025"}
        answer = await context.call(TOOLS["comtrade_data"], asked)
    there = {
        (record.reporterCode, period)
        for record in answer.data.records
        for period, value in zip(answer.data.periods, record.primaryValue, strict=True)
        if value is not None
    }
    held = {(one.reporterCode, period) for one in listed.data.records for period in one.periods}
    assert {pair for pair in held if pair[0] in codes} == there
    assert there


@pytest.mark.parametrize("iso", ["AF", "KH", "IQ"])
async def test_a_late_reporters_year_is_certainly_not_out_or_not_covered(built: Sandbox, iso: str) -> None:
    async with opened(built, comtrade_api_key=None) as context:
        economy = next(one for one in ECONOMIES if one.iso2 == iso)
        last = built.world.annual_last(economy)
        if last is None:
            with pytest.raises(NoData):
                await context.call(TOOLS["comtrade_availability"], {"reporterCode": iso})
        else:
            listed = await context.call(TOOLS["comtrade_availability"], {"reporterCode": iso})
            assert listed.data.records[0].periods[-1] == str(last)
        with pytest.raises(NoData) as caught:
            await context.call(TOOLS["comtrade_data"], {"reporterCode": iso, "period": "2025"})
    [why] = caught.value.why
    assert why.sure
    assert why.reason is (Reason.NOT_COVERED if last is None else Reason.NOT_YET_PUBLISHED)


@pytest.mark.parametrize("keyed", [True, False], ids=["key", "preview"])
@pytest.mark.parametrize(("iso", "digits"), [("CN", 8), ("KR", 10), ("US", 6)])
async def test_tariff_lines_add_up_to_the_subheading(built: Sandbox, iso: str, digits: int, keyed: bool) -> None:
    question = {"reporterCode": iso, "partnerCode": "DE", "cmdCode": "850760", "flowCode": "X", "period": "2024"}
    async with opened(built, **({} if keyed else {"comtrade_api_key": None})) as context:
        lines = await context.call(TOOLS["comtrade_tariffline"], question)
        whole = await context.call(TOOLS["comtrade_data"], question)
        listed = await context.call(TOOLS["comtrade_availability"], {"reporterCode": iso, "tariffline": True})
    assert {len(record.cmdCode) for record in lines.data.records} == {digits}
    assert sum(record.primaryValue[0] for record in lines.data.records) == whole.data.records[0].primaryValue[0]
    assert set(listed.data.records[0].lengthCmdCode) == {digits}


async def test_notes_say_what_this_world_does_to_figures(built: Sandbox) -> None:
    answer = await ask(built, "comtrade_metadata", reporterCode=["CN", "KR"], period="2022-2023")
    assert [(one.reporterCode, one.period) for one in answer.data.records] == [
        ("156", "2023"),
        ("156", "2022"),
        ("410", "2023"),
        ("410", "2022"),
    ]
    assert {one.importValuation for one in answer.data.records} == {"CIF"}
    assert {one.exportPartnerCountry for one in answer.data.records} == {"Consignment"}
    assert [one.currency for one in answer.data.records] == ["CNY", "CNY", "USD", "USD"]


async def test_both_reports_of_a_flow_are_what_each_side_recorded(built: Sandbox) -> None:
    truth = built.world.truth("CN", "KR", "850760", "2024")
    answer = await ask(
        built,
        "comtrade_bilateral",
        reporterCode="KR",
        partnerCode="CN",
        cmdCode="850760",
        flowCode="M",
        period="2024",
    )
    [row] = answer.data.records
    assert (row.primaryValue, row.mirrorPrimaryValue) == (truth.importer_reported, truth.exporter_reported)


async def test_the_balance_is_of_what_the_reporter_recorded(built: Sandbox) -> None:
    sold, bought = built.world.truth("KR", "CN", "85", "2023"), built.world.truth("CN", "KR", "85", "2023")
    answer = await ask(
        built, "comtrade_trade_balance", reporterCode="KR", partnerCode="CN", cmdCode="85", period="2023"
    )
    [row] = answer.data.records
    assert (row.primaryValueX, row.primaryValueM) == (sold.exporter_reported, bought.importer_reported)
    assert row.primaryValueBal == row.primaryValueX - row.primaryValueM


async def test_the_matrix_has_figures_of_those_that_never_report(built: Sandbox) -> None:
    truth = built.world.truth("IQ", "CN", "TOTAL", "2023")
    assert truth.exporter_reported is None
    answer = await ask(built, "comtrade_trade_matrix", reporterCode="IQ", partnerCode="CN", flowCode="X", period="2023")
    assert answer.data.records[0].primaryValue == [truth.fob_usd]


async def test_what_was_loaded_lately_is_the_newest_month_of_those_that_report_months(built: Sandbox) -> None:
    answer = await ask(built, "comtrade_live_update", reporterCode="KR", limit=500)
    korea = next(one for one in ECONOMIES if one.iso2 == "KR")
    year, month = built.world.monthly_last(korea) or (0, 0)
    assert answer.data.records[0].period == f"{year}{month:02d}"


@pytest.mark.slow
async def test_a_count_is_the_number_of_rows_that_would_come(built: Sandbox) -> None:
    question: dict[str, Any] = {
        "reporterCode": "VN",
        "partnerCode": "all",
        "cmdCode": "AG6",
        "flowCode": ["M", "X"],
        "period": "2023",
        "maxRecords": 10,
    }
    async with opened(built) as context:
        with pytest.raises(TooLarge) as caught:
            await context.call(TOOLS["comtrade_data"], question)
        counted = int(caught.value.remedy.split("maxRecords=")[1].split(",")[0])
        answer = await context.call(TOOLS["comtrade_data"], question | {"maxRecords": counted + 1})
    assert sum(value is not None for record in answer.data.records for value in record.primaryValue) == counted


async def test_a_flow_that_was_asked_for_costs_nothing_again(built: Sandbox) -> None:
    flows = SOURCE.flows
    assert flows is not None
    months, years = (Period(2023, "month", 1), Period(2023, "month", 3)), (Period(2022), Period(2023))
    for product, (first, last) in (
        (read_product("850760"), years),
        (read_product("TOTAL"), months),
        (read_product("S", "services"), years),
        (read_product("3.1", "services"), years),
    ):
        question = FlowQuestion(area("US"), area("DE"), product, first, last)
        asking = flows.view(question, "exporter")
        assert asking is not None
        view = View("comtrade:exporter", "comtrade", asking.tool, asking.arguments, "exporter", "", question)
        async with opened(built, comtrade_api_key=None) as context:
            assert (await flows.cost(view, context)).calls == len(question.periods)
            for arguments in asking.arguments:
                with suppress(NoData):
                    await context.call(asking.tool, arguments)
            assert (await flows.cost(view, context)).calls == 0
