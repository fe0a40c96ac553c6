"""The current documented form (2026): few short fields, amounts in 亿元 or 百万元 by field.

Which field is in which unit is documented and stands here once; everything leaves this module in RMB yuan.
"""

from collections.abc import Mapping
from typing import cast

from tradestat_tools.codes.units import YuanUnit
from tradestat_tools.sources.doumaotong.answers import (
    Chapter,
    ChapterData,
    DashboardData,
    FastestGrowing,
    GrowingMarket,
    GrowthData,
    Heading,
    Market,
    MarketsData,
    MonthlySeries,
    PriceBand,
    PricebandData,
    PricedMarket,
    PriceTrend,
    Product,
    RegionBreakdown,
    Slice,
    TradeBlocBreakdown,
    TrendData,
)
from tradestat_tools.sources.doumaotong.calendar import by_month
from tradestat_tools.sources.doumaotong.codes import place, stem_of
from tradestat_tools.sources.doumaotong.wire.envelope import Fields, changed, fields, last_month

YI: YuanUnit = "yi_yuan"
"""metrics.amtYi, blocs[].total, chapterTotal, chapter.list[].total, products[].amt (documented 2026)."""

MILLION: YuanUnit = "million_yuan"
"""monthly[].v, countryTable[].amt, top10[].v, growth[].amt, priceBand.list[].amt (documented 2026)."""

MARKETS_GIVEN = 15
GROWTH_GIVEN = 10
PRICES_GIVEN = 15
HEADINGS_GIVEN = 10
PRODUCTS_GIVEN = 50
"""How many rows each ranking holds at most, as documented; the website shows more."""

WHOLE = 101
"""Percent; shares that are rounded one by one may pass 100 by a little."""

_NAME = ("name", "bloc", "region", "continent", "label")
_PERCENT = ("percent", "share", "value", "v")
"""What the members of `region` and `blocs` may be called; `percent` and `total` are documented, the rest is assumed."""


def dashboard(body: Fields, asked: str) -> DashboardData:
    """`metrics`, `region`, `blocs`."""
    metrics = body.sub("metrics") or Fields({}, "dashboard.metrics")
    covered = _range(metrics)
    month = last_month(covered) if covered else None
    region, blocs = _slices(body, "region"), _slices(body, "blocs")
    return DashboardData(
        hsCode=body.text("hsCode") or asked,
        productName=body.text("productName"),
        currentMonth=int(month) if month else None,
        recent12mGlobalTotal=metrics.yuan("amtYi", YI),
        yoyGrowthRate=metrics.percent("yoy"),
        momGrowthRate=metrics.percent("mom"),
        activeCountriesCount=metrics.whole("cty"),
        monthlyActivityCount=metrics.whole("activeMonths"),
        top3ConcentrationPercent=metrics.percent("top3"),
        regionBreakdown=_region_breakdown(region),
        tradeBlocBreakdown=_bloc_breakdown(blocs),
        peakMonths=metrics.months("peakMonths"),
        range=covered,
        region=region,
        blocs=blocs,
    )


def _range(metrics: Fields) -> str | None:
    """The coverage as text, whether it comes as text, a list or an object."""
    found = metrics.value("range")
    if isinstance(found, Mapping):
        found = list(cast("Mapping[str, object]", found).values())
    if isinstance(found, list):
        return " ~ ".join(str(part) for part in cast("list[object]", found))[:100] or None
    return metrics.text("range")


def _slices(body: Fields, name: str) -> list[Slice] | None:
    found = body.value(name)
    where = f"{body.where}.{name}"
    if found is None:
        return None
    if isinstance(found, Mapping):
        named = cast("Mapping[str, object]", found)
        return [_slice(_as_row(part, f"{where}.{key}"), key.removesuffix("Percent")) for key, part in named.items()]
    return [_slice(row, row.text(*_NAME)) for row in body.rows(name) or ()]


def _as_row(part: object, where: str) -> Fields:
    return fields(cast("object", part) if isinstance(part, Mapping) else {"percent": part}, where)


def _slice(row: Fields, name: str | None) -> Slice:
    return Slice(name=name, total=row.yuan("total", YI), percent=row.percent(*_PERCENT))


def _by_stem(slices: list[Slice] | None) -> dict[str, Slice]:
    named = {stem_of(part.name): part for part in slices or ()}
    return {stem: part for stem, part in named.items() if stem is not None}


def _region_breakdown(region: list[Slice] | None) -> RegionBreakdown | None:
    """The shares under their older names, where they mean the same.

    The older form counts the Middle East in Asia. Where it stands beside Asia and all shares together make no more
    than the whole, Asia is without it: that share stays in `region` only.
    """
    found = _by_stem(region)
    together = sum(part.percent or 0 for part in region or ())
    if "middleEast" in found and together <= WHOLE:
        found.pop("asia", None)
    given = {f"{stem}Percent": part.percent for stem, part in found.items()}
    known = {name: share for name, share in given.items() if name in RegionBreakdown.model_fields}
    return RegionBreakdown.model_validate(known) if known else None


def _bloc_breakdown(blocs: list[Slice] | None) -> TradeBlocBreakdown | None:
    found = _by_stem(blocs)
    given = {f"{stem}Total": part.total for stem, part in found.items()}
    given |= {f"{stem}Percent": part.percent for stem, part in found.items()}
    known = {name: value for name, value in given.items() if name in TradeBlocBreakdown.model_fields}
    return TradeBlocBreakdown.model_validate(known) if known else None


def markets(body: Fields, asked: str) -> MarketsData:
    """`countryTable`; the lighter `top10` only where that is not there."""
    table = body.rows("countryTable")
    amount = "amt"
    if table is None:
        table, amount = body.rows("top10") or [], "v"
    return MarketsData(
        hsCode=body.text("hsCode") or asked,
        productName=body.text("productName"),
        markets=[_market(row, amount) for row in table],
    )


