"""Everything the service says instead of rows, and what a caller is told."""

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
    from conftest import Comtrade

pytestmark = pytest.mark.anyio

WEB_PAGE = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon</body></html>"
KEY = "0123456789abcdef0123456789abcdef"


async def failing(comtrade: "Comtrade", kind: type[TradestatError], **arguments: Any) -> TradestatError:
    with pytest.raises(TradestatError) as caught:
        await comtrade.ask(**arguments)
    error = caught.value
    assert type(error) is kind
    assert error.source == "comtrade"
    assert error.remedy
    said = f"{error} {error.as_dict()}"
    assert KEY not in said
    assert "Traceback" not in said
    assert len(error.message) < 600
    return error


async def test_a_burst_limit_says_for_how_many_seconds_to_wait(comtrade: "Comtrade") -> None:
    comtrade.says('{"statusCode": 429, "message": "Rate limit is exceeded. Try again in 7 seconds."}', 429)
    error = await failing(comtrade, RateLimited)
    assert error.retry_after == 7
    assert error.transient


async def test_a_burst_limit_without_any_time_names_none(comtrade: "Comtrade") -> None:
    comtrade.says("slow down", 429)
    assert (await failing(comtrade, RateLimited)).retry_after is None


async def test_a_burst_limit_until_a_time_of_day_that_is_past_is_over(comtrade: "Comtrade") -> None:
    comtrade.says("slow down", 429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT")
    assert (await failing(comtrade, RateLimited)).retry_after == 0


@pytest.mark.parametrize(
    ("clock", "seconds"),
    [
        ("05:12:33", 5 * 3600 + 12 * 60 + 33),
        ("00:00:09", 9),
        ("23:59:59", 86399),
        ("1.02:00:00", 26 * 3600),
    ],
)
async def test_a_used_up_quota_says_when_it_is_replenished(keyed: "Comtrade", clock: str, seconds: int) -> None:
    keyed.says(
        f'{{"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in {clock}."}}', 403
    )
    error = await failing(keyed, QuotaExhausted)
    assert error.retry_after == seconds
    assert not error.transient


async def test_a_quota_without_a_clock_names_no_time(keyed: "Comtrade") -> None:
    keyed.says('{"statusCode": 403, "message": "Out of call volume quota."}', 403)
    assert (await failing(keyed, QuotaExhausted)).retry_after is None


async def test_a_key_that_the_service_repeats_is_not_passed_on(keyed: "Comtrade") -> None:
    keyed.says(f'{{"statusCode": 401, "message": "No subscription for {KEY} here."}}', 401)
    assert "No subscription for ******** here" in (await failing(keyed, Unauthorized)).message


async def test_an_error_inside_a_successful_answer_is_a_refusal(comtrade: "Comtrade") -> None:
    comtrade.says('{"elapsedTime": "0.01 secs", "count": 0, "data": null, "error": "Invalid classification code"}')
    assert "Invalid classification code" in (await failing(comtrade, UpstreamRefused)).message


async def test_a_gateway_error_that_comes_with_success_counts_by_its_own_status(comtrade: "Comtrade") -> None:
    comtrade.says('{"statusCode": 429, "message": "Rate limit is exceeded. Try again in 3 seconds."}', 200)
    assert (await failing(comtrade, RateLimited)).retry_after == 3


async def test_a_bad_request_is_a_refusal_with_the_services_words(comtrade: "Comtrade") -> None:
    comtrade.says('{"title": "One or more validation errors occurred.", "status": 400}', 400)
    assert "validation errors" in (await failing(comtrade, UpstreamRefused)).message


@pytest.mark.parametrize("words", ["zz", "zz.", "zz.."])
@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, UpstreamRefused), (401, Unauthorized), (403, Unauthorized), (500, UpstreamDown)],
)
async def test_the_services_words_end_with_one_full_stop(
    comtrade: "Comtrade", status: int, kind: type[TradestatError], words: str
) -> None:
    comtrade.says(f'{{"message": "{words}"}}', status)
    message = (await failing(comtrade, kind)).message
    assert message.endswith(": zz.")


