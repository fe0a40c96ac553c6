"""What UN Comtrade holds: the tool, its calls, and what a stored list makes certain about other questions."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import InvalidQuery, NoData, UpstreamChanged
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.comtrade import SOURCE
from tradestat_tools.sources.comtrade.answers import area_label
from tradestat_tools.sources.comtrade.tools.availability import ranges
from tradestat_tools.upstream.http import Http

if TYPE_CHECKING:
    from conftest import Comtrade

pytestmark = pytest.mark.anyio

TOOLS = {endpoint.name: endpoint for endpoint in SOURCE.tools}


def dataset(period: int, **fields: Any) -> dict[str, Any]:
    """One dataset in the form that working clients of the service read."""
    return {
        "datasetCode": 20156202300100,
        "typeCode": "C",
        "freqCode": "A",
        "period": period,
        "reporterCode": 156,
        "reporterISO": "CHN",
        "reporterDesc": "China",
        "classificationCode": "H6",
        "classificationSearchCode": "HS",
        "isOriginalClassification": True,
        "isExtendedFlowCode": False,
        "isExtendedMotCode": True,
        "totalRecords": 512345,
        "datasetChecksum": 1234567,
        "firstReleased": "2025-06-12T01:47:07.73",
        "lastReleased": "2025-07-05T01:13:58.7",
        **fields,
    }


def body(*rows: dict[str, Any], count: int | None = None) -> str:
    known = {"elapsedTime": "0.1 secs", "count": len(rows) if count is None else count, "data": list(rows), "error": ""}
    return json.dumps(known)


@asynccontextmanager
async def opened(comtrade: "Comtrade") -> AsyncGenerator[Context]:
    http = Http(app=comtrade.app)
    try:
        async with comtrade.context(http) as context:
            yield context
    finally:
        await http.aclose()


async def test_one_call_brings_all_periods_of_a_reporter_and_the_asked_ones_are_taken_out(comtrade: "Comtrade") -> None:
    comtrade.says(body(dataset(2021, classificationCode="H5"), dataset(2022), dataset(2023, lastReleased=None)))
    async with opened(comtrade) as context:
        tool = TOOLS["comtrade_availability"]
        answer = await context.call(tool, {"reporterCode": "China", "period": "2022-2023"})
        again = await context.call(tool, {"reporterCode": "156"})
    [sent] = comtrade.sent
    assert (sent.path, sent.params) == ("/public/v1/getDA/C/A/HS", {"reporterCode": "156"})
    [held] = answer.data.records
    assert held.periods == ["2022", "2023"]
    assert held.totalRecords == [512345, 512345]
    assert held.lastReleased == ["2025-07-05", None]
    assert again.data.records[0].classificationCode == ["H5", "H6", "H6"]
    assert again.source.state == "cached"


async def test_with_a_key_it_is_asked_with_the_key_and_tariff_lines_have_their_own_list(keyed: "Comtrade") -> None:
    keyed.says(body(dataset(2023, lengthCmdCode=8)))
    answer = await keyed.call("comtrade_availability", reporterCode="CN", tariffline=True)
    [sent] = keyed.sent
    assert sent.path == "/data/v1/getDATariffline/C/A/HS"
    assert "ocp-apim-subscription-key" in sent.headers
    assert answer.data.records[0].lengthCmdCode == [8]
    assert "code digits" in answer.data.tables()[0].columns


async def test_all_reporters_are_one_call_and_shown_as_from_when_to_when(comtrade: "Comtrade") -> None:
    rows = [dataset(year, reporterCode=code, reporterDesc=None) for code in (156, 410) for year in (2019, 2020, 2022)]
    comtrade.says(body(*rows))
    answer = await comtrade.call("comtrade_availability")
    assert comtrade.sent[0].params == {}
    [table] = answer.data.tables()
    assert [row[1:5] for row in table.rows] == [
        ("156", 3, "2019-2020, 2022", "2022"),
        ("410", 3, "2019-2020, 2022", "2022"),
    ]
    assert [row[0] for row in table.rows] == [area_label("156"), area_label("410")]


def test_runs_of_months_go_over_the_end_of_a_year() -> None:
    assert ranges(["202311", "202312", "202401", "202403"]) == "202311-202401, 202403"


async def test_a_reporter_without_datasets_is_not_covered_and_one_of_several_is_named(comtrade: "Comtrade") -> None:
    comtrade.says(body())
    with pytest.raises(NoData) as caught:
        await comtrade.call("comtrade_availability", reporterCode="CN", clCode="S4")
    assert [(why.reason, why.sure) for why in caught.value.why] == [(Reason.NOT_COVERED, True)]
    comtrade.replies.clear()
    comtrade.says(body(dataset(2023)))
    comtrade.says(body())
    answer = await comtrade.call("comtrade_availability", reporterCode=["CN", "KR"])
    [note] = [note for note in answer.notes if note.reason is Reason.NOT_COVERED]
    assert "Korea" in note.text


async def test_a_period_that_is_not_held_is_not_reported_where_others_are(comtrade: "Comtrade") -> None:
    comtrade.says(body(dataset(2023)))
    with pytest.raises(NoData) as caught:
        await comtrade.call("comtrade_availability", reporterCode="CN", period="2019")
    assert caught.value.why[0].reason is Reason.NOT_REPORTED


async def test_datasets_that_are_counted_and_not_sent_are_told(comtrade: "Comtrade") -> None:
    comtrade.says(body(dataset(2023), count=3))
    answer = await comtrade.call("comtrade_availability", reporterCode="CN")
    assert "2 datasets more" in next(note.text for note in answer.notes if note.code is NoteCode.SUBSET)


@pytest.mark.parametrize(
    "strange", [dataset(2023, reporterCode=410), {"year": 2023}], ids=["other reporter", "other form"]
)
async def test_an_answer_in_another_form_or_of_another_reporter_is_refused(
    comtrade: "Comtrade", strange: dict[str, Any]
) -> None:
    comtrade.says(body(strange))
    with pytest.raises(UpstreamChanged):
        await comtrade.call("comtrade_availability", reporterCode="CN")


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"freqCode": "M"}, "period"),
        ({"clCode": "EB10"}, "clCode"),
        ({"reporterCode": "World"}, "reporterCode"),
        ({"period": "202301"}, "period"),
    ],
    ids=["months of all", "services of goods", "world", "month of years"],
)
async def test_what_cannot_be_asked_is_refused_by_name(
    comtrade: "Comtrade", arguments: dict[str, Any], argument: str
) -> None:
    with pytest.raises(InvalidQuery) as caught:
        await comtrade.call("comtrade_availability", **arguments)
    assert caught.value.argument == argument
    assert comtrade.sent == []


# What the stored list says of other questions


ASKED = {"reporterCode": "156", "partnerCode": "410", "cmdCode": "850760", "flowCode": "X"}


async def learnt(comtrade: "Comtrade", context: Context, *periods: int, clCode: str = "HS") -> None:
    """Have the list of China's datasets stored, and forget the call."""
    comtrade.says(body(*(dataset(period) for period in periods)))
    if periods:
        await context.call(TOOLS["comtrade_availability"], {"reporterCode": "156", "clCode": clCode})
    else:
        with pytest.raises(NoData):
            await context.call(TOOLS["comtrade_availability"], {"reporterCode": "156", "clCode": clCode})
    comtrade.replies.clear()
    comtrade.sent.clear()


