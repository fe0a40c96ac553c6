"""Ranges of periods as people write them; some depend on the newest period that a source has published.

`2018-2022`, `2023-01..2023-06`, `Jan 2024 to Jun 2024`, `2023Q1-2023Q4`, `since 2019`, `2019-latest`, `latest`,
`last 5 years`, `H1 2024`, `2024年1月至6月`. `span` reads what was meant; `Span.between` makes two periods of it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tradestat_tools.codes.periods import FIRST_YEAR, LAST_YEAR, PER_YEAR, PLAIN, Frequency, Period, check_order, period
from tradestat_tools.codes.words import CodeError, bounded, shown

ALLOWED = (
    "a year (2024), quarter (2024Q2) or month (2024-03), a range of them (2018-2022, 2024-01..2024-06), "
    f"'latest', 'last 5 years', 'since 2019'; {FIRST_YEAR} to {LAST_YEAR}"
)

MOST_COUNTED = 600
"""Periods that "last N months" may count back: 50 years of months."""

Newest = Callable[[Frequency], Period]
"""The newest period of a frequency that a source has published."""

_LATEST = r"(?:the\s+)?(?:latest|newest|most\s+recent|last\s+available|now|today|present|最新|최신)"
_LAST = re.compile(_LATEST + r"(?:\s+(?P<unit>year|quarter|month|annual|monthly|quarterly)s?)?", re.IGNORECASE)
_TO_TEN = "one 一|two 二 两|three 三|four 四|five 五|six 六|seven 七|eight 八|nine 九|ten 十"
_NUMBER_WORDS = {
    **{word: number for number, words in enumerate(_TO_TEN.split("|"), 1) for word in words.split()},
    **{"twelve": 12, "十二": 12, "twenty": 20, "二十": 20},
}
_NUMBER = r"\d{1,3}|" + "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True))
_COUNTED = re.compile(
    rf"(?:(?:the\s+)?(?:last|latest|past|previous|recent|most\s+recent)\s+(?P<n>{_NUMBER})\s*"
    r"(?P<unit>year|quarter|month)s?"
    rf"|(?:最近|近|过去)\s*(?P<zh>{_NUMBER})\s*(?P<zh_unit>年|个?季度|个?月)"
    r"|(?:최근|지난)\s*(?P<ko>\d{1,3})\s*(?P<ko_unit>년|분기|개월))",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"(?:since|from|starting|after\s+and\s+including)\s+(.+)|(.+?)\s*(?:onwards?|以来|부터)", re.IGNORECASE
)
_OPEN = re.compile(r"(\d{4}(?:-?\d{2}|Q\d)?)\s*(?:-|–|—|\.\.+|:|\+)", re.IGNORECASE)
_TO_LATEST = re.compile(r"(.+?)\s*(?:-|–|—|\.\.+|:)\s*" + _LATEST, re.IGNORECASE)
_HALF = re.compile(r"(?:H([12])\s*[-/]?\s*(\d{4})|(\d{4})\s*[-/]?\s*H([12]))", re.IGNORECASE)
_SHORT_MONTHS = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月?\s*[-–—~至到]\s*(\d{1,2})\s*月")
_SHORT_QUARTERS = re.compile(r"(\d{4})\s*Q([1-4])\s*[-–—]\s*Q([1-4])", re.IGNORECASE)
_NAMED_RANGE = re.compile(r"([A-Za-z]{3,9}\.?\s+\d{4})\s*-\s*([A-Za-z]{3,9}\.?\s+\d{4})")
_NAMED_MONTHS = re.compile(r"([A-Za-z]{3,9})\.?\s*(?:-|–|—|\bto\b)\s*([A-Za-z]{3,9})\.?\s+(\d{4})")
_TWO = re.compile(
    r"(?:from\s+|between\s+)?(.+?)\s*(?:\.\.+|–|—|~|至|到|\bto\b|\bthrough\b|\buntil\b|\btill\b|\band\b|\s-\s|부터)\s*(.+?)(?:까지)?",
    re.IGNORECASE,
)
_HYPHEN = re.compile(
    r"(\d{4}|\d{6}|\d{4}Q\d|\d{4}-\d{2})[年년]?\s*[-:/]\s*(\d{4}|\d{6}|\d{4}Q\d|\d{4}-\d{2})[年년]?", re.IGNORECASE
)
_SHORT_YEARS = re.compile(r"(\d{4})\s*[-–/]\s*(\d{2})")

_UNITS: dict[str, Frequency] = {
    **dict.fromkeys(("year", "annual", "年", "년"), "year"),
    **dict.fromkeys(("quarter", "quarterly", "季度", "个季度", "분기"), "quarter"),
    **dict.fromkeys(("month", "monthly", "月", "个月", "개월"), "month"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A range as it was meant.

    Args:
        first: where it begins; None where it is counted back from its end.
        last: where it ends; None for the newest published.
        count: how many periods, where `first` is None.
        unit: the frequency of the periods counted, where one was said.
    """

    first: Period | None
    last: Period | None
    count: int = 1
    unit: Frequency | None = None

    @property
    def leans_on_newest(self) -> bool:
        """Whether the newest published period must be known to say which periods are meant."""
        return self.last is None

    @property
    def said(self) -> Frequency | None:
        """The frequency that was said: of the first period, of the last, or of those counted."""
        end = self.first or self.last
        return end.frequency if end else self.unit

    def between(self, newest: Newest, *, frequency: Frequency | None = None) -> tuple[Period, Period]:
        """The first and the last period, both included and of one frequency.

        Args:
            newest: what "latest" is.
            frequency: of the periods wanted: a year is its twelve months or four quarters. Left out, the one said, or
                years where none was.

        Raises:
            CodeError: shorter periods were said than are wanted, they lie before FIRST_YEAR, or the newest lies before
                the first.
        """
        wanted = frequency or self.said or "year"
        if self.last is None:
            end = newest(wanted)
            if self.first is None:
                return end.shifted(1 - _counted(self.count, self.unit or wanted, wanted)), end
            start = _as(self.first, wanted)[0]
            if end < start:
                raise CodeError(f"{start} is not out yet; the newest is {end}.", allowed=f"{end} or earlier")
            return start, end
        first = self.first or self.last
        check_order(first, self.last)
        return _as(first, wanted)[0], _as(self.last, wanted)[1]


