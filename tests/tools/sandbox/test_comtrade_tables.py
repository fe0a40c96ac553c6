"""UN Comtrade's stand-in beside its trade data: what is held, notes, counts, and tables that take a key."""

from typing import Any

import httpx
import pytest

from tradestat_sandbox import Sandbox

pytestmark = pytest.mark.anyio


async def rows(http: httpx.AsyncClient, path: str, **query: str) -> list[dict[str, Any]]:
    body = (await http.get(path, params=query)).json()
    assert body["error"] == ""
    assert body["count"] == len(body["data"])
    return body["data"]


@pytest.mark.parametrize("door", ["public", "data"])
async def test_what_is_held_is_cut_by_reporter_and_period(http: httpx.AsyncClient, door: str) -> None:
    path = f"/{door}/v1/getDA/C/A/HS"
    everything = await rows(http, path)
    assert len({row["reporterCode"] for row in everything}) > 50
    [one] = await rows(http, path, reporterCode="156", period="2023")
    assert one in everything
    assert (one["period"], one["classificationCode"], one["isOriginalClassification"]) == (2023, "H6", True)
    several = await rows(http, path, reporterCode="156", period="2020,2023")
    assert [row["classificationCode"] for row in several] == ["H5", "H6"]


@pytest.mark.parametrize("kind", ["C/A/S4", "C/M/B5", "C/A/H0", "S/M/EB10", "S/A/EB02", "X/A/HS"])
async def test_classifications_that_the_world_does_not_know_are_not_held(http: httpx.AsyncClient, kind: str) -> None:
    assert await rows(http, f"/public/v1/getDA/{kind}") == []
    assert await rows(http, f"/public/v1/getMetadata/{kind}") == []


async def test_nothing_is_held_that_is_released_after_today(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    for kind in ("C/A/HS", "C/M/HS", "S/A/EB10"):
        released = [row["lastReleased"][:10] for row in await rows(http, f"/public/v1/getDA/{kind}")]
        assert released
        assert max(released) <= sandbox.today.isoformat()


async def test_tables_and_releases_take_a_key_and_the_lists_do_not(http: httpx.AsyncClient) -> None:
    none = {"Ocp-Apim-Subscription-Key": ""}
    for path in (
        "/data/v1/getDA/C/A/HS",
        "/data/v1/getLiveUpdate",
        "/data/v1/getTradeMatrix/C/A/TM",
        "/tools/v1/getTradeBalance/C/A/HS",
        "/tools/v1/getBilateralData/C/A/HS",
    ):
        assert (await http.get(path, headers=none)).status_code == 401
    assert (await http.get("/public/v1/getMetadata/C/A/HS?reporterCode=156", headers=none)).is_success


async def test_a_count_comes_without_rows(http: httpx.AsyncClient) -> None:
    query = {"reporterCode": "156", "period": "2024", "flowCode": "X", "cmdCode": "TOTAL"}
    path = "/data/v1/get/C/A/HS"
    body = (await http.get(path, params=query | {"countOnly": "true"})).json()
    # In place of the rows stands one that says nothing.
    assert len(body["data"]) == 47
    assert not any(body["data"].values())
    assert body["count"] == len(await rows(http, path, **query)) > 0


async def test_every_dataset_has_its_notes_and_old_ones_were_published_again(http: httpx.AsyncClient) -> None:
    found = {
        row["period"]: row["notes"] for row in await rows(http, "/public/v1/getMetadata/C/A/HS", reporterCode="410")
    }
    held = {row["period"] for row in await rows(http, "/public/v1/getDA/C/A/HS", reporterCode="410")}
    assert set(found) == held
    assert len(found[2020]) == 2
    assert found[2020][0]["publicationDate"] < found[2020][1]["publicationDate"]


async def test_world_in_the_matrix_is_the_sum_of_its_partners(http: httpx.AsyncClient) -> None:
    path, query = "/data/v1/getTradeMatrix/C/A/TM", {"reporterCode": "704", "period": "2023", "flowCode": "M"}
    found = await rows(http, path, **query)
    [world] = [row for row in found if row["partnerCode"] == 0]
    assert world["primaryValue"] == sum(row["primaryValue"] for row in found if row["partnerCode"])
    assert await rows(http, path, **query, cmdCode="7") == []
    assert await rows(http, path, **(query | {"reporterCode": "9999"})) == []


async def test_a_side_without_a_report_is_null(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    assert sandbox.world.truth("IQ", "CN", "TOTAL", "2023").exporter_reported is None
    query = {"reporterCode": "156", "partnerCode": "368", "period": "2023", "cmdCode": "TOTAL", "flowCode": "M"}
    totals = {"partner2Code": "0", "customsCode": "C00", "motCode": "0"}
    [row] = await rows(http, "/tools/v1/getBilateralData/C/A/HS", **query, **totals)
    assert row["primaryValue"] > 0
    assert row["mirrorPrimaryValue"] is None
    [world] = await rows(http, "/tools/v1/getBilateralData/C/A/HS", **(query | {"partnerCode": "0"}), **totals)
    assert world["mirrorPrimaryValue"] is None
