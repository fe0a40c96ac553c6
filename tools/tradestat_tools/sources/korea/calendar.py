"""The service's clock: when a month's figures come out, and when the day's calls start anew. Both go by Seoul time."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from tradestat_tools.codes.periods import Period, format_yyyymm, month_of, periods_between
from tradestat_tools.codes.spans import Span
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.sources.korea.service import END, POLICY, START
from tradestat_tools.upstream.request import SETTLING

SEOUL = datetime.timezone(datetime.timedelta(hours=9), "KST")
"""Korea has had no summer time since 1988, so no time zone database is needed."""

DETAIL_DAY = 15
"""The day of the month about which the statistics by item and country are brought up to the month before."""

REVISED_MONTHS = 3
"""The newest months, whose declarations are still being corrected and cancelled (seen August 2026)."""


def last_published(now: datetime.datetime, day: int = DETAIL_DAY) -> Period:
    """The newest month that is out at `now`, where a month comes out on `day` of the next one."""
    seoul = now.astimezone(SEOUL)
    return month_of(seoul.date()).shifted(-1 if seoul.day >= day else -2)


def due(month: Period, day: int = DETAIL_DAY) -> datetime.date:
    """The day in Seoul on which a month comes out, about, where that is on `day` of the next month."""
    return datetime.date(month.year + month.number // 12, month.number % 12 + 1, day)


def may_be_late(month: Period, now: datetime.datetime, day: int = DETAIL_DAY) -> bool:
    """Whether a month came out so few days ago, if at all, that the service may not have it yet."""
    return now.astimezone(SEOUL).date() < due(month, day) + SETTLING


def until_midnight(now: datetime.datetime) -> float:
    """Seconds until the day's calls are counted anew, at midnight in Seoul."""
    seoul = now.astimezone(SEOUL)
    midnight = datetime.datetime.combine(seoul.date() + datetime.timedelta(days=1), datetime.time(), SEOUL)
    return (midnight - seoul).total_seconds()


def written(month: Period) -> str:
    """A month as the service's rows have it: 2016.01."""
    return f"{month.year:04d}.{month.number:02d}"


def months_written(start: Period, end: Period) -> dict[str, Period]:
    """The months from `start` to `end`, both included, by how the service writes each."""
    return {written(month): month for month in periods_between(start, end)}


def months_in(rows: Iterable[str]) -> dict[str, Period]:
    """The months that `written` wrote, by what it wrote."""
    return {text: Period(int(text[:4]), "month", int(text[5:])) for text in set(rows)}


@dataclass(frozen=True, slots=True)
class Months:
    """First and last month, both included, whether they are out or not; `note` says what words were read as."""

    start: Period
    end: Period
    note: str | None = None


def months_asked(begins: Span, ends: Span, newest: Period) -> Months:
    """The months meant by both arguments. Each may be a month, a range, or lean on the newest month that is out.

    Raises:
        InvalidQuery: the two do not go together.
    """
    try:
        begun, ended = _bounds(begins, newest), _bounds(ends, newest)
    except CodeError as error:
        raise InvalidQuery(error.message, argument=START, allowed=error.allowed, source=POLICY.source) from None
    is_open = begins.first is not None and begins.last is None
    if (_is_range(begins) and not is_open and begun[1] != ended[1]) or (_is_range(ends) and ended[0] != begun[0]):
        raise InvalidQuery(
            f"`{START}` is {begun[0]} to {begun[1]}, `{END}` is {ended[0]} to {ended[1]}.",
            argument=END,
            allowed="a month in each, or the same range in both",
            nearest=(format_yyyymm(begun[1]),),
            source=POLICY.source,
        )
    if ended[1] < begun[0]:
        raise InvalidQuery(
            f"{ended[1]} lies before {begun[0]}.",
            argument=END,
            allowed=f"{format_yyyymm(begun[0])} or later",
            nearest=(format_yyyymm(begun[0]),),
            source=POLICY.source,
        )
    note = None
    if begins.leans_on_newest or ends.leans_on_newest:
        read = str(begun[0]) if begun[0] == ended[1] else f"{begun[0]} to {ended[1]}"
        note = f"The months were read as {read}; the newest that is out is {newest}."
    return Months(begun[0], ended[1], note)


def _bounds(meant: Span, newest: Period) -> tuple[Period, Period]:
    """The first and last month of one argument."""
    if meant.first is None:
        return meant.between(lambda _: newest, frequency="month")
    start = meant.first.first_month
    return start, meant.last.last_month if meant.last else max(start, newest)


def _is_range(meant: Span) -> bool:
    """Whether this has two ends of its own, unlike one period and `latest`."""
    if meant.first is None:
        return meant.count > 1 or meant.unit not in (None, "month")
    return meant.first != meant.last
