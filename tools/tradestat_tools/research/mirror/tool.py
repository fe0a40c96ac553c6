"""The tool `compare_mirror`: one flow as its exporter and its importer report it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, create_model, model_validator

from tradestat_tools.codes.countries import Resolved, resolve_area
from tradestat_tools.codes.groups import expand
from tradestat_tools.codes.periods import (
    LAST_YEAR,
    Frequency,
    Period,
    count_between,
    last_whole,
    month_of,
    periods_between,
)
from tradestat_tools.codes.words import CodeError, clean
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Source
from tradestat_tools.contract.tool import Tool
from tradestat_tools.contract.view import View
from tradestat_tools.model.answers import Answer, Note, NoteCode
from tradestat_tools.model.arguments import ArgumentError, Meaning, reads
from tradestat_tools.model.errors import NoData, TooLarge, TradestatError
from tradestat_tools.model.flow import FlowQuestion, Product, read_product
from tradestat_tools.model.reasons import Reason, Why, each_once
from tradestat_tools.research.arguments import (
    FREQUENCIES,
    LOWER,
    NOTHING_SAID,
    Handles,
    NamesIn,
    OfProduct,
    Periods,
    ProductCode,
    ProductKind,
    read_frequency,
)
from tradestat_tools.research.currency import DOLLAR, CurrencyCode, NoRate, Rate, average_rate, check_currency
from tradestat_tools.research.mirror.answer import Detail, MirrorData
from tradestat_tools.research.mirror.causes import Kind
from tradestat_tools.research.mirror.compare import Compared, compare
from tradestat_tools.research.mirror.report import data_of, notes_of, source_of, verdict
from tradestat_tools.research.views import Seen, as_named, ask_all, cost, is_paid, views_of
from tradestat_tools.upstream.runtime import in_thread

CIF_MARGIN = 6.0
"""Percent of the FOB value. The IMF's Direction of Trade Statistics divide CIF imports by 1.06 (note on estimation in
the yearbook of 2017; by 1.10 in earlier years)."""

LOOKED_BACK: dict[Frequency, int] = {"year": 3, "quarter": 3, "month": 6}
"""Periods before the newest due in which one that both ends have is looked for."""

MOST_PERIODS = 60

WITHOUT_RATE = "Compare in USD, or ask periods that have rates."

SUBHEADING = 6
"""Digits of a code that all countries share; longer ones are a country's own."""


def _place(text: str) -> Resolved:
    """A country, or a union that reports as one (the EU); other groups and the World have no end to compare.

    Raises:
        CodeError: unknown or ambiguous.
        ArgumentError: a group, or the World.
    """
    try:
        found = resolve_area(text)
    except CodeError:
        if expand(text) is None:
            raise
        found = None
    if found is None:
        raise ArgumentError(
            f"{text} is a group of countries; the two ends of a flow are single reporters.",
            allowed="one country; call again for each member that matters",
            remedy="trade_series takes a group at either end, sums it and gives each member: "
            f'reporter="{clean(text)}" with the other end as partner, or the other way round. '
            "Then compare_mirror with the members that matter.",
        )
    if found.area.kind == "world":
        raise ArgumentError(
            "The World reports nothing, so there is no other end to compare with.",
            allowed="one country at each end; for all partners together comtrade_data with partnerCode=0, "
            "first of one reporter, then of the other",
        )
    return found


def _frequency(value: Any) -> Any:
    """year, quarter or month for the words that mean them; anything else as it is."""
    read = read_frequency(value)
    return FREQUENCIES.get(read, read) if isinstance(read, str) else read


Place = Annotated[Resolved, reads(_place, max_length=80), Meaning.AREA]


