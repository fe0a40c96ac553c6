"""The answer of `trade_series`."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, ModelWrapValidatorHandler, model_validator

from tradestat_tools.codes.periods import period
from tradestat_tools.model.answers import Cell, Data, Provenance, Table
from tradestat_tools.model.observation import FlowCode, Observation, PartnerBasis, Status, Valuation
from tradestat_tools.model.reasons import Reason
from tradestat_tools.research.words import percent

TOOL = "trade_series"

Figures = list[int | float | None]


class Absent(BaseModel):
    """Why some periods have no figure."""

    model_config = ConfigDict(extra="forbid")

    periods: list[str]
    reason: Reason | None = Field(default=None, description="Absent where it is not known.")
    text: str


class Undefined(BaseModel):
    """Why a measure is not defined for some periods."""

    model_config = ConfigDict(extra="forbid")

    measure: str
    periods: list[str]
    text: str


class PassedOver(BaseModel):
    """A source that comes before the chosen one in the rule, or has periods that it lacks, and was not used."""

    model_config = ConfigDict(extra="forbid")

    source: str
    text: str


class TradeSeriesData(Data):
    """The answer to one series or to several, told apart by whether it has `series`."""

    @model_validator(mode="wrap")
    @classmethod
    def _of_its_kind(cls, raw: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if cls is not TradeSeriesData or not isinstance(raw, Mapping):
            return handler(raw)
        kinds = {("series" in one.model_fields): one for one in cls.__subclasses__()}
        return cast("Self", kinds["series" in raw].model_validate(raw))

    @abstractmethod
    def tables(self) -> list[Table]:
        """The same data as tables."""


class SeriesData(TradeSeriesData):
    """One flow over time: `periods` once, and lists beside them in their order. Null is no figure, never zero."""

    flow: FlowCode
    reporter: str = Field(description="UN Comtrade's code.")
    reporter_name: str
    partner: str
    partner_name: str
    product: str
    product_name: str
    classification: str
    frequency: Literal["A", "Q", "M"]
    currency: str
    valuation: Valuation | None = None
    basis: PartnerBasis | None = Field(default=None, description="What the partner is.")
    source: str = Field(description="Id of the source chosen.")
    choice: str = Field(description="Why it was.")
    resolution: float = Field(default=1.0, description="Smallest step of the figures, in units of the currency.")
    periods: list[str]
    values: Figures
    status: list[Status]
    sources: list[str | None] | None = Field(default=None, description="Of each figure, where they differ.")
    valuations: list[Valuation | None] | None = Field(default=None, description="Of each period, where they differ.")
    codes: list[str] | None = Field(default=None, description="Codes summed in each period, of a chain.")
    editions: list[str | None] | None = Field(default=None, description="Edition of the HS the reporter used.")
    net_kg: Figures | None = None
    quantity: Figures | None = None
    quantity_unit: str | None = None
    rates: list[float | None] | None = Field(
        default=None, description="Value in `currency` for one unit of the source's, where figures were converted."
    )
    growth_year: list[float | None] | None = Field(
        default=None, description="v / v of the same period a year before - 1, a fraction."
    )
    growth_period: list[float | None] | None = Field(default=None, description="v / v of the period before - 1.")
    share: list[float | None] | None = Field(default=None, description="v / `share_of`, a fraction.")
    share_of: str | None = None
    index: list[float | None] | None = Field(default=None, description="100 v / v of `base`.")
    base: str | None = None
    absent: list[Absent] | None = None
    undefined: list[Undefined] | None = None
    passed_over: list[PassedOver] | None = None

    def tables(self) -> list[Table]:
        columns: dict[str, list[Cell]] = {"period": [*self.periods], "value": [*self.values]}
        if len(set(self.status)) > 1 or self.status[0] is not Status.REPORTED:
            columns["status"] = [status.value for status in self.status]
        if self.codes:
            columns["codes"] = [*self.codes]
        if self.sources:
            columns["source"] = [*self.sources]
        percents = {
            "growth on year %": self.growth_year,
            "growth on period %": self.growth_period,
            "share %": self.share,
        }
        for head, fractions in percents.items():
            if fractions:
                columns[head] = [percent(one) for one in fractions]
        if self.index:
            columns[f"index {self.base}=100" if self.base else "index"] = [
                None if one is None else round(one, 2) for one in self.index
            ]
        rows: list[tuple[Cell, ...]] = list(zip(*columns.values(), strict=True))
        units = {head: "base period = 100" for head in columns if head.startswith("index")}
        return [Table(tuple(columns), rows, title=self.choice, measures=frozenset({"value"}), units=units)]


def observe(data: SeriesData, _: Provenance) -> list[Observation]:
    """The figures of a series as common rows, in the currency of the series."""
    return [
        Observation(
            flow=data.flow,
            reporter=data.reporter,
            partner=data.partner,
            product=data.product,
            classification=data.classification,
            period=period(text),
            value=data.values[at],
            currency=data.currency,
            valuation=data.valuations[at] if data.valuations else data.valuation,
            status=data.status[at],
            source=(data.sources[at] if data.sources else None) or data.source,
            tool=TOOL,
            edition=data.editions[at] if data.editions else None,
            resolution=data.resolution,
            quantity=data.quantity[at] if data.quantity else None,
            quantity_unit=data.quantity_unit if data.quantity and data.quantity[at] is not None else None,
            net_kg=data.net_kg[at] if data.net_kg else None,
            basis=data.basis,
        )
        for at, text in enumerate(data.periods)
    ]
