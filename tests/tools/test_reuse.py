"""What stored answers hold is not asked again, and an answer made of that is the one that asking would have given."""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sandboxed import opened

from bench.session import QUESTIONS
from tradestat_sandbox import Sandbox
from tradestat_sandbox.settings import Call
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.upstream.runtime import Clock

pytestmark = [pytest.mark.anyio, pytest.mark.slow]  # each asks the stand-ins afresh; test_wider.py holds the rule

Question = tuple[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return Sandbox()


def one_or_more(*of: str) -> st.SearchStrategy[list[str]]:
    """Some, in one order: rows come in the order in which their codes were asked for first."""
    return st.lists(st.sampled_from(of), min_size=1, max_size=3, unique=True).map(
        lambda some: sorted(some, key=of.index)
    )


def spans(first: int, last: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(first, last), st.integers(0, last - first)).map(partial(_up_to, last))


def _up_to(last: int, span: tuple[int, int]) -> tuple[int, int]:
    return span[0], min(last, sum(span))


def _rows(reporters: list[str], partners: list[str], codes: list[str], flows: list[str], when: list[str]) -> Question:
    named = {"reporterCode": reporters, "partnerCode": partners, "cmdCode": codes, "flowCode": flows, "period": when}
    return "comtrade_data", named


def _and_most(question: Question, most: int) -> Question:
    return question[0], {**question[1], "maxRecords": most}


def _span(years: tuple[int, int]) -> list[str]:
    return [f"{years[0]}-{years[1]}"]


COMTRADE = st.builds(
    _and_most,
    st.builds(
        _rows,
        one_or_more("CHN", "KOR"),
        one_or_more("0", "JPN", "KOR", "CHN", "AND") | st.just(["all"]),
        one_or_more("TOTAL", "85", "8507", "850760") | st.just(["AG2"]),
        one_or_more("X", "M"),
        spans(2021, 2025).map(_span) | one_or_more("2022", "2023", "2024"),
    ),
    st.sampled_from([40, 5000]),
)


def _written(months: tuple[int, int]) -> list[str]:
    return [f"{month // 12}{month % 12 + 1:02d}" for month in months]


MONTHS = spans(24276, 24299).map(_written)
"""Two years of months, 2023 and 2024."""


def _korea(months: list[str], hs: str, country: str) -> Question:
    return "getNitemtradeList", {"strtYymm": months[0], "endYymm": months[1], "hsSgn": hs, "cntyCd": country}


def _korean_partners(months: list[str], country: str) -> Question:
    return "getNationtradeList", {"strtYymm": months[0], "endYymm": months[1], "cntyCd": country}


def _table(years: tuple[int, int], asked: dict[str, Any]) -> Question:
    span = {"period_from": years[0], "period_to": years[1]}
    return "goods_time_series", {"country": "KOR", "trade_flow": "I"} | span | asked


def _indicators(partner: str, page: int, size: int) -> Question:
    asked = {"country": "KOR", "trade_flow": "I", "product": "850760", "partner": partner}
    return "goods_trade_indicators", asked | {"page": page, "page_size": size}


def _markets(limit: int) -> Question:
    return "markets", {"hsCode": "850760", "limit": limit}


COUNTRIES = st.sampled_from(["", "CN", "JP", "EU", "AD"])
CODES = st.sampled_from(["850760", "8507601000", "8507"])
KOREA = st.builds(_korea, MONTHS, CODES, COUNTRIES) | st.builds(_korean_partners, MONTHS, COUNTRIES)
TRADEMAP = st.builds(
    _table,
    spans(2019, 2025),
    st.fixed_dictionaries(
        {
            "product": st.sampled_from(["850760", "ALL"]),
            "partner": st.sampled_from(["000", "000", "CHN", "AND", "USA"]),
            "page": st.sampled_from([1, 1, 2]),
            "page_size": st.sampled_from([5, 50, 500]),
            "sort_dir": st.sampled_from(["desc", "desc", "asc"]),
            "by": st.sampled_from(["byCountry", "byCountry", "byProduct"]),
        }
    ),
) | st.builds(_indicators, st.sampled_from(["000", "CHN"]), st.sampled_from([1, 2]), st.sampled_from([10, 500]))
MARKETS = st.builds(_markets, st.integers(1, 20))


class Answered:
    """What a question gave, and what it sent."""

    def __init__(self, said: Any, sent: Sequence[Call], credits: int, notes: Sequence[str]) -> None:
        self.said, self.sent, self.credits, self.notes = said, list(sent), credits, notes


async def ask(sandbox: Sandbox, context: Context, question: Question) -> Answered:
    """The figures, units and notes of an answer, or the failure; without what tells when and how it was come by."""
    before, credits = len(sandbox.calls), sandbox.credits_charged
    notes: list[str] = []
    try:
        answer = await context.call(*question)
    except TradestatError as error:
        said: Any = {"failed": error.kind, "reasons": [why.reason for why in getattr(error, "why", ())]}
    else:
        of = answer.structured()
        source = {name: of["source"].get(name) for name in ("service", "endpoint", "unit", "currency", "valuation")}
        about = sorted(json.dumps(one) for one in of["notes"] if one["code"] != NoteCode.COST)
        said = {"what": of["what"], "data": of["data"], "source": source, "notes": about}
        notes = [note.text for note in answer.notes if note.code is NoteCode.COST]
    return Answered(said, sandbox.calls[before:], sandbox.credits_charged - credits, notes)


async def afresh(sandbox: Sandbox, question: Question) -> Answered:
    async with opened(sandbox) as context:
        return await ask(sandbox, context, question)


@settings(deadline=None, max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(st.lists(TRADEMAP, min_size=2, max_size=6))
async def test_a_table_of_trade_map_is_the_same_and_never_costs_more(
    sandbox: Sandbox, questions: list[Question]
) -> None:
    await the_same(sandbox, questions)


@settings(deadline=None, max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(st.lists(KOREA | MARKETS, min_size=2, max_size=6))
async def test_months_of_korea_and_rankings_are_the_same_and_never_take_more_calls(
    sandbox: Sandbox, questions: list[Question]
) -> None:
    await the_same(sandbox, questions)


@settings(deadline=None, max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(st.lists(COMTRADE, min_size=2, max_size=6))
async def test_rows_of_comtrade_are_the_same_and_never_take_more_calls(
    sandbox: Sandbox, questions: list[Question]
) -> None:
    await the_same(sandbox, questions)


def but_for_absences(said: Mapping[str, Any]) -> dict[str, Any]:
    """Why a row is not there may be known better by what is stored: where others make up the whole, it is zero."""
    notes = [note for note in said.get("notes", ()) if '"text": "No rows for ' not in note]
    return {**said, "notes": notes, "reasons": None}


async def the_same(sandbox: Sandbox, questions: Sequence[Question]) -> None:
    sandbox.reset()
    fresh = [await afresh(sandbox, question) for question in questions]
    async with opened(sandbox) as context:
        reused = [await ask(sandbox, context, question) for question in questions]
    for question, one, other in zip(questions, fresh, reused, strict=True):
        assert but_for_absences(other.said) == but_for_absences(one.said), question
    sent = [call for one in reused for call in one.sent]
    needed = [call for one in fresh for call in one.sent]
    assert all(call in needed for call in sent), "nothing is asked that is not needed"
    assert all(sent.count(call) == 1 for call in sent), "nothing is asked twice"
    assert sum(one.credits for one in reused) <= sum(one.credits for one in fresh)


# Each way in which one question holds another

KOREAN_MONTHS = {"strtYymm": "202401", "endYymm": "202412", "hsSgn": "850760", "cntyCd": "CN"}
KOREAN_COUNTRIES = {"strtYymm": "202401", "endYymm": "202412", "cntyCd": ""}
TABLE = {"country": "KOR", "product": "850760", "by": "byCountry", "trade_flow": "I", "page_size": 500}
YEARS = {"period_from": 2021, "period_to": 2024}
ROWS = {
    "reporterCode": ["CHN", "KOR"],
    "partnerCode": ["0", "KOR", "JPN"],
    "cmdCode": ["TOTAL", "850760"],
    "flowCode": ["X", "M"],
    "period": ["2022-2024"],
}

PAIR = {"reporterCode": "CHN", "partnerCode": "KOR", "cmdCode": "850760", "flowCode": "X", "period": ["2022-2024"]}
OTHER_END = {"reporterCode": "KOR", "partnerCode": "CHN", "flowCode": "M"}

HELD: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("comtrade_data", ROWS, {"reporterCode": "KOR", "partnerCode": "JPN"}),
    ("comtrade_data", ROWS, {"reporterCode": "CHN", "partnerCode": ["JPN", "KOR"], "flowCode": "X"}),
    ("comtrade_data", ROWS, {"cmdCode": "TOTAL", "period": "2023"}),
    ("comtrade_data", ROWS | {"partnerCode": "all"}, {"partnerCode": "VNM"}),
    ("comtrade_data", ROWS | {"cmdCode": "AG2", "partnerCode": "0"}, {"cmdCode": "85", "partnerCode": "0"}),
    ("comtrade_data", ROWS, {"partnerCode": ["JPN", "World", "410"], "cmdCode": ["8507.60", "TOTAL"]}),
    ("comtrade_data", PAIR, OTHER_END),
    ("comtrade_data", PAIR, OTHER_END | {"period": "2023"}),
    ("comtrade_data", PAIR, {"flowCode": "M"}),
    ("comtrade_data", PAIR | {"freqCode": "M", "period": "202401-202412"}, OTHER_END),
    ("comtrade_data", PAIR | {"cmdCode": ["TOTAL", "850760"]}, OTHER_END | {"cmdCode": "TOTAL"}),
    ("comtrade_data", PAIR | {"typeCode": "S", "clCode": "EB10", "cmdCode": "TOTAL"}, OTHER_END),
    ("getNitemtradeList", KOREAN_MONTHS, {"strtYymm": "202403", "endYymm": "202405"}),
    ("getNitemtradeList", KOREAN_MONTHS | {"cntyCd": ""}, {"cntyCd": "China"}),
    ("getNitemtradeList", KOREAN_MONTHS | {"cntyCd": "EU"}, {"cntyCd": "DE", "endYymm": "202406"}),
    ("getNitemtradeList", KOREAN_MONTHS, {"hsSgn": "8507601000"}),
    ("getNationtradeList", KOREAN_COUNTRIES, {"cntyCd": "JP", "strtYymm": "202412"}),
    ("getNewtradeList", {"strtYymm": "202401", "endYymm": "202412"}, {"strtYymm": "202406"}),
    ("goods_time_series", TABLE | YEARS, {"partner": "CHN"}),
    ("goods_time_series", TABLE | YEARS, {"partner": "China", "period_from": 2022, "period_to": 2023}),
    ("goods_time_series", TABLE | YEARS, {"page_size": 5, "page": 2}),
    ("goods_time_series", TABLE | YEARS, {"page_size": 5, "page": 99}),
    ("goods_time_series", TABLE | YEARS | {"partner": "ASEAN"}, {"partner": "VNM"}),
    ("goods_trade_indicators", TABLE, {"page_size": 10}),
    ("markets", {"hsCode": "850760", "limit": 3}, {"limit": 12}),
]


@pytest.mark.parametrize(("tool", "wider", "other"), HELD)
async def test_a_question_that_another_one_holds_sends_nothing_and_is_answered_as_if_it_had(
    sandbox: Sandbox, tool: str, wider: dict[str, Any], other: dict[str, Any]
) -> None:
    sandbox.reset()
    fresh = await afresh(sandbox, (tool, wider | other))
    asked_at = time.time()
    async with opened(sandbox, clock=Clock(time=lambda: asked_at)) as context:
        whole = await context.call(tool, wider)
        one = await ask(sandbox, context, (tool, wider | other))
        if isinstance(one.said.get("data"), dict):
            again = await context.call(tool, wider | other)
            assert again.source.address == whole.source.address
            assert again.source.retrieved_at == whole.source.retrieved_at
            assert again.source.calls == 0
    assert in_any_order(one.said) == in_any_order(fresh.said)
    assert one.sent == []
    assert one.credits == 0


def in_any_order(said: Any) -> Any:
    """Where codes are asked for in another order, so come their rows."""
    if isinstance(said, dict):
        named = cast("dict[str, Any]", said)
        return {name: in_any_order(one) for name, one in named.items() if name != "what"}
    return sorted(json.dumps(in_any_order(one)) for one in cast("list[Any]", said)) if isinstance(said, list) else said


NOT_HELD: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("comtrade_data", ROWS, {"period": "2021-2022"}),
    ("comtrade_data", ROWS, {"partnerCode": ["JPN", "VNM"]}),
    ("comtrade_data", ROWS, {"cmdCode": "8507"}),
    ("comtrade_data", ROWS, {"partnerCode": "all"}),
    ("comtrade_data", ROWS, {"clCode": "H5"}),
    ("comtrade_data", ROWS, {"partner2Code": "all"}),
    ("comtrade_data", ROWS, {"customsCode": "all"}),
    ("comtrade_data", ROWS, {"motCode": "all"}),
    ("comtrade_data", ROWS, {"freqCode": "M", "period": "202403"}),
    ("comtrade_data", ROWS | {"maxRecords": 5}, {"reporterCode": "CHN", "maxRecords": 5}),
    ("comtrade_data", ROWS, {"maxRecords": 5}),
    ("comtrade_data", ROWS | {"partnerCode": "all"}, {"partnerCode": "AND"}),
    ("comtrade_data", ROWS | {"cmdCode": "AG6", "partnerCode": "0"}, {"cmdCode": "85", "partnerCode": "0"}),
    ("comtrade_data", PAIR, OTHER_END | {"cmdCode": "8507"}),
    ("comtrade_data", PAIR, OTHER_END | {"period": "2021-2024"}),
    ("comtrade_data", PAIR, OTHER_END | {"clCode": "H5"}),
    ("comtrade_data", PAIR, OTHER_END | {"freqCode": "M", "period": "202403"}),
    ("comtrade_data", PAIR, OTHER_END | {"partnerCode": "JPN"}),
    ("comtrade_data", PAIR, OTHER_END | {"partner2Code": "all"}),
    ("comtrade_data", PAIR | {"maxRecords": 5}, OTHER_END),
    ("comtrade_data", PAIR, {"partnerCode": "0"}),
    ("getNitemtradeList", KOREAN_MONTHS, {"strtYymm": "202306", "endYymm": "202405"}),
    ("getNitemtradeList", KOREAN_MONTHS, {"cntyCd": "JP"}),
    ("getNitemtradeList", KOREAN_MONTHS, {"cntyCd": ""}),
    ("getNitemtradeList", KOREAN_MONTHS | {"hsSgn": "8507"}, {"hsSgn": "850760"}),
    ("getNitemtradeList", KOREAN_MONTHS | {"hsSgn": "8507"}, {"hsSgn": "8507601000"}),
    ("getNitemtradeList", KOREAN_MONTHS | {"cntyCd": ""}, {"cntyCd": "AD"}),
    ("getNationtradeList", KOREAN_COUNTRIES, {"strtYymm": "202312", "endYymm": "202401"}),
    ("goods_time_series", TABLE | YEARS | {"page_size": 5}, {"partner": "CHN"}),
    ("goods_time_series", TABLE | YEARS | {"page_size": 5}, {"page": 2}),
    ("goods_time_series", TABLE | YEARS, {"period_from": 2020}),
    ("goods_time_series", TABLE | YEARS, {"trade_flow": "E"}),
    ("goods_time_series", TABLE | YEARS, {"product": "850710"}),
    ("goods_time_series", TABLE | YEARS | {"by": "byProduct"}, {"partner": "CHN"}),
    ("goods_time_series", TABLE | YEARS, {"partner": "CHN", "country": "JPN"}),
    ("goods_time_series", TABLE, {"period_from": 2023, "period_to": 2024}),
    ("goods_trade_indicators", TABLE, {"partner": "CHN"}),
    ("goods_trade_indicators", TABLE | {"indicators": ["VAL"]}, {"indicators": ["VAL", "BAL"]}),
    ("markets", {"hsCode": "850760"}, {"order": "asc"}),
]


@pytest.mark.parametrize(("tool", "wider", "other"), NOT_HELD)
async def test_a_question_that_another_one_does_not_hold_is_asked(
    sandbox: Sandbox, tool: str, wider: dict[str, Any], other: dict[str, Any]
) -> None:
    sandbox.reset()
    fresh = await afresh(sandbox, (tool, wider | other))
    async with opened(sandbox) as context:
        await context.call(tool, wider)
        one = await ask(sandbox, context, (tool, wider | other))
    assert one.said == fresh.said
    assert [call for call in one.sent if call.endpoint != "catalogue"]


async def test_a_total_that_is_added_up_here_is_said_to_be(sandbox: Sandbox) -> None:
    async with opened(sandbox) as context:
        await context.call("getNitemtradeList", KOREAN_MONTHS)
        part = await ask(sandbox, context, ("getNitemtradeList", KOREAN_MONTHS | {"endYymm": "202406"}))
    (note,) = part.notes
    assert "taken out of the answer to a wider question" in note
    assert "is the sum of these rows" in note


@pytest.mark.parametrize("place", ["absent", "first", "last"])
async def test_months_are_taken_out_of_an_answer_whether_it_has_a_total_or_not(sandbox: Sandbox, place: Any) -> None:
    sandbox.reset()
    sandbox.settings.korea_total_row = place
    fewer = ("getNitemtradeList", KOREAN_MONTHS | {"endYymm": "202406"})
    fresh = await afresh(sandbox, fewer)
    async with opened(sandbox) as context:
        await context.call("getNitemtradeList", KOREAN_MONTHS)
        one = await ask(sandbox, context, fewer)
    sandbox.reset()
    assert one.said == fresh.said
    assert one.sent == []


async def test_a_research_session_asks_nothing_that_it_has_heard(sandbox: Sandbox) -> None:
    sandbox.reset()
    async with opened(sandbox) as context:
        for tool, arguments in QUESTIONS:
            await context.call(tool, arguments)
    by_source = Counter(call.source for call in sandbox.calls)
    assert by_source == {"trademap": 7, "doumaotong": 5, "korea": 3, "comtrade": 1}
    assert sandbox.credits_charged == 6
