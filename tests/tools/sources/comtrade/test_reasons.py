"""Why there is no figure: each reason through a real call, and what is known never said to be more than it is."""

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sandboxed import opened

from tradestat_sandbox import Sandbox
from tradestat_server.mcp.context import open_context
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade import SOURCE
from tradestat_tools.upstream.http import Http

if TYPE_CHECKING:
    from conftest import Comtrade

pytestmark = pytest.mark.anyio

TOOLS = {endpoint.name: endpoint for endpoint in SOURCE.tools}


@dataclass
class World:
    """The tools over the stand-in service, which remember what they were answered."""

    context: Context

    async def ask(self, tool: str = "comtrade_data", **arguments: Any) -> Answer[Any]:
        return await self.context.call(TOOLS[tool], arguments)

    async def empty(self, tool: str = "comtrade_data", **arguments: Any) -> NoData:
        with pytest.raises(NoData) as caught:
            await self.ask(tool, **arguments)
        assert caught.value.why
        return caught.value


@pytest.fixture(scope="module")
def built() -> Sandbox:
    return Sandbox()


WITHOUT_KEY: dict[str, dict[str, None]] = {"key": {}, "preview": {"comtrade_api_key": None}}


@pytest.fixture(params=WITHOUT_KEY)
async def world(built: Sandbox, request: pytest.FixtureRequest) -> AsyncGenerator[World]:
    built.reset()
    async with opened(built, **WITHOUT_KEY[request.param]) as context:
        yield World(context)


def kinds(whys: Sequence[Why]) -> list[tuple[Reason, bool]]:
    return [(why.reason, why.sure) for why in whys]


def note_of(answer: Answer[Any], reason: Reason) -> Note:
    (note,) = [note for note in answer.notes if note.reason is reason]
    return note


SOLD = {"reporterCode": "CN", "flowCode": "X", "period": "2023"}
BATTERIES = {**SOLD, "cmdCode": "850760"}
TELEPHONES = {**SOLD, "partnerCode": "US", "cmdCode": "851712"}
SHOES = {**SOLD, "partnerCode": "KR", "cmdCode": "220300"}
"""China keeps its exports of 220300 to Korea confidential in the stand-in's world."""


# Zero


async def test_a_partner_for_whom_world_leaves_nothing_and_who_has_nothing_hidden_has_zero_trade(world: World) -> None:
    before = await world.empty(**BATTERIES, partnerCode="AQ")
    assert kinds(before.why) == [(Reason.NOT_REPORTED, False), (Reason.ZERO, False)]
    assert "not zero trade" in before.message
    await world.ask(**BATTERIES, partnerCode="all")
    likely = await world.empty(**BATTERIES, partnerCode="AQ")
    assert kinds(likely.why)[0] == (Reason.ZERO, False)
    assert "999999" in likely.why[0].text
    await world.empty(**{**SOLD, "cmdCode": "999999"}, partnerCode="AQ")
    after = await world.empty(**BATTERIES, partnerCode="AQ")
    assert kinds(after.why) == [(Reason.ZERO, True)]
    assert "That is zero trade." in after.message
    assert "add up to its World figure" in after.why[0].text


async def test_a_partner_beside_world_and_all_other_partners_is_zero_in_the_notes(world: World) -> None:
    answer = await world.ask(**SOLD, partnerCode="all")
    partners = [code for code in answer.data.partners if code != "0"]
    answer = await world.ask(**SOLD, partnerCode=["0", *partners, "AQ"])
    note = note_of(answer, Reason.ZERO)
    assert note.code is NoteCode.ZERO
    assert note.text.startswith("No rows for partner Antarctica (10): no trade.")


