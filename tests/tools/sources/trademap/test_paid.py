"""What was paid for at parse.bot is not paid for again: refusals, empty tables and failures that were charged."""

import json
from contextlib import suppress
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from scripted import a_rig

from tradestat_tools.model.errors import NoData, TradestatError, UpstreamChanged
from tradestat_tools.sources.trademap import SOURCE
from tradestat_tools.sources.trademap.wire.envelope import read_envelope
from tradestat_tools.upstream.request import Request, Response
from tradestat_tools.upstream.runtime import as_utc

pytestmark = pytest.mark.anyio

STATES = {422: "stale_input", 500: "error", 502: "upstream_error", 503: "blocked"}
STATUSES = (400, 401, 402, 403, 404, 408, 409, 410, 422, 429, 500, 501, 502, 503, 504, 520)
CHARGED = ("0", "1", None)
WAITS = (None, 2)

REPEATED = {
    (429, "0", 2),  # one call too many, and the service says when to come back
    (500, "0", None), (500, "0", 2),  # a crash that was not charged, once more
    (503, "0", 2),
}  # fmt: skip
"""All that is sent twice: status, `X-Credits-Charged`, `retry_after`."""


async def times_sent(status: int, charged: str | None, wait: int | None) -> int:
    """How often one question goes out whose first answer is this failure."""

    def read(response: Response) -> Any:
        return read_envelope(response, as_utc(rig.now))

    error = {"status": STATES.get(status), "message": "it did not work", "retry_after": wait}
    headers = {} if charged is None else {"x_credits_charged": charged}
    headers |= {} if wait is None else {"retry_after": str(wait)}
    async with a_rig() as rig:
        rig.will(status, json.dumps({"error": error, "status_code": status}).encode(), **headers)
        rig.will(200, b'{"status": "success", "data": {}}', x_credits_charged="1")
        request = Request("trademap", "goods_time_series", "http://parse.invalid/a")
        with suppress(TradestatError):
            await rig.upstream.fetch(request, SOURCE.policy, read, within=180)
        return len(rig.asked)


async def test_what_was_charged_or_may_have_been_is_never_repeated_whatever_the_status() -> None:
    sent = {case: await times_sent(*case) for case in product(STATUSES, CHARGED, WAITS)}
    assert {case for case, times in sent.items() if times != 1} == REPEATED
    assert set(sent.values()) == {1, 2}


EMPTY = {"period_from": 2020, "period_to": 2021}


async def test_an_empty_table_that_was_charged_is_not_paid_for_again_that_day(parsebot: Any, payloads: Any):
    parsebot.says({"status": "success", "data": payloads.table([], [])}, x_credits_charged="1")
    async with parsebot.context() as context:
        asked = {"country": "784", "product": "020230", **EMPTY}
        for hours, times in ((0, 1), (1, 1), (22, 1), (2, 2)):
            parsebot.now += timedelta(hours=hours)
            with pytest.raises(NoData, match="Trade Map holds no figure") as caught:
                await context.call("goods_time_series", asked)
            assert len(parsebot.sent) == times
            assert ("nothing was sent" in caught.value.message) == (hours in (1, 22))
            if hours == 1:
                assert "stored 60 minutes ago (2026-10-20 12:00 UTC) and kept until 2026-10-21" in caught.value.message
                assert caught.value.why, "with its reasons"


async def test_an_empty_table_that_cost_nothing_is_asked_for_again_soon(parsebot: Any, payloads: Any):
    parsebot.says({"status": "success", "data": payloads.table([], [])}, x_credits_charged="0")
    async with parsebot.context() as context:
        for times in (1, 2):
            with pytest.raises(NoData):
                await context.call("goods_time_series", {"country": "784", "product": "020230", **EMPTY})
            assert len(parsebot.sent) == times
            parsebot.now += timedelta(hours=1)


@pytest.mark.parametrize("stated", ["1e308", "1e18", "5001", "-1", "nan", "inf", "9" * 400, "many"])
async def test_a_charge_that_can_not_be_so_is_counted_at_the_usual_price_and_said(
    parsebot: Any, payloads: Any, stated: str
):
    table = {"status": "success", "data": payloads.table([], [payloads.beef_total()])}
    parsebot.says(table, x_credits_charged=stated)
    parsebot.says(table, x_credits_charged="2")
    asked = {"country": "784", "product": "020230", "trade_flow": "I", "period_from": 2024, "period_to": 2024}
    async with parsebot.context() as context:
        before = await context.call("goods_time_series", asked)
        after = await context.call("goods_time_series", asked | {"trade_flow": "E"})
    (said,) = (note.text for note in before.notes if "can not be so" in note.text)
    assert stated[:5] in said
    assert "counted at its usual price" in said
    assert not any("can not be so" in note.text for note in after.notes)
    assert (before.source.credits_charged, after.source.credits_charged) == (None, 2)


UNREAD = {"status": "success", "data": {"rows": [[2024, 713748]]}}
BEEF = {"country": "784", "product": "020230", "trade_flow": "I", "period_from": 2024, "period_to": 2024}


async def test_an_answer_that_can_not_be_read_is_paid_once_an_hour_at_most(parsebot: Any):
    parsebot.says(UNREAD, x_credits_charged="1")
    async with parsebot.context() as context:
        for minutes, times in ((0, 1), (1, 1), (58, 1), (2, 2)):
            parsebot.now += timedelta(minutes=minutes)
            with pytest.raises(UpstreamChanged) as caught:
                await context.call("goods_time_series", BEEF)
            assert len(parsebot.sent) == times
            assert ("nothing was sent" in caught.value.message) == (minutes in (1, 58))
            if not minutes:
                assert "kept for an hour" in caught.value.remedy


async def test_an_answer_that_can_not_be_read_and_cost_nothing_is_asked_for_again(parsebot: Any):
    parsebot.says(UNREAD, x_credits_charged="0")
    async with parsebot.context() as context:
        for times in (1, 2):
            with pytest.raises(UpstreamChanged) as caught:
                await context.call("goods_time_series", BEEF)
            assert len(parsebot.sent) == times
            assert "kept for an hour" not in caught.value.remedy


async def test_an_answer_that_can_not_be_read_never_takes_the_place_of_an_older_one(parsebot: Any, payloads: Any):
    parsebot.says({"status": "success", "data": payloads.table([], [payloads.beef_total()])}, x_credits_charged="1")
    parsebot.says(UNREAD, x_credits_charged="1")
    async with parsebot.context() as context:
        await context.call("goods_time_series", BEEF)
        parsebot.now += timedelta(days=20)
        for _ in range(2):
            answer = await context.call("goods_time_series", BEEF)
            assert (answer.source.state, answer.data.aggregateRecords[0].values) == ("stale", [713_748])
