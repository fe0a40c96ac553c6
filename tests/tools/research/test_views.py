"""Who can see a flow, and what they say of it, through the stand-in services."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from tradestat_sandbox import Sandbox
from tradestat_tools.codes.countries import area
from tradestat_tools.codes.periods import Period, period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.view import Cost, View
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.flow import FlowQuestion, Kind, read_product
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.model.reasons import Reason
from tradestat_tools.research.currency import average_rate
from tradestat_tools.research.mirror.facts import in_one_unit
from tradestat_tools.research.views import Seen, ask, ask_all, cost, views_of

pytestmark = pytest.mark.anyio

Served = Callable[..., AbstractAsyncContextManager[Context]]


def flow(
    exporter: str, importer: str, product: str, first: str, last: str | None = None, *, kind: Kind = "goods"
) -> FlowQuestion:
    """A question in words."""
    return FlowQuestion(
        area(exporter), area(importer), read_product(product, kind), period(first), period(last or first)
    )


def older() -> Sandbox:
    """Stand-ins among which doumaotong has its older form."""
    sandbox = Sandbox()
    sandbox.configure(doumaotong_shape="older")
    return sandbox


def by_id(views: tuple[View, ...]) -> dict[str, View]:
    return {view.id: view for view in views}


def values(seen: Seen) -> dict[str, float | None]:
    return {str(one.period): one.value for one in seen.observations}


async def test_every_source_that_can_see_a_flow_is_listed_with_its_role(context: Context) -> None:
    views = by_id(await views_of(flow("China", "Korea", "850760", "2024"), context))
    assert list(views) == [
        "comtrade:exporter",
        "doumaotong:exporter",
        "trademap:exporter",
        "korea:importer",
        "comtrade:importer",
        "trademap:importer",
    ]
    assert views["korea:importer"].what.startswith("South Korea's imports from China")


@pytest.mark.parametrize(
    ("question", "view", "says"),
    [
        (flow("World", "Korea", "850760", "2024"), "comtrade:exporter", "no report of the World"),
        (flow("China", "Korea", "85076000", "2024"), "comtrade:exporter", "national code"),
        (flow("China", "Korea", "85076000", "2024"), "korea:importer", "8 digits"),
        (flow("China", "Korea", "3.1", "2023", kind="services"), "korea:importer", "goods only"),
        (flow("China", "Korea", "3.1", "2023-01", kind="services"), "comtrade:importer", "by year"),
        (flow("China", "Korea", "850760", "2024Q1"), "trademap:importer", "by year"),
        (flow("China", "Korea", "85", "2024"), "doumaotong:exporter", "no chapters"),
    ],
    ids=["world", "national code", "other nation's code", "services", "months of services", "quarters", "chapter"],
)
async def test_a_source_that_can_not_see_it_says_why(
    context: Context, question: FlowQuestion, view: str, says: str
) -> None:
    found = by_id(await views_of(question, context))[view]
    assert found.why is not None
    assert found.why.reason is Reason.NOT_COVERED
    assert says in found.why.text
    seen = await ask(found, context)
    assert (seen.observations, seen.why) == ((), (found.why,))


async def test_all_sources_agree_on_what_the_world_recorded(context: Context) -> None:
    views = await views_of(flow("China", "Korea", "850760", "2023", "2024"), context)
    seen = {one.view.id: one for one in await ask_all(views, context)}
    exported, imported = values(seen["comtrade:exporter"]), values(seen["comtrade:importer"])
    assert values(seen["trademap:exporter"]) == pytest.approx(exported, abs=500)
    assert values(seen["trademap:importer"]) == pytest.approx(imported, abs=500)
    assert values(seen["korea:importer"]) == imported
    assert all(one.status is Status.SUMMED for one in seen["korea:importer"].observations)
    assert len(set(exported.values()) | set(imported.values())) == 4


async def test_the_present_form_of_doumaotong_sees_only_all_destinations(context: Context) -> None:
    one, all_of_them = flow("China", "Korea", "850760", "2024"), flow("China", "World", "850760", "2024")
    country, world = await ask_all(
        [by_id(await views_of(q, context))["doumaotong:exporter"] for q in (one, all_of_them)], context
    )
    assert country.observations == ()
    assert country.why[0].reason is Reason.NOT_COVERED
    assert "no months of South Korea" in country.why[0].text
    assert world.observations[0].currency == "CNY"
    assert world.observations[0].value
    assert world.observations[0].product == "85076000"


async def test_the_older_form_of_doumaotong_has_months_of_one_country(served: Served) -> None:
    async with served(older()) as context:
        views = by_id(await views_of(flow("China", "Korea", "850760", "2026-05", "2026-07"), context))
        seen = await ask(views["doumaotong:exporter"], context)
    assert [str(one.period) for one in seen.observations] == ["2026-05", "2026-06", "2026-07"]
    assert all(one.value for one in seen.observations)


async def test_an_answer_for_a_part_of_the_code_is_not_taken_for_it(served: Served) -> None:
    async with served(older()) as context:
        views = by_id(await views_of(flow("China", "Korea", "8507", "2026-05"), context))
        seen = await ask(views["doumaotong:exporter"], context)
    assert seen.observations == ()
    assert "a part of 8507" in seen.why[0].text


async def test_quarters_are_sums_of_months_and_a_year_that_is_not_over_has_no_sum(context: Context) -> None:
    spans: tuple[tuple[str, ...], ...] = (("2024-01", "2024-03"), ("2024Q1",), ("2026",))
    korea = [
        by_id(await views_of(flow("China", "Korea", "850760", *span), context))["korea:importer"] for span in spans
    ]
    months, quarter, year = await ask_all(korea, context)
    assert sum(value or 0 for value in values(months).values()) == values(quarter)["2024Q1"]
    assert [(one.value, one.status) for one in year.observations] == [(None, Status.MISSING)]


async def test_a_source_that_fails_does_not_fail_the_others(served: Served) -> None:
    sandbox = Sandbox()
    sandbox.fail(source="korea", times=100, status=500)
    async with served(sandbox) as context:
        views = await views_of(flow("China", "Korea", "850760", "2024"), context, sources=["korea", "comtrade"])
        seen = {one.view.id: one for one in await ask_all(views, context)}
    failed = seen["korea:importer"]
    assert (failed.observations, failed.why) == ((), ())
    assert failed.error is not None
    assert failed.error.kind == "UpstreamDown"
    assert values(seen["comtrade:importer"])["2024"]


async def test_what_is_not_out_is_missing_with_the_reason(context: Context) -> None:
    views = await views_of(flow("China", "Korea", "850760", "2026"), context, sources=["comtrade"])
    seen = await ask_all(views, context)
    assert [one.observations for one in seen] == [(), ()]
    assert {one.why[0].reason for one in seen} == {Reason.NOT_YET_PUBLISHED}


def test_a_converted_figure_is_that_of_the_code_itself_as_the_figure_before_it_is() -> None:
    question = flow("China", "Korea", "850760", "2023")
    view = View("file:exporter:r", "file", "import_file", (), "exporter", "a file", question)
    whole = Observation(
        flow="X",
        reporter="156",
        partner="410",
        product="850760",
        classification="HS",
        period=period("2023"),
        value=700.0,
        currency="CNY",
        valuation="FOB",
        status=Status.REPORTED,
        source="china_customs",
        tool="import_file",
    )
    part = replace(whole, product="85076000", value=90.0)
    for rows in ((whole, part), (part, whole)):
        (cell,) = in_one_unit([Seen(view, (whole,), rows)], "USD", 6.0).cells[view.id].values()
        assert cell.native == 700
        assert cell.value == pytest.approx(700 * customs_rate())


def customs_rate() -> float:
    """What a yuan was worth in 2023, by the months before each."""
    months = [Period(2023, "month", number).shifted(-1) for number in range(1, 13)]
    return sum(average_rate("CNY", "USD", month).value for month in months) / 12


async def test_the_cost_is_what_is_not_stored_and_only_trade_map_takes_credits(served: Served) -> None:
    async with served(Sandbox()) as context:
        views = await views_of(flow("China", "Korea", "850760", "2020", "2024"), context)
        paid = [view for view in views if view.source == "trademap"]
        before = await cost(views, context)
        await ask_all(paid, context)
        after = await cost(views, context)
        comtrade = [view for view in views if view.source == "comtrade"]
        assert await cost(comtrade, context) == Cost(2)
        await ask_all(comtrade, context)
        assert await cost(comtrade, context) == Cost()
    assert before.credits == 2
    assert (after.credits, before.calls - after.calls) == (0, 2)


async def test_services_are_seen_by_those_who_have_them(context: Context) -> None:
    views = await views_of(flow("China", "Korea", "3", "2023", kind="services"), context)
    seen = {one.view.id: one for one in await ask_all(views, context)}
    assert values(seen["trademap:exporter"]) == pytest.approx(values(seen["comtrade:exporter"]), abs=500)
    assert values(seen["comtrade:exporter"])["2023"]


async def test_a_stored_result_is_a_view_for_each_end_it_has_figures_of(context: Context) -> None:
    asked = {"reporterCode": ["China"], "partnerCode": ["Korea"], "cmdCode": ["850760"], "flowCode": ["M", "X"]}
    answer = await context.call("comtrade_data", asked | {"period": ["2024"]})
    assert answer.result
    question, other = flow("China", "Korea", "850760", "2024"), flow("China", "Japan", "850760", "2024")
    (view,) = await views_of(question, context, sources=[], files=[answer.result])
    (nothing,) = await views_of(other, context, sources=[], files=[answer.result])
    seen = await ask(view, context)
    with pytest.raises(NoData, match="No answer is kept"):
        await views_of(question, context, sources=[], files=["raaaaaaaaaa"])
    assert (view.id, view.role, seen.results) == (f"file:exporter:{answer.result}", "exporter", (answer.result,))
    assert len(values(seen)) == 1
    assert values(seen)["2024"]
    assert nothing.why is not None
    assert nothing.why.reason is Reason.FILTERED_OUT
