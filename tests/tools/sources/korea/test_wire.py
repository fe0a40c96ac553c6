"""Everything the service says, rows or instead of rows, in each of its forms: hand-written, and as recorded."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.errors import (
    QuotaExhausted,
    RateLimited,
    TradestatError,
    Unauthorized,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.sources.korea.service import ITEMTRADE, NATIONTRADE, NEWTRADE, NITEMTRADE, Operation
from tradestat_tools.sources.korea.wire.page import Page, read_page
from tradestat_tools.sources.korea.wire.rows import TOTAL, Row, Total
from tradestat_tools.upstream import Response

if TYPE_CHECKING:
    from conftest import Customs

RECORDED = Path(__file__).parent / "recorded"
NOON = datetime(2026, 10, 20, 3, 0, tzinfo=UTC)
"""In Seoul: twelve hours to midnight."""
TO_MIDNIGHT = 12 * 3600
KEY = "aB+cD/eF0123456789ghIJklMNopQRstUVwxYZaB+cD/eF0123456789ghIJklMNopQRstUVwxYZaBcDeFgHiQ=="

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

CODES: dict[str, type[TradestatError]] = {
    **dict.fromkeys(("01", "02", "04", "05", "99"), UpstreamDown),
    **dict.fromkeys(("10", "11"), UpstreamRefused),
    **dict.fromkeys(("12", "77", ""), UpstreamChanged),
    **dict.fromkeys(("20", "21", "30", "31", "32", "33"), Unauthorized),
    "22": QuotaExhausted,
}


def read(
    body: str | bytes,
    operation: Operation = NITEMTRADE,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    now: datetime = NOON,
) -> Page:
    raw = body.encode("utf-8") if isinstance(body, str) else body
    return read_page(Response(status, headers or {}, raw), operation, now)


def refused(kind: type[TradestatError], body: str | bytes, **how: Any) -> TradestatError:
    """The error that this body is; it names no key and can be acted on."""
    with pytest.raises(TradestatError) as caught:
        read(body, **how)
    error = caught.value
    assert type(error) is kind, (body, how)
    assert (error.source, bool(error.remedy)) == ("korea", True)
    assert KEY[:20] not in f"{error.as_dict()} {error!r} {error.__cause__!r}"
    return error


# --- as it was recorded


def recorded(name: str, operation: Operation, **how: Any) -> Page:
    return read((RECORDED / name).read_bytes(), operation, **how)


def test_rows_and_the_total_of_a_recorded_answer_by_item_and_country_are_kept_apart() -> None:
    figures = (539, 50463, 191224, 16733321, -16682858)
    page = recorded("getNitemtradeList.xml", NITEMTRADE)
    assert page.rows == [Row("2026.08", "CN", "8518309000", figures)]
    assert page.totals == [Total(TOTAL, figures)]
    assert (page.statCdCntnKor1, page.statKor) == ({"CN": "중국"}, {"8518309000": "기타"})


def test_a_recorded_answer_by_country_has_counts_and_no_total() -> None:
    page = recorded("getNationtradeList.xml", NATIONTRADE)
    assert page.rows == [Row("2026.01", "US", "", (196748, 12006733027, 1433422, 6762138027, 5244595000))]
    assert (page.totals, page.statCdCntnKor1) == ([], {"US": "미국"})


def test_a_recorded_answer_of_all_trade_is_read() -> None:
    page = recorded("getNewtradeList_excerpt.xml", NEWTRADE)
    assert page.rows == [Row("2026.01", "", "", (1027989, 65843936782, 4936713, 57143468789, 8700467993))]
    assert page.totals == [Total(TOTAL, (7920384, 595062835447, 34460197, 427303144350, 167759691097))]


def test_items_by_themselves_write_the_code_field_differently_in_a_recorded_answer_too() -> None:
    page = recorded("getItemtradeList_total.xml", ITEMTRADE)
    total = Total(TOTAL, (13571773579, 87583046102, 39665399024, 60742108075, 26840938027))
    assert (page.rows, page.totals) == ([], [total])


def test_a_recorded_answer_without_rows_is_no_failure() -> None:
    assert recorded("nothing.xml", NITEMTRADE) == Page([], [])


def test_recorded_refusals_are_kept_apart() -> None:
    for name, status, kind, word in (
        ("span_too_long.xml", 200, UpstreamRefused, "longer than 12 months"),
        ("key_not_registered.xml", 403, Unauthorized, "does not know the key"),
        ("json_asked_for.json", 200, UpstreamDown, "HTTP error"),
    ):
        assert word in refused(kind, (RECORDED / name).read_bytes(), status=status).message


# --- rows


def test_an_answer_is_known_by_its_body_whatever_stands_before_it(customs: "Customs") -> None:
    row = customs.traded("2016.01", "0202", "US", 150822, 93754113)
    for before in ("", "\ufeff", "\r\n  "):
        page = read(before + customs.xml(row), headers={"content-type": "text/html", "x-ratelimit-remaining": "9998"})
        assert [(one.year, one.statCd, one.hsCd) for one in page.rows] == [("2016.01", "US", "0202")]
        assert page.remaining == 9998


def test_no_item_one_and_many_are_read_alike(customs: "Customs") -> None:
    for items in ("<items/>", "<items></items>", "<items> </items>"):
        assert read(customs.xml().replace("<items/>", items)).rows == []
    for count in (1, 2, 40):
        codes = [f"85076{n:05d}" for n in range(count)]
        page = read(customs.xml(*(customs.traded("2025.01", code, "CN", 3, 2) for code in codes)))
        assert [row.hsCd for row in page.rows] == codes


def test_the_total_of_one_month_among_the_rows_is_taken_out_too(customs: "Customs") -> None:
    row, total = customs.traded("2025.01", "8507", "CN", 3, 2), customs.total(3, 2)
    page = read(customs.xml(row, total.replace(TOTAL, "2025.01"), total))
    assert [one.year for one in page.totals] == ["2025.01", TOTAL]
    assert len(page.rows) == 1


def test_figures_may_have_commas_and_blanks_and_nothing_is_not_zero(customs: "Customs") -> None:
    given = {"expWgt": "", "expDlr": "  93,754,113 ", "impWgt": "-", "impDlr": "0", "balPayments": " -93,603,291"}
    (row,) = read(customs.xml(customs.traded("2025.01", "8507", "CN", 1, 2, **given))).rows
    assert row.figures == (None, 93754113, None, 0, -93603291)


def test_a_row_that_can_not_be_read_is_refused_and_not_dropped(customs: "Customs") -> None:
    changes: list[tuple[dict[str, str], str]] = [
        ({"expDlr": "soon"}, "expDlr"),
        ({"impDlr": "1.5"}, "impDlr"),
        ({"impDlr": "9" * 5000}, "impDlr"),
        *(({"year": year}, "month") for year in ("2025", "2025.13", "")),
        ({"statCd": ""}, "statCd"),
        *(({"hsCd": code}, "HS code") for code in ("", "배터리")),
    ]
    good = customs.traded("2025.01", "8507600000", "CN", 1, 2)
    for change, word in changes:
        bad = customs.traded("2025.01", "8507600000", "CN", 1, 2, **{"balPayments": -1, **change})
        assert word in refused(UpstreamChanged, customs.xml(good, bad)).message
    for name in NITEMTRADE.measures:
        assert name in refused(UpstreamChanged, customs.xml(good.replace(f"{name}>", "renamed>"))).message


def test_pages_would_be_noticed(customs: "Customs") -> None:
    body = customs.xml(customs.traded("2025.01", "8507600000", "CN", 1, 2))
    body = body.replace("</items>", "</items><totalCount>3700</totalCount>")
    assert "3700" in refused(UpstreamChanged, body).message


# --- failures


def test_every_code_has_its_error_in_each_form_and_whatever_the_status() -> None:
    for code, kind in CODES.items():
        error = refused(kind, HEADER.format(code=code, message="알 수 없는 오류", body="<body/>"))
        assert error.transient is (kind is UpstreamDown)
        for status in (200, 401, 403, 500):
            refused(kind, GATEWAY.format(code=code, message="SERVICE ERROR", said="SOME_ERROR"), status=status)
    assert read(HEADER.format(code="03", message="NODATA_ERROR", body="")).rows == []


def test_rows_under_the_code_for_no_data_are_not_called_nothing(customs: "Customs") -> None:
    body = customs.xml(customs.traded("2025.01", "8507600000", "CN", 1, 2))
    assert "03" in refused(UpstreamChanged, body.replace("<resultCode>00", "<resultCode>03")).message


def test_each_refusal_of_the_key_says_what_to_do() -> None:
    for code, said, words in (
        ("20", "SERVICE_ACCESS_DENIED_ERROR", ["data.go.kr/data/15100475"]),
        ("20", "SERVICE_KEY_IS_NULL", ["whole key"]),
        ("21", "TEMPORARILY_DISABLE_THE_SERVICEKEY_ERROR", ["state"]),
        # not applied for looks the same as mistyped
        ("30", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR", ["15100475", "DATA_GO_KR_SERVICE_KEY"]),
        ("31", "DEADLINE_HAS_EXPIRED_ERROR", ["Extend"]),
        ("32", "UNREGISTERED_IP_ERROR", ["address"]),
        ("33", "UNSIGNED_CALL_ERROR", ["whole key"]),
    ):
        error = refused(Unauthorized, GATEWAY.format(code=code, message=said, said="SERVICE ERROR"), status=401)
        assert all(word in error.remedy for word in words)


def test_code_99_for_bad_input_says_which_input_and_is_not_sent_again() -> None:
    for message, meaning in (
        ("시작과 종료의 조회기간은 1년이내 기간만 가능합니다.", "12 months"),
        ("종료년월이 시작년월보다 크거나 같아야 합니다.", "before the first"),
        ("시작년월 형식이 맞지 않습니다.", "YYYYMM"),
        ("필수 요청변수가 누락되었습니다.", "required parameter"),
        ("존재하지 않는 국가코드입니다.", "country code"),
        ("품목코드는 2,4,6,10 자리로 입력해야 합니다.", "2, 4, 6 or 10"),
        ("품목코드 혹은 국가코드 중 1개 이상은 입력하셔야 합니다.", "neither"),
    ):
        for body in ("", "<body/>", "<body><totalCount>0</totalCount></body>"):
            error = refused(UpstreamRefused, HEADER.format(code="99", message=message, body=body))
            assert meaning in error.message
            assert not error.transient


def test_the_used_up_day_ends_at_midnight_in_seoul() -> None:
    gateway = GATEWAY.format(code="22", message="LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR", said="")
    assert refused(QuotaExhausted, gateway).retry_after == TO_MIDNIGHT
    evening = datetime(2026, 10, 20, 14, 59, 30, tzinfo=UTC)
    assert refused(QuotaExhausted, gateway, now=evening).retry_after == 30
    for body, headers in (("API token quota exceeded", {}), ("", {"x-ratelimit-remaining": "0"})):
        assert refused(QuotaExhausted, body, status=429, headers=headers).retry_after == TO_MIDNIGHT


def test_too_many_at_once_waits_as_long_as_the_service_says() -> None:
    for header, wait in (("7", 7.0), ("Tue, 20 Oct 2026 03:00:09 GMT", 9.0), ("soon", None)):
        error = refused(RateLimited, "API rate limit exceeded", status=429, headers={"retry-after": header})
        assert (error.retry_after, error.transient) == (wait, True)
        assert ("Wait a minute" if wait is None else f"Wait {wait:.0f} s") in error.remedy


def test_bare_statuses_are_kept_apart() -> None:
    for status in (401, 403):
        for body in (WEB_PAGE, "Forbidden", ""):
            assert "15100475" in refused(Unauthorized, body, status=status).remedy
    for status in (408, 500, 502, 503, 504):
        for body in (WEB_PAGE, "", "<?xml version='1.0'?><html><body>down</body></html>", "<cut"):
            error = refused(UpstreamDown, body, status=status, headers={"retry-after": "30"})
            assert (error.transient, error.retry_after) == (True, 30)
    for status, kind in ((302, UpstreamChanged), (404, UpstreamChanged), (400, UpstreamRefused)):
        refused(kind, "Unexpected errors", status=status)


def test_a_failed_status_with_rows_is_not_taken_for_an_answer(customs: "Customs") -> None:
    refused(UpstreamDown, customs.xml(customs.traded("2025.01", "8507600000", "CN", 1, 2)), status=500)


def test_a_key_that_the_service_repeats_does_not_come_through() -> None:
    refused(UpstreamDown, HEADER.format(code="99", message=f"bad key {KEY} given", body=""))
    refused(UpstreamChanged, GATEWAY.format(code="77", message=f"unknown {KEY}", said=KEY))
    refused(Unauthorized, f"denied: {KEY}", status=403)


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
        ("<?xml version='1.0' encoding='UTF-7'?><response/>", UpstreamChanged, "encoding"),
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
def test_a_body_that_is_not_an_answer_is_never_an_empty_success(
    body: str | bytes, kind: type[TradestatError], word: str
) -> None:
    assert word in refused(kind, body).message
