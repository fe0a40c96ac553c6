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
