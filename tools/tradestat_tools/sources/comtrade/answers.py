"""Rows of UN Comtrade as series: periods once, and for every flow between two partners its values in that order."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import BaseModel, Field

from tradestat_tools.codes import hs
from tradestat_tools.codes.countries import areas
from tradestat_tools.codes.ebops import ebops_entry
from tradestat_tools.codes.labels import apart, labels
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.answers import Cell, Data, Table
from tradestat_tools.sources.comtrade.calendar import wire_period
from tradestat_tools.sources.comtrade.codes import BREAKDOWNS, FLOWS
from tradestat_tools.sources.comtrade.wire.envelope import Amount
from tradestat_tools.sources.comtrade.wire.rows import Row, fields

Amounts = list[Amount | None]

MEASURES = ("primaryValue", "cifvalue", "fobvalue", "netWgt", "grossWgt", "qty", "altQty")
"""What a series holds per period."""

DOLLARS = frozenset(MEASURES[:3])
"""Those of them that are values."""

KILOGRAMS = frozenset({"netWgt, kg", "grossWgt, kg", "qty, kg"})
"""Heads of weights."""

ATTRIBUTES = (
    "classificationCode",
    "isOriginalClassification",
    "qtyUnitAbbr",
    "isQtyEstimated",
    "altQtyUnitAbbr",
    "isAltQtyEstimated",
    "isNetWgtEstimated",
    "isGrossWgtEstimated",
    "legacyEstimationFlag",
    "isReported",
    "isAggregate",
)
"""What the service says of a row besides its figures. The same for all rows: once in `common`; else per period."""

LABEL_LENGTH = 60

SHOWN = 6
"""Names or codes that a note lists before it counts the rest."""

OTHER_ASIA = "490"
"""The area that stands for Taiwan (documented, autumn 2026). The service calls it "Other Asia, nes", never Taiwan."""


@dataclass(frozen=True, slots=True)
class AreaLabel:
    """A reporter or partner as the service names it."""

    desc: str
    iso: str | None = None


class Commodity(BaseModel):
    """A product or service code: its text in the newest edition of the answer, and its level (2, 4, 6 digits in HS)."""

    cmdDesc: str
    aggrLevel: Amount | None = None
    isLeaf: bool | None = None


class Attributes(BaseModel):
    """What holds for every row of the answer."""

    partner2Code: str | None = None
    customsCode: str | None = None
    motCode: str | None = None
    mosCode: str | None = None
    classificationCode: str | None = None
    isOriginalClassification: bool | None = None
    qtyUnitAbbr: str | None = None
    isQtyEstimated: bool | None = None
    altQtyUnitAbbr: str | None = None
    isAltQtyEstimated: bool | None = None
    isNetWgtEstimated: bool | None = None
    isGrossWgtEstimated: bool | None = None
    legacyEstimationFlag: Amount | None = None
    isReported: bool | None = None
    isAggregate: bool | None = None


@dataclass(slots=True, kw_only=True)
class Series:
    """One reporter's flow with one partner in one product. Every list stands beside `periods`; null is no figure.

    `primaryValue` is CIF for imports and FOB for exports unless the notes say otherwise. Weights are kg.
    Attributes are here only where they differ within the answer.
    """

    reporterCode: str
    partnerCode: str
    flowCode: str
    cmdCode: str
    partner2Code: str | None = None
    customsCode: str | None = None
    motCode: str | None = None
    mosCode: str | None = None
    primaryValue: Amounts
    cifvalue: Amounts | None = None
    fobvalue: Amounts | None = None
    netWgt: Amounts | None = None
    grossWgt: Amounts | None = None
    qty: Amounts | None = None
    altQty: Amounts | None = None
    classificationCode: list[str | None] | None = None
    isOriginalClassification: list[bool | None] | None = None
    qtyUnitAbbr: list[str | None] | None = None
    isQtyEstimated: list[bool | None] | None = None
    altQtyUnitAbbr: list[str | None] | None = None
    isAltQtyEstimated: list[bool | None] | None = None
    isNetWgtEstimated: list[bool | None] | None = None
    isGrossWgtEstimated: list[bool | None] | None = None
    legacyEstimationFlag: Amounts | None = None
    isReported: list[bool | None] | None = None
    isAggregate: list[bool | None] | None = None


class TradeData(Data):
    """Trade as UN Comtrade holds it, in US dollars."""

    typeCode: str
    freqCode: str
    clCode: str
    periods: list[str] = Field(description="The years or months asked for; every list of a record has this order.")
    reporters: dict[str, AreaLabel]
    partners: dict[str, AreaLabel]
    flows: dict[str, str]
    commodities: dict[str, Commodity]
    common: Attributes = Field(description="What is the same for all rows.")
    records: list[Series] = Field(description="Largest newest value first within a reporter and flow.")

    def tables(self) -> list[Table]:
        """Values, weights and quantities.

        In one table for one series or one period; else in a table each, with one row a series, or one a period where
        there are more periods.
        """
        if len(self.records) == 1:
            return [self._one_series(self.records[0])]
        weighed = any(record.netWgt for record in self.records)
        units = {unit for record in self.records for unit in self._units(record) if unit}
        counted = bool(units - {"kg"}) and any(record.qty for record in self.records)
        one_unit = next(iter(units)) if len(units) == 1 else ""
        if len(self.periods) == 1:
            return [self._one_period(weighed=weighed, counted=counted, one_unit=one_unit)]
        shown = [self._pivot("primaryValue", "Value, USD")]
        if weighed:
            shown.append(self._pivot("netWgt", "Net weight, kg", unit="kg"))
        if counted:
            title = f"Quantity, {one_unit or 'units as in the column'}"
            shown.append(self._pivot("qty", title, unit=one_unit or IN_COLUMN, units=not one_unit))
        return shown

    def _one_period(self, *, weighed: bool, counted: bool, one_unit: str) -> Table:
        heads, labels = self._varying_labels()
        columns = [*heads, "primaryValue"]
        lists: list[list[Cell]] = [[record.primaryValue[0] for record in self.records]]
        if weighed:
            columns.append("netWgt, kg")
            lists.append([record.netWgt[0] if record.netWgt else None for record in self.records])
        if counted:
            columns.append(f"qty, {one_unit}" if one_unit else "qty")
            lists.append([record.qty[0] if record.qty else None for record in self.records])
        if counted and not one_unit:
            columns.append("unit")
            lists.append([self._units(record)[0] if record.qty else None for record in self.records])
        rows = [(*label, *cells) for label, *cells in zip(labels, *lists, strict=True)]
        return Table(tuple(columns), rows, measures=DOLLARS, weights=KILOGRAMS, units=_quantities(columns, one_unit))

    def _one_series(self, record: Series) -> Table:
        measures = [name for name in MEASURES if getattr(record, name) and (name != "altQty" or not record.qty)]
        units = self._units(record)
        unit = units[0] if len(set(units)) == 1 else None
        same = [name for name in ("cifvalue", "fobvalue") if getattr(record, name) == record.primaryValue]
        same += ["qty"] if unit == "kg" and record.qty == record.netWgt else []
        measures = [name for name in measures if name not in same]
        heads = {"netWgt": "netWgt, kg", "grossWgt": "grossWgt, kg", "qty": f"qty, {unit}" if unit else "qty"}
        columns = ["period", *(heads.get(name, name) for name in measures)]
        extra: list[Sequence[Cell]] = []
        if "qty" in measures and unit is None:
            columns.append("unit")
            extra.append(units)
        if record.classificationCode:
            columns.append("edition")
            extra.append(record.classificationCode)
        lists: list[Sequence[Cell]] = [getattr(record, name) for name in measures]
        rows = [(period, *(cells[i] for cells in [*lists, *extra])) for i, period in enumerate(self.periods)]
        units = _quantities(columns, unit or "")
        return Table(tuple(columns), rows, measures=DOLLARS, weights=KILOGRAMS, units=units)

    def _units(self, record: Series) -> list[str | None]:
        return record.qtyUnitAbbr or [self.common.qtyUnitAbbr] * len(self.periods)

    def _pivot(self, measure: str, title: str, *, unit: str = "", units: bool = False) -> Table:
        heads, labels = self._varying_labels()
        lists: list[Amounts] = [getattr(record, measure) or [None] * len(self.periods) for record in self.records]
        kept = [i for i, amounts in enumerate(lists) if any(amount is not None for amount in amounts)]
        if not units and len(self.periods) > len(kept):
            columns = ("period", *(" ".join(labels[i]) for i in kept))
            by_period = [(period, *(lists[i][at] for i in kept)) for at, period in enumerate(self.periods)]
            return _in_unit(Table(columns, by_period, title), columns[1:], unit)
        rows: list[tuple[Cell, ...]] = []
        for i in kept:
            own = (", ".join(sorted({u for u in self._units(self.records[i]) if u})),) if units else ()
            rows.append((*labels[i], *own, *lists[i]))
        columns = (*heads, *(("unit",) if units else ()), *self.periods)
        return _in_unit(Table(columns, rows, title), self.periods, unit)

    def _varying_labels(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """The heads and cells of what differs between the series; what is the same is in the answer's first line."""
        products = apart({code: item.cmdDesc for code, item in self.commodities.items()}, 36)
        columns: dict[str, list[str]] = {
            "reporter": [_in_table(r.reporterCode, self.reporters) for r in self.records],
            "flow": [r.flowCode for r in self.records],
            "partner": [_in_table(r.partnerCode, self.partners) for r in self.records],
            "code": [f"{r.cmdCode} {products[r.cmdCode]}" for r in self.records],
            **{name: [getattr(r, name) or "" for r in self.records] for name in BREAKDOWNS},
        }
        varying = {name: cells for name, cells in columns.items() if len(set(cells)) > 1} or {
            "reporter": columns["reporter"]
        }
        return tuple(varying), list(zip(*varying.values(), strict=True))


