"""UN Comtrade's stand-in: rows, breakdowns that double sums, editions, keys and limits, the recorded shapes."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tradestat_sandbox import Sandbox

pytestmark = pytest.mark.anyio
RECORDED = Path(__file__).parents[1] / "sources" / "comtrade" / "recorded"
PREVIEW, FULL = "/public/v1/preview/", "/data/v1/get/"
TOTALS = {"partner2Code": "0", "customsCode": "C00", "motCode": "0"}
CHINA_TO_KOREA = {"reporterCode": "156", "partnerCode": "410", "flowCode": "X"}


async def rows(http: httpx.AsyncClient, path: str, **query: str) -> list[dict[str, Any]]:
    body = (await http.get(path, params=query)).json()
    assert body["error"] == ""
    assert body["count"] == len(body["data"])
    assert body["elapsedTime"].endswith(" secs")
    return body["data"]


async def test_one_row_a_flow_agrees_with_the_truth(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = {"reporterCode": "410", "partnerCode": "156", "period": "2024", "cmdCode": "850760", **TOTALS}
    bought, sold = await rows(http, PREVIEW + "C/A/HS", flowCode="M,X", **query)
    truth = sandbox.world.truth("CN", "KR", "850760", "2024")
    assert bought["primaryValue"] == bought["cifvalue"] == truth.importer_reported
    back = sandbox.world.truth("KR", "CN", "850760", "2024")
    assert sold["primaryValue"] == sold["fobvalue"] == back.exporter_reported
    assert sold["cifvalue"] is None


async def test_months_of_comtrade_sum_to_its_year_in_usd_and_kg(http: httpx.AsyncClient) -> None:
    query = CHINA_TO_KOREA | {"cmdCode": "850760"} | TOTALS
    months = ",".join(f"2024{month:02d}" for month in range(1, 13))
    monthly = await rows(http, FULL + "C/M/HS", period=months, **query)
    [year] = await rows(http, FULL + "C/A/HS", period="2024", **query)
    assert len(monthly) == 12
    assert {row["refMonth"] for row in monthly} == set(range(1, 13))
    assert sum(row["primaryValue"] for row in monthly) == year["primaryValue"]
    if year["netWgt"]:
        assert sum(row["netWgt"] for row in monthly) == year["netWgt"]


async def test_partners_and_codes_sum_to_world_and_total(http: httpx.AsyncClient) -> None:
    query = {"reporterCode": "704", "period": "2023", "flowCode": "X", **TOTALS}
    [world] = await rows(http, FULL + "C/A/HS", partnerCode="0", cmdCode="TOTAL", **query)
    chapters = await rows(http, FULL + "C/A/HS", partnerCode="0", cmdCode="AG2", **query)
    partners = [row for row in await rows(http, FULL + "C/A/HS", cmdCode="TOTAL", **query) if row["partnerCode"]]
    assert sum(row["primaryValue"] for row in chapters) == world["primaryValue"]
    assert sum(row["primaryValue"] for row in partners) == world["primaryValue"]


@pytest.mark.parametrize("left_out", list(TOTALS))
async def test_each_breakdown_left_open_doubles_the_sum(http: httpx.AsyncClient, left_out: str) -> None:
    query = CHINA_TO_KOREA | {"period": "2024", "cmdCode": "850760"}
    [total] = await rows(http, PREVIEW + "C/A/HS", **query, **TOTALS)
    narrowed = {name: value for name, value in TOTALS.items() if name != left_out}
    broken = await rows(http, PREVIEW + "C/A/HS", **query, **narrowed)
    assert len(broken) > 1
    assert sum(row["primaryValue"] for row in broken) == 2 * total["primaryValue"]


async def test_all_breakdowns_left_open_double_three_times(http: httpx.AsyncClient) -> None:
    query = CHINA_TO_KOREA | {"period": "2024", "cmdCode": "850760"}
    [total] = await rows(http, PREVIEW + "C/A/HS", **query, **TOTALS)
    broken = await rows(http, PREVIEW + "C/A/HS", **query)
    assert sum(row["primaryValue"] for row in broken) == pytest.approx(8 * total["primaryValue"], abs=50)


async def test_no_trade_is_no_row_and_a_wrong_parameter_no_error(http: httpx.AsyncClient) -> None:
    base = CHINA_TO_KOREA | {"period": "2024", "cmdCode": "850760"} | TOTALS
    wrong: list[dict[str, str]] = [
        {"reporterCode": "9999"},
        {"reporterCode": "CHN"},
        {"cmdCode": "999998"},
        {"period": "1999"},
        {"period": "20240"},
        {"flowCode": "Z"},
        {"period": "2023,2024"},
    ]
    for change in wrong:
        assert await rows(http, PREVIEW + "C/A/HS", **(base | change)) == [], change
    assert await rows(http, PREVIEW + "C/A/S4", **base) == []
    assert len(await rows(http, FULL + "C/A/HS", **(base | {"period": "2023,2024"}))) == 2


async def test_a_preview_has_at_most_500_rows(http: httpx.AsyncClient) -> None:
    query = {"reporterCode": "156", "period": "2024"}
    assert len(await rows(http, PREVIEW + "C/A/HS", **query)) == 500
    assert len(await rows(http, FULL + "C/A/HS", **query, maxRecords="700")) == 700


async def test_codes_of_hs_2022_stand_under_their_predecessor_before(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = CHINA_TO_KOREA | TOTALS
    assert await rows(http, PREVIEW + "C/A/HS", period="2021", cmdCode="851713", **query) == []
    [old] = await rows(http, PREVIEW + "C/A/HS", period="2021", cmdCode="851712", **query)
    parts = [sandbox.world.truth("CN", "KR", code, "2021").exporter_reported or 0 for code in ("851713", "851714")]
    assert old["classificationCode"] == "H5"
    assert old["primaryValue"] == sum(parts)
    [new] = await rows(http, PREVIEW + "C/A/HS", period="2022", cmdCode="851713", **query)
    assert new["classificationCode"] == "H6"
    assert await rows(http, PREVIEW + "C/A/H6", period="2021", cmdCode="TOTAL", **query) == []
    [converted] = await rows(http, PREVIEW + "C/A/H5", period="2024", cmdCode="851712", **query)
    assert not converted["isOriginalClassification"]


async def test_services_come_by_display_code(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = {"reporterCode": "842", "partnerCode": "276", "flowCode": "X", "period": "2022", "includeDesc": "TRUE"}
    found = {row["cmdCode"]: row for row in await rows(http, FULL + "S/A/EB10", cmdCode="200,3,3.1.1", **query)}
    assert list(found) == ["200", "3", "3.1.1"]
    assert found["3.1.1"]["primaryValue"] == sandbox.world.truth("US", "DE", "3.1.1", "2022").exporter_reported
    assert found["200"]["primaryValue"] == sandbox.world.truth("US", "DE", "S00", "2022").exporter_reported


async def test_tariff_lines_of_china_and_korea_are_national_codes(http: httpx.AsyncClient) -> None:
    query = {"period": "2024", "flowCode": "X", "cmdCode": "854232", **TOTALS}
    for reporter, partner, digits in (("156", "410", 8), ("410", "156", 10), ("842", "156", 6)):
        ends = {"reporterCode": reporter, "partnerCode": partner}
        lines = await rows(http, "/data/v1/getTariffline/C/A/HS", **query, **ends)
        [whole] = await rows(http, FULL + "C/A/HS", **query, **ends)
        assert {len(line["cmdCode"]) for line in lines} == {digits}
        assert sum(line["primaryValue"] for line in lines) == whole["primaryValue"]


async def test_data_needs_a_key_and_the_preview_does_not(http: httpx.AsyncClient) -> None:
    query = CHINA_TO_KOREA | {"period": "2024", "cmdCode": "TOTAL"} | TOTALS
    for key in ("", "wrong"):
        refused = await http.get(FULL + "C/A/HS", params=query, headers={"Ocp-Apim-Subscription-Key": key})
        assert refused.status_code == refused.json()["statusCode"] == 401
        assert (await http.get(PREVIEW + "C/A/HS", params=query, headers={"Ocp-Apim-Subscription-Key": key})).is_success


async def test_limits_speak_the_services_words(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = CHINA_TO_KOREA | {"period": "2024", "cmdCode": "TOTAL"} | TOTALS
    sandbox.configure(limits={"comtrade": {"per_minute": 60}})
    assert (await http.get(PREVIEW + "C/A/HS", params=query)).is_success
    refused = await http.get(PREVIEW + "C/A/HS", params=query)
    assert refused.json() == {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 1 seconds."}
    sandbox.configure(limits={"comtrade": {"per_day": 0}})
    spent = await http.get(PREVIEW + "C/A/HS", params=query)
    assert spent.status_code == 403
    assert spent.json()["message"].startswith("Out of call volume quota. Quota will be replenished in 2")


async def test_reference_lists_begin_with_a_mark_and_have_the_recorded_fields(http: httpx.AsyncClient) -> None:
    for recorded in sorted(RECORDED.glob("reference_*.json")):
        path = f"/files/v1/app/reference/{recorded.name.removeprefix('reference_')}"
        response = await http.get(path, headers={"Ocp-Apim-Subscription-Key": ""})
        assert response.content.startswith(b"\xef\xbb\xbf")
        here = json.loads(response.content.decode("utf-8-sig"))
        entries: list[dict[str, Any]] = json.loads(recorded.read_text(encoding="utf-8-sig"))["results"]
        always = [field for field in entries[0] if all(field in entry for entry in entries)]
        assert set(always) <= set(here["results"][0])
        for field in always:
            assert type(here["results"][1][field]) in {type(entry[field]) for entry in entries}


async def test_the_list_of_data_items_knows_every_field_of_a_row(http: httpx.AsyncClient) -> None:
    response = await http.get("/files/v1/app/reference/TradeDataItems.json")
    items = json.loads(response.content.decode("utf-8-sig"))["results"]
    # The list and the rows spell some names with other capitals.
    listed = {item["dataItem"].lower() for item in items}
    for kind, place, code in (("C/A/HS", "isInDataAPICommodity", "8507"), ("S/A/EB10", "isInDataAPIServices", "3")):
        query = {"reporterCode": "842", "partnerCode": "276", "flowCode": "X", "period": "2022", "cmdCode": code}
        row = {name.lower() for name in (await rows(http, FULL + kind, **query, **TOTALS))[0]}
        assert row <= listed
        own = {item["dataItem"].lower() for item in items if item[place] == "True"}
        assert own - row <= {"datasetcode", "mosdesc"}


async def test_the_modes_of_supply_hold_the_total_that_rows_name(http: httpx.AsyncClient) -> None:
    response = await http.get("/files/v1/app/reference/ModeOfSupply.json")
    codes = [entry["id"] for entry in json.loads(response.content.decode("utf-8-sig"))["results"]]
    query = {"reporterCode": "842", "partnerCode": "276", "flowCode": "X", "period": "2022", "cmdCode": "3"}
    [row] = await rows(http, FULL + "S/A/EB10", **query)
    assert row["mosCode"] == codes[0]


async def test_the_list_of_an_edition_holds_the_codes_of_its_rows(http: httpx.AsyncClient) -> None:
    for edition, year in (("H4", "2020"), ("H5", "2021"), ("H6", "2024")):
        response = await http.get(f"/files/v1/app/reference/{edition}.json")
        listed = {entry["id"] for entry in json.loads(response.content.decode("utf-8-sig"))["results"]}
        query = CHINA_TO_KOREA | {"period": year, "cmdCode": "AG6"} | TOTALS
        # The service fails for H6 by its name; HS gives its rows.
        kind = "HS" if edition == "H6" else edition
        codes = {row["cmdCode"] for row in await rows(http, FULL + f"C/A/{kind}", **query)}
        assert codes
        assert codes <= listed


async def test_a_list_the_service_does_not_have_is_not_found(http: httpx.AsyncClient) -> None:
    assert (await http.get("/files/v1/app/reference/Nonsense.json")).status_code == 404


async def test_rows_have_the_recorded_fields_and_types(http: httpx.AsyncClient) -> None:
    recordings = sorted(RECORDED.glob("data_*.json"))
    types: dict[str, set[str]] = {}
    fields: list[str] = []
    for recording in recordings:
        for row in json.loads(recording.read_text(encoding="utf-8"))["data"]:
            fields = list(row)
            for name, value in row.items():
                types.setdefault(name, set()).add(type(value).__name__)
    query = {"reporterCode": "842,156,410", "includeDesc": "TRUE", "cmdCode": "TOTAL,AG6", "partnerCode": "0,276"}
    found: list[dict[str, Any]] = []
    for year in ("2019", "2024"):
        found += await rows(http, FULL + "C/A/HS", period=year, **query, **TOTALS)
    assert {row["flowCode"] for row in found} == {"M", "X"}
    for row in found:
        assert list(row) == fields
        for name, value in row.items():
            assert type(value).__name__ in types[name], (name, value)
    # Nothing known is written as 0.0 in some rows and as null in others.
    assert {None, 0.0} <= {row["netWgt"] for row in found}


async def test_korean_totals_have_the_recorded_fields(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    recorded = Path(__file__).parents[4] / "shared" / "recordings" / "korea" / "getNewtradeList_2026_excerpt.xml"
    if not recorded.exists():
        pytest.skip(f"no recording at {recorded}")
    query = {"serviceKey": sandbox.keys.korea, "strtYymm": "202601", "endYymm": "202602"}
    here = (await http.get("/1220000/Newtrade/getNewtradeList", params=query)).text

    def names(text: str) -> list[str]:
        first = text.split("<item>")[1].split("</item>", maxsplit=1)[0]
        return [part.split(">")[0] for part in first.split("<")[1::2]]

    there = recorded.read_text(encoding="utf-8")
    assert names(here) == names(there)
    assert here.split("<body>")[0] == there.split("<body>")[0]
