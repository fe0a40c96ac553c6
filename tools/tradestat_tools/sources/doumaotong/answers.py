"""What the tools of this source give back. Amounts are in RMB yuan; `...Percent`, `...Rate` and shares in percent.

Names are the older documented form's; fields that only the current form has keep its names. None is "not given".
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tradestat_tools.codes.hs import describe
from tradestat_tools.codes.units import format_number
from tradestat_tools.model.answers import Cell, Data, Table
from tradestat_tools.sources.doumaotong.codes import LABELS, in_english, label_of, place
from tradestat_tools.sources.doumaotong.wire.envelope import Num

YEAR_COLUMNS = ("Year", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

MONTHS = frozenset(YEAR_COLUMNS[1:])
EXPORTS = frozenset({"Exports"})

LABEL = 40
"""Characters of an English label beside a Chinese name."""


TWELVE_MONTHS = "12 months"
"""The head of exports over the last twelve months, in RMB yuan."""


def lean_table(columns: tuple[str, ...], rows: Sequence[tuple[Cell, ...]], title: str = "") -> Table:
    """A table without the columns in which no row has a value; `TWELVE_MONTHS` is in the unit of the answer."""
    kept = [at for at in range(len(columns)) if any(row[at] is not None for row in rows)] or list(range(len(columns)))
    shown = [tuple(row[at] for at in kept) for row in rows]
    return Table(tuple(columns[at] for at in kept), shown, title, frozenset({TWELVE_MONTHS}))


def by_year(periods: Sequence[str], values: Sequence[Cell]) -> list[tuple[Cell, ...]]:
    """Rows for `YEAR_COLUMNS` from months (YYYYMM): one a year, oldest first.

    Between the first month and the last, None where one is not given; "" outside, where nothing is missing.
    """
    if not periods:
        return []
    given = dict(zip(periods, values, strict=True))
    first, last = min(given), max(given)

    def cell(month: str) -> Cell:
        return given.get(month) if first <= month <= last else ""

    years = range(int(first[:4]), int(last[:4]) + 1)
    return [(f"{year:04d}", *(cell(f"{year:04d}{month:02d}") for month in range(1, 13))) for year in years]


def price(value: Num | None) -> str | None:
    """A price with two decimals; below 1 with three significant digits, so that it never reads as zero."""
    return None if value is None else format_number(value, decimals=2 if abs(value) >= 1 else None)


Yuan = Annotated[Num | None, Field(description="RMB yuan")]
Percent = Annotated[Num | None, Field(description="percent")]
Month = Annotated[str | None, Field(description="YYYYMM")]


class Part(BaseModel):
    """A part of an answer; unknown members are a mistake of ours, not of the service."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class RegionBreakdown(Part):
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


class TradeBlocBreakdown(Part):
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

    currentMonth: Annotated[int | None, Field(description="last month of the twelve, YYYYMM")] = None
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


class DashboardData(Data, DashboardFigures):
    """One product's exports from China to all destinations."""

    hsCode: str
    productName: str | None = None
    newestInstead: Annotated[
        DashboardFigures | None,
        Field(description="figures of the newest twelve months, where those of the asked currentMonth are not given"),
    ] = None

    def tables(self) -> list[Table]:
        figures = self.newestInstead or self
        title = f"Not to the month asked for, but to {figures.currentMonth or 'the newest month'}"
        rows = _dashboard_rows(figures)
        found = [Table(("Measure", "Value"), rows, title=title if self.newestInstead else "")] if rows else []
        for name, slices, breakdown in (
            ("Continent", figures.region, figures.regionBreakdown),
            ("Trade bloc (they overlap)", figures.blocs, figures.tradeBlocBreakdown),
        ):
            if part := _slice_rows(slices) or _breakdown_rows(breakdown):
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


