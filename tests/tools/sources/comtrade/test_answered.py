"""Rows that were not asked for are refused by the parameter that seems to be ignored; what was left open is not."""

from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.errors import UpstreamChanged

if TYPE_CHECKING:
    from conftest import Comtrade

pytestmark = pytest.mark.anyio

Fields = dict[str, Any]


async def ignored(comtrade: "Comtrade", **arguments: Any) -> str:
    with pytest.raises(UpstreamChanged) as caught:
        await comtrade.ask(**arguments)
    assert caught.value.source == "comtrade"
    assert "rows that were not asked for: it seems to ignore " in caught.value.message
    assert len(caught.value.message) < 600
    return caught.value.message


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"reporterCode": 842}, "ignore reporterCode (asked 156,410; got 842)."),
        ({"partnerCode": 0}, "ignore partnerCode (asked 156,410; got 0)."),
        ({"flowCode": "RX"}, "ignore flowCode (asked M,X; got RX)."),
        ({"cmdCode": "3.1.1"}, "ignore cmdCode (asked 850760; got 3.1.1)."),
        ({"cmdCode": "8507", "aggrLevel": 4}, "ignore cmdCode (asked 850760; got 8507)."),
        ({"period": "2019"}, "ignore period (asked 2023; got 2019)."),
        ({"period": "202301", "freqCode": "M"}, "ignore freqCode (asked A; got M), period (asked 2023; got 202301)."),
        ({"typeCode": "S"}, "ignore typeCode (asked C; got S)."),
        ({"motCode": 2100}, "ignore motCode (asked 0; got 2100)."),
        ({"customsCode": "C04"}, "ignore customsCode (asked C00; got C04)."),
        ({"partner2Code": 344}, "ignore partner2Code (asked 0; got 344)."),
        ({"classificationCode": "S4"}, "ignore clCode (asked HS; got S4)."),
    ],
)
@pytest.mark.parametrize("beside", [True, False], ids=["beside a right row", "alone"])
async def test_a_row_that_was_not_asked_for_names_the_parameter_ignored(
    comtrade: "Comtrade", row: Fields, said: str, beside: bool
) -> None:
    comtrade.gives(*([comtrade.row()] if beside else []), comtrade.row(**row))
    assert said in await ignored(comtrade)


async def test_several_parameters_ignored_are_all_named(comtrade: "Comtrade") -> None:
    comtrade.gives(comtrade.row(reporterCode=842, period="2019"))
    message = await ignored(comtrade)
    assert "reporterCode (asked 156,410; got 842), period (asked 2023; got 2019)" in message


async def test_a_long_question_and_a_long_answer_are_told_shortly(comtrade: "Comtrade") -> None:
    comtrade.gives(comtrade.row(reporterCode="\x1b[31m" + "9" * 5000))
    message = await ignored(comtrade, reporterCode="156,276,392,842,699")
    assert "(asked 156,276,392,...; got \N{REPLACEMENT CHARACTER}[31m9999" in message
    assert len(message) < 200
    assert "\x1b" not in message


async def test_one_period_for_another_is_refused_though_both_were_asked_for(comtrade: "Comtrade") -> None:
    comtrade.gives(comtrade.row(period="2023"))
    assert "period (asked 2022; got 2023)" in await ignored(comtrade, period="2022-2023")


async def test_an_answer_to_another_question_is_not_kept(comtrade: "Comtrade") -> None:
    comtrade.gives(comtrade.row(period="2019"))
    comtrade.gives(comtrade.row())
    await ignored(comtrade)
    assert (await comtrade.ask()).data.periods == ["2023"]


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        ({"reporterCode": "all"}, [{"reporterCode": 4}, {"reporterCode": 842}]),
        ({"partnerCode": "all"}, [{"partnerCode": 0}, {"partnerCode": 842}]),
        ({"motCode": "all"}, [{"motCode": 0}, {"motCode": 2100}]),
        ({"customsCode": "all"}, [{"customsCode": "C00"}, {"customsCode": "C04"}]),
        ({"partner2Code": "all"}, [{"partner2Code": 0}, {"partner2Code": 344}]),
        ({"motCode": "0,2100"}, [{"motCode": 0}, {"motCode": 2100}]),
        ({"flowCode": "M,X,RX"}, [{"flowCode": "M"}, {"flowCode": "RX"}]),
        ({"reporterCode": "840"}, [{"reporterCode": 842}]),
        ({"partnerCode": "ARG,356"}, [{"partnerCode": "032"}, {"partnerCode": 699}]),
        ({"cmdCode": "AG2"}, [{"cmdCode": "85", "aggrLevel": 2}, {"cmdCode": "99", "aggrLevel": None}]),
        ({"cmdCode": "AG6,TOTAL"}, [{"cmdCode": "850760"}, {"cmdCode": "9999AA"}, {"cmdCode": "TOTAL"}]),
        ({"clCode": "S4", "cmdCode": "AG3"}, [{"cmdCode": "778", "aggrLevel": 3, "classificationCode": "S4"}]),
        ({"clCode": "B5", "cmdCode": "AG3"}, [{"cmdCode": "111010", "aggrLevel": 3, "classificationCode": "B5"}]),
        ({"clCode": "HS"}, [{"classificationCode": "H5"}, {"classificationCode": "H6", "flowCode": "X"}]),
        ({}, [dict.fromkeys(("typeCode", "freqCode", "partner2Code", "customsCode", "motCode", "classificationCode"))]),
    ],
)
async def test_what_was_left_open_or_stands_for_several_is_taken(
    comtrade: "Comtrade", arguments: Fields, rows: list[Fields]
) -> None:
    comtrade.gives(*(comtrade.row(**row) for row in rows))
    assert len((await comtrade.ask(**arguments)).data.records) == len(rows)


@pytest.mark.parametrize(
    ("arguments", "row", "parameter"),
    [
        ({"cmdCode": "AG2"}, {"cmdCode": "8507", "aggrLevel": 4}, "cmdCode (asked AG2; got 8507)"),
        ({"cmdCode": "AG6"}, {"cmdCode": "TOTAL", "aggrLevel": 0}, "cmdCode (asked AG6; got TOTAL)"),
        ({"cmdCode": "TOTAL"}, {}, "cmdCode (asked TOTAL; got 850760)"),
        ({"reporterCode": "all"}, {"partnerCode": 842}, "partnerCode (asked 410; got 842)"),
    ],
)
async def test_a_level_or_a_total_does_not_take_in_other_rows(
    comtrade: "Comtrade", arguments: Fields, row: Fields, parameter: str
) -> None:
    comtrade.gives(comtrade.row(**row))
    assert parameter in await ignored(comtrade, **arguments)
