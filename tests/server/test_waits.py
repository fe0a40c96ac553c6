"""How long a service wants to be left alone, in every form in which it may say so: read alike of all, or not at all."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from mcp import Client
from mcp_types import CallToolResult, TextContent

from tradestat_server.mcp.answering import ERROR_META
from tradestat_server.mcp.app import create_server
from tradestat_tools.catalogue import catalogue
from tradestat_tools.open import in_memory
from tradestat_tools.upstream.http import Http

pytestmark = pytest.mark.anyio

ASKED: dict[str, dict[str, Any]] = {
    "get_countries": {},
    "getNitemtradeList": {"strtYymm": "202501", "endYymm": "202501", "hsSgn": "850760"},
    "comtrade_data": {"reporterCode": "156", "period": "2022", "cmdCode": "850760"},
    "markets": {"hsCode": "85076000"},
}

NONE_MEANT = [
    *("9" * 401, "9" * 5000, "1e400", "1e9999", "-5", "-0.5", "nan", "inf", "-inf", "soon", "", " ", "7, 7", "0x10"),
    *("٣٠", "３０", "7 s", "1_000", "Wed, 99 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 27:28:00 GMT", "21 Oct"),
    *("Wed, 21 Oct 2026 07:28:00 +9999", "Wed, 21 Oct 2026 07:28:00 -9999", "Wed, 21 Oct 99999 07:28:00 GMT"),
    *(
        "Wed, 21 Oct 2026 07:28:00 +" + "9" * 30,
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Wed, " + "9" * 400 + " Oct 2026 07:28:00 GMT",
        "99999999999",
    ),
]


@asynccontextmanager
async def a_server(status: int, body: str, wait: str | None) -> AsyncGenerator[Client]:
    async def app(scope: Any, receive: Any, send: Callable[[MutableMapping[str, Any]], Awaitable[None]]) -> None:
        headers = [] if wait is None else [(b"retry-after", wait.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})

    keys = {"PARSE_API_KEY": "a-key-of-parse", "DATA_GO_KR_SERVICE_KEY": "YWtleQ==", "COMTRADE_API_KEY": "0a" * 16}
    settings = catalogue().settings(_env_file=None, **keys)  # pyright: ignore[reportArgumentType]
    http = Http(app=app)
    async with (
        in_memory(http, settings, lambda: datetime.now(UTC), most_attempts=1) as context,
        Client(create_server(context)) as client,
    ):
        yield client
    await http.aclose()


def refused(result: CallToolResult) -> dict[str, Any]:
    """What a failed call says, as data that any JSON reader takes."""
    assert result.is_error
    (block, *_) = result.content
    assert isinstance(block, TextContent)
    assert "Internal error" not in block.text
    assert result.meta is not None
    found = result.meta[ERROR_META]
    json.dumps(found, allow_nan=False)
    return found


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("tool", ASKED)
async def test_a_wait_that_nobody_can_mean_is_not_heard(tool: str, status: int) -> None:
    for wait in NONE_MEANT:
        async with a_server(status, "{}", wait) as client:
            error = refused(await client.call_tool(tool, ASKED[tool]))
            assert "retry_after" not in error, (tool, wait, error)
            assert error["kind"] in ("RateLimited", "UpstreamDown")


@pytest.mark.parametrize("status", [429, 503])
async def test_a_wait_is_heard_of_every_source_as_seconds_and_as_a_date(status: int) -> None:
    for tool, arguments in ASKED.items():
        later = datetime.now(UTC).timestamp() + 400
        for wait, least, most in [
            ("37", 37, 37),
            (" 37.5 ", 37.5, 37.5),
            ("0", 0, 0),
            (f"{datetime.fromtimestamp(later, UTC):%a, %d %b %Y %H:%M:%S} GMT", 1, 400),
            (f"{datetime.fromtimestamp(later, UTC):%A, %d-%b-%y %H:%M:%S} GMT", 1, 400),
            (f"{datetime.fromtimestamp(later + 9 * 3600, UTC):%a, %d %b %Y %H:%M:%S} +0900", 1, 400),
            ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
            ("Wed, 21 Oct 0000 07:28:00 GMT", 0, 0),
            ("Mon, 01 Jan 0001 00:00:00 +2300", 0, 0),
        ]:
            async with a_server(status, "{}", wait) as client:
                error = refused(await client.call_tool(tool, arguments))
                assert least <= error["retry_after"] <= most, (tool, wait, error)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "said",
    [
        *("9" * 401, "1e400", "-5", "NaN", "Infinity", "-Infinity", "1e308", '"' + "9" * 401 + '"', '"nan"', '"soon"'),
        *("true", "[]", "{}", "null", '"-1"', '"1e400"', "99999999999", "9" * 5000),
    ],
)
async def test_a_wait_in_trade_maps_words_that_nobody_can_mean_is_not_heard(said: str, status: int) -> None:
    body = f'{{"error": {{"status": "blocked", "message": "Wait.", "retry_after": {said}}}, "status_code": {status}}}'
    async with a_server(status, body, None) as client:
        assert "retry_after" not in refused(await client.call_tool("get_countries", {}))


async def test_a_wait_in_trade_maps_words_is_heard_as_a_number_in_any_form() -> None:
    for said, wait in (("7", 7), ("7.5", 7.5), ('"7"', 7), ("0", 0), ("7e0", 7)):
        async with a_server(429, f'{{"error": {{"message": "Wait.", "retry_after": {said}}}}}', "9" * 401) as client:
            assert refused(await client.call_tool("get_countries", {}))["retry_after"] == wait


@pytest.mark.parametrize(
    ("status", "words", "wait"),
    [
        (429, "Rate limit is exceeded. Try again in 4 seconds.", 4),
        (429, f"Rate limit is exceeded. Try again in {'9' * 401} seconds.", None),
        (429, f"Rate limit is exceeded. Try again in {'9' * 5000} seconds.", None),
        (403, "Out of call volume quota. Quota will be replenished in 05:12:33.", 18753),
        (403, f"Out of call volume quota. Quota will be replenished in {'9' * 401}.05:12:33.", None),
        (403, f"Out of call volume quota. Quota will be replenished in {'9' * 150}.05:12:33.", None),
        (403, "Out of call volume quota. Quota will be replenished in 99999.05:12:33.", None),
    ],
)
async def test_a_wait_in_comtrades_words_is_heard_if_it_can_be_meant(status: int, words: str, wait: int | None) -> None:
    async with a_server(status, json.dumps({"statusCode": status, "message": words}), None) as client:
        error = refused(await client.call_tool("comtrade_data", ASKED["comtrade_data"]))
        assert error.get("retry_after") == wait