IN_COLUMN = "as in the column unit"


def _in_unit(table: Table, columns: Sequence[str], unit: str) -> Table:
    """A table whose columns of figures are in a unit; without one, in that of the answer."""
    if not unit:
        return replace(table, measures=frozenset(columns))
    if unit == "kg":
        return replace(table, weights=frozenset(columns))
    return replace(table, units=dict.fromkeys(columns, unit))


def _quantities(columns: Sequence[str], unit: str) -> dict[str, str]:
    """The units of the columns of quantities beside values and weights."""
    return {head: unit or IN_COLUMN for head in columns if head.partition(",")[0] in ("qty", "altQty")}


def listed(items: Iterable[str], shown: int = SHOWN) -> str:
    """`a, b, c and 4 more`."""
    names = list(items)
    rest = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {rest} more" if rest > 0 else "")


def as_series(rows: Sequence[Row], span: Sequence[Period], *, typeCode: str, freqCode: str, clCode: str) -> TradeData:
    """Rows joined into series. A cell that comes twice gets a series of its own: nothing is overwritten or added up."""
    columns = list(dict.fromkeys([*map(wire_period, span), *sorted({row.period for row in rows})]))
    place = {period: at for at, period in enumerate(columns)}
    common = {
        name: getattr(rows[0], name)
        for name in (*BREAKDOWNS, *ATTRIBUTES)
        if rows and len(set(map(fields(name), rows))) == 1
    }
    names = (*_KEY, *(name for name in BREAKDOWNS if name not in common))
    cell_of = fields(*names)
    cells: dict[tuple[Any, int], list[Row | None]] = {}
    for row in rows:
        key, at = cell_of(row), place[row.period]
        repeat = 0
        while (series := cells.setdefault((key, repeat), [None] * len(columns)))[at] is not None:
            repeat += 1
        series[at] = row
    ordered = sorted(cells.values(), key=_rank)
    del cells  # its keys are as large as what they stand for
    varying = tuple(name for name in ATTRIBUTES if name not in common)
    series_of = _Joining(names, varying)
    return TradeData(
        typeCode=typeCode,
        freqCode=freqCode,
        clCode=clCode,
        periods=columns,
        reporters=_labels(map(fields("reporterCode", "reporterDesc", "reporterISO"), rows)),
        partners=_labels(map(fields("partnerCode", "partnerDesc", "partnerISO"), rows)),
        flows={code: FLOWS[code].label if code in FLOWS else code for code in dict.fromkeys(r.flowCode for r in rows)},
        commodities=_commodities(rows),
        common=Attributes.model_validate(common),
        records=[series_of(series) for series in ordered],
    )


