"""What a service refused and charged for is an answer too: kept for a day, so that asking again costs nothing."""

import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from scripted import NOON, Rig, a_rig, charged, read

from tradestat_tools.model.errors import (
    NoData,
    QuotaExhausted,
    RateLimited,
    TradestatError,
    Unauthorized,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.upstream.policy import Policy, Retry
from tradestat_tools.upstream.portable import export_answers, import_answers
from tradestat_tools.upstream.redis.cache import RedisCache
from tradestat_tools.upstream.request import DAY, Freshness, Request, Response
from tradestat_tools.upstream.sqlite import SqliteCache
from tradestat_tools.upstream.store import Cache

pytestmark = pytest.mark.anyio


def is_documented(error: TradestatError) -> bool:
    return "Bad request" in error.message


HEADERS = frozenset({"x-credits-charged"})
PAID = Policy("shop", "The Shop", charged=charged, paid=True, headers=HEADERS, retry=Retry(attempts=1))
DOCUMENTED = replace(PAID, retry=Retry(), charges=is_documented)


@pytest.mark.parametrize(("status", "kind"), [(400, UpstreamRefused), (404, NoData)])
async def test_a_refusal_that_was_charged_is_stored_for_a_day_and_says_so(
    rig: Rig, status: int, kind: type[TradestatError]
) -> None:
    rig.will(status, x_credits_charged="1")
    first = await rig.failing(kind, policy=PAID)
    rig.now += 3600
    again = await rig.failing(kind, policy=PAID)
    assert len(rig.asked) == 1
    assert again.remedy == first.remedy
    assert again.message.endswith(first.message)
    assert "stored 60 minutes ago (2027-01-15 08:00 UTC)" in again.message
    assert "until 2027-01-16 08:00 UTC" in again.message
    assert "nothing was sent" in again.message
    assert "stored" not in first.message
    rig.now = NOON + DAY - 1
    await rig.failing(kind, policy=PAID)
    assert len(rig.asked) == 1
    rig.now = NOON + DAY + 1
    rig.script[:] = [(200, {}, b'{"v": 1}')]
    assert (await rig.fetch(policy=PAID)).value == {"v": 1}, "new data may have come"


async def test_a_stored_refusal_is_nothing_to_pay_for_and_nothing_to_look_up(rig: Rig) -> None:
    rig.will(400, x_credits_charged="1")
    await rig.failing(UpstreamRefused, policy=PAID)
    request = Request("shop", "a", "http://shop.invalid/a")
    assert rig.upstream.to_send([request]) == []
    assert await rig.upstream.stored(request, PAID, read) is None
    assert len(rig.asked) == 1


async def test_what_cost_nothing_is_asked_again(rig: Rig) -> None:
    rig.will(400, x_credits_charged="0")
    await rig.failing(UpstreamRefused, policy=PAID)
    await rig.failing(UpstreamRefused, policy=PAID)
    await rig.failing(UpstreamRefused, policy=replace(PAID, paid=False))
    assert len(rig.asked) == 3, "and what a free source refuses is not kept either"


async def test_a_refusal_that_says_nothing_of_a_charge_is_kept_where_the_service_documents_one(rig: Rig) -> None:
    rig.will(400)
    for policy, calls in ((PAID, 2), (DOCUMENTED, 3)):
        for _ in range(2):
            await rig.failing(UpstreamRefused, policy=policy)
        assert len(rig.asked) == calls
    rig.script[:] = [(400, {"x-credits-charged": "0"}, b"")]
    for _ in range(2):
        await rig.failing(UpstreamRefused, "/said-to-be-free", policy=DOCUMENTED)
    assert len(rig.asked) == 5


@pytest.mark.parametrize(
    ("status", "kind"),
    [(402, QuotaExhausted), (429, RateLimited), (500, UpstreamDown), (502, UpstreamDown), (503, UpstreamDown)],
)
async def test_what_passes_is_not_stored_though_it_was_charged(
    rig: Rig, status: int, kind: type[TradestatError]
) -> None:
    rig.will(status, x_credits_charged="1")
    await rig.failing(kind, policy=PAID)
    rig.script[:] = [(200, {}, b'{"v": 1}')]
    assert (await rig.fetch(policy=PAID)).state == "fresh"


async def test_a_key_that_is_not_accepted_is_not_stored_though_it_was_charged(rig: Rig) -> None:
    def refuses(_: Response) -> Any:
        raise Unauthorized("Whose key is that?", remedy="-")

    rig.will(401, x_credits_charged="1")
    for _ in range(2):
        with pytest.raises(Unauthorized):
            await rig.upstream.fetch(Request("shop", "a", "http://shop.invalid/k"), PAID, refuses, within=60)
    assert len(rig.asked) == 2


async def test_a_stored_refusal_is_read_anew_each_time_and_asked_again_where_it_is_none_any_more(rig: Rig) -> None:
    request = Request("shop", "a", "http://shop.invalid/a", freshness=Freshness(fresh=100))

    def knows_more(response: Response) -> str:
        return response.body.decode() if response.status == 400 else "new"

    rig.will(400, b"gone", x_credits_charged="1")
    await rig.failing(UpstreamRefused, policy=PAID)
    assert (await rig.upstream.fetch(request, PAID, knows_more, within=60)).value == "gone"

    def takes_it_for_a_fault(response: Response) -> str:
        if response.status == 400:
            raise UpstreamDown("Broken.", remedy="-")
        return "new"

    rig.script[:] = [(200, {}, b"{}")]
    assert (await rig.upstream.fetch(request, PAID, takes_it_for_a_fault, within=60)).value == "new"
    assert len(rig.asked) == 2


async def test_offline_a_stored_refusal_is_the_answer(rig: Rig) -> None:
    rig.will(400, x_credits_charged="1")
    await rig.failing(UpstreamRefused, policy=PAID)
    rig.upstream.offline = True
    assert "stored" in (await rig.failing(UpstreamRefused, policy=PAID)).message


async def test_equal_questions_at_one_moment_are_refused_by_one_call(rig: Rig) -> None:
    rig.will(400, x_credits_charged="1")
    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(lambda: rig.failing(UpstreamRefused, policy=PAID))
    assert len(rig.asked) == 1


@pytest.fixture(params=["sqlite", "redis"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Cache]:
    """Opens the same store, as every process does."""
    if request.param == "sqlite":
        return lambda: SqliteCache(tmp_path / "answers.sqlite3")
    url, prefix = request.getfixturevalue("redis_url"), f"{uuid.uuid4().hex}:"
    return lambda: RedisCache(url, prefix=prefix)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_stored_refusal_outlives_its_process_and_goes_with_an_export(
    opened: Callable[[], Cache], tmp_path: Path
) -> None:
    async with a_rig(cache=opened()) as first:
        first.will(400, b'{"why": "gone"}', x_credits_charged="1")
        await first.failing(UpstreamRefused, policy=PAID)
    async with a_rig(cache=opened()) as second:
        assert "stored" in (await second.failing(UpstreamRefused, policy=PAID)).message
        assert second.asked == []
    file = tmp_path / "answers.gz"
    with closing(opened()) as cache:
        assert export_answers(cache, file) == 1
    other = SqliteCache(tmp_path / "other.sqlite3")
    assert import_answers(file, other, NOON + 10).taken == 1
    async with a_rig(cache=other) as third:
        assert "stored" in (await third.failing(UpstreamRefused, policy=PAID)).message
        assert third.asked == []
