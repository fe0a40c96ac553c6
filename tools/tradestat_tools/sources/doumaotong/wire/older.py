"""The older documented form (2025): long field names, plain RMB yuan, one country a call in `trend` and `history`."""

from typing import TypeVar

from tradestat_tools.codes.units import YuanUnit
from tradestat_tools.sources.doumaotong.answers.rankings import BestRegion, Market, MarketsData, Product
from tradestat_tools.sources.doumaotong.answers.totals import (
    DashboardData,
    HistoryData,
    MonthAmount,
    RegionBreakdown,
    SummaryStats,
    TradeBlocBreakdown,
    TrendData,
    YearAmount,
)
from tradestat_tools.sources.doumaotong.codes import english
from tradestat_tools.sources.doumaotong.wire.envelope import changed
from tradestat_tools.sources.doumaotong.wire.fields import Fields, Num, by_month, once
from tradestat_tools.sources.doumaotong.wire.product import hs_code, product_of
from tradestat_tools.sources.doumaotong.wire.sound import by_share, in_one_unit

YUAN: YuanUnit = "yuan"

CURRENCY_UNIT = "人民币"
"""`currencyUnit` is always this (documented); amounts in another currency or multiple would be misread."""

LISTS = ("markets", "products", "list", "records", "items")
"""Where a list of rows stands when it is not `data` itself; not documented (assumed)."""


def dashboard(body: Fields, asked: str) -> DashboardData:
    """Flat fields with two breakdowns."""
    region = body.one("regionBreakdown", lambda part: _breakdown(RegionBreakdown, part))
    blocs = body.one("tradeBlocBreakdown", lambda part: _breakdown(TradeBlocBreakdown, part))
    whole = body.yuan("recent12mGlobalTotal", YUAN)
    in_one_unit(body.where, by_share([part for one in (region, blocs) if one for part in one.parts.values()], whole))
    return DashboardData(
        hsCode=product_of(body, asked),
        productName=body.text("productName"),
        currentMonth=body.month("currentMonth"),
        recent12mGlobalTotal=whole,
        prev12mGlobalTotal=body.yuan("prev12mGlobalTotal", YUAN),
        yoyGrowthRate=body.percent("yoyGrowthRate"),
        momGrowthRate=body.percent("momGrowthRate"),
        activeCountriesCount=body.whole("activeCountriesCount"),
        monthlyActivityCount=body.whole("monthlyActivityCount"),
        top3ConcentrationPercent=body.percent("top3ConcentrationPercent"),
        avgCountryActiveMonths=body.number("avgCountryActiveMonths"),
        firstUnit=body.text("firstUnit"),
        firstQuantity=_quantity(body, "first"),
        secondUnit=body.text("secondUnit"),
        secondQuantity=_quantity(body, "second"),
        regionBreakdown=region,
        tradeBlocBreakdown=blocs,
    )


def _quantity(body: Fields, which: str) -> Num | None:
    """A total quantity; customs tables write 0 with the unit `-` where a product has no such unit."""
    found = body.number(f"{which}Quantity")
    return None if found == 0 and body.text(f"{which}Unit") is None else found


B = TypeVar("B", RegionBreakdown, TradeBlocBreakdown)


def _breakdown(model: type[B], part: Fields) -> B:
    return model.model_validate(
        {name: part.yuan(name, YUAN) if name.endswith("Total") else part.percent(name) for name in model.model_fields}
    )


def markets(holder: Fields, rows: list[Fields], asked: str) -> MarketsData:
    """One row a destination, all destinations or the `limit` first."""
    found = [_market(row) for row in once(rows, "countryCode", "countryName")]
    in_one_unit(holder.where, ((one.recent12mTotal, (one.monthlyAvg or 0) * 12) for one in found))
    return MarketsData(hsCode=product_of(holder, asked, rows), markets=found)


def _market(row: Fields) -> Market:
    code = _customs_code(row)
    return Market(
        countryName=row.required("countryName", "a destination's name"),
        countryCode=code,
        country=english(code),
        continent=row.text("continent"),
        tradeTags=row.texts("tradeTags"),
        recent12mTotal=row.yuan("recent12mTotal", YUAN),
        monthlyAvg=row.yuan("monthlyAvg", YUAN),
        threeYearCAGR=row.percent("threeYearCAGR"),
    )


def _customs_code(row: Fields) -> str | None:
    """A China Customs code with its three digits, sent as text or as a number."""
    code = row.text("countryCode")
    return None if code is None else code.zfill(3)


def trend(body: Fields, asked: str) -> TrendData:
    """12 months to one country, oldest first."""
    unit, code = body.text("currencyUnit"), _customs_code(body)
    if unit not in (None, CURRENCY_UNIT):
        raise changed("trend.currencyUnit", CURRENCY_UNIT, unit)
    return TrendData(
        hsCode=product_of(body, asked),
        productName=body.text("productName"),
        countryCode=code,
        countryName=body.text("countryName"),
        country=english(code),
        currencyUnit=unit,
        monthlyData=_months(body.rows("monthlyData")),
    )


def _months(rows: list[Fields] | None) -> list[MonthAmount] | None:
    if rows is None:
        return None
    months = by_month(rows, "month", lambda row: row.yuan("amount", YUAN))
    return [MonthAmount(month=month, amount=amount) for month, amount in months.items()]


def history(body: Fields, asked: str, country: str) -> HistoryData:
    """24 months to one country, newest first, and two whole years. `country` is the code asked for."""
    body.need("monthlyDetail")
    body.need("countryCode")
    code, months = _customs_code(body) or country, _months(body.rows("monthlyDetail"))
    return HistoryData(
        hsCode=product_of(body, asked),
        countryCode=code,
        countryName=body.text("countryName"),
        country=english(code),
        currentDataMonth=body.month("currentDataMonth"),
        yearlySummary=body.each("yearlySummary", _year, "year"),
        monthlyDetail=None if months is None else months[::-1],
        summaryStats=body.one("summaryStats", _summary),
    )


def _year(row: Fields) -> YearAmount:
    year = row.whole("year")
    if year is None:
        raise changed(f"{row.where}.year", "a year", None)
    return YearAmount(year=year, totalAmount=row.yuan("totalAmount", YUAN))


def _summary(found: Fields) -> SummaryStats:
    return SummaryStats(
        total24MonthAmount=found.yuan("total24MonthAmount", YUAN),
        monthlyAvg=found.yuan("monthlyAvg", YUAN),
        maxMonth=found.one("maxMonth", _one_month),
        minMonth=found.one("minMonth", _one_month),
        activeMonthsCount=found.whole("activeMonthsCount"),
    )


def _one_month(found: Fields) -> MonthAmount | None:
    month = found.month("month")
    return MonthAmount(month=month, amount=found.yuan("amount", YUAN)) if month else None


def product(row: Fields, position: int) -> Product:
    """A row of a ranking."""
    return Product(
        rank=row.whole("rank") or position,
        hsCode=hs_code(row, "hsCode") or row.required("hsCode", "an HS code"),
        productName=row.text("productName"),
        recent12mGlobalTotal=row.yuan("recent12mGlobalTotal", YUAN),
        yoyGrowthRate=row.percent("yoyGrowthRate"),
        activeCountriesCount=row.whole("activeCountriesCount"),
        top3ConcentrationPercent=row.percent("top3ConcentrationPercent"),
        bestRegion=row.one("bestRegion", _best_region),
        momentumScore=row.number("momentumScore"),
    )


def _best_region(found: Fields) -> BestRegion:
    return BestRegion(regionName=found.text("regionName"), percent=found.percent("percent"))
