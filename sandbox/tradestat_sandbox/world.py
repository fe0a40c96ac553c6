"""The synthetic world: one coherent set of true flows, what reporters recorded of them, and when it was published.

    world = World(today=date(2026, 11, 1))
    world.truth("CN", "KR", "850760", "2024").fob_usd

Months run from 2012-01 to the month before `today`. Exporters record FOB, importers CIF.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

from tradestat_sandbox import ebops, products
from tradestat_sandbox.chance import cut, whole_between
from tradestat_sandbox.economies import ECONOMIES, NEVER_REPORTS, Economy, find_economy
from tradestat_sandbox.flows import FIRST_YEAR
from tradestat_sandbox.observers import Cell, Flow, Month, Span
from tradestat_sandbox.products import NES_INDEX, all_national_codes, national_shares
from tradestat_sandbox.records import records_to
from tradestat_sandbox.settings import DEFAULT_TODAY

CHINA, KOREA = 1, 2  # places in ECONOMIES

# Yuan per dollar, invented near the level of each year.
_CNY = {
    2011: 6.46,
    2012: 6.31,
    2013: 6.2,
    2014: 6.14,
    2015: 6.23,
    2016: 6.64,
    2017: 6.76,
    2018: 6.62,
    2019: 6.9,
    2020: 6.9,
    2021: 6.45,
    2022: 6.73,
    2023: 7.08,
    2024: 7.2,
    2025: 7.19,
}

# The days that the US Census Bureau announced for some months.
_CENSUS_DAYS = {(2026, 8): date(2026, 10, 6), (2026, 9): date(2026, 11, 4), (2026, 10): date(2026, 12, 8)}
# Dollars per euro, likewise.
_EUR = {
    2011: 1.392,
    2012: 1.285,
    2013: 1.328,
    2014: 1.329,
    2015: 1.11,
    2016: 1.107,
    2017: 1.13,
    2018: 1.181,
    2019: 1.12,
    2020: 1.142,
    2021: 1.183,
    2022: 1.053,
    2023: 1.081,
    2024: 1.082,
    2025: 1.13,
}

DETAILS = {
    "cif_fob": "the importer adds freight and insurance",
    "lag": "the end of each month's flow is recorded by the importer in the next month",
    "noise": "the importer's valuation is up to 1.2 % off",
    "consignment": "the exporter names the entrepôt it ships to; importers name the origin",
    "reexport": "the exporter's figure includes goods of other origins passing through",
    "revision": "the newest months are preliminary and will be revised",
    "confidential": "the reporter moved confidential cells to 999999",
    "not_reported": "the economy has not reported this period",
    "exchange_rate": "China records yuan at the customs rate, which is last month's market rate",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that moved a reporter's figure off the truth, in USD (0 when it only matters in another currency)."""

    side: str  # "exporter" or "importer"
    kind: str  # a key of DETAILS
    amount_usd: int
    detail: str


@dataclass(frozen=True, slots=True)
class Truth:
    """A flow's true FOB value in USD and what exporter and importer recorded; None for one that has reported nothing.

    `fob_usd` plus the effects of an end is that end's figure.
    """

    exporter: str
    importer: str
    product: str
    period: str
    fob_usd: int
    kg: int
    exporter_reported: int | None
    importer_reported: int | None
    effects: tuple[Effect, ...]
    complete: bool  # False for a year that has not ended


_Figures = tuple[int, int, int | None, int | None, tuple[Effect, ...]]  # FOB, kg, exporter's, importer's, effects


def month_before(month: Month, back: int = 1) -> Month:
    """The month so many before."""
    ordinal = month[0] * 12 + month[1] - 1 - back
    return ordinal // 12, ordinal % 12 + 1


def parse_period(text: str) -> Span:
    """A year or a month (YYYY, YYYYMM, YYYY-MM) as a span of months."""
    match = re.fullmatch(r"(\d{4})(?:-?(0[1-9]|1[0-2]))?", text.strip())
    if not match:
        raise ValueError(f"period {text!r} is neither YYYY nor YYYYMM")
    year = int(match[1])
    return Span(year, int(match[2]), int(match[2])) if match[2] else Span(year, 1, 12)


