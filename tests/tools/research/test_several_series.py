"""`trade_series` for several series at once: its sums against what the stand-ins' world recorded."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from tradestat_sandbox import Sandbox
from tradestat_sandbox.world import World
from tradestat_tools.codes.groups import group
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import figures_of, found_in
from tradestat_tools.contract.view import Asking
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import InvalidQuery, TooLarge, TradestatError
from tradestat_tools.model.flow import FlowQuestion, Role
from tradestat_tools.research.series.arguments import SeriesArguments
from tradestat_tools.research.series.tool import as_one

pytestmark = pytest.mark.anyio

BATTERIES = "850760"


async def answer(of: Context, **asked: Any) -> Answer[Any]:
    return await of.call("trade_series", asked)


async def refused(of: Context, **asked: Any) -> TradestatError:
    with pytest.raises(TradestatError) as error:
        await of.call("trade_series", asked)
    return error.value


def picked(found: Answer[Any], **wanted: Any) -> Any:
    (one,) = [one for one in found.data.series if all(getattr(one, name) == what for name, what in wanted.items())]
    return one


def text_of(found: Answer[Any]) -> str:
    return "\n".join(note.text for note in found.notes)


def exported(world: World, reporter: str, partners: Iterable[str], product: str, period: str) -> int:
    return sum(world.truth(reporter, one, product, period).exporter_reported or 0 for one in partners)


# --- against the truth ---------------------------------------------------------------------------------------------


async def test_several_partners_come_with_their_sum_and_their_shares_of_the_world(
    context: Context, world: World
) -> None:
    found = await answer(context, reporter="Korea", partner=["CN", "US", "JP"], product=BATTERIES, period="2021-2023")
    whole = picked(found, partner=None)
    years = ["2021", "2022", "2023"]
    assert found.data.periods == years
    assert whole.values == [exported(world, "KR", ("CN", "US", "JP"), BATTERIES, year) for year in years]
    china = picked(found, partner="156")
    everywhere = [world.truth("KR", "World", BATTERIES, year).exporter_reported for year in years]
    assert china.share == pytest.approx([one / all_of for one, all_of in zip(china.values, everywhere, strict=True)])
    assert [one.total_rank for one in found.data.series] == [None, 1, 2, 3]
    assert whole.total == sum(whole.values)


async def test_a_sum_of_products_has_its_share_of_the_same_products_with_the_world(
    context: Context, world: World
) -> None:
    products = [BATTERIES, "8703"]
    partners = {"United States": ["US"], "ASEAN": ["VN", "ID", "TH", "MY", "PH", "SG", "KH"]}
    found = await answer(context, reporter="Korea", partner=["US", "ASEAN"], product=products, period="2022-2023")
    everywhere = [sum(exported(world, "KR", ["World"], one, at) for one in products) for at in found.data.periods]
    for name, ends in partners.items():
        mine = [sum(exported(world, "KR", ends, one, at) for one in products) for at in found.data.periods]
        whole = picked(found, product=None, partner_name=name)
        assert whole.values == mine
        assert whole.share == pytest.approx([one / all_of for one, all_of in zip(mine, everywhere, strict=True)])
        assert whole.total_share == pytest.approx(sum(mine) / sum(everywhere))
    assert "No reported figure" not in text_of(found)


async def test_a_group_is_its_members_at_the_time_with_their_sum_and_those_without_a_figure_named(
    context: Context, world: World
) -> None:
    found = await answer(context, reporter="Japan", partner="ASEAN", product="8703", period="2023")
    whole, *members = found.data.series
    assert len(members) == len(whole.members) == len(group("ASEAN").members_in(2023))
    assert whole.values == [sum(one.values[0] or 0 for one in members)]
    assert whole.values == [exported(world, "JP", ("ID", "TH", "MY", "PH", "VN", "SG", "KH"), "8703", "2023")]
    assert "not of all 10 members; it lacks Brunei Darussalam, Laos, Myanmar" in text_of(found)
    assert whole.total_lacks == ["2023"]


async def test_a_reporter_is_no_partner_of_its_own_group(context: Context) -> None:
    found = await answer(context, reporter="Germany", partner="EU", product="8703", period="2023")
    assert "Germany" not in found.data.series[0].members
    assert len(found.data.series[0].members) == 26
    assert "Without Germany" in text_of(found)


async def test_a_balance_is_exports_less_imports_and_says_how_they_are_valued(context: Context, world: World) -> None:
    found = await answer(context, reporter="Korea", partner="China", product=BATTERIES, flow="balance", period="2022")
    exports = world.truth("KR", "CN", BATTERIES, "2022").exporter_reported
    imports = world.truth("CN", "KR", BATTERIES, "2022").importer_reported
    assert exports is not None
    assert imports is not None
    assert {one.flow: one.values for one in found.data.series} == {
        "X": [exports],
        "M": [imports],
        "TB": [exports - imports],
    }
    assert "freight and insurance are on one side" in text_of(found)


async def test_domestic_exports_are_exports_less_re_exports_where_both_are_reported(context: Context) -> None:
    asked = {"reporter": "Hong Kong", "partner": ["US", "CN"], "product": BATTERIES, "period": "2022"}
    found = await answer(context, **asked, flow="domestic exports")
    x, rx, dx = (picked(found, partner="842", flow=flow).values[0] for flow in ("X", "RX", "DX"))
    assert dx == x - rx
    china = picked(found, partner="156", flow="DX")
    assert china.values == [None]
    assert china.lacks[0].text == "re-exports: no row"


async def test_a_year_to_date_is_beside_the_same_months_of_the_year_before(context: Context, world: World) -> None:
    found = await answer(context, reporter="Korea", product=BATTERIES, period="2026", also="ytd")
    (one,) = found.data.series
    assert found.data.to_date == "2026-01 to 2026-09"
    for year, value in ((2026, one.ytd), (2025, one.ytd_before)):
        months = [f"{year}{month:02d}" for month in range(1, 10)]
        assert value == sum(exported(world, "KR", ("World",), BATTERIES, month) for month in months)
    assert one.ytd_growth == pytest.approx(one.ytd / one.ytd_before - 1)
    assert one.total_lacks == ["2026-10", "2026-11", "2026-12"]


async def test_years_are_put_together_and_set_against_each_other(context: Context, world: World) -> None:
    asked = {"reporter": "Japan", "partner": "China", "product": "8703", "period": "2019-2023"}
    found = await answer(context, **asked, also=["cagr", "change"])
    (one,) = found.data.series
    recorded = [world.truth("JP", "CN", "8703", str(year)).exporter_reported or 0 for year in range(2019, 2024)]
    assert one.total == sum(recorded)
    assert one.change == recorded[-1] - recorded[0]
    assert one.cagr == pytest.approx((recorded[-1] / recorded[0]) ** (1 / 4) - 1)


async def test_a_unit_value_is_there_where_value_and_weight_are(context: Context) -> None:
    asked = {"partner": ["KR", "US"], "product": BATTERIES, "period": "2022", "also": ["unit_value"]}
    found = await answer(context, reporter="China", **asked)
    for one in found.data.series:
        assert one.unit_value == [pytest.approx(one.values[0] / one.net_kg[0])]
    assert "USD/kg" in found.data.tables()[0].columns
    without = await answer(context, reporter="Germany", **asked, source="comtrade")  # which reports no weights here
    assert {one.undefined["unit_value"] for one in without.data.series} == {"2022: no weight"}
    assert "USD/kg" not in without.data.tables()[0].columns


async def test_shares_of_products_are_of_all_products_with_that_partner(context: Context, world: World) -> None:
    found = await answer(context, reporter="Korea", partner="China", product=["8507", "8703"], period="2023")
    everything = world.truth("KR", "CN", "TOTAL", "2023").exporter_reported
    assert everything is not None
    for one in found.data.series:
        assert one.share == [pytest.approx(one.values[0] / everything)]
    assert found.data.series[0].members == ["8507", "8703"]


async def test_a_product_is_never_added_to_one_that_contains_it_nor_a_partner_to_the_world(context: Context) -> None:
    products = await answer(context, reporter="Korea", product=["85", BATTERIES], period="2023")
    assert all(one.members is None for one in products.data.series)
    assert "85 contains 850760" in text_of(products)
    partners = await answer(context, reporter="Korea", partner=["World", "CN", "US"], product="85", period="2023")
    assert picked(partners, partner=None).members == ["China", "United States"]
    assert picked(partners, partner="0").total_rank is None


async def test_the_average_of_a_calendar_month_is_over_three_years(context: Context, world: World) -> None:
    asked = {"reporter": "Korea", "product": BATTERIES, "period": "2023-01..2025-12"}
    (one,) = (await answer(context, **asked, also=["months"])).data.series
    march = [exported(world, "KR", ("World",), BATTERIES, f"{year}03") for year in (2023, 2024, 2025)]
    assert one.month_average[2] == pytest.approx(sum(march) / 3)
    assert one.month_years == [3] * 12


async def test_quarters_are_the_sums_of_their_months(context: Context, world: World) -> None:
    asked = {"reporter": "Korea", "partner": ["CN", "US"], "product": BATTERIES, "period": "2024Q1-2024Q2"}
    china = picked(await answer(context, **asked), partner="156")
    quarters = [[f"2024{month:02d}" for month in range(3 * n + 1, 3 * n + 4)] for n in range(2)]
    assert china.values == [sum(exported(world, "KR", ("CN",), BATTERIES, at) for at in one) for one in quarters]


# --- the order, the cost, the bound --------------------------------------------------------------------------------


async def test_sums_come_first_then_the_largest_series_and_rows_by_time(context: Context) -> None:
    found = await answer(context, reporter="Korea", partner=["JP", "CN", "US"], product=BATTERIES, period="2021-2022")
    whole, by_time = found.data.tables()
    totals = [one.total for one in found.data.series]
    assert found.data.series[0].members
    assert totals[1:] == sorted(totals[1:], reverse=True)
    assert [row[0] for row in whole.rows] == [one.partner_name for one in found.data.series]
    assert [row[1] for row in by_time.rows] == ["2021", "2022"] * 4


async def test_more_than_twenty_series_are_refused_with_the_bound(context: Context) -> None:
    asked = {"reporter": "Korea", "partner": ["CN", "US", "JP", "DE", "VN"], "product": ["85", "87", "72", "39", "27"]}
    error = await refused(context, **asked)
    assert isinstance(error, InvalidQuery)
    assert "25 series" in error.message
    assert "at most 20" in str(error.allowed)


async def test_members_of_a_group_are_one_question_to_a_source_that_takes_many(served: Any) -> None:
    sandbox = Sandbox()
    async with served(sandbox) as context:
        found = await answer(context, reporter="Japan", partner="EU", product="8703", period="2022-2023")
        assert len(found.data.series) == 28
        assert found.source.calls <= 2


async def test_a_paid_source_says_what_several_series_cost_and_takes_nothing_before(served: Any) -> None:
    asked = {"reporter": "China", "product": BATTERIES, "partner": ["Korea", "USA"], "period": "2022-2023"}
    async with served(Sandbox()) as context:
        error = await refused(context, **asked, source="trademap")
        assert isinstance(error, TooLarge)
        assert "would take 2 credits" in error.message
        assert "max_credits=2" in error.remedy
        found = await answer(context, **asked, source="trademap", max_credits=2)
        assert found.source.credits_charged == 2
        shares = [one.share for one in found.data.series if one.members is None]
        assert [sum(each) for each in zip(*shares, strict=True)] == pytest.approx([1, 1])
        assert "shares there are of the members' sum" in text_of(found)


async def test_figures_of_several_series_can_be_worked_on_without_their_sums(context: Context) -> None:
    found = await answer(context, reporter="Korea", partner=["CN", "US"], product=BATTERIES, period="2022-2023")
    stored = await found_in(context.results, found.result or "")
    rows = figures_of(stored, context.tools["trade_series"])
    assert len(rows) == 4
    assert {one.partner for one in rows} == {"156", "842"}
    worked_out = {"indicator": "hhi", "result": found.result, "period": "2023", "missing": "skip"}
    assert (await context.call("trade_indicators", worked_out)).data.rows


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"also": ["ytd"], "freq": "A"}, "ytd are of months"),
        ({"also": ["cagr"], "freq": "M"}, "cagr is of years"),
        ({"partner": ["CN", "JP"], "fill": True}, "Only one series"),
        ({"partner": ["CN", "Korea"]}, "Reporter and partner are the same"),
    ],
)
async def test_what_does_not_go_together_is_refused(context: Context, asked: dict[str, Any], said: str) -> None:
    error = await refused(context, reporter="Korea", product=BATTERIES, **asked)
    assert isinstance(error, InvalidQuery)
    assert said in error.message


async def test_the_members_of_a_group_report_and_are_summed_with_what_is_missing_named(
    context: Context, world: World
) -> None:
    found = await answer(context, reporter="ASEAN", product=BATTERIES, period="2022-2023")
    years, whole = ["2022", "2023"], picked(found, reporter=None)
    known = [one for one in found.data.series if one.reporter and any(one.values)]
    recorded = {area.comtrade: area.iso2 for area in group("ASEAN").member_areas()}
    for one in known:
        assert one.values == [
            world.truth(recorded[one.reporter], "World", BATTERIES, at).exporter_reported for at in years
        ]
    assert whole.values == [sum(one.values[at] for one in known) for at in range(2)]
    without = {one.reporter_name for one in found.data.series if one.reporter} - {one.reporter_name for one in known}
    assert without
    assert all(name in text_of(found) for name in without)
    assert "what they trade with each other is in it" in text_of(found)
    assert [sum(one.share[at] for one in known) for at in range(2)] == pytest.approx([1, 1])
    assert [row[0] for row in found.data.tables()[0].rows] == ["ASEAN", *(one.reporter_name for one in known)]
    assert found.data.reporter_name == "ASEAN"


async def test_figures_of_a_groups_members_go_on_as_theirs_and_their_sum_as_nobodys(context: Context) -> None:
    found = await answer(context, reporter="ASEAN", partner="Japan", product=BATTERIES, period="2023", flow="TB")
    stored = await found_in(context.results, found.result or "")
    rows = figures_of(stored, context.tools["trade_series"])
    assert {one.flow for one in rows} == {"X", "M"}
    assert {one.reporter for one in rows} == {one.reporter for one in found.data.series if one.reporter}


async def test_a_partner_within_the_group_that_reports_is_left_out_of_it(context: Context) -> None:
    found = await answer(context, reporter="ASEAN", partner="Viet Nam", product=BATTERIES, period="2023")
    assert "Without Viet Nam, the partner." in text_of(found)
    assert "704" not in {one.reporter for one in found.data.series}


@pytest.mark.parametrize("partner", ["EU", ["China", "Japan"]])
async def test_a_group_reports_with_one_partner_at_a_time(context: Context, partner: Any) -> None:
    error = await refused(context, reporter="ASEAN", partner=partner, product=BATTERIES)
    assert isinstance(error, InvalidQuery)
    assert "one country, or World" in str(error.allowed)


async def test_a_group_is_asked_as_one_reporter_where_a_source_has_statistics_of_its_own(context: Context) -> None:
    asked = SeriesArguments.model_validate({"reporter": "EU", "product": "8703"})
    sources = {name: one for name, one in context.sources.items() if name != "eurostat"}
    assert as_one(replace(context, sources=sources), asked) is None
    assert as_one(context, asked) is not None

    def view(question: FlowQuestion, role: Role) -> Asking | None:
        return Asking("statistics") if question.reporter(role).comtrade == "97" else None

    korea = context.sources["korea"]
    assert korea.flows is not None
    rooms = replace(korea.rooms(), flows=replace(korea.flows, view=view))
    union = replace(korea, id="union", rooms=lambda: rooms)
    found = as_one(replace(context, sources={**sources, "union": union}), asked)
    assert found is not None
    assert [area.comtrade for area in found.reporters.areas] == ["97"]
    assert found.single


async def test_of_one_period_everything_stands_once(context: Context) -> None:
    found = await answer(
        context, reporter="Korea", partner=["CN", "US"], product=BATTERIES, period="2023", also=["weight", "growth"]
    )
    (table,) = found.data.tables()
    assert table.columns == ("partner", "period", "value", "kg", "share %", "rank", "growth on year %")
    assert [row[2] for row in table.rows] == [one.values[0] for one in found.data.series]
    assert len((await answer(context, reporter="Korea", partner=["CN", "US"], period="2022-2023")).data.tables()) == 2


async def test_what_no_series_has_is_said_once_for_all(context: Context) -> None:
    found = await answer(
        context, reporter="Korea", partner=["CN", "US"], product=BATTERIES, period="2023", also=["change"]
    )
    assert "change of every series: 2023: there is one period only" in text_of(found)


async def test_a_list_of_one_is_one_series(context: Context) -> None:
    asked = {"reporter": "Korea", "product": BATTERIES, "period": "2023"}
    listed = await answer(context, **asked | {"product": [BATTERIES]}, partner=["China"], flow=["X"])
    assert listed.data.values == (await answer(context, **asked, partner="China")).data.values


async def test_a_partner_that_is_named_twice_counts_once(context: Context) -> None:
    found = await answer(context, reporter="Korea", partner=["China", "CN", "Japan"], product=BATTERIES, period="2023")
    assert picked(found, partner=None).members == ["China", "Japan"]


async def test_several_series_come_from_a_stored_answer_as_well(context: Context, world: World) -> None:
    asked = {"reporterCode": "KR", "cmdCode": BATTERIES, "flowCode": "X", "partnerCode": "0,CN,US", "period": "2023"}
    stored = (await context.call("comtrade_data", asked)).result
    asked = {"reporter": "Korea", "product": BATTERIES, "period": "2023", "source": stored}
    found = await answer(context, **asked, partner=["CN", "US", "JP"])
    assert picked(found, partner=None).values == [exported(world, "KR", ("CN", "US"), BATTERIES, "2023")]
    assert picked(found, partner="392").values == [None]
    assert picked(found, partner=None).lacks[0].members == ["Japan (no row)"]


async def test_a_named_partner_that_is_a_groups_member_too_stands_once_and_all_have_places_in_one_order(
    context: Context,
) -> None:
    partners = ["Viet Nam", "China", "ASEAN"]
    found = await answer(context, reporter="Korea", partner=partners, product=BATTERIES, period="2024", also=["share"])
    group_sum, *single = found.data.series
    assert "Viet Nam" in group_sum.members
    assert group_sum.values == [sum(one.values[0] or 0 for one in single if one.partner_name != "China")]
    names = [one.partner_name for one in single if one.values[0] is not None]
    assert len(names) == len(set(names))
    values = [one.values[0] for one in single if one.values[0] is not None]
    assert values == sorted(values, reverse=True)
    assert [one.rank[0] for one in single if one.values[0] is not None] == list(range(1, len(values) + 1))
