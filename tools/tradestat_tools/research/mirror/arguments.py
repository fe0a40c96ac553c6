"""The question of `compare_mirror`."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, create_model, model_validator

from tradestat_tools.codes.countries import Resolved, resolve_area
from tradestat_tools.codes.groups import expand
from tradestat_tools.codes.periods import LAST_YEAR, Frequency, Period, count_between
from tradestat_tools.codes.spans import span
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.results import read_handle
from tradestat_tools.contract.source import Source
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning
from tradestat_tools.model.flow import read_product
from tradestat_tools.research.currency import DOLLAR, CurrencyCode
from tradestat_tools.research.series.arguments import FREQUENCIES, read_frequency
from tradestat_tools.research.views import as_named

CIF_MARGIN = 6.0
"""Percent of the FOB value. The IMF's Direction of Trade Statistics divide CIF imports by 1.06 (note on estimation in
the yearbook of 2017; by 1.10 in earlier years)."""

LOOKED_BACK: dict[Frequency, int] = {"year": 3, "quarter": 3, "month": 6}
"""Periods before the newest due in which one that both ends have is looked for."""

MOST_PERIODS = 60


def _place(text: str) -> str:
    """A country; groups and the World have no two ends that could be compared.

    Raises:
        ArgumentError: unknown, ambiguous, a group, or the World.
    """
    found = _resolved(text)
    if found is None or found.area.kind == "group":
        raise ArgumentError(
            f"{text} is a group of countries; the two ends of a flow are single reporters.",
            allowed="one country; call again for each member that matters",
        )
    if found.area.kind == "world":
        raise ArgumentError(
            "The World reports nothing, so there is no other end to compare with.",
            allowed="one country at each end; for all partners together comtrade_data with partnerCode=0, "
            "first of one reporter, then of the other",
        )
    return text


def _resolved(text: str) -> Resolved | None:
    """The area meant; None for a group."""
    try:
        return resolve_area(text)
    except CodeError as error:
        if expand(text) is not None:
            return None
        raise ArgumentError(error.message, allowed=error.allowed or None, nearest=error.nearest) from None


def _handles(texts: list[str]) -> list[str]:
    return [read_handle(text) for text in texts]


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _frequency(value: Any) -> Any:
    """year, quarter or month for the words that mean them; anything else as it is."""
    read = read_frequency(value)
    return FREQUENCIES.get(read, read) if isinstance(read, str) else read


Place = Annotated[str, AfterValidator(_place), Field(max_length=80)]


class MirrorArguments(Arguments):
    """A flow, and how it is compared."""

    exporter: Annotated[Place, Meaning.AREA] = Field(
        description="Where the goods come from: a country's name, ISO or M49 code."
    )
    importer: Annotated[Place, Meaning.AREA] = Field(description="Where they go to: the same.")
    product: Annotated[str, Meaning.HS] = Field(
        default="TOTAL",
        max_length=30,
        description="HS code of 2, 4 or 6 digits (8 or 10: China's or Korea's own), or TOTAL; with kind=services an "
        "EBOPS 2010 item (3.1).",
    )
    kind: Annotated[Literal["goods", "services"], BeforeValidator(_lower)] = Field(
        default="goods", description="What `product` is a code of."
    )
    period: Annotated[str, Meaning.PERIOD] = Field(
        default="",
        max_length=60,
        description="2023, 2019-2023, 2024-03, 2024Q1, last 5 years. Left out: the newest year that both ends have.",
    )
    freq: Annotated[Literal["", "year", "quarter", "month"], BeforeValidator(_frequency)] = Field(
        default="", description="year, quarter or month; left out, as `period` is written, else years."
    )
    sources: list[str] = Field(
        default=[], description="Sources to ask; left out, all free ones, and Trade Map where max_credits allows it."
    )
    files: Annotated[list[str], AfterValidator(_handles)] = Field(
        default=[], max_length=10, description="Handles of imported files or other answers to set beside them."
    )
    cif_margin: float = Field(
        default=CIF_MARGIN,
        ge=0,
        le=100,
        description="Freight and insurance in percent of the FOB value, to bring CIF imports to FOB. 6 is the IMF's.",
    )
    max_credits: float = Field(default=0, ge=0, le=100, description="Credits that Trade Map may take.")
    currency: CurrencyCode = Field(default=DOLLAR, description="ISO 4217 code of the currency to compare in.")

    @model_validator(mode="after")
    def _two_ends(self) -> "MirrorArguments":
        if resolve_area(self.exporter).area == resolve_area(self.importer).area:
            raise ArgumentError("Both ends are the same.", argument="importer", allowed="another country")
        try:
            read_product(self.product, self.kind)
        except CodeError as error:
            raise ArgumentError(
                error.message, argument="product", allowed=error.allowed or None, nearest=error.nearest
            ) from None
        try:
            first, last = span_asked(self, Period(LAST_YEAR, "month", 12))
        except CodeError as error:
            raise ArgumentError(
                error.message, argument="period", allowed=error.allowed or None, nearest=error.nearest
            ) from None
        if self.period and not span(self.period).leans_on_newest and count_between(first, last) > MOST_PERIODS:
            raise ArgumentError(
                f"{first} to {last} are too many periods.", argument="period", allowed=f"at most {MOST_PERIODS}"
            )
        return self


def mirror_arguments(sources: Mapping[str, Source]) -> type[MirrorArguments]:
    """The question, over those of these sources that have flows to compare."""
    names: Any = list[Literal[tuple(as_named(sources))]]
    return create_model(
        "MirrorArguments", __base__=MirrorArguments, sources=(names, MirrorArguments.model_fields["sources"])
    )


def newest_wanted(asked: MirrorArguments) -> bool:
    """Whether the newest period that both ends have is meant: nothing was said, or "latest"."""
    meant = span(asked.period) if asked.period else None
    return meant is None or (meant.first is None and meant.last is None and meant.count == 1)


def span_asked(asked: MirrorArguments, this_month: Period) -> tuple[Period, Period]:
    """The first and the last period; without a period the years in which the newest that both have may lie.

    Raises:
        CodeError: not a period, or of another frequency.
    """

    def newest(frequency: Frequency) -> Period:
        month = this_month.shifted(-2)  # nobody publishes sooner than a month after the end
        length = {"year": 12, "quarter": 3, "month": 1}[frequency]
        found = Period(month.year, frequency, (month.number - 1) // length + 1)
        return found if found.last_month <= month else found.shifted(-1)

    frequency: Frequency | None = asked.freq or None
    if newest_wanted(asked):
        last = newest(frequency or (span(asked.period).said if asked.period else None) or "year")
        return last.shifted(-LOOKED_BACK[last.frequency]), last
    return span(asked.period).between(newest, frequency=frequency)
