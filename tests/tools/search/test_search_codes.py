"""The tool that finds codes by words, called as any other."""

import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer, Cell
from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.open import in_memory
from tradestat_tools.search.lists import find
from tradestat_tools.search.tool import SEARCH_CODES, SearchArguments, SearchData
from tradestat_tools.upstream.http import Http

pytestmark = pytest.mark.anyio


@pytest.fixture
async def context() -> AsyncGenerator[Context]:
    """Services that no request can leave."""

    async def nothing(*_: Any) -> None:
        raise AssertionError("a search asked a service")

    http = Http(app=nothing)
    noon = datetime(2026, 10, 5, 12, tzinfo=UTC)
    async with in_memory(http, catalogue().settings(_env_file=None), lambda: noon) as opened:
        yield opened
    await http.aclose()


async def ask(context: Context, kind: str, query: str, **more: Any) -> Answer[SearchData]:
    return await context.call(SEARCH_CODES, {"kind": kind, "query": query, **more})


def rows(answer: Answer[SearchData]) -> list[dict[str, Cell]]:
    return [dict(zip(answer.data.columns, row, strict=True)) for row in answer.data.rows]


def notes(answer: Answer[SearchData]) -> str:
    return " ".join(note.text for note in answer.notes)


async def test_a_code_of_goods_shows_what_is_above_and_below_it(context: Context) -> None:
    answer = await ask(context, "hs", "8507")
    (row,) = rows(answer)
    assert (row["code"], row["level"], row["below"]) == ("8507", "heading", 7)
    assert str(row["path"]).startswith("85 Electrical machinery")
    assert answer.data.within is not None
    assert [line[0] for line in answer.data.within.rows][:2] == ["850710", "850720"]


async def test_a_national_code_is_explained(context: Context) -> None:
    answer = await ask(context, "hs", "8507600090")
    assert rows(answer)[0]["status"] == "national"
    assert "subdivision of 850760" in notes(answer)


async def test_a_guess_in_another_list_is_not_given_for_sure(context: Context) -> None:
    with pytest.raises(NoData) as guessed:
        await ask(context, "group", "Germny")
    assert "In kind=country (Countries and areas) the nearest is" in guessed.value.remedy
    with pytest.raises(NoData) as sure:
        await ask(context, "group", "Japan")
    assert "In kind=country (Countries and areas) this is Japan" in sure.value.remedy


async def test_an_ambiguous_country_gives_all_choices_and_says_so(context: Context) -> None:
    congo = await ask(context, "country", "Congo")
    assert [row["iso3"] for row in rows(congo)] == ["COG", "COD"]
    assert "can mean" in notes(congo)
    korea = await ask(context, "country", "Korea")
    assert [row["iso3"] for row in rows(korea)] == ["KOR", "PRK"]
    assert "read as the Republic of Korea" in notes(korea)


async def test_words_of_another_list_are_said_to_be_there(context: Context) -> None:
    for kind, query, hint in [
        ("hs", "software licence", "kind=ebops"), ("hs", "freight", "kind=ebops"), ("ebops", "8517", "kind=hs"),
        ("ebops", "lithium batteries", "kind=hs"), ("country", "ASEAN", "kind=group"),
        ("group", "EU", "kind=country"),
    ]:  # fmt: skip
        try:
            said = notes(await ask(context, kind, query))
        except NoData as error:
            said = error.remedy
        assert hint in said


async def test_codes_of_goods_and_services_are_never_taken_for_each_other(context: Context) -> None:
    for kind, query in [("hs", "3.1.1"), ("hs", "SC11"), ("ebops", "85"), ("ebops", "8517.13")]:
        with pytest.raises(NoData) as caught:
            await ask(context, kind, query)
        assert f"kind={'ebops' if kind == 'hs' else 'hs'}" in caught.value.remedy


async def test_a_wrong_question_is_refused_by_argument(context: Context) -> None:
    for arguments, argument in [
        ({"kind": "hs"}, "query"), ({"kind": "hs", "query": ""}, "query"),
        ({"kind": "hs", "query": "x" * 101}, "query"), ({"query": "rice"}, "kind"),
        ({"kind": "hz", "query": "rice"}, "kind"), ({"kind": "hs", "query": "rice", "limit": 51}, "limit"),
        ({"kind": "hs", "query": "rice", "limit": 0}, "limit"),
        ({"kind": "hs", "query": "rice", "language": "jp"}, "language"),
    ]:  # fmt: skip
        with pytest.raises(InvalidQuery) as caught:
            await context.call(SEARCH_CODES, arguments)
        assert caught.value.argument == argument


def test_the_kind_is_read_in_other_words() -> None:
    for word, kind in (
        ("goods", "hs"),
        ("HS", "hs"),
        ("services", "ebops"),
        ("Countries", "country"),
        ("units", "unit"),
    ):
        assert parse_arguments(SearchArguments, {"kind": word, "query": "x"}).kind == kind


async def test_an_answer_is_small_and_repeats_no_names(context: Context) -> None:
    answer = await ask(context, "hs", "batteries")
    assert len(answer.data.rows) == 10
    assert len(json.dumps(answer.structured(), ensure_ascii=False)) < 3_500
    assert len(SEARCH_CODES.description) < 600


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(["hs", "ebops", "country", "group", "flow", "unit"]), st.text(min_size=1, max_size=100))
def test_no_text_breaks_a_search(kind: Any, query: str) -> None:
    found = find(kind, query, 5, "any")
    assert len(found.rows) <= 5
    assert all(len(row) == len(found.columns) for row in found.rows)


async def test_words_of_quite_another_list_find_nothing_here_and_the_other_list_is_named(context: Context) -> None:
    for kind, query, other in [
        ("country", "phones", "kind=hs (HS codes of goods) this is 8517"),
        ("country", "rice", "kind=hs (HS codes of goods) this is 1006"),
        ("ebops", "Japan", "kind=country (Countries and areas) this is Japan"),
        ("flow", "batteries", "kind=hs (HS codes of goods) this is 8507"),
    ]:  # fmt: skip
        with pytest.raises(NoData) as caught:
            await ask(context, kind, query)
        assert other in caught.value.remedy


async def test_a_whole_name_mistyped_stays_found_where_another_list_has_the_word_as_it_stands(
    context: Context,
) -> None:
    answer = await ask(context, "hs", "Germany")
    assert str(rows(answer)[0]["why"]).startswith("typo")
    assert "In kind=country (Countries and areas) this is Germany (DE, 276)." in notes(answer)
