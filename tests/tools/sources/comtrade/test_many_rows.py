"""Answers too large to be held as they come: taken apart on their way, and read as if they had come in one piece."""

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.model.errors import TradestatError, UpstreamChanged
from tradestat_tools.sources.comtrade.tools.data import COMTRADE_DATA
from tradestat_tools.sources.comtrade.wire.rows import FIELDS, Page, read_trade
from tradestat_tools.upstream.condensed import CONDENSED_FROM, Condenser
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.request import Response

if TYPE_CHECKING:
    from conftest import Comtrade

MOST_OF_JSON = 20
"""What reading, checking, summing and keeping may take, as a multiple of what json takes to read the same text."""

LONG_TEXT = "of a kind described at some length, whether or not agglomerated in logs, briquettes or similar forms"


def condensed(body: bytes, pieces: int) -> bytes:
    """The body as it is stored when it is taken apart, however short, in pieces of so many bytes."""
    condenser = Condenser(FIELDS, at_least=0)
    for at in range(0, len(body), pieces):
        condenser.feed(body[at : at + pieces])
    return condenser.finish()


def read(body: bytes) -> Page | str:
    """What is read of a body, or the kind of error."""
    try:
        return read_trade(Response(200, {}, body))
    except TradestatError as error:
        return error.kind


def typed(page: Page | str) -> object:
    """Rows with the types of their values: 1, 1.0 and true are equal and not the same."""
    return page if isinstance(page, str) else (page.count, [[(type(v), v) for v in row] for row in page.rows])


ODD = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([0.0, 1.0, -0.0, 2.5, 1e300]))
VALUES = st.one_of(ODD, st.sampled_from(["0", "0 ", "N/A", "", "true", "kg", "1,234.5", "é", "\U0001f34c", '"}],']))
ROWS = st.lists(st.dictionaries(st.sampled_from([*FIELDS, "unknown"]), VALUES, max_size=8), max_size=6)


@settings(deadline=None)
@given(ROWS, st.integers(1, 400), st.sampled_from([None, (",", ":")]), st.booleans())
def test_rows_taken_apart_on_their_way_are_read_like_rows_that_came_whole(
    odd: list[dict[str, Any]], pieces: int, separators: Any, escapes: bool
) -> None:
    usual = {"period": "2023", "reporterCode": 156, "flowCode": "X", "partnerCode": 0, "cmdCode": "01"}
    rows = [{**usual, "primaryValue": float(at), **row} for at, row in enumerate(odd)]
    envelope = {"elapsedTime": "0.1 secs", "count": len(rows), "data": rows, "error": ""}
    body = json.dumps(envelope, separators=separators, ensure_ascii=escapes).encode()
    assert typed(read(condensed(body, pieces))) == typed(read(body))


WHOLE = (
    '{"elapsedTime": "1 s", "count": 1, "data": [{"period": "2023", "x": [1, {"y": "]}"}]}, {"z": 1.5}], "error": ""}'
)


@pytest.mark.parametrize("end", range(1, len(WHOLE)))
def test_an_answer_that_ends_anywhere_before_its_end_is_refused(end: int) -> None:
    assert read(condensed(WHOLE[:end].encode(), 7)) == UpstreamChanged.kind


@pytest.mark.parametrize(
    "body",
    [
        WHOLE.replace("}, {", "} {"),
        WHOLE.replace("[{", "[,{"),
        WHOLE.replace("1.5}]", "1.5},]"),
        WHOLE.replace("{", "[{", 1) + "]",
        WHOLE + "x",
        WHOLE.replace('{"z": 1.5}', "7"),
        WHOLE.replace("1.5", "9" * 5000),
        WHOLE.replace("2023", "\ud800"),
        WHOLE.replace("1.5", "[" * 100_000),
    ],
)
def test_an_answer_that_is_no_json_is_refused_where_it_is_taken_apart_too(body: str) -> None:
    assert read(condensed(body.encode("utf-8", "surrogatepass"), 64)) == UpstreamChanged.kind


@pytest.mark.parametrize("body", [b'{"message": "no"}', b"<html>", b"", b'{"count": 0, "error": "bad"}', b"[1]"])
def test_what_is_no_answer_with_rows_stays_as_it_came(body: bytes) -> None:
    assert condensed(body, 3) == body


def test_an_answer_that_is_taken_apart_twice_stays_as_it_is() -> None:
    once = condensed(WHOLE.encode(), 50)
    assert condensed(once, 50) == once


def many(comtrade: "Comtrade", number: int) -> bytes:
    """A real-sized answer: rows of 47 fields and about 1 KB."""
    rows = (
        json.dumps(
            comtrade.row(
                cmdCode=f"{101 + at % 1250:04}",
                cmdDesc=f"Goods {at % 1250}; {LONG_TEXT}",
                partnerCode=4 + at // 1250,
                partnerDesc=f"Partner {at // 1250}",
                flowCode="M",
                reporterCode=842,
                reporterDesc="USA",
                primaryValue=1000.25 + at,
                cifvalue=1000.25 + at,
                netWgt=10.5 + at,
                isNetWgtEstimated=at % 3 == 0,
                partner2ISO="W00",
                aggrLevel=4,
            ),
            separators=(",", ":"),
        )
        for at in range(number)
    )
    return f'{{"elapsedTime":"20 secs","count":{number},"data":[{",".join(rows)}],"error":""}}'.encode()


@pytest.mark.anyio
@pytest.mark.parametrize("packed", [False, True])
async def test_a_large_answer_is_stored_small_and_answered_again_from_there(keyed: "Comtrade", packed: bool) -> None:
    body = many(keyed, 2500)
    assert len(body) > 2 * CONDENSED_FROM
    keyed.says('{"count": 2500, "data": []}')
    if packed:
        keyed.says(gzip.compress(body), content_encoding="gzip")
    else:
        keyed.says(body)
    asked = {"reporterCode": "842", "partnerCode": "all", "cmdCode": "AG4", "flowCode": "M", "period": "2023"}
    http = Http(app=keyed.app)
    async with keyed.context(http) as context:
        first = await context.call(COMTRADE_DATA, asked)
        sent = len(keyed.sent)
        again = await context.call(COMTRADE_DATA, asked)
        sizes = [len(entry.response.body) for _, entry in context.upstream.cache.entries()]
    await http.aclose()
    assert len(keyed.sent) == sent
    assert max(sizes) < len(body) / 5
    assert again.data == first.data
    values = {(one.partnerCode, one.cmdCode): one.primaryValue for one in first.data.records}
    assert len(values) == 2500
    assert values["5", "0101"] == [1000.25 + 1250]


@contextmanager
def serving(count: int, body: bytes) -> Generator[str]:
    """A service on this machine that counts so many rows and sends this body."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent = b'{"count": %d, "data": []}' % count if "countOnly" in self.path else body
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
@pytest.mark.parametrize("how", ["read", "kept"])
def test_the_largest_answer_is_read_and_kept_within_300_mb_and_some_times_what_json_takes(
    keyed: "Comtrade", how: str
) -> None:
    body = many(keyed, 100_000)
    assert len(body) > 89_000_000
    with serving(100_000, body) as address:
        script = Path(__file__).with_name("reads_many.py")
        done = subprocess.run(
            [sys.executable, str(script), address, how], capture_output=True, text=True, timeout=300, check=True
        )
    took = json.loads(done.stdout)
    assert took["series"] == 100_000
    assert took["value"] == sum(1000.25 + at for at in range(100_000))
    assert took["stored_mb"] < 10
    assert took["peak_mb"] < 300
    assert took["seconds"] < MOST_OF_JSON * took["json_seconds"]
