"""Why two reports of one flow differ, and the best estimate of what flowed, FOB.

Only reasons that the data themselves show, with amounts where they give any. Everything here is arithmetic on figures
that were already got; amounts are in US dollars.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import fsum

from tradestat_tools.codes.editions import hs_break
from tradestat_tools.model.flow import Role
from tradestat_tools.model.observation import Status
from tradestat_tools.model.reasons import Reason
from tradestat_tools.research.mirror.facts import (
    MOST_FREIGHT,
    Cell,
    Facts,
    Late,
    Weighed,
    amount_text,
    figure_of,
    freight_by_weight,
    kg_text,
    proven,
    value_of,
)

SUM = "sum, USD"
"""Name of the evidence that is the sum behind an amount."""

HIDES = 0.5
"""What is kept back under 999999 must hold at least this share of the other end's figure to be named as the reason."""

LACKS = 0.03
"""Share of a sum over members by which the other end must exceed it, for members without a row to be missed in it."""

SLIGHT = 0.001
"""Share of the larger figure below which a rest is not worth naming."""


class Rule(StrEnum):
    """How the best estimate of the FOB value came about."""

    EXPORTER = "exporter"
    """The exporter's figure, which is FOB."""
    WITH_TRANSIT = "exporter_with_goods_in_transit"
    """The exporter's figure where the importer is a place of transit: too high by the goods that only pass."""
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
        passing = amount_text(facts.passing.value)
        text += f"; a part only passes: the importer re-exports {passing} USD of it, of all origins"
        if found.rule is Rule.EXPORTER:
            found = Estimate(found.value, Rule.WITH_TRANSIT, found.text)
    if facts.importer is None and facts.routes:
        named = " and ".join(f"{route.hub} ({amount_text(route.reexports.value)} USD)" for route in facts.routes)
        text += f"; goods of the exporter may be among the re-exports to the importer of {named}, and would come on top"
    return Estimate(found.value, found.rule, text)


def _estimate(facts: Facts) -> Estimate:
    exported, imported = value_of(facts.exporter), value_of(facts.importer)
    if exported is None and "exporter" in facts.none:
        return Estimate(0.0, Rule.NOTHING_EXPORTED, "the exporter reports its trade of that time, and none of this")
    if exported is None:
        return _from_importer(facts)
    if (instead := _for_absent_members(facts, exported)) is not None:
        return instead
    own = facts.own_reexports
    base = Weighed(exported, facts.exporter.kg if facts.exporter else None)
    fob = "FOB at its border, and " if facts.goods else ""
    rule, text = Rule.EXPORTER, f"the exporter's figure: {fob}nothing shows that it lacks a part"
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
    return Estimate(value, how, text + " and ".join(route.hub for route in proven(facts)))


def _for_absent_members(facts: Facts, exported: float) -> Estimate | None:
    """The importer's figure where the exporter's is a sum that lacks members and falls short by more than noise."""
    importer = facts.importer
    if not facts.absent.get("exporter") or importer is None or (importer.fob or 0.0) <= exported * (1 + LACKS):
        return None
    found = _from_importer(facts)
    return Estimate(found.value, found.rule, f"{found.text}; {_absent_text(facts)}, and falls short of it")


def _absent_text(facts: Facts) -> str:
    names = facts.absent.get("exporter", ())
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"the exporter's sum has no row of {', '.join(names[:5])}{more}"


def _from_importer(facts: Facts) -> Estimate:
    imported = facts.importer
    if imported is None or imported.value is None:
        return Estimate(None, Rule.NONE, "neither end has a figure")
    if imported.valuation == "CIF" and imported.fob_how.startswith("CIF"):
        if facts.freight is not None:
            text = f"the importer's CIF figure less {facts.freight.share:.1%} of FOB, {facts.freight.how}"
            fob = imported.value / (1 + facts.freight.share)
            return Estimate(fob, Rule.IMPORTER_SEEN, f"{text} ({_divided(imported.value, facts.freight.share)})")
        text = f"the importer's CIF figure less the assumed margin of {facts.margin:.1%} of FOB"
        return Estimate(imported.fob, Rule.IMPORTER_ASSUMED, f"{text} ({_divided(imported.value, facts.margin)})")
    text = "the importer's own FOB figure" if facts.goods else "the importer's figure"
    none = "; the exporter has none" if value_of(facts.exporter) is None else ""
    return Estimate(imported.fob or imported.value, Rule.IMPORTER_FOB, f"{text}{none}")


