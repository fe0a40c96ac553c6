"""Every way in which the service can fail to answer, and what a caller is told."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.model.errors import (
    ERRORS,
    NoData,
    RateLimited,
    TradestatError,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.sources.doumaotong.wire import read
from tradestat_tools.upstream import Response

if TYPE_CHECKING:
    from conftest import FakeService

pytestmark = pytest.mark.anyio

TOOLS = ["dashboard", "markets", "trend", "topProducts", "history", "growth", "priceband", "chapter"]


def question(tool: str) -> dict[str, str]:
    return (
        {}
        if tool == "topProducts"
        else {"hsCode": "85076000"} | ({"countryCode": "116"} if tool in {"trend", "history"} else {})
    )


async def failure(service: "FakeService", tool: str) -> TradestatError:
    with pytest.raises(TradestatError) as caught:
        await service.ask(tool, **question(tool))
    assert type(caught.value).kind in {error.kind for error in ERRORS}
    assert caught.value.source == "doumaotong"
    return caught.value


@pytest.mark.parametrize("tool", TOOLS)
async def test_a_missing_parameter_is_a_refusal_although_http_says_200(service: "FakeService", tool: str) -> None:
    service.says(tool, None, code=400, msg="缺少必填参数 hsCode")
    error = await failure(service, tool)
    assert isinstance(error, UpstreamRefused)
    assert "缺少必填参数 hsCode" in error.message
    assert not error.transient


@pytest.mark.parametrize("tool", TOOLS)
async def test_a_bare_http_400_is_a_refusal(service: "FakeService", tool: str) -> None:
    service.raw(tool, b"Bad Request: limit", status=400, content_type="text/plain")
    error = await failure(service, tool)
    assert isinstance(error, UpstreamRefused)
    assert "code 400" in error.message


@pytest.mark.parametrize("tool", [t for t in TOOLS if t != "history"])
async def test_404_in_the_envelope_is_no_data_and_not_zero(service: "FakeService", tool: str) -> None:
    service.says(tool, None, code=404, msg="暂无数据")
    error = await failure(service, tool)
    assert isinstance(error, NoData)
    assert "comtrade_data" in error.remedy


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("status", [200, 503])
async def test_a_service_that_is_not_ready_is_down_for_a_while(service: "FakeService", tool: str, status: int) -> None:
    body = json.dumps({"code": 503, "msg": "服务未就绪", "data": None}, ensure_ascii=False).encode()
    service.raw(tool, body, status=status, headers={"retry-after": "7"})
    error = await failure(service, tool)
    assert isinstance(error, UpstreamDown)
    assert error.transient
    assert error.retry_after == 7


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_failing_server_is_down_whatever_it_sends(service: "FakeService", status: int) -> None:
    for body in (b"", b"<html>Bad Gateway</html>", b'{"code": 0, "data": {"metrics": {"amtYi": 1}}}'):
        service.replies.clear()
        service.raw("dashboard", body, status=status, content_type="text/html")
        error = await failure(service, "dashboard")
        assert isinstance(error, UpstreamDown)
        assert error.transient


@pytest.mark.parametrize(("after", "wait"), [("30", 30.0), ("999999", 3600.0), ("soon", None), ("-1", None)])
async def test_too_many_calls_say_when_to_come_back(service: "FakeService", after: str, wait: float | None) -> None:
    service.raw("dashboard", b"", status=429, headers={"retry-after": after})
    error = await failure(service, "dashboard")
    assert isinstance(error, RateLimited)
    assert error.retry_after == wait


@pytest.mark.parametrize("status", [401, 403, 451])
async def test_a_closed_door_is_a_refusal(service: "FakeService", status: int) -> None:
    service.raw("dashboard", b"<html>blocked</html>", status=status, content_type="text/html")
    error = await failure(service, "dashboard")
    assert isinstance(error, UpstreamRefused)
    assert not error.transient


@pytest.mark.parametrize("status", [301, 302, 204])
async def test_a_redirect_or_an_empty_success_is_a_change(service: "FakeService", status: int) -> None:
    service.raw("dashboard", b"", status=status, headers={"location": "https://doumaotong.example/login"})
    assert isinstance(await failure(service, "dashboard"), UpstreamChanged)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><html><body>welcome</body></html>",
        b'{"code": 0, "msg": "ok", "data": {"metr',
        b'"ok"',
        b"[]",
        b"null",
        b"{}",
        b'{"code": 0, "msg": "ok"}',
        b'{"code": 0, "msg": "ok", "data": null}',
        b'{"code": 0, "msg": "ok", "data": "not ready"}',
        b'{"code": 0, "msg": "ok", "data": 7}',
        b'{"code": 0, "msg": "ok", "data": {}}',
        b'{"code": 0, "msg": "ok", "data": {"unknown": [1, 2]}}',
        b'{"code": 0, "msg": "ok", "data": ["a", "b"]}',
        b'{"code": 7, "msg": "?", "data": {}}',
        b'{"code": true, "msg": "?", "data": null}',
        b"\xff\xfe\x00\x01",
        '{"code": 0, "msg": "手机"}'.encode("gb18030"),
        b"[" * 100_000,
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
    ],
    ids=lambda body: repr(body[:24]),
)
async def test_an_answer_that_is_none_is_a_change_and_never_an_empty_success(
    service: "FakeService", tool: str, body: bytes
) -> None:
    service.raw(tool, body)
    error = await failure(service, tool)
    assert isinstance(error, UpstreamChanged)
    assert "expected" in error.message
    assert error.message.isprintable()
    assert len(error.message) < 400


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
async def test_a_value_of_the_wrong_kind_is_named(
    service: "FakeService", current: dict[str, Any], tool: str, path: tuple[str | int, ...], value: object
) -> None:
    place: Any = current[tool]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    service.says(tool, current[tool])
    assert isinstance(await failure(service, tool), UpstreamChanged)


async def test_not_a_number_and_infinity_are_no_figures(service: "FakeService", current: dict[str, Any]) -> None:
    for figure in (float("nan"), float("inf"), 1e300):
        current["dashboard"]["metrics"]["amtYi"] = figure
        service.replies.clear()
        service.says("dashboard", current["dashboard"])
        assert isinstance(await failure(service, "dashboard"), UpstreamChanged)


async def test_a_long_foreign_message_is_cut_and_cleaned(service: "FakeService") -> None:
    service.says("dashboard", None, code=400, msg="x" * 5000 + "\x1b[31m\n")
    error = await failure(service, "dashboard")
    assert len(error.message) < 300
    assert error.message.isprintable()


async def test_an_empty_series_is_no_data(service: "FakeService") -> None:
    empty: list[tuple[str, dict[str, Any]]] = [
        ("trend", {"hsCode": "85076000", "monthly": []}),
        ("trend", {"hsCode": "85076000", "countryCode": "116", "monthlyData": []}),
        ("history", {"hsCode": "85076000", "countryCode": "116", "monthlyDetail": []}),
        ("growth", {"hsCode": "85076000", "growth": []}),
        ("markets", {"hsCode": "85076000", "countryTable": []}),
        ("chapter", {"hsCode": "85076000", "chapter": {"chapter": "85", "list": []}}),
        ("topProducts", {"products": []}),
    ]
    for tool, data in empty:
        service.replies.clear()
        service.says(tool, data)
        assert isinstance(await failure(service, tool), NoData), tool


async def test_nothing_but_nulls_is_no_data_and_not_an_unknown_form(service: "FakeService") -> None:
    nulls: list[tuple[str, dict[str, Any]]] = [
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


async def test_a_dashboard_without_the_total_keeps_the_rest_and_says_what_is_absent(
    service: "FakeService", current: dict[str, Any], older: dict[str, Any]
) -> None:
    current["dashboard"]["metrics"]["amtYi"] = None
    older["dashboard"]["recent12mGlobalTotal"] = None
    for form, share in ((current, 39.29), (older, 44.12)):
        service.replies.clear()
        service.says("dashboard", form["dashboard"])
        answer = await service.ask("dashboard", hsCode="85076000")
        assert answer.data.recent12mGlobalTotal is None
        assert answer.data.top3ConcentrationPercent == share
        assert len(answer.data.tables()) == 3
        assert any(n.code == "absent" and "recent12mGlobalTotal" in n.text for n in answer.notes)


async def test_a_dashboard_without_metrics_keeps_continents_and_blocs(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("dashboard", {**current["dashboard"], "metrics": None})
    answer = await service.ask("dashboard", hsCode="85076000")
    assert [table.columns[0] for table in answer.data.tables()] == ["Continent", "Trade bloc (they overlap)"]
    assert any(n.code == "absent" and "top3ConcentrationPercent" in n.text for n in answer.notes)


async def test_a_history_without_months_keeps_its_sums_and_a_summary_without_a_month_its_rest(
    service: "FakeService", older: dict[str, Any]
) -> None:
    older["history"]["summaryStats"]["minMonth"] = {"month": None, "amount": None}
    service.says("history", {**older["history"], "monthlyDetail": None, "countryCode": None})
    answer = await service.ask("history", hsCode="85171200", countryCode="502")
    assert answer.data.monthlyDetail is None
    assert answer.data.countryCode == "502"
    assert answer.data.yearlySummary[0].totalAmount == 4_606_862_483
    assert answer.data.summaryStats.minMonth is None
    assert answer.data.summaryStats.maxMonth.amount == 441_207_558
    assert any(n.code == "absent" and "No months were given" in n.text for n in answer.notes)


async def test_a_chapter_without_its_list_keeps_its_total(service: "FakeService", current: dict[str, Any]) -> None:
    current["chapter"]["chapter"]["list"] = None
    service.says("chapter", current["chapter"])
    answer = await service.ask("chapter", hsCode="85076000")
    assert answer.data.chapter.chapterTotal == 6_451_237_000_000
    assert len(answer.data.tables()[0].rows) == 1
    assert any(n.code == "absent" and "list of headings was not given" in n.text for n in answer.notes)


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
    assert "each month once, found 202501 with" in error.message


async def test_a_month_that_repeats_the_same_figure_counts_once(service: "FakeService") -> None:
    service.says("trend", {"monthly": [{"ym": "2025-01", "v": 1}, {"ym": "2025-01", "v": 1.0}]})
    series = (await service.ask("trend", hsCode="85076000")).data.allDestinationsMonthly
    assert (series.periods, series.values) == (["202501"], [1_000_000])


async def test_extra_members_and_a_byte_order_mark_do_no_harm(service: "FakeService", current: dict[str, Any]) -> None:
    data = {**current["dashboard"], "tomorrow": {"new": True}}
    body = json.dumps({"code": "0", "msg": None, "data": data, "traceId": "1"}).encode("utf-8-sig")
    service.raw("dashboard", body, content_type="application/json;charset=UTF-8")
    answer = await service.ask("dashboard", hsCode="85076000")
    assert answer.data.recent12mGlobalTotal == 47_126_000_000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "code",
                    "data",
                    "msg",
                    "metrics",
                    "amtYi",
                    "region",
                    "blocs",
                    "range",
                    "monthly",
                    "ym",
                    "v",
                    "countryTable",
                    "name",
                    "amt",
                    "monthlyData",
                    "month",
                    "amount",
                    "products",
                    "hs",
                    "hsCode",
                    "list",
                    "priceBand",
                    "chapter",
                    "growth",
                    "monthlyDetail",
                    "countryCode",
                    "peakMonths",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(st.sampled_from(TOOLS), JSON, st.sampled_from([200, 200, 404, 500]), st.booleans())
def test_whatever_json_arrives_is_read_or_is_one_of_the_known_failures(
    tool: str, value: object, status: int, wrapped: bool
) -> None:
    body = json.dumps({"code": 0, "data": value} if wrapped else value).encode()
    response = Response(status, {"content-type": "application/json"}, body)
    readers: dict[str, Any] = {
        "dashboard": lambda: read.dashboard(response, asked="85076000"),
        "markets": lambda: read.markets(response, asked="85076000"),
        "trend": lambda: read.trend(response, asked="85076000", country=""),
        "topProducts": lambda: read.top_products(response),
        "history": lambda: read.history(response, asked="85076000", country="116"),
        "growth": lambda: read.growth(response, asked="85076000"),
        "priceband": lambda: read.priceband(response, asked="85076000"),
        "chapter": lambda: read.chapter(response, asked="85076000"),
    }
    try:
        readers[tool]()
    except TradestatError as error:
        assert error.remedy
