"""The typed answers: columns under the service's own field names, each name said once.

All lists of one block have the same length; position i of each belongs together. Money is US dollars (exports FOB,
imports CIF), weight net kilograms, counts are customs declarations. None is "no figure given", never zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from tradestat_tools.codes.labels import labels as of_hs
from tradestat_tools.codes.periods import format_yyyymm
from tradestat_tools.model.answers import Cell, Data, Table
from tradestat_tools.sources.korea.arguments import Reply, Selection
from tradestat_tools.sources.korea.codes import english_name
from tradestat_tools.sources.korea.service import Operation
from tradestat_tools.sources.korea.wire.cells import Figures, added, amount, plain
from tradestat_tools.sources.korea.wire.rows import TOTAL, Row

Column = list[int | None]
Weights = list[int | float | None]
MONTHS = "Months, YYYY.MM."
SUMS = "By month, the sum of `rows`; made here. None where a month has no row, or one without the figure."
GRAND = "The service's own total row (총계), which is not among `rows`; with several calls, their sum."

LABEL = 44
"""Characters of a product's name in a table."""

LONG_SPAN = 24
"""Months beyond which sums by year stand before them."""


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid")

    def column(self, name: str) -> Weights:
        """A column of figures by its name."""
        return getattr(self, name)


class WeighedMonths(_Block):
    """Figures by month, of the statistics by item."""

    expWgt: Weights = Field(description="Export weight, kg net.")
    expDlr: Column = Field(description="Export value, US dollars, FOB.")
    impWgt: Weights = Field(description="Import weight, kg net.")
    impDlr: Column = Field(description="Import value, US dollars, CIF.")
    balPayments: Column = Field(description="Trade balance, expDlr - impDlr, US dollars.")
    year: list[str] = Field(description=MONTHS)


class CountedMonths(_Block):
    """Figures by month, of the statistics without items."""

    expCnt: Column = Field(description="Export declarations, number.")
    expDlr: Column = Field(description="Export value, US dollars, FOB.")
    impCnt: Column = Field(description="Import declarations, number.")
    impDlr: Column = Field(description="Import value, US dollars, CIF.")
    balPayments: Column = Field(description="Trade balance, expDlr - impDlr, US dollars.")
    year: list[str] = Field(description=MONTHS)


class WeighedTotal(BaseModel):
    """The service's total row of the statistics by item."""

    expWgt: int | float | None = None
    expDlr: int | None = None
    impWgt: int | float | None = None
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
        return _tables(self)


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
        return _tables(self)


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
        return _tables(self)


class NewtradeData(Data):
    """Korea's whole trade by month."""

    strtYymm: str
    endYymm: str
    grandTotal: CountedTotal | None = Field(default=None, description=GRAND)
    rows: CountedMonths

    def tables(self) -> list[Table]:
        """Years of a long span, then one row a month."""
        return [*_by_year(self.rows), _by_month(self.rows, "By month")]


TradeData = NitemtradeData | ItemtradeData | NationtradeData | NewtradeData

D = TypeVar("D", bound=TradeData)


def laid_out(data: type[D], selection: Selection, replies: Sequence[Reply], rows: Sequence[Row]) -> D:
    """The rows in those fields that a tool's data have."""
    operation = selection.operation
    fields = {
        "strtYymm": format_yyyymm(selection.start),
        "endYymm": format_yyyymm(selection.end),
        "hsSgn": selection.hs,
        "cntyCd": selection.partner.id,
        "months": _sums_by_month(selection, rows),
        "grandTotal": _grand_total(selection, replies),
        "statCdCntnKor1": _names((reply.page.statCdCntnKor1 for reply in replies), {row.statCd for row in rows}),
        "statKor": _names((reply.page.statKor for reply in replies), {row.hsCd for row in rows}),
        "rows": _columns(operation, rows),
    }
    return data.model_validate({name: value for name, value in fields.items() if name in data.model_fields})


def _columns(operation: Operation, rows: Sequence[Row]) -> dict[str, Any]:
    columns: dict[str, Any] = {"year": [row.year for row in rows]}
    if operation.by_country:
        columns["statCd"] = [row.statCd for row in rows]
    if operation.by_item:
        columns["hsCd"] = [row.hsCd for row in rows]
    return columns | _by_name(operation, [row.figures for row in rows])


def _sums_by_month(selection: Selection, rows: Sequence[Row]) -> dict[str, Any]:
    """The sums of the rows, for every month asked for."""
    by_month: dict[str, list[Row]] = {month: [] for month in selection.months}
    for row in rows:
        by_month[row.year].append(row)
    width = len(selection.operation.measures)
    sums = [added([row.figures for row in of_month], width) for of_month in by_month.values()]
    return {"year": list(by_month), **_by_name(selection.operation, sums)}


