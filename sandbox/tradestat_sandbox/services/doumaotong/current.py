"""What doumaotong's endpoints answer in the current shape, in 亿元 or 百万元 by field."""

from collections.abc import Callable

from tradestat_sandbox.economies import CONTINENT_ZH
from tradestat_sandbox.observers import Month
from tradestat_sandbox.products import BY_CODE, CODES4, all_national_codes, name_zh
from tradestat_sandbox.services.doumaotong.data import Exports, economy, growth, percent
from tradestat_sandbox.services.doumaotong.figures import (
    BLOCS,
    Data,
    Query,
    choice_of,
    fastest,
    members,
    month_on_month,
    number_of,
    ranking,
    regions,
    top3,
    two_years,
    yyyymm,
)

YI = 100_000_000  # 亿元
MILLION = 1_000_000  # 百万元

_BLOCS_ZH = {"middleEast": "中东", "beltRoad": "一带一路", "asean": "东盟", "eu": "欧盟", "usmca": "美墨加"}
_FIRST_TREND = (2021, 1)


def _yi(yuan: int) -> float:
    return round(yuan / YI, 4)


def _million(yuan: int) -> float:
    return round(yuan / MILLION, 4)


def _ym(month: Month) -> str:
    return f"{month[0]}-{month[1]:02d}"


def _peaks(monthly: dict[Month, int]) -> list[int]:
    """The two calendar months in which most is exported."""
    by_number: dict[int, int] = {}
    for month, yuan in monthly.items():
        by_number[month[1]] = by_number.get(month[1], 0) + yuan
    return sorted(sorted(by_number, key=lambda number: -by_number[number])[:2])


def _named(exports: Exports, query: Query) -> tuple[str, Data]:
    code = exports.resolve(query)
    return code, {"hsCode": code, "productName": name_zh(code)}


def dashboard(exports: Exports, query: Query) -> Data:
    """Totals of the newest twelve months; `amtYi` and `blocs[].total` in 亿元."""
    code, head = _named(exports, query)
    now, then = two_years(exports)
    by_country = exports.by_country(code, now)
    whole = sum(by_country.values())
    monthly = exports.by_month(code, now)
    return head | {
        "metrics": {
            "amtYi": _yi(whole),
            "yoy": growth(whole, exports.total(code, then)),
            "mom": month_on_month(monthly),
            "top3": top3(by_country),
            "cty": len(by_country),
            "activeMonths": sum(1 for yuan in monthly.values() if yuan),
            "peakMonths": _peaks(monthly),
            "range": f"{yyyymm(now[0])}-{yyyymm(now[-1])}",
        },
        "region": [
            {"name": label, "percent": percent(yuan, whole)}
            for label, yuan in zip(CONTINENT_ZH.values(), regions(by_country).values(), strict=True)
        ],
        "blocs": [
            {"name": label, "total": _yi(part), "percent": percent(part, whole)}
            for label, part in ((_BLOCS_ZH[name], members(by_country, bloc)) for name, bloc in BLOCS.items())
        ],
    }


def markets(exports: Exports, query: Query) -> Data:
    """The fifteen and ten largest destinations; `amt` and `v` in 百万元."""
    code, head = _named(exports, query)
    now, then = two_years(exports)
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
    now, then = two_years(exports)
    by_country, before = exports.by_country(code, now), exports.by_country(code, then)
    return head | {
        "growth": [
            {"name": economy(partner).name_zh, "yoy": yoy, "amt": _million(yuan)}
            for partner, yuan, yoy in fastest(by_country, before)[:10]
        ]
    }


def priceband(exports: Exports, query: Query) -> Data:
    """Unit prices in yuan a piece or kg, banded at 20 % around the median; null where the code has no unit price."""
    code, head = _named(exports, query)
    goods = BY_CODE.get(code[:6])
    if goods is None or goods.speciality == "jewellery":  # valued singly: no meaningful unit price
        return head | {"priceBand": None, "priceTrend1": None, "priceTrend2": None}
    unit = goods.unit_kg or 1.0
    name = "元/台" if goods.unit_kg else "元/千克"
    now, _ = two_years(exports)
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
                "band": "高端" if price > median * 1.2 else "性价比" if price < median * 0.8 else "中端",
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
    """The ten largest headings of a code's chapter; totals in 亿元, `headings` and `chapterTotal` of all of them."""
    code, head = _named(exports, query)
    now, _ = two_years(exports)
    number = code[:2]
    totals: dict[str, tuple[int, int]] = {}
    for heading in (four for four in CODES4 if four.startswith(number)):
        codes = [eight for eight in all_national_codes(8) if eight.startswith(heading)]
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
                for heading in ranked[:10]
            ],
        }
    }


def top_products(exports: Exports, query: Query) -> Data:
    """The products that rank first, each with its fastest-growing destination if any has a growth; `amt` in 亿元."""
    order = choice_of(query, "sortBy", "growth", "scale", "chance", "season")
    limit = number_of(query, "limit", 12, 1, 50)
    keys: dict[str, Callable[[Data], float]] = {
        "growth": lambda row: row["yoy"] if row["yoy"] is not None else -1e9,
        "scale": lambda row: row["total"],
        "chance": lambda row: (row["yoy"] or 0) * len(row["by_country"]),
        "season": lambda row: row["uneven"],
    }
    rows = sorted(ranking(exports), key=lambda row: (-keys[order](row), row["code"]))
    return {"products": [_product(row) for row in rows[:limit]]}


def _product(row: Data) -> Data:
    best = fastest(row["by_country"], row["before"])
    return {
        "hs": row["code"],
        "name": name_zh(row["code"]),
        "amt": _yi(row["total"]),
        "yoy": row["yoy"],
        "mom": row["mom"],
        "top3": top3(row["by_country"]),
        "cty": len(row["by_country"]),
        "growth": {"name": economy(best[0][0]).name_zh, "yoy": best[0][2]} if best else None,
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
