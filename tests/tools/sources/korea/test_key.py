"""The service key, in the two forms in which the portal shows it."""

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.model.errors import MissingKey
from tradestat_tools.sources.korea.api import decoded_key

if TYPE_CHECKING:
    from conftest import Customs

DECODED = "aB+cD/eF0123456789ghIJklMNopQRstUVwxYZaB+cD/eF0123456789ghIJklMNopQRstUVwxYZaBcDeFgHiQ=="
ENCODED = "aB%2BcD%2FeF0123456789ghIJklMNopQRstUVwxYZaB%2BcD%2FeF0123456789ghIJklMNopQRstUVwxYZaBcDeFgHiQ%3D%3D"
HEXADECIMAL = "0123456789abcdef" * 4


@pytest.mark.anyio
@pytest.mark.parametrize("pasted", [DECODED, ENCODED, ENCODED.replace("%2B", "%2b"), f" {ENCODED}\n", quote(ENCODED)])
async def test_either_form_of_the_key_goes_over_the_wire_encoded_once(customs: "Customs", pasted: str) -> None:
    customs.key = pasted
    customs.gives(customs.traded("2025.01", "8507600000", "CN", 10, 20))
    await customs.call("getNitemtradeList", strtYymm="202501", endYymm="202501", hsSgn="850760", cntyCd="CN")
    (sent,) = customs.sent
    assert sent.query == (
        b"strtYymm=202501&endYymm=202501&hsSgn=850760&cntyCd=CN&serviceKey=" + ENCODED.encode("ascii")
    )
    assert sent.params["serviceKey"] == DECODED


@pytest.mark.anyio
async def test_a_hexadecimal_key_is_sent_as_it_is(customs: "Customs") -> None:
    customs.key = HEXADECIMAL
    customs.gives(customs.traded("2025.01", "8507600000", "CN", 10, 20))
    await customs.call("getNitemtradeList", strtYymm="202501", endYymm="202501", hsSgn="850760")
    assert customs.sent[0].query.endswith(b"&serviceKey=" + HEXADECIMAL.encode("ascii"))


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", min_size=1, max_size=100))
def test_both_forms_of_any_key_are_one(key: str) -> None:
    assert decoded_key(key) == decoded_key(quote(key, safe="")) == key


@pytest.mark.anyio
async def test_without_a_key_nothing_is_sent_and_the_error_says_where_to_get_one(customs: "Customs") -> None:
    customs.key = None
    with pytest.raises(MissingKey) as caught:
        await customs.call("getNewtradeList", strtYymm="202501", endYymm="202501")
    assert "DATA_GO_KR_SERVICE_KEY" in caught.value.remedy
    assert "data.go.kr/data/15102108" in caught.value.remedy
    assert customs.sent == []
