"""What doumaotong's endpoints answer in the older shape, in plain yuan."""

from collections.abc import Callable

from tradestat_sandbox.economies import CONTINENT_ZH
from tradestat_sandbox.observers import Month
from tradestat_sandbox.products import BY_CODE, name_zh
from tradestat_sandbox.services.doumaotong.data import (
    NO_RECORD,
    BadParameter,
    Exports,
    NoRecord,
    economy,
    growth,
    percent,
)
from tradestat_sandbox.services.doumaotong.figures import (
    BLOCS,
    Data,
    Query,
    choice_of,
    members,
    month_on_month,
    number_of,
    ranking,
    regions,
    top3,
    two_years,
    yyyymm,
)


def _with_percent(parts: dict[str, int], whole: int) -> Data:
    found: Data = {}
    for name, yuan in parts.items():
        found[f"{name}Total"] = yuan
        found[f"{name}Percent"] = percent(yuan, whole)
    return found


def older_dashboard(exports: Exports, query: Query) -> Data:
    """Totals of twelve months in yuan, flat."""
    code = exports.resolve(query)
    end = _month(query, "currentMonth", exports)
    now, then = two_years(exports, end)
    by_country = exports.by_country(code, now)
    whole, before = sum(by_country.values()), exports.total(code, then)
    monthly = exports.by_month(code, now)
    active = exports.active_months(code, now)
    kg = exports.kilograms(code, now)
    goods = BY_CODE.get(code[:6])
    pieces = round(kg / goods.unit_kg) if goods and goods.unit_kg else None
    blocs = {name: members(by_country, bloc) for name, bloc in BLOCS.items()}
    return {
        "hsCode": code,
        "productName": name_zh(code),
        "currentMonth": int(yyyymm(end)),
        "recent12mGlobalTotal": whole,
        "prev12mGlobalTotal": before,
        "yoyGrowthRate": growth(whole, before),
        "momGrowthRate": month_on_month(monthly),
        "activeCountriesCount": len(by_country),
        "monthlyActivityCount": sum(1 for yuan in monthly.values() if yuan),
        "top3ConcentrationPercent": top3(by_country),
        "avgCountryActiveMonths": round(sum(active.values()) / len(by_country), 2) if by_country else 0,
        "firstUnit": "千克" if pieces is None else "台",
        "firstQuantity": kg if pieces is None else pieces,
        "secondUnit": "-" if pieces is None else "千克",
        "secondQuantity": 0 if pieces is None else kg,
        "regionBreakdown": _with_percent(regions(by_country), whole),
        "tradeBlocBreakdown": _with_percent(blocs, whole),
    }


def _month(query: Query, name: str, exports: Exports) -> Month:
    text = query.get(name, yyyymm(exports.newest))
    if not (text.isdecimal() and len(text) == 6 and 1 <= int(text[4:]) <= 12):
        raise BadParameter(name)
    month = (int(text[:4]), int(text[4:]))
    if month > exports.newest or month < (2020, 1):
        raise NoRecord("暂无数据")
    return month


def older_markets(exports: Exports, query: Query) -> Data:
    """Destinations in yuan, sorted and cut as asked."""
    code = exports.resolve(query)
    by_amount = choice_of(query, "sortBy", "amount", "name") == "amount"
    descending = choice_of(query, "order", "desc", "asc") == "desc"
    least, limit = number_of(query, "minAmount", 0, 0, None), number_of(query, "limit", 50, 1, None)
    now, _ = two_years(exports)
    earlier = exports.by_country(code, exports.months(12, (exports.newest[0] - 3, exports.newest[1])))
    rows: list[Data] = [
        {
            "countryName": economy(partner).name_zh,
            "countryCode": economy(partner).customs,
            "continent": CONTINENT_ZH[economy(partner).continent],
            "tradeTags": economy(partner).tags_zh,
            "recent12mTotal": yuan,
            "monthlyAvg": round(yuan / 12, 2),
            "threeYearCAGR": round(((yuan / earlier[partner]) ** (1 / 3) - 1) * 100, 2) if partner in earlier else None,
        }
        for partner, yuan in exports.by_country(code, now).items()
        if yuan >= least
    ]
    rows.sort(key=lambda row: row["recent12mTotal" if by_amount else "countryName"], reverse=descending)
    return {"hsCode": code, "total": len(rows), "markets": rows[:limit]}


