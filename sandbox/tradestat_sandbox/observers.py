"""What reporters record of the true flows: exporters FOB, importers CIF, each imperfect in ways that can be asked for.

A record is always a whole number of USD and of kg. Records of parts (months, partners, subheadings) add up to the
record of the whole, because every effect is applied to the smallest cell and every sum is a sum of cells.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from tradestat_sandbox.chance import SHARE_BITS, Shares, cut, mix, whole_between
from tradestat_sandbox.economies import ECONOMIES
from tradestat_sandbox.flows import Flows
from tradestat_sandbox.products import HASHED, NES_INDEX, PRODUCTS

_N = len(ECONOMIES)
Flow = Literal["X", "M", "RX"]
Month = tuple[int, int]
Effects = dict[str, int]  # kind of effect to the USD it added to or took from the FOB truth

PRELIMINARY_MONTHS = 3  # the newest months of a reporter are revised later
_NOISE = [whole_between(-12, 12, 23, index) for index in range(4096)]
_PAIR = [[mix(21, one, other) % 4 for other in range(_N)] for one in range(_N)]
REEXPORT_MARGIN = 60  # per mille an entrepôt adds to what passes through


class Span(NamedTuple):
    """Months `first` to `last` of one year."""

    year: int
    first: int
    last: int


class Cell(NamedTuple):
    """One reporter's record of one partner and subheading (`product` may be `NES_INDEX`)."""

    partner: int
    product: int
    usd: int
    kg: int


def note(effects: Effects | None, kind: str, amount: int) -> None:
    """Adds an amount to an effect, when effects are wanted."""
    if effects is not None and kind and amount:
        effects[kind] = effects.get(kind, 0) + amount


