"""What the current form's own tools give back: growth, unit prices, the chapter. Amounts are in RMB yuan.

The part named like its tool is absent where the service does not offer the endpoint, or gives nothing for the product.
"""

from typing import Annotated

from pydantic import Field

from tradestat_tools.codes.hs import describe
from tradestat_tools.model.answers import Cell, Data, Table
from tradestat_tools.sources.doumaotong.answers import Part, Percent, Yuan
from tradestat_tools.sources.doumaotong.fields import Num
from tradestat_tools.sources.doumaotong.quantities import in_english
from tradestat_tools.sources.doumaotong.tables import LABEL, TWELVE_MONTHS, YEAR_COLUMNS, by_year, lean_table, price

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
