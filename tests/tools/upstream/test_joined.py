"""A question that is sent with what is likely to be asked next, and what happens where that is of no use."""

import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
import pytest
from scripted import FRESHNESS, POLICY, Rig, a_rig, notes, read

from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import NoData, RateLimited, TradestatError, UpstreamChanged, UpstreamDown
from tradestat_tools.upstream.report import reporting
from tradestat_tools.upstream.request import DAY, NO_DATA, Fetched, Freshness, Joined, Request, Response, Take, Taken
from tradestat_tools.upstream.sqlite import SqliteCache
from tradestat_tools.upstream.store import Entry

pytestmark = pytest.mark.anyio

BASKET = b'{"apples": 3, "pears": 5}'
SAID = "Asked with the whole basket."
URL = "http://shop.invalid/a"


def within(fruit: str, asked: Mapping[str, str]) -> Take | None:
    """Every fruit is in the basket."""
    return partial(take, fruit) if asked == {"fruit": "basket"} else None


def take(fruit: str, response: Response) -> Taken | None:
    basket: dict[str, Any] = json.loads(response.body)
    if "cut" in basket:
        return None
    found = {"v": basket[fruit]} if fruit in basket else {"none": True}
    return Taken(replace(response, body=json.dumps(found).encode()), fruit not in basket)


def nothing_is_an_error(response: Response) -> dict[str, Any]:
    found = read(response)
    if "none" in found:
        raise NoData("Nothing there.", remedy="-")
    return found


def one(fruit: str, freshness: Freshness = FRESHNESS) -> Request:
    basket = Request("shop", "a", URL, params={"fruit": "basket"}, freshness=freshness)
    joined = Joined(basket, read, SAID)
    params = {"fruit": fruit}
    return Request("shop", "a", URL, params=params, freshness=freshness, within=partial(within, fruit), joined=joined)


async def ask(rig: Rig, fruit: str, freshness: Freshness = FRESHNESS) -> Fetched[dict[str, Any]]:
    return await rig.upstream.fetch(one(fruit, freshness), POLICY, nothing_is_an_error, within=60)


async def failing(rig: Rig, kind: type[TradestatError], fruit: str = "pears") -> list[str]:
    """What was asked for an answer that failed, as the report has it afterwards."""
    with reporting() as report, pytest.raises(kind):
        await ask(rig, fruit)
    return [call.params["fruit"] for call in report.asked]


async def test_one_call_answers_both_and_is_cited_as_it_was_sent(rig: Rig) -> None:
    rig.will(body=BASKET)
    with reporting() as report:
        pears = await ask(rig, "pears")
    assert (pears.value, pears.state, pears.calls) == ({"v": 5}, "fresh", 1)
    assert pears.address == f"{URL}?fruit=basket"
    assert [call.params for call in report.asked] == [{"fruit": "basket"}]
    assert notes(report, NoteCode.COST) == [SAID]
    apples = await ask(rig, "apples")
    assert (apples.value, apples.state, apples.calls, apples.address) == ({"v": 3}, "cached", 0, pears.address)
    assert len(rig.asked) == 1


async def test_two_who_ask_at_the_same_moment_share_the_call(rig: Rig) -> None:
    rig.will(body=BASKET)
    found: dict[str, Any] = {}

    async def put(fruit: str) -> None:
        found[fruit] = (await ask(rig, fruit)).value["v"]

    async with anyio.create_task_group() as tasks:
        for fruit in ("pears", "apples"):
            tasks.start_soon(put, fruit)
    assert found == {"pears": 5, "apples": 3}
    assert len(rig.asked) == 1


class HeldBack(SqliteCache):
    """Whoever looks up one question has to wait for the end of another."""

    def __init__(self, key: str) -> None:
        super().__init__(None)
        self.key = key
        self.reached, self.ended = threading.Event(), threading.Event()

    def get(self, key: str, now: float) -> Entry | None:
        if key == self.key:
            self.reached.set()
            assert self.ended.wait(30)
        return super().get(key, now)


async def test_who_began_to_ask_before_the_call_failed_does_not_send_it_again(anyio_backend: str) -> None:
    cache = HeldBack(one("apples").key)
    async with a_rig(cache=cache) as rig:
        rig.will(502)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(failing, rig, UpstreamDown, "apples")
            await anyio.to_thread.run_sync(cache.reached.wait, 30)
            await failing(rig, UpstreamDown, "pears")
            cache.ended.set()
        assert len(rig.asked) == 1
        await failing(rig, UpstreamDown, "pears")
        assert len(rig.asked) == 2
        rig.script[:] = [(200, {}, BASKET)]
        assert [(await ask(rig, fruit)).state for fruit in ("pears", "apples")] == ["fresh", "cached"]


