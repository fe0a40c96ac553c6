"""Trade Map's tables, read into typed records.

Numbers may come as text, labels and flags as null, unknown members are ignored. A missing figure is None, never 0; one
that can not be read is None too, and said to be so.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from tradestat_tools.codes.units import unit
from tradestat_tools.codes.words import CodeError
from tradestat_tools.sources.trademap.wire.envelope import changed, excerpt, kind_of
from tradestat_tools.sources.trademap.wire.lists import read_period
from tradestat_tools.sources.trademap.wire.values import (
    Number,
    Odd,
    Oddities,
    code_of,
    count_of,
    entries_of,
    figure_of,
    product_of,
    require_some,
    text_of,
)

THOUSAND_USD = "thousand USD"
"""What figures are in where they do not say otherwise."""

PERCENT = "%"
PERCENT_WORDS = frozenset({PERCENT, "percent", "per cent", "percentage", "pct"})

IN_THOUSANDS = {"usd": Decimal("0.001"), "thousand_usd": Decimal(1), "million_usd": Decimal(1000)}
"""Thousand dollars in one of a unit."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure; `value` None is missing, or `unread`: something stands there that is no figure."""

    value: Number | None
    unit: str | None = None
    flag: str | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One reporter, partner and product; `cells` by period or by indicator."""

    reporterCd: str
    partnerCd: str
    productCd: str
    reporterLabel: str | None
    partnerLabel: str | None
    productLabel: str | None
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class DataSource:
    """Who compiled figures of a country."""

    countryCd: str | None
    label: str
    url: str | None
    since: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a table; `aggregateRecords` are the totals, apart from the rows.

    Args:
        page: its number; 0 where the service does not say.
        converted: units that the service states, of which figures were brought to thousand dollars.
        step: thousand dollars to which the service rounds.
        unread: what of it could not be read.
    """

    nbRecords: int | None
    page: int
    nbRecordPerPage: int | None
    nbPages: int
    refYear: int | None
    records: tuple[Record, ...]
    aggregateRecords: tuple[Record, ...]
    sources: tuple[DataSource, ...]
    converted: tuple[str, ...] = ()
    step: float = 1.0
    unread: tuple[str, ...] = ()

    @property
    def everything(self) -> tuple[Record, ...]:
        """Rows and totals."""
        return (*self.records, *self.aggregateRecords)


def parse_series(content: Any) -> Page:
    """A time series; cells by year."""
    page = _page(content, "period", _year)
    return _in_thousands(page, [set(_cell_names(page))])


def parse_indicators(content: Any) -> Page:
    """Trade indicators; cells by indicator code, each in a unit of its own."""
    page = _page(content, "indicatorCd", text_of)
    return _in_thousands(page, [{name} for name in _cell_names(page)])


CellName = Callable[[Any], str | None]


def _year(value: Any) -> str | None:
    """The series are yearly (documented); six digits would be a quarter or a month, and which is not known."""
    try:
        return read_period(value, "Y")
    except Odd:
        raise Odd(f"period {excerpt(value)} is not a year") from None


def _page(content: Any, cell_key: str, cell_name: CellName) -> Page:
    """A table as it came.

    Raises:
        UpstreamChanged: no table, or nothing in it can be read.
    """
    if not isinstance(content, dict):
        raise changed(f"the content is {kind_of(content)}, not an object")
    table = cast("dict[str, Any]", content)
    if "records" not in table and "aggregateRecords" not in table:
        raise changed("a table has no `records`")
    odd = Oddities()
    if "records" not in table:
        odd.add("`records`, which is not there")
    records = _records(table.get("records"), "records", cell_key, cell_name, odd)
    aggregates = _records(table.get("aggregateRecords"), "aggregateRecords", cell_key, cell_name, odd)
    sources = _sources(table.get("sources"))
    counted, size = count_of(table.get("nbRecords")), count_of(table.get("nbRecordPerPage"))
    pages = count_of(table.get("nbPages"))
    if pages is None:
        pages = _pages(counted, size, len(records))
        if pages is None:
            odd.add(f"`nbPages`, which is {excerpt(table.get('nbPages'))}: whether there are more rows is not known")
    cells = (cell for record in (*records, *aggregates) for cell in record.cells.values())
    require_some([cell for cell in cells if cell.value is not None], odd)
    return Page(
        nbRecords=counted,
        page=count_of(table.get("page")) or 0,
        nbRecordPerPage=size,
        nbPages=1 if pages is None else pages,
        refYear=count_of(table.get("refYear")),
        records=records,
        aggregateRecords=aggregates,
        sources=sources,
        unread=odd.told,
    )


