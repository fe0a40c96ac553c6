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
    assert kinds(before.why) == [(Reason.ZERO, False), (Reason.SUPPRESSED, False), (Reason.NOT_REPORTED, False)]
    assert "lists a dataset of China (156) for 2023" in before.why[0].text
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
    assert 'cmdCode="9999,999999"' in error.remedy


async def test_goods_not_specified_in_the_same_answer_speak_for_it_in_the_notes(world: World) -> None:
    answer = await world.ask(**{**SHOES, "cmdCode": "220300,999999"})
    note = note_of(answer, Reason.SUPPRESSED)
    assert note.text.startswith("No rows for cmdCode 220300: kept confidential, or no trade;")


async def test_areas_not_specified_speak_for_a_partner_kept_back(comtrade: "Comtrade") -> None:
    comtrade.gives(comtrade.row(partnerCode=899, partnerDesc="Areas, nes"), comtrade.row(partnerCode=0))
    answer = await comtrade.ask(partnerCode="0,899,392")
    assert "areas not specified" in note_of(answer, Reason.SUPPRESSED).text


async def test_the_likely_place_of_what_is_kept_back_is_the_heavier_one(comtrade: "Comtrade") -> None:
    unnamed = comtrade.row(partnerCode=899, primaryValue=9_000.0, netWgt=10.0)
    hidden = comtrade.row(partnerCode=392, cmdCode="999999", primaryValue=500.0, netWgt=70.0)
    comtrade.gives(unnamed, hidden)
    answer = await comtrade.ask(partnerCode="392,899", cmdCode="850760,999999")
    (note,) = [one for one in answer.notes if one.reason is Reason.SUPPRESSED and "partner Japan" in one.text]
    first, second = note.text.index("500 USD (70 kg)"), note.text.index("9,000 USD (10 kg)")
    assert first < second
    assert "the likeliest by weight first" in note.text


async def test_what_is_left_of_a_known_total_bounds_what_may_be_kept_back(comtrade: "Comtrade") -> None:
    comtrade.gives(comtrade.row(partnerCode=0, primaryValue=1_000.0), comtrade.row(partnerCode=410, primaryValue=900.0))
    http = Http(app=comtrade.app)
    asked = {"reporterCode": "156", "cmdCode": "850760", "flowCode": "X", "period": "2023"}
    async with comtrade.context(http) as context:
        await context.call(TOOLS["comtrade_data"], {**asked, "partnerCode": "all"})
        comtrade.replies.clear()
        comtrade.gives()
        with pytest.raises(NoData) as caught:
            await context.call(TOOLS["comtrade_data"], {**asked, "partnerCode": "392"})
    await http.aclose()
    first = caught.value.why[0]
    assert first.reason is Reason.SUPPRESSED
    assert "100 USD are in no partner's row: at most that is with this one" in first.text
    assert len({why.reason for why in caught.value.why}) == len(caught.value.why)


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


async def test_a_young_period_that_is_not_listed_is_late(world: World) -> None:
    error = await world.empty(reporterCode="Afghanistan", period="2025", flowCode="X")
    assert kinds(error.why) == [(Reason.NOT_YET_PUBLISHED, True)]
    assert "the newest is" in error.why[0].text
    assert "period=latest" in error.remedy


async def test_a_year_that_was_published_is_never_said_to_be_late_and_its_list_is_asked_for_once(
    comtrade: "Comtrade",
) -> None:
    comtrade.lists(2022, 2023, 2024, 2025)
    comtrade.gives()
    http = Http(app=comtrade.app)
    async with comtrade.context(http) as context:
        for partner in ("392", "410"):
            asked = {"reporterCode": "156", "partnerCode": partner, "cmdCode": "850760", "period": "2025"}
            with pytest.raises(NoData) as caught:
                await context.call(TOOLS["comtrade_data"], asked)
            reasons = [why.reason for why in caught.value.why]
            assert Reason.NOT_YET_PUBLISHED not in reasons
            assert reasons[0] is Reason.ZERO
            assert "lists a dataset of China (156) for 2025" in caught.value.why[0].text
    await http.aclose()
    assert len(comtrade.lists_asked) == 1
    assert comtrade.lists_asked[0].params == {"reporterCode": "156"}


async def test_a_year_that_is_not_listed_yet_is_surely_not_out_with_the_newest_that_is(comtrade: "Comtrade") -> None:
    comtrade.lists(2022, 2023, 2024)
    comtrade.gives()
    with pytest.raises(NoData) as caught:
        await comtrade.ask(period="2025")
    assert kinds(caught.value.why) == [(Reason.NOT_YET_PUBLISHED, True)]
    assert "the newest is 2024" in caught.value.why[0].text


async def test_a_year_that_is_missing_beside_others_is_judged_by_the_list_too(comtrade: "Comtrade") -> None:
    comtrade.lists(2022, 2023, 2024, 2025)
    comtrade.gives(comtrade.row(period="2024"))
    comtrade.gives()
    answer = await comtrade.ask(period="2024-2025")
    assert not [note for note in answer.notes if note.reason is Reason.NOT_YET_PUBLISHED]
    assert any("lists a dataset" in note.text for note in answer.notes)


