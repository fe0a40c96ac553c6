"""The figures: what the United States recorded of one cell in one month, by the service's variables.

Imports are valued at the customs, without freight, insurance and duty; with them they are the record that the world
has, which is CIF. Exports are the world's record, here FAS. What the world does not have is invented in proportion: the
part for consumption, duty, the means of transport, the foreign part of exports. Every part is cut off the smallest
cell, so that sums are sums of parts.
"""

from collections.abc import Iterator
from functools import lru_cache

from tradestat_sandbox.chance import Shares, between, cumulate, mix, whole_between
from tradestat_sandbox.economies import ECONOMIES
from tradestat_sandbox.observers import Flow
from tradestat_sandbox.products import CODES6, NES_INDEX, PRODUCTS
from tradestat_sandbox.services.census.codes import US
from tradestat_sandbox.world import World

Months = list[tuple[int, int]]
"""Dollars and kilograms of each month of a year, as the world has the record."""

NES_MARGIN = 50
"""Per mille; of what is kept confidential the goods are not told apart."""

_OVERLAND = frozenset({"CA", "MX"})
_CONTAINED = 60  # per cent of what a vessel carries
_DUTY = {"6": 120, "8": 25}  # per mille of the dutiable value, by the first digit of the chapter

# HTS and Schedule B are different lists: these endings never meet. Invented.
_ENDINGS = {"M": (("0000",), ("1020", "1080"), ("2010", "2050", "2090")), "X": (("0010",), ("0030", "0070"))}


@lru_cache(maxsize=2048)
def national_codes(product: int, flow: Flow) -> tuple[str, ...]:
    """The codes of ten digits under a subheading: of the HTS for imports, of Schedule B for exports."""
    endings = _ENDINGS["M" if flow == "M" else "X"]
    return tuple(CODES6[product] + ending for ending in endings[mix(74, product, flow == "M") % len(endings)])


@lru_cache(maxsize=2048)
def national_shares(product: int, flow: Flow) -> Shares:
    """Cumulated shares of these codes."""
    places = range(len(national_codes(product, flow)))
    return cumulate([between(0.2, 1.0, 75, product, flow == "M", place) for place in places])


def year_cells(
    world: World, flow: Flow, year: int, partners: tuple[int, ...], products: tuple[int, ...]
) -> Iterator[tuple[int, int, Months]]:
    """(partner, subheading, months) of what the United States recorded in a year."""
    if NES_INDEX in products or len(partners) * len(products) > 3000:
        some, those = set(partners), set(products)
        for partner, product, months in world.records.months(US, flow, year):
            if partner in some and product in those:
                yield partner, product, months
        return
    observers = world.observers
    for partner in partners:
        for product in products:
            if observers.silent(US, flow, partner, product) or observers.confidential(US, flow, partner, product):
                continue
            yield partner, product, observers.months(US, flow, partner, product, year)


def customs_value(world: World, partner: int, product: int, cif: int) -> int:
    """What of a CIF value is the customs value."""
    known = product != NES_INDEX
    margin = world.observers.cif_permille(partner, US, product) if known else NES_MARGIN
    return cif * 1000 // (1000 + margin)


def foreign_part(partner: int, product: int, value: int) -> int:
    """What of an export was made elsewhere."""
    return value * whole_between(20, 220, 76, partner, product) // 1000


SIMPLE = frozenset({"GEN_VAL", "GEN_CIF", "GEN_CHA", "ALL_VAL", "QTY_1"})
"""What most questions are about, and costs little."""


def imported(world: World, partner: int, product: int, cif: int, kg: int, *, simple: bool) -> dict[str, int]:
    """One month of one cell, by what the variables begin with; with `simple` only what is in `SIMPLE`."""
    value = customs_value(world, partner, product, cif)
    charges = cif - value
    if simple:
        return {"GEN_VAL": value, "GEN_CIF": cif, "GEN_CHA": charges}
    consumed = value * whole_between(960, 1000, 77, partner, product) // 1000
    dutiable = consumed * whole_between(0, 900, 78, partner, product) // 1000
    found = {
        "GEN_VAL": value,
        "GEN_CIF": cif,
        "GEN_CHA": charges,
        "CON_VAL": consumed,
        "CON_CHA": charges * consumed // value if value else 0,
        "DUT_VAL": dutiable,
        "CAL_DUT": dutiable * _DUTY.get(CODES6[product][:1], 10) // 1000,
        "GEN_QY1": kg,
        "CON_QY1": kg * consumed // value if value else 0,
    }
    found["CON_CIF"] = found["CON_VAL"] + found["CON_CHA"]
    parts = _by_transport(partner, product, value, kg)
    return found | parts | {f"{by}_CHA": charges * parts[f"{by}_VAL"] // value if value else 0 for by in _MEANS}


def exported(partner: int, product: int, value: int, kg: int, *, simple: bool) -> dict[str, int]:
    """One month of one cell, or of its foreign part."""
    found = {"ALL_VAL": value, "QTY_1": kg}
    return found if simple else found | _by_transport(partner, product, value, kg)


_MEANS = ("AIR", "VES", "CNT")


def _by_transport(partner: int, product: int, value: int, kg: int) -> dict[str, int]:
    light = product != NES_INDEX and PRODUCTS[product].price > 60
    percent = 88 if light else 4
    by_sea = 0 if ECONOMIES[partner].iso2 in _OVERLAND else 100 - percent
    air, vessel = value * percent // 100, value * by_sea // 100
    air_kg, vessel_kg = kg * percent // 100, kg * by_sea // 100
    return {
        "AIR_VAL": air,
        "AIR_WGT": air_kg,
        "VES_VAL": vessel,
        "VES_WGT": vessel_kg,
        "CNT_VAL": vessel * _CONTAINED // 100,
        "CNT_WGT": vessel_kg * _CONTAINED // 100,
    }
