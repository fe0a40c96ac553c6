"""What doumaotong's endpoints answer, current and older shape."""

from collections.abc import Callable
from typing import Any

from tradestat_tools.sandbox import national
from tradestat_tools.sandbox.economies import ASEAN, BELT_ROAD, CONTINENT_ZH, ECONOMIES, EU, MIDDLE_EAST, USMCA
from tradestat_tools.sandbox.observers import Month
from tradestat_tools.sandbox.products import BY_CODE, CODES4, PRODUCTS, name_zh
from tradestat_tools.sandbox.services.doumaotong_data import (
    NO_RECORD,
    BadParameter,
    Exports,
    NoRecord,
    economy,
    growth,
    percent,
)

YI = 100_000_000  # 亿元
MILLION = 1_000_000  # 百万元

_BLOCS = {"中东": MIDDLE_EAST, "一带一路": BELT_ROAD, "东盟": ASEAN, "欧盟": EU, "美墨加": USMCA}
_OLDER_BLOCS = {"middleEast": MIDDLE_EAST, "beltRoad": BELT_ROAD, "asean": ASEAN, "eu": EU, "usmca": USMCA}
_FIRST_TREND = (2021, 1)

Data = dict[str, Any]
Query = dict[str, str]


def _yi(yuan: int) -> float:
    return round(yuan / YI, 4)


def _million(yuan: int) -> float:
    return round(yuan / MILLION, 4)


def _ym(month: Month) -> str:
    return f"{month[0]}-{month[1]:02d}"


def _yyyymm(month: Month) -> str:
    return f"{month[0]}{month[1]:02d}"


def _number(query: Query, name: str, default: int, low: int, high: int | None) -> int:
    text = query.get(name, str(default))
    try:
        value = int(float(text))
    except ValueError:
        raise BadParameter(name) from None
    if value < low or (high is not None and value > high):
        raise BadParameter(name)
    return value


def _choice(query: Query, name: str, *choices: str) -> str:
    value = query.get(name, choices[0])
    if value not in choices:
        raise BadParameter(name)
    return value


def _top3(by_country: dict[int, int]) -> float | None:
    return percent(sum(list(by_country.values())[:3]), sum(by_country.values()))


def _members(by_country: dict[int, int], bloc: frozenset[str]) -> int:
    return sum(yuan for partner, yuan in by_country.items() if economy(partner).iso2 in bloc)


def _two_years(exports: Exports, end: Month | None = None) -> tuple[list[Month], list[Month]]:
    months = exports.months(24, end)
    return months[12:], months[:12]


def _peaks(monthly: dict[Month, int]) -> list[int]:
    """The two calendar months in which most is exported."""
    by_number: dict[int, int] = {}
    for month, yuan in monthly.items():
        by_number[month[1]] = by_number.get(month[1], 0) + yuan
    return sorted(sorted(by_number, key=lambda number: -by_number[number])[:2])


# --- current shape ---------------------------------------------------------------------------------


def _named(exports: Exports, query: Query) -> tuple[str, Data]:
    code = exports.resolve(query)
    return code, {"hsCode": code, "productName": name_zh(code)}


def _mom(monthly: dict[Month, int]) -> float | None:
    values = list(monthly.values())
    return growth(values[-1], values[-2])


def dashboard(exports: Exports, query: Query) -> Data:
    """Totals of the newest twelve months; `amtYi` and `blocs[].total` in 亿元."""
    code, head = _named(exports, query)
    now, then = _two_years(exports)
    by_country = exports.by_country(code, now)
    whole = sum(by_country.values())
    monthly = exports.by_month(code, now)
    regions = {
        label: sum(yuan for partner, yuan in by_country.items() if economy(partner).continent == continent)
        for continent, label in CONTINENT_ZH.items()
    }
    return head | {
        "metrics": {
            "amtYi": _yi(whole),
            "yoy": growth(whole, exports.total(code, then)),
            "mom": _mom(monthly),
            "top3": _top3(by_country),
            "cty": len(by_country),
            "activeMonths": sum(1 for yuan in monthly.values() if yuan),
            "peakMonths": _peaks(monthly),
            "range": f"{_yyyymm(now[0])}-{_yyyymm(now[-1])}",
        },
        "region": [{"name": label, "percent": percent(yuan, whole)} for label, yuan in regions.items()],
        "blocs": [
            {"name": label, "total": _yi(part), "percent": percent(part, whole)}
            for label, part in ((label, _members(by_country, bloc)) for label, bloc in _BLOCS.items())
        ],
    }


