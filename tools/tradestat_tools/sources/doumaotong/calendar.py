"""Which months the service can have, and which window of twelve months is meant."""

import datetime
from collections.abc import Callable, Sequence

from tradestat_tools.codes.periods import Period, format_yyyymm, month_of, months_between, period, periods_between
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.doumaotong.service import POLICY
from tradestat_tools.sources.doumaotong.wire.envelope import Fields, Num, changed

CHINA = datetime.timezone(datetime.timedelta(hours=8), "CST")

RELEASE_DAY = 20
"""About the day on which China Customs publishes a month by product and country (seen 2026); the service follows."""

FIRST = Period(2021, "month", 1)
"""The service's first month (documented 2026)."""

WINDOW = 12
"""Months that the dashboard adds up."""

ALLOWED = "the last month of the twelve, such as 202503 or 2025-03; a year; latest"


def due(month: Period) -> datetime.date:
    """The day in China on which China Customs publishes a month, about; the service follows it."""
    return datetime.date(month.year + month.number // 12, month.number % 12 + 1, RELEASE_DAY)


def newest_published(now: datetime.datetime) -> Period:
    """The newest month that China Customs has published; whether the service has it already is not known."""
    today = now.astimezone(CHINA).date()
    return month_of(today).shifted(-1 if today.day >= RELEASE_DAY else -2)


def last_of_twelve(text: str) -> str:
    """The last month (YYYYMM) of the twelve months meant: by it, by a year, by both ends; "" for the newest.

    Raises:
        CodeError: no period, or one of another length.
    """
    meant = span(text)
    if meant.first is not None and meant.last is not None and _months(meant) in {1, WINDOW}:
        return format_yyyymm(meant.last.last_month)
    if meant.first is None and (meant.count, meant.unit) in {(1, None), (1, "month"), (1, "year"), (WINDOW, "month")}:
        return ""
    raise CodeError(f"The figures are of {WINDOW} months, not of {text}.", allowed=ALLOWED)


def _months(meant: Span) -> int:
    if meant.first is None or meant.last is None:
        return 0
    return months_between(meant.first.first_month, meant.last.last_month)


def check_month(asked: str, code: str, now: datetime.datetime) -> None:
    """Refuse a month (YYYYMM, or "") that is not over, or lies before the service's first.

    A month that is over is asked for even before its day: the call is free, and the day is not exact.

    Args:
        asked: the month.
        code: the product asked for, for the call that the error names.
        now: the time.

    Raises:
        NoData: with the reason; nothing was sent.
    """
    if not asked:
        return
    wanted, over = period(asked), month_of(now.astimezone(CHINA).date()).shifted(-1)
    if wanted > over:
        newest = newest_published(now)
        text = (
            f"{when_out(wanted)} The newest month that China Customs has published is about {newest}; the service is 1 "
            "to 2 months behind."
        )
        raise NoData(
            f"{wanted} is not over yet; nothing was sent.",
            remedy="Leave currentMonth out for the newest twelve months.",
            why=[Why(Reason.NOT_YET_PUBLISHED, text, sure=True)],
            source=POLICY.source,
        )
    if wanted < FIRST:
        raise NoData(
            f"The service's figures begin with {FIRST}; nothing was sent.",
            remedy="Earlier years: "
            f'comtrade_data(reporterCode="CN", flowCode="X", cmdCode="{code[:6]}", period="{wanted.year}").',
            why=[Why(Reason.NOT_COVERED, f"{wanted} lies before {FIRST}, the service's first month.", sure=True)],
            source=POLICY.source,
        )


def when_out(month: Period) -> str:
    """When a month comes out, as a sentence."""
    return f"{month} comes out about {due(month)}, China time."


def by_month(rows: Sequence[Fields], name: str, figure: Callable[[Fields], Num | None]) -> dict[str, Num | None]:
    """The figure of each month (YYYYMM), oldest first.

    Args:
        rows: one a month, in any order.
        name: the member that holds the month.
        figure: how a row's figure is read.

    Raises:
        UpstreamChanged: a row has no month, or a month comes twice with different figures.
    """
    found: dict[str, Num | None] = {}
    for row in rows:
        month, value = row.month(name), figure(row)
        if month is None:
            raise changed(f"{row.where}.{name}", "a month", None)
        if found.setdefault(month, value) != value:
            raise changed(f"{row.where}.{name}", "each month once", f"{month} with {found[month]} and with {value}")
    return {month: found[month] for month in sorted(found)}


def whole_range(months: Sequence[str]) -> list[str]:
    """Every month (YYYYMM) from the first to the last of some, in any order."""
    if not months:
        return []
    return [format_yyyymm(month) for month in periods_between(period(min(months)), period(max(months)))]
