"""Years, quarters and months, however they are usually written.

Only the letter Q makes a quarter of a period: `2025Q2` is a quarter, `202502` is always February. Trade Map
writes quarters as six digits too (`202502`, year and quarter); that form is read only by `from_yyyyqq`, never guessed.
"""

import datetime
import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Literal

from tradestat_tools.codes.words import CodeError, bounded, shown

FIRST_YEAR = 1962
"""The first year of UN Comtrade, the longest series of any source."""
LAST_YEAR = 2100

ALLOWED = f"a year (2025), a quarter (2025Q2) or a month (202503, 2025-03), {FIRST_YEAR} to {LAST_YEAR}"

Frequency = Literal["year", "quarter", "month"]
PER_YEAR: dict[Frequency, int] = {"year": 1, "quarter": 4, "month": 12}
"""Periods a year."""

_MONTHS = "january february march april may june july august september october november december"
_MONTH_NAMES = {form: number for number, name in enumerate(_MONTHS.split(), 1) for form in (name, name[:3])} | {
    "sept": 9
}

PLAIN = re.compile(r"([0-9]{4})([0-9]{2})?")
"""Years and months as services write them."""
_YEAR = re.compile(r"(\d{4})\s*[年년]?")
_MONTH = re.compile(r"(\d{4})(?:(\d{2})|\s*[-./年년M]\s*(\d{1,2})\s*[月월]?)", re.IGNORECASE)
_QUARTER = re.compile(r"(\d{4})\s*[-./年년]?\s*Q\s*(\d)|Q\s*(\d)\s*[-./]?\s*(\d{4})", re.IGNORECASE)
_QUARTER_IN_WORDS = re.compile(r"(\d{4})\s*(?:年\s*第?\s*([1-4一二三四])\s*季度|년\s*([1-4])\s*분기)")
_MONTH_FIRST = re.compile(r"(\d{1,2})\s*/\s*(\d{4})")
_NAMED = re.compile(r"([A-Za-z]{3,9})\.?[\s\-/,]*(\d{4})|(\d{4})[\s\-/]*([A-Za-z]{3,9})\.?")


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A year, a quarter (`number` 1 to 4) or a month (`number` 1 to 12); a year has `number` 1.

    Periods of any frequency can be compared: by their first month, and where that is the same the longer one first.

    Raises:
        CodeError: a year outside FIRST_YEAR..LAST_YEAR, or a quarter or month that does not exist.
    """

    year: int
    frequency: Frequency = "year"
    number: int = 1

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise CodeError(f"{self.year} is not a year of trade statistics.", allowed=ALLOWED)
        if not 1 <= self.number <= PER_YEAR[self.frequency]:
            raise CodeError(f"There is no {self.frequency} {self.number} in a year.", allowed=ALLOWED)

    @property
    def first_month(self) -> "Period":
        """The month this period begins with."""
        if self.frequency == "month":
            return self
        length = 12 // PER_YEAR[self.frequency]
        return Period(self.year, "month", (self.number - 1) * length + 1)

    @property
    def last_month(self) -> "Period":
        """The month this period ends with."""
        if self.frequency == "month":
            return self
        length = 12 // PER_YEAR[self.frequency]
        return Period(self.year, "month", self.number * length)

    def around(self, frequency: Frequency) -> "Period":
        """The period of the same or a longer frequency that this one begins in."""
        return Period(self.year, frequency, (self.first_month.number - 1) * PER_YEAR[frequency] // 12 + 1)

    def shifted(self, steps: int) -> "Period":
        """The period `steps` of its own kind later (earlier if negative).

        Raises:
            CodeError: it would lie outside FIRST_YEAR..LAST_YEAR.
        """
        per_year = PER_YEAR[self.frequency]
        year, number = divmod(self.year * per_year + self.number - 1 + steps, per_year)
        return Period(year, self.frequency, number + 1)

    def _key(self) -> int:
        # One number, because figures are held against spans one by one.
        per_year = PER_YEAR[self.frequency]
        return (self.year * 12 + (self.number - 1) * (12 // per_year)) * 16 + per_year

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        return self._key() < other._key()

    def __le__(self, other: object) -> bool:  # of its own, for the same reason
        if not isinstance(other, Period):
            return NotImplemented
        return self._key() <= other._key()

    def __str__(self) -> str:
        """`2025`, `2025Q2`, `2025-03`; `period` reads each back."""
        match self.frequency:
            case "year":
                return f"{self.year:04d}"
            case "quarter":
                return f"{self.year:04d}Q{self.number}"
            case "month":
                return f"{self.year:04d}-{self.number:02d}"


def period(value: str | int) -> Period:
    """The period meant by 2025, `2025Q2`, `202503`, `2025-03`, `2025.3`, `2025M03`, `3/2025`, `Mar 2025`, `2025年3月`.

    Raises:
        CodeError: not a period, month 13, or a year outside FIRST_YEAR..LAST_YEAR; `2025.1`, which may be
            October without its zero.
    """
    if isinstance(value, bool):
        raise CodeError("A yes/no value is not a period.", allowed=ALLOWED)
    if isinstance(value, str) and (found := PLAIN.fullmatch(value)):
        return Period(int(found[1]), "month", int(found[2])) if found[2] else Period(int(found[1]))
    text = bounded(str(value)).strip()
    if found := _YEAR.fullmatch(text):
        return Period(int(found[1]))
    if found := _QUARTER.fullmatch(text):
        return Period(int(found[1] or found[4]), "quarter", int(found[2] or found[3]))
    if found := _QUARTER_IN_WORDS.fullmatch(text):
        number = found[2] or found[3]
        return Period(int(found[1]), "quarter", "一二三四".find(number) + 1 or int(number))
    if found := _MONTH_FIRST.fullmatch(text):
        return Period(int(found[2]), "month", int(found[1]))
    if re.fullmatch(r"\d{4}\.1", text):  # 2025.10 written as a number loses its zero
        raise CodeError(f"{shown(text)} can be January or October.", allowed=f"{text[:4]}-01 or {text[:4]}-10")
    if found := _MONTH.fullmatch(text):
        return Period(int(found[1]), "month", int(found[2] or found[3]))
    if found := _NAMED.fullmatch(text):
        number = _MONTH_NAMES.get((found[1] or found[4]).lower())
        if number is not None:
            return Period(int(found[2] or found[3]), "month", number)
    raise CodeError(f"{shown(text)} is not a period.", allowed=ALLOWED)


def month(value: str | int) -> Period:
    """As `period`, but a month is wanted.

    Raises:
        CodeError: not a month.
    """
    return _of_frequency(value, "month", "a month such as 202503 or 2025-03")


def year(value: str | int) -> Period:
    """As `period`, but a year is wanted.

    Raises:
        CodeError: not a year.
    """
    return _of_frequency(value, "year", "a year such as 2025")


def _of_frequency(value: str | int, frequency: Frequency, allowed: str) -> Period:
    found = period(value)
    if found.frequency != frequency:
        raise CodeError(f"{shown(str(value))} is a {found.frequency}, not a {frequency}.", allowed=allowed)
    return found


def month_of(day: datetime.date) -> Period:
    """The month a day lies in."""
    return Period(day.year, "month", day.month)


def last_whole(month: Period, frequency: Frequency) -> Period:
    """The newest period of a frequency that is over with this month."""
    found = month.around(frequency)
    return found if found.last_month <= month else found.shifted(-1)


def format_yyyymm(value: Period) -> str:
    """A month as services write it: `202503`.

    Raises:
        CodeError: not a month.
    """
    if value.frequency != "month":
        raise CodeError(f"{value} is a {value.frequency}, not a month.", allowed="a month such as 202503")
    return f"{value.year:04d}{value.number:02d}"


def from_yyyyqq(value: str | int) -> Period:
    """The quarter that Trade Map writes as `202602` (year, then quarter 01 to 04).

    Raises:
        CodeError: not six digits, or a quarter that does not exist.
    """
    text = bounded(str(value)).strip()
    if not re.fullmatch(r"\d{6}", text, re.ASCII):
        raise CodeError(f"{shown(text)} is not a quarter in the form YYYYQQ.", allowed="six digits such as 202602")
    return Period(int(text[:4]), "quarter", int(text[4:]))


def check_order(start: Period, end: Period) -> None:
    """Refuse a range that ends before it starts.

    Raises:
        CodeError: `end` lies before `start`.
    """
    if end.last_month < start.first_month:
        raise CodeError(f"The last period {end} lies before the first {start}.", allowed="an end not before the start")


def periods_between(start: Period, end: Period) -> list[Period]:
    """Every period from `start` to `end`, both included; both of one frequency.

    Raises:
        CodeError: the frequencies differ, or `end` lies before `start`.
    """
    return [start.shifted(steps) for steps in range(count_between(start, end))]


def count_between(start: Period, end: Period) -> int:
    """How many periods from `start` to `end`, both counted.

    Raises:
        CodeError: the frequencies differ, or `end` lies before `start`.
    """
    if start.frequency != end.frequency:
        raise CodeError(
            f"{start} is a {start.frequency} and {end} a {end.frequency}.", allowed="two periods of one frequency"
        )
    check_order(start, end)
    return (end.year - start.year) * PER_YEAR[start.frequency] + end.number - start.number + 1


def months_between(start: Period, end: Period) -> int:
    """How many months from the first month of `start` to the last of `end`, both counted: January to March is 3.

    Raises:
        CodeError: `end` lies before `start`.
    """
    check_order(start, end)
    first, last = start.first_month, end.last_month
    return (last.year - first.year) * 12 + last.number - first.number + 1


def split_months(start: Period, end: Period, at_most: int = 12) -> list[tuple[Period, Period]]:
    """The months from `start` to `end` cut into runs of at most `at_most`, in order, none left out or doubled.

    Raises:
        CodeError: `end` lies before `start`, or `at_most` is not positive.
    """
    if at_most < 1:
        raise CodeError(f"Runs of {at_most} months cannot be made.", allowed="1 or more")
    months = months_between(start, end)
    first = start.first_month
    return [(first.shifted(done), first.shifted(min(done + at_most, months) - 1)) for done in range(0, months, at_most)]
