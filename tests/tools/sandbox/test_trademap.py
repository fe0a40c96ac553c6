"""Trade Map's stand-in: envelope, credits, aggregates, rounding, paging and the table of failures."""

import json
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from tradestat_sandbox import CATALOGUE_ID, SCRAPER_ID, Sandbox

pytestmark = pytest.mark.anyio
BASE = f"/scraper/{SCRAPER_ID}/"
GOODS = {"country": "410", "partner": "000", "product": "8507", "by": "byCountry", "trade_flow": "I"}


async def data(http: httpx.AsyncClient, endpoint: str, **query: Any) -> dict[str, Any]:
    response = await http.get(BASE + endpoint, params=query)
    body = response.json()
    assert response.status_code == 200, body
    assert body["status"] == "success"
    return body["data"]


def values(record: dict[str, Any]) -> dict[int, int | None]:
    return {point["period"]: point["value"] for point in record["data"]}


def nearest(usd: int | None) -> int:
    assert usd is not None
    return (usd + 500) // 1000


async def test_the_aggregate_is_the_truth_in_thousands_and_records_miss_it(
    http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    answer = await data(http, "goods_time_series", **GOODS, page_size=500)
    [aggregate] = answer["aggregateRecords"]
    truth = sandbox.world.truth("World", "KR", "8507", "2024")
    assert values(aggregate)[2024] == nearest(truth.importer_reported)
    assert aggregate["partnerCd"] == "000"
    assert aggregate["reporterLabel"] is None
    sums = {year: sum(values(record)[year] or 0 for record in answer["records"]) for year in range(2018, 2026)}
    misses = [abs(sums[year] - (values(aggregate)[year] or 0)) for year in sums]
    assert 0 < max(misses) < len(answer["records"])
    china = next(record for record in answer["records"] if record["partnerCd"] == "156")
    assert values(china)[2024] == nearest(sandbox.world.truth("CN", "KR", "8507", "2024").importer_reported)


async def test_by_product_lists_what_is_below_or_beside_and_never_the_code_itself(http: httpx.AsyncClient) -> None:
    below = await data(http, "goods_time_series", **GOODS | {"by": "byProduct", "hs_level": 6})
    assert {record["productCd"][:4] for record in below["records"]} == {"8507"}
    beside = await data(http, "goods_time_series", **GOODS | {"by": "byProduct", "product": "851713", "hs_level": 6})
    codes = {record["productCd"] for record in beside["records"]}
    assert codes == {"851712", "851714", "851762"}
    assert [record["productCd"] for record in beside["aggregateRecords"]] == ["851713"]


async def test_a_year_is_in_the_edition_that_was_in_use(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = GOODS | {"partner": "156", "page_size": 500}
    [old] = (await data(http, "goods_time_series", **query | {"product": "851712"}))["aggregateRecords"]
    [new] = (await data(http, "goods_time_series", **query | {"product": "851713"}))["aggregateRecords"]
    parts = [sandbox.world.truth("CN", "KR", code, "2020").importer_reported or 0 for code in ("851713", "851714")]
    assert values(old)[2020] == nearest(sum(parts))
    assert values(old)[2022] is values(new)[2020] is values(new)[2021] is None
    assert values(new)[2022] == nearest(sandbox.world.truth("CN", "KR", "851713", "2022").importer_reported)
    below = await data(http, "goods_time_series", **query | {"product": "8517", "by": "byProduct", "hs_level": 6})
    assert {"851712", "851713", "851714"} <= {record["productCd"] for record in below["records"]}
    codes = {entry["productCd"] for entry in (await data(http, "get_products_hs"))["products"]}
    assert {"851712", "851713", "ALL"} <= codes


async def test_lists_are_as_long_as_the_services_own(http: httpx.AsyncClient) -> None:
    groups = {one["id"]: one for one in (await data(http, "get_country_groups"))["groups"]}
    assert len(groups) == 54
    assert "364" in groups[6757]["members"]  # Iran in BRICS
    assert len(groups[42]["members"]) == 28
    assert len({one["label"] for one in groups.values()}) == 54
    areas = {one["countryCd"] for one in (await data(http, "get_countries"))["countries"]}
    assert all(set(one["members"]) <= areas for one in groups.values())
    services = (await data(http, "get_services_ebops"))["services"]
    assert len(services) == len({one["productCd"] for one in services}) == 150
    assert {"productCd": "S03001001", "label": "Passenger transport, Sea", "displayCd": "3.1.1", "maxLevel": "4"} in (
        services
    )


async def test_a_service_that_is_only_listed_has_no_figures(http: httpx.AsyncClient) -> None:
    query = {"country": "842", "partner": "276", "service": "S03006", "by": "byService", "trade_flow": "E"}
    answer = await data(http, "services_time_series", **query)
    assert "S03006" not in {record["productCd"] for record in answer["records"]}
    assert set(values(answer["aggregateRecords"][0]).values()) == {None}


async def test_all_is_asked_and_total_is_answered(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = GOODS | {"product": "ALL", "by": "byProduct", "hs_level": 2, "period_from": 2024, "period_to": 2024}
    answer = await data(http, "goods_time_series", **query, page_size=500)
    [aggregate] = answer["aggregateRecords"]
    assert aggregate["productCd"] == "TOTAL"
    assert values(aggregate)[2024] == nearest(sandbox.world.truth("World", "KR", "TOTAL", "2024").importer_reported)


async def test_a_group_is_asked_by_its_id_which_is_no_country_code(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = GOODS | {"partner": "24", "period_from": 2024, "period_to": 2024}
    answer = await data(http, "goods_time_series", **query)
    assert [record["partnerCd"] for record in answer["aggregateRecords"]] == ["24"]
    asean = ("VN", "TH", "MY", "SG", "ID", "PH", "KH")
    usd = sum(sandbox.world.truth(iso2, "KR", "8507", "2024").importer_reported or 0 for iso2 in asean)
    assert values(answer["aggregateRecords"][0])[2024] == nearest(usd)


async def test_page_size_above_the_cap_is_not_honoured_and_nb_pages_tells(http: httpx.AsyncClient) -> None:
    first = await data(http, "goods_time_series", **GOODS, page_size=600)
    assert first["nbRecordPerPage"] == len(first["records"]) == 25
    assert first["nbPages"] == -(-first["nbRecords"] // 25) > 1
    seen = [record["partnerCd"] for record in first["records"]]
    for page in range(2, first["nbPages"] + 1):
        following = await data(http, "goods_time_series", **GOODS, page_size=600, page=page)
        seen += [record["partnerCd"] for record in following["records"]]
    assert len(seen) == len(set(seen)) == first["nbRecords"]


async def test_the_trade_balance_is_exports_less_imports(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = GOODS | {"partner": "156", "period_from": 2024, "period_to": 2024, "trade_flow": "TB"}
    [aggregate] = (await data(http, "goods_time_series", **query))["aggregateRecords"]
    sold, bought = (sandbox.world.truth(*pair, "8507", "2024") for pair in (("KR", "CN"), ("CN", "KR")))
    balance = (sold.exporter_reported or 0) - (bought.importer_reported or 0)
    assert values(aggregate)[2024] == pytest.approx(balance / 1000, abs=0.51)


async def test_the_newest_year_of_a_late_reporter_is_empty_and_not_zero(http: httpx.AsyncClient) -> None:
    answer = await data(http, "goods_time_series", **GOODS | {"country": "004", "product": "ALL", "trade_flow": "E"})
    found = values(answer["aggregateRecords"][0])
    assert found[2025] is None
    assert found[2023]


async def test_indicators_follow_from_the_series(http: httpx.AsyncClient) -> None:
    query = GOODS | {"trade_flow": "E", "partner": "842", "product": "87"}
    answer = await data(http, "goods_trade_indicators", **query, period_to=2024)
    assert answer["refYear"] == 2024
    found = {point["indicatorCd"]: point["value"] for point in answer["aggregateRecords"][0]["data"]}
    series = values((await data(http, "goods_time_series", **query))["aggregateRecords"][0])
    assert found["VAL"] == series[2024]
    then, before, now = series[2020], series[2023], series[2024]
    assert then
    assert before
    assert now
    assert found["GV2"] == round((now / before - 1) * 100)
    assert found["GV5"] == round(((now / then) ** 0.25 - 1) * 100)
    assert "GV5W" in found


async def test_services_sum_from_main_items_to_all_services(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = {"country": "842", "partner": "276", "service": "ALL", "by": "byService", "trade_flow": "E"}
    answer = await data(http, "services_time_series", **query)
    assert [record["productCd"] for record in answer["aggregateRecords"]] == ["S00"]
    assert len(answer["records"]) == 12
    whole = values(answer["aggregateRecords"][0])[2022] or 0
    assert whole == nearest(sandbox.world.truth("US", "DE", "S00", "2022").exporter_reported)
    assert sum(values(record)[2022] or 0 for record in answer["records"]) == pytest.approx(whole, abs=12)


RECORDED = Path(__file__).parents[1] / "sources/trademap/recorded"
LISTS = {
    "get_countries": "countries",
    "get_country_groups": "groups",
    "get_products_hs": "products",
    "get_services_ebops": "services",
    "get_coverage": "coverage",
    "goods_time_series_by_product": "records",
}


@pytest.mark.parametrize("name", LISTS)
async def test_answers_have_every_member_that_the_service_was_seen_to_send(http: httpx.AsyncClient, name: str) -> None:
    endpoint, _, by = name.partition("_by_")
    theirs = json.loads((RECORDED / f"{name}.json").read_bytes())["data"]
    ours = await data(http, endpoint, **(GOODS | {"by": "byProduct"} if by else {}))

    def members(answer: dict[str, Any]) -> set[str]:
        return {member for entry in answer[LISTS[name]] for member in entry}

    assert set(theirs) <= set(ours)
    assert members(theirs) <= members(ours)


async def test_every_answer_says_what_it_charged_and_misstates_what_is_left(
    http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sandbox.configure(trademap_prices={"goods_time_series": 3})
    answers = [
        await http.get(BASE + "get_coverage"),
        await http.get(BASE + "goods_time_series", params=GOODS),
        await http.get(BASE + "goods_time_series", params=GOODS | {"country": "000"}),
        await http.get(BASE + "get_coverage", headers={"X-API-Key": "wrong"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 422, 401]
    charged = [int(answer.headers["X-Credits-Charged"]) for answer in answers]
    assert charged == [1, 3, 3, 0]
    assert sandbox.credits_charged == sum(charged)
    assert int(answers[-1].headers["X-Credits-Remaining"]) != sandbox.settings.trademap_credits - sum(charged)


@pytest.mark.parametrize(
    ("path", "query", "status", "kind"),
    [
        ("/scraper/00000000-0000-0000-0000-000000000000/get_countries", {}, 404, None),
        (BASE + "no_such_endpoint", {}, 404, None),
        (BASE + "goods_time_series", {"country": "000"}, 422, "stale_input"),
        (BASE + "goods_time_series", {"country": "410", "product": "9999999"}, 422, "stale_input"),
        (BASE + "goods_time_series", {"country": "410", "product": "TOTAL"}, 422, "stale_input"),
        (BASE + "goods_time_series", {"country": "410", "by": "byMoon"}, 422, "stale_input"),
        (BASE + "goods_time_series", {"country": "410", "hs_level": "5"}, 422, "stale_input"),
    ],
)
async def test_failures_have_the_services_envelope(
    http: httpx.AsyncClient, path: str, query: dict[str, str], status: int, kind: str | None
) -> None:
    response = await http.get(path, params=query)
    body = response.json()
    assert response.status_code == body["status_code"] == status
    assert set(body["error"]) == {"status", "message", "upstream_status_code", "snippet", "url", "retry_after"}
    assert body["error"]["status"] == kind


async def test_a_post_with_json_answers_like_a_get_and_a_broken_one_is_malformed(http: httpx.AsyncClient) -> None:
    posted = await http.post(BASE + "goods_time_series", json=GOODS)
    assert posted.json()["data"] == await data(http, "goods_time_series", **GOODS)
    assert (await http.post(BASE + "goods_time_series", content=b"{")).status_code == 400


async def test_a_burst_passes_before_the_minute_limit_holds(sandbox: Sandbox) -> None:
    now = [0.0]
    timed = Sandbox(clock=lambda: now[0])
    timed.configure(limits={"trademap": {"per_minute": 5, "burst": 3}})
    transport = httpx.ASGITransport(timed.app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://s", headers={"X-API-Key": sandbox.keys.trademap}
    ) as http:
        statuses = [(await http.get(BASE + "get_coverage")).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        refused = await http.get(BASE + "get_coverage")
        assert refused.headers["Retry-After"] == "12"
        assert refused.json()["error"]["retry_after"] == 12
        now[0] += 12
        assert (await http.get(BASE + "get_coverage")).status_code == 200
        assert (await http.get(BASE + "get_coverage")).status_code == 429
    assert timed.credits_charged == 4


async def test_credits_run_out(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.configure(trademap_credits=1)
    assert (await http.get(BASE + "get_coverage")).status_code == 200
    empty = await http.get(BASE + "get_coverage")
    assert empty.status_code == 429
    assert "Retry-After" not in empty.headers


async def test_the_last_credit_lets_one_of_two_calls_through(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.configure(trademap_credits=1)
    statuses: list[int] = []

    async def ask() -> None:
        statuses.append((await http.get(BASE + "goods_time_series", params=GOODS)).status_code)

    async with anyio.create_task_group() as group:
        group.start_soon(ask)
        group.start_soon(ask)
    assert sorted(statuses) == [200, 429]
    assert sandbox.credits_charged == 1


async def test_the_catalogue_needs_no_key_and_tells_the_names_in_use(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.configure(trademap_names={"trade_flow": "flow"}, trademap_prices={"get_coverage": 2})
    answer = await http.get(f"/marketplace/apis/{CATALOGUE_ID}", headers={"X-API-Key": ""})
    entries = {entry["endpoint_name"]: entry for entry in answer.json()["endpoints"]}
    assert len(entries) == 8
    assert "flow" in entries["goods_time_series"]["input_params"]
    assert "trade_flow" not in entries["goods_time_series"]["input_params"]
    assert entries["get_coverage"]["price"] == 2
    renamed = await data(http, "goods_time_series", country="410", product="8507", flow="E")
    ignored = await data(http, "goods_time_series", country="410", product="8507", trade_flow="E")
    assert renamed["aggregateRecords"] != ignored["aggregateRecords"]
    assert sandbox.credits_charged == 2


async def test_the_bare_envelope_can_be_switched_on(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.configure(trademap_envelope="bare")
    body = (await http.get(BASE + "get_coverage")).json()
    assert list(body) == ["coverage"]
