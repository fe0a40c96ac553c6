"""What several series are asked for, whichever source is asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as every_pair
from typing import Literal

from tradestat_tools.codes.countries import Area
from tradestat_tools.codes.names import Lang
from tradestat_tools.codes.periods import FIRST_YEAR, PER_YEAR, Frequency, Period
from tradestat_tools.codes.spans import Span
from tradestat_tools.model.flow import Product, Role
from tradestat_tools.research.series.places import Place
from tradestat_tools.research.views import code_of

MOST_SERIES = 20
"""Series that one call may ask for; a group is one, its members stand beside."""

Flow = Literal["X", "M", "RX", "TB", "DX"]

Wire = Literal["X", "M", "RX"]
"""The flows that are asked for; the others are worked out of them."""

ROLES: Mapping[Wire, Role] = {"X": "exporter", "RX": "exporter", "M": "importer"}

Key = tuple[str, str, str, str]
"""Flow, reporter and partner by UN Comtrade's codes, product."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One series that is asked for."""

    flow: Wire
    reporter: Area
    partner: Area
    product: Product

    @property
    def key(self) -> Key:
        return self.flow, code_of(self.reporter), code_of(self.partner), self.product.code


@dataclass(frozen=True, slots=True)
class Many:
    """What several series are asked for, whichever source is asked.

    Args:
        reporters: who reports; of a group its members, of which one partner alone is asked.
        flows: those asked for: X, M, RX, TB (X less M), DX (X less RX).
        whole_partner: asked for beside, so that shares are taken of it.
        whole_product: likewise; at most one of the two is there.
        share_named: whether shares were asked for by name, so that they may cost something.
        lang: in which names are shown.
    """

    reporters: Place
    places: tuple[Place, ...]
    products: tuple[Product, ...]
    flows: tuple[Flow, ...]
    span: Span
    frequency: Frequency
    currency: str
    max_credits: float
    source: str
    also: frozenset[str] = frozenset()
    base: Period | None = None
    whole_partner: Area | None = None
    whole_product: Product | None = None
    share_named: bool = False
    notes: tuple[str, ...] = ()
    lang: Lang = "en"

    @property
    def areas(self) -> tuple[Area, ...]:
        """Every partner once, members of groups among them."""
        return tuple(dict.fromkeys(area for place in self.places for area in place.areas))

    @property
    def wire(self) -> tuple[Wire, ...]:
        """The flows that must be asked for."""
        parts: Mapping[str, tuple[Wire, ...]] = {"TB": ("X", "M"), "DX": ("X", "RX"), "X": ("X",), "M": ("M",)}
        return tuple(dict.fromkeys(one for flow in self.flows for one in parts.get(flow, ("RX",))))

    def cells(self, *, shares: bool) -> list[Asked]:
        """Every series that is asked for, and with `shares` those that they are a part of."""
        who = self.reporters.areas
        found = list(every_pair(self.wire, who, self.areas, self.products))
        if shares and self.whole_partner:
            found += every_pair(self.wire, who, [self.whole_partner], self.products)
        if shares and (whole := self.whole_product):
            found += every_pair(self.wire, who, self.areas, [whole])
        return [Asked(*one) for one in dict.fromkeys(found)]

    def earliest(self, first: Period, last: Period) -> Period:
        """The first period that is needed, before the first that is asked for."""
        back = PER_YEAR[self.frequency] if "growth" in self.also else 0
        lead = first.shifted(-min(back, (first.year - FIRST_YEAR) * PER_YEAR[first.frequency]))
        return min(lead, Period(last.year - 1, "month", 1)) if "ytd" in self.also else lead


def overlapping(products: Sequence[Product]) -> Iterator[tuple[Product, Product]]:
    """Pairs of which the first contains the second, so that they are never added."""
    for wide, narrow in every_pair(products, products):
        apart = "." if wide.kind == "services" else ""
        if wide is not narrow and (wide.is_total or narrow.code.startswith(wide.code + apart)):
            yield wide, narrow
