"""Records by the table, kept for the next question."""

from functools import lru_cache

from tradestat_sandbox.economies import ECONOMIES
from tradestat_sandbox.flows import Flows
from tradestat_sandbox.observers import Cell, Flow, Month, Observers, Span
from tradestat_sandbox.products import NES_INDEX

ALL_PARTNERS = tuple(range(len(ECONOMIES)))
ALL_PRODUCTS = tuple(range(NES_INDEX + 1))

Months = list[tuple[int, int]]
"""(USD, kg) of the twelve months of a year."""


class Records:
    """What reporters recorded up to a month."""

    def __init__(self, flows: Flows, last_month: Month) -> None:
        self.observers = Observers(flows, last_month)
        self.table = lru_cache(maxsize=96)(self._table)
        self.months = lru_cache(maxsize=16)(self._months)
        self.pair_months = lru_cache(maxsize=256)(self._months)

    def cells(
        self, reporter: int, flow: Flow, span: Span, partners: tuple[int, ...], wanted: tuple[int, ...]
    ) -> list[Cell]:
        """A reporter's records by partner and subheading; whole tables are kept for the next question."""
        some, those = set(partners), set(wanted)
        many = len(partners) * len(wanted) > 3000
        if span.first < span.last and many:
            return [cell for cell in self.table(reporter, flow, span) if cell.partner in some and cell.product in those]
        if span.first < span.last or not (many or len(wanted) > 100):
            return list(self.observers.cells(reporter, flow, span, partners, wanted))
        # Who asks for the total of a month asks for those of the other months, too.
        place, year = span.first - 1, span.year
        tables = (
            [self.months(reporter, flow, year)]
            if many
            else [self.pair_months(reporter, flow, year, (partner,)) for partner in partners]
        )
        return [
            Cell(partner, product, *months[place])
            for table in tables
            for partner, product, months in table
            if partner in some and product in those and months[place][0]
        ]

    def _months(
        self, reporter: int, flow: Flow, year: int, partners: tuple[int, ...] = ALL_PARTNERS
    ) -> list[tuple[int, int, Months]]:
        """(partner, subheading, months) of what a reporter recorded in a year."""
        return list(self.observers.month_cells(reporter, flow, year, partners))

    def _table(self, reporter: int, flow: Flow, span: Span) -> list[Cell]:
        return list(self.observers.cells(reporter, flow, span, ALL_PARTNERS, ALL_PRODUCTS))


@lru_cache(maxsize=1)
def _flows() -> Flows:
    return Flows()


@lru_cache(maxsize=3)
def records_to(last_month: Month) -> Records:
    """The records up to a month, shared: they are alike on every day of the next one."""
    return Records(_flows(), last_month)
