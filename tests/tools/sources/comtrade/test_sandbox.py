"""The tools against the stand-in service, whose world knows what each flow was recorded as."""

from typing import Any

import pytest
from pydantic import SecretStr
from sandboxed import opened

from tradestat_sandbox import Sandbox
from tradestat_sandbox.economies import ECONOMIES
from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import (
    TooLarge,
    TradestatError,
    Unauthorized,
    UpstreamChanged,
    UpstreamDown,
)
from tradestat_tools.sources.comtrade import SOURCE

pytestmark = pytest.mark.anyio

TOOLS = {endpoint.name: endpoint for endpoint in SOURCE.tools}


@pytest.fixture(scope="module")
def built() -> Sandbox:
    return Sandbox()


@pytest.fixture
def sandbox(built: Sandbox) -> Sandbox:
    built.reset()
    return built


async def ask(sandbox: Sandbox, tool: str = "comtrade_data", *, keyed: bool = True, **arguments: Any) -> Answer[Any]:
    settings: dict[str, Any] = {} if keyed else {"comtrade_api_key": None}
    async with opened(sandbox, **settings) as context:
        return await context.call(TOOLS[tool], arguments)


@pytest.mark.parametrize(("code", "keyed"), [("TOTAL", True), ("85", True), ("8507", False), ("850760", True)])
async def test_both_reports_of_a_flow_are_what_each_end_recorded(sandbox: Sandbox, code: str, keyed: bool) -> None:
    years = ["2022", "2023", "2024"]
    truth = [sandbox.world.truth("CN", "KR", code, year) for year in years]
    asked: dict[str, Any] = {"cmdCode": code, "period": years}
    sold = await ask(sandbox, keyed=keyed, reporterCode="CN", partnerCode="KR", flowCode="X", **asked)
    bought = await ask(sandbox, keyed=keyed, reporterCode="KR", partnerCode="CN", flowCode="M", **asked)
    assert sold.data.records[0].primaryValue == [flow.exporter_reported for flow in truth]
    assert bought.data.records[0].primaryValue == [flow.importer_reported for flow in truth]
    assert (sold.source.valuation, bought.source.valuation) == ("exports FOB", "imports CIF")
    assert sold.source.calls == (1 if keyed else 3)


async def test_months_add_up_to_what_the_reporter_recorded_for_the_year(sandbox: Sandbox) -> None:
    answer = await ask(
        sandbox, reporterCode="KR", partnerCode="CN", cmdCode="850760", flowCode="M", freqCode="M", period="2024"
    )
    months = answer.data.records[0].primaryValue
    assert len(months) == 12
    assert sum(months) == sandbox.world.truth("CN", "KR", "850760", "2024").importer_reported


async def test_services_are_what_the_reporter_recorded(sandbox: Sandbox) -> None:
    answer = await ask(
        sandbox, typeCode="S", reporterCode="USA", partnerCode="JPN", cmdCode="4", flowCode="X", period="2022"
    )
    recorded = sandbox.world.truth("US", "JP", "4", "2022").exporter_reported
    assert answer.data.records[0].primaryValue == [recorded]


@pytest.mark.parametrize("name", ["motCode", "customsCode", "partner2Code"])
async def test_totals_are_asked_for_unless_a_breakdown_is_wanted(sandbox: Sandbox, name: str) -> None:
    question: dict[str, Any] = {
        "reporterCode": "842",
        "partnerCode": "156",
        "cmdCode": "851713",
        "flowCode": "M",
        "period": "2023",
    }
    plain = await ask(sandbox, **question)
    question[name] = "all"
    broken = await ask(sandbox, **question)
    (total,) = plain.data.records[0].primaryValue
    assert total == sandbox.world.truth("CN", "US", "851713", "2023").importer_reported
    values = {getattr(record, name): record.primaryValue[0] for record in broken.data.records}
    whole = "C00" if name == "customsCode" else "0"
    assert values.pop(whole) == total
    assert values
    assert sum(values.values()) == total
    assert NoteCode.DOUBLE_COUNTING in {note.code for note in broken.notes}
    assert NoteCode.DOUBLE_COUNTING not in {note.code for note in plain.notes}