def _dashboard_rows(figures: DashboardFigures) -> list[tuple[str, Cell]]:
    """The figures that are given, and those of `CORE` in any case; none where nothing at all is given."""
    peaks = ", ".join(str(month) for month in figures.peakMonths or ())
    first = f"Quantity, {in_english(figures.firstUnit or 'first unit')}"
    second = f"Quantity, {in_english(figures.secondUnit or 'second unit')}"
    rows: list[tuple[str, Cell, bool]] = [
        ("12 months to (YYYYMM)", None if figures.currentMonth is None else str(figures.currentMonth), False),
        ("Exports, recent 12 months", figures.recent12mGlobalTotal, True),
        ("Exports, previous 12 months", figures.prev12mGlobalTotal, False),
        ("Year on year %", figures.yoyGrowthRate, True),
        ("Month on month %", figures.momGrowthRate, True),
        ("Destinations", figures.activeCountriesCount, True),
        ("Months with exports, of 12", figures.monthlyActivityCount, True),
        ("Top 3 destinations' share %", figures.top3ConcentrationPercent, True),
        ("Months active, average destination", figures.avgCountryActiveMonths, False),
        (first, figures.firstQuantity, figures.firstUnit is not None),
        (second, figures.secondQuantity, figures.secondUnit is not None),
        ("Peak months (1 to 12)", peaks or None, False),
        ("Coverage, as given", figures.range, False),
    ]
    if all(value is None for _, value, _ in rows):
        return []
    return [(label, value) for label, value, always in rows if always or value is not None]


def _slice_rows(slices: Sequence[Slice] | None) -> list[tuple[Cell, ...]]:
    return [(label_of(s.name), s.total, s.percent) for s in slices or ()]


def _breakdown_rows(part: RegionBreakdown | TradeBlocBreakdown | None) -> list[tuple[Cell, ...]]:
    """A row for each `xTotal` and `xPercent` of which one is given."""
    if part is None:
        return []
    given = part.model_dump()
    stems = dict.fromkeys(name.removesuffix("Total").removesuffix("Percent") for name in given)
    rows = [(LABELS[stem], given.get(f"{stem}Total"), given.get(f"{stem}Percent")) for stem in stems]
    return [row for row in rows if row[1:] != (None, None)]


class Market(Part):
    """One destination of a product. `share` and `yoy` are the current form's, `threeYearCAGR` the older one's."""

    countryName: Annotated[str, Field(description="as the service names it, in Chinese")]
    countryCode: Annotated[str | None, Field(description="China Customs code, not M49")] = None
    country: Annotated[str | None, Field(description="English name")] = None
    continent: str | None = None
    tradeTags: list[str] | None = None
    recent12mTotal: Yuan = None
    monthlyAvg: Yuan = None
    threeYearCAGR: Percent = None
    share: Percent = None
    yoy: Percent = None


class MarketsData(Data):
    """Destinations of one product."""

    hsCode: str
    productName: str | None = None
    markets: list[Market]

    def tables(self) -> list[Table]:
        columns = ("Destination", "Code", "Continent", TWELVE_MONTHS, "Share %", "YoY %", "3-year CAGR %")
        rows: list[tuple[Cell, ...]] = [
            (
                *(m.country or m.countryName, m.countryCode, label_of(m.continent)),
                *(m.recent12mTotal, m.share, m.yoy, m.threeYearCAGR),
            )
            for m in self.markets
        ]
        return [lean_table(columns, rows)]


class MonthAmount(Part):
    """Exports of one month."""

    month: Annotated[str, Field(description="YYYYMM")]
    amount: Yuan = None


class MonthlySeries(Part):
    """A monthly series: `values[i]` belongs to `periods[i]` (YYYYMM); null is "not given"."""

    periods: list[str]
    values: list[Num | None]


