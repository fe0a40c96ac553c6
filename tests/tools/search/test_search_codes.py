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


@pytest.mark.parametrize(
    ("kind", "query", "column", "first"),
    [
        ("hs", "lithium-ion accumulators", "code", "850760"),
        ("hs", "85.17.13", "code", "851713"),
        ("ebops", "freight", "code", "3.1.2"),
        ("ebops", "S03001001", "code", "3.1.1"),
        ("ebops", "소프트웨어", "code", "9.2.1"),
        ("country", "한국", "comtrade", "410"),
        ("country", "Germny", "iso2", "DE"),
        ("group", "东盟", "id", "ASEAN"),
        ("flow", "re-exports", "trademap", "RE"),
        ("unit", "kilograms", "comtrade", "8"),
        ("unit", "亿元", "unit", "yi_yuan"),
    ],
)
async def test_each_list_is_searched_by_words_and_codes(
    context: Context, kind: str, query: str, column: str, first: str
) -> None:
    answer = await ask(context, kind, query)
    assert rows(answer)[0][column] == first
    assert answer.source.calls == 0
    assert answer.source.coverage
    assert answer.result is None


async def test_a_code_of_goods_shows_what_is_above_and_below_it(context: Context) -> None:
    answer = await ask(context, "hs", "8507")
    (row,) = rows(answer)
    assert (row["code"], row["level"], row["below"]) == ("8507", "heading", 7)
    assert str(row["path"]).startswith("85 Electrical machinery")
    assert answer.data.within is not None
    assert [line[0] for line in answer.data.within.rows][:2] == ["850710", "850720"]


async def test_a_code_of_an_older_edition_says_what_became_of_it(context: Context) -> None:
    answer = await ask(context, "hs", "851712")
    assert "now 851713 851714" in str(rows(answer)[0]["status"])
    assert "not in HS 2022" in notes(answer)


async def test_a_national_code_is_explained(context: Context) -> None:
    answer = await ask(context, "hs", "8507600090")
    assert rows(answer)[0]["status"] == "national"
    assert "subdivision of 850760" in notes(answer)


async def test_an_item_of_services_shows_every_code_its_path_and_what_is_below(context: Context) -> None:
    answer = await ask(context, "ebops", "SC1")
    (row,) = rows(answer)
    assert (row["code"], row["sdmx (EB10S)"], row["trademap"], row["path"]) == ("3.1", "SC1", "S03001", "3 Transport")
    assert answer.data.within is not None
    assert [line[0] for line in answer.data.within.rows] == ["3.1.1", "3.1.2", "3.1.3"]


async def test_a_country_has_its_code_in_every_service(context: Context) -> None:
    (row,) = rows(await ask(context, "country", "Japan"))
    assert row == {
        "area": "Japan", "iso2": "JP", "iso3": "JPN", "m49": "392", "comtrade": "392", "trademap": "392",
        "china_customs": "116", "korea": "JP", "why": "name",
    }  # fmt: skip
    assert rows(await ask(context, "country", "USSR"))[0]["until"] == "1990"


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


async def test_a_group_has_its_members_and_their_date(context: Context) -> None:
    answer = await ask(context, "group", "USMCA")
    assert rows(answer)[0]["members"] == 3
    assert rows(answer)[0]["as of"]
    assert answer.data.within is not None
    assert answer.data.within.rows == [["CAN MEX USA"]]


async def test_names_are_shown_in_the_language_of_the_query_or_the_one_asked_for(context: Context) -> None:
    assert rows(await ask(context, "country", "德国"))[0]["name"] == "德国"
    assert rows(await ask(context, "country", "Germany", language="ko"))[0]["name"] == "독일"
    assert "name" not in rows(await ask(context, "country", "Germany"))[0]


@pytest.mark.parametrize(
    ("kind", "query", "hint"),
    [
        ("hs", "software licence", "kind=ebops"),
        ("hs", "freight", "kind=ebops"),
        ("ebops", "8517", "kind=hs"),
        ("ebops", "lithium batteries", "kind=hs"),
        ("country", "ASEAN", "kind=group"),
        ("group", "EU", "kind=country"),
    ],
)
async def test_words_of_another_list_are_said_to_be_there(context: Context, kind: str, query: str, hint: str) -> None:
    try:
        said = notes(await ask(context, kind, query))
    except NoData as error:
        said = error.remedy
    assert hint in said


@pytest.mark.parametrize(("kind", "query"), [("hs", "3.1.1"), ("hs", "SC11"), ("ebops", "85"), ("ebops", "8517.13")])
async def test_codes_of_goods_and_services_are_never_taken_for_each_other(
    context: Context, kind: str, query: str
) -> None:
    with pytest.raises(NoData) as caught:
        await ask(context, kind, query)
    assert f"kind={'ebops' if kind == 'hs' else 'hs'}" in caught.value.remedy


async def test_nothing_alike_is_said_with_the_nearest_words_and_what_else_to_try(context: Context) -> None:
    with pytest.raises(NoData) as caught:
        await ask(context, "flow", "qqqq")
    assert "X (exports)" in caught.value.remedy
    assert "another kind" in caught.value.remedy


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"kind": "hs"}, "query"),
        ({"kind": "hs", "query": ""}, "query"),
        ({"kind": "hs", "query": "x" * 101}, "query"),
        ({"query": "rice"}, "kind"),
        ({"kind": "hz", "query": "rice"}, "kind"),
        ({"kind": "hs", "query": "rice", "limit": 51}, "limit"),
        ({"kind": "hs", "query": "rice", "limit": 0}, "limit"),
        ({"kind": "hs", "query": "rice", "language": "jp"}, "language"),
    ],
)
async def test_a_wrong_question_is_refused_by_argument(
    context: Context, arguments: dict[str, Any], argument: str
) -> None:
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


async def test_the_limit_bounds_the_hits(context: Context) -> None:
    assert len((await ask(context, "hs", "machines", limit=3)).data.rows) == 3
    assert len((await ask(context, "hs", "machines", limit="50")).data.rows) == 50


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


@pytest.mark.parametrize(
    ("kind", "query", "other"),
    [
        ("country", "phones", "kind=hs (HS codes of goods) this is 8517"),
        ("country", "rice", "kind=hs (HS codes of goods) this is 1006"),
        ("ebops", "Japan", "kind=country (Countries and areas) this is Japan"),
        ("flow", "batteries", "kind=hs (HS codes of goods) this is 8507"),
    ],
)
async def test_words_of_quite_another_list_find_nothing_here_and_the_other_list_is_named(
    context: Context, kind: str, query: str, other: str
) -> None:
    with pytest.raises(NoData) as caught:
        await ask(context, kind, query)
    assert other in caught.value.remedy


async def test_a_whole_name_mistyped_stays_found_where_another_list_has_the_word_as_it_stands(
    context: Context,
) -> None:
    answer = await ask(context, "hs", "Germany")
    assert str(rows(answer)[0]["why"]).startswith("typo")
    assert "In kind=country (Countries and areas) this is Germany (DE, 276)." in notes(answer)


async def test_a_mistyped_country_is_found_and_no_other_list_is_named(context: Context) -> None:
    answer = await ask(context, "country", "Germny")
    assert rows(answer)[0]["area"] == "Germany"
    assert "In kind=" not in notes(answer)
