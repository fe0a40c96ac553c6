"""Trade Map's figures: yearly series of goods and services, and indicators, in thousand US dollars.

A year is in the edition of the Harmonized System that was in use then: 851712 has figures to 2021, 851713 from 2022 on.
"""

from dataclasses import dataclass, replace
from typing import Any

from tradestat_sandbox import ebops
from tradestat_sandbox.economies import BY_CODE, ECONOMIES, Economy
from tradestat_sandbox.flows import FIRST_YEAR
from tradestat_sandbox.observers import Flow, Span
from tradestat_sandbox.products import NES_INDEX, TOTAL, codes_of, indexes_in
from tradestat_sandbox.records import ALL_PARTNERS
from tradestat_sandbox.services.trademap.groups import groups
from tradestat_sandbox.world import World

_FLOWS: dict[str, tuple[tuple[int, Flow], ...]] = {
    "I": ((1, "M"),),
    "E": ((1, "X"),),
    "RE": ((1, "RX"),),
    "TB": ((1, "X"), (-1, "M")),
}
UNIT = "US Dollar thousand"
INDICATORS = ("VAL", "BAL", "GV5", "GV2", "GV5W")
# Whose trade stands in for the world's in GV5W: the sum over all pairs would take seconds.
_LARGEST = tuple(e.index for e in sorted(ECONOMIES, key=lambda e: -e.weight)[:6])

Key = tuple[str, str]  # partner code (or group id), product code
Values = dict[Key, dict[int, int]]  # USD by year


class InvalidInput(Exception):
    """An argument the service calls stale: invalid, or gone at the target site."""


@dataclass(frozen=True, slots=True)
class _Query:
    reporter: Economy
    partner: str  # as asked, the aggregate's code
    partners: tuple[int, ...]
    product: str
    by: str
    listed: tuple[str, ...]  # product codes of the records
    flow: str
    years: tuple[int, ...]
    services: bool


def _query(world: World, arguments: dict[str, str], *, services: bool) -> _Query:
    country = arguments.get("country", "")
    if country not in BY_CODE:
        raise InvalidInput(f"country {country!r} is not a reporter")
    partner = arguments.get("partner", "000")
    members = {group.id: group.members for group in groups()}
    if partner == "000":
        partners = ALL_PARTNERS
    elif partner in BY_CODE:
        partners = (BY_CODE[partner].index,)
    elif partner in members:
        partners = tuple(BY_CODE[code].index for code in members[partner] if code in BY_CODE)
    else:
        raise InvalidInput(f"partner {partner!r} is neither a country nor a group")
    by = arguments.get("by", "byCountry")
    if by not in ("byCountry", "byService" if services else "byProduct"):
        raise InvalidInput(f"by {by!r} is not offered")
    flow = arguments.get("trade_flow", "I")
    if flow not in _FLOWS:
        raise InvalidInput(f"trade_flow {flow!r} is not one of I, E, RE, TB")
    product = arguments.get("service" if services else "product", "ALL")
    listed = _services_listed(product) if services else _goods_listed(product, arguments.get("hs_level", ""))
    newest = max(filter(None, (world.annual_last(economy) for economy in BY_CODE.values()))) - services
    first, last = _year(arguments, "period_from", FIRST_YEAR), _year(arguments, "period_to", newest)
    if first > last:
        raise InvalidInput("period_from is after period_to")
    years = tuple(range(max(first, FIRST_YEAR), min(last, newest) + 1))
    code = {"ALL": ebops.ALL if services else TOTAL}.get(product, product)
    return _Query(BY_CODE[country], partner, partners, code, by, listed, flow, years, services)


def _year(arguments: dict[str, str], name: str, default: int) -> int:
    text = arguments.get(name, str(default))
    if not (text.isdecimal() and len(text) == 4):
        raise InvalidInput(f"{name} {text!r} is not a year")
    return int(text)


