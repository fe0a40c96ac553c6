"""Completions for the coded arguments of prompts and resource templates."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp import Client
from mcp_types import Completion, PromptReference, ResourceTemplateReference

from tradestat_server.mcp import completions
from tradestat_server.mcp.completions import MAX_VALUES, PROMPT_COMPLETERS, TEMPLATE_COMPLETERS, YEAR_ARGUMENTS
from tradestat_server.mcp.prompts import PROMPTS
from tradestat_server.mcp.resources import LISTED
from tradestat_tools.codes.countries import areas, resolve_area
from tradestat_tools.codes.hs import hs_entry
from tradestat_tools.codes.words import CodeError

pytestmark = pytest.mark.anyio


async def complete(
    lists: Client, ref: PromptReference | ResourceTemplateReference, name: str, typed: str
) -> Completion:
    return (await lists.complete(ref, {"name": name, "value": typed})).completion


def in_prompt(name: str) -> PromptReference:
    return PromptReference(name=name)


def in_template(uri: str) -> ResourceTemplateReference:
    return ResourceTemplateReference(uri=uri)


def test_every_argument_of_every_prompt_and_template_is_completed() -> None:
    assert {name for prompt in PROMPTS for name in prompt.arguments} == {
        *PROMPT_COMPLETERS,
        *YEAR_ARGUMENTS,
        "period",
    }
    assert {one.uri for one in LISTED if "{" in one.uri} == set(TEMPLATE_COMPLETERS)


async def test_a_long_list_is_cut_at_what_the_protocol_allows_and_says_so(lists: Client) -> None:
    found = await complete(lists, in_template("tradestat://hs/{code}"), "code", "8")
    assert len(found.values) == MAX_VALUES
    assert found.has_more
    assert found.total is not None
    assert found.total > 1000


async def test_goods_are_completed_by_everyday_words_best_first_and_mistyped(lists: Client) -> None:
    for typed in ("batter", "batery"):
        found = await complete(lists, in_prompt("export_market_dashboard"), "product", typed)
        assert {"8506", "8507", "850760", "850650"} & set(found.values[:10]), typed


async def test_services_groups_countries_and_flows_are_completed_by_words_in_three_languages(lists: Client) -> None:
    async def first(uri: str, typed: str) -> str:
        return (await complete(lists, in_template(uri), "code", typed)).values[0]

    for typed, code in (("freight", "3.1.2"), ("tourisim", "4"), ("软件", "9.2.1"), ("여행", "4")):
        assert await first("tradestat://ebops/{code}", typed) == code
    for typed, code in (("东盟", "ASEAN"), ("europan union", "EU")):
        assert await first("tradestat://groups/{code}", typed) == code
    for typed, code in (("germny", "DEU"), ("德国", "DEU"), ("독일", "DEU")):
        assert await first("tradestat://countries/{code}", typed) == code
    flow = await complete(lists, in_prompt("query_china_customs_by_hand"), "flow", "수출")
    assert flow.values == ["export"]


def test_every_completed_country_is_read_back_as_itself() -> None:
    names, codes = completions.country_names(""), completions.country_codes("")
    assert len(names) > 250
    for every in (names, codes):
        assert [resolve_area(one, system="comtrade").area for one in every] == list(areas())


@settings(deadline=None, max_examples=20)
@given(st.text(max_size=300))
def test_no_typing_breaks_a_completion(typed: str) -> None:
    for complete_typed in (
        completions.goods,
        completions.ebops_codes,
        completions.country_names,
        completions.group_ids,
    ):
        values = complete_typed(typed)
        assert len(values) == len(set(values))
    assert all(hs_entry(code) for code in completions.hs_codes(typed))
    assert all(year.startswith(typed) for year in completions.years(typed, date(2026, 1, 1)))
    for name in completions.country_names(typed)[:3]:
        try:
            resolve_area(name)
        except CodeError as error:
            pytest.fail(str(error))
