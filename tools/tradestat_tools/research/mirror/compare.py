"""Both ends of a flow in one unit, the reasons of their difference, and the best estimate of what flowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import median

from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.words import counted
from tradestat_tools.contract.context import Context
from tradestat_tools.model.flow import ROLES, FlowQuestion, Role
from tradestat_tools.model.observation import Status
from tradestat_tools.research.currency import DOLLAR
from tradestat_tools.research.mirror.causes import Cause, Estimate, causes, estimate
from tradestat_tools.research.mirror.evidence import Gathered, Needed, gather
from tradestat_tools.research.mirror.facts import (
    Cell,
    Facts,
    Freight,
    InOneUnit,
    Weighed,
    freight_by_weight,
    in_one_unit,
    late_share,
    leads,
)
from tradestat_tools.research.views import Seen
from tradestat_tools.upstream.runtime import in_thread


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison in dollars.

    Args:
        periods: those compared, in order.
        lead: the id of the view that speaks for each end.
        estimates: the best FOB value of every period.
        causes: of `focus`.
    """

    question: FlowQuestion
    unit: InOneUnit
    periods: tuple[Period, ...]
    lead: Mapping[Role, str]
    focus: Period
    estimates: Mapping[Period, Estimate]
    causes: Sequence[Cause]
    evidence: Gathered

    def cell(self, role: Role, period: Period) -> Cell | None:
        """The figure that speaks for an end; None where it has none."""
        found = self.unit.cells.get(self.lead.get(role, ""), {}).get(period)
        return found if found is not None and found.value is not None else None


async def compare(
    context: Context, question: FlowQuestion, seen: Sequence[Seen], *, margin: float, newest_only: bool = False
) -> Compared:
    """Bring what was seen into one unit, look for the reasons of the difference, and estimate what flowed.

    Args:
        margin: percent of the FOB value for freight and insurance.
        newest_only: keep the newest period that both ends have, or, without one, that one has.
    """
    unit = await in_thread(partial(in_one_unit, seen, DOLLAR, margin))
    lead = leads(unit)
    have = {
        role: {period for period, cell in unit.cells.get(lead.get(role, ""), {}).items() if cell.value is not None}
        for role in ROLES
    }
    both, either = have["exporter"] & have["importer"], have["exporter"] | have["importer"]
    focus = max(both or either or {question.last})
    periods = (focus,) if newest_only else tuple(question.periods)
    narrowed = replace(question, first=periods[0], last=periods[-1])
    missing: list[Role] = [role for role in ROLES if focus not in have[role]]
    lacking = {period for one in seen if one.view.id in lead.values() for period, names in one.absent.items() if names}
    seen_margins = _margins_within(unit, lead, both - lacking)
    needed = Needed(
        focus, missing, margin_known=bool(seen_margins or unit.margins), refused=_refused(unit, missing, focus)
    )
    evidence = await gather(context, narrowed, needed)
    freight = evidence.freight
    if own := list(unit.margins.values()):
        freight = Freight(median(own), f"the importer's own in {counted(len(own), 'period')}")
    elif seen_margins:
        freight = Freight(median(seen_margins), f"the median of {len(seen_margins)} other periods asked for")
    known = _Known(question, unit, lead, seen, evidence, margin / 100, freight)
    return Compared(
        question=question,
        unit=unit,
        periods=periods,
        lead=lead,
        focus=focus,
        estimates={period: estimate(known.of(period, in_focus=period == focus)) for period in periods},
        causes=causes(known.of(focus, in_focus=True)),
        evidence=evidence,
    )


def _refused(unit: InOneUnit, missing: Sequence[Role], period: Period) -> frozenset[Role]:
    """Of the ends without a figure, those of which a source has rows that contradict each other."""
    found = [cell for cells in unit.cells.values() if (cell := cells.get(period)) is not None]
    stated = {cell.view.role for cell in found if cell.status is Status.CONFLICTING}
    return frozenset(role for role in missing if role in stated)


def _margins_within(unit: InOneUnit, lead: Mapping[Role, str], both: set[Period]) -> list[float]:
    """What freight and insurance seem to be in the periods that both ends have whole."""
    if len(lead) < len(ROLES):
        return []
    pairs = [(unit.cells[lead["exporter"]][period], unit.cells[lead["importer"]][period]) for period in sorted(both)]
    found = (freight_by_weight(exporter, importer) for exporter, importer in pairs if importer.valuation == "CIF")
    return [share for share in found if share is not None]


@dataclass(frozen=True, slots=True)
class _Known:
    """What facts of a period are taken from."""

    question: FlowQuestion
    unit: InOneUnit
    lead: Mapping[Role, str]
    seen: Sequence[Seen]
    evidence: Gathered
    margin: float
    freight: Freight | None

    def of(self, period: Period, *, in_focus: bool) -> Facts:
        """The facts of a period; months and what is kept back were asked for the one in focus only."""
        evidence = self.evidence
        exported, imported = (evidence.exported, evidence.imported) if in_focus else ({}, {})
        values = {month: one.value for month, one in exported.items()}
        ends = {role: self._cell(role, period) for role in ROLES}
        refused = _refused(self.unit, [role for role in ROLES if ends[role] is None], period)
        leading = self.lead.values()
        return Facts(
            period=period,
            product=self.question.product.code,
            exporter=ends["exporter"],
            importer=ends["importer"],
            margin=self.margin,
            missing={role: [why for one in self.seen if one.view.role == role for why in one.why] for role in ROLES},
            passing=evidence.passing.get(period),
            own_reexports=evidence.own_reexports.get(period),
            routes=evidence.routes.get(period, ()),
            months=late_share(values, {month: one.value for month, one in imported.items()}),
            months_kg=late_share(_weights(exported), _weights(imported)),
            exported=values,
            freight=self.freight,
            hidden=evidence.hidden if in_focus else {},
            open=_open(exported, imported),
            none=frozenset(one for one in ROLES if in_focus and one not in refused and evidence.none(one, period)),
            others={role: self._others(role, period) for role in ROLES},
            goods=self.question.product.kind == "goods",
            refused=refused,
            absent={one.view.role: one.absent.get(period, ()) for one in self.seen if one.view.id in leading},
        )

    def _others(self, role: Role, period: Period) -> list[Cell]:
        lead = self.lead.get(role, "")
        held = (cells.get(period) for view, cells in self.unit.cells.items() if view != lead)
        return [cell for cell in held if cell is not None and cell.view.role == role]

    def _cell(self, role: Role, period: Period) -> Cell | None:
        cell = self.unit.cells.get(self.lead.get(role, ""), {}).get(period)
        return cell if cell is not None and cell.value is not None else None


def _open(exported: Mapping[Period, Weighed], imported: Mapping[Period, Weighed]) -> frozenset[Role]:
    months: dict[Role, Mapping[Period, Weighed]] = {"exporter": exported, "importer": imported}
    return frozenset(role for role in ROLES if any(one.value for one in months[role].values()))


def _weights(months: Mapping[Period, Weighed]) -> dict[Period, float]:
    return {month: one.kg for month, one in months.items() if one.kg or (one.kg is not None and not one.value)}
