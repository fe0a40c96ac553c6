"""One product in all, and by month: dashboard, trend, history."""

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import BaseModel, Field

from tradestat_tools.codes.periods import Period, format_yyyymm
from tradestat_tools.model.answers import Cell, Data, Table
from tradestat_tools.sources.doumaotong.answers.parts import (
    MONTHS,
    TWELVE_MONTHS,
    YEAR_COLUMNS,
    CustomsCode,
    Month,
    MonthlySeries,
    MonthNumber,
    Part,
    Percent,
    ProductData,
    Yuan,
    by_year,
    lean_table,
)
from tradestat_tools.sources.doumaotong.codes import LABELS, in_english, label_of
from tradestat_tools.sources.doumaotong.wire.fields import Num

EXPORTS = frozenset({"Exports"})

YUAN = "RMB yuan"


class Breakdown(Part):
    """Amounts `xTotal` and percentages `xPercent` of the parts of a whole."""

    @property
    def parts(self) -> dict[str, tuple[Num | None, Num | None]]:
        """Amount and percentage of each part, by its name's stem."""
        given = self.model_dump()
        stems = dict.fromkeys(name.removesuffix("Total").removesuffix("Percent") for name in given)
        return {stem: (given.get(f"{stem}Total"), given.get(f"{stem}Percent")) for stem in stems}


class RegionBreakdown(Breakdown):
    """12-month exports by continent."""

    asiaTotal: Yuan = None
    asiaPercent: Percent = None
    europeTotal: Yuan = None
    europePercent: Percent = None
    africaTotal: Yuan = None
    africaPercent: Percent = None
    northAmericaTotal: Yuan = None
    northAmericaPercent: Percent = None
    southAmericaTotal: Yuan = None
    southAmericaPercent: Percent = None
    oceaniaTotal: Yuan = None
    oceaniaPercent: Percent = None


class TradeBlocBreakdown(Breakdown):
    """12-month exports by trade bloc. Blocs overlap and do not add up."""

    middleEastTotal: Yuan = None
    middleEastPercent: Percent = None
    beltRoadTotal: Yuan = None
    beltRoadPercent: Percent = None
    aseanTotal: Yuan = None
    aseanPercent: Percent = None
    euTotal: Yuan = None
    euPercent: Percent = None
    usmcaTotal: Yuan = None
    usmcaPercent: Percent = None


class Slice(Part):
    """A continent or trade bloc as the current form gives it."""

    name: str | None = None
    total: Yuan = None
    percent: Percent = None


class DashboardFigures(BaseModel):
    """The core figures of one product over twelve months."""

    currentMonth: Annotated[MonthNumber | None, Field(description="last month of the twelve, YYYYMM")] = None
    recent12mGlobalTotal: Yuan = None
    prev12mGlobalTotal: Yuan = None
    yoyGrowthRate: Percent = None
    momGrowthRate: Percent = None
    activeCountriesCount: int | None = None
    monthlyActivityCount: Annotated[int | None, Field(description="months with exports among the twelve")] = None
    top3ConcentrationPercent: Percent = None
    avgCountryActiveMonths: Num | None = None
    firstUnit: str | None = None
    firstQuantity: Num | None = None
    secondUnit: str | None = None
    secondQuantity: Num | None = None
    regionBreakdown: RegionBreakdown | None = None
    tradeBlocBreakdown: TradeBlocBreakdown | None = None
    peakMonths: Annotated[list[int] | None, Field(description="months of the year, 1 to 12, in which buying peaks")] = (
        None
    )
    range: Annotated[str | None, Field(description="the data's coverage, as the service words it")] = None
    region: Annotated[list[Slice] | None, Field(description="continents as the service cuts them")] = None
    blocs: Annotated[list[Slice] | None, Field(description="they overlap and do not add up")] = None