def _by_name(operation: Operation, figures: Sequence[Figures]) -> dict[str, Weights]:
    """The figures of rows as columns."""
    return {name: [plain(row[i]) for row in figures] for i, name in enumerate(operation.measures)}


def _grand_total(selection: Selection, replies: Sequence[Reply]) -> dict[str, int | float | None] | None:
    """The service's total rows added up over the calls; nothing if a call with rows came without one, or with two.

    Of a group nothing either: the service's total is that of all countries.
    """
    if selection.partner.group:
        return None
    found = [[t for t in reply.page.totals if t.year == TOTAL] for reply in replies if reply.page.rows]
    if any(len(totals) != 1 for totals in found):
        return None
    measures = selection.operation.measures
    sums = added([totals[0].figures for totals in found], len(measures))
    return dict(zip(measures, map(plain, sums), strict=True))


def _names(replies: Iterable[Mapping[str, str]], used: set[str]) -> dict[str, str]:
    """The newest name of each code that rows use."""
    return {code: name for names in replies for code, name in names.items() if code in used}


_HEADS = {
    "expDlr": "expDlr",
    "impDlr": "impDlr",
    "balPayments": "balPayments",
    "expWgt": "expWgt kg",
    "impWgt": "impWgt kg",
    "expCnt": "expCnt declarations",
    "impCnt": "impCnt declarations",
}

MANY = 24
"""Rows of items with countries from which on each of the two is summed up, and their rows are shown on request."""

LARGEST = 20
"""Rows of such a sum, before one of all others."""

FIRST = "largest trade (exports and imports) first"

DOLLARS = frozenset({"expDlr", "impDlr", "balPayments"})
"""The columns of money; weights and counts are not in the unit of the answer."""

KILOGRAMS = frozenset({"expWgt kg", "impWgt kg"})

COUNTED = {"expCnt declarations": "declarations", "impCnt declarations": "declarations"}


def _by_month(months: WeighedMonths | CountedMonths, title: str) -> Table:
    names = [name for name in _HEADS if hasattr(months, name)]
    rows = list(zip(months.year, *(months.column(name) for name in names), strict=True))
    return Table(("year", *(_HEADS[name] for name in names)), rows, title, DOLLARS, KILOGRAMS, units=COUNTED)


def _by_year(months: WeighedMonths | CountedMonths) -> list[Table]:
    """The sums of the months that have figures, and how many those are; nothing for a span that is not long."""
    if len(months.year) <= LONG_SPAN:
        return []
    names = [name for name in _HEADS if hasattr(months, name)]
    by_year: dict[str, list[Figures]] = {}
    for month, *cells in zip(months.year, *(months.column(name) for name in names), strict=True):
        of_year = by_year.setdefault(month.partition(".")[0], [])
        if any(cell is not None for cell in cells):
            of_year.append(tuple(map(amount, cells)))
    rows: list[tuple[Cell, ...]] = [
        (year, len(found), *map(plain, added(found, len(names)))) for year, found in by_year.items()
    ]
    heads = ("year", "months", *(_HEADS[name] for name in names))
    title = "By year, the sum of its months with figures"
    return [Table(heads, rows, title, DOLLARS, KILOGRAMS, units=COUNTED | {"months": "count"})]


