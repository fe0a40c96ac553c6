"""Why two reports of one flow differ: only reasons that the data themselves show, each with its amount where it can
be worked out, and the best estimate of the FOB value that follows from them.

Everything here is arithmetic on figures that were already got; amounts are in US dollars.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import fsum

from tradestat_tools.codes.breaks import hs_break
from tradestat_tools.codes.periods import Period
from tradestat_tools.observation import Status
from tradestat_tools.reasons import Reason, Why
from tradestat_tools.research.causes_lag import Late
from tradestat_tools.research.mirror_cells import Cell
from tradestat_tools.research.sides_sources import Role

MOST_FREIGHT = 0.25
"""Share of the FOB value above which a difference is not put down to freight and insurance. Estimates of them by
product are mostly between a few percent and a fifth (OECD, International Transport and Insurance Costs)."""

HIDES = 0.5
"""What is kept back under 999999 must hold at least this share of the other side's figure to be named as the reason."""

SLIGHT = 0.001
"""Share of the larger figure below which a rest is not worth naming."""


class Kind(StrEnum):
    """Known reasons for a difference."""

    CIF_FOB = "cif_fob"
    LAG = "lag"
    CURRENCY = "currency"
    REEXPORT = "reexport"
    CONSIGNMENT = "consignment"
    CONFIDENTIALITY = "confidentiality"
    EDITION = "edition"
    REVISION = "revision"
    ROUNDING = "rounding"
    NOT_REPORTED = "not_reported"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason.

    Args:
        amount: what it adds to the importer's figure less the exporter's; None where that can not be worked out.
        evidence: figures by name, in the order in which they speak.
    """

    kind: Kind
    text: str
    amount: float | None = None
    evidence: Mapping[str, float | str] = field(default_factory=dict[str, float | str])

    @property
    def direction(self) -> str:
        """Which side it makes the higher one."""
        if not self.amount:
            return ""
        return "importer higher" if self.amount > 0 else "exporter higher"


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
    """

    unspecified: float | None
    total: float | None
    yearly: float | None = None


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
        goods: not services.
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
    goods: bool = True


class Rule(StrEnum):
    """How the best estimate of the FOB value came about."""

    EXPORTER = "exporter"
    """The exporter's figure, which is FOB."""
    WITHOUT_REEXPORTS = "exporter_without_reexports"
    """The exporter's figure less what it reports to re-export."""
    BY_WEIGHT = "exporter_by_importers_weight"
    """What arrived by the importer's weight, at the exporter's FOB value a kilogram."""
    WITH_ROUTE = "importer_within_route"
    """The importer's FOB figure, at least the exporter's, at most that and all that the place of transit re-exports."""
    NOTHING_EXPORTED = "exporter_reports_none"
    """The exporter reports its trade with the importer in that period, and none of this."""
    IMPORTER_FOB = "importer_fob"
    """The importer's own FOB figure."""
    IMPORTER_SEEN = "importer_by_seen_margin"
    """The importer's figure less a margin seen in comparable flows."""
    IMPORTER_ASSUMED = "importer_by_assumed_margin"
    """The importer's figure less the assumed margin."""
    NONE = "none"
    """Neither end has a figure."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The best estimate of what flowed, FOB: goods of the exporter bound for the importer."""

    value: float | None
    rule: Rule
    text: str


def estimate(facts: Facts) -> Estimate:
    """The best estimate of the FOB value, by the first rule that applies."""
    found = _estimate(facts)
    if found.value is None:
        return found
    text = found.text
    if facts.passing is not None:
        text += f"; a part only passes: the importer re-exports {facts.passing.value:,.0f} USD of it, of all origins"
    if facts.importer is None and facts.routes:
        named = " and ".join(f"{route.hub} ({route.reexports.value:,.0f} USD)" for route in facts.routes)
        text += f"; goods of the exporter may be among the re-exports to the importer of {named}, and would come on top"
    return Estimate(found.value, found.rule, text)