class DashboardData(ProductData, DashboardFigures):
    """One product's exports from China to all destinations."""

    newestInstead: Annotated[
        DashboardFigures | None,
        Field(description="figures of the newest twelve months, where those of the asked currentMonth are not given"),
    ] = None

    def tables(self) -> list[Table]:
        figures = self.newestInstead or self
        month = "the newest month" if figures.currentMonth is None else format_yyyymm(figures.currentMonth)
        title = f"Not to the month asked for, but to {month}" if self.newestInstead else ""
        rows = _dashboard_rows(figures)
        found = [Table(("Measure", "Value", "Unit"), rows, title, units=AS_IN_ROW)] if rows else []
        for name, slices, breakdown in (
            ("Continent", figures.region, figures.regionBreakdown),
            ("Trade bloc (they overlap)", figures.blocs, figures.tradeBlocBreakdown),
        ):
            if part := _largest_first(_slice_rows(slices) or _breakdown_rows(breakdown)):
                found.append(lean_table((name, TWELVE_MONTHS, "Share %"), part))
        return found


CORE = (
    "recent12mGlobalTotal",
    "yoyGrowthRate",
    "momGrowthRate",
    "activeCountriesCount",
    "monthlyActivityCount",
    "top3ConcentrationPercent",
)
"""The figures of a dashboard that both forms have: where one is null, its place in the table shows that."""


AS_IN_ROW = {"Value": "as in the column Unit"}


