"""What `compare_mirror` gives back."""

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, Field

from tradestat_tools.model.answers import Cell, Data, Table
from tradestat_tools.research.mirror.causes import SUM
from tradestat_tools.research.mirror.facts import amount_text

Detail = Literal["summary", "full"]

MAIN = 0.05
"""Share of the difference from which on a reason stands by itself in a summary."""

SHORT = {
    "exporter": "exporter",
    "exporter_with_goods_in_transit": "with transit",
    "exporter_without_reexports": "less re-exports",
    "exporter_by_importers_weight": "by weight",
    "importer_within_route": "transit",
    "exporter_reports_none": "none exported",
    "importer_fob": "importer",
    "importer_by_seen_margin": "seen margin",
    "importer_by_assumed_margin": "assumed margin",
}
"""How the best value came about, in a column's width."""


class MirrorFigure(BaseModel):
    """One side's figure of one period. `value` and `fob` are in the comparison's currency; null is no figure."""

    period: str
    side: str
    value: float | None = Field(default=None, description="As reported, in the comparison's currency.")
    valuation: str | None = Field(
        default=None, description="FOB or CIF; null where there is no such difference (services)."
    )
    fob: float | None = Field(default=None, description="The same FOB.")
    fob_how: str = Field(description="How `fob` came about.")
    native: float | None = Field(default=None, description="As the source gives it.")
    native_currency: str
    quantity: float | None = None
    quantity_unit: str | None = None
    net_kg: float | None = None
    status: str


class MirrorGap(BaseModel):
    """Importer's figure less exporter's; null where one of them is missing. Percent are of the exporter's figure."""

    period: str = Field(description='A period, or "all" for those that have both figures.')
    exporter: float | None = None
    importer: float | None = None
    gap: float | None = None
    gap_percent: float | None = None
    importer_fob: float | None = Field(default=None, description="The importer's figure brought to FOB.")
    gap_fob: float | None = Field(default=None, description="`importer_fob` less the exporter's FOB figure.")
    gap_fob_percent: float | None = None
    exporter_kg: float | None = Field(default=None, description="Net weight.")
    importer_kg: float | None = None
    best_fob: float | None = Field(default=None, description="Best estimate of what flowed, FOB.")
    best_rule: str = Field(description="How it came about.")


class MirrorCause(BaseModel):
    """A known reason that the data show. `amount` adds to the importer's figure less the exporter's."""

    kind: str
    amount: float | None = Field(
        default=None, description="In the comparison's currency; null where it can not be worked out."
    )
    direction: str
    text: str
    evidence: dict[str, float | str]


class MissingSide(BaseModel):
    """A side that has no figure at all, and why."""

    side: str
    what: str
    reason: str = Field(description="Of the closed set of reasons, or the kind of the failure.")
    text: str


