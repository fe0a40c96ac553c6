"""Each request line that the services' documents and recordings give finds an answer of the form they tell of."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tradestat_sandbox import CATALOGUE_ID, SANDBOX_KEYS, SCRAPER_ID, Sandbox

pytestmark = pytest.mark.anyio
SCRAPER = f"/scraper/{SCRAPER_ID}/"
KOREA = "/1220000/"
MONTH = "strtYymm=202403&endYymm=202403"

Look = Callable[[Any], object]
"""What must be true of an answer's data."""


def records(data: dict[str, Any]) -> bool:
    fields = {"nbRecords", "page", "nbRecordPerPage", "nbPages", "records", "aggregateRecords", "sources"}
    return fields <= data.keys() and bool(data["records"]) and len(data["aggregateRecords"]) == 1


# From the section on Trade Map through parse.bot: the endpoints, and their parameters as stated and as assumed there.
TRADEMAP: list[tuple[str, Look]] = [
    ("get_countries", lambda data: len(data["countries"]) == 254 and data["countries"][0]["yearly246"]),
    ("get_country_groups", lambda data: {42, 24, 6757, 6578, 7} <= {one["id"] for one in data["groups"]}),
    ("get_products_hs", lambda data: data["products"][0]["productCd"] == "ALL"),
    ("get_services_ebops", lambda data: data["services"][0]["productCd"] == "S00"),
    ("get_coverage?data_type=goods", lambda data: len(data["coverage"]) == 3),
    ("get_coverage?data_type=services", lambda data: len(data["coverage"]) == 2),
    ("goods_time_series?country=784&partner=000&product=020230&by=byCountry&page_size=25&sort_dir=desc", records),
    ("goods_time_series?country=784&product=ALL&by=byProduct&hs_level=2&trade_flow=TB&page=2", records),
    ("goods_time_series?country=344&product=ALL&by=byCountry&trade_flow=RE&period_from=2022&period_to=2023", records),
    ("goods_trade_indicators?country=784&product=020230&by=byCountry&indicators=VAL,BAL,GV5,GV2,GV5W", records),
    ("services_time_series?country=842&partner=000&service=ALL&by=byService", records),
    ("services_time_series?country=842&service=S03001001&by=byCountry&trade_flow=E&period_to=2022", records),
]


@pytest.mark.parametrize(("line", "look"), TRADEMAP, ids=[line for line, _ in TRADEMAP])
async def test_a_line_to_trade_map_is_answered_by_get_and_by_post(
    http: httpx.AsyncClient, line: str, look: Look
) -> None:
    got = await http.get(SCRAPER + line)
    endpoint, _, query = line.partition("?")
    posted = await http.post(SCRAPER + endpoint, json=dict(part.split("=") for part in query.split("&") if part))
    assert got.json() == posted.json()
    assert got.json()["status"] == "success"
    assert look(got.json()["data"])
    assert {"x-credits-charged", "x-credits-remaining"} <= got.headers.keys()


