"""What two countries report of each other comes in one call, whichever end is asked first; and what does not."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import NoData, TradestatError, UpstreamChanged
from tradestat_tools.upstream.http import Http

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Comtrade
    from tradestat_tools.model.answers import Answer

pytestmark = pytest.mark.anyio

OTHER_END = {"reporterCode": "410", "partnerCode": "156", "flowCode": "M"}
USUAL = {"reporterCode": "156", "partnerCode": "410", "cmdCode": "850760", "flowCode": "X", "period": "2023"}
PAIR = {"reporterCode": "156,410", "partnerCode": "156,410", "flowCode": "M,X"}


def both_ends(comtrade: "Comtrade", **fields: Any) -> list[dict[str, Any]]:
    exports = comtrade.row(primaryValue=1000.0, **fields)
    imports = comtrade.row(reporterCode=410, partnerCode=156, flowCode="M", primaryValue=1060.0, **fields)
    back = comtrade.row(reporterCode=410, primaryValue=3.0, partnerCode=156, **fields)
    again = comtrade.row(partnerCode=156, flowCode="M", primaryValue=7.0, **fields)  # its own goods, come back
    return [again, exports, imports, back]


async def one_after_another(service: "Comtrade", *questions: dict[str, Any]) -> list[Any]:
    """The answers to these, or why there is none, with what is stored of each kept for the next."""
    http = Http(app=service.app)
    answers: list[Any] = []
    try:
        async with service.context(http) as context:
            for question in questions:
                try:
                    answers.append(await context.call("comtrade_data", USUAL | question))
                except TradestatError as error:
                    answers.append(error)
    finally:
        await http.aclose()
    return answers


def values(answer: Any) -> list[list[float | None]]:
    return [record.primaryValue for record in answer.data.records]


@pytest.mark.parametrize("with_key", [False, True])
@pytest.mark.parametrize("first", ["exporter", "importer"])
async def test_both_ends_of_a_flow_are_one_call_whichever_is_asked_first(
    comtrade: "Comtrade",
    keyed: "Comtrade",
    notes_of: "Callable[[Answer[Any], NoteCode], str]",
    with_key: bool,
    first: str,
) -> None:
    service = keyed if with_key else comtrade
    service.gives(*both_ends(service))
    ends: dict[str, dict[str, str]] = {"exporter": {}, "importer": OTHER_END}
    order = sorted(ends, key=lambda end: end != first)
    given = dict(zip(order, await one_after_another(service, *(ends[end] for end in order)), strict=True))
    (sent,) = service.sent
    assert {name: sent.params[name] for name in PAIR} == PAIR
    assert (values(given["exporter"]), values(given["importer"])) == ([[1000.0]], [[1060.0]])
    assert given["exporter"].source.address == given["importer"].source.address
    assert "reporterCode=156%2C410" in given["exporter"].source.address
    assert given["exporter"].source.calls + given["importer"].source.calls == 1
    assert "in one call with what the other end reports" in notes_of(given[order[0]], NoteCode.COST)
    assert "Nothing was sent" in notes_of(given[order[1]], NoteCode.COST)


@pytest.mark.parametrize(
    "other",
    [
        {"cmdCode": "850710"},
        {"cmdCode": "TOTAL"},
        {"period": "2022"},
        {"period": "2022-2023"},
        {"freqCode": "M", "period": "202301"},
        {"clCode": "H5"},
        {"partnerCode": "392"},
        {"includeDesc": False},
        {"motCode": "all"},
        {"typeCode": "S", "cmdCode": "S"},
    ],
)
async def test_what_is_not_asked_alike_of_the_other_end_is_asked(comtrade: "Comtrade", other: dict[str, Any]) -> None:
    comtrade.gives_what_is_asked()
    await one_after_another(comtrade, {}, OTHER_END, OTHER_END | other)
    assert len(comtrade.sent) > 1


@pytest.mark.parametrize(
    "arguments",
    [
        {"partnerCode": "0"},
        {"partnerCode": "410,392"},
        {"partnerCode": "all"},
        {"partnerCode": "899"},
        {"partnerCode": "156"},
        {"reporterCode": "156,392"},
        {"flowCode": "RX"},
        {"flowCode": "X,RX"},
        {"cmdCode": "AG2"},
        {"cmdCode": "8507??"},
        {"motCode": "all"},
        {"partner2Code": "all"},
        {"maxRecords": 8},
        {"cmdCode": ",".join(f"{heading}" for heading in range(8501, 8519) if heading != 8509), "period": "2022,2023"},
    ],
)
async def test_what_is_no_pair_or_may_be_many_rows_is_asked_as_it_is(
    keyed: "Comtrade", arguments: dict[str, Any]
) -> None:
    keyed.gives_what_is_asked()
    answer = await keyed.ask(**arguments)
    assert keyed.sent
    for sent in keyed.sent:
        assert sent.params["reporterCode"] == arguments.get("reporterCode", "156")
        assert sent.params["flowCode"] == arguments.get("flowCode", "X")
    assert not [note for note in answer.notes if "other end" in note.text]


async def test_an_answer_that_was_cut_is_none_of_either_end(keyed: "Comtrade") -> None:
    rows = both_ends(keyed)
    keyed.says(json.dumps({"elapsedTime": "0.1 secs", "count": 9, "data": rows[:3], "error": ""}))
    keyed.gives(rows[1])
    keyed.gives(rows[2])
    exporter, importer = await one_after_another(keyed, {}, OTHER_END)
    assert (values(exporter), values(importer)) == ([[1000.0]], [[1060.0]])
    assert [sent.params["reporterCode"] for sent in keyed.sent] == ["156,410", "156", "410"]


async def test_rows_of_no_end_are_refused_and_not_merely_left_out(comtrade: "Comtrade") -> None:
    comtrade.gives(*both_ends(comtrade), comtrade.row(partnerCode=0))
    with pytest.raises(UpstreamChanged, match="seems to ignore partnerCode"):
        await comtrade.ask()
    assert len(comtrade.sent) == 1


async def test_an_end_that_reports_nothing_has_none_though_the_other_end_does(comtrade: "Comtrade") -> None:
    comtrade.gives(both_ends(comtrade)[2])
    exporter, importer = await one_after_another(comtrade, {}, OTHER_END)
    assert isinstance(exporter, NoData)
    assert "no rows for exports of China" in exporter.message
    assert values(importer) == [[1060.0]]
    assert len(comtrade.sent) == 1