async def test_world_is_the_sum_of_all_partners_and_must_not_be_added_to_them(sandbox: Sandbox) -> None:
    answer = await ask(sandbox, reporterCode="CN", partnerCode="all", flowCode="X", period="2024")
    values = {record.partnerCode: record.primaryValue[0] for record in answer.data.records}
    world = values.pop("0")
    assert sum(values.values()) == world
    assert NoteCode.DOUBLE_COUNTING in {note.code for note in answer.notes}
    assert answer.data.records[0].partnerCode == "0"


async def test_a_year_that_is_not_out_yet_is_late(sandbox: Sandbox) -> None:
    slow = next(economy for economy in ECONOMIES if sandbox.world.annual_last(economy) == 2024)
    answer = await ask(sandbox, reporterCode=slow.comtrade, period="2023-2025", flowCode="X")
    assert ["2025" in note.text for note in answer.notes if note.code is NoteCode.LAG] == [True]
    assert [value is None for value in answer.data.records[0].primaryValue] == [False, False, True]


async def test_a_wrong_key_is_refused(sandbox: Sandbox) -> None:
    async with opened(sandbox, comtrade_api_key=SecretStr("not the key")) as context:
        with pytest.raises(Unauthorized):
            await context.call(TOOLS["comtrade_data"], {"reporterCode": "CN", "period": "2023"})


FAULTS: dict[str, type[TradestatError]] = {
    "reset": UpstreamDown,
    "truncated": UpstreamChanged,
    "empty": UpstreamDown,
    "html": UpstreamDown,
    "wrong_schema": UpstreamChanged,
    "wrong_type": UpstreamChanged,
    "error_in_200": UpstreamDown,
    "oversized": TooLarge,
    "gzip_bomb": TooLarge,
    "xml_bomb": UpstreamDown,
}


async def test_a_scripted_fault_is_the_failure_it_stands_for(sandbox: Sandbox) -> None:
    """Every fault to a list (golden scenes have those to trade data); elsewhere those that rows have a part in."""
    questions: dict[str, dict[str, Any]] = {
        "comtrade_reference": {"category": "reporters"},
        "comtrade_availability": {"reporterCode": "CN"},
        "comtrade_metadata": {"reporterCode": "CN"},
        "comtrade_tariffline": {"reporterCode": "CN", "period": "2023", "cmdCode": "850760"},
        "comtrade_trade_balance": {"reporterCode": "CN", "period": "2023"},
    }
    for at, (tool, question) in enumerate(questions.items()):
        for kind in FAULTS if at < 1 else ("wrong_schema", "wrong_type", "error_in_200"):
            sandbox.reset()
            sandbox.fail(source="comtrade", kind=kind, size=70_000_000)
            with pytest.raises(TradestatError) as caught:
                await ask(sandbox, tool, **question)
            assert type(caught.value) is FAULTS[kind], (tool, kind)


async def test_the_doctor_finds_every_assumption_held_that_the_sandbox_knows(sandbox: Sandbox) -> None:
    async with opened(sandbox) as context:
        with_key = {check.name: check async for check in SOURCE.checks(context)}
    async with opened(sandbox, comtrade_api_key=None) as context:
        without = {check.name: check async for check in SOURCE.checks(context)}
    assert with_key["preview: one row for one flow"].ok
    assert with_key["preview: services in EB10"].ok
    assert with_key["COMTRADE_API_KEY accepted"].ok
    assert with_key["reference list reporters"].detail.endswith("entries")
    assert not without["COMTRADE_API_KEY accepted"].ok
    assert "not set" in without["COMTRADE_API_KEY accepted"].detail


async def test_the_doctor_says_what_does_not_hold(sandbox: Sandbox) -> None:
    sandbox.fail(source="comtrade", kind="html", times=-1)
    async with opened(sandbox) as context:
        checks = [check async for check in SOURCE.checks(context)]
    assert not any(check.ok for check in checks)
    assert all("UpstreamDown" in check.detail for check in checks)
