"""Readings of stored answers are given again, for the same response and reader only."""

from functools import partial

import pytest

from tradestat_tools.model.errors import UpstreamChanged
from tradestat_tools.upstream.remembered import LONGEST, READINGS, Remembered
from tradestat_tools.upstream.request import Response

pytestmark = pytest.mark.anyio


class Source:
    """Counts how often it reads."""

    def __init__(self) -> None:
        self.read = 0

    def words(self, response: Response, *, upper: bool) -> list[str]:
        self.read += 1
        text = response.body.decode()
        if not text:
            raise UpstreamChanged("nothing", remedy="none", source="shop")
        return (text.upper() if upper else text).split()


async def test_the_same_response_is_read_once_by_each_reader_and_another_anew() -> None:
    source, remembered = Source(), Remembered()
    response = Response(200, {}, b"a b")
    for _ in range(3):
        assert await remembered.read("k", Response(200, {}, b"a b"), partial(source.words, upper=True)) == ["A", "B"]
        assert await remembered.read("k", response, partial(source.words, upper=False)) == ["a", "b"]
    assert source.read == 2
    for other in (Response(200, {}, b"a c"), Response(200, {"x": "1"}, b"a b"), Response(404, {}, b"a b")):
        await remembered.read("k", other, partial(source.words, upper=True))
    assert source.read == 5


async def test_what_fails_is_read_again_and_what_is_long_or_too_much_is_not_held() -> None:
    source, remembered = Source(), Remembered(bound=100)
    for _ in range(2):
        with pytest.raises(UpstreamChanged):
            await remembered.read("k", Response(200, {}, b""), partial(source.words, upper=True))
        await remembered.read("long", Response(200, {}, b"a" * (LONGEST + 1)), partial(source.words, upper=True))
    assert source.read == 4
    for key in ("one", "two", "one"):  # of 60 bytes each only one is held
        await remembered.read(key, Response(200, {}, b"a" * 60), partial(source.words, upper=True))
    assert source.read == 7


def numbered(at: int, response: Response) -> tuple[int, int]:
    return at, response.status


async def test_readers_that_are_never_the_same_do_not_pile_up() -> None:
    remembered, response = Remembered(), Response(200, {}, b"a")
    for _ in range(2):
        for at in range(READINGS + 2):
            assert await remembered.read("k", response, partial(numbered, at)) == (at, 200)