def _divided(value: float, share: float) -> str:
    """The sum that brings a CIF value to FOB: `472.80 m / 1.06 = 446.04 m`."""
    return f"{amount_text(value)} / {round(1 + share, 4):g} = {amount_text(value / (1 + share))}"


def _less_text(one: float, other: float) -> str:
    return f"{amount_text(one)} - {amount_text(other)} = {amount_text(one - other)}"


def _routed(facts: Facts, base: Weighed) -> tuple[float, Rule] | None:
    """The exporter's figure and what it recorded as shipped elsewhere; None where no way elsewhere is shown."""
    routes, importer = proven(facts), facts.importer
    if not routes or importer is None:
        return None
    if base.kg and importer.kg and base.value:
        scale = facts.months_kg.scale if facts.months_kg is not None else importer.kg / base.kg
        if 1 < scale <= 1 + fsum(route.reexports.value for route in routes) / base.value * (1 + MOST_FREIGHT):
            return base.value * scale, Rule.BY_WEIGHT
        return None
    if importer.fob is None:
        return None
    most = base.value + fsum(route.reexports.value for route in routes)
    return min(max(importer.fob, base.value), most), Rule.WITH_ROUTE


def _less(one: float | None, other: float | None) -> float | None:
    return one - other if one and other and one > other else None


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
        """Which end it makes the higher one."""
        if not self.amount:
            return ""
        return "importer higher" if self.amount > 0 else "exporter higher"


def causes(facts: Facts) -> list[Cause]:
    """The reasons that apply, the largest first, and what they leave unexplained."""
    exported, imported = figure_of(facts, "exporter"), figure_of(facts, "importer")
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
        found.append(_unexplained(facts, gap, rest, found))
    return _ordered(found)


def _ordered(found: Sequence[Cause]) -> list[Cause]:
    return sorted(found, key=lambda one: (one.kind is Kind.UNEXPLAINED, -abs(one.amount or 0.0)))


def _absent(facts: Facts, role: Role, other: float | None) -> list[Cause]:
    """Why one end has no figure, as far as its own reports show."""
    hidden = facts.hidden.get(role)
    if figure_of(facts, role) is not None or other is None or role in facts.refused:
        return []
    amount = other if role == "exporter" else -other
    retired = [why for why in facts.missing.get(role, ()) if why.reason is Reason.CODE_RETIRED]
    if retired:
        return [Cause(Kind.EDITION, retired[0].text, amount)] if retired[0].sure else []
    keeps_back = hidden is not None and hidden.total and (hidden.unspecified or 0.0) >= HIDES * other
    kept, theirs = (
        (hidden.kg if hidden is not None else None),
        _kg(facts, "importer" if role == "exporter" else "exporter"),
    )
    if kept and theirs and kept < HIDES * theirs:
        keeps_back = False  # too light to hold the goods, whatever it is worth
    late = hidden is not None and (hidden.before or 0.0) > other  # what is there may be the end of what came before
    if hidden is not None and hidden.unspecified and keeps_back and not late and role not in facts.open:
        text = (
            f"The {role} reports none of {facts.product} and {amount_text(hidden.unspecified)} USD under 999999, where "
            "goods that are kept confidential are put."
        )
        evidence: dict[str, float | str] = {"under 999999, USD": hidden.unspecified}
        if kept and theirs:
            evidence["net weight"] = f"under 999999 {kg_text(kept)}, the other end's {kg_text(theirs)}"
        return [Cause(Kind.CONFIDENTIALITY, text, amount, evidence)]
    whys = [why for why in facts.missing.get(role, ()) if why.reason in (Reason.NOT_REPORTED, Reason.NOT_YET_PUBLISHED)]
    if hidden is not None and hidden.total is None and hidden.yearly is None and whys:
        return [Cause(Kind.NOT_REPORTED, f"The {role} has no figures of {facts.period} at all. {whys[0].text}", amount)]
    return []


