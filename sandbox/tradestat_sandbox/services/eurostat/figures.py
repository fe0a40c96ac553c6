"""What members record in euros: by partner and product, from the world's cells, so that every sum is a sum of cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from tradestat_sandbox.chance import cut, mix
from tradestat_sandbox.economies import BY_ISO2, ECONOMIES, EU
from tradestat_sandbox.observers import Flow, Month
from tradestat_sandbox.products import NES_INDEX, PRODUCTS, code_of, edition_of, indexes_in
from tradestat_sandbox.records import ALL_PARTNERS
from tradestat_sandbox.world import World

MEMBERS = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)
_EURO = frozenset({"AT", "BE", "DE", "ES", "FI", "FR", "GR", "IE", "IT", "NL", "PT", "SK"})
"""Of the world's economies; all had the euro by its first year."""
_LEFT = (2020, 1)  # the United Kingdom's last month in the Union
_NORTH = 31  # per mille of the United Kingdom's trade that is Northern Ireland's, invented


class Wanted(NamedTuple):
    """What a figure is of, over months."""

    reporter: str
    flow: Flow
    code: str
    months: Sequence[Month]


def cn_codes(product: int, year: int) -> tuple[str, ...]:
    """The CN codes of a subheading in a year: one, or two since some January."""
    six = code_of(product, edition_of(year))
    since = 2014 + mix(71, product) % 11
    return (f"{six}10", f"{six}90") if mix(72, product) % 3 and year >= since else (f"{six}00",)


def _part(product: int, year: int, code: str, amount: int) -> int:
    """What of a subheading's amount is under a code of it."""
    if len(code) < 8:
        return amount
    codes = cn_codes(product, year)
    share = 300_000 + mix(73, product) % 450_000  # of 2**20
    return cut(amount, (0, share, 1 << 20), codes.index(code) + 1, codes.index(code) + 1) if len(codes) > 1 else amount


@dataclass(slots=True)
class Sum:
    """A figure; pieces are None where the goods have no second unit."""

    euros: int = 0
    kg: int = 0
    pieces: int | None = None


Months = list[tuple[int, int]]  # euros and kg of the twelve
_Cells = dict[tuple[str, int], Months]  # by partner and product


def _partner_of(world: World, reporter: int, flow: Flow, partner: int, product: int) -> str:
    """Under which partner a cell stands: its own, or a secret one."""
    iso2 = ECONOMIES[partner].iso2
    if world.observers.confidential(reporter, flow, partner, product):
        return "QY" if iso2 in EU else "QZ"
    return iso2


def _table(world: World, reporter: str, flow: Flow, year: int, products: Sequence[int]) -> _Cells:
    """A member's year by partner and subheading."""
    found: _Cells = {}
    me = BY_ISO2[reporter].index
    for partner in ALL_PARTNERS:
        for product in products if partner != me else ():
            if world.observers.silent(me, flow, partner, product):
                continue
            recorded = world.observers.months(me, flow, partner, product, year)
            months = [(world.euros(usd, (year, number)), kg) for number, (usd, kg) in enumerate(recorded, 1)]
            at = (_partner_of(world, me, flow, partner, product), product)
            found[at] = _add(found.get(at), months)
    return found


def _add(held: Months | None, months: Months) -> Months:
    return months if held is None else [(a + c, b + d) for (a, b), (c, d) in zip(held, months, strict=True)]


@lru_cache(maxsize=400)
def _totals(world: World, reporter: str, flow: Flow, year: int) -> dict[str, Months]:
    """A member's year of all goods by partner; kept, for it takes a second or more."""
    totals: dict[str, Months] = {}
    for (partner, _), months in _table(world, reporter, flow, year, range(NES_INDEX)).items():
        totals[partner] = _add(totals.get(partner), months)
    return totals


def _reporters(reporter: str, month: Month) -> tuple[str, ...]:
    """Who is summed into a reporter in a month; those alone that the world has."""
    if reporter in ("EU27_2020", "EU"):
        left = ("GB",) if reporter == "EU" and month <= _LEFT else ()
        return (*(code for code in MEMBERS if code in BY_ISO2), *left)
    if reporter in ("EA", "EA21"):
        return tuple(code for code in MEMBERS if code in _EURO)
    return (reporter,) if reporter in BY_ISO2 else ()


def _inside(partner: str, union: str, month: Month) -> bool:
    if partner in ("QY", "QV", "QR"):
        return True
    if union == "EA":
        return partner in _EURO
    return partner in MEMBERS or (union == "EU" and partner == "GB" and month <= _LEFT)


def _split(how: str, partner: str, month: Month, euros: int, kg: int) -> Iterator[tuple[str, int, int, bool]]:
    """(partner, euros, kg, whether it counts in sums) of a cell; of the United Kingdom its parts, too."""
    if partner != "GB" or month[0] < 2021 or how == "whole":
        yield partner, euros, kg, True
        return
    north, north_kg = euros * _NORTH // 1000, kg * _NORTH // 1000
    if how == "both":
        yield "GB", euros, kg, True
    yield "XI", north, north_kg, how == "parts"
    yield "XU", euros - north, kg - north_kg, how == "parts"


def figures(world: World, wanted: Wanted, partners: frozenset[str], how: str) -> dict[str, Sum]:
    """Sums by partner over months; partners without trade have none.

    Args:
        how: the United Kingdom stands there since 2021: "both", "whole" or "parts".
    """
    reporter, flow, code, months = wanted
    found: dict[str, Sum] = {}
    for month in months:
        year, number = month
        products = () if code == "TOTAL" else [one for one in indexes_in(code[:6], year) if one != NES_INDEX]
        if len(code) == 8:
            products = [one for one in products if code in cn_codes(one, year)]
        for member in _reporters(reporter, month):
            if code == "TOTAL":
                cells = [
                    (partner, -1, kept[number - 1]) for partner, kept in _totals(world, member, flow, year).items()
                ]
            else:
                table = _years(world, member, flow, year, tuple(products))
                cells = [(partner, one, kept[number - 1]) for (partner, one), kept in table.items()]
            for partner, product, (euros, kg) in cells:
                parts = [_part(product, year, code, amount) for amount in (euros, kg)]
                for place, money, weight, counts in _split(how, partner, month, *parts) if any(parts) else ():
                    for at in (place, *(_sums_with(place, month) if counts else ())):
                        if at in partners:
                            _count(found.setdefault(at, Sum()), product, code, money, weight)
    return found


@lru_cache(maxsize=4096)
def _sums_with(place: str, month: Month) -> tuple[str, ...]:
    """The sums that hold a partner."""
    return ("WORLD", *(f"{'INT' if _inside(place, one, month) else 'EXT'}_{name}" for one, name in _OF))


_OF = (("EU27", "EU27_2020"), ("EU", "EU"), ("EA", "EA"))


@lru_cache(maxsize=512)
def _years(world: World, reporter: str, flow: Flow, year: int, products: tuple[int, ...]) -> _Cells:
    return _table(world, reporter, flow, year, products)


def _count(held: Sum, product: int, code: str, euros: int, kg: int) -> None:
    held.euros += euros
    held.kg += kg
    unit = PRODUCTS[product].unit_kg if product >= 0 and len(code) >= 6 else None
    if unit:
        held.pieces = (held.pieces or 0) + round(kg / unit)
