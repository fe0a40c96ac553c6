"""The question of `trade_series`."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tradestat_tools.codes.countries import resolve_area
from tradestat_tools.codes.flows import flow
from tradestat_tools.codes.groups import expand
from tradestat_tools.codes.periods import LAST_YEAR, Frequency, Period, count_between, period
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.words import CodeError, fold, shown
from tradestat_tools.contract.results import read_handle
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning
from tradestat_tools.model.flow import read_product
from tradestat_tools.research.currency import DOLLAR, CurrencyCode

AUTO = "auto"


MOST_PERIODS = 120

PER_YEAR: dict[Frequency, int] = {"year": 1, "quarter": 4, "month": 12}

DEFAULT_SPANS: dict[Frequency, str] = {"year": "last 5 years", "quarter": "last 8 quarters", "month": "last 12 months"}

FREQUENCIES: dict[str, Frequency] = {"A": "year", "Q": "quarter", "M": "month"}

_FREQUENCY_WORDS = {
    **dict.fromkeys(("a", "y", "year", "years", "yearly", "annual", "annually"), "A"),
    **dict.fromkeys(("q", "quarter", "quarters", "quarterly"), "Q"),
    **dict.fromkeys(("m", "month", "months", "monthly"), "M"),
}

Measure = Literal["growth", "share", "index"]


def _area(text: str) -> str:
    """An area that has figures of its own; a group's members have them one by one.

    Raises:
        ArgumentError: unknown, ambiguous, or a group that no source reports on.
    """
    try:
        resolve_area(text)
    except CodeError as error:
        group = expand(text)
        if group is None:
            raise ArgumentError(error.message, allowed=error.allowed or None, nearest=error.nearest) from None
        raise ArgumentError(
            f"{shown(text)} is a group of countries, of which no source has a series.",
            allowed="one country, or World as partner; comtrade_data takes a group and gives each member",
        ) from None
    return text


def _reporter(text: str) -> str:
    if resolve_area(_area(text)).area.kind == "world":
        raise ArgumentError("The World reports nothing.", allowed="one country; World can be the partner")
    return text


def _flow(value: Any) -> Any:
    """X or M; other flows are refused by name.

    Raises:
        CodeError: no flow at all.
    """
    return flow(value).code if isinstance(value, str) and value.strip() else value


def read_frequency(value: Any) -> Any:
    """A, Q or M for the words that mean them; anything else as it is."""
    return _FREQUENCY_WORDS.get(fold(value), value) if isinstance(value, str) else value


def _source(text: str) -> str:
    word = text.lower()
    try:
        return read_handle(text)
    except ArgumentError:
        return word


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


class SeriesArguments(Arguments):
    """A flow, as one of its two ends reports it, over time."""

    reporter: Annotated[str, AfterValidator(_reporter), Meaning.AREA] = Field(
        max_length=80, description="Who reports: a country's name, ISO or M49 code."
    )
    partner: Annotated[str, AfterValidator(_area), Meaning.AREA] = Field(
        default="World", max_length=80, description="With whom: the same; World for all together."
    )
    product: Annotated[str, Meaning.HS] = Field(
        default="TOTAL",
        max_length=30,
        description="HS code of 2, 4 or 6 digits (8 or 10: China's or Korea's own), or TOTAL; with kind=services an "
        "EBOPS 2010 item (3.1).",
    )
    kind: Annotated[Literal["goods", "services"], BeforeValidator(_lower)] = Field(
        default="goods", description="What `product` is a code of."
    )
    flow: Annotated[Literal["X", "M"], BeforeValidator(_flow), Meaning.FLOW] = Field(
        default="X", description="X exports or M imports of the reporter; words are read too."
    )
    period: Annotated[str, Meaning.PERIOD] = Field(
        default="",
        max_length=60,
        description="2019-2023, 2024-01..2024-06, since 2020, last 5 years. Left out: the newest 5 years, 8 quarters "
        "or 12 months that there are.",
    )
    freq: Annotated[Literal["", "A", "Q", "M"], BeforeValidator(read_frequency)] = Field(
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
    base: str = Field(
        default="", max_length=20, description="Period that is 100 in the index; left out, the first with a figure."
    )
    currency: CurrencyCode = Field(
        default=DOLLAR,
        pattern=r"^[A-Za-z]{3}$",
        description="ISO 4217 code; figures in another one are converted at the ECB's averages of their periods.",
    )
    max_credits: float = Field(default=0, ge=0, le=100, description="Credits that Trade Map may take.")

    @model_validator(mode="after")
    def _readable(self) -> "SeriesArguments":
        try:
            product = read_product(self.product, self.kind)
        except CodeError as error:
            raise ArgumentError(
                error.message, argument="product", allowed=error.allowed or None, nearest=error.nearest
            ) from None
        if resolve_area(self.reporter).area == resolve_area(self.partner).area:
            raise ArgumentError("Reporter and partner are the same.", argument="partner", allowed="another area")
        if "share" in self.also and product.is_total and resolve_area(self.partner).area.kind == "world":
            raise ArgumentError(
                "All products with the World are the whole, and a share of nothing.",
                argument="also",
                allowed="share with one partner or one product",
            )
        self._check_periods()
        return self

    def _check_periods(self) -> None:
        try:
            meant, frequency = self.span_asked, self.frequency
            first, last = meant.between(lambda wanted: Period(LAST_YEAR, wanted), frequency=frequency)
            if not meant.leans_on_newest or meant.first is None:
                check_length(first, last)
        except CodeError as error:
            raise ArgumentError(
                error.message, argument="period", allowed=error.allowed or None, nearest=error.nearest
            ) from None
        if self.base:
            try:
                base = period(self.base)
            except CodeError as error:
                raise ArgumentError(error.message, argument="base", allowed=error.allowed or None) from None
            if base.frequency != frequency:
                raise ArgumentError(
                    f"{base} is a {base.frequency}; these are {frequency}s.",
                    argument="base",
                    allowed=f"one of the {frequency}s asked for",
                )
            if not meant.leans_on_newest and not first <= base <= last:
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
        return (span(self.period).said if self.period else None) or "year"

    @property
    def span_asked(self) -> Span:
        """The periods as they were meant."""
        return span(self.period or DEFAULT_SPANS[self.frequency])


def check_length(first: Period, last: Period) -> None:
    """Refuse more periods than one question may hold.

    Raises:
        CodeError: it is too many.
    """
    if count_between(first, last) > MOST_PERIODS:
        raise CodeError(f"{first} to {last} are too many {first.frequency}s.", allowed=f"at most {MOST_PERIODS}")