class World:
    """One synthetic world as it looks on `today`."""

    def __init__(self, today: date = DEFAULT_TODAY) -> None:
        if today < date(FIRST_YEAR + 1, 1, 1):
            raise ValueError(f"today must be {FIRST_YEAR + 1}-01-01 or later")
        self.today = today
        self.last_month: Month = month_before((today.year, today.month))
        self.records = records_to(self.last_month)
        self.observers = self.records.observers
        self.flows = self.observers.flows

    @cached_property
    def services(self) -> ebops.ServiceFlows:
        """The services flows."""
        return ebops.ServiceFlows(self.flows.affinity)

    # --- who has published what --------------------------------------------------------------------

    def annual_last(self, economy: Economy) -> int | None:
        """The newest year an economy has reported to the international sources; None if it never does."""
        if economy.lag_years == NEVER_REPORTS:
            return None
        newest = self.today.year - (1 if self.today.month >= 4 else 2)
        return newest - economy.lag_years

    def monthly_last(self, economy: Economy) -> Month | None:
        """The newest month an economy has reported to UN Comtrade; None for those that only report years."""
        return None if economy.lag_years else month_before(self.last_month, 2)

    def services_last(self, economy: Economy) -> int | None:
        """The newest year of services: one later than goods."""
        last = self.annual_last(economy)
        return None if last is None else last - 1

    @property
    def korea_last(self) -> Month:
        """Korea Customs publishes a month on the 15th of the next."""
        return self._month_out_on(15)

    @property
    def korea_total_last(self) -> Month:
        """The total of all goods comes out in the first days of the next month; here on the 3rd, a day of its own."""
        return self._month_out_on(3)

    @property
    def census_last(self) -> Month:
        """The US Census Bureau publishes a month about 35 days after its end, on days that are announced."""
        return next(
            month for back in range(4) if self._census_due(month := month_before(self.last_month, back)) <= self.today
        )

    @staticmethod
    def _census_due(month: Month) -> date:
        next_month = month_before(month, -1)
        return _CENSUS_DAYS.get(month) or date(*next_month, 1) + timedelta(days=34)

    def _month_out_on(self, day: int) -> Month:
        return self.last_month if self.today.day >= day else month_before(self.last_month)

    @property
    def eurostat_last(self) -> Month:
        """Eurostat publishes a month on the 15th of the second after it."""
        return month_before(self._month_out_on(15))

    @property
    def doumaotong_last(self) -> Month:
        """doumaotong follows China's customs by a week: a month is there on the 25th of the next."""
        return self._month_out_on(25)

    def recorded(self, economy: Economy, span: Span) -> bool:
        """Whether an economy's own statistics hold this span by today."""
        last = self.annual_last(economy)
        if last is None:
            return False
        newest = self.last_month if economy.lag_years == 0 else (last, 12)
        return (span.year, span.first) <= newest

    # --- money -------------------------------------------------------------------------------------

    def cny_per_10000_usd(self, month: Month) -> int:
        """The market rate of a month: yuan for 10,000 dollars."""
        base = _CNY.get(month[0], 7.1)
        return round(base * 10_000) + whole_between(-900, 900, 51, *month)

    def yuan(self, usd: int, month: Month) -> int:
        """A month's dollars as China Customs records them, in whole yuan at last month's rate."""
        return usd * self.cny_per_10000_usd(month_before(month)) // 10_000

    def usd_per_10000_eur(self, month: Month) -> int:
        """The market rate of a month: dollars for 10,000 euros."""
        base = _EUR.get(month[0], 1.16)
        return round(base * 10_000) + whole_between(-90, 90, 52, *month)

    def euros(self, usd: int, month: Month) -> int:
        """A month's dollars as members of the European Union record them, in whole euros at the month's rate."""
        return usd * 10_000 // self.usd_per_10000_eur(month)

    # --- records -----------------------------------------------------------------------------------

    def cells(
        self, reporter: int, flow: Flow, span: Span, partners: tuple[int, ...], wanted: tuple[int, ...]
    ) -> list[Cell]:
        """A reporter's records by partner and subheading."""
        return self.records.cells(reporter, flow, span, partners, wanted)

    # --- the truth ---------------------------------------------------------------------------------

    def truth(self, exporter: str, importer: str, product: str, period: str) -> Truth:
        """What really flowed, and what exporter and importer made of it.

        Args:
            exporter: an economy by ISO2, ISO3, M49 or Comtrade code or English name, or "World".
            importer: likewise; only one of the two may be the World.
            product: HS code of 2, 4 or 6 digits, "TOTAL", China's 8 or Korea's 10 digits where they take part,
                or an EBOPS code ("3.1.1", "S03001001", "S00") for services by year.
            period: YYYY or YYYYMM from 2012 to the last month before today.

        Raises:
            KeyError: an economy or product the world does not have.
            ValueError: a period it does not have, or World at both ends.
        """
        source, target = find_economy(exporter), find_economy(importer)
        if source is None and target is None:
            raise ValueError("name an economy on one side; World to World is not kept")
        span = parse_period(period)
        if span.year < FIRST_YEAR or (span.year, span.first) > self.last_month:
            newest = f"{self.last_month[0]}{self.last_month[1]:02d}"
            raise ValueError(f"period {period!r} lies outside {FIRST_YEAR}01 to {newest}")
        ends = ([source] if source else list(ECONOMIES), [target] if target else list(ECONOMIES))
        code = product.strip().upper().replace(".", "") if not _is_service(product) else product.strip()
        if _is_service(code):
            found = self._service_truth(*ends, code, span)
        elif len(code) in (8, 10):
            found = self._national_truth(*ends, code, span)
        else:
            found = self._goods_truth(*ends, code, span)
        names = [end.iso2 if end else "World" for end in (source, target)]
        complete = span.last == span.first or span.year < self.last_month[0] or self.last_month[1] == 12
        return Truth(names[0], names[1], product, period, *found, complete)

    def _goods_truth(self, exporters: list[Economy], importers: list[Economy], code: str, span: Span) -> _Figures:
        wanted = set(products.indexes_under(code))
        if not wanted:
            raise KeyError(f"the sandbox world trades no HS {code!r}")
        walk = range(NES_INDEX) if NES_INDEX in wanted else sorted(wanted)
        tally = _Tally()
        newest = min(span.last, self.last_month[1]) if span.year == self.last_month[0] else span.last
        for exporter in exporters:
            for importer in importers:
                if exporter is importer:
                    continue
                for product in walk:
                    fob = 0
                    flow = self.flows.year(exporter.index, importer.index, product, span.year)
                    if flow and product in wanted:
                        fob = cut(flow.usd, flow.shares, span.first, newest)
                        tally.fob += fob
                        tally.kg += cut(flow.kg, flow.shares, span.first, newest)
                    for end, reporter, trade, partner in _reports(exporter, importer):
                        effects: dict[str, int] = {}
                        if not self.recorded(reporter, span):
                            tally.add(end, {"not_reported": -fob})
                            continue
                        usd, _ = self.observers.record(
                            reporter.index, trade, partner.index, product, span, effects=effects
                        )
                        hidden = self.observers.confidential(reporter.index, trade, partner.index, product)
                        if product not in wanted:
                            effects = {"confidential": usd if hidden else 0}
                            usd = usd if hidden else 0
                        elif hidden and NES_INDEX not in wanted:
                            effects["confidential"] = effects.get("confidential", 0) - usd
                            usd = 0
                        tally.report(end, usd, effects)
        if exporters == [ECONOMIES[CHINA]]:
            tally.add("exporter", {"exchange_rate": 0})
        return tally.result()

    def _national_truth(self, exporters: list[Economy], importers: list[Economy], code: str, span: Span) -> _Figures:
        owner = ECONOMIES[CHINA if len(code) == 8 else KOREA]
        if owner not in ([exporters[0]] if len(exporters) == 1 else []) + (
            [importers[0]] if len(importers) == 1 else []
        ):
            raise KeyError(f"{len(code)}-digit codes are {owner.name}'s own; it must be one of the two sides")
        try:
            product, place = all_national_codes(len(code))[code]
        except KeyError:
            raise KeyError(f"the sandbox world trades no code {code!r}") from None
        shares = national_shares(product, len(code))
        tally = _Tally()
        exporting = exporters == [owner]
        end = "exporter" if exporting else "importer"
        trade: Flow = "X" if exporting else "M"
        for partner in importers if exporting else exporters:
            ends = (owner.index, partner.index) if exporting else (partner.index, owner.index)
            flow = self.flows.year(*ends, product, span.year) if product != NES_INDEX else None
            for month in range(span.first, span.last + 1):
                if (span.year, month) > self.last_month:
                    break
                if flow:
                    fob = cut(flow.usd, flow.shares, month, month)
                    tally.fob += cut(fob, shares, place, place)
                    tally.kg += cut(cut(flow.kg, flow.shares, month, month), shares, place, place)
                one = Span(span.year, month, month)
                for cell in self.cells(owner.index, trade, one, (partner.index,), (product,)):
                    tally.report(end, cut(cell.usd, shares, place, place), {})
        tally.seen.add(end)
        return tally.result()

    def _service_truth(self, exporters: list[Economy], importers: list[Economy], code: str, span: Span) -> _Figures:
        if span != Span(span.year, 1, 12):
            raise ValueError("services are known by year only")
        item = ebops.BY_DISPLAY.get(code)
        leaves = ebops.leaves_under(item.code if item else code.upper())
        if not leaves:
            raise KeyError(f"the sandbox world trades no service {code!r}")
        tally = _Tally()
        for exporter in exporters:
            for importer in importers:
                for leaf in leaves if exporter is not importer else ():
                    true = self.services.true(exporter.index, importer.index, leaf.index, span.year)
                    tally.fob += true
                    for end, reporter, flow, partner in _reports(exporter, importer):
                        last = self.services_last(reporter)
                        if last is None or span.year > last:
                            tally.add(end, {"not_reported": -true})
                            continue
                        usd = self.services.reported(reporter.index, flow, partner.index, leaf.index, span.year)
                        tally.report(end, usd, {"noise": usd - true})
        return tally.result()