async def test_a_list_that_can_not_be_had_spoils_no_answer_and_leaves_no_reasons_that_exclude_each_other(
    comtrade: "Comtrade",
) -> None:
    comtrade.gives()
    with pytest.raises(NoData) as caught:
        await comtrade.ask(period="2025")
    assert kinds(caught.value.why) == [(Reason.NOT_YET_PUBLISHED, False), (Reason.ZERO, False)]
    assert len(comtrade.lists_asked) == 1


async def test_the_lists_of_many_reporters_are_not_asked_for(comtrade: "Comtrade") -> None:
    comtrade.lists(2024)
    comtrade.gives()
    with pytest.raises(NoData):
        await comtrade.ask(reporterCode="156,392,410,842", partnerCode="0", period="2025")
    assert comtrade.lists_asked == []


async def test_tariff_lines_are_late_or_not_by_their_own_list(comtrade: "Comtrade") -> None:
    comtrade.lists(2022, 2023)
    comtrade.gives()
    asked = {"reporterCode": "156", "cmdCode": "850760"}
    with pytest.raises(NoData) as late:
        await comtrade.call("comtrade_tariffline", **asked, period="2025")
    assert kinds(late.value.why) == [(Reason.NOT_YET_PUBLISHED, True)]
    assert "/getDATariffline/C/A/HS" in comtrade.lists_asked[0].path
    comtrade.lists(2024, 2025)
    with pytest.raises(NoData) as there:
        await comtrade.call("comtrade_tariffline", **asked, period="2025")
    assert kinds(there.value.why) == [(Reason.ZERO, False), (Reason.SUPPRESSED, False)]


# Not a reporter


async def test_what_all_partners_report_is_written_out_for_an_area_that_reports_nothing(world: World) -> None:
    await world.ask("comtrade_reference", category="reporters", limit=1)
    error = await world.empty(reporterCode="Guam", period="2023", cmdCode="27", flowCode="X")
    mirror = 'comtrade_data(reporterCode="all", cmdCode="27", partnerCode="316", flowCode="M", period="2023")'
    assert mirror in error.remedy


async def test_an_area_that_is_counted_with_another_says_so_and_since_when(comtrade: "Comtrade") -> None:
    comtrade.gives()
    with pytest.raises(NoData) as caught:
        await comtrade.ask(reporterCode="Martinique", period="2015")
    text = "Counted with France (251) as reporter since 1997."
    assert text in [why.text for why in caught.value.why if why.reason is Reason.NOT_COVERED]


async def test_trade_between_the_two_koreas_is_nobodys_foreign_trade(comtrade: "Comtrade") -> None:
    comtrade.gives()
    with pytest.raises(NoData) as caught:
        await comtrade.ask(reporterCode="KR", partnerCode="KP", cmdCode="TOTAL")
    assert kinds(caught.value.why) == [(Reason.NOT_COVERED, True)]
    assert "intra-Korean" in caught.value.why[0].text


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
    error = await world.empty(**TELEPHONES)
    assert kinds(error.why) == [(Reason.CODE_RETIRED, True)]
    assert "851712 is not in HS 2022, in which China (156) reported 2023." in error.why[0].text
    assert "cmdCode=851713,851714" in error.remedy


async def test_the_listed_edition_of_a_year_makes_it_sure_that_a_code_is_retired(comtrade: "Comtrade") -> None:
    comtrade.lists(2022, 2023)
    comtrade.gives()
    with pytest.raises(NoData) as caught:
        await comtrade.ask(cmdCode="851712")
    assert kinds(caught.value.why) == [(Reason.CODE_RETIRED, True)]
    assert "851712 is not in HS 2022, in which China (156) reported 2023." in caught.value.why[0].text


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


async def test_evidence_but_the_list_of_datasets_is_looked_up_and_never_sent_for(comtrade: "Comtrade") -> None:
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


# Weights


async def test_a_weight_missing_for_a_heading_says_which_subheadings_have_it(comtrade: "Comtrade") -> None:
    heading = comtrade.row(cmdCode="8507", netWgt=0.0, qty=0.0, qtyUnitCode=-1, qtyUnitAbbr="N/A", isAggregate=True)
    comtrade.gives(heading)
    http = Http(app=comtrade.app)
    asked = {"reporterCode": "156", "partnerCode": "410", "flowCode": "X", "period": "2023"}
    async with comtrade.context(http) as context:
        data = TOOLS["comtrade_data"]
        before = await context.call(data, {**asked, "cmdCode": "8507"})
        assert any("see the codes below with cmdCode=8507??" in note.text for note in before.notes)
        comtrade.replies.clear()
        comtrade.gives(comtrade.row(cmdCode="850760"), comtrade.row(cmdCode="850790", netWgt=0.0))
        await context.call(data, {**asked, "cmdCode": "8507??"})
        after = await context.call(data, {**asked, "cmdCode": "8507"})
        comtrade.replies.clear()
        comtrade.gives(comtrade.row(cmdCode="850760"))
        both = await context.call(data, {**asked, "cmdCode": "850760"})
    await http.aclose()
    assert any("of 8507 850760 have it and 1 others lack it" in note.text for note in after.notes)
    assert not any("Net weight is missing for" in note.text for note in both.notes)
