"""The tool `trade_series`: one flow over time, from the best source that has it, under a stated rule."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from tradestat_tools.codes.countries import Resolved, resolve_area
from tradestat_tools.codes.groups import Group, expand
from tradestat_tools.codes.periods import LAST_YEAR, PER_YEAR, Frequency, Period
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.words import CodeError, clean, nearest, shown
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.results import is_handle, read_handle
from tradestat_tools.contract.tool import Tool, call_text
from tradestat_tools.contract.view import Standing
from tradestat_tools.model.answers import Answer, Provenance
from tradestat_tools.model.arguments import ArgumentError, Meaning, reads
from tradestat_tools.model.errors import InvalidQuery, NoData, TradestatError
from tradestat_tools.model.flow import Product, Role, flow_of
from tradestat_tools.model.observation import Observation
from tradestat_tools.model.reasons import Reason, Why, each_once
from tradestat_tools.research.arguments import (
    FREQUENCIES,
    NOTHING_SAID,
    BasePeriod,
    FrequencyCode,
    OfProduct,
    Periods,
    ProductCode,
    ProductKind,
    check_length,
)
from tradestat_tools.research.currency import DOLLAR, CurrencyCode, check_currency
from tradestat_tools.research.series.answer import TOOL, SeriesData, TradeSeriesData, observe
from tradestat_tools.research.series.arguments import (
    ALONE,
    MONTHLY,
    ONE_FLOW,
    check_number,
    places_of,
    products_of,
    read_flows,
    read_partner,
    wholes_of,
)
from tradestat_tools.research.series.ask import AUTO, Found, Measure, Wanted, find, whole_of
from tradestat_tools.research.series.beside import answer_of_many
from tradestat_tools.research.series.chain import find_chained
from tradestat_tools.research.series.many import MOST_SERIES, Gathered, Many, Place, find_all
from tradestat_tools.research.series.report import Chosen, Passed, answer_of, source_name
from tradestat_tools.research.series.several import ManyData, observe_many
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
        allowed="one country, or World as partner",
        remedy=f'comtrade_data takes a group and gives each member: partnerCode="{clean(text)}", of one reporter.',
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
    partner: Annotated[list[Annotated[Resolved | Group, reads(read_partner, max_length=80)]], Meaning.AREA] = Field(
        default_factory=lambda: [_world()],
        min_length=1,
        max_length=MOST_SERIES,
        description="With whom, one or more: the same, World, or a group (ASEAN), which gives its sum and members.",
        json_schema_extra={"default": ["World"]},
    )
    product: Annotated[list[ProductCode], Meaning.HS] = Field(
        default=["TOTAL"], min_length=1, max_length=MOST_SERIES, description="One or more codes."
    )
    kind: ProductKind = "goods"
    flow: Annotated[list[Literal["X", "M", "RX", "TB", "DX"]], BeforeValidator(read_flows), Meaning.FLOW] = Field(
        default=["X"],
        min_length=1,
        description="X exports, M imports, RX re-exports, TB balance (X less M), DX domestic exports (X less RX).",
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
        "only where every one is there.",
    )
    source: Annotated[str, AfterValidator(_source)] = Field(
        default=AUTO,
        description="auto (the reporter's national source: Korea Customs, Eurostat for the EU and its members; then UN "
        "Comtrade, then Trade Map if paid for), korea, eurostat, comtrade, trademap, doumaotong, or the handle of an "
        "imported file.",
    )
    fill: bool = Field(
        default=False,
        description="Take periods that the source lacks from the next; each says its source. Of one series.",
    )
    also: list[Measure] = Field(
        default=[],
        description="growth (on the year and the period before), share (of the World; with partner World, of all "
        "products), index, weight, unit_value (USD/kg), cagr, change (first to last), ytd (and the same months a year "
        "before), months (average by calendar month).",
    )
    base: BasePeriod = Field(
        default=None,
        description="Period that is 100 in the index; left out, the first with a figure.",
        json_schema_extra=NOTHING_SAID,
    )
    currency: CurrencyCode = Field(
        default=DOLLAR,
        pattern=r"^[A-Za-z]{3}$",
        description="ISO 4217 code; converted at the ECB's averages of the periods.",
    )
    chain: bool = Field(
        default=False,
        description="Whether HS codes that hold the same goods in other editions are summed into one series (851712, "
        "from 2022 851713 + 851714); each year then says its codes. Refused where others are mixed in.",
    )
    max_credits: float = Field(default=0, ge=0, le=100, description="Credits that Trade Map may take.")

    _traded: tuple[Product, ...] = PrivateAttr()
    _places: tuple[Place, ...] = PrivateAttr()

    @classmethod
    def meaning(cls, argument: str, raw: Mapping[str, Any]) -> Meaning | None:
        """As usual; but a list of partners is no slip for one."""
        given = raw.get(argument)
        several = (isinstance(given, str) and "," in given) or (isinstance(given, list) and len(cast("Any", given)) > 1)
        return None if argument == "partner" and several else super().meaning(argument, raw)

    @model_validator(mode="after")
    def _make_sense_together(self) -> "SeriesArguments":
        try:
            self._traded = products_of(self.product, self.kind)
        except CodeError as error:
            raise ArgumentError.of("product", error) from None
        self._places = places_of(self.partner, self.reporter.area, self.span)
        check_number(len(self._places), len(self._traded), len(self.flow))
        if self.chain and not (self.single and self._traded[0].kind == "goods" and len(self._traded[0].code) == 6):
            raise ArgumentError(
                "Chains are of one HS subheading in one flow with one partner.",
                argument="chain",
                allowed="an HS code of six digits, one partner and flow; also: growth, share, index",
            )
        only = self._places[0].areas[0].kind == "world" and len(self._places) == len(self._traded) == 1
        if "share" in self.also and self._traded[0].is_total and only:
            raise ArgumentError(
                "All products with the World are the whole, and a share of nothing.",
                argument="also",
                allowed="share with one partner or one product",
            )
        self._check_periods()
        self._check_measures()
        return self

    def _check_measures(self) -> None:
        monthly = MONTHLY & set(self.also)
        if monthly and self.frequency != "month":
            said = " and ".join(sorted(monthly))
            raise ArgumentError(f"{said} are of months.", argument="freq", allowed="M, or left out")
        if "cagr" in self.also and self.frequency != "year":
            raise ArgumentError("cagr is of years.", argument="also", allowed="cagr with freq=A, or change")
        if self.fill and not self.single:
            raise ArgumentError(
                "Only one series without ytd, cagr and the like is filled from other sources.",
                argument="fill",
                allowed="fill=false",
            )

    @property
    def single(self) -> bool:
        """Whether one series is asked for, as it is reported."""
        one = len(self._places) == len(self._traded) == len(self.flow) == 1
        return one and not self._places[0].is_group and set(self.flow) <= ONE_FLOW and set(self.also) <= ALONE

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
        if MONTHLY & set(self.also):
            return "month"
        return (self.period.said if self.period else None) or "year"

    @property
    def span(self) -> Span:
        """The periods as they were meant."""
        return self.period or span("last 36 months" if "months" in self.also else DEFAULT_SPANS[self.frequency])

    @property
    def wanted(self) -> Wanted:
        """What is asked for, whichever source is asked."""
        partner, product, frequency = self._places[0].areas[0], self._traded[0], self.frequency
        return Wanted(
            reporter=self.reporter.area,
            partner=partner,
            product=product,
            role="importer" if self.flow[0] == "M" else "exporter",
            span=self.span,
            frequency=frequency,
            lead=PER_YEAR[frequency] if "growth" in self.also else 0,
            whole=whole_of(product, partner, _world().area) if "share" in self.also else None,
            currency=self.currency,
            max_credits=self.max_credits,
            source=self.source,
            also=frozenset(self.also),
            base=self.base,
            notes=self._notes,
        )

    @property
    def _notes(self) -> tuple[str, ...]:
        return tuple(place.note for place in (self.reporter, *self._places) if place.note)

    @property
    def many(self) -> Many:
        """What is asked for, where it is several series or measures of one over its periods."""
        whole = wholes_of(self._places, self._traded, asked="share" in self.also, world=_world().area)
        return Many(
            reporter=self.reporter.area,
            places=self._places,
            products=self._traded,
            flows=tuple(self.flow),
            span=self.span,
            frequency=self.frequency,
            currency=self.currency,
            max_credits=self.max_credits,
            source=self.source,
            also=frozenset(self.also),
            base=self.base,
            whole_partner=whole[0],
            whole_product=whole[1],
            share_named="share" in self.also,
            notes=self._notes,
        )


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
    without_rate: list[Found] = []
    for source in _order(context, asked, independent):
        named = source == asked.source
        one = await (find_chained if asked.chain else find)(context, wanted, source, named=named)
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
            raise _of_another(context, source, wanted)
    if not found and without_rate:
        found, passed = without_rate[:1], [one for one in passed if one.source != without_rate[0].seen.view.source]
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


def _no_rate(found: Found, currency: str) -> NoData:
    """Why a source that has the figures was passed over: no rate for some of them."""
    native = next(iter(found.native.values())).currency
    text = f"It has them in {native} (currency={native}), and some have no rate in {currency}: {found.without_rate}"
    why = Why(Reason.NOT_COVERED, text, sure=True)
    return NoData(text, remedy=f"Ask currency={native}.", why=[why])


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
