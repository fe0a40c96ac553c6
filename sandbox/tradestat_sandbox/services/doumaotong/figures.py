"""Parameters and figures that doumaotong's two shapes share."""

from functools import lru_cache
from typing import Any

from tradestat_sandbox.economies import ASEAN, BELT_ROAD, CONTINENT_ZH, EU, MIDDLE_EAST, USMCA
from tradestat_sandbox.observers import Month
from tradestat_sandbox.products import PRODUCTS, all_national_codes
from tradestat_sandbox.services.doumaotong.data import BadParameter, Exports, economy, growth, percent

Data = dict[str, Any]
Query = dict[str, str]

BLOCS = {"middleEast": MIDDLE_EAST, "beltRoad": BELT_ROAD, "asean": ASEAN, "eu": EU, "usmca": USMCA}
"""The trade blocs that both shapes add up; they overlap."""


def yyyymm(month: Month) -> str:
    """A month as six digits."""
    return f"{month[0]}{month[1]:02d}"


def number_of(query: Query, name: str, default: int, low: int, high: int | None) -> int:
    """A whole number from the query.

    Raises:
        BadParameter: no number, or one outside the limits.
    """
    text = query.get(name, str(default))
    try:
        value = int(float(text))
    except ValueError:
        raise BadParameter(name) from None
    if value < low or (high is not None and value > high):
        raise BadParameter(name)
    return value


def choice_of(query: Query, name: str, *choices: str) -> str:
    """One of some words from the query, the first where it has none.

    Raises:
        BadParameter: another word.
    """
    value = query.get(name, choices[0])
    if value not in choices:
        raise BadParameter(name)
    return value


def top3(by_country: dict[int, int]) -> float | None:
    """The share of the three largest destinations in percent."""
    return percent(sum(list(by_country.values())[:3]), sum(by_country.values()))


def regions(by_country: dict[int, int]) -> dict[str, int]:
    """Yuan to each continent, in the order of `CONTINENT_ZH`."""
    return {
        continent: sum(yuan for partner, yuan in by_country.items() if economy(partner).continent == continent)
        for continent in CONTINENT_ZH
    }


def members(by_country: dict[int, int], bloc: frozenset[str]) -> int:
    """Yuan to the members of a bloc."""
    return sum(yuan for partner, yuan in by_country.items() if economy(partner).iso2 in bloc)


def two_years(exports: Exports, end: Month | None = None) -> tuple[list[Month], list[Month]]:
    """The twelve months up to `end` or the newest, and the twelve before."""
    months = exports.months(24, end)
    return months[12:], months[:12]


def month_on_month(monthly: dict[Month, int]) -> float | None:
    """Growth of the newest month over the one before, in percent."""
    values = list(monthly.values())
    return growth(values[-1], values[-2])


def fastest(now: dict[int, int], before: dict[int, int]) -> list[tuple[int, int, float]]:
    """(partner, yuan, growth in percent) of the destinations with a growth, fastest first."""
    rows = [(partner, yuan, growth(yuan, before.get(partner, 0))) for partner, yuan in now.items()]
    return sorted(((partner, yuan, yoy) for partner, yuan, yoy in rows if yoy is not None), key=lambda row: -row[2])


@lru_cache(maxsize=4)
def ranking(exports: Exports) -> tuple[Data, ...]:
    """Every 8-digit code of true goods with the figures rankings sort by."""
    now, then = two_years(exports)
    rows: list[Data] = []
    for code, (product, _) in all_national_codes(8).items():
        if product >= len(PRODUCTS):
            continue
        by_country = exports.by_country(code, now)
        if by_country:
            before = exports.by_country(code, then)
            monthly = exports.by_month(code, now)
            whole = sum(by_country.values())
            rows.append(
                {
                    "code": code,
                    "by_country": by_country,
                    "before": before,
                    "total": whole,
                    "yoy": growth(whole, sum(before.values())),
                    "mom": month_on_month(monthly),
                    "uneven": max(monthly.values()) / whole,
                }
            )
    return tuple(rows)
