"""Publication notes, tariff lines, the trade matrix, both reports of a flow, and what was loaded lately."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import InvalidQuery, NoData, UpstreamChanged, UpstreamRefused

if TYPE_CHECKING:
    from conftest import Comtrade

pytestmark = pytest.mark.anyio


def body(*rows: dict[str, Any], error: str = "") -> str:
    return json.dumps({"elapsedTime": "0.1 secs", "count": len(rows), "data": list(rows), "error": error})


def described(period: int, *notes: dict[str, Any], code: int = 156) -> dict[str, Any]:
    """One dataset with its notes, in the form that working clients of the service read."""
    head = {"reporterCode": code, "period": period, "typeCode": "C", "freqCode": "A", "datasetCode": 2015620230010}
    usual = {
        "reporterDescription": "China",
        "currency": "USD",
        "importConvFactor": "1.000000",
        "exportConvFactor": "1.000000",
        "tradeSystem": "General",
        "classificationCode": "H6",
        "importValuation": "CIF",
        "exportValuation": "FOB",
        "importPartnerCountry": "Origin",
        "exportPartnerCountry": "Last known destination",
        "importPartner2Country": "",
        "exportPartner2Country": "",
        "publicationNote": "",
        "publicationDate": f"{period + 1}-05-01T00:00:00",
    }
    return head | {"notes": [head | usual | note for note in (notes or ({},))]}


# Publication notes


async def test_the_newest_period_and_its_last_publication_are_given_unless_asked_otherwise(
    comtrade: "Comtrade",
) -> None:
    twice = ({"publicationNote": "first"}, {"publicationNote": "again", "publicationDate": "2025-01-01T00:00:00"})
    comtrade.says(body(described(2022), described(2023, *twice)))
    answer = await comtrade.call("comtrade_metadata", reporterCode="CN")
    [sent] = comtrade.sent
    assert (sent.path, sent.params) == ("/public/v1/getMetadata/C/A/HS", {"reporterCode": "156"})
    assert [(one.period, one.publicationNote) for one in answer.data.records] == [("2023", "again")]
    everything = await comtrade.call("comtrade_metadata", reporterCode="CN", period="2022-2023", showHistory=True)
    assert [one.publicationNote for one in everything.data.records] == ["again", "first", ""]


async def test_what_differs_between_publications_stands_apart_from_what_does_not(comtrade: "Comtrade") -> None:
    comtrade.says(body(described(2022, {"importValuation": "FOB"}), described(2023)))
    answer = await comtrade.call("comtrade_metadata", reporterCode="CN", period="2022-2023")
    differs, same = answer.data.tables()
    assert differs.columns == ("period", "importValuation", "publicationDate")
    assert ("tradeSystem", "General") in same.rows
    assert ("importPartnerCountry", "Origin") in same.rows


# Tariff lines


def line(comtrade: "Comtrade", code: str, **fields: Any) -> dict[str, Any]:
    return comtrade.row(cmdCode=code, aggrLevel=len(code), **fields)


LINES = {"reporterCode": "156", "cmdCode": "850760", "flowCode": "X", "period": "2023"}


async def test_tariff_lines_are_asked_by_the_beginning_of_codes_and_without_totals(comtrade: "Comtrade") -> None:
    comtrade.gives(line(comtrade, "85076000"), line(comtrade, "85076010", primaryValue=5.0))
    answer = await comtrade.call("comtrade_tariffline", **LINES)
    [sent] = comtrade.sent
    assert sent.path == "/public/v1/previewTariffline/C/A/HS"
    assert not {"partner2Code", "customsCode", "motCode", "partnerCode"} & sent.params.keys()
    assert {record.cmdCode: record.primaryValue for record in answer.data.records} == {
        "85076000": [1000],
        "85076010": [5],
    }


async def test_a_keyed_call_for_tariff_lines_takes_twelve_periods(keyed: "Comtrade") -> None:
    keyed.gives(line(keyed, "85076000", period="2022"), line(keyed, "85076000"))
    answer = await keyed.call("comtrade_tariffline", **{**LINES, "period": "2022-2023"})
    assert [sent.path for sent in keyed.sent] == ["/data/v1/getTariffline/C/A/HS"]
    assert answer.data.records[0].primaryValue == [1000, 1000]


async def test_lines_of_one_code_that_differ_by_transport_stay_apart_and_are_not_added_up(comtrade: "Comtrade") -> None:
    comtrade.gives(
        line(comtrade, "85076000", motCode=1000, primaryValue=1.0),
        line(comtrade, "85076000", motCode=2100, primaryValue=2.0),
    )
    answer = await comtrade.call("comtrade_tariffline", **LINES)
    assert sorted(record.primaryValue[0] for record in answer.data.records) == [1, 2]
    assert {record.motCode for record in answer.data.records} == {"1000", "2100"}


async def test_a_line_that_does_not_begin_as_asked_is_refused(comtrade: "Comtrade") -> None:
    comtrade.gives(line(comtrade, "85081100"))
    with pytest.raises(UpstreamChanged, match="cmdCode"):
        await comtrade.call("comtrade_tariffline", **LINES)


async def test_no_tariff_lines_are_not_zero_trade(comtrade: "Comtrade") -> None:
    comtrade.gives()
    with pytest.raises(NoData, match="not zero trade") as caught:
        await comtrade.call("comtrade_tariffline", **LINES)
    assert "comtrade_availability(tariffline=true" in caught.value.remedy
    assert not caught.value.why[0].sure


@pytest.mark.parametrize(
    ("change", "argument"),
    [({"reporterCode": "all"}, "reporterCode"), ({"cmdCode": "TOTAL"}, "cmdCode"), ({"cmdCode": "8"}, "cmdCode")],
    ids=["all reporters", "total", "one digit"],
)
async def test_what_has_no_tariff_lines_is_refused(comtrade: "Comtrade", change: dict[str, str], argument: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        await comtrade.call("comtrade_tariffline", **{**LINES, **change})
    assert caught.value.argument == argument
    assert comtrade.sent == []


# The trade matrix


def cell(**fields: Any) -> dict[str, Any]:
    """A row of the matrix as the service gave it in July 2026: Germany's exports to France in 2023."""
    return {
        "typeCode": "C",
        "freqCode": "A",
        "refPeriodId": 20230101,
        "refYear": 2023,
        "refMonth": 52,
        "period": "2023",
        "reporterCode": 276,
        "reporterISO": "DEU",
        "reporterDesc": "Germany",
        "flowCode": "X",
        "flowDesc": "Export",
        "partnerCode": 251,
        "partnerISO": "FRA",
        "partnerDesc": "France",
        "partner2Code": 0,
        "classificationCode": "SS",
        "classificationSearchCode": "SS",
        "isOriginalClassification": False,
        "cmdCode": "TOTAL",
        "cmdDesc": "All Commodities",
        "aggrLevel": 0,
        "isLeaf": False,
        "customsCode": "C00",
        "mosCode": "0",
        "motCode": 0,
        "qtyUnitCode": -1,
        "qtyUnitAbbr": "N/A",
        "qty": None,
        "netWgt": None,
        "cifvalue": None,
        "fobvalue": None,
        "primaryValue": 130336161906.531,
        "legacyEstimationFlag": 0,
        "isReported": False,
        "isAggregate": False,
        **fields,
    }