def span(value: str | int) -> Span:
    """The range meant by `2018-2022`, `2023-01..2023-06`, `latest`, `last 12 months`, `since 2019`, or one period.

    `2019-20` is refused: it can be two years or a slip for a month.

    Raises:
        CodeError: not a range of periods, or one that ends before it starts.
    """
    if isinstance(value, bool):
        raise CodeError("A yes/no value is not a period.", allowed=ALLOWED)
    if isinstance(value, str) and PLAIN.fullmatch(value):
        return _one(value)
    text = " ".join(bounded(str(value)).split())
    return _leaning(text) or _closed(text)


def _leaning(text: str) -> Span | None:
    """A range that needs the newest period."""
    if found := _LAST.fullmatch(text):
        return Span(None, None, unit=_UNITS[found["unit"].lower()] if found["unit"] else None)
    if found := _COUNTED.fullmatch(text):
        number = (found["n"] or found["zh"] or found["ko"]).lower()
        count = _NUMBER_WORDS.get(number) or int(number)
        unit = _UNITS[(found["unit"] or found["zh_unit"] or found["ko_unit"]).lower()]
        if not 1 <= count <= MOST_COUNTED:
            raise CodeError(f"{shown(text)} counts {count} periods.", allowed=f"1 to {MOST_COUNTED}")
        return Span(None, None, count, unit)
    if found := _SINCE.fullmatch(text):
        begun = found[1] or found[2]
        if not (_TWO.fullmatch(begun) or _HYPHEN.fullmatch(begun)):
            return Span(period(begun), None)
    if found := _TO_LATEST.fullmatch(text) or _OPEN.fullmatch(text):
        return Span(period(found[1]), None)
    return None


def _closed(text: str) -> Span:
    """A range with both of its ends, or up to the newest; or one period."""
    if found := _HALF.fullmatch(text):
        year, half = (int(found[2]), int(found[1])) if found[1] else (int(found[3]), int(found[4]))
        return Span(Period(year, "month", 6 * half - 5), Period(year, "month", 6 * half))
    if found := _SHORT_MONTHS.fullmatch(text):
        return _ordered(period(f"{found[1]}-{found[2]}"), period(f"{found[1]}-{found[3]}"))
    if found := _SHORT_QUARTERS.fullmatch(text):
        return _ordered(period(f"{found[1]}Q{found[2]}"), period(f"{found[1]}Q{found[3]}"))
    if found := _NAMED_MONTHS.fullmatch(text):
        return _ordered(period(f"{found[1]} {found[3]}"), period(f"{found[2]} {found[3]}"))
    if (found := _SHORT_YEARS.fullmatch(text)) and int(found[2]) > max(12, int(found[1][2:])):
        century = found[1][:2]
        raise CodeError(
            f"{shown(text)} can be a range of years or a slip for a month.", allowed=f"{found[1]}-{century}{found[2]}"
        )
    if found := _HYPHEN.fullmatch(text) or _NAMED_RANGE.fullmatch(text) or _TWO.fullmatch(text):
        if _LAST.fullmatch(found[2]):
            return Span(period(found[1]), None)
        return _ordered(period(found[1]), period(found[2]))
    return _one(text)


def _one(text: str) -> Span:
    """One period as a range."""
    try:
        only = period(text)
    except CodeError as error:
        raise CodeError(
            error.message, allowed=ALLOWED if error.allowed.startswith("a year (") else error.allowed
        ) from None
    return Span(only, only)


def _ordered(first: Period, last: Period) -> Span:
    check_order(first, last)
    return Span(first, last)


def _as(given: Period, wanted: Frequency) -> tuple[Period, Period]:
    """The first and last period of the wanted frequency within a longer one, or the period itself."""
    if given.frequency == wanted:
        return given, given
    if PER_YEAR[wanted] < PER_YEAR[given.frequency]:
        raise CodeError(
            f"{given} is a {given.frequency}; these are {wanted}s.",
            allowed=f"{wanted}s such as {given.around(wanted)}",
        )
    return given.around(wanted), given.last_month.around(wanted)


def _counted(count: int, unit: Frequency, wanted: Frequency) -> int:
    """How many periods of the wanted frequency are in so many of another."""
    found, rest = divmod(count * PER_YEAR[wanted], PER_YEAR[unit])
    if rest:
        raise CodeError(f"{count} {unit}s are no whole number of {wanted}s.", allowed=f"whole {wanted}s")
    return found