def _estimate(facts: Facts) -> Estimate:
    exported, imported = _value(facts.exporter), _value(facts.importer)
    if exported is None and "exporter" in facts.none:
        return Estimate(0.0, Rule.NOTHING_EXPORTED, "the exporter reports its trade of that time, and none of this")
    if exported is None:
        return _from_importer(facts)
    own = facts.own_reexports
    base = Weighed(exported, facts.exporter.kg if facts.exporter else None)
    rule, text = Rule.EXPORTER, "the exporter's figure: FOB at its border, and nothing shows that it lacks a part"
    if own is not None and own.value <= exported * 1.001:
        base = Weighed(max(0.0, exported - own.value), _less(base.kg, own.kg))
        rule = Rule.WITHOUT_REEXPORTS
        text = "the exporter's figure less what it reports to re-export there, which is made elsewhere"
    if imported is None or not (via := _routed(facts, base)):
        return Estimate(base.value, rule, text)
    value, how = via
    if how is Rule.BY_WEIGHT:
        text = "what arrived by the importer's net weight, at the exporter's FOB value a kilogram: a part goes through "
    else:
        text = (
            "the importer's figure FOB, within what the exporter and the place of transit report: a part goes through "
        )
    return Estimate(value, how, text + " and ".join(route.hub for route in _proven(facts)))


def _from_importer(facts: Facts) -> Estimate:
    imported = facts.importer
    if imported is None or imported.value is None:
        return Estimate(None, Rule.NONE, "neither end has a figure")
    if imported.valuation == "CIF" and imported.fob_how.startswith("CIF"):
        if facts.freight is not None:
            text = f"the importer's CIF figure less {facts.freight.share:.1%} of FOB, {facts.freight.how}"
            return Estimate(imported.value / (1 + facts.freight.share), Rule.IMPORTER_SEEN, text)
        text = f"the importer's CIF figure less the assumed margin of {facts.margin:.1%} of FOB"
        return Estimate(imported.fob, Rule.IMPORTER_ASSUMED, text)
    text = "the importer's own FOB figure" if facts.goods else "the importer's figure"
    return Estimate(imported.fob or imported.value, Rule.IMPORTER_FOB, f"{text}; the exporter has none")


def _proven(facts: Facts) -> list[Route]:
    """The ways that both the importer and the place of transit report."""
    return [route for route in facts.routes if route.second_partner]


def _routed(facts: Facts, base: Weighed) -> tuple[float, Rule] | None:
    """The exporter's figure and what it recorded as shipped elsewhere; None where no way elsewhere is shown."""
    proven, importer = _proven(facts), facts.importer
    if not proven or importer is None:
        return None
    if base.kg and importer.kg and base.value:
        scale = facts.months_kg.scale if facts.months_kg is not None else importer.kg / base.kg
        if 1 < scale <= 1 + fsum(route.reexports.value for route in proven) / base.value * (1 + MOST_FREIGHT):
            return base.value * scale, Rule.BY_WEIGHT
        return None
    if importer.fob is None:
        return None
    most = base.value + fsum(route.reexports.value for route in proven)
    return min(max(importer.fob, base.value), most), Rule.WITH_ROUTE


def causes(facts: Facts) -> list[Cause]:
    """The reasons that apply, the largest first, and what they leave unexplained."""
    exported, imported = _told(facts, "exporter"), _told(facts, "importer")
    if exported is None or imported is None:
        found = [*_absent(facts, "exporter", imported), *_absent(facts, "importer", exported)]
        if exported is not None and (own := _own_reexports(facts)) is not None:
            found.append(own)
        return _ordered(found)
    gap = imported - exported
    found = [one for one in (_own_reexports(facts), _consignment(facts), _lag(facts)) if one is not None]
    found += _freight(facts, gap - fsum(one.amount or 0.0 for one in found))
    rest = gap - fsum(one.amount or 0.0 for one in found)
    found += _without_amount(facts)
    if abs(rest) > SLIGHT * max(exported, imported):
        found.append(_unexplained(facts, rest, bool(found)))
    return _ordered(found)


def _ordered(found: Sequence[Cause]) -> list[Cause]:
    return sorted(found, key=lambda one: (one.kind is Kind.UNEXPLAINED, -abs(one.amount or 0.0)))


