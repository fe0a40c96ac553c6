"""The best estimate of what flowed between two ends, FOB, by the first rule that the facts allow. In US dollars."""

from dataclasses import dataclass
from enum import StrEnum
from math import fsum

from tradestat_tools.research.mirror.facts import MOST_FREIGHT, Facts, Weighed, proven, value_of


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
        text += f"; a part only passes: the importer re-exports {facts.passing.value:,.0f} USD of it, of all origins"
        if found.rule is Rule.EXPORTER:
            found = Estimate(found.value, Rule.WITH_TRANSIT, found.text)
    if facts.importer is None and facts.routes:
        named = " and ".join(f"{route.hub} ({route.reexports.value:,.0f} USD)" for route in facts.routes)
        text += f"; goods of the exporter may be among the re-exports to the importer of {named}, and would come on top"
    return Estimate(found.value, found.rule, text)


def _estimate(facts: Facts) -> Estimate:
    exported, imported = value_of(facts.exporter), value_of(facts.importer)
    if exported is None and "exporter" in facts.none:
        return Estimate(0.0, Rule.NOTHING_EXPORTED, "the exporter reports its trade of that time, and none of this")
    if exported is None:
        return _from_importer(facts)
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
