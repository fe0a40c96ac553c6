"""The envelope, every failure the service documents, and bodies that are none of them."""

import json
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
from tradestat_tools.sources.trademap.absence import blames
from tradestat_tools.sources.trademap.service import credits_charged
from tradestat_tools.sources.trademap.wire.envelope import read_envelope
from tradestat_tools.sources.trademap.wire.lists import (
    parse_countries,
    parse_coverage,
    parse_groups,
    parse_products,
    parse_services,
)
from tradestat_tools.sources.trademap.wire.payloads import parse_indicators, parse_series
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


PARSERS = (
    *(parse_series, parse_indicators, parse_countries, parse_groups, parse_products, parse_services, parse_coverage),
)
NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


def error_of(body: Any, status: int, **headers: str) -> TradestatError:
    """How an answer fails: bytes and text as they are, anything else as JSON."""
    raw = (body if isinstance(body, str) else json.dumps(body)).encode("utf-8")
    with pytest.raises(TradestatError) as raised:
        read_envelope(Response(status, headers, raw), NOW)
    return raised.value


def test_each_status_becomes_its_error_with_or_without_the_documented_body():
    for status, state, kind, transient in FAILURES:
        documented = error_of(failure(status, state), status)
        assert "it did not work" in documented.message
        assert (documented.source, bool(documented.remedy)) == ("trademap", True)
        html = "<html><body>Bad gateway</body></html>"
        for error in (
            documented,
            *(error_of(body, status) for body in ("", html, "[1]", {"error": "nope"}, {"detail": 7})),
        ):
            assert (type(error), error.transient) == (kind, transient)


@pytest.mark.parametrize("status", [202, 302, 401, 418, 502])
def test_a_message_ends_in_one_full_stop(status: int):
    for message in ("zz", None):
        text = error_of(failure(status, None, message=message), status).message
        assert text.endswith(".")
        assert not text.endswith("..")
        assert message is None or "It says: 'zz'." in text


def test_a_bad_gateway_is_never_worth_repeating_because_it_costs_a_credit():
    error = error_of(failure(502, "upstream_error", upstream_status_code=504, retry_after=3), 502)
    assert not error.transient
    assert "The site answered '504'" in error.message
    assert "charged" in error.remedy


def test_a_code_is_sought_in_the_services_words_and_not_in_the_sites_status():
    error = error_of(failure(422, "stale_input", upstream_status_code=422, message="country '410' is gone"), 422)
    assert [blames(error, code) for code in ("410", "422")] == [True, False], "422 is Lebanon too"


def test_a_block_is_worth_repeating_only_after_the_time_it_names():
    error = error_of(failure(503, "blocked", retry_after=12), 503)
    assert (error.retry_after, error.transient) == (12, True)


def test_the_time_to_wait_is_read_from_the_body_or_the_header():
    date = {"retry-after": "Tue, 20 Oct 2026 12:00:11 GMT"}
    assert error_of(failure(429, None, retry_after=7), 429, **{"retry-after": "9"}).retry_after == 7
    assert error_of(failure(429), 429, **{"retry-after": "9"}).retry_after == 9
    assert error_of(failure(429, None, retry_after="soon"), 429, **date).retry_after == 11


@pytest.mark.parametrize("more", [{"retry_after": 40_000}, {"message": "Monthly credit limit reached"}])
def test_a_long_limit_is_quota_and_not_pace(more: dict[str, Any]):
    error = error_of(failure(429, None, **more), 429)
    assert (type(error), error.transient) == (QuotaExhausted, False)


def test_a_failure_in_a_successful_response_is_still_a_failure():
    bodies: list[dict[str, Any]] = [
        {"error": {"status": "error", "message": "m"}},
        {"status": "error", "data": {}},
        {"status": "success"},
    ]
    for body in bodies:
        assert type(error_of(body, 200)) is UpstreamChanged
    assert type(error_of(failure(401), 200)) is Unauthorized, "by the status that the body repeats"


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


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_a_body_that_is_no_table_and_no_list_is_a_changed_service(body: bytes):
    for parse in PARSERS:
        with pytest.raises(UpstreamChanged) as raised:
            parse(read_envelope(Response(200, {}, body), NOW))
        assert len(raised.value.message) < 500
        assert raised.value.message.isprintable()


@pytest.mark.parametrize("value", ["many", True, [1], {"v": 1}, 1e300, "1e999"])
def test_a_figure_that_is_no_number_is_a_changed_service(payloads: Any, value: Any):
    with pytest.raises(UpstreamChanged):
        parse_series(payloads.table([], [payloads.record("784", "000", "020230", {2024: value})]))


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
        read_envelope(response, NOW)
    except TradestatError as error:
        assert type(error) in ERRORS


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