@lru_cache(maxsize=2)
def world_on(today: date) -> World:
    """The world of a day, shared: it only ever computes and remembers."""
    return World(today)


def _reports(exporter: Economy, importer: Economy) -> tuple[tuple[str, Economy, Flow, Economy], ...]:
    return ("exporter", exporter, "X", importer), ("importer", importer, "M", exporter)


def _is_service(product: str) -> bool:
    text = product.strip().upper()
    return text.startswith("S") or (text in ebops.BY_DISPLAY and ("." in text or len(text) == 1))


class _Tally:
    """Sums a truth cell by cell."""

    def __init__(self) -> None:
        self.fob = 0
        self.kg = 0
        self.seen: set[str] = set()
        self._reported = {"exporter": 0, "importer": 0}
        self._effects: dict[str, dict[str, int]] = {"exporter": {}, "importer": {}}

    def report(self, end: str, usd: int, effects: dict[str, int]) -> None:
        self.seen.add(end)
        self._reported[end] += usd
        self.add(end, effects)

    def add(self, end: str, effects: dict[str, int]) -> None:
        mine = self._effects[end]
        for kind, amount in effects.items():
            if amount or kind == "exchange_rate":
                mine[kind] = mine.get(kind, 0) + amount

    def result(self) -> _Figures:
        effects = tuple(
            Effect(end, kind, amount, DETAILS[kind])
            for end, kinds in self._effects.items()
            for kind, amount in kinds.items()
            if amount or kind == "exchange_rate"
        )
        exporter = self._reported["exporter"] if "exporter" in self.seen else None
        importer = self._reported["importer"] if "importer" in self.seen else None
        return self.fob, self.kg, exporter, importer, effects