def _absent(facts: Facts, role: Role, other: float | None) -> list[Cause]:
    """Why one end has no figure, as far as its own reports show."""
    hidden = facts.hidden.get(role)
    if _told(facts, role) is not None or other is None:
        return []
    amount = other if role == "exporter" else -other
    keeps_back = hidden is not None and hidden.total and (hidden.unspecified or 0.0) >= HIDES * other
    if hidden is not None and hidden.unspecified and keeps_back and role not in facts.open:
        text = (
            f"The {role} reports none of {facts.product} and {hidden.unspecified:,.0f} USD under 999999, where goods "
            "that are kept confidential are put."
        )
        return [Cause(Kind.CONFIDENTIALITY, text, amount, {"under 999999, USD": hidden.unspecified})]
    whys = [why for why in facts.missing.get(role, ()) if why.reason in (Reason.NOT_REPORTED, Reason.NOT_YET_PUBLISHED)]
    if hidden is not None and hidden.total is None and hidden.yearly is None and whys:
        return [Cause(Kind.NOT_REPORTED, f"The {role} has no figures of {facts.period} at all. {whys[0].text}", amount)]
    return []


def _own_reexports(facts: Facts) -> Cause | None:
    own = facts.own_reexports
    if own is None or not own.value:
        return None
    text = "The exporter's figure includes what it re-exports; importers record such goods under where they were made."
    return Cause(Kind.REEXPORT, text, -own.value, {"re-exports (RX) to the importer, USD": own.value})


def _consignment(facts: Facts) -> Cause | None:
    proven = _proven(facts)
    exported = _value(facts.exporter)
    if not proven or exported is None:
        return None
    own = facts.own_reexports.value if facts.own_reexports is not None else 0.0
    best = estimate(facts)
    if best.value is None or best.rule not in (Rule.BY_WEIGHT, Rule.WITH_ROUTE):
        return None
    evidence: dict[str, float | str] = {}
    for route in proven:
        evidence[f"{route.hub}'s re-exports (RX) to the importer, USD"] = route.reexports.value
        evidence[f"the importer's figure with {route.hub} as second partner, USD"] = route.second_partner or 0.0
        for text, value in (("exporter's exports to", route.shipped), ("exporter's goods arriving in", route.arrived)):
            if value:
                evidence[f"{text} {route.hub}, USD"] = value
    hubs = " and ".join(route.hub for route in proven)
    text = f"A part goes through {hubs}: the exporter names {hubs} as the destination, the importer names the origin."
    return Cause(Kind.CONSIGNMENT, text, best.value - (exported - own), evidence)


def _lag(facts: Facts) -> Cause | None:
    late = facts.months_kg if facts.months_kg is not None and facts.months_kg.share else facts.months
    if late is None or not late.share or facts.months is None:
        return None
    by_value = Late(facts.months.scale, late.share, late.months, late.fit)
    amount = by_value.amount(facts.exported, facts.period)
    if amount is None or abs(amount) <= SLIGHT * max(_value(facts.exporter) or 0.0, _value(facts.importer) or 0.0):
        return None
    text = (
        f"The importer records about {late.share:.0%} of a month's flow in the next month; "
        f"{'more' if amount > 0 else 'less'} came into {facts.period} that way than left it."
    )
    evidence: dict[str, float | str] = {
        "share recorded a month late": round(late.share, 3),
        "months compared": late.months,
        "of the monthly differences it explains": round(late.fit, 2),
    }
    return Cause(Kind.LAG, text, amount, evidence)