def _market(row: Fields, amount: str) -> Market:
    name, code, country = _named(row)
    total = row.yuan(amount, MILLION)
    return Market(
        countryName=name,
        countryCode=code,
        country=country,
        recent12mTotal=total,
        monthlyAvg=None if total is None else round(total / 12, 2),  # the documented definition
        share=row.percent("share"),
        yoy=row.percent("yoy"),
    )


def _named(row: Fields) -> tuple[str, str | None, str | None]:
    """A destination's name as given, its China Customs code and English name where known."""
    name = row.text("name")
    if name is None:
        raise changed(f"{row.where}.name", "a destination's name", None)
    return (name, *place(name))


def trend(body: Fields, asked: str) -> TrendData:
    """`monthly`: all destinations together."""
    return TrendData(
        hsCode=body.text("hsCode") or asked,
        productName=body.text("productName"),
        allDestinationsMonthly=_monthly(body),
        peakMonths=body.months("peakMonths"),
    )


def _monthly(body: Fields) -> MonthlySeries | None:
    rows = body.rows("monthly")
    if rows is None:
        return None
    months = by_month(rows, "ym", lambda row: row.yuan("v", MILLION))
    return MonthlySeries(periods=list(months), values=list(months.values()))


def products(rows: list[Fields]) -> list[Product]:
    """Rows of `products`, in the service's order."""
    return [_product(row, rank) for rank, row in enumerate(rows, start=1)]


def _product(row: Fields, rank: int) -> Product:
    code = row.text("hs")
    if code is None:
        raise changed(f"{row.where}.hs", "an HS code", None)
    nested = row.value("growth")
    fastest = fields(cast("object", nested), f"{row.where}.growth") if isinstance(nested, Mapping) else None
    name = fastest.text("name") if fastest else None
    return Product(
        rank=rank,
        hsCode=code,
        productName=row.text("name"),
        recent12mGlobalTotal=row.yuan("amt", YI),
        yoyGrowthRate=row.percent("yoy"),
        momGrowthRate=row.percent("mom"),
        activeCountriesCount=row.whole("cty"),
        top3ConcentrationPercent=row.percent("top3"),
        growth=FastestGrowing(name=name, yoy=fastest.percent("yoy")) if fastest and name else None,
    )


def growth(body: Fields, asked: str) -> GrowthData:
    """`growth`: destinations by year-on-year growth."""
    if not body.has("growth"):
        raise changed("growth", "`growth`", sorted(body.raw))
    rows = body.rows("growth")
    return GrowthData(
        hsCode=body.text("hsCode") or asked,
        productName=body.text("productName"),
        growth=None if rows is None else [_growing(row) for row in rows],
    )


def _growing(row: Fields) -> GrowingMarket:
    name, code, country = _named(row)
    return GrowingMarket(
        name=name, countryCode=code, country=country, yoy=row.percent("yoy"), amt=row.yuan("amt", MILLION)
    )


def priceband(body: Fields, asked: str) -> PricebandData:
    """`priceBand`, `priceTrend1`, `priceTrend2`; null for any means that there is no unit price."""
    if not body.has("priceBand", "priceTrend1", "priceTrend2"):
        raise changed("priceband", "`priceBand`, `priceTrend1` or `priceTrend2`", sorted(body.raw))
    return PricebandData(
        hsCode=body.text("hsCode") or asked,
        productName=body.text("productName"),
        priceBand=_price_band(body.sub("priceBand")),
        priceTrend1=_price_trend(body.sub("priceTrend1")),
        priceTrend2=_price_trend(body.sub("priceTrend2")),
    )


def _price_band(band: Fields | None) -> PriceBand | None:
    if band is None:
        return None
    rows = band.rows("list") or []
    return PriceBand(unit=band.text("unit"), median=band.number("median"), markets=[_priced(row) for row in rows])


def _priced(row: Fields) -> PricedMarket:
    name, code, country = _named(row)
    return PricedMarket(
        name=name,
        countryCode=code,
        country=country,
        price=row.number("price"),
        amt=row.yuan("amt", MILLION),
        band=row.text("band"),
    )


def _price_trend(trend: Fields | None) -> PriceTrend | None:
    rows = trend.rows("data") if trend else None
    if trend is None or rows is None:
        return None
    months = by_month(rows, "ym", lambda row: row.number("v"))
    return PriceTrend(unit=trend.text("unit"), periods=list(months), values=list(months.values()))


def chapter(body: Fields, asked: str) -> ChapterData:
    """`chapter`: the largest headings of the product's chapter."""
    if not body.has("chapter"):
        raise changed("chapter", "`chapter`", sorted(body.raw))
    found = body.sub("chapter")
    return ChapterData(
        hsCode=body.text("hsCode") or asked,
        productName=body.text("productName"),
        chapter=_chapter(found, asked) if found else None,
    )


def _chapter(found: Fields, asked: str) -> Chapter:
    return Chapter(
        chapter=(found.text("chapter") or asked[:2]).zfill(2),
        selfH4=found.text("selfH4"),
        selfRank=found.whole("selfRank"),
        headings=found.whole("headings"),
        chapterTotal=found.yuan("chapterTotal", YI),
        largest=[_heading(row) for row in found.rows("list") or ()],
    )


def _heading(row: Fields) -> Heading:
    code = row.text("h4")
    if code is None:
        raise changed(f"{row.where}.h4", "a heading", None)
    return Heading(
        h4=code,
        name=row.text("name"),
        total=row.yuan("total", YI),
        share=row.percent("share"),
        cats=row.whole("cats"),
        isSelf=row.flag("self"),
    )
