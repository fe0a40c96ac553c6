"""The older documented form (2025): long field names, plain RMB yuan, one country a call in `trend` and `history`."""

from typing import TypeVar

from tradestat_tools.codes.units import YuanUnit
from tradestat_tools.sources.doumaotong.answers import (
    BestRegion,
    DashboardData,
    HistoryData,
    Market,
    MarketsData,
    MonthAmount,
    Product,
    RegionBreakdown,
    SummaryStats,
    TradeBlocBreakdown,
    TrendData,
    YearAmount,
)
from tradestat_tools.sources.doumaotong.calendar import by_month
from tradestat_tools.sources.doumaotong.codes import english
from tradestat_tools.sources.doumaotong.wire.envelope import Fields, Num, changed

YUAN: YuanUnit = "yuan"

CURRENCY_UNIT = "人民币"
"""`currencyUnit` is always this (documented); amounts in another currency or multiple would be misread."""

LISTS = ("markets", "products", "list", "records", "items")
"""Where a list of rows stands when it is not `data` itself; not documented (assumed)."""


def dashboard(body: Fields, asked: str) -> DashboardData:
    """Flat fields with two breakdowns."""
    return DashboardData(
        hsCode=body.text("hsCode") or asked,
        productName=body.text("productName"),
        currentMonth=_month_number(body),
        recent12mGlobalTotal=body.yuan("recent12mGlobalTotal", YUAN),
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
        regionBreakdown=_breakdown(RegionBreakdown, body.sub("regionBreakdown")),
        tradeBlocBreakdown=_breakdown(TradeBlocBreakdown, body.sub("tradeBlocBreakdown")),
    )


def _quantity(body: Fields, which: str) -> Num | None:
    """A total quantity; customs tables write 0 with the unit `-` where a product has no such unit."""
    found = body.number(f"{which}Quantity")
    return None if found == 0 and body.text(f"{which}Unit") is None else found


def _month_number(body: Fields) -> int | None:
    month = body.month("currentMonth")
    return None if month is None else int(month)


B = TypeVar("B", RegionBreakdown, TradeBlocBreakdown)


def _breakdown(model: type[B], found: Fields | None) -> B | None:
    if found is None:
        return None
    return model.model_validate(
        {name: found.yuan(name, YUAN) if name.endswith("Total") else found.percent(name) for name in model.model_fields}
    )


def markets(rows: list[Fields], asked: str) -> MarketsData:
    """One row a destination, all destinations or the `limit` first."""
    return MarketsData(hsCode=asked, markets=[_market(row) for row in rows])


def _market(row: Fields) -> Market:
    name = row.text("countryName")
    if name is None:
        raise changed(f"{row.where}.countryName", "a destination's name", None)
    code = _customs_code(row)
    return Market(
        countryName=name,
        countryCode=code,
        country=english(code) if code else None,
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
    """12 months to one country."""
    rows = body.rows("monthlyData")
    unit = body.text("currencyUnit")
    if unit not in (None, CURRENCY_UNIT):
        raise changed("trend.currencyUnit", CURRENCY_UNIT, unit)
    code = _customs_code(body)
    months = None if rows is None else _months(rows)
    return TrendData(
        hsCode=body.text("hsCode") or asked,
        productName=body.text("productName"),
        countryCode=code,
        countryName=body.text("countryName"),
        country=english(code) if code else None,
        currencyUnit=unit,
        monthlyData=months,
    )


def _months(rows: list[Fields]) -> list[MonthAmount]:
    """Oldest first."""
    months = by_month(rows, "month", lambda row: row.yuan("amount", YUAN))
    return [MonthAmount(month=month, amount=amount) for month, amount in months.items()]


def history(body: Fields, asked: str, country: str) -> HistoryData:
    """24 months to one country, newest first, and two whole years. `country` is the code asked for."""
    detail, years = body.rows("monthlyDetail"), body.rows("yearlySummary")
    if not body.has("monthlyDetail"):
        raise changed("history", "`monthlyDetail`", sorted(body.raw))
    if not body.has("countryCode"):
        raise changed("history", "`countryCode`", sorted(body.raw))
    code = _customs_code(body) or country
    return HistoryData(
        hsCode=body.text("hsCode") or asked,
        countryCode=code,
        countryName=body.text("countryName"),
        country=english(code),
        currentDataMonth=body.month("currentDataMonth"),
        yearlySummary=None if years is None else [_year(row) for row in years],
        monthlyDetail=None if detail is None else _months(detail)[::-1],
        summaryStats=_summary(body.sub("summaryStats")),
    )


def _year(row: Fields) -> YearAmount:
    year = row.whole("year")
    if year is None:
        raise changed(f"{row.where}.year", "a year", None)
    return YearAmount(year=year, totalAmount=row.yuan("totalAmount", YUAN))


def _summary(found: Fields | None) -> SummaryStats | None:
    if found is None:
        return None
    return SummaryStats(
        total24MonthAmount=found.yuan("total24MonthAmount", YUAN),
        monthlyAvg=found.yuan("monthlyAvg", YUAN),
        maxMonth=_one_month(found.sub("maxMonth")),
        minMonth=_one_month(found.sub("minMonth")),
        activeMonthsCount=found.whole("activeMonthsCount"),
    )


def _one_month(found: Fields | None) -> MonthAmount | None:
    month = found.month("month") if found else None
    return MonthAmount(month=month, amount=found.yuan("amount", YUAN)) if found and month else None


def products(rows: list[Fields]) -> list[Product]:
    """Rows of a ranking."""
    return [_product(row, rank) for rank, row in enumerate(rows, start=1)]


def _product(row: Fields, position: int) -> Product:
    code = row.text("hsCode")
    if code is None:
        raise changed(f"{row.where}.hsCode", "an HS code", None)
    best = row.sub("bestRegion")
    return Product(
        rank=row.whole("rank") or position,
        hsCode=code,
        productName=row.text("productName"),
        recent12mGlobalTotal=row.yuan("recent12mGlobalTotal", YUAN),
        yoyGrowthRate=row.percent("yoyGrowthRate"),
        activeCountriesCount=row.whole("activeCountriesCount"),
        top3ConcentrationPercent=row.percent("top3ConcentrationPercent"),
        bestRegion=BestRegion(regionName=best.text("regionName"), percent=best.percent("percent")) if best else None,
        momentumScore=row.number("momentumScore"),
    )