def _tables(data: NitemtradeData | ItemtradeData | NationtradeData) -> list[Table]:
    """Totals by year where there are many months, by month, then codes and countries over the span, then every row.

    Those that would only repeat the one before are left out. A code that all rows have in common stands in the first
    title, unless it was asked for: then the answer's first line names it.
    """
    rows, months = data.rows, data.months.year
    names = [name for name in _HEADS if hasattr(rows, name)]
    figures = list(zip(*(rows.column(name) for name in names), strict=True))
    codes: list[str] = []
    labels: dict[str, str] = {}
    if not isinstance(data, NationtradeData):
        codes.append("hsCd")
        english = of_hs((code for code in dict.fromkeys(data.rows.hsCd) if len(code) <= 6), LABEL)
        labels |= {code: _item(english.get(code) or data.statKor.get(code, "")) for code in set(data.rows.hsCd)}
    if not isinstance(data, ItemtradeData):
        codes.append("statCd")
        labels |= {code: _country(code, data.statCdCntnKor1) for code in set(data.rows.statCd)}
    groups: list[tuple[str, ...]] = list(zip(*(getattr(rows, name) for name in codes), strict=True))
    by_group: dict[tuple[str, ...], list[Figures]] = {}
    for group, cells in zip(groups, figures, strict=True):
        by_group.setdefault(group, []).append(tuple(map(amount, cells)))
    sums = {group: tuple(map(plain, added(cells, len(names)))) for group, cells in by_group.items()}
    asked = {getattr(data, "hsSgn", ""), getattr(data, "cntyCd", "")}
    shared = _shared(list(sums), labels, asked)
    found = [*_by_year(data.months), _by_month(data.months, f"By month, the sum of the rows{shared}")]
    trade = [names.index("expDlr"), names.index("impDlr")]
    if len(sums) > 1:
        ranked = sorted(sums.items(), key=lambda entry: -sum(entry[1][i] or 0 for i in trade))
        span = f"{months[0]} to {months[-1]}" if len(months) > 1 else months[0]
        heads = [head for code in codes for head in (code, _LABELS[code])]
        cells = [(*(text for code in group for text in (code, labels[code])), *values) for group, values in ranked]
        by_each = _by_each(codes, by_group, labels, names, f"{span} added up") if len(sums) > MANY else []
        whole = _table(heads, names, cells, f"{span} added up{' by both' * bool(by_each)}, {FIRST}")
        found += [*by_each, replace(whole, listing=bool(by_each))]
    if len(sums) > 1 and len(set(rows.year)) > 1:
        kept = [i for i, name in enumerate(names) if name != "balPayments"]  # can be worked out, and is in `rows`
        every = sorted(
            zip(rows.year, groups, figures, strict=True),
            key=lambda row: (row[0], -sum(row[2][i] or 0 for i in trade)),
        )
        detail = [(*group, year, *(cells[i] for i in kept)) for year, group, cells in every]
        listing = _table([*codes, "year"], [names[i] for i in kept], detail, "Every row, by month and trade")
        found.append(replace(listing, listing=True))
    return found


def _by_each(
    codes: Sequence[str],
    by_group: Mapping[tuple[str, ...], Sequence[Figures]],
    labels: Mapping[str, str],
    names: Sequence[str],
    span: str,
) -> list[Table]:
    """Of many items and countries the sums of each item and each country: the largest, and all others together.

    Nothing where only one of the two varies.
    """
    if len(codes) < 2 or any(len(set(column)) == 1 for column in zip(*by_group, strict=True)):
        return []
    trade = [names.index("expDlr"), names.index("impDlr")]
    found: list[Table] = []
    for at, code in enumerate(codes):
        of: dict[str, list[Figures]] = {}
        for group, cells in by_group.items():
            of.setdefault(group[at], []).extend(cells)
        added_up = {one: tuple(map(plain, added(cells, len(names)))) for one, cells in of.items()}
        ranked = sorted(added_up.items(), key=lambda entry: -sum(entry[1][i] or 0 for i in trade))
        rows: list[tuple[Cell, ...]] = [(one, labels[one], *values) for one, values in ranked[:LARGEST]]
        if rest := [cells for one, _ in ranked[LARGEST:] for cells in of[one]]:
            others = f"all {len(ranked) - LARGEST} others"
            rows.append((None, others, *map(plain, added(rest, len(names)))))
        title = f"{span} by {_LABELS[code]}, {FIRST}"
        found.append(_table((code, _LABELS[code]), names, rows, title))
    return found


def _shared(groups: Sequence[tuple[str, ...]], labels: Mapping[str, str], asked: set[str]) -> str:
    """The codes that all groups have in common and that were not asked for: `, all of CN (China)`."""
    found: list[str] = []
    for code, *others in zip(*groups, strict=True):
        if set(others) <= {code} and code not in asked:
            found.append(f"{code} ({labels[code]})" if labels[code] else code)
    return f", all of {', '.join(reversed(found))}" if found else ""  # the longest last: it may be cut


_LABELS = {"hsCd": "item", "statCd": "country"}


def _table(heads: Sequence[str], names: Sequence[str], rows: Sequence[tuple[Cell, ...]], title: str) -> Table:
    """A table without those of its codes and labels in which all rows agree, such as the one country asked for."""
    columns = (*heads, *(_HEADS[name] for name in names))
    kept = [i for i, head in enumerate(columns) if head not in _CODES or len({row[i] for row in rows}) > 1]
    cells = [tuple(row[i] for i in kept) for row in rows]
    return Table(tuple(columns[i] for i in kept), cells, title, DOLLARS, KILOGRAMS, units=COUNTED)


_CODES = frozenset({*_LABELS, *_LABELS.values()})


def _item(text: str) -> str:
    """What a code means: in English where the HS has the code, else as the service calls it, cut to fit a table."""
    return text if len(text) <= LABEL else text[: LABEL - 1] + "…"


def _country(code: str, names: Mapping[str, str]) -> str:
    return english_name(code) or names.get(code, "")
