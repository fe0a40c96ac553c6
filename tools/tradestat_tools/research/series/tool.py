"""The tool `trade_series`: one flow over time, from the best source that has it, under a stated rule."""

from collections.abc import Sequence
from dataclasses import replace

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
from tradestat_tools.model.reasons import Why, each_once
from tradestat_tools.research.currency import DOLLAR, check_currency
from tradestat_tools.research.series.answer import TOOL, SeriesData, TradeSeriesData, observe
from tradestat_tools.research.series.arguments import SeriesArguments
from tradestat_tools.research.series.ask import AUTO, Found, Wanted, find
from tradestat_tools.research.series.beside import answer_of_many
from tradestat_tools.research.series.chain import find_chained
from tradestat_tools.research.series.many import Gathered, find_all
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
    wanted = asked.wanted
    independent = _independent(context, wanted)
    if not asked.single:
        return await _several(context, asked, wanted, independent)
    found: list[Found] = []
    passed: list[Passed] = []
    for source in _order(context, asked, independent):
        named = source == asked.source
        one = await (find_chained if asked.chain else find)(context, wanted, source, named=named)
        if isinstance(one, Found):
            found.append(one)
            if not asked.fill or not _gaps(found):
                break
        elif one is not None:
            if named and not asked.fill:
                raise one
            passed.append(Passed(source, one))
        elif named:
            raise _of_another(context, source, wanted)
    if not found:
        raise _nothing(context, wanted, passed)
    return answer_of(context, wanted, Chosen(tuple(found), tuple(passed), independent))


async def _several(
    context: Context, asked: SeriesArguments, wanted: Wanted, independent: Sequence[str]
) -> Answer[TradeSeriesData]:
    """Several series, all of the first source that has any of them."""
    passed: list[Passed] = []
    for source in _order(context, asked, independent):
        named = source == asked.source
        found = await find_all(context, asked.many, source, named=named)
        if isinstance(found, Gathered):
            return answer_of_many(context, asked.many, found, passed)
        if named:
            raise found or _of_another(context, source, wanted)
        if found is not None:
            passed.append(Passed(source, found))
    raise _nothing(context, wanted, passed)


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
    """The sources in the order in which they are asked: the reporter's own, the United Nations, a compilation."""
    every = flows_of(context.sources).items()
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


def _of_another(context: Context, source: str, wanted: Wanted) -> InvalidQuery:
    every = flows_of(context.sources)
    way = "exports" if wanted.role == "exporter" else "imports"
    return InvalidQuery(
        f"{context.sources[source].name} has {every[source].reports} only, not {wanted.reporter.name_en}'s {way}.",
        argument="source",
        allowed=", ".join((AUTO, *(name for name, flows in every.items() if flows.reports is None))),
        nearest=(AUTO,),
    )


def _gaps(found: Sequence[Found]) -> bool:
    return any(all(one.value(period) is None for one in found) for period in found[0].periods)


def _nothing(context: Context, wanted: Wanted, passed: Sequence[Passed]) -> TradestatError:
    """Why there is no series at all: the reasons of every source, or the failure of one where that is all there is."""
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
        f"No source that could be asked has a figure of {wanted.reporter.name_en}'s {wanted.way} "
        f"{wanted.partner.name_en} of {wanted.product.code} in these periods.",
        remedy=" ".join([*not_asked, f"Else ask other periods, a wider code, or the other end: {_other_end(wanted)}."]),
        why=each_once(whys),
    )


def _other_end(wanted: Wanted) -> str:
    """The call that shows what the other end reports; of the World that of all countries."""
    way: Role = "importer" if wanted.role == "exporter" else "exporter"
    services = wanted.product.kind == "services"
    if wanted.partner.kind == "world":
        what = {"typeCode": "S"} if services else {"cmdCode": wanted.product.code}
        who = {"reporterCode": "all", "partnerCode": wanted.reporter.name_en, "flowCode": flow_of(way)}
        return call_text("comtrade_data", **who, **what, period="latest")
    ends = {wanted.role: wanted.reporter.name_en, way: wanted.partner.name_en}
    kind = "services" if services else None
    product = wanted.product.code
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
