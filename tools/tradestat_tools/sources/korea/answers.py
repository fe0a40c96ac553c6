"""The typed answers: columns under the service's own field names, each name said once.

All lists of one block have the same length; position i of each belongs together. Money is US dollars (exports FOB,
imports CIF), weight net kilograms, counts are customs declarations. None is "no figure given", never zero.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from tradestat_tools.codes.hs import describe
from tradestat_tools.model.answers import Data, Table
from tradestat_tools.sources.korea.codes import english_name

Column = list[int | None]
Labels = Callable[[tuple[str, ...]], tuple[str, ...]]
MONTHS = "Months, YYYY.MM."
SUMS = "By month, the sum of `rows`; made here. None where a month has no row."
GRAND = "The service's own total row (총계), which is not among `rows`; with several calls, their sum."

LABEL = 44
"""Characters of a product's name in a table."""


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid")

    def column(self, name: str) -> list[int | None]:
        """A column of figures by its name."""
        return getattr(self, name)


class Weighed(_Block):
    """Figures of the statistics by item."""

    expWgt: Column = Field(description="Export weight, kg net.")
    expDlr: Column = Field(description="Export value, US dollars, FOB.")
    impWgt: Column = Field(description="Import weight, kg net.")
    impDlr: Column = Field(description="Import value, US dollars, CIF.")
    balPayments: Column = Field(description="Trade balance, expDlr - impDlr, US dollars.")


class Counted(_Block):
    """Figures of the statistics without items."""

    expCnt: Column = Field(description="Export declarations, number.")
    expDlr: Column = Field(description="Export value, US dollars, FOB.")
    impCnt: Column = Field(description="Import declarations, number.")
    impDlr: Column = Field(description="Import value, US dollars, CIF.")
    balPayments: Column = Field(description="Trade balance, expDlr - impDlr, US dollars.")


class WeighedMonths(Weighed):
    """Figures by month."""

    year: list[str] = Field(description=MONTHS)


class CountedMonths(Counted):
    """Figures by month."""

    year: list[str] = Field(description=MONTHS)


class WeighedTotal(BaseModel):
    """The service's total row of the statistics by item."""

    expWgt: int | None = None
    expDlr: int | None = None
    impWgt: int | None = None
    impDlr: int | None = None
    balPayments: int | None = None


class CountedTotal(BaseModel):
    """The service's total row of the statistics without items."""

    expCnt: int | None = None
    expDlr: int | None = None
    impCnt: int | None = None
    impDlr: int | None = None
    balPayments: int | None = None


class NitemtradeRows(WeighedMonths):
    """One row a month, country and HS code."""

    statCd: list[str] = Field(description="Country code.")
    hsCd: list[str] = Field(description="HS code.")


class ItemtradeRows(WeighedMonths):
    """One row a month and HS code."""

    hsCd: list[str] = Field(description="HS code, 10 digits.")


class NationtradeRows(CountedMonths):
    """One row a month and country."""

    statCd: list[str] = Field(description="Country code.")


class NitemtradeData(Data):
    """Korea's trade by HS code, country and month. `rows` lie below the code asked for: 85 gives headings, 8507
    subheadings, 850760 Korea's 10-digit codes."""

    strtYymm: str
    endYymm: str
    hsSgn: str = Field(description="The code asked for; empty for all goods.")
    cntyCd: str = Field(description="The country or group asked for; empty for all countries.")
    months: WeighedMonths = Field(description=SUMS)
    grandTotal: WeighedTotal | None = Field(default=None, description=GRAND)
    statCdCntnKor1: dict[str, str] = Field(description="The service's name of each statCd.")
    statKor: dict[str, str] = Field(description="The service's name of each hsCd.")
    rows: NitemtradeRows

    def tables(self) -> list[Table]:
        """Totals by month, then codes and countries over the whole span, then every row."""
        groups = list(zip(self.rows.hsCd, self.rows.statCd, strict=True))
        heads = ("hsCd", "item", "statCd", "country")

        def labels(group: tuple[str, ...]) -> tuple[str, ...]:
            code, country = group
            return code, _item(code, self.statKor), country, _country(country, self.statCdCntnKor1)

        return _tables(self.months, self.rows, groups, heads, labels, asked={self.hsSgn, self.cntyCd})


class ItemtradeData(Data):
    """Korea's trade by HS code and month, all countries together; rows are Korea's 10-digit codes."""

    strtYymm: str
    endYymm: str
    hsSgn: str = Field(description="The code asked for; empty for all goods.")
    months: WeighedMonths = Field(description=SUMS)
    grandTotal: WeighedTotal | None = Field(default=None, description=GRAND)
    statKor: dict[str, str] = Field(description="The service's name of each hsCd.")
    rows: ItemtradeRows

    def tables(self) -> list[Table]:
        """Totals by month, then codes over the whole span, then every row."""

        def labels(group: tuple[str, ...]) -> tuple[str, ...]:
            return group[0], _item(group[0], self.statKor)

        groups = [(code,) for code in self.rows.hsCd]
        return _tables(self.months, self.rows, groups, ("hsCd", "item"), labels, asked={self.hsSgn})


