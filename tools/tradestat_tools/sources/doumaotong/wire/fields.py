"""How single values are written: amounts without loss, missing kept apart from zero, months in any spelling."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar, cast

from tradestat_tools.codes import periods
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.units import YuanUnit, exact, to_yuan
from tradestat_tools.codes.words import CodeError
from tradestat_tools.sources.doumaotong.wire.envelope import changed
from tradestat_tools.upstream import reading

T = TypeVar("T")
Num = int | float

MISSING_WORDS = reading.MISSING_WORDS | {"暂无", "无"}
"""Spellings of "no value"; only null is documented, the rest is what tables of this kind hold."""

_MAX_TEXT = 200
_YEAR_MONTH = re.compile(r"(20\d{2})\s*[-./年]?\s*(0?[1-9]|1[0-2])(?!\d)")


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object of an answer, read liberally: unknown members ignored, numbers as text taken, null is absent.

    Every reader takes the names that a member may have and gives None where none of them has a value.

    Args:
        raw: the object.
        where: its place in the answer, for messages.
    """

    raw: Mapping[str, object]
    where: str

    def has(self, *names: str) -> bool:
        """Whether any of the members is there, null or not."""
        return any(name in self.raw for name in names)

    def value(self, *names: str) -> object:
        """The first of the members that has a value, as it came."""
        for name in names:
            found = self.raw.get(name)
            if found is not None and not (isinstance(found, str) and found.strip().lower() in MISSING_WORDS):
                return found
        return None

    def _read(self, names: tuple[str, ...], read: Callable[[object, str], T]) -> T | None:
        found = self.value(*names)
        return None if found is None else read(found, f"{self.where}.{names[0]}")

    def text(self, *names: str) -> str | None:
        """A short text; a number is taken as text."""
        return self._read(names, _text)

    def required(self, name: str, expected: str) -> str:
        """A text that has to be there.

        Raises:
            UpstreamChanged: it is not; `expected` is what should be.
        """
        if (found := self.text(name)) is None:
            raise changed(f"{self.where}.{name}", expected, None)
        return found

    def need(self, *names: str) -> None:
        """Refuse an object that has none of these members; null is one.

        Raises:
            UpstreamChanged: it has none.
        """
        if not self.has(*names):
            raise changed(self.where, " or ".join(f"`{name}`" for name in names), sorted(self.raw))

    def number(self, *names: str) -> Num | None:
        """A number as it is."""
        return self._read(names, lambda found, where: _plain(_exact(found, where)))

    def yuan(self, name: str, unit: YuanUnit) -> Num | None:
        """An amount of exports, brought from `unit` to RMB yuan."""
        return self._read((name,), lambda found, where: _plain(to_yuan(_amount(found, where), unit)))

    def percent(self, *names: str) -> Num | None:
        """A percentage: 12.3 and "12.3%" and "+12.3%" are all 12.3.

        That figures stand in percent and not as fractions is documented; the sign % is not, but text may carry it.
        """
        return self._read(names, _percent)

    def whole(self, *names: str) -> int | None:
        """A count."""
        return self._read(names, _whole)

    def month(self, *names: str) -> Period | None:
        """A month. `202503` and `2025-03` are both seen in documents; other usual spellings are taken too."""
        return self._read(names, _month)

    def one(self, name: str, read: "Callable[[Fields], T]") -> T | None:
        """What an object inside holds."""
        return self._read((name,), lambda found, where: read(fields(found, where)))

    def each(self, name: str, read: "Callable[[Fields], T]", key: str) -> list[T] | None:
        """What the objects of a list inside hold, each `key` once."""
        return self._read((name,), lambda found, where: [read(row) for row in once(rows(found, where), key)])

    def sub(self, name: str) -> "Fields | None":
        """An object inside."""
        return self._read((name,), fields)

    def rows(self, *names: str) -> "list[Fields] | None":
        """A list of objects inside."""
        return self._read(names, rows)

    def months(self, name: str) -> list[int] | None:
        """Months of the year, 1 to 12: a list, or text with separators."""
        return self._read((name,), _months_of_the_year)

    def texts(self, name: str) -> list[str] | None:
        """A list of short texts; one text alone is a list of one."""
        found = self.value(name)
        if found is None:
            return None
        items = cast("list[object]", found) if isinstance(found, list) else [found]
        texts = (Fields({name: item}, self.where).text(name) for item in items)
        return [text for text in texts if text is not None]

    def flag(self, name: str) -> bool | None:
        """A yes or no: true, 1, "1" and "true" are yes."""
        return self._read((name,), lambda found, _: str(found).strip().lower() in {"true", "1"})


