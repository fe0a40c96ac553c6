"""What a first answer and large data cost, beside the plainest that could do it: expat, json, sqlite3 and csv alone.

Every pair is measured in one run, in turns. What is measured for its memory runs in a process of its own.
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.parsers.expat import ParserCreate

import anyio

from bench.measure import in_turns, micros, say, table
from tradestat_tools.catalogue import catalogue
from tradestat_tools.open import in_memory
from tradestat_tools.sources.comtrade.wire.rows import FIELDS, read_trade
from tradestat_tools.sources.korea.service import NITEMTRADE
from tradestat_tools.sources.korea.wire.page import read_page
from tradestat_tools.upstream.condensed import Condenser
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.request import Response

KOREAN_ROWS, TRADE_ROWS, FILE_ROWS = 3_700, 100_000, 1_000_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MB = 1024 * 1024
PIECE = 64 * 1024


async def run() -> None:
    """Measure and print."""
    await _korean()
    if sys.platform != "linux":
        say("\nLarge data is not measured here: the peak of memory is read from /proc.")
        return
    rows = [_pair(f"{TRADE_ROWS:,} rows of trade data, json.loads", "trade", "json", TRADE_ROWS)]
    rows += [_pair(f"a file of {FILE_ROWS:,} rows, csv.reader", "file", "csv", FILE_ROWS)]
    heads = ["seconds of the processor, and the peak of the process", "ours", "alone", "ratio", "ours, MB", "alone, MB"]
    table("Large data beside the module that reads its form alone, which checks and keeps nothing", heads, rows)


async def _korean() -> None:
    body = korean(KOREAN_ROWS)

    async def ours() -> None:
        read_page(Response(200, {}, body), NITEMTRADE, NOW)

    async def alone() -> None:
        by_expat(body)

    took = await in_turns({"ours": ours, "alone": alone}, rounds=9, calls=3)
    mine, theirs = (
        _traced(one) for one in (lambda: read_page(Response(200, {}, body), NITEMTRADE, NOW), lambda: by_expat(body))
    )
    rows = [
        [
            "time",
            micros(took["ours"].seconds),
            micros(took["alone"].seconds),
            f"{took['ours'].times(took['alone']):.2f}",
        ],
        ["memory", f"{mine / MB:.1f} MB", f"{theirs / MB:.1f} MB", f"{mine / theirs:.2f}"],
    ]
    table(
        f"{KOREAN_ROWS:,} rows of Korea Customs, beside expat that collects them", ["", "ours", "expat", "ratio"], rows
    )


def korean(rows: int) -> bytes:
    """An answer of getNitemtradeList."""
    items = "".join(
        f"<item><balPayments>{at * 1000 - 7}</balPayments><expDlr>{at * 7919}</expDlr><expWgt>{at * 13}</expWgt>"
        f"<hsCd>85{at % 10_000:08d}</hsCd><impDlr>{at * 31}</impDlr><impWgt>{at * 3}</impWgt><statCd>CN</statCd>"
        f"<statCdCntnKor1>중국</statCdCntnKor1><statKor>리튬이온 축전지 {at % 100}</statKor><year>2024.01</year></item>"
        for at in range(rows)
    )
    head = "<response><header><resultCode>00</resultCode><resultMsg>정상서비스.</resultMsg></header><body><items>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}{items}</items></body></response>'.encode()


def by_expat(body: bytes) -> list[dict[str, str]]:
    """The rows as expat gives them, nothing checked."""
    rows: list[dict[str, str]] = []
    row: dict[str, str] = {}
    text: list[str] = []

    def start(name: str, _: Any) -> None:
        nonlocal row
        text.clear()
        if name == "item":
            row = {}

    def end(name: str) -> None:
        if name == "item":
            rows.append(row)
        else:
            row[name] = "".join(text)

    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text.append
    parser.Parse(body, True)
    return rows


def _traced(work: Callable[[], object]) -> int:
    """Bytes at the most, with the result."""
    tracemalloc.start()
    try:
        kept = work()
        return tracemalloc.get_traced_memory()[1] if kept is not None else 0
    finally:
        tracemalloc.stop()


def _pair(what: str, ours: str, alone: str, rows: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        write(ours, rows, Path(folder))
        found = [measured(kind, folder) for kind in (ours, alone)]
    seconds, peaks = [one["seconds"] for one in found], [f"{one['peak']:,.0f}" for one in found]
    return [what, *(f"{one:.1f} s" for one in seconds), f"{seconds[0] / seconds[1]:.1f}", *peaks]


def write(kind: str, rows: int, folder: Path) -> None:
    """What is read: an answer of UN Comtrade, or a file of it."""
    if kind == "file":
        with (folder / "bulk.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(FIELDS)
            writer.writerows([row.get(name, "") for name in FIELDS] for row in map(_row, range(rows)))
        return
    with (folder / "answer.json").open("w", encoding="utf-8") as file:
        file.write(f'{{"elapsedTime": "1 s", "count": {rows}, "data": [')
        for at in range(rows):
            file.write(("," if at else "") + json.dumps({**_row(at), **{f"unread{n}": "of no use" for n in range(8)}}))
        file.write('], "error": ""}')


def _row(at: int) -> dict[str, Any]:
    """A row of trade data, about as long as a real one."""
    partner, product, reporter = at % 200, at // 400 % 5000, at // 2_000_000
    return {
        **{
            "typeCode": "C",
            "freqCode": "A",
            "period": "2023",
            "reporterCode": 4 + reporter * 4,
            "flowCode": "XM"[at // 200 % 2],
        },
        **{
            "partnerCode": 100 + partner,
            "partnerDesc": f"Partner {partner}",
            "partner2Code": 0,
            "classificationCode": "H6",
        },
        **{"cmdCode": f"{100_000 + product * 170:06}", "cmdDesc": f"Goods {product}, described at some length, " * 4},
        **{"customsCode": "C00", "customsDesc": "TOTAL CPC", "mosCode": "0", "motCode": 0, "motDesc": "TOTAL MOT"},
        **{"qtyUnitCode": 8, "qtyUnitAbbr": "kg", "qty": at % 1000, "netWgt": at % 5000 + 1, "cifvalue": at + 0.25},
        **{"fobvalue": at + 0.25, "primaryValue": at + 0.25, "isReported": False, "isAggregate": True, "aggrLevel": 6},
    }


def measured(kind: str, folder: str) -> dict[str, float]:
    """One of them read in a process of its own."""
    command = [sys.executable, "-m", "bench.first", kind, folder]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)  # noqa: S603 - our own words
    return json.loads(ran.stdout)


def _peak() -> float:
    """MB. Not `ru_maxrss`, which a process inherits from its parent."""
    return int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))[0]) / 1024


def _trade(folder: Path) -> None:
    condenser = Condenser(FIELDS)
    with (folder / "answer.json").open("rb") as file:
        while piece := file.read(PIECE):
            condenser.feed(piece)
    read_trade(Response(200, {}, condenser.finish()))


def _json(folder: Path) -> None:
    json.loads((folder / "answer.json").read_bytes())


def _csv(folder: Path) -> None:
    with (folder / "bulk.csv").open(encoding="utf-8", newline="") as file:
        for _ in csv.reader(file, strict=True):
            pass


async def _file(folder: Path) -> None:
    settings = catalogue().settings().model_copy(update={"import_dir": folder, "cache_dir": folder / "cache"})
    http = Http()
    try:
        async with in_memory(http, settings, lambda: NOW) as context:
            await context.call("import_file", {"file": "bulk.csv"})
    finally:
        await http.aclose()


WORKS: Mapping[str, Callable[[Path], object]] = {
    "trade": _trade,
    "json": _json,
    "csv": _csv,
    "file": lambda folder: anyio.run(_file, folder),
}

if __name__ == "__main__":
    if sys.argv[1:]:
        began = time.process_time()
        WORKS[sys.argv[1]](Path(sys.argv[2]))
        say(json.dumps({"seconds": time.process_time() - began, "peak": _peak()}))
    else:
        anyio.run(run)
