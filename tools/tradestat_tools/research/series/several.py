"""The answer of `trade_series` to a question for several series, or for what is worked out of one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tradestat_tools.codes.periods import period
from tradestat_tools.model.answers import Cell, Provenance, Table
from tradestat_tools.model.observation import Observation, Status, Valuation
from tradestat_tools.research.series.answer import TOOL, Figures, PassedOver, TradeSeriesData
from tradestat_tools.research.words import first_of, percent

FLOW_NAMES = {"X": "exports", "M": "imports", "RX": "re-exports", "TB": "balance", "DX": "domestic exports"}

CALENDAR = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


MONEY = frozenset({"value", "total", "change", "year to date", "year before"})
"""Columns in the currency."""

PLACE = "place, largest first"
"""Unit of ranks."""


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
    reporter: str | None = Field(default=None, description="Of a group that reports: the member; absent of their sum.")
    reporter_name: str | None = None
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
    rank: list[int | None] | None = Field(
        default=None, description="Place among the series beside it that have a figure, the largest first."
    )
    growth_year: Figures | None = None
    growth_period: Figures | None = None
    index: Figures | None = None
    total: int | float | None = Field(default=None, description="Sum of the periods that have a figure.")
    total_lacks: list[str] | None = Field(default=None, description="Periods that are not in it, or not in whole.")
    total_share: float | None = None
    total_rank: int | None = Field(default=None, description="The same by the total.")
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
    """Several series of one reporter, or of the members of a group, from one source: sums first, then the largest.

    Null is no figure, never zero.
    """

    reporter: str = Field(description="UN Comtrade's code, or the name of a group.")
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

    @property
    def _listed(self) -> list[OneSeries]:
        """Those that the tables show: of members without any figure a note on their sum says who they are."""
        summed = any(one.members for one in self.series)
        return [one for one in self.series if _has_any(one) or not summed]

    def _varying(self) -> dict[str, list[str]]:
        labels = {
            "flow": [FLOW_NAMES[one.flow] for one in self._listed],
            "reporter": [one.reporter_name or self.reporter_name for one in self._listed],
            "partner": [one.partner_name for one in self._listed],
            "product": [_product(one) for one in self._listed],
        }
        return {name: column for name, column in labels.items() if len(set(column)) > 1} or {"flow": labels["flow"]}

    def tables(self) -> list[Table]:
        if len(self.periods) == 1:
            return [self._of_one_period(), *self._calendar()]
        return [self._together(), self._by_time(), *self._calendar()]

    def _together(self) -> Table:
        columns: dict[str, Sequence[Cell]] = dict(self._varying())
        columns["total"] = [one.total for one in self._listed]
        columns |= self._over_all()
        return self._table(columns, f"{self.periods[0]} to {self.periods[-1]} together; {self.choice}")

    def _over_all(self) -> dict[str, Sequence[Cell]]:
        """What there is of all periods together, beside their sum."""
        columns: dict[str, Sequence[Cell]] = {
            "lacks": [_lacks(one) for one in self._listed],
            "share %": [percent(one.total_share) for one in self._listed],
            "rank": [one.total_rank for one in self._listed],
            "change": [one.change for one in self._listed],
            "change %": [percent(one.change_rate) for one in self._listed],
            "a year %": [percent(one.cagr) for one in self._listed],
            "year to date": [one.ytd for one in self._listed],
            "year before": [one.ytd_before for one in self._listed],
            "to date %": [percent(one.ytd_growth) for one in self._listed],
        }
        return {head: column for head, column in columns.items() if any(one is not None for one in column)}

    def _of_one_period(self) -> Table:
        """All there is of the only period."""
        columns: dict[str, Sequence[Cell]] = dict(self._varying())
        columns["period"] = [self.periods[0]] * len(self._listed)
        of = [self._columns(one) for one in self._listed]
        columns |= {head: [(each[head] or [None])[0] for each in of] for head in self._heads(of)}
        columns |= {head: column for head, column in self._over_all().items() if head not in columns}
        return self._table(columns, self.choice)

    def _by_time(self) -> Table:
        labels = self._varying()
        of = [self._columns(one) for one in self._listed]
        heads = self._heads(of)
        rows: list[tuple[Cell, ...]] = []
        for at, columns in enumerate(of):
            if not _has_any(self._listed[at]) and len(self._listed) > 1:
                continue  # it stands in the table of periods together
            parts = [columns[head] or [None] * len(self.periods) for head in heads]
            named = [column[at] for column in labels.values()]
            rows += [(*named, when, *values) for when, *values in zip(self.periods, *parts, strict=True)]
        columns = dict(zip((*labels, "period", *heads), zip(*rows, strict=True), strict=True))
        return self._table(columns, "By period")

    def _table(self, columns: Mapping[str, Sequence[Cell]], title: str) -> Table:
        units = {head: "base period = 100" for head in columns if head.startswith("index")}
        units |= {head: head for head in columns if head == f"{self.currency}/kg"}
        units |= {head: PLACE for head in columns if head == "rank"}
        return Table(
            tuple(columns),
            list(zip(*columns.values(), strict=True)),
            title=title,
            measures=MONEY & {*columns},
            weights=frozenset({"kg"} & {*columns}),
            units=units,
        )

    def _heads(self, of: Sequence[Mapping[str, Sequence[Cell] | None]]) -> list[str]:
        """The columns that say anything."""
        heads = [head for head in of[0] if any(value is not None for each in of for value in each[head] or ())]
        usual = (Status.REPORTED, Status.SUMMED, Status.MISSING)
        if all(status in usual for one in self._listed for status in one.status):
            heads.remove("status")
        return heads

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
        for at, one in enumerate(self._listed):
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


def _has_any(one: OneSeries) -> bool:
    return any(value is not None for value in one.values)


def _product(one: OneSeries) -> str:
    name = one.product_name if len(one.product_name) <= 40 else f"{one.product_name[:38]}…"
    return f"{one.product} {name}" if one.product and one.product != one.product_name else name


def _lacks(one: OneSeries) -> str | None:
    """What a total is without: members, where some have no figure, else periods."""
    lacking = [text for each in one.lacks or () for text in each.members or ()]
    named = [member for member in one.members or () if any(text.startswith(f"{member} (") for text in lacking)]
    partly = [member for member in named if any(text.startswith(f"{member} (of ") for text in lacking)]
    if one.members and named:
        gone, of = len(named) - len(partly), f"of {len(one.members)} members"
        if not partly:
            return f"{gone} {of}"
        return f"{gone} {of}, parts of {len(partly)}" if gone else f"parts of {len(partly)} {of}"
    return first_of(one.total_lacks, 3) if one.total_lacks else None


def _percents(values: Figures | None) -> list[float | None] | None:
    return None if values is None else [percent(value) for value in values]


def _rounded(values: Figures | None, digits: int) -> Figures | None:
    return None if values is None else [None if value is None else round(value, digits) for value in values]


def observe_many(data: ManyData, _: Provenance) -> list[Observation]:
    """The reported figures of several series as common rows; sums and differences are none."""
    found: list[Observation] = []
    for one in data.series:
        if one.members or one.flow in ("TB", "DX") or one.partner is None or one.product is None:
            continue
        for at, text in enumerate(data.periods):
            found.append(
                Observation(
                    flow=one.flow,
                    reporter=one.reporter or data.reporter,
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
