"""The tool `exchange_rate`: official average rates, as the other tools convert with them."""

from functools import partial
from typing import Annotated

from pydantic import Field, model_validator

from tradestat_tools.codes.periods import LAST_YEAR, Frequency, Period, last_whole, month_of, periods_between
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.units import significant
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Data, Note, NoteCode, Provenance, Table
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning, reads
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.research.arguments import FREQUENCIES, FrequencyCode, check_length
from tradestat_tools.research.currency import (
    DOLLAR,
    PUBLISHER,
    CurrencyCode,
    NoRate,
    Rate,
    average_rate,
    check_currency,
    covered_to,
    source_of_rates,
)
from tradestat_tools.upstream.runtime import as_utc, in_thread

ADDRESS = "https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/"


USUAL_SPAN = "last 12 months"


def _usual_span() -> Span:
    return span(USUAL_SPAN)


class RateArguments(Arguments):
    """Two currencies and the periods."""

    base: CurrencyCode = Field(description="ISO 4217 code of the currency of which one unit is priced: CNY.")
    quote: CurrencyCode = Field(default=DOLLAR, description="ISO 4217 code of the currency it is priced in.")
    period: Annotated[Span, reads(span, max_length=60), Meaning.PERIOD] = Field(
        default_factory=_usual_span,
        description="2024, 2024Q1, 2024-01..2024-06, since 2020.",
        json_schema_extra={"default": USUAL_SPAN},
    )
    freq: FrequencyCode = Field(
        default="", description="A years, Q quarters or M months; left out, as `period` is written."
    )

    @model_validator(mode="after")
    def _make_sense_together(self) -> "RateArguments":
        if not self.period.leans_on_newest or self.period.first is None:  # else its length is known with the newest
            try:
                self.periods(Period(LAST_YEAR, "month", 12))
            except CodeError as error:
                raise ArgumentError.of("period", error) from None
        return self

    def periods(self, newest: Period) -> list[Period]:
        """The periods meant, where `newest` is the last month that has rates.

        Raises:
            CodeError: of another frequency than asked for, or too many.
        """
        frequency: Frequency | None = FREQUENCIES[self.freq] if self.freq else None
        first, last = self.period.between(partial(last_whole, newest), frequency=frequency)
        check_length(first, last)
        return list(periods_between(first, last))


class RateData(Data):
    """What one unit of `base` was worth in `quote` on average; null where not the whole period has rates."""

    base: str
    quote: str
    periods: list[str]
    rates: list[float | None]
    days: list[int | None] = Field(description="Days with a rate, of which each is the mean.")
    absent: dict[str, str] | None = Field(default=None, description="Why a period has none.")

    def tables(self) -> list[Table]:
        rows = list(zip(self.periods, self.rates, self.days, strict=True))
        head = f"{self.quote} for 1 {self.base}"
        return [Table(("period", head, "days"), rows, units={head: head, "days": "days"})]


async def exchange_rate(context: Context, asked: RateArguments) -> Answer[RateData]:
    """Average rates. No service is asked.

    Raises:
        NoData: no period has a rate.
    """
    await check_currency(asked.base, "base")
    await check_currency(asked.quote, "quote")
    newest = await in_thread(last_whole_month)
    try:
        periods = asked.periods(newest)
    except CodeError as error:
        raise NoData(error.message, remedy=f"Ask periods up to {newest}.") from None
    found = await in_thread(partial(_rates, asked.base, asked.quote, periods))
    rates = [one if isinstance(one, Rate) else None for one in found]
    absent = {str(at): str(one) for at, one in zip(periods, found, strict=True) if isinstance(one, NoRate)}
    if not any(rates):
        whys = [Why(Reason.NOT_COVERED, text, sure=True) for text in dict.fromkeys(absent.values())]
        raise NoData(f"No rate of {asked.base} in {asked.quote}.", remedy="Ask covered periods.", why=whys[:5])
    return Answer(
        what=f"{asked.base} in {asked.quote}, average of daily reference rates",
        data=RateData(
            base=asked.base,
            quote=asked.quote,
            periods=[str(at) for at in periods],
            rates=[significant(rate.value) if rate else None for rate in rates],
            days=[rate.days if rate else None for rate in rates],
            absent=absent or None,
        ),
        source=Provenance(
            service=PUBLISHER,
            endpoint="exchange_rate",
            address=ADDRESS,
            retrieved_at=as_utc(context.upstream.time()),
            published_at=covered_to(),
            state="offline",
            unit=f"{asked.quote} for 1 {asked.base}",
            coverage=source_of_rates(),
            calls=0,
        ),
        notes=[Note(code=NoteCode.ABSENT, text=f"{at}: {text}") for at, text in list(absent.items())[:5]],
    )


def last_whole_month() -> Period:
    """The newest month whose last weekday has rates."""
    newest = covered_to()
    this = month_of(newest)
    try:
        average_rate("EUR", "USD", this)
    except NoRate:
        return this.shifted(-1)
    return this


def _rates(base: str, quote: str, periods: list[Period]) -> list[Rate | NoRate]:
    found: list[Rate | NoRate] = []
    for at in periods:
        try:
            found.append(average_rate(base, quote, at))
        except NoRate as error:
            found.append(error)
    return found


EXCHANGE_RATE = Tool(
    name="exchange_rate",
    title="Tradestat: average exchange rates",
    description=(
        "Official average exchange rates by month, quarter or year: what one unit of a currency was worth in another, "
        "the mean of the European Central Bank's daily reference rates. Whole periods only, with the number of days; "
        "nothing is guessed beyond what is covered. Use it to convert trade figures yourself; trade_series converts "
        "with the same rates (currency=...). Asks no service and costs nothing."
    ),
    arguments=RateArguments,
    data=RateData,
    run=exchange_rate,
    example={"base": "CNY", "quote": "USD", "period": "2022-2024"},
    kept=True,
    local=True,
)