def markets(exports: Exports, query: Query) -> Data:
    """The fifteen and ten largest destinations; `amt` and `v` in 百万元."""
    code, head = _named(exports, query)
    now, then = _two_years(exports)
    by_country, before = exports.by_country(code, now), exports.by_country(code, then)
    whole = sum(by_country.values())
    rows = list(by_country.items())
    return head | {
        "countryTable": [
            {
                "name": economy(partner).name_zh,
                "amt": _million(yuan),
                "share": percent(yuan, whole),
                "yoy": growth(yuan, before.get(partner, 0)),
            }
            for partner, yuan in rows[:15]
        ],
        "top10": [{"name": economy(partner).name_zh, "v": _million(yuan)} for partner, yuan in rows[:10]],
    }


def _since(exports: Exports) -> list[Month]:
    year, month = exports.newest
    return exports.months((year - _FIRST_TREND[0]) * 12 + month)


def trend(exports: Exports, query: Query) -> Data:
    """All destinations together, by month since 2021-01, `v` in 百万元."""
    code, head = _named(exports, query)
    monthly = exports.by_month(code, _since(exports))
    return head | {
        "monthly": [{"ym": _ym(month), "v": _million(yuan)} for month, yuan in monthly.items()],
        "peakMonths": _peaks(monthly),
    }


def growing(exports: Exports, query: Query) -> Data:
    """The ten fastest-growing destinations, `amt` in 百万元."""
    code, head = _named(exports, query)
    now, then = _two_years(exports)
    by_country, before = exports.by_country(code, now), exports.by_country(code, then)
    rows = [(partner, yuan, growth(yuan, before.get(partner, 0))) for partner, yuan in by_country.items()]
    known = sorted(((p, yuan, yoy) for p, yuan, yoy in rows if yoy is not None), key=lambda row: -row[2])
    return head | {
        "growth": [
            {"name": economy(partner).name_zh, "yoy": yoy, "amt": _million(yuan)} for partner, yuan, yoy in known[:10]
        ]
    }


