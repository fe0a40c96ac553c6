"""The envelope, every failure the service documents, and bodies that are none of them."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.model.errors import (
    ERRORS,
    MissingKey,
    QuotaExhausted,
    RateLimited,
    TradestatError,
    Unauthorized,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.sources.trademap.service import credits_charged
from tradestat_tools.sources.trademap.wire.envelope import read_envelope
from tradestat_tools.sources.trademap.wire.payloads import (
    parse_countries,
    parse_coverage,
    parse_groups,
    parse_indicators,
    parse_products,
    parse_series,
    parse_services,
)
from tradestat_tools.upstream.request import Response


def failure(status: int, state: str | None = None, **more: Any) -> dict[str, Any]:
    """The documented form of a failure."""
    error = {
        "status": state,
        "message": "it did not work",
        "upstream_status_code": None,
        "snippet": "<html>",
        "url": "u",
    }
    return {"error": error | {"retry_after": None} | more, "status_code": status}


@pytest.mark.anyio
async def test_the_envelope_may_be_wrapped_or_bare(parsebot: Any, payloads: Any):
    table = payloads.table([], [payloads.beef_total()])
    parsebot.gives(table)
    parsebot.says(table)

    assert (await parsebot.beef()).data == (await parsebot.beef()).data


@pytest.mark.anyio
@pytest.mark.parametrize("status", [202, 302, 401, 418, 502])
@pytest.mark.parametrize("message", ["zz", None])
async def test_a_message_ends_in_one_full_stop(parsebot: Any, status: int, message: str | None):
    parsebot.says(failure(status, None, message=message), status)

    with pytest.raises(TradestatError) as raised:
        await parsebot.beef()

    assert not raised.value.message.endswith("..")
    assert raised.value.message.endswith(".")
    assert (message is None) or "It says: 'zz'." in raised.value.message


FAILURES = [
    (400, None, UpstreamRefused, False),
    (401, None, Unauthorized, False),
    (403, None, Unauthorized, False),
    (402, None, QuotaExhausted, False),
    (404, None, UpstreamRefused, False),
    (422, "stale_input", UpstreamRefused, False),
    (429, None, RateLimited, True),
    (500, "error", UpstreamDown, True),
    (502, "upstream_error", UpstreamDown, False),
    (503, "blocked", UpstreamDown, False),
    (504, None, UpstreamDown, False),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("status", "state", "kind", "transient"), FAILURES)
async def test_each_status_becomes_its_error(
    parsebot: Any, status: int, state: str | None, kind: type[TradestatError], transient: bool
):
    parsebot.says(failure(status, state), status)

    with pytest.raises(kind) as raised:
        await parsebot.beef()

    assert type(raised.value) is kind
    assert raised.value.transient is transient
    assert raised.value.source == "trademap"
    assert "it did not work" in raised.value.message
    assert raised.value.remedy
    assert len(parsebot.sent) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body", ["", "<html><body>Bad gateway</body></html>", "[1]", '{"error": "nope"}', '{"detail": 7}']
)
@pytest.mark.parametrize("failure_of", FAILURES)
async def test_a_failure_without_the_documented_body_is_the_same_error(
    parsebot: Any, body: str, failure_of: tuple[int, str | None, type[TradestatError], bool]
):
    status, _, kind, transient = failure_of
    parsebot.says(body, status)

    with pytest.raises(kind) as raised:
        await parsebot.beef()

    assert raised.value.transient is transient


@pytest.mark.anyio
async def test_a_bad_gateway_is_never_worth_repeating_because_it_costs_a_credit(parsebot: Any):
    parsebot.says(failure(502, "upstream_error", upstream_status_code=504, retry_after=3), 502)

    with pytest.raises(UpstreamDown, match="The site answered '504'") as raised:
        await parsebot.beef()

    assert not raised.value.transient
    assert "charged" in raised.value.remedy


@pytest.mark.anyio
async def test_a_block_is_worth_repeating_only_after_the_time_it_names(parsebot: Any):
    parsebot.says(failure(503, "blocked", retry_after=12), 503)

    with pytest.raises(UpstreamDown) as raised:
        await parsebot.beef()

    assert (raised.value.retry_after, raised.value.transient) == (12, True)


@pytest.mark.anyio
async def test_the_time_to_wait_is_read_from_the_body_or_the_header(parsebot: Any):
    parsebot.says(failure(429, None, retry_after=7), 429, retry_after="9")
    parsebot.says(failure(429), 429, retry_after="9")
    parsebot.says(failure(429, None, retry_after="soon"), 429, retry_after="Tue, 20 Oct 2026 12:00:11 GMT")

    waits: list[float | None] = []
    for _ in range(3):
        with pytest.raises(RateLimited) as raised:
            await parsebot.beef()
        waits.append(raised.value.retry_after)

    assert waits == [7, 9, 11]


@pytest.mark.anyio
@pytest.mark.parametrize("more", [{"retry_after": 40_000}, {"message": "Monthly credit limit reached"}])
async def test_a_long_limit_is_quota_and_not_pace(parsebot: Any, more: dict[str, Any]):
    parsebot.says(failure(429, None, **more), 429)

    with pytest.raises(QuotaExhausted) as raised:
        await parsebot.beef()

    assert not raised.value.transient


@pytest.mark.anyio
async def test_a_failure_in_a_successful_response_is_still_a_failure(parsebot: Any):
    bodies: list[dict[str, Any]] = [
        {"error": {"status": "error", "message": "m"}},
        {"status": "error", "data": {}},
        {"status": "success"},
    ]
    for body in bodies:
        parsebot.says(body)
        with pytest.raises(UpstreamChanged):
            await parsebot.beef()


BROKEN = [
    b"",
    b"   \n",
    b"<!doctype html><html><body>Just a moment...</body></html>",
    b'{"status": "success", "data": {"records": [',
    b'{"status": "success", "data": null}',
    b'{"status": "success", "data": []}',
    b'{"status": "success", "data": {}}',
    b'{"status": "success", "data": {"records": {}, "nbPages": 1}}',
    b'{"status": "success", "data": {"records": [1], "nbPages": 1}}',
    b'{"status": "success", "data": {"records": [], "nbPages": "many"}}',
    b'{"status": "success", "data": {"records": [{"reporterCd": "784"}], "nbPages": 1}}',
    b'"text"',
    b"12",
    b"null",
    b"NaN",
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><a>&d;</a>',
]


@pytest.mark.anyio
@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
@pytest.mark.parametrize("tool", ["goods_time_series", "goods_trade_indicators", "services_time_series"])
async def test_a_body_that_is_no_table_is_a_changed_service(parsebot: Any, tool: str, body: bytes):
    parsebot.says(body)

    with pytest.raises(UpstreamChanged) as raised:
        await parsebot.call(tool, country="784")

    assert len(raised.value.message) < 500
    assert raised.value.message.isprintable()


@pytest.mark.anyio
@pytest.mark.parametrize("body", BROKEN[:5] + BROKEN[8:], ids=range(len(BROKEN) - 3))
@pytest.mark.parametrize(
    "tool", ["get_countries", "get_country_groups", "get_products_hs", "get_services_ebops", "get_coverage"]
)
async def test_a_body_that_is_no_list_is_a_changed_service(parsebot: Any, tool: str, body: bytes):
    parsebot.says(body)

    with pytest.raises(UpstreamChanged):
        await parsebot.call(tool)


@pytest.mark.anyio
@pytest.mark.parametrize("value", ["many", True, [1], {"v": 1}, 1e300, "1e999"])
async def test_a_figure_that_is_no_number_is_a_changed_service(parsebot: Any, payloads: Any, value: Any):
    parsebot.gives(payloads.table([], [payloads.record("784", "000", "020230", {2024: value})]))

    with pytest.raises(UpstreamChanged):
        await parsebot.beef()


@pytest.mark.anyio
async def test_figures_may_be_text_with_commas_and_blanks_are_missing(parsebot: Any, payloads: Any):
    cells = {2022: "713,748", 2023: " 12.5 ", 2024: " "}
    parsebot.gives(payloads.table([], [payloads.record("784", "000", "020230", cells)]))

    answer = await parsebot.beef(period_from=2022)

    assert answer.data.aggregateRecords[0].values == [713_748, 12.5, None]


@pytest.mark.anyio
async def test_codes_sent_as_numbers_get_their_zeros_back(parsebot: Any, payloads: Any):
    rows = [payloads.record("784", "076", "020230", {2024: 5}, partnerCd=76, reporterCd=784)]
    parsebot.gives(payloads.table(rows, []))

    assert (await parsebot.beef()).data.records[0].partnerCd == "076"


@pytest.mark.anyio
async def test_without_a_key_nothing_is_sent(parsebot: Any):
    parsebot.key = None

    for tool in (
        "get_countries",
        "goods_time_series",
        "services_time_series",
        "goods_trade_indicators",
        "get_coverage",
    ):
        with pytest.raises(MissingKey, match=r"needs a parse\.bot key") as raised:
            await parsebot.call(tool, **({"country": "784"} if "_t" in tool else {}))
        assert "PARSE_API_KEY" in raised.value.remedy

    assert parsebot.sent == []
    assert parsebot.catalogue_sent == []


@pytest.mark.anyio
async def test_a_key_that_the_service_repeats_does_not_reach_the_caller(parsebot: Any):
    parsebot.says(failure(401, None, message=f"the key {parsebot.key} has expired"), 401)
    parsebot.says(f"<html>{parsebot.key}</html>")

    for _ in range(2):
        with pytest.raises(TradestatError) as raised:
            await parsebot.beef()
        assert parsebot.key not in str(raised.value.as_dict())


def test_what_a_call_cost_is_read_from_its_header_on_failures_too():
    assert credits_charged(Response(200, {"x-credits-charged": "1"}, b"")) == 1
    assert credits_charged(Response(502, {"x-credits-charged": "2.5"}, b"")) == 2.5
    assert credits_charged(Response(200, {"x-credits-charged": "0"}, b"")) == 0
    assert credits_charged(Response(200, {"x-credits-remaining": "97"}, b"")) is None
    assert credits_charged(Response(200, {"x-credits-charged": "-1"}, b"")) is None
    assert credits_charged(Response(200, {"x-credits-charged": "nan"}, b"")) is None


@given(st.binary(max_size=200), st.integers(min_value=100, max_value=599), st.text(max_size=12))
def test_no_response_whatever_it_is_escapes_the_closed_set_of_errors(body: bytes, status: int, wait: str):
    response = Response(status, {"content-type": "text/html", "retry-after": wait}, body)
    try:
        read_envelope(response, datetime(2026, 10, 20, tzinfo=UTC))
    except TradestatError as error:
        assert type(error) in ERRORS


PARSERS = (
    *(parse_series, parse_indicators, parse_countries, parse_groups, parse_products, parse_services, parse_coverage),
)
MEMBERS = [
    *("records", "aggregateRecords", "nbPages", "data", "period", "value", "countryCd", "productCd", "label", "id"),
    *("reporterCd", "partnerCd", "members", "dataType", "latestPeriod", "yearly246", "quarterly", "lastPeriod"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(MEMBERS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_content_whatever_it_is_escapes_the_closed_set_of_errors(content: Any):
    for parse in PARSERS:
        with suppress(UpstreamChanged):
            parse(content)
