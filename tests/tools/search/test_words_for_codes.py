"""Words in place of codes, in any tool that takes a product; and searches that find nothing near."""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.codes.search.hs import search_hs
from tradestat_tools.codes.search.index import Document, Index
from tradestat_tools.search.did_you_mean import only_reading
from tradestat_tools.search.lists import look_in_all

if TYPE_CHECKING:
    from mcp import Client


async def _asked(client: "Client", tool: str, **arguments: Any) -> tuple[bool, str]:
    result = await client.call_tool(tool, arguments)
    return bool(result.is_error), str(getattr(result.content[0], "text", ""))


TAKES_A_PRODUCT: list[tuple[str, str, dict[str, Any]]] = [
    ("trade_series", "product", {"reporter": "Korea", "period": "2023"}),
    ("compare_mirror", "product", {"exporter": "China", "importer": "Korea", "period": "2023"}),
    ("comtrade_data", "cmdCode", {"reporterCode": "Korea", "flowCode": "X", "period": "2023"}),
    ("comtrade_bilateral", "cmdCode", {"reporterCode": "Korea", "partnerCode": "China", "period": "2023"}),
    ("getNitemtradeList", "hsSgn", {"strtYymm": "202401", "endYymm": "202403", "cntyCd": "US"}),
    ("dashboard", "hsCode", {}),
    ("goods_time_series", "product", {"country": "Korea", "trade_flow": "E"}),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("tool", "argument", "others"), TAKES_A_PRODUCT)
async def test_a_word_for_one_code_is_read_as_it_and_said(
    client: "Client", tool: str, argument: str, others: dict[str, Any]
) -> None:
    refused, text = await _asked(client, tool, **others, **{argument: "coffee"})
    assert not refused, text
    assert "resolved_code: 'coffee' is read as 0901 (Coffee" in text
    assert "Coffee" in text.splitlines()[0], "the product is named in the first line"


@pytest.mark.anyio
@pytest.mark.parametrize(("tool", "argument", "others"), TAKES_A_PRODUCT)
async def test_a_word_for_several_codes_gives_them_as_choices(
    client: "Client", tool: str, argument: str, others: dict[str, Any]
) -> None:
    refused, text = await _asked(client, tool, **others, **{argument: "battery"})
    assert refused
    assert "8507 (Electric accumulators" in text
    assert "8506 (Cells and batteries; primary)" in text


@pytest.mark.anyio
async def test_a_word_among_codes_and_a_word_for_a_service_are_read(client: "Client") -> None:
    several = {"reporterCode": "Korea", "flowCode": "X", "period": "2023", "cmdCode": ["coffee", "8507"]}
    refused, text = await _asked(client, "comtrade_data", **several)
    assert not refused
    assert "0901" in text.splitlines()[0]
    assert "8507" in text.splitlines()[0]
    travel = {"reporter": "Korea", "product": "travel", "kind": "services", "period": "2023"}
    refused, text = await _asked(client, "trade_series", **travel)
    assert not refused
    assert "resolved_code: 'travel' is read as 4 (Travel)." in text


@pytest.mark.anyio
@pytest.mark.parametrize("arguments", [{"clCode": "S4", "cmdCode": ["steel"]}, {"cmdCode": ["freight"]}])
async def test_no_word_is_read_as_a_code_of_another_list(client: "Client", arguments: dict[str, Any]) -> None:
    refused, _ = await _asked(client, "comtrade_data", reporterCode="Korea", period="2023", **arguments)
    assert refused


def test_a_heading_is_meant_before_its_chapter_and_never_chosen_from_its_subheadings() -> None:
    assert (only_reading("hs", "coffee") or ("",))[0] == "0901"
    assert (only_reading("hs", "자동차") or ("",))[0] == "8703"
    for word in ("solar panel", "beef", "手机", "semiconductors", "cofee beens", "cricket", "qwxzv"):
        assert only_reading("hs", word) is None, word


@settings(deadline=None, max_examples=50)
@given(st.text(min_size=1, max_size=60))
def test_no_text_breaks_the_reading_of_words(word: str) -> None:
    found = only_reading("hs", word)
    assert found is None or found[0].isdigit()
    assert len(look_in_all(word, 5, "any").rows) <= 5


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("sushi", {"1604", "1904"}),
        ("초밥", {"1604", "1904"}),
        ("寿司", {"1604", "1904"}),
        ("삼계탕", {"1602", "160232"}),
        ("김밥", {"1904"}),
        ("春卷", {"1902"}),
        ("cricket bats", {"9506", "950699"}),
        ("EV charging station", {"8504", "850440"}),
    ],
)
def test_everyday_things_are_found_under_their_headings(query: str, codes: set[str]) -> None:
    named = {hit.entry for hit in search_hs(query) if hit.score >= 2}
    assert named == codes


def test_a_word_is_not_bent_into_one_that_is_much_shorter_nor_a_query_into_one_bent_word() -> None:
    words = ("rice", "boats", "batteries")
    known = Index([Document(word, (word,)) for word in words], least_shared=0.5)
    assert known.search("cricket") == ()
    assert known.search("cricket bats") == ()
    assert [hit.entry for hit in known.search("bateries")] == ["batteries"]


@pytest.mark.anyio
async def test_hits_that_have_only_some_of_the_words_say_which_they_lack(client: "Client") -> None:
    _, text = await _asked(client, "search_codes", kind="hs", query="quidditch brooms")
    assert "the nearest lack quidditch" in text
    _, text = await _asked(client, "search_codes", kind="hs", query="brooms")
    assert "lack" not in text


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("query", "row"),
    [
        ("rice", ("hs", "1006", "Rice")),
        ("Germany", ("country", "DE", "Germany")),
        ("ASEAN", ("group", "ASEAN")),
        ("travel", ("ebops", "4", "Travel")),
        ("SC11", ("ebops", "3.1.1")),
        ("re-exports", ("flow", "RX")),
    ],
)
async def test_without_a_kind_all_lists_are_searched(client: "Client", query: str, row: tuple[str, ...]) -> None:
    answer = (await client.call_tool("search_codes", {"query": query})).structured_content
    assert answer is not None
    assert row in [tuple(each[: len(row)]) for each in answer["tables"][0]["rows"]]


@pytest.mark.anyio
async def test_without_a_kind_a_code_shows_what_is_below_and_nothing_near_is_said(client: "Client") -> None:
    _, text = await _asked(client, "search_codes", query="8541")
    assert "Below 8541" in text
    assert "…photovoltaic cells assembled in modules" in text
    refused, text = await _asked(client, "search_codes", query="qwxzv")
    assert refused
    assert "Nothing is near 'qwxzv'" in text