def priceband(exports: Exports, query: Query) -> Data:
    """Unit prices in yuan a piece or kg; null where the code has no unit price."""
    code, head = _named(exports, query)
    goods = BY_CODE.get(code[:6])
    if goods is None or goods.speciality == "jewellery":  # valued singly: no meaningful unit price
        return head | {"priceBand": None, "priceTrend1": None, "priceTrend2": None}
    unit = goods.unit_kg or 1.0
    name = "元/台" if goods.unit_kg else "元/千克"
    now, _ = _two_years(exports)
    rows: list[tuple[int, int, float]] = []
    for partner, yuan in list(exports.by_country(code, now).items())[:15]:
        kg = exports.kilograms(code, now, partner)
        if kg:
            rows.append((partner, yuan, yuan / kg * unit))
    prices = sorted(price for _, _, price in rows)
    median = prices[len(prices) // 2] if prices else 0.0
    band = {
        "unit": name,
        "median": round(median, 4),
        "list": [
            {
                "name": economy(partner).name_zh,
                "price": round(price, 4),
                "amt": _million(yuan),
                "band": "高" if price > median * 1.2 else "低" if price < median * 0.8 else "中",
            }
            for partner, yuan, price in rows
        ],
    }

    def price_trend(factor: float, label: str) -> Data:
        monthly = exports.by_month(code, exports.months(24))
        weights = {month: exports.kilograms(code, [month]) for month in monthly}
        return {
            "unit": label,
            "data": [
                {"ym": _ym(month), "v": round(yuan / weights[month] * factor, 4)}
                for month, yuan in monthly.items()
                if weights[month]
            ],
        }

    second = price_trend(1.0, "元/千克") if goods.unit_kg else None
    return head | {
        "priceBand": band if rows else None,
        "priceTrend1": price_trend(unit, name),
        "priceTrend2": second,
    }


def chapter(exports: Exports, query: Query) -> Data:
    """The chapter of a code by heading; totals in 亿元."""
    code, head = _named(exports, query)
    now, _ = _two_years(exports)
    number = code[:2]
    totals: dict[str, tuple[int, int]] = {}
    for heading in (four for four in CODES4 if four.startswith(number)):
        codes = [eight for eight in national.all_codes(8) if eight.startswith(heading)]
        sums = [exports.total(eight, now) for eight in codes]
        totals[heading] = (sum(sums), sum(1 for yuan in sums if yuan))
    ranked = sorted(totals, key=lambda heading: (-totals[heading][0], heading))
    whole = sum(yuan for yuan, _ in totals.values())
    return head | {
        "chapter": {
            "chapter": number,
            "selfH4": code[:4],
            "selfRank": ranked.index(code[:4]) + 1,
            "headings": len(ranked),
            "chapterTotal": _yi(whole),
            "list": [
                {
                    "h4": heading,
                    "name": f"品目{heading}",
                    "total": _yi(totals[heading][0]),
                    "share": percent(totals[heading][0], whole),
                    "cats": totals[heading][1],
                    "self": heading == code[:4],
                }
                for heading in ranked
            ],
        }
    }


def _ranking(exports: Exports) -> list[Data]:
    """Every 8-digit code of true goods with the figures rankings sort by."""
    now, then = _two_years(exports)
    rows: list[Data] = []
    for code, (product, _) in national.all_codes(8).items():
        if product >= len(PRODUCTS):
            continue
        by_country = exports.by_country(code, now)
        if by_country:
            monthly = exports.by_month(code, now)
            whole = sum(by_country.values())
            rows.append(
                {
                    "code": code,
                    "by_country": by_country,
                    "total": whole,
                    "yoy": growth(whole, exports.total(code, then)),
                    "mom": _mom(monthly),
                    "uneven": max(monthly.values()) / whole,
                }
            )
    return rows


def top_products(exports: Exports, query: Query) -> Data:
    """The products that rank first; `amt` in 亿元."""
    order = _choice(query, "sortBy", "growth", "scale", "chance", "season")
    limit = _number(query, "limit", 20, 1, 50)
    rows = _ranking(exports)
    keys: dict[str, Callable[[Data], float]] = {
        "growth": lambda row: row["yoy"] if row["yoy"] is not None else -1e9,
        "scale": lambda row: row["total"],
        "chance": lambda row: (row["yoy"] or 0) * len(row["by_country"]),
        "season": lambda row: row["uneven"],
    }
    rows.sort(key=lambda row: (-keys[order](row), row["code"]))
    return {
        "products": [
            {
                "hs": row["code"],
                "name": name_zh(row["code"]),
                "amt": _yi(row["total"]),
                "yoy": row["yoy"],
                "mom": row["mom"],
                "top3": _top3(row["by_country"]),
                "cty": len(row["by_country"]),
                "growth": row["yoy"],
            }
            for row in rows[:limit]
        ]
    }


CURRENT: dict[str, Callable[[Exports, Query], Data]] = {
    "dashboard": dashboard,
    "markets": markets,
    "trend": trend,
    "topProducts": top_products,
    "growth": growing,
    "priceband": priceband,
    "chapter": chapter,
}


# --- older shape: plain yuan -----------------------------------------------------------------------


def _regions(by_country: dict[int, int]) -> dict[str, int]:
    return {
        continent: sum(yuan for partner, yuan in by_country.items() if economy(partner).continent == continent)
        for continent in CONTINENT_ZH
    }


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
    now, then = _two_years(exports, end)
    by_country = exports.by_country(code, now)
    whole, before = sum(by_country.values()), exports.total(code, then)
    monthly = exports.by_month(code, now)
    active = exports.active_months(code, now)
    kg = exports.kilograms(code, now)
    goods = BY_CODE.get(code[:6])
    pieces = round(kg / goods.unit_kg) if goods and goods.unit_kg else None
    blocs = {name: _members(by_country, bloc) for name, bloc in _OLDER_BLOCS.items()}
    return {
        "hsCode": code,
        "productName": name_zh(code),
        "currentMonth": int(_yyyymm(end)),
        "recent12mGlobalTotal": whole,
        "prev12mGlobalTotal": before,
        "yoyGrowthRate": growth(whole, before),
        "momGrowthRate": _mom(monthly),
        "activeCountriesCount": len(by_country),
        "monthlyActivityCount": sum(1 for yuan in monthly.values() if yuan),
        "top3ConcentrationPercent": _top3(by_country),
        "avgCountryActiveMonths": round(sum(active.values()) / len(by_country), 2) if by_country else 0,
        "firstUnit": "千克" if pieces is None else "台",
        "firstQuantity": kg if pieces is None else pieces,
        "secondUnit": "-" if pieces is None else "千克",
        "secondQuantity": 0 if pieces is None else kg,
        "regionBreakdown": _with_percent(_regions(by_country), whole),
        "tradeBlocBreakdown": _with_percent(blocs, whole),
    }


def _month(query: Query, name: str, exports: Exports) -> Month:
    text = query.get(name, _yyyymm(exports.newest))
    if not (text.isdecimal() and len(text) == 6 and 1 <= int(text[4:]) <= 12):
        raise BadParameter(name)
    month = (int(text[:4]), int(text[4:]))
    if month > exports.newest or month < (2020, 1):
        raise NoRecord("暂无数据")
    return month


def older_markets(exports: Exports, query: Query) -> Data:
    """Destinations in yuan, sorted and cut as asked."""
    code = exports.resolve(query)
    by_amount = _choice(query, "sortBy", "amount", "name") == "amount"
    descending = _choice(query, "order", "desc", "asc") == "desc"
    least, limit = _number(query, "minAmount", 0, 0, None), _number(query, "limit", 50, 1, None)
    now, _ = _two_years(exports)
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
        "monthlyData": [{"month": _yyyymm(month), "amount": yuan} for month, yuan in monthly.items()],
    }


