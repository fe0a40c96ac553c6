"""How single values are written in doumaotong's answers. What no document settles is assumed here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.periods import format_yyyymm, period
from tradestat_tools.codes.units import YuanUnit, exact, to_yuan
from tradestat_tools.sources.doumaotong.wire.envelope import changed

Num = int | float

MISSING_WORDS = frozenset({"", "-", "--", "—", "–", "/", "null", "none", "n/a", "暂无", "无"})
"""Spellings of "no value"; only null is documented, the rest is what tables of this kind hold."""

_MAX_TEXT = 200
_YEAR_MONTH = re.compile(r"(20\d{2})\s*[-./年]?\s*(0?[1-9]|1[0-2])(?!\d)")


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object of an answer, read liberally: unknown members ignored, numbers as text taken, null is absent.

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
        """The first of the members that has a value; None if none has."""
        for name in names:
            found = self.raw.get(name)
            if found is not None and not (isinstance(found, str) and found.strip().lower() in MISSING_WORDS):
                return found
        return None

    def text(self, *names: str) -> str | None:
        """A short text; a number is taken as text."""
        found = self.value(*names)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            raise changed(f"{self.where}.{names[0]}", "text", found)
        return "".join(char for char in str(found).strip() if char.isprintable())[:_MAX_TEXT] or None

    def number(self, *names: str) -> Num | None:
        """A number as it is."""
        found = self._exact(*names)
        return None if found is None else plain(found)

    def yuan(self, name: str, unit: YuanUnit) -> Num | None:
        """An amount, brought from `unit` to RMB yuan."""
        found = self._exact(name)
        return None if found is None else plain(to_yuan(found, unit))

    def percent(self, *names: str) -> Num | None:
        """A percentage: 12.3 and "12.3%" and "+12.3%" are all 12.3.

        That figures stand in percent and not as fractions is documented; the sign % is not, but text may carry it.
        """
        found = self.value(*names)
        if isinstance(found, str):
            found = found.strip().removesuffix("%").removesuffix("％")
            if found.strip() in MISSING_WORDS:
                return None
        return None if found is None else plain(self._read(found, names[0]))

    def whole(self, *names: str) -> int | None:
        """A count."""
        found = self.number(*names)
        if found is not None and found != int(found):
            raise changed(f"{self.where}.{names[0]}", "a whole number", found)
        return None if found is None else int(found)

    def month(self, *names: str) -> str | None:
        """A month as YYYYMM, however it is written."""
        found = self.value(*names)
        return None if found is None else read_month(found, f"{self.where}.{names[0]}")

    def sub(self, *names: str) -> "Fields | None":
        """An object inside."""
        found = self.value(*names)
        return None if found is None else fields(found, f"{self.where}.{names[0]}")

    def rows(self, *names: str) -> "list[Fields] | None":
        """A list of objects inside; None where it is not there."""
        found = self.value(*names)
        return None if found is None else rows(found, f"{self.where}.{names[0]}")

    def months(self, name: str) -> list[int] | None:
        """Months of the year, 1 to 12: a list, or text with separators."""
        found = self.value(name)
        if found is None:
            return None
        items = re.findall(r"\d+", found) if isinstance(found, str) else found
        where = f"{self.where}.{name}"
        if not isinstance(items, list):
            raise changed(where, "a list of months", found)
        numbers = [read_whole(item, where) for item in cast("list[object]", items)]
        if not all(1 <= number <= 12 for number in numbers):
            raise changed(where, "months 1 to 12", found)
        return numbers

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
        found = self.value(name)
        return None if found is None else str(found).strip().lower() in {"true", "1"}

    def _exact(self, *names: str) -> Decimal | None:
        found = self.value(*names)
        return None if found is None else self._read(found, names[0])

    def _read(self, found: object, name: str) -> Decimal:
        return read_number(found, f"{self.where}.{name}")


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


def read_number(found: object, where: str) -> Decimal:
    """A number, or text that is one.

    Raises:
        UpstreamChanged: neither.
    """
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise changed(where, "a number", found)
    try:
        return exact(found)
    except CodeError:
        raise changed(where, "a number", found) from None


def read_whole(found: object, where: str) -> int:
    """A whole number, or text that is one.

    Raises:
        UpstreamChanged: neither.
    """
    number = read_number(found, where)
    if number != int(number):
        raise changed(where, "a whole number", found)
    return int(number)


def read_month(found: object, where: str) -> str:
    """A month as YYYYMM. `202503` and `2025-03` are both seen in documents; other usual spellings are taken too.

    Raises:
        UpstreamChanged: not a month.
    """
    try:
        return format_yyyymm(period(found if isinstance(found, str | int) else ""))
    except CodeError:
        raise changed(where, "a month", found) from None


def last_month(covered: str) -> str | None:
    """The newest month named in a coverage text such as `2021-01 ~ 2025-09`; its exact form is not documented."""
    found = [f"{year}{int(month):02d}" for year, month in _YEAR_MONTH.findall(covered)]
    return max(found) if found else None


def plain(number: Decimal) -> Num:
    """A number as JSON has it: whole ones without a point."""
    return int(number) if number == number.to_integral_value() else float(number)
