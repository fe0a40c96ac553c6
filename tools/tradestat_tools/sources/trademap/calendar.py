"""What is out when: the years asked for in numbers, and how far a reporter has come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from tradestat_tools.codes.periods import FIRST_YEAR
from tradestat_tools.codes.spans import Span
from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.sources.trademap.api import DAY, country_list
from tradestat_tools.sources.trademap.service import SOURCE_ID
from tradestat_tools.sources.trademap.wire.lists import Country

LAST_YEAR_BELIEVED = DAY
"""Seconds for which a list of countries is new enough to say that a later year is not out."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a reporter's figures go, by Trade Map's list of countries.

    Args:
        first: first year, None where it reports nothing of the kind; `last` likewise.
        listed: the day of the list.
        is_new: whether the list is new enough to say that a later year is not out.
    """

    first: int | None
    last: int | None
    listed: date
    is_new: bool


@dataclass(frozen=True, slots=True)
class Known:
    """The list of countries by code, with the day of the list, and whether all of it came and could be read."""

    countries: Mapping[str, Country]
    listed: date
    is_new: bool
    is_whole: bool = True

    def reach(self, country: str, kind: str) -> Reach | None:
        """How far a reporter goes; a country that is not in the whole list has none. None where it is not known."""
        found = self.countries.get(country)
        if kind in found.unread if found else not self.is_whole:
            return None
        first, last = (found.coverage.get(kind) if found else None) or (None, None)
        return Reach(int(first) if first else None, int(last) if last else None, self.listed, self.is_new)


async def known(context: Context) -> Known | None:
    """The list of countries where it is remembered or stored; nothing is sent."""
    found = await country_list(context)
    if found is None:
        return None
    age = context.upstream.time() - found.retrieved_at.timestamp()
    countries = {country.countryCd: country for country in found.value}
    return Known(countries, found.retrieved_at.date(), age < LAST_YEAR_BELIEVED, found.value.is_whole)


def due(year: int) -> str:
    """When figures of a year can be out at the earliest."""
    return f"no figure of {year} can be out before January {year + 1}. Trade Map announces no dates."


def not_over(years: range) -> str:
    """What is said of years that an answer leaves out because they are not over."""
    which = str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
    return f"{which} {'is' if len(years) == 1 else 'are'} not over: {due(years[0])}"


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest year that "latest" stands for, and how it is known."""

    year: int
    because: str


@dataclass(frozen=True, slots=True)
class Years:
    """First and last year, 0 where the service is to choose; `note` says what words were read as."""

    first: int
    last: int
    note: Note | None = None


Bounds = tuple[int, int]


def years_asked(period_from: int | Span, period_to: int | Span, newest: Callable[[], Newest]) -> Years:
    """The years meant by both arguments. Each may be a year, lean on the newest one, or name a whole range.

    `since 2025` begins with 2025 even where that is after the newest year: whether it is out is looked at later.

    Raises:
        InvalidQuery: the two do not go together.
    """
    if isinstance(period_from, int) and isinstance(period_to, int):
        return Years(period_from, period_to)
    end = newest() if any(isinstance(one, Span) and one.leans_on_newest for one in (period_from, period_to)) else None
    begins, ends = _bounds(period_from, end), _bounds(period_to, end)
    if begins and ends:
        _check_both(period_from, begins, ends)
        first, last = begins[0], ends[1]
    elif begins:
        first, last = begins
    else:
        first, last = ends or (0, 0)
        first = 0 if first == last else first  # period_to="latest" says nothing of the beginning
    said = str(last) if first == last else f"{first} to {last}" if first else f"until {last}"
    text = f"The years were read as {said}."
    return Years(first, last, Note(code=NoteCode.RESOLVED_CODE, text=f"{text} {end.because}" if end else text))


def _bounds(meant: int | Span, end: Newest | None) -> Bounds | None:
    """The first and last year of one argument; None where it says nothing."""
    if isinstance(meant, int):
        return (meant, meant) if meant else None
    if meant.last is not None:
        return (meant.first or meant.last).year, meant.last.year
    newest = end.year if end else 0
    if meant.first is not None:
        return meant.first.year, max(newest, meant.first.year)
    return max(newest - meant.count + 1, FIRST_YEAR), newest


def _check_both(period_from: int | Span, begins: Bounds, ends: Bounds) -> None:
    """Refuse two ranges that differ, and an end before the beginning."""
    is_open = isinstance(period_from, Span) and period_from.first is not None and period_from.leans_on_newest
    from_is_range, to_is_range = begins[0] != begins[1] and not is_open, ends[0] != ends[1]
    if (from_is_range and begins[1] != ends[1]) or (to_is_range and begins[0] != ends[0]):
        raise InvalidQuery(
            f"period_from says {begins[0]} to {begins[1]}, period_to {ends[0]} to {ends[1]}.",
            argument="period_to",
            allowed="a range in one of the two and nothing in the other, or a year in each",
            source=SOURCE_ID,
        )
    if ends[1] < begins[0]:
        raise InvalidQuery(
            f"The last year {ends[1]} lies before the first {begins[0]}.",
            argument="period_to",
            allowed=f"{begins[0]} or later",
            source=SOURCE_ID,
        )
