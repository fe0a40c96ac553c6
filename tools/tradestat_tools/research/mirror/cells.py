"""The figures of all sides in one currency and, where that can be had, FOB."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import fsum

from tradestat_tools.codes.periods import Period, periods_between
from tradestat_tools.contract.view import View
from tradestat_tools.model.flow import ROLES, Role
from tradestat_tools.model.observation import Observation, Status, Valuation
from tradestat_tools.research.currency import NoRate, Rate, average_rate
from tradestat_tools.research.periods import summed_to
from tradestat_tools.research.views import Seen

CHINA, YUAN = "156", "CNY"

CUSTOMS_RATE = (
    "China Customs converts what is priced in other currencies at a rate of the month before (the third Wednesday's; "
    "Order 124 of 2005, article 16), so each month's yuan were converted at the average rate of the month before it."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One side's figure of one period.

    Args:
        native: as the source gives it, in `native_currency`.
        value: in the currency of the comparison; None where there is none, or no rate.
        fob: `value` FOB; None where it can not be had.
        fob_how: `as reported`, `the importer's own FOB figure`, `CIF / 1.06`, or "".
        kg: net weight.
    """

    side: View
    period: Period
    native: float | None
    native_currency: str
    valuation: Valuation | None
    status: Status
    value: float | None
    fob: float | None
    fob_how: str
    quantity: float | None
    quantity_unit: str | None
    kg: float | None
    resolution: float
    edition: str | None


@dataclass(frozen=True, slots=True)
class InOneUnit:
    """All cells by side, with the rates that were used and why some could not be converted."""

    cells: dict[str, dict[Period, Cell]]
    rates: tuple[Rate, ...]
    without_rate: tuple[str, ...]


def in_one_unit(seen: Iterable[Seen], currency: str, margin: float) -> InOneUnit:
    """The figures of all sides in one currency; reads exchange rates, which blocks.

    Args:
        currency: ISO 4217.
        margin: percent of the FOB value that freight and insurance are taken to be, where an importer gives CIF alone.
    """
    rates: dict[tuple[str, Period], Rate] = {}
    without: list[str] = []
    cells: dict[str, dict[Period, Cell]] = {}
    for one in seen:
        converted = _converted(one, currency, rates, without)
        cells[one.side.id] = {o.period: _cell(one.side, o, converted.get(o.period), margin) for o in one.observations}
    return InOneUnit(cells, tuple(rates.values()), tuple(dict.fromkeys(without)))


def _converted(
    seen: Seen, currency: str, rates: dict[tuple[str, Period], Rate], without: list[str]
) -> dict[Period, Observation]:
    """The observations in the currency, by period; those that no rate covers are left out."""
    if not any(one.currency != currency for one in seen.given):
        return {one.period: one for one in seen.observations}
    found: list[Observation] = []
    for one in seen.given:
        try:
            factor = _factor(one, currency, rates)
        except NoRate as error:
            without.append(f"{seen.side.what}, {one.period}: {error}")
            continue
        times = {name: _times(getattr(one, name), factor) for name in ("value", "fob")}
        found.append(replace(one, currency=currency, resolution=one.resolution * factor, **times))
    return {one.period: one for one in summed_to(found, seen.side.question.frequency) if one.value is not None}


def _factor(one: Observation, currency: str, rates: dict[tuple[str, Period], Rate]) -> float:
    """What one unit of the observation's currency is worth, at the rate that its reporter uses where that is known.

    Raises:
        NoRate: beyond the coverage of the rates.
    """
    if one.currency == currency:
        return 1.0
    periods: Sequence[Period] = [one.period]
    if (one.currency, one.reporter) == (YUAN, CHINA):
        months = periods_between(one.period.first_month, one.period.last_month)
        periods = [month.shifted(-1) for month in months]
    found: list[float] = []
    for period in periods:
        key = (f"{one.currency}/{currency}", period)
        rates[key] = rate = rates.get(key) or average_rate(one.currency, currency, period)
        found.append(rate.value)
    return fsum(found) / len(found)


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _cell(side: View, native: Observation, converted: Observation | None, margin: float) -> Cell:
    value = converted.value if converted is not None else None
    fob, how = _fob(native, converted, margin)
    return Cell(
        side=side,
        period=native.period,
        native=native.value,
        native_currency=native.currency,
        valuation=native.valuation,
        status=native.status,
        value=value,
        fob=fob,
        fob_how=how,
        quantity=native.quantity or None,  # a zero stands for "none given" in every source that has it
        quantity_unit=native.quantity_unit if native.quantity else None,
        kg=native.net_kg or None,
        resolution=converted.resolution if converted is not None else native.resolution,
        edition=native.edition,
    )


def _fob(native: Observation, converted: Observation | None, margin: float) -> tuple[float | None, str]:
    if converted is None or converted.value is None:
        return None, ""
    if native.valuation == "FOB":
        return converted.value, "as reported"
    if native.valuation == "CIF":
        if converted.fob:
            return converted.fob, "the importer's own FOB figure"
        return converted.value / (1 + margin / 100), f"CIF / {1 + margin / 100:g}"
    return None, ""


def leads(one: InOneUnit) -> dict[Role, str]:
    """Which side speaks for each end: the one with most periods, the earlier in the order of sides among equals."""
    found: dict[Role, str] = {}
    for role in ROLES:
        of_role = {
            id_: sum(cell.value is not None for cell in cells.values())
            for id_, cells in one.cells.items()
            if any(cell.side.role == role for cell in cells.values())
        }
        if of_role and max(of_role.values()) > 0:
            found[role] = max(of_role, key=lambda id_: of_role[id_])
    return found