async def test_what_is_kept_back_is_never_called_zero(world: World, built: Sandbox) -> None:
    truth = built.world.truth("CN", "KR", "220300", "2023")
    assert truth.fob_usd > 0
    assert truth.exporter_reported == 0
    await world.ask(**{**SHOES, "partnerCode": "all"})
    error = await world.empty(**SHOES)
    assert (Reason.ZERO, True) not in kinds(error.why)
    await world.ask(**{**SHOES, "cmdCode": "999999"})
    error = await world.empty(**SHOES)
    assert kinds(error.why)[:2] == [(Reason.SUPPRESSED, False), (Reason.ZERO, False)]


# Suppressed


async def test_goods_not_specified_with_the_same_partner_speak_for_a_figure_kept_back(world: World) -> None:
    await world.ask(**{**SHOES, "cmdCode": "999999"})
    error = await world.empty(**SHOES)
    assert kinds(error.why)[0] == (Reason.SUPPRESSED, False)
    assert "under 999999" in error.why[0].text
    assert "no proof" in error.why[0].text
    assert 'cmdCode="999999"' in error.remedy


async def test_goods_not_specified_in_the_same_answer_speak_for_it_in_the_notes(world: World) -> None:
    answer = await world.ask(**{**SHOES, "cmdCode": "220300,999999"})
    note = note_of(answer, Reason.SUPPRESSED)
    assert note.text.startswith("No rows for cmdCode 220300: kept confidential, or no trade;")


async def test_areas_not_specified_speak_for_a_partner_kept_back(comtrade: "Comtrade") -> None:
    comtrade.gives(comtrade.row(partnerCode=899, partnerDesc="Areas, nes"), comtrade.row(partnerCode=0))
    answer = await comtrade.ask(partnerCode="0,899,392")
    assert "areas not specified" in note_of(answer, Reason.SUPPRESSED).text


# Not reported


async def test_a_reporter_without_any_total_has_not_reported(world: World) -> None:
    error = await world.empty(reporterCode="Iraq", period="2020", flowCode="M")
    assert kinds(error.why) == [(Reason.NOT_REPORTED, True)]
    error = await world.empty(reporterCode="Iraq", partnerCode="CN", cmdCode="85", flowCode="M", period="2020")
    assert kinds(error.why) == [(Reason.NOT_REPORTED, True)]
    mirror = 'comtrade_data(reporterCode="156", cmdCode="85", partnerCode="368", flowCode="X", period="2020")'
    assert mirror in error.remedy
    assert (await world.ask(reporterCode="156", cmdCode="85", partnerCode="368", flowCode="X", period="2020")).data


async def test_a_total_of_a_conversion_that_is_not_there_proves_nothing(comtrade: "Comtrade") -> None:
    comtrade.gives()
    with pytest.raises(NoData) as caught:
        await comtrade.ask(clCode="S4", cmdCode="TOTAL", partnerCode="0", period="2015")
    assert kinds(caught.value.why) == [(Reason.NOT_REPORTED, False), (Reason.NOT_COVERED, False)]


# Not yet published


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ({"period": "2026"}, "2026 ends on 2026-12-31"),
        ({"period": "2027-2028"}, "2027 ends on 2027-12-31"),
        ({"period": "202612", "freqCode": "M"}, "2026-12 ends on 2026-12-31"),
        ({"period": "since 2026"}, "from about 2027-02"),
        ({"period": "since 2026-10", "freqCode": "M"}, "from about 2026-12"),
    ],
    ids=["year", "years", "month", "since a year", "since a month"],
)
async def test_a_period_that_is_not_over_is_not_asked_for(
    comtrade: "Comtrade", asked: dict[str, Any], due: str
) -> None:
    with pytest.raises(NoData) as caught:
        await comtrade.ask(**asked)
    assert comtrade.sent == []
    assert kinds(caught.value.why) == [(Reason.NOT_YET_PUBLISHED, True)]
    assert due in caught.value.message
    assert "period=latest" in caught.value.remedy