class TrendData(Data):
    """Monthly exports of one product: to one country, or to all destinations together."""

    hsCode: str
    productName: str | None = None
    countryCode: Annotated[str | None, Field(description="China Customs code, not M49")] = None
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

    def tables(self) -> list[Table]:
        found: list[Table] = []
        if self.monthlyData is not None:
            title = f"To {self.country or self.countryName or self.countryCode}"
            rows = [(m.month, m.amount) for m in self.monthlyData]
            found.append(Table(("Month", "Exports"), rows, title, EXPORTS))
        if (series := self.allDestinationsMonthly) is not None:
            title = "To ALL destinations together"
            found.append(Table(YEAR_COLUMNS, by_year(series.periods, series.values), title, MONTHS))
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
    currentDataMonth: Month = None
    yearlySummary: list[YearAmount] | None = None
    monthlyDetail: Annotated[list[MonthAmount] | None, Field(description="newest first, RMB yuan")] = None
    summaryStats: SummaryStats | None = None

    def tables(self) -> list[Table]:
        found: list[Table] = []
        if self.yearlySummary:
            years = [(str(y.year), y.totalAmount) for y in self.yearlySummary]
            found.append(Table(("Year", "Exports"), years, measures=EXPORTS))
        if self.monthlyDetail:
            months = by_year([m.month for m in self.monthlyDetail], [m.amount for m in self.monthlyDetail])
            found.append(Table(YEAR_COLUMNS, months, "By month", MONTHS))
        if (stats := self.summaryStats) is not None:
            rows: list[tuple[Cell, ...]] = [
                ("24 months", stats.total24MonthAmount),
                ("Average month", stats.monthlyAvg),
                *((f"Highest month, {m.month}", m.amount) for m in (stats.maxMonth,) if m),
                *((f"Lowest month, {m.month}", m.amount) for m in (stats.minMonth,) if m),
                ("Months with exports, of 24", stats.activeMonthsCount),
            ]
            found.append(Table(("Summary", "Value"), [row for row in rows if row[1] is not None]))
        return found


class BestRegion(Part):
    """The region that a product sells best in."""

    regionName: str | None = None
    percent: Percent = None


class FastestGrowing(Part):
    """The fastest-growing destination of a product that passes the service's minimum."""

    name: str
    yoy: Percent = None


class Product(Part):
    """One product of a ranking."""

    rank: int
    hsCode: str
    productName: str | None = None
    recent12mGlobalTotal: Yuan = None
    yoyGrowthRate: Percent = None
    momGrowthRate: Percent = None
    activeCountriesCount: int | None = None
    top3ConcentrationPercent: Percent = None
    bestRegion: BestRegion | None = None
    momentumScore: Num | None = None
    growth: FastestGrowing | None = None


class TopProductsData(Data):
    """A ranking of products; `products` is absent where the service's present form can not give it."""

    sortBy: str
    products: list[Product] | None = None

    def tables(self) -> list[Table]:
        if self.products is None:
            return []
        columns = (
            *("#", "HS code", "Product", "HS subheading", TWELVE_MONTHS, "YoY %", "MoM %", "Destinations", "Top 3 %"),
            *("Best region", "Momentum", "Fastest growing"),
        )
        rows: list[tuple[Cell, ...]] = [
            (
                *(p.rank, p.hsCode, p.productName, describe(p.hsCode, LABEL)),
                *(p.recent12mGlobalTotal, p.yoyGrowthRate, p.momGrowthRate),
                *(p.activeCountriesCount, p.top3ConcentrationPercent),
                _with_percent(label_of(p.bestRegion.regionName), p.bestRegion.percent) if p.bestRegion else None,
                p.momentumScore,
                _with_percent(place(p.growth.name)[1] or p.growth.name, p.growth.yoy) if p.growth else None,
            )
            for p in self.products
        ]
        return [lean_table(columns, rows)]


def _with_percent(name: str | None, percent: Num | None) -> str | None:
    """`Europe 34.5 %`, or as much of it as is given."""
    parts = [name, None if percent is None else f"{percent:g} %"]
    return " ".join(part for part in parts if part) or None


CustomsCode = Annotated[str | None, Field(description="China Customs code, not M49")]


class GrowingMarket(Part):
    """A destination by its growth over the previous twelve months."""

    name: Annotated[str, Field(description="as the service names it, in Chinese")]
    countryCode: CustomsCode = None
    country: str | None = None
    yoy: Percent = None
    amt: Yuan = None


class GrowthData(Data):
    """The fastest-growing destinations of one product."""

    hsCode: str
    productName: str | None = None
    growth: list[GrowingMarket] | None = None

    def tables(self) -> list[Table]:
        if self.growth is None:
            return []
        rows: list[tuple[Cell, ...]] = [(g.country or g.name, g.countryCode, g.yoy, g.amt) for g in self.growth]
        return [lean_table(("Destination", "Code", "YoY %", TWELVE_MONTHS), rows)]


class PricedMarket(Part):
    """A destination with the average price of what it bought."""

    name: Annotated[str, Field(description="as the service names it, in Chinese")]
    countryCode: CustomsCode = None
    country: str | None = None
    price: Annotated[Num | None, Field(description="RMB yuan per unit")] = None
    amt: Yuan = None
    band: Annotated[str | None, Field(description="as labelled: 高端 premium, 中端 mid, 性价比 value")] = None