class MirrorArguments(OfProduct):
    """A flow, and how it is compared."""

    exporter: Place = Field(description="Where the goods come from: a country's name, ISO or M49 code.")
    importer: Place = Field(description="Where they go to: the same.")
    product: ProductCode = "TOTAL"
    kind: ProductKind = "goods"
    period: Periods = Field(
        default=None,
        description="2023, 2019-2023, 2024-03, 2024Q1, last 5 years. Left out: the newest year that both ends have.",
        json_schema_extra=NOTHING_SAID,
    )
    freq: Annotated[Literal["", "year", "quarter", "month"], BeforeValidator(_frequency)] = Field(
        default="", description="year, quarter or month; left out, as `period` is written, else years."
    )
    sources: list[str] = Field(
        default=[], description="Sources to ask; left out, all free ones, and Trade Map where max_credits allows it."
    )
    files: Handles = Field(
        default=[], max_length=10, description="Handles of imported files or other answers to set beside them."
    )
    cif_margin: float = Field(
        default=CIF_MARGIN,
        ge=0,
        le=100,
        description="Freight and insurance in percent of the FOB value, to bring CIF imports to FOB. 6 is the IMF's.",
    )
    detail: Annotated[Detail, LOWER] = Field(
        default="summary",
        description="summary: both ends, the gap, its main reasons, the best estimate; full: every source's figures "
        "and all that shows the reasons too.",
    )
    max_credits: float = Field(default=0, ge=0, le=100, description="Credits that Trade Map may take.")
    currency: CurrencyCode = Field(default=DOLLAR, description="ISO 4217 code of the currency to compare in.")
    lang: NamesIn = "en"

    _traded: Product = PrivateAttr()

    @model_validator(mode="after")
    def _make_sense_together(self) -> "MirrorArguments":
        if self.exporter.area == self.importer.area:
            raise ArgumentError("Both ends are the same.", argument="importer", allowed="another country")
        try:
            self._traded = read_product(self.product, self.kind)
        except CodeError as error:
            raise ArgumentError.of("product", error) from None
        try:
            first, last = self.between(Period(LAST_YEAR, "month", 12))
        except CodeError as error:
            raise ArgumentError.of("period", error) from None
        if self.period and not self.period.leans_on_newest and count_between(first, last) > MOST_PERIODS:
            raise ArgumentError(
                f"{first} to {last} are too many periods.", argument="period", allowed=f"at most {MOST_PERIODS}"
            )
        return self

    @property
    def traded(self) -> Product:
        """What `product` and `kind` mean together."""
        return self._traded

    @property
    def newest_wanted(self) -> bool:
        """Whether the newest period that both ends have is meant: nothing was said, or "latest"."""
        meant = self.period
        return meant is None or (meant.first is None and meant.last is None and meant.count == 1)

    def between(self, this_month: Period) -> tuple[Period, Period]:
        """The first and the last period; for the newest that both have, the periods in which it may lie.

        Raises:
            CodeError: of another frequency than asked for, or it begins after the newest.
        """

        def newest(frequency: Frequency) -> Period:
            return last_whole(this_month.shifted(-2), frequency)  # nobody publishes sooner than a month after the end

        frequency: Frequency | None = self.freq or None
        if self.period is None or self.newest_wanted:
            last = newest(frequency or (self.period.said if self.period else None) or "year")
            return last.shifted(-LOOKED_BACK[last.frequency]), last
        return self.period.between(newest, frequency=frequency)


def mirror_arguments(sources: Mapping[str, Source]) -> type[MirrorArguments]:
    """The question, over those of these sources that have flows to compare."""
    names: Any = list[Literal[tuple(as_named(sources))]]
    return create_model(
        "MirrorArguments", __base__=MirrorArguments, sources=(names, MirrorArguments.model_fields["sources"])
    )