class MirrorData(Data):
    """One flow as both ends report it, period by period, with the reasons for the difference."""

    exporter: str
    importer: str
    product: str
    kind: str
    currency: str
    cif_margin: float = Field(description="Percent of the FOB value by which CIF imports were brought to FOB.")
    exporter_side: str | None = Field(default=None, description="The side that speaks for the exporter in `gaps`.")
    importer_side: str | None = None
    gaps: list[MirrorGap] = Field(description="Per period, then over all.")
    figures: list[MirrorFigure]
    causes_of: str = Field(description="The period whose difference `causes` are of.")
    causes: list[MirrorCause]
    missing: list[MissingSide]
    prefer: list[str]
    detail: Detail = Field(default="summary", description="How much of this the tables show.")

    def tables(self) -> list[Table]:
        if self.detail == "full":
            rest = [self._of_figures(), *_of_missing(self.missing), self._of_preferences()]
            return [self._of_gaps(), *self._of_causes(self.causes), *self._of_fob_and_weight(), *rest]
        main = [one for one in self.causes if one.amount is None or self._part(one.amount) >= MAIN] or self.causes[:1]
        rest = _of_missing(self._without_any())
        return [self._of_gaps(), *self._of_causes(main), *self._of_fob_and_weight(), *rest]

    def _of_gaps(self) -> Table:
        columns = ("period", "exporter", "importer", "gap", "gap %", "gap FOB %", "best FOB", "by")
        fields = ("period", "exporter", "importer", "gap", "gap_percent", "gap_fob_percent", "best_fob")
        rows = [(*_cells(one, fields), SHORT.get(one.best_rule, one.best_rule)) for one in self.gaps]
        measures = frozenset({"exporter", "importer", "gap", "best FOB"})
        return Table(columns, rows, "Both ends: importer less exporter", measures)

    def _of_fob_and_weight(self) -> list[Table]:
        fields = {"importer FOB": "importer_fob", "exporter kg": "exporter_kg", "importer kg": "importer_kg"}
        fields = {head: name for head, name in fields.items() if any(getattr(one, name) for one in self.gaps)}
        if not fields:
            return []
        rows = [_cells(one, ("period", *fields.values())) for one in self.gaps]
        money, weights = (frozenset({*fields} & names) for names in ({"importer FOB"}, {"exporter kg", "importer kg"}))
        return [Table(("period", *fields), rows, "The importer's figure FOB; net weight", money, weights)] * bool(
            fields
        )

    @property
    def _gap(self) -> float | None:
        """The difference that the reasons are of."""
        return next((one.gap for one in self.gaps if one.period == self.causes_of), None)

    def _part(self, amount: float) -> float:
        """How large an amount is beside the difference that it explains."""
        return abs(amount / self._gap) if self._gap else 1.0

    def _of_causes(self, shown: Sequence[MirrorCause]) -> list[Table]:
        """The amounts, and what shows them: sentences stand alone, since a cell among others is cut short."""
        if not shown:
            return []
        rows: list[tuple[Cell, ...]] = [(one.kind, one.amount, self._percent(one.amount)) for one in shown]
        lesser = [one.amount or 0.0 for one in self.causes if one not in shown]
        if lesser:
            rows.append((f"{len(lesser)} smaller", sum(lesser), self._percent(sum(lesser))))
        title = f"Reasons for the difference in {self.causes_of}"
        return [
            Table(("reason", "amount", "of the gap %"), rows, title, frozenset({"amount"})),
            Table(("what shows it",), [(line,) for one in shown for line in self._evidence(one)], "Evidence"),
        ]

    def _percent(self, amount: float | None) -> float | None:
        return round(amount / self._gap * 100, 1) if amount and self._gap else None

    def _evidence(self, one: MirrorCause) -> Iterator[str]:
        yield f"{one.kind}: {one.text}"
        for name, value in one.evidence.items():
            if name == SUM or self.detail == "full":
                yield f"- {name}: {_said(name, value)}"

    def _of_figures(self) -> Table:
        fields = {"period": "period", "side": "side", "value": "value", "valuation": "valuation", "FOB": "fob",
                  "FOB how": "fob_how", "native": "native", "currency": "native_currency", "net weight, kg": "net_kg",
                  "quantity": "quantity", "unit": "quantity_unit", "status": "status"}  # fmt: skip
        if all(one.native_currency == self.currency for one in self.figures):
            del fields["native"], fields["currency"]  # which the value is
        if all(one.quantity_unit in (None, "kg") and one.quantity in (None, one.net_kg) for one in self.figures):
            del fields["quantity"], fields["unit"]  # which the weight is
        rows = [_cells(one, list(fields.values())) for one in self.figures]
        units = {"native": "as in the column currency", "quantity": "as in the column unit"}
        units = {head: unit for head, unit in units.items() if head in fields}
        weights = frozenset({"net weight, kg"})
        return Table(tuple(fields), rows, "Every side", frozenset({"value", "FOB"}), weights, units=units)

    def _without_any(self) -> list[MissingSide]:
        """Those of the ends that have no figure from any source."""
        ends = {"exporter": self.exporter_side, "importer": self.importer_side}
        return [one for one in self.missing if any(f":{role}" in one.side for role, side in ends.items() if not side)]

    def _of_preferences(self) -> Table:
        return Table(("prefer",), [(one,) for one in self.prefer], "Which source for what")


def _of_missing(missing: Sequence[MissingSide]) -> list[Table]:
    if not missing:
        return []
    rows: list[tuple[Cell, ...]] = [(f"{one.side}: {one.reason}. {one.text}",) for one in missing]
    return [Table(("side and reason",), rows, "Sides without figures")]


def _cells(one: BaseModel, fields: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(getattr(one, name) for name in fields)


def _said(name: str, value: float | str) -> str:
    if isinstance(value, str):
        return value
    if name.endswith(", USD"):
        return amount_text(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