def _goods_listed(product: str, level: str) -> tuple[str, ...]:
    """Codes below the one asked for, at the level asked for; beside it where the level is its own."""
    if product == "ALL":
        return codes_of(_level(level, 2))
    if not product.isdecimal() or product not in codes_of(min(6, len(product))):
        raise InvalidInput(f"product {product!r} has no data")
    digits = _level(level, min(6, len(product) + 2))
    if digits > len(product):
        return tuple(code for code in codes_of(digits) if code.startswith(product))
    beside = codes_of(digits)
    return tuple(code for code in beside if code.startswith(product[: digits - 2]) and code != product[:digits])


def _level(text: str, default: int) -> int:
    if text not in ("", "2", "4", "6"):
        raise InvalidInput(f"hs_level {text!r} is not 2, 4 or 6")
    return int(text or default)


def _services_listed(service: str) -> tuple[str, ...]:
    if service in ("ALL", ebops.ALL):
        return tuple(item.code for item in ebops.MAIN)
    if service not in ebops.EVERY_CODE:
        raise InvalidInput(f"service {service!r} has no data")
    below = ebops.children(service) or ebops.children(ebops.EVERY_CODE[service].parent)
    return tuple(item.code for item in below if item.code != service)


def _reported(world: World, query: _Query, year: int) -> bool:
    last = (world.services_last if query.services else world.annual_last)(query.reporter)
    return last is not None and year <= last


def _collect(world: World, query: _Query, flow: Flow, sign: int, values: Values) -> None:
    """Adds the reporter's USD of a flow to every key of `values`; partner codes of groups mean their members."""
    reporter = query.reporter.index
    members = {key: _members(key[0], query) for key in values}
    partners = tuple(sorted({partner for some in members.values() for partner in some}))
    for year in query.years:
        if not _reported(world, query, year):
            continue
        own = {key: _parts(query, key[1], year) for key in values}
        parts = tuple(sorted({part for some in own.values() for part in some}))
        if query.services:
            cells = [
                (partner, part, world.services.reported(reporter, flow, partner, part, year))
                for partner in partners
                if partner != reporter
                for part in parts
            ]
        else:
            found = world.cells(reporter, flow, Span(year, 1, 12), partners, parts)
            cells = [(cell.partner, cell.product, cell.usd) for cell in found]
        wanted: dict[tuple[int, int], int] = {(partner, part): usd for partner, part, usd in cells}
        for key, places in own.items():
            if places:  # a code that the year's edition does not have stays without a figure
                whole = sum(wanted.get((partner, part), 0) for partner in members[key] for part in places)
                values[key][year] = values[key].get(year, 0) + sign * whole


def _members(code: str, query: _Query) -> tuple[int, ...]:
    return (BY_CODE[code].index,) if code in BY_CODE else query.partners


def _parts(query: _Query, code: str, year: int) -> tuple[int, ...]:
    if query.services:
        return tuple(leaf.index for leaf in ebops.leaves_under(code))
    return indexes_in(code, year)


def _values(world: World, query: _Query, flow: str) -> tuple[list[Key], Values]:
    """The keys of the records, and USD by year for them and for the aggregate."""
    if query.by == "byCountry":
        economies = {economy.index: economy.code for economy in BY_CODE.values()}
        keys = [(economies[index], query.product) for index in query.partners]
    else:
        keys = [(query.partner, code) for code in query.listed]
    aggregate = (query.partner, query.product)
    values: Values = {key: {} for key in [*keys, aggregate]}
    for sign, one in _FLOWS[flow]:
        _collect(world, query, one, sign, values)
    return keys, values


def _thousands(usd: int) -> int:
    """Whole thousands, halves away from zero; this is why sums of records miss the aggregate."""
    return (abs(usd) + 500) // 1000 * (1 if usd >= 0 else -1)


def _record(query: _Query, key: Key, data: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "reporterCd": query.reporter.code,
        "partnerCd": key[0],
        "productCd": key[1],
        "reporterLabel": None,
        "partnerLabel": None,
        "productLabel": None,
        "canNavigateProductBelow": False,
        "canNavigateCountry": False,
        "data": data,
    }


def _sources(query: _Query) -> list[dict[str, Any]]:
    return [{"reporterCd": query.reporter.code, "source": "Sandbox synthetic world", "periods": query.years}]


