"""Ranked lists: destinations (markets, growth, priceband), products (topProducts), headings (chapter)."""

from typing import Annotated

from pydantic import Field

from tradestat_tools.codes.hs import describe
from tradestat_tools.codes.labels import labels
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.units import format_number
from tradestat_tools.model.answers import Cell, Data, Table
from tradestat_tools.sources.doumaotong.answers.parts import (
    LABEL,
    MONTHS,
    TWELVE_MONTHS,
    YEAR_COLUMNS,
    ChineseName,
    CustomsCode,
    Month,
    Part,
    Percent,
    ProductData,
    Yuan,
    by_year,
    lean_table,
)
from tradestat_tools.sources.doumaotong.codes import in_english, label_of, named
from tradestat_tools.sources.doumaotong.wire.fields import Num


def price(value: Num | None) -> str | None:
    """A price with two decimals; below 1 with three significant digits, so that it never reads as zero."""
    return None if value is None else format_number(value, decimals=2 if abs(value) >= 1 else None)


class Market(Part):
    """One destination of a product. `share` and `yoy` are the current form's, `threeYearCAGR` the older one's."""

    countryName: ChineseName
    countryCode: CustomsCode = None
    country: Annotated[str | None, Field(description="English name")] = None
    continent: str | None = None
    tradeTags: list[str] | None = None
    recent12mTotal: Yuan = None
    monthlyAvg: Yuan = None
    threeYearCAGR: Percent = None
    share: Percent = None
    yoy: Percent = None


class MarketsData(ProductData):
    """Destinations of one product."""

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


class Place(Part):
    """A destination."""

    name: ChineseName
    countryCode: CustomsCode = None
    country: str | None = None


class GrowingMarket(Place):
    """A destination by its growth over the previous twelve months."""

    yoy: Percent = None
    amt: Yuan = None


class GrowthData(ProductData):
    """The fastest-growing destinations of one product."""

    growth: list[GrowingMarket] | None = None

    def tables(self) -> list[Table]:
        if self.growth is None:
            return []
        rows: list[tuple[Cell, ...]] = [(g.country or g.name, g.countryCode, g.yoy, g.amt) for g in self.growth]
        return [lean_table(("Destination", "Code", "YoY %", TWELVE_MONTHS), rows)]


class PricedMarket(Place):
    """A destination with the average price of what it bought."""

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
    periods: list[Month]
    values: list[Num | None]

    @property
    def figures(self) -> dict[Period, Num | None]:
        """The price of each month."""
        return dict(zip(self.periods, self.values, strict=True))


BANDS = {"高端": "premium", "中端": "mid", "性价比": "value", "高": "premium", "中": "mid", "低": "value"}
"""Price bands: more than 20 % above the median, within 20 %, more than 20 % below (documented rule).

The one-character names are assumed."""


class PricebandData(ProductData):
    """Unit prices of one product. A part that is absent means that there is no unit price, not a price of zero."""

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
            units = {per: f"RMB yuan per {_unit(band.unit)}", "12 months, yuan": "RMB yuan"}
            found.append(lean_table(("Destination", "Code", per, "Band", "12 months, yuan"), rows, units=units))
        for trend in (self.priceTrend1, self.priceTrend2):
            if trend is not None:
                title = f"Yuan per {_unit(trend.unit)}, by month"
                prices = {month: price(value) for month, value in trend.figures.items()}
                units: dict[str, str] = dict.fromkeys(MONTHS, f"RMB yuan per {_unit(trend.unit)}")
                found.append(Table(YEAR_COLUMNS, by_year(prices), title=title, units=units))
        return found


def _unit(unit: str | None) -> str:
    """The unit of quantity with its English name; whether the service writes 千克 or 元/千克 is not documented."""
    return in_english((unit or "unit").removeprefix("元/"))


class BestRegion(Part):
    """The region that a product sells best in."""

    regionName: str | None = None
    percent: Percent = None


class FastestGrowing(Part):
    """The fastest-growing destination of a product that passes the service's minimum."""

    name: str
    yoy: Percent = None

    @property
    def country(self) -> str:
        """The English name where it is known, else the service's."""
        found = named(self.name)
        return found.name_en if found else self.name


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
        labelled = labels((p.hsCode for p in self.products), LABEL)
        rows: list[tuple[Cell, ...]] = [
            (
                *(p.rank, p.hsCode, p.productName, labelled.get(p.hsCode)),
                *(p.recent12mGlobalTotal, p.yoyGrowthRate, p.momGrowthRate),
                *(p.activeCountriesCount, p.top3ConcentrationPercent),
                _with_percent(label_of(p.bestRegion.regionName), p.bestRegion.percent) if p.bestRegion else None,
                p.momentumScore,
                _with_percent(p.growth.country, p.growth.yoy) if p.growth else None,
            )
            for p in self.products
        ]
        return [lean_table(columns, rows)]


def _with_percent(name: str | None, percent: Num | None) -> str | None:
    """`Europe 34.5 %`, or as much of it as is given."""
    parts = [name, None if percent is None else f"{percent:g} %"]
    return " ".join(part for part in parts if part) or None


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


class ChapterData(ProductData):
    """Where one product's heading stands in its HS chapter."""

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
