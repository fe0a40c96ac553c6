"""Rows taken out of a wider answer, as it came and condensed; and what none are taken out of."""

import json
from typing import Any

import pytest

from tradestat_tools.sources.comtrade.wire.part import within
from tradestat_tools.sources.comtrade.wire.rows import FIELDS, read_trade
from tradestat_tools.upstream import Response
from tradestat_tools.upstream.condensed import Condenser

WIDE = {
    "reporterCode": "32,156",
    "period": "2022,2023",
    "partnerCode": "0,410",
    "cmdCode": "TOTAL,850760",
    "flowCode": "X",
    "partner2Code": "0",
    "maxRecords": "500",
}
NARROW = {**WIDE, "reporterCode": "32", "period": "2023", "cmdCode": "850760"}


def rows(**fields: Any) -> list[dict[str, Any]]:
    """Every row of the wide answer; areas once as numbers and once as text with zeros, as they come."""
    return [
        {"period": period, "reporterCode": reporter, "flowCode": "X", "partnerCode": partner, "cmdCode": code}
        | {"primaryValue": float(value), "classificationCode": "H6"}
        | fields
        for value, (period, reporter, partner, code) in enumerate(
            (period, reporter, partner, code)
            for period in ("2022", "2023")
            for reporter in ("032", 156)
            for partner in (0, 410)
            for code in ("TOTAL", "850760")
        )
    ]


def answer(found: list[dict[str, Any]], *, condensed: bool = False, **members: Any) -> Response:
    body = json.dumps({"count": len(found), "data": found, "error": "", **members}).encode()
    if condensed:
        condense = Condenser(FIELDS, at_least=1)
        condense.feed(body)
        body = condense.finish()
    return Response(200, {"x-name": "kept"}, body)


@pytest.mark.parametrize("condensed", [False, True])
def test_rows_are_those_that_the_question_asks_for(condensed: bool) -> None:
    take = within(NARROW, WIDE, hs=True)
    assert take is not None
    taken = take(answer(rows(), condensed=condensed))
    assert taken is not None
    assert not taken.empty
    assert taken.response.headers == {"x-name": "kept"}
    page = read_trade(taken.response)
    assert page.count == 2
    assert [(row.reporterCode, row.partnerCode, row.period, row.cmdCode, row.primaryValue) for row in page.rows] == [
        ("032", "0", "2023", "850760", 9.0),
        ("032", "410", "2023", "850760", 11.0),
    ]


@pytest.mark.parametrize("condensed", [False, True])
def test_codes_that_were_asked_for_by_name_and_have_no_row_have_none(condensed: bool) -> None:
    take = within(NARROW, WIDE, hs=True)
    assert take is not None
    taken = take(answer([row for row in rows() if row["reporterCode"] == 156], condensed=condensed))
    assert taken is not None
    assert taken.empty
    assert read_trade(taken.response).rows == []


@pytest.mark.parametrize(
    "whole",
    [
        answer(rows(), count=17),
        answer(rows(), count=None),
        answer(rows(), error="cut"),
        answer(rows() * 40),
        Response(500, {}, answer(rows()).body),
        Response(200, {}, answer(rows()).body[:-20]),
        Response(200, {}, b"[]"),
        Response(200, {}, b'{"count": 0, "data": null}'),
        answer([], condensed=True, data=[1]),
    ],
)
def test_nothing_is_taken_out_of_what_may_not_be_whole(whole: Response) -> None:
    take = within(NARROW, WIDE, hs=True)
    assert take is not None
    assert take(whole) is None


def test_of_an_open_list_only_what_is_seen_is_taken() -> None:
    everybody = {name: codes for name, codes in WIDE.items() if name != "partnerCode"}
    korea, japan = ({**NARROW, "partnerCode": partner} for partner in ("410", "392"))
    for wanted, is_there in ((korea, True), (japan, False)):
        take = within(wanted, everybody, hs=True)
        assert take is not None
        assert (take(answer(rows())) is not None) is is_there


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        (NARROW, {**WIDE, "partner2Code": "0,156"}),
        (NARROW, {name: codes for name, codes in WIDE.items() if name != "partner2Code"}),
        (NARROW, {**WIDE, "countOnly": "true"}),
        (NARROW, {**WIDE, "maxRecords": ""}),
        (NARROW, {**WIDE, "flowCode": "M"}),
        ({**NARROW, "flowCode": ""}, WIDE),
        ({**NARROW, "cmdCode": "8507??"}, {name: codes for name, codes in WIDE.items() if name != "cmdCode"}),
        ({**NARROW, "cmdCode": "AG2"}, {name: codes for name, codes in WIDE.items() if name != "cmdCode"}),
        ({**NARROW, "cmdCode": "8507"}, {**WIDE, "cmdCode": "AG6"}),
    ],
)
def test_an_answer_to_another_question_holds_none_of_it(wanted: dict[str, str], asked: dict[str, str]) -> None:
    assert within(wanted, asked, hs=True) is None


def test_a_level_holds_its_codes_in_the_harmonized_system_alone() -> None:
    asked = {**WIDE, "cmdCode": "AG6"}
    assert within(NARROW, asked, hs=True) is not None
    assert within(NARROW, asked, hs=False) is None