_KEY = ("reporterCode", "flowCode", "partnerCode", "cmdCode")


def _rank(series: Sequence[Row | None]) -> tuple[Any, ...]:
    """By reporter and flow, then the largest newest value first."""
    row = next(row for row in reversed(series) if row is not None)
    return (row.reporterCode.zfill(4), row.flowCode, -(row.primaryValue or 0), row.partnerCode.zfill(4), row.cmdCode)


class _Joining:
    """Makes the figures of some rows, one a period or none, a series.

    Args:
        names: the codes and breakdowns that tell series apart.
        varying: the attributes that are not the same for all rows of the answer.
    """

    def __init__(self, names: Sequence[str], varying: Sequence[str]) -> None:
        self._names, self._codes = names, fields(*names)
        self._lists, self._figures = (*MEASURES, *varying), fields(*MEASURES, *varying)
        self._without = (None,) * len(self._lists)
        self._shared: dict[tuple[str, tuple[Any, ...]], list[Any]] = {}
        """Attributes that several series have; there may be 100,000 series."""

    def __call__(self, series: Sequence[Row | None]) -> Series:
        row = next(row for row in series if row is not None)
        known: dict[str, Any] = dict(zip(self._names, self._codes(row), strict=True))
        by_period = [self._without if row is None else self._figures(row) for row in series]
        for name, figures in zip(self._lists, zip(*by_period, strict=True), strict=True):
            if name == "primaryValue" or figures.count(None) < len(figures):
                known[name] = (
                    list(figures) if name in MEASURES else self._shared.setdefault((name, figures), list(figures))
                )
        return Series(**known)


