"""The current documented form (2026): few short fields, amounts in 亿元 or 百万元 by field.

Which field is in which unit is documented and stands here once; everything leaves this module in RMB yuan.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict, TypeVar, cast

from tradestat_tools.codes.units import YuanUnit
from tradestat_tools.sources.doumaotong.answers.parts import MonthlySeries
from tradestat_tools.sources.doumaotong.answers.rankings import (
    Chapter,
    ChapterData,
    FastestGrowing,
    GrowingMarket,
    GrowthData,
    Heading,
    Market,
    MarketsData,
    PriceBand,
    PricebandData,
    PricedMarket,
    PriceTrend,
    Product,
)
from tradestat_tools.sources.doumaotong.answers.totals import (
    DashboardData,
    RegionBreakdown,
    Slice,
    TradeBlocBreakdown,
    TrendData,
)
from tradestat_tools.sources.doumaotong.codes import named, stem_of
from tradestat_tools.sources.doumaotong.wire.fields import Fields, by_month, fields, last_month, once
from tradestat_tools.sources.doumaotong.wire.product import hs_code, product_of, stranger
from tradestat_tools.sources.doumaotong.wire.sound import by_share, in_one_unit

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
TOP = 10
"""How many rows `top10` holds."""


def at_most(given: int, documented: int) -> str:
    """How many rows there may be: a part of a sentence that is true of those that came."""
    if given <= documented:
        return f"documented: at most {documented}"
    return f"more than the {documented} that are documented"


WHOLE = 101
"""Percent; shares that are rounded one by one may pass 100 by a little."""

B = TypeVar("B", RegionBreakdown, TradeBlocBreakdown)

_NAME = ("name", "bloc", "region", "continent", "label")
_PERCENT = ("percent", "share", "value", "v")
"""What the members of `region` and `blocs` may be called; `percent` and `total` are documented, the rest is assumed."""


class _Head(TypedDict):
    """What every answer begins with."""

    hsCode: str
    productName: str | None


def _head(body: Fields, asked: str, rows: Iterable[Fields] = ()) -> _Head:
    return {"hsCode": product_of(body, asked, rows), "productName": body.text("productName")}


def dashboard(body: Fields, asked: str) -> DashboardData:
    """`metrics`, `region`, `blocs`."""
    metrics = body.sub("metrics") or Fields({}, "dashboard.metrics")
    covered = _range(metrics)
    region, blocs = _slices(body, "region"), _slices(body, "blocs")
    whole = metrics.yuan("amtYi", YI)
    in_one_unit(body.where, by_share(((part.total, part.percent) for part in (*(region or ()), *(blocs or ()))), whole))
    return DashboardData(
        **_head(body, asked),
        currentMonth=last_month(covered) if covered else None,
        recent12mGlobalTotal=whole,
        yoyGrowthRate=metrics.percent("yoy"),
        momGrowthRate=metrics.percent("mom"),
        activeCountriesCount=metrics.whole("cty"),
        monthlyActivityCount=metrics.whole("activeMonths"),
        top3ConcentrationPercent=metrics.percent("top3"),
        regionBreakdown=_breakdown(RegionBreakdown, _alike(region or ())),
        tradeBlocBreakdown=_breakdown(TradeBlocBreakdown, blocs or ()),
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
    """The parts of a list, or of an object that has each part's share or figures under its name."""
    found = body.value(name)
    if not isinstance(found, Mapping):
        listed = body.rows(name)
        return None if listed is None else [_slice(row, row.text(*_NAME)) for row in once(listed, *_NAME)]
    parts: dict[str, object] = {
        key: part if isinstance(part, Mapping) else {"percent": part}
        for key, part in cast("Mapping[str, object]", found).items()
    }
    where = f"{body.where}.{name}"
    return [_slice(fields(part, f"{where}.{key}"), key.removesuffix("Percent")) for key, part in parts.items()]


def _slice(row: Fields, name: str | None) -> Slice:
    return Slice(name=name, total=row.yuan("total", YI), percent=row.percent(*_PERCENT))


def _breakdown(model: type[B], slices: Sequence[Slice]) -> B | None:
    """The parts under their older names, where they mean the same."""
    found = {stem_of(part.name): part for part in slices}
    given = {f"{stem}Percent": part.percent for stem, part in found.items()}
    given |= {f"{stem}Total": part.total for stem, part in found.items()}
    known = {name: value for name, value in given.items() if name in model.model_fields}
    return model.model_validate(known) if known else None


def _alike(region: Sequence[Slice]) -> Sequence[Slice]:
    """The continents that mean what they do in the older form, which counts the Middle East in Asia.

    Where that stands beside Asia and all shares together make no more than the whole, Asia is without it: its share
    stays in `region` only.
    """
    together = sum(part.percent or 0 for part in region)
    if together > WHOLE or "middleEast" not in {stem_of(part.name) for part in region}:
        return region
    return [part for part in region if stem_of(part.name) != "asia"]


def markets(body: Fields, asked: str) -> MarketsData:
    """`countryTable`; the lighter `top10` only where that has no row."""
    member, rows = ranking_of(body)
    amount = "amt" if member == TABLE else "v"
    return MarketsData(**_head(body, asked, rows), markets=[_market(row, amount) for row in rows])


TABLE, LIGHT = "countryTable", "top10"


