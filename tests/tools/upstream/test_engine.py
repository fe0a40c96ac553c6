"""The engine as sources use it: what is asked, what is stored, who shares a call, and what a caller learns."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from scripted import FRESHNESS, POLICY, Rig, a_rig, notes, read

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Data, NoteCode, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import (
    MissingKey,
    NoData,
    TradestatError,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.open import context_on
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.report import reporting
from tradestat_tools.upstream.request import Freshness, Request, Response

pytestmark = pytest.mark.anyio

# Cache


async def test_an_equal_question_is_asked_once_while_its_answer_is_fresh(rig: Rig) -> None:
    rig.will(body=b'{"v": 1}').will(body=b'{"v": 2}')
    first = await rig.fetch(params={"b": "2", "a": "1"})
    rig.now += 99
    again = await rig.fetch(params={"a": "1", "b": "2"})
    rig.now += 2
    later = await rig.fetch(params={"a": "1", "b": "2"})
    assert [f.value["v"] for f in (first, again, later)] == [1, 1, 2]
    assert [f.state for f in (first, again, later)] == ["fresh", "cached", "fresh"]
    assert [f.calls for f in (first, again, later)] == [1, 0, 1]
    assert again.retrieved_at == first.retrieved_at < later.retrieved_at


async def test_a_different_key_is_the_same_question(rig: Rig) -> None:
    rig.will()
    await rig.fetch(secret_params={"key": SecretStr("mine")})
    again = await rig.fetch(secret_params={"key": SecretStr("yours")})
    assert again.state == "cached"


async def test_a_different_question_is_asked(rig: Rig) -> None:
    rig.will()
    await rig.fetch(params={"a": "1"})
    await rig.fetch(params={"a": "2"})
    await rig.fetch("/b", params={"a": "1"})
    await rig.fetch(method="POST", body={"a": "1"})
    assert len(rig.asked) == 4


async def test_freshness_is_decided_when_an_answer_is_stored(rig: Rig) -> None:
    # "Until the next publication" is 5 days for what is asked on the 10th and 29 for what is asked on the 16th.
    rig.will(body=b'{"v": 1}').will(body=b'{"v": 2}')
    await rig.fetch(freshness=Freshness(fresh=5))
    rig.now += 6
    assert (await rig.fetch(freshness=Freshness(fresh=29))).value["v"] == 2


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [(400, b"{}", UpstreamRefused), (200, b'{"error": "no"}', UpstreamRefused), (200, b"<html>", UpstreamChanged)],
)
async def test_an_error_is_never_stored_whatever_its_status(
    rig: Rig, status: int, body: bytes, kind: type[TradestatError]
) -> None:
    rig.will(status, body).will()
    await rig.failing(kind)
    assert (await rig.fetch()).value == {"v": 1}


async def test_a_stored_answer_that_can_not_be_read_any_more_is_asked_for_again(rig: Rig) -> None:
    def reads_no_longer(response: Response) -> str:
        if b'"v": 1' in response.body:
            raise UpstreamChanged("Of an older version.", remedy="-")
        return response.body.decode()

    rig.will(body=b'{"v": 1}').will(body=b'{"v": 2}')
    await rig.fetch()
    request = Request("shop", "a", "http://shop.invalid/a", freshness=FRESHNESS)
    found = await rig.upstream.fetch(request, POLICY, reads_no_longer, within=60)
    assert (found.value, found.state) == ('{"v": 2}', "fresh")


async def test_no_data_is_remembered_for_a_while_only(rig: Rig) -> None:
    rig.will(404).will()
    await rig.failing(NoData)
    await rig.failing(NoData)
    assert len(rig.asked) == 1
    rig.now += 1000
    assert (await rig.fetch()).value == {"v": 1}


async def test_an_old_answer_is_given_at_once_and_renewed_behind_the_callers_back(rig: Rig) -> None:
    rig.will(body=b'{"v": 1}').will(body=b'{"v": 2}')
    await rig.fetch(freshness=Freshness(fresh=10, renew=100))
    rig.now += 50
    with reporting() as report:
        old = await rig.fetch(freshness=Freshness(fresh=10, renew=100))
    assert (old.value["v"], old.state, old.calls) == (1, "stale", 0)
    assert "Stored 50 seconds ago" in notes(report, NoteCode.STALE)[0]
    with anyio.fail_after(5):
        while (await rig.fetch(freshness=Freshness(fresh=10, renew=100))).value["v"] == 1:
            await anyio.lowlevel.checkpoint()
    assert len(rig.asked) == 2


async def test_a_renewal_that_was_charged_and_failed_is_not_begun_again_by_every_caller(rig: Rig) -> None:
    paid = replace(POLICY, paid=True)
    kept = Freshness(fresh=10, renew=100_000)
    rig.will().will(502, x_credits_charged="1")
    await rig.fetch(policy=paid, freshness=kept)
    rig.now += 50
    with anyio.fail_after(5):
        while len(rig.asked) == 1:
            assert (await rig.fetch(policy=paid, freshness=kept)).state == "stale"
    with anyio.move_on_after(0.3) as patience:
        while len(rig.asked) == 2:
            await rig.fetch(policy=paid, freshness=kept)
    assert patience.cancelled_caught
    rig.now += 3600
    await rig.fetch(policy=paid, freshness=kept)
    with anyio.fail_after(5):
        while len(rig.asked) == 2:
            await anyio.lowlevel.checkpoint()


async def test_where_the_service_fails_an_old_answer_is_given_and_called_stale(rig: Rig) -> None:
    rig.will(body=b'{"v": 1}').will(502)
    await rig.fetch()
    rig.now += 600
    with reporting() as report:
        old = await rig.fetch()
    assert (old.value["v"], old.state) == (1, "stale")
    assert "10 minutes ago" in notes(report, NoteCode.STALE)[0]
    assert "Broken behind." in notes(report, NoteCode.STALE)[0]
    rig.now += 600
    await rig.failing(UpstreamDown)  # past the bound an error is an error


async def test_an_old_answer_does_not_hide_that_the_question_is_wrong(rig: Rig) -> None:
    rig.will().will(400)
    await rig.fetch()
    rig.now += 600
    await rig.failing(UpstreamRefused)


async def test_offline_answers_from_the_store_only_and_says_how_old() -> None:
    async with a_rig(offline=True) as rig:
        rig.will()
        rig.upstream.offline = False
        await rig.fetch()
        rig.upstream.offline = True
        rig.now += 900
        with reporting() as report:
            assert (await rig.fetch()).state == "offline"
        assert "15 minutes ago" in notes(report, NoteCode.STALE)[0]
        assert "nothing" not in str((await rig.failing(UpstreamDown, "/other")).message)
    assert len(rig.asked) == 1


async def test_what_is_stored_can_be_looked_up_without_sending_anything(rig: Rig) -> None:
    rig.will()
    request = Request("shop", "a", "http://shop.invalid/a", freshness=FRESHNESS)
    assert await rig.upstream.stored(request, POLICY, read) is None
    assert rig.asked == []
    await rig.fetch()
    found = await rig.upstream.stored(request, POLICY, read)
    assert found is not None
    assert (found.value, found.state, found.calls) == ({"v": 1}, "cached", 0)
    rig.now += 101  # only usable from now on, no good answer
    assert await rig.upstream.stored(request, POLICY, read) is None
    assert len(rig.asked) == 1


async def test_many_answers_are_looked_up_in_the_order_in_which_they_are_asked_for(rig: Rig) -> None:
    rig.will(body=b'{"v": 1}').will(body=b'{"v": 2}').will(404)
    await rig.fetch("/a")
    await rig.fetch("/b")
    await rig.failing(NoData, "/nothing")
    asked = [
        (Request("shop", "a", f"http://shop.invalid{path}", freshness=FRESHNESS), read)
        for path in ("/b", "/never", "/nothing", "/a")
    ]
    assert await rig.upstream.stored_each(asked, POLICY) == [{"v": 2}, None, None, {"v": 1}]
    assert await rig.upstream.stored_each([], POLICY) == []
    assert len(rig.asked) == 3


@given(st.dictionaries(st.text(), st.text()), st.none() | st.dictionaries(st.text(), st.integers() | st.none()))
def test_the_key_of_a_question_is_the_digest_of_its_json(
    params: dict[str, str], body: dict[str, object] | None
) -> None:
    """So that what earlier versions stored is found."""
    request = Request("shop", "a", "http://shop.invalid/é", params, "POST", body)
    text = json.dumps(["POST", "http://shop.invalid/é", sorted(params.items()), body], sort_keys=True)
    assert request.key == hashlib.sha256(text.encode()).hexdigest()


async def test_a_stored_answer_that_there_is_nothing_is_nothing_to_look_up(rig: Rig) -> None:
    rig.will(404)
    await rig.failing(NoData)
    request = Request("shop", "a", "http://shop.invalid/a", freshness=FRESHNESS)
    assert await rig.upstream.stored(request, POLICY, read) is None
    assert len(rig.asked) == 1


async def test_a_stored_answer_needs_no_key(rig: Rig) -> None:
    rig.will()
    await rig.fetch()
    missing = MissingKey("No key.", remedy="Set one.")
    assert (await rig.fetch(unless_stored=missing)).state == "cached"
    await rig.failing(MissingKey, "/other", unless_stored=missing)
    assert len(rig.asked) == 1


async def test_an_answer_of_the_stand_in_is_known_as_such_stored_or_not(rig: Rig) -> None:
    rig.will(x_tradestat_sandbox="1").will()
    assert [(await rig.fetch()).sandbox for _ in range(2)] == [True, True]
    assert not (await rig.fetch("/other")).sandbox


# One flight


async def all_at_once(rig: Rig, callers: int, ask: Callable[[], Awaitable[None]]) -> None:
    """So many callers of one question, whose answer comes when the last of them says that it waits."""
    gate = rig.gate = anyio.Event()
    waiting: set[int] = set()

    async def call(number: int) -> None:
        async def report_progress(seconds: float, most: float, what: str) -> None:
            del seconds, most, what
            waiting.add(number)
            if len(waiting) == callers:
                gate.set()

        with reporting(report_progress):
            await ask()

    async with anyio.create_task_group() as tasks:
        for number in range(callers):
            tasks.start_soon(call, number)


async def test_equal_questions_under_way_share_one_call() -> None:
    async with a_rig(progress_every=0.005) as rig:
        rig.will()
        got: list[int] = []

        async def ask() -> None:
            got.append((await rig.fetch()).value["v"])

        await all_at_once(rig, 50, ask)
    assert got == [1] * 50
    assert len(rig.asked) == 1


async def test_they_share_a_failure_too() -> None:
    async with a_rig(progress_every=0.005) as rig:
        rig.will(502)
        failures: list[TradestatError] = []

        async def ask() -> None:
            failures.append(await rig.failing(UpstreamDown))

        await all_at_once(rig, 20, ask)
    assert len(failures) == 20
    assert len(rig.asked) == 1


async def test_a_caller_that_gives_up_does_not_end_a_call_that_others_wait_for(rig: Rig) -> None:
    rig.will()
    rig.gate = anyio.Event()
    got: list[int] = []

    async def ask() -> None:
        got.append((await rig.fetch()).value["v"])

    async with anyio.create_task_group() as tasks:
        with anyio.move_on_after(0.05) as impatient:
            tasks.start_soon(ask)
            await ask()
        assert impatient.cancelled_caught
        rig.gate.set()
    assert got == [1]
    assert len(rig.asked) == 1


async def test_a_call_that_nobody_waits_for_ends_and_leaves_no_lock_behind(rig: Rig) -> None:
    rig.will()
    rig.gate = anyio.Event()
    with anyio.move_on_after(0.05):
        await rig.fetch()
    rig.gate = None
    assert (await rig.fetch()).state == "fresh"  # neither a flight nor a claim is in the way
    assert len(rig.asked) == 2


async def test_a_call_that_was_paid_for_is_stored_though_its_caller_left(rig: Rig) -> None:
    rig.will()
    rig.gate = anyio.Event()
    paid = Policy("shop", "The Shop", paid=True)
    with anyio.move_on_after(0.05):
        await rig.fetch(policy=paid)
    rig.gate.set()
    with anyio.fail_after(5):
        assert (await rig.fetch(policy=paid)).state in ("fresh", "cached")
    assert len(rig.asked) == 1


# Progress


async def test_a_long_call_reports_progress() -> None:
    reports: list[tuple[float, float, str]] = []
    heard = anyio.Event()

    async def tell(done: float, total: float, text: str) -> None:
        reports.append((done, total, text))
        heard.set()

    async with a_rig(progress_every=0.02) as rig:
        rig.will()
        rig.gate = anyio.Event()
        with reporting(tell):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(rig.fetch)
                with anyio.fail_after(5):
                    await heard.wait()
                rig.gate.set()
    assert reports[0][1:] == (60.0, "waiting for The Shop")


# What a source thinks of an answer after it was stored


class Nothing(Arguments):
    """No arguments."""


class Value(Data):
    """One number."""

    v: int

    def tables(self) -> list[Table]:
        return []


def looking_closer(rig: Rig, verdict: TradestatError) -> Tool[Nothing, Value]:
    """A tool that fetches two answers, and then finds something about the second."""

    async def run(_: Context, __: Nothing) -> Answer[Value]:
        await rig.fetch("/first")
        await rig.fetch("/second")
        raise verdict

    return Tool("t", "T", "D", Nothing, Value, run, example={})


async def test_an_answer_to_another_question_is_not_kept_but_what_came_before_it_is(rig: Rig) -> None:
    rig.will()
    tool = looking_closer(rig, UpstreamChanged("Not what was asked.", remedy="-"))
    context = context_on(catalogue().settings(_env_file=None), rig.upstream)
    for _ in range(2):
        with pytest.raises(UpstreamChanged):
            await context.call(tool, {})
    assert rig.asked == ["/first", "/second", "/second"]


async def test_that_there_is_nothing_is_kept_for_a_quarter_of_an_hour_whoever_found_it(rig: Rig) -> None:
    long = Freshness(fresh=10_000)
    rig.will()

    async def run(_: Context, __: Nothing) -> Answer[Value]:
        await rig.fetch(freshness=long)
        raise NoData("No rows.", remedy="-")

    tool = Tool("t", "T", "D", Nothing, Value, run, example={})
    context = context_on(catalogue().settings(_env_file=None), rig.upstream)
    for _ in range(2):
        with pytest.raises(NoData):
            await context.call(tool, {})
    assert len(rig.asked) == 1
    rig.now += 901
    with pytest.raises(NoData):
        await context.call(tool, {})
    assert len(rig.asked) == 2


async def test_a_process_that_soon_ends_asks_anew_instead_of_renewing_behind_its_back() -> None:
    kept = Freshness(fresh=10, renew=100)
    async with a_rig(renews=False) as rig:
        rig.will(body=b'{"v": 1}').will(body=b'{"v": 2}')
        await rig.fetch(freshness=kept)
        rig.now += 50
        found = await rig.fetch(freshness=kept)
    assert (found.value["v"], found.state) == (2, "fresh")


async def test_without_a_key_an_old_answer_is_better_than_none_and_says_why(rig: Rig) -> None:
    rig.will()
    await rig.fetch()
    rig.now += 600
    with reporting() as report:
        old = await rig.fetch(unless_stored=MissingKey("No key is set.", remedy="Set one."))
    assert old.state == "stale"
    assert "No key is set." in notes(report, NoteCode.STALE)[0]
