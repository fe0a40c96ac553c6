"""The tool that finds codes by words. What it finds is written down in tests/golden."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.search.lists import find
from tradestat_tools.search.tool import SEARCH_CODES

if TYPE_CHECKING:
    from mcp import Client


@pytest.mark.anyio
async def test_an_answer_is_small_and_repeats_no_names(client: "Client") -> None:
    answer = (await client.call_tool("search_codes", {"kind": "hs", "query": "batteries"})).structured_content
    assert answer is not None
    assert len(answer["tables"][0]["rows"]) == 10
    assert len(json.dumps(answer, ensure_ascii=False)) < 3_500
    assert len(SEARCH_CODES.description) < 600


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(["hs", "ebops", "country", "group", "flow", "unit"]), st.text(min_size=1, max_size=100))
def test_no_text_breaks_a_search(kind: Any, query: str) -> None:
    found = find(kind, query, 5, "any")
    assert len(found.rows) <= 5
    assert all(len(row) == len(found.columns) for row in found.rows)