async def test_a_recorded_cell_of_the_matrix_is_read_and_said_to_be_partly_estimated(keyed: "Comtrade") -> None:
    keyed.says(body(cell()))
    answer = await keyed.call("comtrade_trade_matrix", reporterCode="DE", partnerCode="FR", flowCode="X", period="2023")
    assert keyed.sent[0].path == "/data/v1/getTradeMatrix/C/A/TM"
    assert answer.data.records[0].primaryValue == [130336161906.531]
    assert "estimate" in answer.what
    [note] = answer.notes
    assert note.code is NoteCode.FLAG
    assert "Statistics Division" in note.text


async def test_world_may_be_the_reporter_of_the_matrix_and_months_may_not(keyed: "Comtrade") -> None:
    keyed.says(body(cell(reporterCode=0, reporterDesc="World", partnerCode=0, cmdCode="7")))
    answer = await keyed.call("comtrade_trade_matrix", reporterCode="World", cmdCode="AG1", flowCode="X", period="2023")
    assert keyed.sent[0].params["reporterCode"] == "0"
    assert keyed.sent[0].params["cmdCode"] == "ag1"
    assert answer.data.records[0].cmdCode == "7"
    with pytest.raises(InvalidQuery) as caught:
        await keyed.call("comtrade_trade_matrix", reporterCode="World", period="202301", freqCode="M")
    assert caught.value.argument == "freqCode"


