"""What `trade_series` is asked: one flow or several, partners and groups, periods, and what goes together."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from tradestat_tools.codes.countries import Area, Resolved, resolve_area
from tradestat_tools.codes.flows import flow
from tradestat_tools.codes.groups import Group
from tradestat_tools.codes.periods import LAST_YEAR, PER_YEAR, Frequency, Period
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.words import CodeError, fold, shown
from tradestat_tools.contract.results import read_handle
from tradestat_tools.model.arguments import ArgumentError, Meaning, reads
from tradestat_tools.model.flow import Product, read_product
from tradestat_tools.research.arguments import (
    FREQUENCIES,
    NOTHING_SAID,
    BasePeriod,
    FrequencyCode,
    NamesIn,
    OfProduct,
    Periods,
    ProductCode,
    ProductKind,
    check_length,
)
from tradestat_tools.research.currency import DOLLAR, CurrencyCode
from tradestat_tools.research.series.ask import AUTO, Measure, Wanted, whole_of
from tradestat_tools.research.series.many import MOST_SERIES, Many
from tradestat_tools.research.series.places import Place, places_of, read_partner, read_reporter, reporters_of

DEFAULT_SPANS: dict[Frequency, str] = {"year": "last 5 years", "quarter": "last 8 quarters", "month": "last 12 months"}

ONE_FLOW = frozenset({"X", "M"})
"""Flows that a single series is of; the others are worked out beside what they are made of."""

ALONE = frozenset({"growth", "share", "index"})
"""Measures that a single series has; the others take periods together."""

MONTHLY = frozenset({"ytd", "months"})

FLOWS = ("X", "M", "RX", "TB", "DX")

_PARTS = {"TB": ("X", "M", "TB"), "DX": ("X", "RX", "DX")}

_BOTH = frozenset({"both", "trade", "total trade", "exports and imports", "imports and exports"})


def read_flows(value: Any) -> Any:
    """Flows by code for the words that mean them; a difference comes with what it is made of.

    Raises:
        CodeError: no flow at all.
        ArgumentError: one that is not asked for here.
    """
    if not isinstance(value, list):
        return value
    found: list[str] = []
    for text in value:  # type: ignore[misc]
        if not isinstance(text, str):
            return value  # type: ignore[return-value]
        if fold(text) in _BOTH:
            found += ["X", "M"]
            continue
        code = flow(text).code
        if code not in FLOWS:
            raise ArgumentError(f"`flow` can not be {shown(code)}.", allowed=f"some of {', '.join(FLOWS)}, or both")
        found += _PARTS.get(code, (code,))
    return [one for one in FLOWS if one in found]


def products_of(codes: Sequence[str], kind: Any) -> tuple[Product, ...]:
    """Every product once.

    Raises:
        CodeError: no code.
    """
    return tuple(dict.fromkeys(read_product(code, kind) for code in codes))


def check_number(partners: int, products: int, flows: int) -> None:
    """Refuse more series than one call takes.

    Raises:
        ArgumentError: it is too many.
    """
    if (number := partners * products * flows) > MOST_SERIES:
        raise ArgumentError(
            f"{partners} partners, {products} products and {flows} flows are {number} series.",
            argument="partner" if partners >= products else "product",
            allowed=f"at most {MOST_SERIES} in one call; a group counts as one, balance as three",
            remedy="Ask in several calls; comtrade_data lists more at once.",
        )


def wholes_of(
    places: Sequence[Place], products: Sequence[Product], *, asked: bool, world: Area
) -> tuple[Area | None, Product | None]:
    """Of which partner or product the shares are taken; neither where there is nothing to share.

    Several partners are parts of the World, several products of one partner parts of all products.
    """
    many_partners = len(places) > 1 or places[0].is_group
    if not (asked or many_partners or len(products) > 1):
        return None, None
    if many_partners or (len(products) == 1 and places[0].areas[0].kind != "world"):
        return world, None
    if all(product.is_total for product in products):
        return None, None
    return None, read_product("TOTAL" if products[0].kind == "goods" else "", products[0].kind)


def _world() -> Resolved:
    return resolve_area("World")


def _source(text: str) -> str:
    try:
        return read_handle(text)
    except ArgumentError:
        return text.lower()


class SeriesArguments(OfProduct):
    """A flow, as one of its two ends reports it, over time."""

    reporter: Annotated[Resolved | Group, reads(read_reporter, max_length=80), Meaning.AREA] = Field(
        description="Who reports: a country's name, ISO or M49 code, or a group, whose members are added up."
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
        description="auto (the reporter's national source, then the United Nations', then a compilation if paid for), "
        "one source by its id (tradestat://sources), or the handle of an imported file.",
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
        description="Sum HS codes that hold the same goods in other editions into one series (851712, from 2022 851713 "
        "+ 851714); each year says its codes. Refused where others are mixed in.",
    )
    max_credits: float = Field(default=0, ge=0, le=100, description="Credits that Trade Map may take.")
    lang: NamesIn = "en"

    _reporters: Place = PrivateAttr()
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
        self._reporters = reporters_of(self.reporter, self.partner, self.span)
        self._places = places_of(self.partner, () if self.reporters.is_group else self.reporters.areas, self.span)
        check_number(len(self._places), len(self._traded), len(self.flow))
        if self.chain and not (self.single and self._traded[0].kind == "goods" and len(self._traded[0].code) == 6):
            raise ArgumentError(
                "Chains are of one HS subheading in one flow of one reporter with one partner.",
                argument="chain",
                allowed="an HS code of six digits, one reporter, partner and flow; also: growth, share, index",
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
        one = len(self._places) == len(self._traded) == len(self.flow) == 1 and not self.reporters.is_group
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
    def reporters(self) -> Place:
        """Who reports, one or the members of a group."""
        return self._reporters

    def of_reporter(self, area: Area) -> "SeriesArguments":
        """The same of another reporter."""
        found = self.model_copy()
        found._reporters = Place((area,))
        return found

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
            reporter=self.reporters.areas[0],
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
            lang=self.lang,
        )

    @property
    def _notes(self) -> tuple[str, ...]:
        return tuple(place.note for place in (self.reporters, *self._places) if place.note)

    @property
    def many(self) -> Many:
        """What is asked for, where it is several series or measures of one over its periods."""
        whole = wholes_of(self._places, self._traded, asked="share" in self.also, world=_world().area)
        return Many(
            reporters=self.reporters,
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
            lang=self.lang,
        )
