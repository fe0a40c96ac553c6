"""What is known of a flow from both ends: its figures in one currency and, where that can be had, FOB; and what is seen
beside them, gathered before any reason for a difference is named."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import floor, fsum, log10

from tradestat_tools.codes.periods import Period, periods_between
from tradestat_tools.contract.view import View
from tradestat_tools.model.flow import CHINA, ROLES, Role
from tradestat_tools.model.observation import Observation, Status, Valuation
from tradestat_tools.model.reasons import Why
from tradestat_tools.research.currency import NoRate, Rate, average_rate
from tradestat_tools.research.periods import by_period, summed_to
from tradestat_tools.research.views import Seen

YUAN = "CNY"

CUSTOMS_RATE = (
    "China Customs converts what is priced in other currencies at a rate of the month before (the third Wednesday's; "
    "Order 124 of 2005, article 16), so each month's yuan were converted at the average rate of the month before it."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One view's figure of one period.

    Args:
        native: as the source gives it, in `native_currency`.
        value: in the currency of the comparison; None where there is none, or no rate.
        fob: `value` FOB; None where it can not be had.
        fob_how: `as reported`, what the importer's own figures say, `CIF / 1.06`, or "".
        kg: net weight.
    """

    view: View
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
    """All cells by the id of their view and by period, the rates used, and why some could not be converted.

    `margins` are the importer's own: by what share its CIF is over its FOB value, where it gives both.
    """

    cells: dict[str, dict[Period, Cell]]
    rates: tuple[Rate, ...]
    without_rate: tuple[str, ...]
    margins: Mapping[Period, float] = field(default_factory=dict[Period, float])


OWN = "by the importer's own figures both ways"


def in_one_unit(seen: Iterable[Seen], currency: str, margin: float) -> InOneUnit:
    """The figures of all views in one currency; reads exchange rates, which blocks.

    Args:
        currency: ISO 4217.
        margin: percent of the FOB value that freight and insurance are taken to be, where an importer gives CIF alone.
    """
    rates: dict[tuple[str, Period], Rate] = {}
    without: list[str] = []
    every = [(one, _converted(one, currency, rates, without)) for one in seen]
    margins: dict[Period, float] = {}
    for one, converted in every:
        for period, found in converted.items() if one.view.role == "importer" else ():
            if (share := _own_margin(found)) is not None:
                margins.setdefault(period, share)
    cells = {
        one.view.id: {o.period: _cell(one.view, o, converted.get(o.period), margin, margins) for o in one.observations}
        for one, converted in every
    }
    return InOneUnit(cells, tuple(rates.values()), tuple(dict.fromkeys(without)), margins)


def _own_margin(one: Observation) -> float | None:
    """By what share CIF is over FOB, where the reporter gives both."""
    fob, cif = (one.value, one.cif) if one.valuation == "FOB" else (one.fob, one.value)
    return cif / fob - 1 if fob and cif and one.valuation is not None else None


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
            without.append(f"{seen.view.what}, {one.period}: {error}")
            continue
        times = {name: _times(getattr(one, name), factor) for name in ("value", "fob", "cif")}
        found.append(replace(one, currency=currency, resolution=one.resolution * factor, **times))
    return by_period(summed_to(found, seen.view.question.frequency))


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


