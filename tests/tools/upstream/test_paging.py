"""The helper that asks every page, for any source."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from tradestat_tools.model.errors import RateLimited, TooLarge
from tradestat_tools.upstream.paging import Allowance, all_pages
from tradestat_tools.upstream.report import reporting
from tradestat_tools.upstream.request import Fetched

pytestmark = pytest.mark.anyio


@dataclass
class Book:
    """A table of numbered pages, some of which are stored; `torn` fails."""

    pages: int
    stored: set[int] = field(default_factory=set[int])
    torn: int = 0
    asked: list[int] = field(default_factory=list[int])
    stages: list[str] = field(default_factory=list[str])

    async def ask(self, number: int) -> Fetched[int]:
        if number == self.torn:
            raise RateLimited("Too fast.", remedy="Wait.", source="book", retry_after=7)
        calls = 0 if number in self.stored else 1
        if calls:
            self.asked.append(number)
            self.stored.add(number)
        return Fetched(number, "book", datetime(2026, 1, 1, tzinfo=UTC), "fresh", sandbox=False, calls=calls)

    async def to_send(self, numbers: Sequence[int]) -> int:
        return len(set(numbers) - self.stored)

    async def read(self, most: int, price: float = 1.0) -> list[int]:
        allowance = Allowance(most, largest=10, price=price, less="fewer chapters")
        found = await all_pages(self.ask, lambda _: self.pages, self.to_send, allowance, source="book")
        return [one.value for one in found]


@pytest.mark.parametrize("pages", [0, 1])
async def test_a_table_without_further_pages_takes_one_call(pages: int) -> None:
    assert await Book(pages).read(most=1) == [1]


@pytest.mark.parametrize(
    ("stored", "most", "fits"), [(set[int](), 5, True), (set[int](), 4, False), ({1, 2, 3}, 2, True), ({1}, 3, False)]
)
async def test_only_pages_that_are_not_stored_count(stored: set[int], most: int, fits: bool) -> None:
    book = Book(5, set(stored))
    if fits:
        assert await book.read(most) == [1, 2, 3, 4, 5]
        assert sorted(book.asked) == sorted({1, 2, 3, 4, 5} - stored)
    else:
        with pytest.raises(TooLarge):
            await book.read(most)
        assert book.asked == sorted({1} - stored)


async def test_calls_without_a_price_are_not_called_credits() -> None:
    with pytest.raises(TooLarge) as caught:
        await Book(5).read(most=1, price=0)
    assert "4 more calls;" in caught.value.message
    with pytest.raises(TooLarge, match=r"4 more calls \(10 credits\);"):
        await Book(5).read(most=1, price=2.5)


async def test_a_failure_keeps_its_kind_and_its_time_and_says_which_page() -> None:
    book = Book(4, torn=3)
    with pytest.raises(RateLimited) as caught:
        await book.read(most=4)
    assert caught.value.message == "Page 3 of 4: Too fast."
    assert caught.value.remedy.startswith("Wait. ")
    assert (caught.value.retry_after, caught.value.source) == (7, "book")
    book.torn = 0
    assert await book.read(most=2) == [1, 2, 3, 4]
    assert book.asked == [1, 2, 3, 4]


async def test_progress_says_which_page_is_waited_for() -> None:
    with reporting() as report:
        await Book(3).read(most=3)
    assert report.stage == "page 3 of 3"
