"""Trade Map's reference lists: countries with coverage, groups, HS products, EBOPS services, coverage counts."""

from typing import Any

from tradestat_sandbox import ebops
from tradestat_sandbox.economies import ECONOMIES, Economy, other_areas
from tradestat_sandbox.flows import FIRST_YEAR
from tradestat_sandbox.products import EDITIONS, HS2017_OF, all_hs, withdrawn
from tradestat_sandbox.services.trademap.groups import groups
from tradestat_sandbox.world import World

_NONE = {"firstPeriod": 0, "lastPeriod": 0}


def _span(first: int, last: int, **more: int) -> dict[str, int]:
    return {"firstPeriod": first, "lastPeriod": last, **more} if last else dict(_NONE)


def _periods(world: World, economy: Economy) -> dict[str, dict[str, int]]:
    year = world.annual_last(economy) or 0
    services = world.services_last(economy) or 0
    month = world.monthly_last(economy)
    newest = month[0] * 100 + month[1] if month else 0
    # A quarter is there once its third month is.
    quarter = (month[0] * 100 + month[1] // 3 if month[1] >= 3 else (month[0] - 1) * 100 + 4) if month else 0
    ten = year if economy.iso2 in ("CN", "KR", "US", "JP", "IN") else 0
    return {
        "yearly246": _span(FIRST_YEAR, year, level=6),
        "yearly10D": _span(FIRST_YEAR, ten, level=10),
        "yearlyReexport": _span(FIRST_YEAR, year if economy.iso2 in ("HK", "SG", "AE") else 0),
        "yearlyServices": _span(FIRST_YEAR, services),
        "quarterly": _span(FIRST_YEAR * 100 + 1, quarter, level=6),
        "quarterlyServices": _span(FIRST_YEAR * 100 + 1, services * 100 + 4 if month and services else 0),
        "monthly": _span(FIRST_YEAR * 100 + 1, newest, level=6),
    }


def countries(world: World) -> dict[str, Any]:
    """World, the economies and all other areas, sorted by code; areas without data have 0 as periods."""
    everything = {
        "yearly246": _span(FIRST_YEAR, max(world.annual_last(economy) or 0 for economy in ECONOMIES)),
        "yearly10D": dict(_NONE),
        "yearlyReexport": dict(_NONE),
        "yearlyServices": _span(FIRST_YEAR, max(world.services_last(economy) or 0 for economy in ECONOMIES)),
        "quarterly": dict(_NONE),
        "quarterlyServices": dict(_NONE),
        "monthly": dict(_NONE),
    }
    entries: list[dict[str, Any]] = [{"countryCd": "000", "label": "World", "nes": False, "ti": False, **everything}]
    entries += [
        {
            "countryCd": economy.code,
            "label": economy.name,
            "nes": economy.code == "490",
            "ti": False,
            **_periods(world, economy),
        }
        for economy in ECONOMIES
    ]
    known = {entry["countryCd"] for entry in entries}
    for code, label, nes in other_areas():
        if code not in known:
            empty = {name: dict(_NONE) for name in everything}
            entries.append({"countryCd": code, "label": label, "nes": nes, "ti": False, **empty})
    entries.sort(key=lambda entry: entry["countryCd"])
    return {"total": len(entries), "countries": entries}


def country_groups() -> dict[str, Any]:
    """The groups with opaque ids."""
    entries: list[dict[str, Any]] = [
        {
            "id": int(group.id),
            "label": group.label,
            "type": group.type,
            "note": None if group.id != "42" else "Includes European Union Nes",
            "members": list(group.members),
        }
        for group in groups()
    ]
    return {"total": len(entries), "groups": entries}


def products_hs() -> dict[str, Any]:
    """The whole HS 2022 nomenclature with ALL before it, and what the world traded under before; markers invented."""
    entries = [{"productCd": "ALL", "label": "All products", "revisions": "111111"}]
    entries += [
        {"productCd": code, "label": description, "revisions": "000001" if code in HS2017_OF else "111111"}
        for code, (description, _) in all_hs().items()
    ]
    entries += [
        {"productCd": code, "label": text, "revisions": "111110"} for code, text in withdrawn(*EDITIONS).items()
    ]
    return {"total": len(entries), "products": entries}


def services_ebops() -> dict[str, Any]:
    """The EBOPS items in the order of their codes, with S00 before them."""
    entries = [{"productCd": ebops.ALL, "label": "All services", "displayCd": "0", "maxLevel": "5"}]
    levels = {code: item.level for code, item in ebops.EVERY_CODE.items()}
    for code, item in sorted(ebops.EVERY_CODE.items()):
        deepest = max(level for other, level in levels.items() if other.startswith(code))
        entries.append({"productCd": code, "label": item.label, "displayCd": item.display, "maxLevel": str(deepest)})
    return {"total": len(entries), "services": entries}


def coverage(world: World, *, services: bool) -> dict[str, Any]:
    """How many economies report yearly, quarterly and monthly, and until when."""
    names = {"Y": "yearlyServices" if services else "yearly246", "Q": "quarterlyServices" if services else "quarterly"}
    if not services:
        names["M"] = "monthly"
    rows: list[dict[str, Any]] = []
    for code, name in names.items():
        last = [_periods(world, economy)[name]["lastPeriod"] for economy in ECONOMIES]
        rows.append({"dataType": code, "nbCountries": sum(map(bool, last)), "latestPeriod": max(last)})
    return {"coverage": rows}
