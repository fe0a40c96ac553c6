"""What answers from the store cost, beside the plainest that reads the same: sqlite3, zlib and json alone.

`python -m bench.stored` measures these alone; `--profile` shows where the time goes instead.
"""

import cProfile
import json
import pstats
import sqlite3
import sys
import tempfile
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import anyio

from bench.measure import Timed, in_turns, micros, say, table
from bench.rig import sandbox_services
from tradestat_sandbox import Sandbox
from tradestat_server.text.envelope import structured_content
from tradestat_server.text.render import MAX_CHARS, render_answer
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.made import Made
from tradestat_tools.upstream.sqlite import SqliteCache
from tradestat_tools.upstream.watch import watching

Call = tuple[str, Mapping[str, Any]]

ROUNDS = 9

WORDS = "lithium battery,electric cars,copper wire,mobile phones,frozen fish,solar panels,coffee,steel pipes,medicines"

PAIRS = ("CHN KOR", "KOR CHN", "CHN JPN", "DEU KOR", "CHN USA", "JPN KOR")


def _partners(year: int) -> Call:
    asked = {"reporterCode": "CHN", "partnerCode": "all", "cmdCode": "850760", "flowCode": "X", "period": str(year)}
    return "comtrade_data", asked


def _mirror(pair: str) -> Call:
    exporter, importer = pair.split()
    asked = {"exporter": exporter, "importer": importer, "product": "850760", "period": "2018-2024"}
    return "compare_mirror", asked


def _series(first: int) -> Call:
    partners = ["CHN", "USA", "JPN", "DEU", "VNM"]
    return "trade_series", {
        "reporter": "KOR",
        "partner": partners,
        "product": "850760",
        "flow": "X",
        "period": f"{first}-2024",
    }


CALLS: Mapping[str, Sequence[Call]] = {
    "comtrade_data, 66 partners and World": [_partners(year) for year in range(2015, 2025)],
    "search_codes": [("search_codes", {"kind": "hs", "query": words}) for words in WORDS.split(",")],
    "compare_mirror, 7 years": [_mirror(pair) for pair in PAIRS],
    "trade_series, 5 partners": [_series(first) for first in (2018, 2019, 2020)],
}
"""Calls of one kind, asked in turns: each is answered from the store, and none is the one before once more."""


async def run(sandbox: Sandbox, folder: Path, *, profile: bool = False) -> None:
    """Measure and print."""
    sandbox.reset()
    cache = SqliteCache(folder / "stored.sqlite3")
    rows: list[list[str]] = []
    try:
        async with sandbox_services(sandbox, cache, folder, planned=True, kept=True) as context:
            for what, calls in CALLS.items():
                for call in calls:
                    await context.call(*call)  # stores what it rests on
                sent = len(sandbox.calls)
                if profile:
                    await _profile(context, what, calls)
                else:
                    rows.append([what, *await _measure(context, cache, calls)])
                if len(sandbox.calls) != sent:
                    raise RuntimeError("what was to come from the store was asked of the service")
    finally:
        cache.close()
    if rows:
        table(
            "A call that is answered from the store, but not from the memory of finished answers: the answer,\n"
            "with nothing of it in memory and with the answers it is made of, and then its text and structured\n"
            "content; beside sqlite3 and zlib that read the same stored bodies, and json.loads where they are JSON",
            ["", "afresh", "of parts", "text", "bodies", "sqlite3", "afresh/", "of parts/", "json.loads", "afresh/"],
            rows,
        )


async def _measure(context: Context, cache: SqliteCache, calls: Sequence[Call]) -> list[str]:
    sources = context.sources.values()
    bodies: list[list[bytes]] = []
    for call in calls:
        with watching() as watch:
            await context.call(*call)
        entries = [cache.get(key, context.upstream.time()) for key, at in watch.stored.items() if at is not None]
        bodies.append([entry.response.body for entry in entries if entry is not None])
    answers = [await context.call(*call) for call in calls]
    asked, given, read, parsed = cycle(calls), cycle(answers), cycle(range(len(calls))), cycle(bodies)
    packed = _packed(bodies)

    async def afresh() -> None:
        await replace(context, parts=Made(0)).call(*next(asked))

    async def ours() -> None:
        await context.call(*next(asked))

    async def text() -> None:
        answer = next(given)
        render_answer(answer, sources=sources)
        structured_content(answer, max_chars=MAX_CHARS, sources=sources)

    async def alone() -> None:
        at = next(read)
        for number in range(len(bodies[at])):
            (body,) = packed.execute("SELECT body FROM packed WHERE at = ? AND number = ?", (at, number)).fetchone()
            zlib.decompress(body)

    async def loads() -> None:
        for body in next(parsed):
            json.loads(body)

    works = {"afresh": afresh, "ours": ours, "text": text} | ({"alone": alone} if any(bodies) else {})
    if any(bodies) and all(body.startswith((b"{", b"[")) for of in bodies for body in of):
        works["loads"] = loads
    took = await in_turns(works, rounds=ROUNDS, calls=2 * len(calls))
    packed.close()
    return [
        *(micros(took[one].seconds) for one in ("afresh", "ours", "text")),
        *_beside(took, sum(map(len, bodies)) / len(calls)),
    ]


def _beside(took: Mapping[str, Timed], bodies: float) -> list[str]:
    def cells(alone: str, *ours: str) -> list[str]:
        if alone not in took:
            return [""] * (1 + len(ours))
        return [micros(took[alone].seconds), *(f"{took[one].times(took[alone]):.1f}" for one in ours)]

    return [f"{bodies:.0f}", *cells("alone", "afresh", "ours"), *cells("loads", "afresh")]


def _packed(bodies: Sequence[Collection[bytes]]) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", check_same_thread=False)
    db.execute("CREATE TABLE packed (at INTEGER, number INTEGER, body BLOB, PRIMARY KEY (at, number))")
    rows = ((at, number, zlib.compress(body)) for at, of in enumerate(bodies) for number, body in enumerate(of))
    db.executemany("INSERT INTO packed VALUES (?, ?, ?)", rows)
    return db


async def _profile(context: Context, what: str, calls: Sequence[Call]) -> None:
    """Where the time of the event loop's thread goes; what worker threads do is in what waits for them."""
    with cProfile.Profile() as profile:
        for call in calls:
            await replace(context, parts=Made(0)).call(*call)
    say(f"\n{what}, {len(calls)} calls")
    pstats.Stats(profile, stream=sys.stdout).sort_stats("cumulative").print_stats("tradestat_", 25)


async def _alone() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        await run(Sandbox(), Path(folder), profile="--profile" in sys.argv)


if __name__ == "__main__":
    anyio.run(_alone)
