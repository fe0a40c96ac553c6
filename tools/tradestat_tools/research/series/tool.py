"""The tool `trade_series`: one flow over time, from the best source that has it, under a stated rule."""

from collections.abc import Sequence
from dataclasses import replace

from tradestat_tools.codes.countries import resolve_area
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.words import nearest, shown
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import is_handle
from tradestat_tools.contract.tool import Tool
from tradestat_tools.contract.view import Standing
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import InvalidQuery, NoData, TradestatError
from tradestat_tools.model.flow import read_product
from tradestat_tools.model.reasons import Why
from tradestat_tools.research.currency import DOLLAR, check_currency
from tradestat_tools.research.series.answer import TOOL, SeriesData, observe
from tradestat_tools.research.series.arguments import AUTO, PER_YEAR, SeriesArguments
from tradestat_tools.research.series.ask import Found, Wanted, find, whole_of
from tradestat_tools.research.series.report import Chosen, Passed, answer_of, source_name
from tradestat_tools.research.views import flows_of


async def trade_series(context: Context, asked: SeriesArguments) -> Answer[SeriesData]:
    """One flow over time.

    Raises:
        NoData: no source has a figure; with the reason of each.
        TooLarge: it takes more calls, or more credits, than are allowed; nothing was sent.
        TradestatError: the source that was named failed.
    """
    if asked.currency != DOLLAR:
        await check_currency(asked.currency, "currency")
    _check_source(context, asked.source)
    wanted = _wanted(asked)
    independent = _independent(context, wanted)
    found: list[Found] = []
    passed: list[Passed] = []
    for source in _order(context, asked, independent):
        named = source == asked.source
        one = await find(context, wanted, source, named=named)
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
    return answer_of(context, asked, wanted, Chosen(tuple(found), tuple(passed), independent))


def _wanted(asked: SeriesArguments) -> Wanted:
    partner = resolve_area(asked.partner).area
    product, frequency = read_product(asked.product, asked.kind), asked.frequency
    return Wanted(
        reporter=resolve_area(asked.reporter).area,
        partner=partner,
        product=product,
        role="exporter" if asked.flow == "X" else "importer",
        span=asked.span_asked,
        frequency=frequency,
        lead=PER_YEAR[frequency] if "growth" in asked.also else 0,
        whole=whole_of(product, partner, resolve_area("World").area) if "share" in asked.also else None,
        currency=asked.currency,
        max_credits=asked.max_credits,
    )


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
            whys += [Why(why.reason, f"{name}: {why.text}", sure=why.sure) for why in one.error.why]
        else:
            not_asked.append(f"{one.error.message} {one.error.remedy}")
    way = "exports to" if wanted.role == "exporter" else "imports from"
    return NoData(
        f"No source that could be asked has a figure of {wanted.reporter.name_en}'s {way} {wanted.partner.name_en} of "
        f"{wanted.product.code} in these periods.",
        remedy=" ".join(
            [*not_asked, "Else ask other periods, a wider code, or the other end: compare_mirror shows both."]
        ),
        why=whys,
    )


TRADE_SERIES = Tool(
    name=TOOL,
    title="Tradestat: one flow over time",
    description=(
        "One reporter's exports or imports with one partner or the World, of one product, by year, quarter or month, "
        "from the best source that has it: the official national one first, then UN Comtrade, then Trade Map (only "
        "with max_credits); or from a source that you name. Says which was chosen and why; never mixes sources unless "
        "fill=true. Growth, share and index on request; other currencies at official averages. Use it for 'how did X "
        "develop'; comtrade_data for many partners or products at once, compare_mirror for both ends of a flow."
    ),
    arguments=SeriesArguments,
    data=SeriesData,
    run=trade_series,
    example={"reporter": "Korea", "product": "850760", "period": "2020-2024", "also": ["growth"]},
    kept=True,
    observe=observe,
)