class Observers:
    """Reporters' records, given the last month that has happened."""

    def __init__(self, flows: Flows, last_month: Month) -> None:
        self.flows = flows
        self.last_month = last_month
        self._confidential: dict[int, bool] = {}
        self._revisions = lru_cache(maxsize=4096)(self._find_revisions)

    # --- properties of reporters and pairs ---------------------------------------------------------

    def cif_permille(self, exporter: int, importer: int, product: int) -> int:
        """CIF margin over FOB: the product's own, more for far and landlocked pairs."""
        near = self.flows.affinity[exporter][importer]
        far = 14 if near < 0.1 else 10 if near < 0.25 else 7
        return max(2, PRODUCTS[product].cif * (far + _PAIR[exporter][importer]) // 12)

    def lag_permille(self, exporter: int, importer: int, product: int) -> int:
        """The share of a month's flow that the importer records in the next month."""
        near = self.flows.affinity[exporter][importer]
        slow = 380 if near < 0.1 else 260 if near < 0.25 else 110
        light = PRODUCTS[product].price > 60  # goes by air
        return slow // 6 if light else slow + _PAIR[exporter][importer] * 15

    @staticmethod
    def noise_permille(exporter: int, importer: int, product: int, year: int) -> int:
        """How far the importer's valuation is off, at most 1.2 %."""
        return _NOISE[(exporter * 911 + importer * 577 + product * 331 + year * 13) & 4095]

    def confidential(self, reporter: int, flow: Flow, partner: int, product: int) -> bool:
        """Whether the reporter hides this cell under 999999; about one in ninety, never with re-exports."""
        if flow == "RX":
            return False
        pair = (reporter * 2 + (flow == "M")) * _N + partner
        key = pair * NES_INDEX + product
        hidden = self._confidential.get(key)
        if hidden is None:
            hidden = self._confidential[key] = mix(24, pair * HASHED + product) % 90 == 0
        return hidden

    def revision_permille(self, reporter: int, flow: Flow, month: Month) -> int:
        """How far a month's first figure is off from the final one; 0 once it is final."""
        year, number = month
        age = (self.last_month[0] - year) * 12 + self.last_month[1] - number
        if age >= PRELIMINARY_MONTHS:
            return 0
        off = whole_between(4, 28, 25, reporter, flow == "M", year, number)
        return -off if mix(26, reporter, year, number) % 4 else off // 2

    # --- records of one cell -----------------------------------------------------------------------

    def record(
        self, reporter: int, flow: Flow, partner: int, product: int, span: Span, *, effects: Effects | None = None
    ) -> tuple[int, int]:
        """(USD, kg) the reporter recorded, before confidentiality; `effects` collects what moved it off the truth."""
        span = self._happened(span)
        if span.last < span.first:
            return 0, 0
        raw = self._imports if flow == "M" else self._exports
        usd, kg = raw(reporter, flow, partner, product, span, effects=effects)
        if usd and span.year >= self.last_month[0] - 1:
            revised = sum(
                raw(reporter, flow, partner, product, Span(month[0], month[1], month[1]), effects=None)[0] * off // 1000
                for month, off in self._revisions(reporter, flow, span)
            )
            note(effects, "revision", revised)
            usd += revised
        return usd, kg

    def _happened(self, span: Span) -> Span:
        year, month = self.last_month
        if span.year < year:
            return span
        return span._replace(last=min(span.last, month)) if span.year == year else span._replace(last=0)

    def _find_revisions(self, reporter: int, flow: Flow, span: Span) -> tuple[tuple[Month, int], ...]:
        """The months of the span that are still preliminary, and by how many per mille they are off."""
        year, newest = self.last_month
        found: list[tuple[Month, int]] = []
        for ordinal in range(year * 12 + newest - PRELIMINARY_MONTHS, year * 12 + newest):
            month = (ordinal // 12, ordinal % 12 + 1)
            if month[0] == span.year and span.first <= month[1] <= span.last:
                found.append((month, self.revision_permille(reporter, flow, month)))
        return tuple(found)

    def _exports(
        self, reporter: int, flow: Flow, partner: int, product: int, span: Span, *, effects: Effects | None
    ) -> tuple[int, int]:
        usd = kg = 0
        for part in self._departures(reporter, flow, partner, product, span.year):
            sent = part.sign * cut(part.usd, part.shares, span.first, span.last)
            note(effects, part.effect, sent)
            usd += sent
            kg += part.sign * cut(part.kg, part.shares, span.first, span.last)
        return usd, kg

    def _imports(
        self, importer: int, _: Flow, exporter: int, product: int, span: Span, *, effects: Effects | None
    ) -> tuple[int, int]:
        year, first, last = span
        cif = 1000 + self.cif_permille(exporter, importer, product)
        lag = self.lag_permille(exporter, importer, product)
        usd = kg = 0
        legs = [(leg, self._valued(leg, cif)) for leg in self._arrivals(exporter, importer, product, year)]
        for leg, valued in legs:
            landed = cut(valued, leg.shares, first, last)
            usd += landed
            kg += cut(leg.kg, leg.shares, first, last)
            if effects is not None:
                fob = cut(leg.fob, leg.shares, first, last)
                shipped = cut(leg.fob * cif // 1000, leg.shares, first, last)
                note(effects, "consignment", fob if leg.passing else 0)
                note(effects, "cif_fob", shipped - fob)
                note(effects, "noise", landed - shipped)
        # The end of the last month is recorded in the next one; so was the end of the month before the first.
        before = legs
        if first == 1:
            before = [(leg, self._valued(leg, cif)) for leg in self._arrivals(exporter, importer, product, year - 1)]
        for sign, late_legs, month in ((-1, legs, last), (1, before, first - 1 or 12)):
            for leg, valued in late_legs:
                late = cut(valued, leg.shares, month, month) * lag // 1000
                note(effects, "lag", sign * late)
                usd += sign * late
                kg += sign * (cut(leg.kg, leg.shares, month, month) * lag // 1000)
        return usd, kg

    @staticmethod
    def _valued(leg: "Leg", cif: int) -> int:
        return leg.fob * cif // 1000 * (1000 + leg.noise) // 1000

    def _arrivals(self, exporter: int, importer: int, product: int, year: int) -> list["Leg"]:
        """What the importer records from this partner: its own goods and, as an entrepôt, those passing through."""
        legs: list[Leg] = []
        flow = self.flows.year(exporter, importer, product, year)
        noise = self.noise_permille(exporter, importer, product, year)
        if flow:
            legs.append(Leg(flow.usd, flow.kg, flow.shares, noise, passing=False))
        for target in self.flows.routed_targets.get(exporter * _N + importer, ()):
            through = self.flows.year(exporter, target, product, year)
            if through and through.routed_usd:
                legs.append(Leg(through.routed_usd, through.routed_kg, through.shares, noise, passing=True))
        return legs

    def months(self, reporter: int, flow: Flow, partner: int, product: int, year: int) -> list[tuple[int, int]]:
        """(USD, kg) of the twelve months, each as `record` gives it; months to come are (0, 0)."""
        usd, kg = [0] * 12, [0] * 12
        if flow == "M":
            cif = 1000 + self.cif_permille(partner, reporter, product)
            lag = self.lag_permille(partner, reporter, product)
            legs = self._arrivals(partner, reporter, product, year)
            for leg in legs:
                _add_months(usd, self._valued(leg, cif), leg.shares, lag=lag)
                _add_months(kg, leg.kg, leg.shares, lag=lag)
            for leg in self._arrivals(partner, reporter, product, year - 1):
                usd[0] += cut(self._valued(leg, cif), leg.shares, 12, 12) * lag // 1000
                kg[0] += cut(leg.kg, leg.shares, 12, 12) * lag // 1000
        else:
            for part in self._departures(reporter, flow, partner, product, year):
                _add_months(usd, part.usd, part.shares, sign=part.sign)
                _add_months(kg, part.kg, part.shares, sign=part.sign)
        for (_, month), off in self._revisions(reporter, flow, Span(year, 1, 12)):
            usd[month - 1] += usd[month - 1] * off // 1000
        if year >= self.last_month[0]:
            happened = self.last_month[1] if year == self.last_month[0] else 0
            usd[happened:] = kg[happened:] = [0] * (12 - happened)
        return list(zip(usd, kg, strict=True))

    def silent(self, reporter: int, flow: Flow, partner: int, product: int) -> bool:
        """Whether a cell can be passed over: no trade of its own, and no entrepôt trade between the two."""
        ends = (partner, reporter) if flow == "M" else (reporter, partner)
        pair = ends[0] * _N + ends[1]
        if pair in self.flows.routed_targets or pair in self.flows.routed_origins:
            return False
        return not self.flows.base(*ends, product)

    def _departures(self, reporter: int, flow: Flow, partner: int, product: int, year: int) -> Iterator["Departure"]:
        """What makes up an exporter's year with a partner."""
        pair = reporter * _N + partner
        own = self.flows.year(reporter, partner, product, year) if flow == "X" else None
        if own:
            yield Departure(own.usd, own.kg, own.shares, 1, "")
            if own.routed_usd:  # recorded as exports to the entrepôt
                yield Departure(own.routed_usd, own.routed_kg, own.shares, -1, "consignment")
        for target in self.flows.routed_targets.get(pair, ()) if flow == "X" else ():
            through = self.flows.year(reporter, target, product, year)
            if through and through.routed_usd:
                yield Departure(through.routed_usd, through.routed_kg, through.shares, 1, "consignment")
        for origin in self.flows.routed_origins.get(pair, ()):
            through = self.flows.year(origin, partner, product, year)
            if through and through.routed_usd:
                marked_up = through.routed_usd * (1000 + REEXPORT_MARGIN) // 1000
                yield Departure(marked_up, through.routed_kg, through.shares, 1, "reexport")

    # --- records of many cells ---------------------------------------------------------------------

    def month_cells(
        self, reporter: int, flow: Flow, year: int, partners: Iterable[int]
    ) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
        """(partner, subheading, (USD, kg) of twelve months) of everything, confidential cells as `NES_INDEX`."""
        for partner in partners:
            hidden: list[list[tuple[int, int]]] = []
            for product in range(NES_INDEX):
                if self.silent(reporter, flow, partner, product):
                    continue
                months = self.months(reporter, flow, partner, product, year)
                if not self.confidential(reporter, flow, partner, product):
                    yield partner, product, months
                else:
                    hidden.append(months)
            if hidden:
                sums = [(sum(one for one, _ in row), sum(two for _, two in row)) for row in zip(*hidden, strict=True)]
                yield partner, NES_INDEX, sums

    def cells(
        self, reporter: int, flow: Flow, span: Span, partners: Iterable[int], products: Iterable[int]
    ) -> Iterator[Cell]:
        """The reporter's non-zero records; a confidential cell appears as `NES_INDEX` if that was asked for.

        With `NES_INDEX` among `products`, every confidential cell of each partner is summed into one cell.
        """
        wanted = set(products)
        hidden = NES_INDEX in wanted
        for partner in partners:
            if partner == reporter and flow != "RX":
                continue
            nes_usd = nes_kg = 0
            for product in range(NES_INDEX) if hidden else sorted(wanted):
                if self.silent(reporter, flow, partner, product):
                    continue
                secret = self.confidential(reporter, flow, partner, product)
                if not (hidden if secret else product in wanted):
                    continue
                usd, kg = self.record(reporter, flow, partner, product, span)
                if secret:
                    nes_usd += usd
                    nes_kg += kg
                elif usd:
                    yield Cell(partner, product, usd, kg)
            if nes_usd:
                yield Cell(partner, NES_INDEX, nes_usd, nes_kg)


def _add_months(months: list[int], amount: int, shares: Shares, *, lag: int = 0, sign: int = 1) -> None:
    """Adds an amount month by month, the late part of each month to the next; December's is the next year's."""
    running = [amount * share >> SHARE_BITS for share in shares]
    late = 0
    if not lag:
        for month in range(12):
            months[month] += sign * (running[month + 1] - running[month])
        return
    for month in range(12):
        here = running[month + 1] - running[month]
        later = here * lag // 1000
        months[month] += here - later + late
        late = later


class Departure(NamedTuple):
    """A part of an exporter's year with one partner, and the effect by which it is off the truth, if any."""

    usd: int
    kg: int
    shares: Shares
    sign: int
    effect: str


class Leg(NamedTuple):
    """A year's arrivals of one origin at one importer."""

    fob: int
    kg: int
    shares: Shares
    noise: int
    passing: bool
