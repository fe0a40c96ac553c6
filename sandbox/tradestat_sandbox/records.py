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
        self.month_tables = lru_cache(maxsize=16)(self._month_tables)
        self.pair_months = lru_cache(maxsize=256)(self._pair_months)

    def cells(
        self, reporter: int, flow: Flow, span: Span, partners: tuple[int, ...], wanted: tuple[int, ...]
    ) -> list[Cell]:
        """A reporter's records by partner and subheading; whole tables are kept for the next question."""
        if len(partners) * len(wanted) > 3000:
            partner_set, product_set = set(partners), set(wanted)
            make = self.month_table if span.first == span.last else self.table
            table = make(reporter, flow, span)
            return [cell for cell in table if cell.partner in partner_set and cell.product in product_set]
        if span.first == span.last and len(wanted) > 100:  # who asks for a month's total asks for the others too
            place, product_set = span.first - 1, set(wanted)
            return [
                Cell(partner, product, *months[place])
                for one in partners
                for partner, product, months in self.pair_months(reporter, flow, span.year, one)
                if product in product_set and months[place][0]
            ]
        return list(self.observers.cells(reporter, flow, span, partners, wanted))

    def month_table(self, reporter: int, flow: Flow, span: Span) -> list[Cell]:
        """One month of a reporter's table, cut from its year, which is kept."""
        place = span.first - 1
        return [
            Cell(partner, product, *months[place])
            for partner, product, months in self.month_tables(reporter, flow, span.year)
            if months[place][0]
        ]

    def _pair_months(self, reporter: int, flow: Flow, year: int, partner: int) -> list[tuple[int, int, Months]]:
        return list(self.observers.month_cells(reporter, flow, year, [partner]))

    def _month_tables(self, reporter: int, flow: Flow, year: int) -> list[tuple[int, int, Months]]:
        return list(self.observers.month_cells(reporter, flow, year, ALL_PARTNERS))

    def _table(self, reporter: int, flow: Flow, span: Span) -> list[Cell]:
        return list(self.observers.cells(reporter, flow, span, ALL_PARTNERS, ALL_PRODUCTS))


@lru_cache(maxsize=1)
def _flows() -> Flows:
    return Flows()


@lru_cache(maxsize=3)
def records_to(last_month: Month) -> Records:
    """The records up to a month, shared: they are alike on every day of the next one."""
    return Records(_flows(), last_month)