def _largest_first(rows: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Parts of a whole by their shares, or by their amounts; those without either come last."""
    return sorted(rows, key=lambda row: [-(one if isinstance(one, int | float) else -1) for one in (row[2], row[1])])


def _dashboard_rows(figures: DashboardFigures) -> list[tuple[Cell, ...]]:
    """The figures that are given, and those of `CORE` in any case; none where nothing at all is given."""
    peaks = ", ".join(str(month) for month in figures.peakMonths or ())
    first, second = (in_english(unit or "") for unit in (figures.firstUnit, figures.secondUnit))
    rows: list[tuple[str, Cell, str, bool]] = [
        ("12 months to (YYYYMM)", figures.currentMonth and format_yyyymm(figures.currentMonth), "", False),
        ("Exports, recent 12 months", figures.recent12mGlobalTotal, YUAN, True),
        ("Exports, previous 12 months", figures.prev12mGlobalTotal, YUAN, False),
        ("Year on year", figures.yoyGrowthRate, "percent", True),
        ("Month on month", figures.momGrowthRate, "percent", True),
        ("Destinations", figures.activeCountriesCount, "count", True),
        ("Months with exports, of 12", figures.monthlyActivityCount, "months", True),
        ("Top 3 destinations' share", figures.top3ConcentrationPercent, "percent", True),
        ("Months active, average destination", figures.avgCountryActiveMonths, "months", False),
        ("Quantity, first unit", figures.firstQuantity, first, figures.firstUnit is not None),
        ("Quantity, second unit", figures.secondQuantity, second, figures.secondUnit is not None),
        ("Peak months (1 to 12)", peaks or None, "", False),
        ("Coverage, as given", figures.range, "", False),
    ]
    if all(value is None for _, value, *_ in rows):
        return []
    return [(label, value, unit) for label, value, unit, always in rows if always or value is not None]


def _slice_rows(slices: Sequence[Slice] | None) -> list[tuple[Cell, ...]]:
    return [(label_of(s.name), s.total, s.percent) for s in slices or ()]


def _breakdown_rows(part: RegionBreakdown | TradeBlocBreakdown | None) -> list[tuple[Cell, ...]]:
    """A row for each `xTotal` and `xPercent` of which one is given."""
    if part is None:
        return []
    return [(LABELS[stem], *figures) for stem, figures in part.parts.items() if figures != (None, None)]


class MonthAmount(Part):
    """Exports of one month."""

    month: Annotated[Month, Field(description="YYYYMM")]
    amount: Yuan = None


def _amounts(months: Iterable[MonthAmount]) -> dict[Period, Num | None]:
    return {one.month: one.amount for one in months}


class TrendData(ProductData):
    """Monthly exports of one product: to one country, or to all destinations together."""

    countryCode: CustomsCode = None
    countryName: str | None = None
    country: Annotated[str | None, Field(description="English name")] = None
    currencyUnit: str | None = None
    monthlyData: Annotated[
        list[MonthAmount] | None, Field(description="12 months to countryCode, RMB yuan; absent if not given")
    ] = None
    allDestinationsMonthly: Annotated[
        MonthlySeries | None, Field(description="RMB yuan to ALL destinations together, never to one country")
    ] = None
    peakMonths: Annotated[list[int] | None, Field(description="months of the year, 1 to 12, all destinations")] = None

    @property
    def figures(self) -> dict[Period, Num | None]:
        """The amount of each month: to the country, or else to all destinations together."""
        if self.monthlyData is not None:
            return _amounts(self.monthlyData)
        return self.allDestinationsMonthly.figures if self.allDestinationsMonthly else {}

    def tables(self) -> list[Table]:
        found: list[Table] = []
        if self.monthlyData is not None:
            title = f"To {self.country or self.countryName or self.countryCode}"
            rows = [(format_yyyymm(m.month), m.amount) for m in self.monthlyData]
            found.append(Table(("Month", "Exports"), rows, title, EXPORTS))
        if (series := self.allDestinationsMonthly) is not None:
            title = "To ALL destinations together"
            found.append(Table(YEAR_COLUMNS, by_year(series.figures), title, MONTHS))
        return found


class YearAmount(Part):
    """Exports of one complete year."""

    year: int
    totalAmount: Yuan = None


class SummaryStats(Part):
    """The service's own summary of the 24 months."""

    total24MonthAmount: Yuan = None
    monthlyAvg: Yuan = None
    maxMonth: MonthAmount | None = None
    minMonth: MonthAmount | None = None
    activeMonthsCount: int | None = None


class HistoryData(Data):
    """24 months of exports of one product to one country; without figures where the service no longer gives them."""

    hsCode: str
    countryCode: Annotated[str, Field(description="China Customs code, not M49")]
    countryName: str | None = None
    country: Annotated[str | None, Field(description="English name")] = None
    currentDataMonth: Annotated[Month | None, Field(description="YYYYMM")] = None
    yearlySummary: list[YearAmount] | None = None
    monthlyDetail: Annotated[list[MonthAmount] | None, Field(description="newest first, RMB yuan")] = None
    summaryStats: SummaryStats | None = None

    @property
    def figures(self) -> dict[Period, Num | None]:
        """The amount of each month."""
        return _amounts(self.monthlyDetail or ())

    def tables(self) -> list[Table]:
        found: list[Table] = []
        if self.yearlySummary:
            years = [(str(y.year), y.totalAmount) for y in self.yearlySummary]
            found.append(Table(("Year", "Exports"), years, measures=EXPORTS))
        if self.monthlyDetail:
            found.append(Table(YEAR_COLUMNS, by_year(self.figures), "By month", MONTHS))
        if (stats := self.summaryStats) is not None:
            rows: list[tuple[Cell, ...]] = [
                ("24 months", stats.total24MonthAmount, YUAN),
                ("Average month", stats.monthlyAvg, YUAN),
                *((f"Highest month, {format_yyyymm(m.month)}", m.amount, YUAN) for m in (stats.maxMonth,) if m),
                *((f"Lowest month, {format_yyyymm(m.month)}", m.amount, YUAN) for m in (stats.minMonth,) if m),
                ("Months with exports, of 24", stats.activeMonthsCount, "months"),
            ]
            given = [row for row in rows if row[1] is not None]
            found.append(Table(("Summary", "Value", "Unit"), given, units=AS_IN_ROW))
        return found
