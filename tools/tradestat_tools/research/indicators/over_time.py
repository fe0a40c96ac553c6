"""Indicators over time: growth, index, unit value and what it did to a change."""

from collections.abc import Callable, Sequence

from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.model.observation import Observation
from tradestat_tools.research.indicators import formulas as pure
from tradestat_tools.research.indicators.formulas import Figure, Indicator
from tradestat_tools.research.indicators.rows import Line, Options, Outcome, grouped, mixed, of_row
from tradestat_tools.research.series.arguments import PER_YEAR


def growth(rows: Sequence[Observation], _: Options) -> Outcome:
    """Growth on the same period a year before and, of months and quarters, on the period before."""
    out = Outcome()
    for series in _series(rows):
        at = {one.period: one for one in series}
        for one in series:
            steps = PER_YEAR[one.period.frequency]
            on_year = _two(at.get(one.period.shifted(-steps)), one, pure.growth)
            more: dict[str, str | float | None] = {"figure": one.value}
            if steps > 1:
                more["on_period_before"] = _two(at.get(one.period.shifted(-1)), one, pure.growth).value
            out.lines.append(Line(of_row(one), on_year, more))
    return out


def compound_growth(rows: Sequence[Observation], _: Options) -> Outcome:
    """Compound annual growth from the first to the last year among the rows."""
    out = Outcome()
    for series in _series(rows):
        first, last = series[0], series[-1]
        if first.period.frequency != "year":
            raise InvalidQuery("Compound annual growth is of years.", argument="result", allowed="yearly figures")
        years = last.period.year - first.period.year

        def rate(before: Figure, after: Figure, years: int = years) -> Indicator:
            return pure.compound_growth(before, after, years)

        found = _two(first, last, rate)
        figures = {"years": years, "first": first.value, "last": last.value}
        out.lines.append(Line(of_row(first, period=f"{first.period} to {last.period}"), found, figures))
    return out


def index(rows: Sequence[Observation], options: Options) -> Outcome:
    """Figures against that of the base period, the first with a figure unless said otherwise."""
    out = Outcome()

    def against(base: Figure, value: Figure) -> Indicator:
        return pure.index([base, value], 0)[1]

    for series in _series(rows):
        usual = next((one.period for one in series if one.value is not None), series[0].period)
        base = options.base or usual
        start = next((one for one in series if one.period == base), None)
        out.say(f"{base} is 100.")
        out.lines += [Line(of_row(one), _two(start, one, against), {"figure": one.value}) for one in series]
    return out


def quantity_and_unit_value(rows: Sequence[Observation], _: Options) -> Outcome:
    """What quantity and unit value did to the change in value, from the first to the last period among the rows."""
    out = Outcome()
    for series in _series(rows):
        first, last = series[0], series[-1]
        if first is last:
            continue
        unit, before, after = _quantities(first, last)
        parts = pure.quantity_and_unit_value(first.value, before, last.value, after)
        if why := mixed([first, last]):
            parts = pure.Decomposition(Indicator.undefined(why), Indicator.undefined(why))
        more = {
            "by_unit_value": parts.by_unit_value.value,
            "change": pure.balance(last.value, first.value).value,
            "unit": unit,
        }
        out.lines.append(Line(of_row(first, period=f"{first.period} to {last.period}"), parts.by_quantity, more))
    return out


def unit_value(rows: Sequence[Observation], _: Options) -> Outcome:
    """Value for each unit of quantity, or for each kilogram where there is no other quantity."""
    out = Outcome()
    for one in (row for series in _series(rows) for row in series):
        by_weight = one.quantity is None
        quantity, unit = (one.net_kg, "kg net") if by_weight else (one.quantity, one.quantity_unit)
        out.lines.append(
            Line(of_row(one), pure.unit_value(one.value, quantity), {"unit": unit if quantity is not None else None})
        )
    return out


def _series(rows: Sequence[Observation]) -> list[list[Observation]]:
    return list(grouped(rows, ["period"]).values())


def _two(first: Observation | None, second: Observation, ratio: Callable[[Figure, Figure], Indicator]) -> Indicator:
    if first is None:
        return Indicator.undefined("its base period is not among the rows")
    if why := mixed([first, second]):
        return Indicator.undefined(why)
    return ratio(first.value, second.value)


def _quantities(first: Observation, last: Observation) -> tuple[str | None, Figure, Figure]:
    """The unit that both rows have a quantity in, and the quantities."""
    if first.quantity is not None and last.quantity is not None and first.quantity_unit == last.quantity_unit:
        return first.quantity_unit, first.quantity, last.quantity
    return "kg net", first.net_kg, last.net_kg
