"""doumaotong's stand-in: both shapes, units by field, resolved codes and errors with HTTP 200."""

from typing import Any

import httpx
import pytest

from tradestat_sandbox import Sandbox

pytestmark = pytest.mark.anyio
YI, MILLION = 100_000_000, 1_000_000


async def body(http: httpx.AsyncClient, endpoint: str, **query: Any) -> dict[str, Any]:
    response = await http.get(f"/skill/{endpoint}", params=query)
    assert response.status_code == 200
    return response.json()


async def data(http: httpx.AsyncClient, endpoint: str, **query: Any) -> dict[str, Any]:
    answer = await body(http, endpoint, **query)
    assert answer["code"] in (0, 200), answer
    return answer["data"]


async def test_the_same_total_in_yi_in_million_and_in_yuan(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    code = (await data(http, "dashboard", hsCode="850760"))["hsCode"]
    assert len(code) == 8
    dashboard = await data(http, "dashboard", hsCode=code)
    trend = await data(http, "trend", hsCode=code)
    markets = await data(http, "markets", hsCode=code)
    sandbox.settings.doumaotong_shape = "older"
    older = await data(http, "dashboard", hsCode=code)
    yuan = older["recent12mGlobalTotal"]
    assert isinstance(yuan, int)
    assert dashboard["metrics"]["amtYi"] * YI == pytest.approx(yuan, abs=YI / 10_000)
    newest = trend["monthly"][-12:]
    assert sum(row["v"] for row in newest) * MILLION == pytest.approx(yuan, abs=12 * MILLION / 10_000)
    top = markets["countryTable"][0]
    assert top["amt"] * MILLION / yuan * 100 == pytest.approx(top["share"], abs=0.01)
    assert trend["monthly"][0]["ym"] == "2021-01"
    assert newest[-1]["ym"] == "2026-09"


async def test_a_chapter_in_yi_agrees_with_the_countries_in_million(http: httpx.AsyncClient) -> None:
    answer = await data(http, "chapter", hsCode="64039900")
    chapter = answer["chapter"]
    rows = chapter["list"]
    assert sum(row["total"] for row in rows) == pytest.approx(chapter["chapterTotal"], abs=0.001)
    own = next(row for row in rows if row["self"])
    assert own["h4"] == chapter["selfH4"] == "6403"
    assert chapter["selfRank"] == rows.index(own) + 1
    assert chapter["headings"] == len(rows)


async def test_unit_prices_times_weight_are_the_amount(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    code = (await data(http, "priceband", hsCode="851713"))["hsCode"]
    band = (await data(http, "priceband", hsCode=code))["priceBand"]
    markets = {row["name"]: row["amt"] for row in (await data(http, "markets", hsCode=code))["countryTable"]}
    assert {row["name"]: row["amt"] for row in band["list"]}.items() <= markets.items()
    prices = [row["price"] for row in band["list"]]
    assert min(prices) < band["median"] <= max(prices)


async def test_price_bands_part_20_percent_from_the_median(http: httpx.AsyncClient) -> None:
    bands: set[str] = set()
    for code in ("851713", "850760", "870380"):
        band = (await data(http, "priceband", hsCode=code))["priceBand"]
        for row in band["list"]:
            ratio = row["price"] / band["median"]
            assert row["band"] == ("高端" if ratio > 1.2 else "性价比" if ratio < 0.8 else "中端")
            bands.add(row["band"])
    assert bands == {"高端", "中端", "性价比"}


async def test_no_unit_price_is_null(http: httpx.AsyncClient) -> None:
    answer = await data(http, "priceband", hsCode="7113")
    assert answer["priceBand"] is None
    assert answer["priceTrend1"] is None


async def test_yuan_are_the_recorded_dollars_at_the_customs_rate(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.settings.doumaotong_shape = "older"
    code = (await data(http, "dashboard", hsCode="854232"))["hsCode"]
    trend = await data(http, "trend", hsCode=code, countryCode="133")
    assert trend["countryName"] == "韩国"
    assert trend["currencyUnit"] == "人民币"
    assert len(trend["monthlyData"]) == 12
    for row in trend["monthlyData"]:
        month = (int(row["month"][:4]), int(row["month"][4:]))
        truth = sandbox.world.truth("CN", "KR", code, row["month"])
        assert row["amount"] == sandbox.world.yuan(truth.exporter_reported or 0, month)


async def test_history_has_24_months_newest_first_and_two_years(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.settings.doumaotong_shape = "older"
    code = (await data(http, "dashboard", hsCode="8703"))["hsCode"]
    history = await data(http, "history", hsCode=code, countryCode="344")
    months = [row["month"] for row in history["monthlyDetail"]]
    assert months == sorted(months, reverse=True)
    assert len(months) == 24
    assert months[0] == history["currentDataMonth"] == "202609"
    assert [row["year"] for row in history["yearlySummary"]] == [2025, 2024]
    stats = history["summaryStats"]
    assert stats["total24MonthAmount"] == sum(row["amount"] for row in history["monthlyDetail"])


async def test_the_older_shape_honours_limit_sort_and_threshold(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.settings.doumaotong_shape = "older"
    query = {"hsCode": "850760", "sortBy": "amount", "order": "asc", "minAmount": 100_000_000, "limit": 5}
    rows = (await data(http, "markets", **query))["markets"]
    amounts = [row["recent12mTotal"] for row in rows]
    assert amounts == sorted(amounts)
    assert len(amounts) == 5
    assert amounts[0] >= 100_000_000


async def test_a_heading_is_resolved_to_its_best_selling_code(http: httpx.AsyncClient) -> None:
    resolved = (await data(http, "dashboard", hsCode="8542"))["hsCode"]
    rivals = [f"{six}{end}" for six in ("854231", "854232", "854239") for end in ("00", "10", "20", "90")]
    sold: dict[str, float] = {}
    for rival in rivals:
        answer = await body(http, "dashboard", hsCode=rival)
        if answer["code"] == 0:
            sold[rival] = answer["data"]["metrics"]["amtYi"]
    assert len(sold) > 3
    assert resolved == max(sold, key=lambda code: sold[code])


@pytest.mark.parametrize("code", ["85076000", "85171300", "85171400"])
async def test_a_subheading_of_one_national_code_is_found_with_00(http: httpx.AsyncClient, code: str) -> None:
    eight = await data(http, "dashboard", hsCode=code)
    assert eight["metrics"]["amtYi"] > 0
    assert eight == await data(http, "dashboard", hsCode=code[:6])


async def test_a_code_of_hs_2017_that_is_gone_has_no_data(http: httpx.AsyncClient) -> None:
    assert (await body(http, "dashboard", hsCode="85171200"))["code"] == 404


@pytest.mark.parametrize("shape", ["current", "older"])
async def test_errors_arrive_with_http_200_except_malformed_parameters(
    http: httpx.AsyncClient, sandbox: Sandbox, shape: Any
) -> None:
    sandbox.settings.doumaotong_shape = shape
    assert (await body(http, "dashboard"))["code"] == 400
    assert (await body(http, "dashboard", hsCode="99999998"))["code"] == 404
    assert (await http.get("/skill/dashboard", params={"hsCode": "85x"})).status_code == 400
    assert (await http.get("/skill/topProducts", params={"limit": 101})).status_code == 400
    sandbox.configure(limits={"doumaotong": {"per_day": 0}})
    assert (await body(http, "dashboard", hsCode="8507"))["code"] == 503


async def test_no_exports_to_a_country_is_a_404_in_the_envelope(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.settings.doumaotong_shape = "older"
    for country in ("999", "142"):
        answer = await body(http, "trend", hsCode="850760", countryCode=country)
        assert answer == {"code": 404, "message": "该商品对此国家暂无出口记录", "data": None}


async def test_the_service_moves_between_shapes_between_two_calls(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    assert (await body(http, "dashboard", hsCode="8507"))["code"] == 0
    sandbox.settings.doumaotong_shape = "older"
    assert (await body(http, "dashboard", hsCode="8507"))["code"] == 200
    assert (await http.get("/skill/growth", params={"hsCode": "8507"})).status_code == 404
    sandbox.settings.doumaotong_shape = "current"
    assert (await http.get("/skill/history", params={"hsCode": "8507"})).status_code == 404
    sandbox.configure(doumaotong_history="code404")
    assert (await body(http, "history", hsCode="8507"))["code"] == 404