async def test_the_part_that_is_over_is_answered_and_the_rest_is_said_to_come(world: World) -> None:
    answer = await world.ask(**{**SOLD, "period": "2023-2027"})
    assert answer.data.periods == ["2023", "2024", "2025"]
    note = note_of(answer, Reason.NOT_YET_PUBLISHED)
    assert note.code is NoteCode.LAG
    assert note.text.startswith("2026, 2027 left out: 2026 ends on 2026-12-31;")


async def test_a_young_period_without_a_total_is_probably_late(world: World) -> None:
    error = await world.empty(reporterCode="Afghanistan", period="2025", flowCode="X")
    assert kinds(error.why) == [(Reason.NOT_YET_PUBLISHED, False)]
    assert "period=latest" in error.remedy


# Not covered


@pytest.mark.parametrize(
    ("reporter", "why"),
    [
        ("Areas, nes", "is a partner only"),
        ("Bunkers", "is a partner only"),
        ("USSR", "its own reports end with 1990"),
    ],
)
async def test_an_area_that_does_not_report_costs_no_call(comtrade: "Comtrade", reporter: str, why: str) -> None:
    with pytest.raises(NoData) as caught:
        await comtrade.ask(reporterCode=reporter)
    assert comtrade.sent == []
    assert kinds(caught.value.why) == [(Reason.NOT_COVERED, True)]
    assert why in caught.value.why[0].text


async def test_the_stored_list_of_reporters_says_who_is_none(world: World) -> None:
    await world.ask("comtrade_reference", category="reporters", limit=1)
    error = await world.empty(reporterCode="Guam", period="2023")
    assert kinds(error.why) == [(Reason.NOT_COVERED, True)]
    assert "was not asked" in error.message
    assert "not in UN Comtrade's list of reporters" in error.why[0].text


@pytest.mark.parametrize(
    ("entry", "period", "why"),
    [
        ({"entryEffectiveDate": "1991-01-01T00:00:00"}, "1980-1990", "reports since 1991-01-01"),
        (
            {"entryEffectiveDate": "1900-01-01T00:00:00", "entryExpiredDate": "1990-12-31T00:00:00"},
            "1991",
            "reports until 1990-12-31",
        ),
    ],
    ids=["before", "after"],
)
async def test_the_stored_list_of_reporters_says_since_and_until_when(
    comtrade: "Comtrade", entry: dict[str, str], period: str, why: str
) -> None:
    comtrade.says(json.dumps({"results": [{"id": 276, "text": "Germany", **entry}]}))
    http = Http(app=comtrade.app)
    async with comtrade.context(http) as context:
        await context.call(TOOLS["comtrade_reference"], {"category": "reporters"})
        with pytest.raises(NoData) as caught:
            await context.call(TOOLS["comtrade_data"], {"reporterCode": "276", "period": period})
    await http.aclose()
    assert len(comtrade.sent) == 1
    assert why in caught.value.why[0].text


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"clCode": "H6", "cmdCode": "TOTAL", "period": "2020"}, (Reason.NOT_COVERED, True)),
        ({"cmdCode": "TOTAL", "period": "1985"}, (Reason.NOT_COVERED, True)),
        ({"freqCode": "M", "period": "1999-01"}, (Reason.NOT_COVERED, False)),
        ({"typeCode": "S", "cmdCode": "200", "period": "2010"}, (Reason.NOT_COVERED, False)),
    ],
    ids=["edition", "before the HS", "months", "services by partner"],
)
async def test_a_kind_that_is_not_there_is_not_covered(
    comtrade: "Comtrade", asked: dict[str, Any], why: tuple[Reason, bool]
) -> None:
    comtrade.gives()
    with pytest.raises(NoData) as caught:
        await comtrade.ask(**asked)
    assert why in kinds(caught.value.why)


# Code retired


async def test_a_code_outside_of_the_edition_that_the_reporter_used_is_retired(world: World) -> None:
    likely = await world.empty(**TELEPHONES)
    assert kinds(likely.why)[0] == (Reason.CODE_RETIRED, False)
    await world.ask(**{**TELEPHONES, "cmdCode": "TOTAL"})
    error = await world.empty(**TELEPHONES)
    assert kinds(error.why) == [(Reason.CODE_RETIRED, True)]
    assert "851712 is not in HS 2022, in which China (156) reported 2023." in error.why[0].text
    assert "cmdCode=851713,851714" in error.remedy


