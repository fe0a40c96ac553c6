"""Every way in which the service can fail to answer, and what a caller learns of it."""

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradestat_tools.model.errors import (
    NoData,
    RateLimited,
    TradestatError,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.sources.doumaotong.wire import current as current_form
from tradestat_tools.sources.doumaotong.wire import read
from tradestat_tools.upstream import Response

if TYPE_CHECKING:
    from conftest import FakeService

READERS: dict[str, Callable[[Response], object]] = {
    "dashboard": partial(read.dashboard, asked="85076000"),
    "markets": partial(read.markets, asked="85076000"),
    "trend": partial(read.trend, asked="85076000", country="116"),
    "topProducts": read.top_products,
    "history": partial(read.history, asked="85076000", country="116"),
    "growth": partial(read.newer, name="growth", asked="85076000", read=current_form.growth),
    "priceband": partial(read.newer, name="priceband", asked="85076000", read=current_form.priceband),
    "chapter": partial(read.newer, name="chapter", asked="85076000", read=current_form.chapter),
}
"""How the answer of each endpoint is read."""


def refusal(tool: str, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> TradestatError:
    """What a reader makes of a failure; that of the ranking hands a refusal back instead of raising it."""
    response = Response(status, {"content-type": "application/json", **(headers or {})}, body)
    try:
        found = READERS[tool](response)
    except TradestatError as error:
        found = error
    assert isinstance(found, TradestatError), tool
    assert found.source == "doumaotong"
    return found


async def failure(service: "FakeService", tool: str) -> TradestatError:
    """What a tool makes of what the service says."""
    country = {"countryCode": "116"} if tool in {"trend", "history"} else {}
    with pytest.raises(TradestatError) as caught:
        await service.ask(tool, **({} if tool == "topProducts" else {"hsCode": "85076000", **country}))
    return caught.value


def answer(data: object) -> bytes:
    return json.dumps({"code": 0, "msg": "ok", "data": data}).encode()


def said(code: int, msg: str) -> bytes:
    return json.dumps({"code": code, "msg": msg, "data": None}, ensure_ascii=False).encode()


@pytest.mark.anyio
@pytest.mark.parametrize("tool", READERS)
def test_failures_differ_by_the_code_in_the_body_although_http_says_200(tool: str) -> None:
    missing = refusal(tool, said(400, "缺少必填参数 hsCode"))
    assert isinstance(missing, UpstreamRefused)
    assert "缺少必填参数 hsCode" in missing.message
    assert isinstance(refusal(tool, b"Bad Request: limit", status=400), UpstreamRefused)
    for status in (200, 503):
        down = refusal(tool, said(503, "服务未就绪"), status, {"retry-after": "7"})
        assert isinstance(down, UpstreamDown)
        assert (down.transient, down.retry_after) == (True, 7)
    if tool != "history":  # there it is taken to mean that the endpoint is gone
        assert isinstance(refusal(tool, said(404, "暂无数据")), NoData)


def test_failures_without_an_envelope_differ_by_their_status() -> None:
    for status, body, kind in [
        *((status, b"", UpstreamDown) for status in (408, 500, 502, 504)),
        (500, b'{"code": 0, "data": {"metrics": {"amtYi": 1}}}', UpstreamDown),
        (502, b"<html>Bad Gateway</html>", UpstreamDown), (429, b"", RateLimited),
        *((status, b"<html>blocked</html>", UpstreamRefused) for status in (401, 402, 403, 451)),
        *((status, b"", UpstreamChanged) for status in (204, 301, 302, 404, 410)),
    ]:  # fmt: skip
        error = refusal("dashboard", body, status, {"retry-after": "30"})
        assert isinstance(error, kind)
        assert error.transient == issubclass(kind, UpstreamDown | RateLimited)
        assert getattr(error, "retry_after", None) == (30 if error.transient else None)


def test_an_answer_that_is_none_is_a_change_and_never_an_empty_success() -> None:
    for body in [
        b"", b"<!doctype html><html><body>welcome</body></html>", b'{"code": 0, "msg": "ok", "data": {"metr', b'"ok"',
        b"[]", b"null", b"{}", b'{"code": 0, "msg": "ok"}', b'{"code": 0, "msg": "ok", "data": null}',
        b'{"code": 0, "msg": "ok", "data": "not ready"}', b'{"code": 0, "msg": "ok", "data": 7}',
        b'{"code": 0, "msg": "ok", "data": {}}', b'{"code": 0, "msg": "ok", "data": {"unknown": [1, 2]}}',
        b'{"code": 0, "msg": "ok", "data": ["a", "b"]}', b'{"code": 7, "msg": "?", "data": {}}',
        b'{"code": true, "msg": "?", "data": null}', b"\xff\xfe\x00\x01",
        '{"code": 0, "msg": "手机"}'.encode("gb18030"), b"[" * 100_000,
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
    ]:  # fmt: skip
        for tool in READERS:
            error = refusal(tool, body)
            assert isinstance(error, UpstreamChanged)
            assert "expected" in error.message
            assert error.message.isprintable()
            assert len(error.message) < 400


def test_a_long_foreign_message_is_cut_and_cleaned() -> None:
    error = refusal("dashboard", said(400, "x" * 5000 + "\x1b[31m\n"))
    assert len(error.message) < 300
    assert error.message.isprintable()


@pytest.mark.parametrize(
    ("tool", "path", "value"),
    [
        ("dashboard", ("metrics", "amtYi"), "a lot"),
        ("dashboard", ("metrics", "amtYi"), True),
        ("dashboard", ("metrics", "amtYi"), {"v": 1}),
        ("dashboard", ("metrics", "cty"), 12.5),
        ("dashboard", ("metrics", "peakMonths"), [13]),
        ("dashboard", ("metrics", "peakMonths"), {"a": 1}),
        ("dashboard", ("metrics",), [1]),
        ("dashboard", ("blocs",), "several"),
        ("dashboard", ("region",), 5),
        ("dashboard", ("productName",), {"zh": "x"}),
        ("markets", ("countryTable",), {"a": 1}),
        ("markets", ("countryTable", 0), "美国"),
        ("markets", ("countryTable", 0, "amt"), "1 234 x"),
        ("markets", ("countryTable", 0, "name"), None),
        ("trend", ("monthly", 0, "ym"), "spring"),
        ("trend", ("monthly", 0, "ym"), None),
        ("trend", ("monthly", 0, "ym"), 2021),
        ("growth", ("growth",), 5),
        ("priceband", ("priceBand",), [1]),
        ("priceband", ("priceBand", "list", 0, "price"), "cheap"),
        ("chapter", ("chapter",), "85"),
        ("chapter", ("chapter", "list", 0, "h4"), None),
        ("topProducts", ("products",), "several"),
        ("topProducts", ("products", 0, "amt"), []),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(
    current: dict[str, Any], tool: str, path: tuple[str | int, ...], value: object
) -> None:
    place: Any = current[tool]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert isinstance(refusal(tool, answer(current[tool])), UpstreamChanged)


def test_not_a_number_and_infinity_are_no_figures(current: dict[str, Any]) -> None:
    for figure in (float("nan"), float("inf"), 1e300):
        current["dashboard"]["metrics"]["amtYi"] = figure
        assert isinstance(refusal("dashboard", answer(current["dashboard"])), UpstreamChanged)


@pytest.mark.anyio
async def test_nothing_but_nulls_is_no_data_and_not_an_unknown_form(service: "FakeService") -> None:
    nulls: list[tuple[str, dict[str, Any]]] = [
        ("trend", {"hsCode": "85076000", "monthly": []}),
        ("trend", {"hsCode": "85076000", "countryCode": "116", "monthlyData": []}),
        ("history", {"hsCode": "85076000", "countryCode": "116", "monthlyDetail": []}),
        ("growth", {"hsCode": "85076000", "growth": []}),
        ("markets", {"hsCode": "85076000", "countryTable": []}),
        ("topProducts", {"products": []}),
        ("dashboard", {"hsCode": "85076000", "metrics": None, "region": None, "blocs": None}),
        ("dashboard", {"hsCode": "85076000", "metrics": {"amtYi": None}}),
        ("dashboard", {"hsCode": "85076000", "recent12mGlobalTotal": None}),
        ("markets", {"hsCode": "85076000", "countryTable": None, "top10": None}),
        ("markets", {"markets": None}),
        ("trend", {"hsCode": "85076000", "monthly": None}),
        ("trend", {"hsCode": "85076000", "countryCode": "116", "monthlyData": None}),
        ("history", {"hsCode": "85076000", "countryCode": None, "monthlyDetail": None}),
        ("growth", {"hsCode": "85076000", "growth": None}),
        ("chapter", {"hsCode": "85076000", "chapter": None}),
        ("chapter", {"hsCode": "85076000", "chapter": {"chapter": "85", "list": None}}),
        ("topProducts", {"products": None}),
    ]
    for tool, data in nulls:
        service.replies.clear()
        service.says(tool, data)
        assert isinstance(await failure(service, tool), NoData), (tool, data)


@pytest.mark.anyio
async def test_a_dashboard_without_the_total_keeps_the_rest_and_says_what_is_absent(
    service: "FakeService", current: dict[str, Any], older: dict[str, Any]
) -> None:
    current["dashboard"]["metrics"]["amtYi"] = None
    older["dashboard"]["recent12mGlobalTotal"] = None
    for form, code, share in ((current, "85076000", 39.29), (older, "85171200", 44.12)):
        service.replies.clear()
        service.says("dashboard", form["dashboard"])
        found = await service.ask("dashboard", hsCode=code)
        assert found.data.recent12mGlobalTotal is None
        assert found.data.top3ConcentrationPercent == share
        assert len(found.data.tables()) == 3
        assert any(n.code == "absent" and "recent12mGlobalTotal" in n.text for n in found.notes)


@pytest.mark.anyio
async def test_a_dashboard_without_metrics_keeps_continents_and_blocs(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("dashboard", {**current["dashboard"], "metrics": None})
    found = await service.ask("dashboard", hsCode="85076000")
    assert [table.columns[0] for table in found.data.tables()] == ["Continent", "Trade bloc (they overlap)"]
    assert any(n.code == "absent" and "top3ConcentrationPercent" in n.text for n in found.notes)


@pytest.mark.anyio
async def test_a_history_without_months_keeps_its_sums_and_a_summary_without_a_month_its_rest(
    service: "FakeService", older: dict[str, Any]
) -> None:
    older["history"]["summaryStats"]["minMonth"] = {"month": None, "amount": None}
    service.says("history", {**older["history"], "monthlyDetail": None, "countryCode": None})
    found = await service.ask("history", hsCode="85171200", countryCode="502")
    assert found.data.monthlyDetail is None
    assert found.data.countryCode == "502"
    assert found.data.yearlySummary[0].totalAmount == 4_606_862_483
    assert found.data.summaryStats.minMonth is None
    assert found.data.summaryStats.maxMonth.amount == 441_207_558
    assert any(n.code == "absent" and "No months were given" in n.text for n in found.notes)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("tool", "data"),
    [
        ("trend", {"monthly": [{"ym": "2025-01", "v": 1}, {"ym": "202501", "v": 2}]}),
        ("trend", {"monthly": [{"ym": "2025-01", "v": 1}, {"ym": "2025-01", "v": None}]}),
        ("trend", {"monthlyData": [{"month": "202501", "amount": 1}, {"month": "202501", "amount": 2}]}),
        ("priceband", {"priceTrend1": {"data": [{"ym": "2025-01", "v": 1}, {"ym": "2025-01", "v": 2}]}}),
        (
            "history",
            {
                "countryCode": "116",
                "monthlyDetail": [{"month": "202501", "amount": 1}, {"month": "202501", "amount": 2}],
            },
        ),
    ],
)
async def test_a_month_with_two_figures_is_a_change_and_not_the_last_one(
    service: "FakeService", tool: str, data: dict[str, Any]
) -> None:
    service.says(tool, data)
    error = await failure(service, tool)
    assert isinstance(error, UpstreamChanged)
    assert "each month once, found 2025-01 with" in error.message


@pytest.mark.anyio
async def test_a_month_that_repeats_the_same_figure_counts_once(service: "FakeService") -> None:
    service.says("trend", {"monthly": [{"ym": "2025-01", "v": 1}, {"ym": "2025-01", "v": 1.0}]})
    data = (await service.ask("trend", hsCode="85076000")).structured()["data"]
    assert data["allDestinationsMonthly"] == {"periods": ["202501"], "values": [1_000_000]}


@pytest.mark.anyio
async def test_extra_members_and_a_byte_order_mark_do_no_harm(service: "FakeService", current: dict[str, Any]) -> None:
    data = {**current["dashboard"], "tomorrow": {"new": True}}
    body = json.dumps({"code": "0", "msg": None, "data": data, "traceId": "1"}).encode("utf-8-sig")
    service.raw("dashboard", body, content_type="application/json;charset=UTF-8")
    found = await service.ask("dashboard", hsCode="85076000")
    assert found.data.recent12mGlobalTotal == 47_126_000_000


NAMES = """code data msg metrics amtYi region blocs range monthly ym v countryTable name amt monthlyData month
amount products hs hsCode list priceBand chapter growth monthlyDetail countryCode peakMonths"""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=5),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(READERS)), JSON, st.sampled_from([200, 200, 404, 500]), st.booleans())
def test_whatever_json_arrives_is_read_or_is_one_of_the_known_failures(
    tool: str, value: object, status: int, wrapped: bool
) -> None:
    body = json.dumps({"code": 0, "data": value} if wrapped else value).encode()
    try:
        READERS[tool](Response(status, {"content-type": "application/json"}, body))
    except TradestatError as error:
        assert error.remedy
