"""The tool `compare_mirror`: one flow as its exporter and its importer report it."""

from collections.abc import Mapping, Sequence
from functools import partial

from tradestat_tools.codes.countries import resolve_area
from tradestat_tools.codes.periods import Period, count_between, month_of, periods_between
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Source
from tradestat_tools.contract.tool import Tool
from tradestat_tools.contract.view import View
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.errors import NoData, TooLarge, TradestatError
from tradestat_tools.model.flow import FlowQuestion, read_product
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.research.cost import cost
from tradestat_tools.research.currency import DOLLAR, NoRate, Rate, average_rate, check_currency
from tradestat_tools.research.mirror.answer import MirrorData
from tradestat_tools.research.mirror.arguments import (
    MOST_PERIODS,
    MirrorArguments,
    mirror_arguments,
    newest_wanted,
    span_asked,
)
from tradestat_tools.research.mirror.causes import Kind
from tradestat_tools.research.mirror.compare import Compared, compare
from tradestat_tools.research.mirror.report import data_of, notes_of, source_of, verdict
from tradestat_tools.research.views import Seen, as_named, ask_all, is_paid, views_of
from tradestat_tools.upstream.runtime import in_thread

SUBHEADING = 6
"""Digits of a code that all countries share; longer ones are a country's own."""


async def compare_mirror(context: Context, asked: MirrorArguments) -> Answer[MirrorData]:
    """Put both ends of a flow side by side.

    Raises:
        TooLarge: Trade Map would take more credits than allowed; nothing was sent.
        NoData: no source has a figure from either end, or no period a rate; of the latter nothing was sent.
        TradestatError: every source failed.
    """
    if asked.currency != DOLLAR:
        await check_currency(asked.currency, "currency")
    exporter, importer = resolve_area(asked.exporter), resolve_area(asked.importer)
    first, last = _span(asked, context)
    first, last, lacking = await in_thread(partial(_with_rates, first, last, asked.currency))
    question = FlowQuestion(exporter.area, importer.area, read_product(asked.product, asked.kind), first, last)
    every = await views_of(question, context, sources=asked.sources or None, files=asked.files)
    sides = [side for side in every if not is_paid(context, side) or asked.sources or asked.max_credits]
    paid = [side for side in every if is_paid(context, side) and side.why is None]
    price = (await cost(paid, context)).credits
    if price > asked.max_credits and any(side in sides for side in paid):
        raise _too_dear(price, asked.max_credits)
    seen = await ask_all(sides, context)
    if not any(one.value is not None for each in seen for one in each.observations):
        raise _nothing(question, seen)
    compared = await compare(context, question, seen, margin=asked.cif_margin, newest_only=newest_wanted(asked))
    factors = await in_thread(partial(_factors, compared.periods, asked.currency))
    notes = notes_of(compared, seen, asked, (exporter, importer), list(factors.values()))
    data = data_of(compared, seen, asked, {period: rate.value for period, rate in factors.items()})
    return Answer(
        what=verdict(data, compared),
        data=data,
        source=source_of(seen, compared, data),
        notes=[*notes, Note(code=NoteCode.UNIT, text=lacking)] if lacking else notes,
        more=_more(as_named(context.sources), paid, sides, price, compared),
    )


def _span(asked: MirrorArguments, context: Context) -> tuple[Period, Period]:
    """The first and the last period, the newest ones where there are too many.

    Raises:
        NoData: it begins after the newest that anybody can have.
    """
    try:
        first, last = span_asked(asked, month_of(context.today))
    except CodeError as error:  # of a range that leans on the newest; others are read with the arguments
        why = Why(Reason.NOT_YET_PUBLISHED, error.message, sure=True)
        raise NoData(error.message, remedy=f"Ask for {error.allowed}.", why=[why]) from None
    return (first, last) if count_between(first, last) <= MOST_PERIODS else (last.shifted(1 - MOST_PERIODS), last)


