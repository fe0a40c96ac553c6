"""The stand-in for Eurostat, asked as a program would that knows nothing of the tools."""

import csv
import gzip
import io
from collections.abc import AsyncGenerator

import httpx
import pytest

from tradestat_sandbox import Sandbox

pytestmark = pytest.mark.anyio

CELL = "/sdmx/2.1/data/DS-045409/A.DE.CN.850760.1.VALUE_IN_EUROS"
YEAR = {"startPeriod": "2023", "endPeriod": "2023"}


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(sandbox.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.invalid") as client:
        yield client


def lines(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


async def test_a_cell_is_a_row_with_the_day_of_the_last_release(http: httpx.AsyncClient) -> None:
    answer = await http.get(CELL, params=YEAR)
    (row,) = lines(answer)
    assert (row["TIME_PERIOD"], row["LAST UPDATE"]) == ("2023", "15/10/26 11:00:00")
    assert int(row["OBS_VALUE"]) > 0
    assert answer.content.endswith(b"\r\n")


async def test_without_a_frequency_both_come_and_double(http: httpx.AsyncClient) -> None:
    both = lines(await http.get(CELL.replace("/A.", "/."), params=YEAR))
    by_freq = {freq: sum(int(row["OBS_VALUE"]) for row in both if row["freq"] == freq) for freq in ("A", "M")}
    assert by_freq["A"] == by_freq["M"]
    assert len(both) == 13


async def test_products_left_open_come_in_all_their_lengths(http: httpx.AsyncClient) -> None:
    path = CELL.replace("850760", "").replace("A.DE.CN", "A.SK.CN")
    found = lines(await http.get(path, params=YEAR))
    assert {len(row["product"]) for row in found} >= {2, 4, 6, 8}


async def test_codes_without_trade_are_a_header_alone(http: httpx.AsyncClient) -> None:
    answer = await http.get(CELL.replace("CN", "NU"), params=YEAR)
    assert (answer.status_code, len(answer.text.splitlines())) == (200, 1)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (CELL.replace("CN", "ZY"), 400, "values for dimension are not allowed: PARTNER=ZY."),
        (CELL.replace(".1.", "."), 400, "INVALID_QUERY_NB_FILTERS"),
        (CELL.replace("DS-045409", "DS-999999"), 404, "DATA_SET:DS-999999 is not available"),
        ("/sdmx/2.1/data/DS-045409/.....", 413, "Full extraction of COMEXT datasets is forbidden"),
        (CELL.replace("CN", "").replace("850760", ""), 413, "EXTRACTION_TOO_BIG"),
    ],
)
async def test_what_it_refuses_is_a_fault(http: httpx.AsyncClient, path: str, status: int, words: str) -> None:
    answer = await http.get(path)
    assert (answer.status_code, words in answer.text) == (status, True)
    assert "<faultcode>" in answer.text


async def test_a_large_answer_is_queued_and_comes_gzipped_without_saying_so(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    whole = await http.get(CELL, params=YEAR)
    sandbox.configure(eurostat_at_once=0, eurostat_polls=1, eurostat_gzip_from=10)
    queued = await http.get(CELL, params=YEAR)
    assert (queued.status_code, "<status>SUBMITTED</status>" in queued.text) == (200, True)
    number = queued.text.split("<id>")[1].split("</id>")[0]
    assert (await http.get(f"/1.0/async/data/{number}")).status_code == 404
    states = [(await http.get(f"/1.0/async/status/{number}")).text for _ in range(2)]
    assert ["AVAILABLE" in state for state in states] == [False, True]
    packed = await http.get(f"/1.0/async/data/{number}")
    assert "content-encoding" not in packed.headers
    assert gzip.decompress(packed.content) == whole.content
    assert "EXPIRED" in (await http.get("/1.0/async/status/00000000")).text


async def test_a_month_comes_out_in_the_middle_of_the_second_after_it(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    path = CELL.replace("/A.", "/M.")
    newest: list[str] = []
    for today in ("2026-11-14", "2026-11-15"):
        sandbox.configure(today=today)
        newest.append(lines(await http.get(path))[-1]["TIME_PERIOD"])
    assert newest == ["2026-08", "2026-09"]


async def test_the_constraint_lists_the_codes_under_the_names_of_the_time(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    path = "/sdmx/2.1/contentconstraint/ESTAT/DS-045409"
    assert "<c:Value>EXT_EU27_2020</c:Value>" in (await http.get(path)).text
    sandbox.configure(eurostat_names="older")
    text = (await http.get(path)).text
    assert "<c:Value>EU27_2020_EXTRA</c:Value>" in text
    assert "EXT_EU27_2020" not in text


async def test_limits_are_those_of_every_source(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    sandbox.configure(limits={"eurostat": {"per_minute": 60}})
    assert [(await http.get(CELL, params=YEAR)).status_code for _ in range(2)] == [200, 429]