class NationtradeData(Data):
    """Korea's trade by country and month, all goods together."""

    strtYymm: str
    endYymm: str
    cntyCd: str = Field(description="The country or group asked for; empty for all countries.")
    months: CountedMonths = Field(description=SUMS)
    grandTotal: CountedTotal | None = Field(default=None, description=GRAND)
    statCdCntnKor1: dict[str, str] = Field(description="The service's name of each statCd.")
    rows: NationtradeRows

    def tables(self) -> list[Table]:
        """Totals by month, then countries over the whole span, then every row."""

        def labels(group: tuple[str, ...]) -> tuple[str, ...]:
            return group[0], _country(group[0], self.statCdCntnKor1)

        groups = [(code,) for code in self.rows.statCd]
        return _tables(self.months, self.rows, groups, ("statCd", "country"), labels, asked={self.cntyCd})


class NewtradeData(Data):
    """Korea's whole trade by month."""

    strtYymm: str
    endYymm: str
    grandTotal: CountedTotal | None = Field(default=None, description=GRAND)
    rows: CountedMonths

    def tables(self) -> list[Table]:
        """One row a month."""
        return [_by_month(self.rows, "By month")]


_HEADS = {
    "expDlr": "expDlr",
    "impDlr": "impDlr",
    "balPayments": "balPayments",
    "expWgt": "expWgt kg",
    "impWgt": "impWgt kg",
    "expCnt": "expCnt declarations",
    "impCnt": "impCnt declarations",
}

DOLLARS = frozenset({"expDlr", "impDlr", "balPayments"})
"""The columns of money; weights and counts are not in the unit of the answer."""

KILOGRAMS = frozenset({"expWgt kg", "impWgt kg"})


def _shown(block: Weighed | Counted) -> list[str]:
    """The columns of figures in the order in which a table shows them: money first."""
    return [name for name in _HEADS if hasattr(block, name)]


def _by_month(months: WeighedMonths | CountedMonths, title: str) -> Table:
    names = _shown(months)
    rows = list(zip(months.year, *(months.column(name) for name in names), strict=True))
    return Table(("year", *(_HEADS[name] for name in names)), rows, title, DOLLARS, KILOGRAMS)


def _tables(
    months: WeighedMonths | CountedMonths,
    rows: WeighedMonths | CountedMonths,
    groups: Sequence[tuple[str, ...]],
    heads: tuple[str, ...],
    labels: Labels,
    *,
    asked: set[str],
) -> list[Table]:
    """The tables of an answer; those that would only repeat the one before are left out.

    A code that all rows have in common stands in the first title, unless it was asked for: then the header names it.
    """
    names = _shown(rows)
    figures = [tuple(cells) for cells in zip(*(rows.column(name) for name in names), strict=True)]
    sums: dict[tuple[str, ...], list[int | None]] = {}
    for group, cells in zip(groups, figures, strict=True):
        so_far = sums.setdefault(group, [None] * len(names))
        sums[group] = [added((a, b)) for a, b in zip(so_far, cells, strict=True)]
    span = f"{months.year[0]} to {months.year[-1]}" if len(months.year) > 1 else months.year[0]
    heads_of_figures = tuple(_HEADS[name] for name in names)
    common = [
        f"{code} ({label})" if label else code
        for code, label in reversed(_in_common([labels(group) for group in sums]))  # the longest last: it may be cut
        if code not in asked
    ]
    all_of = f", all of {', '.join(common)}" if common else ""
    found = [_by_month(months, f"By month, the sum of the rows{all_of}")]
    if len(sums) > 1:
        trade = [names.index("expDlr"), names.index("impDlr")]
        ranked = sorted(sums.items(), key=lambda entry: -sum(entry[1][i] or 0 for i in trade))
        cells = [(*labels(group), *values) for group, values in ranked]
        title = f"{span} added up, largest trade first"
        found.append(
            _without_constants(Table((*heads, *heads_of_figures), cells, title, DOLLARS, KILOGRAMS), len(heads))
        )
    if len(sums) > 1 and len(set(rows.year)) > 1:
        codes = tuple(head for head in heads if head in ("hsCd", "statCd"))
        kept = [i for i, name in enumerate(names) if name != "balPayments"]  # can be worked out, and is in `rows`
        detail = [
            (*group, year, *(cells[i] for i in kept))
            for year, group, cells in zip(rows.year, groups, figures, strict=True)
        ]
        columns = (*codes, "year", *(heads_of_figures[i] for i in kept))
        found.append(_without_constants(Table(columns, detail, "Every row", DOLLARS, KILOGRAMS), len(codes)))
    return found


def _in_common(labelled: Sequence[tuple[str, ...]]) -> list[tuple[str, str]]:
    """The codes with their labels in which all groups agree."""
    pairs = [list(zip(group[::2], group[1::2], strict=True)) for group in labelled]
    return [pair for i, pair in enumerate(pairs[0]) if all(others[i] == pair for others in pairs)] if pairs else []


def _without_constants(table: Table, labels: int) -> Table:
    """The table without those of its first columns in which all rows agree, such as the one country asked for."""
    kept = [i for i in range(len(table.columns)) if i >= labels or len({row[i] for row in table.rows}) > 1]
    rows = [tuple(row[i] for i in kept) for row in table.rows]
    return replace(table, columns=tuple(table.columns[i] for i in kept), rows=rows)


def added(values: Sequence[int | None]) -> int | None:
    """The sum of what is there; None if nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _item(code: str, names: dict[str, str]) -> str:
    """What a code means: in English where the HS has the code, else as the service calls it."""
    own = names.get(code, "")
    text = (describe(code, LABEL) if len(code) <= 6 else None) or own
    return text if len(text) <= LABEL else text[: LABEL - 1] + "…"


def _country(code: str, names: dict[str, str]) -> str:
    return english_name(code) or names.get(code, "")
