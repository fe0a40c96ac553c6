"""Everything the service says instead of rows, in each of its dresses, and what a caller is told."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.errors import (
    NoData,
    QuotaExhausted,
    RateLimited,
    TradestatError,
    Unauthorized,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)

if TYPE_CHECKING:
    from conftest import Customs

pytestmark = pytest.mark.anyio

HEADER = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><response><header><resultCode>{code}</resultCode>'
    "<resultMsg>{message}</resultMsg></header>{body}</response>"
)
GATEWAY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OpenAPI_ServiceResponse>\n<cmmMsgHeader>\n  <errMsg>{message}</errMsg>\n'
    "  <returnAuthMsg>{said}</returnAuthMsg>\n  <returnReasonCode>{code}</returnReasonCode>\n</cmmMsgHeader>\n"
    "</OpenAPI_ServiceResponse>\n"
)
WEB_PAGE = "<!DOCTYPE html><html><head><title>점검</title></head><body>Service Unavailable<br></body></html>"
# 20 October 2026, noon in Seoul: twelve hours to midnight.
TO_MIDNIGHT = 12 * 3600

CODES: dict[str, type[TradestatError]] = {
    "01": UpstreamDown,
    "02": UpstreamDown,
    "03": NoData,
    "04": UpstreamDown,
    "05": UpstreamDown,
    "10": UpstreamRefused,
    "11": UpstreamRefused,
    "12": UpstreamChanged,
    "20": Unauthorized,
    "21": Unauthorized,
    "22": QuotaExhausted,
    "30": Unauthorized,
    "31": Unauthorized,
    "32": Unauthorized,
    "33": Unauthorized,
    "99": UpstreamDown,
    "77": UpstreamChanged,
}


async def failing(customs: "Customs", kind: type[TradestatError]) -> TradestatError:
    with pytest.raises(TradestatError) as caught:
        await customs.call("getNitemtradeList", strtYymm="202501", endYymm="202501", hsSgn="850760", cntyCd="CN")
    error = caught.value
    assert type(error) is kind
    assert error.source == "korea"
    assert error.remedy
    assert len(customs.sent) == 1
    everything = f"{error.as_dict()} {error!r} {error.__cause__!r}"
    assert "serviceKey" not in everything
    assert "aB+cD" not in everything
    assert "Traceback" not in everything
    return error


@pytest.mark.parametrize("code", CODES)
async def test_every_code_of_the_service_has_its_error(customs: "Customs", code: str) -> None:
    customs.says(HEADER.format(code=code, message="알 수 없는 오류", body="<body/>"))
    error = await failing(customs, CODES[code])
    assert error.transient is (CODES[code] is UpstreamDown)


@pytest.mark.parametrize("status", [200, 401, 403, 500])
@pytest.mark.parametrize("code", [code for code in CODES if code != "03"])
async def test_every_code_of_the_gateway_has_the_same_error_whatever_the_status(
    customs: "Customs", code: str, status: int
) -> None:
    customs.says(GATEWAY.format(code=code, message="SERVICE ERROR", said="SOME_ERROR"), status)
    await failing(customs, CODES[code])


async def test_the_older_documented_gateway_answer_is_read(customs: "Customs") -> None:
    customs.says(
        "<OpenAPI_ServiceResponse><cmmMsgHeader><returnReasonCode>30</returnReasonCode><returnAuthMsg>"
        "SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg></cmmMsgHeader></OpenAPI_ServiceResponse>"
    )
    error = await failing(customs, Unauthorized)
    assert "15100475" in error.remedy  # not applied for looks the same as mistyped
    assert "DATA_GO_KR_SERVICE_KEY" in error.remedy


async def test_the_gateway_answers_in_json_at_times(customs: "Customs") -> None:
    body = (
        '{"OpenAPI_ServiceResponse": {"cmmMsgHeader": {"errMsg": "HTTP_ERROR", "returnAuthMsg": "HTTP 에러", '
        '"returnReasonCode": "04"}}}'
    )
    customs.says(body, content_type="application/json")
    await failing(customs, UpstreamDown)


@pytest.mark.parametrize(
    ("code", "said", "word"),
    [
        ("20", "SERVICE_ACCESS_DENIED_ERROR", "data.go.kr/data/15100475"),
        ("20", "SERVICE_KEY_IS_NULL", "whole key"),
        ("21", "TEMPORARILY_DISABLE_THE_SERVICEKEY_ERROR", "state"),
        ("31", "DEADLINE_HAS_EXPIRED_ERROR", "Extend"),
        ("32", "UNREGISTERED_IP_ERROR", "address"),
        ("33", "UNSIGNED_CALL_ERROR", "whole key"),
    ],
)
async def test_each_refusal_of_the_key_says_what_to_do(customs: "Customs", code: str, said: str, word: str) -> None:
    customs.says(GATEWAY.format(code=code, message=said, said="SERVICE ERROR"), 401)
    assert word in (await failing(customs, Unauthorized)).remedy


@pytest.mark.parametrize(
    ("message", "meaning"),
    [
        ("시작과 종료의 조회기간은 1년이내 기간만 가능합니다.", "12 months"),
        ("종료년월이 시작년월보다 크거나 같아야 합니다.", "before the first"),
        ("시작년월 형식이 맞지 않습니다.", "YYYYMM"),
        ("필수 요청변수가 누락되었습니다.", "required parameter"),
        ("존재하지 않는 국가코드입니다.", "country code"),
        ("품목코드는 2,4,6,10 자리로 입력해야 합니다.", "2, 4, 6 or 10"),
        ("품목코드 혹은 국가코드 중 1개 이상은 입력하셔야 합니다.", "neither"),
    ],
)
@pytest.mark.parametrize("body", ["", "<body/>", "<body><totalCount>0</totalCount></body>"])
async def test_code_99_for_bad_input_says_which_input_and_is_not_sent_again(
    customs: "Customs", message: str, meaning: str, body: str
) -> None:
    customs.says(HEADER.format(code="99", message=message, body=body))
    error = await failing(customs, UpstreamRefused)
    assert meaning in error.message
    assert not error.transient


@pytest.mark.parametrize("noon", [True, False])
async def test_the_used_up_day_ends_at_midnight_in_seoul(customs: "Customs", noon: bool) -> None:
    if not noon:
        customs.now = datetime(2026, 10, 20, 14, 59, 30, tzinfo=UTC)
    customs.says(GATEWAY.format(code="22", message="LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR", said=""))
    assert (await failing(customs, QuotaExhausted)).retry_after == (TO_MIDNIGHT if noon else 30)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("body", [WEB_PAGE, "Forbidden", ""])
async def test_a_bare_refusal_is_about_the_key(customs: "Customs", status: int, body: str) -> None:
    customs.says(body, status, content_type="text/html")
    assert "15100475" in (await failing(customs, Unauthorized)).remedy


@pytest.mark.parametrize(
    ("header", "wait"), [("7", 7.0), ("Tue, 20 Oct 2026 03:00:09 GMT", 9.0), ("soon", None), (None, None)]
)
async def test_too_many_at_once_waits_as_long_as_it_is_told(
    customs: "Customs", header: str | None, wait: float | None
) -> None:
    customs.says("API rate limit exceeded", 429, **({"retry_after": header} if header else {}))
    error = await failing(customs, RateLimited)
    assert error.retry_after == wait
    assert error.transient


@pytest.mark.parametrize(("body", "headers"), [("API token quota exceeded", {}), ("", {"x_ratelimit_remaining": "0"})])
async def test_a_429_that_means_the_day_waits_for_midnight(
    customs: "Customs", body: str, headers: dict[str, str]
) -> None:
    customs.says(body, 429, **headers)
    assert (await failing(customs, QuotaExhausted)).retry_after == TO_MIDNIGHT


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize("body", [WEB_PAGE, "", "<?xml version='1.0'?><html><body>down</body></html>", "<cut"])
async def test_a_failing_service_is_down(customs: "Customs", status: int, body: str) -> None:
    customs.says(body, status, retry_after="30")
    error = await failing(customs, UpstreamDown)
    assert error.transient
    assert error.retry_after == 30


@pytest.mark.parametrize(("status", "kind"), [(302, UpstreamChanged), (404, UpstreamChanged), (400, UpstreamRefused)])
async def test_other_statuses_are_told_apart(customs: "Customs", status: int, kind: type[TradestatError]) -> None:
    customs.says("Unexpected errors", status)
    await failing(customs, kind)


async def test_a_failed_status_with_rows_is_not_taken_for_an_answer(customs: "Customs") -> None:
    customs.says(customs.xml(customs.traded("2025.01", "8507600000", "CN", 1, 2)), 500)
    await failing(customs, UpstreamDown)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE response [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {n} "{f"&{m};" * 10}">' for m, n in zip("bcdefghij", "abcdefghi", strict=True))
    + "]><response><header><resultCode>00</resultCode></header><body><items><item><year>&j;</year></item></items>"
    "</body></response>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE response [<!ENTITY x SYSTEM "file:///etc/hostname">]><response><header>'
    "<resultCode>00</resultCode></header><body><items><item><year>&x;</year></item></items></body></response>"
)


@pytest.mark.parametrize(
    ("body", "kind", "word"),
    [
        (BOMB, UpstreamChanged, "safe"),
        (OUTSIDE, UpstreamChanged, "safe"),
        ("", UpstreamDown, "empty"),
        (" \n", UpstreamDown, "empty"),
        (WEB_PAGE, UpstreamDown, "web page"),
        ("<html><body>점검 중", UpstreamDown, "web page"),
        ("<?xml version='1.0' encoding='UTF-8'?><response><header><resultCode>00</res", UpstreamDown, "breaks off"),
        ("<response><header><resultCode>00</resultCode>", UpstreamDown, "breaks off"),
        ("<?xml version='1.0'?>", UpstreamDown, "breaks off"),
        ("<response></wrong>", UpstreamChanged, "well-formed"),
        ("<response/>", UpstreamChanged, "root element"),
        ("<other><a>1</a></other>", UpstreamChanged, "other"),
        ("<a>" * 50_000 + "</a>" * 50_000, UpstreamChanged, "root element"),
        ("<?xml version='1.0' encoding='EUC-KR'?><response/>", UpstreamChanged, "encoding"),
        ("<?xml version='1.0' encoding='nonsense'?><response/>", UpstreamChanged, "XML"),
        (b"\xff\xfe\x00\x01", UpstreamChanged, "not XML"),
        (b"\x89PNG\r\n\x1a\n", UpstreamChanged, "not XML"),
        ("[1, 2]", UpstreamChanged, "not XML"),
        ('{"response": ', UpstreamChanged, "JSON"),
        ('{"rows": []}', UpstreamChanged, "rows"),
        ("OK", UpstreamChanged, "not XML"),
        ("<response><body><items/></body></response>", UpstreamChanged, "code"),
        (HEADER.format(code="00", message="OK", body=""), UpstreamChanged, "items"),
        (HEADER.format(code="00", message="OK", body="<body/>"), UpstreamChanged, "items"),
    ],
)
async def test_a_body_that_is_not_an_answer_is_never_an_empty_success(
    customs: "Customs", body: str | bytes, kind: type[TradestatError], word: str
) -> None:
    customs.says(body)
    assert word in (await failing(customs, kind)).message


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"expDlr": "soon"}, "expDlr"),
        ({"impWgt": "1.5"}, "impWgt"),
        ({"expWgt": "9" * 5000}, "expWgt"),
        ({"year": "2025"}, "month"),
        ({"year": "2025.13"}, "month"),
        ({"year": ""}, "month"),
        ({"statCd": ""}, "statCd"),
        ({"hsCd": ""}, "HS code"),
        ({"hsCd": "배터리"}, "HS code"),
    ],
)
async def test_a_row_that_can_not_be_read_is_told_and_not_dropped(
    customs: "Customs", change: dict[str, Any], word: str
) -> None:
    row = customs.traded("2025.01", "8507600000", "CN", 1, 2, **{"balPayments": -1, **change})
    customs.gives(customs.traded("2025.01", "8507600000", "CN", 1, 2), row)
    assert word in (await failing(customs, UpstreamChanged)).message


@pytest.mark.parametrize("name", ["expWgt", "expDlr", "impWgt", "impDlr", "balPayments"])
async def test_a_row_without_a_field_is_a_changed_service(customs: "Customs", name: str) -> None:
    row = customs.traded("2025.01", "8507600000", "CN", 1, 2).replace(f"{name}>", "renamed>")
    customs.gives(row)
    assert name in (await failing(customs, UpstreamChanged)).message


async def test_pages_would_be_noticed(customs: "Customs") -> None:
    row = customs.traded("2025.01", "8507600000", "CN", 1, 2)
    customs.says(customs.xml(row).replace("</items>", "</items><totalCount>3700</totalCount>"))
    assert "3700" in (await failing(customs, UpstreamChanged)).message


@pytest.mark.parametrize(
    ("row", "parameter"),
    [
        (("2025.02", "8507600000", "CN"), "strtYymm"),
        (("2025.01", "8507100000", "CN"), "hsSgn"),
        (("2025.01", "8507600000", "US"), "cntyCd"),
    ],
)
async def test_rows_that_were_not_asked_for_are_refused(
    customs: "Customs", row: tuple[str, str, str], parameter: str
) -> None:
    customs.gives(customs.traded("2025.01", "8507600000", "CN", 1, 2), customs.traded(*row, 1, 2))
    assert parameter in (await failing(customs, UpstreamChanged)).message


async def test_codes_of_two_levels_side_by_side_are_refused(customs: "Customs") -> None:
    rows = [customs.traded("2025.01", code, "CN", 1, 2) for code in ("850760", "8507600000")]
    customs.gives(*rows)
    assert "6 and 10 digits" in (await failing(customs, UpstreamChanged)).message


async def test_a_total_without_rows_is_not_an_empty_answer(customs: "Customs") -> None:
    customs.gives(customs.total(10, 20))
    assert "total" in (await failing(customs, UpstreamChanged)).message


@pytest.mark.parametrize("dress", ["header", "gateway", "text"])
async def test_a_key_that_the_service_repeats_does_not_come_through(customs: "Customs", dress: str) -> None:
    key = customs.key or ""
    if dress == "header":
        customs.says(HEADER.format(code="99", message=f"bad key {key} given", body=""))
    elif dress == "gateway":
        customs.says(GATEWAY.format(code="77", message=f"unknown {key}", said=key))
    else:
        customs.says(f"denied: {key}", 403)
    with pytest.raises(TradestatError) as caught:
        await customs.call("getNitemtradeList", strtYymm="202501", endYymm="202501", hsSgn="850760", cntyCd="CN")
    assert key[:20] not in str(caught.value.as_dict())
