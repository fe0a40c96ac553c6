"""What an export of 200,000 rows takes: seconds, and memory beyond that of the stored answer itself.

Each format is written in a process of its own, so that its peak is its own. Needs a POSIX system, which knows the peak.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.measure import say, table
from tradestat_tools.contract.results import StoredResult
from tradestat_tools.model.answers import Cell, Provenance, Table
from tradestat_tools.results.export.folder import ExportFolder
from tradestat_tools.results.export.report import Exported, Report
from tradestat_tools.results.export.tool import FORMATS

ROWS = 200_000
COLUMNS = ("code", "product", "partner", "period", "value", "net kg", "share %", "flag")
MB = 1024 * 1024
KILO = 1 if sys.platform == "darwin" else 1024
"""Bytes in which the system counts the peak."""


def row(at: int) -> tuple[Cell, ...]:
    """Codes with zeros in front, names in two scripts, figures, and some missing."""
    code, month = f"{at % 9700 + 100:06d}00", f"2024-{at % 12 + 1:02d}"
    weight = None if at % 5 == 0 else at * 13
    flag = "estimated" if at % 3 else None
    return (code, f"锂离子蓄电池 {at}", f"대한민국 {at % 230}", month, at * 7919, weight, at / 7, flag)


def report(rows: int) -> Report:
    """One answer of so many rows, with a structured content as long as its table."""
    held = [row(at) for at in range(rows)]
    one = Table(COLUMNS, held, "Every row", measures=frozenset({"value"}), weights=frozenset({"net kg"}))
    source = Provenance(
        service="UN Comtrade",
        endpoint="comtrade_data",
        address="",
        retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
        state="fresh",
    )
    structured = {"data": {"values": [cells[4] for cells in held], "shares": [cells[6] for cells in held]}}
    stored = StoredResult("raaaaaaaaaa", "comtrade_data", {}, "Bench", (one,), source, (), structured)
    return Report((Exported(stored, ((1, one),), ()),))


def peak() -> float:
    """Bytes that this process has held at most."""
    import resource  # noqa: PLC0415 - not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILO


def measure(name: str, rows: int, folder: Path) -> dict[str, float]:
    """Write one format in this process: seconds, bytes of the file, and growth of the peak of memory in bytes."""
    chosen: Any = FORMATS[name]  # pyright: ignore[reportArgumentType] - one of its names
    warm = report(10)
    with ExportFolder(folder).new_file("warm", chosen.suffix) as (_, file):
        chosen.write(warm, file)  # what is loaded once only is not measured
    kept = report(rows)
    before, began = peak(), time.perf_counter()
    with ExportFolder(folder).new_file("large", chosen.suffix) as (written, file):
        chosen.write(kept, file)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "bytes": (folder / written).stat().st_size, "growth": peak() - before, "held": before}


def measured(name: str, rows: int) -> dict[str, float]:
    """The same in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.exports", name, str(rows), folder]
        ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)  # noqa: S603 - our own words
        return json.loads(ran.stdout)


def run() -> None:
    """Every format, and the table of what each took."""
    if sys.platform == "win32":
        say("\nExports are not measured here: Windows does not report the peak of memory in this way.")
        return
    found = {name: measured(name, ROWS) for name in FORMATS}
    rows = [
        (name, f"{one['seconds']:.1f} s", f"{one['bytes'] / MB:.1f} MB", f"{one['growth'] / MB:.1f} MB")
        for name, one in found.items()
    ]
    held = max(one["held"] for one in found.values()) / MB
    table(
        f"{ROWS:,} rows of {len(COLUMNS)} columns exported; the process holds up to {held:,.0f} MB before it begins",
        ("format", "time", "file", "more memory"),
        rows,
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        say(json.dumps(measure(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))))
    else:
        run()
