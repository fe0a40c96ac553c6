"""The stand-in of the US Census Bureau answers and refuses as the service was seen to."""

from typing import Any

import httpx
import pytest

from tradestat_sandbox import SANDBOX_KEYS, Sandbox

pytestmark = pytest.mark.anyio

PATH = "/data/timeseries/intltrade/"
SANDBOX = Sandbox()


async def ask(endpoint: str, key: str | None = SANDBOX_KEYS.census, **query: Any) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(SANDBOX.app), base_url="http://sandbox") as http:
        return await http.get(PATH + endpoint, params={**query, **({"key": key} if key else {})})


async def rows(endpoint: str, **query: Any) -> list[dict[str, str]]:
    head, *found = (await ask(endpoint, **query)).json()
    assert all(isinstance(cell, str) for row in found for cell in row)
    return [dict(zip(head, row, strict=True)) for row in found]


@pytest.mark.parametrize(("key", "page"), [(None, "missing_key"), ("wrong", "invalid_key")])
async def test_a_missing_or_wrong_key_is_a_redirect_to_a_page(key: str | None, page: str) -> None:
    answer = await ask("imports/hs", key, get="GEN_VAL_MO", time="2024")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/data/{page}.html")
    assert answer.headers["X-DataWebAPI-KeyError"] == "1"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"get": "GEN_VAL_MO,NOPE", "time": "2024"}, "error: unknown variable 'NOPE'"),
        ({"get": "GEN_VAL_MO"}, "error: missing required variable/predicate: time"),
        ({"get": "GEN_VAL_MO", "time": "2024-01:2024-12"}, "error: invalid time argument"),
    ],
)
async def test_a_wrong_question_is_a_400_in_plain_text(query: dict[str, str], text: str) -> None:
    answer = await ask("imports/hs", **query)
    assert (answer.status_code, answer.text) == (400, text)


async def test_nothing_is_204_without_a_body() -> None:
    for query in ({"time": "2026-09"}, {"time": "2024", "I_COMMODITY": "851712"}):
        answer = await ask("imports/hs", get="GEN_VAL_MO", **query)
        assert (answer.status_code, answer.content) == (204, b"")


async def test_countries_groups_and_the_total_come_together_and_countries_add_up() -> None:
    found = await rows("imports/hs", get="CTY_CODE,CTY_NAME,GEN_VAL_MO", I_COMMODITY="850760", time="2024-01")
    by_code = {row["CTY_CODE"]: int(row["GEN_VAL_MO"]) for row in found}
    assert {"-", "0003", "5XXX", "5800"} <= by_code.keys()
    assert sum(value for code, value in by_code.items() if code.isdigit() and code[0] != "0") == by_code["-"]
    assert next(row["CTY_NAME"] for row in found if row["CTY_CODE"] == "5800") == "KOREA, SOUTH"


async def test_parameters_are_echoed_a_second_time_where_they_are_asked_for() -> None:
    answer = await ask("imports/hs", get="CTY_CODE,GEN_VAL_MO", CTY_CODE="5700", I_COMMODITY="850760", time="2024-01")
    assert answer.json()[0] == ["CTY_CODE", "GEN_VAL_MO", "CTY_CODE", "I_COMMODITY", "time"]


async def test_domestic_and_foreign_exports_come_with_both_together() -> None:
    found = await rows("exports/hs", get="DF,ALL_VAL_MO", CTY_CODE="5700", E_COMMODITY="8542", time="2024-01")
    values = {row["DF"]: int(row["ALL_VAL_MO"]) for row in found}
    assert values["1"] + values["2"] == values["-"]


async def test_a_range_has_blanks_and_the_running_year_adds_up() -> None:
    span = {"time": "from 2023-12 to 2024-03", "CTY_CODE": "5700", "I_COMMODITY": "850760"}
    found = await rows("imports/hs", get="GEN_CIF_MO,GEN_CIF_YR", **span)
    month = {row["time"]: int(row["GEN_CIF_MO"]) for row in found}
    running = {row["time"]: int(row["GEN_CIF_YR"]) for row in found}
    assert sorted(month) == ["2023-12", "2024-01", "2024-02", "2024-03"]
    assert running["2024-03"] == month["2024-01"] + month["2024-02"] + month["2024-03"]
    assert running["2023-12"] == SANDBOX.world.truth("CN", "US", "850760", "2023").importer_reported


async def test_a_month_without_trade_in_a_year_with_some_is_a_row_of_zero() -> None:
    found = await rows("imports/hs", get="CTY_CODE,GEN_VAL_MO", I_COMMODITY="010221", time="2024-02")
    later = await rows("imports/hs", get="CTY_CODE,GEN_VAL_MO", I_COMMODITY="010221", time="2024")
    traded = {row["CTY_CODE"] for row in later if row["GEN_VAL_MO"] != "0"}
    assert {row["CTY_CODE"] for row in found} == traded
    assert any(row["GEN_VAL_MO"] == "0" for row in later)
