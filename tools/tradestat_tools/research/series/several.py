"""The answer of `trade_series` to a question for several series, or for what is worked out of one."""

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tradestat_tools.codes.periods import period
from tradestat_tools.model.answers import Cell, Provenance, Table
from tradestat_tools.model.observation import Observation, Status, Valuation
from tradestat_tools.research.series.answer import TOOL, Figures, PassedOver, TradeSeriesData

FLOW_NAMES = {"X": "exports", "M": "imports", "RX": "re-exports", "TB": "balance", "DX": "domestic exports"}

CALENDAR = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class Lacks(BaseModel):
    """What is not there: of a sum the members without a figure, of a series why it has none."""

    model_config = ConfigDict(extra="forbid")

    periods: list[str]
    members: list[str] | None = None
    text: str | None = None


class OneSeries(BaseModel):
    """One of several series; the lists are beside `periods` of the answer."""

    model_config = ConfigDict(extra="forbid")

    flow: Literal["X", "M", "RX", "TB", "DX"] = Field(description="TB is X less M, DX is X less RX.")
    partner: str | None = Field(default=None, description="UN Comtrade's code; absent of a sum of partners.")
    partner_name: str
    product: str | None = Field(default=None, description="Absent of a sum of products.")
    product_name: str
    members: list[str] | None = Field(default=None, description="Of a sum: whose figures were added.")
    values: Figures
    status: list[Status]
    valuations: list[Valuation | None] | None = None
    net_kg: Figures | None = None
    unit_value: Figures | None = Field(default=None, description="Value for each kilogram net.")
    share: Figures | None = Field(default=None, description="A fraction of `share_of`.")
    rank: list[int | None] | None = None
    growth_year: Figures | None = None
    growth_period: Figures | None = None
    index: Figures | None = None
    total: int | float | None = Field(default=None, description="Sum of the periods that have a figure.")
    total_lacks: list[str] | None = Field(default=None, description="Periods that are not in it, or not in whole.")
    total_share: float | None = None
    total_rank: int | None = None
    change: int | float | None = Field(default=None, description="Last less first period.")
    change_rate: float | None = None
    cagr: float | None = None
    ytd: int | float | None = None
    ytd_before: int | float | None = Field(default=None, description="The same months of the year before.")
    ytd_growth: float | None = None
    month_average: Figures | None = Field(default=None, description="January to December.")
    month_years: list[int] | None = Field(default=None, description="Years in each of these averages.")
    lacks: list[Lacks] | None = None
    undefined: dict[str, str] | None = Field(default=None, description="By measure, why it is not defined.")