def _kg(facts: Facts, role: Role) -> float | None:
    cell = facts.exporter if role == "exporter" else facts.importer
    return cell.kg if cell is not None else None


def _own_reexports(facts: Facts) -> Cause | None:
    own = facts.own_reexports
    if own is None or not own.value:
        return None
    text = "The exporter's figure includes what it re-exports; importers record such goods under where they were made."
    evidence: dict[str, float | str] = {"re-exports (RX) to the importer, USD": own.value}
    if (exported := value_of(facts.exporter)) is not None:
        evidence[SUM] = f"{_less_text(exported, own.value)} of its own"
    return Cause(Kind.REEXPORT, text, -own.value, evidence)


def _consignment(facts: Facts) -> Cause | None:
    routes = proven(facts)
    exported = value_of(facts.exporter)
    if not routes or exported is None:
        return None
    own = facts.own_reexports.value if facts.own_reexports is not None else 0.0
    best = estimate(facts)
    if best.value is None or best.rule not in (Rule.BY_WEIGHT, Rule.WITH_ROUTE):
        return None
    evidence: dict[str, float | str] = {}
    for route in routes:
        evidence[f"{route.hub}'s re-exports (RX) to the importer, USD"] = route.reexports.value
        evidence[f"the importer's figure with {route.hub} as second partner, USD"] = route.second_partner or 0.0
        for text, value in (("exporter's exports to", route.shipped), ("exporter's goods arriving in", route.arrived)):
            if value:
                evidence[f"{text} {route.hub}, USD"] = value
    hubs = " and ".join(route.hub for route in routes)
    text = f"A part goes through {hubs}: the exporter names {hubs} as the destination, the importer names the origin."
    base = exported - own
    by_weight = best.rule is Rule.BY_WEIGHT and base
    how = f"{amount_text(base)} x {best.value / base:.4f} by weight = " if by_weight else "best value "
    evidence[SUM] = f"{how}{amount_text(best.value)}; {_less_text(best.value, base)}"
    if facts.exporter and facts.importer and facts.exporter.kg and facts.importer.kg:
        evidence["net weight"] = f"exporter {kg_text(facts.exporter.kg)}, importer {kg_text(facts.importer.kg)}"
    return Cause(Kind.CONSIGNMENT, text, best.value - base, evidence)


def _lag(facts: Facts) -> Cause | None:
    late = facts.months_kg if facts.months_kg is not None and facts.months_kg.share else facts.months
    if late is None or not late.share or facts.months is None:
        return None
    by_value = Late(facts.months.scale, late.share, late.months, late.fit)
    amount = by_value.amount(facts.exported, facts.period)
    if amount is None or abs(amount) <= SLIGHT * max(value_of(facts.exporter) or 0.0, value_of(facts.importer) or 0.0):
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
    before, last = facts.period.first_month.shifted(-1), facts.period.last_month
    came, went = facts.exported[before], facts.exported[last]
    evidence[SUM] = (
        f"{by_value.scale:.3f} x {late.share:.3f} x ({amount_text(came)} in {before} - {amount_text(went)} in {last}) "
        f"= {amount_text(amount)}"
    )
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
        evidence: dict[str, float | str] = {"importer CIF, USD": importer.value, "importer FOB, USD": importer.fob}
        evidence[SUM] = _less_text(importer.value, importer.fob)
        return [Cause(Kind.CIF_FOB, text, amount, evidence)]
    whole = not any(facts.absent.values())  # sums over other members weigh other goods
    if whole and (share := freight_by_weight(exporter, importer, facts.own_reexports)) is not None:
        text = "The importer's figure is CIF: a kilogram is dearer there than FOB at the exporter's border."
        amount = importer.value - importer.value / (1 + share)
        evidence = {"importer's value a kg over the exporter's": f"{share:+.1%}"}
        evidence["net weight"] = f"exporter {kg_text(exporter.kg or 0)}, importer {kg_text(importer.kg or 0)}"
        evidence[SUM] = f"{_divided(importer.value, share)}; {_less_text(importer.value, importer.value - amount)}"
        return [Cause(Kind.CIF_FOB, text, amount, evidence)]
    if 0 < rest <= MOST_FREIGHT * exporter.value:
        amount = importer.value - importer.value / (1 + facts.margin)
        how = "the amount is that of" if amount <= rest else "all that is left of the difference is less than"
        text = f"The importer's figure is CIF, the exporter's FOB; {how} the assumed margin."
        evidence = {"assumed margin": f"{facts.margin:.1%}"}
        by_margin = f"{_divided(importer.value, facts.margin)}; {_less_text(importer.value, importer.value - amount)}"
        evidence[SUM] = by_margin if amount <= rest else f"{by_margin}; at most what is left, {amount_text(rest)}"
        return [Cause(Kind.CIF_FOB, text, min(amount, rest), evidence)]
    return []


