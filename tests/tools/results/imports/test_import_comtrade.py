"""CSV files of UN Comtrade: recorded records written as the site's downloads have them, and older files."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.observation import Status

if TYPE_CHECKING:
    from conftest import Reader

Lines = Callable[..., str]

RECORDED = Path(__file__).parents[2] / "sources" / "comtrade" / "recorded"
NAMES = ("data_example_1", "data_example_2", "data_eu_imports_world", "get_C_A_HS_reporter156_2010")


def recorded(name: str) -> list[dict[str, Any]]:
    """Records as the service gave them."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))["data"]


def written(records: list[dict[str, Any]], *, capitals: bool = False, trailing: bool = False) -> str:
    """A CSV file of them. The site's files have been seen with a comma after the last cell of each row."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(name[0].upper() + name[1:] if capitals else name for name in records[0])
    for record in records:
        cells = ["" if value is None else value for value in record.values()]
        writer.writerow([*cells, ""] if trailing else cells)
    return text.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_recorded_records_come_back_from_a_file_with_their_values(read: "Reader", name: str) -> None:
    records = recorded(name)
    found = read.figures(written(records))
    assert len(found) == len(records)
    for one, record in zip(found, records, strict=True):
        assert (one.flow, one.value, one.product) == (record["flowCode"], record["primaryValue"], record["cmdCode"])
        assert (one.reporter, one.partner) == (str(record["reporterCode"]), str(record["partnerCode"]))
        assert str(one.period) == record["period"]
        assert one.net_kg == (record["netWgt"] or None)


def test_other_ways_to_write_the_same_file_read_the_same(read: "Reader") -> None:
    records = recorded("data_example_2")
    usual = read.figures(written(records))
    assert read.figures(written(records, capitals=True)) == usual
    assert read.figures(written(records, trailing=True)) == usual


HEAD = (
    "typeCode,freqCode,period,reporterCode,reporterISO,reporterDesc,flowCode,partnerCode,partnerISO,partnerDesc,"
    "partner2Code,classificationCode,cmdCode,customsCode,motCode,qtyUnitAbbr,qty,netWgt,cifvalue,fobvalue,primaryValue,"
    "isReported,isAggregate"
)
WHOLE = "C,M,202401,156,CHN,China,M,410,KOR,Rep. of Korea,0,H6,850760,C00,0,kg,5,5,110,100,110,False,True"
PART = "C,M,202401,156,CHN,China,M,410,KOR,Rep. of Korea,344,H6,850760,C00,0,kg,2,2,44,40,44,True,False"
BY_AIR = "C,M,202401,156,CHN,China,M,410,KOR,Rep. of Korea,0,H6,850760,C00,1000,kg,1,1,22,20,22,True,False"


def test_breakdowns_stay_in_the_rows_and_are_no_figures(read: "Reader", lines: Lines) -> None:
    data = read.data(lines(HEAD, WHOLE, PART, BY_AIR))
    assert len(data.rows) == 3
    (one,) = data.figures()
    assert (one.value, one.fob, one.valuation, one.status) == (110, 100, "CIF", Status.SUMMED)
    assert (one.edition, one.net_kg, one.quantity_unit) == ("HS 2022", 5, "kg")
    assert "double_counting: 2 of 3 rows are breakdowns" in read.notes(lines(HEAD, WHOLE, PART, BY_AIR))


def test_a_record_given_twice_is_refused(read: "Reader", lines: Lines) -> None:
    assert read.refused(lines(HEAD, WHOLE, PART, WHOLE)).message.startswith("Rows 2 and 4 give two figures")


def test_missing_values_are_missing_and_zeros_zero(read: "Reader", lines: Lines) -> None:
    none = WHOLE.replace(",5,5,110,100,110,", ",0,0,,,,")
    zero = WHOLE.replace("850760", "850710").replace(",5,5,110,100,110,", ",0,0,0,0,0,").replace("kg", "N/A")
    first, second = read.figures(lines(HEAD, none, zero))
    assert (first.value, first.status, first.quantity, first.net_kg) == (None, Status.MISSING, 0, None)
    assert (second.value, second.quantity) == (0, None)


@pytest.mark.parametrize(
    ("change", "column", "says"),
    [
        (("850760", "50760"), "cmdCode", "a leading zero was lost"),
        (("KOR", "JPN"), "partnerISO", "JPN is not the area 410"),
        ((",M,410", ",Q,410"), "flowCode", "'Q' is not a flow"),
        ((",156,", ",China,"), "reporterCode", "not a code of an area"),
        ((",110,F", ",1.1E+2,F"), "primaryValue", "power of ten"),
        (("202401", "20240101"), "period", "not a period"),
        ((",H6,", ",H-6,"), "classificationCode", "not a code"),
    ],
)
def test_a_row_that_is_not_understood_is_named_with_its_column(
    read: "Reader", lines: Lines, change: tuple[str, str], column: str, says: str
) -> None:
    error = read.refused(lines(HEAD, WHOLE.replace(*change)))
    assert error.message.startswith(f"Row 2, column '{column}': ")
    assert says in error.message


def test_the_flow_said_must_be_that_of_the_rows(read: "Reader", lines: Lines) -> None:
    assert read.figures(lines(HEAD, WHOLE), flow="M")[0].flow == "M"
    assert "Row 2, column 'flowCode'" in read.refused(lines(HEAD, WHOLE), flow="X").message
    assert read.refused(lines(HEAD, WHOLE), unit="yuan").argument == "unit"
    assert read.refused(lines(HEAD, WHOLE), period="2024").argument == "period"


OLDER = (
    "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,Trade Flow,Reporter Code,"
    "Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,2nd Partner Code,2nd Partner,2nd Partner ISO,"
    "Customs Proc. Code,Customs,Mode of Transport Code,Mode of Transport,Commodity Code,Commodity,Qty Unit Code,"
    "Qty Unit,Qty,Alt Qty Unit Code,Alt Qty Unit,Alt Qty,Netweight (kg),Gross weight (kg),Trade Value (US$),"
    "CIF Trade Value (US$),FOB Trade Value (US$),Flag"
)


def test_the_older_header_is_read_too(read: "Reader", lines: Lines) -> None:
    row = (
        "H5,2018,2018,2018,6,1,2,Export,792,Türkiye,TUR,384,Côte d'Ivoire,CIV,,,,,,,,010121,Horses,5,Number of items,"
        "12,,,,6000,,90000,,,4"
    )
    (one,) = read.figures(lines(OLDER, row).encode("cp1252"))
    assert (one.flow, one.reporter, one.partner, one.product) == ("X", "792", "384", "010121")
    assert (one.value, one.net_kg, one.quantity, one.quantity_unit) == (90000, 6000, 12, "Number of items")
    assert (one.edition, one.flag, one.valuation) == ("HS 2017", "4", "FOB")


def test_services_are_told_from_goods(read: "Reader", lines: Lines) -> None:
    row = "S,A,2022,156,CHN,China,X,0,W00,World,0,EB10,200,C00,0,N/A,0,0,,,-5.5,True,False"
    (one,) = read.figures(lines(HEAD, row))
    assert (one.classification, one.product, one.value, one.valuation, one.basis) == ("EBOPS", "S", -5.5, None, None)