@pytest.mark.parametrize(
    ("status", "body", "kind", "transient"),
    [
        (502, WEB_PAGE, UpstreamDown, True),
        (408, "", UpstreamDown, True),
        (302, "", UpstreamChanged, False),
        (414, WEB_PAGE, UpstreamRefused, False),
    ],
)
async def test_other_statuses_are_told_apart(
    comtrade: "Comtrade", status: int, body: str, kind: type[TradestatError], transient: bool
) -> None:
    comtrade.says(body, status)
    error = await failing(comtrade, kind)
    assert error.transient is transient
    assert "<html" not in error.message


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", UpstreamDown),
        ("  \n", UpstreamDown),
        (WEB_PAGE, UpstreamDown),
        ('{"count": 1, "data": [{"period": "20', UpstreamChanged),
        ('{"count": 1, "data": {}, "error": ""}', UpstreamChanged),
        ('{"count": 1, "data": ["row"], "error": ""}', UpstreamChanged),
        ('{"count": 3, "data": null, "error": ""}', UpstreamChanged),
        ('{"count": 3, "data": [], "error": ""}', UpstreamChanged),
        ('{"count": 0, "error": ""}', UpstreamChanged),
        ("[]", UpstreamChanged),
        ('"fine"', UpstreamChanged),
        ("null", UpstreamChanged),
        ("[" * 100_000, UpstreamChanged),
        ("\ud83d".encode("utf-16", "surrogatepass").decode("latin-1"), UpstreamChanged),
        ("not json", UpstreamChanged),
    ],
)
async def test_a_body_in_another_form_is_never_an_empty_success(
    comtrade: "Comtrade", body: str, kind: type[TradestatError]
) -> None:
    comtrade.says(body)
    await failing(comtrade, kind)


async def test_bytes_that_are_not_utf8_are_a_change(comtrade: "Comtrade") -> None:
    comtrade.says(b'{"count": 0, "data": [], "error": "\xff\xfe"}')
    await failing(comtrade, UpstreamChanged)


@pytest.mark.parametrize(
    "row",
    [
        {"primaryValue": "much", "fobvalue": None},
        {"primaryValue": "9" * 5000 + "x", "fobvalue": None},
        {"primaryValue": True, "fobvalue": None},
        {"netWgt": {"kg": 3}},
        {"period": None, "refPeriodId": 0},
        {"reporterCode": [156]},
        {"isReported": "perhaps"},
    ],
)
async def test_a_row_with_an_impossible_field_names_the_field(comtrade: "Comtrade", row: dict[str, Any]) -> None:
    comtrade.gives(comtrade.row(), comtrade.row(**row))
    assert f"data.1.{next(iter(row))}" in (await failing(comtrade, UpstreamChanged)).message


@pytest.mark.parametrize("name", ["primaryValue", "period", "reporterCode", "partnerCode", "flowCode", "cmdCode"])
async def test_a_row_without_what_makes_it_a_row_is_a_change(comtrade: "Comtrade", name: str) -> None:
    row = comtrade.row()
    del row[name]
    comtrade.gives(row)
    assert name in (await failing(comtrade, UpstreamChanged)).message


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
async def test_a_value_that_is_no_number_is_a_change(comtrade: "Comtrade", number: str) -> None:
    row = comtrade.row(primaryValue=987654321)
    comtrade.gives(row)
    status, headers, body = comtrade.replies.pop()
    comtrade.replies.append((status, headers, body.replace(b"987654321", number.encode())))
    await failing(comtrade, UpstreamChanged)


async def test_one_failing_call_of_several_fails_the_question(comtrade: "Comtrade") -> None:
    comtrade.gives(comtrade.row(period="2021"))
    comtrade.says('{"statusCode": 429, "message": "Rate limit is exceeded. Try again in 2 seconds."}', 429)
    await failing(comtrade, RateLimited, period="2021-2022")
    assert len(comtrade.sent) == 2