async def test_the_empty_years_of_a_series_over_an_edition_have_their_reason(world: World) -> None:
    answer = await world.ask(**{**TELEPHONES, "cmdCode": "851712,851713", "period": "2020-2023"})
    values = {record.cmdCode: record.primaryValue for record in answer.data.records}
    assert [value is None for value in values["851712"]] == [False, False, True, True]
    assert [value is None for value in values["851713"]] == [True, True, False, False]
    assert NoteCode.EDITION_BREAK in {note.code for note in answer.notes}
    text = note_of(answer, Reason.CODE_RETIRED).text
    assert "cmdCode 851712 in 2022, 2023" in text
    assert "cmdCode 851713 in 2020, 2021" in text


# Filtered out


async def test_a_breakdown_that_is_not_there_beside_a_total_that_is_was_filtered_out(world: World) -> None:
    asked = {**BATTERIES, "partnerCode": "US", "motCode": "9900"}
    before = await world.empty(**asked)
    assert (Reason.FILTERED_OUT, False) in kinds(before.why)
    await world.ask(**BATTERIES, partnerCode="US")
    after = await world.empty(**asked)
    assert kinds(after.why) == [(Reason.FILTERED_OUT, True)]
    assert "Leave out" in after.remedy


async def test_a_cut_answer_was_filtered_by_its_own_bound(comtrade: "Comtrade") -> None:
    rows = [comtrade.row(partnerCode=code) for code in range(1, 501)]
    comtrade.says(json.dumps({"count": 501, "data": rows, "error": ""}))
    assert note_of(await comtrade.ask(partnerCode="all"), Reason.FILTERED_OUT).code is NoteCode.SUBSET


# What is sent, and what a client sees


async def test_evidence_is_looked_up_and_never_sent_for(comtrade: "Comtrade") -> None:
    comtrade.gives()
    with pytest.raises(NoData):
        await comtrade.ask()
    assert len(comtrade.sent) == 1


async def test_a_cut_answer_is_no_evidence_of_absence(comtrade: "Comtrade") -> None:
    parts = [comtrade.row(partnerCode=code, cmdCode="TOTAL", primaryValue=1.0) for code in range(600, 1099)]
    comtrade.gives(comtrade.row(partnerCode=0, cmdCode="TOTAL", primaryValue=499.0), *parts)
    asked = {"reporterCode": "156", "flowCode": "X", "period": "2023"}
    http = Http(app=comtrade.app)
    async with comtrade.context(http) as context:
        data = TOOLS["comtrade_data"]
        await context.call(data, {**asked, "partnerCode": "all"})
        comtrade.replies.clear()
        comtrade.gives()
        with pytest.raises(NoData) as caught:
            await context.call(data, {**asked, "partnerCode": "392"})
    await http.aclose()
    assert kinds(caught.value.why) == [(Reason.NOT_REPORTED, False), (Reason.ZERO, False)]


async def test_figures_of_an_area_before_it_was_one_are_under_the_earlier_code_and_the_call_is_given() -> None:
    async with open_context(catalogue().settings(_env_file=None, TRADESTAT_SANDBOX=True)) as context:
        asked = {"reporterCode": "Serbia", "period": "2004", "cmdCode": "TOTAL"}
        with pytest.raises(NoData) as caught:
            await context.call(TOOLS["comtrade_data"], asked)
    first, *others = caught.value.why
    assert (first.reason, first.sure) == (Reason.NOT_COVERED, True)
    assert "891" in first.text
    assert not any(why.sure for why in others)
    assert caught.value.remedy.startswith('Ask for the area of that time: comtrade_data(reporterCode="891",')