def _cell(
    view: View, native: Observation, converted: Observation | None, margin: float, margins: Mapping[Period, float]
) -> Cell:
    value = converted.value if converted is not None else None
    own = margins.get(native.period) if view.role == "importer" else None
    fob, how = _fob(native, converted, margin, own)
    return Cell(
        view=view,
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


def _fob(
    native: Observation, converted: Observation | None, margin: float, own: float | None
) -> tuple[float | None, str]:
    if converted is None or converted.value is None:
        return None, ""
    if native.valuation == "FOB":
        return converted.value, "as reported" if own is None else f"as reported; its own CIF is {own:+.2%}"
    if native.valuation == "CIF":
        if converted.fob:
            return converted.fob, "the importer's own FOB figure"
        if own is not None:
            return converted.value / (1 + own), f"{OWN}: less {own:.2%} of FOB"
        return converted.value / (1 + margin / 100), f"CIF / {1 + margin / 100:g}"
    return None, ""


def leads(one: InOneUnit) -> dict[Role, str]:
    """Which view speaks for each end: the one with most periods; the earlier in the order of views among equals."""
    found: dict[Role, str] = {}
    for role in ROLES:
        of_role = {
            id_: sum(cell.value is not None for cell in cells.values())
            for id_, cells in one.cells.items()
            if any(cell.view.role == role for cell in cells.values())
        }
        if of_role and max(of_role.values()) > 0:
            found[role] = max(of_role, key=lambda id_: of_role[id_])
    return found


LEAST_MONTHS = 8
"""Pairs of months below which two unknowns can not be kept apart."""
LEAST_EXPORTED = 3
"""Pairs of months in one of which something was exported, at least: one more than there are unknowns."""
CLEARLY = 0.5
"""How much of the squared difference must go once a share may come late, for the share to be believed."""


@dataclass(frozen=True, slots=True)
class Late:
    """The importer's months as `scale * ((1 - share) * month + share * month before)` of the exporter's.

    Args:
        scale: how much more the importer records, in all.
        share: of a month's flow that the importer records in the next one; 0 where none is shown.
        months: pairs of months that this rests on.
        fit: share of the squared difference from the scale alone that late recording takes away.
    """

    scale: float
    share: float
    months: int
    fit: float

    def amount(self, exported: Mapping[Period, float], period: Period) -> float | None:
        """What the importer has more (or less) of a period, because its beginning and its end come late."""
        before, last = exported.get(period.first_month.shifted(-1)), exported.get(period.last_month)
        if before is None or last is None:
            return None
        return self.scale * self.share * (before - last)


def late_share(exported: Mapping[Period, float], imported: Mapping[Period, float]) -> Late | None:
    """Least squares of the importer's months on the exporter's same and previous ones; None with too few months."""
    rows = [
        (exported[month], exported[month.shifted(-1)], value)
        for month, value in imported.items()
        if month in exported and month.shifted(-1) in exported
    ]
    if len(rows) < LEAST_MONTHS or sum(now > 0 or before > 0 for now, before, _ in rows) < LEAST_EXPORTED:
        return None
    same, before, cross, same_to, before_to = (
        fsum(values) for values in zip(*((a * a, b * b, a * b, a * m, b * m) for a, b, m in rows), strict=True)
    )
    if not same or not before:
        return None
    plain = same_to / same
    alone = _left(rows, plain, 0.0)
    determinant = same * before - cross * cross
    if determinant <= same * before * 1e-9:  # the months are all alike, so nothing can be seen coming late
        return Late(plain, 0.0, len(rows), 0.0)
    now = (same_to * before - before_to * cross) / determinant
    then = (before_to * same - same_to * cross) / determinant
    fit = 1 - _left(rows, now, then) / alone if alone else 0.0
    if not (then > 0 and now > 0 and fit >= CLEARLY):
        return Late(plain, 0.0, len(rows), fit)
    return Late(now + then, then / (now + then), len(rows), fit)


def _left(rows: list[tuple[float, float, float]], now: float, then: float) -> float:
    return fsum((m - now * a - then * b) ** 2 for a, b, m in rows)


MOST_FREIGHT = 0.25
"""Share of the FOB value above which a difference is not put down to freight and insurance: four times what the IMF
takes for all goods, so that cheap and bulky ones pass and a difference of another kind does not."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A value with its net weight, 0 or None where there is none."""

    value: float
    kg: float | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """A way through a place of transit.

    Args:
        hub: its name.
        reexports: what it reports to re-export of this product to the importer.
        second_partner: what the importer reports to come from the exporter with the hub as second partner.
        shipped: what the exporter reports to export to the hub.
        arrived: what the hub reports to import from the exporter.
    """

    hub: str
    reexports: Weighed
    second_partner: float | None = None
    shipped: float | None = None
    arrived: float | None = None


@dataclass(frozen=True, slots=True)
class Freight:
    """A margin of freight and insurance over FOB, as a share, and what it was seen in."""

    share: float
    how: str


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a reporter that has no figure of the product reports beside it.

    Args:
        unspecified: its flow of goods not specified by kind (999999) with the partner.
        total: its total flow with the World.
        yearly: the same of the whole year, where a part of it is asked for.
        before: the other end's figure of the product in the month or quarter before, whose end may come late.
        kg: net weight of what is not specified.
    """

    unspecified: float | None
    total: float | None
    yearly: float | None = None
    before: float | None = None
    kg: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one period.

    Args:
        exporter: the figure that speaks for the exporter.
        importer: the same for the importer.
        margin: the share that freight and insurance are taken to be where nothing better is known.
        missing: why an end has no figure.
        passing: what the importer re-exports of the product to all, where it is a place of transit itself.
        own_reexports: what the exporter reports to re-export to the importer; part of its exports.
        routes: ways through places of transit that re-export this product to the importer.
        months: late recording by value; `months_kg` by weight, `exported` the exporter's months.
        freight: a margin seen elsewhere; used only where the two figures themselves show none.
        hidden: of an end without a figure.
        none: ends that report trade with the other one in this period, and none of the product.
        open: ends that report the product with the other one in months beside this period, so that they hide nothing.
        others: further figures for an end.
        refused: ends whose rows contradict each other, so that they have a figure and it is not known which.
        goods: not services.
        absent: of ends that are sums over members, the members without a figure.
    """

    period: Period
    product: str
    exporter: Cell | None
    importer: Cell | None
    margin: float
    missing: Mapping[Role, Sequence[Why]] = field(default_factory=dict[Role, Sequence[Why]])
    passing: Weighed | None = None
    own_reexports: Weighed | None = None
    routes: Sequence[Route] = ()
    months: Late | None = None
    months_kg: Late | None = None
    exported: Mapping[Period, float] = field(default_factory=dict[Period, float])
    freight: Freight | None = None
    hidden: Mapping[Role, Hidden] = field(default_factory=dict[Role, Hidden])
    none: frozenset[Role] = frozenset()
    open: frozenset[Role] = frozenset()
    others: Mapping[Role, Sequence[Cell]] = field(default_factory=dict[Role, Sequence[Cell]])
    goods: bool = True
    refused: frozenset[Role] = frozenset()
    absent: Mapping[Role, Sequence[str]] = field(default_factory=dict[Role, Sequence[str]])


def proven(facts: Facts) -> list[Route]:
    """The ways that both the importer and the place of transit report."""
    return [route for route in facts.routes if route.second_partner]


def figure_of(facts: Facts, role: Role) -> float | None:
    """An end's figure; 0 where it shows that there was nothing."""
    value = value_of(facts.exporter if role == "exporter" else facts.importer)
    return 0.0 if value is None and role in facts.none else value


def value_of(cell: Cell | None) -> float | None:
    """A figure's value, if there is one."""
    return cell.value if cell is not None else None


def freight_by_weight(exporter: Cell, importer: Cell, own: Weighed | None = None) -> float | None:
    """By what share a kilogram is worth more to the importer; None where it is not, or by more than freight can be."""
    exported, imported = value_of(exporter), value_of(importer)
    if own is not None or not (exporter.kg and importer.kg and exported and imported):
        return None
    share = (imported / importer.kg) / (exported / exporter.kg) - 1
    return share if 0 < share <= MOST_FREIGHT else None


def amount_text(value: float) -> str:
    """An amount in millions, as tables have it, of four digits or more: 472.8 m. Very small ones are in full."""
    millions = value / 1e6
    if abs(millions) < 0.1:
        return f"{value:,.0f}"
    before = floor(log10(abs(millions))) + 1
    return f"{millions:,.{max(0, 4 - before)}f} m"


def kg_text(kg: float) -> str:
    """A weight in a word's length."""
    return f"{kg / 1000:,.1f} t" if kg >= 1000 else f"{kg:g} kg"