def fields(found: object, where: str) -> Fields:
    """A JSON object for reading.

    Raises:
        UpstreamChanged: something else stands there.
    """
    if not isinstance(found, Mapping):
        raise changed(where, "an object", found)
    return Fields(cast("Mapping[str, object]", found), where)


def rows(found: object, where: str) -> list[Fields]:
    """A JSON list of objects for reading.

    Raises:
        UpstreamChanged: something else stands there.
    """
    if not isinstance(found, list):
        raise changed(where, "a list", found)
    return [fields(item, f"{where}[{at}]") for at, item in enumerate(cast("list[object]", found))]


def once(rows: Sequence[Fields], *keys: str) -> list[Fields]:
    """The rows without those that only repeat another one.

    Args:
        keys: the members that say what a row is of.

    Raises:
        UpstreamChanged: two rows of the same differ, so that one would count beside the other.
    """
    found: dict[str, Fields] = {}
    for row in rows:
        name = row.text(*keys) or row.where
        if found.setdefault(name, row).raw != row.raw:
            raise changed(f"{row.where}.{keys[0]}", "each once", f"{name} with {found[name].raw} and with {row.raw}")
    return list(found.values())


def by_month(rows: Sequence[Fields], name: str, figure: Callable[[Fields], Num | None]) -> dict[Period, Num | None]:
    """The figure of each month, oldest first.

    Args:
        rows: one a month, in any order.
        name: the member that holds the month.
        figure: how a row's figure is read.

    Raises:
        UpstreamChanged: a row has no month, or a month comes twice with different figures.
    """
    found: dict[Period, Num | None] = {}
    for row in rows:
        month, value = row.month(name), figure(row)
        if month is None:
            raise changed(f"{row.where}.{name}", "a month", None)
        if found.setdefault(month, value) != value:
            raise changed(f"{row.where}.{name}", "each month once", f"{month} with {found[month]} and with {value}")
    return {month: found[month] for month in sorted(found)}


def last_month(covered: str) -> Period | None:
    """The newest month named in a coverage text such as `2021-01 ~ 2025-09`; its exact form is not documented."""
    found = [Period(int(year), "month", int(month)) for year, month in _YEAR_MONTH.findall(covered)]
    return max(found, default=None)


def _text(found: object, where: str) -> str | None:
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        raise changed(where, "text", found)
    return reading.one_line(found, _MAX_TEXT) or None


def _exact(found: object, where: str) -> Decimal:
    """A number, or text that is one, without the loss that a float has once it is multiplied."""
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise changed(where, "a number", found)
    try:
        return exact(found)
    except CodeError:
        raise changed(where, "a number", found) from None


def _amount(found: object, where: str) -> Decimal:
    amount = _exact(found, where)
    if amount < 0:
        raise changed(where, "an amount that is not below zero", found)
    return amount


def _percent(found: object, where: str) -> Num | None:
    if isinstance(found, str):
        found = found.strip().removesuffix("%").removesuffix("％")
        if found.strip() in MISSING_WORDS:
            return None
    return _plain(_exact(found, where))


def _whole(found: object, where: str) -> int:
    number = _exact(found, where)
    if number != int(number):
        raise changed(where, "a whole number", found)
    return int(number)


def _month(found: object, where: str) -> Period:
    try:
        return periods.month(found if isinstance(found, str | int) else "")
    except CodeError:
        raise changed(where, "a month", found) from None


def _months_of_the_year(found: object, where: str) -> list[int]:
    items = re.findall(r"\d+", found) if isinstance(found, str) else found
    if not isinstance(items, list):
        raise changed(where, "a list of months", found)
    numbers = [_whole(item, where) for item in cast("list[object]", items)]
    if not all(1 <= number <= 12 for number in numbers):
        raise changed(where, "months 1 to 12", found)
    return numbers


def _plain(number: Decimal) -> Num:
    """A number as JSON has it: whole ones without a point."""
    return int(number) if number == number.to_integral_value() else float(number)
