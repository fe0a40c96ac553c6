"""The bytes of an answer as text: what it declares, what it is, and the words of a refused key in either dress."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tradestat_tools.model.errors import TradestatError, Unauthorized, UpstreamChanged
from tradestat_tools.sources.korea.service import NITEMTRADE
from tradestat_tools.sources.korea.wire.page import read_page
from tradestat_tools.upstream import Response

if TYPE_CHECKING:
    from conftest import Customs

JANUARY = {"strtYymm": "202501", "endYymm": "202501", "hsSgn": "8507", "cntyCd": "CN"}
RECORDED = Path(__file__).parent / "recorded"
UTF8 = 'encoding="UTF-8"'


async def answered(customs: "Customs", body: bytes, content_type: str) -> None:
    """Ask for January, and hold the answer against what was sent."""
    customs.replies.clear()
    customs.says(body, 200, content_type=content_type)
    answer = await customs.call("getNitemtradeList", **JANUARY)
    assert answer.data.statKor == {"850760": "리튬이온 축전지"}
    assert answer.data.statCdCntnKor1 == {"CN": "중국"}
    assert (answer.data.months.expDlr, answer.data.grandTotal.expDlr) == ([1200], 1200)


def january(customs: "Customs") -> str:
    names = {"statKor": "리튬이온 축전지", "statCdCntnKor1": "중국"}
    return customs.xml(customs.total(1200, 70), customs.traded("2025.01", "850760", "CN", 1200, 70, **names))


@pytest.mark.parametrize("name", ["EUC-KR", "euc-kr", "CP949", "MS949", "ks_c_5601-1987", "x-windows-949"])
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.anyio
async def test_an_answer_that_declares_euc_kr_in_its_xml_is_read(customs: "Customs", name: str, quote: str) -> None:
    body = january(customs).replace(UTF8, f"encoding={quote}{name}{quote}").encode("euc-kr")
    await answered(customs, body, "application/xml")


@pytest.mark.parametrize("written", ["charset=EUC-KR", 'charset="euc-kr"', "Charset = cp949 ; q=1"])
@pytest.mark.anyio
async def test_an_answer_whose_content_type_says_euc_kr_is_read(customs: "Customs", written: str) -> None:
    bare = january(customs).replace(f" {UTF8}", "")
    await answered(customs, bare.encode("cp949"), f"application/xml; {written}")


@pytest.mark.anyio
async def test_bytes_in_euc_kr_are_read_although_everything_says_utf_8(customs: "Customs") -> None:
    await answered(customs, january(customs).encode("euc-kr"), "application/xml;charset=UTF-8")


@pytest.mark.parametrize("declared", ["EUC-KR", "UTF-8"])
@pytest.mark.anyio
async def test_bytes_in_utf_8_are_read_although_something_says_euc_kr(customs: "Customs", declared: str) -> None:
    body = january(customs).replace("UTF-8", declared).encode()
    await answered(customs, body, "application/xml;charset=EUC-KR")


@pytest.mark.anyio
async def test_bytes_of_no_encoding_are_a_change_and_not_read_in_part(customs: "Customs") -> None:
    for declared in ("UTF-8", "EUC-KR"):
        body = january(customs).replace("UTF-8", declared).encode("euc-kr")
        customs.replies.clear()
        customs.says(body.replace("중국".encode("euc-kr"), b"\xff\xfe\xc9"))
        with pytest.raises(UpstreamChanged):
            await customs.call("getNitemtradeList", **JANUARY)


@how(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=12))
def test_any_korean_name_is_the_same_in_both_encodings(customs: "Customs", name: str) -> None:
    row = customs.traded("2025.01", "850760", "CN", 1200, 70, statKor=name)
    text = customs.xml(customs.total(1200, 70), row)
    for body in (text.encode(), text.replace("UTF-8", "EUC-KR").encode("cp949"), text.encode("cp949")):
        page = read_page(Response(200, {}, body), NITEMTRADE, customs.now)
        assert page.statKor == {"850760": name}
        assert len(page.totals) == 1


# --- the gateway's words


GATEWAY = (
    '<?xml version="1.0" encoding="UTF-8"?><OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>{error}</errMsg>'
    "<returnAuthMsg>{said}</returnAuthMsg><returnReasonCode>{code}</returnReasonCode></cmmMsgHeader>"
    "</OpenAPI_ServiceResponse>"
)


async def refusal(customs: "Customs", body: bytes, status: int) -> TradestatError:
    customs.replies.clear()
    customs.says(body, status)
    with pytest.raises(TradestatError) as caught:
        await customs.call("getNitemtradeList", **JANUARY)
    return caught.value


@pytest.mark.anyio
async def test_a_refused_key_is_the_same_with_200_and_english_as_with_403_and_korean(customs: "Customs") -> None:
    older = GATEWAY.format(error="SERVICE ERROR", said="SERVICE_KEY_IS_NOT_REGISTERED_ERROR", code="30").encode()
    newer = (RECORDED / "key_not_registered.xml").read_bytes()
    in_korean = newer.replace(b'"UTF-8"', b'"EUC-KR"').decode().encode("euc-kr")
    told = [await refusal(customs, body, status) for body, status in ((older, 200), (newer, 403), (in_korean, 403))]
    for error in told:
        assert type(error) is Unauthorized
        assert "does not know the key" in error.message
        assert "DATA_GO_KR_SERVICE_KEY" in error.remedy
    assert len({(error.message, error.remedy) for error in told}) == 1


@pytest.mark.parametrize(
    ("code", "error", "said", "word"),
    [
        ("20", "SERVICE_ACCESS_DENIED_ERROR", "서비스 접근 거부", "denies this key access"),
        ("21", "TEMPORARILY_DISABLE_THE_SERVICEKEY_ERROR", "일시적으로 사용할 수 없는 서비스키", "disabled"),
        ("31", "DEADLINE_HAS_EXPIRED_ERROR", "기한 만료된 서비스키", "expired"),
        ("32", "UNREGISTERED_IP_ERROR", "등록되지 않은 IP", "network address"),
    ],
)
@pytest.mark.anyio
async def test_other_refusals_of_the_key_are_told_apart_in_both_dresses(
    customs: "Customs", code: str, error: str, said: str, word: str
) -> None:
    for text, status in ((error, 200), (said, 403)):
        found = await refusal(customs, GATEWAY.format(error=error, said=text, code=code).encode(), status)
        assert type(found) is Unauthorized
        assert word in found.message
