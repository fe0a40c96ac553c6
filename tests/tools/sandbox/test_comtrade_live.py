"""UN Comtrade's stand-in does what the service was seen to do in October 2026, and what its other clients build on."""

import json
import re
from typing import Any

import httpx
import pytest

from tradestat_sandbox import Sandbox

pytestmark = pytest.mark.anyio
GET = "/data/v1/get/"
TOTALS = {"partner2Code": "0", "customsCode": "C00", "motCode": "0"}
CHINA_TO_KOREA = {"reporterCode": "156", "partnerCode": "410", "flowCode": "X", "period": "2024"}
SERVICES = {"reporterCode": "842", "partnerCode": "276", "flowCode": "X", "period": "2022"}


async def body(http: httpx.AsyncClient, path: str, **query: str) -> dict[str, Any]:
    response = await http.get(path, params=query)
    assert response.status_code == 200
    return response.json()


async def test_rows_of_services_have_the_fields_of_goods(http: httpx.AsyncClient) -> None:
    [goods] = (await body(http, GET + "C/A/HS", **CHINA_TO_KOREA, **TOTALS, cmdCode="TOTAL"))["data"]
    [services] = (await body(http, GET + "S/A/EB10", **SERVICES, cmdCode="200"))["data"]
    assert list(services) == list(goods)
    assert len(services) == 47
    assert (services["partner2Code"], services["customsCode"], services["motCode"]) == (0, "C00", 0)


@pytest.mark.parametrize("name", ["getDA", "getDa", "getDATariffline", "getDaTariffline"])
async def test_what_is_held_is_found_in_either_spelling(http: httpx.AsyncClient, name: str) -> None:
    held = await body(http, f"/data/v1/{name}/C/A/HS", reporterCode="156", period="2023")
    assert held["count"] == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}", held["data"][0]["lastReleased"])


async def test_names_of_parameters_are_read_in_small_letters_too(http: httpx.AsyncClient) -> None:
    small = {name.lower(): value for name, value in (CHINA_TO_KOREA | TOTALS).items()}
    as_it_is = await body(http, GET + "C/A/HS", **CHINA_TO_KOREA, **TOTALS, cmdCode="8507")
    assert (await body(http, GET + "C/A/HS", **small, cmdcode="8507"))["data"] == as_it_is["data"] != []
    assert (await body(http, "/public/v1/getDA/C/A/HS", reportercode="156", period="2023"))["count"] == 1


async def test_rows_summed_over_partners_and_codes_read_minus_two(http: httpx.AsyncClient) -> None:
    query = CHINA_TO_KOREA | TOTALS | {"partnerCode": "410,392", "cmdCode": "850760,854231"}
    apart = (await body(http, GET + "C/A/HS", **query))["data"]
    [whole] = (await body(http, GET + "C/A/HS", **query, aggregateBy="partnerCode,cmdCode"))["data"]
    assert len(apart) == 4
    assert (whole["partnerCode"], whole["cmdCode"], whole["classificationCode"]) == (-2, "-2", "GG")
    assert whole["primaryValue"] == sum(row["primaryValue"] for row in apart)
    assert list(whole) == list(apart[0])
    by_partner = (await body(http, GET + "C/A/HS", **query, aggregateBy="cmdCode"))["data"]
    assert {row["partnerCode"] for row in by_partner} == {410, 392}
    assert sum(row["netWgt"] for row in by_partner) == sum(row["netWgt"] for row in apart)


