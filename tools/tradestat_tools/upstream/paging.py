"""All pages of a table as one question.

What it takes is known after the first page, before the others are paid for. Pages that came are stored, so that after a
failure only the rest is asked.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tradestat_tools.model.errors import TooLarge, TradestatError, error_from_dict
from tradestat_tools.upstream.report import current_report
from tradestat_tools.upstream.request import Fetched

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many calls all pages may take.

    Args:
        calls: at most; what is stored already takes none.
        largest: up to which the caller may raise it.
        price: credits a call costs; 0 where there are none.
        less: how to ask for a table of fewer pages.
    """

    calls: int
    largest: int
    price: float
    less: str


async def all_pages(
    ask: Callable[[int], Awaitable[Fetched[T]]],
    pages: Callable[[T], int],
    to_send: Callable[[Sequence[int]], Awaitable[int]],
    allowance: Allowance,
    *,
    source: str,
) -> list[Fetched[T]]:
    """Every page in order, one after another.

    Args:
        ask: gets a page by its number, from 1.
        pages: how many the table has, as a page says.
        to_send: how many of some pages are not stored.
        allowance: what it may take.
        source: the service concerned.

    Raises:
        TooLarge: the other pages would take more calls than allowed; only the first was asked.
        TradestatError: why a page could not be had; the pages before it are stored.
    """
    found = [await ask(1)]
    count = pages(found[0].value)
    others = range(2, count + 1)
    calls = await to_send(others)
    if found[0].calls + calls > allowance.calls:
        raise _too_many(count, calls, allowance, source)
    for number in others:
        current_report().stage = f"page {number} of {count}"
        try:
            found.append(await ask(number))
        except TradestatError as error:
            raise _resumable(error, number, count) from error
    return found


def _too_many(pages: int, calls: int, allowance: Allowance, source: str) -> TooLarge:
    cost = f" ({calls * allowance.price:g} credits)" if allowance.price else ""
    allow = f"Set max_calls={calls} to allow it, or ask" if calls <= allowance.largest else "Ask"
    return TooLarge(
        f"The table has {pages:,} pages, and those that are not stored take {calls:,} more calls{cost}; "
        f"max_calls allows {allowance.calls}, the first page included. They were not made.",
        remedy=f"{allow} for less: {allowance.less}.",
        source=source,
    )


def _resumable(error: TradestatError, number: int, pages: int) -> TradestatError:
    """The same failure, with where it happened and that nothing is lost."""
    known = error.as_dict()
    known["message"] = f"Page {number} of {pages}: {error.message}"
    known["remedy"] = f"{error.remedy} The pages before it are stored: asking again takes only the rest."
    return error_from_dict(known)