def _pages(counted: int | None, size: int | None, rows: int) -> int | None:
    """How many pages there are by the other counts, where the service does not say."""
    if counted is None:
        return None
    return 1 if counted <= rows else math.ceil(counted / size) if size else None


def _records(value: Any, name: str, cell_key: str, cell_name: CellName, odd: Oddities) -> tuple[Record, ...]:
    found: dict[tuple[str, str, str], Record] = {}
    try:
        entries = entries_of(value, name, ("reporterCd", "partnerCd", "productCd", "data"), odd)
    except Odd as error:
        odd.add(str(error))
        return ()
    for entry in entries:
        try:
            one = _record(entry, cell_key, cell_name, odd)
        except Odd as error:
            odd.add(f"an entry of {name} with {error}")
            continue
        key = (one.reporterCd, one.partnerCd, one.productCd)
        found[key] = _once(found[key], one, "/".join(key), odd) if key in found else one
    return tuple(found.values())


def _once(one: Record, other: Record, row: str, odd: Oddities) -> Record:
    """A row that came twice: of two figures that differ neither is given, for which is right is not known."""
    cells = {**one.cells, **other.cells}
    for name in one.cells.keys() & other.cells.keys():
        if one.cells[name] != other.cells[name]:
            odd.add(f"two figures of {row} for {excerpt(name)}")
            cells[name] = Cell(None, unread=True)
    return replace(one, cells=cells)


def _record(entry: Mapping[str, Any], cell_key: str, cell_name: CellName, odd: Oddities) -> Record:
    product = product_of(entry["productCd"])
    if product is None:
        raise Odd(f"a product code that is {kind_of(entry['productCd'])}")
    reporter, partner = code_of(entry["reporterCd"]), code_of(entry["partnerCd"])
    return Record(
        reporterCd=reporter,
        partnerCd=partner,
        productCd=product,
        reporterLabel=text_of(entry.get("reporterLabel")),
        partnerLabel=text_of(entry.get("partnerLabel")),
        productLabel=text_of(entry.get("productLabel")),
        cells=_cells(entry["data"], cell_key, cell_name, f"{reporter}/{partner}/{product}", odd),
    )


def _cells(value: Any, key: str, name_of: CellName, row: str, odd: Oddities) -> dict[str, Cell]:
    """The figures of a record. Of two for the same period neither is given: which is right is not known."""
    cells: dict[str, Cell] = {}
    for entry in entries_of(value, "data", (key,), odd):
        try:
            name = name_of(entry[key])
        except Odd as error:
            odd.add(f"a figure of {row}: {error}")
            continue
        if name is None:
            odd.add(f"a figure of {row} without `{key}`")
        elif name in cells:
            odd.add(f"two figures of {row} for {excerpt(name)}")
            cells[name] = Cell(None, unread=True)
        else:
            cells[name] = _cell(entry, f"{row}, {name}", odd)
    return cells


def _cell(entry: Mapping[str, Any], where: str, odd: Oddities) -> Cell:
    stated, flag = entry.get("unit"), text_of(entry.get("flag"))
    stated = text_of(stated) or kind_of(stated) if stated not in (None, "") else None
    try:
        return Cell(figure_of(entry.get("value", ...)), stated, flag)
    except Odd as error:
        odd.add(f"{error} as the figure of {where}")
        return Cell(None, stated, flag, unread=True)


