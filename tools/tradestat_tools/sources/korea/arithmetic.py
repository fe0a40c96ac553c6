"""The checks of the service's own arithmetic: totals, and balances."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tradestat_tools.codes.units import format_number
from tradestat_tools.sources.korea.answers import added
from tradestat_tools.sources.korea.service import Operation
from tradestat_tools.sources.korea.wire import TOTAL

if TYPE_CHECKING:
    from tradestat_tools.sources.korea.api import Part


def mismatches(operation: Operation, parts: "Sequence[Part]") -> Iterator[str]:
    """Each total row against the sum of its rows, every figure; and each balance against exports less imports."""
    measures = operation.measures
    for part in parts:
        for total in part.page.totals:
            rows = [row for row in part.page.rows if total.year in (TOTAL, row.year)]
            span = total.year if total.year != TOTAL else _span(part.months)
            sums = [added([row.figures[i] for row in rows]) for i in range(len(measures))]
            wrong = [
                f"{name}: the service's total {format_number(said)}, the rows {format_number(found)}"
                for name, said, found in zip(measures, total.figures, sums, strict=True)
                if said is not None and said != found
            ]
            if wrong:
                yield f"{span}: the service's total row is not the sum of its rows. {'; '.join(wrong)}."
    exports, imports, balance = (measures.index(name) for name in ("expDlr", "impDlr", "balPayments"))
    wrong_rows = [
        (year, figures)
        for part in parts
        for year, figures in [
            *((row.year, row.figures) for row in part.page.rows),
            *((total.year, total.figures) for total in part.page.totals),
        ]
        if _differs(figures[exports], figures[imports], figures[balance])
    ]
    if wrong_rows:
        year, figures = wrong_rows[0]
        yield (
            f"balPayments is not expDlr - impDlr in {len(wrong_rows)} of the service's rows, first in {year}: "
            f"{format_number(figures[balance])} against {format_number(figures[exports])} - "
            f"{format_number(figures[imports])}."
        )


def _differs(exports: int | None, imports: int | None, balance: int | None) -> bool:
    if exports is None or imports is None or balance is None:
        return False
    return balance != exports - imports


def _span(months: Sequence[str]) -> str:
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