class PriceBand(Part):
    """Unit prices by destination: `median` and `price` are RMB yuan per `unit`."""

    unit: Annotated[str | None, Field(description="China Customs' unit of quantity, in Chinese")] = None
    median: Num | None = None
    markets: Annotated[list[PricedMarket], Field(alias="list")]


class PriceTrend(Part):
    """Monthly average price in RMB yuan per `unit`: `values[i]` belongs to `periods[i]` (YYYYMM)."""

    unit: str | None = None
    periods: list[str]
    values: list[Num | None]


BANDS = {"高端": "premium", "中端": "mid", "性价比": "value", "高": "premium", "中": "mid", "低": "value"}
"""Price bands: more than 20 % above the median, within 20 %, more than 20 % below (documented rule).

The one-character names are assumed."""


class PricebandData(Data):
    """Unit prices of one product. A part that is absent means that there is no unit price, not a price of zero."""

    hsCode: str
    productName: str | None = None
    priceBand: PriceBand | None = None
    priceTrend1: Annotated[PriceTrend | None, Field(description="per first unit of quantity")] = None
    priceTrend2: Annotated[PriceTrend | None, Field(description="per second unit of quantity")] = None

    def tables(self) -> list[Table]:
        found: list[Table] = []
        if (band := self.priceBand) is not None:
            per = f"Yuan per {_unit(band.unit)}"
            rows: list[tuple[Cell, ...]] = [
                (m.country or m.name, m.countryCode, price(m.price), BANDS.get(m.band or "", m.band), m.amt)
                for m in band.markets
            ]
            if band.median is not None:
                rows.append(("Median", None, price(band.median), None, None))
            found.append(lean_table(("Destination", "Code", per, "Band", "12 months, yuan"), rows))
        for trend in (self.priceTrend1, self.priceTrend2):
            if trend is not None:
                title = f"Yuan per {_unit(trend.unit)}, by month"
                found.append(Table(YEAR_COLUMNS, by_year(trend.periods, [price(v) for v in trend.values]), title=title))
        return found


def _unit(unit: str | None) -> str:
    """The unit of quantity with its English name; whether the service writes 千克 or 元/千克 is not documented."""
    return in_english((unit or "unit").removeprefix("元/"))


class Heading(Part):
    """A heading of the chapter. `isSelf` (wire name `self`): the heading of the product asked for."""

    h4: str
    name: str | None = None
    total: Yuan = None
    share: Annotated[Num | None, Field(description="percent of the chapter")] = None
    cats: Annotated[int | None, Field(description="products (8-digit codes) under it")] = None
    isSelf: Annotated[bool | None, Field(alias="self")] = None


class Chapter(Part):
    """The largest headings of an HS chapter, and the place of the product's own heading among them."""

    chapter: str
    selfH4: str | None = None
    selfRank: int | None = None
    headings: Annotated[int | None, Field(description="how many headings the chapter has")] = None
    chapterTotal: Yuan = None
    largest: Annotated[list[Heading], Field(alias="list")]


class ChapterData(Data):
    """Where one product's heading stands in its HS chapter."""

    hsCode: str
    productName: str | None = None
    chapter: Chapter | None = None

    def tables(self) -> list[Table]:
        if (chapter := self.chapter) is None:
            return []
        rank = "" if chapter.selfRank is None else f", rank {chapter.selfRank}"
        own = "" if chapter.selfH4 is None else f"; own heading {chapter.selfH4}{rank}"
        of = "" if chapter.headings is None else f", {chapter.headings} headings"
        rows: list[tuple[Cell, ...]] = [
            (h.h4, h.name, describe(h.h4, LABEL), h.total, h.share, h.cats, "own" if h.isSelf else None)
            for h in chapter.largest
        ]
        if chapter.chapterTotal is not None:
            label = describe(chapter.chapter, LABEL)
            rows.append((chapter.chapter, "Whole chapter", label, chapter.chapterTotal, None, None, None))
        if not rows:
            return []
        return [
            lean_table(
                ("Heading", "Name", "In English", TWELVE_MONTHS, "Share %", "Products", "Own"),
                rows,
                title=f"Chapter {chapter.chapter}{of}{own}",
            )
        ]