def series(
    world: World, arguments: dict[str, str], *, services: bool
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """(records, aggregateRecords, sources) of a yearly series; records are sorted by their newest figure.

    Raises:
        InvalidInput: an argument the service refuses.
    """
    query = _query(world, arguments, services=services)
    keys, values = _values(world, query, query.flow)

    def record(key: Key) -> dict[str, Any]:
        data: list[dict[str, Any]] = []
        for year in query.years:
            usd = values[key].get(year)
            value = None if usd is None else _thousands(usd)
            data.append({"period": year, "value": value, "unit": UNIT, "flag": None})
        return _record(query, key, data)

    def newest(key: Key) -> int:
        return next((values[key][year] for year in reversed(query.years) if year in values[key]), 0)

    shown = [key for key in keys if any(values[key].values())]
    shown.sort(key=newest, reverse=arguments.get("sort_dir", "desc") != "asc")
    return [record(key) for key in shown], [record((query.partner, query.product))], _sources(query)


def indicators(
    world: World, arguments: dict[str, str]
) -> tuple[int, list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """(refYear, records, aggregateRecords, sources); growth is % a year over four steps (GV5, GV5W) and one (GV2).

    Raises:
        InvalidInput: an argument the service refuses.
    """
    asked = arguments.get("indicators", "") or ",".join(INDICATORS)
    codes = [code.strip() for code in asked.split(",")]
    if unknown := [code for code in codes if code not in INDICATORS]:
        raise InvalidInput(f"indicators {unknown} are not offered")
    last = int(arguments["period_to"]) if arguments.get("period_to", "").isdecimal() else None
    own = world.annual_last(BY_CODE[arguments["country"]]) if arguments.get("country") in BY_CODE else None
    year = last or own or world.today.year - 1
    query = _query(world, arguments | {"period_from": str(year), "period_to": str(year)}, services=False)
    needed = tuple(when for when in (year - 4, year - 1, year) if when >= FIRST_YEAR)
    keys, values = _values(world, replace(query, years=needed), query.flow)
    _, exports = _values(world, query, "E")
    _, imports = _values(world, query, "I")

    def record(key: Key) -> dict[str, Any]:
        mine = values[key]
        balance = None
        if year in exports[key] and year in imports[key]:
            balance = _thousands(exports[key][year] - imports[key][year])
        found: dict[str, int | None] = {
            "VAL": _thousands(mine[year]) if year in mine else None,
            "BAL": balance,
            "GV5": _growth(mine.get(year - 4), mine.get(year), 4),
            "GV2": _growth(mine.get(year - 1), mine.get(year), 1),
        }
        if "GV5W" in codes:
            then, now = (_world_value(world, query, key, when) for when in (year - 4, year))
            found["GV5W"] = _growth(then, now, 4)
        return _record(query, key, [{"indicatorCd": code, "value": found[code], "flag": None} for code in codes])

    shown = [key for key in keys if any(values[key].values())]
    shown.sort(key=lambda key: values[key].get(year, 0), reverse=arguments.get("sort_dir", "desc") != "asc")
    return (
        year,
        [record(key) for key in shown],
        [record((query.partner, query.product))],
        _sources(query),
    )


def _growth(then: int | None, now: int | None, steps: int) -> int | None:
    if not then or not now or then < 0 or now < 0:
        return None
    return round(((now / then) ** (1 / steps) - 1) * 100)


def _world_value(world: World, query: _Query, key: Key, year: int) -> int:
    """True trade of the product and partner with the largest economies, which stand in for the world."""
    if year < FIRST_YEAR:
        return 0
    partner = (BY_CODE[key[0]].index,) if key[0] in BY_CODE else _LARGEST
    ends = (partner, _LARGEST) if query.flow == "I" else (_LARGEST, partner)
    flows = (
        world.flows.year(exporter, importer, product, year)
        for product in indexes_in(key[1], year)
        if product != NES_INDEX
        for exporter in ends[0]
        for importer in ends[1]
    )
    return sum(flow.usd for flow in flows if flow)
