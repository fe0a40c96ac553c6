"""The tool `trade_series`: one flow over time, from the best source that has it, under a stated rule."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from tradestat_tools.codes.countries import Resolved, resolve_area
from tradestat_tools.codes.groups import expand
from tradestat_tools.codes.periods import LAST_YEAR, PER_YEAR, Frequency, Period
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.words import CodeError, nearest, shown
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import is_handle, read_handle
from tradestat_tools.contract.tool import Tool
from tradestat_tools.contract.view import Standing
from tradestat_tools.model.answers import Answer
from tradestat_tools.model.arguments import ArgumentError, Meaning, reads
from tradestat_tools.model.errors import InvalidQuery, NoData, TradestatError
from tradestat_tools.model.flow import Product, read_product
from tradestat_tools.model.reasons import Why
from tradestat_tools.research.arguments import (
    FREQUENCIES,
    NOTHING_SAID,
    BasePeriod,
    FlowWord,
    FrequencyCode,
    OfProduct,
    Periods,
    ProductCode,
    ProductKind,
    check_length,
)
from tradestat_tools.research.currency import DOLLAR, CurrencyCode, check_currency
from tradestat_tools.research.series.answer import TOOL, SeriesData, observe
from tradestat_tools.research.series.ask import AUTO, Found, Measure, Wanted, find, whole_of
from tradestat_tools.research.series.chain import find_chained
from tradestat_tools.research.series.report import Chosen, Passed, answer_of, source_name
from tradestat_tools.research.views import flows_of

DEFAULT_SPANS: dict[Frequency, str] = {"year": "last 5 years", "quarter": "last 8 quarters", "month": "last 12 months"}


def _area(text: str) -> Resolved:
    """An area that has figures of its own; a group's members have them one by one.

    Raises:
        CodeError: unknown or ambiguous.
        ArgumentError: a group that no source reports on.
    """
    try:
        return resolve_area(text)
    except CodeError:
        if expand(text) is None:
            raise
    raise ArgumentError(
        f"{shown(text)} is a group of countries, of which no source has a series.",
        allowed="one country, or World as partner; comtrade_data takes a group and gives each member",
    )


def _reporter(text: str) -> Resolved:
    found = _area(text)
    if found.area.kind == "world":
        raise ArgumentError("The World reports nothing.", allowed="one country; World can be the partner")
    return found


def _world() -> Resolved:
    return resolve_area("World")


def _source(text: str) -> str:
    try:
        return read_handle(text)
    except ArgumentError:
        return text.lower()


class SeriesArguments(OfProduct):
    """A flow, as one of its two ends reports it, over time."""

    reporter: Annotated[Resolved, reads(_reporter, max_length=80), Meaning.AREA] = Field(
        description="Who reports: a country's name, ISO or M49 code."
    )
    partner: Annotated[Resolved, reads(_area, max_length=80), Meaning.AREA] = Field(
        default_factory=_world,
        description="With whom: the same; World for all together.",
        json_schema_extra={"default": "World"},
    )
    product: ProductCode = "TOTAL"
    kind: ProductKind = "goods"
    flow: Annotated[Literal["X", "M"], FlowWord, Meaning.FLOW] = Field(
        default="X", description="X exports or M imports of the reporter; words are read too."
    )
    period: Periods = Field(
        default=None,
        description="2019-2023, 2024-01..2024-06, since 2020, last 5 years. Left out: the newest 5 years, 8 quarters "
        "or 12 months that there are.",
        json_schema_extra=NOTHING_SAID,
    )
    freq: FrequencyCode = Field(
        default="",
        description="A years, Q quarters or M months; left out, as `period` is written, else years. Months are summed "
        "into what is asked, and only where every one is there.",
    )
    source: Annotated[str, AfterValidator(_source)] = Field(
        default=AUTO,
        description="auto (Korea Customs for Korea's own figures, then UN Comtrade, then Trade Map if paid for), "
        "korea, comtrade, trademap, doumaotong, or the handle of an imported file.",
    )
    fill: bool = Field(
        default=False,
        description="Whether periods that the source lacks are taken from the next one; each then says its source.",
    )
    also: list[Measure] = Field(
        default=[],
        description="growth (on the year before and the period before), share (the partner's in the flow with the "
        "World; with partner World the product's in all products), index. growth and share ask for more figures.",
    )
    base: BasePeriod = Field(
        default=None,
        description="Period that is 100 in the index; left out, the first with a figure.",
        json_schema_extra=NOTHING_SAID,
    )
    currency: CurrencyCode = Field(
        default=DOLLAR,
        pattern=r"^[A-Za-z]{3}$",
        description="ISO 4217 code; figures in another one are converted at the ECB's averages of their periods.",
    )
    chain: bool = Field(
        default=False,
        description="Whether HS codes that hold the same goods in other editions are summed into one series (851712, "
        "from 2022 851713 + 851714); each year then says its codes. Refused where others are mixed in.",
    )
    max_credits: float = Field(default=0, ge=0, le=100, description="Credits that Trade Map may take.")

    _traded: Product = PrivateAttr()

    @model_validator(mode="after")
    def _make_sense_together(self) -> "SeriesArguments":
        try:
            self._traded = read_product(self.product, self.kind)
        except CodeError as error:
            raise ArgumentError.of("product", error) from None
        if self.chain and (self._traded.kind != "goods" or len(self._traded.code) != 6):
            raise ArgumentError("Chains are of HS subheadings.", argument="product", allowed="an HS code of six digits")
        if self.reporter.area == self.partner.area:
            raise ArgumentError("Reporter and partner are the same.", argument="partner", allowed="another area")
        if "share" in self.also and self._traded.is_total and self.partner.area.kind == "world":
            raise ArgumentError(
                "All products with the World are the whole, and a share of nothing.",
                argument="also",
                allowed="share with one partner or one product",
            )
        self._check_periods()
        return self

    def _check_periods(self) -> None:
        meant, frequency, base = self.span, self.frequency, self.base
        try:
            first, last = meant.between(lambda wanted: Period(LAST_YEAR, wanted), frequency=frequency)
            if not meant.leans_on_newest or meant.first is None:
                check_length(first, last)
        except CodeError as error:
            raise ArgumentError.of("period", error) from None
        if base is not None and base.frequency != frequency:
            raise ArgumentError(
                f"{base} is a {base.frequency}; these are {frequency}s.",
                argument="base",
                allowed=f"one of the {frequency}s asked for",
            )
        if base is not None and not meant.leans_on_newest and not first <= base <= last:
            raise ArgumentError(
                f"{base} is not among {first} to {last}, so nothing could be set against it.",
                argument="base",
                allowed=f"{first} to {last}, or a period that reaches to {base}",
            )

    @property
    def frequency(self) -> Frequency:
        """Of the periods wanted."""
        if self.freq:
            return FREQUENCIES[self.freq]
        return (self.period.said if self.period else None) or "year"

    @property
    def span(self) -> Span:
        """The periods as they were meant."""
        return self.period or span(DEFAULT_SPANS[self.frequency])

    @property
    def wanted(self) -> Wanted:
        """What is asked for, whichever source is asked."""
        partner, product, frequency = self.partner.area, self._traded, self.frequency
        return Wanted(
            reporter=self.reporter.area,
            partner=partner,
            product=product,
            role="exporter" if self.flow == "X" else "importer",
            span=self.span,
            frequency=frequency,
            lead=PER_YEAR[frequency] if "growth" in self.also else 0,
            whole=whole_of(product, partner, _world().area) if "share" in self.also else None,
            currency=self.currency,
            max_credits=self.max_credits,
            source=self.source,
            also=frozenset(self.also),
            base=self.base,
            notes=tuple(place.note for place in (self.reporter, self.partner) if place.note),
        )


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
    wanted = asked.wanted
    independent = _independent(context, wanted)
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
    return NoData(
        f"No source that could be asked has a figure of {wanted.reporter.name_en}'s {wanted.way} "
        f"{wanted.partner.name_en} of {wanted.product.code} in these periods.",
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
