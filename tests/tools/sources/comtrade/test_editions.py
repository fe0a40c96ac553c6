"""Codes of old editions, explained by the service's own lists where those are stored."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.codes.hs import HsStatus, hs_status
from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.comtrade import SOURCE
from tradestat_tools.sources.comtrade.absence.empty import stored_status
from tradestat_tools.upstream.http import Http

if TYPE_CHECKING:
    from conftest import Comtrade

pytestmark = pytest.mark.anyio

DATA = next(endpoint for endpoint in SOURCE.tools if endpoint.name == "comtrade_data")
REFERENCE = next(endpoint for endpoint in SOURCE.tools if endpoint.name == "comtrade_reference")

CODES = {"H1": ("0101", "010111", "010119"), "H2": ("0101", "010110", "010190")}


def a_list(codes: tuple[str, ...]) -> bytes:
    entries: list[dict[str, Any]] = [{"id": code, "text": f"{code} - something", "parent": code[:4]} for code in codes]
    return json.dumps({"more": False, "results": entries}).encode()


async def explained(comtrade: "Comtrade", code: str, *stored: str) -> HsStatus:
    """The status of a code after these lists were asked for, having checked that it took no further call."""
    http = Http(app=comtrade.app)
    try:
        async with comtrade.context(http) as context:
            for category in stored:
                comtrade.says(a_list(CODES[category]))
                await context.call(REFERENCE, {"category": category})
                comtrade.replies.clear()
            before = len(comtrade.sent)
            status = await stored_status(context, code)
            assert len(comtrade.sent) == before == len(stored)
            return status
    finally:
        await http.aclose()


async def test_stored_lists_tell_when_a_code_was_and_what_came_after(comtrade: "Comtrade") -> None:
    status = await explained(comtrade, "010111", "H1", "H2")
    assert (status.kind, status.editions, status.since) == ("older_edition", ("HS 1996",), "HS 1996 or before")
    assert status.text == (
        "010111 is not in HS 2022; it belongs to an older edition (HS 1996) and is not in HS 2002 any more. "
        "New under its heading in HS 2002: 010110, 010190."
    )


async def test_one_stored_list_tells_its_part(comtrade: "Comtrade") -> None:
    status = await explained(comtrade, "010110", "H2")
    assert (status.editions, status.since) == (("HS 2002",), "HS 2002 or before")


@pytest.mark.parametrize("code", ["010111", "851712", "850760", "851799"])
async def test_without_a_stored_list_nothing_is_sent_and_the_table_answers(comtrade: "Comtrade", code: str) -> None:
    assert await explained(comtrade, code) == hs_status(code)


async def test_a_question_without_rows_says_of_a_very_old_code_what_the_stored_lists_know(comtrade: "Comtrade") -> None:
    asked = {"reporterCode": "156", "partnerCode": "410", "cmdCode": "010111", "flowCode": "X", "period": "2013"}
    http = Http(app=comtrade.app)
    try:
        async with comtrade.context(http) as context:
            comtrade.gives()
            assert ["HS 1996" in text for text in await retired(context, asked)] == [False]
            comtrade.replies.clear()
            comtrade.says(a_list(CODES["H2"]))
            await context.call(REFERENCE, {"category": "H2"})
            comtrade.replies.clear()
            comtrade.says(a_list(CODES["H1"]))
            await context.call(REFERENCE, {"category": "H1"})
            comtrade.replies.clear()
            comtrade.gives()
            assert await retired(context, {**asked, "period": "2014"}) == [
                "010111 is not in HS 2022; it belongs to an older edition (HS 1996) and is not in HS 2002 any more. "
                "New under its heading in HS 2002: 010110, 010190."
            ]
    finally:
        await http.aclose()


async def retired(context: Context, asked: dict[str, str]) -> list[str]:
    """What the refusal says of the code's edition."""
    with pytest.raises(NoData) as caught:
        await context.call(DATA, asked)
    return [why.text for why in caught.value.why if why.reason is Reason.CODE_RETIRED]
