"""What the answers have in common: the types of their fields, and their tables."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator

from tradestat_tools.codes import periods
from tradestat_tools.codes.hs import describe
from tradestat_tools.codes.periods import Period, format_yyyymm
from tradestat_tools.model.answers import Cell, Data, Table
from tradestat_tools.sources.doumaotong.wire.fields import Num

YEAR_COLUMNS = ("Year", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = frozenset(YEAR_COLUMNS[1:])

LABEL = 40
"""Characters of an English label beside a Chinese name."""

TWELVE_MONTHS = "12 months"
"""The head of exports over the last twelve months, in RMB yuan."""


def _period(value: str | int | Period) -> Period:
    return value if isinstance(value, Period) else periods.month(value)


Month = Annotated[Period, PlainValidator(_period), PlainSerializer(format_yyyymm, return_type=str)]
"""A month, written YYYYMM."""
MonthNumber = Annotated[
    Period, PlainValidator(_period), PlainSerializer(lambda month: int(format_yyyymm(month)), return_type=int)
]
"""A month, written as the number YYYYMM."""

Yuan = Annotated[Num | None, Field(description="RMB yuan")]
Percent = Annotated[Num | None, Field(description="percent")]
CustomsCode = Annotated[str | None, Field(description="China Customs code, not M49")]
ChineseName = Annotated[str, Field(description="as the service names it, in Chinese")]


class Part(BaseModel):
    """A part of an answer; unknown members are a mistake of ours, not of the service."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ProductData(Data):
    """What is known of one product."""

    hsCode: str
    productName: str | None = None

    @property
    def product(self) -> str:
        """The product for people."""
        return product_named(self.hsCode, self.productName)


def product_named(code: str, chinese: str | None = None) -> str:
    """A product for people: code, the service's Chinese name, the English label of its subheading."""
    label = describe(code, limit=60)
    return " ".join(part for part in (code, chinese, f"({label})" if label else None) if part)


class MonthlySeries(Part):
    """A monthly series: `values[i]` belongs to `periods[i]` (YYYYMM); null is "not given"."""

    periods: list[Month]
    values: list[Num | None]

    @property
    def figures(self) -> dict[Period, Num | None]:
        """The value of each month."""
        return dict(zip(self.periods, self.values, strict=True))


COUNTS = {"#": "place", "Destinations": "count", "Products": "count", "Momentum": "the service's score"}


def lean_table(
    columns: tuple[str, ...],
    rows: Sequence[tuple[Cell, ...]],
    title: str = "",
    units: Mapping[str, str] = COUNTS,
) -> Table:
    """A table without the columns in which no row has a value; `TWELVE_MONTHS` is in the unit of the answer."""
    kept = [at for at in range(len(columns)) if any(row[at] is not None for row in rows)] or list(range(len(columns)))
    shown = [tuple(row[at] for at in kept) for row in rows]
    return Table(tuple(columns[at] for at in kept), shown, title, frozenset({TWELVE_MONTHS}), units=units)


def by_year(figures: Mapping[Period, Cell]) -> list[tuple[Cell, ...]]:
    """Rows for `YEAR_COLUMNS`: one a year, oldest first.

    Between the first month and the last, None where one is not given; "" outside, where nothing is missing.
    """
    if not figures:
        return []
    first, last = min(figures), max(figures)

    def cell(month: Period) -> Cell:
        return figures.get(month) if first <= month <= last else ""

    years = range(first.year, last.year + 1)
    return [(f"{year}", *(cell(Period(year, "month", number)) for number in range(1, 13))) for year in years]
