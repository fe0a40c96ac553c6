"""Trade Map's own lists: countries, groups, HS codes, EBOPS items and coverage, read into typed records.

Numbers may come as text, labels as null, unknown members are ignored. What is required and missing costs its entry.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, cast

from tradestat_tools.codes.periods import Period, from_yyyyqq, period
from tradestat_tools.codes.words import CodeError
from tradestat_tools.sources.trademap.wire.envelope import changed, excerpt, kind_of
from tradestat_tools.sources.trademap.wire.values import (
    Odd,
    Oddities,
    code_of,
    count_of,
    entries_of,
    product_of,
    require_some,
    text_of,
)

E = TypeVar("E")

Frequency = Literal["Y", "Q", "M"]

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

FREQUENCIES: Mapping[str, Frequency] = {
    **{"y": "Y", "a": "Y", "yearly": "Y", "annual": "Y", "year": "Y"},
    **{"q": "Q", "quarterly": "Q", "quarter": "Q", "m": "M", "monthly": "M", "month": "M"},
}
"""What a frequency may be called; Y, Q and M are documented."""

_TRUE = (True, "true", "True")

Span = tuple[str, str]
"""First and last period: `2001`, `2002Q1`, `2002-01`."""


@dataclass(frozen=True, slots=True)
class Listed(Generic[E]):
    """A list as it came.

    Args:
        stated: how many entries the service says there are; None where it does not say.
        unread: what of it could not be read.
    """

    entries: tuple[E, ...]
    stated: int | None = None
    unread: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[E]:
        return iter(self.entries)

    @property
    def is_whole(self) -> bool:
        """Whether every entry that there is came and could be read, so that what is not here does not exist."""
        return not self.unread and (self.stated is None or self.stated <= len(self.entries))


@dataclass(frozen=True, slots=True)
class Country:
    """A reporter or partner; `coverage` holds only what exists. `ti`: trade indicators are available.

    `unread` are the period objects that could not be read: coverage may exist there.
    """

    countryCd: str
    label: str
    nes: bool
    ti: bool
    coverage: Mapping[str, Span]
    unread: frozenset[str] = frozenset()


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


def parse_countries(content: Any) -> Listed[Country]:
    """`get_countries`: `{"total", "countries": [...]}`."""
    return _reference(content, "countries", ("countryCd", "label"), _country)


def _country(entry: Mapping[str, Any], odd: Oddities) -> Country:
    code = code_of(entry["countryCd"])
    coverage: dict[str, Span] = {}
    unread: list[str] = []
    for name, frequency in COVERAGE.items():
        try:
            span = _span(entry, name, frequency)
        except Odd as error:
            odd.add(str(error) if name not in entry else f"`{name}` of {code}: {error}")
            unread.append(name)
        else:
            coverage |= {name: span} if span is not None else {}
    return Country(
        countryCd=code,
        label=text_of(entry["label"]) or "",
        nes=entry.get("nes") in _TRUE,
        ti=entry.get("ti") in _TRUE,
        coverage=coverage,
        unread=frozenset(unread),
    )


def _span(entry: Mapping[str, Any], name: str, frequency: Frequency) -> Span | None:
    """First and last period; None where the service says that there is none, by zeros or null.

    Raises:
        Odd: it says nothing, or nothing that can be read: that is not taken for none.
    """
    if name not in entry:
        raise Odd(f"`{name}`, which is not there")
    value: object = entry[name]
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Odd(f"{kind_of(value)} where two periods were expected")
    bounds = cast("dict[str, Any]", value)
    first, last = read_period(bounds.get("firstPeriod"), frequency), read_period(bounds.get("lastPeriod"), frequency)
    if first is None and last is None:
        return None
    if first is None or last is None or first > last:
        raise Odd(f"{first} to {last}")
    return first, last


def read_period(value: Any, frequency: Frequency) -> str | None:
    """A period in one form: 2025, 202602 as `2026Q2` or `2026-02` by frequency; None for 0 or nothing.

    Quarters and months look alike on the wire (YYYYQQ and YYYYMM, seen September 2026), so the frequency decides.

    Raises:
        Odd: no such period.
    """
    text = text_of(value)
    if text is None or not text.strip("0"):
        return None
    found: Period | None = None
    with suppress(CodeError):
        found = from_yyyyqq(text) if frequency == "Q" else period(text)
    if found is None or found.frequency[0].upper() != frequency:
        raise Odd(f"{excerpt(text)} where a period of frequency {frequency} was expected")
    return str(found)


def parse_groups(content: Any) -> Listed[Group]:
    """`get_country_groups`: entries `{id, label, type, note, members?}`."""
    return _reference(content, "groups", ("id", "label"), _group)


def _group(entry: Mapping[str, Any], odd: Oddities) -> Group:
    members = entry.get("members")
    if members is not None and not isinstance(members, list):
        odd.add(f"members of a group that are {kind_of(members)}")
        members = None
    return Group(
        id=text_of(entry["id"]) or "",
        label=text_of(entry["label"]) or "",
        type=text_of(entry.get("type")) or "",
        note=text_of(entry.get("note")),
        members=None if members is None else tuple(_members(cast("list[Any]", members), odd)),
    )


def _members(values: list[Any], odd: Oddities) -> Iterator[tuple[str, str]]:
    """Code and name: `{countryCd, label}` (seen), or the code alone."""
    for value in values:
        member = cast("dict[str, Any]", value) if isinstance(value, dict) else {"countryCd": value}
        try:
            yield code_of(member.get("countryCd")), text_of(member.get("label")) or ""
        except Odd as error:
            odd.add(f"a member of a group: {error}")


def parse_products(content: Any) -> Listed[Item]:
    """`get_products_hs`: entries `{productCd, label, revisions}`, with `ALL` for all goods."""
    return _reference(content, "products", ("productCd", "label"), _item)


def parse_services(content: Any) -> Listed[Item]:
    """`get_services_ebops`: entries `{productCd, label, displayCd, maxLevel}`, with `S00` for all services."""
    return _reference(content, "services", ("productCd", "label"), _item)


def _item(entry: Mapping[str, Any], _: Oddities) -> Item:
    more = (text_of(entry.get(name)) for name in ("revisions", "displayCd", "maxLevel"))
    return Item(product_of(entry["productCd"]) or "", text_of(entry["label"]) or "", *more)


def parse_coverage(content: Any) -> Listed[Latest]:
    """`get_coverage`: entries `{dataType: Y|Q|M, nbCountries, latestPeriod}`."""
    return _reference(content, "coverage", ("dataType",), _latest)


def _latest(entry: Mapping[str, Any], odd: Oddities) -> Latest:
    """Trade Map calls the newest period `latestPeriod` here (seen September 2026) and `lastPeriod` in its countries.

    Of a frequency that is not known the period stays as it came: 202602 may be a quarter, a month or neither.
    """
    kind = text_of(entry["dataType"]) or ""
    name = "latestPeriod" if "latestPeriod" in entry else "lastPeriod"
    if name not in entry:
        raise Odd("an entry of coverage without `latestPeriod`")
    frequency = FREQUENCIES.get(kind.lower())
    newest = text_of(entry[name])
    if frequency is None:
        odd.add(f"`dataType` {excerpt(kind)}, so that its period stands as it came")
    else:
        try:
            newest = read_period(entry[name], frequency)
        except Odd as error:
            odd.add(f"{error}; it stands as it came")
    return Latest(kind, count_of(entry.get("nbCountries")), newest)


def _reference(
    content: Any, name: str, need: tuple[str, ...], read: Callable[[Mapping[str, Any], Oddities], E]
) -> Listed[E]:
    """A reference list; none of them is ever empty.

    Of the lists only `countries` is documented with its name; the others' names are assumed, so the only list that
    there is will do, and so will the content itself if it is one.

    Raises:
        UpstreamChanged: there is no such list, or nothing in it can be read.
    """
    members = cast("dict[str, Any]", content) if isinstance(content, dict) else None
    found = cast("object", content) if members is None else _list_in(members, name)
    if not isinstance(found, list):
        raise changed(f"there is no list of {name} ({kind_of(found)})")
    odd = Oddities()
    entries: list[E] = []
    for entry in entries_of(found, name, need, odd):
        try:
            entries.append(read(entry, odd))
        except Odd as error:
            odd.add(str(error))
    require_some(entries, odd)
    if not entries:
        raise changed(f"the list of {name} is empty")
    return Listed(tuple(entries), count_of(members.get("total")) if members else None, odd.told)


def _list_in(members: Mapping[str, Any], name: str) -> Any:
    if name in members:
        return members[name]
    lists = [member for member, value in members.items() if isinstance(value, list)]
    return members[lists[0]] if len(lists) == 1 else None