def _pair(exports: Exports, query: Query, months: int) -> tuple[str, int, dict[Month, int]]:
    code = exports.resolve(query)
    partner = exports.country(query).index
    monthly = exports.by_month(code, exports.months(months), partner)
    if not any(monthly.values()):
        raise NoRecord(NO_RECORD)
    return code, partner, monthly


def older_trend(exports: Exports, query: Query) -> Data:
    """Twelve months of one country, in yuan, oldest first."""
    code, partner, monthly = _pair(exports, query, 12)
    return {
        "hsCode": code,
        "countryName": economy(partner).name_zh,
        "countryCode": economy(partner).customs,
        "currencyUnit": "人民币",
        "monthlyData": [{"month": yyyymm(month), "amount": yuan} for month, yuan in monthly.items()],
    }


def older_top_products(exports: Exports, query: Query) -> Data:
    """Ranked products in yuan."""
    order = choice_of(query, "sortBy", "growth", "amount", "marketBreadth")
    region = choice_of(query, "regionFilter", "", *CONTINENT_ZH, "middleEast", "beltRoad", "asean", "eu")
    least = number_of(query, "minAmount", 10_000_000, 0, None)
    concentration = number_of(query, "maxConcentration", 100, 0, None)
    limit, offset = number_of(query, "limit", 30, 1, 100), number_of(query, "offset", 0, 0, None)
    rows = [
        row
        for row in ranking(exports)
        if row["total"] >= least
        and (top3(row["by_country"]) or 0) <= concentration
        and (not region or _in_region(row["by_country"], region) * 10 >= row["total"])
    ]
    keys: dict[str, Callable[[Data], float]] = {
        "growth": lambda row: row["yoy"] if row["yoy"] is not None else -1e9,
        "amount": lambda row: row["total"],
        "marketBreadth": lambda row: len(row["by_country"]),
    }
    rows.sort(key=lambda row: (-keys[order](row), row["code"]))
    shown = rows[offset : offset + limit]
    return {
        "total": len(rows),
        "products": [_older_product(rank, row) for rank, row in enumerate(shown, start=offset + 1)],
    }


def _in_region(by_country: dict[int, int], region: str) -> int:
    return members(by_country, BLOCS[region]) if region in BLOCS else regions(by_country)[region]


def _older_product(rank: int, row: Data) -> Data:
    sold = regions(row["by_country"])
    best = max(sold, key=lambda name: (sold[name], name))
    return {
        "rank": rank,
        "hsCode": row["code"],
        "productName": name_zh(row["code"]),
        "recent12mGlobalTotal": row["total"],
        "yoyGrowthRate": row["yoy"],
        "activeCountriesCount": len(row["by_country"]),
        "top3ConcentrationPercent": top3(row["by_country"]),
        "bestRegion": {"regionName": best, "percent": percent(sold[best], row["total"])},
        "momentumScore": round((row["yoy"] or 0) + (row["mom"] or 0) / 10, 2),
    }


def older_history(exports: Exports, query: Query) -> Data:
    """Twenty-four months of one country, newest first, and the last two complete years, in yuan."""
    code, partner, monthly = _pair(exports, query, 24)
    amounts = list(reversed(monthly.items()))
    detail = [{"month": yyyymm(month), "amount": yuan} for month, yuan in amounts]
    year = exports.newest[0] - (exports.newest[1] < 12)
    years = {
        number: sum(exports.by_month(code, [(number, month) for month in range(1, 13)], partner).values())
        for number in (year, year - 1)
    }
    whole = sum(monthly.values())
    most, least = max(detail, key=lambda row: row["amount"]), min(detail, key=lambda row: row["amount"])
    return {
        "hsCode": code,
        "countryCode": economy(partner).customs,
        "countryName": economy(partner).name_zh,
        "currentDataMonth": yyyymm(exports.newest),
        "yearlySummary": [{"year": number, "totalAmount": amount} for number, amount in years.items()],
        "monthlyDetail": detail,
        "summaryStats": {
            "total24MonthAmount": whole,
            "monthlyAvg": round(whole / 24, 2),
            "maxMonth": most,
            "minMonth": least,
            "activeMonthsCount": sum(1 for row in detail if row["amount"]),
        },
    }


OLDER: dict[str, Callable[[Exports, Query], Data]] = {
    "dashboard": older_dashboard,
    "markets": older_markets,
    "trend": older_trend,
    "topProducts": older_top_products,
    "history": older_history,
}