def _without_amount(facts: Facts) -> list[Cause]:
    """What is known to play a part, but not by how much."""
    exporter, importer = facts.exporter, facts.importer
    if exporter is None or importer is None:
        return []
    found: list[Cause] = []
    ends: tuple[tuple[Role, Cell], ...] = (("exporter", exporter), ("importer", importer))
    for role, cell in ends:
        if cell.native_currency != "USD":
            text = f"The {role}'s figure is in {cell.native_currency} and was converted at average rates."
            found.append(Cause(Kind.CURRENCY, text, None, {f"{cell.native_currency}": cell.native or 0.0}))
        if (revised := _revised(role, cell, facts.others.get(role, ()))) is not None:
            found.append(revised)
    if _for_absent_members(facts, exporter.value or 0.0) is not None:
        text = f"T{_absent_text(facts)[1:]}: what they record, if anything, is not in it."
        found.append(Cause(Kind.NOT_REPORTED, text, None, {"members without a row": len(facts.absent["exporter"])}))
    steps = fsum(cell.resolution for cell in (exporter, importer) if cell.resolution >= 1000)
    gap = abs((importer.value or 0.0) - (exporter.value or 0.0))
    if steps and 0 < gap <= steps:
        text = "The difference is no more than the rounding of the figures."
        found.append(Cause(Kind.ROUNDING, text, None, {"rounded to, USD": steps}))
    if (edition := _edition(facts, exporter, importer)) is not None:
        found.append(edition)
    return found


def _revised(role: Role, cell: Cell, others: Sequence[Cell]) -> Cause | None:
    """Whether two sources give one end differently while one of them is still being revised."""
    for other in others:
        if other.value is None or cell.value is None or other.valuation != cell.valuation:
            continue
        apart = abs(other.value - cell.value)
        provisional = Status.PROVISIONAL in (cell.status, other.status)
        if provisional and other.native_currency == cell.native_currency and apart > cell.resolution + other.resolution:
            text = f"The {role}'s figure is being revised: two sources have it from different days."
            return Cause(Kind.REVISION, text, None, {one.view.what: one.value or 0.0 for one in (cell, other)})
    return None


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


def _unexplained(facts: Facts, gap: float, rest: float, known: Sequence[Cause]) -> Cause:
    """What no reason with evidence accounts for, and whether the weights differ as well."""
    text = "What the reasons above leave." if known else "No known reason shows in the data."
    evidence: dict[str, float | str] = {}
    if amounts := [one.amount for one in known if one.amount]:
        less = "".join(f" {'-' if one > 0 else '+'} {amount_text(abs(one))}" for one in amounts)
        evidence[SUM] = f"{amount_text(gap)}{less} = {amount_text(rest)}"
    exporter, importer = facts.exporter, facts.importer
    if exporter and importer and exporter.kg and importer.kg:
        share = importer.kg / exporter.kg - 1
        evidence["importer's net weight over the exporter's"] = f"{share:+.1%}"
    return Cause(Kind.UNEXPLAINED, text, rest, evidence)
