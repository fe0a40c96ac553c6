"""What is inside the envelope: Trade Map's own lists and tables, read into typed records.

Numbers may come as text, labels and flags as null, unknown members are ignored. What is required and missing is
UpstreamChanged. A missing figure is None, never 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from tradestat_tools.codes.periods import Period, from_yyyyqq, period
from tradestat_tools.codes.words import CodeError
from tradestat_tools.sources.trademap.wire.envelope import changed, excerpt, kind_of
from tradestat_tools.upstream.reading import number

Number = int | float
Frequency = Literal["Y", "Q", "M"]

MAX_FIGURE = 1e15
"""Thousand dollars: far above the trade of the whole world, and exact as a number."""

COVERAGE: Mapping[str, Frequency] = {
    "yearly246": "Y",
    "yearly10D": "Y",
    "yearlyReexport": "Y",
    "yearlyServices": "Y",
    "quarterly": "Q",
    "quarterlyServices": "Q",
    "monthly": "M",
}
"""The period objects of a country: goods by HS 2/4/6, by national tariff line, re-exports, services, and so on."""

Span = tuple[str, str]
"""First and last period: `2001`, `2002Q1`, `2002-01`."""


@dataclass(frozen=True, slots=True)
class Country:
    """A reporter or partner; `coverage` holds only what exists. `ti`: trade indicators are available."""

    countryCd: str
    label: str
    nes: bool
    ti: bool
    coverage: Mapping[str, Span]


@dataclass(frozen=True, slots=True)
class Group:
    """A country group. `id` is an opaque number, not a country code; `members` is None where none were sent."""

    id: str
    label: str
    type: str
    note: str | None
    members: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True, slots=True)
class Item:
    """An HS code, with an opaque marker of availability; or an EBOPS item, with its number there and deepest level."""

    productCd: str
    label: str
    revisions: str | None
    displayCd: str | None
    maxLevel: str | None


@dataclass(frozen=True, slots=True)
class Latest:
    """How many countries report at a frequency, and the newest period."""

    dataType: str
    nbCountries: int | None
    latestPeriod: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure; `value` None is missing."""

    value: Number | None
    unit: str | None = None
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One reporter, partner and product; `cells` by period or by indicator, as the service sent them."""

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
    """One page of a table; `aggregateRecords` are the totals, apart from the rows."""

    nbRecords: int | None
    page: int
    nbRecordPerPage: int | None
    nbPages: int
    refYear: int | None
    records: tuple[Record, ...]
    aggregateRecords: tuple[Record, ...]
    sources: tuple[DataSource, ...]

    @property
    def everything(self) -> tuple[Record, ...]:
        """Rows and totals."""
        return (*self.records, *self.aggregateRecords)


def parse_countries(content: Any) -> tuple[Country, ...]:
    """`get_countries`: `{"total", "countries": [...]}`."""
    return tuple(_country(entry) for entry in _reference(content, "countries", need=("countryCd", "label")))


def _country(entry: Mapping[str, Any]) -> Country:
    spans = ((name, _span(entry.get(name), frequency)) for name, frequency in COVERAGE.items())
    return Country(
        countryCd=_code(entry["countryCd"]),
        label=_text(entry["label"]) or "",
        nes=entry.get("nes") is True,
        ti=entry.get("ti") is True,
        coverage={name: span for name, span in spans if span is not None},
    )


def _span(value: Any, frequency: Frequency) -> Span | None:
    if not isinstance(value, dict):
        return None
    bounds = cast("dict[str, Any]", value)
    first, last = read_period(bounds.get("firstPeriod"), frequency), read_period(bounds.get("lastPeriod"), frequency)
    return (first, last) if first and last else None


def read_period(value: Any, frequency: str) -> str | None:
    """A period in one form: 2025, 202602 as `2026Q2` or `2026-02` by frequency; None for 0 or nothing.

    Quarters and months look alike on the wire (YYYYQQ and YYYYMM, seen September 2026), so the frequency decides.
    """
    text = _text(value)
    if text is None or not text.strip("0"):
        return None
    try:
        found: Period = from_yyyyqq(text) if frequency == "Q" else period(text)
    except CodeError:
        raise changed(f"{excerpt(text)} stands where a period of frequency {frequency} was expected") from None
    return str(found)


def parse_groups(content: Any) -> tuple[Group, ...]:
    """`get_country_groups`: entries `{id, label, type, note, members?}`."""
    return tuple(_group(entry) for entry in _reference(content, "groups", need=("id", "label")))


def _group(entry: Mapping[str, Any]) -> Group:
    members = entry.get("members")
    return Group(
        id=_text(entry["id"]) or "",
        label=_text(entry["label"]) or "",
        type=_text(entry.get("type")) or "",
        note=_text(entry.get("note")),
        members=None if members is None else tuple(_member(member) for member in _list(members, "members")),
    )


def _member(value: Any) -> tuple[str, str]:
    """Code and name: `{countryCd, label}` (seen), or the code alone."""
    if not isinstance(value, dict):
        return _code(value), ""
    member = cast("dict[str, Any]", value)
    return _code(member.get("countryCd")), _text(member.get("label")) or ""


def parse_products(content: Any) -> tuple[Item, ...]:
    """`get_products_hs`: entries `{productCd, label, revisions}`, with `ALL` for all goods."""
    return tuple(_item(entry) for entry in _reference(content, "products", need=("productCd", "label")))


def parse_services(content: Any) -> tuple[Item, ...]:
    """`get_services_ebops`: entries `{productCd, label, displayCd, maxLevel}`, with `S00` for all services."""
    return tuple(_item(entry) for entry in _reference(content, "services", need=("productCd", "label")))


def _item(entry: Mapping[str, Any]) -> Item:
    more = (_text(entry.get(name)) for name in ("revisions", "displayCd", "maxLevel"))
    return Item(_text(entry["productCd"]) or "", _text(entry["label"]) or "", *more)


def parse_coverage(content: Any) -> tuple[Latest, ...]:
    """`get_coverage`: entries `{dataType: Y|Q|M, nbCountries, latestPeriod}`."""
    return tuple(_latest(entry) for entry in _reference(content, "coverage", need=("dataType",)))


def _latest(entry: Mapping[str, Any]) -> Latest:
    """Trade Map calls the newest period `latestPeriod` here (seen September 2026) and `lastPeriod` in its countries."""
    kind = _text(entry["dataType"]) or ""
    name = "latestPeriod" if "latestPeriod" in entry else "lastPeriod"
    if name not in entry:
        raise changed("an entry of coverage has no `latestPeriod`")
    return Latest(kind, _count(entry.get("nbCountries")), read_period(entry[name], kind))


def parse_series(content: Any) -> Page:
    """A time series; cells by year."""
    return _page(content, "period", _year)


def parse_indicators(content: Any) -> Page:
    """Trade indicators; cells by indicator code."""
    return _page(content, "indicatorCd", _text)


CellName = Callable[[Any], str | None]


def _year(value: Any) -> str | None:
    """The series are yearly (documented); six digits would be a quarter or a month, and which is not known."""
    text = read_period(value, "Y")
    if text is not None and len(text) != len("2025"):
        raise changed(f"period {excerpt(value)} of a series is not a year")
    return text


def _page(content: Any, cell_key: str, cell_name: CellName) -> Page:
    if not isinstance(content, dict):
        raise changed(f"the content is {kind_of(content)}, not an object")
    table = cast("dict[str, Any]", content)
    for name in ("records", "nbPages"):
        if name not in table:
            raise changed(f"a table has no `{name}`")
    pages = _count(table["nbPages"])
    if pages is None:
        raise changed(f"`nbPages` is {excerpt(table['nbPages'])}, not a number")
    return Page(
        nbRecords=_count(table.get("nbRecords")),
        page=_count(table.get("page")) or 1,
        nbRecordPerPage=_count(table.get("nbRecordPerPage")),
        nbPages=pages,
        refYear=_count(table.get("refYear")),
        records=_records(table["records"], "records", cell_key, cell_name),
        aggregateRecords=_records(table.get("aggregateRecords"), "aggregateRecords", cell_key, cell_name),
        sources=tuple(_source(entry) for entry in _list(table.get("sources"), "sources")),
    )


def _records(value: Any, name: str, cell_key: str, cell_name: CellName) -> tuple[Record, ...]:
    entries = _entries(_list(value, name), name, need=("reporterCd", "partnerCd", "productCd", "data"))
    return tuple(
        Record(
            reporterCd=_code(e["reporterCd"]),
            partnerCd=_code(e["partnerCd"]),
            productCd=_text(e["productCd"]) or "",
            reporterLabel=_text(e.get("reporterLabel")),
            partnerLabel=_text(e.get("partnerLabel")),
            productLabel=_text(e.get("productLabel")),
            cells=_cells(e["data"], cell_key, cell_name),
        )
        for e in entries
    )


def _cells(value: Any, key: str, name_of: CellName) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for entry in _entries(_list(value, "data"), "data", need=(key,)):
        name = name_of(entry[key])
        if name is None or name in cells:
            raise changed(f"a record's `data` has {'two cells' if name else 'a cell'} with `{key}` {excerpt(name)}")
        cells[name] = Cell(_figure(entry.get("value")), _text(entry.get("unit")), _text(entry.get("flag")))
    return cells


def _source(value: Any) -> DataSource:
    """Several shapes were seen (September 2026); what names the compiler is kept."""
    if not isinstance(value, dict):
        return DataSource(None, _text(value) or "not named", None, None)
    entry = cast("dict[str, Any]", value)
    labels = (_text(entry.get(name)) for name in ("label", "labelEn", "source", "name"))
    label = next((text for text in labels if text), "not named")
    code = entry.get("countryCd", entry.get("reporterCd"))
    return DataSource(
        None if code is None else _code(code), label, _text(entry.get("url")), _text(entry.get("startingDate"))
    )


def _reference(content: Any, name: str, *, need: tuple[str, ...]) -> list[Mapping[str, Any]]:
    """A reference list; none of them is ever empty."""
    entries = _entries(content, name, need=need)
    if not entries:
        raise changed(f"the list of {name} is empty")
    return entries


def _entries(content: Any, name: str, *, need: tuple[str, ...]) -> list[Mapping[str, Any]]:
    """The list of objects under `name`, or the only list there is, or the content itself if it is one.

    Of the lists only `countries` is documented with its name; the others' names are assumed, hence the second way.
    """
    found = _list_in(cast("dict[str, Any]", content), name) if isinstance(content, dict) else content
    if not isinstance(found, list):
        raise changed(f"there is no list of {name} ({kind_of(found)})")
    entries = cast("list[Any]", found)
    for entry in entries:
        missing = [n for n in need if not isinstance(entry, dict) or n not in entry]
        if missing:
            raise changed(f"an entry of {name} has no `{missing[0]}`")
    return cast("list[Mapping[str, Any]]", entries)


def _list_in(members: Mapping[str, Any], name: str) -> Any:
    if name in members:
        return members[name]
    lists = [member for member, value in members.items() if isinstance(value, list)]
    return members[lists[0]] if len(lists) == 1 else None


def _list(value: Any, name: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise changed(f"`{name}` is {kind_of(value)}, not a list")
    return cast("list[Any]", value)


def _text(value: Any) -> str | None:
    """Text or a number as text, without blanks around it; None for null, blanks and anything nested."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < MAX_FIGURE:
        return None
    return str(int(value)) if value == int(value) else str(value)


def _code(value: Any) -> str:
    """A three-digit area code; a number lost its leading zeros. Text stays: a group's id is unpadded."""
    text = _text(value)
    if text is None:
        raise changed(f"an area code is {kind_of(value)}")
    return text.zfill(3) if isinstance(value, int) else text


def _count(value: Any) -> int | None:
    text = _text(value)
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def _figure(value: Any) -> Number | None:
    """A figure; text may carry thousands commas. None for null, blanks and words for nothing.

    Raises:
        UpstreamChanged: something that is not a number.
    """
    try:
        found = number(value)
    except ValueError:
        what = excerpt(value) if isinstance(value, str) else kind_of(value)
        raise changed(f"{what} stands where a figure was expected") from None
    if found is not None and abs(found) >= MAX_FIGURE:
        raise changed("a figure is larger than any trade flow")
    return found
