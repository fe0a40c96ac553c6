"""How much of the service's bytes an answer takes."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.anyio

STRUCTURED = 0.6
"""Of the service's JSON; the bound that large answers keep."""


async def test_structured_content_of_a_large_table_is_well_below_the_services_own(parsebot: Any, payloads: Any):
    years = {year: 1_000_000 + year for year in range(2015, 2025)}
    codes = [f"{n:03d}" for n in range(1, 501)]
    rows = [payloads.record("784", code, "020230", dict(years)) for code in codes]
    table = payloads.table(rows, [payloads.record("784", "000", "020230", dict(years))], per_page=500)
    parsebot.gives(table)

    answer = await parsebot.beef(page_size=500, period_from=2015)

    upstream = len(json.dumps(table, separators=(",", ":")))
    ours = len(json.dumps(answer.structured(), separators=(",", ":"), ensure_ascii=False))
    assert len(answer.data.records) == 500
    assert ours < STRUCTURED * upstream


async def test_structured_content_of_all_countries_is_well_below_the_services_own(parsebot: Any, payloads: Any):
    full = {
        "yearly246": (2001, 2025), "yearly10D": (2001, 2025), "yearlyServices": (2000, 2024),
        "quarterly": (200201, 202602), "quarterlyServices": (200501, 202304), "monthly": (200201, 202607),
    }  # fmt: skip
    countries = [payloads.country(f"{n:03d}", f"Country number {n}", **full) for n in range(254)]
    parsebot.gives({"total": 254, "countries": countries})

    answer = await parsebot.call("get_countries")

    upstream = len(json.dumps({"total": 254, "countries": countries}, separators=(",", ":")))
    assert len(answer.data.countryCd) == 254
    assert len(json.dumps(answer.structured(), separators=(",", ":"))) < STRUCTURED * upstream