async def test_a_thirteenth_period_is_refused_and_the_holdings_take_more(http: httpx.AsyncClient) -> None:
    months = [f"{year}{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
    query = CHINA_TO_KOREA | TOTALS | {"cmdCode": "850760"}
    assert (await body(http, GET + "C/M/HS", **(query | {"period": ",".join(months[:12])})))["count"] == 12
    refused = await http.get(GET + "C/M/HS", params=query | {"period": ",".join(months[:13])})
    assert refused.status_code == 400
    assert refused.json()["error"] == "Maximum number of periods is 12"
    assert refused.json()["details"]
    assert (await body(http, "/data/v1/getDa/C/M/HS", reporterCode="156", period=",".join(months)))["count"] == 24


async def test_a_classification_that_does_not_exist_is_refused_and_one_without_data_is_empty(
    http: httpx.AsyncClient,
) -> None:
    refused = await http.get(GET + "C/A/BE5", params=CHINA_TO_KOREA)
    assert (refused.status_code, refused.json()["error"]) == (400, "Invalid parameter value")
    for classification in ("BE", "TM", "SS", "S4"):
        assert (await body(http, GET + f"C/A/{classification}", **CHINA_TO_KOREA))["count"] == 0


@pytest.mark.parametrize("name", ["BE", "TM"])
async def test_a_list_that_does_not_exist_is_a_blob_not_found(http: httpx.AsyncClient, name: str) -> None:
    missing = await http.get(f"/files/v1/app/reference/{name}.json")
    assert missing.status_code == 404
    assert "<Code>BlobNotFound</Code>" in missing.text


async def test_a_services_total_is_200_and_not_total(http: httpx.AsyncClient) -> None:
    assert (await body(http, GET + "S/A/EB10", **SERVICES, cmdCode="200"))["count"] == 1
    assert (await body(http, GET + "S/A/EB10", **SERVICES, cmdCode="TOTAL"))["count"] == 0


async def test_a_mode_of_supply_is_a_number(http: httpx.AsyncClient) -> None:
    assert (await body(http, GET + "S/A/EB10", **SERVICES, cmdCode="200", mosCode="0"))["count"] == 1
    assert (await body(http, GET + "S/A/EB10", **SERVICES, cmdCode="200", mosCode="1"))["count"] == 0
    refused = await http.get(GET + "S/A/EB10", params=SERVICES | {"mosCode": "Mode 1"})
    assert refused.status_code == 400


async def test_question_marks_stand_for_digits(http: httpx.AsyncClient) -> None:
    for code, digits in (("27??", 4), ("2709??", 6)):
        found = (await body(http, GET + "C/A/HS", **CHINA_TO_KOREA, **TOTALS, cmdCode=code))["data"]
        assert found
        assert all(row["cmdCode"].startswith(code.rstrip("?")) and len(row["cmdCode"]) == digits for row in found)


async def test_left_out_the_breakdowns_come_and_classic_is_the_total(http: httpx.AsyncClient) -> None:
    query = CHINA_TO_KOREA | {"cmdCode": "850760"}
    plus = (await body(http, GET + "C/A/HS", **query))["data"]
    assert (await body(http, GET + "C/A/HS", **query, breakdownMode="plus"))["data"] == plus
    [total] = (await body(http, GET + "C/A/HS", **query, breakdownMode="classic"))["data"]
    assert total in plus
    assert len(plus) > 1


async def test_totals_and_chapters_are_sums_without_quantity(http: httpx.AsyncClient) -> None:
    query = {"reporterCode": "842,276", "partnerCode": "0", "flowCode": "M", "period": "2022"}
    for row in (await body(http, GET + "C/A/HS", **query, **TOTALS, cmdCode="TOTAL,27", includeDesc="TRUE"))["data"]:
        assert (row["isReported"], row["isAggregate"], row["legacyEstimationFlag"]) == (False, True, 4)
        assert (row["qty"], row["qtyUnitCode"], row["qtyUnitAbbr"]) == (0.0, -1, "N/A")
        assert row["netWgt"] in (0.0, None)
        assert row["isNetWgtEstimated"]
    [own] = (await body(http, GET + "C/A/HS", **CHINA_TO_KOREA, **TOTALS, cmdCode="TOTAL"))["data"]
    assert (own["isReported"], own["isAggregate"], own["legacyEstimationFlag"]) == (True, False, 0)
    assert own["qty"] is own["netWgt"] is own["altQty"] is None


async def test_of_what_was_loaded_lately_fifty_rows_come_and_count_is_another_number(http: httpx.AsyncClient) -> None:
    lately = await body(http, "/data/v1/getLiveUpdate")
    assert len(lately["data"]) == 50 < lately["count"]
    for row in lately["data"]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", row["startedAt"])
        assert re.fullmatch(r"[A-Z][a-z]+day, [A-Z][a-z]+ \d{1,2}, \d{4}", row["lastUpdated"])
        assert re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d [AP]M", row["queuedAt"])
        assert isinstance(row["reporterCode"], str)


async def test_notes_are_nested_by_publication_with_factors_as_text(http: httpx.AsyncClient) -> None:
    [one] = (await body(http, "/data/v1/getMetadata/C/A/HS", reporterCode="156", period="2020"))["data"]
    assert len(one["notes"]) > 1
    for note in one["notes"]:
        assert isinstance(note["importConvFactor"], str)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}", note["publicationDate"])