async def test_what_may_not_be_whole_in_the_joined_answer_is_asked_alone(rig: Rig) -> None:
    rig.will(body=b'{"pears": 5, "cut": true}').will(body=b'{"v": 9}')
    with reporting() as report:
        pears = await ask(rig, "pears")
    assert (pears.value, pears.address) == ({"v": 9}, f"{URL}?fruit=pears")
    assert [call.params["fruit"] for call in report.asked] == ["pears"]
    assert notes(report, NoteCode.COST) == []
    assert (await ask(rig, "pears")).value == {"v": 9}
    assert len(rig.asked) == 2


async def test_where_the_joined_question_is_refused_the_one_that_was_meant_is_sent(rig: Rig) -> None:
    rig.will(400).will(body=b'{"v": 9}')
    with reporting() as report:
        assert (await ask(rig, "pears")).value == {"v": 9}
    assert [call.params["fruit"] for call in report.asked] == ["pears"]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [(502, b"", UpstreamDown), (429, b"", RateLimited), (200, b"<html>", UpstreamChanged)],
)
async def test_a_service_that_fails_is_not_asked_the_same_again_alone(
    status: int, body: bytes, kind: type[TradestatError]
) -> None:
    async with a_rig(most_attempts=1) as rig:
        rig.will(status, body)
        assert await failing(rig, kind) == []
        assert len(rig.asked) == 1


async def test_that_there_is_none_of_it_is_heard_from_the_joined_answer(rig: Rig) -> None:
    rig.will(body=BASKET)
    assert await failing(rig, NoData, "plums") == ["basket"]
    assert len(rig.asked) == 1


async def test_that_there_is_none_of_it_is_believed_no_longer_than_if_it_had_been_asked_for_alone(rig: Rig) -> None:
    rig.will(body=BASKET).will(body=b'{"v": 9}')
    lasting = Freshness(fresh=DAY)
    for waited, calls in ((0.0, 1), (NO_DATA.fresh - 1, 1), (1.0, 2)):
        rig.now += waited
        if calls == 1:
            with pytest.raises(NoData):
                await ask(rig, "plums", lasting)
        else:
            assert (await ask(rig, "plums", lasting)).value == {"v": 9}
        assert len(rig.asked) == calls
    assert (await ask(rig, "pears", lasting)).value == {"v": 5}
    assert len(rig.asked) == 2


async def test_an_old_answer_of_its_own_is_still_given_where_the_service_fails(rig: Rig) -> None:
    rig.will(body=b'{"v": 1}').will(502)
    await rig.fetch(params={"fruit": "pears"})
    rig.now += 200
    pears = await ask(rig, "pears")
    assert (pears.value, pears.state) == ({"v": 1}, "stale")


async def test_an_old_joined_answer_is_still_given_where_the_service_fails(rig: Rig) -> None:
    rig.will(body=BASKET).will(502)
    await ask(rig, "pears")
    rig.now += 200
    apples = await ask(rig, "apples")
    assert (apples.value, apples.state, apples.address) == ({"v": 3}, "stale", f"{URL}?fruit=basket")


async def test_what_is_stored_in_a_joined_answer_is_found_where_nothing_may_be_sent(rig: Rig) -> None:
    rig.will(body=BASKET)
    assert await rig.upstream.stored(one("apples"), POLICY, nothing_is_an_error) is None
    await ask(rig, "pears")
    apples = await rig.upstream.stored(one("apples"), POLICY, nothing_is_an_error)
    assert apples is not None
    assert (apples.value, apples.calls) == ({"v": 3}, 0)
    rig.now += 100
    assert await rig.upstream.stored(one("apples"), POLICY, nothing_is_an_error) is None
    assert len(rig.asked) == 1


async def test_nothing_is_joined_offline_or_where_parts_are_not_taken() -> None:
    async with a_rig(offline=True) as rig:
        assert await failing(rig, UpstreamDown) == []
        assert rig.asked == []
    async with a_rig(reuses=False) as rig:
        rig.will(body=b'{"v": 9}')
        assert (await ask(rig, "pears")).address == f"{URL}?fruit=pears"