class ManyData(TradeSeriesData):
    """Several series of one reporter from one source: sums first, then the largest. Null is no figure, never zero."""

    reporter: str
    reporter_name: str
    classification: str
    frequency: str
    currency: str
    source: str
    choice: str
    resolution: float = 1.0
    periods: list[str]
    first_to_last: str | None = Field(default=None, description="Between which periods change and cagr are.")
    share_of: str | None = None
    to_date: str | None = Field(default=None, description="The months of the year to date.")
    base: str | None = None
    series: list[OneSeries]
    passed_over: list[PassedOver] | None = None

    def _varying(self) -> dict[str, list[str]]:
        labels = {
            "flow": [FLOW_NAMES[one.flow] for one in self.series],
            "partner": [one.partner_name for one in self.series],
            "product": [_product(one) for one in self.series],
        }
        return {name: column for name, column in labels.items() if len(set(column)) > 1} or {"flow": labels["flow"]}

    def tables(self) -> list[Table]:
        return [self._whole(), self._by_time(), *self._calendar()]

    def _whole(self) -> Table:
        columns: dict[str, Sequence[Cell]] = dict(self._varying())
        columns["total"] = [one.total for one in self.series]
        if any(one.total_lacks for one in self.series):
            columns["lacks"] = [_lacks(one) for one in self.series]
        self._add(columns, "share %", [_percent(one.total_share) for one in self.series])
        self._add(columns, "rank", [one.total_rank for one in self.series])
        self._add(columns, "change", [one.change for one in self.series])
        self._add(columns, "change %", [_percent(one.change_rate) for one in self.series])
        self._add(columns, "a year %", [_percent(one.cagr) for one in self.series])
        self._add(columns, "year to date", [one.ytd for one in self.series])
        self._add(columns, "year before", [one.ytd_before for one in self.series])
        self._add(columns, "to date %", [_percent(one.ytd_growth) for one in self.series])
        rows: list[tuple[Cell, ...]] = list(zip(*columns.values(), strict=True))
        measures = frozenset({"total", "change", "year to date", "year before"} & set(columns))
        when = self.periods[0] if len(self.periods) == 1 else f"{self.periods[0]} to {self.periods[-1]} together"
        return Table(tuple(columns), rows, title=f"{when}; {self.choice}", measures=measures)

    @staticmethod
    def _add(columns: dict[str, Sequence[Cell]], head: str, column: Sequence[Cell]) -> None:
        if any(one is not None for one in column):
            columns[head] = column

    def _by_time(self) -> Table:
        labels = self._varying()
        columns = [self._columns(one) for one in self.series]
        usual = (Status.REPORTED, Status.SUMMED, Status.MISSING)
        heads = [head for head in columns[0] if any(value is not None for of in columns for value in of[head] or ())]
        if all(status in usual for one in self.series for status in one.status):
            heads.remove("status")
        rows: list[tuple[Cell, ...]] = []
        for at, of in enumerate(columns):
            if all(value is None for value in self.series[at].values) and len(self.series) > 1:
                continue  # it stands in the table of periods together
            parts = [of[head] or [None] * len(self.periods) for head in heads]
            named = [column[at] for column in labels.values()]
            rows += [(*named, when, *values) for when, *values in zip(self.periods, *parts, strict=True)]
        return Table(
            (*labels, "period", *heads),
            rows,
            title="By period",
            measures=frozenset({"value"}),
            weights=frozenset({"kg"} & set(heads)),
            units={
                head: "base period = 100" if head.startswith("index") else head
                for head in heads
                if head.startswith("index") or head == f"{self.currency}/kg"
            },
        )

    def _columns(self, one: OneSeries) -> dict[str, Sequence[Cell] | None]:
        return {
            "value": one.values,
            "kg": one.net_kg,
            f"{self.currency}/kg": _rounded(one.unit_value, 4),
            "share %": _percents(one.share),
            "rank": one.rank,
            "growth on year %": _percents(one.growth_year),
            "growth on period %": _percents(one.growth_period),
            f"index {self.base}=100": _rounded(one.index, 2),
            "status": [status.value for status in one.status],
        }

    def _calendar(self) -> Iterator[Table]:
        if not any(one.month_average for one in self.series):
            return
        labels = self._varying()
        rows: list[tuple[Cell, ...]] = []
        for at, one in enumerate(self.series):
            years = one.month_years or [0]
            several = f"{min(years)} to {max(years)}" if min(years) < max(years) else str(years[0])
            rows.append(
                (*(column[at] for column in labels.values()), *(_rounded(one.month_average, 0) or [None] * 12), several)
            )
        yield Table(
            (*labels, *CALENDAR, "years"),
            rows,
            title="Average of each calendar month, over so many years",
            measures=frozenset(CALENDAR),
        )


def _product(one: OneSeries) -> str:
    name = one.product_name if len(one.product_name) <= 40 else f"{one.product_name[:38]}…"
    return f"{one.product} {name}" if one.product and one.product != one.product_name else name


def _lacks(one: OneSeries) -> str | None:
    """What a total is without: members, where some have no figure, else periods."""
    gone = {member for each in one.lacks or () for member in each.members or ()}
    if one.members and gone:
        return f"{len(gone)} of {len(one.members)} members"
    return _some(one.total_lacks)


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 2)


def _percents(values: Figures | None) -> list[float | None] | None:
    return None if values is None else [_percent(value) for value in values]


def _rounded(values: Figures | None, digits: int) -> Figures | None:
    return None if values is None else [None if value is None else round(value, digits) for value in values]


def _some(texts: Sequence[str] | None) -> str | None:
    if not texts:
        return None
    return ", ".join(texts[:3]) + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")


def observe_many(data: ManyData, _: Provenance) -> list[Observation]:
    """The reported figures of several series as common rows; sums and differences are none."""
    found: list[Observation] = []
    for one in data.series:
        if one.flow in ("TB", "DX") or one.partner is None or one.product is None:
            continue
        for at, text in enumerate(data.periods):
            found.append(
                Observation(
                    flow=one.flow,
                    reporter=data.reporter,
                    partner=one.partner,
                    product=one.product,
                    classification=data.classification,
                    period=period(text),
                    value=one.values[at],
                    currency=data.currency,
                    valuation=one.valuations[at] if one.valuations else None,
                    status=one.status[at],
                    source=data.source,
                    tool=TOOL,
                    resolution=data.resolution,
                    net_kg=one.net_kg[at] if one.net_kg else None,
                )
            )
    return found
