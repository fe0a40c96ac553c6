"""Answers that are taken out of stored ones to wider questions, whatever the source."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from scripted import FRESHNESS, NOON, POLICY, Rig, a_rig, notes, read

from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.errors import NoData, UpstreamDown
from tradestat_tools.upstream.report import reporting
from tradestat_tools.upstream.request import DAY, NO_DATA, Fetched, Freshness, Request, Response, Take, Taken
from tradestat_tools.upstream.sqlite import SqliteCache
from tradestat_tools.upstream.watch import watching

pytestmark = pytest.mark.anyio

SHELVES = b'{"apples": 3, "pears": 5}'


def within(fruit: str, asked: Mapping[str, str]) -> Take | None:
    """Every fruit is in the answer to a question that names none."""
    return partial(take, fruit) if not asked.get("fruit") else None


def take(fruit: str, response: Response) -> Taken | None:
    shelves: dict[str, Any] = json.loads(response.body)
    if "cut" in shelves:
        return None
    found = {"v": shelves[fruit]} if fruit in shelves else {"none": True}
    return Taken(replace(response, body=json.dumps(found).encode()), fruit not in shelves, "Weighed here.")


def nothing_is_an_error(response: Response) -> dict[str, Any]:
    found = read(response)
    if "none" in found:
        raise NoData("Nothing there.", remedy="-")
    return found


async def ask(rig: Rig, fruit: str, *, policy: Any = POLICY, **more: Any) -> Fetched[dict[str, Any]]:
    more.setdefault("freshness", FRESHNESS)
    request = Request(
        "shop", "a", "http://shop.invalid/a", params={"fruit": fruit}, within=partial(within, fruit), **more
    )
    return await rig.upstream.fetch(request, policy, nothing_is_an_error, within=60)


async def test_a_part_of_a_stored_answer_is_not_asked_for_again(rig: Rig) -> None:
    rig.will(body=SHELVES)
    whole = await rig.fetch(params={"shop": "1"})
    rig.now += 30
    with reporting() as report, watching() as watch:
        part = await ask(rig, "pears")
    assert (part.value, part.state, part.calls) == ({"v": 5}, "cached", 0)
    assert len(rig.asked) == 1
    assert part.retrieved_at == whole.retrieved_at
    assert part.address == whole.address == "http://shop.invalid/a?shop=1"
    assert [call.params for call in report.asked] == [{"shop": "1"}]
    (said,) = notes(report, NoteCode.COST)
    assert said.startswith("Nothing was sent: taken out of the answer to a wider question, stored 2027-01-15 08:00 UTC")
    assert said.endswith("Weighed here.")
    assert watch.sound
    assert watch.good_until == NOON + 100


async def test_an_answer_of_its_own_is_given_rather_than_a_part(rig: Rig) -> None:
    rig.will(body=b'{"v": 1}').will(body=SHELVES)
    await ask(rig, "pears")
    await rig.fetch()
    with reporting() as report:
        assert (await ask(rig, "pears")).value == {"v": 1}
    assert notes(report, NoteCode.COST) == []


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [("http://shop.invalid/b", "a"), ("http://other.invalid/a", "a"), ("http://shop.invalid/a", "b")],
)
async def test_only_an_answer_of_the_same_endpoint_at_the_same_address_holds_another(
    rig: Rig, url: str, endpoint: str
) -> None:
    rig.will(body=SHELVES).will(body=b'{"v": 9}')
    await rig.upstream.fetch(Request("shop", endpoint, url, freshness=FRESHNESS), POLICY, read, within=60)
    assert (await ask(rig, "pears")).value == {"v": 9}


async def test_an_answer_that_is_cut_holds_no_other(rig: Rig) -> None:
    rig.will(body=b'{"pears": 5, "cut": true}').will(body=b'{"v": 9}')
    await rig.fetch()
    assert (await ask(rig, "pears")).value == {"v": 9}


async def test_a_question_as_narrow_as_another_is_asked(rig: Rig) -> None:
    rig.will(body=b'{"v": 1}').will(body=b'{"v": 2}')
    await ask(rig, "apples")
    assert (await ask(rig, "pears")).value == {"v": 2}


async def test_a_part_is_as_old_as_the_whole_and_lives_no_longer_than_if_it_had_been_asked_for(rig: Rig) -> None:
    rig.will(body=SHELVES).will(body=b'{"v": 9}')
    await rig.fetch(freshness=Freshness(fresh=1000))
    rig.now += 50
    assert (await ask(rig, "pears", freshness=Freshness(fresh=60))).state == "cached"
    rig.now += 20
    assert (await ask(rig, "pears", freshness=Freshness(fresh=60))).value == {"v": 9}


async def test_a_part_of_an_answer_that_is_no_longer_fresh_is_asked_for(rig: Rig) -> None:
    rig.will(body=SHELVES).will(body=b'{"v": 9}')
    await rig.fetch(freshness=Freshness(fresh=50, renew=500))
    rig.now += 60
    assert (await ask(rig, "pears", freshness=Freshness(fresh=1000))).value == {"v": 9}


async def test_that_there_is_nothing_is_believed_no_longer_than_if_it_had_been_asked_for(rig: Rig) -> None:
    rig.will(body=SHELVES).will(body=b'{"v": 9}')
    lasting = Freshness(fresh=DAY)
    await rig.fetch(freshness=lasting)
    with reporting() as report, pytest.raises(NoData):
        await ask(rig, "plums", freshness=lasting)
    assert [call.params for call in report.asked] == [{}]
    assert len(rig.asked) == 1
    rig.now += NO_DATA.fresh
    assert (await ask(rig, "apples", freshness=lasting)).value == {"v": 3}
    assert (await ask(rig, "plums", freshness=lasting)).value == {"v": 9}


async def test_what_was_paid_for_is_not_paid_again_in_part(rig: Rig) -> None:
    rig.will(body=SHELVES, x_credits_charged="2")
    paid = replace(POLICY, paid=True)
    await rig.fetch(policy=paid, freshness=Freshness(fresh=DAY))
    for fruit in ("apples", "pears", "apples"):
        await ask(rig, fruit, policy=paid, freshness=Freshness(fresh=DAY))
    with pytest.raises(NoData, match="nothing was sent"):
        await ask(rig, "plums", policy=paid, freshness=Freshness(fresh=DAY))
    assert len(rig.asked) == 1
    assert rig.upstream.ledger.used("shop", paid.plan, rig.now) == 2


async def test_a_part_counts_as_stored_where_calls_are_counted_beforehand(rig: Rig) -> None:
    rig.will(body=SHELVES)
    wanted = [
        Request("shop", "a", "http://shop.invalid/a", params={"fruit": fruit}, within=partial(within, fruit))
        for fruit in ("pears", "plums")
    ]
    assert rig.upstream.to_send(wanted) == wanted
    await rig.fetch()
    assert rig.upstream.to_send(wanted) == []
    rig.now += 90
    assert rig.upstream.to_send(wanted) == []
    rig.now += 20
    assert rig.upstream.to_send(wanted) == wanted


async def test_offline_a_part_of_an_old_answer_is_given_and_called_old(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite3"
    async with a_rig(cache=SqliteCache(path)) as rig:
        rig.will(body=SHELVES)
        await rig.fetch()
    async with a_rig(cache=SqliteCache(path), offline=True, now=NOON + 950) as rig:
        with reporting() as report:
            part = await ask(rig, "pears")
        assert (part.value, part.state) == ({"v": 5}, "offline")
        assert notes(report, NoteCode.STALE)
        with pytest.raises(UpstreamDown, match="no answer"):
            await ask(rig, "plums")


async def test_a_reader_that_can_not_read_a_part_asks_for_it(rig: Rig) -> None:
    rig.will(body=b'{"pears": {"odd": 1}}').will(body=b'{"v": 9}')
    await rig.fetch()

    def read_whole(response: Response) -> int:
        value = read(response)["v"]
        if not isinstance(value, int):
            raise UpstreamDown("Odd.", remedy="-")
        return value

    request = Request("shop", "a", "http://shop.invalid/a", params={"fruit": "pears"}, within=partial(within, "pears"))
    with reporting() as report:
        assert (await rig.upstream.fetch(request, POLICY, read_whole, within=60)).value == 9
    assert notes(report, NoteCode.COST) == []
    assert [call.params for call in report.asked] == [{"fruit": "pears"}]
