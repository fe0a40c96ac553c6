"""Which periods UN Comtrade can hold today, and what "latest" and "last 5 years" lean on.

There is no date of publication: every reporter has its own. Months appear 1 to 3 months after their end at best, years
with their last month.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from tradestat_tools.codes import periods
from tradestat_tools.codes.periods import Frequency, Period, format_yyyymm, month_of, months_between
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.comtrade.service import SERVICE, SOURCE_ID

FREQ_CODES: dict[Frequency, str] = {"year": "A", "month": "M"}

LATE_MONTHS: dict[Frequency, int] = {"year": 24, "month": 8}
"""Months after its end during which a missing period is more likely not out yet than never reported."""

SOONEST = 1
"""Months after the end of a period until the first reporters' figures are there."""


@cache  # asked for with every figure
def wire_period(period: Period) -> str:
    """A period as the service writes it: 2023, 202301."""
    return str(period.year) if period.frequency == "year" else format_yyyymm(period)


def ended(periods: Iterable[Period], today: date) -> tuple[Period, ...]:
    """Those of the periods that are over, so that somebody can have reported them."""
    now = (today.year, today.month)
    return tuple(one for one in periods if (one.year, one.number if one.frequency == "month" else 12) < now)


def newest_ended(frequency: Frequency, today: date) -> Period:
    """The last period that is over."""
    return _newest_before(frequency, month_of(today))


def newest_due(frequency: Frequency, today: date) -> Period:
    """The newest period that the first reporters can have published."""
    return _newest_before(frequency, month_of(today).shifted(-SOONEST))


def _newest_before(frequency: Frequency, month: Period) -> Period:
    last = month.shifted(-1)
    if frequency == "month":
        return last
    return Period(last.year if last.number == 12 else last.year - 1)


def tries(frequency: Frequency, today: date) -> list[Period]:
    """The periods that may be the newest published one, the newest first."""
    newest = newest_due(frequency, today)
    steps = LATE_MONTHS[frequency] // (12 if frequency == "year" else 1)
    return [newest.shifted(-back) for back in range(steps + 1)]


def is_recent(period: Period, today: date) -> bool:
    """Whether a period that is over is so young that many reporters have not published it yet."""
    now = month_of(today)
    return period.last_month < now and months_between(period.last_month, now) <= LATE_MONTHS[period.frequency]


def due(period: Period) -> str:
    """When a period comes out, as far as that is known: a sentence."""
    last = period.last_month
    day = monthrange(last.year, last.number)[1]
    return (
        f"{period} ends on {last}-{day:02d}; the first reporters publish 1 to 3 months later at best, "
        f"so from about {last.shifted(1 + SOONEST)}, most of them later."
    )


@dataclass(frozen=True, slots=True)
class AskedSpan:
    """A range of periods as it was asked for.

    Args:
        typed: what was typed.
        span: what that means; it may lean on the newest published period.
    """

    typed: str
    span: Span


def read_span(text: str, frequency: Frequency) -> AskedSpan:
    """The periods meant by one text; where months are wanted, a year is its twelve and a quarter its three.

    Raises:
        CodeError: no period or range of them, or months where years are wanted.
    """
    found = span(text)
    for given in (found.first, found.last):
        if given is not None and frequency == "year" and given.frequency != "year":
            fixes = ("freqCode=M",) if given.frequency == "month" else ()
            raise CodeError(
                f"{given} is a {given.frequency}, but freqCode=A asks for years.",
                allowed="years such as 2023, or freqCode=M for months",
                nearest=(*fixes, str(given.year)),
            )
    return AskedSpan(text, found)


def periods_of(spans: Sequence[AskedSpan], frequency: Frequency, newest: Period) -> list[Period]:
    """The years or months of all spans in order, each once, where `newest` is the newest published one.

    Raises:
        CodeError: a span begins after `newest` and leans on it, or goes back to before there were statistics.
    """
    found: set[Period] = set()
    for one in spans:
        first, last = one.span.between(lambda _: newest, frequency=frequency)
        found.update(periods.periods_between(first, last))
    return sorted(found)


def asked_periods(
    spans: Sequence[AskedSpan], frequency: Frequency, today: date
) -> tuple[tuple[Period, ...], tuple[Period, ...]]:
    """The periods asked for that are over, and those that are not; "latest" is the newest that can be out.

    Raises:
        NoData: none of them is over; nothing was sent.
    """
    newest = newest_due(frequency, today)
    begun = [one.span.first for one in spans if one.span.last is None and one.span.first is not None]
    ahead = sorted(first for first in begun if first.first_month > newest.last_month)
    if ahead:
        raise _not_out(ahead, newest)
    found = periods_of(spans, frequency, newest)
    out = ended(found, today)
    if not out:
        raise _not_out(found, newest)
    return out, tuple(found[len(out) :])


def _not_out(later: Sequence[Period], newest: Period) -> NoData:
    name = str(later[0]) if len(later) == 1 else f"{later[0]} to {later[-1]}"
    text = due(later[0])
    return NoData(
        f"{SERVICE} can not have {name} yet, so it was not asked. {text}",
        remedy=f"The newest that reporters can have published is {newest}: ask for period={wire_period(newest)}, or "
        f"for period=latest, the newest that this reporter has published (freqCode={FREQ_CODES[newest.frequency]}).",
        why=[Why(Reason.NOT_YET_PUBLISHED, text, sure=True)],
        source=SOURCE_ID,
    )
