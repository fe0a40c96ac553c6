"""What reporters recorded: sums of the world's cells over any reporters, partners, products and periods."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

from tradestat_sandbox.chance import cut
from tradestat_sandbox.economies import ASEAN, BY_ISO2, ECONOMIES, EU, USMCA, Economy, find_economy
from tradestat_sandbox.observers import Cell, Flow, Span
from tradestat_sandbox.products import TOTAL, all_national_codes, indexes_in, indexes_under, national_shares
from tradestat_sandbox.records import ALL_PARTNERS
from tradestat_sandbox.world import World

Names = str | Sequence[str]
GROUPS = {"ASEAN": ASEAN, "EU": EU, "USMCA": USMCA}  # those of their members that the world has


class Amounts(NamedTuple):
    """US dollars and kilograms."""

    usd: int
    kg: int


def listed(names: Names) -> list[str]:
    """One name or several as a list."""
    return [names] if isinstance(names, str) else list(names)


def economy(name: str) -> Economy:
    """An economy by any of its codes or names.

    Raises:
        ValueError: World, which is none.
    """
    found = find_economy(name)
    if found is None:
        raise ValueError("the World reports nothing itself")
    return found


def partners_of(names: Names) -> tuple[int, ...]:
    """The places of partners; World is all of them, a group its members."""
    if "World" in listed(names):
        return ALL_PARTNERS
    wanted: set[str] = set()
    for name in listed(names):
        wanted |= GROUPS[name] if name in GROUPS else {economy(name).iso2}
    return tuple(sorted(BY_ISO2[iso2].index for iso2 in wanted))


def spans(periods: Names) -> list[Span]:
    """Years (2024), months (202403) and spans of either (2019-2023, 202401-202406) as spans of months within a year."""
    found: list[Span] = []
    for text in listed(periods):
        first, _, last = text.partition("-")
        last = last or first
        if len(first) == 4:
            found += [Span(year, 1, 12) for year in range(int(first), int(last) + 1)]
            continue
        begin, end = ((int(month[:4]), int(month[4:])) for month in (first, last))
        for year in range(begin[0], end[0] + 1):
            found.append(Span(year, begin[1] if year == begin[0] else 1, end[1] if year == end[0] else 12))
    return found


def months(span: Span) -> list[Span]:
    """A span's months, each a span."""
    return [Span(span.year, month, month) for month in range(span.first, span.last + 1)]


def cells(
    world: World, reporter: Economy, flow: str, products: Names, *, partners: Names, span: Span, now: bool = False
) -> Iterator[Cell]:
    """A reporter's cells of some products, by the edition of the year, or with `now` by today's codes.

    China's 8 and Korea's 10 digits are the share that they have of their subheading, month by month.
    """
    places = partners_of(partners)
    national = [code for code in listed(products) if len(code) in (8, 10) and code != TOTAL]
    for code in national:
        product, place = all_national_codes(len(code))[code]
        shares = national_shares(product, len(code))
        for month in months(span):
            for cell in world.cells(reporter.index, cast(Flow, flow), month, places, (product,)):
                yield cell._replace(usd=cut(cell.usd, shares, place, place), kg=cut(cell.kg, shares, place, place))
    wanted = {
        index
        for code in listed(products)
        if code not in national
        for index in (indexes_under(code) if now else indexes_in(code, span.year))
    }
    if wanted:
        yield from world.cells(reporter.index, cast(Flow, flow), span, places, tuple(sorted(wanted)))


def recorded(
    world: World, reporter: Names, flow: str, product: Names, *, partner: Names, period: Names, now: bool = False
) -> Amounts:
    """The sum of what reporters recorded; exports (X) and re-exports (RX) FOB, imports (M) CIF."""
    usd = kg = 0
    for name in listed(reporter):
        for span in spans(period):
            for cell in cells(world, economy(name), flow, product, partners=partner, span=span, now=now):
                usd += cell.usd
                kg += cell.kg
    return Amounts(usd, kg)


def by_partner(world: World, reporter: str, flow: str, product: Names, period: Names) -> dict[str, Amounts]:
    """What a reporter recorded with each partner, by ISO alpha-2 code, largest value first."""
    sums: dict[str, Amounts] = {}
    for span in spans(period):
        for cell in cells(world, economy(reporter), flow, product, partners="World", span=span):
            name = ECONOMIES[cell.partner].iso2
            before = sums.get(name, Amounts(0, 0))
            sums[name] = Amounts(before.usd + cell.usd, before.kg + cell.kg)
    return dict(sorted(sums.items(), key=lambda item: -item[1].usd))
