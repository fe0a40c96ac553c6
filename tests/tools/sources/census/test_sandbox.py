"""The tools against the stand-in service, whose world knows what each flow really was."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradestat_sandbox import Sandbox
from tradestat_sandbox.economies import ECONOMIES
from tradestat_sandbox.services.census.codes import CODES
from tradestat_server.mcp.context import sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import NoData
from tradestat_tools.open import in_memory
from tradestat_tools.sources.census import SOURCE
from tradestat_tools.upstream.http import Http

pytestmark = pytest.mark.anyio

SANDBOX = Sandbox()
"""One for all, since its world takes a while to compute; each test begins with it as it was."""


@asynccontextmanager
async def opened() -> AsyncGenerator[Context]:
    today = SANDBOX.today
    now = datetime(today.year, today.month, today.day, 15, tzinfo=UTC)
    http = Http(app=SANDBOX.app)
    try:
        chosen = sandbox_settings(catalogue().settings(_env_file=None))
        async with in_memory(http, chosen, lambda: now, most_attempts=1) as context:
            yield context
    finally:
        await http.aclose()


async def ask(tool: str, **arguments: Any) -> Answer[Any]:
    async with opened() as context:
        return await context.call(tool, arguments)


def months(answer: Answer[Any], name: str) -> list[int | None]:
    return answer.data.months.figures[name]


PARTNERS = [code for code in CODES.values() if code not in ("5820",)]
GOODS = ["85", "8507", "850760", "27", "2709", "300490", "870323", "6109", "61"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PARTNERS), st.sampled_from(GOODS), st.integers(2013, 2026), st.integers(1, 12))
async def test_any_cell_of_both_flows_is_what_the_reporter_recorded(
    partner: str, product: str, year: int, month: int
) -> None:
    when = min(f"{year}-{month:02d}", "2026-08")
    area = next(one for one in sandbox_economies() if CODES[one.index] == partner)
    there = SANDBOX.world.truth(area.iso2, "US", product, when)
    away = SANDBOX.world.truth("US", area.iso2, product, when)
    for tool, name, recorded in (
        ("us_imports", "GEN_CIF_MO", there.importer_reported),
        ("us_exports", "ALL_VAL_MO", away.exporter_reported),
    ):
        try:
            answer = await ask(tool, product=product, partner=partner, period=when)
        except NoData:
            assert not recorded
        else:
            assert months(answer, name) == [recorded]


def sandbox_economies() -> list[Any]:
    return [one for one in ECONOMIES if one.index in CODES]


async def test_value_and_charges_make_up_cif_in_every_row() -> None:
    answer = await ask("us_imports", product="85", level=4, partner="all", period="2024-01")
    figures = answer.data.rows.figures
    rows = list(zip(*(figures[f"GEN_{name}_MO"] for name in ("VAL", "CHA", "CIF")), strict=True))
    assert len(rows) > 500
    assert [row for row in rows if row[0] + row[1] != row[2]] == []


async def test_months_of_years_are_the_years() -> None:
    answer = await ask("us_imports", product="8507", partner="CN", period="2022-2024")
    yearly = [SANDBOX.world.truth("CN", "US", "8507", year).importer_reported for year in ("2022", "2023", "2024")]
    cif = months(answer, "GEN_CIF_MO")
    assert [sum(value or 0 for value in cif[start : start + 12]) for start in (0, 12, 24)] == yearly
    assert answer.source.calls == 1
    running = await ask("us_imports", product="8507", partner="CN", period="2022-2024", freq="ytd")
    assert months(running, "GEN_CIF_YR") == yearly


@pytest.mark.parametrize("tool", ["us_imports", "us_exports"])
async def test_parts_add_up_to_the_whole(tool: str) -> None:
    value = {"us_imports": "GEN_VAL_MO", "us_exports": "ALL_VAL_MO"}[tool]
    asked = {"product": "8542", "period": "2024-01"}
    whole = months(await ask(tool, **asked), value)
    for part in (
        {"partner": "all"},
        {"level": 6},
        {"level": 10},
        *({"breakdown": one} for one in ("district", "port", "state")),
    ):
        answer = await ask(tool, **asked, **part)
        assert months(answer, value) == whole, part
        assert len(answer.data.rows.time) > 1
        assert [note.text for note in answer.notes if note.code == "total_mismatch"] == []


async def test_industries_and_end_uses_add_up_to_all_goods() -> None:
    whole = months(await ask("us_exports", partner="CN", period="2024-01"), "ALL_VAL_MO")
    for breakdown in ("naics", "enduse"):
        answer = await ask("us_exports", partner="CN", period="2024-01", breakdown=breakdown)
        assert months(answer, "ALL_VAL_MO") == whole
        assert all(answer.data.names[code] for code in answer.data.rows.place)


async def test_domestic_and_foreign_exports_add_up_and_are_observed_once() -> None:
    asked = {"product": "8507", "partner": "MX", "period": "2024-01"}
    whole, split = await ask("us_exports", **asked), await ask("us_exports", **asked, origin="split")
    kinds = [await ask("us_exports", **asked, origin=one) for one in ("domestic", "foreign")]
    assert months(split, "ALL_VAL_MO") == months(whole, "ALL_VAL_MO")
    sums = zip(*(months(one, "ALL_VAL_MO") for one in kinds), strict=True)
    assert [sum(value or 0 for value in each) for each in sums] == months(whole, "ALL_VAL_MO")
    observe = next(tool for tool in SOURCE.tools if tool.name == "us_exports").observe
    assert observe is not None
    by_flow = {one.flow: one.value for one in observe(split.data, split.source)}
    assert by_flow == {"X": months(whole, "ALL_VAL_MO")[0], "RX": months(kinds[1], "ALL_VAL_MO")[0]}
    assert observe(kinds[0].data, kinds[0].source) == []


async def test_the_two_flows_have_no_code_of_ten_digits_in_common() -> None:
    asked = {"product": "85", "level": 10, "period": "2024-01"}
    codes = [set((await ask(tool, **asked)).data.rows.code) for tool in ("us_imports", "us_exports")]
    assert codes[0]
    assert not codes[0] & codes[1]
    assert {code[:6] for code in codes[0]} & {code[:6] for code in codes[1]}


async def test_a_group_is_the_sum_of_its_members_asked_one_by_one() -> None:
    asked = {"product": "8507", "period": "2024-01..2024-02"}
    group = await ask("us_imports", **asked, partner="USMCA")
    alone = [await ask("us_imports", **asked, partner=code) for code in ("CA", "MX")]
    parts = zip(*(months(one, "GEN_VAL_MO") for one in alone), strict=True)
    assert months(group, "GEN_VAL_MO") == [sum(value or 0 for value in month) for month in parts]
    own = await ask("us_imports", **asked, partner="0020")
    assert months(own, "GEN_VAL_MO") == months(group, "GEN_VAL_MO")


async def test_common_rows_have_the_customs_value_with_cif_beside_it() -> None:
    answer = await ask("us_imports", product="850760", partner="all", period="2024-01")
    observe = next(tool for tool in SOURCE.tools if tool.name == "us_imports").observe
    assert observe is not None
    found = {one.partner: one for one in observe(answer.data, answer.source)}
    china = found["156"]
    assert (china.valuation, china.currency, china.reporter, china.flow) == ("FOB", "USD", "842", "M")
    assert china.cif == SANDBOX.world.truth("CN", "US", "850760", "202401").importer_reported
    assert china.value is not None
    assert china.cif is not None
    assert china.value < china.cif
    assert china.net_kg == china.quantity
    assert found["0"].value == sum(one.value or 0 for code, one in found.items() if code != "0")


@pytest.mark.parametrize(
    "category", ["countries", "groups", "districts", "ports", "states", "naics", "enduse", "variables"]
)
async def test_every_list_has_entries_and_is_searched(category: str) -> None:
    async with opened() as context:
        whole = await context.call("us_reference", {"category": category})
        code, name = next(iter(whole.data.codes.items()))
        found = await context.call("us_reference", {"category": category, "search": name})
        with pytest.raises(NoData):
            await context.call("us_reference", {"category": category, "search": "nothing of the kind"})
    assert found.data.codes[code] == name
    assert len(found.data.codes) <= len(whole.data.codes) == whole.data.count


async def test_the_doctor_finds_the_stand_in_well() -> None:
    async with opened() as context:
        checks = [check async for check in SOURCE.checks(context)]
    assert [check.detail for check in checks if not check.ok] == []
    assert len(checks) == 11


async def test_the_doctor_says_what_an_unknown_variable_breaks() -> None:
    try:
        SANDBOX.fail(source="census", endpoint="imports/porths", status=400, body="error: unknown variable 'PORT'")
        async with opened() as context:
            failed = [check async for check in SOURCE.checks(context) if not check.ok]
    finally:
        SANDBOX.reset()
    assert [check.name for check in failed] == ["census: by port"]
    assert "unknown variable 'PORT'" in failed[0].detail