@cache
def _area_names() -> dict[str, AreaLabel]:
    own = {area.comtrade: AreaLabel(desc=area.name_en, iso=area.iso3 or None) for area in areas() if area.comtrade}
    return own | {OTHER_ASIA: AreaLabel(desc="Other Asia, nes", iso=own[OTHER_ASIA].iso)}


def area_label(code: str) -> str:
    """The name of a UN Comtrade area, from this package's table."""
    known = _area_names().get(code)
    return known.desc if known else f"area {code}"


def area_text(code: str, desc: str | None = None) -> str:
    """An area by name and code: `Germany (276)`; `desc` is its name as the service gives it, this package's else."""
    used_for = "; used for Taiwan" if code == OTHER_ASIA else ""
    return f"{desc or area_label(code)} ({code}{used_for})"


def what(data: TradeData) -> str:
    """Who, whom, what and when, short enough that unit and source still fit on the line beside it."""
    who = listed((area_text(code, label.desc) for code, label in data.reporters.items()), 3)
    whom = listed((area_text(code, label.desc) for code, label in data.partners.items()), 3)
    room = 60 if len(data.commodities) == 1 else 20
    texts = apart({code: item.cmdDesc for code, item in data.commodities.items()}, room)
    products = listed((f"{code} {text}" for code, text in texts.items()), 3)
    first, last = data.periods[0], data.periods[-1]
    when = first if first == last else f"{first} to {last}"
    return f"{who}: {' and '.join(data.flows.values())}, partner {whom}; {data.clCode} {products}; {when}"


def goods_named(codes: Sequence[str]) -> str:
    """HS codes with their names, for the first line of an answer that names none."""
    names = labels(codes, LABEL_LENGTH if len(codes) == 1 else 30) | {"TOTAL": "All commodities"}
    return f"HS {listed((' '.join(filter(None, (code, names.get(code)))) for code in codes), 3)}"


def _in_table(code: str, labels: dict[str, AreaLabel]) -> str:
    desc = labels[code].desc
    return area_text(code, desc) if code == OTHER_ASIA else desc


def _labels(named: Iterable[tuple[str, str | None, str | None]]) -> dict[str, AreaLabel]:
    """The service's names; where it was asked to leave them out, this package's."""
    labels: dict[str, AreaLabel] = {}
    for code, desc, iso in named:
        if code not in labels:
            own = _area_names().get(code)
            labels[code] = AreaLabel(desc=desc or area_label(code), iso=iso or (own.iso if own else None))
    return labels


def _commodities(rows: Iterable[Row]) -> dict[str, Commodity]:
    newest: dict[str, Row] = {}
    for row in rows:
        if row.cmdCode not in newest or row.period > newest[row.cmdCode].period:
            newest[row.cmdCode] = row
    return {
        code: Commodity(cmdDesc=row.cmdDesc or commodity_label(row), aggrLevel=row.aggrLevel, isLeaf=row.isLeaf)
        for code, row in sorted(newest.items())
    }


def commodity_label(row: Row) -> str:
    """This package's text for a product whose row has none; the bare code where it knows none."""
    if row.cmdCode == "TOTAL":
        return "All commodities"
    edition = row.classificationCode or ""
    if edition.startswith("H"):
        return hs.describe(row.cmdCode, LABEL_LENGTH) or row.cmdCode
    if edition == "EB10":
        with suppress(CodeError):
            return ebops_entry(row.cmdCode).label
    return row.cmdCode