async def test_no_rows_are_no_data_with_the_call_that_would_tell_more(comtrade: "Comtrade") -> None:
    comtrade.gives()
    error = await failing(comtrade, NoData)
    assert "exports of China (156), partner South Korea (410), HS 850760, 2023" in error.message
    assert "not zero trade" in error.message
    assert 'cmdCode="TOTAL", partnerCode="0"' in error.remedy
    assert 'comtrade_reference(category="HS")' in error.remedy


async def test_no_rows_for_a_code_of_an_older_edition_names_its_successor(comtrade: "Comtrade") -> None:
    comtrade.gives()
    assert "851713" in (await failing(comtrade, NoData, cmdCode="851712")).remedy


async def test_no_rows_for_last_year_may_be_a_matter_of_time(comtrade: "Comtrade") -> None:
    comtrade.gives()
    assert "come late" in (await failing(comtrade, NoData, period="2025")).remedy
    assert "come late" not in (await failing(comtrade, NoData, period="2015")).remedy


async def test_no_rows_for_services_by_partner_name_both_likely_reasons(comtrade: "Comtrade") -> None:
    comtrade.gives()
    remedy = (await failing(comtrade, NoData, typeCode="S", cmdCode="4", period="2019")).remedy
    assert "EB02" in remedy
    assert "partnerCode=0" in remedy
    assert 'comtrade_reference(category="EB10")' in remedy


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (WEB_PAGE, UpstreamDown),
        ("", UpstreamDown),
        ('{"results": {"id": 1}}', UpstreamChanged),
        ('{"items": []}', UpstreamChanged),
        ('{"results": [{"name": "x"}]}', UpstreamChanged),
        ('{"results": ["x"]}', UpstreamChanged),
    ],
)
async def test_a_list_in_another_form_is_never_an_empty_list(
    comtrade: "Comtrade", body: str, kind: type[TradestatError]
) -> None:
    comtrade.says(body)
    with pytest.raises(TradestatError) as caught:
        await comtrade.call("comtrade_reference", category="flows")
    assert type(caught.value) is kind


@pytest.mark.parametrize("status", [401, 403])
async def test_a_call_without_a_key_that_is_denied_blames_no_key(comtrade: "Comtrade", status: int) -> None:
    comtrade.says('{"message": "Access denied due to missing subscription key."}', status)
    error = await failing(comtrade, Unauthorized)
    assert "no key was sent" in error.message
    assert "missing subscription key" in error.message
    assert "COMTRADE_API_KEY" not in error.message
    assert "set COMTRADE_API_KEY" in error.remedy
    assert "TRADESTAT_COMTRADE_URL" in error.remedy
    assert "unset" not in error.remedy


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_is_denied_is_named_by_its_variable(keyed: "Comtrade", status: int) -> None:
    keyed.says('{"message": "Access denied due to invalid subscription key."}', status)
    error = await failing(keyed, Unauthorized)
    assert "COMTRADE_API_KEY" in error.message
    assert "no key was sent" not in error.message


async def test_the_lists_which_are_asked_for_without_the_key_never_blame_it(keyed: "Comtrade") -> None:
    keyed.says("<html>denied</html>", 403)
    with pytest.raises(Unauthorized) as caught:
        await keyed.call("comtrade_reference", category="reporter")
    assert "no key was sent" in caught.value.message
    assert KEY not in str(keyed.sent[-1].headers)


async def test_a_used_up_quota_without_a_key_does_not_ask_to_unset_one(comtrade: "Comtrade") -> None:
    comtrade.says('{"statusCode": 403, "message": "Out of call volume quota. Replenished in 00:00:09."}', 403)
    error = await failing(comtrade, QuotaExhausted)
    assert "without a key" in error.message
    assert "unset" not in error.remedy
    assert error.retry_after == 9