# Two sides


SIDES = {"reporterCode": "410", "partnerCode": "156", "period": "2023"}
PAIR = {"period": "2023", "reporterCode": 410, "partnerCode": 156, "cmdCode": "TOTAL"}


async def test_a_balance_that_is_not_exports_less_imports_is_told(keyed: "Comtrade") -> None:
    keyed.says(
        body(
            PAIR | {"primaryValueX": 10.0, "primaryValueM": 4.0, "primaryValueBal": 6.0},
            PAIR | {"cmdCode": "85", "primaryValueX": 10.0, "primaryValueM": None, "primaryValueBal": 10.0},
            PAIR | {"cmdCode": "84", "primaryValueX": 10.0, "primaryValueM": 4.0, "primaryValueBal": 7.0},
        )
    )
    answer = await keyed.call("comtrade_trade_balance", **SIDES, cmdCode=["TOTAL", "85", "84"])
    assert keyed.sent[0].path == "/tools/v1/getTradeBalance/C/A/HS"
    assert [row.primaryValueM for row in answer.data.records] == [4, None, 4]
    [note] = [note for note in answer.notes if note.code is NoteCode.TOTAL_MISMATCH]
    assert note.text.startswith("In 1 of 3 rows")


async def test_a_mirror_of_nothing_is_no_figure_and_not_zero(keyed: "Comtrade") -> None:
    row = keyed.row(reporterCode=410, partnerCode=156, flowCode="M", cifvalue=1000.0, fobvalue=None)
    keyed.says(
        body(
            row | {"mirrorPrimaryValue": 900.0, "mirrorNetWgt": 180.0},
            row | {"cmdCode": "8507", "mirrorPrimaryValue": 0.0, "mirrorNetWgt": 0.0},
        )
    )
    answer = await keyed.call("comtrade_bilateral", **SIDES, cmdCode=["850760", "8507"], flowCode="M")
    first, second = answer.data.records
    assert (first.primaryValue, first.mirrorPrimaryValue, first.netWgt, first.mirrorNetWgt) == (1000, 900, 200, 180)
    assert (second.mirrorPrimaryValue, second.mirrorNetWgt) == (None, None)
    assert "1 of 2 have no mirror figure" in next(n.text for n in answer.notes if n.code is NoteCode.VALUATION)


async def test_two_sides_without_rows_or_with_a_refusal_are_told(keyed: "Comtrade") -> None:
    keyed.says(body())
    with pytest.raises(NoData):
        await keyed.call("comtrade_bilateral", **SIDES)
    keyed.replies.clear()
    keyed.says(body(error="Unknown parameter"))
    with pytest.raises(UpstreamRefused, match="Unknown parameter"):
        await keyed.call("comtrade_trade_balance", **SIDES)


# What was loaded lately


async def test_what_was_loaded_lately_comes_newest_first_and_by_reporter(keyed: "Comtrade") -> None:
    usual = {"typeCode": "C", "freqCode": "M", "classificationCode": "H6", "status": "Completed"}
    keyed.says(
        body(
            usual | {"period": 202601, "reporterCode": 156, "lastUpdated": "2026-10-01T00:00:00"},
            usual | {"period": 202607, "reporterCode": 410, "lastUpdated": "2026-10-19T00:00:00"},
        )
    )
    answer = await keyed.call("comtrade_live_update")
    assert [one.reporterCode for one in answer.data.records] == ["410", "156"]
    china = await keyed.call("comtrade_live_update", reporterCode="China")
    assert [one.period for one in china.data.records] == ["202601"]
    with pytest.raises(NoData, match="None of the 2"):
        await keyed.call("comtrade_live_update", reporterCode="Japan")
