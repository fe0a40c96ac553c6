"""Monthly series: no month twice, and the whole range from the first to the last."""

from collections.abc import Callable, Sequence

from tradestat_tools.codes.periods import format_yyyymm, period, periods_between
from tradestat_tools.sources.doumaotong.fields import Fields, Num
from tradestat_tools.sources.doumaotong.wire.envelope import changed


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
