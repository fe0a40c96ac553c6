"""A large question is counted before it is asked, with one call."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import TooLarge
from tradestat_tools.sources.comtrade.tools.data import COMTRADE_DATA
from tradestat_tools.upstream.http import Http

if TYPE_CHECKING:
    from conftest import Comtrade

pytestmark = pytest.mark.anyio

Notes = Callable[[Answer[Any], NoteCode], str]

LARGE = {"reporterCode": "156", "partnerCode": "all", "cmdCode": "AG6", "flowCode": "X", "period": "2023"}


def counts(comtrade: "Comtrade", rows: int) -> None:
    comtrade.says(json.dumps({"elapsedTime": "0.2 secs", "count": rows, "data": [], "error": ""}))


async def test_more_rows_than_allowed_are_too_large_after_one_count(keyed: "Comtrade") -> None:
    counts(keyed, 61_234)
    with pytest.raises(TooLarge) as caught:
        await keyed.ask(**LARGE)
    [sent] = keyed.sent
    assert sent.params["countOnly"] == "true"
    assert "61,234 rows" in caught.value.message
    assert "maxRecords=61234" in caught.value.remedy


async def test_more_rows_than_can_be_brought_are_not_offered(keyed: "Comtrade") -> None:
    counts(keyed, 400_000)
    with pytest.raises(TooLarge) as caught:
        await keyed.ask(**{**LARGE, "period": "2001-2023"})
    assert "maxRecords=" not in caught.value.remedy
    assert "one of 2 calls" in caught.value.message
    assert keyed.sent[0].params["period"] == "2013,2014,2015,2016,2017,2018,2019,2020,2021,2022,2023"


async def test_rows_within_what_is_allowed_are_fetched_after_the_count(keyed: "Comtrade") -> None:
    counts(keyed, 1)
    keyed.gives(keyed.row())
    answer = await keyed.ask(**LARGE)
    assert ["countOnly" in sent.params for sent in keyed.sent] == [True, False]
    assert answer.data.records[0].primaryValue == [1000]


async def test_a_small_question_is_not_counted_and_without_a_key_none_is(
    keyed: "Comtrade", comtrade: "Comtrade"
) -> None:
    keyed.gives(keyed.row())
    await keyed.ask()
    comtrade.gives(comtrade.row())
    await comtrade.ask(**LARGE)
    assert not any("countOnly" in sent.params for sent in (*keyed.sent, *comtrade.sent))


async def test_as_many_rows_as_were_counted_are_the_whole_and_are_not_counted_again(
    keyed: "Comtrade", notes_of: Notes
) -> None:
    rows = [keyed.row(partnerCode=one, cmdCode=f"{two:06}") for one in range(1, 64) for two in range(10100, 10200)]
    assert len(rows) == 6300
    counts(keyed, len(rows))
    http = Http(app=keyed.app)
    async with keyed.context(http) as context:
        with pytest.raises(TooLarge) as caught:
            await context.call(COMTRADE_DATA, LARGE)
        assert "maxRecords=6300" in caught.value.remedy
        keyed.replies.clear()
        keyed.gives(*rows)
        answer = await context.call(COMTRADE_DATA, {**LARGE, "maxRecords": 6300})
    await http.aclose()
    assert ["countOnly" in sent.params for sent in keyed.sent] == [True, False]
    assert keyed.sent[1].params["maxRecords"] == "6300"
    assert "maxRecords" not in keyed.sent[0].params
    assert not notes_of(answer, NoteCode.SUBSET)
    assert answer.more is None


async def test_as_many_rows_as_allowed_may_be_all_and_are_called_neither_whole_nor_cut(
    keyed: "Comtrade", notes_of: Notes
) -> None:
    keyed.gives(*(keyed.row(partnerCode=code) for code in range(1, 21)))
    answer = await keyed.ask(partnerCode="all", maxRecords=20)
    text = notes_of(answer, NoteCode.SUBSET)
    assert "there may be more, or just as many" in text
    assert "Do not take this for the whole" in text
    assert len(keyed.sent) == 1
