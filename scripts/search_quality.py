"""How well HS search answers the committed everyday queries, and how long it takes, as a table.

The queries are split by a hash in two halves. What is missed is shown of the half `tune` only: the half `held` is
there to measure what nobody has adapted the search to.
"""

import argparse
import csv
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tradestat_tools.codes.hs import hs_entries
from tradestat_tools.codes.search.hs import search_hs

QUERIES = Path(__file__).parent.parent / "tests" / "tools" / "codes" / "search" / "hs_queries.csv"
DEPTHS = (1, 5, 10)

Half = Literal["tune", "held"]


@dataclass(frozen=True, slots=True)
class Query:
    """An everyday query and the codes that answer it."""

    text: str
    language: str
    expected: tuple[str, ...]


def queries(half: Half) -> Iterator[Query]:
    """The queries of one half."""
    with QUERIES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            if row["half"] == half:
                yield Query(row["query"], row["language"], tuple(row["expected"].split()))


def place(query: Query) -> int | None:
    """The place, from 1, of the first hit that is one of the expected codes or below it; None if not in ten."""
    hits = search_hs(query.text, limit=max(DEPTHS))
    return next((n for n, hit in enumerate(hits, 1) if hit.entry.startswith(query.expected)), None)


def recall(places: Iterable[int | None], depth: int) -> float:
    """The share of queries answered among the first `depth` hits; 0 of no queries."""
    found = [place is not None and place <= depth for place in places]
    return statistics.fmean(found) if found else 0.0


def main() -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("tune", "held"), action="append", help="which half; both if not said")
    halves: list[Half] = parser.parse_args().half or ["tune", "held"]

    hs_entries()
    started = time.perf_counter()
    search_hs("coffee")
    lines = [f"index built in {time.perf_counter() - started:.2f} s", ""]
    lines += [
        "| half | language | queries | " + " | ".join(f"recall@{n}" for n in DEPTHS) + " |",
        "|---|---|--:|--:|--:|--:|",
    ]
    seconds: list[float] = []
    missed: list[str] = []
    for half in halves:
        places: dict[str, list[int | None]] = {"all": []}
        for query in queries(half):
            started = time.perf_counter()
            found = place(query)
            seconds.append(time.perf_counter() - started)
            for group in ("all", query.language):
                places.setdefault(group, []).append(found)
            if half == "tune" and (found is None or found > 5):
                hits = ", ".join(f"{hit.entry} ({hit.how})" for hit in search_hs(query.text, limit=5))
                missed.append(f"- {query.text} [{' '.join(query.expected)}]: {hits or 'nothing'}")
        for group, found_at in places.items():
            rates = " | ".join(f"{recall(found_at, depth):.3f}" for depth in DEPTHS)
            lines.append(f"| {half} | {group} | {len(found_at)} | {rates} |")
    p95 = statistics.quantiles(seconds, n=20)[-1]
    lines += ["", f"a query: median {statistics.median(seconds) * 1e3:.1f} ms, 95th percentile {p95 * 1e3:.1f} ms"]
    if missed:
        lines += ["", "not among the first 5 (tune only):", *missed]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