async def test_one_call_in_so_many_may_be_refused_for_a_second(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.configure(comtrade_refuses_every=3)
    query = CHINA_TO_KOREA | TOTALS | {"cmdCode": "TOTAL"}
    answers = [await http.get(GET + "C/A/HS", params=query) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200, 200, 429]
    assert answers[2].headers["retry-after"] == "1"
    assert answers[2].json()["message"] == "Rate limit is exceeded. Try again in 1 seconds."


async def test_more_than_the_limit_is_cut_and_not_refused(http: httpx.AsyncClient) -> None:
    query = {"reporterCode": "156,842,276,392,410,528", "period": "2024", "flowCode": "X", **TOTALS}
    counted = await body(http, GET + "C/A/HS", **query, countOnly="true")
    assert counted["count"] > 100_000
    cut = await body(http, GET + "C/A/HS", **query)
    assert (cut["count"], len(cut["data"]), cut["error"]) == (100_000, 100_000, "")


async def test_area_490_is_a_group_among_reporters_without_iso_2(http: httpx.AsyncClient) -> None:
    def of(text: bytes, code: int) -> dict[str, Any]:
        [found] = [one for one in json.loads(text.decode("utf-8-sig"))["results"] if one["id"] == code]
        return found

    reporters = (await http.get("/files/v1/app/reference/Reporters.json")).content
    partners = (await http.get("/files/v1/app/reference/partnerAreas.json")).content
    reporter = of(reporters, 490)
    assert "reporterCodeIsoAlpha2" not in reporter
    assert (reporter["reporterCodeIsoAlpha3"], reporter["isGroup"]) == ("S19", True)
    partner = of(partners, 490)
    assert (partner["PartnerCodeIsoAlpha2"], partner["PartnerCodeIsoAlpha3"], partner["isGroup"]) == (
        None,
        "S19",
        False,
    )
    assert of(reporters, 97)["isGroup"]
    assert of(partners, 0)["PartnerCodeIsoAlpha3"] == "World"
    # Areas that this world does not trade with have their codes all the same.
    assert (of(partners, 100)["PartnerCodeIsoAlpha2"], of(partners, 100)["PartnerCodeIsoAlpha3"]) == ("BG", "BGR")
    assert of(partners, 899)["PartnerCodeIsoAlpha3"].strip() == "_X"
    query = {"reporterCode": "156", "partnerCode": "490", "flowCode": "X", "period": "2024", "cmdCode": "TOTAL"}
    [row] = (await body(http, GET + "C/A/HS", **query, **TOTALS))["data"]
    assert row["partnerISO"] == "S19"


async def test_series_begin_in_2012_each_year_in_the_edition_of_then(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    query = {"reporterCode": "410", "partnerCode": "842", "flowCode": "X", **TOTALS}
    years = ("2012", "2016", "2017", "2021", "2022")
    total = (await body(http, GET + "C/A/HS", **query, period=",".join(years), cmdCode="TOTAL"))["data"]
    assert [row["classificationCode"] for row in total] == ["H4", "H4", "H5", "H5", "H6"]
    [cars] = (await body(http, GET + "C/A/HS", **query, period="2016", cmdCode="870390,870380"))["data"]
    electric = sandbox.world.truth("KR", "US", "870380", "2016")
    assert (cars["cmdCode"], cars["primaryValue"]) == ("870390", electric.exporter_reported)
    [month] = (await body(http, GET + "C/M/HS", **query, period="201201", cmdCode="TOTAL"))["data"]
    assert month["primaryValue"] == sandbox.world.truth("KR", "US", "TOTAL", "201201").exporter_reported
    held = (await body(http, "/data/v1/getDA/C/A/HS", reporterCode="410"))["data"]
    assert (held[0]["period"], held[0]["classificationCode"]) == (2012, "H4")


async def test_the_newest_edition_is_an_error_and_hs_gives_its_rows(http: httpx.AsyncClient) -> None:
    query = CHINA_TO_KOREA | TOTALS | {"cmdCode": "850760"}
    assert (await http.get(GET + "C/A/H6", params=query)).status_code == 500
    [row] = (await body(http, GET + "C/A/HS", **query))["data"]
    assert row["classificationCode"] == "H6"
    assert (await body(http, GET + "C/A/H5", **query))["count"] == 1
    assert (await body(http, "/data/v1/getDA/C/A/H6", reporterCode="156"))["count"] > 0
    assert (await body(http, "/public/v1/preview/C/A/H6", **query))["count"] == 1