def _sources(value: Any) -> tuple[DataSource, ...]:
    """Several shapes were seen (September 2026); what names the compiler is kept."""
    return tuple(_source(entry) for entry in cast("list[Any]", value)) if isinstance(value, list) else ()


def _source(value: Any) -> DataSource:
    if not isinstance(value, dict):
        return DataSource(None, text_of(value) or "not named", None, None)
    entry = cast("dict[str, Any]", value)
    labels = (text_of(entry.get(name)) for name in ("label", "labelEn", "source", "name"))
    label = next((text for text in labels if text), "not named")
    code: str | None = None
    with suppress(Odd):
        code = code_of(entry.get("countryCd", entry.get("reporterCd")))
    return DataSource(code, label, text_of(entry.get("url")), text_of(entry.get("startingDate")))


def only_asked(page: Page, reporter: str, products: Collection[str] | None) -> Page:
    """The page without the rows of another reporter or product. Where it has no others it stays: then it is the answer
    to another question."""
    kept = tuple(r for r in page.records if r.reporterCd == reporter and (products is None or r.productCd in products))
    totals = tuple(record for record in page.aggregateRecords if record.reporterCd == reporter)
    left_out = len(page.everything) - len(kept) - len(totals)
    if not left_out or (page.records and not kept) or (page.aggregateRecords and not totals and not kept):
        return page
    rows = "1 row" if left_out == 1 else f"{left_out} rows"
    unread = (*page.unread, f"{rows} of another reporter or product")
    return replace(page, records=kept, aggregateRecords=totals, unread=unread)


# Units


def _cell_names(page: Page) -> list[str]:
    return list(dict.fromkeys(name for record in page.everything for name in record.cells))


def stated_units(records: Iterable[Record], names: set[str], usual: str | None = THOUSAND_USD) -> set[str]:
    """The units that the figures of these periods or indicators are in; `usual` is what goes without saying."""
    cells = (cell for record in records for name, cell in record.cells.items() if name in names)
    found = {usual if cell.unit is None else _in_one_spelling(cell.unit) for cell in cells if cell.value is not None}
    return {text for text in found if text is not None}


def _in_one_spelling(stated: str) -> str:
    if _dollars(stated) == "thousand_usd":
        return THOUSAND_USD
    return PERCENT if stated.lower() in PERCENT_WORDS else stated


def _dollars(stated: str) -> str | None:
    try:
        found = unit(stated)
    except CodeError:
        return None
    return found if found in IN_THOUSANDS else None


def _in_thousands(page: Page, columns: Sequence[set[str]]) -> Page:
    """The page with figures in dollars or millions of them brought to thousands, where all of a column say what they
    are in: of one that says nothing beside others it is not known."""
    for names in columns:
        figures = [
            cell for r in page.everything for name, cell in r.cells.items() if name in names and cell.value is not None
        ]
        stated = list(dict.fromkeys(cell.unit for cell in figures))
        units = [None if text is None else _dollars(text) for text in stated]
        if None in units or all(one == "thousand_usd" for one in units):
            continue
        page = replace(
            page,
            records=tuple(_converted(record, names) for record in page.records),
            aggregateRecords=tuple(_converted(record, names) for record in page.aggregateRecords),
            converted=tuple(dict.fromkeys([*page.converted, *(text for text in stated if text)])),
            step=max(page.step if page.converted else 0.0, *(float(IN_THOUSANDS[one]) for one in units if one)),
        )
    return page


def _converted(record: Record, names: set[str]) -> Record:
    return replace(
        record,
        cells={
            name: cell if name not in names or cell.value is None else _cell_in_thousands(cell)
            for name, cell in record.cells.items()
        },
    )


def _cell_in_thousands(cell: Cell) -> Cell:
    dollars = _dollars(cell.unit or "")
    if dollars is None or cell.value is None:
        return cell
    value = Decimal(str(cell.value)) * IN_THOUSANDS[dollars]
    return replace(cell, value=int(value) if value == value.to_integral_value() else float(value), unit=THOUSAND_USD)
