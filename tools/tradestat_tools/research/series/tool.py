"""The tool `trade_series`: one flow over time, from the best source that has it, under a stated rule."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from tradestat_tools.codes.countries import area_named
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.words import nearest, shown
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import is_handle
from tradestat_tools.contract.tool import Tool, call_text
from tradestat_tools.contract.view import Standing
from tradestat_tools.model.answers import Answer, Provenance
from tradestat_tools.model.errors import InvalidQuery, NoData, TradestatError
from tradestat_tools.model.flow import Role, flow_of
from tradestat_tools.model.observation import Observation
from tradestat_tools.model.reasons import Reason, Why, each_once
from tradestat_tools.research.currency import DOLLAR, check_currency
from tradestat_tools.research.series.answer import TOOL, SeriesData, TradeSeriesData, observe
from tradestat_tools.research.series.arguments import SeriesArguments
from tradestat_tools.research.series.ask import AUTO, Found, Wanted, as_it_is, find
from tradestat_tools.research.series.beside import answer_of_many
from tradestat_tools.research.series.chain import chained
from tradestat_tools.research.series.gather import Gathered, find_all
from tradestat_tools.research.series.report import Chosen, Passed, answer_of, source_name
from tradestat_tools.research.series.several import ManyData, observe_many
from tradestat_tools.research.views import flows_of


async def trade_series(context: Context, asked: SeriesArguments) -> Answer[TradeSeriesData]:
    """One flow over time, or several beside each other.

    Raises:
        NoData: no source has a figure; with the reason of each.
        TooLarge: it takes more calls, or more credits, than are allowed; nothing was sent.
        TradestatError: the source that was named failed.
    """
    if asked.currency != DOLLAR:
        await check_currency(asked.currency, "currency")
    _check_source(context, asked.source)
    if asked.reporters.is_group and (union := as_one(context, asked)) is not None:
        try:
            return await trade_series(context, union)
        except NoData:
            pass  # its members then
    wanted = asked.wanted
    independent = _independent(context, wanted)
    if not asked.single:
        return await _several(context, asked, independent)
    parts_of = partial(chained, wanted.lead) if asked.chain else as_it_is
    found: list[Found] = []
    passed: list[Passed] = []
    without_rate: list[Found] = []
    for source in _order(context, asked, independent):
        named = source == asked.source
        one = await find(context, wanted, source, named=named, parts_of=parts_of)
        if isinstance(one, Found) and not named and one.unconverted:
            without_rate.append(one)  # a source of another currency may do, which needs no rate
            passed.append(Passed(source, _no_rate(one, asked.currency)))
        elif isinstance(one, Found):
            found.append(one)
            if not asked.fill or not _gaps(found):
                break
        elif one is not None:
            if named and not asked.fill:
                raise one
            passed.append(Passed(source, one))
        elif named:
            raise _of_another(context, source, asked)
    if not found and without_rate:
        found, passed = without_rate[:1], [one for one in passed if one.source != without_rate[0].seen.view.source]
    if not found:
        raise _nothing(context, asked, passed)
    return answer_of(context, wanted, Chosen(tuple(found), tuple(passed), independent))


def as_one(context: Context, asked: SeriesArguments) -> SeriesArguments | None:
    """The same of a group as one reporter, where a source has statistics of its own of it; None where none has."""
    whole = area_named(asked.reporters.name)
    if whole is None or asked.source != AUTO:
        return None
    one = asked.of_reporter(whole)
    wanted, someday = one.wanted, Period(context.today.year - 1, one.frequency, 1)
    views = [
        flows.view(replace(wanted, lead=0).question(someday, someday), wanted.role)
        for flows in flows_of(context.sources).values()
        if flows.standing is Standing.NATIONAL
    ]
    return one if any(view is not None and view.why is None for view in views) else None


async def _several(context: Context, asked: SeriesArguments, independent: Sequence[str]) -> Answer[TradeSeriesData]:
    """Several series, all of the first source that has any of them."""
    passed: list[Passed] = []
    for source in _order(context, asked, independent):
        named = source == asked.source
        found = await find_all(context, asked.many, source, named=named)
        if isinstance(found, Gathered):
            return answer_of_many(context, asked.many, found, passed)
        if named:
            raise found or _of_another(context, source, asked)
        if found is not None:
            passed.append(Passed(source, found))
    raise _nothing(context, asked, passed)


def _observe(data: TradeSeriesData, source: Provenance) -> list[Observation]:
    """The reported figures of one series or several as common rows."""
    if isinstance(data, ManyData):
        return observe_many(data, source)
    return observe(data, source) if isinstance(data, SeriesData) else []


def _check_source(context: Context, source: str) -> None:
    """Refuse what is neither a source with flows nor a handle.

    Raises:
        InvalidQuery: naming the nearest.
    """
    known = (AUTO, *flows_of(context.sources))
    if source not in known and not is_handle(source):
        raise InvalidQuery(
            f"{shown(source)} is no source.",
            argument="source",
            allowed=f"{', '.join(known)}, or the handle of an imported file",
            nearest=nearest(source, known),
        )


def _order(context: Context, asked: SeriesArguments, independent: Sequence[str]) -> list[str]:
    """The sources in the order in which they are asked: the reporter's own, the United Nations, a compilation.

    The members of a group are asked of a source that answers for many reporters at once.
    """
    every = flows_of(context.sources).items()
    if asked.reporters.is_group and asked.source == AUTO:
        return [name for name, flows in every if flows.evidence]
    rule = [*(name for name, flows in every if flows.standing is not Standing.INDEPENDENT), *independent]
    if asked.source == AUTO:
        return rule
    return [asked.source, *(one for one in rule if one != asked.source)] if asked.fill else [asked.source]


def _independent(context: Context, wanted: Wanted) -> tuple[str, ...]:
    """Those compilations that are not official and may stand in: for goods by month or quarter, being newer."""
    if wanted.product.kind == "services" or wanted.frequency == "year":
        return ()
    someday = Period(context.today.year, wanted.frequency, 1)
    question = replace(wanted, lead=0).question(someday, someday)
    return tuple(
        name
        for name, flows in flows_of(context.sources).items()
        if flows.standing is Standing.INDEPENDENT and flows.view(question, wanted.role) is not None
    )


def _of_another(context: Context, source: str, asked: SeriesArguments) -> InvalidQuery:
    every = flows_of(context.sources)
    way = "imports" if asked.flow == ["M"] else "exports"
    return InvalidQuery(
        f"{context.sources[source].name} has {every[source].reports} only, not {asked.reporters.name}'s {way}.",
        argument="source",
        allowed=", ".join((AUTO, *(name for name, flows in every.items() if flows.reports is None))),
        nearest=(AUTO,),
    )


def _no_rate(found: Found, currency: str) -> NoData:
    """Why a source that has the figures was passed over: no rate for some of them."""
    native = next(iter(found.native.values())).currency
    text = f"It has them in {native} (currency={native}), and some have no rate in {currency}: {found.without_rate}"
    why = Why(Reason.NOT_COVERED, text, sure=True)
    return NoData(text, remedy=f"Ask currency={native}.", why=[why])


def _gaps(found: Sequence[Found]) -> bool:
    return any(all(one.value(period) is None for one in found) for period in found[0].periods)


def _nothing(context: Context, asked: SeriesArguments, passed: Sequence[Passed]) -> TradestatError:
    """Why there is no series at all: the reasons of every source, or the failure of one where that is all there is."""
    wanted = asked.wanted
    if len(passed) == 1 or not any(isinstance(one.error, NoData) for one in passed):
        return passed[0].error
    whys: list[Why] = []
    not_asked: list[str] = []
    for one in passed:
        if isinstance(one.error, NoData):
            name = source_name(context, one.source)
            whys += [Why(why.reason, f"{name}: {why.text}", sure=why.sure) for why in each_once(one.error.why)]
        else:
            not_asked.append(f"{one.error.message} {one.error.remedy}")
    return NoData(
        f"No source that could be asked has a figure of {asked.reporters.name}'s {wanted.way} "
        f"{wanted.partner.name_en} of {wanted.product.code} in these periods.",
        remedy=" ".join([*not_asked, f"Else ask other periods, a wider code, or the other end: {_other_end(asked)}."]),
        why=each_once(whys),
    )


def _other_end(asked: SeriesArguments) -> str:
    """The call that shows what the other end reports; of the World that of all countries."""
    wanted, who = asked.wanted, asked.reporters.name
    way: Role = "importer" if wanted.role == "exporter" else "exporter"
    product, kind = wanted.product.code, "services" if wanted.product.kind == "services" else None
    if wanted.partner.kind == "world":
        what = {"typeCode": "S"} if kind else {"cmdCode": product}
        ends = {"reporterCode": "all", "partnerCode": who, "flowCode": flow_of(way)}
        return call_text("comtrade_data", **ends, **what, period="latest")
    if asked.reporters.is_group:
        ends = {"reporter": wanted.partner.name_en, "partner": who}
        return call_text(TOOL, **ends, product=product, kind=kind, flow=flow_of(way))
    ends = {wanted.role: who, way: wanted.partner.name_en}
    return call_text("compare_mirror", exporter=ends["exporter"], importer=ends["importer"], product=product, kind=kind)


TRADE_SERIES = Tool(
    name=TOOL,
    title="Tradestat: flows over time",
    description=(
        "One reporter's trade by year, quarter or month with one or more partners or groups, of one or more products "
        "and flows (20 series at most), from the best source: the official national one first, then UN Comtrade, then "
        "Trade Map (only with max_credits), or one that you name. Gives sums, totals, shares and ranks, and says what "
        "sums lack; balance, growth, cagr, year to date, unit values on request: ask rather than add up yourself. "
        "compare_mirror: both ends of a flow; comtrade_data: all partners or products."
    ),
    arguments=SeriesArguments,
    data=TradeSeriesData,
    run=trade_series,
    example={"reporter": "Korea", "product": "850760", "period": "2020-2024", "also": ["growth"]},
    kept=True,
    observe=_observe,
)