def older_top_products(exports: Exports, query: Query) -> Data:
    """Ranked products in yuan."""
    order = _choice(query, "sortBy", "growth", "amount", "marketBreadth")
    regions = ("", *CONTINENT_ZH, "middleEast", "beltRoad", "asean", "eu")
    region = _choice(query, "regionFilter", *regions)
    least = _number(query, "minAmount", 10_000_000, 0, None)
    concentration = _number(query, "maxConcentration", 100, 0, None)
    limit, offset = _number(query, "limit", 30, 1, 100), _number(query, "offset", 0, 0, None)
    rows = [
        row
        for row in _ranking(exports)
        if row["total"] >= least
        and (_top3(row["by_country"]) or 0) <= concentration
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
    if region in _OLDER_BLOCS:
        return _members(by_country, _OLDER_BLOCS[region])
    return sum(yuan for partner, yuan in by_country.items() if ECONOMIES[partner].continent == region)


def _older_product(rank: int, row: Data) -> Data:
    regions = _regions(row["by_country"])
    best = max(regions, key=lambda name: (regions[name], name))
    return {
        "rank": rank,
        "hsCode": row["code"],
        "productName": name_zh(row["code"]),
        "recent12mGlobalTotal": row["total"],
        "yoyGrowthRate": row["yoy"],
        "activeCountriesCount": len(row["by_country"]),
        "top3ConcentrationPercent": _top3(row["by_country"]),
        "bestRegion": {"regionName": best, "percent": percent(regions[best], row["total"])},
        "momentumScore": round((row["yoy"] or 0) + (row["mom"] or 0) / 10, 2),
    }


def older_history(exports: Exports, query: Query) -> Data:
    """Twenty-four months of one country, newest first, and the last two complete years, in yuan."""
    code, partner, monthly = _pair(exports, query, 24)
    amounts = list(reversed(monthly.items()))
    detail = [{"month": _yyyymm(month), "amount": yuan} for month, yuan in amounts]
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
        "currentDataMonth": _yyyymm(exports.newest),
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
