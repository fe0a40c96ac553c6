"""Lists of codes: their forms on the wire, filters, pages, and what is said when nothing fits."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery, UpstreamChanged
from tradestat_tools.sources.comtrade.tools.lists import ReferenceArguments
from tradestat_tools.sources.comtrade.wire.lists import FILES, read_entry

if TYPE_CHECKING:
    from conftest import Comtrade

pytestmark = pytest.mark.anyio

HS = [
    {"id": "TOTAL", "text": "Total - All H4 commodities", "parent": "#", "isLeaf": "0", "aggrLevel": 0},
    {"id": "85", "text": "85 - Electrical machinery", "parent": "TOTAL", "isLeaf": "0", "aggrLevel": 2},
    {"id": "8507", "text": "8507 - Electric accumulators", "parent": "85", "isLeaf": "0", "aggrLevel": 4},
    {
        "id": "850760",
        "text": "850760 - -- Lithium-ion accumulators",
        "parent": "8507",
        "isLeaf": "1",
        "aggrLevel": 6,
        "standardUnitAbbr": "u",
    },
    {
        "id": "850780",
        "text": "850780 - Other accumulators",
        "parent": "8507",
        "isLeaf": "1",
        "aggrLevel": 6,
        "standardUnitAbbr": "n/a",
    },
]


def a_list(entries: list[dict[str, Any]], *, bom: bool = True) -> bytes:
    body = json.dumps({"more": False, "results": entries}, ensure_ascii=False).encode()
    return b"\xef\xbb\xbf" + body if bom else body


async def ids(comtrade: "Comtrade", **arguments: Any) -> list[str]:
    answer = await comtrade.call("comtrade_reference", **arguments)
    return [entry.id for entry in answer.data.results]


@pytest.mark.parametrize("bom", [True, False])
async def test_a_list_is_read_with_and_without_a_byte_order_mark(comtrade: "Comtrade", bom: bool) -> None:
    comtrade.says(a_list(HS, bom=bom))
    assert await ids(comtrade, category="H4") == ["TOTAL", "85", "8507", "850760", "850780"]
    assert comtrade.sent[0].path == "/files/v1/app/reference/H4.json"
    assert comtrade.sent[0].params == {}


async def test_no_key_is_sent_for_a_list(keyed: "Comtrade") -> None:
    keyed.says(a_list(HS))
    await keyed.call("comtrade_reference", category="H4")
    assert "ocp-apim-subscription-key" not in keyed.sent[0].headers


async def test_filters_choose_among_the_entries(comtrade: "Comtrade") -> None:
    comtrade.says(a_list(HS))
    choices: tuple[tuple[dict[str, Any], list[str]], ...] = (
        ({"search": "accumulators"}, ["8507", "850760", "850780"]),
        ({"search": "ION lithium"}, ["850760"]),
        ({"search": "8507"}, ["8507", "850760", "850780"]),
        ({"parent": "8507"}, ["850760", "850780"]),
        ({"parent": "total"}, ["85"]),
        ({"level": 6}, ["850760", "850780"]),
        ({"level": 0}, ["TOTAL"]),
        ({"level": 6, "search": "other"}, ["850780"]),
        ({"limit": 2}, ["TOTAL", "85"]),
        ({"limit": 2, "offset": 4}, ["850780"]),
    )
    for filters, found in choices:
        assert await ids(comtrade, category="H4", **filters) == found, filters


async def test_an_entry_keeps_what_it_says_and_leaves_out_what_it_does_not(comtrade: "Comtrade") -> None:
    comtrade.says(a_list(HS))
    answer = await comtrade.call("comtrade_reference", category="H4", parent="8507")
    assert answer.structured()["data"] == {
        "category": "H4",
        "count": 2,
        "offset": 0,
        "results": [
            {
                "id": "850760",
                "text": "Lithium-ion accumulators",
                "parent": "8507",
                "aggrLevel": 6,
                "isLeaf": True,
                "standardUnitAbbr": "u",
            },
            {"id": "850780", "text": "Other accumulators", "parent": "8507", "aggrLevel": 6, "isLeaf": True},
        ],
    }
    (table,) = answer.data.tables()
    assert table.columns == ("id", "text", "parent", "aggrLevel", "isLeaf", "standardUnitAbbr")
    assert table.rows[1] == ("850780", "Other accumulators", "8507", 6, True, None)
    assert answer.what == "H4: entries 1 to 2 of 2 that fit, of 5"
    assert answer.more is None


def test_the_forms_of_the_lists_are_read_alike() -> None:
    forms: tuple[tuple[dict[str, Any], str, str], ...] = (
        ({"id": "SA", "text": "SA something"}, "something", "SA"),
        ({"id": "S", "text": "Context"}, "Context", "S"),
        ({"id": 4, "text": " Afghanistan ", "PartnerCode": 4}, "Afghanistan", "4"),
        ({"qtyCode": 8, "qtyAbbr": "kg", "qtyDescription": "Weight in kilograms"}, "Weight in kilograms", "8"),
        ({"dataItem": "netWgt", "description": "Net weight"}, "Net weight", "netWgt"),
    )
    for entry, text, code in forms:
        found = read_entry(entry)
        assert (found.id, found.text) == (code, text)


async def test_former_reporters_carry_their_last_day_and_groups_are_marked(comtrade: "Comtrade") -> None:
    india: dict[str, Any] = {
        "id": 356,
        "text": "India (...1974)",
        "reporterCodeIsoAlpha2": None,
        "reporterCodeIsoAlpha3": "IND",
        "entryEffectiveDate": "1900-01-01T00:00:00",
        "entryExpiredDate": "1974-12-31T00:00:00",
        "isGroup": False,
    }
    asean = {"id": 975, "text": "ASEAN", "entryEffectiveDate": "1967-08-01T00:00:00", "isGroup": True}
    comtrade.says(a_list([india, asean]))
    first, second = (await comtrade.call("comtrade_reference", category="reporters")).structured()["data"]["results"]
    assert first == {
        "id": "356",
        "text": "India (...1974)",
        "isoAlpha3": "IND",
        "entryExpiredDate": "1974-12-31",
    }
    assert second == {"id": "975", "text": "ASEAN", "isGroup": True, "entryEffectiveDate": "1967-08-01"}
    assert await ids(comtrade, category="reporters", search="ind") == ["356"]


async def test_a_table_of_areas_has_a_note_only_where_it_says_more_than_the_name(comtrade: "Comtrade") -> None:
    named = {
        "Cayman Isds": ("Cayman Islands", ""),
        "Eastern Europe, nes": ("Eastern Europe, not elsewhere specified", ""),
        "Czechoslovakia (...1992)": ("Former Czechoslovakia", ""),
        "France": ("France, Monaco", "France, Monaco"),
        "Chad": ("Chad", ""),
    }
    entries = [
        {"id": at, "text": name, "partnerNote": note, "PartnerCodeIsoAlpha3": "XXX"}
        for at, (name, (note, _)) in enumerate(named.items(), 1)
    ]
    comtrade.says(a_list(entries))
    answer = await comtrade.call("comtrade_reference", category="partners")
    (table,) = answer.data.tables()
    place = table.columns.index("note")
    assert [row[place] for row in table.rows] == [shown for _, shown in named.values()]
    assert await ids(comtrade, category="partners", search="cayman islands") == ["1"]


def test_categories_are_read_in_their_usual_spellings() -> None:
    for typed, file in (
        ("reporter", "Reporters"),
        ("partnerAreas", "partnerAreas"),
        ("flows", "tradeRegimes"),
        ("customs", "CustomsCodes"),
        ("modes of transport", "ModeOfTransportCodes"),
        ("MOT", "ModeOfTransportCodes"),
        ("data items", "TradeDataItems"),
        ("quantity_units", "QuantityUnits"),
        ("hs", "HS"),
        ("eb10s", "EB10S"),
        ("EBOPS", "EB10"),
    ):
        category = parse_arguments(ReferenceArguments, {"category": typed}).category
        assert FILES.get(category, category) == file


async def test_a_list_that_is_gone_is_a_change_of_the_service(comtrade: "Comtrade") -> None:
    comtrade.says("The specified resource does not exist.", 404)
    with pytest.raises(UpstreamChanged):
        await ids(comtrade, category="customs")


def test_a_wrong_question_for_a_list_is_refused_by_name() -> None:
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"category": "tariffs"}, "category"),
        ({}, "category"),
        ({"category": "HS", "level": 11}, "level"),
        ({"category": "HS", "limit": 501}, "limit"),
        ({"category": "HS", "offset": -1}, "offset"),
        ({"category": "../Reporters"}, "category"),
        ({"category": "HS", "search": "x" * 101}, "search"),
        ({"category": "HS", "find": "x"}, "find"),
    )
    for arguments, argument in wrong:
        with pytest.raises(InvalidQuery) as caught:
            parse_arguments(ReferenceArguments, arguments)
        assert caught.value.argument == argument


def test_there_is_a_category_for_each_of_the_services_28_lists() -> None:
    categories = ReferenceArguments.model_json_schema()["properties"]["category"]["enum"]
    assert len({FILES.get(category, category) for category in categories}) == 28
