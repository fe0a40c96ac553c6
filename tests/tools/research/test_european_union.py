"""The EU and its members across sources: Eurostat first, the Union as a reporter, both ends of its flows."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tradestat_sandbox import Sandbox
from tradestat_sandbox.economies import EU
from tradestat_sandbox.world import World
from tradestat_server.mcp.context import sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.open import in_memory
from tradestat_tools.research.currency import average_rate
from tradestat_tools.upstream.http import Http

pytestmark = pytest.mark.anyio

BATTERIES = "850760"
TOLERANCE = 0.03
"""How far a best FOB value may be from the truth: where the exporter keeps some back, the importer's is left."""


async def ask(of: Context, tool: str = "trade_series", **asked: Any) -> dict[str, Any]:
    return (await of.call(tool, asked)).structured()


async def test_a_members_own_figures_are_eurostats_and_said_to_be_converted(context: Context) -> None:
    asked = {"reporter": "Germany", "partner": "China", "product": BATTERIES, "period": "2022-2023"}
    euros = await ask(context, **asked, currency="EUR")
    dollars = await ask(context, **asked)
    assert (euros["data"]["source"], dollars["data"]["source"]) == ("eurostat", "eurostat")
    rates = [average_rate("EUR", "USD", Period(year)).value for year in (2022, 2023)]
    converted = [value * rate for value, rate in zip(euros["data"]["values"], rates, strict=True)]
    assert dollars["data"]["values"] == pytest.approx(converted, abs=1)
    assert "Eurostat Comext, the official national source of Germany" in dollars["data"]["choice"]
    assert any(note["text"].startswith("Converted from EUR") for note in dollars["notes"])


async def test_the_unions_world_is_all_outside_it(context: Context) -> None:
    series = await ask(context, reporter="EU", product=BATTERIES, flow="M", period="2023", currency="EUR")
    table = await ask(
        context, "eu_trade", partner=["EXT_EU27_2020", "WORLD"], product=BATTERIES, flow="M", period="2023"
    )
    rows = dict(zip(table["data"]["rows"]["partner"], table["data"]["rows"]["value_eur"], strict=True))
    assert series["data"]["values"] == [rows["EXT_EU27_2020"]]
    assert rows["WORLD"] > rows["EXT_EU27_2020"]
    assert any("INT_EU27_2020" in note["text"] for note in series["notes"])


async def test_with_a_member_as_partner_the_unions_is_the_sum_of_the_others_and_says_so(context: Context) -> None:
    found = await ask(context, reporter="EU", partner="France", product=BATTERIES, period="2023")
    assert "Without France, the partner." in str(found)


@pytest.mark.parametrize(
    ("exporter", "importer", "product"),
    [
        ("Germany", "China", "870323"),
        ("China", "Germany", BATTERIES),
        ("France", "Japan", "220421"),
        ("US", "Italy", "300490"),
    ],
)
async def test_both_ends_of_a_members_flow_lie_close_together(
    context: Context, exporter: str, importer: str, product: str
) -> None:
    found = await ask(context, "compare_mirror", exporter=exporter, importer=importer, product=product, period="2023")
    assert abs(found["data"]["gaps"][0]["gap_fob_percent"]) < 8
    assert any(one["side"].startswith("eurostat:") for one in found["data"]["figures"])


async def test_the_other_end_of_the_unions_flow_is_the_sum_over_its_members(context: Context, world: World) -> None:
    flow = {"exporter": "US", "importer": "EU", "product": "300490", "period": "2023"}
    found = await ask(context, "compare_mirror", **flow)
    exported = [world.truth("US", member, "300490", "2023").exporter_reported or 0 for member in sorted(EU)]
    (side,) = [one for one in found["data"]["figures"] if one["side"] == "comtrade:exporter"]
    assert side["value"] == sum(exported)
    texts = " ".join(note["text"] for note in found["notes"])
    assert "the sum over 18 members of European Union. It has no row of Bulgaria" in texts


@pytest.mark.parametrize(("exporter", "importer"), [("EU", "US"), ("US", "EU"), ("DE", "CN"), ("CN", "DE")])
@pytest.mark.parametrize("code", [BATTERIES, "870323", "300490"])
async def test_pairs_of_the_union_and_of_a_member_give_the_true_value_within_the_worlds_noise(
    context: Context, world: World, exporter: str, importer: str, code: str
) -> None:
    found = await ask(context, "compare_mirror", exporter=exporter, importer=importer, product=code, period="2022-2023")
    gaps = {gap["period"]: gap for gap in found["data"]["gaps"]}
    ends = [sorted(EU) if one == "EU" else [one] for one in (exporter, importer)]
    for year in ("2022", "2023"):
        true = sum(world.truth(one, other, code, year).fob_usd for one in ends[0] for other in ends[1])
        assert abs(gaps[year]["best_fob"] - true) <= TOLERANCE * true, (year, gaps[year]["best_fob"], true)


async def test_a_sum_that_lacks_members_is_not_taken_for_all_that_was_exported(context: Context, world: World) -> None:
    """In 2022 the United States keep back what they sold to France and the Netherlands, a fifth of it."""
    flow = {"exporter": "US", "importer": "EU", "product": "870323"}
    found = await ask(context, "compare_mirror", **flow, period="2022")
    assert [world.truth("US", one, "870323", "2022").exporter_reported for one in ("FR", "NL")] == [0, 0]
    assert found["data"]["gaps"][0]["best_rule"] == "importer_by_assumed_margin"
    texts = " ".join(note["text"] for note in found["notes"])
    assert "the exporter's sum has no row of Bulgaria, Cyprus, Estonia, France, Croatia and 6 more" in texts
    causes = {one["kind"]: one for one in found["data"]["causes"]}
    assert causes["not_reported"]["text"].endswith("what they record, if anything, is not in it.")
    assert "net weight" not in causes.get("cif_fob", {}).get("evidence", {})


async def test_where_a_rate_is_lacking_a_source_in_the_currency_asked_for_is_taken() -> None:
    sandbox = Sandbox(today=date(2027, 3, 20))
    http = Http(app=sandbox.app)
    settings = sandbox_settings(catalogue().settings(_env_file=None))
    asked = {"reporter": "Germany", "partner": "China", "product": BATTERIES, "period": "2026-11..2026-12"}
    try:
        async with in_memory(http, settings, lambda: datetime(2027, 3, 20, tzinfo=UTC)) as context:
            dollars = await ask(context, **asked)
            euros = await ask(context, **asked, currency="EUR")
            rupees = await ask(context, **asked, currency="INR")
    finally:
        await http.aclose()
    assert dollars["data"]["source"] == "comtrade"
    assert "currency=EUR" in str(dollars["data"]["passed_over"]) + str(dollars["notes"])
    assert euros["data"]["source"] == "eurostat"
    assert all(euros["data"]["values"])
    assert rupees["data"]["source"] == "eurostat", "no source has them in rupees: the first one says so"
    assert rupees["data"]["values"] == [None, None]