def _freight(facts: Facts, rest: float) -> list[Cause]:
    """Freight and insurance, where the importer's figure is CIF and the exporter's FOB."""
    exporter, importer = facts.exporter, facts.importer
    if exporter is None or importer is None or importer.value is None or exporter.value is None:
        return []
    if (exporter.valuation, importer.valuation) != ("FOB", "CIF"):
        return []
    if not importer.fob_how.startswith("CIF") and importer.fob is not None:
        text = "The importer gives its figure both ways: CIF, and FOB without freight and insurance."
        amount = importer.value - importer.fob
        return [
            Cause(Kind.CIF_FOB, text, amount, {"importer CIF, USD": importer.value, "importer FOB, USD": importer.fob})
        ]
    if (by_weight := dearer(exporter, importer, facts.own_reexports)) is not None:
        text = "The importer's figure is CIF: a kilogram is dearer there than FOB at the exporter's border."
        amount = importer.value - importer.value / (1 + by_weight)
        return [Cause(Kind.CIF_FOB, text, amount, {"importer's value a kg over the exporter's": f"{by_weight:+.1%}"})]
    if 0 < rest <= MOST_FREIGHT * exporter.value:
        text = "The importer's figure is CIF, the exporter's FOB; the amount is that of the assumed margin."
        amount = importer.value - importer.value / (1 + facts.margin)
        return [Cause(Kind.CIF_FOB, text, min(amount, rest), {"assumed margin": f"{facts.margin:.1%}"})]
    return []


def dearer(exporter: Cell, importer: Cell, own: Weighed | None = None) -> float | None:
    """By what share a kilogram is dearer to the importer; None where it is not, or by more than freight can be."""
    exported, imported = _value(exporter), _value(importer)
    if own is not None or not (exporter.kg and importer.kg and exported and imported):
        return None
    share = (imported / importer.kg) / (exported / exporter.kg) - 1
    return share if 0 < share <= MOST_FREIGHT else None


def _without_amount(facts: Facts) -> list[Cause]:
    """What is known to play a part, by how much can not be told."""
    exporter, importer = facts.exporter, facts.importer
    if exporter is None or importer is None:
        return []
    found: list[Cause] = []
    for role, cell in (("exporter", exporter), ("importer", importer)):
        if cell.native_currency != "USD":
            text = f"The {role}'s figure is in {cell.native_currency} and was converted at average rates."
            found.append(Cause(Kind.CURRENCY, text, None, {f"{cell.native_currency}": cell.native or 0.0}))
        if cell.status is Status.PROVISIONAL:
            text = f"The {role}'s figure of {facts.period} is provisional ({cell.side.what}) and will be revised."
            found.append(Cause(Kind.REVISION, text))
    steps = fsum(cell.resolution for cell in (exporter, importer) if cell.resolution >= 1000)
    gap = abs((importer.value or 0.0) - (exporter.value or 0.0))
    if steps and 0 < gap <= steps:
        text = "The difference is no more than the rounding of the figures."
        found.append(Cause(Kind.ROUNDING, text, None, {"rounded to, USD": steps}))
    if (edition := _edition(facts, exporter, importer)) is not None:
        found.append(edition)
    return found


def _edition(facts: Facts, exporter: Cell, importer: Cell) -> Cause | None:
    """Whether the two ends used editions of the HS between which the code changed."""
    one, other = exporter.edition, importer.edition
    if not (one and other and one != other and facts.product.isdigit()):
        return None
    years = sorted(int(text[-4:]) for text in (one, other) if text[-4:].isdigit())
    found = hs_break(facts.product, years[0] - 1, years[-1]) if len(years) == 2 else None
    if found is None:
        return None
    text = f"The exporter reported in {one}, the importer in {other}. {found.text}"
    return Cause(Kind.EDITION, text, None, {"exporter": one, "importer": other})


def _unexplained(facts: Facts, rest: float, partly: bool) -> Cause:
    """What no reason with evidence accounts for, and whether the weights differ as well."""
    text = "What the reasons above leave." if partly else "No known reason shows in the data."
    evidence: dict[str, float | str] = {}
    exporter, importer = facts.exporter, facts.importer
    if exporter and importer and exporter.kg and importer.kg:
        share = importer.kg / exporter.kg - 1
        evidence["importer's net weight over the exporter's"] = f"{share:+.1%}"
    return Cause(Kind.UNEXPLAINED, text, rest, evidence)


def _told(facts: Facts, role: Role) -> float | None:
    """An end's figure; 0 where it shows that there was nothing."""
    value = _value(facts.exporter if role == "exporter" else facts.importer)
    return 0.0 if value is None and role in facts.none else value


def _value(cell: Cell | None) -> float | None:
    return cell.value if cell is not None else None


def _less(one: float | None, other: float | None) -> float | None:
    return one - other if one and other and one > other else None
