"""Words for countries, groups and periods, and arguments in the forms that models send them."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from mcp import Client

from tradestat_server.mcp.app import create_server
from tradestat_tools.codes.groups import group
from tradestat_tools.codes.periods import Period
from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.comtrade.arguments import TradeArguments
from tradestat_tools.sources.comtrade.codes import Places, read_areas
from tradestat_tools.upstream.http import Http

if TYPE_CHECKING:
    from conftest import Comtrade

pytestmark = pytest.mark.anyio

Notes = Callable[[Answer[Any], NoteCode], str]
KOREA = ["KR", "KOR", "410", 410, "Korea", "South Korea", "韩国", "한국", "Korea, Rep. of"]


@asynccontextmanager
async def a_client(comtrade: "Comtrade") -> AsyncGenerator[Client]:
    http = Http(app=comtrade.app)
    try:
        async with comtrade.context(http) as context, Client(create_server(context)) as client:
            yield client
    finally:
        await http.aclose()


# Countries


@pytest.mark.parametrize("argument", ["reporterCode", "partnerCode", "partner2Code"])
async def test_every_argument_that_means_a_country_takes_every_way_to_write_it(
    comtrade: "Comtrade", argument: str
) -> None:
    comtrade.gives_what_is_asked()
    for typed in KOREA:
        answer = await comtrade.ask(**{"partnerCode": "392", argument: typed})
        assert "410" in comtrade.sent[-1].params[argument].split(","), typed
        assert argument == "partner2Code" or "(410)" in answer.what
    with pytest.raises(InvalidQuery) as caught:
        await comtrade.ask(**{argument: "Congo"})
    assert caught.value.argument == argument
    assert [choice.rpartition("(")[2] for choice in caught.value.nearest] == ["CG, 178)", "CD, 180)"]
    assert len(comtrade.sent) == len(KOREA)


# Groups


async def test_the_union_as_a_partner_is_its_members_in_one_call(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives_what_is_asked()
    for typed in ("EU", "EU27", "European Union", "欧盟", "EU members", "members of the EU", "97"):
        answer = await comtrade.ask(partnerCode=typed)
        codes = comtrade.sent[-1].params["partnerCode"].split(",")
        assert len(codes) == len(set(codes)) == 27
        assert {"276", "251"} < set(codes)
        assert "826" not in codes
        text = notes_of(answer, NoteCode.RESOLVED_CODE)
        assert "partnerCode EU: 27 members" in text
        assert "nothing is added up" in text
    assert len(comtrade.sent) == 7


async def test_membership_is_that_of_the_years_asked_for(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives_what_is_asked()
    await comtrade.ask(partnerCode="EU", period="2015")
    assert "826" in comtrade.sent[0].params["partnerCode"].split(",")
    comtrade.sent.clear()
    answer = await comtrade.ask(partnerCode="EU", period="2019-2021")
    assert "826" not in comtrade.sent[0].params["partnerCode"].split(",")
    assert "A member until 2020-01-31: United Kingdom." in notes_of(answer, NoteCode.RESOLVED_CODE)


@pytest.mark.parametrize(("typed", "code"), [("EU", "97"), ("欧盟", "97"), ("ASEAN", "975")])
async def test_a_group_that_reports_as_one_stays_one_and_says_how_to_get_its_members(
    comtrade: "Comtrade", notes_of: Notes, typed: str, code: str
) -> None:
    comtrade.gives_what_is_asked()
    answer = await comtrade.ask(reporterCode=typed)
    assert comtrade.sent[0].params["reporterCode"] == code
    assert f"reporterCode='{typed} members'" in notes_of(answer, NoteCode.RESOLVED_CODE)
    comtrade.sent.clear()
    await comtrade.ask(reporterCode=f"{typed} members")
    members = comtrade.sent[0].params["reporterCode"].split(",")
    assert code not in members
    assert len(members) >= 10


def test_members_are_asked_for_in_every_usual_way() -> None:
    ways = "EU members;EU27 members;the members of the European Union;EU member states;欧盟成员国;EU 회원국"
    for typed in f"{ways};ASEAN member countries;BRICS;金砖国家".split(";"):
        places = Places.of(read_areas([typed], "reporter"), [Period(2023)])
        (expansion,) = places.groups
        assert set(places.codes) == {area.comtrade for area in expansion.areas}
        assert all(asked.group == expansion.group.id for asked in places.asked)


async def test_a_group_beside_countries_gives_each_once(comtrade: "Comtrade") -> None:
    comtrade.gives_what_is_asked()
    await comtrade.ask(partnerCode=["Germany", "EU", "FR", "Japan"])
    codes = comtrade.sent[0].params["partnerCode"].split(",")
    assert len(codes) == len(set(codes)) == 28
    assert (codes[0], codes[-1]) == ("276", "392")


async def test_members_without_rows_are_named_and_no_sum_is_made(comtrade: "Comtrade", notes_of: Notes) -> None:
    members = [area.comtrade for area in group("EU").member_areas()]
    comtrade.gives(*(comtrade.row(partnerCode=int(code)) for code in members if code not in ("470", "442")))
    answer = await comtrade.ask(partnerCode="EU")
    assert len(answer.data.records) == 25
    assert "No rows for partner Luxembourg (442), Malta (470):" in notes_of(answer, NoteCode.ABSENT)


async def test_trade_within_a_group_is_said_and_a_member_is_not_missed_with_itself(
    comtrade: "Comtrade", notes_of: Notes
) -> None:
    members = [area.comtrade for area in group("EU").member_areas()]
    comtrade.gives(*(comtrade.row(reporterCode=276, partnerCode=int(code)) for code in members if code != "276"))
    answer = await comtrade.ask(reporterCode="Germany", partnerCode="EU")
    assert not notes_of(answer, NoteCode.ABSENT)
    assert "holds their trade with one another" in notes_of(answer, NoteCode.RESOLVED_CODE)


async def test_what_is_missing_of_a_large_question_is_told_shortly(keyed: "Comtrade", notes_of: Notes) -> None:
    keyed.gives(keyed.row(reporterCode=156, partnerCode=710, period="2020"))
    answer = await keyed.ask(reporterCode="BRICS", partnerCode="Africa", cmdCode="850760,01", period="2020-2023")
    text = notes_of(answer, NoteCode.ABSENT)
    assert "reporter Brazil (76)" in text
    assert len(text) < 2500


def test_the_largest_groups_fit_into_one_address() -> None:
    both = [Places.of(read_areas(["Belt and Road"], role)).codes for role in ("reporter", "partner")]
    assert len(both[0]) > 100
    assert sum(len(",".join(codes).replace(",", "%2C")) for codes in both) < 4000


# Periods


@pytest.mark.parametrize("frequency", ["A", "M"])
async def test_the_latest_is_the_newest_period_with_rows(
    comtrade: "Comtrade", keyed: "Comtrade", notes_of: Notes, frequency: str
) -> None:
    held = "2024" if frequency == "A" else "202607"
    between = "2025" if frequency == "A" else "202608"
    for service in (comtrade, keyed):
        if service.key is None:
            service.gives()
        service.gives(service.row(period=held, freqCode=frequency))
        answer = await service.ask(period="latest", freqCode=frequency)
        assert answer.data.periods == [held]
        shown = held if frequency == "A" else "2026-07"
        assert f"Read latest as {shown}, the newest" in notes_of(answer, NoteCode.RESOLVED_CODE)
    assert [sent.params["period"] for sent in comtrade.sent] == [between, held]
    (sent,) = keyed.sent
    assert sent.params["period"].endswith(f"{held},{between}")


async def test_the_last_years_end_with_the_newest_that_has_rows(comtrade: "Comtrade") -> None:
    comtrade.gives()
    for year in ("2024", "2022", "2023"):
        comtrade.gives(comtrade.row(period=year))
    answer = await comtrade.ask(period="last 3 years")
    assert answer.data.periods == ["2022", "2023", "2024"]
    assert [sent.params["period"] for sent in comtrade.sent] == ["2025", "2024", "2022", "2023"]


async def test_with_a_key_the_last_years_take_one_call_and_older_rows_are_left_out(keyed: "Comtrade") -> None:
    keyed.gives(*(keyed.row(period=year) for year in ("2021", "2022", "2023", "2024")))
    answer = await keyed.ask(period="last 3 years")
    assert answer.data.periods == ["2022", "2023", "2024"]
    assert answer.data.records[0].primaryValue == [1000, 1000, 1000]
    assert len(keyed.sent) == 1


async def test_a_newest_period_is_not_read_off_an_answer_that_may_be_cut(keyed: "Comtrade") -> None:
    keyed.gives(*(keyed.row(period="2023", partnerCode=code) for code in (276, 392)))
    keyed.gives(keyed.row(period="2025", partnerCode=276))
    answer = await keyed.ask(period="latest", partnerCode="276,392", maxRecords=2)
    assert answer.data.periods == ["2025"]
    assert [sent.params["period"] for sent in keyed.sent] == ["2023,2024,2025", "2025"]
    assert answer.source.calls == 2


async def test_a_latest_that_is_nowhere_says_where_it_was_looked_for(comtrade: "Comtrade") -> None:
    comtrade.gives()
    with pytest.raises(NoData) as caught:
        await comtrade.ask(period="latest")
    assert "2023 to 2025" in caught.value.message
    assert [sent.params["period"] for sent in comtrade.sent] == ["2025", "2024", "2023"]
    assert Reason.NOT_YET_PUBLISHED in {why.reason for why in caught.value.why}


async def test_the_newest_is_looked_for_where_the_first_reporters_can_be(comtrade: "Comtrade") -> None:
    comtrade.gives_what_is_asked()
    for day, newest_year, newest_month in (
        ("2026-01-31", "2024", "202511"),
        ("2026-02-01", "2025", "202512"),
        ("2026-10-20", "2025", "202608"),
    ):
        comtrade.now = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
        await comtrade.ask(period="latest")
        await comtrade.ask(period="latest", freqCode="M")
        assert [sent.params["period"] for sent in comtrade.sent[-2:]] == [newest_year, newest_month]


# Forms that models send


LOOSE: dict[str, list[tuple[Any, str]]] = {
    "typeCode": [("goods", "C"), ("null", "C")],
    "freqCode": [("annual", "A"), (None, "A")],
    "clCode": [("h6", "H6"), ("null", "HS")],
    "reporterCode": [('["CN"]', "156"), ("[156]", "156"), (156, "156"), ([156], "156")],
    "period": [('["2022"]', "2022"), ("[2022]", "2022"), (2022, "2022"), ([2022], "2022")],
    "partnerCode": [('["KR", "JP"]', "410,392"), ("[410, 392]", "410,392"), ("null", "0"), (410, "410")],
    "cmdCode": [('["850760"]', "850760"), (850760, "850760"), ("null", "TOTAL"), ("85.07.60", "850760")],
    "flowCode": [('["M"]', "M"), ("imports", "M"), ("null", "M,X")],
    "partner2Code": [('["0"]', "0"), (0, "0"), ("null", "0")],
    "customsCode": [('["C00"]', "C00"), ("c00", "C00"), ("null", "C00")],
    "motCode": [("[0]", "0"), (0, "0"), ("null", "0"), ('["2100"]', "2100")],
    "maxRecords": [("200", "200"), (200.0, "200"), ("null", "5000")],
    "includeDesc": [("false", "false"), ("null", "true"), ("True", "true")],
}


def test_arguments_are_read_in_the_forms_that_models_send() -> None:
    def read(argument: str, value: Any) -> Any:
        found = parse_arguments(TradeArguments, {"reporterCode": "156", "period": "2023", argument: value})
        one = getattr(found, argument)
        if argument == "period":
            return [asked.span for asked in one]
        return Places.of(one).codes if argument in ("reporterCode", "partnerCode", "partner2Code") else one

    for argument, forms in LOOSE.items():
        for typed, plain in forms:
            assert read(argument, typed) == read(argument, plain), (argument, typed)


async def test_arguments_of_lists_are_read_in_the_forms_that_models_send(comtrade: "Comtrade") -> None:
    found = [("85", "Electrical machinery", "TOTAL"), ("8507", "Accumulators", "85"), ("850760", "Lithium-ion", "8507")]
    rows = [{"id": code, "text": text, "parent": up, "aggrLevel": len(code)} for code, text, up in found]
    comtrade.says(json.dumps({"results": rows}))
    forms: tuple[tuple[str, Any, int], ...] = (
        ("search", "null", 3),
        ("search", 8507, 2),
        ("parent", 85, 1),
        ("parent", "null", 3),
        ("level", "4", 1),
        ("level", "null", 3),
        ("limit", "2", 2),
        ("limit", None, 3),
        ("offset", "1", 2),
        ("offset", "null", 3),
        ("category", " hs ", 3),
    )
    async with a_client(comtrade) as client:
        for argument, typed, entries in forms:
            result = await client.call_tool("comtrade_reference", {"category": "HS", argument: typed})
            assert not result.is_error, result.content
            assert result.structured_content is not None
            assert len(result.structured_content["tables"][0]["rows"]) == entries, (argument, typed)