@pytest.mark.parametrize(
    ("held", "period", "reason"),
    [
        ((2019, 2021, 2022, 2023), "2020", Reason.NOT_REPORTED),
        ((2019, 2020), "2018", Reason.NOT_COVERED),
        ((2019, 2020), "2025", Reason.NOT_YET_PUBLISHED),
        ((), "2023", Reason.NOT_COVERED),
    ],
    ids=["gap", "before the first", "after the newest", "nothing at all"],
)
async def test_a_period_that_is_not_listed_is_certain_and_costs_no_call(
    comtrade: "Comtrade", held: tuple[int, ...], period: str, reason: Reason
) -> None:
    async with opened(comtrade) as context:
        await learnt(comtrade, context, *held)
        with pytest.raises(NoData) as caught:
            await context.call(TOOLS["comtrade_data"], ASKED | {"period": period})
    assert [(why.reason, why.sure) for why in caught.value.why] == [(reason, True)]
    assert comtrade.sent == []


async def test_of_several_periods_the_unlisted_one_is_told_with_its_reason(comtrade: "Comtrade") -> None:
    async with opened(comtrade) as context:
        await learnt(comtrade, context, 2021, 2023)
        for reply in ([comtrade.row(period="2021")], [], [comtrade.row(period="2023")]):
            comtrade.gives(*reply)
        answer = await context.call(TOOLS["comtrade_data"], ASKED | {"period": "2021-2023"})
    [note] = [note for note in answer.notes if note.reason is Reason.NOT_REPORTED]
    assert "2022" in note.text
    assert "no dataset" in note.text


async def test_a_listed_period_without_rows_is_never_said_to_be_unpublished(comtrade: "Comtrade") -> None:
    async with opened(comtrade) as context:
        await learnt(comtrade, context, 2024, 2025)
        comtrade.gives()
        with pytest.raises(NoData) as caught:
            await context.call(TOOLS["comtrade_data"], ASKED | {"period": "2025"})
    assert [why.reason for why in caught.value.why] == [Reason.ZERO, Reason.SUPPRESSED, Reason.NOT_REPORTED]
    assert not any(why.sure for why in caught.value.why)


async def test_rows_that_came_weigh_more_than_a_list_without_them(comtrade: "Comtrade") -> None:
    async with opened(comtrade) as context:
        await learnt(comtrade, context, 2022)
        comtrade.gives(comtrade.row(period="2022"))
        comtrade.gives(comtrade.row(period="2023"))
        answer = await context.call(TOOLS["comtrade_data"], ASKED | {"period": "2022-2023"})
    assert answer.data.records[0].primaryValue == [1000, 1000]


async def test_the_newest_period_is_first_looked_for_where_the_list_has_it(comtrade: "Comtrade") -> None:
    async with opened(comtrade) as context:
        await learnt(comtrade, context, 2022, 2023)
        comtrade.gives(comtrade.row(period="2023"))
        answer = await context.call(TOOLS["comtrade_data"], ASKED | {"period": "latest"})
    assert [sent.params["period"] for sent in comtrade.sent] == ["2023"]
    assert answer.data.periods == ["2023"]


async def test_the_list_of_all_reporters_serves_as_well(comtrade: "Comtrade") -> None:
    async with opened(comtrade) as context:
        comtrade.says(body(dataset(2023), dataset(2022, reporterCode=410)))
        await context.call(TOOLS["comtrade_availability"], {})
        comtrade.sent.clear()
        with pytest.raises(NoData) as caught:
            await context.call(TOOLS["comtrade_data"], ASKED | {"period": "2022"})
    assert caught.value.why[0].sure
    assert comtrade.sent == []
