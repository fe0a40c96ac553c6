"""Files of Korea's tradedata.go.kr: both flows in a row, thousands of dollars or dollars, totals between the rows."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.tools.conftest import Reader

Lines = Callable[..., str]

HEAD = "기간,국가,HS코드,품목명,수출 중량,수출 금액(천불),수입 중량,수입 금액(천불),무역수지(천불)"
ROWS = (
    "총계,,,,180,60,50,18,42",
    '2024-01,베트남,850760,리튬이온 축전지,"100","10","50","8","2"',
    "2024.02,중국,850760,리튬이온 축전지,80,50,0,10,40",
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_both_flows_come_from_every_row_in_whole_dollars(read: "Reader", lines: Lines, encoding: str) -> None:
    found = read.figures(lines(HEAD, *ROWS).encode(encoding))
    assert [(one.flow, one.partner, str(one.period), one.value, one.net_kg) for one in found] == [
        ("X", "704", "2024-01", 10_000, 100),
        ("M", "704", "2024-01", 8_000, 50),
        ("X", "156", "2024-02", 50_000, 80),
        ("M", "156", "2024-02", 10_000, 0),
    ]
    assert {(one.reporter, one.source, one.currency, one.resolution) for one in found} == {
        ("410", "korea", "USD", 1000)
    }
    assert [one.valuation for one in found[:2]] == ["FOB", "CIF"]


def test_totals_are_held_against_the_rows_but_for_rounding(read: "Reader", lines: Lines) -> None:
    assert read.whole(lines(HEAD, *ROWS)).off == []
    assert read.whole(lines(HEAD, ROWS[0].replace(",60,", ",61,"), *ROWS[1:])).off == [], "thousands are rounded"
    assert read.whole(lines(HEAD, ROWS[0].replace(",60,", ",62,"), *ROWS[1:])).off == [2]
    exact = [line.replace("천불", "달러") for line in (HEAD, ROWS[0].replace(",60,", ",61,"), *ROWS[1:])]
    assert read.whole(lines(*exact)).off == [2]


def test_a_total_of_one_month_is_held_against_that_month(read: "Reader", lines: Lines) -> None:
    assert read.whole(lines(HEAD, *ROWS, "2024-01,총계,850760,,100,10,50,8,2")).off == []
    assert read.whole(lines(HEAD, *ROWS, "2024-01,총계,850760,,100,60,50,18,42")).off == [5]


def test_an_unsaid_unit_is_asked_for_and_never_guessed(read: "Reader", lines: Lines) -> None:
    bare = lines(HEAD.replace("(천불)", ""), *ROWS)
    error = read.refused(bare)
    assert (error.argument, "thousand_usd" in (error.allowed or "")) == ("unit", True)
    assert read.figures(bare, unit="usd")[0].value == 10
    assert read.figures(bare, unit="thousand_usd")[0].value == 10_000
    assert read.refused(bare, unit="yuan").argument == "unit"
    assert read.refused(lines(HEAD, *ROWS), unit="usd").argument == "unit"
    assert read.figures(lines(HEAD, *ROWS), unit="thousand_usd")[0].value == 10_000


@pytest.mark.parametrize(
    ("units", "value", "kg"),
    [
        (("천 달러", "톤"), 10_000, 100_000),
        (("US$ 1,000", "kg"), 10_000, 100),
        (("달러", "TON"), 10, 100_000),
    ],
    ids=["thousands and tonnes", "thousands and kilograms", "dollars and tonnes"],
)
def test_units_are_read_off_the_header(
    read: "Reader", lines: Lines, units: tuple[str, str], value: int, kg: int
) -> None:
    head = f'기간,국가명,품목코드,"수출 금액({units[0]})",수출중량（{units[1]}）'
    (one,) = read.figures(lines(head, "2024,미국,8507,10,100"))
    assert (one.value, one.net_kg, one.flow, one.partner) == (value, kg, "X", "842")


@pytest.mark.parametrize("head", ["수출 금액(백만불)", "수출 금액(톤)", "수출 가격"])
def test_a_unit_that_is_not_known_is_a_column_that_is_not_known(read: "Reader", lines: Lines, head: str) -> None:
    error = read.refused(lines(f"기간,국가,품목명,{head}", "2024,미국,x,10"))
    assert f"'{head}'" in error.message


def test_without_countries_the_partner_is_the_world_and_without_codes_the_product_all(
    read: "Reader", lines: Lines
) -> None:
    by_item = read.figures(lines("기간,HS코드,수출 금액(달러)", "2024-01,8507,5"))
    assert [(one.partner, one.product) for one in by_item] == [("0", "8507")]
    by_country = read.figures(lines("기간,국가코드,국가,수입 금액(달러)", "2024-01,CN,중국,5"))
    assert [(one.flow, one.partner, one.product) for one in by_country] == [("M", "156", "TOTAL")]


def test_a_balance_that_is_none_is_noted(read: "Reader", lines: Lines) -> None:
    assert "total_mismatch" not in read.notes(lines(HEAD, *ROWS))
    assert "total_mismatch: 무역수지 is not" in read.notes(lines(HEAD, ROWS[1].replace('"2"', '"-2"')))


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("2024.1,중국,850760,x,1,1,1,1,0", "기간", "January or October"),
        ("2024-01,도원경,850760,x,1,1,1,1,0", "국가", "not a country known here"),
        ("2024-01,156,850760,x,1,1,1,1,0", "국가", "not a country known here"),
        ("2024-01,중국,50760,x,1,1,1,1,0", "HS코드", "a leading zero was lost"),
        ("2024-01,중국,850760,x,1,-1,1,1,0", "수출 금액(천불)", "below zero"),
        ("2024-01,중국,850760,x,1,1,1,없음,0", "수입 금액(천불)", "not a number"),
    ],
)
def test_a_row_that_is_not_understood_is_named_with_its_column(
    read: "Reader", lines: Lines, row: str, column: str, says: str
) -> None:
    error = read.refused(lines(HEAD, ROWS[1], row))
    assert error.message.startswith(f"Row 3, column '{column}': ")
    assert says in error.message


def test_a_code_and_a_name_of_two_countries_are_refused(read: "Reader", lines: Lines) -> None:
    error = read.refused(lines("기간,국가코드,국가,수입 금액(달러)", "2024-01,CN,일본,5"))
    assert error.message.startswith("Row 2, column '국가': '일본' is Japan")


def test_the_same_month_written_twice_is_refused(read: "Reader", lines: Lines) -> None:
    again = ROWS[1].replace("2024-01", "202401")
    assert read.refused(lines(HEAD, ROWS[1], again)).message.startswith("Rows 2 and 3 give two figures")
