"""What was seen of the live service in October 2026, in payloads written after it by hand."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from tradestat_tools.catalogue import catalogue
from tradestat_tools.codes.periods import Period
from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import UpstreamChanged, UpstreamRefused
from tradestat_tools.open import in_memory
from tradestat_tools.sources.comtrade.flows import by_second_partner, observe
from tradestat_tools.sources.comtrade.service import plan
from tradestat_tools.sources.comtrade.tools.data import COMTRADE_DATA
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.runtime import Clock

if TYPE_CHECKING:
    from conftest import Comtrade

pytestmark = pytest.mark.anyio

Notes = Callable[[Answer[Any], NoteCode], str]
QUESTION = {"reporterCode": "156", "partnerCode": "410", "cmdCode": "850760", "flowCode": "X", "period": "2023"}


def envelope(comtrade: "Comtrade", rows: list[dict[str, Any]], count: int | None = None) -> None:
    comtrade.says(json.dumps({"elapsedTime": "0.4 secs", "count": count or len(rows), "data": rows, "error": ""}))


# What was loaded lately


def release(reporter: int, **stamps: str | None) -> dict[str, Any]:
    return {
        "typeCode": "C",
        "freqCode": "M",
        "period": 202609,
        "reporterCode": reporter,
        "reporterISO": "XXX",
        "classificationCode": "H6",
        "classificationSearchCode": "HS",
        "status": "Running",
        **stamps,
    }


LOADED = [
    release(410, lastUpdated="Wednesday, October 21, 2026", queuedAt="10/21/2026 9:05:00 AM", startedAt=None),
    release(
        156,
        lastUpdated="Thursday, October 22, 2026",
        queuedAt="10/22/2026 11:18:33 PM",
        startedAt="2026-10-22 21:27:39Z",
    ),
    release(842, lastUpdated="Monday, October 5, 2026", queuedAt="10/05/2026 12:00:01 AM", startedAt=""),
]


async def test_dates_of_what_was_loaded_are_read_and_the_newest_comes_first(keyed: "Comtrade") -> None:
    envelope(keyed, LOADED)
    answer = await keyed.call("comtrade_live_update")
    assert [one.reporterCode for one in answer.data.records] == ["156", "410", "842"]
    assert [(one.lastUpdated, one.queuedAt, one.startedAt) for one in answer.data.records] == [
        ("2026-10-22", "2026-10-22T23:18:33", "2026-10-22T21:27:39Z"),
        ("2026-10-21", "2026-10-21T09:05:00", None),
        ("2026-10-05", "2026-10-05T00:00:01", None),
    ]
    (table,) = answer.data.tables()
    assert table.rows[0][0] == "2026-10-22T23:18:33"


async def test_the_count_of_what_was_loaded_is_not_the_number_of_rows_and_nothing_is_made_of_it(
    keyed: "Comtrade",
) -> None:
    envelope(keyed, LOADED, count=174)
    answer = await keyed.call("comtrade_live_update")
    assert answer.notes == []
    assert answer.data.count == 3
    assert "174" not in json.dumps(answer.structured())


# Publication notes


async def test_notes_nested_by_publication_are_read_with_factors_as_text_and_stamps_of_seven_digits(
    comtrade: "Comtrade",
) -> None:
    note = {
        "reporterCode": 410,
        "reporterDescription": "Rep. of Korea",
        "period": "2024",
        "classificationCode": "H6",
        "currency": "US Dollar",
        "importConvFactor": "1.000000",
        "exportConvFactor": "1.000000",
        "tradeSystem": "Special",
        "publicationNote": "",
    }
    first = note | {"publicationDate": "2025-03-04T09:41:07.1234567"}
    last = note | {"publicationDate": "2025-06-11T22:10:59.7654321", "importConvFactor": "0.998000"}
    envelope(comtrade, [{"reporterCode": 410, "period": 2024, "notes": [first, last]}])
    answer = await comtrade.call("comtrade_metadata", reporterCode="KR", period="2024", showHistory=True)
    assert [(one.publicationDate, one.importConvFactor) for one in answer.data.records] == [
        ("2025-06-11T22:10:59", "0.998000"),
        ("2025-03-04T09:41:07", "1.000000"),
    ]
    assert comtrade.sent[0].params["reporterCode"] == "410"


# Pace


def test_with_a_key_calls_are_two_seconds_apart() -> None:
    bare = catalogue().settings(_env_file=None)
    keyed = bare.model_copy(update={"comtrade_api_key": SecretStr("0" * 32)})
    assert [(one.calls, one.seconds) for one in plan(keyed).windows] == [(1, 2.0)]
    assert [(one.calls, one.seconds) for one in plan(bare).windows] == [(1, 1.0)]


async def test_a_429_is_waited_out_for_the_second_it_asks_for_and_the_question_goes_on(keyed: "Comtrade") -> None:
    said = '{"statusCode": 429, "message": "Rate limit is exceeded."}'
    keyed.says(said, 429, Retry_After="1")
    keyed.says(said, 429, Retry_After="1")
    keyed.gives(keyed.row())
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    clock = Clock(lambda: keyed.now.timestamp() + sum(waited), sleep)
    http = Http(app=keyed.app)
    own = {"comtrade_api_key": SecretStr("0" * 32), "comtrade_url": "http://comtrade.test"}
    settings = catalogue().settings(_env_file=None).model_copy(update=own)
    async with in_memory(http, settings, lambda: keyed.now, clock=clock) as context:
        answer = await context.call(COMTRADE_DATA, QUESTION)
    await http.aclose()
    assert answer.data.records[0].primaryValue == [1000]
    assert [seconds for seconds in waited if seconds] == [1, 1]


# Editions


async def test_the_newest_edition_is_taken_out_of_all_of_them_and_said_so(keyed: "Comtrade", notes_of: Notes) -> None:
    keyed.gives(
        keyed.row(period="2021", classificationCode="H5", primaryValue=70.0),
        keyed.row(period="2022", primaryValue=80.0),
        keyed.row(period="2022", classificationCode="H5", primaryValue=81.0),
        keyed.row(period="2023", primaryValue=90.0),
    )
    answer = await keyed.ask(clCode="H6", period="2021-2023")
    assert [sent.path for sent in keyed.sent] == ["/data/v1/get/C/A/HS"]
    (record,) = answer.data.records
    assert record.primaryValue == [None, 80, 90]
    assert answer.data.clCode == "H6"
    said = notes_of(answer, NoteCode.RESOLVED_CODE)
    assert "clCode=HS" in said
    assert "2 in other editions are left out" in said
    assert not notes_of(answer, NoteCode.DOUBLE_COUNTING)


async def test_rows_of_other_editions_count_towards_what_a_call_may_bring(keyed: "Comtrade", notes_of: Notes) -> None:
    keyed.gives(*(keyed.row(partnerCode=code, classificationCode="H5") for code in range(1, 20)), keyed.row())
    answer = await keyed.ask(clCode="H6", partnerCode="all", maxRecords=20)
    assert "20 rows, the most that was allowed" in notes_of(answer, NoteCode.SUBSET)


@pytest.mark.parametrize(("edition", "path"), [("H5", "/data/v1/get/C/A/H5"), ("HS", "/data/v1/get/C/A/HS")])
async def test_other_editions_are_asked_for_as_they_are(
    keyed: "Comtrade", notes_of: Notes, edition: str, path: str
) -> None:
    keyed.gives(keyed.row(classificationCode="H5"))
    answer = await keyed.ask(clCode=edition)
    assert keyed.sent[0].path == path
    assert "left out" not in notes_of(answer, NoteCode.RESOLVED_CODE)


# Periods


async def test_more_periods_than_a_call_takes_are_asked_for_in_two(keyed: "Comtrade") -> None:
    keyed.gives_what_is_asked()
    await keyed.ask(period="2010-2022")
    assert [len(sent.params["period"].split(",")) for sent in keyed.sent] == [12, 1]


async def test_a_refusal_of_a_thirteenth_period_is_given_in_the_services_words(keyed: "Comtrade") -> None:
    keyed.says('{"error": "Maximum number of periods is 12", "details": ["period: 2010, ..., 2022"]}', 400)
    with pytest.raises(UpstreamRefused) as caught:
        await keyed.ask()
    assert caught.value.message == "UN Comtrade rejected the question: Maximum number of periods is 12."


# Codes


@pytest.mark.parametrize(("classification", "total"), [("EB", "200"), ("EB02", "200"), ("EB10", "200"), ("EB10S", "S")])
async def test_everything_has_the_code_of_its_list_of_services(
    keyed: "Comtrade", classification: str, total: str
) -> None:
    keyed.gives_what_is_asked()
    await keyed.ask(typeCode="S", clCode=classification, cmdCode="TOTAL", period="2018", partnerCode="0")
    (sent,) = keyed.sent
    assert (sent.path, sent.params["cmdCode"]) == (f"/data/v1/get/S/A/{classification}", total)


async def test_a_question_mark_stands_for_a_digit(keyed: "Comtrade", notes_of: Notes) -> None:
    keyed.gives(*(keyed.row(cmdCode=code, aggrLevel=4) for code in ("2701", "2709")))
    answer = await keyed.ask(cmdCode="27??")
    assert keyed.sent[0].params["cmdCode"] == "27??"
    assert [one.cmdCode for one in answer.data.records] == ["2701", "2709"]
    assert not notes_of(answer, NoteCode.ABSENT)


async def test_rows_outside_of_a_wildcard_were_not_asked_for(keyed: "Comtrade") -> None:
    keyed.gives(keyed.row(cmdCode="2801", aggrLevel=4))
    with pytest.raises(UpstreamChanged) as caught:
        await keyed.ask(cmdCode="27??")
    assert "cmdCode" in caught.value.message


async def test_one_chapter_in_headings_is_not_counted_first(keyed: "Comtrade") -> None:
    keyed.gives(keyed.row(cmdCode="2709", aggrLevel=4))
    await keyed.ask(cmdCode="27??", partnerCode="all")
    assert len(keyed.sent) == 1


async def test_a_list_that_is_not_there_is_no_empty_list_and_no_markup_is_shown(comtrade: "Comtrade") -> None:
    comtrade.says("\ufeff<?xml version='1.0'?><Error><Code>BlobNotFound</Code></Error>", 404)
    with pytest.raises(UpstreamChanged) as caught:
        await comtrade.call("comtrade_reference", category="B5")
    assert "<" not in caught.value.message


# Parts


async def test_parts_by_procedure_transport_and_second_partner_are_never_taken_for_figures(
    keyed: "Comtrade", notes_of: Notes
) -> None:
    keyed.gives(
        keyed.row(primaryValue=100.0),
        keyed.row(primaryValue=60.0, motCode=2100),
        keyed.row(primaryValue=40.0, motCode=3200),
        keyed.row(primaryValue=100.0, customsCode="C04"),
        keyed.row(primaryValue=70.0, partner2Code=344),
        keyed.row(primaryValue=70.0, partner2Code=344, motCode=2100),
    )
    answer = await keyed.ask(partner2Code="all", customsCode="all", motCode="all")
    assert [(one.period, one.value) for one in observe(answer.data, answer.source)] == [(Period(2023), 100)]
    assert "Do not add the rows up" in notes_of(answer, NoteCode.DOUBLE_COUNTING)
    assert answer.source.valuation == "exports FOB"


async def test_what_went_through_a_second_partner_is_counted_once_though_it_is_split_by_transport_too(
    keyed: "Comtrade",
) -> None:
    through = {"partner2Code": 344, "partner2Desc": "China, Hong Kong SAR"}
    keyed.gives(
        keyed.row(primaryValue=100.0),
        keyed.row(primaryValue=70.0, **through),
        keyed.row(primaryValue=45.0, motCode=2100, **through),
        keyed.row(primaryValue=25.0, motCode=3200, **through),
    )
    answer = await keyed.ask(partner2Code="all", motCode="all")
    assert by_second_partner(answer.data) == {("344", Period(2023)): 70}


async def test_services_by_mode_of_supply_are_parts_of_their_total(keyed: "Comtrade", notes_of: Notes) -> None:
    service = {"typeCode": "S", "classificationCode": "EB10S", "cmdCode": "S", "period": "2018", "partnerCode": 0}
    keyed.gives(
        keyed.row(**service, mosCode="0", primaryValue=10.0), keyed.row(**service, mosCode="1", primaryValue=4.0)
    )
    answer = await keyed.ask(typeCode="S", clCode="EB10S", cmdCode="S", period="2018", partnerCode="0")
    assert [one.value for one in observe(answer.data, answer.source)] == [10]
    assert "mosCode=0 is the total" in notes_of(answer, NoteCode.DOUBLE_COUNTING)


async def test_both_reports_of_a_flow_say_their_valuation(keyed: "Comtrade") -> None:
    row = keyed.row(mirrorPrimaryValue=900.0, mirrorNetWgt=0.0, netWgt=0.0)
    envelope(keyed, [row])
    answer = await keyed.call("comtrade_bilateral", reporterCode="156", partnerCode="410", flowCode="X", period="2023")
    assert answer.source.valuation == "imports CIF, exports FOB"
    (record,) = answer.data.records
    assert (record.primaryValue, record.netWgt, record.mirrorNetWgt) == (1000, None, None)
