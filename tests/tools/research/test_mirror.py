"""`compare_mirror` against the stand-in services, and against the truth behind them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from tradestat_sandbox import Sandbox
from tradestat_sandbox.world import World
from tradestat_server.mcp.context import open_context
from tradestat_tools.catalogue import catalogue
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import NoData, TooLarge
from tradestat_tools.model.reasons import Reason
from tradestat_tools.research.currency import average_rate
from tradestat_tools.research.mirror.answer import MirrorData

pytestmark = pytest.mark.anyio

Served = Callable[..., AbstractAsyncContextManager[Context]]

LITHIUM = {"exporter": "China", "importer": "Korea", "product": "850760"}


async def mirror(context: Context, **asked: Any) -> Answer[MirrorData]:
    return await context.call("compare_mirror", asked)


async def test_both_ends_stand_side_by_side_with_the_gap_as_reported_and_fob(context: Context, world: World) -> None:
    answer = await mirror(context, **LITHIUM, period="2024", cif_margin=10)
    truth = world.truth("CN", "KR", "850760", "2024")
    (gap,) = answer.data.gaps
    assert (gap.exporter, gap.importer) == (truth.exporter_reported, truth.importer_reported)
    assert gap.gap == (truth.importer_reported or 0) - (truth.exporter_reported or 0)
    assert gap.gap_percent == pytest.approx((gap.gap or 0) / (truth.exporter_reported or 1) * 100, abs=0.005)
    assert gap.gap_fob == pytest.approx((truth.importer_reported or 0) / 1.1 - (truth.exporter_reported or 0), abs=1)
    assert gap.best_fob == pytest.approx(truth.fob_usd, rel=0.012)
    assert {one.side for one in answer.data.figures} == {"comtrade:exporter", "korea:importer", "comtrade:importer"}
    assert answer.what.startswith("China to South Korea, 850760")
    assert f"{gap.gap_percent:+.1f} %" in answer.what
    assert answer.result
    assert answer.source.state == "sandbox"


async def test_without_a_period_it_is_the_newest_year_that_both_ends_have(context: Context) -> None:
    late = await mirror(context, exporter="China", importer="Kenya", product="TOTAL")
    early, latest = (
        await mirror(context, **LITHIUM),
        await mirror(context, exporter="China", importer="Kenya", period="latest"),
    )
    assert [gap.period for gap in early.data.gaps] == ["2025"]
    (gap,) = late.data.gaps
    assert gap.period < "2025"
    assert latest.data.gaps == late.data.gaps
    assert gap.gap is not None


async def test_the_whole_is_summed_over_periods_that_both_ends_have(context: Context) -> None:
    answer = await mirror(context, exporter="Kenya", importer="China", product="090240", period="2022-2025")
    *each, whole = answer.data.gaps
    both = [gap for gap in each if gap.gap is not None]
    assert 0 < len(both) < len(each)
    assert whole.period == "all"
    assert whole.exporter == pytest.approx(sum(gap.exporter or 0 for gap in both))
    assert whole.importer == pytest.approx(sum(gap.importer or 0 for gap in both))
    assert f"{both[0].period} to {both[-1].period} ({len(both)} of {len(each)} periods), USD" in answer.what


async def test_trade_map_is_asked_only_where_its_credits_are_allowed_and_then_costs_once() -> None:
    async with open_context(catalogue().settings(TRADESTAT_SANDBOX=True)) as context:
        free = await mirror(context, **LITHIUM, period="2023")
        with pytest.raises(TooLarge, match="2 credits, 1 are allowed; nothing was sent") as refused:
            await mirror(context, **LITHIUM, period="2023", max_credits=1)
        paid = await mirror(context, **LITHIUM, period="2023", max_credits=2)
        again = await mirror(context, **LITHIUM, period="2023", sources=["trademap"])
    assert "trademap:exporter" not in {one.side for one in free.data.figures}
    assert free.more is not None
    assert "max_credits=2" in free.more
    assert "max_credits=2" in refused.value.remedy
    assert paid.source.credits_charged == 2
    assert {one.side for one in again.data.figures} == {"trademap:exporter", "trademap:importer"}
    assert again.source.credits_charged is None


async def test_sides_that_see_nothing_are_listed_with_a_reason_of_the_closed_set(context: Context) -> None:
    answer = await mirror(context, exporter="China", importer="Korea", product="3", kind="services", period="2023")
    missing = {one.side: one.reason for one in answer.data.missing}
    assert missing == {"doumaotong:exporter": "not_covered", "korea:importer": "not_covered"}
    assert answer.data.gaps[0].gap_fob is None
    assert all(one.valuation is None and one.fob is None for one in answer.data.figures)


async def test_yuan_are_converted_month_by_month_at_the_rate_of_the_month_before(served: Served) -> None:
    sandbox = Sandbox()
    sandbox.configure(doumaotong_shape="older")
    async with served(sandbox) as context:
        answer = await mirror(context, **LITHIUM, period="2026Q2", sources=["doumaotong", "korea"])
        months = await context.call(catalogue().tools["history"], {"hsCode": "850760", "countryCode": "133"})
    yuan = {str(one.month).replace("-", ""): one.amount for one in months.data.monthlyDetail}
    expected = sum(
        yuan[f"2026{number:02d}"] * average_rate("CNY", "USD", Period(2026, "month", number - 1)).value
        for number in (4, 5, 6)
    )
    (gap,) = answer.data.gaps
    assert gap.exporter == pytest.approx(expected, abs=1)
    figure = next(one for one in answer.data.figures if one.side == "doumaotong:exporter")
    assert (figure.native, figure.native_currency) == (yuan["202604"] + yuan["202605"] + yuan["202606"], "CNY")
    assert "currency" in {one.kind for one in answer.data.causes}
    assert any("month before" in note.text and "European Central Bank" in note.text for note in answer.notes)


async def test_a_comparison_in_another_currency_has_the_same_percentages(context: Context) -> None:
    dollars, euros = (
        await mirror(context, **LITHIUM, period="2024"),
        await mirror(context, **LITHIUM, period="2024", currency="eur"),
    )
    rate = average_rate("USD", "EUR", Period(2024)).value
    (one,), (other,) = dollars.data.gaps, euros.data.gaps
    assert other.exporter == pytest.approx((one.exporter or 0) * rate, abs=1)
    assert other.best_fob == pytest.approx((one.best_fob or 0) * rate, abs=1)
    assert other.gap_percent == one.gap_percent
    assert euros.data.currency == euros.source.currency == "EUR"


async def test_a_hub_that_the_importer_names_is_a_reason_and_one_it_does_not_name_is_none(context: Context) -> None:
    routed = await mirror(context, exporter="CN", importer="US", product="850760", period="2024")
    plain = await mirror(context, exporter="JP", importer="US", product="850760", period="2024")
    assert routed.data.causes[0].kind == "consignment"
    assert any("Hong Kong" in name for name in routed.data.causes[0].evidence)
    assert "consignment" not in {one.kind for one in plain.data.causes}


async def test_reasons_add_up_to_the_gap_with_what_is_unexplained(context: Context) -> None:
    for exporter, importer in (("CN", "US"), ("DE", "FR"), ("HK", "JP"), ("JP", "MX")):
        answer = await mirror(context, exporter=exporter, importer=importer, product="8517", period="2023")
        (gap,) = answer.data.gaps
        explained = sum(one.amount or 0 for one in answer.data.causes)
        assert gap.gap is not None
        assert explained == pytest.approx(gap.gap, abs=abs(gap.importer or 0) * 0.0011)


async def test_what_the_reasons_rest_on_is_counted_and_cited_with_the_sides(served: Served) -> None:
    sandbox = Sandbox()
    async with served(sandbox) as context:
        answer = await mirror(context, **LITHIUM, period="2024")
        asked = {call.params.get("flowCode") for call in sandbox.calls}
        cited = await context.call(catalogue().tools["cite"], {"result": answer.result, "replay": "curl"})
    giving = [call for call in sandbox.calls if call.source in ("comtrade", "korea")]
    assert answer.source.calls == cited.data.calls == len(giving)
    assert "RX" in asked
    assert "flowCode=RX" in cited.data.text


async def test_what_both_ends_are_asked_alike_is_one_call(served: Served) -> None:
    sandbox = Sandbox()
    async with served(sandbox) as context:
        await mirror(context, **LITHIUM, period="2024")
    sent = [call.params for call in sandbox.calls if call.endpoint == "get"]
    ends = [one for one in sent if one["reporterCode"] == one["partnerCode"] == "156,410"]
    assert [len(one["period"].split(",")) for one in ends] == [1, 12, 1]  # the year, its months, the one before
    alone = [one for one in sent if one not in ends and one["flowCode"] in ("M", "X")]
    assert [one for one in alone if one.get("partner2Code") == "0"] == []
    assert len(sent) == 6


async def test_that_a_total_is_not_the_sum_of_its_rows_is_passed_on(served: Served) -> None:
    figures = "<expDlr>10</expDlr><impDlr>{}</impDlr><expWgt>1</expWgt><impWgt>2</impWgt><balPayments>{}</balPayments>"
    rows = (("2024.01", "CN", "8507600000", 700, -690), ("총계", "-", "-", 900, -890))
    items = "".join(
        f"<item><year>{year}</year><statCd>{country}</statCd><hsCd>{code}</hsCd>{figures.format(*money)}</item>"
        for year, country, code, *money in rows
    )
    sandbox = Sandbox()
    sandbox.fail(
        source="korea",
        times=-1,
        body=f"<response><header><resultCode>00</resultCode></header><body><items>{items}</items></body></response>",
    )
    async with served(sandbox) as context:
        answer = await mirror(context, **LITHIUM, period="2024-01")
    assert [one.value for one in answer.data.figures if one.side == "korea:importer"] == [700]
    (text,) = [note.text for note in answer.notes if note.code == "total_mismatch"]
    assert "impDlr: the service's total 900, the rows 700, 200 apart" in text


async def test_without_any_figure_each_reason_stands_once_with_the_sides_that_have_it(context: Context) -> None:
    with pytest.raises(NoData) as caught:
        await mirror(context, exporter="China", importer="Korea", product="85076000", period="2023")
    whys = caught.value.why
    assert len({why.reason for why in whys}) == len(whys)
    (not_covered,) = [why for why in whys if why.reason is Reason.NOT_COVERED]
    assert "China's exports to South Korea, UN Comtrade: " in not_covered.text
    assert "South Korea's imports from China, UN Comtrade: " in not_covered.text


async def test_a_side_without_a_figure_is_late_only_where_its_year_is_not_published(context: Context) -> None:
    out = await mirror(context, exporter="Iraq", importer="China", product="27", period="2024", sources=["comtrade"])
    late = await mirror(context, exporter="Cambodia", importer="China", period="2025", sources=["comtrade"])
    (silent,) = [one for one in out.data.missing if one.side == "comtrade:exporter"]
    (young,) = [one for one in late.data.missing if one.side == "comtrade:exporter"]
    assert silent.reason == Reason.NOT_COVERED
    assert young.reason == Reason.NOT_YET_PUBLISHED
    assert "the newest is" in young.text


async def test_the_line_that_says_it_all_names_the_product(context: Context) -> None:
    answer = await mirror(context, exporter="China", importer="Korea", product="850760", period="2023")
    assert "850760 Lithium-ion" in answer.what or "850760 Electric accumulators" in answer.what


async def test_a_summary_has_both_ends_the_main_reasons_with_their_sums_and_what_gets_the_rest(
    context: Context,
) -> None:
    answer, full = (
        await mirror(context, **LITHIUM, period="2024"),
        await mirror(context, **LITHIUM, period="2024", detail="Full"),
    )
    gaps, reasons, evidence, weighed = answer.data.tables()
    assert answer.data.model_copy(update={"detail": "full"}) == full.data
    assert {"exporter", "importer", "gap", "best FOB"} <= {*gaps.columns}
    assert {"importer FOB", "exporter kg", "importer kg"} <= {*weighed.columns}
    main = [one for one in full.data.causes if abs(one.amount or 0) >= 0.05 * abs(full.data.gaps[0].gap or 0)]
    assert 0 < len(main) < len(full.data.causes)
    assert [row[0] for row in reasons.rows] == [*(one.kind for one in main), "1 smaller"]
    assert sum(float(row[1] or 0) for row in reasons.rows) == pytest.approx(
        sum(one.amount or 0 for one in full.data.causes)
    )
    said = [str(line) for (line,) in evidence.rows]
    assert [line.partition(":")[0] for line in said] == [word for one in main for word in (one.kind, "- sum, USD")]
    assert "detail=full" in (answer.more or "")
    assert "detail=full" not in (full.more or "")
    assert {"Every side", "Which source for what"} <= {table.title for table in full.data.tables()}


async def test_the_sum_over_periods_has_weights_and_the_fob_figure_that_its_gap_rests_on(context: Context) -> None:
    *years, together = (await mirror(context, **LITHIUM, period="2022-2024")).data.gaps
    assert together.period == "all"
    for name in ("exporter", "importer", "importer_fob", "exporter_kg", "importer_kg"):
        assert getattr(together, name) == pytest.approx(sum(getattr(one, name) for one in years)), name
    assert together.gap_fob == pytest.approx((together.importer_fob or 0) - (together.exporter or 0))


async def test_a_weight_and_a_currency_stand_once_where_a_source_states_them_twice(context: Context) -> None:
    dollars = await mirror(context, **LITHIUM, period="2024", detail="full")
    yuan = await mirror(context, **LITHIUM, period="2024", detail="full", currency="CNY")
    of_dollars, of_yuan = ({*each.data.tables()[4].columns} for each in (dollars, yuan))
    assert of_yuan - of_dollars == {"native", "currency"}
    assert "net weight, kg" in of_dollars
    assert not {"quantity", "unit"} & of_yuan


async def test_a_summary_names_the_side_without_a_figure_and_why(context: Context) -> None:
    answer = await mirror(context, exporter="China", importer="Kenya", product="850760", period="2025")
    (missing,) = [table for table in answer.data.tables() if table.title == "Sides without figures"]
    (row,) = missing.rows
    assert str(row[0]).startswith("comtrade:importer: not_yet_published")
