"""What `compare_mirror` gives back."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from tradestat_tools.model.answers import Cell, Data, Table

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
    gap_fob: float | None = Field(default=None, description="After the importer's figure was brought to FOB.")
    gap_fob_percent: float | None = None
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

    def tables(self) -> list[Table]:
        return [self._of_gaps(), *self._of_causes(), self._of_figures(), *self._of_missing(), self._of_preferences()]

    def _of_gaps(self) -> Table:
        columns = ("period", "exporter", "importer", "gap", "gap %", "gap FOB %", "best FOB", "by")
        fields = ("period", "exporter", "importer", "gap", "gap_percent", "gap_fob_percent", "best_fob")
        rows = [(*_cells(one, fields), SHORT.get(one.best_rule, one.best_rule)) for one in self.gaps]
        measures = frozenset({"exporter", "importer", "gap", "best FOB"})
        return Table(columns, rows, "Both ends: importer less exporter", measures)

    def _of_causes(self) -> list[Table]:
        """The amounts, and what shows them: sentences stand alone, since a cell among others is cut short."""
        if not self.causes:
            return []
        gap = next((one.gap for one in self.gaps if one.period == self.causes_of), None)
        amounts: list[tuple[Cell, ...]] = [
            (one.kind, one.amount, round(one.amount / gap * 100, 1) if one.amount and gap else None)
            for one in self.causes
        ]
        title = f"Reasons for the difference in {self.causes_of}"
        said: list[tuple[Cell, ...]] = [
            (line,)
            for one in self.causes
            for line in (
                f"{one.kind}: {one.text}",
                *(f"- {name}: {_said(value)}" for name, value in one.evidence.items()),
            )
        ]
        return [
            Table(("reason", "amount", "of the gap %"), amounts, title, frozenset({"amount"})),
            Table(("what shows it",), said, "Evidence"),
        ]

    def _of_figures(self) -> Table:
        columns = ("period", "side", "value", "valuation", "FOB", "FOB how", "native", "currency", "net weight, kg",
                   "quantity", "unit", "status")  # fmt: skip
        fields = ("period", "side", "value", "valuation", "fob", "fob_how", "native", "native_currency", "net_kg",
                  "quantity", "quantity_unit", "status")  # fmt: skip
        rows = [_cells(one, fields) for one in self.figures]
        units = {"native": "as in the column currency", "quantity": "as in the column unit"}
        weights = frozenset({"net weight, kg"})
        return Table(columns, rows, "Every side", frozenset({"value", "FOB"}), weights, units=units)

    def _of_missing(self) -> list[Table]:
        if not self.missing:
            return []
        rows: list[tuple[Cell, ...]] = [(f"{one.side}: {one.reason}. {one.text}",) for one in self.missing]
        return [Table(("side and reason",), rows, "Sides without figures")]

    def _of_preferences(self) -> Table:
        return Table(("prefer",), [(one,) for one in self.prefer], "Which source for what")


def _cells(one: BaseModel, fields: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(getattr(one, name) for name in fields)


def _said(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
