"""How a text names a call."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.contract.tool import call_text


def test_a_call_is_written_so_that_a_model_can_copy_its_arguments() -> None:
    written = call_text("rows", result="rk3v7q2m5xa", offset=20, table=None, filter=["partner=Korea, Republic of"])
    assert written == 'rows(result="rk3v7q2m5xa", offset=20, filter=["partner=Korea, Republic of"])'
    assert call_text("usage") == "usage()"
    assert call_text("search_codes", query="锂电池 \u202e\n") == r'search_codes(query="锂电池 \n")'


@given(st.text(max_size=60))
def test_no_text_of_a_caller_leaves_its_place(text: str) -> None:
    written = call_text("search_codes", query=text)
    assert written.isprintable()
    held = re.fullmatch(r"search_codes\(query=(.*)\)", written)
    assert held
    assert isinstance(json.loads(held[1]), str)