def _with_rates(first: Period, last: Period, currency: str) -> tuple[Period, Period, str | None]:
    """The span from its first period with a rate to its last, and what to say of those left out; blocks.

    Raises:
        NoData: there is no rate in the whole span.
    """
    if currency == DOLLAR:
        return first, last, None
    covered: list[Period] = []
    why = ""
    for period in periods_between(first, last):
        try:
            average_rate(DOLLAR, currency, period)
        except NoRate as error:
            why = str(error)
        else:
            covered.append(period)
    if not covered:
        raise NoData(why, remedy="Compare in USD, or ask periods that have rates.")
    if (covered[0], covered[-1]) == (first, last):
        return first, last, None
    return covered[0], covered[-1], f"Only {covered[0]} to {covered[-1]} of {first} to {last} have rates. {why}"


def _too_dear(price: float, allowed: float) -> TooLarge:
    return TooLarge(
        f"Trade Map's sides would take {price:g} credits, {allowed:g} are allowed; nothing was sent.",
        remedy=f"Allow them with max_credits={price:g}, or leave trademap out of sources.",
    )


def _nothing(question: FlowQuestion, seen: Sequence[Seen]) -> TradestatError:
    failures = [one.error for one in seen if one.error is not None]
    whys = list(dict.fromkeys(why for one in seen for why in one.why))
    if failures and not any(one.why for one in seen if one.side.why is None):
        return failures[0]
    code = question.product.code
    national = question.product.kind == "goods" and not question.product.is_total and len(code) > SUBHEADING
    return NoData(
        f"No source has a figure of {code} from {question.exporter.name_en} to "
        f"{question.importer.name_en} in {question.when}, from either end.",
        remedy=f"Ask its subheading, product={code[:SUBHEADING]}, which both ends can have."
        if national
        else "Ask earlier periods or a wider code; comtrade_data tells what each end reports.",
        why=whys,
    )


def _factors(periods: Sequence[Period], currency: str) -> dict[Period, Rate]:
    """What a dollar is worth in the currency asked for, by period; reads rates, which blocks.

    Raises:
        TradestatError: there is no rate for a period; nothing is ever taken from another one.
    """
    if currency == DOLLAR:
        return {}
    try:
        return {period: average_rate(DOLLAR, currency, period) for period in periods}
    except NoRate as error:
        raise NoData(str(error), remedy="Compare in USD, or ask periods that have rates.") from None


def _more(
    every: Sequence[str], paid: Sequence[View], sides: Sequence[View], price: float, compared: Compared
) -> str | None:
    texts: list[str] = []
    if paid and not any(side in sides for side in paid):
        stored = f"Trade Map's stored figures cost nothing: sources={','.join(every)}."
        texts.append(f"Trade Map sees this too: {price:g} credits, max_credits={price:g}." if price else stored)
    if any(one.kind is Kind.UNEXPLAINED for one in compared.causes) and compared.focus.frequency == "year":
        texts.append(f"By month: freq=month, period={compared.focus}.")
    return " ".join(texts) or None


DESCRIPTION = (
    "One bilateral flow as its exporter and its importer report it, from every source that sees it, in one "
    "currency: gap per period and over all, as reported and after CIF imports are brought to FOB, a best FOB "
    "estimate with its rule, and the reasons that the data show (CIF/FOB, late recording, re-exports and transit, "
    "confidentiality ...) with their amounts. Use it before trusting one side, or where one does not report. Free; "
    "Trade Map only with max_credits."
)


def compare_mirror_tool(sources: Mapping[str, Source]) -> Tool[MirrorArguments, MirrorData]:
    """The tool over these sources."""
    return Tool(
        name="compare_mirror",
        title="Tradestat: one flow from both ends",
        description=DESCRIPTION,
        arguments=mirror_arguments(sources),
        data=MirrorData,
        run=compare_mirror,
        example={"exporter": "China", "importer": "Korea", "product": "850760", "period": "2024"},
        kept=True,
    )
