"""The tools over the stand-in: every figure against what the synthetic world says members recorded."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from sandboxed import opened

from tradestat_sandbox import Sandbox
from tradestat_sandbox.economies import BY_ISO2, ECONOMIES, EU
from tradestat_sandbox.observers import Flow
from tradestat_sandbox.products import BY_CODE
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer, NoteCode

pytestmark = pytest.mark.anyio

PRODUCTS = ("850760", "300490", "870380", "220421")
MONTHS = {"A": range(1, 13), "M": range(3, 6)}


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture(scope="module")
async def context(sandbox: Sandbox) -> AsyncGenerator[Context]:
    async with opened(sandbox) as made:
        yield made


def recorded(sandbox: Sandbox, reporter: str, partner: str, product: str, flow: Flow) -> list[tuple[int, int]]:
    """Euros and kilograms of each month of 2023 as a member recorded them, by the world alone."""
    world, index = sandbox.world, BY_CODE[product].index
    ends = BY_ISO2[reporter].index, BY_ISO2[partner].index
    months = world.observers.months(ends[0], flow, ends[1], index, 2023)
    return [(world.euros(usd, (2023, at)), kg) for at, (usd, kg) in enumerate(months, 1)]


def is_secret(sandbox: Sandbox, reporter: str, partner: str, product: str, flow: Flow) -> bool:
    ends = BY_ISO2[reporter].index, BY_ISO2[partner].index
    return sandbox.world.observers.confidential(ends[0], flow, ends[1], BY_CODE[product].index)


def cells(answer: Answer[Any]) -> dict[tuple[str, ...], tuple[Any, Any]]:
    """The figures of an answer by reporter, partner, product, flow and period."""
    rows = answer.data.rows
    keys = zip(rows.reporter, rows.partner, rows.product, rows.flow, rows.period, strict=True)
    return dict(zip(keys, zip(rows.value_eur, rows.weight_kg, strict=True), strict=True))


@pytest.mark.parametrize(("freq", "period"), [("A", "2023"), ("M", "2023-03..2023-05")])
async def test_every_figure_is_what_the_members_recorded(
    sandbox: Sandbox, context: Context, freq: str, period: str
) -> None:
    asked = {
        "reporter": ["DE", "FR", "SK"],
        "partner": "all",
        "product": list(PRODUCTS),
        "period": period,
        "freq": freq,
    }
    found = cells(await context.call("eu_trade", asked))
    compared = 0
    flows: tuple[Flow, ...] = ("M", "X")
    for reporter in ("DE", "FR", "SK"):
        for product in PRODUCTS:
            for flow in flows:
                hidden: dict[tuple[str, str], tuple[int, int]] = {}
                for economy in ECONOMIES:
                    if economy.iso2 == reporter:
                        continue
                    months = recorded(sandbox, reporter, economy.iso2, product, flow)
                    spans = (
                        {"2023": months} if freq == "A" else {f"2023-{at:02d}": [months[at - 1]] for at in MONTHS["M"]}
                    )
                    for when, span in spans.items():
                        value, kg = sum(one for one, _ in span), sum(two for _, two in span)
                        if is_secret(sandbox, reporter, economy.iso2, product, flow):
                            at = ("QY" if economy.iso2 in EU else "QZ", when)
                            held = hidden.get(at, (0, 0))
                            hidden[at] = held[0] + value, held[1] + kg
                        elif value or kg:
                            assert found.pop((reporter, economy.iso2, product, flow, when)) == (value, kg)
                            compared += 1
                for (partner, when), figures in hidden.items():
                    if any(figures):
                        assert found.pop((reporter, partner, product, flow, when)) == figures
    assert compared > 300
    assert {key[1] for key in found} <= {"WORLD", "XU", "XI"} | {
        key[1] for key in found if key[1][:3] in ("EXT", "INT")
    }


async def test_sums_are_those_of_their_parts_and_the_union_is_its_members(sandbox: Sandbox, context: Context) -> None:
    asked = {"partner": ["WORLD", "EXT_EU27_2020", "INT_EU27_2020"], "product": "850760", "period": "2024", "flow": "M"}
    members = sorted(EU)
    found = cells(await context.call("eu_trade", {**asked, "reporter": members}))
    union = cells(await context.call("eu_trade", asked))
    for partner in asked["partner"]:
        key = (partner, "850760", "M", "2024")
        assert union["EU27_2020", *key][0] == sum(
            found[member, *key][0] for member in members if (member, *key) in found
        )
    for reporter in ("EU27_2020", *members):
        whole, outside, inside = (
            (union | found)[reporter, partner, "850760", "M", "2024"][0]
            for partner in ("WORLD", "EXT_EU27_2020", "INT_EU27_2020")
        )
        assert whole == outside + inside
    assert sandbox.calls


async def test_months_add_up_to_the_year_and_cn_codes_to_their_subheading(context: Context) -> None:
    asked = {"reporter": "IT", "partner": "CN", "product": "850760", "flow": "M"}
    year = cells(await context.call("eu_trade", {**asked, "period": "2023"}))
    months = cells(await context.call("eu_trade", {**asked, "period": "2023", "freq": "M"}))
    deep = cells(await context.call("eu_trade", {**asked, "period": "2023", "level": 8}))
    (whole,) = year.values()
    assert whole == tuple(sum(one[at] for one in months.values()) for at in (0, 1))
    assert whole == tuple(sum(one[at] for one in deep.values()) for at in (0, 1))
    assert {len(key[2]) for key in deep} == {8}


async def test_a_year_is_split_below_the_limits_and_comes_out_the_same(sandbox: Sandbox, context: Context) -> None:
    asked = {"reporter": "AT", "partner": ["CN", "US", "DE"], "product": ["850760", "300490"], "period": "2015-2023"}
    whole = cells(await context.call("eu_trade", asked))
    sandbox.configure(eurostat_most=80)
    try:
        async with opened(sandbox) as fresh:
            answer = await fresh.call("eu_trade", asked)
    finally:
        sandbox.configure(eurostat_most=5_000_000)
    assert cells(answer) == whole
    assert answer.source.calls > 2


async def test_a_queued_and_gzipped_answer_is_the_same_as_one_at_once(sandbox: Sandbox, context: Context) -> None:
    asked = {"reporter": "AT", "partner": ["CN", "US"], "product": "850760", "period": "2020-2023"}
    at_once = cells(await context.call("eu_trade", asked))
    sandbox.configure(eurostat_at_once=10, eurostat_gzip_from=10, eurostat_polls=0)
    try:
        async with opened(sandbox) as fresh:
            queued = await fresh.call("eu_trade", asked)
    finally:
        sandbox.configure(eurostat_at_once=500_000, eurostat_gzip_from=500_000, eurostat_polls=2)
    assert cells(queued) == at_once
    assert queued.source.calls == 3


@pytest.mark.parametrize("names", ["current", "older"])
@pytest.mark.parametrize("kingdom", ["both", "whole", "parts"])
async def test_the_united_kingdom_and_the_sums_are_the_same_however_they_are_stated(
    sandbox: Sandbox, context: Context, names: str, kingdom: str
) -> None:
    asked = {
        "reporter": "NL",
        "partner": ["GB", "EXT_EU27_2020", "WORLD"],
        "product": "300490",
        "flow": "X",
        "period": "2023",
    }
    usual = await context.call("eu_trade", asked)
    sandbox.configure(eurostat_names=names, eurostat_kingdom=kingdom)
    try:
        async with opened(sandbox) as fresh:
            answer = await fresh.call("eu_trade", asked)
    finally:
        sandbox.configure(eurostat_names="current", eurostat_kingdom="both")
    assert cells(answer) == cells(usual)
    assert sum(answer.data.rows.made_here) == (kingdom == "parts")


async def test_secret_partners_are_named_and_are_no_countries(context: Context) -> None:
    asked = {"reporter": "EU27_2020", "partner": "all", "product": "850760", "flow": "M", "period": "2024"}
    answer = await context.call("eu_trade", asked)
    texts = {note.code: note.text for note in answer.notes}
    assert texts[NoteCode.NOT_SPECIFIED_AREAS].startswith("QY, QZ: ")
    assert NoteCode.TOTAL_MISMATCH not in texts, "INT and EXT are the sums of their parts"
    tables = {table.title.split(":")[0]: table for table in answer.data.tables()}
    assert {row[0] for row in tables["Secret countries"].rows} == {"QY", "QZ"}
    countries = {row[0] for row in tables["Countries"].rows}
    assert not countries & {"QY", "QZ", "WORLD", "XU", "XI"}
    shares = {row[0]: row[-1] for row in tables["Countries"].rows}
    assert shares["DE"] is None, "a member is no part of the trade with others"
    assert 90 < sum(share for share in shares.values() if share) <= 100


async def test_the_day_of_the_last_update_and_the_lists_are_the_services(context: Context) -> None:
    answer = await context.call("eu_reference", {"list": "datasets"})
    assert [(row[0], row[-1]) for row in answer.data.rows] == [("DS-045409", "2026-10-15"), ("DS-059341", "2026-10-15")]
    partners = await context.call("eu_reference", {"list": "partners", "search": "secret"})
    assert [row[0] for row in partners.data.rows] == ["QX", "QY", "QZ"]
    products = await context.call("eu_reference", {"list": "products", "year": 2023, "search": "850760", "level": 8})
    deep = {row[0] for row in products.data.rows}
    before = await context.call("eu_reference", {"list": "products", "year": 2013, "search": "850760", "level": 8})
    assert deep != {row[0] for row in before.data.rows}, "the CN changed in between"
