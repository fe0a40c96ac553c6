"""What several series at once are asked for: partners and groups, flows, and what goes together."""

from collections.abc import Sequence
from typing import Any

from tradestat_tools.codes.countries import Area, Resolved, resolve_area
from tradestat_tools.codes.flows import flow
from tradestat_tools.codes.groups import Group, expansion, group_named
from tradestat_tools.codes.spans import Span
from tradestat_tools.codes.words import fold, shown
from tradestat_tools.model.arguments import ArgumentError
from tradestat_tools.model.flow import Product, read_product
from tradestat_tools.research.series.many import MOST_SERIES, Place

ONE_FLOW = frozenset({"X", "M"})
"""Flows that a single series is of; the others are worked out beside what they are made of."""

ALONE = frozenset({"growth", "share", "index"})
"""Measures that a single series has; the others take periods together."""

MONTHLY = frozenset({"ytd", "months"})

FLOWS = ("X", "M", "RX", "TB", "DX")

_PARTS = {"TB": ("X", "M", "TB"), "DX": ("X", "RX", "DX")}

_BOTH = frozenset({"both", "trade", "total trade", "exports and imports", "imports and exports"})


def read_partner(text: str) -> Resolved | Group:
    """A partner, or a group whose members are partners.

    Raises:
        CodeError: unknown or ambiguous.
    """
    return group_named(text) or resolve_area(text)


def read_flows(value: Any) -> Any:
    """Flows by code for the words that mean them; a difference comes with what it is made of.

    Raises:
        CodeError: no flow at all.
        ArgumentError: one that is not asked for here.
    """
    if not isinstance(value, list):
        return value
    found: list[str] = []
    for text in value:  # type: ignore[misc]
        if not isinstance(text, str):
            return value  # type: ignore[return-value]
        if fold(text) in _BOTH:
            found += ["X", "M"]
            continue
        code = flow(text).code
        if code not in FLOWS:
            raise ArgumentError(f"`flow` can not be {shown(code)}.", allowed=f"some of {', '.join(FLOWS)}, or both")
        found += _PARTS.get(code, (code,))
    return [one for one in FLOWS if one in found]


def places_of(partners: Sequence[Resolved | Group], reporter: Area, span: Span) -> tuple[Place, ...]:
    """Partners with the members of groups as they were at the end of the span; the reporter is no partner of its own.

    Raises:
        ArgumentError: a partner is the reporter.
    """
    ends = [end.year for end in (span.first, span.last) if end]
    found: list[Place] = []
    for one in partners:
        if isinstance(one, Resolved):
            if one.area == reporter:
                raise ArgumentError("Reporter and partner are the same.", argument="partner", allowed="another area")
            found.append(Place(one.area.name_en, (one.area,), note=one.note))
            continue
        of = expansion(one, first_year=min(ends, default=None), last_year=max(ends, default=None))
        areas = tuple(area for area in of.areas if area != reporter)
        if not areas:
            raise ArgumentError(f"{one.id} has no other member than the reporter.", argument="partner")
        without = "" if len(areas) == len(of.areas) else f" Without {reporter.name_en}, which reports."
        found.append(Place(one.id, areas, is_group=True, note=f"{of.note}{without}"))
    return tuple({(place.name, place.is_group): place for place in found}.values())


def products_of(codes: Sequence[str], kind: Any) -> tuple[Product, ...]:
    """Every product once.

    Raises:
        CodeError: no code.
    """
    return tuple(dict.fromkeys(read_product(code, kind) for code in codes))


def check_number(partners: int, products: int, flows: int) -> None:
    """Refuse more series than one call takes.

    Raises:
        ArgumentError: it is too many.
    """
    if (number := partners * products * flows) > MOST_SERIES:
        raise ArgumentError(
            f"{partners} partners, {products} products and {flows} flows are {number} series.",
            argument="partner" if partners >= products else "product",
            allowed=f"at most {MOST_SERIES} in one call; a group counts as one, balance as three",
            remedy="Ask in several calls; comtrade_data lists more at once.",
        )


def wholes_of(
    places: Sequence[Place], products: Sequence[Product], *, asked: bool, world: Area
) -> tuple[Area | None, Product | None]:
    """Of which partner or product the shares are taken; neither where there is nothing to share.

    Several partners are parts of the World, several products of one partner parts of all products.
    """
    many_partners = len(places) > 1 or places[0].is_group
    if not (asked or many_partners or len(products) > 1):
        return None, None
    if many_partners or (len(products) == 1 and places[0].areas[0].kind != "world"):
        return world, None
    if all(product.is_total for product in products):
        return None, None
    return None, read_product("TOTAL" if products[0].kind == "goods" else "", products[0].kind)