async def compare_mirror(context: Context, asked: MirrorArguments) -> Answer[MirrorData]:
    """Put both ends of a flow beside each other.

    Raises:
        TooLarge: Trade Map would take more credits than allowed; nothing was sent.
        NoData: no source has a figure from either end, or no period a rate; of the latter nothing was sent.
        TradestatError: every source failed.
    """
    if asked.currency != DOLLAR:
        await check_currency(asked.currency, "currency")
    first, last = _span(asked, context)
    rates, no_rate = dict[Period, Rate](), ""
    if asked.currency != DOLLAR:
        rates, no_rate = await in_thread(partial(_rates, first, last, asked.currency))
    lacking = None
    if no_rate:
        if not rates:
            raise NoData(no_rate, remedy=WITHOUT_RATE)
        covered = (min(rates), max(rates))
        lacking = f"Only {covered[0]} to {covered[1]} of {first} to {last} have rates. {no_rate}"
        first, last = covered
    question = FlowQuestion(asked.exporter.area, asked.importer.area, asked.traded, first, last)
    every = await views_of(question, context, sources=asked.sources or None, files=asked.files)
    views = [view for view in every if not is_paid(context, view.source) or asked.sources or asked.max_credits]
    paid = [view for view in every if is_paid(context, view.source) and view.why is None]
    price = (await cost(paid, context)).credits
    if price > asked.max_credits and any(view in views for view in paid):
        raise TooLarge(
            f"Trade Map's sides would take {price:g} credits, {asked.max_credits:g} are allowed; nothing was sent.",
            remedy=f"Allow them with max_credits={price:g}, or leave trademap out of sources.",
        )
    seen = await ask_all(views, context)
    if not any(one.value is not None for each in seen for one in each.observations):
        raise _nothing(question, seen)
    compared = await compare(context, question, seen, margin=asked.cif_margin, newest_only=asked.newest_wanted)
    if rates and not rates.keys() >= set(compared.periods):  # a gap amid them: nothing is taken from another period
        raise NoData(no_rate, remedy=WITHOUT_RATE)
    factors = {period: rates[period] for period in compared.periods if rates}
    notes = notes_of(compared, seen, asked.cif_margin, (asked.exporter, asked.importer), list(factors.values()))
    values = {at: rate.value for at, rate in factors.items()}
    data = data_of(compared, seen, asked.currency, asked.cif_margin, values, detail=asked.detail, lang=asked.lang)
    return Answer(
        what=verdict(data, compared),
        data=data,
        source=source_of(seen, compared, data),
        notes=[*notes, Note(code=NoteCode.UNIT, text=lacking)] if lacking else notes,
        more=_more(context, asked, paid=paid, views=views, price=price, compared=compared),
    )


def _span(asked: MirrorArguments, context: Context) -> tuple[Period, Period]:
    """The first and the last period, the newest ones where there are too many.

    Raises:
        NoData: it begins after the newest that anybody can have.
    """
    try:
        first, last = asked.between(month_of(context.today))
    except CodeError as error:  # of a range that leans on the newest; others are checked with the arguments
        why = Why(Reason.NOT_YET_PUBLISHED, error.message, sure=True)
        raise NoData(error.message, remedy=f"Ask for {error.allowed}.", why=[why]) from None
    return (first, last) if count_between(first, last) <= MOST_PERIODS else (last.shifted(1 - MOST_PERIODS), last)


def _rates(first: Period, last: Period, currency: str) -> tuple[dict[Period, Rate], str]:
    """What a dollar is worth in the currency, by period, and why the last of those without a rate has none; blocks."""
    rates: dict[Period, Rate] = {}
    why = ""
    for period in periods_between(first, last):
        try:
            rates[period] = average_rate(DOLLAR, currency, period)
        except NoRate as error:
            why = str(error)
    return rates, why


def _nothing(question: FlowQuestion, seen: Sequence[Seen]) -> TradestatError:
    failures = [one.error for one in seen if one.error is not None]
    if failures and not any(one.why for one in seen if one.view.why is None):
        return failures[0]
    code = question.product.code
    national = question.product.kind == "goods" and not question.product.is_total and len(code) > SUBHEADING
    return NoData(
        f"No source has a figure of {code} from {question.exporter.name_en} to "
        f"{question.importer.name_en} in {question.when}, from either end.",
        remedy=f"Ask its subheading, product={code[:SUBHEADING]}, which both ends can have."
        if national
        else "Ask earlier periods or a wider code; comtrade_data tells what each end reports.",
        why=each_once(_of_side(one, why) for one in seen for why in each_once(one.why)),
    )


def _of_side(seen: Seen, why: Why) -> Why:
    """A reason with the side that has it: what one end lacks says nothing of the other."""
    return replace(why, text=f"{seen.view.what}: {why.text}")


def _more(
    context: Context,
    asked: MirrorArguments,
    *,
    paid: Sequence[View],
    views: Sequence[View],
    price: float,
    compared: Compared,
) -> str | None:
    texts: list[str] = []
    if asked.detail == "summary":
        texts.append("Every source's figures, all evidence, which source for what: detail=full.")
    if paid and not any(view in views for view in paid):
        stored = f"Trade Map's stored figures cost nothing: sources={','.join(as_named(context.sources))}."
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
