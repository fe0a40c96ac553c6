"""Which kind of chart the lines make, where none is asked for, and its plan."""

from collections.abc import Callable, Mapping

from tradestat_tools.results.chart.arguments import ChartArguments
from tradestat_tools.results.chart.figure import Kind
from tradestat_tools.results.chart.kinds import at_once, over_time
from tradestat_tools.results.chart.kinds.plan import Plan, unfit
from tradestat_tools.results.chart.lines import Lines


def planned(lines: Lines, asked: ChartArguments) -> Plan:
    """The chart of the kind that was asked for, or that fits.

    Raises:
        InvalidQuery: it can not be drawn of these.
    """
    kind = fitting(lines) if asked.kind == "auto" else asked.kind
    if asked.measure == "index" and kind not in ("lines", "seasonality"):
        raise unfit(kind, "an index is drawn as lines", "kind=lines")
    if asked.log and kind != "lines":
        raise unfit(kind, "a logarithmic scale has no place for bars and areas, which begin at zero", "kind=lines")
    return KINDS[kind](lines, asked)


def fitting(lines: Lines) -> Kind:
    """What these lines are best drawn as: a balance, lines, or bars where there is one period."""
    if len(lines.periods) > 1:
        return "balance" if lines.by == ("flow",) and {line.key[0] for line in lines.lines} == {"X", "M"} else "lines"
    return "bars"


KINDS: Mapping[Kind, Callable[[Lines, ChartArguments], Plan]] = {
    "lines": over_time.lines_chart,
    "shares": over_time.shares,
    "balance": over_time.balance,
    "seasonality": over_time.seasonality,
    "bars": at_once.bars,
    "treemap": at_once.treemap,
    "bubble": at_once.bubble,
    "map": at_once.map_chart,
}