async def test_the_catalogue_entry_is_public_and_free(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    entry = (await http.get(f"/marketplace/apis/{CATALOGUE_ID}", headers={"X-API-Key": ""})).json()
    assert len(entry["endpoints"]) == 8
    for endpoint in entry["endpoints"]:
        assert {"endpoint_name", "method", "input_params", "price"} <= endpoint.keys()
        assert all({"type", "description"} == set(said) for said in endpoint["input_params"].values())
    assert sandbox.credits_charged == 0


CURRENT: list[tuple[str, Look]] = [
    ("dashboard?hsCode=850760", lambda data: {"amtYi", "yoy", "mom", "top3", "cty", "range"} <= data["metrics"].keys()),
    ("markets?hsCode=850760", lambda data: len(data["countryTable"]) == 15 and len(data["top10"]) == 10),
    ("trend?hsCode=850760", lambda data: data["monthly"][0]["ym"].startswith("2021") and data["peakMonths"]),
    *(
        (f"topProducts?sortBy={order}&limit=5", lambda data: len(data["products"]) == 5)
        for order in ("growth", "scale", "chance", "season")
    ),
    ("growth?hsCode=850760", lambda data: len(data["growth"]) == 10),
    ("priceband?hsCode=850760", lambda data: {"priceBand", "priceTrend1", "priceTrend2"} <= data.keys()),
    ("chapter?hsCode=850760", lambda data: data["chapter"]["selfH4"] == "8507"),
]
OLDER: list[tuple[str, Look]] = [
    ("dashboard?hsCode=850760", lambda data: {"regionBreakdown", "tradeBlocBreakdown"} <= data.keys()),
    ("markets?hsCode=850760&sortBy=amount&limit=20", lambda data: data["markets"][0]["countryCode"]),
    ("trend?hsCode=850760&countryCode=133", lambda data: len(data["monthlyData"]) == 12),
    ("topProducts?sortBy=marketBreadth&regionFilter=asia&limit=5&offset=5", lambda data: len(data["products"]) == 5),
    ("history?hsCode=850760&countryCode=502", lambda data: len(data["monthlyDetail"]) == 24),
]


@pytest.mark.parametrize("shape", ["current", "older"])
async def test_each_line_to_doumaotong_is_answered_in_its_shape(
    http: httpx.AsyncClient, sandbox: Sandbox, shape: str
) -> None:
    sandbox.configure(doumaotong_shape=shape)
    for line, look in CURRENT if shape == "current" else OLDER:
        response = await http.get(f"/skill/{line}")
        assert response.status_code == 200, line
        assert response.json()["code"] == (0 if shape == "current" else 200), line
        assert look(response.json()["data"]), line


async def test_errors_of_doumaotong_come_with_http_200_but_for_malformed_parameters(http: httpx.AsyncClient) -> None:
    for line, status, code in (
        ("dashboard", 200, 400),
        ("dashboard?hsCode=00000000", 200, 404),
        ("dashboard?hsCode=85-07", 400, None),
    ):
        response = await http.get(f"/skill/{line}")
        assert response.status_code == status
        assert code is None or response.json()["code"] == code


@pytest.mark.parametrize(
    ("line", "field", "form"),
    [
        (f"nitemtrade/getNitemtradeList?{MONTH}&hsSgn=85&cntyCd=US", "hsCd", r"85\d\d"),
        (f"nitemtrade/getNitemtradeList?{MONTH}&hsSgn=8507", "hsCd", r"8507\d\d"),
        (f"nitemtrade/getNitemtradeList?{MONTH}&hsSgn=850760&cntyCd=CN", "hsCd", r"850760\d{4}"),
        (f"nitemtrade/getNitemtradeList?{MONTH}&cntyCd=CN&numOfRows=1&pageNo=9", "statCd", "CN"),
        (f"Itemtrade/getItemtradeList?{MONTH}&hsSgn=850760", "hsCode", r"850760\d{4}"),
        (f"nationtrade/getNationtradeList?{MONTH}&cntyCd=US", "statCd", "US"),
        (f"Newtrade/getNewtradeList?{MONTH}", "year", r"2024\.03"),
    ],
)
@pytest.mark.parametrize("key", [SANDBOX_KEYS.korea_encoded, quote(SANDBOX_KEYS.korea, safe="")])
async def test_a_line_to_korea_customs_is_answered_with_rows_and_one_total(
    http: httpx.AsyncClient, line: str, field: str, form: str, key: str
) -> None:
    text = (await http.get(f"{KOREA}{line}&serviceKey={key}")).text
    assert "<resultCode>00</resultCode>" in text
    values = re.findall(f"<{field}>([^<]*)</{field}>", text)
    total = "총계" if field == "year" else "-"
    assert values.count(total) == 1
    assert len(values) > 1
    assert all(re.fullmatch(form, value) for value in values if value != total)


@pytest.mark.parametrize(
    "query",
    [
        "strtYymm=202301&endYymm=202401&hsSgn=8507",  # 13 months
        f"{MONTH}",  # neither a code nor a country
        f"{MONTH}&hsSgn=85076",  # a code of five digits
    ],
)
async def test_a_line_that_korea_customs_refuses_is_error_99(http: httpx.AsyncClient, query: str) -> None:
    line = f"{KOREA}nitemtrade/getNitemtradeList?{query}&serviceKey={SANDBOX_KEYS.korea_encoded}"
    response = await http.get(line)
    assert response.status_code == 200
    assert "<resultCode>99</resultCode>" in response.text


COMTRADE = [
    "/public/v1/preview/C/A/HS?reporterCode=156&period=2023&partnerCode=0&cmdCode=TOTAL&flowCode=X",
    # The two that were recorded, of a year that this world has.
    "/data/v1/get/C/A/HS?cmdCode=TOTAL&partnerCode=32%2C280%2C276&reporterCode=156&period=2023&motCode=0&partner2Code=0"
    "&customsCode=C00&includeDesc=TRUE",
    "/data/v1/get/S/A/EB?cmdCode=200&partnerCode=32%2C280%2C276&reporterCode=156&period=2022&motCode=0&partner2Code=0"
    "&customsCode=C00&includeDesc=TRUE",
    "/public/v1/previewTariffline/C/A/HS?reporterCode=156&period=2023&partnerCode=410&cmdCode=850760&flowCode=X",
    "/data/v1/getTariffline/C/M/HS?reporterCode=156&period=202301&partnerCode=410&cmdCode=850760&flowCode=X",
    "/data/v1/getLiveUpdate",
    "/public/v1/getMetadata/C/A/HS?reporterCode=156&period=2023",
]


@pytest.mark.parametrize("line", COMTRADE)
async def test_a_line_to_un_comtrade_is_answered_with_rows(http: httpx.AsyncClient, line: str) -> None:
    body = (await http.get(line)).json()
    assert list(body) == ["elapsedTime", "count", "data", "error"]
    assert body["data"]
    assert body["error"] == ""


@pytest.mark.parametrize("name", ["Reporters", "partnerAreas", "HS", "H6", "H5", "H4", "EB10", "TradeDataItems"])
async def test_a_list_of_un_comtrade_comes_without_a_key(http: httpx.AsyncClient, name: str) -> None:
    response = await http.get(
        f"/files/v1/app/reference/{name}.json", headers={"Ocp-Apim-Subscription-Key": "", "Accept-Encoding": "identity"}
    )
    assert response.status_code == 200
    assert b'"results"' in response.content