def ranking_of(body: Fields) -> tuple[str, list[Fields]]:
    """The list of destinations that has rows, and its name."""
    table, light = (once(body.rows(name) or [], "name") for name in (TABLE, LIGHT))
    amounts = {row.text("name"): row.yuan("v", MILLION) for row in light}
    in_one_unit(body.where, ((row.yuan("amt", MILLION), amounts.get(row.text("name"))) for row in table))
    return (TABLE, table) if table else (LIGHT, light)


def lacking(body: Fields) -> str:
    """What is not in `countryTable` although `top10` has it, as a sentence; nothing where all is well."""
    table, light = body.rows(TABLE) or [], body.rows(LIGHT) or []
    if light and not table:
        return f"`{TABLE}`, with shares and growth, came without rows."
    if len(light) > len(table):
        return f"`{LIGHT}` has {len(light)} destinations and `{TABLE}` {len(table)}: rows are missing here."
    return ""


def _market(row: Fields, amount: str) -> Market:
    place, total = _place(row), row.yuan(amount, MILLION)
    return Market(
        countryName=place["name"],
        countryCode=place["countryCode"],
        country=place["country"],
        recent12mTotal=total,
        monthlyAvg=None if total is None else round(total / 12, 2),  # the documented definition
        share=row.percent("share"),
        yoy=row.percent("yoy"),
    )


class _Place(TypedDict):
    """A destination's name as given, its China Customs code and English name where known."""

    name: str
    countryCode: str | None
    country: str | None


def _place(row: Fields) -> _Place:
    name = row.required("name", "a destination's name")
    found = named(name)
    code, english = (found.china_customs or None, found.name_en) if found else (None, None)
    return {"name": name, "countryCode": code, "country": english}


def trend(body: Fields, asked: str) -> TrendData:
    """`monthly`: all destinations together."""
    return TrendData(**_head(body, asked), allDestinationsMonthly=_monthly(body), peakMonths=body.months("peakMonths"))


def _monthly(body: Fields) -> MonthlySeries | None:
    rows = body.rows("monthly")
    if rows is None:
        return None
    months = by_month(rows, "ym", lambda row: row.yuan("v", MILLION))
    return MonthlySeries(periods=list(months), values=list(months.values()))


def product(row: Fields, rank: int) -> Product:
    """A row of `products`, in the service's order."""
    nested = row.value("growth")
    fastest = fields(cast("object", nested), f"{row.where}.growth") if isinstance(nested, Mapping) else None
    name = fastest.text("name") if fastest else None
    return Product(
        rank=rank,
        hsCode=hs_code(row, "hs") or row.required("hs", "an HS code"),
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
    body.need("growth")
    return GrowthData(**_head(body, asked, body.rows("growth") or ()), growth=body.each("growth", _growing, "name"))


def _growing(row: Fields) -> GrowingMarket:
    return GrowingMarket(**_place(row), yoy=row.percent("yoy"), amt=row.yuan("amt", MILLION))


def priceband(body: Fields, asked: str) -> PricebandData:
    """`priceBand`, `priceTrend1`, `priceTrend2`; null for any means that there is no unit price."""
    body.need("priceBand", "priceTrend1", "priceTrend2")
    band = body.sub("priceBand")
    return PricebandData(
        **_head(body, asked, (band.rows("list") if band else None) or ()),
        priceBand=body.one("priceBand", _price_band),
        priceTrend1=body.one("priceTrend1", _price_trend),
        priceTrend2=body.one("priceTrend2", _price_trend),
    )


def _price_band(band: Fields) -> PriceBand:
    return PriceBand(
        unit=band.text("unit"), median=band.number("median"), markets=band.each("list", _priced, "name") or []
    )


def _priced(row: Fields) -> PricedMarket:
    return PricedMarket(**_place(row), price=row.number("price"), amt=row.yuan("amt", MILLION), band=row.text("band"))


def _price_trend(trend: Fields) -> PriceTrend | None:
    rows = trend.rows("data")
    if rows is None:
        return None
    months = by_month(rows, "ym", lambda row: row.number("v"))
    return PriceTrend(unit=trend.text("unit"), periods=list(months), values=list(months.values()))


def chapter(body: Fields, asked: str) -> ChapterData:
    """`chapter`: the largest headings of the product's chapter."""
    body.need("chapter")
    return ChapterData(**_head(body, asked), chapter=body.one("chapter", lambda found: _chapter(found, asked)))


def _chapter(found: Fields, asked: str) -> Chapter:
    number, own = (found.text("chapter") or asked[:2]).zfill(2), hs_code(found, "selfH4")
    for name, wanted, got in (("chapter", asked[:2], number), ("selfH4", asked[:4], own)):
        if got not in (None, wanted):
            raise stranger(found, name, wanted, got)
    whole, largest = found.yuan("chapterTotal", YI), found.each("list", _heading, "h4") or []
    in_one_unit(found.where, by_share(((one.total, one.share) for one in largest), whole))
    return Chapter(
        chapter=number,
        selfH4=own,
        selfRank=found.whole("selfRank"),
        headings=found.whole("headings"),
        chapterTotal=whole,
        largest=largest,
    )


def _heading(row: Fields) -> Heading:
    return Heading(
        h4=hs_code(row, "h4") or row.required("h4", "a heading"),
        name=row.text("name"),
        total=row.yuan("total", YI),
        share=row.percent("share"),
        cats=row.whole("cats"),
        isSelf=row.flag("self"),
    )
